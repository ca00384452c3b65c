//! Figures of members in rows and columns, as bars or as a table of the page.

use super::super::picture::{Grid, Place};
use super::figure::{Drawn, Explained, NOTHING, cite_cell};
use super::why::Why;
use crate::drawing::Use;
use crate::drawing::svg::escape;
use crate::failure::Failure;
use crate::numbers::{Digits, unit_text};
use crate::report::{Below, Figure};
use tokenomics_engine::Evaluation;
use tokenomics_language::model::VariableId;

/// What a figure shows of its members, cited.
///
/// # Errors
/// Figures that do not stand side by side.
fn shown(evaluation: &Evaluation<'_>, why: &mut Why<'_>, figure: &Figure) -> Result<Grid, Failure> {
    let grid = Grid::shown(evaluation, figure)?;
    cite(evaluation, why, &grid);
    Ok(grid)
}

/// Notes the publications that the figures of a grid are taken from.
pub(super) fn cite(evaluation: &Evaluation<'_>, why: &mut Why<'_>, grid: &Grid) {
    for (_, (variable, cell)) in grid.cells.iter().flatten() {
        cite_cell(evaluation, why, *variable, cell);
    }
}

/// The first known cell of each variable.
fn first(grid: &Grid) -> Explained {
    let mut known: Vec<VariableId> = Vec::new();
    let mut explained: Vec<(String, Place)> = Vec::new();
    for (value, (variable, cell)) in grid.cells.iter().flatten() {
        if value.is_some() && !known.contains(variable) {
            known.push(*variable);
            explained.push((String::new(), (*variable, cell.clone())));
        }
    }
    explained
}

/// Figures of members as bars.
///
/// # Errors
/// Figures that do not stand side by side.
pub(super) fn bars(
    evaluation: &Evaluation<'_>,
    why: &mut Why<'_>,
    figure: &Figure,
) -> Result<(Drawn, Explained), Failure> {
    let grid = shown(evaluation, why, figure)?;
    let body = if grid.rows.is_empty() { NOTHING.to_owned() } else { grid.bars(figure).draw(Use::Page).svg(Use::Page) };
    Ok((Drawn { body, values: grid_table(&grid, Below::Nothing) }, first(&grid)))
}

/// Figures of members as a table.
///
/// # Errors
/// Figures that do not stand side by side.
pub(super) fn table(
    evaluation: &Evaluation<'_>,
    why: &mut Why<'_>,
    figure: &Figure,
) -> Result<(Drawn, Explained), Failure> {
    let grid = shown(evaluation, why, figure)?;
    let explained = first(&grid);
    Ok((Drawn { body: grid_table(&grid, figure.options.below), values: String::new() }, explained))
}

/// A grid as a table, with the sums of its columns where that is asked for.
pub(super) fn grid_table(grid: &Grid, below: Below) -> String {
    let heads = grid.columns.iter().zip(&grid.units).map(|(name, unit)| {
        format!("<th>{}<br><span class=\"quiet\">{}</span></th>", escape(name), escape(unit_text(unit)))
    });
    let mut rows = vec![format!("<tr><th></th>{}</tr>", heads.collect::<Vec<_>>().concat())];
    let digits: Vec<Digits> = (0..grid.columns.len())
        .map(|column| Digits::of(grid.cells.iter().filter_map(|row| row.get(column)?.0)))
        .collect();
    for (name, cells) in grid.rows.iter().zip(&grid.cells) {
        let cells = cells.iter().zip(&digits).map(|((value, _), digits)| {
            format!("<td>{}</td>", value.map_or("·".to_owned(), |value| digits.write(value)))
        });
        rows.push(format!("<tr><th>{}</th>{}</tr>", escape(name), cells.collect::<Vec<_>>().concat()));
    }
    if below == Below::Total {
        let sums = digits.iter().enumerate().map(|(column, digits)| {
            let known = grid.cells.iter().filter_map(|row| row.get(column)?.0);
            let sum = known.fold(None, |sum: Option<f64>, value| Some(sum.unwrap_or(0.0) + value));
            format!("<td><b>{}</b></td>", sum.map_or("·".to_owned(), |sum| digits.write(sum)))
        });
        rows.push(format!("<tr><th><b>together</b></th>{}</tr>", sums.collect::<Vec<_>>().concat()));
    }
    format!("<div class=\"wide\"><table>\n{}\n</table></div>\n", rows.join("\n"))
}
