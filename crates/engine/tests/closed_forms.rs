//! Draws against distributions that have a closed form.
//!
//! A quantile of the draws is put through the distribution function it should have. Of `DRAWS`
//! draws, the share that lies below the true quantile of a share p has the standard deviation
//! sqrt(p (1 - p) / DRAWS); a quantile, a share or a mean may be off by [`DEVIATIONS`] of its own.
//! A right engine fails one such comparison in 16,000 seeds, and the seed is fixed.

mod common;

use common::{sheet, variable};
use std::f64::consts::{LN_2, PI};
use tokenomics_engine::{Evaluation, Quantiles, Simulation, Wants};
use tokenomics_language::Model;

const DRAWS: usize = 512 * Simulation::LANES;
const DEVIATIONS: f64 = 4.0;
const SEED: u64 = 7;

/// Between the median and the 95th percentile of a normal lie so many standard deviations.
const P95: f64 = 1.644_853_626_951_472_7;

/// The cells of one variable over all draws.
fn drawn(model: &Model, name: &str) -> Vec<Quantiles> {
    let wants: Wants = [variable(model, name)].into_iter().collect();
    let simulation = Simulation::new(model, &[], &wants, SEED);
    let blocks = (0..Simulation::blocks(DRAWS)).map(|block| simulation.run(block, Simulation::LANES)).collect();
    let summary = simulation.summarise(blocks);
    assert_eq!(summary.draws, DRAWS);
    summary.cells[0].iter().map(|cell| cell.unwrap()).collect()
}

/// The distribution function of the standard normal: Simpson's rule over its density.
fn normal(z: f64) -> f64 {
    let steps = 400;
    let width = z / f64::from(steps);
    let density = |step: i32| (-0.5 * (width * f64::from(step)).powi(2)).exp() / (2.0 * PI).sqrt();
    let weight = |step: i32| match step {
        step if step == 0 || step == steps => 1.0,
        step if step % 2 == 1 => 4.0,
        _ => 2.0,
    };
    0.5 + (0..=steps).map(|step| weight(step) * density(step)).sum::<f64>() * width / 3.0
}

/// The distribution function of two half-normals of one median, with a standard deviation on each side.
fn two_piece(value: f64, median: f64, below: f64, above: f64) -> f64 {
    normal((value - median) / if value < median { below } else { above })
}

fn assert_share(found: f64, share: f64, what: &str) {
    let deviation = (share * (1.0 - share) / DRAWS as f64).sqrt();
    let off = (found - share) / deviation;
    assert!(off.abs() <= DEVIATIONS, "{what}: {found} of the draws and not {share}, {off:.1} deviations off");
}

fn assert_mean(found: f64, mean: f64, deviation: f64, what: &str) {
    let off = (found - mean) / (deviation / (DRAWS as f64).sqrt());
    assert!(off.abs() <= DEVIATIONS, "{what}: {found} and not {mean}, {off:.1} deviations off");
}

/// Holds the three quantiles against a distribution function.
fn assert_distributed(cell: &Quantiles, distribution: impl Fn(f64) -> f64, what: &str) {
    assert!(!cell.certain && cell.not_finite == 0, "{what}");
    for (quantile, share) in [(cell.p5, 0.05), (cell.p50, 0.5), (cell.p95, 0.95)] {
        assert_share(distribution(quantile), share, what);
    }
}

/// A product of lognormals is lognormal: medians multiply and the squares of deviations add, with
/// twice the covariance of the logarithms; in a quotient it is taken off.
#[test]
fn products_and_quotients_of_lognormals_are_lognormal() {
    let model = sheet(
        r#"
input tokens : 1 = 10 ~ 5 to 20 assume "a factor of two"
input alone : 1 = 3 ~ 2 to 4.5 assume "a factor of one and a half"
input along : 1 = 3 ~ 2 to 4.5 with tokens 0.6 assume "likewise"
input against : 1 = 3 ~ 2 to 4.5 with tokens -0.8 assume "likewise"
product_alone : 1 = tokens * alone
product_along : 1 = tokens * along
product_against : 1 = tokens * against
quotient_alone : 1 = tokens / alone
quotient_along : 1 = tokens / along
quotient_against : 1 = tokens / against
"#,
    );
    let (a, b) = (LN_2 / P95, 1.5_f64.ln() / P95);
    for (name, rank) in [("alone", 0.0), ("along", 0.6), ("against", -0.8)] {
        // Two normals with the correlation 2 sin(pi r / 6) have the rank correlation r.
        let covariance = 2.0 * (PI * rank / 6.0).sin() * a * b;
        for (operation, median, sign) in [("product", 30.0_f64, 1.0), ("quotient", 10.0 / 3.0, -1.0)] {
            let what = format!("{operation}_{name}");
            let variance = a * a + b * b + sign * 2.0 * covariance;
            let cell = drawn(&model, &what)[0];
            assert_distributed(&cell, |value| normal((value / median).ln() / variance.sqrt()), &what);
            let mean = median * (variance / 2.0).exp();
            assert_mean(cell.mean, mean, mean * (variance.exp() - 1.0).sqrt(), &what);
        }
    }
}

/// The median is the figure stated, and each side has a spread of its own, all along.
#[test]
fn a_lopsided_spread_is_two_halves_around_its_median() {
    let model = sheet(
        r#"
dim mark = first, second, third, fourth, fifth
input price : 1 = 10 ~ 8 to 25 assume "three positive figures: lognormal halves"
input drift : 1 = 1 ~ -2 to 9 assume "one is negative: normal halves"
input prices[mark] : 1 = first: 7, second: 9, third: 10, fourth: 16, fifth: 40 assume "marks"
input drifts[mark] : 1 = first: -4, second: 0, third: 1, fourth: 5, fifth: 15 assume "marks"
cheaper[mark] : 1 = if price < prices then 1 else 0
slower[mark] : 1 = if drift < drifts then 1 else 0
"#,
    );
    let evaluation = Evaluation::of(&model, &[], &Wants::everything(&model));
    let price = |value: f64| two_piece((value / 10.0).ln(), 0.0, 1.25_f64.ln() / P95, 2.5_f64.ln() / P95);
    let drift = |value: f64| two_piece(value, 1.0, 3.0 / P95, 8.0 / P95);
    for (name, median) in [("price", 10.0), ("drift", 1.0)] {
        assert_eq!(evaluation.variable(variable(&model, name)).unwrap().values, [median]);
    }
    assert_distributed(&drawn(&model, "price")[0], price, "price");
    assert_distributed(&drawn(&model, "drift")[0], drift, "drift");
    for (cell, mark) in drawn(&model, "cheaper").iter().zip([7.0, 9.0, 10.0, 16.0, 40.0]) {
        assert_share(cell.mean, price(mark), &format!("prices below {mark}"));
    }
    for (cell, mark) in drawn(&model, "slower").iter().zip([-4.0, 0.0, 1.0, 5.0, 15.0]) {
        assert_share(cell.mean, drift(mark), &format!("drifts below {mark}"));
    }
    // Two halves with deviations s and t around m have the mean m + (t - s) / sqrt(2 pi), and the
    // variance (s^2 + t^2) / 2 - (t - s)^2 / (2 pi).
    let (below, above) = (3.0 / P95, 8.0 / P95);
    let mean = 1.0 + (above - below) / (2.0 * PI).sqrt();
    let variance = f64::midpoint(below * below, above * above) - (above - below).powi(2) / (2.0 * PI);
    assert_mean(drawn(&model, "drift")[0].mean, mean, variance.sqrt(), "drift");
}

/// Of nine members with a draw each, the mean spreads a third as far as one; with one draw for all,
/// as far as one.
#[test]
fn members_that_draw_for_themselves_even_out() {
    let model = sheet(
        r#"
dim chip = a, b, c, d, e, f, g, h, i
input own_luck[chip] : 1 = 0 ~ -1 to 1 each chip assume "makers differ"
input common_luck[chip] : 1 = 0 ~ -1 to 1 assume "one market"
one_luck : 1 = own_luck[chip = e]
mean_own_luck : 1 = mean(own_luck over chip)
mean_common_luck : 1 = mean(common_luck over chip)
sum_own_luck : 1 = sum(own_luck over chip)
"#,
    );
    for (name, spread) in
        [("one_luck", 1.0), ("mean_own_luck", 1.0 / 3.0), ("mean_common_luck", 1.0), ("sum_own_luck", 3.0)]
    {
        assert_distributed(&drawn(&model, name)[0], |value| normal(value * P95 / spread), name);
    }
}
