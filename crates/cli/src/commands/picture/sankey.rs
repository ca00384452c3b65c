//! What passes from one to another, as bands.

use super::super::plot::quarter_name;
use super::super::series::quarter_position;
use super::{Grid, Place};
use crate::drawing::sankey::Sankey;
use crate::failure::Failure;
use crate::numbers::{brief, counted, unit_text};
use crate::report::{Figure, Sides};
use tokenomics_engine::Evaluation;
use tokenomics_language::Model;

/// The most bands that are drawn.
const MOST: usize = 60;

/// A matrix of one quarter.
pub struct Matrix {
    /// The quarter, where it is one of several.
    pub name: String,
    /// The figures.
    pub grid: Grid,
    /// The largest of them as bands; none where nothing passes.
    pub sankey: Option<Sankey>,
    /// The cell of the widest band.
    pub widest: Option<Place>,
    /// What of it is left out, in words; empty where nothing is.
    pub left_out: String,
}

/// A matrix as bands from its rows to its columns, one for each quarter that is picked.
///
/// # Errors
/// Figures that do not stand side by side.
pub fn matrices(evaluation: &Evaluation<'_>, figure: &Figure) -> Result<Vec<Matrix>, Failure> {
    let model = evaluation.model();
    let Some(reference) = figure.references.first() else { return Ok(Vec::new()) };
    let place = quarter_position(model, reference.variable);
    let quarters: Vec<Option<u32>> = match place.and_then(|place| reference.picks[place].clone()) {
        Some(quarters) => quarters.into_iter().map(Some).collect(),
        None => vec![None],
    };
    let two_sided = figure.options.sides == Sides::Two || strangers(model, figure);
    let of = |quarter: &Option<u32>| {
        let mut one = figure.clone();
        one.options.top = Some(usize::MAX);
        if let (Some(place), Some(quarter), Some(reference)) = (place, quarter, one.references.first_mut()) {
            reference.picks[place] = Some(vec![*quarter]);
        }
        let name = quarter.filter(|_| quarters.len() > 1).map(|quarter| quarter_name(model, quarter));
        matrix(evaluation, figure, &one, name.unwrap_or_default(), two_sided)
    };
    quarters.iter().map(of).collect()
}

fn matrix(
    evaluation: &Evaluation<'_>,
    figure: &Figure,
    one: &Figure,
    name: String,
    two_sided: bool,
) -> Result<Matrix, Failure> {
    let grid = Grid::shown(evaluation, one)?;
    let unit = grid.units.first().map(unit_text).unwrap_or_default().to_owned();
    let mut amounts: Vec<(usize, usize, f64)> = Vec::new();
    for (giver, cells) in grid.cells.iter().enumerate() {
        for (taker, (value, _)) in cells.iter().enumerate() {
            amounts.extend(value.filter(|value| *value != 0.0).map(|value| (giver, taker, value)));
        }
    }
    amounts.sort_by(|left, right| right.2.abs().total_cmp(&left.2.abs()));
    let rest = amounts.split_off(amounts.len().min(figure.options.top.unwrap_or(MOST)));
    let left_out = if rest.is_empty() {
        String::new()
    } else {
        let sum: f64 = rest.iter().map(|flow| flow.2).sum();
        format!("{} left out, {} {unit} in all", counted(rest.len(), "smaller one"), brief(sum))
    };
    let widest = amounts.first().map(|(giver, taker, _)| grid.cells[*giver][*taker].1.clone());
    let sankey = widest.is_some().then(|| Sankey {
        title: if name.is_empty() { figure.caption.clone() } else { format!("{}, {name}", figure.caption) },
        subtitle: [figure.names(), &left_out].join("; ").trim_end_matches("; ").to_owned(),
        unit,
        givers: grid.rows.clone(),
        takers: grid.columns.clone(),
        two_sided,
        amounts,
    });
    Ok(Matrix { name, grid, sankey, widest, left_out })
}

/// Whether givers and takers are members of dimensions that have nothing to do with one another.
fn strangers(model: &Model, figure: &Figure) -> bool {
    let Some(reference) = figure.references.first() else { return false };
    let dimensions = &model.variables[reference.variable.index()].dimensions;
    let open = reference.open(model).into_iter().map(|place| dimensions[place]).filter(|id| Some(*id) != model.quarter);
    let families: Vec<_> = open.map(|id| model.dimensions[id.index()].family).collect();
    !matches!(families.as_slice(), [giver, taker] if giver == taker)
}
