//! Markets that look random, and what must hold of any optimum.

#![allow(dead_code, reason = "each test uses a part of it")]

use tokenomics_market::{Clearing, Demand, Market, Step};

/// Figures that look random and are the same in every run.
pub struct Draws(u64);

impl Draws {
    pub fn new(seed: u64) -> Draws {
        Draws(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Between zero and one.
    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Evenly in logarithms.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low * (high / low).powf(self.next())
    }

    /// Below a whole number.
    pub fn below(&mut self, count: usize) -> usize {
        let part = self.next();
        (1..count).take_while(|number| *number as f64 <= part * count as f64).count()
    }
}

/// What is peculiar about a random market.
#[derive(Clone, Copy, Default)]
pub struct Kind {
    pub stepped: bool,
    pub contracts: bool,
    pub resources: usize,
    /// Lines alike, prices alike, fleets of none, segments that none can serve.
    pub ties: bool,
}

/// A market of up to eight lines and six segments.
pub fn market(draws: &mut Draws, kind: Kind) -> Market {
    let lines = 1 + draws.below(8);
    let segments = 1 + draws.below(6);
    let round = |value: f64| if kind.ties { value.log2().round().exp2() } else { value };
    let fleet: Vec<f64> = (0..lines)
        .map(|_| if kind.ties && draws.next() < 0.2 { 0.0 } else { round(draws.between(1e2, 1e6)) })
        .collect();
    let unserved: Vec<bool> = (0..segments).map(|_| kind.ties && draws.next() < 0.15).collect();
    let rate: Vec<Vec<f64>> = (0..lines)
        .map(|_| {
            let skill = draws.between(0.2, 20.0);
            let rate = |segment: usize, draws: &mut Draws| {
                if unserved[segment] || draws.next() < 0.15 { 0.0 } else { round(skill * draws.between(0.6, 1.6)) }
            };
            (0..segments).map(|segment| rate(segment, draws)).collect()
        })
        .collect();
    let able: f64 = fleet.iter().zip(&rate).map(|(fleet, rates)| fleet * rates.iter().sum::<f64>()).sum::<f64>() + 1.0;
    let demand = (0..segments)
        .map(|_| {
            let price = round(draws.between(0.3, 4.0));
            let quantity = able / (segments * segments) as f64 * draws.between(0.2, 4.0);
            if kind.stepped {
                let step =
                    |_| Step { quantity: quantity * draws.next(), price: round(price * draws.between(0.1, 5.0)) };
                return Demand::Stepped((0..5).map(step).collect());
            }
            let elasticity = if draws.next() < 0.1 { 1.0 } else { draws.between(0.3, 3.0) };
            Demand::Isoelastic { quantity, price, elasticity, choke: price * draws.between(3.0, 30.0) }
        })
        .collect();
    let resource_use = (0..kind.resources)
        .map(|_| {
            let shares: Vec<f64> = (0..lines).map(|_| draws.between(0.5, 2.0)).collect();
            let whole: f64 = shares.iter().zip(&fleet).map(|(share, fleet)| share * fleet).sum::<f64>() + 1.0;
            let limit = whole * draws.between(0.4, 1.5);
            shares.iter().map(|share| share / limit).collect()
        })
        .collect();
    let promise = |draws: &mut Draws| able / (segments * segments) as f64 * 0.5 * draws.next();
    let contracted = if kind.contracts { (0..segments).map(|_| promise(draws)).collect() } else { Vec::new() };
    let cash_cost = (0..lines).map(|_| round(draws.between(0.05, 0.6))).collect();
    Market { fleet, rate, cash_cost, resource_use, demand, contracted }
}

/// The conditions of an optimum, each a share of its own size, computed from the market and the answer alone: what
/// works is there, no work earns more than its rent and costs, what works or is scarce earns just that, and the price
/// of each segment is what its last buyer pays.
pub fn conditions(market: &Market, cleared: &Clearing) -> f64 {
    /// By how much of itself a price is a little higher or lower.
    const NEAR: f64 = 1e-9;
    let mut worst = 0.0_f64;
    let mut note = |miss: f64| worst = worst.max(if miss.is_nan() { f64::INFINITY } else { miss });
    for (line, work) in cleared.allocation.iter().enumerate() {
        let fleet = market.fleet[line].max(1e-9);
        let working: f64 = work.iter().sum();
        let shared: f64 =
            market.resource_use.iter().zip(&cleared.resource_price).map(|(use_of, price)| use_of[line] * price).sum();
        let cost = market.cash_cost[line] + shared;
        let earns = market.rate[line].iter().zip(&cleared.price).map(|(rate, price)| rate * price);
        let scale = earns.fold(cost, f64::max);
        note(working / fleet - 1.0);
        note(-cleared.rent[line] / scale);
        note(cleared.rent[line] / scale * (1.0 - working / fleet).max(0.0) * f64::from(market.fleet[line] > 0.0));
        for (segment, work) in work.iter().enumerate() {
            note(-work / fleet);
            let rate = market.rate[line][segment];
            if rate > 0.0 && market.fleet[line] > 0.0 {
                let left = cost + cleared.rent[line] - rate * cleared.price[segment];
                note(-left / scale);
                note(left / scale * work / fleet);
            } else {
                note(work / fleet);
            }
        }
    }
    let paid: f64 = cleared.served.iter().zip(&cleared.price).map(|(served, price)| served * price).sum();
    for (use_of, price) in market.resource_use.iter().zip(&cleared.resource_price) {
        let used: f64 =
            use_of.iter().zip(&cleared.allocation).map(|(share, work)| share * work.iter().sum::<f64>()).sum();
        note(used - 1.0);
        if paid > 0.0 {
            note(-price / paid);
            note(price / paid * (1.0 - used).max(0.0));
        }
    }
    for (segment, demand) in market.demand.iter().enumerate() {
        let (served, price) = (cleared.served[segment], cleared.price[segment]);
        let contracted = market.contracted.get(segment).copied().unwrap_or(0.0);
        if (0..market.fleet.len()).all(|line| market.fleet[line] <= 0.0 || market.rate[line][segment] <= 0.0) {
            note(served);
            continue;
        }
        // What is wanted at a price a little higher and a little lower; promised work is wanted at any price below that
        // of a breach.
        let wanted = |price: f64| {
            let promised = if price <= market.breach_price() { contracted } else { 0.0 };
            demand.quantity_at(price).max(promised)
        };
        let scale = wanted(price).min(1e300).max(served).max(1e-300);
        note((wanted(price * (1.0 + NEAR)) - served) / scale - 10.0 * NEAR);
        if price > 0.0 {
            note((served - wanted(price * (1.0 - NEAR))) / scale - 10.0 * NEAR);
        }
    }
    worst
}
