//! A primal-dual interior-point method, after Mehrotra, for markets.
//!
//! Each unknown quantity and what is left of its price are kept above zero, and their product falls to zero
//! alike for all of them, each measured against its own natural size. A demand of constant elasticity is held
//! in logarithms, `ln quantity + elasticity · ln price`, in which Newton's steps are long for any elasticity.

#![expect(clippy::needless_range_loop, reason = "one index stands for a place in several vectors")]

use crate::newton::{Newton, Quantities};
use crate::problem::{Duals, Problem};

/// Where the method stands.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    pub quantities: Quantities,
    /// What is left of each step of demand.
    pub unserved: Vec<f64>,
    /// What is left of each quantity's price: by how much using it costs more than it earns.
    pub loss: Quantities,
    /// By how much the buyers of each step of demand would pay more.
    pub gain: Vec<f64>,
    /// What the last buyer of each tail of demand would pay.
    pub marginal: Vec<f64>,
    pub duals: Duals,
}

/// Products of quantities and prices, each as a part of its size, below which the method stops, as a part of
/// the highest price.
const CLOSE: f64 = 1e-13;

/// Part of the way to the nearest bound that a step may go.
const SHORT_OF_BOUNDS: f64 = 0.99;

/// A step shorter than this has run into a bound at once; the next only makes products alike again.
const SHORT: f64 = 0.2;

/// How the method goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// As far with each step as it foresees.
    Bold,
    /// Along the middle, for the rare market on which bold steps end short of the optimum.
    Careful,
}

impl Pace {
    /// What a step that makes products alike leaves of their mean.
    fn centring(self) -> f64 {
        match self {
            Pace::Bold => 0.7,
            Pace::Careful => 0.4,
        }
    }

    /// Steps after which the method stops in any case.
    fn most_steps(self) -> usize {
        match self {
            Pace::Bold => 150,
            Pace::Careful => 600,
        }
    }
}

/// The natural size of each quantity.
struct Sizes {
    quantities: Quantities,
    count: f64,
    top: f64,
}

impl Sizes {
    fn of(problem: &Problem) -> Sizes {
        let mut quantities = Quantities::zero(problem);
        let segments = problem.segments();
        let mut able = vec![0.0; segments];
        let mut whole = 0.0;
        let mut count = (problem.lines() + problem.resources) as f64;
        for line in 0..problem.lines() {
            let rates = problem.rates(line);
            let best = rates.iter().copied().fold(0.0, f64::max);
            let size = problem.capacity[line] * best;
            for (segment, rate) in rates.iter().enumerate() {
                if *rate > 0.0 {
                    quantities.work[line * segments + segment] = size;
                    able[segment] += rate * problem.capacity[line];
                    count += 1.0;
                }
            }
            quantities.idle[line] = size;
            whole += size;
        }
        quantities.spare.fill(whole);
        for (size, (segment, width, _)) in quantities.step.iter_mut().zip(&problem.steps) {
            *size = width.min(able[*segment]);
            count += 2.0;
        }
        for (segment, size) in quantities.tail.iter_mut().enumerate() {
            if let Some(tail) = problem.tail(segment) {
                *size = able[segment].min(tail.quantity.max(tail.start));
                count += 1.0;
            }
        }
        let top = problem.curves.iter().map(crate::curve::Curve::top).fold(0.0, f64::max);
        Sizes { quantities, count, top }
    }
}

/// The products of quantities and prices of a point, less what they should be, for a step of Newton.
struct Products {
    loss: Quantities,
    gain: Vec<f64>,
}

/// The point where the method ends.
pub(crate) fn solve(problem: &Problem, pace: Pace) -> Point {
    let sizes = Sizes::of(problem);
    let mut point = start(problem, &sizes);
    let mut mean = point.mean(problem, &sizes);
    let mut stuck = pace == Pace::Careful;
    for _ in 0..pace.most_steps() {
        if mean <= CLOSE * sizes.top {
            break;
        }
        let weights = point.weights(problem);
        let newton = Newton::new(problem, &weights, 0.0);
        let misses = point.quantities.misses(problem);
        let products = if stuck {
            point.products(problem, &sizes, pace.centring() * mean, None)
        } else {
            let foresee = point.step(problem, &newton, &misses, &point.products(problem, &sizes, 0.0, None));
            let length = point.longest(&foresee).min(1.0);
            let mut ahead = point.clone();
            ahead.go(&foresee, length);
            let centring = (ahead.mean(problem, &sizes) / mean).clamp(0.0, 1.0).powi(3);
            point.products(problem, &sizes, centring * mean, Some((&foresee, length * length)))
        };
        let step = point.step(problem, &newton, &misses, &products);
        let length = (SHORT_OF_BOUNDS * point.longest(&step)).min(1.0);
        let mut next = point.clone();
        next.go(&step, length);
        let next_mean = next.mean(problem, &sizes);
        if !next_mean.is_finite() || length < 1e-10 {
            break;
        }
        stuck = pace == Pace::Careful || length < SHORT;
        point = next;
        mean = next_mean;
    }
    point
}

/// A point inside all bounds, at which prices fit each other.
fn start(problem: &Problem, sizes: &Sizes) -> Point {
    const INSIDE: f64 = 0.1;
    let (segments, lines) = (problem.segments(), problem.lines());
    let mut quantities = Quantities::zero(problem);
    let loads = (0..problem.resources).map(|resource| -> f64 {
        problem.shares(resource).iter().zip(&problem.capacity).map(|(share, capacity)| share * capacity).sum()
    });
    let fits = (0.9 / loads.fold(0.0, f64::max)).min(1.0);
    for line in 0..lines {
        let able = problem.rates(line).iter().filter(|rate| **rate > 0.0).count() as f64;
        let each = problem.capacity[line] * fits / (able + 1.0);
        for (segment, rate) in problem.rates(line).iter().enumerate() {
            if *rate > 0.0 {
                quantities.work[line * segments + segment] = each;
            }
        }
        quantities.idle[line] = problem.capacity[line] - each * able;
    }
    let working = problem.working(&quantities.work);
    for (resource, spare) in quantities.spare.iter_mut().enumerate() {
        let used: f64 = problem.shares(resource).iter().zip(&working).map(|(share, working)| share * working).sum();
        *spare = 1.0 - used;
    }
    let served = problem.served(&quantities.work);
    let mut loss = Quantities::zero(problem);
    let mut marginal = vec![0.0; segments];
    let mut price = vec![0.0; segments];
    let mut filled = vec![0.0; segments];
    for (segment, curve) in problem.curves.iter().enumerate() {
        let steps: f64 = curve.steps.iter().map(|step| step.quantity).sum();
        let served = served[segment];
        if let Some(tail) = curve.tail {
            filled[segment] = served / (served + steps);
            let beyond = served * filled[segment];
            quantities.tail[segment] = beyond;
            marginal[segment] = tail.price_at(steps.max(tail.start) + beyond);
            loss.tail[segment] = INSIDE * curve.top();
            price[segment] = marginal[segment] + loss.tail[segment];
        } else {
            filled[segment] = (served / steps).min(0.9);
            let worth: f64 = curve.steps.iter().map(|step| step.quantity * step.price).sum();
            price[segment] = worth / steps;
        }
    }
    let mut unserved = Vec::with_capacity(problem.steps.len());
    let mut gain = Vec::with_capacity(problem.steps.len());
    for (index, (segment, width, most)) in problem.steps.iter().enumerate() {
        let part = filled[*segment].clamp(1e-6, 1.0 - 1e-6);
        quantities.step[index] = width * part;
        unserved.push(width * (1.0 - part));
        let inside = INSIDE * sizes.top.max(*most);
        loss.step[index] = (price[*segment] - most).max(0.0) + inside;
        gain.push((most - price[*segment]).max(0.0) + inside);
    }
    let mut rent = vec![0.0; lines];
    let mut earned = 0.0;
    for (line, rent) in rent.iter_mut().enumerate() {
        let rates = problem.rates(line);
        let best = rates.iter().zip(&price).map(|(rate, price)| rate * price).fold(0.0, f64::max);
        let most = rates.iter().copied().fold(0.0, f64::max);
        *rent = (best - problem.cost[line]).max(0.0) + INSIDE * most * sizes.top;
        earned += *rent * quantities.idle[line];
        loss.idle[line] = *rent;
    }
    let mean = earned / sizes.quantities.idle.iter().sum::<f64>();
    let resource: Vec<f64> =
        quantities.spare.iter().zip(&sizes.quantities.spare).map(|(spare, size)| mean * size / spare).collect();
    loss.spare.clone_from(&resource);
    for line in 0..lines {
        let running = problem.running_cost(line, &resource);
        for (segment, rate) in problem.rates(line).iter().enumerate() {
            if *rate > 0.0 {
                loss.work[line * segments + segment] = rent[line] + running - rate * price[segment];
            }
        }
    }
    Point { quantities, unserved, loss, gain, marginal, duals: Duals { price, rent, resource } }
}

/// A step of Newton.
struct Change {
    quantities: Quantities,
    loss: Quantities,
    gain: Vec<f64>,
    marginal: Vec<f64>,
    duals: Duals,
}

impl Point {
    /// The mean of the products of quantities and what is left of their prices, each over its size.
    fn mean(&self, problem: &Problem, sizes: &Sizes) -> f64 {
        let sum = |quantities: &[f64], losses: &[f64], sizes: &[f64]| -> f64 {
            let each = quantities.iter().zip(losses).zip(sizes).filter(|(_, size)| **size > 0.0);
            each.map(|((quantity, loss), size)| quantity * loss / size).sum()
        };
        let (quantities, loss, size) = (&self.quantities, &self.loss, &sizes.quantities);
        let whole = sum(&quantities.work, &loss.work, &size.work)
            + sum(&quantities.idle, &loss.idle, &size.idle)
            + sum(&quantities.spare, &loss.spare, &size.spare)
            + sum(&quantities.step, &loss.step, &size.step)
            + sum(&self.unserved, &self.gain, &size.step)
            + sum(&quantities.tail, &loss.tail, &size.tail);
        debug_assert_eq!(problem.steps.len(), self.gain.len());
        whole / sizes.count
    }

    /// By how much the products are to change: to `mean` times their sizes, with what a step foreseen would bend
    /// them, and the part of that to count with.
    fn products(&self, problem: &Problem, sizes: &Sizes, mean: f64, foresee: Option<(&Change, f64)>) -> Products {
        let mut loss = Quantities::zero(problem);
        let part = foresee.map_or(0.0, |(_, part)| part);
        let bend = foresee.map(|(change, _)| (&change.quantities, &change.loss));
        let fill =
            |into: &mut [f64], quantities: &[f64], losses: &[f64], sizes: &[f64], bend: Option<(&[f64], &[f64])>| {
                for index in 0..into.len() {
                    if sizes[index] > 0.0 {
                        let bending = bend.map_or(0.0, |(one, other)| part * one[index] * other[index]);
                        into[index] = mean * sizes[index] - quantities[index] * losses[index] - bending;
                    }
                }
            };
        let size = &sizes.quantities;
        let (at, left) = (&self.quantities, &self.loss);
        fill(&mut loss.work, &at.work, &left.work, &size.work, bend.map(|(one, other)| (&*one.work, &*other.work)));
        fill(&mut loss.idle, &at.idle, &left.idle, &size.idle, bend.map(|(one, other)| (&*one.idle, &*other.idle)));
        fill(
            &mut loss.spare,
            &at.spare,
            &left.spare,
            &size.spare,
            bend.map(|(one, other)| (&*one.spare, &*other.spare)),
        );
        fill(&mut loss.step, &at.step, &left.step, &size.step, bend.map(|(one, other)| (&*one.step, &*other.step)));
        fill(&mut loss.tail, &at.tail, &left.tail, &size.tail, bend.map(|(one, other)| (&*one.tail, &*other.tail)));
        let mut gain = vec![0.0; self.gain.len()];
        for (index, gain) in gain.iter_mut().enumerate() {
            let bending =
                foresee.map_or(0.0, |(change, part)| -part * change.quantities.step[index] * change.gain[index]);
            *gain = mean * size.step[index] - self.unserved[index] * self.gain[index] - bending;
        }
        Products { loss, gain }
    }

    /// By how much each quantity falls where its price rises.
    fn weights(&self, problem: &Problem) -> Quantities {
        let ratio = |quantities: &[f64], losses: &[f64]| -> Vec<f64> {
            quantities.iter().zip(losses).map(|(one, other)| if *one > 0.0 { one / other } else { 0.0 }).collect()
        };
        let mut weights = Quantities {
            work: ratio(&self.quantities.work, &self.loss.work),
            idle: ratio(&self.quantities.idle, &self.loss.idle),
            spare: ratio(&self.quantities.spare, &self.loss.spare),
            step: Vec::with_capacity(self.gain.len()),
            tail: vec![0.0; problem.segments()],
        };
        for index in 0..self.gain.len() {
            let below = self.loss.step[index] / self.quantities.step[index];
            let above = self.gain[index] / self.unserved[index];
            weights.step.push((below + above).recip());
        }
        for (segment, weight) in weights.tail.iter_mut().enumerate() {
            if let Some(tail) = problem.tail(segment) {
                let quantity = tail.start + self.quantities.tail[segment];
                let steepness = self.marginal[segment] / (tail.elasticity * quantity);
                *weight = (self.loss.tail[segment] / self.quantities.tail[segment] + steepness).recip();
            }
        }
        weights
    }

    fn step(&self, problem: &Problem, newton: &Newton<'_>, misses: &Duals, products: &Products) -> Change {
        let segments = problem.segments();
        let (at, left, duals) = (&self.quantities, &self.loss, &self.duals);
        let weights = newton.weights();
        // What is left of each price, by the prices themselves, less what the point has.
        let mut apart = Quantities::zero(problem);
        let mut offset = Quantities::zero(problem);
        for line in 0..problem.lines() {
            let running = problem.running_cost(line, &duals.resource) + duals.rent[line];
            for (segment, rate) in problem.rates(line).iter().enumerate() {
                let cell = line * segments + segment;
                if *rate > 0.0 {
                    apart.work[cell] = running - rate * duals.price[segment] - left.work[cell];
                    offset.work[cell] =
                        products.loss.work[cell] / left.work[cell] - weights.work[cell] * apart.work[cell];
                }
            }
            apart.idle[line] = duals.rent[line] - left.idle[line];
            offset.idle[line] = products.loss.idle[line] / left.idle[line] - weights.idle[line] * apart.idle[line];
        }
        for resource in 0..problem.resources {
            apart.spare[resource] = duals.resource[resource] - left.spare[resource];
            offset.spare[resource] =
                products.loss.spare[resource] / left.spare[resource] - weights.spare[resource] * apart.spare[resource];
        }
        for (index, (segment, _, most)) in problem.steps.iter().enumerate() {
            apart.step[index] = duals.price[*segment] - most + self.gain[index] - left.step[index];
            let pull = products.loss.step[index] / at.step[index] - products.gain[index] / self.unserved[index];
            offset.step[index] = weights.step[index] * (pull - apart.step[index]);
        }
        let mut off = vec![0.0; segments];
        for segment in 0..segments {
            if let Some(tail) = problem.tail(segment) {
                let marginal = self.marginal[segment];
                off[segment] = tail.distance(tail.start + at.tail[segment], marginal);
                apart.tail[segment] = duals.price[segment] - marginal - left.tail[segment];
                let pull = products.loss.tail[segment] / at.tail[segment] - marginal * off[segment] / tail.elasticity;
                offset.tail[segment] = weights.tail[segment] * (pull - apart.tail[segment]);
            }
        }
        let change = newton.solve(misses, &mut offset);
        let mut loss = Quantities::zero(problem);
        for line in 0..problem.lines() {
            let shared = problem.running_cost(line, &change.resource) - problem.cost[line];
            for (segment, rate) in problem.rates(line).iter().enumerate() {
                let cell = line * segments + segment;
                if *rate > 0.0 {
                    loss.work[cell] = change.rent[line] + shared - rate * change.price[segment] + apart.work[cell];
                }
            }
            loss.idle[line] = change.rent[line] + apart.idle[line];
        }
        for resource in 0..problem.resources {
            loss.spare[resource] = change.resource[resource] + apart.spare[resource];
        }
        let mut gain = vec![0.0; problem.steps.len()];
        for index in 0..problem.steps.len() {
            loss.step[index] = (products.loss.step[index] - left.step[index] * offset.step[index]) / at.step[index];
            gain[index] = (products.gain[index] + self.gain[index] * offset.step[index]) / self.unserved[index];
        }
        let mut marginal = vec![0.0; segments];
        for segment in 0..segments {
            if let Some(tail) = problem.tail(segment) {
                let quantity = tail.start + at.tail[segment];
                marginal[segment] =
                    -self.marginal[segment] / tail.elasticity * (off[segment] + offset.tail[segment] / quantity);
                loss.tail[segment] = change.price[segment] - marginal[segment] + apart.tail[segment];
            }
        }
        Change { quantities: offset, loss, gain, marginal, duals: change }
    }

    /// The longest part of a step that leaves everything above zero and demand within reach of its logarithms.
    fn longest(&self, change: &Change) -> f64 {
        const REACH: f64 = 4.0;
        let mut longest = f64::INFINITY;
        let mut limit = |at: &[f64], change: &[f64]| {
            for (at, change) in at.iter().zip(change) {
                if *change < 0.0 {
                    longest = longest.min(-at / change);
                }
            }
        };
        for (at, change) in [(&self.quantities, &change.quantities), (&self.loss, &change.loss)] {
            limit(&at.work, &change.work);
            limit(&at.idle, &change.idle);
            limit(&at.spare, &change.spare);
            limit(&at.step, &change.step);
            limit(&at.tail, &change.tail);
        }
        limit(&self.gain, &change.gain);
        limit(&self.marginal, &change.marginal);
        for (left, step) in self.unserved.iter().zip(&change.quantities.step) {
            if *step > 0.0 {
                longest = longest.min(left / step);
            }
        }
        for (marginal, change) in self.marginal.iter().zip(&change.marginal) {
            if *change > 0.0 {
                longest = longest.min(REACH * marginal / change);
            }
        }
        longest
    }

    fn go(&mut self, change: &Change, length: f64) {
        let go = |at: &mut [f64], change: &[f64]| {
            for (at, change) in at.iter_mut().zip(change) {
                *at += length * change;
            }
        };
        for (at, change) in [(&mut self.quantities, &change.quantities), (&mut self.loss, &change.loss)] {
            go(&mut at.work, &change.work);
            go(&mut at.idle, &change.idle);
            go(&mut at.spare, &change.spare);
            go(&mut at.step, &change.step);
            go(&mut at.tail, &change.tail);
        }
        for (left, step) in self.unserved.iter_mut().zip(&change.quantities.step) {
            *left -= length * step;
        }
        go(&mut self.gain, &change.gain);
        go(&mut self.marginal, &change.marginal);
        go(&mut self.duals.price, &change.duals.price);
        go(&mut self.duals.rent, &change.duals.rent);
        go(&mut self.duals.resource, &change.duals.resource);
    }
}
