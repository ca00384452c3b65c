//! Invariants in draws of the uncertain inputs.

use crate::space::{Gather, Pins, Space};
use crate::verification::{FailedCell, breach, ends};
use crate::{Natives, Simulation, Wants};
use tokenomics_language::Model;

/// A check that fails in some draws.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnFailure {
    /// The position of the check in the model.
    pub check: usize,
    /// In how many draws it fails.
    pub draws: usize,
    /// The first of them, counted from zero.
    pub first: usize,
    /// The first cell that fails in it; figures in base units.
    pub cell: FailedCell,
}

/// Holds some checks of a model against draws of its uncertain inputs, and returns those that fail in any.
/// Cells that are the same in every draw are left to [`crate::verify`]; one that is no number in a draw lacks there,
/// as the answer of a native does that has none.
#[must_use]
pub fn verify_draws(
    model: &Model,
    natives: Natives<'_>,
    checks: &[usize],
    draws: usize,
    seed: u64,
) -> Vec<DrawnFailure> {
    let checks: Vec<usize> = checks.iter().copied().filter(|check| *check < model.checks.len()).collect();
    let expressions = checks.iter().flat_map(|check| {
        let (low, high) = ends(model.checks[*check].bounds);
        [model.checks[*check].value, low, high]
    });
    let wants = Wants { variables: Vec::new(), expressions: expressions.collect() };
    let simulation = Simulation::new(model, natives, &wants, seed);
    let mut failures: Vec<Option<DrawnFailure>> = vec![None; checks.len()];
    for block in 0..Simulation::blocks(draws) {
        let lanes = (draws - block * Simulation::LANES).min(Simulation::LANES);
        let values = simulation.run(block, lanes);
        for (place, check) in checks.iter().enumerate() {
            let sides = [0, 1, 2].map(|side| wants.expressions[3 * place + side]);
            let spaces =
                sides.map(|id| Space::of(model, model.expressions[id.index()].dimensions.iter(), &Pins::default()));
            let dimensions = sides.map(|id| model.expressions[id.index()].dimensions);
            let union = dimensions[0].union(dimensions[1]).union(dimensions[2]);
            let space = Space::of(model, union.iter(), &Pins::default());
            let cells = [0, 1, 2].map(|side| Gather::same(&space, &spaces[side]).all());
            let mut failing = vec![false; lanes];
            for cell in 0..space.cells() {
                let side = |side: usize| simulation.uncertain(&values, 3 * place + side, *cells[side].get(cell)?);
                let [Some(value), Some(low), Some(high)] = [side(0), side(1), side(2)] else { continue };
                if [value, low, high].iter().all(|side| side.certain) {
                    continue;
                }
                for (lane, fails) in failing.iter_mut().enumerate() {
                    let [value, low, high] = [value, low, high].map(|side| side.at(lane));
                    let lacks = value.is_nan() || low.is_nan() || high.is_nan();
                    if *fails || lacks || !breach(value, low, high) {
                        continue;
                    }
                    *fails = true;
                    let draw = block * Simulation::LANES + lane;
                    let members = space.axes.iter().zip(space.members(cell));
                    let cell = members.map(|(axis, member)| (axis.dimension, member as u32)).collect();
                    let cell = FailedCell { cell, value, low, high };
                    let known =
                        failures[place].get_or_insert(DrawnFailure { check: *check, draws: 0, first: draw, cell });
                    known.draws += 1;
                }
            }
        }
    }
    failures.into_iter().flatten().collect()
}
