//! `show`: figures as a table or as records.

use super::grid::Grid;
use super::inputs::origin_record;
use super::lacking::Lacking;
use super::list::describe;
use crate::arguments::{Global, Period};
use crate::cells::{Slice, evaluate, input_figure, side_word, value};
use crate::failure::Failure;
use crate::references;
use crate::screen::{Form, Record, Screen, cell_json, record};
use crate::style::Style;
use serde_json::{Value, json};
use tokenomics_engine::{Evaluation, explain, side};
use tokenomics_language::Model;

/// Shows the cells that some references mean; of a great many as text only the first, unless `all` are asked for.
///
/// # Errors
/// An unknown name or period, or the output does not take any more.
pub fn run(
    model: &Model,
    global: &Global,
    screen: &mut Screen<'_>,
    words: &[String],
    period: Period,
    all: bool,
) -> Result<(), Failure> {
    let references = references::parse(model, words)?;
    let slices: Vec<Slice<'_>> =
        references.iter().map(|reference| Slice::new(model, reference, period)).collect::<Result<_, _>>()?;
    let evaluation = evaluate(model, slices.iter().map(|slice| slice.variable));
    if screen.form != Form::Text {
        let figures = slices.iter().flat_map(|slice| records(&evaluation, slice)).collect();
        let variables: Vec<Value> =
            slices.iter().map(|slice| Value::Object(describe(model, slice.definition()))).collect();
        return screen.document(global, "figures", figures, record([("variables", json!(variables))]));
    }
    for (position, slice) in slices.iter().enumerate() {
        if position > 0 {
            screen.line("")?;
        }
        let mut grid = Grid::of(&evaluation, slice);
        if !all {
            grid.shorten();
        }
        grid.print(screen)?;
        if let [cell] = slice.cells().as_slice()
            && value(&evaluation, slice.variable, slice.index(cell)).is_none()
        {
            let tree = explain(&evaluation, slice.variable, cell, 0);
            let cause = Lacking::new(model, global, &[&tree])?.root_cause(&tree);
            screen.paragraph(&cause.unwrap_or_default(), 0, Style::Quiet)?;
        }
    }
    Ok(())
}

fn records(evaluation: &Evaluation<'_>, slice: &Slice<'_>) -> Vec<Record> {
    let variable = slice.definition();
    let record_of = |cell: Vec<u32>| {
        let index = slice.index(&cell);
        let mut entry = record([
            ("name", json!(variable.name)),
            ("cell", cell_json(slice.model, &variable.dimensions, &cell)),
            ("value", json!(value(evaluation, slice.variable, index))),
            ("unit", json!(variable.unit.text)),
            ("side", json!(side_word(side(evaluation, slice.variable, &cell)))),
        ]);
        entry.extend(origin_record(slice.model, input_figure(slice.model, slice.variable, index).as_ref()));
        entry
    };
    slice.cells().into_iter().map(record_of).collect()
}
