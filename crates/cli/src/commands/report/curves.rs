//! Figures over an axis of numbers that are no quarters.

use super::figure::{Drawn, Explained, cite_cell};
use super::why::Why;
use crate::cells::{Slice, combinations, value, value_in};
use crate::drawing::curves::{Curves, number_in};
use crate::drawing::svg::escape;
use crate::drawing::{Use, spoken};
use crate::failure::Failure;
use crate::numbers::{Digits, brief, unit_text};
use crate::report::Figure;
use tokenomics_engine::Evaluation;
use tokenomics_language::model::DimensionId;

use super::super::plot::MOST;
use super::super::series::first_sentence;

/// Figures as curves over the numbers of a dimension's members.
///
/// # Errors
/// More curves than can be told apart.
pub(super) fn curves(
    evaluation: &Evaluation<'_>,
    why: &mut Why<'_>,
    figure: &Figure,
) -> Result<(Drawn, Explained), Failure> {
    let model = evaluation.model();
    let Some(over) = figure.options.across.over else { return Err(Failure::call("curves lack an axis")) };
    let mut each = Vec::new();
    let mut explained: Explained = Vec::new();
    let mut unit = String::new();
    for reference in &figure.references {
        let slice = Slice::new(model, reference, figure.options.period)?;
        let declared = &slice.definition().unit;
        let shown = figure.unit.as_ref().filter(|unit| unit.powers == declared.powers).unwrap_or(declared);
        unit_text(shown).clone_into(&mut unit);
        let dimensions = &slice.definition().dimensions;
        let Some(position) = dimensions.iter().position(|id| *id == over) else { continue };
        let open: Vec<usize> = slice.open().into_iter().filter(|place| *place != position).collect();
        let mut apart = slice.members.clone();
        apart[position].truncate(1);
        for mut cell in combinations(&apart) {
            let names: Vec<&str> = open.iter().map(|place| slice.member(*place, cell[*place])).collect();
            let own = (figure.references.len() > 1 || names.is_empty()).then(|| spoken(&slice.definition().name));
            let members = spoken(&names.join(", "));
            let name = own.map_or(members.clone(), |own| format!("{own} {members}").trim_end().to_owned());
            let mut places = Vec::new();
            for member in &slice.members[position] {
                cell[position] = *member;
                let height = value_in(evaluation, slice.variable, slice.index(&cell), shown);
                let Some((x, y)) = across(evaluation, figure, over, *member).zip(height) else { continue };
                cite_cell(evaluation, why, slice.variable, &cell);
                if places.is_empty() && !explained.iter().any(|(_, (variable, _))| *variable == slice.variable) {
                    explained.push((String::new(), (slice.variable, cell.clone())));
                }
                places.push((x, y));
            }
            places.sort_by(|left: &(f64, f64), right| left.0.total_cmp(&right.0));
            if !places.is_empty() {
                each.push((name, places));
            }
        }
    }
    let most = figure.options.top.unwrap_or(MOST).min(MOST);
    let size = |places: &Vec<(f64, f64)>| places.iter().map(|(_, y)| y.abs()).sum::<f64>();
    let mut sizes: Vec<f64> = each.iter().map(|(_, places)| size(places)).collect();
    sizes.sort_by(|left, right| right.total_cmp(left));
    if let Some(least) = sizes.get(most.saturating_sub(1)).copied() {
        each.retain(|(_, places)| size(places) >= least);
    }
    if each.is_empty() {
        let body = "<p class=\"quiet\">Nothing of it is known yet.</p>\n".to_owned();
        return Ok((Drawn { body, values: String::new() }, explained));
    }
    let curves = Curves {
        title: figure.caption.clone(),
        unit,
        across: axis_name(evaluation, figure, over),
        each,
        by_ratio: figure.options.by_ratio,
        across_by_ratio: figure.options.across.by_ratio,
    };
    Ok((Drawn { body: curves.draw(Use::Page).svg(Use::Page), values: table(&curves) }, explained))
}

/// Where a member stands on the axis: at the figure named for it, or at the number in its name.
fn across(evaluation: &Evaluation<'_>, figure: &Figure, over: DimensionId, member: u32) -> Option<f64> {
    match figure.options.across.at {
        Some(at) => value(evaluation, at, member as usize),
        None => number_in(evaluation.model().dimensions[over.index()].members.get(member as usize)?),
    }
}

/// What the axis is: the figure named for it with its unit, or the dimension.
fn axis_name(evaluation: &Evaluation<'_>, figure: &Figure, over: DimensionId) -> String {
    let model = evaluation.model();
    let Some(at) = figure.options.across.at else { return spoken(&model.dimensions[over.index()].name) };
    let variable = &model.variables[at.index()];
    let sentence = first_sentence(&variable.doc);
    let name = if sentence.is_empty() { spoken(&variable.name) } else { sentence };
    match unit_text(&variable.unit) {
        "" => name,
        unit => format!("{unit}: {name}"),
    }
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
        rows.push(format!("<tr><th>{}</th>{}</tr>", brief(x), cells.collect::<Vec<_>>().concat()));
    }
    format!(
        "<div class=\"wide\"><table><caption>{}</caption>\n{}\n</table></div>\n",
        escape(&curves.unit),
        rows.join("\n")
    )
}
