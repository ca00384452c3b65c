//! Operations on places of an arena, over all lanes.

use super::lanes::{self, Lanes, Operand};
use crate::draw::Shape;
use tokenomics_language::model::Function;

/// The bit of a [`Read`] that marks a constant.
pub(crate) const CONSTANT: u32 = 1 << 31;

/// A place of the arena, or a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Read(pub u32);

/// What is done last in an operation of two functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Second {
    /// Adds the third value.
    Add,
    /// Subtracts the third value.
    Subtract,
    /// Subtracts from the third value.
    SubtractFrom,
    /// Multiplies by the third value.
    Multiply,
}

/// One operation. It never writes to a place that it reads.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operation {
    /// As it is.
    Copy(u32, Read),
    /// A function of one value.
    Unary(Function, u32, Read),
    /// A function of two values.
    Binary(Function, u32, Read, Read),
    /// A function of two values, and another of the result and a third.
    Fused(Function, Second, u32, Read, Read, Read),
    /// A function of three values.
    Ternary(Function, u32, [Read; 3]),
    /// The branch that a condition takes.
    Select(u32, [Read; 3]),
    /// What a draw makes of a spread.
    Draw(u32, Shape, u32),
    /// An algorithm: the position among all that are called.
    Native(u32),
}

impl Operation {
    /// Runs the operation, unless it is a native.
    #[inline]
    pub fn run(&self, arena: &mut [Lanes], constants: &[f64], drawn: &[Lanes]) {
        let place = match self {
            Operation::Copy(to, ..)
            | Operation::Unary(_, to, ..)
            | Operation::Binary(_, to, ..)
            | Operation::Fused(_, _, to, ..)
            | Operation::Ternary(_, to, ..)
            | Operation::Select(to, ..)
            | Operation::Draw(to, ..) => *to as usize,
            Operation::Native(..) => return,
        };
        let (before, rest) = arena.split_at_mut(place);
        let Some((to, after)) = rest.split_first_mut() else { return };
        let read = |read: Read| {
            if read.0 & CONSTANT != 0 {
                return Operand::Scalar(constants[(read.0 & !CONSTANT) as usize]);
            }
            let source = read.0 as usize;
            Operand::Lanes(if source < place { &before[source] } else { &after[source - place - 1] })
        };
        match *self {
            Operation::Copy(_, a) => lanes::copy(to, read(a)),
            Operation::Unary(function, _, a) => lanes::unary(function, to, read(a)),
            Operation::Binary(function, _, a, b) => lanes::binary(function, to, read(a), read(b)),
            Operation::Fused(first, second, _, a, b, c) => {
                lanes::fused(first, second, to, [read(a), read(b), read(c)]);
            }
            Operation::Ternary(function, _, parts) => lanes::ternary(function, to, parts.map(read)),
            Operation::Select(_, [condition, yes, no]) => {
                lanes::select(to, read(condition), read(yes), read(no));
            }
            Operation::Draw(_, shape, factor) => shape.apply(&drawn[factor as usize], to),
            Operation::Native(..) => {}
        }
    }
}
