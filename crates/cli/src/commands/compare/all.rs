//! Every scenario of a model beside the base, over a few figures that a table `compare.csv` at its root
//! names, with the columns `label, figure, unit`.

use super::{Line, change, gap};
use crate::arguments::Global;
use crate::cells::{Slice, cell_index, evaluate, value_in};
use crate::failure::Failure;
use crate::headline::unit_of;
use crate::load::{self, BASE};
use crate::numbers::{Digits, counted, unit_text};
use crate::opened;
use crate::references;
use crate::rows;
use crate::screen::{Form, Record, Screen, cell_json, record};
use crate::style::{Paint, Style};
use crate::table::{Align, Cell, Table};
use serde_json::json;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use tokenomics_language::model::Model;
use tokenomics_language::{Diagnostic, Faults};

/// The path of the table from the root of a model.
const PATH: &str = "compare.csv";
/// A change that is smaller reads as none.
const SEEN: f64 = 5e-4;
/// The most figures that stand side by side.
const MOST: usize = 8;

/// Reads the figures that all scenarios are compared by; `None` where the model names none.
///
/// # Errors
/// Each line of the table that cannot be met, with its place.
pub(in super::super) fn read(model: &Model) -> Result<Option<Vec<Line>>, Vec<Diagnostic>> {
    let mut lines = Vec::new();
    let each = |[label, figure, unit]: [&str; 3]| {
        lines.extend(lines_of(model, label, figure, unit)?);
        Ok(())
    };
    let Some((_, faults)) = rows::each(model, PATH, ["label", "figure", "unit"], each) else { return Ok(None) };
    if faults.is_empty() { Ok(Some(lines)) } else { Err(faults) }
}

/// The single figures that a reference means.
fn lines_of(model: &Model, label: &str, text: &str, unit: &str) -> Result<Vec<Line>, Failure> {
    let mut lines = Vec::new();
    for reference in references::parse(model, &[text.to_owned()])? {
        let unit = unit_of(model, &reference, text, unit)?;
        let slice = Slice::new(model, &reference, crate::arguments::Period::default())?;
        let cells = slice.cells();
        if cells.len() > MOST {
            return Err(Failure::call(format!(
                "`{text}` are {}, more than stand side by side",
                counted(cells.len(), "figure")
            ))
            .help("pick members: `name[dimension = member]`"));
        }
        for cell in cells {
            let open = slice.open();
            let members: Vec<&str> = open.iter().map(|position| slice.member(*position, cell[*position])).collect();
            let name = if label.is_empty() { slice.definition().name.as_str() } else { label };
            let label = if members.is_empty() { name.to_owned() } else { format!("{name} {}", members.join(", ")) };
            lines.push(Line { label, variable: slice.variable, cell, unit: unit.clone() });
        }
    }
    Ok(lines)
}

/// Shows each scenario beside the base.
///
/// # Errors
/// A model without scenarios or without figures to compare them by, or the output does not take any more.
pub(super) fn run(global: &Global, screen: &mut Screen<'_>, show: &[String]) -> Result<(), Failure> {
    let base = load::model(global, None)?;
    opened::announce(global, screen)?;
    let lines = if show.is_empty() {
        let read = read(&base).map_err(|diagnostics| {
            let faults = Faults { sources: base.sources.clone(), diagnostics };
            Failure::Model(load::report(&faults, Paint::for_errors(global.no_color)))
        })?;
        read.ok_or_else(|| {
            Failure::call("this model does not say by which figures to compare its scenarios").help(format!(
                "name some, `--show 'name[dimension = member]'`, or write `{PATH}`; see docs/command_line.md"
            ))
        })?
    } else {
        let mut lines = Vec::new();
        for text in show {
            lines.extend(lines_of(&base, "", text, "")?);
        }
        lines
    };
    if lines.len() > MOST {
        return Err(Failure::call(format!(
            "{} are more than the {MOST} that stand side by side",
            counted(lines.len(), "figure")
        ))
        .help("name scenarios, tokenomics compare base SCENARIO …, and figures stand one below the other"));
    }
    if base.scenarios.is_empty() {
        return Err(Failure::call("this model has no scenarios"));
    }
    let names: Vec<&str> =
        [BASE].into_iter().chain(base.scenarios.iter().map(|scenario| scenario.name.as_str())).collect();
    let values = values(global, screen, &names, &lines)?;
    if screen.form != Form::Text {
        let records = names.iter().zip(&values).flat_map(|(name, row)| describe(&base, name, &lines, row, &values[0]));
        return screen.document(global, "figures", records.collect(), record([("compared", json!(names))]));
    }
    print(screen, &names, &lines, &values)
}

/// The figures under each scenario; several are read at a time.
fn values(
    global: &Global,
    screen: &mut Screen<'_>,
    names: &[&str],
    lines: &[Line],
) -> Result<Vec<Vec<Option<f64>>>, Failure> {
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    let workers = thread::available_parallelism().map_or(1, usize::from).min(names.len());
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = under(global, name, lines);
                    if let Ok(mut found) = found.lock() {
                        found.push((*name, result));
                    }
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap_or_default();
    let mut rows = Vec::new();
    for name in names {
        let Some(position) = found.iter().position(|(known, _)| known == name) else {
            return Err(Failure::call(format!("`{name}` could not be read")));
        };
        let (row, failing) = found.swap_remove(position).1?;
        opened::tell_failing(failing, Some(name), global, screen);
        rows.push(row);
    }
    Ok(rows)
}

type Row = (Vec<Option<f64>>, Vec<String>);

/// The figures under a scenario, and the checks that fail there. All scenarios are of the same sheets, in
/// which a variable has the same place.
fn under(global: &Global, name: &str, lines: &[Line]) -> Result<Row, Failure> {
    let model = load::model(global, Some(name))?;
    let evaluation = evaluate(&model, lines.iter().map(|line| line.variable));
    let value =
        |line: &Line| value_in(&evaluation, line.variable, cell_index(&model, line.variable, &line.cell), &line.unit);
    Ok((lines.iter().map(value).collect(), opened::failing(&model, global, Some(name))))
}

fn print(screen: &mut Screen<'_>, names: &[&str], lines: &[Line], values: &[Vec<Option<f64>>]) -> Result<(), Failure> {
    let heads = lines.iter().flat_map(|line| [(line.label.as_str(), Align::Right), ("change", Align::Right)]);
    let mut table = Table::new([("scenario", Align::Name)].into_iter().chain(heads));
    let units = lines.iter().flat_map(|line| [unit_text(&line.unit).to_owned(), String::new()]);
    table.units([String::new()].into_iter().chain(units));
    let digits: Vec<Digits> =
        (0..lines.len()).map(|column| Digits::of(values.iter().filter_map(|row| row[column]))).collect();
    for (index, (name, row)) in names.iter().zip(values).enumerate() {
        let mut cells = vec![Cell::from(*name)];
        for (column, line) in lines.iter().enumerate() {
            let text = row[column].map_or("·".to_owned(), |value| digits[column].write(value));
            let moved = change(values[0][column], row[column]).is_none_or(|gap| gap.abs() >= SEEN);
            let gap = if index > 0 && moved { gap(&line.unit, values[0][column], row[column]) } else { String::new() };
            cells.extend([text.into(), Cell::styled(gap, Style::Strong)]);
        }
        table.row(cells);
    }
    screen.table(&table)?;
    let example = names.get(1).copied().unwrap_or("SCENARIO");
    let hint = format!("\ntokenomics compare base {example} says what it changes, and what that moves");
    screen.line(screen.paint.paint(Style::Quiet, &hint))
}

fn describe(model: &Model, name: &str, lines: &[Line], row: &[Option<f64>], base: &[Option<f64>]) -> Vec<Record> {
    let record_of = |((line, value), base): ((&Line, &Option<f64>), &Option<f64>)| {
        let variable = &model.variables[line.variable.index()];
        record([
            ("label", json!(line.label)),
            ("name", json!(variable.name)),
            ("cell", cell_json(model, &variable.dimensions, &line.cell)),
            ("under", json!(name)),
            ("value", json!(value)),
            ("unit", json!(line.unit.text)),
            ("change", json!(change(*base, *value))),
        ])
    };
    lines.iter().zip(row).zip(base).map(record_of).collect()
}
