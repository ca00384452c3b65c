//! Rule 10: scenarios.

use crate::support::{accepted, cells, refused, spreads, under, values, variable};
use tokenomics_language::Options;

const SHEET: &str = "dim chip = a, b\nquarters 2024Q1 to 2024Q2\n\
    input price[chip] : $k = a: 5 $k, b: 8 $k ~ times 0.5 to 2 assume \"why\"\n\
    input demand[chip, quarter] : $ = 10 $ assume \"why\"\n\
    partial input quoted[chip] : $ = a: 1 $ assume \"why\"\n\
    cost[chip] : $ = 2 * price\n\
    scenario cheap\n  price *= 0.5 assume \"a glut\"\n\
    scenario cheaper on cheap\n  price[chip = a] *= 0.5 assume \"more of it\"\n  demand[quarter = 2024Q2] = 20 $ assume \"more buyers\"\n\
    scenario fixed\n  price[chip = b] = 3000 $ ~ 2 $k to 4 $k source beta_blog \"the end\"\n  quoted = a: 3 $, b: 4 $ assume \"asked\"\n\
    scenario scaled\n  quoted *= 10 assume \"why\"\n  demand = a: 1 $, b: 2 $ assume \"why\"\n";

#[test]
fn a_scenario_is_not_applied_unless_asked_for() {
    let model = accepted(SHEET);
    assert_eq!(values(&model, "price"), [Some(5.0), Some(8.0)]);
    let names: Vec<(&str, Option<&str>)> =
        model.scenarios.iter().map(|scenario| (scenario.name.as_str(), scenario.on.as_deref())).collect();
    assert_eq!(names, [("cheap", None), ("cheaper", Some("cheap")), ("fixed", None), ("scaled", None)]);
    assert_eq!(model.scenarios[1].changes, ["price", "demand"]);
}

#[test]
fn a_change_scales_figures_and_their_spreads() {
    let model = under(SHEET, "cheap");
    assert_eq!(values(&model, "price"), [Some(2.5), Some(4.0)]);
    assert_eq!(spreads(&model, "price"), [Some((1.25, 5.0)), Some((2.0, 8.0))]);
    let origin = &model.origins[cells(&model, "price")[0].unwrap().origin.index()];
    assert_eq!((origin.text.as_str(), origin.scenario.as_deref()), ("a glut", Some("cheap")));
}

#[test]
fn a_scenario_stands_on_another() {
    let model = under(SHEET, "cheaper");
    assert_eq!(values(&model, "price"), [Some(1.25), Some(4.0)]);
    assert_eq!(values(&model, "demand"), [Some(10.0), Some(20.0), Some(10.0), Some(20.0)]);
    let origins: Vec<Option<&str>> = cells(&model, "price")
        .iter()
        .flatten()
        .map(|figure| model.origins[figure.origin.index()].scenario.as_deref())
        .collect();
    assert_eq!(origins, [Some("cheaper"), Some("cheap")]);
}

#[test]
fn a_change_replaces_figures_with_their_spread_and_fills_gaps() {
    let model = under(SHEET, "fixed");
    assert_eq!(values(&model, "price"), [Some(5.0), Some(3.0)]);
    assert_eq!(spreads(&model, "price"), [Some((2.5, 10.0)), Some((2.0, 4.0))]);
    assert_eq!(values(&model, "quoted"), [Some(3.0), Some(4.0)]);
    let origin = &model.origins[cells(&model, "price")[1].unwrap().origin.index()];
    assert_eq!(origin.published.unwrap().to_string(), "2025-06");
}

#[test]
fn scaling_leaves_gaps_and_keys_reach_every_quarter() {
    let model = under(SHEET, "scaled");
    assert_eq!(values(&model, "quoted"), [Some(10.0), None]);
    assert_eq!(values(&model, "demand"), [Some(1.0), Some(1.0), Some(2.0), Some(2.0)]);
    assert_eq!(variable(&model, "cost").unit.text, "$");
}

#[test]
fn scenarios_change_inputs_only_each_with_its_origin() {
    refused(&format!("{SHEET}scenario x\n  cost = 5 $ assume \"why\"\n"), "`cost` is not an input");
    refused(&format!("{SHEET}scenario x\n  price = 5\n"), "a change needs an origin");
    refused(&format!("{SHEET}scenario x on y\n  price = 5 $ assume \"why\"\n"), "there is no scenario `y`");
    refused(&format!("{SHEET}scenario x on x\n  price = 5 $ assume \"why\"\n"), "the scenario `x` stands on itself");
    refused(
        &format!("{SHEET}scenario x\n  price *= 5 $ assume \"why\"\n"),
        "this is in $, and a pure number is needed",
    );
    refused(&format!("{SHEET}scenario x\n  price = 5 yr assume \"why\"\n"), "this is in yr, and $k is declared");
    refused(
        &format!("{SHEET}scenario x\n  price[quarter = 2024Q1] = 5 $ assume \"why\"\n"),
        "`price` does not vary by `quarter`",
    );
}

#[test]
fn faults_of_scenarios_that_are_not_applied_show() {
    let text = format!("{SHEET}scenario x\n  prices = 5 $ assume \"why\"\n");
    for scenario in [None, Some("cheap")] {
        let faults = crate::support::read(&text, &Options { scenario, ..Options::default() }).expect_err("a fault");
        assert_eq!(faults.diagnostics.len(), 1);
    }
}

#[test]
fn an_unknown_scenario_is_a_fault() {
    let faults =
        crate::support::read(SHEET, &Options { scenario: Some("cheep"), ..Options::default() }).expect_err("a fault");
    assert_eq!(faults.diagnostics[0].what, "there is no scenario `cheep`");
}

#[test]
fn a_scenario_changes_a_cell_once() {
    let cheap = "scenario x\n  price[chip = a] *= 0.5 assume \"why\"\n";
    let model = under(&format!("{SHEET}{cheap}  price[chip = b] = 1 $k ~ 1 $k to 2 $k assume \"why\"\n"), "x");
    assert_eq!(values(&model, "price"), [Some(2.5), Some(1.0)]);
    refused(
        &format!("{SHEET}{cheap}  price *= 0.5 assume \"why\"\n"),
        "the scenario `x` changes `price` twice at chip = a",
    );
    // One that stands on another changes what that one changed.
    let model = under(&format!("{SHEET}{cheap}scenario y on x\n  price *= 0.5 assume \"why\"\n"), "y");
    assert_eq!(values(&model, "price"), [Some(1.25), Some(4.0)]);
}
