//! Cells in rows and columns, quarters across.

use crate::cells::{Slice, combinations, value};
use crate::failure::Failure;
use crate::numbers::{Digits, counted, unit_text};
use crate::references::cell_text;
use crate::screen::Screen;
use crate::sparkline::sparkline;
use crate::style::Style;
use crate::table::{Align, Cell, Table};
use tokenomics_engine::{Evaluation, Side, side};

/// With more rows than this a table is shortened.
const MANY_ROWS: usize = 100;
/// The rows left of a table that is shortened.
const FEW_ROWS: usize = 40;
/// The quarters left of a table that is shortened.
const FEW_QUARTERS: usize = 4;

/// The mark of a figure that is filled in.
pub const FILLED: char = '~';
/// What [`FILLED`] means.
pub const FILLED_MEANS: &str = "filled in between reported figures, or held since the last";

/// The cells of a slice in rows and columns.
pub(super) struct Grid<'s, 'm> {
    slice: &'s Slice<'m>,
    /// The positions of the dimensions that name the rows.
    row_dimensions: Vec<usize>,
    /// The members that name each row.
    rows: Vec<Vec<u32>>,
    /// What names the columns; empty where there is one column.
    columns: Vec<&'m str>,
    /// Whether the columns are quarters.
    over_time: bool,
    /// The figures, by row and column.
    pub figures: Vec<Vec<(Option<f64>, Side)>>,
    /// How many rows without any figure were left out.
    empty_rows: usize,
    /// The members that all rows share, by position of the dimension; they stand in the title.
    shared: Vec<(usize, u32)>,
    /// How many rows there are, where not all are shown.
    of_rows: Option<usize>,
}

impl<'s, 'm> Grid<'s, 'm> {
    pub fn of(evaluation: &Evaluation<'_>, slice: &'s Slice<'m>) -> Grid<'s, 'm> {
        let dimensions = &slice.definition().dimensions;
        let open = slice.open();
        let quarter = open.iter().copied().find(|position| Some(dimensions[*position]) == slice.model.quarter);
        let across = quarter.or_else(|| open.last().copied().filter(|_| open.len() > 1));
        let row_dimensions: Vec<usize> = open.into_iter().filter(|position| Some(*position) != across).collect();
        let lists: Vec<Vec<u32>> = row_dimensions.iter().map(|position| slice.members[*position].clone()).collect();
        let heads: Vec<u32> = across.map_or(vec![0], |position| slice.members[position].clone());
        let mut cell: Vec<u32> = slice.members.iter().map(|members| members.first().copied().unwrap_or(0)).collect();
        let mut figures = Vec::new();
        let mut rows = Vec::new();
        let mut empty_rows = 0;
        for row in combinations(&lists) {
            for (position, member) in row_dimensions.iter().zip(&row) {
                cell[*position] = *member;
            }
            let figure = |head: &u32| {
                if let Some(position) = across {
                    cell[position] = *head;
                }
                let value = value(evaluation, slice.variable, slice.index(&cell));
                (value, value.map_or(Side::Missing, |_| side(evaluation, slice.variable, &cell)))
            };
            let line: Vec<(Option<f64>, Side)> = heads.iter().map(figure).collect();
            if line.iter().all(|(value, _)| value.is_none()) && !lists.is_empty() {
                empty_rows += 1;
            } else {
                rows.push(row);
                figures.push(line);
            }
        }
        let mut columns: Vec<&str> =
            across.map_or(Vec::new(), |position| heads.iter().map(|member| slice.member(position, *member)).collect());
        let known = |column: &usize| figures.iter().any(|line: &Vec<(Option<f64>, Side)>| line[*column].0.is_some());
        let first = (0..columns.len()).find(known).unwrap_or(0);
        let last = (0..columns.len()).rfind(known).unwrap_or(0);
        if across.is_some() && !rows.is_empty() {
            // Quarters without a figure are left out at both ends, other columns wherever they are.
            let kept: Vec<usize> = (first..=last).filter(|column| quarter.is_some() || known(column)).collect();
            columns = kept.iter().map(|column| columns[*column]).collect();
            figures = figures.iter().map(|line| kept.iter().map(|column| line[*column]).collect()).collect();
        }
        let over_time = quarter.is_some();
        let (shared, of_rows) = (Vec::new(), None);
        Grid { slice, row_dimensions, rows, columns, over_time, figures, empty_rows, shared, of_rows }
    }

    /// Keeps of a table with a great many rows the last quarters and the first rows, and moves to the
    /// title what all rows share.
    pub fn shorten(&mut self) {
        if self.rows.len() <= MANY_ROWS {
            return;
        }
        if self.over_time {
            let first = self.columns.len().saturating_sub(FEW_QUARTERS);
            self.columns.drain(..first);
            self.figures.iter_mut().for_each(|line| _ = line.drain(..first));
        }
        let lines = std::mem::take(&mut self.rows).into_iter().zip(std::mem::take(&mut self.figures));
        let (known, empty): (Vec<_>, Vec<_>) =
            lines.partition(|(_, line)| line.iter().any(|(value, _)| value.is_some()));
        self.empty_rows += empty.len();
        self.of_rows = Some(known.len()).filter(|rows| *rows > FEW_ROWS);
        (self.rows, self.figures) = known.into_iter().take(FEW_ROWS).unzip();
        let same = |place: usize| {
            let member = self.rows.first()?[place];
            self.rows.iter().all(|row| row[place] == member).then_some((place, member))
        };
        let shared: Vec<(usize, u32)> = (0..self.row_dimensions.len()).filter_map(same).collect();
        for (place, member) in shared.into_iter().rev() {
            self.shared.push((self.row_dimensions.remove(place), member));
            self.rows.iter_mut().for_each(|row| _ = row.remove(place));
        }
    }

    /// The name with the members that are picked or shared.
    fn title(&self) -> String {
        let variable = self.slice.definition();
        let picks = self.slice.members.iter().zip(&variable.dimensions).enumerate();
        let picks = picks.filter_map(|(position, (members, id))| {
            let shared = self.shared.iter().find(|(place, _)| *place == position).map(|(_, member)| *member);
            let picked = (members.len() == 1).then(|| members[0]);
            Some((*id, shared.or(picked)?))
        });
        cell_text(self.slice.model, &variable.name, picks)
    }

    /// The mark of a figure that is not known in the way its neighbours are.
    fn mark(&self, value: Option<f64>, side: Side) -> Option<char> {
        let mixed = || self.figures.iter().flatten().any(|(_, side)| *side == Side::Given);
        match side {
            _ if value.is_some_and(|value| !value.is_finite()) => Some('!'),
            Side::Filled => Some(FILLED),
            Side::Modelled if mixed() => Some('*'),
            _ => None,
        }
    }

    pub fn print(&self, screen: &mut Screen<'_>) -> Result<(), Failure> {
        let variable = self.slice.definition();
        let unit = unit_text(&variable.unit);
        let title = screen.paint.paint(Style::Strong, &self.title());
        if self.columns.is_empty() && self.row_dimensions.is_empty() {
            let (value, side) = self.figures[0][0];
            let text = value.map_or("·".to_owned(), crate::numbers::figure);
            let mark = self.mark(value, side).map(String::from).unwrap_or_default();
            screen.line(format!("{title} = {text}{mark} {}", screen.paint.paint(Style::Quiet, unit)).trim_end())?;
        } else {
            screen.line(format!("{title}  {}", screen.paint.paint(Style::Quiet, unit)).trim_end())?;
        }
        screen.paragraph(&variable.doc, 0, Style::Quiet)?;
        if self.rows.is_empty() {
            screen.line("No figure is known.")?;
        } else if !(self.columns.is_empty() && self.row_dimensions.is_empty()) {
            screen.line("")?;
            self.print_blocks(screen)?;
        }
        self.print_notes(screen)
    }

    /// Prints the columns, as many side by side as fit.
    fn print_blocks(&self, screen: &mut Screen<'_>) -> Result<(), Failure> {
        let texts: Vec<Vec<String>> = self.figures.iter().map(|line| self.write(line)).collect();
        let marked = self.figures.iter().flatten().any(|(value, side)| self.mark(*value, *side).is_some());
        let count = self.columns.len().max(1);
        let width_of = |column: usize| {
            let widest = texts.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
            2 + usize::from(marked) + widest.max(self.columns.get(column).map_or(0, |name| name.chars().count()))
        };
        let label_width: usize = (0..self.row_dimensions.len())
            .map(|place| 2 + self.label_texts(place).map(|text| text.chars().count()).max().unwrap_or(0))
            .sum();
        let trend_width = if self.over_time { count + 2 } else { 0 };
        let mut start = 0;
        while start < count {
            let trend = self.over_time && start == 0 && label_width + trend_width + width_of(0) <= screen.width;
            let mut used = label_width + if trend { trend_width } else { 0 } + width_of(start);
            let mut end = start + 1;
            while end < count && used + width_of(end) <= screen.width + 2 {
                used += width_of(end);
                end += 1;
            }
            if start > 0 {
                screen.line("")?;
            }
            let table = self.block(&texts, start..end, trend);
            screen.text(&table.render(screen.paint, usize::MAX))?;
            start = end;
        }
        Ok(())
    }

    fn label_texts(&self, place: usize) -> impl Iterator<Item = &'m str> {
        let position = self.row_dimensions[place];
        let dimension = self.slice.definition().dimensions[position];
        let head = self.slice.model.dimensions[dimension.index()].name.as_str();
        self.rows.iter().map(move |row| self.slice.member(position, row[place])).chain([head])
    }

    fn block(&self, texts: &[Vec<String>], range: std::ops::Range<usize>, trend: bool) -> Table {
        let dimensions = &self.slice.definition().dimensions;
        let names = self.row_dimensions.iter().map(|position| {
            let id = dimensions[*position];
            (self.slice.model.dimensions[id.index()].name.as_str(), Align::Left)
        });
        let heads = range.clone().map(|column| (self.columns.get(column).copied().unwrap_or_default(), Align::Right));
        let mut table = Table::new(names.chain(trend.then_some(("", Align::Left))).chain(heads));
        for (index, row) in self.rows.iter().enumerate() {
            let labels = self
                .row_dimensions
                .iter()
                .zip(row)
                .map(|(position, member)| Cell::from(self.slice.member(*position, *member)));
            let line = &self.figures[index];
            let spark = || {
                let values: Vec<Option<f64>> = line.iter().map(|(value, _)| *value).collect();
                Cell::styled(sparkline(&values), Style::Quiet)
            };
            let figures = range.clone().map(|column| {
                let (value, side) = line[column];
                let style = if value.is_some() { Style::Plain } else { Style::Quiet };
                Cell::styled(texts[index][column].as_str(), style).marked(self.mark(value, side))
            });
            table.row(labels.chain(trend.then(spark)).chain(figures));
        }
        table
    }

    /// The figures of a row; over time they share their decimals, elsewhere each has its own.
    pub fn write(&self, line: &[(Option<f64>, Side)]) -> Vec<String> {
        let shared = Digits::of(line.iter().filter_map(|(value, _)| *value));
        let column_digits: Vec<f64> = self.figures.iter().filter_map(|line| line[0].0).collect();
        let digits = if self.columns.is_empty() { Digits::of(column_digits) } else { shared };
        line.iter().map(|(value, _)| value.map_or("·".to_owned(), |value| digits.write(value))).collect()
    }

    fn print_notes(&self, screen: &mut Screen<'_>) -> Result<(), Failure> {
        let all = || self.figures.iter().flatten();
        let mut notes = Vec::new();
        if all().any(|(value, side)| self.mark(*value, *side) == Some(FILLED)) {
            notes.push(format!("{FILLED} {FILLED_MEANS}"));
        }
        if all().any(|(value, side)| self.mark(*value, *side) == Some('*')) {
            notes.push("* modelled, where the others are reported".to_owned());
        }
        if all().any(|(value, side)| self.mark(*value, *side) == Some('!')) {
            notes.push("! no finite number, as after a division by zero".to_owned());
        }
        if all().any(|(value, _)| value.is_none()) {
            notes.push("· not known".to_owned());
        }
        if self.empty_rows > 0 {
            notes.push(format!("{} without a figure left out", counted(self.empty_rows, "row")));
        }
        if !notes.is_empty() {
            screen.paragraph(&notes.join("; "), 0, Style::Quiet)?;
        }
        let (Some(rows), Some(row)) = (self.of_rows, self.rows.first()) else { return Ok(()) };
        let variable = self.slice.definition();
        let first = self.row_dimensions.iter().zip(row).map(|(position, member)| {
            format!("'{}'", cell_text(self.slice.model, &variable.name, [(variable.dimensions[*position], *member)]))
        });
        let example = first.take(1).collect::<String>();
        let quarters = if self.over_time { " in the last quarters" } else { "" };
        let advice =
            format!("{}{quarters}: pick a member, as in show {example}; --all shows everything", counted(rows, "row"));
        screen.paragraph(&advice, 0, Style::Plain)
    }
}
