//! What passes from one to another, as bands on the page.

use super::super::picture::matrices;
use super::figure::{Drawn, Explained, NOTHING};
use super::grid::{cite, grid_table};
use super::why::Why;
use crate::drawing::Use;
use crate::drawing::svg::escape;
use crate::failure::Failure;
use crate::report::{Below, Figure};
use std::fmt::Write as _;
use tokenomics_engine::Evaluation;

/// A matrix as bands from its rows to its columns, one drawing for each quarter that is picked.
///
/// # Errors
/// An amount below zero, or what comes back to whom it came from.
pub(super) fn sankey(
    evaluation: &Evaluation<'_>,
    why: &mut Why<'_>,
    figure: &Figure,
) -> Result<(Drawn, Explained), Failure> {
    let mut drawn = Drawn { body: String::new(), values: String::new() };
    let mut explained = Vec::new();
    for matrix in matrices(evaluation, figure)? {
        cite(evaluation, why, &matrix.grid);
        if !matrix.name.is_empty() {
            let _ = writeln!(drawn.body, "<p class=\"key\">{}</p>", matrix.name);
            let _ = writeln!(drawn.values, "<p>{}</p>", matrix.name);
        }
        match &matrix.sankey {
            Some(sankey) => {
                let drawing = sankey.draw(Use::Page).map_err(|failure| failure.about(&figure.caption))?;
                drawn.body.push_str(&drawing.svg(Use::Page));
            }
            None => drawn.body.push_str(NOTHING),
        }
        if !matrix.left_out.is_empty() {
            let _ = writeln!(drawn.body, "<p class=\"quiet key\">{}.</p>", escape(&matrix.left_out));
        }
        drawn.values.push_str(&grid_table(&matrix.grid, Below::Nothing));
        explained.extend(matrix.widest.map(|place| (matrix.name, place)));
    }
    Ok((drawn, explained))
}
