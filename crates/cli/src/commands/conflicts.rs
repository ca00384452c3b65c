//! `conflicts`: figures on which sources disagree.

use super::list::speaks_of;
use crate::arguments::Global;
use crate::cells::members_of;
use crate::failure::Failure;
use crate::numbers::{counted, difference, given};
use crate::references::cell_text;
use crate::screen::{Form, Record, Screen, cell_json, record};
use crate::style::Style;
use crate::table::{Align, Cell, Table};
use serde_json::json;
use tokenomics_language::Model;
use tokenomics_language::model::{Conflict, Figure};

/// Lists each cell that speaks of all the words with every figure given for it, the one in use first.
///
/// # Errors
/// The output does not take any more.
pub fn run(model: &Model, global: &Global, screen: &mut Screen<'_>, words: &[String]) -> Result<(), Failure> {
    let title = |conflict: &Conflict| {
        let variable = &model.variables[conflict.variable.index()];
        cell_text(model, &variable.name, variable.dimensions.iter().copied().zip(members(model, conflict)))
    };
    let found: Vec<&Conflict> =
        model.conflicts.iter().filter(|conflict| speaks_of(&[&title(conflict)], words)).collect();
    if screen.form != Form::Text {
        let records = found.iter().flat_map(|conflict| records(model, conflict)).collect();
        return screen.records(global, "conflicts", records);
    }
    if found.is_empty() {
        let what = if words.is_empty() { String::new() } else { format!(" on `{}`", words.join(" ")) };
        return screen.line(format!("No two sources disagree{what}."));
    }
    let mut table = Table::new([
        ("", Align::Name),
        ("value", Align::Right),
        ("", Align::Name),
        ("differs", Align::Right),
        ("source", Align::Name),
        ("published", Align::Name),
        ("kind", Align::Name),
        ("where", Align::Left),
    ]);
    for conflict in &found {
        let variable = &model.variables[conflict.variable.index()];
        table.heading(title(conflict));
        let used = conflict.figures.first().map_or(f64::NAN, |figure| figure.value);
        for (position, figure) in conflict.figures.iter().enumerate() {
            let origin = &model.origins[figure.origin.index()];
            let key = origin.publication.map_or("assumed", |id| model.publications[id.index()].key.as_str());
            let in_use = position == 0;
            table.row([
                if in_use { "  in use".into() } else { Cell::default() },
                given(figure.value / variable.unit.scale).into(),
                Cell::styled(variable.unit.text.as_str(), Style::Quiet),
                if in_use { Cell::default() } else { difference(figure.value / used - 1.0).into() },
                key.into(),
                origin.published.map(|date| date.to_string()).unwrap_or_default().into(),
                Cell::styled(origin.kind.word(), Style::Quiet),
                Cell::styled(origin.text.as_str(), Style::Quiet),
            ]);
        }
    }
    screen.table(&table)?;
    screen.line(format!("\nSources disagree on {}.", counted(found.len(), "figure")))
}

fn members(model: &Model, conflict: &Conflict) -> Vec<u32> {
    members_of(&model.shape(conflict.variable), conflict.cell as usize)
}

fn records(model: &Model, conflict: &Conflict) -> Vec<Record> {
    let variable = &model.variables[conflict.variable.index()];
    let cell = cell_json(model, &variable.dimensions, &members(model, conflict));
    let record_of = |(position, figure): (usize, &Figure)| {
        let mut entry =
            record([("name", json!(variable.name)), ("cell", cell.clone()), ("in_use", json!(position == 0))]);
        entry.extend(super::inputs::figure_record(model, variable, figure));
        entry
    };
    conflict.figures.iter().enumerate().map(record_of).collect()
}
