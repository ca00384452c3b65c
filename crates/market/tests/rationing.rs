//! Prices that do not clear.

use tokenomics_market::{Demand, Market};

/// A hundred chips, and demand of 100 · (p/4)^-2.
fn market() -> Market {
    Market {
        fleet: vec![100.0],
        rate: vec![vec![1.0]],
        cash_cost: vec![0.5],
        demand: vec![Demand::Isoelastic { quantity: 100.0, price: 4.0, elasticity: 2.0, choke: 40.0 }],
        ..Market::default()
    }
}

#[test]
fn a_price_below_clearing_turns_buyers_away_and_loses_value() {
    // At 2 $/hr 400 are wanted, and 100 are there.
    let market = market();
    let rationed = market.ration(&[2.0]).unwrap();
    assert!((rationed.served[0] - 100.0).abs() < 1e-9 && (rationed.turned_away[0] - 300.0).abs() < 1e-9);
    // The area under p = 40 · q^-1/2 from 1 to q, and 40 up to 1: 80 · sqrt(q) - 40.
    let value = |quantity: f64| 80.0 * quantity.sqrt() - 40.0;
    assert!((rationed.loss[0] - (value(100.0) - value(400.0) / 4.0)).abs() < 1e-6);
    assert!((rationed.queue[0] - 0.75 * (value(400.0) - 2.0 * 400.0)).abs() < 1e-6);
    assert!((market.clear().unwrap().price[0] - 4.0).abs() < 1e-9);
}

#[test]
fn a_price_at_or_above_clearing_turns_no_one_away() {
    let market = market();
    let rationed = market.ration(&[8.0]).unwrap();
    assert!((rationed.served[0] - 25.0).abs() < 1e-9 && rationed.turned_away[0].abs() < 1e-9);
    assert!(rationed.loss[0].abs() < 1e-9 && rationed.queue[0].abs() < 1e-6);
    assert!(market.ration(&[0.0]).unwrap_err().to_string().contains("above zero"));
}
