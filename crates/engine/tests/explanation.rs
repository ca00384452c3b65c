//! What cells are made of.

mod common;

use common::{sheet, variable};
use tokenomics_engine::{Evaluation, Explanation, Side, Wants, explain, side};
use tokenomics_language::Model;

fn opened(model: &Model, name: &str, cell: &[u32], depth: usize) -> Explanation {
    let evaluation = Evaluation::of(model, &[], &Wants::everything(model));
    explain(&evaluation, variable(model, name), cell, depth)
}

fn children(model: &Model, explanation: &Explanation) -> Vec<(String, Vec<u32>, Option<f64>)> {
    let name = |child: &Explanation| model.variables[child.variable.index()].name.clone();
    explanation.children.iter().map(|child| (name(child), child.cell.clone(), child.value)).collect()
}

fn child(name: &str, cell: &[u32], value: f64) -> (String, Vec<u32>, Option<f64>) {
    (name.to_owned(), cell.to_vec(), Some(value))
}

#[test]
fn a_cell_is_made_of_the_cells_its_formula_reads() {
    let model = sheet(
        r#"
dim chip = a, b
dim vendor = x, y
map chip to vendor = a: y, b: x
input price[chip] : $ = a: 3 $, b: 5 $ assume "a test"
input factor[vendor] : 1 = x: 2, y: 7 ~ times 0.5 to 2 assume "a test"
revenue[chip] : $ = price * factor[vendor = chip]
"#,
    );
    let explanation = opened(&model, "revenue", &[1], 5);
    assert_eq!(explanation.value, Some(10.0));
    assert_eq!(explanation.seam, Side::Modelled);
    assert_eq!(model.sources.text(explanation.formula.unwrap()), "price * factor[vendor = chip]");
    assert_eq!(children(&model, &explanation), [child("price", &[1], 5.0), child("factor", &[0], 2.0)]);
    assert!(explanation.children.iter().all(|child| child.origin.is_some() && child.seam == Side::Given));
    assert_eq!(explanation.children[1].spread, Some((1.0, 4.0)));
}

#[test]
fn the_seam_shows_and_only_the_side_taken_is_followed() {
    let model = sheet(
        r#"
quarters 2024Q1 to 2024Q2
partial input reported[quarter] : $ = 2024Q1: 100 $ assume "a test"
input growth : 1 = 1.5 assume "a test"
spending[quarter] : $ = reported otherwise prev(spending, 0 $) * growth
"#,
    );
    let history = opened(&model, "spending", &[0], 5);
    assert_eq!(history.seam, Side::Given);
    assert_eq!(children(&model, &history), [child("reported", &[0], 100.0)]);
    let forecast = opened(&model, "spending", &[1], 5);
    assert_eq!(forecast.seam, Side::Modelled);
    assert_eq!(children(&model, &forecast), [child("spending", &[0], 100.0), child("growth", &[], 1.5)]);
    let evaluation = Evaluation::of(&model, &[], &Wants::everything(&model));
    assert_eq!(side(&evaluation, variable(&model, "reported"), &[1]), Side::Missing);
}

#[test]
fn only_the_branch_taken_is_followed() {
    let model = sheet(
        r#"
input scale : 1 = 2 assume "a test"
input small : 1 = 1 assume "a test"
input large : 1 = 9 assume "a test"
size : 1 = if scale > 5 then large else small
"#,
    );
    let explanation = opened(&model, "size", &[], 1);
    assert_eq!(children(&model, &explanation), [child("scale", &[], 2.0), child("small", &[], 1.0)]);
}

#[test]
fn a_sum_shows_its_largest_parts_and_counts_the_rest() {
    let sizes: Vec<String> = (0..15).map(|size| format!("m{size}: {}", if size == 3 { -100 } else { size })).collect();
    let members: Vec<String> = (0..15).map(|member| format!("m{member}")).collect();
    let model = sheet(&format!(
        "dim kind = {}\ninput size[kind] : 1 = {} assume \"a test\"\ntotal : 1 = sum(size over kind)\n",
        members.join(", "),
        sizes.join(", ")
    ));
    let explanation = opened(&model, "total", &[], 1);
    assert_eq!((explanation.children.len(), explanation.more), (12, 3));
    assert_eq!(explanation.children[0].cell, [3]);
    assert_eq!(explanation.children[1].cell, [14]);
}

#[test]
fn a_cell_is_opened_once_and_no_deeper_than_asked() {
    let model = sheet(
        r#"
quarters 2024Q1 to 2024Q3
input growth : 1 = 2 assume "a test"
stock[quarter] : $ = prev(stock, 1 $) * growth
both[quarter] : $ = stock + prev(stock, 0 $)
"#,
    );
    let explanation = opened(&model, "both", &[2], 9);
    // The first child opens stock down to the first quarter; the second finds it opened.
    assert!(!explanation.children[0].repeated && explanation.children[1].repeated);
    assert!(explanation.children[1].children.is_empty());
    let cut = opened(&model, "both", &[2], 1);
    assert!(cut.children[0].children.is_empty());
    assert_eq!(cut.children[0].more, 2);
}

#[test]
fn a_cell_that_is_not_there_is_missing() {
    let model =
        sheet("dim kind = a, b\ninput size[kind] : 1 = a: 1, b: 2 assume \"a test\"\ntwice[kind] : 1 = size * 2\n");
    for cell in [&[7][..], &[], &[0, 0]] {
        let explanation = opened(&model, "twice", cell, 3);
        assert_eq!((explanation.value, explanation.seam), (None, Side::Missing));
        assert!(explanation.children.is_empty());
    }
}
