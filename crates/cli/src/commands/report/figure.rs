//! A figure of the report: the drawing or the table, and below it where it comes from.

use super::super::plot::{MOST, chart, quarter_name};
use super::super::series::{Line, Lines, Question, quarter_position};
use super::Plan;
use super::why::Why;
use crate::cells::{Slice, combinations, value_in};
use crate::drawing::bars::{Bars, Lie};
use crate::drawing::lines::Chart;
use crate::drawing::svg::escape;
use crate::drawing::{Use, heat, spoken};
use crate::failure::Failure;
use crate::numbers::{Digits, unit_text};
use crate::report::{Figure, Kind};
use std::fmt::Write as _;
use tokenomics_engine::{Evaluation, taken};
use tokenomics_language::model::VariableId;
use tokenomics_language::unit::Unit;

/// The most rows of a table that are shown.
const MOST_ROWS: usize = 60;

/// A cell of a variable.
type Place = (VariableId, Vec<u32>);

/// A figure as a part of a page.
///
/// # Errors
/// Figures that cannot be drawn so.
pub(super) fn html(
    evaluation: &Evaluation<'_>,
    why: &mut Why<'_>,
    figure: &Figure,
    id: &str,
    plan: Plan,
) -> Result<String, Failure> {
    let (drawn, explained) = match figure.kind {
        Kind::Lines | Kind::Areas | Kind::Heat => over_quarters(evaluation, why, figure, plan)?,
        Kind::Bars | Kind::Bridge => bars(evaluation, why, figure)?,
        Kind::Table => table(evaluation, why, figure)?,
    };
    let mut out = format!("<figure id=\"{id}\">\n<figcaption>{}</figcaption>\n{}", escape(&figure.caption), drawn.body);
    let _ = writeln!(out, "<details class=\"why\" id=\"{id}-why\"><summary>Formula, inputs and sources</summary>");
    for (heading, (variable, cell)) in explained {
        out.push_str(&why.tree(variable, &cell, &heading));
    }
    if !drawn.values.is_empty() {
        let _ = writeln!(out, "<details><summary>The figures as a table</summary>\n{}</details>", drawn.values);
    }
    let mut variables: Vec<VariableId> = figure.references.iter().map(|reference| reference.variable).collect();
    variables.dedup();
    out.push_str(&why.told(&variables));
    let call = match figure.kind {
        Kind::Lines | Kind::Heat => format!("plot {}", quoted(&figure.words)),
        Kind::Areas => format!("plot {} --stacked", quoted(&figure.words)),
        _ => format!("show {}", quoted(figure.words.split(" --").next().unwrap_or_default())),
    };
    let _ = writeln!(out, "<p class=\"quiet\">The same in a shell: <code>tokenomics {}</code></p>", escape(&call));
    out.push_str("</details>\n</figure>\n");
    Ok(out)
}

/// The names of a call in quotes, its options behind them.
fn quoted(words: &str) -> String {
    match words.split_once(" --") {
        Some((names, options)) => format!("'{names}' --{options}"),
        None => format!("'{words}'"),
    }
}

/// What is drawn, and the same as a table where it is none.
struct Drawn {
    body: String,
    values: String,
}

type Explained = Vec<(String, Place)>;

fn over_quarters(
    evaluation: &Evaluation<'_>,
    why: &mut Why<'_>,
    figure: &Figure,
    plan: Plan,
) -> Result<(Drawn, Explained), Failure> {
    let model = evaluation.model();
    let options = &figure.options;
    let banded = figure.kind == Kind::Lines;
    let question = Question {
        period: options.period,
        by: options.by,
        draws: if banded { plan.draws } else { 0 },
        seed: plan.seed,
    };
    let mut lines = Lines::in_unit(evaluation, &figure.references, &question, figure.unit.as_ref())?;
    let few = options.top.unwrap_or(MOST);
    let mut left_out = 0;
    match figure.kind {
        Kind::Areas => lines.gather(few.min(MOST)),
        Kind::Lines => left_out = lines.keep(few.min(MOST)),
        _ => left_out = lines.keep(options.top.unwrap_or(MOST_ROWS)),
    }
    for line in &lines.lines {
        cite(evaluation, why, line);
    }
    if lines.lines.is_empty() {
        let body = "<p class=\"quiet\">Nothing of it is known yet.</p>\n".to_owned();
        return Ok((Drawn { body, values: String::new() }, Vec::new()));
    }
    let chart = chart(model, &lines, figure.kind == Kind::Areas, options.by_ratio);
    let drawing = if figure.kind == Kind::Heat { heat::draw(&chart, Use::Page) } else { chart.draw(Use::Page) };
    let mut body = drawing.svg(Use::Page);
    let mut notes: Vec<&str> = chart.subtitle.split("; ").skip(1).collect();
    if figure.kind == Kind::Heat {
        notes.clear();
    }
    let left_out = if left_out > 0 { format!("{left_out} smaller ones left out") } else { String::new() };
    if !left_out.is_empty() {
        notes.push(&left_out);
    }
    if !notes.is_empty() {
        let _ = writeln!(body, "<p class=\"quiet key\">{}</p>", escape(&sentence(&notes.join("; "))));
    }
    let mut explained = Vec::new();
    let mut known: Vec<VariableId> = Vec::new();
    for line in &lines.lines {
        if known.contains(&line.variable) {
            continue;
        }
        known.push(line.variable);
        let last = line.last().map(|point| point.quarter);
        let seam = line.points.iter().rev().find(|point| point.value.is_some() && !line.is_forecast(point.quarter));
        let seam = seam.map(|point| point.quarter);
        for (quarter, word) in [(seam, "last known"), (last.filter(|last| Some(*last) != seam), "forecast")] {
            if let Some(place) = quarter.and_then(|quarter| at(evaluation, line, quarter)) {
                let heading = format!("{}, {}: {word}", line.label, quarter_name(model, quarter.unwrap_or(0)));
                explained.push((heading, place));
            }
        }
    }
    Ok((Drawn { body, values: values_table(&chart) }, explained))
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// Notes the publications that the figures of a line are taken from.
fn cite(evaluation: &Evaluation<'_>, why: &mut Why<'_>, line: &Line) {
    let model = evaluation.model();
    let Some(position) = quarter_position(model, line.variable) else { return };
    for cell in &line.cells {
        let mut cell = cell.clone();
        for point in &line.points {
            cell[position] = point.quarter;
            cite_cell(evaluation, why, line.variable, &cell);
        }
    }
}

fn cite_cell(evaluation: &Evaluation<'_>, why: &mut Why<'_>, variable: VariableId, cell: &[u32]) {
    let figure = taken(evaluation, variable, cell);
    if let Some(id) = figure.and_then(|figure| evaluation.model().origins[figure.origin.index()].publication) {
        why.cite(id);
    }
}

/// The first cell of a line that has a figure in a quarter.
fn at(evaluation: &Evaluation<'_>, line: &Line, quarter: u32) -> Option<Place> {
    let model = evaluation.model();
    let position = quarter_position(model, line.variable)?;
    let cells = line.cells.iter().map(|cell| {
        let mut cell = cell.clone();
        cell[position] = quarter;
        cell
    });
    let known = |cell: &Vec<u32>| {
        crate::cells::value(evaluation, line.variable, crate::cells::cell_index(model, line.variable, cell)).is_some()
    };
    cells.into_iter().find(known).map(|cell| (line.variable, cell))
}

fn values_table(chart: &Chart) -> String {
    let mut rows = vec![format!(
        "<tr><th></th>{}</tr>",
        chart.series.iter().map(|series| format!("<th>{}</th>", escape(&series.label))).collect::<String>()
    )];
    let digits: Vec<Digits> =
        chart.series.iter().map(|series| Digits::of(series.values.iter().flatten().copied())).collect();
    for (index, quarter) in chart.quarters.iter().enumerate() {
        let cells = chart.series.iter().zip(&digits).map(|(series, digits)| {
            let text = series.values[index].map_or("·".to_owned(), |value| digits.write(value));
            let class = if index >= series.reported { " class=\"forecast\"" } else { "" };
            format!("<td{class}>{text}</td>")
        });
        rows.push(format!("<tr><th>{quarter}</th>{}</tr>", cells.collect::<String>()));
    }
    let unit =
        if chart.unit.is_empty() { String::new() } else { format!("<caption>{}</caption>", escape(&chart.unit)) };
    format!("<div class=\"wide\"><table>{unit}\n{}\n</table></div>\n", rows.join("\n"))
}

/// Figures in rows and columns: a value and its cell.
struct Grid {
    rows: Vec<String>,
    columns: Vec<String>,
    units: Vec<Unit>,
    cells: Vec<Vec<(Option<f64>, Place)>>,
}

impl Grid {
    /// Of one figure the last open dimension across; of several, one a column.
    fn of(evaluation: &Evaluation<'_>, figure: &Figure) -> Result<Grid, Failure> {
        let model = evaluation.model();
        let slices: Vec<Slice<'_>> = figure
            .references
            .iter()
            .map(|reference| Slice::new(model, reference, figure.options.period))
            .collect::<Result<_, _>>()?;
        let unit = |slice: &Slice<'_>| {
            let declared = &slice.definition().unit;
            figure.unit.clone().filter(|unit| unit.powers == declared.powers).unwrap_or_else(|| declared.clone())
        };
        let Some(first) = slices.first() else { return Err(Failure::call("no figure is named")) };
        let mut down = first.open();
        let across = if slices.len() == 1 && down.len() > 1 { down.pop() } else { None };
        let lists: Vec<Vec<u32>> = down.iter().map(|position| first.members[*position].clone()).collect();
        let heads: Vec<Option<u32>> =
            across.map_or(vec![None], |position| first.members[position].iter().copied().map(Some).collect());
        let mut grid = Grid { rows: Vec::new(), columns: Vec::new(), units: Vec::new(), cells: Vec::new() };
        for slice in &slices {
            if slice.open().len() != first.open().len() {
                return Err(Failure::call(format!("{} and {} vary by different things", first.title(), slice.title()))
                    .help("figures side by side leave the same dimensions open"));
            }
            for head in &heads {
                let name = head.zip(across).map(|(member, position)| spoken(slice.member(position, member)));
                grid.columns.push(name.unwrap_or_else(|| spoken(&slice.definition().name)));
                grid.units.push(unit(slice));
            }
        }
        for row in combinations(&lists) {
            let names: Vec<&str> =
                down.iter().zip(&row).map(|(position, member)| first.member(*position, *member)).collect();
            let mut line = Vec::new();
            for slice in &slices {
                let open = slice.open();
                for head in &heads {
                    let mut cell: Vec<u32> =
                        slice.members.iter().map(|members| members.first().copied().unwrap_or(0)).collect();
                    // Dimensions left open stand in the same order in all figures.
                    for (position, member) in open.iter().zip(row.iter().chain(head)) {
                        cell[*position] = *member;
                    }
                    let value = value_in(evaluation, slice.variable, slice.index(&cell), &unit(slice));
                    line.push((value, (slice.variable, cell)));
                }
            }
            if line.iter().any(|(value, _)| value.is_some()) {
                grid.rows.push(spoken(&names.join(", ")));
                grid.cells.push(line);
            }
        }
        Ok(grid)
    }

    /// Keeps the rows with the largest figures.
    fn keep(&mut self, most: usize) {
        let size = |row: &[(Option<f64>, Place)]| row.iter().filter_map(|(value, _)| *value).map(f64::abs).sum::<f64>();
        let mut sizes: Vec<f64> = self.cells.iter().map(|row| size(row)).collect();
        sizes.sort_by(|left, right| right.total_cmp(left));
        let Some(least) = sizes.get(most.saturating_sub(1)).copied().filter(|_| sizes.len() > most) else { return };
        let kept: Vec<bool> = self.cells.iter().map(|row| size(row) >= least).collect();
        let mut keep = kept.iter();
        self.rows.retain(|_| keep.next().copied().unwrap_or(false));
        let mut keep = kept.iter();
        self.cells.retain(|_| keep.next().copied().unwrap_or(false));
    }

    fn first(&self) -> Explained {
        let mut known: Vec<VariableId> = Vec::new();
        let mut explained = Vec::new();
        for (value, (variable, cell)) in self.cells.iter().flatten() {
            if value.is_some() && !known.contains(variable) {
                known.push(*variable);
                explained.push((String::new(), (*variable, cell.clone())));
            }
        }
        explained
    }

    fn cite(&self, evaluation: &Evaluation<'_>, why: &mut Why<'_>) {
        for (_, (variable, cell)) in self.cells.iter().flatten() {
            cite_cell(evaluation, why, *variable, cell);
        }
    }
}

fn bars(evaluation: &Evaluation<'_>, why: &mut Why<'_>, figure: &Figure) -> Result<(Drawn, Explained), Failure> {
    let mut grid = Grid::of(evaluation, figure)?;
    grid.keep(figure.options.top.unwrap_or(MOST_ROWS));
    grid.cite(evaluation, why);
    let lie = match (figure.kind, figure.options.stacked) {
        (Kind::Bridge, _) => Lie::Bridge,
        (_, true) => Lie::Stacked,
        _ => Lie::Beside,
    };
    let rows = grid.rows.iter().cloned().zip(&grid.cells);
    let bars = Bars {
        title: figure.caption.clone(),
        subtitle: String::new(),
        unit: grid.units.first().map(unit_text).unwrap_or_default().to_owned(),
        names: if grid.columns.len() > 1 { grid.columns.clone() } else { Vec::new() },
        rows: rows.map(|(name, cells)| (name, cells.iter().map(|(value, _)| *value).collect())).collect(),
        lie,
    };
    let body = if bars.rows.is_empty() {
        "<p class=\"quiet\">Nothing of it is known yet.</p>\n".to_owned()
    } else {
        bars.draw(Use::Page).svg(Use::Page)
    };
    Ok((Drawn { body, values: grid_table(&grid) }, grid.first()))
}

fn table(evaluation: &Evaluation<'_>, why: &mut Why<'_>, figure: &Figure) -> Result<(Drawn, Explained), Failure> {
    let mut grid = Grid::of(evaluation, figure)?;
    grid.keep(figure.options.top.unwrap_or(MOST_ROWS));
    grid.cite(evaluation, why);
    let explained = grid.first();
    Ok((Drawn { body: grid_table(&grid), values: String::new() }, explained))
}

fn grid_table(grid: &Grid) -> String {
    let heads = grid.columns.iter().zip(&grid.units).map(|(name, unit)| {
        format!("<th>{}<br><span class=\"quiet\">{}</span></th>", escape(name), escape(unit_text(unit)))
    });
    let mut rows = vec![format!("<tr><th></th>{}</tr>", heads.collect::<String>())];
    let digits: Vec<Digits> = (0..grid.columns.len())
        .map(|column| Digits::of(grid.cells.iter().filter_map(|row| row.get(column)?.0)))
        .collect();
    for (name, cells) in grid.rows.iter().zip(&grid.cells) {
        let cells = cells.iter().zip(&digits).map(|((value, _), digits)| {
            format!("<td>{}</td>", value.map_or("·".to_owned(), |value| digits.write(value)))
        });
        rows.push(format!("<tr><th>{}</th>{}</tr>", escape(name), cells.collect::<String>()));
    }
    format!("<div class=\"wide\"><table>\n{}\n</table></div>\n", rows.join("\n"))
}
