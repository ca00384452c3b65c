//! What cells are made of.

mod builder;

use builder::*;
use tokenomics_engine::{Evaluation, Explanation, Side, Wants, explain, side};
use tokenomics_language::Model;
use tokenomics_language::model::{Function, VariableId};

fn opened(model: &Model, variable: VariableId, cell: &[u32], depth: usize) -> Explanation {
    let evaluation = Evaluation::of(model, &[], &Wants::everything(model));
    explain(&evaluation, variable, cell, depth)
}

fn children(explanation: &Explanation) -> Vec<(VariableId, Vec<u32>, Option<f64>)> {
    explanation.children.iter().map(|child| (child.variable, child.cell.clone(), child.value)).collect()
}

#[test]
fn a_cell_is_made_of_the_cells_its_formula_reads() {
    let mut builder = Builder::new(2);
    builder.dimension("chip", 2);
    let price = builder.input("price", &["chip"], &[3.0, 5.0]);
    let volume = builder.input("volume", &["quarter", "chip"], &[1.0, 2.0, 3.0, 4.0]);
    let revenue = builder.formula("revenue", &["chip", "quarter"], name("price") * name("volume"));
    let explanation = opened(&builder.model, revenue, &[1, 0], 5);
    assert_eq!(explanation.value, Some(10.0));
    assert_eq!(explanation.seam, Side::Modelled);
    assert_eq!(children(&explanation), [(price, vec![1], Some(5.0)), (volume, vec![0, 1], Some(2.0))]);
    assert!(explanation.children.iter().all(|child| child.origin.is_some() && child.seam == Side::Reported));
}

#[test]
fn the_seam_shows_and_only_the_side_taken_is_followed() {
    let mut builder = Builder::new(2);
    let reported = builder.partial("reported", &["quarter"], &[Some(100.0), None]);
    let growth = builder.input("growth", &[], &[1.5]);
    let spending = builder.declare("spending", &["quarter"]);
    builder.recursive(|builder| {
        let forecast = prev(name("spending"), number(0.0)) * name("growth");
        builder.clause(spending, None, &otherwise(name("reported"), forecast));
    });
    let history = opened(&builder.model, spending, &[0], 5);
    assert_eq!(history.seam, Side::Reported);
    assert_eq!(children(&history), [(reported, vec![0], Some(100.0))]);
    let forecast = opened(&builder.model, spending, &[1], 5);
    assert_eq!(forecast.seam, Side::Modelled);
    assert_eq!(children(&forecast), [(spending, vec![0], Some(100.0)), (growth, vec![], Some(1.5))]);
    let evaluation = Evaluation::of(&builder.model, &[], &Wants::everything(&builder.model));
    assert_eq!(side(&evaluation, reported, &[1]), Side::Missing);
}

#[test]
fn only_the_branch_taken_is_followed() {
    let mut builder = Builder::new(1);
    let scale = builder.input("scale", &[], &[2.0]);
    let small = builder.input("small", &[], &[1.0]);
    builder.input("large", &[], &[9.0]);
    let condition = apply(Function::Greater, &[name("scale"), number(5.0)]);
    let size = builder.formula("size", &[], when(condition, name("large"), name("small")));
    assert_eq!(
        children(&opened(&builder.model, size, &[], 1)),
        [(scale, vec![], Some(2.0)), (small, vec![], Some(1.0))]
    );
}

#[test]
fn a_sum_shows_its_largest_parts_and_counts_the_rest() {
    let mut builder = Builder::new(1);
    builder.dimension("chip", 15);
    let sizes: Vec<f64> = (0..15).map(f64::from).map(|size| if size == 3.0 { -100.0 } else { size }).collect();
    builder.input("size", &["chip"], &sizes);
    let total = builder.formula("total", &[], sum(name("size"), "chip"));
    let explanation = opened(&builder.model, total, &[], 1);
    assert_eq!((explanation.children.len(), explanation.more), (12, 3));
    assert_eq!(explanation.children[0].cell, [3]);
    assert_eq!(explanation.children[1].cell, [14]);
}

#[test]
fn a_cell_is_opened_once_and_no_deeper_than_asked() {
    let mut builder = Builder::new(3);
    builder.input("growth", &["quarter"], &[2.0, 2.0, 2.0]);
    let stock = builder.declare("stock", &["quarter"]);
    builder.recursive(|builder| builder.clause(stock, None, &(prev(name("stock"), number(1.0)) * name("growth"))));
    let both = builder.formula("both", &["quarter"], name("stock") + prev(name("stock"), number(0.0)));
    let explanation = opened(&builder.model, both, &[2], 9);
    // The first child opens stock down to the first quarter; the second finds it opened.
    assert!(!explanation.children[0].repeated && explanation.children[1].repeated);
    assert!(explanation.children[1].children.is_empty());
    let cut = opened(&builder.model, both, &[2], 1);
    assert!(cut.children[0].children.is_empty());
    assert_eq!(cut.children[0].more, 2);
}
