//! The rows of a table that an input reads.

use super::inputs::{Candidate, Given, Period};
use super::{Checker, suggestion};
use crate::calendar::{Date, Quarter};
use crate::diagnostic::{Diagnostic, nearest};
use crate::model::{DimensionId, Figure, Kind, Origin, PublicationId, VariableId};
use crate::source::Span;
use crate::syntax::{Item, ItemKind, Path, Values};
use crate::table::{Row, Table};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

const REQUIRED: [&str; 6] = ["name", "value", "unit", "source", "published", "kind"];
const OPTIONAL: [&str; 4] = ["p5", "p95", "preferred", "note"];

/// Where the columns of a table stand.
struct Columns {
    name: usize,
    value: usize,
    unit: usize,
    source: usize,
    published: usize,
    kind: usize,
    low: Option<usize>,
    high: Option<usize>,
    preferred: Option<usize>,
    note: Option<usize>,
    dimensions: Vec<(usize, DimensionId)>,
}

/// Whether a column of this name is no dimension.
fn is_column(name: &str) -> bool {
    REQUIRED.contains(&name) || OPTIONAL.contains(&name)
}

impl Checker<'_> {
    /// Everything a table gives for an input.
    pub(crate) fn given_in_table(&mut self, id: VariableId, path: &Path, interpolates: bool) -> Option<Given> {
        let table = self.table(path)?;
        let columns = self.columns(&table)?;
        let name = self.variable(id).name.clone();
        let dimensions = self.variable(id).dimensions.clone();
        for dimension in &dimensions {
            if columns.dimensions.iter().all(|(_, id)| id != dimension) {
                let column = self.dimension_name(*dimension).to_owned();
                let what = format!("`{}` has no column `{column}`, by which `{name}` varies", path.text);
                self.fault_with(path.span, what, format!("its columns are {}", table.header.join(", ")));
                return None;
            }
        }
        let mut given = Given::new();
        let (mut found, mut sound) = (false, true);
        for row in table.rows().iter().filter(|row| row.cell(columns.name) == name) {
            found = true;
            match self.row(id, &table, &columns, row) {
                Some((_, period, _)) if !interpolates && !self.is_within(id, period) => {
                    self.outside(id, &table, &columns, row);
                    sound = false;
                }
                Some((series, period, candidate)) => given.entry((series, period)).or_default().push(candidate),
                None => sound = false,
            }
        }
        if !found {
            let known: BTreeSet<&str> = table.rows().iter().map(|row| row.cell(columns.name)).collect();
            let help = suggestion(&name, known, "the column `name` of a row is the name of its input");
            self.fault_with(path.span, format!("`{}` has no row for `{name}`", path.text), help);
            return None;
        }
        self.check_doubles(id, &given).then_some(given).filter(|_| sound)
    }

    fn columns(&mut self, table: &Table) -> Option<Columns> {
        let span = table.header_span(self.sources);
        for column in REQUIRED {
            if table.column(column).is_none() {
                let unknown = table.header.iter().map(String::as_str).filter(|name| !is_column(name));
                let help = match nearest(column, unknown) {
                    Some(near) => format!("rename the column `{near}`"),
                    None => format!("a table of figures has the columns {}", REQUIRED.join(", ")),
                };
                self.fault_with(span, format!("this table has no column `{column}`"), help);
                return None;
            }
        }
        let mut dimensions = Vec::new();
        for (index, column) in table.header.iter().enumerate() {
            if is_column(column) {
                continue;
            }
            let Some(id) = self.dimensions.iter().position(|dimension| dimension.name == *column) else {
                if self.is_pending(column) {
                    return None;
                }
                let known = self.dimensions.iter().map(|dimension| dimension.name.as_str());
                let help = suggestion(
                    column,
                    known.chain(REQUIRED).chain(OPTIONAL),
                    format!("a column is a dimension or one of {}, {}", REQUIRED.join(", "), OPTIONAL.join(", ")),
                );
                let span = table.column_span(self.sources, index);
                self.fault_with(span, format!("the column `{column}` is not a dimension"), help);
                return None;
            };
            dimensions.push((index, DimensionId(id as u32)));
        }
        let at = |column: &str| table.column(column).unwrap_or_default();
        Some(Columns {
            name: at("name"),
            value: at("value"),
            unit: at("unit"),
            source: at("source"),
            published: at("published"),
            kind: at("kind"),
            low: table.column("p5"),
            high: table.column("p95"),
            preferred: table.column("preferred"),
            note: table.column("note"),
            dimensions,
        })
    }

    fn row(
        &mut self,
        id: VariableId,
        table: &Rc<Table>,
        columns: &Columns,
        row: &Row,
    ) -> Option<(usize, Period, Candidate)> {
        let place = self.row_place(id, table, columns, row);
        let figure = self.row_figure(id, table, columns, row);
        let origin = self.row_origin(table, columns, row);
        let preferred = match columns.preferred.map(|column| (column, row.cell(column))) {
            None | Some((_, "" | "0")) => false,
            Some((_, "1")) => true,
            Some((column, other)) => {
                let span = table.cell_span(self.sources, row, column);
                let what = format!("`{other}` does not say whether the row is preferred");
                self.fault_with(span, what, "write `1`, or leave the cell empty");
                return None;
            }
        };
        let ((series, period), (value, spread), origin) = (place?, figure?, origin?);
        let published = origin.published;
        let origin = self.origin(origin);
        let figure = Figure { value, spread, origin, filled: false };
        Some((series, period, Candidate { figure, preferred, published, span: row.span }))
    }

    fn row_place(&mut self, id: VariableId, table: &Table, columns: &Columns, row: &Row) -> Option<(usize, Period)> {
        let variable = self.variable(id);
        let (name, dimensions) = (variable.name.clone(), variable.dimensions.clone());
        let mut at = vec![0usize; dimensions.len()];
        let filled = self.filled_axis(&dimensions);
        let mut period = Period { start: 0, quarters: 1 };
        let mut sound = true;
        for (column, dimension) in &columns.dimensions {
            let text = row.cell(*column);
            let axis = dimensions.iter().position(|id| id == dimension);
            let span = table.cell_span(self.sources, row, *column);
            let label = self.dimension_name(*dimension).to_owned();
            match (axis, text.is_empty()) {
                (None, true) => {}
                (None, false) => {
                    let what = format!("`{name}` does not vary by `{label}`, and this row names `{text}`");
                    self.fault_with(span, what, "leave the cell empty, or add the dimension to the input");
                    sound = false;
                }
                (Some(_), true) => {
                    self.fault_with(
                        span,
                        format!("this row has no `{label}`"),
                        format!("`{name}` varies by `{label}`"),
                    );
                    sound = false;
                }
                (Some(axis), false) if Some(axis) == filled => {
                    if let Some(found) = self.period(text) {
                        period = found;
                        at[axis] = 0;
                    } else {
                        let what = format!("`{text}` is neither a quarter nor a year");
                        let help = match Quarter::meant(text) {
                            Some(quarter) => format!("did you mean `{quarter}`?"),
                            None => "write `2026Q1`, or `2026` for a whole year".to_owned(),
                        };
                        self.fault_with(span, what, help);
                        sound = false;
                    }
                }
                (Some(axis), false) => match self.find_member(*dimension, text, span) {
                    Some(member) => at[axis] = member as usize,
                    None => sound = false,
                },
            }
        }
        let series = dimensions
            .iter()
            .zip(&at)
            .fold(0, |series, (id, at)| series * self.dimensions[id.index()].members.len() + at);
        sound.then_some((series, period))
    }

    /// Whether a period has a quarter that an input has cells for.
    fn is_within(&self, id: VariableId, period: Period) -> bool {
        self.temporal_axis(id).is_none_or(|(_, quarters)| {
            period.start.saturating_add(period.quarters) > 0 && usize::try_from(period.start).unwrap_or(0) < quarters
        })
    }

    /// Reports a row for a time that the model does not span, which nothing would ever read.
    fn outside(&mut self, id: VariableId, table: &Table, columns: &Columns, row: &Row) {
        let Some(axis) = self.filled_axis(&self.variable(id).dimensions) else { return };
        let axis = self.variable(id).dimensions[axis];
        let Some((column, _)) = columns.dimensions.iter().find(|(_, dimension)| *dimension == axis) else { return };
        let members = &self.dimensions[axis.index()].members;
        let span = [members.first(), members.last()].map(|member| member.map_or("", String::as_str));
        let help = format!(
            "they run from {} to {}: remove the row, span more `quarters`, or end the input with `interpolate …`",
            span[0], span[1]
        );
        let what = format!("`{}` lies outside the quarters of the model", row.cell(*column));
        self.fault_with(table.cell_span(self.sources, row, *column), what, help);
    }

    fn period(&self, text: &str) -> Option<Period> {
        if let Some(quarter) = Quarter::parse(text) {
            return Some(Period { start: self.quarters_in(quarter), quarters: 1 });
        }
        let year: i32 = text.parse().ok().filter(|_| text.len() == 4)?;
        Some(Period { start: self.quarters_in(Quarter(year * 4)), quarters: 4 })
    }

    fn row_figure(
        &mut self,
        id: VariableId,
        table: &Table,
        columns: &Columns,
        row: &Row,
    ) -> Option<(f64, Option<(f64, f64)>)> {
        let unit = self.row_unit(id, table, columns, row);
        let value = self.number(table, row, columns.value);
        let ends = [columns.low, columns.high].map(|column| column.filter(|column| !row.cell(*column).is_empty()));
        let spread = match ends {
            [None, None] => Some(None),
            [Some(low), Some(high)] => {
                let low_value = self.number(table, row, low);
                let high_value = self.number(table, row, high);
                low_value.zip(high_value).map(Some)
            }
            _ => {
                self.fault_with(row.span, "this row has one end of a spread", "give both `p5` and `p95`, or neither");
                None
            }
        };
        let (scale, value, spread) = (unit?, value?, spread?);
        if let Some((low, high)) = spread
            && !(low <= value && value <= high)
        {
            let what = format!("the spread of this row, {low} to {high}, does not hold its value, {value}");
            self.fault_with(row.span, what, "p5 is at most the value, and the value at most p95");
            return None;
        }
        Some((value * scale, spread.map(|(low, high)| (low * scale, high * scale))))
    }

    fn row_unit(&mut self, id: VariableId, table: &Table, columns: &Columns, row: &Row) -> Option<f64> {
        let declared = self.variable(id).unit.clone();
        let text = row.cell(columns.unit);
        let span = table.cell_span(self.sources, row, columns.unit);
        if text.is_empty() {
            let help = format!("`{}` is in {}", self.variable(id).name, declared.text);
            self.fault_with(span, "this row has no unit", help);
            return None;
        }
        let Some(unit) = self.units.parse(text) else {
            let mut known: Vec<&str> = self.units.names().collect();
            known.sort_unstable();
            let help = suggestion(text, known, "a unit is written as in a sheet, such as `$/chip/hr`");
            let unknown = crate::unit::atoms(text)
                .and_then(|atoms| atoms.into_iter().find(|(atom, _)| self.units.find(atom).is_none()))
                .map(|(atom, _)| atom.to_owned());
            match unknown.filter(|atom| atom != text) {
                Some(atom) => {
                    let declare = format!("it stands in `{text}`; declare it, or use another");
                    let help = suggestion(&atom, self.units.names(), declare);
                    self.fault_with(span, format!("there is no unit `{atom}`"), help);
                }
                None => self.fault_with(span, format!("`{text}` is not a unit"), help),
            }
            return None;
        };
        if unit.powers != declared.powers {
            self.faults.push(self.wrong_unit(span, &unit, &declared));
            return None;
        }
        Some(unit.scale)
    }

    fn number(&mut self, table: &Table, row: &Row, column: usize) -> Option<f64> {
        let text = row.cell(column);
        let span = table.cell_span(self.sources, row, column);
        if text.is_empty() {
            self.fault_with(span, "this row lacks a value", "a figure that is not known has no row");
            return None;
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Some(number),
            _ => {
                let help = if text.contains([',', '_', ' ', '%', '$']) {
                    "write digits and a decimal point only; the unit has its own column"
                } else {
                    "write a number such as `2.5` or `1e6`"
                };
                self.fault_with(span, format!("`{text}` is not a number"), help);
                None
            }
        }
    }

    fn row_origin(&mut self, table: &Table, columns: &Columns, row: &Row) -> Option<Origin> {
        let key = row.cell(columns.source).to_owned();
        let key_span = table.cell_span(self.sources, row, columns.source);
        let publication = if key.is_empty() {
            self.fault_with(key_span, "this row has no source", "name the key of a row of the table of sources");
            None
        } else {
            self.find_publication(&key, key_span)
        };
        let date = row.cell(columns.published).to_owned();
        let published = Date::parse(&date);
        if published.is_none() {
            let span = table.cell_span(self.sources, row, columns.published);
            let what = if date.is_empty() {
                "this row has no date of publication".to_owned()
            } else {
                format!("`{date}` is not a date")
            };
            self.fault_with(span, what, "write `2026`, `2026-05` or `2026-05-01`");
        }
        if let (Some(published), Some(publication)) = (published, publication) {
            self.check_dates(table, columns, row, published, publication);
        }
        let word = row.cell(columns.kind).to_owned();
        let kinds = [Kind::Reported, Kind::Estimate, Kind::Assumption];
        let kind = kinds.into_iter().find(|kind| kind.word() == word);
        if kind.is_none() {
            let span = table.cell_span(self.sources, row, columns.kind);
            let all = kinds.map(Kind::word);
            let help = suggestion(&word, all, format!("write one of {}", all.join(", ")));
            let what = if word.is_empty() {
                "this row has no kind".to_owned()
            } else {
                format!("`{word}` is not a kind of figure")
            };
            self.fault_with(span, what, help);
        }
        let text = columns.note.map_or("", |column| row.cell(column)).to_owned();
        Some(Origin {
            publication: Some(publication?),
            text,
            published: Some(published?),
            kind: kind?,
            scenario: None,
            span: row.span,
        })
    }

    /// Reports a figure published after the month in which its source was.
    fn check_dates(
        &mut self,
        table: &Table,
        columns: &Columns,
        row: &Row,
        published: Date,
        publication: PublicationId,
    ) {
        let publication = &self.publications[publication.index()];
        let Some(date) = publication.date.filter(|date| published.first_day() > date.last_day_of_month()) else {
            return;
        };
        let span = table.cell_span(self.sources, row, columns.published);
        let what = format!("this row was published {published}, and its source `{}` is of {date}", publication.key);
        let fault = Diagnostic::new(span, what).other(publication.span, "the source");
        self.faults.push(fault.help("mend the date that is wrong, or name the source that has the figure"));
    }

    /// The place of a figure, as `[chip = h100, quarter = 2026]`.
    pub(crate) fn period_text(&self, id: VariableId, series: usize, period: Period) -> String {
        let dimensions = &self.variable(id).dimensions;
        if dimensions.is_empty() {
            return "its one cell".to_owned();
        }
        let Some(axis) = self.filled_axis(dimensions) else {
            return format!("[{}]", self.cell_text(dimensions, series));
        };
        let quarter = Quarter(period.start.saturating_add(self.first_quarter.map_or(0, |first| first.0)));
        let text = if period.quarters == 1 { quarter.to_string() } else { quarter.to_string()[..4].to_owned() };
        let parts = self.cell_parts(dimensions, series);
        let parts: Vec<String> = parts
            .into_iter()
            .enumerate()
            .map(|(at, (name, member))| format!("{name} = {}", if at == axis { &text } else { member }))
            .collect();
        format!("[{}]", parts.join(", "))
    }

    /// Reports cells with several figures of which not exactly one is preferred.
    fn check_doubles(&mut self, id: VariableId, given: &Given) -> bool {
        let name = self.variable(id).name.clone();
        let mut sound = true;
        for ((series, period), candidates) in given.iter().filter(|(_, candidates)| candidates.len() > 1) {
            let preferred: Vec<Span> =
                candidates.iter().filter(|candidate| candidate.preferred).map(|candidate| candidate.span).collect();
            let (first, second, what) = match preferred.as_slice() {
                [_] => continue,
                [] => (candidates[0].span, candidates[1].span, "and none is preferred"),
                [first, second, ..] => (*first, *second, "and more than one is preferred"),
            };
            if self.sources.text(first) == self.sources.text(second) {
                let fault = Diagnostic::new(second, "these two rows are the same").other(first, "the other");
                self.faults.push(fault.help("delete one of them"));
                sound = false;
                continue;
            }
            let place = self.period_text(id, *series, *period);
            let what = format!("`{name}` has {} rows for {place}, {what}", candidates.len());
            let fault = Diagnostic::new(second, what).other(first, "another");
            self.faults.push(fault.help("put `1` in the column `preferred` of the one to use"));
            sound = false;
        }
        sound
    }

    /// Reports rows of tables of figures that no input reads.
    pub(crate) fn check_unread_rows(&mut self, items: &[Item]) {
        let mut readers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for item in items {
            if let ItemKind::Input(input) = &item.kind
                && let Values::From(path) = &input.values
            {
                readers.entry(&path.text).or_default().push(&input.signature.name.text);
            }
        }
        for (path, inputs) in readers {
            let Some(Some(table)) = self.tables.get(path).cloned() else { continue };
            let Some(column) = table.column("name") else { continue };
            let mut seen: BTreeSet<&str> = BTreeSet::new();
            for row in table.rows() {
                let name = row.cell(column);
                if inputs.contains(&name) || self.is_pending(name) || !seen.insert(name) {
                    continue;
                }
                let span = table.cell_span(self.sources, row, column);
                let what = if name.is_empty() {
                    "this row has no name".to_owned()
                } else {
                    format!("no input reads `{name}` from this table")
                };
                let help = if name.is_empty() {
                    "name the input that reads it".to_owned()
                } else {
                    let declare = format!("declare it: `input {name}[…] : unit from {path}`");
                    suggestion(name, inputs.iter().copied(), declare)
                };
                self.fault_with(span, what, help);
            }
        }
    }
}
