//! The table of sources, which every origin names a row of.

use super::{Checker, suggestion};
use crate::calendar::Date;
use crate::diagnostic::Diagnostic;
use crate::model::{Kind, Origin, OriginId, Publication, PublicationId};
use crate::source::Span;
use crate::syntax;

/// Where the table of sources is kept.
pub(crate) const SOURCES: &str = "data/sources.csv";
const COLUMNS: [&str; 6] = ["key", "publisher", "title", "date", "url", "licence"];

impl Checker<'_> {
    /// Reads the table of sources, when there is one.
    pub(crate) fn read_publications(&mut self) {
        if self.sources.find(SOURCES).is_none() {
            return;
        }
        let path = syntax::Path { text: SOURCES.to_owned(), span: Span::NOWHERE };
        let Some(table) = self.table(&path) else { return };
        let mut columns = [0; 6];
        for (column, name) in columns.iter_mut().zip(COLUMNS) {
            if let Some(found) = table.column(name) {
                *column = found;
            } else {
                let span = table.header_span(self.sources);
                let help = format!("its columns are {}", COLUMNS.join(", "));
                self.fault_with(span, format!("the table of sources has no column `{name}`"), help);
                return;
            }
        }
        for row in table.rows() {
            let [key, publisher, title, date, url, licence] = columns.map(|column| row.cell(column).to_owned());
            let key_span = table.cell_span(self.sources, row, columns[0]);
            if key.is_empty() {
                self.fault(row.span, "this source has no key");
                continue;
            }
            if let Some(other) = self.publication_ids.get(&key) {
                let first = self.publications[other.index()].span;
                let fault = Diagnostic::new(key_span, format!("the source `{key}` stands twice"));
                self.faults.push(fault.other(first, "first here"));
                continue;
            }
            let parsed = Date::parse(&date);
            if parsed.is_none() && !date.is_empty() {
                let span = table.cell_span(self.sources, row, columns[3]);
                self.fault_with(span, format!("`{date}` is not a date"), "write `2026`, `2026-05` or `2026-05-01`");
            }
            self.publication_ids.insert(key.clone(), PublicationId(self.publications.len() as u32));
            self.publications.push(Publication { key, publisher, title, date: parsed, url, licence, span: row.span });
        }
    }

    /// The publication of a key, or a fault.
    pub(crate) fn find_publication(&mut self, key: &str, span: Span) -> Option<PublicationId> {
        if let Some(id) = self.publication_ids.get(key) {
            return Some(*id);
        }
        let mut known: Vec<&str> = self.publication_ids.keys().map(String::as_str).collect();
        known.sort_unstable();
        let help = suggestion(key, known, format!("add a row for it to `{SOURCES}`"));
        self.fault_with(span, format!("there is no source `{key}`"), help);
        None
    }

    /// Enters the origin written in a sheet.
    pub(crate) fn sheet_origin(&mut self, origin: &syntax::Origin, scenario: Option<&str>) -> Option<OriginId> {
        let scenario = scenario.map(str::to_owned);
        let entry = match origin {
            syntax::Origin::Assume(text, span) => Origin {
                publication: None,
                text: text.clone(),
                published: None,
                kind: Kind::Assumption,
                scenario,
                span: *span,
            },
            syntax::Origin::Source(key, text, span) => {
                let publication = self.find_publication(&key.text, key.span)?;
                let published = self.publications[publication.index()].date;
                if published.is_none() {
                    let row = self.publications[publication.index()].span;
                    self.faults.push(
                        Diagnostic::new(key.span, format!("the source `{}` has no date", key.text))
                            .other(row, "its row in the table of sources")
                            .help("a figure needs the date it was published"),
                    );
                    return None;
                }
                Origin {
                    publication: Some(publication),
                    text: text.clone(),
                    published,
                    kind: Kind::Reported,
                    scenario,
                    span: *span,
                }
            }
        };
        Some(self.origin(entry))
    }

    /// Whether a figure was known at the date the model is read as of.
    pub(crate) fn is_known(&self, published: Option<Date>) -> bool {
        match (self.options.as_of, published) {
            (Some(as_of), Some(published)) => published.last_day() <= as_of.last_day(),
            _ => true,
        }
    }
}
