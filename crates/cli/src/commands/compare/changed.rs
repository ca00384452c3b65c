//! What scenarios change: the inputs, with the figures of the base beside theirs, and the reasons.

use crate::cells::members_of;
use crate::failure::Failure;
use crate::load::BASE;
use crate::numbers::{count, figure, given, unit_text};
use crate::references::cell_text;
use crate::screen::{Screen, cell_json, record};
use crate::style::Style;
use crate::table::{Align, Cell, Table};
use serde_json::{Value, json};
use tokenomics_language::Model;
use tokenomics_language::model::{Definition, Figure, Origin, VariableId};

/// The most cells of an input that have a row each.
const FEW: usize = 4;
/// Two factors nearer than this are the same.
const SAME: f64 = 1e-9;

/// Cells of one input that one line of a scenario changes.
struct Change<'m> {
    variable: VariableId,
    /// Where the new figures come from; `None` where a change of the base is absent.
    origin: Option<&'m Origin>,
    /// Each cell with the figure of the base and the new one, in the declared unit.
    cells: Vec<(usize, Option<f64>, Option<f64>)>,
}

impl Change<'_> {
    /// By how much all its cells are scaled, where all are by the same.
    fn factor(&self) -> Option<f64> {
        let mut factors =
            self.cells.iter().map(|(_, base, value)| Some((*value)? / (*base).filter(|base| *base != 0.0)?));
        let first = factors.next()??;
        factors.all(|factor| factor.is_some_and(|factor| (factor / first - 1.0).abs() < SAME)).then_some(first)
    }

    /// Why, and by whom where that is another scenario.
    fn reason(&self, scenario: &str) -> String {
        let Some(origin) = self.origin else { return "as without the base".to_owned() };
        let by = origin.scenario.as_deref().filter(|name| *name != scenario);
        format!("{}{}", origin.text, by.map(|name| format!(" (set by {name})")).unwrap_or_default())
    }
}

/// The changes of a scenario against a base of the same sheets.
fn changes<'m>(base: &Model, model: &'m Model) -> Vec<Change<'m>> {
    let mut found: Vec<Change<'m>> = Vec::new();
    for (index, (there, here)) in base.variables.iter().zip(&model.variables).enumerate() {
        let (Definition::Input(before), Definition::Input(after)) = (&there.definition, &here.definition) else {
            continue;
        };
        let variable = VariableId(index as u32);
        let first = found.len();
        for (cell, (before, after)) in before.cells.iter().zip(&after.cells).enumerate() {
            let [old, new] = [(base, before), (model, after)].map(|(model, figure)| set_by(model, figure.as_ref()));
            let values = [before, after].map(|figure| figure.as_ref().map(|figure| figure.value / here.unit.scale));
            let same = values[0] == values[1] && (old.is_some() || new.is_none());
            if same || (old.is_none() && new.is_none()) {
                continue;
            }
            let own = after.as_ref().map(|figure| &model.origins[figure.origin.index()]).filter(|_| new.is_some());
            let entry = (cell, values[0], values[1]);
            let known =
                |change: &&mut Change<'_>| change.origin.map(|origin| origin.span) == own.map(|origin| origin.span);
            match found[first..].iter_mut().find(known) {
                Some(change) => change.cells.push(entry),
                None => found.push(Change { variable, origin: own, cells: vec![entry] }),
            }
        }
    }
    found
}

/// The scenario that sets a figure.
fn set_by<'m>(model: &'m Model, figure: Option<&Figure>) -> Option<&'m str> {
    model.origins[figure?.origin.index()].scenario.as_deref()
}

/// Prints what each scenario changes.
///
/// # Errors
/// The output does not take any more.
pub(super) fn print(screen: &mut Screen<'_>, models: &[Model], names: &[&str]) -> Result<(), Failure> {
    let (Some(base), Some(base_name)) = (models.first(), names.first()) else { return Ok(()) };
    let mut table = Table::new([
        ("", Align::Name),
        ("", Align::Name),
        (*base_name, Align::Right),
        ("there", Align::Right),
        ("", Align::Name),
        ("why", Align::Left),
    ]);
    for (model, name) in models.iter().zip(names).skip(1) {
        let doc = model.scenarios.iter().find(|scenario| scenario.name == **name).map(|scenario| &scenario.doc);
        let doc = doc.map(|doc| doc.split_whitespace().collect::<Vec<_>>().join(" ")).unwrap_or_default();
        table.heading(format!("{name} changes"));
        if !doc.is_empty() {
            table.note(format!("  {doc}"));
        }
        for change in changes(base, model) {
            let variable = &model.variables[change.variable.index()];
            let factor = change.factor().map_or(String::new(), |factor| format!("× {}", figure(factor)));
            let text = |value: Option<f64>| value.map_or("·".to_owned(), given);
            let mut add = |label: String, before: String, after: String| {
                table.row([
                    format!("  {label}").into(),
                    Cell::styled(unit_text(&variable.unit), Style::Quiet),
                    before.into(),
                    after.into(),
                    Cell::styled(factor.as_str(), Style::Strong),
                    Cell::styled(change.reason(name), Style::Quiet),
                ]);
            };
            if change.cells.len() <= FEW {
                for (cell, before, after) in &change.cells {
                    let members = members_of(&model.shape(change.variable), *cell);
                    let members = variable.dimensions.iter().copied().zip(members);
                    add(cell_text(model, &variable.name, members), text(*before), text(*after));
                }
            } else {
                let range = |values: Vec<f64>| {
                    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
                    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    match values.as_slice() {
                        [] => "·".to_owned(),
                        _ if low >= high => given(low),
                        _ => format!("{} to {}", given(low), given(high)),
                    }
                };
                let label = format!("{} ({} cells)", variable.name, count(change.cells.len()));
                add(
                    label,
                    range(change.cells.iter().filter_map(|cell| cell.1).collect()),
                    range(change.cells.iter().filter_map(|cell| cell.2).collect()),
                );
            }
        }
    }
    screen.table(&table)?;
    screen.line("")
}

/// What each scenario changes, one record a cell.
pub(super) fn records(models: &[Model], names: &[&str]) -> Value {
    let Some(base) = models.first() else { return json!([]) };
    let mut all = Vec::new();
    for (model, name) in models.iter().zip(names).skip(1).filter(|(_, name)| **name != BASE) {
        for change in changes(base, model) {
            let variable = &model.variables[change.variable.index()];
            let publication = change.origin.and_then(|origin| origin.publication);
            for (cell, before, after) in &change.cells {
                let members = members_of(&model.shape(change.variable), *cell);
                all.push(Value::Object(record([
                    ("under", json!(name)),
                    ("name", json!(variable.name)),
                    ("cell", cell_json(model, &variable.dimensions, &members)),
                    ("base", json!(before)),
                    ("value", json!(after)),
                    ("unit", json!(variable.unit.text)),
                    ("reason", json!(change.reason(name))),
                    ("source", json!(publication.map(|id| model.publications[id.index()].key.as_str()))),
                ])));
            }
        }
    }
    Value::Array(all)
}
