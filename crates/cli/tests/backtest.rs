//! Forecasts of a date against what came out: `backtest`.

mod common;

use common::{Folder, Run, on};
use serde_json::Value;
use std::fs;

const SHEET: &str = "\
quarters 2024Q4 to 2026Q2

unit $
unit s si
unit hr = 3600 s
unit yr = 8760 hr
unit qtr = 0.25 yr

## Who sells.
dim owner = anna, bert, carl, dora

## What was sold, as reported.
partial input reported_sales[owner, quarter] : $ from data/sales.csv

## How many times sales grow in a quarter.
input growth : 1 = 2 ~ 1 to 4 assume \"a test\"

## What is sold.
partial sales[owner, quarter] : $
  = reported_sales otherwise prev(sales, reported_sales) * growth
";

const SALES: &str = "\
name,owner,quarter,value,unit,source,published,kind
reported_sales,anna,2025Q1,1,$,maker,2025-05,reported
reported_sales,anna,2025Q2,2,$,maker,2025-08,reported
reported_sales,anna,2025Q3,4,$,maker,2025-11,reported
reported_sales,anna,2025Q4,10,$,maker,2026-02,reported
reported_sales,anna,2026Q1,16,$,maker,2026-05,reported
reported_sales,bert,2024Q4,5,$,maker,2025-02,reported
reported_sales,bert,2025Q1,10,$,maker,2025-05,reported
reported_sales,bert,2025Q2,20,$,maker,2025-08,reported
reported_sales,bert,2025Q3,40,$,maker,2025-11,reported
reported_sales,bert,2025Q4,20,$,maker,2026-02,reported
reported_sales,carl,2025Q3,7,$,maker,2025-11,reported
reported_sales,dora,2025Q4,9,$,maker,2026-02,reported
";

const SOURCES: &str = "key,publisher,title,date,url,licence\nmaker,Maker,Results,2026-05,https://example.com,facts\n";

fn model(table: &str) -> Folder {
    let folder = Folder::new();
    fs::create_dir(folder.0.join("data")).unwrap();
    fs::write(folder.0.join("sales.tok"), SHEET).unwrap();
    fs::write(folder.0.join("data/sales.csv"), SALES).unwrap();
    fs::write(folder.0.join("data/sources.csv"), SOURCES).unwrap();
    if !table.is_empty() {
        fs::write(folder.0.join("backtest.csv"), table).unwrap();
    }
    folder
}

fn backtest(folder: &Folder, more: &[&str]) -> Run {
    on(&folder.0, &[&["backtest", "--draws", "40000"], more].concat())
}

const TABLE: &str = "label,forecast,outcome\nsales,sales,reported_sales\n";

#[track_caller]
fn near(value: &Value, expected: f64) {
    let value = value.as_f64().unwrap_or(f64::NAN);
    assert!((value - expected).abs() < 0.01, "{value} is not {expected}");
}

// On the last day of 2025 Anna's last known quarter is the third, with 4 $. Growth doubles: 8 and 16 are
// forecast, 10 and 16 come out. The last two quarters double too. Bert goes from 5 to 40 $ over four known
// quarters, which doubles; 80 is forecast, 20 comes out. Growth is drawn between 1 and 4, lognormal: its
// 10th percentile is 2 / 2^0.779 = 1.166, its 90th 3.43, and of two quarters 1.36 and 11.8. So Anna's band
// is 4.66 to 13.7, then 5.4 to 47, and Bert's 46.6 to 137.
#[test]
fn scores_are_those_worked_out_by_hand() {
    let folder = model(TABLE);
    let text = backtest(&folder, &["--as-of", "2025-12-31", "--json"]).good();
    let document: Value = serde_json::from_str(&text).unwrap();
    let series = document["series"].as_array().unwrap();
    let labels: Vec<&str> = series.iter().map(|one| one["series"].as_str().unwrap()).collect();
    assert_eq!(labels, ["sales, anna", "sales, bert", "sales, carl", "sales, dora"]);
    let [anna, bert, carl, dora] = [0, 1, 2, 3].map(|at| &series[at]);
    let ln = f64::ln;
    assert_eq!(anna["outcomes"], 2);
    near(&anna["error"], f64::midpoint(ln(10.0 / 8.0), 0.0));
    near(&anna["last_value_error"], f64::midpoint(ln(10.0 / 4.0), ln(16.0 / 4.0)));
    near(&anna["last_growth_error"], f64::midpoint(ln(10.0 / 8.0), 0.0));
    near(&anna["inside"], 1.0);
    assert_eq!(bert["outcomes"], 1);
    near(&bert["error"], ln(4.0));
    near(&bert["last_value_error"], ln(2.0));
    near(&bert["last_growth_error"], ln(4.0));
    near(&bert["inside"], 0.0);
    assert_eq!(carl["not_scored"], "nothing of it was published since");
    assert_eq!(dora["not_scored"], "nothing of it was known by then");
    assert!(carl["error"].is_null() && dora["outcomes"] == 0);
    let summary = &document["summary"];
    assert_eq!((&summary["series"], &summary["outcomes"]), (&Value::from(2), &Value::from(3)));
    near(&summary["inside"], 2.0 / 3.0);
    near(&summary["error"], f64::midpoint(ln(1.25) / 2.0, ln(4.0)));
    assert_eq!(summary["against_last_value"], serde_json::json!({ "better_in": 1, "as_good_in": 0, "of": 2 }));
    assert_eq!(summary["against_last_growth"], serde_json::json!({ "better_in": 0, "as_good_in": 2, "of": 2 }));
    let first = &document["outcomes"][0];
    assert_eq!((&first["quarter"], &first["unit"]), (&Value::from("2025Q4"), &Value::from("$")));
    for (key, expected) in [("outcome", 10.0), ("last_value", 4.0), ("last_growth", 8.0)] {
        near(&first[key], expected);
    }
    for (key, expected) in [("forecast", 8.0), ("p10", 4.66), ("p90", 13.72)] {
        let value = first[key].as_f64().unwrap();
        assert!((value / expected - 1.0).abs() < 0.02, "{key}: {value}");
    }
}

#[test]
fn the_table_says_who_is_beaten_and_what_is_not_scored() {
    let folder = model(TABLE);
    let text = backtest(&folder, &["--as-of", "2025-12-31"]).good();
    assert_eq!(
        common::line(&text, "sales, bert")[2..],
        ["1", "1.00", "1.386", "0.693", "1.386", "last", "value", "0", "%"]
    );
    for said in [
        "Ours beats the last value in 1 of 2 series and the last growth in 0 of 2 series (as good in 2)",
        "2 not scored",
        "2 of 3 outcomes lie inside what four draws in five say: 67 %.",
        "Not scored, nothing of it was published since (1): sales, carl.",
    ] {
        assert!(text.split_whitespace().collect::<Vec<_>>().join(" ").contains(said), "{said}: {text}");
    }
    let rows = backtest(&folder, &["--as-of", "2025-12-31", "--rows", "--csv"]).good();
    assert_eq!(rows.lines().count(), 4, "{rows}");
    assert!(rows.starts_with("series,quarter,outcome,forecast,p10,p90,last_value,last_growth,unit\n"), "{rows}");
}

#[test]
fn a_later_date_knows_more() {
    let folder = model("label,forecast,outcome\nAnna's sales,sales[owner = anna],\n");
    let at = |date: &str| {
        let text = backtest(&folder, &["--as-of", date, "--json"]).good();
        serde_json::from_str::<Value>(&text).unwrap()["series"][0].clone()
    };
    assert_eq!(at("2026-03")["outcomes"], 1);
    near(&at("2026-03")["error"], f64::ln(20.0 / 16.0));
    assert_eq!(at("2026-06")["not_scored"], "nothing of it was published since");
    assert_eq!(at("2025-01")["not_scored"], "nothing of it was known by then");
}

#[test]
fn what_cannot_be_held_against_each_other_is_told() {
    let said = backtest(&model(TABLE), &[]).bad_call();
    assert!(said.contains("--as-of 2025-06-30"), "{said}");
    let said = backtest(&model(""), &["--as-of", "2025"]).bad_call();
    assert!(said.contains("no backtest") && said.contains("backtest.csv"), "{said}");
    for (line, expected) in [
        ("sales,sale,reported_sales", "did you mean `sales`?"),
        ("sales,sales,growth", "`growth` does not vary by quarter"),
        ("sales,sales[owner = anna],reported_sales", "varies by nothing but quarters, `reported_sales` by owner"),
    ] {
        let folder = model(&format!("label,forecast,outcome\n{line}\n"));
        let said = on(&folder.0, &["check"]).bad_model();
        assert!(said.contains(expected) && said.contains("backtest.csv:2"), "{said}");
        backtest(&folder, &["--as-of", "2025"]).bad_model();
    }
}
