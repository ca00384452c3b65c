//! From a point close to the optimum to the optimum itself.
//!
//! Which quantities are zero is read off the point; what is left are equations, solved by Newton's method.
//! Where they leave quantities or prices open, those of the point hardly move.

#![expect(clippy::needless_range_loop, reason = "one index stands for a place in several vectors")]

use crate::interior::{Pace, Point, solve};
use crate::newton::{Newton, Quantities};
use crate::problem::{Duals, Problem};

/// An allocation and the prices that support it.
#[derive(Clone, Debug)]
pub(crate) struct Optimum {
    pub work: Vec<f64>,
    pub price: Vec<f64>,
    pub resource: Vec<f64>,
    /// The greatest share by which a condition of an optimum is missed.
    pub violation: f64,
}

impl Optimum {
    /// The optimum of a problem, to as many digits as there are.
    pub fn of(problem: &Problem) -> Optimum {
        const GOOD: f64 = 1e-10;
        let bold = polish(problem, &solve(problem, Pace::Bold));
        if bold.violation <= GOOD {
            return bold;
        }
        let careful = polish(problem, &solve(problem, Pace::Careful));
        if careful.violation < bold.violation { careful } else { bold }
    }

    fn at(problem: &Problem, quantities: &Quantities, duals: &Duals) -> Optimum {
        let mut work: Vec<f64> = quantities.work.iter().map(|work| work.max(0.0)).collect();
        let working = problem.working(&work);
        for (line, row) in work.chunks_mut(problem.segments()).enumerate() {
            if working[line] > problem.capacity[line] {
                for work in row {
                    *work *= problem.capacity[line] / working[line];
                }
            }
        }
        let price: Vec<f64> = duals.price.iter().map(|price| price.max(0.0)).collect();
        // A price that would not be noticed is none.
        let unnoticed = UNNOTICED * problem.worth(&problem.served(&work), &price);
        let resource: Vec<f64> =
            duals.resource.iter().map(|price| if *price > unnoticed { *price } else { 0.0 }).collect();
        let violation = problem.violation(&work, &price, &resource);
        Optimum { work, price, resource, violation }
    }
}

/// Prices of resources that are a smaller part of all that is paid are rounding.
const UNNOTICED: f64 = 1e-13;

/// Where a step of demand is: not served, in part, or in full.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    None,
    Part,
    Full,
}

/// Which quantities are above zero.
struct Active {
    work: Vec<bool>,
    idle: Vec<bool>,
    spare: Vec<bool>,
    step: Vec<Reach>,
    tail: Vec<bool>,
}

fn polish(problem: &Problem, point: &Point) -> Optimum {
    const ROUNDS: usize = 12;
    const REFINEMENTS: usize = 6;
    const GOOD: f64 = 1e-13;
    let mut best = Optimum::at(problem, &point.quantities, &point.duals);
    let mut active = Active::of(problem, point);
    let (mut quantities, mut duals) = (point.quantities.clone(), point.duals.clone());
    for _ in 0..ROUNDS {
        active.pin(problem, &mut quantities);
        let weights = active.weights(problem, &quantities, &duals);
        let newton = Newton::new(problem, &weights, RIDGE);
        for _ in 0..REFINEMENTS {
            let mut offset = active.offsets(problem, &weights, &quantities, &duals);
            let change = newton.solve(&quantities.misses(problem), &mut offset);
            add(&mut quantities, &offset);
            for (at, change) in [
                (&mut duals.price, &change.price),
                (&mut duals.rent, &change.rent),
                (&mut duals.resource, &change.resource),
            ] {
                at.iter_mut().zip(change).for_each(|(at, change)| *at += change);
            }
        }
        let found = Optimum::at(problem, &quantities, &duals);
        if found.violation < best.violation {
            best = found;
        }
        if best.violation < GOOD || !active.mend(problem, &quantities, &duals) {
            break;
        }
    }
    best
}

/// What prices that the equations leave open are held by, as a part of the diagonal.
const RIDGE: f64 = 1e-12;

/// How freely quantities above zero move, against what their prices would make of them.
const FREE: f64 = 1e6;

fn add(quantities: &mut Quantities, change: &Quantities) {
    for (at, change) in [
        (&mut quantities.work, &change.work),
        (&mut quantities.idle, &change.idle),
        (&mut quantities.spare, &change.spare),
        (&mut quantities.step, &change.step),
        (&mut quantities.tail, &change.tail),
    ] {
        at.iter_mut().zip(change).for_each(|(at, change)| *at += change);
    }
}

/// The greatest of what a chip of a line costs to run and earns: the scale of what it may lose.
fn scale(problem: &Problem, duals: &Duals, line: usize) -> f64 {
    let running = problem.running_cost(line, &duals.resource);
    let rates = problem.rates(line).iter().zip(&duals.price);
    rates.map(|(rate, price)| rate * price).fold(running, f64::max).max(f64::MIN_POSITIVE)
}

fn worth(problem: &Problem, quantities: &Quantities, duals: &Duals) -> f64 {
    problem.worth(&problem.served(&quantities.work), &duals.price)
}

impl Active {
    fn of(problem: &Problem, point: &Point) -> Active {
        let segments = problem.segments();
        let (at, left) = (&point.quantities, &point.loss);
        let mut work = vec![false; at.work.len()];
        let mut idle = vec![false; at.idle.len()];
        for line in 0..problem.lines() {
            let scale = scale(problem, &point.duals, line);
            let capacity = problem.capacity[line];
            for cell in line * segments..(line + 1) * segments {
                work[cell] = problem.rate[cell] > 0.0 && at.work[cell] / capacity > left.work[cell] / scale;
            }
            idle[line] = at.idle[line] / capacity > left.idle[line] / scale;
        }
        let worth = worth(problem, at, &point.duals);
        let spare = at.spare.iter().zip(&left.spare).map(|(spare, price)| *spare > price / worth).collect();
        let step = problem.steps.iter().enumerate().map(|(index, (segment, width, most))| {
            let scale = most.max(point.duals.price[*segment]).max(f64::MIN_POSITIVE);
            if at.step[index] / width < left.step[index] / scale {
                Reach::None
            } else if point.unserved[index] / width < point.gain[index] / scale {
                Reach::Full
            } else {
                Reach::Part
            }
        });
        let step = step.collect();
        let tail = (0..segments).map(|segment| {
            problem.tail(segment).is_some_and(|tail| {
                let whole = tail.start + at.tail[segment];
                at.tail[segment] / whole > left.tail[segment] / point.duals.price[segment]
            })
        });
        let tail = tail.collect();
        Active { work, idle, spare, step, tail }
    }

    /// Sets what is not above zero to zero, and what is in full to the full.
    fn pin(&self, problem: &Problem, quantities: &mut Quantities) {
        let pin = |at: &mut [f64], active: &[bool]| {
            at.iter_mut().zip(active).filter(|(_, active)| !**active).for_each(|(at, _)| *at = 0.0);
        };
        pin(&mut quantities.work, &self.work);
        pin(&mut quantities.idle, &self.idle);
        pin(&mut quantities.spare, &self.spare);
        pin(&mut quantities.tail, &self.tail);
        for ((at, reach), (_, width, _)) in quantities.step.iter_mut().zip(&self.step).zip(&problem.steps) {
            match reach {
                Reach::None => *at = 0.0,
                Reach::Part => {}
                Reach::Full => *at = *width,
            }
        }
    }

    fn weights(&self, problem: &Problem, quantities: &Quantities, duals: &Duals) -> Quantities {
        const LEAST: f64 = 1e-8;
        let segments = problem.segments();
        let mut weights = Quantities::zero(problem);
        for line in 0..problem.lines() {
            let scale = scale(problem, duals, line);
            let least = LEAST * problem.capacity[line];
            for cell in line * segments..(line + 1) * segments {
                if self.work[cell] {
                    weights.work[cell] = FREE * quantities.work[cell].max(least) / scale;
                }
            }
            if self.idle[line] {
                weights.idle[line] = FREE * quantities.idle[line].max(least) / scale;
            }
        }
        let worth = worth(problem, quantities, duals);
        for (resource, weight) in weights.spare.iter_mut().enumerate() {
            if self.spare[resource] {
                *weight = FREE * quantities.spare[resource].max(LEAST) / worth;
            }
        }
        for (index, (segment, width, most)) in problem.steps.iter().enumerate() {
            if self.step[index] == Reach::Part {
                let scale = most.max(duals.price[*segment]).max(f64::MIN_POSITIVE);
                weights.step[index] = FREE * quantities.step[index].clamp(LEAST * width, *width) / scale;
            }
        }
        for segment in 0..segments {
            if let Some(tail) = problem.tail(segment).filter(|_| self.tail[segment]) {
                let quantity = (tail.start + quantities.tail[segment]).max(f64::MIN_POSITIVE);
                weights.tail[segment] = tail.elasticity * quantity / tail.price_at(quantity);
            }
        }
        weights
    }

    /// How quantities above zero would move for their prices to leave nothing over.
    fn offsets(&self, problem: &Problem, weights: &Quantities, at: &Quantities, duals: &Duals) -> Quantities {
        let segments = problem.segments();
        let mut offset = Quantities::zero(problem);
        for line in 0..problem.lines() {
            let whole = problem.running_cost(line, &duals.resource) + duals.rent[line];
            for (segment, rate) in problem.rates(line).iter().enumerate() {
                let cell = line * segments + segment;
                offset.work[cell] = -weights.work[cell] * (whole - rate * duals.price[segment]);
            }
            offset.idle[line] = -weights.idle[line] * duals.rent[line];
        }
        for resource in 0..problem.resources {
            offset.spare[resource] = -weights.spare[resource] * duals.resource[resource];
        }
        for (index, (segment, _, most)) in problem.steps.iter().enumerate() {
            offset.step[index] = -weights.step[index] * (duals.price[*segment] - most);
        }
        for segment in 0..segments {
            if let Some(tail) = problem.tail(segment).filter(|_| self.tail[segment]) {
                let marginal = tail.price_at((tail.start + at.tail[segment]).max(f64::MIN_POSITIVE));
                offset.tail[segment] = -weights.tail[segment] * (duals.price[segment] - marginal);
            }
        }
        offset
    }

    /// Takes out what fell below zero and takes in what would earn more than it costs. Whether anything changed.
    fn mend(&mut self, problem: &Problem, at: &Quantities, duals: &Duals) -> bool {
        const SLIGHT: f64 = 1e-12;
        let segments = problem.segments();
        let mut changed = false;
        let mut flip = |active: &mut bool, quantity: f64, loss: f64| {
            let wrong = if *active { quantity < -SLIGHT } else { loss < -SLIGHT };
            if wrong {
                *active = !*active;
                changed = true;
            }
        };
        for line in 0..problem.lines() {
            let scale = scale(problem, duals, line);
            let capacity = problem.capacity[line];
            let whole = problem.running_cost(line, &duals.resource) + duals.rent[line];
            for (segment, rate) in problem.rates(line).iter().enumerate() {
                let cell = line * segments + segment;
                if *rate > 0.0 {
                    let loss = (whole - rate * duals.price[segment]) / scale;
                    flip(&mut self.work[cell], at.work[cell] / capacity, loss);
                }
            }
            flip(&mut self.idle[line], at.idle[line] / capacity, duals.rent[line] / scale);
        }
        let worth = worth(problem, at, duals);
        for resource in 0..problem.resources {
            flip(&mut self.spare[resource], at.spare[resource], duals.resource[resource] / worth);
        }
        for segment in 0..segments {
            if let Some(tail) = problem.tail(segment) {
                let whole = (tail.start + at.tail[segment]).max(f64::MIN_POSITIVE);
                let loss = duals.price[segment] / tail.price_at(tail.start.max(f64::MIN_POSITIVE)) - 1.0;
                flip(&mut self.tail[segment], at.tail[segment] / whole, loss);
            }
        }
        for (index, (segment, width, most)) in problem.steps.iter().enumerate() {
            let loss = (duals.price[*segment] - most) / most.max(f64::MIN_POSITIVE);
            let next = match self.step[index] {
                Reach::None if loss < -SLIGHT => Reach::Part,
                Reach::Full if loss > SLIGHT => Reach::Part,
                Reach::Part if at.step[index] < -SLIGHT * width => Reach::None,
                Reach::Part if at.step[index] > (1.0 + SLIGHT) * width => Reach::Full,
                same => same,
            };
            changed |= next != self.step[index];
            self.step[index] = next;
        }
        changed
    }
}
