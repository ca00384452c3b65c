//! `tornado`: which inputs move a figure most.

use super::inputs::spread;
use crate::arguments::Global;
use crate::cells::{member_name, members_of};
use crate::failure::Failure;
use crate::load::NATIVES;
use crate::numbers::{Digits, figure, unit_text, whole};
use crate::screen::{Form, Screen, record};
use crate::style::Style;
use crate::table::{Align, Cell, Table};
use serde_json::json;
use tokenomics_engine::{Swing, tornado};
use tokenomics_language::Model;
use tokenomics_language::model::{Definition, Figure};

/// The width of the bars.
const BARS: usize = 30;

/// Ranks the inputs by how far each moves a figure between its 5th and 95th percentile.
///
/// # Errors
/// An unknown name, more than one figure, or the output does not take any more.
pub fn run(
    model: &Model,
    global: &Global,
    screen: &mut Screen<'_>,
    words: &[String],
    top: usize,
) -> Result<(), Failure> {
    let target = super::explain::one_cell(model, words)?;
    let variable = &model.variables[target.variable.index()];
    let scale = variable.unit.scale;
    let result = tornado(model, &NATIVES, target.variable, target.index);
    let base = result.base / scale;
    let shown = result.swings.iter().take(top);
    if screen.form != Form::Text {
        let records = shown.map(|swing| {
            let (dimension, member) = each(model, swing).unzip();
            let ends = ends(model, swing);
            record([
                ("input", json!(model.variables[swing.input.index()].name)),
                ("dimension", json!(dimension)),
                ("member", json!(member)),
                ("low", json!(swing.low / scale)),
                ("high", json!(swing.high / scale)),
                ("unit", json!(variable.unit.text)),
                ("p5", json!(ends.map(|ends| ends.0))),
                ("p95", json!(ends.map(|ends| ends.1))),
                ("input_unit", json!(model.variables[swing.input.index()].unit.text)),
            ])
        });
        let more = record([("figure", json!(target.title)), ("base", json!(base))]);
        return screen.document(global, "swings", records.collect(), more);
    }
    let title = screen.paint.paint(Style::Strong, &target.title);
    if !base.is_finite() {
        return screen.line(format!("{title} is not known."));
    }
    let unit = screen.paint.paint(Style::Quiet, unit_text(&variable.unit));
    screen.line(format!("{title} = {} {unit}", figure(base)).trim_end())?;
    if result.swings.is_empty() {
        return screen.line("No input with a spread moves it.");
    }
    screen.line("")?;
    let ends = || result.swings.iter().flat_map(|swing| [swing.low / scale, swing.high / scale]);
    let digits = Digits::of(ends().chain([base]));
    let least = ends().fold(base, f64::min);
    let most = ends().fold(base, f64::max);
    let mut table = Table::new([
        ("input", Align::Name),
        ("its p5 to p95", Align::Name),
        ("at its p5", Align::Right),
        ("", Align::Name),
        ("at its p95", Align::Right),
    ]);
    for swing in shown {
        let name = &model.variables[swing.input.index()].name;
        let name = each(model, swing).map_or(name.clone(), |(_, member)| format!("{name}[{member}]"));
        let (low, high) = (swing.low / scale, swing.high / scale);
        let bar = bar([low, base, high].map(|value| (value - least) / (most - least)));
        table.row([
            name.into(),
            own_spread(model, swing).into(),
            digits.write(low).into(),
            bar.into(),
            Cell::from(digits.write(high)),
        ]);
    }
    screen.table(&table)?;
    let hidden = result.swings.len().saturating_sub(top);
    let more = if hidden > 0 { format!("; {hidden} smaller ones are left out") } else { String::new() };
    let note = format!("░ input at its 5th percentile, █ at its 95th; the others at their medians{more}");
    screen.paragraph(&note, 0, Style::Quiet)
}

/// The dimension and member of an input that takes one draw for each.
fn each<'m>(model: &'m Model, swing: &Swing) -> Option<(&'m str, &'m str)> {
    let Definition::Input(input) = &model.variables[swing.input.index()].definition else { return None };
    let id = input.each?;
    Some((model.dimensions[id.index()].name.as_str(), member_name(model, id, swing.member?)))
}

/// The figures of an input that one draw moves.
fn moved<'m>(model: &'m Model, swing: &Swing) -> Vec<&'m Figure> {
    let variable = &model.variables[swing.input.index()];
    let Definition::Input(input) = &variable.definition else { return Vec::new() };
    let position = variable.dimensions.iter().position(|id| Some(*id) == input.each);
    let shape = model.shape(swing.input);
    let drawn = |index: usize| match (position, swing.member) {
        (Some(position), Some(member)) => members_of(&shape, index)[position] == member,
        _ => true,
    };
    let figures = input.cells.iter().enumerate().filter(|(index, _)| drawn(*index));
    figures.filter_map(|(_, figure)| figure.as_ref()).collect()
}

/// The 5th and 95th percentile of an input in its unit, where it is one figure.
fn ends(model: &Model, swing: &Swing) -> Option<(f64, f64)> {
    let scale = model.variables[swing.input.index()].unit.scale;
    match moved(model, swing).as_slice() {
        [Figure { spread: Some((low, high)), .. }] => Some((low / scale, high / scale)),
        _ => None,
    }
}

/// The spread of an input: of one figure in its unit, of many as shares of each.
fn own_spread(model: &Model, swing: &Swing) -> String {
    let unit = &model.variables[swing.input.index()].unit;
    let text = spread(&moved(model, swing), unit.scale).unwrap_or_default();
    let unit = ends(model, swing).map_or("", |_| unit_text(unit));
    format!("{text} {unit}").trim_end().to_owned()
}

/// A bar between two ends on either side of the base; all three as shares of the width.
fn bar([low, base, high]: [f64; 3]) -> String {
    let place = |share: f64| whole(share.clamp(0.0, 1.0) * BARS as f64);
    let (low, base, high) = (place(low), place(base), place(high));
    (0..=BARS)
        .map(|at| match at {
            _ if at == base => '│',
            _ if at >= high.min(base) && at <= high.max(base) => '█',
            _ if at >= low.min(base) && at <= low.max(base) => '░',
            _ => ' ',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_spans_both_ends_and_marks_the_base() {
        let text = bar([0.0, 0.5, 1.0]);
        assert_eq!(text, format!("{}│{}", "░".repeat(15), "█".repeat(15)));
        // An input that lowers the figure when it rises.
        assert!(bar([1.0, 0.5, 0.0]).starts_with('█'));
    }
}
