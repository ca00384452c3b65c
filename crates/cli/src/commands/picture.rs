//! Figures as pictures that are not over quarters: bars of members, bands from one to another, curves. The report puts them
//! on its page, `plot` into a file.

mod curves;
mod grid;
mod sankey;

pub use curves::curves;
pub use grid::{Grid, MOST_ROWS};
pub use sankey::matrices;
use tokenomics_language::model::VariableId;

/// A cell of a variable.
pub type Place = (VariableId, Vec<u32>);
