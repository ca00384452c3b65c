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

impl Quantiles {
    /// One value in all draws.
    pub(crate) fn certain(value: f64) -> Quantiles {
        let not_finite = usize::from(!value.is_finite());
        Quantiles { p5: value, p50: value, p95: value, mean: value, certain: true, not_finite }
    }
}

/// The quantiles of some draws, which are left in another order. Between two draws they are
/// interpolated linearly.
pub(crate) fn quantiles(draws: &mut Vec<f64>) -> Quantiles {
    let all = draws.len();
    draws.retain(|draw| draw.is_finite());
    let mean = draws.iter().sum::<f64>() / draws.len() as f64;
    let (p5, p50, p95) = (quantile(draws, 0.05), quantile(draws, 0.5), quantile(draws, 0.95));
    Quantiles { p5, p50, p95, mean, certain: false, not_finite: all - draws.len() }
}

fn quantile(draws: &mut [f64], share: f64) -> f64 {
    if draws.is_empty() {
        return f64::NAN;
    }
    let position = share * (draws.len() - 1) as f64;
    let (below, rest) = (position.floor(), position.fract());
    // A position among the draws is neither negative nor beyond their number.
    #[allow(clippy::cast_sign_loss)]
    let (_, low, above) = draws.select_nth_unstable_by(below as usize, f64::total_cmp);
    let low = *low;
    let high = above.iter().copied().fold(f64::INFINITY, f64::min);
    if rest > 0.0 { low + (high - low) * rest } else { low }
}
