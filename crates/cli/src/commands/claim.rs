//! One claim in full.

use super::claims;
use super::explain::print;
use super::lacking::Lacking;
use super::tree::{Printer, written};
use crate::arguments::Global;
use crate::cells::evaluate;
use crate::failure::Failure;
use crate::screen::{Form, Screen};
use serde_json::{Value, json};
use tokenomics_engine::{Explanation, explain};
use tokenomics_language::Model;
use tokenomics_language::model::{Claim, ExpressionId, Node, Pick, VariableId};

/// The position of the claim that a call names, where no variable has the name.
pub fn named(model: &Model, words: &[String]) -> Option<usize> {
    let [name] = words else { return None };
    model.claims.iter().position(|claim| claim.name == *name).filter(|_| model.variable(name).is_none())
}

/// What the claim says, in the author's words, and where.
pub fn details(model: &Model, claim: &Claim) -> Vec<String> {
    let origin = &model.origins[claim.origin.index()];
    let sheet = &model.sources.file(claim.span.file).path;
    let mut lines = Vec::new();
    if !claim.doc.is_empty() {
        lines.push(claim.doc.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    lines.push(format!("= {}", written(model, model.expressions[claim.value.index()].span)));
    let place = if origin.text.is_empty() { String::new() } else { format!("“{}” · ", origin.text) };
    lines.push(format!("{place}{sheet}:{}", model.sources.line(claim.span)));
    lines
}

/// Shows a claim beside the model, and how the model comes to what it says.
///
/// # Errors
/// The output does not take any more.
pub fn run(model: &Model, global: &Global, screen: &mut Screen<'_>, claim: usize, depth: usize) -> Result<(), Failure> {
    let mut cells = Vec::new();
    reads(model, model.claims[claim].value, &mut cells);
    let evaluation = evaluate(model, cells.iter().map(|(variable, _)| *variable));
    let trees: Vec<Explanation> =
        cells.iter().map(|(variable, cell)| explain(&evaluation, *variable, cell, depth)).collect();
    let lacking = Lacking::new(model, global, &trees.iter().collect::<Vec<_>>())?;
    let printer = Printer { model, lacking };
    if screen.form == Form::Text {
        claims::print_one(model, screen, claim)?;
        screen.line("")?;
        return print(screen, &printer, &trees, depth);
    }
    let mut record = claims::record_of(model, claim);
    if screen.form == Form::Json {
        let reads: Vec<Value> = trees.iter().map(|tree| Value::Object(printer.nested(tree))).collect();
        record.insert(
            "expression".to_owned(),
            json!(written(model, model.expressions[model.claims[claim].value.index()].span)),
        );
        record.insert("reads".to_owned(), json!(reads));
        return screen.tree(global, record);
    }
    screen.records(global, "claims", vec![record])
}

/// The cells that an expression names in full.
fn reads(model: &Model, id: ExpressionId, cells: &mut Vec<(VariableId, Vec<u32>)>) {
    let mut visit = |id: &ExpressionId| reads(model, *id, cells);
    match &model.expressions[id.index()].node {
        Node::Number(_) | Node::Time(_) => {}
        Node::Load { variable, picks } => {
            let member = |id| {
                picks.iter().find_map(|(dimension, pick)| match pick {
                    Pick::Member(member) if dimension == id => Some(*member),
                    _ => None,
                })
            };
            let cell: Option<Vec<u32>> = model.variables[variable.index()].dimensions.iter().map(member).collect();
            cells.extend(cell.map(|cell| (*variable, cell)).filter(|cell| !cells.contains(cell)));
        }
        Node::Apply(_, arguments) => arguments.iter().for_each(visit),
        Node::If(condition, yes, no) => [condition, yes, no].into_iter().for_each(visit),
        Node::Otherwise(first, second) => [first, second].into_iter().for_each(visit),
        Node::Reduce { body, .. } => visit(body),
        Node::Previous { value, start } => [value, start].into_iter().for_each(visit),
    }
}
