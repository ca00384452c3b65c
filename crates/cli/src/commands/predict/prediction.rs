//! What is predicted of a row, by column.

use super::place::Prepared;
use crate::numbers::brief;
use crate::serving::{Range, deployment_text};
use std::collections::HashMap;
use tokenomics_throughput::band::{Familiarity, Measure};
use tokenomics_throughput::calibration::run::predicted;
use tokenomics_throughput::catalogue::Catalogue;
use tokenomics_throughput::frontier::{Point, Search, guessing};
use tokenomics_throughput::row::Row;
use tokenomics_throughput::setting::{Setting, matured};
use tokenomics_throughput::{Constants, Identity, Speculation};

/// The figures that are predicted, in the order of their columns.
pub const FIGURES: [&str; 6] = [
    "predicted_throughput_total_per_gpu",
    "predicted_throughput_output_per_total_gpu",
    "predicted_interactivity",
    "predicted_median_tpot_ms",
    "predicted_median_ttft_ms",
    "predicted_joules_per_output_token",
];

/// Accelerators of a deployment on which the same ones read prompts and write answers, at most: a server.
const SERVER: f64 = 8.0;

/// Accelerators of a deployment that reads prompts apart, at most, unless a row has more.
const RACK: f64 = 72.0;

/// The best deployment at a speed.
#[derive(Clone, Debug, PartialEq)]
pub struct Best {
    /// How its accelerators share the work.
    pub deployment: String,
    /// How many they are.
    pub chips: f64,
    /// Requests in progress.
    pub concurrency: f64,
}

/// What is predicted of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// By column of [`FIGURES`].
    pub figures: [Option<Range>; FIGURES.len()],
    /// The deployment, where the best is asked for.
    pub best: Option<Best>,
    /// What was taken for granted.
    pub note: String,
}

/// Predicts rows, and keeps constants from one row to the next.
pub struct Predictor<'a> {
    catalogue: &'a Catalogue,
    known: HashMap<Identity, (Constants, Familiarity)>,
}

impl<'a> Predictor<'a> {
    /// With what is known by name.
    #[must_use]
    pub fn new(catalogue: &'a Catalogue) -> Predictor<'a> {
        Predictor { catalogue, known: HashMap::new() }
    }

    /// What the row's own deployment does.
    ///
    /// # Errors
    /// Why the row cannot be placed.
    pub fn own(&mut self, row: &Row) -> Result<Prediction, String> {
        let setting = self.place(row, false)?;
        let (constants, familiarity) = self.constants(&setting.identity);
        // Says why where it cannot be.
        setting.deployment(&constants)?;
        let predicted = predicted(&setting, &constants).ok_or("no deployment does this")?;
        Ok(self.prediction(&setting, familiarity, predicted, None))
    }

    /// What the best deployment does at the row's speed.
    ///
    /// # Errors
    /// Why the row cannot be placed, or that the accelerators do not hold the model.
    pub fn best(&mut self, row: &Row) -> Result<Prediction, String> {
        let speed = match row.number("interactivity_tok_s_user")? {
            Some(speed) => speed,
            None => match row.number("median_tpot_ms")? {
                Some(_) => 1e3 / row.positive("median_tpot_ms")?,
                None => return Err("neither `interactivity_tok_s_user` nor `median_tpot_ms` says how fast".to_owned()),
            },
        };
        if speed <= 0.0 {
            return Err(format!("`interactivity_tok_s_user` is {speed}, and must be above zero"));
        }
        let setting = self.place(row, true)?;
        let (constants, familiarity) = self.constants(&setting.identity);
        let constants = matured(&constants, setting.era);
        let apart = setting.reading.is_some();
        let domain = setting.chip.scale_up_domain;
        let most_chips = match (apart, row.number("gpus")?) {
            (true, chips) => RACK.max(chips.unwrap_or(0.0)),
            (false, _) if domain > 1.0 => SERVER.min(domain),
            (false, _) => SERVER,
        };
        let search = Search {
            chip: setting.chip,
            architecture: &setting.model.architecture,
            precision: setting.precision,
            constants: &constants,
            workload: setting.workload,
            most_chips,
            apart,
            speculation: if setting.identity.speculation {
                guessing(&constants, setting.guessed)
            } else {
                Speculation::default()
            },
        };
        let (point, less) = self.at_speed(&search, speed, familiarity)?;
        let mut setting = setting;
        setting.taken.splice(0..0, less);
        let nameplate = setting.chip.power.unwrap_or(f64::NAN);
        let energy = point.deployment.output_energy(&point.operation, &setting.workload, nameplate, &constants);
        let predicted =
            [point.operation.interval, point.output_per_chip(&setting.workload), point.operation.first_token, energy];
        let best = Best {
            deployment: deployment_text(&point.answering, point.reading.as_ref()),
            chips: point.deployment.chips(),
            concurrency: point.operation.concurrency,
        };
        Ok(self.prediction(&setting, familiarity, predicted, Some(best)))
    }

    /// The best deployment at a speed; the fastest where none is so fast, with a remark that says whether it
    /// is slower by more than predictions err.
    fn at_speed(
        &self,
        search: &Search<'_>,
        speed: f64,
        familiarity: Familiarity,
    ) -> Result<(Point, Option<String>), String> {
        if let Some(point) = search.best_at(speed) {
            return Ok((point, None));
        }
        let most = search.most_chips;
        let fastest = search.frontier().into_iter().next();
        let fastest = fastest.ok_or_else(|| format!("{most} accelerators do not hold the model and a request"))?;
        let gives = fastest.interactivity();
        let what = format!(
            "no deployment of up to {most} accelerators gives a user {} tokens a second; the fastest gives {}",
            brief(speed),
            brief(gives)
        );
        let band = self.catalogue.bands.get(Measure::Interval, familiarity, search.apart);
        let how = if speed * band.low > gives { "beyond" } else { "within" };
        Ok((fastest, Some(format!("{what}, {how} the error of predictions, and is taken"))))
    }

    fn place(&mut self, row: &Row, free: bool) -> Result<Setting<'a>, String> {
        let catalogue = self.catalogue;
        Prepared::new(row, catalogue, free)?.place(catalogue, |setting| self.constants(&setting.identity).0)
    }

    fn constants(&mut self, identity: &Identity) -> (Constants, Familiarity) {
        if let Some(known) = self.known.get(identity) {
            return *known;
        }
        let found = (self.catalogue.effects.constants(identity), Familiarity::of(self.catalogue, identity));
        self.known.insert(identity.clone(), found);
        found
    }

    fn prediction(
        &self,
        setting: &Setting<'_>,
        familiarity: Familiarity,
        predicted: [f64; 4],
        best: Option<Best>,
    ) -> Prediction {
        let apart = setting.reading.is_some();
        let range = |measure: Measure, basis: Measure| {
            Range::new(predicted[measure as usize], self.catalogue.bands.get(basis, familiarity, apart))
        };
        let of_throughput = if best.is_some() { Measure::Frontier } else { Measure::Throughput };
        let interval = range(Measure::Interval, Measure::Interval);
        let output = range(Measure::Throughput, of_throughput);
        let first_token = range(Measure::FirstToken, Measure::FirstToken);
        let energy = range(Measure::Energy, Measure::Energy);
        let lengths = (setting.workload.input + setting.workload.output) / setting.workload.output;
        let milliseconds = |range: Range| range.times(1e3);
        let figures = [
            output.map(|range| range.times(lengths)),
            output,
            interval.map(Range::inverse),
            interval.map(milliseconds),
            first_token.map(milliseconds),
            energy,
        ];
        let note = setting.taken.iter().map(String::as_str).chain([basis(familiarity)]).collect::<Vec<_>>().join("; ");
        Prediction { figures, best, note }
    }
}

/// What the ends rest on.
fn basis(familiarity: Familiarity) -> &'static str {
    match familiarity {
        Familiarity::Cell => "such runs were measured",
        Familiarity::Parts => "hardware and model were measured, but not so together",
        Familiarity::Chip => "the hardware was measured, the model was not",
        Familiarity::Model => "the model was measured, the hardware was not",
        Familiarity::Neither => "neither hardware nor model was measured",
    }
}
