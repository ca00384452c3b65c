//! Axes: where figures stand, and which are written beside.

use crate::numbers::given;

/// An axis of figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// The figure at its beginning.
    pub low: f64,
    /// The figure at its end.
    pub high: f64,
    /// Whether equal ways are equal ratios.
    pub by_ratio: bool,
    /// The figures written beside it.
    pub ticks: Vec<f64>,
    /// What figures are divided by where they are written.
    pub divisor: f64,
    /// The word for that, such as `million`.
    pub word: &'static str,
}

/// Words for powers of a thousand.
const WORDS: [(f64, &str); 5] =
    [(1e15, "quadrillion "), (1e12, "trillion "), (1e9, "billion "), (1e6, "million "), (1e3, "thousand ")];

/// From this size on, figures are written in thousands, millions and so on.
const LONG: f64 = 1e4;

impl Axis {
    /// An axis that holds some figures; by amount it holds zero.
    #[must_use]
    pub fn of(values: impl Iterator<Item = f64>, by_ratio: bool, about: usize) -> Axis {
        let (low, high) = ends(values, by_ratio);
        Axis::between(if by_ratio { (low, high) } else { (low.min(0.0), high.max(0.0)) }, by_ratio, about)
    }

    /// An axis that holds some figures, and no more of what lies beside them than round figures need.
    #[must_use]
    pub fn about(values: impl Iterator<Item = f64>, by_ratio: bool, about: usize) -> Axis {
        Axis::between(ends(values, by_ratio), by_ratio, about)
    }

    fn between((low, high): (f64, f64), by_ratio: bool, about: usize) -> Axis {
        let (low, high, ticks) = if by_ratio { ratios(low, high) } else { amounts(low, high, about) };
        let size = low.abs().max(high.abs());
        let (divisor, word) = if size >= LONG {
            WORDS.iter().find(|(step, _)| size >= *step).copied().unwrap_or((1.0, ""))
        } else {
            (1.0, "")
        };
        Axis { low, high, by_ratio, ticks, divisor, word }
    }

    /// The part of the axis at which a figure stands; beyond its ends none does.
    #[must_use]
    pub fn part(&self, value: f64) -> f64 {
        let part = if self.by_ratio {
            (value.max(self.low).ln() - self.low.ln()) / (self.high.ln() - self.low.ln())
        } else {
            (value - self.low) / (self.high - self.low)
        };
        part.clamp(0.0, 1.0)
    }

    /// A figure as it is written beside the axis.
    #[must_use]
    pub fn write(&self, value: f64) -> String {
        given(value / self.divisor)
    }
}

/// The least and the greatest figure.
fn ends(values: impl Iterator<Item = f64>, by_ratio: bool) -> (f64, f64) {
    let sound = values.filter(|value| value.is_finite() && (!by_ratio || *value > 0.0));
    let (low, high) =
        sound.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    match (low > high, by_ratio) {
        (false, _) => (low, high),
        (true, true) => (1.0, 10.0),
        (true, false) => (0.0, 1.0),
    }
}

/// Round figures from below the least to above the greatest.
fn amounts(low: f64, high: f64, about: usize) -> (f64, f64, Vec<f64>) {
    let range = if high > low { high - low } else { 1.0 };
    let rough = range / about.max(2) as f64;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].iter().map(|part| part * power).find(|step| *step >= rough * 0.999);
    let step = step.unwrap_or(10.0 * power);
    let first = (low / step + 1e-9).floor();
    let last = (high / step - 1e-9).ceil().max(first + 1.0);
    let count = crate::numbers::whole(last - first);
    let ticks: Vec<f64> = (0..=count).map(|index| (first + index as f64) * step).collect();
    (first * step, last * step, ticks)
}

/// Ones, twos and fives of powers of ten, or powers alone where there are many.
fn ratios(low: f64, high: f64) -> (f64, f64, Vec<f64>) {
    let (first, last) = (low.log10().floor(), high.log10().ceil().max(low.log10().floor() + 1.0));
    let powers = crate::numbers::whole(last - first);
    let parts: &[f64] = if powers <= 3 { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let all = (0..=powers).flat_map(|power| parts.iter().map(move |part| part * 10_f64.powf(first + power as f64)));
    let all: Vec<f64> = all.collect();
    let from = all.iter().rposition(|tick| *tick <= low * 1.001).unwrap_or(0);
    let to =
        all.iter().position(|tick| *tick >= high * 0.999).unwrap_or(all.len() - 1).max(from + 1).min(all.len() - 1);
    let ticks = all[from.min(to)..=to].to_vec();
    (ticks[0], ticks[ticks.len() - 1], ticks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_begins_and_ends_at_round_figures() {
        let axis = Axis::of([3.1, 7.9].into_iter(), false, 5);
        assert_eq!((axis.low, axis.high), (0.0, 8.0));
        assert_eq!(axis.ticks, [0.0, 2.0, 4.0, 6.0, 8.0]);
        let below = Axis::of([-3.0, 9.0].into_iter(), false, 5);
        assert_eq!((below.low, below.high), (-5.0, 10.0));
        assert_eq!(Axis::of(std::iter::empty(), false, 5).ticks.first(), Some(&0.0));
        let about = Axis::about([1995.0, 2004.0].into_iter(), false, 5);
        assert_eq!((about.low, about.high), (1994.0, 2004.0));
    }

    #[test]
    fn an_axis_by_ratio_has_equal_ways_for_equal_ratios() {
        let axis = Axis::of([3.0, 800.0].into_iter(), true, 5);
        assert_eq!((axis.low, axis.high), (2.0, 1000.0));
        assert!((axis.part(20.0) - axis.part(2.0) - (axis.part(200.0) - axis.part(20.0))).abs() < 1e-12);
        let level = Axis::of([5.0].into_iter(), true, 5);
        assert!(level.low < level.high, "{level:?}");
    }

    #[test]
    fn large_figures_are_written_in_millions() {
        let axis = Axis::of([4e6].into_iter(), false, 4);
        assert_eq!((axis.write(2e6), axis.word), ("2".to_owned(), "million "));
        assert_eq!(Axis::of([4e3].into_iter(), false, 4).word, "");
    }
}
