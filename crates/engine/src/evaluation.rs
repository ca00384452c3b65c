//! One copy of the model, with every input at its median.

use crate::{Cells, Natives, Wants};
use tokenomics_language::Model;
use tokenomics_language::model::{ExpressionId, VariableId};

/// A cell that has a value which is no number: a division by zero, the logarithm of a negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotFinite {
    /// The variable.
    pub variable: VariableId,
    /// The cell, row by row in the order of the variable's dimensions.
    pub cell: usize,
}

/// Values of the one copy of the model in which every input is at its median.
pub struct Evaluation<'m> {
    model: &'m Model,
}

impl<'m> Evaluation<'m> {
    /// Evaluates the wanted variables and expressions and everything they read.
    #[must_use]
    pub fn of(model: &'m Model, natives: Natives<'_>, wants: &Wants) -> Evaluation<'m> {
        let _ = (natives, wants);
        Evaluation { model }
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &'m Model {
        self.model
    }

    /// All cells of a variable that was wanted or is read by what was; `None` of another.
    #[must_use]
    pub fn variable(&self, _id: VariableId) -> Option<Cells<'_>> {
        None
    }

    /// All cells of a wanted expression, its dimensions in the order of their identifiers.
    #[must_use]
    pub fn expression(&self, _id: ExpressionId) -> Option<Cells<'_>> {
        None
    }

    /// Cells that are present and no number, in the order of evaluation.
    #[must_use]
    pub fn faults(&self) -> &[NotFinite] {
        &[]
    }
}
