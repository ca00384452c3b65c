//! One formula over some cells of a slot.

use super::tree::Tree;
use tokenomics_language::model::Function;

/// A needed cell of a slot, counted through all slots.
pub(crate) type Cell = u32;

/// What a formula reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    /// A cell: the position among the streams of the kernel.
    Stream(usize),
    /// A certain value: the position among the scalars of the kernel.
    Scalar(usize),
}

/// One formula over some cells of a slot.
#[derive(Clone, Debug)]
pub(crate) struct Kernel {
    /// The cells it writes or, in a reduction, adds to; those of a quarter stand together.
    pub targets: Vec<Cell>,
    /// For each stream, the cell read at each target.
    pub streams: Vec<Series<Cell>>,
    /// For each scalar, the certain value at each target.
    pub scalars: Vec<Series<f64>>,
    /// The formula.
    pub tree: Tree<From>,
    /// For a reduction, how a value is added to what its cell has.
    pub reduction: Option<Function>,
}

/// A value for each target of a kernel.
#[derive(Clone, Debug)]
pub(crate) enum Series<T> {
    /// The same for all.
    Same(T),
    /// One each.
    Each(Box<[T]>),
}

impl<T: Copy + PartialEq> Series<T> {
    /// Each in turn, or one for all when they are equal.
    pub fn of(values: Vec<T>) -> Series<T> {
        match values[..] {
            [first, ref rest @ ..] if rest.iter().all(|value| *value == first) => Series::Same(first),
            _ => Series::Each(values.into()),
        }
    }

    /// The value at a target.
    pub fn at(&self, target: usize) -> T {
        match self {
            Series::Same(value) => *value,
            Series::Each(values) => values[target],
        }
    }

    /// The same series of what a function makes of the values.
    pub fn map(&self, function: impl Fn(T) -> T) -> Series<T> {
        match self {
            Series::Same(value) => Series::Same(function(*value)),
            Series::Each(values) => Series::Each(values.iter().map(|value| function(*value)).collect()),
        }
    }
}
