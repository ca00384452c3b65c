//! The sheet language of `tokenomics`: from text and tables to a checked model.
//!
//! A model is sheets (`*.tok`) and tables (`*.csv`), handed in as text. [`load`] reads, resolves and
//! checks them and returns a [`Model`], or every error found, in the order of files and lines.

pub mod calendar;
pub mod diagnostic;
pub mod load;
pub mod model;
pub mod native;
pub mod source;
pub mod unit;

pub use diagnostic::Diagnostic;
pub use load::{Faults, Options, load};
pub use model::Model;
pub use native::Native;
pub use source::{Sources, Span};
