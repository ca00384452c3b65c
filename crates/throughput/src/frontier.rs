//! The best a chip can do with a model: throughput against speed for a user, over all ways to share the work.

use crate::{
    Architecture, Chip, Constant, Constants, Deployment, Operation, Pool, Precision, Replica, Speculation, Workload,
};

/// Points of the search over batches, for each doubling.
const POINTS_PER_DOUBLING: f64 = 8.0;

/// The most answers at once on one replica that are searched.
const LARGEST_BATCH: f64 = 8192.0;

/// Part of the time for which chips that read prompts are planned to be busy: the rest is for the waiting
/// to stay short.
const READING_LOAD: f64 = 0.9;

/// Stages into which layers are cut, beside one.
const STAGES: [f64; 2] = [2.0, 4.0];

/// What is searched.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Search<'a> {
    /// The chip.
    pub chip: &'a Chip,
    /// The model.
    pub architecture: &'a Architecture,
    /// Formats.
    pub precision: Precision,
    /// Constants of the engine.
    pub constants: &'a Constants,
    /// What is asked.
    pub workload: Workload,
    /// Chips of a deployment at most.
    pub most_chips: f64,
    /// Whether prompts are read on chips of their own.
    pub apart: bool,
    /// Tokens guessed ahead.
    pub speculation: Speculation,
}

/// A deployment and how it works.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Chips that write answers.
    pub answering: Pool,
    /// Chips that read prompts, where they are apart.
    pub reading: Option<Pool>,
    /// The deployment.
    pub deployment: Deployment,
    /// How it works.
    pub operation: Operation,
}

impl Point {
    /// Tokens a second for one user.
    #[must_use]
    pub fn interactivity(&self) -> f64 {
        1.0 / self.operation.interval
    }

    /// Requests a second for each chip.
    #[must_use]
    pub fn requests_per_chip(&self) -> f64 {
        self.operation.requests / self.deployment.chips()
    }

    /// Tokens of answers a second for each chip of the deployment.
    #[must_use]
    pub fn output_per_chip(&self, workload: &Workload) -> f64 {
        self.requests_per_chip() * workload.output
    }

    /// Tokens of prompts and answers a second for each chip of the deployment.
    #[must_use]
    pub fn total_per_chip(&self, workload: &Workload) -> f64 {
        self.requests_per_chip() * (workload.input + workload.output)
    }
}

/// A way to share the work that the model and the chip allow.
struct Plan {
    pool: Pool,
    replica: Replica,
    /// The most answers at once.
    capacity: f64,
}

impl Search<'_> {
    /// The frontier, from the fastest for a user to the most throughput: no deployment searched gives a
    /// user more speed and as much throughput, or the other way round.
    ///
    /// Empty where the model cannot be served.
    #[must_use]
    pub fn frontier(&self) -> Vec<Point> {
        let mut points = Vec::new();
        self.each(|point| points.push(point));
        efficient(points)
    }

    /// The deployment with the most throughput of those that give each user a speed, in tokens a second.
    #[must_use]
    pub fn best_at(&self, interactivity: f64) -> Option<Point> {
        self.best_of(&self.replicas(), interactivity)
    }

    /// The same, of replicas that were compiled before, for this workload or another.
    #[must_use]
    pub fn best_of(&self, replicas: &[(Pool, Replica)], interactivity: f64) -> Option<Point> {
        let slowest = 1.0 / interactivity;
        let plans = self.with_room(replicas);
        let reading = self.reading(&plans);
        if self.apart && reading.is_none() {
            return None;
        }
        let mut best: Option<Point> = None;
        for plan in &plans {
            let trial = self.deployment(plan, None);
            let interval = |batch: f64| match &reading {
                // Where prompts are read elsewhere only the step counts.
                Some(_) => {
                    plan.replica.step(batch, self.workload.context(), 1.0 + self.speculation.guessed)
                        / self.speculation.progress()
                }
                None => trial.at(batch, &self.workload).interval,
            };
            if interval(1.0) > slowest {
                continue;
            }
            // More answers at once never give less: where all that fit give less than is known, none is better.
            let most = plan.capacity / (interval(plan.capacity) * self.workload.output * plan.replica.chips());
            if best.is_some_and(|best| {
                best.requests_per_chip()
                    >= most * self.constants.get(Constant::Occupancy) * self.constants.get(Constant::Reached)
            }) {
                continue;
            }
            let (mut low, mut high) = (1.0, plan.capacity);
            if interval(high) <= slowest {
                low = high;
            }
            while high - low > 0.01 * low {
                let middle = (low * high).sqrt();
                if interval(middle) <= slowest {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            if let Some(point) = self.point(plan, reading.as_ref(), low)
                && best.is_none_or(|best| point.requests_per_chip() > best.requests_per_chip())
            {
                best = Some(point);
            }
        }
        best
    }

    /// How many deployments a search evaluates, before they are rounded to whole replicas.
    #[must_use]
    pub fn size(&self) -> usize {
        self.plans().iter().map(|plan| grid(plan.capacity).count()).sum()
    }

    fn each(&self, mut found: impl FnMut(Point)) {
        let plans = self.plans();
        let reading = self.reading(&plans);
        if self.apart && reading.is_none() {
            return;
        }
        for plan in &plans {
            for batch in grid(plan.capacity) {
                if let Some(point) = self.point(plan, reading.as_ref(), batch) {
                    found(point);
                }
            }
        }
    }

    /// The ways to share the work that hold a request.
    fn plans(&self) -> Vec<Plan> {
        self.with_room(&self.replicas())
    }

    fn with_room(&self, replicas: &[(Pool, Replica)]) -> Vec<Plan> {
        let plan = |(pool, replica): &(Pool, Replica)| {
            let capacity = replica.capacity(&self.workload).min(LARGEST_BATCH);
            (capacity >= 1.0).then_some(Plan { pool: *pool, replica: *replica, capacity })
        };
        replicas.iter().filter_map(plan).collect()
    }

    /// All ways to share the work that hold the model, whatever is asked: in groups of a power of two, and in
    /// the whole domain.
    #[must_use]
    pub fn replicas(&self) -> Vec<(Pool, Replica)> {
        let mut plans = Vec::new();
        let reach = self.most_chips.min(if self.chip.scale_out_bandwidth.is_some() {
            self.most_chips
        } else {
            self.chip.scale_up_domain.max(1.0)
        });
        let experts = self.architecture.expert_layers() > 0.0;
        let mut sizes: Vec<f64> = (0..8).map(|power| f64::from(1u32 << power)).filter(|size| *size <= reach).collect();
        let domain = self.chip.scale_up_domain;
        if domain <= reach && !sizes.contains(&domain) && domain > 1.0 && domain <= 128.0 {
            sizes.push(domain);
        }
        for size in sizes {
            // Matrices are cut within a node of fast links; experts also spread beyond.
            let within = size <= domain.max(1.0);
            if within {
                self.plan(Pool::tensor(size), &mut plans);
                // Stages go beyond a domain; within it chips share matrices.
                let whole = size >= domain.max(1.0);
                for stages in STAGES.into_iter().filter(|stages| whole && size * stages <= reach) {
                    self.plan(Pool { pipeline: stages, ..Pool::tensor(size) }, &mut plans);
                }
            }
            if experts && size > 1.0 {
                if within && size <= 16.0 {
                    self.plan(Pool { expert: size, ..Pool::tensor(size) }, &mut plans);
                }
                self.plan(Pool::data(size), &mut plans);
            }
        }
        plans
    }

    fn plan(&self, pool: Pool, plans: &mut Vec<(Pool, Replica)>) {
        if let Ok(replica) = Replica::compile(self.chip, self.architecture, self.precision, &pool, self.constants) {
            plans.push((pool, replica));
        }
    }

    /// The plan that reads the most prompts for each chip, where prompts are read apart.
    fn reading(&self, plans: &[Plan]) -> Option<(Pool, Replica, f64)> {
        if !self.apart {
            return None;
        }
        let rate = |plan: &Plan| READING_LOAD / plan.replica.prompt(&self.workload);
        let best = plans.iter().max_by(|left, right| {
            (rate(left) / left.replica.chips()).total_cmp(&(rate(right) / right.replica.chips()))
        })?;
        Some((best.pool, best.replica, rate(best)))
    }

    fn deployment(&self, plan: &Plan, reading: Option<(&Replica, f64)>) -> Deployment {
        let mut deployment = Deployment::together(plan.replica, 1.0, self.constants);
        deployment.speculation = self.speculation;
        deployment.reading = reading.map(|(replica, replicas)| (*replica, replicas));
        deployment.occupancy *= self.constants.get(Constant::Reached);
        deployment
    }

    /// A plan with so many answers at once on a replica, and where prompts are read apart with as many
    /// whole replicas of both kinds as give the most for each chip.
    fn point(&self, plan: &Plan, reading: Option<&(Pool, Replica, f64)>, batch: f64) -> Option<Point> {
        let Some((pool, replica, rate)) = reading else {
            let deployment = self.deployment(plan, None);
            let operation = deployment.at(batch, &self.workload);
            return Some(Point { answering: plan.pool, reading: None, deployment, operation });
        };
        let step = plan.replica.step(batch, self.workload.context(), 1.0 + self.speculation.guessed);
        let needed = batch * self.speculation.progress() / (self.workload.output * step);
        let mut best: Option<(f64, f64, f64)> = None;
        let size = plan.replica.chips();
        let most = ((self.most_chips - replica.chips()) / size).floor();
        let mut replicas = 1.0;
        while replicas <= most {
            let readers = (needed * replicas / rate).ceil().max(1.0);
            let chips = replicas * size + readers * replica.chips();
            if chips <= self.most_chips {
                let each = needed * replicas / chips;
                if best.is_none_or(|(known, _, _)| each > known * 1.005) {
                    best = Some((each, replicas, readers));
                }
            }
            replicas += 1.0;
        }
        let (_, replicas, readers) = best?;
        let mut deployment = self.deployment(plan, Some((replica, readers)));
        deployment.answering_replicas = replicas;
        let operation = deployment.at(batch, &self.workload);
        Some(Point {
            answering: Pool { replicas, ..plan.pool },
            reading: Some(Pool { replicas: readers, ..*pool }),
            deployment,
            operation,
        })
    }
}

/// Batches from one to the most, evenly spread by ratio.
fn grid(most: f64) -> impl Iterator<Item = f64> {
    let steps = (most.log2() * POINTS_PER_DOUBLING).floor().max(0.0);
    let ratio = if steps > 0.0 { most.powf(1.0 / steps) } else { 1.0 };
    let next = move |batch: &f64| (*batch < most * (1.0 - 1e-9) && ratio > 1.0).then(|| (batch * ratio).min(most));
    std::iter::successors(Some(1.0), next)
}

/// The points that no other betters in both speed and throughput, the fastest first.
fn efficient(mut points: Vec<Point>) -> Vec<Point> {
    points.sort_by(|left, right| {
        left.operation
            .interval
            .total_cmp(&right.operation.interval)
            .then(right.requests_per_chip().total_cmp(&left.requests_per_chip()))
    });
    let mut most = 0.0;
    points.retain(|point| {
        let better = point.requests_per_chip() > most;
        if better {
            most = point.requests_per_chip();
        }
        better
    });
    points
}

/// Guessing as the constants have it.
#[must_use]
pub fn guessing(constants: &Constants, guessed: Option<f64>) -> Speculation {
    Speculation::chain(guessed.unwrap_or(constants.get(Constant::Guessed)), constants.get(Constant::Accepted))
}
