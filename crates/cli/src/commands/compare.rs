//! `compare`: scenarios, or another model, beside a base.

mod all;
mod changed;

use super::front;
use crate::arguments::{Global, Period};
use crate::cells::{Slice, cell_index, evaluate, member_name, value_in};
use crate::failure::Failure;
use crate::load::{self, BASE};
use crate::numbers::{Digits, counted, difference, unit_text};
use crate::opened;
use crate::references::{self, find_member};
use crate::screen::{Form, Record, Screen, cell_json, record};
use crate::style::Style;
use crate::table::{Align, Cell, Table};
use serde_json::json;
use std::path::Path;
use tokenomics_engine::Evaluation;
use tokenomics_language::Model;
use tokenomics_language::model::{DimensionId, VariableId};
use tokenomics_language::unit::{Unit, atoms};

/// A figure that changes by less, relatively, is not moved.
const STILL: f64 = 5e-7;

pub(super) use all::read;

/// A figure that is compared.
pub(super) struct Line {
    label: String,
    variable: VariableId,
    cell: Vec<u32>,
    unit: Unit,
}

/// Figures under one heading.
struct Group {
    title: String,
    lines: Vec<Line>,
}

/// Shows figures under a base and under scenarios, with what these change and what it does. One scenario
/// is held against the model without one; where none is named, all are.
///
/// # Errors
/// An unknown scenario or name, or the output does not take any more.
pub fn run(global: &Global, screen: &mut Screen<'_>, asked: &[&str], show: &[String]) -> Result<(), Failure> {
    if let Some(name) = &global.scenario {
        return Err(Failure::call(format!("`compare` names its scenarios itself; `--scenario {name}` has no part"))
            .help(format!("tokenomics compare {name} …")));
    }
    let names: Vec<&str> = match asked {
        [] | [BASE] => return all::run(global, screen, show),
        [one] => vec![BASE, one],
        several => several.to_vec(),
    };
    let models: Vec<Model> = names.iter().map(|name| load::model(global, Some(name))).collect::<Result<_, _>>()?;
    opened::announce(global, screen)?;
    for (name, model) in names.iter().zip(&models) {
        opened::warn(model, global, Some(name), screen);
    }
    if screen.form == Form::Text {
        changed::print(screen, &models, &names)?;
    }
    let more = record([("changes", changed::records(&models, &names))]);
    compare(global, screen, &models, &names, show, more)
}

/// Shows figures in the model at hand and in that of another folder, with the changes.
///
/// # Errors
/// As [`load::model`], an unknown name, or the output does not take any more.
pub fn with_model(global: &Global, screen: &mut Screen<'_>, folder: &Path, show: &[String]) -> Result<(), Failure> {
    let other = Global { model: Some(folder.to_path_buf()), ..global.clone() };
    opened::announce(global, screen)?;
    let scenario = global.scenario.as_deref();
    let mut models = Vec::new();
    for global in [global, &other] {
        models.push(load::model(global, scenario)?);
        opened::warn(&models[models.len() - 1], global, scenario, screen);
    }
    let name = |global: &Global| global.model.as_ref().map_or("built-in".to_owned(), |path| path.display().to_string());
    let names = [name(global), name(&other)];
    compare(global, screen, &models, &names.each_ref().map(String::as_str), show, Record::new())
}

/// Shows figures in several models, the first of which is the base; `more` goes into the document.
///
/// # Errors
/// An unknown name, or the output does not take any more.
pub fn compare(
    global: &Global,
    screen: &mut Screen<'_>,
    models: &[Model],
    names: &[&str],
    show: &[String],
    more: Record,
) -> Result<(), Failure> {
    // The last model is the one that has most: of all that is published, or of what the user added.
    let model = &models[models.len() - 1];
    let groups = if show.is_empty() { headline_groups(model, global)? } else { named_groups(model, show)? };
    let variables: Vec<&str> = groups
        .iter()
        .flat_map(|group| group.lines.iter().map(|line| model.variables[line.variable.index()].name.as_str()))
        .collect();
    let evaluations: Vec<Evaluation<'_>> =
        models.iter().map(|model| evaluate(model, variables.iter().filter_map(|name| model.variable(name)))).collect();
    let table = Comparison { names, evaluations: &evaluations, groups: &groups };
    if screen.form != Form::Text {
        let lines = groups.iter().flat_map(|group| &group.lines);
        let records = lines.flat_map(|line| table.records(line)).collect();
        let mut beside = record([("compared", json!(names))]);
        beside.extend(more);
        return screen.document(global, "figures", records, beside);
    }
    table.print(screen)
}

fn headline_groups(model: &Model, global: &Global) -> Result<Vec<Group>, Failure> {
    let headline = front::read(model, global)?.ok_or_else(|| {
        Failure::call("this model has no headline to compare").help("name figures: `--show 'name[dimension = member]'`")
    })?;
    let evaluation = evaluate(model, headline.variables());
    let mut groups = Vec::new();
    for section in headline.sections.iter().filter(|section| !section.columns.is_empty()) {
        let mut lines = Vec::new();
        for row in front::rows(&evaluation, section) {
            let names = section.rows.iter().zip(&row).map(|(axis, member)| member_name(model, axis.dimension, *member));
            let name = names.collect::<Vec<_>>().join(", ");
            lines.extend(section.columns.iter().map(|column| Line {
                label: format!("{name}, {}", column.label).trim_start_matches(", ").to_owned(),
                variable: column.reference.variable,
                cell: column.cell(model, &section.rows, &row),
                unit: column.unit.clone(),
            }));
        }
        groups.push(Group { title: section.title.clone(), lines });
    }
    Ok(groups)
}

fn named_groups(model: &Model, show: &[String]) -> Result<Vec<Group>, Failure> {
    let mut groups = Vec::new();
    for text in show {
        for reference in references::parse(model, std::slice::from_ref(text))? {
            let slice = Slice::new(model, &reference, Period::default())?;
            let open = slice.open();
            let line = |cell: Vec<u32>| {
                let members: Vec<&str> = open.iter().map(|position| slice.member(*position, cell[*position])).collect();
                let variable = slice.definition();
                let label = if members.is_empty() { variable.name.clone() } else { members.join(", ") };
                Line { label, variable: slice.variable, cell, unit: variable.unit.clone() }
            };
            groups.push(Group { title: slice.title(), lines: slice.cells().into_iter().map(line).collect() });
        }
    }
    Ok(groups)
}

fn change(base: Option<f64>, value: Option<f64>) -> Option<f64> {
    base.zip(value).filter(|(base, _)| *base != 0.0).map(|(base, value)| (value - base) / base.abs())
}

/// Whether a figure is where it was.
fn still(base: Option<f64>, value: Option<f64>) -> bool {
    base.is_some() && base == value || change(base, value).is_some_and(|gap| gap.abs() < STILL)
}

/// Figures in several models.
struct Comparison<'a, 'm> {
    /// What each model is called.
    names: &'a [&'a str],
    evaluations: &'a [Evaluation<'m>],
    /// The figures, as they are called in the last model.
    groups: &'a [Group],
}

impl Comparison<'_, '_> {
    /// The figure of a line in one of the models, in which names and members may stand elsewhere or
    /// be missing.
    fn value(&self, evaluation: &Evaluation<'_>, line: &Line) -> Option<f64> {
        let home = self.evaluations[self.evaluations.len() - 1].model();
        let model = evaluation.model();
        let known = &home.variables[line.variable.index()];
        let id = model.variable(&known.name)?;
        let variable = &model.variables[id.index()];
        if variable.unit.powers != known.unit.powers {
            return None;
        }
        let named = |id: &DimensionId| {
            let position = known
                .dimensions
                .iter()
                .position(|other| home.dimensions[other.index()].name == model.dimensions[id.index()].name)?;
            let member = member_name(home, known.dimensions[position], line.cell[position]);
            find_member(model, *id, member)
        };
        let cell: Vec<u32> = variable.dimensions.iter().map(named).collect::<Option<_>>()?;
        value_in(evaluation, id, cell_index(model, id, &cell), &line.unit)
    }

    fn values(&self, line: &Line) -> Vec<Option<f64>> {
        self.evaluations.iter().map(|evaluation| self.value(evaluation, line)).collect()
    }

    fn print(&self, screen: &mut Screen<'_>) -> Result<(), Failure> {
        let names = self.names;
        let mut columns = vec![("", Align::Name), ("", Align::Name), (names[0], Align::Right)];
        for name in &names[1..] {
            columns.extend([(*name, Align::Right), ("change", Align::Right)]);
        }
        let mut table = Table::new(columns);
        let (mut unmoved, mut unknown) = (0, 0);
        for group in self.groups {
            let mut rows = Vec::new();
            for line in &group.lines {
                let values = self.values(line);
                if values.iter().all(Option::is_none) {
                    unknown += 1;
                } else if values[1..].iter().all(|value| still(values[0], *value)) {
                    unmoved += 1;
                } else {
                    rows.push(row(line, &values));
                }
            }
            if !rows.is_empty() {
                table.heading(group.title.as_str());
                for row in rows {
                    table.row(row);
                }
            }
        }
        if !table.is_empty() {
            screen.table(&table)?;
        }
        let mut notes = Vec::new();
        if unmoved > 0 {
            notes.push(format!("{} not moved", counted(unmoved, "figure")));
        }
        if unknown > 0 {
            notes.push(format!("{} not known", counted(unknown, "figure")));
        }
        if notes.is_empty() {
            Ok(())
        } else {
            screen.paragraph(&format!("Left out: {}.", notes.join(", ")), 0, Style::Quiet)
        }
    }

    fn records(&self, line: &Line) -> Vec<Record> {
        let home = self.evaluations[self.evaluations.len() - 1].model();
        let variable = &home.variables[line.variable.index()];
        let values = self.values(line);
        let record_of = |(value, name): (&Option<f64>, &&str)| {
            record([
                ("name", json!(variable.name)),
                ("cell", cell_json(home, &variable.dimensions, &line.cell)),
                ("under", json!(name)),
                ("value", json!(value)),
                ("unit", json!(line.unit.text)),
                ("change", json!(change(values[0], *value))),
            ])
        };
        values.iter().zip(self.names).map(record_of).collect()
    }
}

/// The figures of a line as text, with the same decimals.
pub(super) fn texts(values: &[Option<f64>]) -> Vec<String> {
    let digits = Digits::of(values.iter().flatten().copied());
    values.iter().map(|value| value.map_or("·".to_owned(), |value| digits.write(value))).collect()
}

/// What a change of a figure reads like. A share or a rate moves by points: from 2 % to 1 % is 1
/// point, not 50 %.
fn gap(unit: &Unit, base: Option<f64>, value: Option<f64>) -> String {
    let in_percent = atoms(&unit.text).is_some_and(|atoms| atoms.contains(&("%", 1)));
    match base.zip(value) {
        Some((base, value)) if in_percent => format!("{:+.1} pt", value - base),
        _ => change(base, value).map_or("·".to_owned(), difference),
    }
}

fn row(line: &Line, values: &[Option<f64>]) -> Vec<Cell> {
    let mut texts = texts(values).into_iter().map(Cell::from);
    let mut cells = vec![format!("  {}", line.label).into(), Cell::styled(unit_text(&line.unit), Style::Quiet)];
    cells.extend(texts.next());
    for (value, text) in values[1..].iter().zip(texts) {
        let moved = values[0].zip(*value).is_some() && !still(values[0], *value);
        let gap = gap(&line.unit, values[0], *value);
        cells.extend([text, Cell::styled(gap, if moved { Style::Strong } else { Style::Quiet })]);
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_in_percent_moves_by_points() {
        let unit = |text: &str| Unit { text: text.to_owned(), ..Unit::pure() };
        assert_eq!(gap(&unit("%/yr"), Some(15.4), Some(-8.9)), "-24.3 pt");
        assert_eq!(gap(&unit("%"), Some(2.0), Some(1.0)), "-1.0 pt");
        assert_eq!(gap(&unit("$/chip/hr"), Some(2.0), Some(1.0)), "-50.0 %");
        assert_eq!(gap(&unit("%"), None, Some(1.0)), "·");
    }

    #[test]
    fn nothing_that_stays_nothing_is_not_moved() {
        assert!(still(Some(0.0), Some(0.0)) && still(Some(2.0), Some(2.0)));
        assert!(!still(Some(0.0), Some(1.0)) && !still(Some(2.0), Some(2.1)));
        assert!(!still(None, None) && !still(Some(0.0), None));
    }
}
