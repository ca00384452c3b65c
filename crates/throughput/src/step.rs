//! How long a replica takes: for a step of an answer, and for a prompt.

use crate::Replica;

/// What is asked of a deployment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Workload {
    /// Tokens of a prompt.
    pub input: f64,
    /// Tokens of an answer.
    pub output: f64,
    /// Tokens of the prompt that are found in the cache.
    pub cached: f64,
}

/// Tokens guessed ahead in each step, and how many of them are accepted on average.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Speculation {
    /// Tokens guessed.
    pub guessed: f64,
    /// Tokens accepted of those.
    pub accepted: f64,
}

impl Speculation {
    /// Tokens guessed one after the other, each accepted with this chance if those before it were.
    #[must_use]
    pub fn chain(guessed: f64, chance: f64) -> Speculation {
        let accepted = if chance < 1.0 { chance * (1.0 - chance.powf(guessed)) / (1.0 - chance) } else { guessed };
        Speculation { guessed, accepted }
    }

    /// Tokens that one step adds to an answer.
    #[must_use]
    pub fn progress(&self) -> f64 {
        1.0 + self.accepted
    }
}

impl Workload {
    /// Context of an answer on average: the prompt and half of the answer.
    #[must_use]
    pub fn context(&self) -> f64 {
        self.input + 0.5 * self.output
    }

    /// Tokens of the prompt that must be read.
    #[must_use]
    pub fn fresh(&self) -> f64 {
        self.input - self.cached
    }
}

impl Replica {
    /// Seconds of one step in which each of `batch` sequences with `context` tokens each writes `tokens`
    /// tokens (one, and those guessed).
    ///
    /// Reading and arithmetic overlap: of each kind of work the root of the sum of squares is taken,
    /// which is the longer one where they differ much, and more where they are alike.
    #[must_use]
    pub fn step(&self, batch: f64, context: f64, tokens: f64) -> f64 {
        let batch = self.in_stage(batch);
        let all = batch * tokens;
        let mut time = self.fixed + self.dense_read.hypot_fast(self.dense_work * all);
        let apart = self.choosing_apart(all);
        for experts in &self.experts {
            if experts.read > 0.0 {
                let touched = 1.0 - (experts.passed_by * apart).exp();
                time += (experts.read * touched).hypot_fast(experts.work * all);
            }
        }
        let mut read = self.state_read * batch;
        let mut work = 0.0;
        for cache in &self.caches {
            let seen = context.min(cache.window);
            read += cache.read * batch * seen;
            work += cache.work * all * seen;
        }
        time += read.hypot_fast(work) + self.exchange * all + self.sequence * batch;
        if self.load_slope == 0.0 { time } else { time * (batch * (1.0 / 64.0)).max(1.0 / 64.0).powf(self.load_slope) }
    }

    /// Answers that pass a stage at once, of so many on the replica: no less than one that is whole.
    pub(crate) fn in_stage(&self, batch: f64) -> f64 {
        (batch / self.stages).max(batch.min(1.0))
    }

    /// Tokens that choose experts independently of one another, of so many in a step.
    pub(crate) fn choosing_apart(&self, tokens: f64) -> f64 {
        if self.diversity >= 1.0 || tokens <= 1.0 { tokens } else { tokens.powf(self.diversity) }
    }

    /// Seconds in which the replica does nothing but read one prompt: `fresh` tokens after `cached` ones
    /// that it finds in the cache. Stages read different prompts at once.
    #[must_use]
    pub fn prompt(&self, workload: &Workload) -> f64 {
        let matrices = workload.fresh() * (self.prompt_token + self.prompt_fixed);
        (matrices + self.prompt_attention(workload) + self.prompt_time) / self.stages
    }

    /// Seconds from the start of a prompt to its end when it is alone: chips that attend apart cannot
    /// share the attention over it, and it passes stages one after the other.
    #[must_use]
    pub fn prompt_latency(&self, workload: &Workload) -> f64 {
        let alone = (self.prompt_groups - 1.0) * (self.prompt_attention(workload) + self.prompt_time);
        self.prompt(workload) * self.stages + alone
    }

    fn prompt_attention(&self, workload: &Workload) -> f64 {
        let fresh = workload.fresh();
        // The tokens of a prompt see what is cached and, on average, half of what is not.
        let context = workload.cached + 0.5 * fresh;
        self.caches
            .iter()
            .filter(|cache| cache.prompt > 0.0)
            .map(|cache| cache.prompt * fresh * context.min(cache.window))
            .sum()
    }

    /// The most sequences whose contexts the memory of the replica holds.
    #[must_use]
    pub fn capacity(&self, workload: &Workload) -> f64 {
        let context = workload.input + workload.output;
        let bytes: f64 = self
            .caches
            .iter()
            .map(|cache| if cache.bytes > 0.0 { cache.bytes * context.min(cache.window) } else { 0.0 })
            .sum();
        self.free_bytes / (bytes + self.sequence_bytes)
    }
}

/// The root of the sum of two squares, without the care for overflow that `hypot` takes.
trait HypotFast {
    fn hypot_fast(self, other: f64) -> f64;
}

impl HypotFast for f64 {
    fn hypot_fast(self, other: f64) -> f64 {
        (self * self + other * other).sqrt()
    }
}
