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
    /// In how many draws the value is no number; they are left out of the four figures. A native that
    /// gives no value in a draw, for a cell it has at the median, counts as one.
    pub not_finite: usize,
}

impl Quantiles {
    /// One value in all draws.
    pub(crate) fn certain(value: f64) -> Quantiles {
        let not_finite = usize::from(!value.is_finite());
        Quantiles { p5: value, p50: value, p95: value, mean: value, certain: true, not_finite }
    }
}

/// The quantiles of some draws. Between two draws they are interpolated linearly.
pub(crate) fn quantiles(draws: &mut Vec<f64>) -> Quantiles {
    let all = draws.len();
    if !draws.iter().sum::<f64>().is_finite() {
        draws.retain(|draw| draw.is_finite());
    }
    let Some(last) = draws.len().checked_sub(1) else {
        let nothing = Quantiles::certain(f64::NAN);
        return Quantiles { certain: false, not_finite: all, ..nothing };
    };
    let mean = draws.iter().sum::<f64>() / draws.len() as f64;
    let positions = [0.05, 0.5, 0.95].map(|share| share * last as f64);
    // A position among the draws is neither negative nor beyond their number.
    #[allow(clippy::cast_sign_loss)]
    let ranks = positions.map(|position| (position.floor() as usize, position.ceil() as usize));
    let mut keys: Vec<i64> = draws.iter().map(|draw| key(draw.to_bits())).collect();
    let mut all_ranks: Vec<usize> = ranks.iter().flat_map(|(below, above)| [*below, *above]).collect();
    all_ranks.sort_unstable();
    all_ranks.dedup();
    put_in_place(&mut keys, 0, &all_ranks);
    let draw = |rank: usize| f64::from_bits(bits(keys[rank]));
    let quantile = |index: usize| {
        let (below, above) = (draw(ranks[index].0), draw(ranks[index].1));
        below + (above - below) * positions[index].fract()
    };
    Quantiles {
        p5: quantile(0),
        p50: quantile(1),
        p95: quantile(2),
        mean,
        certain: false,
        not_finite: all - draws.len(),
    }
}

/// The bits of a number as a whole number that orders as the number does.
fn key(bits: u64) -> i64 {
    let bits = bits.cast_signed();
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

/// The bits that have a key.
fn bits(key: i64) -> u64 {
    (key ^ ((key >> 63).cast_unsigned() >> 1).cast_signed()).cast_unsigned()
}

/// Puts at each rank, counted from an offset, what would be there if all were sorted.
fn put_in_place(keys: &mut [i64], offset: usize, ranks: &[usize]) {
    let middle = ranks.len() / 2;
    let Some(rank) = ranks.get(middle) else { return };
    let (left, _, right) = keys.select_nth_unstable(rank - offset);
    put_in_place(left, offset, &ranks[..middle]);
    put_in_place(right, rank + 1, &ranks[middle + 1..]);
}
