//! When cash that was paid has come back.

/// The time at which the cash received first equals the cash paid, undiscounted; none if it never does.
///
/// The flows are in the order of their times, and cash comes in evenly between one time and the next.
///
/// ```
/// use tokenomics_finance::payback;
///
/// assert_eq!(payback(&[-100.0, 80.0, 40.0], &[0.0, 1.0, 2.0]), Some(1.5));
/// assert_eq!(payback(&[-100.0, 60.0], &[0.0, 1.0]), None);
/// ```
#[must_use]
pub fn payback(cash_flows: &[f64], times: &[f64]) -> Option<f64> {
    let mut balance = 0.0;
    let mut paid = false;
    let mut before = None;
    for (flow, time) in cash_flows.iter().zip(times) {
        if !flow.is_finite() || !time.is_finite() {
            return None;
        }
        let after = balance + flow;
        if paid && after >= 0.0 {
            let start = before.unwrap_or(*time);
            return Some(start - balance / flow * (time - start));
        }
        paid |= after < 0.0;
        balance = after;
        before = Some(*time);
    }
    None
}
