//! Constants from measured rows, and how far off they are where they were not fitted.

pub mod fit;
pub mod prior;
pub mod reach;
pub mod report;
pub mod run;

use crate::Effects;
use crate::band::{Band, Bands, Familiarity, Measure};
use crate::constant::{Identity, Level};
use fit::FITTED;
use prior::Priors;
use report::{Report, Test};
use run::Run;
use std::collections::BTreeMap;

/// Iterations of the fit to all runs.
const ITERATIONS: usize = 40;

/// Iterations of a fit to some runs, from the fit to all.
const FURTHER_ITERATIONS: usize = 8;

/// Parts into which settings and cells are dealt, each predicted from the others.
const FOLDS: u64 = 5;

/// What a calibration finds.
#[derive(Clone, Debug)]
pub struct Calibration {
    /// The constants.
    pub effects: Effects,
    /// How far off they are.
    pub bands: Bands,
    /// The same at length.
    pub report: Report,
}

/// A run predicted from others: logarithms of measured over predicted, by [`Measure`].
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The run, by its place.
    pub run: usize,
    /// What was left out with it.
    pub left_out: String,
    /// The errors.
    pub errors: [Option<f64>; Measure::ALL.len()],
}

/// Which part of the runs a run belongs to, of those that are left out together.
type Part<'a> = &'a dyn Fn(&Run<'_>) -> String;

/// Fits constants to runs, and then to all but a part of them, again and again, to see how well that part
/// is predicted. `progress` hears what is done and which share of the work is.
#[must_use]
pub fn calibrate(runs: &[Run<'_>], priors: &Priors, mut progress: impl FnMut(&str, f64)) -> Calibration {
    progress("all runs", 0.0);
    let all: Vec<&Run<'_>> = runs.iter().collect();
    let mut effects = fit::fit(&all, priors, &Effects::default(), ITERATIONS, |_, _| ());
    reach::fit(&all, &mut effects);
    let mut outcomes: BTreeMap<Test, Vec<Outcome>> = BTreeMap::new();
    outcomes.insert(
        Test::InSample,
        runs.iter().enumerate().map(|(run, known)| outcome(run, known, &effects, "")).collect(),
    );
    let tests: [(Test, Part<'_>); 5] = [
        (Test::LeaveSettingsOut, &|run| (run.same % FOLDS).to_string()),
        (Test::LeaveCellsOut, &|run| (hash(&run.setting.identity.member(Level::Cell)) % FOLDS).to_string()),
        (Test::LeaveModelOut, &|run| run.setting.identity.model.clone()),
        (Test::LeaveChipOut, &|run| run.setting.identity.chip.clone()),
        (Test::LeavePrecisionOut, &|run| run.setting.identity.format.clone()),
    ];
    let mut work: Vec<(Test, String)> = Vec::new();
    for (test, part) in &tests {
        let mut parts: Vec<String> = runs.iter().map(part).collect();
        parts.sort();
        parts.dedup();
        work.extend(parts.into_iter().map(|name| (*test, name)));
    }
    for (done, (test, name)) in work.iter().enumerate() {
        progress(&format!("{} {name}", test.name()), (done as f64 + 1.0) / (work.len() as f64 + 1.0));
        let Some((_, part)) = tests.iter().find(|(known, _)| known == test) else { continue };
        let others: Vec<&Run<'_>> = runs.iter().filter(|run| part(run) != *name).collect();
        let mut fitted = fit::fit(&others, priors, &effects, FURTHER_ITERATIONS, |_, _| ());
        reach::fit(&others, &mut fitted);
        let found = runs.iter().enumerate().filter(|(_, run)| part(run) == *name);
        outcomes.entry(*test).or_default().extend(found.map(|(run, known)| outcome(run, known, &fitted, name)));
    }
    let bands = bands(runs, &outcomes);
    let report = Report::of(runs, &outcomes);
    Calibration { effects, bands, report }
}

fn outcome(run: usize, known: &Run<'_>, effects: &Effects, left_out: &str) -> Outcome {
    let constants = effects.constants(&known.setting.identity);
    let [interval, throughput, first_token, energy] = known.errors(&constants);
    let frontier = reach::error(known, &constants);
    Outcome { run, left_out: left_out.to_owned(), errors: [interval, throughput, first_token, energy, frontier] }
}

fn hash(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Bands of the errors of runs that were not fitted.
fn bands(runs: &[Run<'_>], outcomes: &BTreeMap<Test, Vec<Outcome>>) -> Bands {
    let mut bands = Bands::default();
    let sources = [
        (Familiarity::Cell, Test::LeaveSettingsOut),
        (Familiarity::Parts, Test::LeaveCellsOut),
        (Familiarity::Chip, Test::LeaveModelOut),
        (Familiarity::Model, Test::LeaveChipOut),
    ];
    for measure in Measure::ALL {
        for apart in [false, true] {
            let mut ends = BTreeMap::new();
            for (familiarity, test) in sources {
                let of_mode = |run: &Run<'_>| run.setting.reading.is_some() == apart;
                let mut errors = errors(runs, &outcomes[&test], measure, of_mode);
                if errors.len() < 20 {
                    errors = self::errors(runs, &outcomes[&test], measure, |_| true);
                }
                if let Some(band) = band(&errors) {
                    ends.insert(familiarity, band);
                    bands.0.insert((measure, familiarity, apart), band);
                }
            }
            // Two unknowns are taken to err apart from one another.
            if let (Some(chip), Some(model)) = (ends.get(&Familiarity::Chip), ends.get(&Familiarity::Model)) {
                let joint = |one: f64, other: f64| one.ln().hypot(other.ln());
                let low = (-joint(chip.low, model.low)).exp();
                let high = joint(chip.high, model.high).exp();
                bands.0.insert((measure, Familiarity::Neither, apart), Band { low, high });
            }
        }
    }
    bands
}

fn errors(runs: &[Run<'_>], outcomes: &[Outcome], measure: Measure, wanted: impl Fn(&Run<'_>) -> bool) -> Vec<f64> {
    outcomes
        .iter()
        .filter(|outcome| wanted(&runs[outcome.run]))
        .filter_map(|outcome| outcome.errors[measure as usize])
        .collect()
}

/// The middle four fifths, as factors.
#[must_use]
pub fn band(errors: &[f64]) -> Option<Band> {
    if errors.is_empty() {
        return None;
    }
    let mut sorted = errors.to_vec();
    sorted.sort_by(f64::total_cmp);
    Some(Band { low: report::quantile(&sorted, 0.1).exp(), high: report::quantile(&sorted, 0.9).exp() })
}

impl fit::Observation for &Run<'_> {
    fn identity(&self) -> &Identity {
        (*self).identity()
    }

    fn residuals(&self, constants: &crate::Constants) -> [Option<f64>; FITTED] {
        (*self).residuals(constants)
    }

    fn depends_on(&self, constant: crate::Constant) -> bool {
        (*self).depends_on(constant)
    }
}
