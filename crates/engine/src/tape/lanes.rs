//! Plain functions over a block of lanes.

use super::operation::Second;
use crate::function::{annuity, choose, clamp, with_binary, with_unary};
use tokenomics_language::model::Function;

/// How many copies of the model are computed side by side.
pub(crate) const LANES: usize = 256;

/// One value in each copy of the model.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(crate) struct Lanes(pub [f64; LANES]);

impl Default for Lanes {
    fn default() -> Lanes {
        Lanes([0.0; LANES])
    }
}

/// What a function works on: a value in each copy, or one value in all.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operand<'a> {
    /// A value in each copy.
    Lanes(&'a Lanes),
    /// One value in all.
    Scalar(f64),
}

/// Writes one value or copies lanes.
#[inline]
pub(crate) fn copy(to: &mut Lanes, a: Operand<'_>) {
    match a {
        Operand::Lanes(a) => *to = *a,
        Operand::Scalar(a) => to.0.fill(a),
    }
}

#[inline]
fn each(to: &mut Lanes, a: Operand<'_>, f: impl Fn(f64) -> f64) {
    match a {
        Operand::Lanes(a) => to.0.iter_mut().zip(&a.0).for_each(|(to, a)| *to = f(*a)),
        Operand::Scalar(a) => to.0.fill(f(a)),
    }
}

#[inline]
fn pair(to: &mut Lanes, a: Operand<'_>, b: Operand<'_>, f: impl Fn(f64, f64) -> f64) {
    match (a, b) {
        (Operand::Lanes(a), Operand::Lanes(b)) => {
            for ((to, a), b) in to.0.iter_mut().zip(&a.0).zip(&b.0) {
                *to = f(*a, *b);
            }
        }
        (Operand::Lanes(a), Operand::Scalar(b)) => to.0.iter_mut().zip(&a.0).for_each(|(to, a)| *to = f(*a, b)),
        (Operand::Scalar(a), Operand::Lanes(b)) => to.0.iter_mut().zip(&b.0).for_each(|(to, b)| *to = f(a, *b)),
        (Operand::Scalar(a), Operand::Scalar(b)) => to.0.fill(f(a, b)),
    }
}

/// A function of three values; each is lanes or a scalar.
#[inline]
fn triple(to: &mut Lanes, [a, b, c]: [Operand<'_>; 3], f: impl Fn(f64, f64, f64) -> f64) {
    use Operand::{Lanes as L, Scalar as S};
    match (a, b, c) {
        (L(a), L(b), L(c)) => {
            for (((to, a), b), c) in to.0.iter_mut().zip(&a.0).zip(&b.0).zip(&c.0) {
                *to = f(*a, *b, *c);
            }
        }
        (L(a), L(b), S(c)) => pair(to, L(a), L(b), |a, b| f(a, b, c)),
        (L(a), S(b), L(c)) => pair(to, L(a), L(c), |a, c| f(a, b, c)),
        (S(a), L(b), L(c)) => pair(to, L(b), L(c), |b, c| f(a, b, c)),
        (L(a), S(b), S(c)) => each(to, L(a), |a| f(a, b, c)),
        (S(a), L(b), S(c)) => each(to, L(b), |b| f(a, b, c)),
        (S(a), S(b), L(c)) => each(to, L(c), |c| f(a, b, c)),
        (S(a), S(b), S(c)) => to.0.fill(f(a, b, c)),
    }
}

/// A function of one value.
#[inline]
pub(crate) fn unary(function: Function, to: &mut Lanes, a: Operand<'_>) {
    with_unary!(function, |f| each(to, a, f));
}

/// A function of two values.
#[inline]
pub(crate) fn binary(function: Function, to: &mut Lanes, a: Operand<'_>, b: Operand<'_>) {
    with_binary!(function, |f| pair(to, a, b, f));
}

/// A function of two values, and another of the result and a third.
#[inline]
pub(crate) fn fused(first: Function, second: Second, to: &mut Lanes, parts: [Operand<'_>; 3]) {
    macro_rules! finish {
        ($first:expr) => {
            match second {
                Second::Add => triple(to, parts, |a, b, c| $first(a, b) + c),
                Second::Subtract => triple(to, parts, |a, b, c| $first(a, b) - c),
                Second::SubtractFrom => triple(to, parts, |a, b, c| c - $first(a, b)),
                Second::Multiply => triple(to, parts, |a, b, c| $first(a, b) * c),
            }
        };
    }
    match first {
        Function::Subtract => finish!(|a: f64, b: f64| a - b),
        Function::Multiply => finish!(|a: f64, b: f64| a * b),
        _ => finish!(|a: f64, b: f64| a + b),
    }
}

/// A function of three values: `clamp` or `annuity`.
#[inline]
pub(crate) fn ternary(function: Function, to: &mut Lanes, parts: [Operand<'_>; 3]) {
    match function {
        Function::Clamp => triple(to, parts, clamp),
        _ => triple(to, parts, annuity),
    }
}

/// The branch that a condition takes.
#[inline]
pub(crate) fn select(to: &mut Lanes, condition: Operand<'_>, yes: Operand<'_>, no: Operand<'_>) {
    triple(to, [condition, yes, no], choose);
}
