//! Rates worked out by closed forms.

use tokenomics_finance::internal_rate_of_return;

#[test]
fn one_payment_later_has_its_rate_in_closed_form() {
    for (paid, received, years) in [(100.0, 150.0, 3.0), (1.0, 1000.0, 0.5), (100.0, 20.0, 4.0), (1e9, 1e9, 2.0)] {
        let rate = internal_rate_of_return(&[-paid, received], &[0.0, years]).unwrap();
        let expected: f64 = (received / paid) / 1.0;
        let expected = expected.powf(1.0 / years) - 1.0;
        assert!((rate - expected).abs() < 1e-11 * (1.0 + expected), "{rate} for {expected}");
    }
}

#[test]
fn a_level_payment_returns_its_rate() {
    // 0.08 / (1 - 1.08^-10) a year for ten years buys one today.
    let payment = 0.08 / (1.0 - 1.08_f64.powi(-10));
    let flows: Vec<f64> = std::iter::once(-1.0).chain(std::iter::repeat_n(payment, 10)).collect();
    let times: Vec<f64> = (0..=10).map(f64::from).collect();
    assert!((internal_rate_of_return(&flows, &times).unwrap() - 0.08).abs() < 1e-13);
}

#[test]
fn the_order_of_flows_does_not_matter() {
    let one = internal_rate_of_return(&[-100.0, 60.0, 60.0], &[0.0, 1.0, 2.0]);
    let other = internal_rate_of_return(&[60.0, -100.0, 60.0], &[2.0, 0.0, 1.0]);
    assert!((one.unwrap() - other.unwrap()).abs() < 1e-13);
}

/// -1 + 2.3 x - 1.32 x^2 is zero at x = 1/1.1 and at x = 1/1.2.
#[test]
fn of_several_rates_the_one_nearest_to_zero_is_taken() {
    let rate = internal_rate_of_return(&[-1.0, 2.3, -1.32], &[0.0, 1.0, 2.0]).unwrap();
    assert!((rate - 0.1).abs() < 1e-12);
}

#[test]
fn without_a_change_of_sign_there_is_no_rate() {
    assert_eq!(internal_rate_of_return(&[1.0, 2.0], &[0.0, 1.0]), None);
    assert_eq!(internal_rate_of_return(&[-1.0, 0.0], &[0.0, 1.0]), None);
    assert_eq!(internal_rate_of_return(&[], &[]), None);
    assert_eq!(internal_rate_of_return(&[-1.0, f64::NAN], &[0.0, 1.0]), None);
    // Two changes of sign, and worth something at every rate: 1 - x + x^2.
    assert_eq!(internal_rate_of_return(&[1.0, -1.0, 1.0], &[0.0, 1.0, 2.0]), None);
}
