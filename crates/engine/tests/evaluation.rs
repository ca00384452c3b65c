//! The values of formulas, worked out by hand.

mod builder;

use builder::*;
use tokenomics_engine::{Evaluation, Wants};
use tokenomics_language::Model;
use tokenomics_language::model::{Function, Reduction, VariableId};

fn values(model: &Model, variable: VariableId) -> Vec<Option<f64>> {
    let evaluation = Evaluation::of(model, &[], &[variable].into_iter().collect::<Wants>());
    let cells = evaluation.variable(variable).unwrap();
    cells.values.iter().zip(cells.present).map(|(value, present)| present.then_some(*value)).collect()
}

fn all(values: &[f64]) -> Vec<Option<f64>> {
    values.iter().copied().map(Some).collect()
}

#[test]
fn dimensions_broadcast_by_name_whatever_their_order() {
    let mut builder = Builder::new(2);
    builder.dimension("chip", 3);
    builder.input("price", &["chip"], &[1.0, 2.0, 3.0]);
    builder.input("volume", &["quarter", "chip"], &[10.0, 20.0, 30.0, 40.0, 50.0, 60.0]);
    let revenue = builder.formula("revenue", &["chip", "quarter"], name("price") * name("volume"));
    assert_eq!(values(&builder.model, revenue), all(&[10.0, 40.0, 40.0, 100.0, 90.0, 180.0]));
}

#[test]
fn a_sum_by_a_map_groups_members() {
    let mut builder = Builder::new(1);
    builder.dimension("chip", 3);
    builder.dimension("vendor", 3);
    builder.map("chip", "vendor", &[1, 0, 1]);
    builder.input("sales", &["chip"], &[1.0, 2.0, 4.0]);
    let sum = builder.formula("by_vendor", &["vendor"], reduce(Reduction::Sum, name("sales"), "chip", Some("vendor")));
    let mean = builder.formula("means", &["vendor"], reduce(Reduction::Mean, name("sales"), "chip", Some("vendor")));
    assert_eq!(values(&builder.model, sum), all(&[2.0, 5.0, 0.0]));
    let means = values(&builder.model, mean);
    assert_eq!(means[..2], all(&[2.0, 2.5]));
    assert!(means[2].unwrap().is_nan());
}

#[test]
fn a_map_looks_a_value_up() {
    let mut builder = Builder::new(1);
    builder.dimension("chip", 3);
    builder.dimension("vendor", 2);
    builder.map("chip", "vendor", &[1, 0, 1]);
    builder.input("margin", &["vendor"], &[0.5, 0.7]);
    let picks = [("vendor", Where::Through("chip", "vendor"))];
    let margin = builder.formula("chip_margin", &["chip"], at("margin", &picks));
    assert_eq!(values(&builder.model, margin), all(&[0.7, 0.5, 0.7]));
}

#[test]
fn a_vintage_reads_the_quarter_it_was_built_in() {
    let mut builder = Builder::new(3);
    builder.like("vintage", "quarter");
    builder.input("shipments", &["quarter"], &[5.0, 6.0, 7.0]);
    let quarter = 7_884_000.0;
    let age = Formula::Time("quarter") - Formula::Time("vintage");
    let alive = when(
        apply(Function::GreaterOrEqual, &[age, number(0.0)]),
        at("shipments", &[("quarter", Where::Along("vintage"))]),
        number(0.0),
    );
    let fleet = builder.formula("fleet", &["vintage", "quarter"], alive);
    let ages = builder.formula("age", &["vintage", "quarter"], Formula::Time("quarter") - Formula::Time("vintage"));
    assert_eq!(values(&builder.model, fleet), all(&[5.0, 5.0, 5.0, 0.0, 6.0, 6.0, 0.0, 0.0, 7.0]));
    assert_eq!(values(&builder.model, ages)[2], Some(2.0 * quarter));
    assert_eq!(values(&builder.model, ages)[6], Some(-2.0 * quarter));
}

#[test]
fn growth_by_prev_is_geometric() {
    let mut builder = Builder::new(12);
    builder.input("growth", &[], &[1.25]);
    let stock = builder.declare("stock", &["quarter"]);
    builder.recursive(|builder| {
        builder.clause(stock, None, &(prev(name("stock"), number(8.0)) * name("growth")));
    });
    for (quarter, value) in values(&builder.model, stock).into_iter().enumerate() {
        let expected = 8.0 * 1.25_f64.powi(quarter as i32 + 1);
        assert!((value.unwrap() / expected - 1.0).abs() < 1e-14);
    }
}

/// A stock of two kinds feeds a flow, which feeds the stock of the next quarter.
#[test]
fn stocks_and_flows_that_read_each_other_run_quarter_by_quarter() {
    let mut builder = Builder::new(4);
    builder.dimension("kind", 2);
    builder.input("inflow", &["kind", "quarter"], &[1.0, 2.0, 3.0, 4.0, 10.0, 10.0, 10.0, 10.0]);
    let retired = builder.declare("retired", &["kind", "quarter"]);
    let stock = builder.declare("stock", &["kind", "quarter"]);
    let half = number(0.5);
    builder.recursive(|builder| {
        builder.clause(retired, None, &(prev(name("stock"), number(4.0)) * half));
        builder.clause(stock, None, &(prev(name("stock"), number(4.0)) + name("inflow") - name("retired")));
    });
    // s = s/2 + inflow from 4: 3, 3.5, 4.75, 6.375; and from 4: 12, 16, 18, 19.
    assert_eq!(values(&builder.model, stock), all(&[3.0, 3.5, 4.75, 6.375, 12.0, 16.0, 18.0, 19.0]));
}

#[test]
fn prev_of_what_is_not_recursive_shifts_by_a_quarter() {
    let mut builder = Builder::new(3);
    builder.dimension("chip", 2);
    builder.input("price", &["chip", "quarter"], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    builder.input("opening", &["chip"], &[7.0, 8.0]);
    let shifted = builder.formula("shifted", &["chip", "quarter"], prev(name("price") * number(10.0), name("opening")));
    assert_eq!(values(&builder.model, shifted), all(&[7.0, 10.0, 20.0, 8.0, 40.0, 50.0]));
    let twice = prev(prev(name("price"), name("opening")), number(0.0));
    let twice = builder.formula("twice", &["chip", "quarter"], twice);
    assert_eq!(values(&builder.model, twice), all(&[0.0, 7.0, 1.0, 0.0, 8.0, 4.0]));
}

#[test]
fn otherwise_is_the_seam_between_history_and_forecast() {
    let mut builder = Builder::new(4);
    builder.partial("reported", &["quarter"], &[Some(100.0), Some(110.0), None, None]);
    let growing = builder.formula("half_known", &["quarter"], name("reported") * number(2.0));
    let spending = builder.declare("spending", &["quarter"]);
    builder.recursive(|builder| {
        let forecast = prev(name("spending"), number(0.0)) * number(2.0);
        builder.clause(spending, None, &otherwise(name("reported"), forecast));
    });
    let known = reduce(Reduction::CountPresent, name("reported"), "quarter", None);
    let known = builder.formula("known", &[], known);
    let total = builder.formula("total", &[], sum(name("reported"), "quarter"));
    assert_eq!(values(&builder.model, growing), [Some(200.0), Some(220.0), None, None]);
    assert_eq!(values(&builder.model, spending), all(&[100.0, 110.0, 220.0, 440.0]));
    assert_eq!(values(&builder.model, known), [Some(2.0)]);
    assert_eq!(values(&builder.model, total), [None]);
}

#[test]
fn a_certain_condition_needs_only_the_branch_it_takes() {
    let mut builder = Builder::new(2);
    builder.partial("reported", &["quarter"], &[Some(1.0), None]);
    builder.input("use_it", &["quarter"], &[1.0, 0.0]);
    let safe = builder.formula("safe", &["quarter"], when(name("use_it"), name("reported"), number(9.0)));
    assert_eq!(values(&builder.model, safe), all(&[1.0, 9.0]));
}

#[test]
fn an_uncertain_condition_needs_both_branches() {
    let mut builder = Builder::new(2);
    builder.partial("reported", &["quarter"], &[Some(1.0), None]);
    builder.uncertain("chance", &[], &[(0.1, 0.5, 0.9)]);
    let condition = apply(Function::Greater, &[name("chance"), number(0.6)]);
    let safe = builder.formula("safe", &["quarter"], when(condition, name("reported"), number(9.0)));
    assert_eq!(values(&builder.model, safe), [Some(9.0), None]);
}

#[test]
fn clauses_give_a_member_each() {
    let mut builder = Builder::new(1);
    builder.dimension("layer", 3);
    builder.input("price", &["layer"], &[10.0, 20.0, 30.0]);
    let cost = builder.declare("cost", &["layer"]);
    builder.clause(cost, Some(("layer", 1)), &name("price"));
    builder.clause(cost, Some(("layer", 0)), &(at("cost", &[("layer", Where::Member(1))]) + name("price")));
    assert_eq!(values(&builder.model, cost), [Some(30.0), Some(20.0), None]);
}

#[test]
fn counting_what_holds_passes_over_what_lacks() {
    let mut builder = Builder::new(3);
    builder.partial("price", &["quarter"], &[Some(1.0), None, Some(5.0)]);
    let dear = apply(Function::Greater, &[name("price"), number(0.5)]);
    let count = builder.formula("count", &[], reduce(Reduction::CountTrue, dear, "quarter", None));
    assert_eq!(values(&builder.model, count), all(&[2.0]));
}

#[test]
fn an_annuity_pays_capital_back_with_interest() {
    let year = 31_536_000.0;
    let mut builder = Builder::new(1);
    // Ten percent over two years: 0.1 / (1 - 1.1^-2) = 0.121 / 0.21.
    let annuity =
        |rate: f64| apply(Function::Annuity, &[number(rate / year), number(2.0 * year), number(year)]) * number(year);
    let payment = builder.formula("payment", &[], annuity(0.1));
    let free = builder.formula("free", &[], annuity(0.0));
    assert!((values(&builder.model, payment)[0].unwrap() - 0.121 / 0.21).abs() < 1e-15);
    assert_eq!(values(&builder.model, free), all(&[0.5]));
}

#[test]
fn what_is_no_number_is_reported() {
    let mut builder = Builder::new(2);
    builder.input("zero", &["quarter"], &[1.0, 0.0]);
    builder.partial("lacking", &["quarter"], &[None, Some(1.0)]);
    let ratio = builder.formula("ratio", &["quarter"], number(1.0) / name("zero"));
    let copy = builder.formula("copy", &["quarter"], name("lacking"));
    let evaluation = Evaluation::of(&builder.model, &[], &Wants::everything(&builder.model));
    let faults: Vec<_> = evaluation.faults().iter().map(|fault| (fault.variable, fault.cell)).collect();
    assert_eq!(faults, [(ratio, 1)]);
    assert!(evaluation.variable(copy).unwrap().values[0].is_nan());
}

#[test]
fn only_what_is_wanted_is_evaluated() {
    let mut builder = Builder::new(1);
    let read = builder.input("read", &[], &[1.0]);
    let other = builder.input("other", &[], &[2.0]);
    let wanted = builder.formula("wanted", &[], name("read"));
    let expression = builder.expression(&(name("wanted") + number(1.0)));
    let wants = Wants { expressions: vec![expression], ..Wants::default() };
    let evaluation = Evaluation::of(&builder.model, &[], &wants);
    assert!(evaluation.variable(read).is_some() && evaluation.variable(wanted).is_some());
    assert!(evaluation.variable(other).is_none());
    assert_eq!(evaluation.expression(expression).unwrap().values, [2.0]);
}
