//! From steps over cells to operations over places of an arena, each place used again as soon as
//! nothing reads what is in it.

use super::build::Entry;
use super::demand::NOWHERE;
use super::kernel::{Cell, From, Kernel};
use super::operation::{CONSTANT, Operation, Read, Second};
use super::schedule::{Step, each_target};
use super::tree::Tree;
use std::collections::HashMap;
use tokenomics_language::model::Function;

/// Operations over an arena.
#[derive(Default)]
pub(crate) struct Code {
    /// In order.
    pub operations: Vec<Operation>,
    /// Certain values that they read.
    pub constants: Vec<f64>,
    /// How many places the arena has.
    pub places: usize,
    /// The place of each wanted cell at the end.
    pub outputs: Vec<u32>,
    /// For each native, the places of its inputs' cells and of its results'; [`NOWHERE`] where there is none.
    pub calls: Vec<(Vec<Vec<u32>>, Vec<u32>)>,
    /// The entry of each call.
    pub called: Vec<usize>,
}

/// A value that an operation reads.
#[derive(Clone, Copy)]
struct Value {
    read: Read,
    /// Whether its place is free once it is read.
    passing: bool,
}

struct Emitter {
    code: Code,
    known: HashMap<u64, u32>,
    free: Vec<u32>,
    /// The place of each cell.
    places: Vec<u32>,
    /// The moment after which each cell is not read.
    last: Vec<usize>,
}

/// Writes the code for some steps. `outputs` are cells that are read at the end.
pub(crate) fn emit(entries: &[Entry<'_>], steps: &[Step], cells: usize, outputs: &[Cell]) -> Code {
    let mut emitter = Emitter {
        code: Code::default(),
        known: HashMap::new(),
        free: Vec::new(),
        places: vec![NOWHERE; cells],
        last: last_reads(entries, steps, cells, outputs),
    };
    let mut moment = 0;
    for step in steps {
        match &entries[step.entry] {
            Entry::Kernel(kernel) => emitter.kernel(kernel, step, &mut moment),
            Entry::Draw(target, shape, factor) => {
                let to = emitter.place();
                emitter.code.operations.push(Operation::Draw(to, *shape, *factor as u32));
                emitter.places[*target as usize] = to;
                moment += 1;
            }
            Entry::Native(call) => {
                let place = |cell: &Cell, places: &[u32]| places.get(*cell as usize).copied().unwrap_or(NOWHERE);
                let inputs = call
                    .inputs
                    .iter()
                    .map(|input| input.numbers.iter().map(|cell| place(cell, &emitter.places)).collect());
                let inputs = inputs.collect();
                for cell in call.results.iter().filter(|cell| **cell != NOWHERE) {
                    emitter.places[*cell as usize] = emitter.place();
                }
                let results = call.results.iter().map(|cell| place(cell, &emitter.places)).collect();
                emitter.code.operations.push(Operation::Native(emitter.code.calls.len() as u32));
                emitter.code.calls.push((inputs, results));
                emitter.code.called.push(step.entry);
                each_source(&entries[step.entry], 0, |cell| emitter.release(cell, moment));
                moment += 1;
            }
        }
    }
    emitter.code.outputs = outputs.iter().map(|cell| emitter.places[*cell as usize]).collect();
    emitter.code
}

/// For each cell, the last moment it is read or written.
fn last_reads(entries: &[Entry<'_>], steps: &[Step], cells: usize, outputs: &[Cell]) -> Vec<usize> {
    let mut last = vec![0; cells];
    let mut moment = 0;
    for step in steps {
        let entry = &entries[step.entry];
        if let Entry::Kernel(kernel) = entry {
            for position in step.from..step.to {
                each_source(entry, position, |cell| last[cell as usize] = moment);
                last[kernel.targets[position] as usize] = moment;
                moment += 1;
            }
        } else {
            each_source(entry, 0, |cell| last[cell as usize] = moment);
            each_target(entry, |cell| last[cell as usize] = moment);
            moment += 1;
        }
    }
    for cell in outputs {
        last[*cell as usize] = usize::MAX;
    }
    last
}

/// Every cell an entry reads for one of its targets.
fn each_source(entry: &Entry<'_>, position: usize, mut visit: impl FnMut(Cell)) {
    match entry {
        Entry::Kernel(kernel) => kernel.streams.iter().for_each(|stream| visit(stream.at(position))),
        Entry::Draw(..) => {}
        Entry::Native(call) => {
            let cells = call.inputs.iter().flat_map(|input| &input.numbers).copied();
            cells.filter(|cell| *cell != NOWHERE).for_each(visit);
        }
    }
}

impl Emitter {
    fn kernel(&mut self, kernel: &Kernel, step: &Step, moment: &mut usize) {
        let mut position = step.from;
        while position < step.to {
            let target = kernel.targets[position];
            let mut taken = 1;
            match kernel.reduction {
                None => {
                    let to = self.place();
                    self.into(kernel, position, &kernel.tree, to);
                    self.places[target as usize] = to;
                }
                Some(function) => taken = self.accumulate(kernel, function, position, step.to),
            }
            for position in position..position + taken {
                for stream in &kernel.streams {
                    self.release(stream.at(position), *moment);
                }
                self.release(kernel.targets[position], *moment);
                *moment += 1;
            }
            position += taken;
        }
    }

    /// Adds one value, or several, to what a reduction has; returns how many.
    fn accumulate(&mut self, kernel: &Kernel, function: Function, position: usize, end: usize) -> usize {
        let target = kernel.targets[position];
        let another = |position: usize| position < end && kernel.targets[position] == target;
        let so_far = self.places[target as usize];
        let to = self.place();
        let mut taken = 1;
        let so_far_value = Value { read: Read(so_far), passing: true };
        if so_far == NOWHERE && !another(position + 1) {
            self.into(kernel, position, &kernel.tree, to);
        } else {
            // The first value stands for what there is so far.
            let so_far = if so_far == NOWHERE {
                taken += 1;
                self.value(kernel, position, &kernel.tree)
            } else {
                so_far_value
            };
            let next = position + taken - 1;
            let fused = match &kernel.tree {
                Tree::Apply(first, parts) if function == Function::Add && simple(*first) && parts.len() == 2 => {
                    let a = self.value(kernel, next, &parts[0]);
                    let b = self.value(kernel, next, &parts[1]);
                    self.push(Operation::Fused(*first, Second::Add, to, a.read, b.read, so_far.read), &[a, b, so_far]);
                    true
                }
                _ => false,
            };
            if !fused {
                let a = self.value(kernel, next, &kernel.tree);
                if function == Function::Add && another(next + 1) {
                    taken += 1;
                    let b = self.value(kernel, next + 1, &kernel.tree);
                    let operation = Operation::Fused(Function::Add, Second::Add, to, so_far.read, a.read, b.read);
                    self.push(operation, &[so_far, a, b]);
                } else {
                    self.push(Operation::Binary(function, to, so_far.read, a.read), &[so_far, a]);
                }
            }
        }
        self.places[target as usize] = to;
        taken
    }

    /// Writes a formula's value into a place.
    fn into(&mut self, kernel: &Kernel, position: usize, tree: &Tree<From>, to: u32) {
        match tree {
            Tree::Leaf(_) => {
                let a = self.value(kernel, position, tree);
                self.push(Operation::Copy(to, a.read), &[a]);
            }
            Tree::Select(parts) => {
                let parts = [0, 1, 2].map(|part| self.value(kernel, position, &parts[part]));
                self.push(Operation::Select(to, parts.map(|part| part.read)), &parts);
            }
            Tree::Apply(function, parts) => match (function, &parts[..]) {
                (_, [a]) => {
                    let a = self.value(kernel, position, a);
                    self.push(Operation::Unary(*function, to, a.read), &[a]);
                }
                (Function::Clamp | Function::Annuity, [a, b, c]) => {
                    let parts = [a, b, c].map(|part| self.value(kernel, position, part));
                    self.push(Operation::Ternary(*function, to, parts.map(|part| part.read)), &parts);
                }
                (_, [a, b]) => self.pair(kernel, position, *function, (a, b), to),
                (_, many) => {
                    // The least or greatest of several.
                    let mut so_far = self.value(kernel, position, &many[0]);
                    for (rank, part) in many.iter().enumerate().skip(1) {
                        let part = self.value(kernel, position, part);
                        let to = if rank + 1 == many.len() { to } else { self.place() };
                        self.push(Operation::Binary(*function, to, so_far.read, part.read), &[so_far, part]);
                        so_far = Value { read: Read(to), passing: true };
                    }
                }
            },
        }
    }

    /// A function of two values, in one operation with the one before it where that can be.
    fn pair(
        &mut self,
        kernel: &Kernel,
        position: usize,
        function: Function,
        (a, b): (&Tree<From>, &Tree<From>),
        to: u32,
    ) {
        let inner = |tree: &Tree<From>| match tree {
            Tree::Apply(first, parts) if simple(*first) && parts.len() == 2 => Some(*first),
            _ => None,
        };
        let (second, (fused, other)) = match (function, inner(a), inner(b)) {
            (Function::Add, Some(_), _) => (Second::Add, (a, b)),
            (Function::Multiply, Some(_), _) => (Second::Multiply, (a, b)),
            (Function::Subtract, Some(_), _) => (Second::Subtract, (a, b)),
            (Function::Add, None, Some(_)) => (Second::Add, (b, a)),
            (Function::Multiply, None, Some(_)) => (Second::Multiply, (b, a)),
            (Function::Subtract, None, Some(_)) => (Second::SubtractFrom, (b, a)),
            _ => {
                let (a, b) = (self.value(kernel, position, a), self.value(kernel, position, b));
                self.push(Operation::Binary(function, to, a.read, b.read), &[a, b]);
                return;
            }
        };
        let Tree::Apply(first, parts) = fused else { return };
        let other = self.value(kernel, position, other);
        let (a, b) = (self.value(kernel, position, &parts[0]), self.value(kernel, position, &parts[1]));
        self.push(Operation::Fused(*first, second, to, a.read, b.read, other.read), &[a, b, other]);
    }

    fn value(&mut self, kernel: &Kernel, position: usize, tree: &Tree<From>) -> Value {
        match tree {
            Tree::Leaf(From::Stream(stream)) => {
                let cell = kernel.streams[*stream].at(position);
                Value { read: Read(self.places[cell as usize]), passing: false }
            }
            Tree::Leaf(From::Scalar(scalar)) => {
                Value { read: self.constant(kernel.scalars[*scalar].at(position)), passing: false }
            }
            _ => {
                let to = self.place();
                self.into(kernel, position, tree, to);
                Value { read: Read(to), passing: true }
            }
        }
    }

    fn constant(&mut self, value: f64) -> Read {
        let constants = &mut self.code.constants;
        let index = *self.known.entry(value.to_bits()).or_insert_with(|| {
            constants.push(value);
            constants.len() as u32 - 1
        });
        Read(index | CONSTANT)
    }

    fn place(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.code.places += 1;
            self.code.places as u32 - 1
        })
    }

    fn push(&mut self, operation: Operation, read: &[Value]) {
        self.code.operations.push(operation);
        self.free.extend(read.iter().filter(|value| value.passing).map(|value| value.read.0));
    }

    /// Frees the place of a cell that is not read after a moment.
    fn release(&mut self, cell: Cell, moment: usize) {
        if self.last[cell as usize] == moment {
            let place = std::mem::replace(&mut self.places[cell as usize], NOWHERE);
            if place != NOWHERE {
                self.free.push(place);
            }
        }
    }
}

/// Whether a function may be the first of two in one operation.
fn simple(function: Function) -> bool {
    matches!(function, Function::Add | Function::Subtract | Function::Multiply)
}
