//! `predict`: what runs in a table do, or the best deployments at their speeds, beside what was measured.

mod place;
mod prediction;

use crate::arguments::Global;
use crate::arguments::serving::Predict;
use crate::catalogue;
use crate::failure::Failure;
use crate::known;
use crate::load::{unreadable, unwritable};
use crate::numbers::{count, counted, significant};
use crate::screen::{Form, Record, Screen};
use prediction::{FIGURES, Prediction, Predictor};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use tokenomics_language::Model;
use tokenomics_language::diagnostic::nearest;
use tokenomics_throughput::row::{self, Row};

/// Columns without which no row can be placed.
const NEEDED: [&str; 5] = ["hardware", "model", "precision", "isl", "osl"];

/// The column of what was taken for granted, or of why there is no prediction.
const NOTE: &str = "predicted_note";

/// Columns of the best deployment.
const BEST: [&str; 3] = ["predicted_deployment", "predicted_gpus", "predicted_concurrency"];

/// The most reasons that are told.
const MOST_REASONS: usize = 12;

/// Predicts the rows of a table and writes it with the predictions beside them.
///
/// # Errors
/// A file that cannot be read or written, or that lacks a column.
pub fn run(model: &Model, global: &Global, screen: &mut Screen<'_>, asked: &Predict) -> Result<(), Failure> {
    let text = fs::read_to_string(&asked.from).map_err(|error| unreadable(&asked.from, &error))?;
    let text = text.trim_start_matches('\u{feff}');
    let fault = |what: String| Failure::call(format!("`{}`: {what}", asked.from.display()));
    let (columns, rows) = row::read(text).map_err(fault)?;
    if let Err(Failure::Call { what, help }) = has_columns(&columns) {
        return Err(fault(what).maybe_help(help));
    }
    let mut catalogue = catalogue::of(model)?;
    let unknown = [
        names(&rows, "hardware", |name| known::chip(model, &mut catalogue, name)),
        names(&rows, "model", |name| known::language_model(&mut catalogue, name)),
    ];
    let mut predictor = Predictor::new(&catalogue);
    let mut predict = |row: &Row| {
        for (column, names) in ["hardware", "model"].into_iter().zip(&unknown) {
            if let Some(reason) = row.text(column).and_then(|name| names.get(name)) {
                return Err(reason.clone());
            }
        }
        if asked.frontier { predictor.best(row) } else { predictor.own(row) }
    };
    let results: Vec<Result<Prediction, String>> = rows.iter().map(&mut predict).collect();
    let table = Table { columns: &columns, text, results: &results, best: asked.frontier };
    if let Some(path) = &asked.to {
        let file = File::create(path).map_err(|error| unwritable(path, &error))?;
        let mut writer = BufWriter::new(file);
        let failing = screen.failing.clone();
        let mut screen = Screen { out: &mut writer, failing, ..Screen::new(&mut io::sink(), global) };
        table.print(global, &mut screen)?;
        writer.flush().map_err(|error| unwritable(path, &error))?;
    } else {
        table.print(global, screen)?;
        screen.out.flush()?;
    }
    tell(&rows, &results);
    Ok(())
}

/// The names in a column that cannot be found, each with the reason. What a name means that is a file
/// becomes known under that name.
fn names(
    rows: &[Row],
    column: &str,
    mut find: impl FnMut(&str) -> Result<known::Named, Failure>,
) -> BTreeMap<String, String> {
    let names: BTreeSet<&str> = rows.iter().filter_map(|row| row.text(column)).collect();
    let mut unknown = BTreeMap::new();
    for name in names {
        if let Err(Failure::Call { what, help }) = find(name) {
            let help = help.filter(|help| help.ends_with('?')).map(|help| format!("; {help}"));
            unknown.insert(name.to_owned(), what + &help.unwrap_or_default());
        }
    }
    unknown
}

fn has_columns(columns: &[String]) -> Result<(), Failure> {
    let Some(lacking) = NEEDED.iter().find(|name| !columns.iter().any(|known| known == *name)) else { return Ok(()) };
    let failure = Failure::call(format!("the first line names no column `{lacking}`"));
    let help = match columns {
        [one] if one.contains(';') || one.contains('\t') => "the cells of a line are apart by commas".to_owned(),
        _ => match nearest(lacking, columns.iter().map(String::as_str)) {
            Some(near) => format!("it has `{near}`; `tokenomics predict --help` lists the columns"),
            None => "`tokenomics predict --help` lists the columns".to_owned(),
        },
    };
    Err(failure.help(help))
}

/// The rows as they were, and what is predicted of them.
struct Table<'a> {
    columns: &'a [String],
    text: &'a str,
    results: &'a [Result<Prediction, String>],
    best: bool,
}

impl Table<'_> {
    /// The columns that are added.
    fn added(&self) -> Vec<String> {
        let ends = |name: &&str| [(*name).to_owned(), format!("{name}_low"), format!("{name}_high")];
        let mut names: Vec<String> = FIGURES.iter().flat_map(ends).collect();
        if self.best {
            names.extend(BEST.iter().map(|name| (*name).to_owned()));
        }
        names.push(NOTE.to_owned());
        names
    }

    /// What is added to a row, by column.
    fn cells(&self, result: &Result<Prediction, String>) -> Vec<Value> {
        let prediction = result.as_ref().ok();
        let mut cells = Vec::new();
        for figure in 0..FIGURES.len() {
            let range = prediction.and_then(|prediction| prediction.figures[figure]);
            let ends =
                [range.map(|range| range.value), range.and_then(|range| range.low), range.and_then(|range| range.high)];
            cells.extend(ends.map(|end| json!(end.map(significant))));
        }
        if self.best {
            let best = prediction.and_then(|prediction| prediction.best.as_ref());
            cells.push(json!(best.map(|best| &best.deployment)));
            cells.push(json!(best.map(|best| best.chips)));
            cells.push(json!(best.map(|best| significant(best.concurrency))));
        }
        cells.push(match result {
            Ok(prediction) => json!(prediction.note),
            Err(reason) => json!(reason),
        });
        cells
    }

    /// Columns of the file that are kept: all but those of an earlier prediction.
    fn kept(&self, added: &[String]) -> Vec<usize> {
        (0..self.columns.len()).filter(|position| !added.contains(&self.columns[*position])).collect()
    }

    fn print(&self, global: &Global, screen: &mut Screen<'_>) -> Result<(), Failure> {
        let added = self.added();
        let kept = self.kept(&added);
        let mut reader = csv::ReaderBuilder::new().from_reader(self.text.as_bytes());
        let records = reader.records().flatten().zip(self.results);
        if screen.form == Form::Json {
            let rows = records.map(|(record, result)| {
                let own = kept.iter().map(|position| (self.columns[*position].clone(), json!(record[*position])));
                own.chain(added.iter().cloned().zip(self.cells(result))).collect::<Record>()
            });
            let placed = self.results.iter().filter(|result| result.is_ok()).count();
            let more =
                crate::screen::record([("placed", json!(placed)), ("not_placed", json!(self.results.len() - placed))]);
            let rows = rows.collect();
            return screen.document(global, "rows", rows, more);
        }
        let mut writer = csv::Writer::from_writer(&mut *screen.out);
        let failed = |error: csv::Error| Failure::Output(io::Error::other(error));
        let head = kept.iter().map(|position| self.columns[*position].as_str());
        writer.write_record(head.chain(added.iter().map(String::as_str))).map_err(failed)?;
        for (record, result) in records {
            let own = kept.iter().map(|position| record[*position].to_owned());
            let cells = self.cells(result).into_iter().map(|cell| match cell {
                Value::Null => String::new(),
                Value::String(text) => text,
                number => number.to_string(),
            });
            writer.write_record(own.chain(cells)).map_err(failed)?;
        }
        Ok(writer.flush()?)
    }
}

/// Says on standard error how many rows were placed, and why others were not.
fn tell(rows: &[Row], results: &[Result<Prediction, String>]) {
    // Reasons that differ by their figures alone are told once.
    let kind = |reason: &str| reason.replace(|letter: char| letter.is_ascii_digit() || letter == '.', "");
    let mut reasons: BTreeMap<String, (usize, u64, &str)> = BTreeMap::new();
    for (row, result) in rows.iter().zip(results) {
        if let Err(reason) = result {
            reasons.entry(kind(reason)).or_insert((0, row.line, reason)).0 += 1;
        }
    }
    let failed: usize = reasons.values().map(|(rows, ..)| rows).sum();
    let mut text = format!("{} of {} predicted.\n", count(results.len() - failed), counted(results.len(), "row"));
    let mut reasons: Vec<_> = reasons.into_values().collect();
    reasons.sort_by_key(|(rows, line, _)| (std::cmp::Reverse(*rows), *line));
    for (rows, line, reason) in reasons.iter().take(MOST_REASONS) {
        let first = if *rows > 1 { ", the first on" } else { "," };
        let _ = writeln!(text, "  {}{first} line {line}: {reason}", counted(*rows, "row"));
    }
    if reasons.len() > MOST_REASONS {
        let _ = writeln!(text, "  and {} more", counted(reasons.len() - MOST_REASONS, "reason"));
    }
    let _ = io::stderr().write_all(text.as_bytes());
}
