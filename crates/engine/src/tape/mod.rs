//! A tape: the uncertain part of a model as straight runs of operations over blocks of lanes, each
//! lane a copy of the model. It has no branches but those an uncertain condition takes; what is
//! certain is a number in it; cells that are not needed, or lack, are not on it.

mod kernel;
mod lanes;
mod plan;
mod program;
mod specialise;

pub(crate) use lanes::{LANES, Lanes};

use crate::draw::{Factors, Shape};
use crate::native::Caller;
use crate::{Cells, Evaluation, Natives};
use kernel::Kernel;
pub(crate) use kernel::Workspace;
use plan::{NOWHERE, Planner, Slot, Step};
use tokenomics_language::model::{Definition, ExpressionId, VariableId};

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

/// One figure of an input, at its cell.
#[derive(Clone, Copy, Debug)]
struct Drawn {
    place: usize,
    value: f64,
    spread: Option<(Shape, usize)>,
}

/// The uncertain part of a model, ready to run.
pub(crate) struct Tape<'m> {
    kernels: Vec<Kernel>,
    steps: Vec<TapeStep<'m>>,
    /// In which buffer each slot is.
    buffers: Vec<usize>,
    /// How many cells each buffer has.
    sizes: Vec<usize>,
    registers: usize,
    /// The slot and place of each output.
    outputs: Vec<(usize, usize)>,
    /// What is drawn.
    pub factors: Factors,
}

enum TapeStep<'m> {
    Kernel(usize, (usize, usize)),
    Input(usize, Vec<Drawn>),
    Native(NativeStep<'m>),
}

/// A call of an algorithm in each lane.
struct NativeStep<'m> {
    caller: Caller<'m>,
    slot: usize,
    places: Vec<u32>,
    inputs: Vec<NativeInput>,
}

/// All cells of an input of an algorithm: certain, but for those with a place in a slot.
struct NativeInput {
    slot: usize,
    places: Vec<u32>,
    values: Vec<f64>,
    present: Vec<bool>,
}

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
        let mut planner = Planner::new(evaluation);
        for (variable, cells) in wanted.variables.iter().filter(|(id, _)| evaluation.reach().variable(*id)) {
            planner.need(*variable, cells.iter().copied());
        }
        let uncertain: Vec<ExpressionId> =
            wanted.expressions.iter().copied().filter(|id| evaluation.reach().expression(*id)).collect();
        let mut whole = Vec::new();
        for id in &uncertain {
            let array = evaluation.array(*id);
            let present = (0..array.values.len()).filter(|cell| array.has(*cell));
            whole.push(planner.need_whole(*id, present));
        }
        planner.build(&uncertain);

        let mut outputs = Vec::new();
        let mut find = |slot: usize, planner: &Planner<'_>, cell: usize, value: Option<f64>, uncertain: bool| {
            let place = planner.slots[slot].places.get(cell).copied().unwrap_or(NOWHERE);
            match value {
                None => Found::Lacks,
                Some(value) if !uncertain || place == NOWHERE => Found::Certain(value),
                Some(_) => {
                    outputs.push((slot, place as usize));
                    Found::Output(outputs.len() - 1)
                }
            }
        };
        let mut found = Vec::new();
        for (variable, cells) in &wanted.variables {
            let uncertain = evaluation.reach().variable(*variable);
            let cells = cells
                .iter()
                .map(|cell| find(variable.index(), &planner, *cell, evaluation.cell(*variable, *cell), uncertain));
            found.push(cells.collect());
        }
        for id in &wanted.expressions {
            let array = evaluation.array(*id);
            let position = uncertain.iter().position(|other| other == id);
            let slot = position.map_or(0, |position| whole[position]);
            let cells =
                (0..array.values.len()).map(|cell| find(slot, &planner, cell, array.get(cell), position.is_some()));
            found.push(cells.collect());
        }
        (Tape::assemble(evaluation, natives, planner, outputs), found)
    }

    fn assemble(
        evaluation: &Evaluation<'m>,
        natives: Natives<'m>,
        planner: Planner<'_>,
        outputs: Vec<(usize, usize)>,
    ) -> Tape<'m> {
        let (buffers, sizes) = share_buffers(&planner, evaluation, &outputs);
        let mut factors = Factors::default();
        let steps = planner.steps.iter().map(|step| match step {
            Step::Kernel(kernel, stretch) => TapeStep::Kernel(*kernel, *stretch),
            Step::Input(id) => {
                TapeStep::Input(id.index(), drawn(evaluation, *id, &planner.slots[id.index()], &mut factors))
            }
            Step::Native(id) => TapeStep::Native(native_step(evaluation, natives, *id, &planner.slots)),
        });
        let steps = steps.collect();
        let registers = planner.kernels.iter().map(|kernel| kernel.program.registers).max().unwrap_or(0);
        Tape { kernels: planner.kernels, steps, buffers, sizes, registers, outputs, factors }
    }

    /// Runs the tape on one draw of its factors and copies the outputs.
    pub fn run(&self, workspace: &mut Workspace, drawn: &[Lanes]) -> Vec<Lanes> {
        workspace.registers.resize_with(self.registers, || None);
        workspace.buffers.resize_with(self.sizes.len(), Vec::new);
        for (buffer, size) in workspace.buffers.iter_mut().zip(&self.sizes) {
            buffer.resize(*size, Lanes::default());
        }
        for step in &self.steps {
            match step {
                TapeStep::Kernel(kernel, stretch) => self.kernels[*kernel].run(workspace, &self.buffers, *stretch),
                TapeStep::Input(slot, cells) => draw_input(&mut workspace.buffers[self.buffers[*slot]], cells, drawn),
                TapeStep::Native(step) => step.run(workspace, &self.buffers),
            }
        }
        self.outputs.iter().map(|(slot, place)| workspace.buffers[self.buffers[*slot]][*place]).collect()
    }
}

/// Gives every slot a buffer; slots that are not alive at the same time may share one.
fn share_buffers(
    planner: &Planner<'_>,
    evaluation: &Evaluation<'_>,
    outputs: &[(usize, usize)],
) -> (Vec<usize>, Vec<usize>) {
    let model = evaluation.model();
    let mut last = vec![0; planner.slots.len()];
    for (position, step) in planner.steps.iter().enumerate() {
        match step {
            Step::Kernel(kernel, _) => {
                let kernel = &planner.kernels[*kernel];
                last[kernel.slot] = position;
                kernel.streams.iter().for_each(|stream| last[stream.slot] = position);
            }
            Step::Input(id) => last[id.index()] = position,
            Step::Native(id) => {
                last[id.index()] = position;
                if let Definition::Native { inputs } = &model.variables[id.index()].definition {
                    for input in inputs {
                        last[input.index()] = position;
                    }
                }
            }
        }
    }
    for (slot, _) in outputs {
        last[*slot] = planner.steps.len();
    }

    let mut buffers = vec![usize::MAX; planner.slots.len()];
    let mut sizes: Vec<usize> = Vec::new();
    let mut free: Vec<usize> = Vec::new();
    let mut ending: Vec<Vec<usize>> = vec![Vec::new(); planner.steps.len() + 1];
    for (position, step) in planner.steps.iter().enumerate() {
        let slot = match step {
            Step::Kernel(kernel, _) => planner.kernels[*kernel].slot,
            Step::Input(id) | Step::Native(id) => id.index(),
        };
        if buffers[slot] == usize::MAX {
            let size = planner.slots[slot].size;
            let fit = free.iter().position(|buffer| sizes[*buffer] == size);
            buffers[slot] = fit.map_or_else(
                || {
                    sizes.push(size);
                    sizes.len() - 1
                },
                |fit| free.remove(fit),
            );
            ending[last[slot]].push(slot);
        }
        free.extend(ending[position].iter().map(|slot| buffers[*slot]));
    }
    (buffers, sizes)
}

fn drawn(evaluation: &Evaluation<'_>, id: VariableId, slot: &Slot, factors: &mut Factors) -> Vec<Drawn> {
    let model = evaluation.model();
    let Definition::Input(input) = &model.variables[id.index()].definition else { return Vec::new() };
    let kept = slot.places.iter().zip(&input.cells).enumerate().filter(|(_, (place, _))| **place != NOWHERE);
    let drawn = kept.filter_map(|(cell, (place, figure))| {
        let figure = (*figure)?;
        let spread = Shape::of(&figure).map(|shape| {
            let axis = input.each.and_then(|dimension| slot.space.position(dimension));
            let member = axis.map(|axis| slot.space.members(cell)[axis] as u32);
            (shape, factors.position(model, id, member))
        });
        Some(Drawn { place: *place as usize, value: figure.value, spread })
    });
    drawn.collect()
}

fn draw_input(buffer: &mut [Lanes], cells: &[Drawn], drawn: &[Lanes]) {
    let mut last: Option<(Shape, usize)> = None;
    let mut change = Lanes::default();
    for cell in cells {
        let to = &mut buffer[cell.place];
        let Some((shape, factor)) = cell.spread else {
            to.0.fill(cell.value);
            continue;
        };
        if !last.is_some_and(|(other, same)| same == factor && shape.is_like(other)) {
            shape.apply(&drawn[factor], &mut change);
            last = Some((shape, factor));
        }
        for (to, change) in to.0.iter_mut().zip(&change.0) {
            *to = match shape {
                Shape::Lognormal(..) => cell.value * change,
                Shape::Normal(..) => cell.value + change,
            };
        }
    }
}

fn native_step<'m>(
    evaluation: &Evaluation<'m>,
    natives: Natives<'m>,
    id: VariableId,
    slots: &[Slot],
) -> NativeStep<'m> {
    let model = evaluation.model();
    let inputs: &[VariableId] = match &model.variables[id.index()].definition {
        Definition::Native { inputs } => inputs,
        _ => &[],
    };
    let native_inputs = inputs.iter().map(|input| {
        let cells = evaluation.variable(*input);
        NativeInput {
            slot: input.index(),
            places: slots[input.index()].places.clone(),
            values: cells.map(|cells| cells.values.to_vec()).unwrap_or_default(),
            present: cells.map(|cells| cells.present.to_vec()).unwrap_or_default(),
        }
    });
    NativeStep {
        caller: Caller::new(model, natives, id, inputs),
        slot: id.index(),
        places: slots[id.index()].places.clone(),
        inputs: native_inputs.collect(),
    }
}

impl NativeStep<'_> {
    fn run(&self, workspace: &mut Workspace, buffers: &[usize]) {
        let mut values: Vec<Vec<f64>> = self.inputs.iter().map(|input| input.values.clone()).collect();
        for lane in 0..LANES {
            for (input, values) in self.inputs.iter().zip(&mut values) {
                for (value, place) in values.iter_mut().zip(&input.places) {
                    if *place != NOWHERE {
                        *value = workspace.buffers[buffers[input.slot]][*place as usize].0[lane];
                    }
                }
            }
            let cells: Vec<Cells<'_>> = self
                .inputs
                .iter()
                .zip(&values)
                .map(|(input, values)| Cells { values, present: &input.present })
                .collect();
            let results = self.caller.call(&cells);
            let out = &mut workspace.buffers[buffers[self.slot]];
            for (result, place) in results.into_iter().zip(&self.places) {
                if *place != NOWHERE {
                    out[*place as usize].0[lane] = result.unwrap_or(f64::NAN);
                }
            }
        }
    }
}
