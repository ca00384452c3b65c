//! Invariants and published figures.

use crate::Natives;
use tokenomics_language::Model;
use tokenomics_language::model::{DimensionId, VariableId};

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

/// Holds every check and claim of a model against its values.
#[must_use]
pub fn verify(model: &Model, natives: Natives<'_>) -> Verification {
    let _ = (model, natives);
    Verification { checks: Vec::new(), claims: Vec::new() }
}
