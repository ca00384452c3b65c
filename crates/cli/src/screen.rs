//! What a command prints to, and in which form.

use crate::arguments::Global;
use crate::failure::Failure;
use crate::numbers::exact;
use crate::style::{Paint, Style};
use crate::table::Table;
use serde_json::{Map, Value, json};
use std::io::{self, Write};
use tokenomics_language::Model;

/// One record of JSON output, and one row of CSV output; its `cell`, where it has one, holds a
/// member for each dimension.
pub type Record = Map<String, Value>;

/// The form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Tables for people.
    Text,
    /// One document.
    Json,
    /// One row a figure.
    Csv,
}

/// Lines are broken at this width where neither a terminal nor the environment says otherwise.
const WIDTH: usize = 100;

/// What a command prints to.
pub struct Screen<'w> {
    /// Where it goes.
    pub out: &'w mut dyn Write,
    /// In which form.
    pub form: Form,
    /// Whether in colours.
    pub paint: Paint,
    /// How many characters a line has.
    pub width: usize,
    /// Whether what is wider is cut: in a file or a pipe nothing is, unless `COLUMNS` asks for it.
    pub cuts: bool,
    /// The checks that fail in the model at hand, once it is open.
    pub failing: Vec<String>,
}

impl<'w> Screen<'w> {
    /// The screen a call asks for.
    pub fn new(out: &'w mut dyn Write, global: &Global) -> Screen<'w> {
        let form = match (global.json, global.csv) {
            (true, _) => Form::Json,
            (_, true) => Form::Csv,
            _ => Form::Text,
        };
        let terminal = terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
        let asked = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
        let known = asked.or(terminal).filter(|width| *width > 0);
        Screen {
            out,
            form,
            paint: Paint::for_output(global.no_color),
            width: known.unwrap_or(WIDTH).max(40),
            cuts: known.is_some(),
            failing: Vec::new(),
        }
    }

    /// Prints a table, its columns of words cut where it would be too wide.
    ///
    /// # Errors
    /// The output does not take any more.
    pub fn table(&mut self, table: &Table) -> Result<(), Failure> {
        let width = if self.cuts { self.width } else { usize::MAX };
        self.text(&table.render(self.paint, width))
    }

    /// Prints a line.
    ///
    /// # Errors
    /// The output does not take any more.
    pub fn line(&mut self, text: impl AsRef<str>) -> Result<(), Failure> {
        Ok(writeln!(self.out, "{}", text.as_ref())?)
    }

    /// Prints text that ends its lines itself.
    ///
    /// # Errors
    /// The output does not take any more.
    pub fn text(&mut self, text: &str) -> Result<(), Failure> {
        Ok(self.out.write_all(text.as_bytes())?)
    }

    /// Prints lines of words broken at the width, each indented.
    ///
    /// # Errors
    /// The output does not take any more.
    pub fn paragraph(&mut self, text: &str, indent: usize, style: Style) -> Result<(), Failure> {
        for line in wrap(text, self.width.min(WIDTH).saturating_sub(indent)) {
            let painted = self.paint.paint(style, &line);
            writeln!(self.out, "{:indent$}{painted}", "")?;
        }
        Ok(())
    }

    /// Prints records: as one JSON document in which they stand under `name`, beside the scenario
    /// and the date the model was read under; or as CSV.
    ///
    /// # Errors
    /// The output does not take any more.
    pub fn records(&mut self, global: &Global, name: &str, records: Vec<Record>) -> Result<(), Failure> {
        self.document(global, name, records, Map::new())
    }

    /// As [`Screen::records`], with more entries in the JSON document.
    ///
    /// # Errors
    /// The output does not take any more.
    pub fn document(&mut self, global: &Global, name: &str, records: Vec<Record>, more: Record) -> Result<(), Failure> {
        if self.form == Form::Csv {
            return self.csv(&records);
        }
        let mut document = self.preamble(global);
        document.extend(more);
        document.insert(name.to_owned(), Value::Array(records.into_iter().map(Value::Object).collect()));
        self.json(&Value::Object(document))
    }

    /// Prints one record as a JSON document, the scenario and the date before it.
    ///
    /// # Errors
    /// The output does not take any more.
    pub fn tree(&mut self, global: &Global, record: Record) -> Result<(), Failure> {
        let mut document = self.preamble(global);
        document.extend(record);
        self.json(&Value::Object(document))
    }

    fn preamble(&self, global: &Global) -> Record {
        record([
            ("scenario", json!(global.scenario)),
            ("as_of", json!(global.as_of.map(|date| date.to_string()))),
            ("failing_checks", json!(self.failing)),
        ])
    }

    fn json(&mut self, value: &Value) -> Result<(), Failure> {
        serde_json::to_writer_pretty(&mut *self.out, &rounded(value)).map_err(io::Error::from)?;
        Ok(writeln!(self.out)?)
    }

    fn csv(&mut self, records: &[Record]) -> Result<(), Failure> {
        let flat: Vec<Vec<(&str, &Value)>> = records.iter().map(flatten).collect();
        let mut columns: Vec<&str> = Vec::new();
        for record in &flat {
            // A column new to the head stands where its record has it.
            let mut after = 0;
            for (name, _) in record {
                let known = columns.iter().position(|column| column == name);
                if known.is_none() {
                    columns.insert(after, name);
                }
                after = known.unwrap_or(after) + 1;
            }
        }
        let mut writer = csv::Writer::from_writer(&mut *self.out);
        if !columns.is_empty() {
            writer.write_record(&columns).map_err(csv_error)?;
        }
        for record in &flat {
            let row = columns.iter().map(|column| {
                record.iter().find(|(name, _)| name == column).map(|(_, value)| plain(value)).unwrap_or_default()
            });
            writer.write_record(row).map_err(csv_error)?;
        }
        Ok(writer.flush()?)
    }
}

/// The entries of a record, those of its `cell` in its place.
fn flatten(record: &Record) -> Vec<(&str, &Value)> {
    let mut flat = Vec::new();
    for (name, value) in record {
        match value {
            Value::Object(inner) => flat.extend(inner.iter().map(|(name, value)| (name.as_str(), value))),
            _ => flat.push((name.as_str(), value)),
        }
    }
    flat
}

/// A value as the text of a CSV field; the entries of a list are apart by semicolons.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join("; "),
        other => rounded(other).to_string(),
    }
}

/// The same with all its figures as exact as they are meant.
fn rounded(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => json!(number.as_f64().map(exact)),
        Value::Array(values) => values.iter().map(rounded).collect(),
        Value::Object(entries) => entries.iter().map(|(name, value)| (name.clone(), rounded(value))).collect(),
        other => other.clone(),
    }
}

fn csv_error(error: csv::Error) -> Failure {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => Failure::Output(error),
        other => Failure::Output(io::Error::other(format!("{other:?}"))),
    }
}

/// Words in lines of at most so many characters.
#[must_use]
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A record from its entries.
#[must_use]
pub fn record<const N: usize>(entries: [(&str, Value); N]) -> Record {
    entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The members of a cell as JSON, by dimension.
#[must_use]
pub fn cell_json(model: &Model, dimensions: &[tokenomics_language::model::DimensionId], cell: &[u32]) -> Value {
    let members = dimensions.iter().zip(cell).map(|(id, member)| {
        let dimension = &model.dimensions[id.index()];
        (dimension.name.clone(), json!(dimension.members.get(*member as usize)))
    });
    Value::Object(members.collect())
}
