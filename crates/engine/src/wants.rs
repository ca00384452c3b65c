//! What a caller wants to know.

use tokenomics_language::model::{DimensionId, ExpressionId, Model, VariableId};

/// A variable a caller wants, whole or in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Want {
    /// The variable.
    pub variable: VariableId,
    /// One member of each of some of its dimensions; all members of the others.
    pub picks: Vec<(DimensionId, u32)>,
}

impl From<VariableId> for Want {
    fn from(variable: VariableId) -> Want {
        Want { variable, picks: Vec::new() }
    }
}

/// The variables and expressions a caller wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wants {
    /// The variables.
    pub variables: Vec<Want>,
    /// The expressions, such as the two sides of a check.
    pub expressions: Vec<ExpressionId>,
}

impl Wants {
    /// Every variable of a model.
    #[must_use]
    pub fn everything(model: &Model) -> Wants {
        (0..model.variables.len() as u32).map(VariableId).collect()
    }
}

impl<W: Into<Want>> FromIterator<W> for Wants {
    fn from_iter<I: IntoIterator<Item = W>>(wants: I) -> Wants {
        Wants { variables: wants.into_iter().map(Into::into).collect(), expressions: Vec::new() }
    }
}
