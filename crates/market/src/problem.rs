//! The market without what cannot matter, as the solver sees it.

use crate::curve::{Curve, Tail};

/// Lines that have chips, segments that want work, with the lines by rows of segments.
///
/// It is to find `work[line, segment]` chips that make the area under the demands, less cash costs, the
/// greatest. Its duals are a price for each segment, a rent for each line and a price for each resource.
#[derive(Clone, Debug, Default)]
pub(crate) struct Problem {
    pub capacity: Vec<f64>,
    pub cost: Vec<f64>,
    /// By line and segment; zero where the line cannot serve.
    pub rate: Vec<f64>,
    /// By resource and line.
    pub usage: Vec<f64>,
    pub curves: Vec<Curve>,
    pub resources: usize,
    /// Steps of all segments, each with its segment.
    pub steps: Vec<(usize, f64, f64)>,
}

/// Prices of work, rents of lines and prices of resources, and what is left of the value of each kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Duals {
    pub price: Vec<f64>,
    pub rent: Vec<f64>,
    pub resource: Vec<f64>,
}

impl Problem {
    pub fn lines(&self) -> usize {
        self.capacity.len()
    }

    pub fn segments(&self) -> usize {
        self.curves.len()
    }

    pub fn tail(&self, segment: usize) -> Option<Tail> {
        self.curves[segment].tail
    }

    /// The rates of a line by segment.
    pub fn rates(&self, line: usize) -> &[f64] {
        &self.rate[line * self.segments()..(line + 1) * self.segments()]
    }

    /// The shares of a resource that a chip of each line takes.
    pub fn shares(&self, resource: usize) -> &[f64] {
        &self.usage[resource * self.lines()..(resource + 1) * self.lines()]
    }

    /// What a chip of a line costs while it works: cash and shared resources.
    pub fn running_cost(&self, line: usize, resource_price: &[f64]) -> f64 {
        let shared: f64 =
            resource_price.iter().enumerate().map(|(resource, price)| price * self.shares(resource)[line]).sum();
        self.cost[line] + shared
    }

    /// What a chip of each line earns over what it costs to run, where it earns most.
    pub fn rents(&self, price: &[f64], resource_price: &[f64]) -> Vec<f64> {
        let best = |line: usize| {
            let earned = self.rates(line).iter().zip(price).map(|(rate, price)| rate * price);
            earned.fold(0.0_f64, f64::max) - self.running_cost(line, resource_price)
        };
        (0..self.lines()).map(|line| best(line).max(0.0)).collect()
    }

    /// Reference chips of work each segment gets.
    pub fn served(&self, work: &[f64]) -> Vec<f64> {
        let segments = self.segments();
        let mut served = vec![0.0; segments];
        for (row, rates) in work.chunks(segments.max(1)).zip(self.rate.chunks(segments.max(1))) {
            for ((served, work), rate) in served.iter_mut().zip(row).zip(rates) {
                *served += work * rate;
            }
        }
        served
    }

    /// Chips of each line that work.
    pub fn working(&self, work: &[f64]) -> Vec<f64> {
        work.chunks(self.segments().max(1)).map(|row| row.iter().sum()).collect()
    }

    /// What is paid for all that is served: the scale of the price of a resource. Where next to nothing is served, a
    /// small part of what the whole fleet could be paid.
    pub fn worth(&self, served: &[f64], price: &[f64]) -> f64 {
        const LEAST: f64 = 1e-6;
        let paid: f64 = served.iter().zip(price).map(|(served, price)| served * price).sum();
        let able = (0..self.lines()).map(|line| {
            let earned = self.rates(line).iter().zip(&self.curves).map(|(rate, curve)| rate * curve.top());
            self.capacity[line] * earned.fold(0.0, f64::max)
        });
        paid.max(LEAST * able.sum::<f64>()).max(f64::MIN_POSITIVE)
    }

    /// The greatest share by which a solution misses one of the conditions of an optimum.
    pub fn violation(&self, work: &[f64], price: &[f64], resource_price: &[f64]) -> f64 {
        let rents = self.rents(price, resource_price);
        let working = self.working(work);
        let served = self.served(work);
        let mut worst = 0.0_f64;
        let mut note = |miss: f64| worst = if miss.is_nan() { f64::INFINITY } else { worst.max(miss) };
        for line in 0..self.lines() {
            let rates = self.rates(line);
            let row = &work[line * self.segments()..(line + 1) * self.segments()];
            let running = self.running_cost(line, resource_price);
            let best = rates.iter().zip(price).map(|(rate, price)| rate * price).fold(running, f64::max);
            for ((work, rate), price) in row.iter().zip(rates).zip(price) {
                note(-work / self.capacity[line]);
                if *rate > 0.0 && best > 0.0 {
                    note((running + rents[line] - rate * price) / best * work / self.capacity[line]);
                }
            }
            note(working[line] / self.capacity[line] - 1.0);
            if best > 0.0 {
                note(rents[line] / best * (1.0 - working[line] / self.capacity[line]));
            }
        }
        let worth = self.worth(&served, price);
        for (resource, price) in resource_price.iter().enumerate() {
            let shares = self.shares(resource);
            let used: f64 = shares.iter().zip(&working).map(|(share, working)| share * working).sum();
            note(used - 1.0);
            note(price / worth * (1.0 - used));
            note(-price / worth);
        }
        for (segment, curve) in self.curves.iter().enumerate() {
            const AT_THE_END: f64 = 1e-10;
            let (low, high) = curve.prices_at(served[segment], AT_THE_END);
            let scale = curve.top().max(price[segment]);
            let empty = served[segment] <= 0.0;
            note(
                (low - price[segment]) / if empty || low > price[segment] { scale.min(low.max(1e-300)) } else { scale },
            );
            if high.is_finite() {
                note((price[segment] - high) / high.max(1e-300));
            }
        }
        worst
    }
}
