//! A tape: the uncertain part of a model as straight runs of operations over blocks of lanes, each
//! lane a copy of the model. It has no branches but those an uncertain condition takes; what is
//! certain is a number in it; cells that are not needed, or lack, are not on it.

mod build;
mod demand;
mod emit;
mod kernel;
mod lanes;
mod operation;
mod schedule;
mod specialise;
mod tree;

pub(crate) use lanes::{LANES, Lanes};

use crate::draw::Factors;
use crate::{Cells, Evaluation, Natives};
use build::{Builder, Entry, NativeCall};
use demand::{Demand, NOWHERE};
use emit::{Code, emit};
use operation::Operation;
use schedule::schedule;
use tokenomics_language::model::{ExpressionId, VariableId};

/// Where the value of a wanted cell is found.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Found {
    /// It lacks.
    Lacks,
    /// The same in all copies.
    Certain(f64),
    /// At a position of the output.
    Output(usize),
}

/// The uncertain part of a model, ready to run.
pub(crate) struct Tape<'m> {
    code: Code,
    entries: Vec<Entry<'m>>,
    /// What is drawn.
    pub factors: Factors,
}

/// The memory that a tape works in.
#[derive(Debug, Default)]
pub(crate) struct Workspace(Vec<Lanes>);

/// Cells of variables and nodes that are wanted of a tape.
#[derive(Default)]
pub(crate) struct Wanted {
    /// Cells of variables.
    pub variables: Vec<(VariableId, Vec<usize>)>,
    /// Nodes, all cells of each.
    pub expressions: Vec<ExpressionId>,
}

impl<'m> Tape<'m> {
    /// Makes a tape for what is wanted, and tells for each want and each of its cells where it is found.
    pub fn new(evaluation: &Evaluation<'m>, natives: Natives<'m>, wanted: &Wanted) -> (Tape<'m>, Vec<Vec<Found>>) {
        let mut demand = Demand::new(evaluation);
        for (variable, cells) in wanted.variables.iter().filter(|(id, _)| evaluation.reach().variable(*id)) {
            demand.need(*variable, cells.iter().copied());
        }
        let mut nodes = Vec::new();
        for id in wanted.expressions.iter().filter(|id| evaluation.reach().expression(**id)) {
            let array = evaluation.array(*id);
            let slot = demand.need_whole(*id, (0..array.values.len()).filter(|cell| array.has(*cell)));
            nodes.push((*id, slot));
        }
        let last: Vec<ExpressionId> = nodes.iter().map(|(id, _)| *id).collect();
        demand.close(&last);

        let mut outputs = Vec::new();
        let mut find = |slot: Option<usize>, cell: usize, value: Option<f64>| {
            let number = slot.and_then(|slot| demand.slots[slot].numbers.get(cell).copied()).unwrap_or(NOWHERE);
            match value {
                None => Found::Lacks,
                Some(value) if number == NOWHERE => Found::Certain(value),
                Some(_) => {
                    outputs.push(number);
                    Found::Output(outputs.len() - 1)
                }
            }
        };
        let mut found = Vec::new();
        for (variable, cells) in &wanted.variables {
            let find = |cell: &usize| find(Some(variable.index()), *cell, evaluation.cell(*variable, *cell));
            found.push(cells.iter().map(find).collect());
        }
        for id in &wanted.expressions {
            let array = evaluation.array(*id);
            let slot = nodes.iter().find(|(other, _)| other == id).map(|(_, slot)| *slot);
            found.push((0..array.values.len()).map(|cell| find(slot, cell, array.get(cell))).collect());
        }

        let builder = Builder::new(evaluation, natives, demand, &last);
        let (entries, steps) = schedule(builder.bundles, &builder.quarters);
        let code = emit(&entries, &steps, builder.quarters.len(), &outputs);
        // Only the algorithms are still of use, in the order in which they are called.
        let mut entries: Vec<Option<Entry<'m>>> = entries.into_iter().map(Some).collect();
        let entries = code.called.iter().filter_map(|entry| entries[*entry].take()).collect();
        (Tape { code, entries, factors: builder.factors }, found)
    }

    /// Runs the tape on one draw of its factors and copies the outputs.
    pub fn run(&self, workspace: &mut Workspace, drawn: &[Lanes]) -> Vec<Lanes> {
        let arena = &mut workspace.0;
        arena.resize(self.code.places, Lanes::default());
        for operation in &self.code.operations {
            match operation {
                Operation::Native(call) => self.call(arena, *call as usize),
                _ => operation.run(arena, &self.code.constants, drawn),
            }
        }
        self.code.outputs.iter().map(|place| arena[*place as usize]).collect()
    }

    /// Calls an algorithm in each lane.
    fn call(&self, arena: &mut [Lanes], call: usize) {
        let (Some(Entry::Native(NativeCall { caller, inputs, .. })), (sources, results)) =
            (self.entries.get(call), &self.code.calls[call])
        else {
            return;
        };
        let mut values: Vec<Vec<f64>> = inputs.iter().map(|input| input.values.clone()).collect();
        for lane in 0..LANES {
            for (places, values) in sources.iter().zip(&mut values) {
                for (value, place) in values.iter_mut().zip(places) {
                    if *place != NOWHERE {
                        *value = arena[*place as usize].0[lane];
                    }
                }
            }
            let cells: Vec<Cells<'_>> =
                inputs.iter().zip(&values).map(|(input, values)| Cells { values, present: &input.present }).collect();
            for (result, place) in caller.call(&cells).into_iter().zip(results) {
                if *place != NOWHERE {
                    arena[*place as usize].0[lane] = result.unwrap_or(f64::NAN);
                }
            }
        }
    }
}
