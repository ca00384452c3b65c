//! A market cleared.

use crate::demand::Demand;
use crate::market::{Kept, Market};
use crate::polish::Optimum;

/// Who works for whom, and at what price.
#[derive(Clone, Debug, PartialEq)]
pub struct Clearing {
    /// By line and segment: chips at work.
    pub allocation: Vec<Vec<f64>>,
    /// Chips of each line that do not work.
    pub idle: Vec<f64>,
    /// Reference chips of work each segment gets, contracts included.
    pub served: Vec<f64>,
    /// Reference chips each segment wants at its reference price and does not get; below zero where it gets
    /// more, because it pays less.
    pub unserved: Vec<f64>,
    /// Reference chips promised to each segment that it does not get.
    pub contract_shortfall: Vec<f64>,
    /// What one more reference chip of work costs each segment for an hour, in $/hr. Where nothing can serve
    /// it, what it would pay.
    pub price: Vec<f64>,
    /// What a chip of each line earns over its cash cost and the shared resources that it takes, in
    /// $/chip/hr. Of a line without chips: what the first would earn.
    pub rent: Vec<f64>,
    /// What all there is of each shared resource earns, in $/hr.
    pub resource_price: Vec<f64>,
    /// Who gets what of the value.
    pub surplus: Surplus,
    /// The greatest share by which a condition of an optimum is missed.
    pub violation: f64,
}

/// The value of what is served, less cash costs, and who has it; all in $/hr.
///
/// Where a contract is not kept, consumers pay the price of its breach for what is served, which may be more
/// than it is worth to them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Surplus {
    /// The area under the demands less what is paid, every reference chip at the price of its segment.
    pub consumers: f64,
    /// Rents of all chips.
    pub fleets: f64,
    /// Prices of all shared resources.
    pub resources: f64,
    /// The area under the demands less cash costs. It is the sum of the other three.
    pub total: f64,
}

impl Clearing {
    pub(crate) fn new(market: &Market, kept: &Kept, optimum: Optimum) -> Clearing {
        let (lines, segments) = (market.fleet.len(), market.demand.len());
        let mut allocation = vec![vec![0.0; segments]; lines];
        for (line, row) in kept.lines.iter().zip(optimum.work.chunks(kept.segments.len().max(1))) {
            for (segment, work) in kept.segments.iter().zip(row) {
                allocation[*line][*segment] = *work;
            }
        }
        let served: Vec<f64> = (0..segments)
            .map(|segment| (0..lines).map(|line| allocation[line][segment] * market.rate[line][segment]).sum())
            .collect();
        let idle: Vec<f64> =
            (0..lines).map(|line| (market.fleet[line] - allocation[line].iter().sum::<f64>()).max(0.0)).collect();
        let running: Vec<f64> = (0..lines)
            .map(|line| {
                let shares = market.resource_use.iter().zip(&optimum.resource);
                market.cash_cost[line] + shares.map(|(shares, price)| shares[line] * price).sum::<f64>()
            })
            .collect();
        let mut price = vec![None; segments];
        for (segment, found) in kept.segments.iter().zip(&optimum.price) {
            price[*segment] = Some(*found);
        }
        let earns = |line: usize, price: &[Option<f64>]| -> f64 {
            let earned = market.rate[line].iter().zip(price).map(|(rate, price)| rate * price.unwrap_or(0.0));
            (earned.fold(0.0, f64::max) - running[line]).max(0.0)
        };
        let rent: Vec<f64> = (0..lines).map(|line| earns(line, &price)).collect();
        let curves = market.curves();
        let price: Vec<f64> = price
            .iter()
            .enumerate()
            .map(|(segment, found)| {
                let cost = |line: usize| (running[line] + rent[line]) / market.rate[line][segment];
                let able = (0..lines).filter(|line| market.rate[*line][segment] > 0.0 && market.fleet[*line] > 0.0);
                let least = able.map(cost).reduce(f64::min);
                found.or(least).unwrap_or(curves[segment].top())
            })
            .collect();
        let mut surplus = Surplus::default();
        let mut cash = 0.0;
        for line in 0..lines {
            surplus.fleets += rent[line] * market.fleet[line];
            cash += allocation[line].iter().sum::<f64>() * market.cash_cost[line];
        }
        surplus.resources = optimum.resource.iter().sum();
        let mut value = 0.0;
        for segment in 0..segments {
            let worth = market.demand[segment].value(served[segment]);
            value += worth;
            surplus.consumers += worth - price[segment] * served[segment];
        }
        surplus.total = value - cash;
        let unserved =
            served.iter().zip(&market.demand).map(|(served, demand)| Demand::reference_quantity(demand) - served);
        let unserved = unserved.collect();
        let shortfall = |(segment, served): (usize, &f64)| (market.contracted(segment) - served).max(0.0);
        let contract_shortfall = served.iter().enumerate().map(shortfall).collect();
        Clearing {
            allocation,
            idle,
            served,
            unserved,
            contract_shortfall,
            price,
            rent,
            resource_price: optimum.resource,
            surplus,
            violation: optimum.violation,
        }
    }
}
