//! Tables: CSV text as rows whose cells know their place.

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Sources, Span};
use csv::{ReaderBuilder, StringRecord};

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    /// The file.
    pub file: FileId,
    /// The names of its columns.
    pub header: Vec<String>,
    rows: Vec<Row>,
}

/// A row of a table.
#[derive(Clone, Debug)]
pub struct Row {
    record: StringRecord,
    /// The whole row.
    pub span: Span,
}

impl Row {
    /// The text of a cell; empty where the row is shorter than the header.
    #[must_use]
    pub fn cell(&self, column: usize) -> &str {
        self.record.get(column).unwrap_or("")
    }
}

impl Table {
    /// Reads a table.
    ///
    /// # Errors
    /// Text that is not CSV, a row longer or shorter than the header, a doubled or nameless column.
    pub fn read(sources: &Sources, file: FileId) -> Result<Table, Vec<Diagnostic>> {
        let text = sources.file(file).text.as_str();
        if let Some(fault) = quote_fault(file, text).or_else(|| separator_fault(file, text)) {
            return Err(vec![fault]);
        }
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.strip_prefix('\u{feff}').unwrap_or(text).as_bytes());
        let shift = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
        let mut table = Table { file, header: Vec::new(), rows: Vec::new() };
        let mut faults = Vec::new();
        let mut record = StringRecord::new();
        let mut first = true;
        loop {
            let start = reader.position().byte() as usize + shift;
            match reader.read_record(&mut record) {
                Ok(false) => break,
                Ok(true) => {}
                Err(error) => {
                    let span = Span { file, start: start as u32, end: start as u32 };
                    faults.push(Diagnostic::new(span, format!("this is not a row of CSV: {error}")));
                    break;
                }
            }
            let end = reader.position().byte() as usize + shift;
            let raw = &text[start..end.min(text.len())];
            let lead = raw.len() - raw.trim_start_matches(['\n', '\r']).len();
            let span =
                Span { file, start: (start + lead) as u32, end: (start + raw.trim_end().len().max(lead)) as u32 };
            if first {
                first = false;
                table.header = record.iter().map(str::to_owned).collect();
                faults.extend(table.header_faults(span));
                continue;
            }
            if record.iter().all(str::is_empty) {
                continue;
            }
            if record.len() != table.header.len() {
                faults.push(
                    Diagnostic::new(
                        span,
                        format!("the header has {} and this row {}", cells(table.header.len()), cells(record.len())),
                    )
                    .help(if record.len() > table.header.len() {
                        "a cell with a comma in it stands in double quotes"
                    } else {
                        "a cell with nothing in it has its comma all the same"
                    }),
                );
                continue;
            }
            table.rows.push(Row { record: record.clone(), span });
        }
        if first {
            faults.push(Diagnostic::new(Span { file, start: 0, end: 0 }, "this table has no header"));
        }
        if faults.is_empty() { Ok(table) } else { Err(faults) }
    }

    fn header_faults(&self, span: Span) -> Vec<Diagnostic> {
        let mut faults = Vec::new();
        for (index, name) in self.header.iter().enumerate() {
            if name.is_empty() {
                faults.push(Diagnostic::new(span, format!("column {} has no name", index + 1)));
            } else if self.header[..index].contains(name) {
                faults.push(Diagnostic::new(span, format!("the column `{name}` stands twice")));
            }
        }
        faults
    }

    /// The rows after the header.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The position of a column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    /// The header line.
    #[must_use]
    pub fn header_span(&self, sources: &Sources) -> Span {
        let text = &sources.file(self.file).text;
        Span { file: self.file, start: 0, end: text.lines().next().unwrap_or("").len() as u32 }
    }

    /// The place of the name of a column.
    #[must_use]
    pub fn column_span(&self, sources: &Sources, column: usize) -> Span {
        cell_span(sources, self.header_span(sources), column)
    }

    /// The place of a cell in its row.
    #[must_use]
    pub fn cell_span(&self, sources: &Sources, row: &Row, column: usize) -> Span {
        cell_span(sources, row.span, column)
    }
}

/// The first quote that does not enclose a cell: one that is never closed, or closes amid a cell because
/// it was opened in another row.
fn quote_fault(file: FileId, text: &str) -> Option<Diagnostic> {
    let bytes = text.as_bytes();
    let span = |at: usize| Span { file, start: at as u32, end: at as u32 + 1 };
    let mut at = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
    let mut starts = true;
    while at < bytes.len() {
        if !(starts && bytes[at] == b'"') {
            starts = matches!(bytes[at], b',' | b'\n' | b'\r');
            at += 1;
            continue;
        }
        let open = at;
        at += 1;
        while at < bytes.len() && (bytes[at] != b'"' || bytes.get(at + 1) == Some(&b'"')) {
            at += if bytes[at] == b'"' { 2 } else { 1 };
        }
        if at >= bytes.len() {
            let fault = Diagnostic::new(span(open), "this quote is not closed");
            return Some(fault.help("close it where the cell ends; within quotes a quote is written twice"));
        }
        let (close, line) = (at, |at: usize| text[..at].matches('\n').count() + 1);
        at += 1;
        let after = text[at..].trim_start_matches([' ', '\t']);
        if !(after.is_empty() || after.starts_with([',', '\n', '\r'])) {
            let (first, last) = (line(open), line(close));
            let fault = if first == last {
                Diagnostic::new(span(close), "text goes on after the quote that closes its cell")
            } else {
                let what = format!("the quote opened on line {first} closes on line {last}, amid a cell");
                Diagnostic::new(span(open), what).other(span(close), "it closes here")
            };
            return Some(fault.help("close it where the cell ends; within quotes a quote is written twice"));
        }
        starts = false;
    }
    None
}

/// A header whose cells are parted by something other than commas.
fn separator_fault(file: FileId, text: &str) -> Option<Diagnostic> {
    let header = text.lines().next().unwrap_or("");
    if header.contains(',') {
        return None;
    }
    let (separator, shown) = [(';', "`;`"), ('\t', "tabs")].into_iter().find(|(mark, _)| header.contains(*mark))?;
    let at = header.find(separator)? as u32;
    let what = format!("the cells of this table are parted by {shown}");
    Some(Diagnostic::new(Span { file, start: at, end: at + 1 }, what).help("export it with commas between the cells"))
}

fn cells(count: usize) -> String {
    if count == 1 { "1 cell".to_owned() } else { format!("{count} cells") }
}

fn cell_span(sources: &Sources, row: Span, column: usize) -> Span {
    let raw = sources.text(row);
    let (mut quoted, mut at, mut start) = (false, 0, 0);
    for (index, byte) in raw.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                if at == column {
                    return Span { start: row.start + start, end: row.start + index as u32, ..row };
                }
                at += 1;
                start = index as u32 + 1;
            }
            _ => {}
        }
    }
    if at == column { Span { start: row.start + start, ..row } } else { row }
}
