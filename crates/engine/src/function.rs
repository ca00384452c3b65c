//! What each function of the language does to plain numbers.

/// The least of two; not a number where either is none.
#[inline]
pub(crate) fn least(a: f64, b: f64) -> f64 {
    let least = if b < a { b } else { a };
    if b.is_nan() { b } else { least }
}

/// The greatest of two; not a number where either is none.
#[inline]
pub(crate) fn greatest(a: f64, b: f64) -> f64 {
    let greatest = if b > a { b } else { a };
    if b.is_nan() { b } else { greatest }
}

/// One where a comparison holds, zero where it does not, and not a number where a side is none.
#[inline]
pub(crate) fn compare(a: f64, b: f64, holds: bool) -> f64 {
    let answer = if holds { 1.0 } else { 0.0 };
    if a.is_nan() | b.is_nan() { f64::NAN } else { answer }
}

/// The branch a condition takes; not a number where the condition is none.
#[inline]
pub(crate) fn choose(condition: f64, yes: f64, no: f64) -> f64 {
    let taken = if condition == 0.0 { no } else { yes };
    if condition.is_nan() { condition } else { taken }
}

/// `x` held between two bounds.
#[inline]
pub(crate) fn clamp(x: f64, low: f64, high: f64) -> f64 {
    least(greatest(x, low), high)
}

/// 1 / (1 + exp(-x)).
#[inline]
pub(crate) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The level payment a second per unit of capital, for a rate a second and a life in seconds,
/// compounded yearly: `rate / (1 - (1 + rate)^-life)` in years, and `1 / life` at a rate of zero.
pub(crate) fn annuity(rate: f64, life: f64, year: f64) -> f64 {
    let (rate, life) = (rate * year, life / year);
    let payment = if rate == 0.0 { 1.0 / life } else { rate / -(-life * rate.ln_1p()).exp_m1() };
    payment / year
}

/// Runs an expression with the plain function of one value that a [`Function`] stands for.
macro_rules! with_unary {
    ($function:expr, |$f:ident| $body:expr) => {{
        use tokenomics_language::model::Function as F;
        #[allow(clippy::redundant_closure_for_method_calls)]
        match $function {
            F::Negate => {
                let $f = |a: f64| -a;
                $body
            }
            F::Exponential => {
                let $f = f64::exp;
                $body
            }
            F::Logarithm => {
                let $f = f64::ln;
                $body
            }
            F::Root => {
                let $f = |a: f64| a.sqrt();
                $body
            }
            F::Absolute => {
                let $f = |a: f64| a.abs();
                $body
            }
            F::Logistic => {
                let $f = crate::function::logistic;
                $body
            }
            _ => {
                let $f = |_: f64| f64::NAN;
                $body
            }
        }
    }};
}

/// Runs an expression with the plain function of two values that a [`Function`] stands for.
macro_rules! with_binary {
    ($function:expr, |$f:ident| $body:expr) => {{
        use crate::function::{compare, greatest, least};
        use tokenomics_language::model::Function as F;
        match $function {
            F::Add => {
                let $f = |a: f64, b: f64| a + b;
                $body
            }
            F::Subtract => {
                let $f = |a: f64, b: f64| a - b;
                $body
            }
            F::Multiply => {
                let $f = |a: f64, b: f64| a * b;
                $body
            }
            F::Divide => {
                let $f = |a: f64, b: f64| a / b;
                $body
            }
            F::Power => {
                let $f = f64::powf;
                $body
            }
            F::Less => {
                let $f = |a: f64, b: f64| compare(a, b, a < b);
                $body
            }
            F::LessOrEqual => {
                let $f = |a: f64, b: f64| compare(a, b, a <= b);
                $body
            }
            F::Greater => {
                let $f = |a: f64, b: f64| compare(a, b, a > b);
                $body
            }
            F::GreaterOrEqual => {
                let $f = |a: f64, b: f64| compare(a, b, a >= b);
                $body
            }
            #[allow(clippy::float_cmp)]
            F::Equal => {
                let $f = |a: f64, b: f64| compare(a, b, a == b);
                $body
            }
            #[allow(clippy::float_cmp)]
            F::NotEqual => {
                let $f = |a: f64, b: f64| compare(a, b, a != b);
                $body
            }
            F::Minimum => {
                let $f = least;
                $body
            }
            F::Maximum => {
                let $f = greatest;
                $body
            }
            _ => {
                let $f = |_: f64, _: f64| f64::NAN;
                $body
            }
        }
    }};
}

pub(crate) use {with_binary, with_unary};
