//! Rules 6 and 7: quarters, `prev` and recursion.

use crate::support::{accepted, body, expression, number, order, refused, varies};
use tokenomics_language::model::{Node, Pick};

const QUARTERS: &str = "quarters 2024Q1 to 2025Q4\ndim vintage like quarter\n\
                        input sales[quarter] : $ = 5 $ assume \"why\"\ninput rate : $ = 5 $ assume \"why\"\n";
/// A quarter of a year of 8,760 hours, in seconds.
const QUARTER: f64 = 7_884_000.0;

fn quarters(lines: &str) -> String {
    format!("{QUARTERS}{lines}\n")
}

#[test]
fn the_quarters_are_a_dimension() {
    let model = accepted(QUARTERS);
    let quarter = &model.dimensions[model.quarter.expect("quarters").index()];
    assert_eq!(quarter.name, "quarter");
    assert_eq!(quarter.members.len(), 8);
    assert_eq!((quarter.members[0].as_str(), quarter.members[7].as_str()), ("2024Q1", "2025Q4"));
    assert!(quarter.temporal);
    assert_eq!(model.first_quarter.to_string(), "2024Q1");
    assert!(model.dimensions[model.dimension("vintage").unwrap().index()].temporal);
}

#[test]
fn prev_looks_a_quarter_back_and_needs_a_start_of_its_unit() {
    let model = accepted(&quarters("x[quarter] : $ = prev(sales, 1 $)"));
    assert!(matches!(body(&model, "x").node, Node::Previous { .. }));
    assert!(order(&model).iter().all(|(_, recursive)| !recursive));
    refused(&quarters("x[quarter] : $ = prev(sales)"), "`prev` with 1 argument");
    refused(&quarters("x[quarter] : $ = prev(sales, 0)"), "`prev` and its start are in $ and in 1");
    refused(&quarters("x[quarter] : $ = prev(rate, 1 $)"), "`prev` of a value that does not vary by `quarter`");
    refused(&quarters("x : $ = prev(sales[quarter = 2024Q2], 1 $)"), "`prev` of a value that does not vary");
}

#[test]
fn recursion_goes_through_prev_only() {
    let model = accepted(&quarters(
        "stock[quarter] : $ = prev(stock, 0 $) + flow\nflow[quarter] : $ = sales + 0.1 * prev(stock, 0 $)\nafter[quarter] : $ = stock",
    ));
    let groups = order(&model);
    let recursive: Vec<_> = groups.iter().filter(|(_, recursive)| *recursive).collect();
    // Within a quarter `stock` reads `flow`, so `flow` comes first.
    assert_eq!(recursive, [&(vec!["flow".to_owned(), "stock".to_owned()], true)]);
    assert_eq!(groups.last().unwrap().0, ["after"]);
    refused(&quarters("a[quarter] : $ = b\nb[quarter] : $ = a"), "these read each other within a quarter: a → b → a");
    refused(&quarters("a[quarter] : $ = a + 1 $"), "a → a");
    refused(&quarters("a[quarter] : $ = prev(a, 0 $) + b\nb[quarter] : $ = 2 * a"), "a → b → a");
}

#[test]
fn a_loop_without_quarters_is_refused() {
    refused("a : $ = b\nb : $ = c\nc : $ = 2 * a\n", "a → b → c → a");
}

#[test]
fn a_recursion_stays_within_its_quarter() {
    refused(
        &quarters("a[quarter] : $ = prev(a * b, 1 $)\nb : 1 = a[quarter = 2024Q1] / 1 $"),
        "`b` is part of a recursion and does not vary by `quarter`",
    );
    refused(
        &quarters("a[quarter] : $ = prev(sum(a over quarter) + a, 1 $)"),
        "a recursion reads `a` at other quarters",
    );
    // Looking at other quarters of what is no part of the recursion is fine.
    accepted(&quarters("a[quarter] : $ = prev(a, 1 $) + sales[quarter = 2025Q4]"));
}

#[test]
fn a_recursion_may_sum_over_a_dimension_like_quarter() {
    let text = "input bought[quarter] : $ = 5 $ assume \"why\"\n\
                fleet[vintage, quarter] : $ = if vintage == quarter then bought + 0.1 * worn else prev(fleet, 0 $)\n\
                worn[quarter] : $ = prev(sum(fleet over vintage), 0 $)";
    let model = accepted(&quarters(text));
    assert_eq!(order(&model).iter().filter(|(_, recursive)| *recursive).count(), 1);
    refused(
        &quarters(&text.replace("sum(fleet over vintage)", "sum(fleet over quarter)")),
        "does not vary by `quarter`",
    );
}

#[test]
fn a_recursion_by_clauses_is_a_recursion_of_its_members() {
    let text = "dim chip = a, b\nx[chip, quarter] : $\n  a = prev(x[chip = a], 1 $)\n  b = x[chip = a] + prev(x[chip = b], 1 $)";
    let model = accepted(&quarters(text));
    let groups: Vec<_> = order(&model).into_iter().filter(|(_, recursive)| *recursive).collect();
    assert_eq!(groups.len(), 2, "each clause recurses by itself: {groups:?}");
}

#[test]
fn quarters_are_points_in_time() {
    let model = accepted(&quarters(
        "age[quarter, vintage] : qtr = quarter - vintage\nsince[quarter] : yr = quarter - 2024Q3\n\
         late[quarter] : 1 = if quarter >= 2025Q1 then 1 else 0\nnext[quarter] : qtr = quarter + 1 yr - 2024Q1",
    ));
    assert_eq!(varies(&model, body(&model, "age")), ["quarter", "vintage"]);
    let Node::Apply(_, parts) = &body(&model, "since").node else { panic!("no difference") };
    assert!(matches!(expression(&model, parts[0]).node, Node::Time(id) if Some(id) == model.quarter));
    // 2024Q3 is two quarters after the first one.
    assert_eq!(number(expression(&model, parts[1])), 2.0 * QUARTER);
    let vintage = model.dimension("vintage").unwrap();
    let Node::Apply(_, parts) = &body(&model, "age").node else { panic!("no difference") };
    assert!(matches!(expression(&model, parts[1]).node, Node::Time(id) if id == vintage));
    refused(
        &quarters("x[quarter] : qtr = quarter + vintage[quarter = 2024Q1]"),
        "`vintage` is a dimension and has no members to pick by",
    );
    refused(&quarters("x[quarter, vintage] : qtr = quarter + vintage"), "`+` between a quarter and a quarter");
    refused(&quarters("x[quarter] : qtr = quarter * 2"), "`*` with a quarter");
    refused(&quarters("x[quarter] : qtr = quarter"), "its formula is a quarter");
    refused(&quarters("x[quarter] : 1 = if quarter > 5 qtr then 1 else 0"), "`>` between a quarter and an amount");
    refused("dim chip = a\nx[chip] : qtr = chip - 2024Q1\n", "`chip` is a dimension, not a value");
}

#[test]
fn a_like_dimension_of_quarters_indexes_anew() {
    let model = accepted(&quarters("x[vintage] : $ = sales[quarter = vintage]\ny : $ = sales[quarter = 2024Q3]"));
    let pick = |name: &str| match &body(&model, name).node {
        Node::Load { picks, .. } => picks[0].1,
        other => panic!("no load: {other:?}"),
    };
    assert_eq!(pick("x"), Pick::Along(model.dimension("vintage").unwrap()));
    assert_eq!(pick("y"), Pick::Member(2));
    refused(&quarters("x : $ = sales[quarter = 2026Q1]"), "`2026Q1` lies outside the quarters of the model");
}
