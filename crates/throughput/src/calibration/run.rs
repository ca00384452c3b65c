//! Measured runs that can be placed, as observations of constants.

use crate::band::Measure;
use crate::calibration::fit::{FITTED, Observation};
use crate::catalogue::Catalogue;
use crate::constant::{Constant, Constants, Identity, Level};
use crate::row::Row;
use crate::setting::{REAL_LENGTH, Setting, matured};
use std::collections::BTreeMap;

/// A run with what was measured of it.
#[derive(Clone, Debug)]
pub struct Run<'a> {
    /// Who served what on what.
    pub setting: Setting<'a>,
    /// What was measured, by [`Measure`]: seconds, tokens of answers a second for each chip, seconds, J.
    pub measured: [Option<f64>; FITTED],
    /// Whether no run of its cell and lengths betters it in both speed and throughput.
    pub best: bool,
    /// A number that runs of one setting share.
    pub same: u64,
    /// The line of the table.
    pub line: u64,
}

/// A row that is not used, with the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The line of the table.
    pub line: u64,
    /// Why.
    pub reason: String,
}

/// The least part of requests that must have been in progress on average, by rate and time of an answer:
/// below, the row contradicts itself.
const LEAST_IN_PROGRESS: f64 = 0.3;

/// Chips of a row and of what it says of its pools may differ by so much.
const CHIPS_TOLERANCE: f64 = 0.01;

/// Runs of rows that can be placed, and the rows that cannot.
#[must_use]
pub fn runs<'a>(rows: &[Row], catalogue: &'a Catalogue) -> (Vec<Run<'a>>, Vec<Refusal>) {
    let mut runs = Vec::new();
    let mut refusals = Vec::new();
    let prior = &catalogue.effects;
    for row in rows {
        match run(row, catalogue, &|identity| prior.constants(identity)) {
            Ok(run) => runs.push(run),
            Err(reason) => refusals.push(Refusal { line: row.line, reason }),
        }
    }
    mark_best(&mut runs);
    (runs, refusals)
}

/// Marks the runs that no other of the same cell and lengths betters in both speed and throughput.
fn mark_best(runs: &mut [Run<'_>]) {
    let mut groups: BTreeMap<(String, u64), Vec<usize>> = BTreeMap::new();
    for (index, run) in runs.iter().enumerate() {
        let lengths = run.setting.workload.input.to_bits() ^ run.setting.workload.output.to_bits().rotate_left(1);
        groups.entry((run.setting.identity.member(Level::Cell), lengths)).or_default().push(index);
    }
    let value = |run: &Run<'_>, measure: Measure| run.measured[measure as usize].unwrap_or(f64::NAN);
    for group in groups.values() {
        for index in group {
            let run = &runs[*index];
            let bettered = group.iter().any(|other| {
                let other = &runs[*other];
                value(other, Measure::Interval) < value(run, Measure::Interval)
                    && value(other, Measure::Throughput) > value(run, Measure::Throughput)
            });
            runs[*index].best = !bettered;
        }
    }
}

fn run<'a>(row: &Row, catalogue: &'a Catalogue, constants: &dyn Fn(&Identity) -> Constants) -> Result<Run<'a>, String> {
    let setting = Setting::place(row, catalogue, REAL_LENGTH)?;
    let pools = setting.answering.chips() + setting.reading.map_or(0.0, |pool| pool.chips());
    if let Some(chips) = row.number("gpus")?
        && (chips - pools).abs() > CHIPS_TOLERANCE * chips
    {
        return Err(format!("`gpus` is {chips}, and its pools have {pools}"));
    }
    setting.deployment(&constants(&setting.identity))?;
    let interval = row.positive("median_tpot_ms")? / 1e3;
    let throughput = row.positive("throughput_output_per_total_gpu")?;
    let in_progress = throughput * pools * interval / setting.concurrency;
    if setting.reading.is_none() && in_progress < LEAST_IN_PROGRESS {
        return Err("throughput and time of a token contradict the concurrency".to_owned());
    }
    let first = row.number("median_ttft_ms")?.filter(|time| *time > 0.0).map(|time| time / 1e3);
    let energy = row.number("joules_per_output_token")?.filter(|energy| *energy > 0.0 && setting.chip.power.is_some());
    let same = {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        setting.identity.hash(&mut hasher);
        let numbers = [setting.workload.input, setting.workload.output, setting.concurrency, pools];
        numbers.map(f64::to_bits).hash(&mut hasher);
        for pool in [setting.answering, setting.reading.unwrap_or(setting.answering)] {
            (pool.tensor.to_bits(), pool.expert.to_bits(), pool.data_parallel_attention).hash(&mut hasher);
        }
        hasher.finish()
    };
    Ok(Run { setting, measured: [Some(interval), Some(throughput), first, energy], best: false, same, line: row.line })
}

impl Run<'_> {
    /// What is predicted, by [`Measure`], in the units of what was measured.
    #[must_use]
    pub fn predicted(&self, constants: &Constants) -> Option<[f64; FITTED]> {
        predicted(&self.setting, constants)
    }

    /// Logarithms of measured over predicted.
    #[must_use]
    pub fn errors(&self, constants: &Constants) -> [Option<f64>; FITTED] {
        self.residuals(constants).map(|residual| residual.map(|residual| -residual))
    }
}

/// What is predicted of a setting, by [`Measure`]: seconds, tokens of answers a second for each chip,
/// seconds, J for a token of answers.
#[must_use]
pub fn predicted(setting: &Setting<'_>, constants: &Constants) -> Option<[f64; FITTED]> {
    let deployment = setting.deployment(constants).ok()?;
    let operation = deployment.with_concurrency(setting.concurrency, &setting.workload);
    let nameplate = setting.chip.power.unwrap_or(f64::NAN);
    let energy = deployment.output_energy(&operation, &setting.workload, nameplate, &matured(constants, setting.era));
    let throughput = operation.requests * setting.workload.output / deployment.chips();
    Some([operation.interval, throughput, operation.first_token, energy])
}

impl Observation for Run<'_> {
    fn identity(&self) -> &Identity {
        &self.setting.identity
    }

    fn residuals(&self, constants: &Constants) -> [Option<f64>; FITTED] {
        let Some(predicted) = self.predicted(constants) else { return [None; FITTED] };
        std::array::from_fn(|measure| self.measured[measure].map(|measured| (predicted[measure] / measured).ln()))
    }

    fn depends_on(&self, constant: Constant) -> bool {
        let attention = self.setting.identity.attention.as_str();
        match constant {
            Constant::Accepted | Constant::Guessed => self.setting.identity.speculation,
            Constant::Interference => self.setting.reading.is_none(),
            Constant::LatentTime => attention.starts_with("latent") || attention == "compressed",
            Constant::LinearTime => attention.ends_with("linear"),
            Constant::SelectionTime => attention.ends_with("sparse"),
            Constant::Skew
            | Constant::Diversity
            | Constant::ExpertArithmetic
            | Constant::ExpertRead
            | Constant::ExpertTime => self.setting.model.architecture.expert_layers() > 0.0,
            Constant::IdlePower | Constant::MemoryPower | Constant::ArithmeticPower => {
                self.measured[Measure::Energy as usize].is_some()
            }
            // It is of searches, and is found after the rest.
            Constant::Reached => false,
            Constant::Immaturity | Constant::Progress => self.setting.era.date.is_some(),
            _ => true,
        }
    }
}
