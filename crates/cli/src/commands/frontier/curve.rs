//! The frontier of one model on one chip, with what each point costs and draws.

use super::cost::TokenTime;
use crate::serving::{Range, deployment_text};
use tokenomics_throughput::band::{Familiarity, Measure};
use tokenomics_throughput::catalogue::{Catalogue, KnownChip, KnownModel};
use tokenomics_throughput::frontier::{Point, Search, guessing};
use tokenomics_throughput::offer::{Offer, Wish};
use tokenomics_throughput::{Speculation, Workload};

/// Accelerators of a server.
const SERVER: f64 = 8.0;

/// Accelerators of the largest deployment that is searched unless a call says another.
const RACK: f64 = 72.0;

/// What an accelerator costs and draws.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Upkeep {
    /// Dollars for an hour.
    pub hour_cost: Option<f64>,
    /// Power with its share of host, network and building, in W.
    pub power: Option<f64>,
}

/// Dollars for a million tokens, by kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prices {
    /// Of prompts, read.
    pub fresh: f64,
    /// Of prompts, found in the cache.
    pub cached: f64,
    /// Of answers.
    pub output: f64,
    /// Of all tokens of a request together.
    pub all: f64,
}

/// A point of the frontier.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// How accelerators share the work.
    pub deployment: String,
    /// Engine, and what places its workers.
    pub framework: String,
    /// Formats of weights and cache.
    pub formats: [String; 2],
    /// Whether prompts are read on accelerators of their own.
    pub apart: bool,
    /// Tokens guessed ahead in a step.
    pub guessed: f64,
    /// Accelerators.
    pub chips: f64,
    /// Requests in progress in all.
    pub concurrency: f64,
    /// Answers being written at once, on one replica.
    pub batch: f64,
    /// Tokens a second for a user.
    pub speed: Range,
    /// Tokens in and out a second for each accelerator.
    pub total: Range,
    /// Tokens of answers a second for each accelerator.
    pub output: Range,
    /// Tokens in and out a second for each megawatt of the building.
    pub per_megawatt: Option<Range>,
    /// What tokens cost.
    pub prices: Option<Prices>,
    /// Energy of the accelerators for a token of answers, in J.
    pub output_energy: Option<Range>,
    /// Energy of the accelerators for any token, in J.
    pub token_energy: Option<Range>,
    /// Seconds to the first token.
    pub first_token: Option<Range>,
    /// Part of the accelerators' time that goes to prompts.
    pub reading_share: f64,
    /// What of this was measured before.
    pub familiarity: &'static str,
}

/// A frontier.
#[derive(Clone, Debug)]
pub struct Curve {
    /// The chip.
    pub chip: String,
    /// The language model.
    pub language_model: String,
    /// The points, from the fastest for a user to the most throughput.
    pub stops: Vec<Stop>,
    /// The most accelerators of a deployment that were searched, together and apart.
    pub most: [Option<f64>; 2],
    /// Of when the software is, in words.
    pub era: String,
    /// What is worth knowing of how it came about.
    pub notes: Vec<String>,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// What is known by name.
    pub catalogue: &'a Catalogue,
    /// The chip.
    pub chip: (&'a str, &'a KnownChip),
    /// The language model.
    pub language_model: (&'a str, &'a KnownModel),
    /// Ways that are of interest.
    pub wish: &'a Wish,
    /// Lengths.
    pub workload: Workload,
    /// The most accelerators, where a call says.
    pub most: Option<f64>,
    /// What an accelerator costs and draws.
    pub upkeep: Upkeep,
}

impl Question<'_> {
    /// The frontier over every way that is of interest; without points where nothing holds the model.
    #[must_use]
    pub fn curve(&self) -> Curve {
        let offers = Offer::all(self.catalogue, self.chip, self.language_model, Some(self.wish));
        let mut points: Vec<(Offer, Point)> = Vec::new();
        let mut most = [None; 2];
        for apart in [false, true] {
            let ways: Vec<Offer> = offers.iter().filter(|offer| offer.apart == apart).cloned().collect();
            // What is best of many unknown ways is mostly an error.
            let ways = Offer::familiar(self.catalogue, ways);
            if ways.is_empty() {
                continue;
            }
            for limit in self.limits(apart) {
                let found: Vec<(Offer, Point)> = ways
                    .iter()
                    .flat_map(|offer| {
                        self.search(offer, limit).frontier().into_iter().map(|point| (offer.clone(), point))
                    })
                    .collect();
                most[usize::from(apart)] = Some(limit);
                if !found.is_empty() {
                    points.extend(found);
                    break;
                }
            }
        }
        let stops = efficient(points).iter().map(|(offer, point)| self.stop(offer, point)).collect();
        Curve {
            chip: self.chip.0.to_owned(),
            language_model: self.language_model.0.to_owned(),
            stops,
            most,
            era: String::new(),
            notes: Vec::new(),
        }
    }

    /// The most accelerators to search, further ones where nothing is found with those before.
    fn limits(&self, apart: bool) -> Vec<f64> {
        let domain = self.chip.1.chip.scale_up_domain;
        match (self.most, apart) {
            (Some(most), _) => vec![most],
            (None, true) => vec![RACK.max(domain)],
            (None, false) => vec![SERVER, 2.0 * SERVER, 4.0 * SERVER, 8.0 * SERVER],
        }
    }

    fn search<'b>(&'b self, offer: &'b Offer, most_chips: f64) -> Search<'b> {
        Search {
            chip: &self.chip.1.chip,
            architecture: &self.language_model.1.architecture,
            precision: offer.precision,
            constants: &offer.constants,
            workload: self.workload,
            most_chips,
            apart: offer.apart,
            speculation: if offer.identity.speculation {
                guessing(&offer.constants, None)
            } else {
                Speculation::default()
            },
        }
    }

    fn stop(&self, offer: &Offer, point: &Point) -> Stop {
        let workload = &self.workload;
        let familiarity = Familiarity::of(self.catalogue, &offer.identity);
        let range = |measure, value| Range::new(value, self.catalogue.bands.get(measure, familiarity, offer.apart));
        let plain = |value: f64| Range { value, low: None, high: None };
        let nameplate = self.chip.1.chip.power.unwrap_or(f64::NAN);
        let energy = point.deployment.output_energy(&point.operation, workload, nameplate, &offer.constants);
        let energy = range(Measure::Energy, energy);
        let (total, output) = (point.total_per_chip(workload), point.output_per_chip(workload));
        let total = range(Measure::Frontier, total).unwrap_or(plain(total));
        let output_share = workload.output / (workload.input + workload.output);
        let time = TokenTime::of(point, workload);
        let prices = self.upkeep.hour_cost.map(|hour| {
            let million = |seconds: f64| seconds * hour / 3600.0 * 1e6;
            Prices {
                fresh: million(time.fresh),
                cached: million(time.cached),
                output: million(time.output),
                all: million(time.request(workload) / (workload.input + workload.output)),
            }
        });
        Stop {
            deployment: deployment_text(&point.answering, point.reading.as_ref()),
            framework: offer.identity.framework.clone(),
            formats: [offer.precision.experts.name().to_owned(), offer.precision.cache.name().to_owned()],
            apart: offer.apart,
            guessed: point.deployment.speculation.guessed,
            chips: point.deployment.chips(),
            concurrency: point.operation.concurrency,
            batch: point.operation.batch,
            speed: range(Measure::Interval, point.operation.interval)
                .unwrap_or(plain(point.operation.interval))
                .inverse(),
            total,
            output: range(Measure::Frontier, output).unwrap_or(plain(output)),
            per_megawatt: self.upkeep.power.map(|power| total.times(1e6 / power)),
            prices,
            output_energy: energy,
            token_energy: energy.map(|energy| energy.times(output_share)),
            first_token: range(Measure::FirstToken, point.operation.first_token),
            reading_share: tokenomics_throughput::native::reading_share(point, workload),
            familiarity: familiarity.name(),
        }
    }
}

/// The points that no other betters in both speed and throughput, the fastest first.
fn efficient(mut points: Vec<(Offer, Point)>) -> Vec<(Offer, Point)> {
    points.sort_by(|(_, left), (_, right)| {
        let speed = left.operation.interval.total_cmp(&right.operation.interval);
        speed.then(right.requests_per_chip().total_cmp(&left.requests_per_chip()))
    });
    let mut most = 0.0;
    points.retain(|(_, point)| {
        let better = point.requests_per_chip() > most;
        if better {
            most = point.requests_per_chip();
        }
        better
    });
    points
}

impl Curve {
    /// Some of the points, evenly spread by the ratio of speeds, the two ends among them.
    #[must_use]
    pub fn thinned(&self, most: usize) -> Vec<&Stop> {
        let [Some(first), Some(last)] = [self.stops.first(), self.stops.last()] else { return Vec::new() };
        if self.stops.len() <= most {
            return self.stops.iter().collect();
        }
        let (fastest, slowest) = (first.speed.value.ln(), last.speed.value.ln());
        let mut chosen: Vec<usize> = (0..most)
            .filter_map(|step| {
                let wanted = fastest + (slowest - fastest) * step as f64 / (most as f64 - 1.0);
                let away = |index: &usize| (self.stops[*index].speed.value.ln() - wanted).abs();
                (0..self.stops.len()).min_by(|left, right| away(left).total_cmp(&away(right)))
            })
            .collect();
        chosen.dedup();
        chosen.into_iter().map(|index| &self.stops[index]).collect()
    }
}
