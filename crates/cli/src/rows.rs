//! Tables of a model that say what to show: rows with their places, so that a fault names its line.

use crate::failure::Failure;
use tokenomics_language::model::Model;
use tokenomics_language::source::FileId;
use tokenomics_language::{Diagnostic, Span};

/// Hands each row of a table of a model to a reader, as the fields of some columns. Returns the place of
/// the table's head, and each row that cannot be met; `None` where the model has no such table.
pub fn each<const N: usize>(
    model: &Model,
    path: &str,
    columns: [&str; N],
    mut read: impl FnMut([&str; N]) -> Result<(), Failure>,
) -> Option<(Span, Vec<Diagnostic>)> {
    let file = model.sources.find(path)?;
    let text = &model.sources.file(file).text;
    let head = line_span(file, text, 0);
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let places = match reader.headers() {
        Ok(header) => columns.map(|name| header.iter().position(|known| known == name)),
        Err(_) => [None; N],
    };
    let lacks = columns.iter().zip(&places).find(|(_, place)| place.is_none());
    if let Some((name, _)) = lacks {
        return Some((head, vec![Diagnostic::new(head, format!("`{path}` lacks the column `{name}`"))]));
    }
    let mut faults = Vec::new();
    for row in reader.records() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                let start = error.position().map_or(0, |position| position.byte() as usize);
                faults.push(Diagnostic::new(line_span(file, text, start), format!("this is no CSV: {error}")));
                break;
            }
        };
        let start = row.position().map_or(0, |position| position.byte() as usize);
        let fields = places.map(|place| place.and_then(|place| row.get(place)).unwrap_or_default());
        if let Err(fault) = read(fields) {
            let (what, help) = match fault {
                Failure::Call { what, help } => (what, help),
                _ => ("this line cannot be read".to_owned(), None),
            };
            let mut fault = Diagnostic::new(line_span(file, text, start), what);
            fault.help = help;
            faults.push(fault);
        }
    }
    Some((head, faults))
}

/// The line of a text that holds a byte.
fn line_span(file: FileId, text: &str, at: usize) -> Span {
    let start = at + text[at.min(text.len())..].bytes().take_while(|byte| *byte == b'\n' || *byte == b'\r').count();
    let end = text.get(start..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| start + length);
    Span { file, start: start.min(end) as u32, end: end as u32 }
}
