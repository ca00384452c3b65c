//! `changes`: what has become of figures since a date, and what was published in between.

use super::compare::compare;
use super::inputs::figure_record;
use super::sources::stated;
use crate::arguments::Global;
use crate::cells::{evaluate, members_of};
use crate::failure::Failure;
use crate::load;
use crate::numbers::{counted, given};
use crate::opened;
use crate::references::{self, cell_text};
use crate::screen::{Form, Record, Screen, cell_json, record};
use crate::style::Style;
use crate::table::{Align, Cell, Table};
use serde_json::{Value, json};
use std::collections::HashSet;
use tokenomics_language::Model;
use tokenomics_language::calendar::Date;
use tokenomics_language::model::{Definition, Figure, VariableId};

/// Compares figures, those of the headline if none is named, as known on a date and as known now or
/// on a later one. The figures published in
/// between, of named figures those that they read, are counted, and listed where `rows` asks so.
///
/// # Errors
/// An unknown name, a later date that is not later, or the output does not take any more.
pub fn run(global: &Global, screen: &mut Screen<'_>, since: Date, names: &[String], rows: bool) -> Result<(), Failure> {
    if let Some(until) = global.as_of.filter(|until| until.last_day() <= since.last_day()) {
        return Err(Failure::call(format!("{until} is not after {since}")).help("`--since` is the earlier date"));
    }
    let before = Global { as_of: Some(since), ..global.clone() };
    let scenario = global.scenario.as_deref();
    let models = [load::model(&before, scenario)?, load::model(global, scenario)?];
    opened::announce(global, screen)?;
    opened::warn(&models[1], global, scenario, screen);
    let mut published = published_since(&models[1], since);
    if !names.is_empty() {
        // What the named figures read has been evaluated with them.
        let asked = references::parse(&models[1], names)?;
        let read = evaluate(&models[1], asked.iter().map(|reference| reference.variable));
        published.retain(|row| read.variable(row.variable).is_some());
    }
    let more = record([("since", json!(since.to_string())), ("rows", rows_json(&models[1], &published))]);
    let head = format!("known on {since}");
    let now = global.as_of.map_or("now".to_owned(), |until| format!("on {until}"));
    compare(global, screen, &models, &[&head, &now], names, more)?;
    if screen.form != Form::Text {
        return Ok(());
    }
    let model = &models[1];
    let (publications, _) = stated(model, published.iter().map(|row| row.figure));
    let sources = publications.iter().collect::<HashSet<_>>().len();
    let count = counted(publications.len(), "figure");
    let hint = if rows || publications.is_empty() { "." } else { "; --rows lists them." };
    screen.line(format!("\n{count} from {} published since{hint}", counted(sources, "source")))?;
    if rows { print_rows(model, screen, &published) } else { Ok(()) }
}

/// A figure that was published.
struct Row<'m> {
    variable: VariableId,
    cell: usize,
    figure: &'m Figure,
}

/// The figures published after a date, each in the first cell it is given for.
fn published_since(model: &Model, since: Date) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for (index, variable) in model.variables.iter().enumerate() {
        let Definition::Input(input) = &variable.definition else { continue };
        let mut seen = HashSet::new();
        for (cell, figure) in input.cells.iter().enumerate() {
            let Some(figure) = figure.as_ref().filter(|figure| !figure.filled) else { continue };
            let published = model.origins[figure.origin.index()].published;
            let is_later = published.is_some_and(|date| date.last_day() > since.last_day());
            if is_later && seen.insert((figure.origin, figure.value.to_bits())) {
                rows.push(Row { variable: VariableId(index as u32), cell, figure });
            }
        }
    }
    rows
}

fn rows_json(model: &Model, rows: &[Row<'_>]) -> Value {
    let record_of = |row: &Row<'_>| {
        let variable = &model.variables[row.variable.index()];
        let members = members_of(&model.shape(row.variable), row.cell);
        let mut entry: Record =
            record([("name", json!(variable.name)), ("cell", cell_json(model, &variable.dimensions, &members))]);
        entry.extend(figure_record(model, variable, row.figure));
        Value::Object(entry)
    };
    rows.iter().map(record_of).collect()
}

fn print_rows(model: &Model, screen: &mut Screen<'_>, rows: &[Row<'_>]) -> Result<(), Failure> {
    let mut table = Table::new([
        ("published", Align::Name),
        ("figure", Align::Name),
        ("value", Align::Right),
        ("", Align::Name),
        ("source", Align::Left),
    ]);
    for row in rows {
        let variable = &model.variables[row.variable.index()];
        let members = members_of(&model.shape(row.variable), row.cell);
        let origin = &model.origins[row.figure.origin.index()];
        let key = origin.publication.map_or("", |id| model.publications[id.index()].key.as_str());
        table.row([
            origin.published.map(|date| date.to_string()).unwrap_or_default().into(),
            cell_text(model, &variable.name, variable.dimensions.iter().copied().zip(members)).into(),
            given(row.figure.value / variable.unit.scale).into(),
            Cell::styled(variable.unit.text.as_str(), Style::Quiet),
            Cell::styled(key, Style::Quiet),
        ]);
    }
    screen.table(&table)
}
