//! What a deployment draws.

use crate::{Constant, Constants, Deployment, Operation, Replica, Workload};

impl Replica {
    /// Seconds that reading memory and arithmetic would take at their peaks in one step, as in
    /// [`Replica::step`].
    #[must_use]
    pub fn peaks(&self, batch: f64, context: f64, tokens: f64) -> (f64, f64) {
        let batch = self.in_stage(batch);
        let all = batch * tokens;
        let mut read = self.peak.common_read + self.peak.state_read * batch;
        for experts in &self.experts {
            if experts.read > 0.0 {
                read +=
                    self.peak.expert_read * experts.read * (1.0 - (experts.passed_by * self.choosing_apart(all)).exp());
            }
        }
        for cache in &self.caches {
            read += self.peak.cache_read * cache.read * batch * context.min(cache.window);
        }
        (read, self.peak.work * all)
    }
}

impl Deployment {
    /// Power of a chip on average, in W, for a nameplate power: what is drawn whatever is done, and what
    /// reading memory and arithmetic add by the part of the time that they would take at their peaks.
    #[must_use]
    pub fn chip_power(&self, operation: &Operation, workload: &Workload, nameplate: f64, constants: &Constants) -> f64 {
        let step = self.answering.peaks(operation.batch, workload.context(), 1.0 + self.speculation.guessed);
        // In steps of one replica for each second.
        let steps = 1.0 / (operation.interval * self.speculation.progress());
        let prompts = operation.requests / self.answering_replicas;
        let fresh = workload.fresh();
        let (mut read, mut work) = (step.0 * steps, step.1 * steps);
        match &self.reading {
            None => {
                work += prompts * fresh * self.answering.peak.work;
            }
            Some((replica, replicas)) => {
                // Averaged over the chips of both kinds.
                let all = self.chips();
                let own = self.answering.chips * self.answering_replicas / all;
                let theirs = replica.chips * replicas / all;
                read *= own;
                work = work * own + operation.requests / replicas * fresh * replica.peak.work * theirs;
            }
        }
        let share = constants.get(Constant::IdlePower)
            + constants.get(Constant::MemoryPower) * read.min(1.0)
            + constants.get(Constant::ArithmeticPower) * work.min(1.0);
        nameplate * share.min(1.0)
    }

    /// Energy of the chips for a token of answers, in J.
    #[must_use]
    pub fn output_energy(
        &self,
        operation: &Operation,
        workload: &Workload,
        nameplate: f64,
        constants: &Constants,
    ) -> f64 {
        self.chip_power(operation, workload, nameplate, constants) * self.chips()
            / (operation.requests * workload.output)
    }
}
