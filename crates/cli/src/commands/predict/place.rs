//! Placing rows that do not say all: what is not told is taken as it serves the most, and said.

use crate::serving::deployment_text;
use tokenomics_throughput::calibration::run::predicted;
use tokenomics_throughput::catalogue::{Catalogue, KnownChip};
use tokenomics_throughput::row::Row;
use tokenomics_throughput::setting::{REAL_LENGTH, Setting, served_by};
use tokenomics_throughput::{Constant, Constants, Level, Pool, Replica};

/// Between the parts of the names that effects go by.
const SEPARATOR: &str = "__";

/// The widest replica that is tried where a row does not say how wide its replicas are.
const WIDEST: f64 = 128.0;

/// A row as it can be placed, and what of it was taken for granted.
pub struct Prepared {
    /// The row, completed so that it can be placed.
    row: Row,
    /// What was taken for granted.
    taken: Vec<String>,
    /// The accelerators of a deployment whose pools are still to be found.
    open: Option<f64>,
    /// Whether the pools do not matter.
    free: bool,
}

impl Prepared {
    /// Completes a row. With `free`, how accelerators share the work and how many requests are in
    /// progress do not matter.
    ///
    /// # Errors
    /// What the row lacks that cannot be taken for granted.
    pub fn new(row: &Row, catalogue: &Catalogue, free: bool) -> Result<Prepared, String> {
        let mut prepared = Prepared { row: row.clone(), taken: Vec::new(), open: None, free };
        prepared.framework(catalogue);
        let apart = row.flag("disagg")?.unwrap_or(false);
        if free {
            prepared.row.set("concurrency", "1");
            prepared.stand_in(apart);
        } else if apart {
            prepared.pools_apart()?;
        } else {
            prepared.pool_together()?;
        }
        Ok(prepared)
    }

    /// Places the row; `constants` gives those of an identity.
    ///
    /// # Errors
    /// What it says that is not known, or why no deployment can be found.
    pub fn place<'a>(
        self,
        catalogue: &'a Catalogue,
        constants: impl FnOnce(&Setting<'a>) -> Constants,
    ) -> Result<Setting<'a>, String> {
        let mut setting = Setting::place(&self.row, catalogue, REAL_LENGTH)?;
        let constants = constants(&setting);
        if let Some(chips) = self.open {
            let why = format!("how {chips} accelerators are shared is not told");
            setting = open_pools(setting, chips, Some(&self.row), &constants, &why)
                .ok_or_else(|| format!("no way to share the model among {chips} accelerators has the memory for it"))?;
        } else if let (false, Err(fault)) = (self.free, setting.deployment(&constants)) {
            let chips = setting.answering.chips() + setting.reading.map_or(0.0, |pool| pool.chips());
            let why = format!("shared as it says, {chips} accelerators do not hold the model");
            setting = open_pools(setting, chips, None, &constants, &why).ok_or(fault)?;
        }
        setting.taken.splice(0..0, self.taken);
        if setting.era.date.is_none() {
            setting.taken.push("no date of the run: software is as it was on average".to_owned());
        }
        Ok(setting)
    }

    /// A framework that is not known is taken for the engine of which most is known on such chips.
    fn framework(&mut self, catalogue: &Catalogue) {
        let named = self.row.text("framework").unwrap_or_default().to_owned();
        let (full, known) = served_by(&named, catalogue);
        if known.is_some() {
            return;
        }
        let chip = self.row.text("hardware").and_then(|name| catalogue.meant(&catalogue.chips, name));
        let Some(engine) = likely_engine(catalogue, chip.map(|(_, chip)| chip)) else { return };
        let what = if full.is_empty() { "no framework is named".to_owned() } else { format!("`{full}` is not known") };
        self.taken.push(format!("{what}: taken for {engine}"));
        let text = if full.is_empty() { engine.to_owned() } else { format!("{full}-{engine}") };
        self.row.set("framework", text);
    }

    fn pool_together(&mut self) -> Result<(), String> {
        if self.row.number("tp")?.is_some() {
            return Ok(());
        }
        let expert = self.row.number("ep")?.filter(|expert| *expert > 1.0);
        if let Some(expert) = expert {
            self.row.set("tp", expert.to_string());
            self.taken.push(format!("`tp` is empty: taken as {expert}, as `ep` is"));
        } else if let Some(chips) = self.row.number("gpus")?.filter(|chips| *chips >= 1.0) {
            self.row.set("tp", chips.to_string());
            self.open = Some(chips);
        } else {
            return Err("`tp` is empty, and neither `ep` nor `gpus` says how many accelerators share the model".into());
        }
        Ok(())
    }

    /// Where a row does not say how its accelerators are split between prompts and answers, or says of a
    /// side that it has all of them, both sides are open.
    fn pools_apart(&mut self) -> Result<(), String> {
        let all = self.row.number("gpus")?;
        let split = [self.row.number("prefill_gpus")?, self.row.number("decode_gpus")?];
        let told = match (split, all) {
            ([Some(_), Some(_)], _) => true,
            ([Some(one), None] | [None, Some(one)], Some(all)) => all > one,
            _ => false,
        };
        if told {
            return Ok(());
        }
        let width = |row: &Row, side: &str| -> Result<Option<f64>, String> {
            let widths = [row.number(&format!("{side}tp"))?, row.number(&format!("{side}ep"))?];
            Ok(widths.into_iter().flatten().reduce(f64::max))
        };
        let [common, reading, answering] =
            [width(&self.row, "")?, width(&self.row, "prefill_")?, width(&self.row, "decode_")?];
        let chips = match (all, split, reading, answering) {
            (Some(all), ..) if all >= 2.0 => all,
            // One replica of each side.
            (_, [Some(one), None], _, other) | (_, [None, Some(one)], other, _) => one + other.unwrap_or(one),
            (_, _, Some(reading), Some(answering)) => reading + answering,
            _ => common.filter(|chips| *chips >= 2.0).ok_or_else(|| {
                "none of `prefill_gpus`, `decode_gpus`, `gpus` and `tp` says how many accelerators there are".to_owned()
            })?,
        };
        self.stand_in(true);
        self.open = Some(chips);
        Ok(())
    }

    /// Pools of no meaning, for a row whose pools are found elsewhere.
    fn stand_in(&mut self, apart: bool) {
        self.row.set("gpus", "");
        if apart {
            for column in ["prefill_gpus", "decode_gpus"] {
                self.row.set(column, "1");
            }
        } else {
            for (column, text) in [("tp", "1"), ("ep", "1"), ("dp_attention", "False"), ("pp", "")] {
                self.row.set(column, text);
            }
        }
    }
}

/// The engine that runs on the chips of a maker and of which constants are known for most cells.
fn likely_engine<'a>(catalogue: &'a Catalogue, chip: Option<&KnownChip>) -> Option<&'a str> {
    let runs = |vendors: &[String]| chip.is_none_or(|chip| vendors.contains(&chip.vendor));
    let cells = |engine: &str| {
        let cells = catalogue.effects.effects.keys().filter(|(constant, level, member)| {
            *constant == Constant::StepScale
                && *level == Level::Cell
                && member.split(SEPARATOR).any(|part| part == engine)
        });
        cells.count()
    };
    let able = catalogue.engines.iter().filter(|(_, engine)| runs(&engine.vendors));
    able.max_by_key(|(name, _)| cells(name)).map(|(name, _)| name.as_str())
}

/// The setting with the pools of so many accelerators that serve the most at its concurrency.
fn open_pools<'a>(
    setting: Setting<'a>,
    chips: f64,
    row: Option<&Row>,
    constants: &Constants,
    why: &str,
) -> Option<Setting<'a>> {
    let mut best: Option<(f64, Pool, Option<Pool>)> = None;
    let consider = |best: &mut Option<(f64, Pool, Option<Pool>)>, answering: Pool, reading: Option<Pool>| {
        let setting = Setting { answering, reading, ..setting.clone() };
        let Some([_, throughput, ..]) = predicted(&setting, constants) else { return };
        if throughput.is_finite() && best.as_ref().is_none_or(|(most, ..)| throughput > *most) {
            *best = Some((throughput, answering, reading));
        }
    };
    let apart = setting.reading.is_some();
    let room = if apart { chips - 1.0 } else { chips };
    let told = |side: &str| row.and_then(|row| told_pool(row, side, room));
    let holds = |pool: &Pool| prompts_of_a_chip(&setting, pool, constants) > 0.0;
    let all: Vec<Pool> = pools(&setting, room).into_iter().filter(holds).collect();
    let answerers = told("decode_").map_or_else(|| all.clone(), |pool| vec![pool]);
    if apart {
        let rate = |pool: &&Pool| prompts_of_a_chip(&setting, pool, constants);
        let most = || all.iter().max_by(|left, right| rate(left).total_cmp(&rate(right))).copied();
        let reader = told("prefill_").or_else(most)?;
        // Whole replicas, unless there are none that come to so many accelerators.
        for whole in [true, false] {
            for (count, pool) in pairs(&reader, &answerers, room) {
                let replicas = (chips - count * reader.replica_chips()) / pool.replica_chips();
                if replicas >= 1.0 && (replicas.fract() == 0.0) == whole {
                    consider(&mut best, Pool { replicas, ..pool }, Some(Pool { replicas: count, ..reader }));
                }
            }
            if best.is_some() {
                break;
            }
        }
    } else {
        for pool in &answerers {
            consider(&mut best, Pool { replicas: chips / pool.replica_chips(), ..*pool }, None);
        }
    }
    let (_, answering, reading) = best?;
    let mut setting = Setting { answering, reading, ..setting };
    let found = deployment_text(&answering, reading.as_ref());
    setting.taken.retain(|what| what.starts_with("the cache"));
    setting.taken.insert(0, format!("{why}: taken as {found}, which serves the most at this concurrency"));
    Some(setting)
}

/// Every number of readers that there is room for, with every kind of replica that answers.
fn pairs(reader: &Pool, answerers: &[Pool], room: f64) -> Vec<(f64, Pool)> {
    let most = crate::numbers::whole((room / reader.replica_chips()).floor());
    (1..=most).flat_map(|count| answerers.iter().map(move |pool| (count as f64, *pool))).collect()
}

/// The replica that a row tells of for a side, if there is room for it.
fn told_pool(row: &Row, side: &str, room: f64) -> Option<Pool> {
    let number = |what: &str| row.number(&format!("{side}{what}")).ok().flatten().unwrap_or(1.0);
    let data = row.flag(&format!("{side}dp_attention")).ok().flatten().unwrap_or(false);
    let told = Pool {
        tensor: number("tp"),
        expert: number("ep"),
        data_parallel_attention: data,
        pipeline: 1.0,
        replicas: 1.0,
    };
    (told.group() > 1.0 && told.group() <= room).then_some(told)
}

/// The replicas that there is room for, in powers of two.
fn pools(setting: &Setting<'_>, room: f64) -> Vec<Pool> {
    let experts = setting.model.architecture.expert_layers() > 0.0;
    let mut pools = Vec::new();
    let mut size = 1.0;
    while size <= room.min(WIDEST) {
        pools.push(Pool::tensor(size));
        if experts && size > 1.0 {
            pools.push(Pool { expert: size, ..Pool::tensor(size) });
            pools.push(Pool::data(size));
        }
        size *= 2.0;
    }
    pools
}

/// Prompts that a chip of a pool reads in a second; zero where the pool cannot hold the model.
fn prompts_of_a_chip(setting: &Setting<'_>, pool: &Pool, constants: &Constants) -> f64 {
    let replica = Replica::compile(setting.chip, &setting.model.architecture, setting.precision, pool, constants);
    replica.map_or(0.0, |replica| 1.0 / (replica.prompt(&setting.workload) * replica.chips()))
}
