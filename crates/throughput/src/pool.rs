//! How chips share the work of one copy of a model.

/// One kind of replica and how many of them there are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pool {
    /// Chips over which each matrix is cut.
    pub tensor: f64,
    /// Chips over which experts are spread.
    pub expert: f64,
    /// Whether each chip attends to sequences of its own, instead of to a share of the heads of all.
    pub data_parallel_attention: bool,
    /// Stages through which layers are cut one after the other.
    pub pipeline: f64,
    /// Replicas side by side.
    pub replicas: f64,
}

impl Pool {
    /// One replica over some chips, cut by matrices.
    #[must_use]
    pub fn tensor(chips: f64) -> Pool {
        Pool { tensor: chips, expert: 1.0, data_parallel_attention: false, pipeline: 1.0, replicas: 1.0 }
    }

    /// One replica over some chips, each attending to sequences of its own, experts spread over all.
    #[must_use]
    pub fn data(chips: f64) -> Pool {
        Pool { tensor: chips, expert: chips, data_parallel_attention: true, pipeline: 1.0, replicas: 1.0 }
    }

    /// Chips of a stage that hold one set of weights together.
    #[must_use]
    pub fn group(&self) -> f64 {
        self.tensor.max(self.expert)
    }

    /// Chips of one replica.
    #[must_use]
    pub fn replica_chips(&self) -> f64 {
        self.group() * self.pipeline
    }

    /// Chips in all.
    #[must_use]
    pub fn chips(&self) -> f64 {
        self.replica_chips() * self.replicas
    }

    /// Chips that attend to one sequence together.
    #[must_use]
    pub fn attention_chips(&self) -> f64 {
        if self.data_parallel_attention { 1.0 } else { self.group() }
    }

    /// Groups of sequences that are attended to apart.
    #[must_use]
    pub fn attention_groups(&self) -> f64 {
        self.group() / self.attention_chips()
    }
}
