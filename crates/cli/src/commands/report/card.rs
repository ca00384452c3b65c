//! The card of a company or a layer on the page.

use super::super::card::{Entry, Moment, Plan, of, origin};
use super::super::compare::texts;
use super::super::plot::quarter_name;
use super::figure::{Drawn, Explained};
use super::why::Why;
use crate::cards;
use crate::drawing::svg::escape;
use crate::failure::Failure;
use crate::numbers::unit_text;
use crate::report::Figure;
use std::fmt::Write as _;
use tokenomics_engine::Evaluation;

/// A card as a table: what is known last, and what is forecast.
///
/// # Errors
/// An unknown name.
pub(super) fn card(
    evaluation: &Evaluation<'_>,
    why: &mut Why<'_>,
    figure: &Figure,
) -> Result<(Drawn, Explained), Failure> {
    let model = evaluation.model();
    let cards = cards::read(model).ok().flatten().unwrap_or_default();
    let (kind, name) = figure.words.split_once(' ').unwrap_or((&figure.words, ""));
    let name = cards.meant(model, kind, name)?;
    let at = figure.options.period.to;
    let entries = of(evaluation, &cards, name, &Plan { card: kind, name, at, draws: 0, seed: 1 })?;
    let heads = ["", "last known", "", "forecast", "", "sources"].map(|head| format!("<th>{head}</th>")).concat();
    let mut rows = vec![format!("<tr><th></th>{heads}</tr>")];
    let mut section = "";
    for entry in &entries {
        if entry.line.section != section {
            section = &entry.line.section;
            rows.push(format!("<tr><th colspan=\"7\"><b>{}</b></th></tr>", escape(section)));
        }
        for source in entry.sources.iter().filter(|_| !entry.computed) {
            why.cite(source.publication);
        }
        let shown = texts(&[entry.known.value, entry.ahead.value]);
        let figure = |moment: &Moment, text: &str| {
            let quarter = moment.value.and(moment.quarter).map(|quarter| quarter_name(model, quarter));
            let value = if moment.value.is_some() { text } else { "" };
            (value.to_owned(), quarter.unwrap_or_default())
        };
        let (known, when) = figure(&entry.known, &shown[0]);
        let (ahead, then) = figure(&entry.ahead, &shown[1]);
        let mut row = format!("<tr><th>{}</th>", escape(&entry.label));
        let _ = write!(
            row,
            "<td class=\"quiet\">{}</td><td>{known}</td><td class=\"quiet\">{when}</td>\
             <td class=\"forecast\">{ahead}</td><td class=\"quiet\">{then}</td><td class=\"quiet\">{}</td></tr>",
            escape(unit_text(&entry.line.unit)),
            escape(&origin(model, entry))
        );
        rows.push(row);
    }
    let body = if entries.is_empty() {
        "<p class=\"quiet\">Nothing of it is known yet.</p>\n".to_owned()
    } else {
        format!("<div class=\"wide\"><table>\n{}\n</table></div>\n", rows.join("\n"))
    };
    let first = entries.iter().find_map(Entry::place);
    Ok((Drawn { body, values: String::new() }, first.map(|place| (String::new(), place)).into_iter().collect()))
}
