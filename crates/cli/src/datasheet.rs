//! A chip from its datasheet: a file with the names and units that the model's own tables have.
//!
//! As CSV, one figure a row in the columns `name, precision, value, unit`; other columns are not read, so
//! rows can be copied from a table of the model. As JSON, one object: `{"memory": "80 GB", "dense_compute":
//! {"fp8": "1979 TFLOP/s"}}`. Both may state `name`, `vendor`, `generation` and `released`, as text.

use crate::catalogue::inputs;
use crate::failure::Failure;
use crate::references::meant;
use serde_json::Value;
use std::path::Path;
use tokenomics_language::Model;
use tokenomics_language::model::{Variable, VariableId};
use tokenomics_throughput::catalogue::KnownChip;
use tokenomics_throughput::{Chip, Format, row};

/// A chip as a file describes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Datasheet {
    /// The chip.
    pub chip: KnownChip,
    /// Its name, where the file says.
    pub name: Option<String>,
}

/// What is stated as text.
const TEXTS: [&str; 4] = ["name", "vendor", "generation", "released"];

/// Inputs of the catalogue that are figures of a chip, in its order: arithmetic, memory and its bandwidth,
/// the links within a domain, its size and the links beyond, and the nameplate power.
const FIGURES: usize = 7;

/// A figure or a text of a datasheet.
struct Entry {
    field: String,
    format: String,
    value: String,
    unit: String,
    /// Where it stands, in words.
    place: String,
}

/// Reads a datasheet.
///
/// # Errors
/// What is no datasheet, with its line or key and the mend.
pub fn read(model: &Model, path: &Path, text: &str) -> Result<Datasheet, Failure> {
    let named = |failure: Failure| match failure {
        Failure::Call { what, help } => Failure::Call { what: format!("`{}`: {what}", path.display()), help },
        other => other,
    };
    let json = text.trim_start().starts_with('{');
    let entries = if json { entries_of_json(text) } else { entries_of_csv(text) }.map_err(named)?;
    datasheet(model, &entries).map_err(named)
}

fn entries_of_csv(text: &str) -> Result<Vec<Entry>, Failure> {
    let (columns, rows) = row::read(text.trim_start_matches('\u{feff}')).map_err(Failure::call)?;
    for needed in ["name", "value"] {
        if !columns.iter().any(|column| column == needed) {
            return Err(Failure::call(format!("the first line names no column `{needed}`"))
                .help("a datasheet has the columns name, precision, value, unit"));
        }
    }
    let mut chips: Vec<&str> = rows.iter().filter_map(|row| row.text("chip")).collect();
    chips.sort_unstable();
    chips.dedup();
    if let [one, other, ..] = chips.as_slice() {
        return Err(Failure::call(format!("it has rows of `{one}` and of `{other}`"))
            .help("a datasheet is of one chip: keep its rows alone"));
    }
    let entry = |row: &row::Row| {
        let field = |column: &str| row.text(column).unwrap_or_default().to_owned();
        Entry {
            field: field("name"),
            format: field("precision"),
            value: field("value"),
            unit: field("unit"),
            place: format!("line {}", row.line),
        }
    };
    Ok(rows.iter().map(entry).collect())
}

fn entries_of_json(text: &str) -> Result<Vec<Entry>, Failure> {
    let value: Value = serde_json::from_str(text).map_err(|error| Failure::call(format!("it is no JSON: {error}")))?;
    let mut entries = Vec::new();
    for (field, value) in value.as_object().into_iter().flatten() {
        match value {
            Value::Object(by_format) => {
                for (format, value) in by_format {
                    entries.push(json_entry(field, format, value)?);
                }
            }
            value => entries.push(json_entry(field, "", value)?),
        }
    }
    Ok(entries)
}

fn json_entry(field: &str, format: &str, value: &Value) -> Result<Entry, Failure> {
    let place = if format.is_empty() { format!("`{field}`") } else { format!("`{field}` of `{format}`") };
    let (value, unit) = match value {
        Value::Number(number) => (number.to_string(), String::new()),
        Value::String(text) if TEXTS.contains(&field) => (text.clone(), String::new()),
        Value::String(text) => match text.split_once(char::is_whitespace) {
            Some((value, unit)) => (value.to_owned(), unit.trim().to_owned()),
            None => (text.clone(), String::new()),
        },
        other => {
            return Err(Failure::call(format!("{place} is {other}"))
                .help("write a figure with its unit in quotes, such as \"80 GB\""));
        }
    };
    Ok(Entry { field: field.to_owned(), format: format.to_owned(), value, unit, place })
}

fn datasheet(model: &Model, entries: &[Entry]) -> Result<Datasheet, Failure> {
    let inputs: Vec<VariableId> = inputs(model)?.into_iter().take(FIGURES).collect();
    let variables: Vec<&Variable> = inputs.iter().map(|input| &model.variables[input.index()]).collect();
    let names = || variables.iter().map(|variable| variable.name.as_str());
    let mut sheet = Datasheet::default();
    let mut figures = [None; FIGURES];
    for entry in entries {
        let Entry { field, format, value, place, .. } = entry;
        if TEXTS.contains(&field.as_str()) {
            text(&mut sheet, entry)?;
            continue;
        }
        let Some(position) = names().position(|name| name == field) else {
            let known = names().chain(TEXTS);
            let help = meant(field, known.clone())
                .unwrap_or_else(|| format!("it may state {}", known.collect::<Vec<_>>().join(", ")));
            return Err(Failure::call(format!("{place}: a datasheet has no `{field}`")).help(help));
        };
        let figure = base(model, variables[position], entry)?;
        let slot = if position == 0 {
            let known = Format::parse(format).ok_or_else(|| {
                Failure::call(format!("{place}: `{format}` is no number format"))
                    .help(format!("`{field}` is stated by format: bf16, fp8, fp4, int8"))
            })?;
            &mut sheet.chip.chip.arithmetic[known as usize]
        } else {
            &mut figures[position]
        };
        if slot.replace(figure).is_some() {
            return Err(Failure::call(format!("{place}: `{field}` is stated twice, the second time as {value}"))
                .help("keep the one that holds"));
        }
    }
    let name = |position: usize| &variables[position].name;
    let lacks = |position: usize| {
        Failure::call(format!("it does not state `{}`", name(position))).help(format!(
            "{}, in {}",
            variables[position].doc.trim_end_matches('.'),
            variables[position].unit.text
        ))
    };
    let chip = &mut sheet.chip.chip;
    if chip.arithmetic.iter().all(Option::is_none) {
        return Err(lacks(0));
    }
    *chip = Chip {
        arithmetic: chip.arithmetic,
        memory: figures[1].ok_or_else(|| lacks(1))?,
        memory_bandwidth: figures[2].ok_or_else(|| lacks(2))?,
        scale_up_bandwidth: figures[3],
        scale_up_domain: figures[4].unwrap_or(1.0),
        scale_out_bandwidth: figures[5],
        power: figures[6],
    };
    Ok(sheet)
}

/// Enters what is stated as text.
fn text(sheet: &mut Datasheet, entry: &Entry) -> Result<(), Failure> {
    let value = entry.value.clone();
    match entry.field.as_str() {
        "name" => sheet.name = Some(value),
        "vendor" => sheet.chip.vendor = value.to_lowercase(),
        "generation" => sheet.chip.generation = value.to_lowercase(),
        _ => {
            let released = row::year(&value).ok_or_else(|| {
                Failure::call(format!("{}: `released` is `{value}`", entry.place))
                    .help("write a year, a month or a day, such as 2026-03")
            })?;
            sheet.chip.released = Some(released);
        }
    }
    Ok(())
}

/// A figure in base units.
fn base(model: &Model, variable: &Variable, entry: &Entry) -> Result<f64, Failure> {
    let Entry { field, value, unit, place, .. } = entry;
    let number = value.parse::<f64>().ok().filter(|number| number.is_finite() && *number > 0.0);
    let number = number.ok_or_else(|| {
        Failure::call(format!("{place}: `{field}` is `{value}`, which is no number above zero"))
            .help(format!("it is a number, and its unit measures the same as {}", variable.unit.text))
    })?;
    // What each chip has, and counts of chips, may be written without saying so.
    let stated = if unit.is_empty() { "1" } else { unit };
    let forms = [stated.to_owned(), format!("{stated}/chip"), format!("{stated}*chip")];
    let mut units = forms.iter().filter_map(|form| model.units.parse(form));
    match units.find(|known| known.powers == variable.unit.powers) {
        Some(unit) => Ok(number * unit.scale),
        None if unit.is_empty() => Err(Failure::call(format!("{place}: `{field}` has no unit"))
            .help(format!("write one such as {}", variable.unit.text))),
        None => Err(Failure::call(format!("{place}: `{field}` is in `{unit}`"))
            .help(format!("it is measured in {} or the like", variable.unit.text))),
    }
}
