//! The sheet language of `tokenomics`: from text and tables to a checked model.
//!
//! A model is sheets (`*.tok`) and tables (`*.csv`), handed in as text. [`load()`] reads, resolves and
//! checks them and returns a [`Model`], or every fault found, in the order of files and lines.
//!
//! ```
//! use tokenomics_language::{Options, Sources, load};
//!
//! let sheet = "\
//! unit $
//! unit hr
//! unit chip
//! input price : $/chip = 25000 $/chip assume \"a list price\"
//! input hours : hr = 30000 hr assume \"five years at 70 %\"
//! capital_charge : $/chip/hr = price / hours
//! mistake : $/chip = price + 2 $/hr
//! ";
//! let faults = load(Sources::from_pairs([("hour.tok", sheet)]), &Options::default()).unwrap_err();
//! assert_eq!(faults.diagnostics[0].what, "`+` between $/chip and $/hr");
//!
//! let sound = sheet.replace("mistake : $/chip = price + 2 $/hr\n", "");
//! let model = load(Sources::from_pairs([("hour.tok", sound)]), &Options::default()).unwrap();
//! assert!(model.variable("capital_charge").is_some());
//! ```
//!
//! The steps, one module each: [`lexer`] (tokens), [`parser`] (the tree an author wrote, [`syntax`]),
//! the checker behind [`load()`] (names, units, dimensions, figures, types, order), and its result in
//! [`model`], an arena of indices that engines work on. [`mod@format`] writes a sheet in the one way to
//! write it; [`diagnostic`] holds faults as data. Nothing here touches a file, a clock or a thread.

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
