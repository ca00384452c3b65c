//! Times the clearing of random markets, as large as those of the model.

#[path = "../tests/common/mod.rs"]
mod common;

use common::Draws;
use std::time::Instant;
use tokenomics_market::{Demand, Market};

const LINES: usize = 25;
const SEGMENTS: usize = 13;
const RESOURCES: usize = 4;
const QUARTERS: usize = 36;

/// A market in a quarter: fleets and demands grow, newer lines do more.
fn market(quarter: usize, draws: &mut Draws) -> Market {
    let growth = 1.1_f64.powf(quarter as f64);
    let fleet: Vec<f64> = (0..LINES).map(|_| draws.between(1e3, 1e6) * growth).collect();
    let skill: Vec<f64> = (0..LINES).map(|line| 0.2 * 1.2_f64.powf(line as f64) * draws.between(0.8, 1.25)).collect();
    let serves = |draws: &mut Draws, skill: f64| if draws.next() < 0.1 { 0.0 } else { skill * draws.between(0.6, 1.6) };
    let rate: Vec<Vec<f64>> =
        skill.iter().map(|skill| (0..SEGMENTS).map(|_| serves(draws, *skill)).collect()).collect();
    let able: f64 = fleet.iter().zip(&skill).map(|(fleet, skill)| fleet * skill).sum();
    let demand = (0..SEGMENTS)
        .map(|_| {
            let price = draws.between(1.0, 4.0);
            Demand::Isoelastic {
                quantity: able / SEGMENTS as f64 * draws.between(0.3, 3.0),
                price,
                elasticity: draws.between(0.4, 2.5),
                choke: price * draws.between(5.0, 20.0),
            }
        })
        .collect();
    let resource_use = (0..RESOURCES)
        .map(|_| {
            let shares: Vec<f64> = (0..LINES).map(|_| draws.between(0.5, 2.0)).collect();
            let whole: f64 = shares.iter().zip(&fleet).map(|(share, fleet)| share * fleet).sum();
            let limit = whole * draws.between(0.7, 1.5);
            shares.iter().map(|share| share / limit).collect()
        })
        .collect();
    let contracted = (0..SEGMENTS).map(|_| able / SEGMENTS as f64 * 0.3 * draws.next()).collect();
    let cash_cost = (0..LINES).map(|_| draws.between(0.1, 0.6)).collect();
    Market { fleet, rate, cash_cost, resource_use, demand, contracted }
}

fn main() {
    let mut draws = Draws::new(1);
    let mut worst = 0.0_f64;
    let mut clear = |count: usize| {
        let markets: Vec<Market> = (0..count * QUARTERS).map(|index| market(index % QUARTERS, &mut draws)).collect();
        let begun = Instant::now();
        let mut slowest = 0.0_f64;
        for market in &markets {
            let one = Instant::now();
            let clearing = market.clear().expect("the draws are sound");
            slowest = slowest.max(one.elapsed().as_secs_f64());
            worst = worst.max(clearing.violation);
        }
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "{count} draws of {QUARTERS} quarters: {:.1} ms, {:.3} ms a market, {:.3} ms the slowest",
            1e3 * seconds,
            1e3 * seconds / markets.len() as f64,
            1e3 * slowest
        );
    };
    clear(1);
    let draws = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(1000);
    clear(draws);
    println!("conditions of an optimum missed by at most {worst:.1e}");
}
