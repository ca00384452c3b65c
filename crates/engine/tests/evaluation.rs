//! The values of formulas, worked out by hand.

mod common;

use common::{all, near, sheet, values, variable};
use tokenomics_engine::{Evaluation, Wants};

#[test]
fn dimensions_broadcast_by_name_whatever_their_order() {
    let model = sheet(
        r#"
quarters 2024Q1 to 2024Q2
dim chip = a, b, c
input price[chip] : $/chip = a: 1 $/chip, b: 2 $/chip, c: 3 $/chip assume "a test"
input early[chip] : chip = a: 10 chip, b: 20 chip, c: 30 chip assume "a test"
input late[chip] : chip = a: 40 chip, b: 50 chip, c: 60 chip assume "a test"
volume[quarter, chip] : chip = if quarter == 2024Q1 then early else late
revenue[chip, quarter] : $ = price * volume
"#,
    );
    assert_eq!(values(&model, "revenue"), all(&[10.0, 40.0, 40.0, 100.0, 90.0, 180.0]));
}

#[test]
fn reductions_group_through_a_map_and_look_up_through_it() {
    let model = sheet(
        r#"
dim chip = a, b, c
dim vendor = x, y, z
map chip to vendor = a: y, b: x, c: y
dim home = here, there
map chip to home = a: there, b: here, c: there
input sales[chip] : chip = a: 1 chip, b: 2 chip, c: 4 chip assume "a test"
input margin[vendor] : 1 = x: 0.5, y: 0.7, z: 0.9 assume "a test"
by_vendor[vendor] : chip = sum(sales over chip by vendor)
mean_by_home[home] : chip = mean(sales over chip by home)
greatest_by_home[home] : chip = max(sales over chip by home)
chip_margin[chip] : 1 = margin[vendor = chip]
"#,
    );
    assert_eq!(values(&model, "by_vendor"), all(&[2.0, 5.0, 0.0]));
    assert_eq!(values(&model, "mean_by_home"), all(&[2.0, 2.5]));
    assert_eq!(values(&model, "greatest_by_home"), all(&[2.0, 4.0]));
    assert_eq!(values(&model, "chip_margin"), all(&[0.7, 0.5, 0.7]));
}

#[test]
fn a_vintage_reads_the_quarter_it_was_built_in() {
    let model = sheet(
        r"
quarters 2024Q1 to 2024Q3
dim vintage like quarter
shipments[quarter] : chip = 5 chip + 1 chip * (quarter - 2024Q1) / 1 qtr
age[vintage, quarter] : qtr = quarter - vintage
fleet[vintage, quarter] : chip = if age >= 0 qtr then shipments[quarter = vintage] else 0 chip
",
    );
    assert_eq!(values(&model, "fleet"), all(&[5.0, 5.0, 5.0, 0.0, 6.0, 6.0, 0.0, 0.0, 7.0]));
    // A quarter is 7,884,000 seconds.
    assert_eq!(values(&model, "age")[2], Some(15_768_000.0));
    assert_eq!(values(&model, "age")[6], Some(-15_768_000.0));
}

#[test]
fn growth_by_prev_is_geometric() {
    let model = sheet(
        r#"
quarters 2024Q1 to 2026Q4
input growth : 1 = 1.25 assume "a test"
stock[quarter] : $ = prev(stock, 8 $) * growth
"#,
    );
    for (quarter, value) in (1..).zip(values(&model, "stock")) {
        assert!(near(value.unwrap(), 8.0 * 1.25_f64.powi(quarter)));
    }
}

#[test]
fn stocks_and_flows_that_read_each_other_run_quarter_by_quarter() {
    let model = sheet(
        r#"
quarters 2024Q1 to 2024Q4
dim kind = a, b
input inflow[kind] : chip = a: 1 chip, b: 10 chip assume "a test"
retired[kind, quarter] : chip = prev(stock, 4 chip) * 0.5
stock[kind, quarter] : chip = prev(stock, 4 chip) + inflow - retired
total[quarter] : chip = sum(prev(stock, 0 chip) over kind)
"#,
    );
    // s = s/2 + inflow from 4: 3, 2.5, 2.25, 2.125; and from 4: 12, 16, 18, 19.
    assert_eq!(values(&model, "stock"), all(&[3.0, 2.5, 2.25, 2.125, 12.0, 16.0, 18.0, 19.0]));
    assert_eq!(values(&model, "total"), all(&[0.0, 15.0, 18.5, 20.25]));
}

/// What a budget may be hangs on the sum of what was spent a quarter earlier.
#[test]
fn a_recursion_may_pass_through_a_reduction() {
    let model = sheet(
        r"
quarters 2024Q1 to 2024Q3
dim kind = a, b
budget[quarter] : $ = prev(sum(spent over kind), 6 $) + 2 $
spent[kind, quarter] : $ = budget / 4
",
    );
    assert_eq!(values(&model, "budget"), all(&[8.0, 6.0, 5.0]));
}

#[test]
fn prev_of_what_is_not_recursive_shifts_by_a_quarter() {
    let model = sheet(
        r#"
quarters 2024Q1 to 2024Q3
dim chip = a, b
input opening[chip] : $ = a: 7 $, b: 8 $ assume "a test"
input base[chip] : $ = a: 1 $, b: 4 $ assume "a test"
price[chip, quarter] : $ = base + 1 $ * (quarter - 2024Q1) / 1 qtr
shifted[chip, quarter] : $ = prev(price * 10, opening)
twice[chip, quarter] : $ = prev(prev(price, opening), 0 $)
"#,
    );
    assert_eq!(values(&model, "shifted"), all(&[7.0, 10.0, 20.0, 8.0, 40.0, 50.0]));
    assert_eq!(values(&model, "twice"), all(&[0.0, 7.0, 1.0, 0.0, 8.0, 4.0]));
}

#[test]
fn otherwise_is_the_seam_between_history_and_forecast() {
    let model = sheet(
        r#"
quarters 2024Q1 to 2024Q4
partial input reported[quarter] : $ = 2024Q1: 100 $, 2024Q2: 110 $ assume "a test"
partial doubled[quarter] : $ = reported * 2
spending[quarter] : $ = reported otherwise prev(spending, 0 $) * 2
known : 1 = count(reported over quarter)
dear : 1 = count(reported > 105 $ over quarter)
partial total : $ = sum(reported over quarter)
"#,
    );
    assert_eq!(values(&model, "doubled"), [Some(200.0), Some(220.0), None, None]);
    assert_eq!(values(&model, "spending"), all(&[100.0, 110.0, 220.0, 440.0]));
    assert_eq!(values(&model, "known"), all(&[2.0]));
    assert_eq!(values(&model, "dear"), all(&[1.0]));
    assert_eq!(values(&model, "total"), [None]);
}

#[test]
fn a_certain_condition_needs_only_the_branch_it_takes_and_an_uncertain_one_both() {
    let model = sheet(
        r#"
quarters 2024Q1 to 2024Q2
partial input reported[quarter] : $ = 2024Q1: 1 $ assume "a test"
input chance : 1 = 0.5 ~ 0.1 to 0.9 assume "a test"
partial certain[quarter] : $ = if quarter == 2024Q1 then reported else 9 $
partial uncertain[quarter] : $ = if chance > 0.6 then reported else 9 $
"#,
    );
    assert_eq!(values(&model, "certain"), all(&[1.0, 9.0]));
    assert_eq!(values(&model, "uncertain"), [Some(9.0), None]);
}

#[test]
fn clauses_give_a_member_each_and_may_read_one_another() {
    let model = sheet(
        r#"
dim layer = chips, hours, tokens
input price[layer] : $ = chips: 10 $, hours: 20 $, tokens: 30 $ assume "a test"
partial cost[layer] : $
  tokens = cost[layer = chips] + price
  chips = price * 2
"#,
    );
    assert_eq!(values(&model, "cost"), [Some(20.0), None, Some(50.0)]);
}

#[test]
fn functions_mean_what_they_say() {
    let model = sheet(
        r#"
input x : 1 = 2 assume "a test"
input rate : 1/yr = 10 %/yr assume "a test"
least : 1 = min(3, x, 5)
greatest : 1 = max(1, x, -3)
held : 1 = clamp(x, 0, 1.5)
curve : 1 = logistic(ln(x))
size : 1 = abs(-x) ^ 3 + sqrt(x * 8)
payment : 1/yr = annuity(rate, 2 yr)
free : 1/yr = annuity(0 * rate, 2 yr)
unit % = 0.01 1
"#,
    );
    for (name, expected) in [
        ("least", 2.0),
        ("greatest", 2.0),
        ("held", 1.5),
        ("curve", 2.0 / 3.0),
        ("size", 12.0),
        // Ten percent over two years: 0.1 / (1 - 1.1^-2) = 0.121 / 0.21 a year of 31,536,000 seconds.
        ("payment", 0.121 / 0.21 / 31_536_000.0),
        ("free", 0.5 / 31_536_000.0),
    ] {
        let value = values(&model, name)[0].unwrap();
        assert!((value / expected - 1.0).abs() < 1e-14, "{name}: {value}");
    }
}

#[test]
fn what_is_no_number_is_reported_wherever_it_passes() {
    let model = sheet(
        r#"
dim kind = a, b
input parts[kind] : 1 = a: 1, b: 0 assume "a test"
ratio[kind] : 1 = 0 / parts
worse[kind] : 1 = max(ratio, 1)
small[kind] : 1 = if ratio < 1 then 1 else 0
partial input unknown : 1 = 1 assume "a test"
"#,
    );
    let evaluation = Evaluation::of(&model, &[], &Wants::everything(&model));
    let faults: Vec<_> = evaluation
        .faults()
        .iter()
        .map(|fault| (model.variables[fault.variable.index()].name.as_str(), fault.cell))
        .collect();
    assert_eq!(faults.len(), 3);
    assert!(["ratio", "worse", "small"].iter().all(|name| faults.contains(&(name, 1))));
}

#[test]
fn only_what_is_wanted_is_evaluated() {
    let model = sheet(
        r#"
input read : 1 = 1 assume "a test"
input other : 1 = 2 assume "a test"
wanted : 1 = read
check twice wanted * 2 = 2
"#,
    );
    let expression = model.checks[0].value;
    let wants = Wants { expressions: vec![expression], ..Wants::default() };
    let evaluation = Evaluation::of(&model, &[], &wants);
    assert!(evaluation.variable(variable(&model, "read")).is_some());
    assert!(evaluation.variable(variable(&model, "other")).is_none());
    assert_eq!(evaluation.expression(expression).unwrap().values, [2.0]);
}
