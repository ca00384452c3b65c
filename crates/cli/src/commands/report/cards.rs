//! Cards of companies or layers on the page, each folded.

use super::super::card::{Entry, Moment, Plan, of, origin};
use super::super::compare::texts;
use super::super::plot::quarter_name;
use super::figure::{Drawn, Explained, NOTHING};
use super::why::Why;
use crate::cards::{self, Cards};
use crate::drawing::spoken;
use crate::drawing::svg::escape;
use crate::failure::Failure;
use crate::numbers::unit_text;
use crate::report::Figure;
use std::fmt::Write as _;
use tokenomics_engine::Evaluation;
use tokenomics_language::Model;

/// Cards as tables: what is known last, and what is forecast; a card of which nothing is known is left out.
///
/// # Errors
/// An unknown name.
pub(super) fn cards(
    evaluation: &Evaluation<'_>,
    why: &mut Why<'_>,
    figure: &Figure,
) -> Result<(Drawn, Explained), Failure> {
    let model = evaluation.model();
    let cards = cards::read(model).ok().flatten().unwrap_or_default();
    let (kind, names) = cards::named(model, &cards, &figure.words)?;
    let mut body = String::new();
    for name in names {
        let plan = Plan { card: kind, name, at: figure.options.period.to, draws: 0, seed: 1 };
        let mut entries = of(evaluation, &cards, name, &plan)?;
        entries.retain(|entry| entry.known.value.or(entry.ahead.value).is_some());
        if entries.is_empty() {
            continue;
        }
        for source in entries.iter().filter(|entry| !entry.computed).flat_map(|entry| &entry.sources) {
            why.cite(source.publication);
        }
        let roles = roles(model, &cards, kind, name);
        let _ = writeln!(
            body,
            "<details class=\"card\"><summary><b>{}</b> {}</summary>\n{}</details>",
            escape(&spoken(name)),
            escape(&roles),
            table(model, &entries)
        );
    }
    if body.is_empty() {
        NOTHING.clone_into(&mut body);
    }
    Ok((Drawn { body, values: String::new() }, Explained::new()))
}

/// As what a name is counted.
fn roles(model: &Model, cards: &Cards, kind: &str, name: &str) -> String {
    let roles = cards.roles(model, kind, &cards.also(kind, name));
    roles.into_iter().map(spoken).collect::<Vec<_>>().join(", ")
}

fn table(model: &Model, entries: &[Entry<'_>]) -> String {
    let heads = ["", "", "latest", "", "forecast", "", "sources"].map(|head| format!("<th>{head}</th>")).concat();
    let mut rows = vec![format!("<tr>{heads}</tr>")];
    let mut section = "";
    for entry in entries {
        if entry.line.section != section {
            section = &entry.line.section;
            rows.push(format!("<tr><th colspan=\"7\"><b>{}</b></th></tr>", escape(section)));
        }
        let shown = texts(&[entry.known.value, entry.ahead.value]);
        let figure = |moment: &Moment, text: &str, class: &str| {
            let quarter = moment.value.and(moment.quarter).map(|quarter| quarter_name(model, quarter));
            let value = if moment.value.is_some() { text } else { "" };
            format!("<td{class}>{value}</td><td class=\"quiet\">{}</td>", quarter.unwrap_or_default())
        };
        rows.push(format!(
            "<tr><th>{}</th><td class=\"quiet\">{}</td>{}{}<td class=\"quiet\">{}</td></tr>",
            escape(&entry.label),
            escape(unit_text(&entry.line.unit)),
            figure(&entry.known, &shown[0], ""),
            figure(&entry.ahead, &shown[1], " class=\"forecast\""),
            escape(&origin(model, entry))
        ));
    }
    format!("<div class=\"wide\"><table>\n{}\n</table></div>\n", rows.join("\n"))
}
