//! From replicas to a deployment that answers requests without end.

use crate::{Constant, Constants, Replica, Speculation, Workload};

/// How closely the answers at once are found that make up a number of requests.
const PRECISE: f64 = 1e-8;

/// A deployment: replicas that answer, and others that read prompts or none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Deployment {
    /// The replica that writes answers, and reads prompts where there is no other.
    pub answering: Replica,
    /// How many of it.
    pub answering_replicas: f64,
    /// The replica that reads prompts and how many of it, where they are apart.
    pub reading: Option<(Replica, f64)>,
    /// Tokens guessed ahead.
    pub speculation: Speculation,
    /// See [`Constant::Interference`].
    pub interference: f64,
    /// See [`Constant::Queue`].
    pub queue: f64,
    /// See [`Constant::FirstTokenTime`].
    pub first_token: f64,
    /// See [`Constant::Occupancy`].
    pub occupancy: f64,
}

/// A deployment at work.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Operation {
    /// Requests in progress in all.
    pub concurrency: f64,
    /// Answers being written at once, on one replica.
    pub batch: f64,
    /// Seconds from one token of an answer to the next.
    pub interval: f64,
    /// Seconds until the first token.
    pub first_token: f64,
    /// Requests finished a second, in all.
    pub requests: f64,
    /// Part of the time in which prompts are read, on the chips that read them.
    pub reading_load: f64,
}

impl Deployment {
    /// A deployment in which the same chips read prompts and write answers.
    #[must_use]
    pub fn together(replica: Replica, replicas: f64, constants: &Constants) -> Deployment {
        Deployment {
            answering: replica,
            answering_replicas: replicas,
            reading: None,
            speculation: Speculation::default(),
            interference: constants.get(Constant::Interference),
            queue: constants.get(Constant::Queue),
            first_token: constants.get(Constant::FirstTokenTime),
            occupancy: constants.get(Constant::Occupancy),
        }
    }

    /// A deployment in which some chips read prompts and others write answers.
    #[must_use]
    pub fn apart(reading: (Replica, f64), answering: (Replica, f64), constants: &Constants) -> Deployment {
        Deployment { reading: Some(reading), ..Deployment::together(answering.0, answering.1, constants) }
    }

    /// Chips in all.
    #[must_use]
    pub fn chips(&self) -> f64 {
        self.answering.chips * self.answering_replicas
            + self.reading.map_or(0.0, |(replica, replicas)| replica.chips * replicas)
    }

    /// The deployment with so many answers being written at once on each replica.
    ///
    /// Every answer that ends brings a prompt that must be read: where the same chips do both, each
    /// token of an answer also waits for its share of that time.
    #[must_use]
    pub fn at(&self, batch: f64, workload: &Workload) -> Operation {
        let step = self.answering.step(batch, workload.context(), 1.0 + self.speculation.guessed);
        let own = step / self.speculation.progress();
        let (interval, prompt, latency, readers) = match &self.reading {
            None => {
                let prompt = self.answering.prompt(workload);
                let held_up = self.interference * batch * prompt / workload.output;
                (own + held_up, prompt, self.answering.prompt_latency(workload), self.answering_replicas)
            }
            Some((replica, replicas)) => (own, replica.prompt(workload), replica.prompt_latency(workload), *replicas),
        };
        let requests = batch * self.answering_replicas / (workload.output * interval);
        let load = requests * prompt / readers;
        let waiting = if self.reading.is_some() { load / (1.0 - load.min(0.999)) } else { load };
        let first_token = self.first_token + step + latency * (1.0 + self.queue * waiting);
        let concurrency = batch * self.answering_replicas + requests * first_token;
        Operation { concurrency, batch, interval, first_token, requests: requests * self.occupancy, reading_load: load }
    }

    /// The deployment with so many requests in progress in all: as one ends, the next comes.
    ///
    /// Requests that the memory of the answering replicas or the chips that read prompts have no room
    /// for wait before their first token.
    #[must_use]
    pub fn with_concurrency(&self, concurrency: f64, workload: &Workload) -> Operation {
        let most = (concurrency / self.answering_replicas).min(self.answering.capacity(workload));
        let excess = |at: &Operation| if at.reading_load > 1.0 { f64::INFINITY } else { at.concurrency - concurrency };
        let mut at = self.at(most, workload);
        let mut above = excess(&at);
        if above > 0.0 {
            // The answers at once lie between a lower and an upper bound. The line through what was found at
            // them mostly hits; halves keep the bound where it does not.
            let (mut low, mut high, mut below) = (0.0, most, -concurrency);
            let mut line = true;
            while high - low > PRECISE * high {
                let hit = if line && above.is_finite() {
                    low - below * (high - low) / (above - below)
                } else {
                    0.5 * (low + high)
                };
                // A little beyond what the line hits, so that both bounds close in.
                let middle =
                    (hit * (1.0 + 0.5 * PRECISE)).clamp(low + 0.25 * PRECISE * high, high - 0.25 * PRECISE * high);
                let width = high - low;
                let found = excess(&self.at(middle, workload));
                if found > 0.0 {
                    (high, above) = (middle, found);
                } else {
                    (low, below) = (middle, found);
                }
                line = high - low < 0.5 * width || !line;
            }
            at = self.at(low, workload);
        }
        let raw = at.requests / self.occupancy;
        let waiting = (concurrency - at.concurrency).max(0.0);
        Operation { concurrency, first_token: at.first_token + waiting / raw, ..at }
    }
}
