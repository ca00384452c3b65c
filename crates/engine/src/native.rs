//! Calls of algorithms that a sheet declares.

use crate::{Cells, Natives};
use tokenomics_language::Model;
use tokenomics_language::model::VariableId;
use tokenomics_language::native::{Native, Signature};

/// An algorithm with the types it is called with.
pub(crate) struct Caller<'m> {
    native: Option<&'m dyn Native>,
    result: Signature<'m>,
    inputs: Vec<Signature<'m>>,
    cells: usize,
}

impl<'m> Caller<'m> {
    /// Finds the algorithm that computes a variable.
    pub fn new(model: &'m Model, natives: Natives<'m>, variable: VariableId, inputs: &[VariableId]) -> Caller<'m> {
        let name = &model.variables[variable.index()].name;
        let native = natives.iter().copied().find(|native| native.name() == name);
        let each_quarter = native.is_some_and(Native::each_quarter);
        let signature = |id| if each_quarter { model.signature_in_quarter(id) } else { model.signature(id) };
        let result = signature(variable);
        Caller {
            native,
            cells: result.dimensions.iter().map(|dimension| dimension.members.len()).product(),
            result,
            inputs: inputs.iter().map(|input| signature(*input)).collect(),
        }
    }

    /// The result for one copy of the model, in one quarter where it computes each by itself; every cell lacks when there is no such algorithm.
    pub fn call(&self, cells: &[Cells<'_>]) -> Vec<Option<f64>> {
        let mut results = match self.native {
            Some(native) => native.evaluate(&self.result, &self.inputs, cells),
            None => Vec::new(),
        };
        results.resize(self.cells, None);
        results
    }
}
