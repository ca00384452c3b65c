//! The internal rate of return.

/// The yearly rate `r` at which cash flows are worth nothing in sum, compounded yearly:
/// `Σ cash_flow · (1 + r)^-time = 0`, with times in years. A rate lies above -1.
///
/// A stream that changes its sign once, in the order of the times, has one rate. One that changes it
/// several times may have several, or none: then the one nearest to zero (by `ln(1 + r)`) is
/// returned. `None` where there is no rate: the stream never changes its sign, or the search, which
/// reaches far beyond any rate that is earned, finds none. Two rates closer than one part in a
/// hundred may be passed over.
///
/// Lengths that differ count to the shorter; a flow or time that is no number gives `None`.
///
/// ```
/// use tokenomics_finance::internal_rate_of_return;
///
/// // 100 paid now for 60 after one year and 60 after two: 0.6 / (1 + r) + 0.6 / (1 + r)^2 = 1.
/// let rate = internal_rate_of_return(&[-100.0, 60.0, 60.0], &[0.0, 1.0, 2.0]).unwrap();
/// assert!((rate - 0.130_662_386_291_807_5).abs() < 1e-12);
///
/// assert_eq!(internal_rate_of_return(&[100.0, 60.0], &[0.0, 1.0]), None);
/// ```
#[must_use]
pub fn internal_rate_of_return(cash_flows: &[f64], times: &[f64]) -> Option<f64> {
    let flows: Vec<(f64, f64)> = cash_flows.iter().copied().zip(times.iter().copied()).collect();
    let gains = flows.iter().any(|(flow, _)| *flow > 0.0);
    let losses = flows.iter().any(|(flow, _)| *flow < 0.0);
    if !gains || !losses || flows.iter().any(|(flow, time)| !flow.is_finite() || !time.is_finite()) {
        return None;
    }
    let (low, high) = bracket(&flows)?;
    Some(root(&flows, low, high).exp_m1())
}

/// The worth of a stream at a logarithmic rate, and how it changes with the rate.
fn worth(flows: &[(f64, f64)], rate: f64) -> (f64, f64) {
    flows.iter().fold((0.0, 0.0), |(sum, slope), (flow, time)| {
        let discounted = flow * (-rate * time).exp();
        (sum + discounted, slope - time * discounted)
    })
}

/// Two logarithmic rates between which the worth changes its sign, as near to zero as there are,
/// looking outward from zero by steps that grow.
fn bracket(flows: &[(f64, f64)]) -> Option<(f64, f64)> {
    const FIRST_STEP: f64 = 0.01;
    const GROWTH: f64 = 1.05;
    const STEPS: usize = 220; // to a logarithmic rate of about 9,000
    let start = worth(flows, 0.0).0;
    if start == 0.0 {
        return Some((0.0, 0.0));
    }
    let mut ends = [(0.0, start), (0.0, start)];
    let mut step = FIRST_STEP;
    for _ in 0..STEPS {
        for (end, direction) in ends.iter_mut().zip([1.0, -1.0]) {
            let (from, before) = *end;
            let to = from + direction * step;
            let (after, _) = worth(flows, to);
            if (before > 0.0 && after <= 0.0) || (before < 0.0 && after >= 0.0) {
                return Some((from, to));
            }
            if after.is_finite() {
                *end = (to, after);
            }
        }
        step *= GROWTH;
    }
    None
}

/// The root between two ends of different sign: Newton's step where it stays inside, half the
/// stretch where it does not.
fn root(flows: &[(f64, f64)], mut low: f64, mut high: f64) -> f64 {
    const MOST_STEPS: usize = 200;
    let rising = worth(flows, low).0 < 0.0;
    let mut rate = 0.5 * (low + high);
    for _ in 0..MOST_STEPS {
        let (sum, slope) = worth(flows, rate);
        if (sum < 0.0) == rising {
            low = rate;
        } else {
            high = rate;
        }
        let newton = rate - sum / slope;
        let inside = newton > low.min(high) && newton < low.max(high);
        let next = if inside { newton } else { 0.5 * (low + high) };
        let close = (next - rate).abs() <= 4.0 * f64::EPSILON * (1.0 + rate.abs());
        rate = next;
        if close {
            break;
        }
    }
    rate
}
