//! Figures: `show`, `explain`, `list`, `inputs`, `simulate`, `tornado`, and how they are named.

mod common;

use common::{Folder, line, on, on_small_model, run, small_model};
use serde_json::Value;
use std::fs;

// The small model, by hand: a small chip costs 43,800 $ and works five years of 8,760 hours, which
// is 1 $/hr, and draws 1 kW; a large one twice that. Power is reported at 0.08 $/kWh in the first
// quarter and at 0.10 in the third, is 0.09 between them, and grows by 5 % a quarter from then on.

#[test]
fn show_puts_quarters_across_and_members_down() {
    let text = on_small_model("show hour_cost --to 2025Q3").good();
    assert!(text.starts_with("hour_cost  $/chip/hr\nWhat an hour of a chip costs.\n"), "{text}");
    assert_eq!(line(&text, "chip"), ["chip", "2025Q1", "2025Q2", "2025Q3"]);
    assert_eq!(line(&text, "small"), ["small", "▁▅█", "1.08", "1.09", "1.10"]);
    assert_eq!(line(&text, "large"), ["large", "▁▅█", "2.16", "2.18", "2.20"]);
}

#[test]
fn show_marks_the_seam_between_history_and_forecast() {
    let text = on_small_model("show power_price --to 2025Q4").good();
    assert!(text.contains("0.0800  0.0900~  0.1000  0.1050*"), "{text}");
    assert!(text.contains("~ filled in") && text.contains("* modelled"), "{text}");
    let computed = on_small_model("show hour_cost").good();
    assert!(!computed.contains('*') && !computed.contains("modelled"), "{computed}");
}

#[test]
fn show_says_what_is_not_known() {
    let text = on_small_model("show rent").good();
    assert_eq!(line(&text, "small"), ["small", "1.50"]);
    assert!(text.contains("1 row without a figure left out"), "{text}");
    assert_eq!(on_small_model("show rent[large]").good().lines().next(), Some("rent[chip = large] = · $/chip/hr"));
}

#[test]
fn show_of_one_figure_is_one_line() {
    let text = on_small_model("show hour_cost[small,2025Q1]").good();
    assert_eq!(text.lines().next(), Some("hour_cost[chip = small, quarter = 2025Q1] = 1.08 $/chip/hr"));
}

#[test]
fn wide_tables_go_on_below() {
    let folder = Folder::with_model();
    folder.edit("units.tok", "2026Q4", "2032Q4");
    let text = on(&folder.0, &["show", "hour_cost"]).good();
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    for year in 2025..=2032 {
        assert!(text.contains(&format!("{year}Q4")), "{text}");
    }
}

#[test]
fn a_table_of_a_great_many_rows_is_shortened() {
    let folder = Folder::with_model();
    let towns: Vec<String> = (0..120).map(|number| format!("town_{number}")).collect();
    let sheet = format!(
        "dim town = {}\ndim kind = one, other\n\npartial wage[kind, town, quarter] : $\n  one = size * (2 - hour_cost[chip = small] / hour_cost[chip = small])\n  other = size * rent[chip = large] / rent[chip = large]\n\ninput size : $ = 5 $ assume \"a test\"\n",
        towns.join(", ")
    );
    fs::write(folder.0.join("towns.tok"), sheet).unwrap();
    let text = on(&folder.0, &["show", "wage"]).good();
    assert!(text.starts_with("wage[kind = one]  $\n"), "{text}");
    assert!(text.contains("town_39 ") && !text.contains("town_40 "), "{text}");
    assert!(!text.contains("2025Q4") && text.contains("2026Q1"), "{text}");
    assert!(text.contains("120 rows without a figure left out"), "{text}");
    assert!(text.contains("120 rows in the last quarters: pick a member, as in show 'wage[town = town_0]'"), "{text}");
    let all = on(&folder.0, &["show", "wage", "--all"]).good();
    assert!(all.contains("town_119 ") && all.contains("2025Q1"), "{all}");
    assert_eq!(on(&folder.0, &["show", "wage", "--csv"]).good().lines().count(), 1 + 240 * 8);
}

#[test]
fn picks_are_written_in_several_ways() {
    let expected = on_small_model("show hour_cost[chip=small,quarter=2026Q1]").good();
    for call in [
        "show hour_cost[chip = small, quarter = 2026Q1]",
        "show hour_cost[small, 2026Q1]",
        "show hour_cost[2026Q1,small]",
        "show hour_cost chip=small quarter=2026Q1",
        "show hour_cost[small] 2026Q1",
    ] {
        assert_eq!(on_small_model(call).good(), expected, "{call}");
    }
    let both = on_small_model("show hour_cost[large, small, 2026Q1]").good();
    assert_eq!(
        both.lines().skip(4).map(|line| line.split(' ').next().unwrap()).collect::<Vec<_>>(),
        ["large", "small"]
    );
}

#[test]
fn a_misspelt_name_is_answered_with_the_nearest() {
    for (call, near) in [
        ("show hour_csot", "hour_cost"),
        ("show hour_cost[chp=small]", "chip"),
        ("show hour_cost[chip=smal]", "small"),
        ("show hour_cost[smal]", "small"),
        ("show hour_cost smal", "small"),
        ("show hour_cost[chip=small,quarter=2025Q5]", "2025Q1"),
        ("explain hour_csot", "hour_cost"),
        ("tornado hour_csot", "hour_cost"),
        ("simulate hour_csot", "hour_cost"),
        ("show hour_cost --scenario dear_powr", "dear_power"),
        ("compare base dear_powr", "dear_power"),
        ("claims small_huor", "small_hour"),
        ("show cost", "hour_cost"),
    ] {
        let text = on_small_model(call).bad_call();
        assert!(text.contains(&format!("`{near}`")), "{call}: {text}");
    }
}

#[test]
fn a_call_that_means_nothing_is_refused() {
    for (call, reason) in [
        ("show hour_cost[small", "closing"),
        ("show hour_cost]", "stray"),
        ("show chip=small", "before any name"),
        ("show power[quarter=2025Q1]", "does not vary by `quarter`"),
        ("show hour_cost[quarter=2031Q1]", "2025Q1 to 2026Q4"),
        ("show hour_cost --from 2031Q1", "2025Q1 to 2026Q4"),
        ("show hour_cost --from 2026Q1 --to 2025Q1", "after"),
        ("explain hour_cost", "small, large"),
        ("explain price[small] life", "name one"),
        ("list nothing_like_it", "list"),
    ] {
        let text = on_small_model(call).bad_call();
        assert!(text.contains(reason), "{call}: {text}");
    }
    assert!(run(&["shwo"]).bad_call().contains("show"));
    assert!(run(&["--as-of", "yesterday"]).bad_call().contains("2026-05"));
}

#[test]
fn json_has_full_precision_and_the_side_of_each_figure() {
    let text = on_small_model("show power_price --json").good();
    let document: Value = serde_json::from_str(&text).unwrap();
    let figures = document["figures"].as_array().unwrap();
    let sides: Vec<&str> = figures.iter().take(4).map(|figure| figure["side"].as_str().unwrap()).collect();
    assert_eq!(sides, ["given", "filled", "given", "modelled"]);
    assert_eq!(figures[3]["cell"]["quarter"], "2025Q4");
    assert!((figures[3]["value"].as_f64().unwrap() - 0.105).abs() < 1e-12);
    assert_eq!(document["variables"][0]["unit"], "$/kWh");
}

#[test]
fn csv_has_one_row_a_figure() {
    let text = on_small_model("show hour_cost price --csv").good();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("name,chip,quarter,value,unit,side,source,published,kind,note"));
    assert_eq!(lines.clone().count(), 2 * 8 + 2);
    assert_eq!(lines.last(), Some("price,large,,87600.0,$/chip,given,maker,2025-01-02,reported,price list"));
}

#[test]
fn explain_goes_down_to_the_sources() {
    let text = on_small_model("explain hour_cost[small, 2025Q4] --depth 3").good();
    assert!(text.contains("hour_cost[chip = small, quarter = 2025Q4] = 1.10 $/chip/hr"), "{text}");
    assert!(text.contains("= price / life + power * power_price"), "{text}");
    assert!(text.contains("price[small] = 43,800 $/chip ~ 35,040 to 54,750"), "{text}");
    assert!(text.contains("assumed: about as long as the last generation"), "{text}");
    // A forecast hangs on the quarter before, and that on what was reported.
    assert!(text.contains("power_price[2025Q3] = 0.100"), "{text}");
    assert!(text.contains("reported: bureau") && text.contains("published 2025-11"), "{text}");
    assert!(text.contains("https://bureau.example"), "{text}");
}

#[test]
fn explain_takes_the_last_quarter_with_a_figure() {
    assert!(on_small_model("explain hour_cost small").good().contains("quarter = 2026Q4"));
    let reported = on_small_model("explain reported_power_price").good();
    assert!(reported.contains("reported_power_price[quarter = 2025Q3] = 0.1 $/kWh"), "{reported}");
}

#[test]
fn explain_stops_at_the_depth_asked_for() {
    let text = on_small_model("explain hour_cost[small] --depth 0").good();
    assert!(text.contains("reads 4 more") && text.contains("--depth 1"), "{text}");
    let tree: Value = serde_json::from_str(&on_small_model("explain hour_cost[small] --json").good()).unwrap();
    assert_eq!(tree["reads"][0]["name"], "price");
    assert_eq!(tree["reads"][0]["source"], "maker");
}

#[test]
fn list_searches_names_and_descriptions() {
    let text = on_small_model("list RENTS hour").good();
    assert!(text.contains("rent[chip]  $/chip/hr"), "{text}");
    assert!(!text.contains("hour_cost"), "{text}");
}

#[test]
fn inputs_show_value_spread_and_origin() {
    let text = on_small_model("inputs").good();
    assert!(text.contains("price[chip] = 43,800 to 87,600 $/chip ~ -20 % to +25 %"), "{text}");
    assert!(text.contains("life = 5 yr ~ 4 to 7"), "{text}");
    assert!(text.contains("assumed: about as long as the last generation"), "{text}");
    assert!(text.contains("reported: bureau · published 2025-05 to 2025-11"), "{text}");
    let assumed = on_small_model("inputs --kind assumption").good();
    assert!(assumed.contains("life") && !assumed.contains("price[chip]"), "{assumed}");
}

#[test]
fn a_simulation_spreads_around_the_median_and_repeats() {
    let call = "simulate hour_cost[small,2025Q1] power --draws 3000 --json";
    let text = on_small_model(call).good();
    assert_eq!(text, on_small_model(call).good());
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["draws"], 3000);
    let figure = |index: usize, name: &str| document["figures"][index][name].as_f64().unwrap();
    // Price times 0.8 to 1.25 and a life of four to seven years around 1 $ for the capital.
    assert_eq!((figure(0, "base"), document["asked"].as_u64()), (1.08, Some(3000)));
    assert!((figure(0, "p50") - 1.08).abs() < 0.05, "{text}");
    assert!(figure(0, "p5") > 0.65 && figure(0, "p5") < 0.9, "{text}");
    assert!(figure(0, "p95") > 1.25 && figure(0, "p95") < 1.7, "{text}");
    assert_eq!(document["figures"][1]["certain"], true);
    assert!((figure(1, "p5") - 1.0).abs() < 1e-12 && (figure(1, "p95") - 1.0).abs() < 1e-12, "{text}");
}

#[test]
fn a_tornado_ranks_by_swing() {
    let text = on_small_model("tornado hour_cost[small,2025Q1]").good();
    assert_eq!(text.lines().next(), Some("hour_cost[chip = small, quarter = 2025Q1] = 1.08 $/chip/hr"));
    // Life from four to seven years: 1 $ becomes 1.25 or 0.714; price: 0.8 or 1.25.
    let life = line(&text, "life");
    assert_eq!(life[1..5], ["4", "to", "7", "yr"]);
    assert_eq!((life[5], *life.last().unwrap()), ("1.330", "0.794"));
    let price = line(&text, "price[small]");
    assert_eq!(price[1..5], ["35,040", "to", "54,750", "$/chip"]);
    assert_eq!((price[5], *price.last().unwrap()), ("0.880", "1.330"));
    assert!(text.find("life").unwrap() < text.find("price[small]").unwrap(), "{text}");
    assert!(!text.contains("price[large]"), "{text}");
    let document: Value =
        serde_json::from_str(&on_small_model("tornado hour_cost[small,2025Q1] --json").good()).unwrap();
    let life = &document["swings"][0];
    assert_eq!((&life["p5"], &life["p95"], &life["input_unit"]), (&4.0.into(), &7.0.into(), &"yr".into()));
    // A pure number has no unit.
    assert!(
        on_small_model("tornado margin[small,2025Q1]")
            .good()
            .starts_with("margin[chip = small, quarter = 2025Q1] = 0.280\n")
    );
}

#[test]
fn only_what_was_published_is_seen() {
    let text = on_small_model("--as-of 2025-10 show power_price --csv").good();
    let row = |quarter: &str| text.lines().find(|line| line.contains(quarter)).unwrap().to_owned();
    assert!(row("2025Q1").contains("0.08,"), "{text}");
    // The third quarter was published in November: until then it is 5 % above 5 % above 0.08.
    assert!(row("2025Q3").contains("0.0882"), "{text}");
    assert!(row("2025Q3").contains("modelled"), "{text}");
}

#[test]
fn a_reader_who_has_seen_enough_is_no_fault() {
    use std::process::Stdio;
    let mut child = common::program()
        .args(["--model"])
        .arg(small_model())
        .args(["show", "hour_cost", "--csv"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}
