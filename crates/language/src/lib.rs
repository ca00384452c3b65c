//! The sheet language of `tokenomics`: from text and tables to a checked model.
//!
//! A model is sheets (`*.tok`) and tables (`*.csv`), handed in as text. [`load`] reads, resolves and
//! checks them and returns a [`Model`], or every error found, in the order of files and lines.

pub mod calendar;
mod check;
pub mod diagnostic;
pub mod format;
pub mod lexer;
pub mod load;
pub mod model;
pub mod native;
pub mod parser;
pub mod source;
pub mod syntax;
pub mod table;
pub mod unit;

pub use diagnostic::Diagnostic;
pub use format::format;
pub use load::{Faults, Options, load};
pub use model::Model;
pub use native::Native;
pub use source::{Sources, Span};
