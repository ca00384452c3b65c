//! Figures over a dimension that is not the quarter, on the page.

use super::super::picture;
use super::figure::{Drawn, Explained, NOTHING, cite_cell};
use super::why::Why;
use crate::drawing::Use;
use crate::drawing::curves::Curves;
use crate::drawing::svg::escape;
use crate::failure::Failure;
use crate::numbers::Digits;
use crate::report::Figure;
use tokenomics_engine::Evaluation;

/// Figures as curves over the members of a dimension.
///
/// # Errors
/// Figures that cannot be drawn so.
pub(super) fn curves(
    evaluation: &Evaluation<'_>,
    why: &mut Why<'_>,
    figure: &Figure,
) -> Result<(Drawn, Explained), Failure> {
    let (curves, cells) = picture::curves(evaluation, figure)?;
    let mut explained: Explained = Vec::new();
    for (variable, cell) in cells {
        cite_cell(evaluation, why, variable, &cell);
        if !explained.iter().any(|(_, (known, _))| *known == variable) {
            explained.push((String::new(), (variable, cell)));
        }
    }
    if curves.each.is_empty() {
        return Ok((Drawn { body: NOTHING.to_owned(), values: String::new() }, explained));
    }
    Ok((Drawn { body: curves.draw(Use::Page).svg(Use::Page), values: table(&curves) }, explained))
}

fn table(curves: &Curves) -> String {
    let mut xs: Vec<f64> = curves.each.iter().flat_map(|(_, places)| places.iter().map(|(x, _)| *x)).collect();
    xs.sort_by(f64::total_cmp);
    xs.dedup();
    let heads = curves.each.iter().map(|(name, _)| format!("<th>{}</th>", escape(name))).collect::<Vec<_>>().concat();
    let mut rows = vec![format!("<tr><th>{}</th>{heads}</tr>", escape(&curves.across))];
    let digits: Vec<Digits> =
        curves.each.iter().map(|(_, places)| Digits::of(places.iter().map(|(_, y)| *y))).collect();
    for x in xs {
        let cells = curves.each.iter().zip(&digits).map(|((_, places), digits)| {
            let found = places.iter().find(|(at, _)| at.total_cmp(&x).is_eq());
            format!("<td>{}</td>", found.map_or("·".to_owned(), |(_, y)| digits.write(*y)))
        });
        rows.push(format!("<tr><th>{}</th>{}</tr>", escape(&curves.place(x)), cells.collect::<Vec<_>>().concat()));
    }
    format!(
        "<div class=\"wide\"><table><caption>{}</caption>\n{}\n</table></div>\n",
        escape(&curves.unit),
        rows.join("\n")
    )
}
