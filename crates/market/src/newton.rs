//! The linear equations of one step towards the optimum.

#![expect(clippy::needless_range_loop, reason = "one index stands for a place in several vectors")]

use crate::problem::{Duals, Problem};

/// A figure for each unknown quantity: the chips of a line at work in a segment, its idle chips, what is spare
/// of a resource, how far a step of demand is served, and how far a tail.
#[derive(Clone, Debug)]
pub(crate) struct Quantities {
    pub work: Vec<f64>,
    pub idle: Vec<f64>,
    pub spare: Vec<f64>,
    pub step: Vec<f64>,
    pub tail: Vec<f64>,
}

impl Quantities {
    pub fn zero(problem: &Problem) -> Quantities {
        Quantities {
            work: vec![0.0; problem.rate.len()],
            idle: vec![0.0; problem.lines()],
            spare: vec![0.0; problem.resources],
            step: vec![0.0; problem.steps.len()],
            tail: vec![0.0; problem.segments()],
        }
    }

    /// By how much balances miss: demand met over work done, chips of a line, share of a resource.
    pub fn misses(&self, problem: &Problem) -> Duals {
        let served = problem.served(&self.work);
        let working = problem.working(&self.work);
        let mut price: Vec<f64> = self.tail.iter().zip(&served).map(|(tail, served)| tail - served).collect();
        for ((segment, ..), step) in problem.steps.iter().zip(&self.step) {
            price[*segment] += step;
        }
        let rent = (0..problem.lines()).map(|line| working[line] + self.idle[line] - problem.capacity[line]).collect();
        let used = |resource: usize| -> f64 {
            problem.shares(resource).iter().zip(&working).map(|(share, working)| share * working).sum()
        };
        let resource = (0..problem.resources).map(|resource| used(resource) + self.spare[resource] - 1.0).collect();
        Duals { price, rent, resource }
    }
}

/// The equations in which each quantity changes by `offset - weight · (change of its price)`, and the changes
/// restore all balances. Factored once for given weights, solved for several offsets.
pub(crate) struct Newton<'a> {
    problem: &'a Problem,
    weight: &'a Quantities,
    /// For each line the sum of the weights at work, and with idle ones.
    sums: Vec<(f64, f64)>,
    /// The lower triangle of the factored matrix over segments and resources, row by row.
    factor: Vec<f64>,
}

impl<'a> Newton<'a> {
    /// The matrix of these weights, its diagonal raised by a part `ridge`, which holds still what the equations
    /// leave open.
    pub fn new(problem: &'a Problem, weight: &'a Quantities, ridge: f64) -> Newton<'a> {
        let (segments, lines) = (problem.segments(), problem.lines());
        let size = segments + problem.resources;
        let mut matrix = vec![0.0; size * size];
        for (segment, tail) in weight.tail.iter().enumerate() {
            matrix[segment * size + segment] += tail;
        }
        for ((segment, ..), step) in problem.steps.iter().zip(&weight.step) {
            matrix[segment * size + segment] += step;
        }
        for (resource, spare) in weight.spare.iter().enumerate() {
            let place = segments + resource;
            matrix[place * size + place] += spare;
        }
        let mut sums = Vec::with_capacity(lines);
        let mut weighted = vec![0.0; segments];
        for line in 0..lines {
            let rates = problem.rates(line);
            let weights = &weight.work[line * segments..(line + 1) * segments];
            let at_work: f64 = weights.iter().sum();
            let idle = weight.idle[line];
            let all = at_work + idle;
            sums.push((at_work, all));
            if all <= 0.0 {
                continue;
            }
            // The line's own equation is solved for its rent. What remains is written without differences of
            // nearly equal numbers.
            for ((weighted, rate), weight) in weighted.iter_mut().zip(rates).zip(weights) {
                *weighted = rate * weight;
            }
            let mut before = 0.0;
            for segment in 0..segments {
                if weighted[segment] == 0.0 {
                    continue;
                }
                let after: f64 = weights[segment + 1..].iter().sum();
                let others = before + after + idle;
                before += weights[segment];
                let row = &mut matrix[segment * size..(segment + 1) * size];
                row[segment] += rates[segment] * weighted[segment] * (others / all);
                let share = weighted[segment] / all;
                for (entry, other) in row.iter_mut().zip(&weighted[..segment]) {
                    *entry -= share * other;
                }
            }
            let idle_share = idle / all;
            for resource in 0..problem.resources {
                let use_of = problem.shares(resource)[line];
                if use_of == 0.0 {
                    continue;
                }
                let row = &mut matrix[(segments + resource) * size..(segments + resource + 1) * size];
                for (entry, weighted) in row.iter_mut().zip(&weighted) {
                    *entry -= use_of * weighted * idle_share;
                }
                for other in 0..=resource {
                    row[segments + other] += use_of * problem.shares(other)[line] * at_work * idle_share;
                }
            }
        }
        for place in 0..size {
            matrix[place * size + place] *= 1.0 + ridge;
        }
        factorise(&mut matrix, size);
        Newton { problem, weight, sums, factor: matrix }
    }

    pub fn weights(&self) -> &Quantities {
        self.weight
    }

    /// The change of prices for which quantities change so that `misses` vanish, and the change of quantities,
    /// into `offset`.
    pub fn solve(&self, misses: &Duals, offset: &mut Quantities) -> Duals {
        let problem = self.problem;
        let (segments, lines) = (problem.segments(), problem.lines());
        let mut right = vec![0.0; segments + problem.resources];
        for (segment, right) in right.iter_mut().take(segments).enumerate() {
            *right = misses.price[segment] + offset.tail[segment];
        }
        for ((segment, ..), step) in problem.steps.iter().zip(&offset.step) {
            right[*segment] += step;
        }
        for resource in 0..problem.resources {
            right[segments + resource] = misses.resource[resource] + offset.spare[resource];
        }
        let mut own = vec![0.0; lines];
        for line in 0..lines {
            let rates = problem.rates(line);
            let offsets = &offset.work[line * segments..(line + 1) * segments];
            let weights = &self.weight.work[line * segments..(line + 1) * segments];
            let moved: f64 = offsets.iter().sum();
            own[line] = misses.rent[line] + offset.idle[line] + moved;
            let (at_work, all) = self.sums[line];
            let each = if all > 0.0 { own[line] / all } else { 0.0 };
            for segment in 0..segments {
                right[segment] += rates[segment] * (weights[segment] * each - offsets[segment]);
            }
            for resource in 0..problem.resources {
                right[segments + resource] += problem.shares(resource)[line] * (moved - at_work * each);
            }
        }
        substitute(&self.factor, &mut right);
        let (price, resource) = right.split_at(segments);
        let mut rent = vec![0.0; lines];
        for line in 0..lines {
            let (at_work, all) = self.sums[line];
            if all <= 0.0 {
                continue;
            }
            let rates = problem.rates(line);
            let shared: f64 = (0..problem.resources).map(|each| problem.shares(each)[line] * resource[each]).sum();
            let weights = &self.weight.work[line * segments..(line + 1) * segments];
            let earned: f64 = (0..segments).map(|each| rates[each] * weights[each] * price[each]).sum();
            rent[line] = (own[line] + earned - at_work * shared) / all;
            for segment in 0..segments {
                let change = rent[line] + shared - rates[segment] * price[segment];
                offset.work[line * segments + segment] -= weights[segment] * change;
            }
            offset.idle[line] -= self.weight.idle[line] * rent[line];
        }
        for (resource, change) in resource.iter().enumerate() {
            offset.spare[resource] -= self.weight.spare[resource] * change;
        }
        for (step, (segment, ..)) in problem.steps.iter().enumerate() {
            offset.step[step] -= self.weight.step[step] * price[*segment];
        }
        for (segment, change) in price.iter().enumerate() {
            offset.tail[segment] -= self.weight.tail[segment] * change;
        }
        Duals { price: price.to_vec(), rent, resource: resource.to_vec() }
    }
}

/// The Cholesky factor of a matrix given by its lower triangle, in its place. A row that hangs on those before
/// it, to rounding, is left out: its unknown does not change.
fn factorise(matrix: &mut [f64], size: usize) {
    const DEPENDENT: f64 = 1e-15;
    for row in 0..size {
        let (above, rest) = matrix.split_at_mut(row * size);
        let current = &mut rest[..size];
        let whole = current[row];
        for column in 0..row {
            let earlier = &above[column * size..(column + 1) * size];
            let done: f64 = current[..column].iter().zip(earlier).map(|(one, other)| one * other).sum();
            current[column] = (current[column] - done) / earlier[column];
        }
        let done: f64 = current[..row].iter().map(|entry| entry * entry).sum();
        let left = whole - done;
        current[row] = if left > DEPENDENT * whole { left.sqrt() } else { f64::INFINITY };
    }
}

/// Solves for the right side, in its place.
fn substitute(factor: &[f64], right: &mut [f64]) {
    let size = right.len();
    for row in 0..size {
        let entries = &factor[row * size..row * size + row];
        let done: f64 = entries.iter().zip(right.iter()).map(|(entry, right)| entry * right).sum();
        right[row] = (right[row] - done) / factor[row * size + row];
    }
    for row in (0..size).rev() {
        right[row] /= factor[row * size + row];
        let value = right[row];
        for column in 0..row {
            right[column] -= factor[row * size + column] * value;
        }
    }
}
