//! Plain functions over a block of lanes.

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

impl Operand<'_> {
    #[inline]
    fn at(self, lane: usize) -> f64 {
        match self {
            Operand::Lanes(lanes) => lanes.0[lane],
            Operand::Scalar(value) => value,
        }
    }
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

#[inline]
fn onto(to: &mut Lanes, a: Operand<'_>, f: impl Fn(f64, f64) -> f64) {
    match a {
        Operand::Lanes(a) => to.0.iter_mut().zip(&a.0).for_each(|(to, a)| *to = f(*to, *a)),
        Operand::Scalar(a) => to.0.iter_mut().for_each(|to| *to = f(*to, a)),
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

/// A function of three values: `clamp` or `annuity`.
#[inline]
pub(crate) fn ternary(function: Function, to: &mut Lanes, [a, b, c]: [Operand<'_>; 3]) {
    match function {
        Function::Clamp => (0..LANES).for_each(|lane| to.0[lane] = clamp(a.at(lane), b.at(lane), c.at(lane))),
        _ => (0..LANES).for_each(|lane| to.0[lane] = annuity(a.at(lane), b.at(lane), c.at(lane))),
    }
}

/// The branch that a condition takes.
#[inline]
pub(crate) fn select(to: &mut Lanes, condition: Operand<'_>, yes: Operand<'_>, no: Operand<'_>) {
    let Operand::Lanes(condition) = condition else {
        return copy(to, if condition.at(0) == 0.0 { no } else { yes });
    };
    match (yes, no) {
        (Operand::Lanes(yes), Operand::Lanes(no)) => {
            for (((to, condition), yes), no) in to.0.iter_mut().zip(&condition.0).zip(&yes.0).zip(&no.0) {
                *to = choose(*condition, *yes, *no);
            }
        }
        (Operand::Lanes(yes), Operand::Scalar(no)) => {
            for ((to, condition), yes) in to.0.iter_mut().zip(&condition.0).zip(&yes.0) {
                *to = choose(*condition, *yes, no);
            }
        }
        (Operand::Scalar(yes), Operand::Lanes(no)) => {
            for ((to, condition), no) in to.0.iter_mut().zip(&condition.0).zip(&no.0) {
                *to = choose(*condition, yes, *no);
            }
        }
        (Operand::Scalar(yes), Operand::Scalar(no)) => {
            for (to, condition) in to.0.iter_mut().zip(&condition.0) {
                *to = choose(*condition, yes, no);
            }
        }
    }
}

/// Adds a value to what a sum, a least or a greatest has so far.
#[inline]
pub(crate) fn accumulate(function: Function, to: &mut Lanes, a: Operand<'_>) {
    match function {
        Function::Minimum => onto(to, a, crate::function::least),
        Function::Maximum => onto(to, a, crate::function::greatest),
        _ => onto(to, a, |to, a| to + a),
    }
}
