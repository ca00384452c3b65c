//! What passes from one to another, as bands.

use super::figure::{Drawn, Explained, NOTHING, Place};
use super::grid::{Grid, grid_table};
use super::why::Why;
use crate::drawing::Use;
use crate::drawing::sankey::Sankey;
use crate::drawing::svg::escape;
use crate::failure::Failure;
use crate::numbers::{brief, counted, unit_text};
use crate::report::{Below, Figure, Sides};
use std::fmt::Write as _;
use tokenomics_engine::Evaluation;
use tokenomics_language::Model;

use super::super::plot::quarter_name;
use super::super::series::quarter_position;

/// The most bands that are drawn.
const MOST: usize = 60;

/// A matrix as bands from its rows to its columns, one drawing for each quarter that is picked.
///
/// # Errors
/// An amount below zero, or what comes back to whom it came from.
pub(super) fn sankey(
    evaluation: &Evaluation<'_>,
    why: &mut Why<'_>,
    figure: &Figure,
) -> Result<(Drawn, Explained), Failure> {
    let model = evaluation.model();
    let mut drawn = Drawn { body: String::new(), values: String::new() };
    let mut explained = Vec::new();
    let Some(reference) = figure.references.first() else { return Ok((drawn, explained)) };
    let place = quarter_position(model, reference.variable);
    let quarters: Vec<Option<u32>> = match place.and_then(|place| reference.picks[place].clone()) {
        Some(quarters) => quarters.into_iter().map(Some).collect(),
        None => vec![None],
    };
    let two_sided = figure.options.sides == Sides::Two || strangers(model, figure);
    for quarter in &quarters {
        let mut one = figure.clone();
        one.options.top = Some(usize::MAX);
        if let (Some(place), Some(quarter), Some(reference)) = (place, quarter, one.references.first_mut()) {
            reference.picks[place] = Some(vec![*quarter]);
        }
        let grid = Grid::shown(evaluation, why, &one)?;
        let unit = grid.units.first().map(unit_text).unwrap_or_default().to_owned();
        let mut amounts: Vec<(usize, usize, f64, &Place)> = Vec::new();
        for (giver, cells) in grid.cells.iter().enumerate() {
            for (taker, (value, place)) in cells.iter().enumerate() {
                amounts.extend(value.filter(|value| *value != 0.0).map(|value| (giver, taker, value, place)));
            }
        }
        amounts.sort_by(|left, right| right.2.abs().total_cmp(&left.2.abs()));
        let rest = amounts.split_off(amounts.len().min(figure.options.top.unwrap_or(MOST)));
        let name = quarter.map(|quarter| quarter_name(model, quarter)).unwrap_or_default();
        if quarters.len() > 1 {
            let _ = writeln!(drawn.body, "<p class=\"key\">{name}</p>");
            let _ = writeln!(drawn.values, "<p>{name}</p>");
        }
        if let Some((_, _, _, (variable, cell))) = amounts.first() {
            let named = [&figure.caption, &name].map(String::as_str);
            let title = if quarters.len() > 1 { named.join(", ") } else { figure.caption.clone() };
            explained.push((name, (*variable, cell.clone())));
            let sankey = Sankey {
                title,
                unit: unit.clone(),
                givers: grid.rows.clone(),
                takers: grid.columns.clone(),
                two_sided,
                amounts: amounts.iter().map(|(giver, taker, amount, _)| (*giver, *taker, *amount)).collect(),
            };
            drawn
                .body
                .push_str(&sankey.draw(Use::Page).map_err(|failure| failure.about(&figure.caption))?.svg(Use::Page));
        } else {
            drawn.body.push_str(NOTHING);
        }
        if !rest.is_empty() {
            let sum: f64 = rest.iter().map(|flow| flow.2).sum();
            let text = format!("{} left out, {} {unit} in all.", counted(rest.len(), "smaller one"), brief(sum));
            let _ = writeln!(drawn.body, "<p class=\"quiet key\">{}</p>", escape(&text));
        }
        let back = grid.cells.iter().flatten().filter(|(value, _)| value.is_some_and(|value| value < 0.0)).count();
        if back > 0 {
            let text = format!("{} below zero left out of the drawing; the table has them.", counted(back, "amount"));
            let _ = writeln!(drawn.body, "<p class=\"quiet key\">{}</p>", escape(&text));
        }
        drawn.values.push_str(&grid_table(&grid, Below::Nothing));
    }
    Ok((drawn, explained))
}

/// Whether givers and takers are members of dimensions that have nothing to do with one another.
fn strangers(model: &Model, figure: &Figure) -> bool {
    let Some(reference) = figure.references.first() else { return false };
    let dimensions = &model.variables[reference.variable.index()].dimensions;
    let open = reference.open(model).into_iter().map(|place| dimensions[place]).filter(|id| Some(*id) != model.quarter);
    let families: Vec<_> = open.map(|id| model.dimensions[id.index()].family).collect();
    !matches!(families.as_slice(), [giver, taker] if giver == taker)
}
