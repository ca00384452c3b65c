//! From a row to who serves what on what: its place in the model.

use crate::catalogue::{Catalogue, Engine};
use crate::constant::Constants;
use crate::offer::apart_by;
use crate::row::Row;
use crate::{
    Attention, Chip, Constant, Deployment, Format, Identity, KnownModel, Operation, Pool, Precision, Replica,
    Speculation, Workload,
};

/// Years in which what is newly supported loses most of its lag.
const MATURING: f64 = 0.5;

/// Years over which progress of software is taken to go on.
const FORESEEN: f64 = 2.0;

/// A run: who serves what on what, how chips share the work, and what is asked.
#[derive(Clone, Debug)]
pub struct Setting<'a> {
    /// Names.
    pub identity: Identity,
    /// The chip.
    pub chip: &'a Chip,
    /// The model.
    pub model: &'a KnownModel,
    /// Formats.
    pub precision: Precision,
    /// Chips that write answers, and read prompts where there are no others.
    pub answering: Pool,
    /// Chips that read prompts, where they are apart.
    pub reading: Option<Pool>,
    /// What is asked.
    pub workload: Workload,
    /// Requests in progress.
    pub concurrency: f64,
    /// Tokens guessed ahead in a step, where the run says.
    pub guessed: Option<f64>,
    /// When it runs.
    pub era: Era,
    /// What had to be taken for granted.
    pub taken: Vec<String>,
}

/// Lengths of random prompts and answers over their nominal ones.
pub const REAL_LENGTH: f64 = 0.9;

impl Setting<'_> {
    /// Places a row.
    ///
    /// # Errors
    /// What the row lacks or says that is not known.
    pub fn place<'a>(row: &Row, catalogue: &'a Catalogue, real_length: f64) -> Result<Setting<'a>, String> {
        let mut taken = Vec::new();
        let name = |column: &str| row.text(column).ok_or_else(|| format!("`{column}` is empty"));
        let hardware = name("hardware")?;
        let (chip_name, chip) =
            catalogue.meant(&catalogue.chips, hardware).ok_or_else(|| format!("hardware `{hardware}` is not known"))?;
        let wanted = name("model")?;
        let (model_name, model) =
            catalogue.meant(&catalogue.models, wanted).ok_or_else(|| format!("model `{wanted}` is not known"))?;
        let format_name = name("precision")?;
        let format = Format::parse(format_name).ok_or_else(|| format!("precision `{format_name}` is not known"))?;
        let (full, engine) = served_by(name("framework")?, catalogue);
        let (engine_name, engine) = engine.ok_or_else(|| format!("framework `{full}` has no engine that is known"))?;
        let cache = if format == Format::Bf16 { Format::Bf16 } else { engine.cache };
        let precision = Precision::published(format, cache, &model.architecture);
        taken.push(format!("the cache is kept in {cache}"));
        let speculation = !matches!(
            row.text("spec_decoding").map(str::to_ascii_lowercase).as_deref(),
            None | Some("none" | "false" | "off" | "no" | "0" | "nan" | "na" | "n/a" | "null" | "-")
        );
        let guessed = row.text("spec_decoding").and_then(|text| {
            text.split(|character: char| !character.is_ascii_digit())
                .filter_map(|part| part.parse::<f64>().ok())
                .next_back()
        });
        let apart = row.flag("disagg")?.unwrap_or(false);
        let (answering, reading) = if apart { pools_apart(row)? } else { (pool_together(row, &mut taken)?, None) };
        let workload = Workload {
            input: row.positive("isl")? * real_length,
            output: row.positive("osl")? * real_length,
            cached: 0.0,
        };
        let attention = attention_kind(&model.architecture.attention);
        let since = chip.released.zip(model.released).map(|(chip, model)| chip.max(model));
        let era = Era { date: row.date(since), since };
        let framework = if apart {
            let others = |part: &&str| !part.is_empty() && catalogue.meant(&catalogue.engines, part).is_none();
            apart_by(&full.split('-').filter(others).collect::<Vec<_>>(), engine_name)
        } else {
            engine_name.to_owned()
        };
        Ok(Setting {
            identity: Identity {
                chip: chip_name.to_owned(),
                generation: chip.generation.clone(),
                vendor: chip.vendor.clone(),
                model: Catalogue::speaks_for(model_name, model).to_owned(),
                attention: attention.to_owned(),
                format: format.name().to_owned(),
                engine: engine_name.to_owned(),
                framework,
                speculation,
            },
            chip: &chip.chip,
            model,
            precision,
            answering,
            reading,
            workload,
            concurrency: row.positive("concurrency")?,
            guessed: guessed.filter(|_| speculation),
            era,
            taken,
        })
    }

    /// The deployment, with these constants.
    ///
    /// # Errors
    /// Why it cannot be.
    pub fn deployment(&self, constants: &Constants) -> Result<Deployment, String> {
        let constants = matured(constants, self.era);
        let (replica, replicas) = self.compile(&self.answering, &constants)?;
        let mut deployment = match &self.reading {
            None => Deployment::together(replica, replicas, &constants),
            Some(pool) => Deployment::apart(self.compile(pool, &constants)?, (replica, replicas), &constants),
        };
        if self.identity.speculation {
            deployment.speculation = Speculation::chain(
                self.guessed.unwrap_or(constants.get(Constant::Guessed)),
                constants.get(Constant::Accepted),
            );
        }
        Ok(deployment)
    }

    /// How it works, with these constants.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn operation(&self, constants: &Constants) -> Result<Operation, String> {
        Ok(self.deployment(constants)?.with_concurrency(self.concurrency, &self.workload))
    }

    fn compile(&self, pool: &Pool, constants: &Constants) -> Result<(Replica, f64), String> {
        let compile =
            |pool: &Pool| Replica::compile(self.chip, &self.model.architecture, self.precision, pool, constants);
        match compile(pool) {
            Ok(replica) => Ok((replica, pool.replicas)),
            // Where weights do not fit, the chips of the pool must be one replica, however its size is told.
            Err(fault) if pool.replicas > 1.0 => {
                let chips = pool.chips();
                let wide = if pool.data_parallel_attention { Pool::data(chips) } else { Pool::tensor(chips) };
                compile(&wide).map(|replica| (replica, 1.0)).map_err(|_| fault.to_string())
            }
            Err(fault) => Err(fault.to_string()),
        }
    }
}

/// The name of a framework without case and remarks, and the engine in it that is known.
#[must_use]
pub fn served_by<'a>(framework: &str, catalogue: &'a Catalogue) -> (String, Option<(&'a str, &'a Engine)>) {
    let full = framework.trim_end_matches("(inferred)").trim().to_ascii_lowercase();
    let engine = catalogue
        .meant(&catalogue.engines, &full)
        .or_else(|| full.split('-').find_map(|part| catalogue.meant(&catalogue.engines, part)));
    (full, engine)
}

/// When software runs: how far it has come.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Era {
    /// The date, in years of our era.
    pub date: Option<f64>,
    /// When both chip and model were out.
    pub since: Option<f64>,
}

/// Constants at a date: software gets faster by the year, and what is newly supported takes longer.
/// Without a date they are as they are.
#[must_use]
pub fn matured(constants: &Constants, era: Era) -> Constants {
    let mut constants = *constants;
    let Some(date) = era.date else { return constants };
    // Years beyond those that were measured count for less and less.
    let years = FORESEEN * ((date - constants.get(Constant::ProgressFrom)) / FORESEEN).tanh();
    let mut lag = -constants.get(Constant::Progress) * years;
    if let Some(since) = era.since {
        lag += constants.get(Constant::Immaturity) * (-(date - since).max(0.0) / MATURING).exp();
    }
    constants.0[Constant::StepScale as usize] *= lag.exp();
    constants.0[Constant::PrefillScale as usize] *= lag.exp();
    constants
}

/// The kind of attention that most of the cache is due to.
#[must_use]
pub fn attention_kind(attention: &[(f64, Attention)]) -> &'static str {
    let linear = attention.iter().any(|(_, kind)| matches!(kind, Attention::Linear { .. }));
    let first = attention.iter().find(|(_, kind)| !matches!(kind, Attention::Linear { .. }));
    match first.map(|(_, kind)| kind) {
        Some(Attention::Latent { selection: Some(_), .. }) => "latent_sparse",
        Some(Attention::Latent { .. }) => "latent",
        Some(Attention::Compressed { .. }) => "compressed",
        Some(Attention::Grouped { .. }) if linear => "grouped_linear",
        _ => "grouped",
    }
}

fn pool_together(row: &Row, taken: &mut Vec<String>) -> Result<Pool, String> {
    let tensor = row.positive("tp")?;
    let expert = row.number("ep")?.unwrap_or_else(|| {
        taken.push("experts are not spread".to_owned());
        1.0
    });
    let data = row.flag("dp_attention")?.unwrap_or_else(|| {
        taken.push("chips attend together".to_owned());
        false
    });
    let pipeline = row.number("pp")?.unwrap_or(1.0).max(1.0);
    let one = Pool { tensor, expert: expert.max(1.0), data_parallel_attention: data, pipeline, replicas: 1.0 };
    let chips = row.number("gpus")?.unwrap_or(one.replica_chips());
    Ok(Pool { replicas: (chips / one.replica_chips()).max(1.0), ..one })
}

fn pools_apart(row: &Row) -> Result<(Pool, Option<Pool>), String> {
    let all = row.number("gpus")?;
    let (reading, answering) = match (row.number("prefill_gpus")?, row.number("decode_gpus")?, all) {
        (Some(reading), Some(answering), _) => (reading, answering),
        (Some(reading), None, Some(all)) if all > reading => (reading, all - reading),
        (None, Some(answering), Some(all)) if all > answering => (all - answering, answering),
        _ => return Err("`prefill_gpus` and `decode_gpus` do not say how the chips are split".to_owned()),
    };
    let pool = |side: &str, chips: f64| -> Result<Pool, String> {
        let tensor = row.number(&format!("{side}_tp"))?.unwrap_or(1.0).max(1.0);
        let expert = row.number(&format!("{side}_ep"))?.unwrap_or(1.0).max(1.0);
        let data = row.flag(&format!("{side}_dp_attention"))?.unwrap_or(false);
        let one = Pool { tensor, expert, data_parallel_attention: data, pipeline: 1.0, replicas: 1.0 };
        let size = one.replica_chips();
        if size > chips {
            let whole = if data { Pool::data(chips) } else { Pool::tensor(chips) };
            return Ok(Pool { expert: if expert > 1.0 { chips } else { 1.0 }, ..whole });
        }
        Ok(Pool { replicas: chips / size, ..one })
    };
    Ok((pool("decode", answering)?, Some(pool("prefill", reading)?)))
}
