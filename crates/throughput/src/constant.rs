//! What a datasheet does not say: how much of each peak is achieved, and what each step costs besides.

use std::collections::BTreeMap;

/// A constant of serving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Constant {
    /// Part of the peak rate at which weights that every token passes through are read.
    WeightRead,
    /// Part of the peak rate at which the weights of experts are read.
    ExpertRead,
    /// Part of the peak rate at which the cache is read.
    CacheRead,
    /// Part of the peak arithmetic reached when answers are written.
    DecodeArithmetic,
    /// Part of the peak arithmetic reached when prompts are read.
    PrefillArithmetic,
    /// Part of the peak arithmetic reached by attention over a prompt.
    AttentionArithmetic,
    /// Time of a layer besides, in s.
    LayerTime,
    /// Time that compressing to a latent vector adds to a layer, in s.
    LatentTime,
    /// Time that a state of fixed size adds to a layer, in s.
    LinearTime,
    /// Time that selecting a part of the context adds to a layer, in s.
    SelectionTime,
    /// Time of a layer with experts besides, in s.
    ExpertTime,
    /// Time of a step besides, in s.
    StepTime,
    /// Time of each sequence in a step besides, in s.
    SequenceTime,
    /// Time to start one exchange between chips, in s, for each doubling of the chips.
    ExchangeTime,
    /// Part of the links' rate that exchanges reach.
    ExchangeRate,
    /// Part of the time that prompts take by which answers are held up, where both are on the same chips.
    Interference,
    /// How much longer a prompt waits as the chips that read prompts fill.
    Queue,
    /// Time to the first token besides, in s.
    FirstTokenTime,
    /// Time of a prompt besides, in s.
    PromptTime,
    /// How much more than its share the busiest chip does where experts are spread.
    Skew,
    /// How independently tokens choose experts: the power of their number that counts as choosing apart.
    Diversity,
    /// Tokens guessed in a step, where a run does not say.
    Guessed,
    /// Chance that a guessed token is accepted, given that those before it were.
    Accepted,
    /// Part of the places for requests that are filled on average.
    Occupancy,
    /// Throughput of the best deployments that were run over that of the best that a search finds.
    Reached,
    /// Factor on the time of a step: what the terms above leave.
    StepScale,
    /// Factor on the time of a prompt: what the terms above leave.
    PrefillScale,
    /// Power by which the time of a step rises with the sequences of a replica, besides.
    LoadSlope,
    /// How much longer the arithmetic of experts takes than that of what every token passes through, as the
    /// part of the rate that it reaches.
    ExpertArithmetic,
    /// Logarithm by which steps of newly supported hardware and models take longer.
    Immaturity,
    /// Logarithm by which steps take less time with each year of software.
    Progress,
    /// The date at which software is as the other constants have it, in years of our era.
    ProgressFrom,
    /// Part of the nameplate power that is drawn whatever is done.
    IdlePower,
    /// Part of it that reading memory at its peak adds.
    MemoryPower,
    /// Part of it that arithmetic at its peak adds.
    ArithmeticPower,
}

/// How a constant is composed of effects: in which space they add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Between zero and one: effects add to the logarithm of the odds.
    Fraction,
    /// Positive: effects add to the logarithm.
    Positive,
    /// Any number: effects add.
    Plain,
}

impl Constant {
    /// All constants, in the order of their values.
    pub const ALL: [Constant; 35] = [
        Constant::WeightRead,
        Constant::ExpertRead,
        Constant::CacheRead,
        Constant::DecodeArithmetic,
        Constant::PrefillArithmetic,
        Constant::AttentionArithmetic,
        Constant::LayerTime,
        Constant::LatentTime,
        Constant::LinearTime,
        Constant::SelectionTime,
        Constant::ExpertTime,
        Constant::StepTime,
        Constant::SequenceTime,
        Constant::ExchangeTime,
        Constant::ExchangeRate,
        Constant::Interference,
        Constant::Queue,
        Constant::FirstTokenTime,
        Constant::PromptTime,
        Constant::Skew,
        Constant::Diversity,
        Constant::Guessed,
        Constant::Accepted,
        Constant::Occupancy,
        Constant::Reached,
        Constant::StepScale,
        Constant::PrefillScale,
        Constant::LoadSlope,
        Constant::ExpertArithmetic,
        Constant::Immaturity,
        Constant::Progress,
        Constant::ProgressFrom,
        Constant::IdlePower,
        Constant::MemoryPower,
        Constant::ArithmeticPower,
    ];

    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Constant::WeightRead => "weight_read",
            Constant::ExpertRead => "expert_read",
            Constant::CacheRead => "cache_read",
            Constant::DecodeArithmetic => "decode_arithmetic",
            Constant::PrefillArithmetic => "prefill_arithmetic",
            Constant::AttentionArithmetic => "attention_arithmetic",
            Constant::LayerTime => "layer_time",
            Constant::LatentTime => "latent_time",
            Constant::LinearTime => "linear_time",
            Constant::SelectionTime => "selection_time",
            Constant::ExpertTime => "expert_time",
            Constant::StepTime => "step_time",
            Constant::SequenceTime => "sequence_time",
            Constant::ExchangeTime => "exchange_time",
            Constant::ExchangeRate => "exchange_rate",
            Constant::Interference => "interference",
            Constant::Queue => "queue",
            Constant::FirstTokenTime => "first_token_time",
            Constant::PromptTime => "prompt_time",
            Constant::Skew => "skew",
            Constant::Diversity => "diversity",
            Constant::Guessed => "guessed",
            Constant::Accepted => "accepted",
            Constant::Occupancy => "occupancy",
            Constant::Reached => "reached",
            Constant::StepScale => "step_scale",
            Constant::PrefillScale => "prefill_scale",
            Constant::LoadSlope => "load_slope",
            Constant::ExpertArithmetic => "expert_arithmetic",
            Constant::Immaturity => "immaturity",
            Constant::Progress => "progress",
            Constant::ProgressFrom => "progress_from",
            Constant::IdlePower => "idle_power",
            Constant::MemoryPower => "memory_power",
            Constant::ArithmeticPower => "arithmetic_power",
        }
    }

    /// The constant of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Constant> {
        Constant::ALL.into_iter().find(|constant| constant.name() == name)
    }

    /// The space in which its effects add up.
    #[must_use]
    pub fn link(self) -> Link {
        match self {
            Constant::WeightRead
            | Constant::ExpertRead
            | Constant::CacheRead
            | Constant::DecodeArithmetic
            | Constant::PrefillArithmetic
            | Constant::ExpertArithmetic
            | Constant::AttentionArithmetic
            | Constant::ExchangeRate
            | Constant::Accepted
            | Constant::Diversity
            | Constant::Occupancy
            | Constant::IdlePower
            | Constant::MemoryPower
            | Constant::ArithmeticPower => Link::Fraction,
            Constant::LoadSlope | Constant::Immaturity | Constant::Progress | Constant::ProgressFrom => Link::Plain,
            _ => Link::Positive,
        }
    }
}

impl Link {
    /// From the space in which effects add up to the constant.
    #[must_use]
    pub fn natural(self, sum: f64) -> f64 {
        match self {
            Link::Fraction => 1.0 / (1.0 + (-sum).exp()),
            Link::Positive => sum.exp(),
            Link::Plain => sum,
        }
    }

    /// From a constant to the space in which effects add up.
    #[must_use]
    pub fn linked(self, natural: f64) -> f64 {
        match self {
            Link::Fraction => (natural / (1.0 - natural)).ln(),
            Link::Positive => natural.ln(),
            Link::Plain => natural,
        }
    }
}

/// The constants of one way of serving, each in its own unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constants(pub [f64; Constant::ALL.len()]);

impl Constants {
    /// From the sums of effects.
    #[must_use]
    pub fn from_sums(sums: &[f64; Constant::ALL.len()]) -> Constants {
        let mut natural = [0.0; Constant::ALL.len()];
        for constant in Constant::ALL {
            natural[constant as usize] = constant.link().natural(sums[constant as usize]);
        }
        Constants(natural)
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, constant: Constant) -> f64 {
        self.0[constant as usize]
    }
}

/// Between the parts of a name that are names themselves.
pub const SEPARATOR: &str = "__";

/// What an effect goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Everything.
    All,
    /// The maker of the chip.
    Vendor,
    /// The generation of the chip.
    Generation,
    /// The chip.
    Chip,
    /// The engine that serves.
    Engine,
    /// The engine with what places its workers.
    Framework,
    /// The format of the weights.
    Format,
    /// The kind of attention.
    Attention,
    /// The model.
    Model,
    /// Engine and maker of the chip.
    EngineVendor,
    /// Engine and generation of the chip.
    EngineGeneration,
    /// Engine and format.
    EngineFormat,
    /// Generation of the chip and format.
    GenerationFormat,
    /// Engine and model.
    EngineModel,
    /// Engine and kind of attention.
    EngineAttention,
    /// Model and generation of the chip.
    ModelGeneration,
    /// Framework, model, format and whether tokens are guessed.
    Service,
    /// All of it: chip, model, format, framework, whether tokens are guessed.
    Cell,
}

impl Level {
    /// All levels, the widest first.
    pub const ALL: [Level; 18] = [
        Level::All,
        Level::Vendor,
        Level::Generation,
        Level::Chip,
        Level::Engine,
        Level::Framework,
        Level::Format,
        Level::Attention,
        Level::Model,
        Level::EngineVendor,
        Level::EngineGeneration,
        Level::EngineFormat,
        Level::GenerationFormat,
        Level::EngineModel,
        Level::EngineAttention,
        Level::ModelGeneration,
        Level::Service,
        Level::Cell,
    ];

    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Level::All => "all",
            Level::Vendor => "vendor",
            Level::Generation => "generation",
            Level::Chip => "chip",
            Level::Engine => "engine",
            Level::Framework => "framework",
            Level::Format => "format",
            Level::Attention => "attention",
            Level::Model => "model",
            Level::EngineVendor => "engine_vendor",
            Level::EngineGeneration => "engine_generation",
            Level::EngineFormat => "engine_format",
            Level::GenerationFormat => "generation_format",
            Level::EngineModel => "engine_model",
            Level::EngineAttention => "engine_attention",
            Level::ModelGeneration => "model_generation",
            Level::Service => "service",
            Level::Cell => "cell",
        }
    }

    /// The level of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// Who serves what on what, by name: what effects go by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The chip.
    pub chip: String,
    /// Its generation.
    pub generation: String,
    /// Its maker.
    pub vendor: String,
    /// The model.
    pub model: String,
    /// Its kind of attention.
    pub attention: String,
    /// The format of the weights.
    pub format: String,
    /// The engine.
    pub engine: String,
    /// The engine with what places its workers; the engine alone where prompts and answers share chips.
    pub framework: String,
    /// Whether tokens are guessed ahead.
    pub speculation: bool,
}

impl Identity {
    /// The member of a level that this is.
    #[must_use]
    pub fn member(&self, level: Level) -> String {
        let guess = if self.speculation { "guessing" } else { "plain" };
        let join = |parts: &[&str]| parts.join(SEPARATOR);
        match level {
            Level::All => String::new(),
            Level::Vendor => self.vendor.clone(),
            Level::Generation => self.generation.clone(),
            Level::Chip => self.chip.clone(),
            Level::Engine => self.engine.clone(),
            Level::Framework => self.framework.clone(),
            Level::Format => self.format.clone(),
            Level::Attention => self.attention.clone(),
            Level::Model => self.model.clone(),
            Level::EngineVendor => join(&[&self.engine, &self.vendor]),
            Level::EngineGeneration => join(&[&self.engine, &self.generation]),
            Level::EngineFormat => join(&[&self.engine, &self.format]),
            Level::GenerationFormat => join(&[&self.generation, &self.format]),
            Level::EngineModel => join(&[&self.engine, &self.model]),
            Level::EngineAttention => join(&[&self.engine, &self.attention]),
            Level::ModelGeneration => join(&[&self.model, &self.generation]),
            Level::Service => join(&[&self.framework, &self.model, &self.format, guess]),
            Level::Cell => join(&[&self.chip, &self.framework, &self.model, &self.format, guess]),
        }
    }
}

/// Constants as sums: a median for all, and effects by level and member. A member that is not there has
/// no effect, so that an unknown chip or model gets what its relatives share.
#[derive(Clone, Debug, PartialEq)]
pub struct Effects {
    /// Medians, in the space in which effects add up.
    pub medians: [f64; Constant::ALL.len()],
    /// Effects, in that space.
    pub effects: BTreeMap<(Constant, Level, String), f64>,
}

impl Default for Effects {
    fn default() -> Effects {
        Effects { medians: [0.0; Constant::ALL.len()], effects: BTreeMap::new() }
    }
}

impl Effects {
    /// Enters an effect under its name: constant, level and, but for the level of all, members, with
    /// two underscores between. The effect of the level of all is the sum for an unknown member.
    ///
    /// # Errors
    /// What in the name is not known.
    pub fn enter(&mut self, name: &str, value: f64) -> Result<(), String> {
        let mut parts = name.splitn(3, SEPARATOR);
        let constant =
            parts.next().and_then(Constant::parse).ok_or_else(|| format!("`{name}` begins with no constant"))?;
        let level = parts.next().and_then(Level::parse).ok_or_else(|| format!("`{name}` has no level"))?;
        let member = parts.next().unwrap_or_default();
        if level == Level::All {
            self.medians[constant as usize] = value;
        } else {
            self.effects.insert((constant, level, member.to_owned()), value);
        }
        Ok(())
    }

    /// All effects by name, in order.
    pub fn named(&self) -> impl Iterator<Item = (String, f64)> + '_ {
        Constant::ALL.into_iter().flat_map(move |constant| {
            let of_all = self.effects.get(&(constant, Level::All, String::new())).copied().unwrap_or(0.0);
            let all = format!("{}{SEPARATOR}{}", constant.name(), Level::All.name());
            let others =
                self.effects.iter().filter(move |((other, level, _), _)| *other == constant && *level != Level::All);
            std::iter::once((all, self.medians[constant as usize] + of_all)).chain(others.map(
                |((constant, level, member), value)| {
                    (format!("{}{SEPARATOR}{}{SEPARATOR}{member}", constant.name(), level.name()), *value)
                },
            ))
        })
    }

    /// The constants of one way of serving.
    #[must_use]
    pub fn constants(&self, identity: &Identity) -> Constants {
        let mut sums = self.medians;
        for level in Level::ALL {
            let member = identity.member(level);
            for constant in Constant::ALL {
                let key = (constant, level, member.clone());
                sums[constant as usize] += self.effects.get(&key).copied().unwrap_or(0.0);
            }
        }
        Constants::from_sums(&sums)
    }

    /// The medians of priors, in the space in which effects add up.
    #[must_use]
    pub fn medians(priors: &crate::calibration::prior::Priors) -> [f64; Constant::ALL.len()] {
        let mut medians = [0.0; Constant::ALL.len()];
        for (constant, median) in &priors.medians {
            medians[*constant as usize] = constant.link().linked(*median);
        }
        medians
    }
}
