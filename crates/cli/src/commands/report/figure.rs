//! A figure of the report: the drawing or the table, and below it where it comes from.

use super::super::picture::{MOST_ROWS, Place};
use super::super::plot::{MOST, chart, quarter_name};
use super::super::series::{Line, Lines, Question, quarter_position};
use super::Plan;
use super::why::Why;
use crate::drawing::lines::Chart;
use crate::drawing::svg::escape;
use crate::drawing::{Use, heat};
use crate::failure::Failure;
use crate::numbers::Digits;
use crate::references::Reference;
use crate::report::{Figure, Kind};
use std::fmt::Write as _;
use tokenomics_engine::{Evaluation, taken};
use tokenomics_language::Model;
use tokenomics_language::model::VariableId;

/// What stands in the place of a figure that has nothing to show.
pub(super) const NOTHING: &str = "<p class=\"quiet\">Nothing of it is known yet.</p>\n";

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
        Kind::Bars | Kind::Bridge => super::grid::bars(evaluation, why, figure)?,
        Kind::Table => super::grid::table(evaluation, why, figure)?,
        Kind::Sankey => super::sankey::sankey(evaluation, why, figure)?,
        Kind::Curves => super::curves::curves(evaluation, why, figure)?,
        Kind::Cards => super::cards::cards(evaluation, why, figure)?,
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
    let call = call(evaluation.model(), figure);
    let _ = writeln!(out, "<p class=\"quiet\">The same in a shell: <code>tokenomics {}</code></p>", escape(&call));
    out.push_str("</details>\n</figure>\n");
    Ok(out)
}

/// A call that gives the same.
fn call(model: &Model, figure: &Figure) -> String {
    let drawn = |kind: &str| format!("plot {} --kind {kind} --to {kind}.svg", quoted(&figure.words));
    let shown = || format!("show {}", quoted(figure.names()));
    match figure.kind {
        Kind::Lines => format!("plot {}", quoted(&figure.words)),
        Kind::Areas => format!("plot {} --stacked", quoted(&figure.words)),
        Kind::Heat => drawn("heat"),
        Kind::Bars => drawn("bars"),
        Kind::Bridge => drawn("bridge"),
        // A file holds one of several quarters.
        Kind::Sankey if quarters(model, figure) > 1 => shown(),
        Kind::Sankey => drawn("sankey"),
        Kind::Curves => drawn("curves"),
        Kind::Table => shown(),
        Kind::Cards => cards_call(&figure.words),
    }
}

/// How many quarters are picked.
fn quarters(model: &Model, figure: &Figure) -> usize {
    let picked = |reference: &Reference| {
        let place = quarter_position(model, reference.variable)?;
        reference.picks[place].as_ref().map(Vec::len)
    };
    figure.references.iter().filter_map(picked).max().unwrap_or(0)
}

/// The call of the first of some cards, or of the list of all.
fn cards_call(words: &str) -> String {
    words.split(',').next().unwrap_or_default().trim().to_owned()
}

/// The names of a call in quotes, its options behind them.
fn quoted(words: &str) -> String {
    match words.split_once(" --") {
        Some((names, options)) => format!("'{names}' --{options}"),
        None => format!("'{words}'"),
    }
}

/// What is drawn, and the same as a table where it is none.
pub(super) struct Drawn {
    /// The drawing, or the table.
    pub body: String,
    /// The figures as a table.
    pub values: String,
}

pub(super) type Explained = Vec<(String, Place)>;

fn over_quarters(
    evaluation: &Evaluation<'_>,
    why: &mut Why<'_>,
    figure: &Figure,
    plan: Plan,
) -> Result<(Drawn, Explained), Failure> {
    let model = evaluation.model();
    let options = &figure.options;
    let banded = figure.kind == Kind::Lines && !options.without_bands;
    let question = Question {
        period: options.period,
        by: options.by,
        known_by: options.known_by,
        draws: if banded { plan.draws } else { 0 },
        seed: plan.seed,
    };
    let mut lines = Lines::in_unit(evaluation, &figure.references, &question, figure.unit.as_ref())?;
    let few = options.top.unwrap_or(MOST);
    let mut left_out = 0;
    match figure.kind {
        Kind::Areas => {
            lines.each.retain(|line| line.size() > 0.0);
            lines.gather(few.min(MOST));
        }
        Kind::Lines => left_out = lines.keep(few.min(MOST)),
        _ => left_out = lines.keep(options.top.unwrap_or(MOST_ROWS)),
    }
    for line in &lines.each {
        cite(evaluation, why, line);
    }
    if lines.each.is_empty() {
        return Ok((Drawn { body: NOTHING.to_owned(), values: String::new() }, Vec::new()));
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
    for line in &lines.each {
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

pub(super) fn cite_cell(evaluation: &Evaluation<'_>, why: &mut Why<'_>, variable: VariableId, cell: &[u32]) {
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
        chart.series.iter().map(|series| format!("<th>{}</th>", escape(&series.label))).collect::<Vec<_>>().concat()
    )];
    let digits: Vec<Digits> =
        chart.series.iter().map(|series| Digits::of(series.values.iter().flatten().copied())).collect();
    for (index, quarter) in chart.quarters.iter().enumerate() {
        let cells = chart.series.iter().zip(&digits).map(|(series, digits)| {
            let text = series.values[index].map_or("·".to_owned(), |value| digits.write(value));
            let class = if index >= series.reported { " class=\"forecast\"" } else { "" };
            format!("<td{class}>{text}</td>")
        });
        rows.push(format!("<tr><th>{quarter}</th>{}</tr>", cells.collect::<Vec<_>>().concat()));
    }
    let unit =
        if chart.unit.is_empty() { String::new() } else { format!("<caption>{}</caption>", escape(&chart.unit)) };
    format!("<div class=\"wide\"><table>{unit}\n{}\n</table></div>\n", rows.join("\n"))
}
