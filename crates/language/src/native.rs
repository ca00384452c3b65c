//! The one door for algorithms that are not formulas.

use crate::model::DimensionId;
use crate::unit::Unit;

/// The type of a native's result or of one of its inputs.
#[derive(Clone, Debug)]
pub struct Signature<'a> {
    /// Its name in the sheet.
    pub name: &'a str,
    /// Its unit.
    pub unit: &'a Unit,
    /// Its dimensions with the names of each and of their members.
    pub dimensions: Vec<SignatureDimension<'a>>,
}

/// A dimension as a native sees it.
#[derive(Clone, Copy, Debug)]
pub struct SignatureDimension<'a> {
    /// The dimension.
    pub id: DimensionId,
    /// Its name.
    pub name: &'a str,
    /// The names of its members.
    pub members: &'a [String],
}

/// The cells of one input, row by row in the order of its dimensions, in base units; `NAN` where
/// `present` says that a cell lacks.
#[derive(Clone, Copy, Debug)]
pub struct Cells<'a> {
    /// The values.
    pub values: &'a [f64],
    /// Which cells there are.
    pub present: &'a [bool],
}

/// An algorithm a sheet declares with `native`, in one copy of the model at a time.
pub trait Native: Send + Sync {
    /// The name a sheet declares it by.
    fn name(&self) -> &'static str;

    /// One line on what it computes.
    fn summary(&self) -> &'static str;

    /// Whether it may find no value for a cell although every input has one. A sheet then declares it
    /// `partial`.
    fn may_lack(&self) -> bool {
        false
    }

    /// Whether it is computed once, from the medians of its inputs, and not again for each draw: so with what
    /// takes long. A sheet then states its uncertainty as a factor.
    fn steady(&self) -> bool {
        false
    }

    /// Whether it computes each quarter from what its inputs are in that quarter, and so may take part in
    /// a recursion through `prev`. Its signatures and cells then come without the quarter.
    fn each_quarter(&self) -> bool {
        false
    }

    /// Whether it can compute a result of this type from inputs of these types.
    ///
    /// # Errors
    /// What is wrong, and what would be right.
    fn accepts(&self, result: &Signature<'_>, inputs: &[Signature<'_>]) -> Result<(), String>;

    /// Computes all cells of the result, row by row, in base units. A cell left `None` lacks.
    fn evaluate(&self, result: &Signature<'_>, inputs: &[Signature<'_>], cells: &[Cells<'_>]) -> Vec<Option<f64>>;
}
