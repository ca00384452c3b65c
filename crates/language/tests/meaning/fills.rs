//! Rule 9: how quarters between given ones are filled. The numbers are worked out by hand.

use crate::support::{accepted, cells, refused, spreads, values};
use tokenomics_language::Model;

const HEADER: &str = "name,quarter,value,unit,p5,p95,source,published,kind";

/// A model of eight quarters from 2024 with one input filled in a way from rows `quarter,value,p5,p95`.
fn filled(way: &str, rows: &[&str]) -> Model {
    accepted(&text(way, rows))
}

fn text(way: &str, rows: &[&str]) -> String {
    let mut text = format!(
        "=== sheet.tok\nquarters 2024Q1 to 2025Q4\npartial input x[quarter] : $ from data/x.csv{way}\n=== data/x.csv\n{HEADER}\n"
    );
    for row in rows {
        let mut parts = row.split(',');
        let mut next = || parts.next().unwrap_or("");
        let (quarter, value, low, high) = (next(), next(), next(), next());
        text = format!("{text}x,{quarter},{value},$,{low},{high},acme_report,2025,reported\n");
    }
    text
}

fn some(values: &[f64]) -> Vec<Option<f64>> {
    values.iter().copied().map(Some).collect()
}

#[test]
fn without_a_way_only_the_given_quarters_have_a_figure() {
    let model = filled("", &["2024Q2,5", "2025Q4,7"]);
    assert_eq!(values(&model, "x"), [None, Some(5.0), None, None, None, None, None, Some(7.0)]);
    refused(&text("", &["2024,5"]), "this figure is for a year and the model counts quarters");
}

#[test]
fn linear_goes_along_a_straight_line() {
    let model = filled(" interpolate linear", &["2024Q1,10", "2025Q1,30", "2025Q3,20"]);
    assert_eq!(values(&model, "x"), [some(&[10.0, 15.0, 20.0, 25.0, 30.0, 25.0, 20.0]), vec![None]].concat());
    let filled: Vec<bool> = cells(&model, "x").iter().flatten().map(|figure| figure.filled).collect();
    assert_eq!(filled, [false, true, true, true, false, true, false]);
    refused(&text(" interpolate linear", &["2024,5"]), "this figure is for a year");
}

#[test]
fn linear_starts_from_a_figure_before_the_first_quarter() {
    let model = filled(" interpolate linear", &["2023Q3,0", "2024Q3,40"]);
    assert_eq!(values(&model, "x"), [some(&[20.0, 30.0, 40.0]), vec![None; 5]].concat());
}

#[test]
fn linear_ends_towards_a_figure_after_the_last_quarter() {
    let model = filled(" interpolate linear", &["2025Q2,1", "2026Q2,5"]);
    assert_eq!(values(&model, "x"), [vec![None; 5], some(&[1.0, 2.0, 3.0])].concat());
}

#[test]
fn log_goes_at_a_constant_rate() {
    let model = filled(" interpolate log", &["2024Q2,100", "2024Q4,400", "2025Q2,100"]);
    assert_eq!(values(&model, "x"), [vec![None], some(&[100.0, 200.0, 400.0, 200.0, 100.0]), vec![None; 2]].concat());
    refused(&text(" interpolate log", &["2024Q1,0", "2024Q3,5"]), "cannot be interpolated `log`");
    refused(&text(" interpolate log", &["2024Q1,-1", "2024Q3,5"]), "cannot be interpolated `log`");
}

#[test]
fn step_holds_the_last_figure_and_goes_on() {
    let model = filled(" interpolate step", &["2024Q2,5", "2025Q1,7"]);
    assert_eq!(values(&model, "x"), [vec![None], some(&[5.0, 5.0, 5.0, 7.0, 7.0, 7.0, 7.0])].concat());
}

#[test]
fn step_holds_a_year_over_its_quarters() {
    let model = filled(" interpolate step", &["2024,8", "2025Q3,9"]);
    assert_eq!(values(&model, "x"), some(&[8.0, 8.0, 8.0, 8.0, 8.0, 8.0, 9.0, 9.0]));
    let filled: Vec<bool> = cells(&model, "x").iter().flatten().map(|figure| figure.filled).collect();
    assert_eq!(filled, [false, false, false, false, true, true, false, true]);
}

#[test]
fn spread_shares_a_figure_over_the_quarters_since_the_one_before() {
    let model = filled(" interpolate spread", &["2024Q1,10", "2024Q4,45", "2025Q1,3"]);
    assert_eq!(values(&model, "x"), [some(&[10.0, 15.0, 15.0, 15.0, 3.0]), vec![None; 3]].concat());
}

#[test]
fn spread_shares_a_year_among_its_quarters() {
    let model = filled(" interpolate spread", &["2024,100", "2025,60"]);
    assert_eq!(values(&model, "x"), some(&[25.0, 25.0, 25.0, 25.0, 15.0, 15.0, 15.0, 15.0]));
    let model = filled(" interpolate spread", &["2024,100", "2025Q2,40"]);
    assert_eq!(values(&model, "x"), [some(&[25.0, 25.0, 25.0, 25.0, 20.0, 20.0]), vec![None; 2]].concat());
}

#[test]
fn only_an_amount_is_shared_out_and_not_a_rate() {
    let rate = text(" interpolate spread", &["2024,100"]).replace(": $ from", ": $/yr from").replace(",$,", ",$/yr,");
    refused(&rate, "`x` is a rate, in $/yr, and only an amount can be shared out");
    let held = accepted(&rate.replace("interpolate spread", "interpolate step"));
    assert_eq!(values(&held, "x"), some(&[100.0; 8]));
}

#[test]
fn the_ends_of_a_spread_are_filled_with_the_figure() {
    let model = filled(" interpolate linear", &["2024Q1,10,8,14", "2024Q3,20,16,24", "2025Q1,30"]);
    assert_eq!(spreads(&model, "x")[..5], [Some((8.0, 14.0)), Some((12.0, 19.0)), Some((16.0, 24.0)), None, None]);
    let model = filled(" interpolate spread", &["2024,100,80,140"]);
    assert_eq!(spreads(&model, "x")[3], Some((20.0, 35.0)));
    let model = filled(" interpolate log", &["2024Q1,100,25,100", "2024Q3,400,100,400"]);
    assert_eq!(spreads(&model, "x")[1], Some((50.0, 200.0)));
}

#[test]
fn a_year_and_one_of_its_quarters_do_not_stand_together() {
    for way in [" interpolate step", " interpolate spread"] {
        refused(
            &text(way, &["2024,5", "2024Q3,6"]),
            "`x` has a figure for [quarter = 2024] and one for [quarter = 2024Q3]",
        );
        refused(
            &text(way, &["2024Q1,5", "2024,6"]),
            "`x` has a figure for [quarter = 2024Q1] and one for [quarter = 2024]",
        );
        filled(way, &["2024,5", "2025Q1,6"]);
    }
}

#[test]
fn each_series_is_filled_on_its_own() {
    let model = accepted(
        "quarters 2024Q1 to 2024Q3\ndim chip = a, b\n\
         input price[chip, quarter] : $ = 2024Q1: 1 $, 2024Q3: 3 $ interpolate linear assume \"why\"\n\
         input cost[quarter, chip] : $ = a: 1 $, b: 2 $ assume \"why\"\n",
    );
    assert_eq!(values(&model, "price"), some(&[1.0, 2.0, 3.0, 1.0, 2.0, 3.0]));
    assert_eq!(values(&model, "cost"), some(&[1.0, 2.0, 1.0, 2.0, 1.0, 2.0]));
    refused(
        "dim chip = a\ninput price[chip] : $ = a: 1 $ interpolate step assume \"why\"\n",
        "`price` has no quarters to interpolate over",
    );
}

#[test]
fn quarters_are_filled_and_a_like_dimension_is_not() {
    let model = accepted(
        "=== sheet.tok\nquarters 2024Q1 to 2024Q3\ndim vintage like quarter\n\
         partial input fleet[vintage, quarter] : $ from data/fleet.csv interpolate step\n\
         === data/fleet.csv\nname,vintage,quarter,value,unit,source,published,kind\n\
         fleet,2024Q1,2024Q2,5,$,acme_report,2025,reported\n\
         fleet,2024Q3,2024Q3,7,$,acme_report,2025,reported\n",
    );
    // A row of cells is a vintage.
    let none = [None; 3];
    assert_eq!(values(&model, "fleet"), [[None, Some(5.0), Some(5.0)], none, [None, None, Some(7.0)]].concat());
    let model = accepted(
        "quarters 2024Q1 to 2024Q3\ndim vintage like quarter\n\
         partial input built[vintage] : $ = 2024Q1: 1 $, 2024Q3: 3 $ interpolate linear assume \"why\"\n",
    );
    assert_eq!(values(&model, "built"), some(&[1.0, 2.0, 3.0]));
}

#[test]
fn a_row_outside_the_quarters_takes_part_where_the_input_interpolates() {
    let model = |fill: &str| {
        format!(
            "=== sheet.tok\nquarters 2024Q1 to 2024Q3\npartial input x[quarter] : $ from data/x.csv{fill}\n\
             === data/x.csv\nname,quarter,value,unit,source,published,kind\n\
             x,2023Q4,1,$,acme_report,2025,reported\nx,2024Q4,5,$,acme_report,2025,reported\n"
        )
    };
    let linear = accepted(&model(" interpolate linear"));
    assert_eq!(values(&linear, "x"), [Some(2.0), Some(3.0), Some(4.0)]);
    let faults = crate::support::read(&model(""), &tokenomics_language::Options::default()).expect_err("two faults");
    let what: Vec<&str> = faults.diagnostics.iter().map(|fault| fault.what.as_str()).collect();
    assert_eq!(
        what,
        ["`2023Q4` lies outside the quarters of the model", "`2024Q4` lies outside the quarters of the model"]
    );
    // A year of which some quarters are in the model is within it.
    let year = "=== sheet.tok\nquarters 2024Q3 to 2024Q4\ninput x[quarter] : $ from data/x.csv interpolate step\n\
                === data/x.csv\nname,quarter,value,unit,source,published,kind\nx,2024,1,$,acme_report,2025,reported\n";
    assert_eq!(values(&accepted(year), "x"), [Some(1.0), Some(1.0)]);
}
