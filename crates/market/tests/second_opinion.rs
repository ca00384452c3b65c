//! The same markets by a simplex method.

mod common;

use common::{Draws, Kind, market};
use microlp::{ComparisonOp, OptimizationDirection, Problem, SolveOutcome};
use tokenomics_market::{Demand, Market, Step};

/// The greatest surplus by linear programming.
fn simplex(market: &Market) -> f64 {
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let segments = market.demand.len();
    let work: Vec<Vec<_>> = market
        .rate
        .iter()
        .enumerate()
        .map(|(line, rates)| {
            let most = |rate: &f64| if *rate > 0.0 { market.fleet[line] } else { 0.0 };
            rates.iter().map(|rate| problem.add_var(-market.cash_cost[line], (0.0, most(rate)))).collect()
        })
        .collect();
    for (line, row) in work.iter().enumerate() {
        let terms: Vec<_> = row.iter().map(|work| (*work, 1.0)).collect();
        problem.add_constraint(terms.as_slice(), ComparisonOp::Le, market.fleet[line]);
    }
    for shares in &market.resource_use {
        let terms: Vec<_> =
            work.iter().zip(shares).flat_map(|(row, share)| row.iter().map(|work| (*work, *share))).collect();
        problem.add_constraint(terms.as_slice(), ComparisonOp::Le, 1.0);
    }
    for segment in 0..segments {
        let mut terms: Vec<_> =
            work.iter().zip(&market.rate).map(|(row, rates)| (row[segment], rates[segment])).collect();
        let Demand::Stepped(steps) = &market.demand[segment] else { panic!("a demand without steps") };
        terms.extend(steps.iter().map(|step| (problem.add_var(step.price, (0.0, step.quantity)), -1.0)));
        problem.add_constraint(terms.as_slice(), ComparisonOp::Eq, 0.0);
    }
    let SolveOutcome::Solution(solution) = problem.solve().unwrap() else { panic!("no solution") };
    solution.objective()
}

#[test]
fn stepped_markets_have_the_surplus_that_the_simplex_method_finds() {
    let kind = Kind { stepped: true, contracts: false, resources: 2, ties: false };
    for seed in 0..120 {
        let market = market(&mut Draws::new(seed + 77), Kind { ties: seed % 3 == 0, ..kind });
        let (ours, theirs) = (market.clear().unwrap().surplus.total, simplex(&market));
        assert!((ours - theirs).abs() <= 1e-7 * theirs.abs().max(1.0), "seed {seed}: {ours} and {theirs}");
    }
}

#[test]
fn constant_elasticity_is_the_limit_of_many_steps() {
    let kind = Kind { stepped: false, contracts: false, resources: 1, ties: false };
    for seed in 0..20 {
        let market = market(&mut Draws::new(seed + 900), kind);
        let steps = |demand: &Demand| {
            let Demand::Isoelastic { choke, .. } = demand else { panic!("a demand of steps") };
            // From the choke price down to a thousandth of it, a quarter of a per cent at a time; each step at the price
            // in its middle.
            let mut steps = vec![Step { quantity: demand.quantity_at(*choke), price: *choke }];
            let ratio = 1.0025_f64;
            let mut price = *choke;
            while price > choke / 1000.0 {
                let lower = price / ratio;
                let quantity = demand.quantity_at(lower) - demand.quantity_at(price);
                steps.push(Step { quantity, price: (price * lower).sqrt() });
                price = lower;
            }
            Demand::Stepped(steps)
        };
        let stepped = Market { demand: market.demand.iter().map(steps).collect(), ..market.clone() };
        let (ours, theirs) = (market.clear().unwrap().surplus.total, simplex(&stepped));
        assert!((ours / theirs - 1.0).abs() < 1e-3, "seed {seed}: {ours} and {theirs}");
    }
}
