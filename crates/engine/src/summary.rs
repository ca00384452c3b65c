//! What many draws come to.

/// The wanted cells over all draws.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// How many draws.
    pub draws: usize,
    /// For each want (variables, then expressions) and each of its cells, row by row; a dimension
    /// that was picked counts one member. `None` where the cell lacks.
    pub cells: Vec<Vec<Option<Quantiles>>>,
}

/// One cell over all draws, in base units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantiles {
    /// The 5th percentile.
    pub p5: f64,
    /// The median.
    pub p50: f64,
    /// The 95th percentile.
    pub p95: f64,
    /// The mean.
    pub mean: f64,
    /// Whether no uncertain input reaches the cell's variable: all four figures are then equal.
    pub certain: bool,
    /// In how many draws the value is no number; they are left out of the four figures.
    pub not_finite: usize,
}
