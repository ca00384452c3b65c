//! Scenarios side by side: what they change, why, and what that does.

mod common;

use common::{Folder, line, on, on_small_model};
use serde_json::Value;
use std::fs;

const MORE: &str = "
## Chips wear out, in a winter that is cold as well.
scenario short_life on dear_power
  life = 2.5 yr source report \"page 7\"
  price[chip = large] *= 3 assume \"few are made\"
";

fn scenarios() -> Folder {
    let folder = Folder::with_model();
    fs::write(folder.0.join("more.tok"), MORE).expect("a sheet");
    folder
}

#[test]
fn a_comparison_says_what_each_scenario_changes_and_why() {
    let folder = scenarios();
    let call = ["compare", "base", "dear_power", "short_life", "--show", "hour_cost[small, 2025Q1]"];
    let text = on(&folder.0, &call).good();
    let (first, second) = text.split_once("short_life changes").expect("both scenarios");
    let first = first.split_once("dear_power changes").expect("what it changes").1;
    assert!(first.contains("Power costs twice as much."), "{text}");
    let price = line(first, "reported_power_price[quarter = 2025Q1]");
    assert_eq!(price[3..], ["$/kWh", "0.08", "0.16", "×", "2.00", "a", "cold", "winter"], "{text}");
    assert!(!first.contains("life  "), "{text}");
    assert_eq!(line(second, "life")[..7], ["life", "yr", "5", "2.5", "×", "0.500", "page"], "{text}");
    assert_eq!(line(second, "price[chip = large]")[3..6], ["$/chip", "87,600", "262,800"], "{text}");
    assert!(!second.contains("price[chip = small]"), "{text}");
    // What it stands on is said to be another's.
    assert!(second.contains("a cold winter (set by dear_power)"), "{text}");
    // 43,800 $ over 2.5 years are 2 $/hr, and a kW at 0.16 $/kWh.
    assert_eq!(line(&text, "hour_cost  ")[1..], ["$/chip/hr", "1.08", "1.16", "+7.4", "%", "2.16", "+100", "%"]);
}

#[test]
fn changes_are_told_to_programs_with_their_sources() {
    let folder = scenarios();
    let call = ["compare", "base", "short_life", "--show", "hour_cost[small, 2025Q1]", "--json"];
    let document: Value = serde_json::from_str(&on(&folder.0, &call).good()).expect("a document");
    let changes = document["changes"].as_array().expect("changes");
    let life = changes.iter().find(|change| change["name"] == "life").expect("the life of a chip");
    assert_eq!((&life["base"], &life["value"], &life["unit"]), (&5.0.into(), &2.5.into(), &"yr".into()));
    assert_eq!(
        (&life["reason"], &life["source"], &life["under"]),
        (&"page 7".into(), &"report".into(), &"short_life".into())
    );
    assert_eq!(changes.iter().filter(|change| change["name"] == "price").count(), 1);
}

#[test]
fn a_scenario_may_be_the_base_and_one_alone_is_held_against_the_model() {
    let back = on_small_model("compare dear_power base --show hour_cost[small,2025Q1]").good();
    let price = line(&back, "reported_power_price[quarter = 2025Q1]");
    assert_eq!(price[3..6], ["$/kWh", "0.16", "0.08"], "{back}");
    let alone = on_small_model("compare dear_power --show hour_cost[small,2025Q1]").good();
    assert_eq!(alone, on_small_model("compare base dear_power --show hour_cost[small,2025Q1]").good());
}

#[test]
fn without_a_name_every_scenario_is_compared() {
    let folder = scenarios();
    fs::write(
        folder.0.join("compare.csv"),
        "label,figure,unit\nan hour,\"hour_cost[small, 2025Q1]\",\nrent,rent[small],\n",
    )
    .expect("a table");
    let text = on(&folder.0, &["compare"]).good();
    assert_eq!(line(&text, "scenario"), ["scenario", "an", "hour", "change", "rent", "change"], "{text}");
    assert_eq!(line(&text, "base"), ["base", "1.08", "1.50"], "{text}");
    assert_eq!(line(&text, "dear_power"), ["dear_power", "1.16", "+7.4", "%", "1.50"], "{text}");
    assert_eq!(line(&text, "short_life"), ["short_life", "2.16", "+100", "%", "1.50"], "{text}");
    assert_eq!(on(&folder.0, &["compare", "base"]).good(), text);
    let document: Value = serde_json::from_str(&on(&folder.0, &["compare", "--json"]).good()).expect("a document");
    assert_eq!(document["compared"], serde_json::json!(["base", "dear_power", "short_life"]));
    assert_eq!(document["figures"].as_array().expect("figures").len(), 6);
    // Other figures may be named; too many do not stand side by side.
    let shown = on(&folder.0, &["compare", "--show", "hour_cost[quarter = 2025Q1]"]).good();
    assert_eq!(line(&shown, "base")[1..], ["1.08", "2.16"], "{shown}");
    assert!(on(&folder.0, &["compare", "--show", "hour_cost"]).bad_call().contains("16 figures"));
}

#[test]
fn the_figures_that_all_are_compared_by_are_checked() {
    let folder = scenarios();
    for (table, said) in [
        ("label,figure,unit\nan hour,hour_costs[small],\n", "did you mean `hour_cost`?"),
        ("label,figure,unit\nan hour,\"hour_cost[small, 2025Q1]\",yr\n", "not in yr"),
        ("label,figure\n", "lacks the column `unit`"),
    ] {
        fs::write(folder.0.join("compare.csv"), table).expect("a table");
        let text = on(&folder.0, &["check"]).bad_model();
        assert!(text.contains(said) && text.contains("compare.csv:"), "{text}");
    }
    fs::remove_file(folder.0.join("compare.csv")).expect("the table");
    assert!(on(&folder.0, &["compare"]).bad_call().contains("compare.csv"));
}
