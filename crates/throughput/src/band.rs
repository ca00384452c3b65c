//! How far off predictions are: the middle four fifths of what was measured over what was predicted.

use crate::catalogue::Catalogue;
use crate::constant::{Constant, Identity, Level, SEPARATOR};
use std::collections::BTreeMap;

/// What is predicted of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Measure {
    /// Seconds from one token of an answer to the next.
    Interval,
    /// Tokens a second for each chip.
    Throughput,
    /// Seconds to the first token.
    FirstToken,
    /// Energy of the chips for a token of answers.
    Energy,
    /// Tokens a second for each chip of the best deployment at a speed for users.
    Frontier,
}

impl Measure {
    /// All measures, in the order in which they are compared.
    pub const ALL: [Measure; 5] =
        [Measure::Interval, Measure::Throughput, Measure::FirstToken, Measure::Energy, Measure::Frontier];

    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Measure::Interval => "interval",
            Measure::Throughput => "throughput",
            Measure::FirstToken => "first_token",
            Measure::Energy => "energy",
            Measure::Frontier => "frontier",
        }
    }
}

/// What of a run was measured before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Familiarity {
    /// This model on this chip, in this format, by this framework.
    Cell,
    /// Chip and model, but not so.
    Parts,
    /// The chip alone.
    Chip,
    /// The model alone.
    Model,
    /// Neither.
    Neither,
}

impl Familiarity {
    /// What of a run effects were fitted to.
    #[must_use]
    pub fn of(catalogue: &Catalogue, identity: &Identity) -> Familiarity {
        let seen = |level: Level| {
            let key = (Constant::StepScale, level, identity.member(level));
            catalogue.effects.effects.contains_key(&key)
        };
        match (seen(Level::Cell), seen(Level::Chip), seen(Level::Model)) {
            (true, _, _) => Familiarity::Cell,
            (false, true, true) => Familiarity::Parts,
            (false, true, false) => Familiarity::Chip,
            (false, false, true) => Familiarity::Model,
            (false, false, false) => Familiarity::Neither,
        }
    }

    /// All of them.
    pub const ALL: [Familiarity; 5] =
        [Familiarity::Cell, Familiarity::Parts, Familiarity::Chip, Familiarity::Model, Familiarity::Neither];

    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Familiarity::Cell => "cell",
            Familiarity::Parts => "parts",
            Familiarity::Chip => "chip",
            Familiarity::Model => "model",
            Familiarity::Neither => "neither",
        }
    }
}

/// The tenth and the ninetieth percentile of measured over predicted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Factor to the low end.
    pub low: f64,
    /// Factor to the high end.
    pub high: f64,
}

/// Bands by what was measured before, by measure, and by whether prompts are read on chips of their own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bands(pub BTreeMap<(Measure, Familiarity, bool), Band>);

impl Bands {
    /// A band; from zero to infinity where none is known.
    #[must_use]
    pub fn get(&self, measure: Measure, familiarity: Familiarity, apart: bool) -> Band {
        self.0.get(&(measure, familiarity, apart)).copied().unwrap_or(Band { low: 0.0, high: f64::INFINITY })
    }

    /// The name of one end of a band in tables.
    #[must_use]
    pub fn name(measure: Measure, familiarity: Familiarity, apart: bool, high: bool) -> String {
        let end = if high { "high" } else { "low" };
        [measure.name(), familiarity.name(), if apart { "apart" } else { "together" }, end].join(SEPARATOR)
    }

    /// Enters one end of a band under its name.
    ///
    /// # Errors
    /// What is no such name.
    pub fn enter(&mut self, name: &str, value: f64) -> Result<(), String> {
        for measure in Measure::ALL {
            for familiarity in Familiarity::ALL {
                for apart in [false, true] {
                    for high in [false, true] {
                        if Bands::name(measure, familiarity, apart, high) == name {
                            let band = self
                                .0
                                .entry((measure, familiarity, apart))
                                .or_insert(Band { low: 0.0, high: f64::INFINITY });
                            if high {
                                band.high = value;
                            } else {
                                band.low = value;
                            }
                            return Ok(());
                        }
                    }
                }
            }
        }
        Err(format!("`{name}` is no end of a band"))
    }
}
