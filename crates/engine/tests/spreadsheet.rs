//! One model twice: by this engine from sheets and tables, and by a spreadsheet from formulas written
//! by hand. The two share nothing but the names of quantities and their units.

mod common;
#[path = "spreadsheet/workbook.rs"]
mod workbook;

use std::collections::BTreeSet;
use std::path::Path;
use tokenomics_engine::{CheckOutcome, ClaimOutcome, Evaluation, Wants, verify};
use tokenomics_language::Model;
use tokenomics_language::model::{Definition, Figure};
use workbook::Workbook;

/// Both sides add and multiply in another order, and no figure here hangs on the difference of two
/// that agree to more than three digits.
const RELATIVE: f64 = 1e-12;

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spreadsheet")
}

fn model() -> Model {
    let mut texts = Vec::new();
    for below in ["", "data/"] {
        for entry in std::fs::read_dir(folder().join("model").join(below)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.file_name().unwrap().to_str().unwrap();
                texts.push((format!("{below}{name}"), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    common::model(texts, &[])
}

fn workbook() -> Workbook {
    Workbook::read(&std::fs::read_to_string(folder().join("workbook.txt")).unwrap())
}

/// What the engine says of a name of the workbook, in the unit declared.
fn answer(model: &Model, evaluation: &Evaluation<'_>, name: &str) -> Vec<Option<f64>> {
    if let Some(check) = model.checks.iter().position(|check| check.name == name) {
        return vec![Some(match &verify(model, &[]).checks[check].outcome {
            CheckOutcome::Holds => 0.0,
            CheckOutcome::Fails { count, .. } => *count as f64,
            CheckOutcome::NotKnown => panic!("{name} is not known"),
        })];
    }
    if let Some(claim) = model.claims.iter().position(|claim| claim.name == name) {
        return vec![match &verify(model, &[]).claims[claim].outcome {
            ClaimOutcome::Reproduced { difference, .. } | ClaimOutcome::Off { difference, .. } => Some(*difference),
            ClaimOutcome::NotReproducible { .. } => None,
        }];
    }
    let (name, end) = name.split_once('.').unwrap_or((name, ""));
    let id = model.variable(name).unwrap_or_else(|| panic!("the model has no {name}"));
    let scale = model.variables[id.index()].unit.scale;
    let spreads = |pick: fn((f64, f64)) -> f64| -> Vec<Option<f64>> {
        let Definition::Input(input) = &model.variables[id.index()].definition else { panic!("{name} is no input") };
        let end = |figure: &Option<Figure>| figure.and_then(|figure| figure.spread).map(|ends| pick(ends) / scale);
        input.cells.iter().map(end).collect()
    };
    match end {
        "p5" => spreads(|ends| ends.0),
        "p95" => spreads(|ends| ends.1),
        _ => {
            let cells = evaluation.variable(id).unwrap();
            cells.values.iter().zip(cells.present).map(|(value, there)| there.then_some(value / scale)).collect()
        }
    }
}

/// Equal to [`RELATIVE`]; nought is nought to as much of the unit.
fn agree(ours: Option<f64>, theirs: Option<f64>) -> bool {
    match (ours, theirs) {
        (None, None) => true,
        (Some(ours), Some(theirs)) => {
            let size = if theirs == 0.0 { 1.0 } else { theirs.abs() };
            (ours - theirs).abs() <= RELATIVE * size
        }
        _ => false,
    }
}

#[test]
fn every_cell_is_what_a_spreadsheet_makes_of_it() {
    let (model, workbook) = (model(), workbook());
    let evaluation = Evaluation::of(&model, &[], &Wants::everything(&model));
    let mut differences = Vec::new();
    let mut compared = 0;
    for (name, range) in workbook.quantities.iter().filter(|(name, _)| name != "-") {
        let (ours, theirs) = (answer(&model, &evaluation, name), workbook.values(*range));
        assert_eq!(ours.len(), theirs.len(), "{name} has another number of cells");
        for (cell, (ours, theirs)) in ours.into_iter().zip(theirs).enumerate() {
            compared += 1;
            if !agree(ours, theirs) {
                differences.push(format!("{name}, cell {cell}: {ours:?} here, {theirs:?} in the spreadsheet"));
            }
        }
    }
    assert!(differences.is_empty(), "{} of {compared} cells differ:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn the_workbook_leaves_no_quantity_out() {
    let model = model();
    let quantities = model.variables.iter().map(|variable| variable.name.clone());
    let checks = model.checks.iter().map(|check| check.name.clone());
    let claims = model.claims.iter().map(|claim| claim.name.clone());
    let all: BTreeSet<String> = quantities.chain(checks).chain(claims).collect();
    let workbook: BTreeSet<String> = workbook()
        .quantities
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| name != "-" && !name.contains('.'))
        .collect();
    assert_eq!(all, workbook);
}
