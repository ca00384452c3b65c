//! How far off forecasts are, beside two that need no model.

/// Errors nearer than this are as good: the middle of a thousand draws is no more certain.
pub const AS_GOOD: f64 = 0.01;

/// An outcome beyond a band by less than this part of itself is inside: certain forecasts are as exact as
/// their arithmetic.
const SLACK: f64 = 1e-9;

/// The known quarters over which growth is taken.
const RECENT: usize = 4;

/// What came out in a quarter, and what was said before; in base units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// The quarter, by its position.
    pub quarter: u32,
    /// How many quarters after the last that was known.
    pub ahead: u32,
    /// What came out.
    pub actual: f64,
    /// The median of the draws.
    pub forecast: f64,
    /// What four draws in five lie between.
    pub band: [f64; 2],
    /// The last known figure.
    pub last: Option<f64>,
    /// The last known figure, grown on.
    pub growth: Option<f64>,
}

/// How far off the forecasts of a series are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scores {
    /// How many outcomes there are.
    pub outcomes: usize,
    /// The median of |ln(forecast / outcome)|: ours, of the last value, of the last growth.
    pub errors: [Option<f64>; 3],
    /// How many outcomes lie inside the band.
    pub inside: usize,
    /// The median of how many quarters ahead the outcomes were.
    pub ahead: f64,
}

impl Scores {
    /// The scores of a series.
    #[must_use]
    pub fn of(outcomes: &[Outcome]) -> Scores {
        let error = |said: &dyn Fn(&Outcome) -> Option<f64>| {
            let errors = outcomes.iter().filter_map(|outcome| {
                let said = said(outcome).filter(|said| *said > 0.0)?;
                Some((said / outcome.actual).ln().abs())
            });
            median(errors.collect())
        };
        let within = |outcome: &&Outcome| {
            let [low, high] = outcome.band;
            let slack = SLACK * outcome.actual.abs();
            outcome.actual >= low - slack && outcome.actual <= high + slack
        };
        Scores {
            outcomes: outcomes.len(),
            errors: [
                error(&|outcome| Some(outcome.forecast)),
                error(&|outcome| outcome.last),
                error(&|outcome| outcome.growth),
            ],
            inside: outcomes.iter().filter(within).count(),
            ahead: median(outcomes.iter().map(|outcome| f64::from(outcome.ahead)).collect()).unwrap_or_default(),
        }
    }
}

impl Scores {
    /// Which of the three is nearest, ours where another is as good.
    #[must_use]
    pub fn nearest(&self) -> Option<usize> {
        let error = |place: &usize| self.errors[*place].unwrap_or(f64::INFINITY);
        let best = (0..self.errors.len()).min_by(|left, right| error(left).total_cmp(&error(right)))?;
        let ours = self.errors[0]?;
        Some(if ours <= error(&best) + AS_GOOD { 0 } else { best })
    }
}

/// The middle of some figures.
#[must_use]
pub fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    let upper = *figures.get(middle)?;
    if figures.len() % 2 == 1 { Some(upper) } else { Some(f64::midpoint(*figures.get(middle.checked_sub(1)?)?, upper)) }
}

/// The last known figure.
#[must_use]
pub fn last(known: &[(u32, f64)]) -> Option<f64> {
    known.last().map(|(_, value)| *value)
}

/// The last known figure grown on to a quarter, at the rate over the last four known, or over the last
/// two where there are fewer; none from one figure, or from figures not above zero.
#[must_use]
pub fn grown(known: &[(u32, f64)], quarter: u32) -> Option<f64> {
    let (end, value) = *known.last()?;
    let back = if known.len() >= RECENT { RECENT } else { 2 };
    let (start, first) = *known.get(known.len().checked_sub(back)?)?;
    let grows = first > 0.0 && value > 0.0 && end > start;
    let rate = (value / first).ln() / f64::from(end.saturating_sub(start).max(1));
    grows.then(|| value * (rate * (f64::from(quarter) - f64::from(end))).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(left: Option<f64>, right: f64) {
        assert!(left.is_some_and(|left| (left / right - 1.0).abs() < 1e-12), "{left:?} and {right}");
    }

    #[test]
    fn growth_is_taken_over_the_last_four_known_quarters() {
        let known = [(0, 5.0), (1, 1.0), (2, 7.0), (3, 3.0), (4, 8.0)];
        near(grown(&known, 5), 16.0);
        near(grown(&known, 6), 32.0);
        near(grown(&known[..3], 3), 49.0);
        near(grown(&[(0, 1.0), (2, 4.0)], 3), 8.0);
        assert_eq!(grown(&known[..1], 5), None);
        assert_eq!(grown(&[(0, 0.0), (1, 2.0)], 2), None);
    }

    #[test]
    fn scores_are_medians_of_logarithms() {
        let outcome = |actual: f64, forecast: f64, band: [f64; 2]| Outcome {
            quarter: 3,
            ahead: 2,
            actual,
            forecast,
            band,
            last: Some(1.0),
            growth: None,
        };
        let scores =
            Scores::of(&[outcome(1.0, 2.0, [1.0, 3.0]), outcome(2.0, 2.0, [2.5, 3.0]), outcome(4.0, 2.0, [1.0, 4.0])]);
        near(scores.errors[0], 2.0_f64.ln());
        near(scores.errors[1], 2.0_f64.ln());
        assert_eq!((scores.errors[2], scores.inside, scores.outcomes, scores.nearest()), (None, 2, 3, Some(0)));
        assert_eq!(median(vec![3.0, 1.0, 2.0, 10.0]), Some(2.5));
        assert_eq!(median(Vec::new()), None);
    }
}
