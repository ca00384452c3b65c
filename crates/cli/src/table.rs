//! Tables aligned with spaces: no borders, a quiet head, and never wider than asked.

use crate::style::{Paint, Style};
use unicode_width::UnicodeWidthStr;

/// On which side of its column a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Words, which are cut where the table is too wide.
    Left,
    /// Words that are never cut, such as names one may want to type.
    Name,
    /// Figures.
    Right,
}

/// One text of a row.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    text: String,
    style: Style,
    /// A mark directly after the text, for which every cell of the column leaves room.
    mark: Option<char>,
}

impl Cell {
    /// In a style.
    #[must_use]
    pub fn styled(text: impl Into<String>, style: Style) -> Cell {
        Cell { text: text.into(), style, mark: None }
    }

    /// With a mark after it.
    #[must_use]
    pub fn marked(mut self, mark: Option<char>) -> Cell {
        self.mark = mark;
        self
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Cell {
        Cell::styled(text, Style::Plain)
    }
}

enum Line {
    Row(Vec<Cell>),
    Heading(String),
    Note(String),
}

/// Rows under a head.
pub struct Table {
    columns: Vec<(String, Align)>,
    units: Vec<String>,
    lines: Vec<Line>,
}

/// The spaces between two columns.
const GAP: usize = 2;
/// The least a column is cut to.
const LEAST: usize = 12;

impl Table {
    /// A table with the columns' names, which may be empty.
    pub fn new<T: Into<String>>(columns: impl IntoIterator<Item = (T, Align)>) -> Table {
        let columns = columns.into_iter().map(|(name, align)| (name.into(), align)).collect();
        Table { columns, units: Vec::new(), lines: Vec::new() }
    }

    /// Sets a second line of the head, for the units of the columns.
    pub fn units(&mut self, units: impl IntoIterator<Item = String>) {
        self.units = units.into_iter().take(self.columns.len()).collect();
    }

    /// Adds a row; cells that lack at its end are empty.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.lines.push(Line::Row(cells.into_iter().take(self.columns.len()).collect()));
    }

    /// Adds a heading across all columns.
    pub fn heading(&mut self, text: impl Into<String>) {
        self.lines.push(Line::Heading(text.into()));
    }

    /// Adds a quiet note across all columns.
    pub fn note(&mut self, text: impl Into<String>) {
        self.lines.push(Line::Note(text.into()));
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.lines.iter().any(|line| matches!(line, Line::Row(_)))
    }

    /// The table as lines, each ended. Where it would be wider than `width`, the widest columns of
    /// words are cut.
    #[must_use]
    pub fn render(&self, paint: Paint, width: usize) -> String {
        let widths = self.widths(width);
        let marked: Vec<bool> = (0..self.columns.len())
            .map(|column| self.rows().any(|row| row.get(column).is_some_and(|cell| cell.mark.is_some())))
            .collect();
        let mut text = String::new();
        if self.columns.iter().any(|(name, _)| !name.is_empty()) {
            let head: Vec<Cell> =
                self.columns.iter().map(|(name, _)| Cell::styled(name.as_str(), Style::Quiet)).collect();
            self.push(&mut text, &head, &widths, &marked, paint);
        }
        if self.units.iter().any(|unit| !unit.is_empty()) {
            let units: Vec<Cell> = self.units.iter().map(|unit| Cell::styled(unit.as_str(), Style::Quiet)).collect();
            self.push(&mut text, &units, &widths, &marked, paint);
        }
        for line in &self.lines {
            match line {
                Line::Row(cells) => self.push(&mut text, cells, &widths, &marked, paint),
                Line::Heading(words) => text.push_str(&(paint.paint(Style::Strong, &cut(words, width)) + "\n")),
                Line::Note(words) => text.push_str(&(paint.paint(Style::Quiet, &cut(words, width)) + "\n")),
            }
        }
        text
    }

    /// Adds one row; spaces are owed until something follows them, so that no line ends in one.
    fn push(&self, text: &mut String, cells: &[Cell], widths: &[usize], marked: &[bool], paint: Paint) {
        let empty = Cell::default();
        let mut owed = 0;
        for (column, (_, align)) in self.columns.iter().enumerate() {
            let cell = cells.get(column).unwrap_or(&empty);
            let shown = cut(&cell.text, widths[column]);
            let padding = widths[column] - shown.width();
            if shown.is_empty() {
                owed += padding;
            } else {
                let (before, after) = if *align == Align::Right { (padding, 0) } else { (0, padding) };
                text.push_str(&" ".repeat(owed + before));
                text.push_str(&paint.paint(cell.style, &shown));
                owed = after;
            }
            match cell.mark {
                Some(mark) => text.push_str(&paint.paint(Style::Quiet, &mark.to_string())),
                None => owed += usize::from(marked[column]),
            }
            owed += GAP;
        }
        text.push('\n');
    }

    fn rows(&self) -> impl Iterator<Item = &Vec<Cell>> {
        self.lines.iter().filter_map(|line| match line {
            Line::Row(cells) => Some(cells),
            Line::Heading(_) | Line::Note(_) => None,
        })
    }

    fn widths(&self, limit: usize) -> Vec<usize> {
        let mut widths: Vec<usize> = self.columns.iter().map(|(name, _)| name.width()).collect();
        let mut marks = vec![0; widths.len()];
        for (width, unit) in widths.iter_mut().zip(&self.units) {
            *width = (*width).max(unit.width());
        }
        for row in self.rows() {
            for (column, cell) in row.iter().enumerate() {
                widths[column] = widths[column].max(cell.text.width());
                marks[column] = marks[column].max(usize::from(cell.mark.is_some()));
            }
        }
        let fixed = GAP * widths.len().saturating_sub(1) + marks.iter().sum::<usize>();
        loop {
            let total = fixed + widths.iter().sum::<usize>();
            let widest = (0..widths.len())
                .filter(|column| self.columns[*column].1 == Align::Left && widths[*column] > LEAST)
                .max_by_key(|column| widths[*column]);
            match widest {
                Some(column) if total > limit => widths[column] = LEAST.max(widths[column] - (total - limit).min(4)),
                _ => return widths,
            }
        }
    }
}

/// A text of at most so many columns, ended by an ellipsis where it was cut.
#[must_use]
pub fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    for letter in text.chars() {
        kept.push(letter);
        if kept.width() + 1 > width {
            kept.pop();
            break;
        }
    }
    kept.trim_end().to_owned() + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Table {
        let mut table = Table::new([("name", Align::Left), ("$/hr", Align::Right), ("", Align::Left)]);
        table.row(["short".into(), Cell::from("1.50").marked(Some('*')), "".into()]);
        table.row(["a rather long name of a thing".into(), "12.25".into(), "x".into()]);
        table
    }

    #[test]
    fn figures_stand_right_and_marks_have_their_own_column() {
        let expected = "name                            $/hr\n\
                        short                           1.50*\n\
                        a rather long name of a thing  12.25   x\n";
        assert_eq!(sample().render(Paint::default(), 100), expected);
    }

    #[test]
    fn words_are_cut_to_the_width_and_figures_are_not() {
        let text = sample().render(Paint::default(), 30);
        assert!(text.lines().all(|line| line.chars().count() <= 30), "{text}");
        assert!(text.contains("12.25") && text.contains('…'), "{text}");
    }

    #[test]
    fn colours_do_not_move_columns() {
        let plain = sample().render(Paint::default(), 100);
        let mut painted = sample().render(Paint { on: true }, 100);
        for code in ["\u{1b}[2m", "\u{1b}[0m"] {
            painted = painted.replace(code, "");
        }
        assert_eq!(painted, plain);
    }
}
