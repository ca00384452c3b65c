//! What is made is worth most: by the conditions, and by hand.

mod common;

use common::Draws;
use tokenomics_market::Production;

fn random(seed: u64) -> Production {
    let mut draws = Draws::new(seed);
    let lines = 1 + draws.below(12);
    let wanted: Vec<f64> = (0..lines).map(|_| if draws.next() < 0.1 { 0.0 } else { draws.between(1e3, 1e6) }).collect();
    let value = (0..lines).map(|_| if draws.next() < 0.1 { 0.0 } else { draws.between(5e3, 2e5) }).collect();
    let resource_use = (0..=draws.below(6))
        .map(|_| {
            let shares: Vec<f64> =
                (0..lines).map(|_| if draws.next() < 0.2 { 0.0 } else { draws.between(0.3, 3.0) }).collect();
            let whole: f64 = shares.iter().zip(&wanted).map(|(share, wanted)| share * wanted).sum::<f64>() + 1.0;
            let limit = whole * draws.between(0.2, 1.6);
            shares.iter().map(|share| share / limit).collect()
        })
        .collect();
    Production { value, wanted, resource_use }
}

#[test]
fn what_is_made_earns_what_it_takes_and_no_more() {
    for seed in 0..200 {
        let production = random(seed);
        let plan = production.plan().unwrap();
        let scale = plan.worth.max(1.0);
        // A unit's margin over the resources it takes: what is wanted in full may have one, what is not made has none.
        let mut margins = 0.0;
        for line in 0..production.value.len() {
            let takes: f64 = production
                .resource_use
                .iter()
                .zip(&plan.resource_price)
                .map(|(shares, price)| shares[line] * price)
                .sum();
            let (units, wanted, value) = (plan.units[line], production.wanted[line], production.value[line]);
            let margin = value - takes;
            let size = value.max(takes).max(1e-9);
            assert!(units >= -1e-9 * wanted && units <= wanted * (1.0 + 1e-9) + 1e-9, "seed {seed}");
            if wanted > 0.0 && value > 0.0 {
                assert!(margin.max(0.0) / size * (1.0 - units / wanted) < 1e-8, "seed {seed}, line {line}");
                assert!((-margin).max(0.0) / size * (units / wanted) < 1e-8, "seed {seed}, line {line}");
            }
            margins += margin.max(0.0) * wanted;
        }
        for (slack, price) in plan.slack.iter().zip(&plan.resource_price) {
            assert!(*price >= 0.0 && slack * price / scale < 1e-8, "seed {seed}");
        }
        let dual = margins + plan.resource_price.iter().sum::<f64>();
        assert!((dual - plan.worth).abs() / scale < 1e-8, "seed {seed}: {dual} and {}", plan.worth);
    }
}

#[test]
fn relief_of_what_binds_adds_and_of_what_does_not_adds_nothing() {
    let production = Production {
        value: vec![100.0],
        wanted: vec![1000.0],
        resource_use: vec![vec![1.0 / 500.0], vec![1.0 / 520.0], vec![1.0 / 900.0]],
    };
    let plan = production.plan().unwrap();
    assert!((plan.units[0] - 500.0).abs() < 1e-6 && (plan.resource_price[0] - 50_000.0).abs() < 1e-3);
    // A tenth more of the first, and the second binds at 520.
    assert!((production.relief(0, 0.1).unwrap() - 2000.0).abs() < 1e-4);
    assert!(production.relief(1, 0.1).unwrap().abs() < 1e-4);
    assert!((plan.slack[2] - 4.0 / 9.0).abs() < 1e-9);
}
