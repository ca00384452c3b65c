//! Lines as letters in a grid, for a terminal.

use crate::drawing::axis::Axis;
use crate::drawing::lines::{Chart, Series};
use crate::failure::Failure;
use crate::numbers::{figure, whole};
use crate::screen::{Screen, wrap};
use crate::style::Style;
use crate::table::{Align, Cell, Table};

/// Rows of the grid.
const HEIGHT: usize = 18;
/// The most columns of a quarter.
const WIDEST: usize = 5;
/// What lies between the two ends of a band.
const SHADE: char = '░';
/// The letters of the lines.
const LETTERS: [char; 12] = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'];

/// Prints lines as letters, with a table of what each letter stands for.
///
/// # Errors
/// The output does not take any more.
pub fn print(screen: &mut Screen<'_>, chart: &Chart) -> Result<(), Failure> {
    for line in wrap(&chart.title, screen.width.min(100)) {
        screen.line(screen.paint.paint(Style::Strong, &line))?;
    }
    let subtitle = chart
        .subtitle
        .replace("dashed: forecast", "capitals: forecast")
        .replace("pale: forecast", "capitals: forecast");
    let single = chart.series.len() == 1;
    let kept = subtitle.split("; ").filter(|part| single || !part.starts_with("shaded")).collect::<Vec<_>>().join("; ");
    screen.paragraph(&kept.replace("shaded", &SHADE.to_string()), 0, Style::Quiet)?;
    screen.line("")?;
    let values = stacked(chart);
    let axis = Axis::of(reach(chart, &values), chart.by_ratio, 4);
    let beside = axis.ticks.iter().map(|tick| axis.write(*tick).chars().count()).max().unwrap_or(0);
    let room = screen.width.min(110).saturating_sub(beside + 3);
    let step = (room / chart.quarters.len().max(1)).clamp(1, WIDEST);
    let unit = format!("{}{}", axis.word, chart.unit);
    screen.line(screen.paint.paint(Style::Quiet, &unit))?;
    for row in grid(chart, &values, &axis, step, beside) {
        screen.line(row.trim_end())?;
    }
    screen.line(moments(chart, step, beside).trim_end())?;
    screen.line("")?;
    legend(screen, chart)
}

/// What is drawn of each series: itself, or all up to it where areas lie one upon another.
fn stacked(chart: &Chart) -> Vec<Vec<Option<f64>>> {
    let mut below = vec![0.0; chart.quarters.len()];
    let one = |series: &Series| -> Vec<Option<f64>> {
        if !chart.stacked {
            return series.values.clone();
        }
        let add = |(below, value): (&mut f64, &Option<f64>)| {
            *below += value.unwrap_or(0.0).max(0.0);
            value.map(|_| *below)
        };
        below.iter_mut().zip(&series.values).map(add).collect()
    };
    chart.series.iter().map(one).collect()
}

fn reach<'a>(chart: &'a Chart, values: &'a [Vec<Option<f64>>]) -> impl Iterator<Item = f64> + 'a {
    let bands = chart
        .series
        .iter()
        .filter(|_| chart.series.len() == 1)
        .flat_map(|series| series.bands.iter().flatten().flatten());
    values.iter().flatten().flatten().chain(bands).copied()
}

fn grid(chart: &Chart, values: &[Vec<Option<f64>>], axis: &Axis, step: usize, beside: usize) -> Vec<String> {
    let columns = chart.quarters.len() * step;
    let mut cells = vec![vec![' '; columns]; HEIGHT];
    let row = |value: f64| HEIGHT - 1 - whole(axis.part(value) * (HEIGHT - 1) as f64).min(HEIGHT - 1);
    let column = |quarter: usize| quarter * step + step / 2;
    if let Some(seam) = chart.seam.filter(|seam| seam + 1 < chart.quarters.len()) {
        for line in &mut cells {
            line[column(seam)] = '│';
        }
    }
    if let [series] = chart.series.as_slice() {
        for (quarter, [low, high]) in series.bands.iter().enumerate().filter_map(|(at, band)| Some((at, (*band)?))) {
            cells[row(high)..=row(low)].iter_mut().for_each(|line| line[column(quarter)] = SHADE);
        }
    }
    // The first line lies above the others.
    for (index, (series, values)) in chart.series.iter().zip(values).enumerate().rev() {
        let letter = LETTERS[index % LETTERS.len()];
        for (quarter, value) in values.iter().enumerate() {
            let Some(value) = value.filter(|value| value.is_finite() && (!chart.by_ratio || *value > 0.0)) else {
                continue;
            };
            let mark = if quarter >= series.reported { letter.to_ascii_uppercase() } else { letter };
            cells[row(value)][column(quarter)] = mark;
        }
    }
    let ticks: Vec<(usize, String)> = axis.ticks.iter().map(|tick| (row(*tick), axis.write(*tick))).collect();
    let written = |(at, line): (usize, Vec<char>)| {
        let tick = ticks.iter().find(|(row, _)| *row == at).map_or("", |(_, text)| text);
        let edge = if tick.is_empty() { '│' } else { '┤' };
        format!("{tick:>beside$} {edge}{}", line.into_iter().collect::<String>())
    };
    cells.into_iter().enumerate().map(written).collect()
}

/// The years below the grid; quarters where there are few.
fn moments(chart: &Chart, step: usize, beside: usize) -> String {
    let mut line = vec![' '; chart.quarters.len() * step + 8];
    let mut free = 0;
    for (quarter, name) in chart.quarters.iter().enumerate() {
        let year = name.trim_end_matches("Q1");
        let at = quarter * step + step / 2;
        if (year.len() < name.len() || quarter == 0) && at >= free {
            let text = if quarter == 0 && year.len() == name.len() { name.as_str() } else { year };
            text.chars().enumerate().for_each(|(index, letter)| line[at + index] = letter);
            free = at + text.len() + 1;
        }
    }
    format!("{:beside$}  {}", "", line.into_iter().collect::<String>())
}

fn legend(screen: &mut Screen<'_>, chart: &Chart) -> Result<(), Failure> {
    let reported = chart.series.iter().any(|series| series.reported < chart.quarters.len() && series.reported > 0);
    let banded = chart.series.iter().flat_map(|series| &series.bands).any(Option::is_some);
    let mut columns = vec![("", Align::Left), ("", Align::Name)];
    if reported {
        columns.extend([("known to", Align::Name), ("", Align::Right)]);
    }
    columns.extend([("last", Align::Name), ("", Align::Right)]);
    if banded {
        columns.extend([("p10", Align::Right), ("p90", Align::Right)]);
    }
    let mut table = Table::new(columns);
    for (index, series) in chart.series.iter().enumerate() {
        let known = |range: std::ops::Range<usize>| {
            range.rev().find_map(|at| Some((at, series.values.get(at).copied().flatten()?)))
        };
        let moment = |found: Option<(usize, f64)>| {
            let (name, text) =
                found.map_or(("", "·".to_owned()), |(at, value)| (chart.quarters[at].as_str(), figure(value)));
            [Cell::styled(name, Style::Quiet), Cell::from(text)]
        };
        let last = known(0..series.values.len());
        let mut row = vec![Cell::from(LETTERS[index % LETTERS.len()].to_string()), Cell::from(series.label.as_str())];
        if reported {
            row.extend(moment(known(0..series.reported)));
        }
        row.extend(moment(last));
        if banded {
            let band = last.and_then(|(at, _)| series.bands.get(at).copied().flatten());
            let end = |place: usize| band.map_or(String::new(), |band| figure(band[place]));
            row.extend([Cell::from(end(0)), Cell::from(end(1))]);
        }
        table.row(row);
    }
    screen.table(&table)
}
