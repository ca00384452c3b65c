//! Invariants and published figures.

use crate::space::{Pins, Space};
use crate::trace::Wanting;
use crate::{Evaluation, Natives, Wants};
use tokenomics_language::Model;
use tokenomics_language::model::{Bounds, Check, Claim, DimensionId, ExpressionId, VariableId};

/// How every check and claim of a model came out.
#[derive(Clone, Debug, PartialEq)]
pub struct Verification {
    /// The checks, in the order of the model.
    pub checks: Vec<CheckResult>,
    /// The claims, in the order of the model.
    pub claims: Vec<ClaimResult>,
}

/// How one check came out.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckResult {
    /// Its position in the model.
    pub check: usize,
    /// How it came out.
    pub outcome: CheckOutcome,
}

/// How a check came out.
#[derive(Clone, Debug, PartialEq)]
pub enum CheckOutcome {
    /// It holds in every cell that is known.
    Holds,
    /// It fails.
    Fails {
        /// The first cells that fail, at most twenty.
        cells: Vec<FailedCell>,
        /// How many fail.
        count: usize,
    },
    /// No cell is known.
    NotKnown,
}

/// A cell in which a check fails; figures in base units.
#[derive(Clone, Debug, PartialEq)]
pub struct FailedCell {
    /// The member of each dimension.
    pub cell: Vec<(DimensionId, u32)>,
    /// The value.
    pub value: f64,
    /// The least it may be.
    pub low: f64,
    /// The most it may be; equal to `low` for a check of equality.
    pub high: f64,
}

/// How one claim came out.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimResult {
    /// Its position in the model.
    pub claim: usize,
    /// How it came out.
    pub outcome: ClaimOutcome,
}

/// How a claim came out; figures in base units.
#[derive(Clone, Debug, PartialEq)]
pub enum ClaimOutcome {
    /// The model gives the published figure.
    Reproduced {
        /// What the model says.
        value: f64,
        /// The least that was published.
        low: f64,
        /// The most that was published; equal to `low` for a single figure.
        high: f64,
        /// The relative difference to the nearer bound, signed; zero between them.
        difference: f64,
    },
    /// The model gives another figure.
    Off {
        /// What the model says.
        value: f64,
        /// The least that was published.
        low: f64,
        /// The most that was published.
        high: f64,
        /// The relative difference to the nearer bound, signed; not a number when the value is none.
        difference: f64,
    },
    /// A figure it needs is missing.
    NotReproducible {
        /// The cells of inputs that lack: the variable and the member of each of its dimensions.
        missing: Vec<(VariableId, Vec<u32>)>,
    },
}

/// The relative difference by which rounding may move two equal figures apart.
const ROUNDING: f64 = 1e-9;

/// The most failing cells that are listed.
const MOST_CELLS: usize = 20;

/// Holds every check and claim of a model against its values.
///
/// Two figures are equal when they differ by less than a billionth of the larger, which is also the
/// slack on a bound. A claim is reproduced when it is off by no more than its `within`.
#[must_use]
pub fn verify(model: &Model, natives: Natives<'_>) -> Verification {
    let sides = sides_of_checks(model).chain(sides_of_claims(model));
    let evaluation = evaluation_of(model, natives, sides);
    Verification { checks: check_results(&evaluation), claims: claim_results(&evaluation) }
}

/// Holds every check of a model against its values, and no claim: as [`verify`], in less time.
#[must_use]
pub fn verify_checks(model: &Model, natives: Natives<'_>) -> Vec<CheckResult> {
    check_results(&evaluation_of(model, natives, sides_of_checks(model)))
}

/// Holds every claim of a model against its values, and no check: as [`verify`], in less time.
#[must_use]
pub fn verify_claims(model: &Model, natives: Natives<'_>) -> Vec<ClaimResult> {
    claim_results(&evaluation_of(model, natives, sides_of_claims(model)))
}

fn sides_of_checks(model: &Model) -> impl Iterator<Item = (ExpressionId, Bounds)> {
    model.checks.iter().map(|check| (check.value, check.bounds))
}

fn sides_of_claims(model: &Model) -> impl Iterator<Item = (ExpressionId, Bounds)> {
    model.claims.iter().map(|claim| (claim.value, claim.bounds))
}

fn evaluation_of<'a>(
    model: &'a Model,
    natives: Natives<'a>,
    sides: impl Iterator<Item = (ExpressionId, Bounds)>,
) -> Evaluation<'a> {
    let expressions = sides.flat_map(|(value, bounds)| {
        let (low, high) = ends(bounds);
        [value, low, high]
    });
    Evaluation::of(model, natives, &Wants { variables: Vec::new(), expressions: expressions.collect() })
}

fn check_results(evaluation: &Evaluation<'_>) -> Vec<CheckResult> {
    let checks = evaluation.model().checks.iter().enumerate();
    let outcome = |check: &Check| check_outcome(evaluation, check.value, check.bounds);
    checks.map(|(index, check)| CheckResult { check: index, outcome: outcome(check) }).collect()
}

fn claim_results(evaluation: &Evaluation<'_>) -> Vec<ClaimResult> {
    let mut wanting = Wanting::new(evaluation);
    let claims = evaluation.model().claims.iter().enumerate();
    claims.map(|(index, claim)| ClaimResult { claim: index, outcome: claim_outcome(&mut wanting, claim) }).collect()
}

/// Whether a figure lies outside its bounds by more than rounding moves it. What is no number lies outside.
pub(crate) fn breach(value: f64, low: f64, high: f64) -> bool {
    let slack = |bound: f64| ROUNDING * value.abs().max(bound.abs());
    !(value >= low - slack(low) && value <= high + slack(high))
}

pub(crate) fn ends(bounds: Bounds) -> (ExpressionId, ExpressionId) {
    match bounds {
        Bounds::Equal(both) => (both, both),
        Bounds::Between(low, high) => (low, high),
    }
}

fn check_outcome(evaluation: &Evaluation<'_>, value: ExpressionId, bounds: Bounds) -> CheckOutcome {
    let model = evaluation.model();
    let (low, high) = ends(bounds);
    let dimensions = [value, low, high].map(|id| model.expressions[id.index()].dimensions);
    let dimensions = dimensions[0].union(dimensions[1]).union(dimensions[2]);
    let space = Space::of(model, dimensions.iter(), &Pins::default());
    let [value, low, high] = [value, low, high].map(|id| evaluation.array(id).spread(&space));
    let mut known = false;
    let mut count = 0;
    let mut cells = Vec::new();
    for cell in 0..space.cells() {
        let (Some(value), Some(low), Some(high)) = (value.get(cell), low.get(cell), high.get(cell)) else { continue };
        known = true;
        if !breach(value, low, high) {
            continue;
        }
        count += 1;
        if cells.len() < MOST_CELLS {
            let members = space.axes.iter().zip(space.members(cell));
            let cell = members.map(|(axis, member)| (axis.dimension, member as u32)).collect();
            cells.push(FailedCell { cell, value, low, high });
        }
    }
    match (known, count) {
        (false, _) => CheckOutcome::NotKnown,
        (true, 0) => CheckOutcome::Holds,
        (true, _) => CheckOutcome::Fails { cells, count },
    }
}

fn claim_outcome(wanting: &mut Wanting<'_>, claim: &Claim) -> ClaimOutcome {
    let (low_id, high_id) = ends(claim.bounds);
    let [value, low, high] = [claim.value, low_id, high_id].map(|id| wanting.evaluation().array(id).get(0));
    let (Some(value), Some(low), Some(high)) = (value, low, high) else {
        return ClaimOutcome::NotReproducible { missing: wanting.causes(&[claim.value, low_id, high_id]) };
    };
    let nearer = if (value - low).abs() <= (value - high).abs() { low } else { high };
    let difference = if value >= low && value <= high {
        0.0
    } else if nearer == 0.0 {
        value * f64::INFINITY
    } else {
        (value - nearer) / nearer.abs()
    };
    if difference.abs() <= claim.within + ROUNDING {
        ClaimOutcome::Reproduced { value, low, high, difference }
    } else {
        ClaimOutcome::Off { value, low, high, difference }
    }
}
