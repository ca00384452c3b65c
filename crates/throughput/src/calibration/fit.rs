//! The constants that make measured rows most likely, given what was held before.

use crate::calibration::prior::Priors;
use crate::constant::{Constant, Constants, Effects, Identity, Level};
use std::collections::{BTreeMap, HashMap};

/// Something measured that constants predict.
pub trait Observation: Sync {
    /// Who serves what on what.
    fn identity(&self) -> &Identity;
    /// Logarithms of what was predicted over what was measured, less than zero where too little was
    /// predicted; absent where it was not measured.
    fn residuals(&self, constants: &Constants) -> [Option<f64>; FITTED];
    /// Whether a constant has a part in it.
    fn depends_on(&self, constant: Constant) -> bool;
}

/// Quantities of a row that are compared.
pub const FITTED: usize = 4;

/// Usual errors of the quantities, and so what they weigh: interval, throughput, first token, energy.
const ERRORS: [f64; FITTED] = [0.06, 0.06, 0.35, 0.12];

/// Degrees of freedom of Student's distribution that residuals are taken to have: a few rows are far off.
const FREEDOM: f64 = 3.0;

/// Step of the difference quotients.
const STEP: f64 = 1e-4;

/// The least part of its curvature that is added to each direction.
const LEAST_DAMPING: f64 = 1e-5;

/// Spread of the mean of the effects on one level.
const MEAN_SPREAD: f64 = 0.01;

/// Steps that are tried before an iteration gives up.
const TRIES: usize = 8;

/// How many times as long as a step of the method steps may be.
const STRETCHES: [f64; 4] = [1.0, 2.0, 4.0, 8.0];

/// The longest step of one parameter.
const LONGEST: f64 = 1.0;

/// The least part of the sum by which an iteration must lower it for another to follow.
const LEAST_GAIN: f64 = 2e-5;

const COUNT: usize = Constant::ALL.len();

struct Parameter {
    constant: Constant,
    level: Level,
    member: String,
    prior: f64,
    spread: f64,
}

/// Effects that fit observations.
///
/// The sum of squares is minimised by Gauss and Newton's method with Levenberg's damping; observations are
/// weighed down as they are far off, and every effect is drawn to its prior.
#[must_use]
pub fn fit<O: Observation>(
    observations: &[O],
    priors: &Priors,
    start: &Effects,
    iterations: usize,
    mut progress: impl FnMut(usize, f64),
) -> Effects {
    let (parameters, rows) = parameters(observations, priors);
    let mut values: Vec<f64> = parameters
        .iter()
        .map(|parameter| {
            let key = (parameter.constant, parameter.level, parameter.member.clone());
            start.effects.get(&key).copied().unwrap_or(parameter.prior)
        })
        .collect();
    let medians = Effects::medians(priors);
    let mut damping = 1e-3;
    let mut loss = total(&medians, observations, &rows, &parameters, &values);
    for iteration in 0..iterations {
        progress(iteration, loss);
        let (matrix, gradient) = normal(&medians, observations, &rows, &parameters, &values);
        let mut improved = false;
        for _ in 0..TRIES {
            let Some(step) = solve(&matrix, &gradient, damping) else {
                damping *= 10.0;
                continue;
            };
            // Weights that fall as residuals grow make steps short, so longer ones are tried too.
            let mut best: Option<(f64, Vec<f64>)> = None;
            for stretch in STRETCHES {
                let moved =
                    values.iter().zip(&step).map(|(value, step)| value - (stretch * step).clamp(-LONGEST, LONGEST));
                let trial: Vec<f64> = moved.collect();
                let reached = total(&medians, observations, &rows, &parameters, &trial);
                let known = best.as_ref().map_or(loss, |(known, _)| *known);
                if reached >= known {
                    break;
                }
                best = Some((reached, trial));
            }
            if let Some((reached, trial)) = best {
                improved = loss - reached > LEAST_GAIN * loss;
                values = trial;
                loss = reached;
                damping = (damping * 0.2).max(LEAST_DAMPING);
                break;
            }
            damping *= 10.0;
        }
        if !improved {
            break;
        }
    }
    Effects {
        medians,
        effects: parameters
            .into_iter()
            .zip(values)
            .map(|(parameter, value)| ((parameter.constant, parameter.level, parameter.member), value))
            .collect(),
    }
}

/// The parameters that observations have, and for each observation those of each constant.
fn parameters<O: Observation>(observations: &[O], priors: &Priors) -> (Vec<Parameter>, Vec<Vec<(Constant, usize)>>) {
    let mut known: HashMap<(Constant, Level, String), usize> = HashMap::new();
    let mut parameters = Vec::new();
    let mut rows = Vec::with_capacity(observations.len());
    for observation in observations {
        let members: Vec<String> = Level::ALL.iter().map(|level| observation.identity().member(*level)).collect();
        let mut row = Vec::new();
        for ((constant, level), spread) in &priors.spreads {
            if !observation.depends_on(*constant) {
                continue;
            }
            let key = (*constant, *level, members[*level as usize].clone());
            let next = parameters.len();
            let index = *known.entry(key.clone()).or_insert(next);
            if index == next {
                let shift = priors.shifts.get(&key).copied().unwrap_or(0.0);
                let (_, _, member) = key;
                parameters.push(Parameter {
                    constant: *constant,
                    level: *level,
                    member,
                    prior: shift,
                    spread: *spread,
                });
            }
            row.push((*constant, index));
        }
        rows.push(row);
    }
    (parameters, rows)
}

fn sums(medians: &[f64; COUNT], row: &[(Constant, usize)], values: &[f64]) -> [f64; COUNT] {
    let mut sums = *medians;
    for (constant, index) in row {
        sums[*constant as usize] += values[*index];
    }
    sums
}

/// Minus the logarithm of the likelihood of one residual, up to a constant.
fn penalty(residual: f64, error: f64) -> f64 {
    let scaled = residual / error;
    0.5 * (FREEDOM + 1.0) * (scaled * scaled / FREEDOM).ln_1p()
}

fn total<O: Observation>(
    medians: &[f64; COUNT],
    observations: &[O],
    rows: &[Vec<(Constant, usize)>],
    parameters: &[Parameter],
    values: &[f64],
) -> f64 {
    let of_rows = in_parallel(observations.len(), |range| {
        let mut sum = 0.0;
        for index in range {
            let constants = Constants::from_sums(&sums(medians, &rows[index], values));
            let residuals = observations[index].residuals(&constants);
            for (residual, error) in residuals.iter().zip(ERRORS) {
                if let Some(residual) = residual {
                    sum += penalty(*residual, error);
                }
            }
        }
        sum
    });
    let of_means: f64 = means(parameters, values).map(|(_, mean)| 0.5 * (mean / MEAN_SPREAD).powi(2)).sum();
    let of_priors: f64 = parameters
        .iter()
        .zip(values)
        .map(|(parameter, value)| 0.5 * ((value - parameter.prior) / parameter.spread).powi(2))
        .sum();
    of_rows.into_iter().sum::<f64>() + of_priors + of_means
}

/// The effects of a constant on each level, and their mean beyond what was held before: what all members
/// share belongs to the constant itself, so that a member that was not seen is like their mean.
fn means<'a>(parameters: &'a [Parameter], values: &'a [f64]) -> impl Iterator<Item = (Vec<usize>, f64)> + 'a {
    let mut groups: BTreeMap<(Constant, Level), Vec<usize>> = BTreeMap::new();
    for (index, parameter) in parameters.iter().enumerate().filter(|(_, parameter)| parameter.level != Level::All) {
        groups.entry((parameter.constant, parameter.level)).or_default().push(index);
    }
    groups.into_values().map(move |members| {
        let sum: f64 = members.iter().map(|index| values[*index] - parameters[*index].prior).sum();
        let mean = sum / members.len() as f64;
        (members, mean)
    })
}

/// The matrix of the normal equations, row by row, and the gradient.
fn normal<O: Observation>(
    medians: &[f64; COUNT],
    observations: &[O],
    rows: &[Vec<(Constant, usize)>],
    parameters: &[Parameter],
    values: &[f64],
) -> (Vec<f64>, Vec<f64>) {
    let count = parameters.len();
    let parts = in_parallel(observations.len(), |range| {
        let mut matrix = vec![0.0; count * count];
        let mut gradient = vec![0.0; count];
        for index in range {
            let row = &rows[index];
            let base = sums(medians, row, values);
            let residuals = observations[index].residuals(&Constants::from_sums(&base));
            // All effects of a constant have the same slope.
            let mut slopes = [[0.0; FITTED]; COUNT];
            let mut done = [false; COUNT];
            for (constant, _) in row {
                let position = *constant as usize;
                if done[position] {
                    continue;
                }
                done[position] = true;
                let mut moved = base;
                moved[position] += STEP;
                let after = observations[index].residuals(&Constants::from_sums(&moved));
                for measure in 0..FITTED {
                    if let (Some(before), Some(after)) = (residuals[measure], after[measure]) {
                        slopes[position][measure] = (after - before) / STEP;
                    }
                }
            }
            for measure in 0..FITTED {
                let Some(residual) = residuals[measure] else { continue };
                let error = ERRORS[measure];
                let weight = (FREEDOM + 1.0) / (FREEDOM + (residual / error).powi(2)) / (error * error);
                for (constant, first) in row {
                    let slope = slopes[*constant as usize][measure] * weight;
                    if slope == 0.0 {
                        continue;
                    }
                    gradient[*first] += slope * residual;
                    for (other, second) in row {
                        matrix[first * count + second] += slope * slopes[*other as usize][measure];
                    }
                }
            }
        }
        (matrix, gradient)
    });
    let mut matrix = vec![0.0; count * count];
    let mut gradient = vec![0.0; count];
    for (part, slope) in parts {
        matrix.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
        gradient.iter_mut().zip(slope).for_each(|(sum, part)| *sum += part);
    }
    for (members, mean) in means(parameters, values) {
        let share = 1.0 / members.len() as f64;
        let weight = share / (MEAN_SPREAD * MEAN_SPREAD);
        for first in &members {
            gradient[*first] += weight * mean;
            for second in &members {
                matrix[first * count + second] += weight * share;
            }
        }
    }
    for (index, parameter) in parameters.iter().enumerate() {
        let weight = 1.0 / (parameter.spread * parameter.spread);
        matrix[index * count + index] += weight;
        gradient[index] += weight * (values[index] - parameter.prior);
    }
    (matrix, gradient)
}

/// Solves a symmetric positive system after adding to its diagonal, by Cholesky's method; nothing where it
/// is not positive.
fn solve(matrix: &[f64], right: &[f64], damping: f64) -> Option<Vec<f64>> {
    let count = right.len();
    let mut lower = vec![0.0; count * count];
    for row in 0..count {
        for column in 0..=row {
            let mut sum = matrix[row * count + column];
            if row == column {
                sum *= 1.0 + damping;
            }
            let (left, above) =
                (&lower[row * count..row * count + column], &lower[column * count..column * count + column]);
            sum -= product(left, above);
            if row == column {
                if sum <= 0.0 {
                    return None;
                }
                lower[row * count + row] = sum.sqrt();
            } else {
                lower[row * count + column] = sum / lower[column * count + column];
            }
        }
    }
    let mut solution = right.to_vec();
    for row in 0..count {
        let known: f64 = (0..row).map(|column| lower[row * count + column] * solution[column]).sum();
        solution[row] = (solution[row] - known) / lower[row * count + row];
    }
    for row in (0..count).rev() {
        let known: f64 = (row + 1..count).map(|below| lower[below * count + row] * solution[below]).sum();
        solution[row] = (solution[row] - known) / lower[row * count + row];
    }
    Some(solution)
}

/// The inner product, summed eight ways at once.
fn product(left: &[f64], right: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (left, right) = (left.chunks_exact(8), right.chunks_exact(8));
    let rest: f64 = left.remainder().iter().zip(right.remainder()).map(|(a, b)| a * b).sum();
    for (left, right) in left.zip(right) {
        for lane in 0..8 {
            sums[lane] += left[lane] * right[lane];
        }
    }
    sums.iter().sum::<f64>() + rest
}

fn in_parallel<T: Send>(count: usize, work: impl Fn(std::ops::Range<usize>) -> T + Sync) -> Vec<T> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(count.max(1));
    let share = count.div_ceil(workers);
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..workers)
            .map(|worker| {
                let work = &work;
                scope.spawn(move || work(worker * share..((worker + 1) * share).min(count)))
            })
            .collect();
        handles.into_iter().filter_map(|handle| handle.join().ok()).collect()
    })
}
