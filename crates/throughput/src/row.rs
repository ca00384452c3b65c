//! Measured runs, a row each.

use std::collections::BTreeMap;

/// A row of a table of runs: what was run, and what was measured of it where anything was.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// The row's cells by column.
    cells: BTreeMap<String, String>,
    /// The line of the file it ends on.
    pub line: u64,
}

/// Reads rows; the first line names the columns.
///
/// # Errors
/// Where the text is no table, with its line.
pub fn read(text: &str) -> Result<(Vec<String>, Vec<Row>), String> {
    let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(text.as_bytes());
    let columns: Vec<String> = match reader.headers() {
        Ok(headers) => headers.iter().map(|name| name.trim().to_owned()).collect(),
        Err(error) => return Err(error.to_string()),
    };
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        let cells = columns.iter().cloned().zip(record.iter().map(|cell| cell.trim().to_owned())).collect();
        rows.push(Row { cells, line });
    }
    Ok((columns, rows))
}

impl Row {
    /// The text of a column; nothing where it is empty or there is no such column.
    #[must_use]
    pub fn text(&self, column: &str) -> Option<&str> {
        self.cells.get(column).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// Sets the text of a column.
    pub fn set(&mut self, column: &str, text: impl Into<String>) {
        self.cells.insert(column.to_owned(), text.into());
    }

    /// The number of a column; nothing where it is empty, or says that nothing is known.
    ///
    /// # Errors
    /// What stands there and is no number.
    pub fn number(&self, column: &str) -> Result<Option<f64>, String> {
        match self.known(column) {
            None => Ok(None),
            Some(text) => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(Some(number)),
                _ => Err(format!("`{column}` is `{text}`, which is no number")),
            },
        }
    }

    /// The number of a column that must be there and above zero.
    ///
    /// # Errors
    /// What stands there instead.
    pub fn positive(&self, column: &str) -> Result<f64, String> {
        match self.number(column)? {
            Some(number) if number > 0.0 => Ok(number),
            Some(number) => Err(format!("`{column}` is {number}, and must be above zero")),
            None => Err(format!("`{column}` is empty")),
        }
    }

    /// Whether a column says yes.
    ///
    /// # Errors
    /// What stands there and says neither yes nor no.
    pub fn flag(&self, column: &str) -> Result<Option<bool>, String> {
        match self.known(column).map(str::to_ascii_lowercase).as_deref() {
            None => Ok(None),
            Some("true" | "yes" | "1" | "1.0") => Ok(Some(true)),
            Some("false" | "no" | "0" | "0.0") => Ok(Some(false)),
            Some(other) => Err(format!("`{column}` is `{other}`; write True or False")),
        }
    }

    /// The text of a column, unless it is one of those that programs write where nothing is known.
    fn known(&self, column: &str) -> Option<&str> {
        let unknown = ["nan", "na", "n/a", "none", "null", "-"];
        self.text(column).filter(|text| !unknown.iter().any(|word| text.eq_ignore_ascii_case(word)))
    }

    /// The day of a row in years of our era. Where it names two days with `..` between, the middle of the
    /// time between them in which the run was possible, which began at `earliest`.
    #[must_use]
    pub fn date(&self, earliest: Option<f64>) -> Option<f64> {
        let text = self.text("date")?;
        match text.split_once("..") {
            None => year(text),
            Some((from, to)) => {
                let (from, to) = (year(from)?, year(to)?);
                let from = from.max(earliest.unwrap_or(from)).min(to);
                Some(0.5 * (from + to))
            }
        }
    }
}

/// A day, month or year in years of our era.
#[must_use]
pub fn year(text: &str) -> Option<f64> {
    let mut parts = text.trim().split(['-', 'T', ' ']);
    let year: f64 = parts.next()?.parse().ok()?;
    if !(1900.0..2200.0).contains(&year) {
        return None;
    }
    let month: Option<f64> = parts.next().and_then(|part| part.parse().ok());
    let day: Option<f64> = parts.next().and_then(|part| part.parse().ok());
    // A month or a year alone counts from its middle.
    Some(year + month.map_or(0.5, |month| (month - 1.0 + day.map_or(0.5, |day| (day - 0.5) / 31.0)) / 12.0))
}
