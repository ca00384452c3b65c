//! A run of operations over the cells of a rule.

use super::lanes::{self, Lanes, Operand};
use super::program::{From, Operation, Program, To};
use std::mem::take;

/// A value in each copy of the model, cell by cell.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    /// The slot it is read from.
    pub slot: usize,
    /// For each cell of the kernel, the cell in the slot.
    pub cells: Places,
}

/// For each cell of a kernel, a cell of a slot.
#[derive(Clone, Debug)]
pub(crate) enum Places {
    /// One for all.
    Fixed(u32),
    /// One each.
    Each(Box<[u32]>),
}

impl Places {
    /// Each in turn, or one for all when they are equal.
    pub fn of(places: Vec<u32>) -> Places {
        match places[..] {
            [first, ref rest @ ..] if rest.iter().all(|place| *place == first) => Places::Fixed(first),
            _ => Places::Each(places.into()),
        }
    }

    fn at(&self, cell: usize) -> usize {
        match self {
            Places::Fixed(place) => *place as usize,
            Places::Each(places) => places[cell] as usize,
        }
    }
}

/// One value in all copies of the model, cell by cell.
#[derive(Clone, Debug)]
pub(crate) enum Scalar {
    /// One for all cells.
    Fixed(f64),
    /// One each.
    Each(Box<[f64]>),
}

impl Scalar {
    /// Each in turn, or one for all when they are equal.
    pub fn of(values: Vec<f64>) -> Scalar {
        match values[..] {
            [first, ref rest @ ..] if rest.iter().all(|value| value.to_bits() == first.to_bits()) => {
                Scalar::Fixed(first)
            }
            _ => Scalar::Each(values.into()),
        }
    }

    fn at(&self, cell: usize) -> f64 {
        match self {
            Scalar::Fixed(value) => *value,
            Scalar::Each(values) => values[cell],
        }
    }
}

/// A formula over some cells of one slot.
#[derive(Clone, Debug)]
pub(crate) struct Kernel {
    /// The slot it writes.
    pub slot: usize,
    /// For each cell of the kernel, the cell it writes or adds to.
    pub out: Box<[u32]>,
    /// Uncertain values it reads.
    pub streams: Vec<Stream>,
    /// Certain values it reads.
    pub scalars: Vec<Scalar>,
    /// What it does at a cell.
    pub program: Program,
    /// For a reduction, what a cell starts from.
    pub start: Option<f64>,
}

/// The memory that a tape works in.
#[derive(Debug, Default)]
pub(crate) struct Workspace {
    /// The values of slots, for each buffer and cell.
    pub buffers: Vec<Vec<Lanes>>,
    /// Values on the way.
    pub registers: Vec<Option<Box<Lanes>>>,
}

impl Kernel {
    /// Computes a stretch of cells. `buffers` tells in which buffer each slot is.
    pub fn run(&self, workspace: &mut Workspace, buffers: &[usize], (from, to): (usize, usize)) {
        let Workspace { buffers: memory, registers } = workspace;
        let own = buffers[self.slot];
        let mut target = take(&mut memory[own]);
        let mut last = u32::MAX;
        for cell in from..to {
            let place = self.out[cell];
            let (before, rest) = target.split_at_mut(place as usize);
            let Some((out, after)) = rest.split_first_mut() else { continue };
            if let Some(start) = self.start.filter(|_| place != last) {
                lanes::copy(out, Operand::Scalar(start));
                last = place;
            }
            for operation in &self.program.operations {
                let mut taken = match operation.to() {
                    To::Register(register) => Some((register, registers[register].take().unwrap_or_default())),
                    To::Out => None,
                };
                let read = |from: From| match from {
                    From::Register(register) => {
                        registers[register].as_deref().map_or(Operand::Scalar(f64::NAN), Operand::Lanes)
                    }
                    From::Scalar(scalar) => Operand::Scalar(self.scalars[scalar].at(cell)),
                    From::Stream(stream) => {
                        let stream = &self.streams[stream];
                        let source = stream.cells.at(cell);
                        let buffer = buffers[stream.slot];
                        Operand::Lanes(if buffer != own {
                            &memory[buffer][source]
                        } else if source < before.len() {
                            &before[source]
                        } else {
                            &after[source - before.len() - 1]
                        })
                    }
                };
                let to = taken.as_mut().map_or(&mut *out, |(_, register)| &mut **register);
                match *operation {
                    Operation::Copy(_, a) => lanes::copy(to, read(a)),
                    Operation::Unary(function, _, a) => lanes::unary(function, to, read(a)),
                    Operation::Binary(function, _, a, b) => lanes::binary(function, to, read(a), read(b)),
                    Operation::Ternary(function, _, parts) => lanes::ternary(function, to, parts.map(read)),
                    Operation::Select(_, condition, yes, no) => lanes::select(to, read(condition), read(yes), read(no)),
                    Operation::Accumulate(function, a) => lanes::accumulate(function, to, read(a)),
                }
                if let Some((register, lanes)) = taken {
                    registers[register] = Some(lanes);
                }
            }
        }
        memory[own] = target;
    }
}

impl Operation {
    fn to(&self) -> To {
        match self {
            Operation::Copy(to, ..)
            | Operation::Unary(_, to, ..)
            | Operation::Binary(_, to, ..)
            | Operation::Ternary(_, to, ..)
            | Operation::Select(to, ..) => *to,
            Operation::Accumulate(..) => To::Out,
        }
    }
}
