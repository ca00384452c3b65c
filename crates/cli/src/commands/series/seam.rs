//! Where what is reported ends.

use tokenomics_engine::{Evaluation, reads, taken};
use tokenomics_language::Model;
use tokenomics_language::calendar::Quarter;
use tokenomics_language::model::{Definition, Figure, Kind, VariableId};

/// Whether a cell is a figure that somebody published of a quarter which had begun by then.
pub(in super::super) fn is_reported(
    evaluation: &Evaluation<'_>,
    variable: VariableId,
    cell: &[u32],
    quarter: u32,
) -> bool {
    taken(evaluation, variable, cell).is_some_and(|figure| published_of(evaluation.model(), &figure, quarter))
}

/// Whether a figure was published, and of a quarter that had begun by then: what is published of a later
/// one is a forecast, whoever makes it.
fn published_of(model: &Model, figure: &Figure, quarter: u32) -> bool {
    let origin = &model.origins[figure.origin.index()];
    let begun = origin.published.is_some_and(|date| first_day(model, quarter) <= date.last_day());
    !figure.filled && origin.publication.is_some() && origin.kind != Kind::Assumption && begun
}

/// The first day of a quarter, as a number that orders dates.
fn first_day(model: &Model, quarter: u32) -> u32 {
    let Quarter(number) = Quarter(model.first_quarter.0 + i32::try_from(quarter).unwrap_or(0));
    let (year, part) = (number.div_euclid(4), number.rem_euclid(4));
    u32::try_from(year * 10_000 + (part * 3 + 1) * 100 + 1).unwrap_or(0)
}

/// The last quarter for which something that a variable reads was published.
pub(in super::super) fn last_reported(model: &Model, variable: VariableId) -> Option<u32> {
    let quarter = model.quarter?;
    let mut last = None;
    for id in reads(model, variable) {
        let read = &model.variables[id.index()];
        let Definition::Input(input) = &read.definition else { continue };
        let Some(position) = read.dimensions.iter().position(|id| *id == quarter) else { continue };
        let shape = model.shape(id);
        let stride: usize = shape[position + 1..].iter().product();
        for (index, figure) in input.cells.iter().enumerate() {
            let Some(figure) = figure else { continue };
            let at = (index / stride % shape[position]) as u32;
            if last.is_none_or(|last| at > last) && published_of(model, figure, at) {
                last = Some(at);
            }
        }
    }
    last
}
