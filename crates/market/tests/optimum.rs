//! Markets are cleared: the conditions of an optimum hold, computed anew from the answer.

mod common;

use common::{Draws, Kind, conditions, market};
use tokenomics_market::{Demand, Market, Step};

const KINDS: [Kind; 7] = [
    Kind { stepped: false, contracts: false, resources: 0, ties: false },
    Kind { stepped: false, contracts: true, resources: 2, ties: false },
    Kind { stepped: false, contracts: true, resources: 3, ties: true },
    Kind { stepped: false, contracts: false, resources: 1, ties: true },
    Kind { stepped: true, contracts: false, resources: 0, ties: false },
    Kind { stepped: true, contracts: true, resources: 2, ties: true },
    Kind { stepped: true, contracts: false, resources: 2, ties: true },
];

#[test]
fn conditions_of_an_optimum_hold_in_markets_of_every_kind() {
    for (number, kind) in KINDS.into_iter().enumerate() {
        for seed in 0..150 {
            let market = market(&mut Draws::new(seed + 1000 * number as u64), kind);
            let cleared = market.clear().unwrap();
            let missed = conditions(&market, &cleared);
            assert!(missed < 1e-8, "kind {number}, seed {seed}: missed by {missed:.1e}\n{market:?}\n{cleared:?}");
            assert!(cleared.violation < 1e-9, "kind {number}, seed {seed}: {:.1e}", cleared.violation);
        }
    }
}

#[test]
fn consumers_fleets_and_resources_share_all_of_the_surplus() {
    for (number, kind) in KINDS.into_iter().enumerate() {
        for seed in 0..150 {
            let market = market(&mut Draws::new(seed + 5000 * number as u64), kind);
            let cleared = market.clear().unwrap();
            let parts = cleared.surplus.consumers + cleared.surplus.fleets + cleared.surplus.resources;
            let value: f64 =
                market.demand.iter().zip(&cleared.served).map(|(demand, served)| demand.value(*served)).sum();
            let cash: f64 = market
                .cash_cost
                .iter()
                .zip(&cleared.allocation)
                .map(|(cost, work)| cost * work.iter().sum::<f64>())
                .sum();
            let scale = value.max(cash).max(1e-300);
            assert!((value - cash - cleared.surplus.total).abs() / scale < 1e-9, "kind {number}, seed {seed}");
            assert!(
                (parts - cleared.surplus.total).abs() / scale < 1e-9,
                "kind {number}, seed {seed}: {parts} of {:?}",
                cleared.surplus
            );
        }
    }
}

fn one(fleet: f64, elasticity: f64) -> Market {
    Market {
        fleet: vec![fleet],
        rate: vec![vec![2.0]],
        cash_cost: vec![0.5],
        demand: vec![Demand::Isoelastic { quantity: 100.0, price: 3.0, elasticity, choke: 30.0 }],
        ..Market::default()
    }
}

#[test]
fn a_short_fleet_earns_what_its_last_buyer_pays() {
    for elasticity in [0.4, 1.0, 1.7] {
        // 40 chips do the work of 80 reference chips: price = 3 · (80/100)^(-1/elasticity).
        let cleared = one(40.0, elasticity).clear().unwrap();
        let price = 3.0 * 0.8_f64.powf(-1.0 / elasticity);
        assert!((cleared.price[0] / price - 1.0).abs() < 1e-12);
        assert!((cleared.rent[0] / (2.0 * price - 0.5) - 1.0).abs() < 1e-12);
        assert!((cleared.unserved[0] - 20.0).abs() < 1e-9 && cleared.idle[0].abs() < 1e-9);
    }
}

#[test]
fn an_ample_fleet_earns_nothing_over_its_cost() {
    let cleared = one(1e6, 1.7).clear().unwrap();
    assert!((cleared.price[0] - 0.25).abs() < 1e-12 && cleared.rent[0].abs() < 1e-9);
    let wanted = 100.0 * (0.25_f64 / 3.0).powf(-1.7);
    assert!((cleared.served[0] / wanted - 1.0).abs() < 1e-9);
}

#[test]
fn a_fleet_so_short_that_the_highest_price_is_paid() {
    // At 30 $/hr 100 · 10^-1.7 = 1.995 reference chips are wanted; one chip does the work of two.
    let cleared = one(0.5, 1.7).clear().unwrap();
    assert!((cleared.price[0] - 30.0).abs() < 1e-9 && (cleared.served[0] - 1.0).abs() < 1e-9);
}

#[test]
fn a_scarce_resource_takes_the_rent_of_lines_that_share_it() {
    // Power for 10 chips of the first line or 5 of the second; both do the same work for it, the second twice as much a
    // chip, so that chips are ample and power earns all.
    let market = Market {
        fleet: vec![100.0, 100.0],
        rate: vec![vec![1.0], vec![2.0]],
        cash_cost: vec![0.1, 0.2],
        resource_use: vec![vec![0.1, 0.2]],
        demand: vec![Demand::Isoelastic { quantity: 10.0, price: 3.0, elasticity: 1.0, choke: 30.0 }],
        ..Market::default()
    };
    let cleared = market.clear().unwrap();
    assert!((cleared.served[0] - 10.0).abs() < 1e-9 && (cleared.price[0] - 3.0).abs() < 1e-9);
    assert!((cleared.resource_price[0] - 29.0).abs() < 1e-6, "{:?}", cleared.resource_price);
    assert!(cleared.rent.iter().all(|rent| rent.abs() < 1e-6));
}

#[test]
fn contracts_are_served_before_those_who_would_pay_more() {
    let wanted = |price| Demand::Isoelastic { quantity: 100.0, price, elasticity: 2.0, choke: 50.0 };
    let mut market = Market {
        fleet: vec![100.0],
        rate: vec![vec![1.0, 1.0]],
        cash_cost: vec![0.0],
        demand: vec![wanted(1.0), wanted(4.0)],
        contracted: vec![60.0, 0.0],
        ..Market::default()
    };
    let free = Market { contracted: Vec::new(), ..market.clone() }.clear().unwrap();
    assert!(free.served[0] < 10.0);
    let bound = market.clear().unwrap();
    assert!((bound.served[0] - 60.0).abs() < 1e-9 && (bound.served[1] - 40.0).abs() < 1e-9);
    assert!((bound.price[1] - 4.0 * 0.4_f64.powf(-0.5)).abs() < 1e-9);
    assert!(bound.surplus.total < free.surplus.total);
    market.contracted[0] = 130.0;
    assert!((market.clear().unwrap().contract_shortfall[0] - 30.0).abs() < 1e-9);
}

#[test]
fn more_of_a_line_never_lowers_the_surplus() {
    for seed in 0..60 {
        let mut market = market(&mut Draws::new(seed), KINDS[3]);
        let before = market.clear().unwrap().surplus.total;
        let line = market.fleet.len() - 1;
        market.fleet[line] = market.fleet[line] * 1.3 + 10.0;
        let after = market.clear().unwrap().surplus.total;
        assert!(after >= before - 1e-9 * before.abs(), "seed {seed}: {before} falls to {after}");
    }
}

#[test]
fn open_prices_are_told_as_a_range() {
    // Ten chips just serve the first step: one chip less loses 5, one more gains 2.
    let steps = vec![Step { quantity: 10.0, price: 5.0 }, Step { quantity: 10.0, price: 2.0 }];
    let market = Market {
        fleet: vec![10.0],
        rate: vec![vec![1.0]],
        cash_cost: vec![0.5],
        demand: vec![Demand::Stepped(steps)],
        resource_use: vec![vec![0.1]],
        ..Market::default()
    };
    let (low, high) = market.rent_range(0).unwrap();
    // Power for just ten chips as well: what one more chip gains is nothing without power.
    assert!(low.abs() < 1e-5 && (high - 4.5).abs() < 1e-5, "{low} to {high}");
    let alone = Market { resource_use: Vec::new(), ..market.clone() };
    let (low, high) = alone.rent_range(0).unwrap();
    assert!((low - 1.5).abs() < 1e-5 && (high - 4.5).abs() < 1e-5, "{low} to {high}");
    let rent = alone.clear().unwrap().rent[0];
    assert!((1.5..=4.5).contains(&rent));
    let (low, high) = market.resource_price_range(0).unwrap();
    assert!(low.abs() < 1e-4 && (high - 45.0).abs() < 1e-4, "{low} to {high}");
}

#[test]
fn what_cannot_be_asked_is_said_with_its_place_and_mend() {
    let market = Market { fleet: vec![1.0, -2.0], ..one(1.0, 1.0) };
    let fault = market.clear().unwrap_err();
    assert_eq!(fault.to_string(), "`rate` has 1 entries; give it 2, one for each line");
    let market = Market { fleet: vec![-2.0], ..one(1.0, 1.0) };
    assert_eq!(market.clear().unwrap_err().to_string(), "`fleet[0]` is -2; it must be finite and at least zero");
    let market = one(1.0, 0.0);
    assert!(market.clear().unwrap_err().to_string().starts_with("`demand elasticity[0]` is 0;"));
}
