//! What each uncertain input does to one cell.

use crate::draw::P95;
use crate::tape::{Found, LANES, Lanes, Tape, Wanted, Workspace};
use crate::{Evaluation, Natives};
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

impl Swing {
    /// How far apart the cell's values lie: at either end of the input, and at its median.
    fn reach(&self, base: f64) -> f64 {
        self.low.max(self.high).max(base) - self.low.min(self.high).min(base)
    }
}

/// Moves every uncertain input to its 5th and 95th percentile, one at a time, the others at their
/// medians, and tells what it does to one cell of a variable.
///
/// Correlations do not count: what is asked is what the one input does.
#[must_use]
pub fn tornado(model: &Model, natives: Natives<'_>, variable: VariableId, cell: usize) -> Tornado {
    if cell >= model.cells(variable) {
        return Tornado { base: f64::NAN, swings: Vec::new() };
    }
    let evaluation = Evaluation::of(model, natives, &[variable].into_iter().collect());
    let wanted = Wanted { variables: vec![(variable, vec![cell])], expressions: Vec::new() };
    let (tape, found) = Tape::new(&evaluation, natives, &wanted);
    let base = evaluation.cell(variable, cell).unwrap_or(f64::NAN);
    let Found::Output(output) = found[0][0] else { return Tornado { base, swings: Vec::new() } };

    let mut workspace = Workspace::default();
    let mut swings = Vec::new();
    // The last lane has every input at its median.
    let most = (LANES - 1) / 2;
    for first in (0..tape.factors.all.len()).step_by(most) {
        let moved = first..tape.factors.all.len().min(first + most);
        let mut drawn = vec![Lanes::default(); tape.factors.all.len()];
        for (pair, factor) in moved.clone().enumerate() {
            drawn[factor].0[2 * pair] = -P95;
            drawn[factor].0[2 * pair + 1] = P95;
        }
        let values = tape.run(&mut workspace, &drawn)[output].0;
        for (pair, factor) in tape.factors.all[moved].iter().enumerate() {
            let (low, high) = (values[2 * pair], values[2 * pair + 1]);
            if low.to_bits() != values[LANES - 1].to_bits() || high.to_bits() != values[LANES - 1].to_bits() {
                swings.push(Swing { input: factor.input, member: factor.member, low, high });
            }
        }
    }
    swings.sort_by(|a, b| b.reach(base).total_cmp(&a.reach(base)));
    Tornado { base, swings }
}
