//! Throughput as sheets declare it.

mod inputs;

use crate::band::{Band, Familiarity, Measure};
use crate::catalogue::{Catalogue, KnownChip, KnownModel};
use crate::frontier::{Point, Search, guessing};
use crate::offer::Offer;
use crate::{Pool, Replica, Speculation, Workload};
use inputs::{CATALOGUE, Table};
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use tokenomics_language::native::{Cells, Native, Signature};

/// `native chips_needed[chip, model] : chip from …`
///
/// The fewest chips, by powers of two, whose memory holds a model and the context of one request, in the
/// narrowest format that the chip multiplies. Its inputs are a catalogue: see [`catalogue`].
#[derive(Clone, Copy, Debug, Default)]
pub struct ChipsNeeded;

/// All natives of this crate.
pub static NATIVES: &[&dyn Native] = &[
    &ChipsNeeded,
    &Throughput(Part::Throughput),
    &Throughput(Part::Low),
    &Throughput(Part::High),
    &Throughput(Part::ReadingShare),
    &Throughput(Part::Power),
    &Throughput(Part::Chips),
    &Throughput(Part::FirstToken),
];

/// A catalogue from the inputs of a native of this crate.
#[must_use]
pub fn catalogue(inputs: &[Signature<'_>], cells: &[Cells<'_>]) -> Catalogue {
    inputs::catalogue(inputs, cells)
}

impl Native for ChipsNeeded {
    fn name(&self) -> &'static str {
        "chips_needed"
    }

    fn summary(&self) -> &'static str {
        "the fewest accelerators whose memory holds a model"
    }

    fn may_lack(&self) -> bool {
        true
    }

    fn steady(&self) -> bool {
        true
    }

    fn accepts(&self, result: &Signature<'_>, inputs: &[Signature<'_>]) -> Result<(), String> {
        inputs::accepts(inputs)?;
        over(result, &[&inputs[0], &inputs[10]])
    }

    fn evaluate(&self, result: &Signature<'_>, inputs: &[Signature<'_>], cells: &[Cells<'_>]) -> Vec<Option<f64>> {
        let catalogue = inputs::catalogue(inputs, cells);
        let workload = Workload { input: 1024.0, output: 1024.0, cached: 0.0 };
        let mut needed = Vec::new();
        for chip in inputs::members(result, 0) {
            for model in inputs::members(result, 1) {
                let pair = catalogue.chips.get(chip).zip(catalogue.models.get(model));
                needed.push(pair.and_then(|(chip, model)| {
                    let fits = |chips: &f64| {
                        let pool = Pool::tensor(*chips);
                        let precision = Offer::narrowest(chip, model);
                        Replica::compile(
                            &chip.chip,
                            &model.architecture,
                            precision,
                            &pool,
                            &catalogue.effects.constants(&crate::Identity::default()),
                        )
                        .is_ok_and(|replica| replica.capacity(&workload) >= 1.0)
                    };
                    (0..9).map(|power| f64::from(1u32 << power)).find(fits)
                }));
            }
        }
        needed
    }
}

/// What is computed of the best deployment at a speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Tokens of prompts and answers a second for each chip.
    Throughput,
    /// The low end of its band.
    Low,
    /// The high end of its band.
    High,
    /// Part of the accelerators' time in which prompts are read.
    ReadingShare,
    /// Power of a chip by its own sensors, in W.
    Power,
    /// Chips of the deployment.
    Chips,
    /// Seconds to the first token.
    FirstToken,
}

/// `native throughput[chip, model, workload, tier] : tok/s/chip from …` and its companions
///
/// Of the deployment with the most throughput of all that give each user the speed of the tier. The inputs
/// are a catalogue, then the lengths of prompts and answers and the part of prompts that is cached, by
/// workload, the speed, by tier, and the most chips of a deployment. A cell lacks where no deployment is so
/// fast.
#[derive(Clone, Copy, Debug)]
pub struct Throughput(pub Part);

impl Native for Throughput {
    fn name(&self) -> &'static str {
        match self.0 {
            Part::Throughput => "throughput",
            Part::Low => "throughput_low",
            Part::High => "throughput_high",
            Part::ReadingShare => "reading_share",
            Part::Power => "serving_power",
            Part::Chips => "deployment_chips",
            Part::FirstToken => "first_token_wait",
        }
    }

    fn summary(&self) -> &'static str {
        match self.0 {
            Part::Throughput => "tokens a second for each accelerator of the best deployment at a speed for users",
            Part::Low => "the low end of throughput: one run in ten is below",
            Part::High => "the high end of throughput: one run in ten is above",
            Part::ReadingShare => "the part of accelerator time in which that deployment reads prompts",
            Part::Power => "the power of an accelerator in that deployment, by its own sensors",
            Part::Chips => "the accelerators of that deployment",
            Part::FirstToken => "the time to the first token in that deployment",
        }
    }

    fn may_lack(&self) -> bool {
        true
    }

    fn steady(&self) -> bool {
        true
    }

    fn accepts(&self, result: &Signature<'_>, inputs: &[Signature<'_>]) -> Result<(), String> {
        inputs::accepts(inputs)?;
        let [input, output, cached, speed, most] = &inputs[CATALOGUE..] else {
            return Err(format!(
                "after the catalogue it reads five inputs, the lengths of prompts and answers, the part cached, the speed and the most chips, and is given {}",
                inputs.len() - CATALOGUE
            ));
        };
        for (other, what) in [(output, "as the length of prompts does"), (cached, "as the length of prompts does")] {
            if other.dimensions.len() != 1
                || input.dimensions.len() != 1
                || other.dimensions[0].id != input.dimensions[0].id
            {
                return Err(format!("`{}` must vary by workload alone, {what}", other.name));
            }
        }
        if speed.dimensions.len() != 1 {
            return Err(format!("`{}` must vary by one dimension, the tier", speed.name));
        }
        if !most.dimensions.is_empty() {
            return Err(format!("`{}` must be one figure", most.name));
        }
        over(result, &[&inputs[0], &inputs[10], input, speed])
    }

    fn evaluate(&self, _: &Signature<'_>, inputs: &[Signature<'_>], cells: &[Cells<'_>]) -> Vec<Option<f64>> {
        let known =
            |found: &Option<Found>| found.as_ref().map(|found| found.part(self.0)).filter(|part| part.is_finite());
        found(inputs, cells).iter().map(known).collect()
    }
}

/// Whether the result ranges over the first dimensions of these inputs, in this order.
fn over(result: &Signature<'_>, inputs: &[&Signature<'_>]) -> Result<(), String> {
    let wanted: Vec<&str> = inputs.iter().map(|input| input.dimensions[0].name).collect();
    let same = result.dimensions.len() == inputs.len()
        && result.dimensions.iter().zip(inputs).all(|(dimension, input)| dimension.id == input.dimensions[0].id);
    if same { Ok(()) } else { Err(format!("the result must vary by [{}], in this order", wanted.join(", "))) }
}

/// The best deployment of a cell.
#[derive(Clone, Debug)]
struct Found {
    throughput: f64,
    low: f64,
    high: f64,
    reading_share: f64,
    power: f64,
    chips: f64,
    first_token: f64,
}

impl Found {
    fn part(&self, part: Part) -> f64 {
        match part {
            Part::Throughput => self.throughput,
            Part::Low => self.throughput * self.low,
            Part::High => self.throughput * self.high,
            Part::ReadingShare => self.reading_share,
            Part::Power => self.power,
            Part::Chips => self.chips,
            Part::FirstToken => self.first_token,
        }
    }
}

type Results = Arc<Vec<Option<Found>>>;

/// The last results, by what they were computed from: companions ask for the same, and so do scenarios
/// that change nothing here.
static KEPT: Mutex<Vec<(u64, Results)>> = Mutex::new(Vec::new());

/// Results that are kept.
const KEPT_RESULTS: usize = 4;

fn found(inputs: &[Signature<'_>], cells: &[Cells<'_>]) -> Results {
    let mut hasher = DefaultHasher::new();
    for (input, cells) in inputs.iter().zip(cells) {
        for dimension in &input.dimensions {
            dimension.members.hash(&mut hasher);
        }
        cells.present.hash(&mut hasher);
        cells.values.iter().for_each(|value| value.to_bits().hash(&mut hasher));
    }
    let key = hasher.finish();
    let mut kept = KEPT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some((_, results)) = kept.iter().find(|(known, _)| *known == key) {
        return Arc::clone(results);
    }
    let results = Arc::new(search(inputs, cells));
    if kept.len() == KEPT_RESULTS {
        kept.remove(0);
    }
    kept.push((key, Arc::clone(&results)));
    results
}

/// One way to serve a model on a chip, with what is the same for all workloads and speeds.
struct Ready<'a> {
    chip: &'a KnownChip,
    model: &'a KnownModel,
    offer: Offer,
    replicas: Vec<(Pool, Replica)>,
    band: Band,
}

impl<'a> Ready<'a> {
    /// All ways that are of interest.
    fn all(catalogue: &'a Catalogue, chip_name: &str, model_name: &str, most_chips: f64) -> Vec<Ready<'a>> {
        let pair = catalogue.chips.get(chip_name).zip(catalogue.models.get(model_name));
        let Some((chip, model)) = pair else { return Vec::new() };
        let offers = Offer::all(catalogue, (chip_name, chip), (model_name, model), None);
        let ready = |offer: Offer| {
            let familiarity = Familiarity::of(catalogue, &offer.identity);
            let band = catalogue.bands.get(Measure::Frontier, familiarity, offer.apart);
            let mut ready = Ready { chip, model, offer, replicas: Vec::new(), band };
            let nothing = Workload { input: 0.0, output: 1.0, cached: 0.0 };
            ready.replicas = ready.search(&nothing, most_chips).replicas();
            ready
        };
        Offer::familiar(catalogue, offers).into_iter().map(ready).collect()
    }

    fn search(&self, workload: &Workload, most_chips: f64) -> Search<'_> {
        let guesses = self.offer.identity.speculation;
        Search {
            chip: &self.chip.chip,
            architecture: &self.model.architecture,
            precision: self.offer.precision,
            constants: &self.offer.constants,
            workload: *workload,
            most_chips,
            apart: self.offer.apart,
            speculation: if guesses { guessing(&self.offer.constants, None) } else { Speculation::default() },
        }
    }
}

fn search(inputs: &[Signature<'_>], cells: &[Cells<'_>]) -> Vec<Option<Found>> {
    let catalogue = inputs::catalogue(inputs, cells);
    let table = |position: usize| Table::new(&inputs[CATALOGUE + position], cells[CATALOGUE + position]);
    let (input, output, cached, speed, most) = (table(0), table(1), table(2), table(3), table(4));
    let most = most.get(0, 0).unwrap_or(1.0);
    let workloads = inputs::members(&inputs[CATALOGUE], 0);
    let tiers = inputs::members(&inputs[CATALOGUE + 3], 0);
    let of_chip = |chip: &String| {
        let mut results = Vec::new();
        for model in inputs::members(&inputs[10], 0) {
            let ways = Ready::all(&catalogue, chip, model, most);
            for workload in 0..workloads.len() {
                let asked = input.get(workload, 0).zip(output.get(workload, 0)).map(|(input, output)| Workload {
                    input,
                    output,
                    cached: input * cached.get(workload, 0).unwrap_or(0.0),
                });
                results.extend(at_speeds(
                    tiers.len(),
                    |tier| speed.get(tier, 0),
                    |speed| asked.and_then(|workload| best(&ways, &workload, speed, most)),
                ));
            }
        }
        results
    };
    in_parallel(inputs::members(&inputs[0], 0), of_chip)
}

/// What a function makes of each item, in order, on all cores: where there is one only, or no threads, one after
/// the other.
fn in_parallel<T: Sync, R: Send>(items: &[T], function: impl Fn(&T) -> Vec<R> + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    if threads == 1 {
        return items.iter().flat_map(function).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { return done };
            done.push((index, function(item)));
        }
    };
    let mut done = thread::scope(|scope| {
        let helpers: Vec<_> = (1..threads.min(items.len())).map(|_| scope.spawn(work)).collect();
        let mut done = work();
        for helper in helpers {
            done.extend(helper.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().flat_map(|(_, results)| results).collect()
}

/// The best of each tier: a deployment that is faster serves a slower tier as well, where whole replicas
/// happen to suit it better.
fn at_speeds(
    tiers: usize,
    speed: impl Fn(usize) -> Option<f64>,
    best: impl Fn(f64) -> Option<Found>,
) -> Vec<Option<Found>> {
    let mut order: Vec<(usize, f64)> = (0..tiers).filter_map(|tier| Some((tier, speed(tier)?))).collect();
    order.sort_by(|(_, left), (_, right)| right.total_cmp(left));
    let mut results = vec![None; tiers];
    let mut faster: Option<Found> = None;
    for (tier, speed) in order {
        let own = best(speed);
        let more = |found: &Found| faster.as_ref().is_none_or(|faster| found.throughput >= faster.throughput);
        if own.as_ref().is_some_and(more) {
            faster = own;
        }
        results[tier].clone_from(&faster);
    }
    results
}

fn best(ways: &[Ready<'_>], workload: &Workload, speed: f64, most: f64) -> Option<Found> {
    let candidates = ways
        .iter()
        .filter_map(|ready| ready.search(workload, most).best_of(&ready.replicas, speed).map(|point| (ready, point)));
    let (ready, point) =
        candidates.max_by(|(_, left), (_, right)| left.requests_per_chip().total_cmp(&right.requests_per_chip()))?;
    let nameplate = ready.chip.chip.power.unwrap_or(f64::NAN);
    Some(Found {
        throughput: point.total_per_chip(workload),
        low: ready.band.low,
        high: ready.band.high,
        reading_share: reading_share(&point, workload),
        power: point.deployment.chip_power(&point.operation, workload, nameplate, &ready.offer.constants),
        chips: point.deployment.chips(),
        first_token: point.operation.first_token,
    })
}

/// Part of the time of a deployment's chips that goes to prompts: by chips where they are apart, by time
/// where they are not.
#[must_use]
pub fn reading_share(point: &Point, workload: &Workload) -> f64 {
    if let Some((replica, replicas)) = &point.deployment.reading {
        replica.chips() * replicas / point.deployment.chips()
    } else {
        let prompts = point.operation.batch / (workload.output * point.operation.interval);
        (prompts * point.deployment.answering.prompt(workload)).min(1.0)
    }
}
