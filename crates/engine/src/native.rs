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
        Caller {
            native: natives.iter().copied().find(|native| native.name() == name),
            result: model.signature(variable),
            inputs: inputs.iter().map(|input| model.signature(*input)).collect(),
            cells: model.cells(variable),
        }
    }

    /// The result for one copy of the model; every cell lacks when there is no such algorithm.
    pub fn call(&self, cells: &[Cells<'_>]) -> Vec<Option<f64>> {
        let mut results = match self.native {
            Some(native) => native.evaluate(&self.result, &self.inputs, cells),
            None => Vec::new(),
        };
        results.resize(self.cells, None);
        results
    }
}
