//! How the claims of each publication come out.

use super::Tally;
use super::figures::Answers;
use crate::arguments::Global;
use crate::commands::sources::named;
use crate::failure::Failure;
use crate::numbers::count;
use crate::published_figures::PublishedFigure;
use crate::screen::{Form, Screen, record};
use crate::style::Style;
use crate::table::{Align, Cell, Table};
use serde_json::json;
use tokenomics_engine::ClaimResult;
use tokenomics_language::Model;
use tokenomics_language::model::PublicationId;

/// The columns of counts; the last three where the model lists published figures.
const COUNTS: [&str; 7] = ["claims", "reproduced", "off", "cannot be met", "figures", "inputs", "no model"];

/// Counts claims by publication: those with most claims first, what the model says of itself last.
fn tallies(model: &Model, shown: &[&ClaimResult]) -> Vec<(Option<PublicationId>, Tally)> {
    let mut tallies: Vec<(Option<PublicationId>, Tally)> = Vec::new();
    for result in shown {
        let id = model.origins[model.claims[result.claim].origin.index()].publication;
        let position = tallies.iter().position(|(known, _)| *known == id).unwrap_or_else(|| {
            tallies.push((id, Tally::default()));
            tallies.len() - 1
        });
        tallies[position].1.add(result);
    }
    tallies.sort_by_key(|(id, tally)| (id.is_none(), std::cmp::Reverse(tally.all())));
    tallies
}

/// Shows how many claims of each publication come out in each way, and how many of its figures are answered by a
/// claim, by an input, and not at all.
///
/// # Errors
/// The output does not take any more.
pub fn run(
    model: &Model,
    global: &Global,
    screen: &mut Screen<'_>,
    shown: &[&ClaimResult],
    figures: &[PublishedFigure],
) -> Result<(), Failure> {
    let answers = |id: &Option<PublicationId>| {
        Answers::of(figures.iter().filter(|figure| id.is_some_and(|id| figure.publication == id)))
    };
    let tallies = tallies(model, shown);
    let publication = |id: &Option<PublicationId>| id.map(|id| &model.publications[id.index()]);
    if screen.form != Form::Text {
        let records = tallies.iter().map(|(id, tally)| {
            let known = publication(id);
            record([
                ("source", json!(known.map(|known| &known.key))),
                ("publisher", json!(known.map(|known| &known.publisher))),
                ("title", json!(known.map(|known| &known.title))),
                ("date", json!(known.and_then(|known| known.date).map(|date| date.to_string()))),
                ("claims", json!(tally.all())),
                ("reproduced", json!(tally.reproduced)),
                ("off", json!(tally.off)),
                ("missing", json!(tally.missing)),
                ("figures", json!(answers(id).all())),
                ("figures_with_claims", json!(answers(id).claims)),
                ("figures_as_inputs", json!(answers(id).inputs)),
                ("figures_unanswered", json!(answers(id).none)),
            ])
        });
        return screen.records(global, "publications", records.collect());
    }
    let counts: &[&str] = if figures.is_empty() { &COUNTS[..4] } else { &COUNTS };
    let words = [("source", Align::Name), ("publication", Align::Left), ("date", Align::Name)];
    let mut table = Table::new(words.into_iter().chain(counts.iter().map(|name| (*name, Align::Right))));
    let number = |number: usize| if number == 0 { String::new() } else { count(number) };
    for (id, tally) in &tallies {
        let known = publication(id);
        let date = known.and_then(|known| known.date).map(|date| date.to_string());
        let of = answers(id);
        let row = [
            known.map_or("", |known| known.key.as_str()).into(),
            known.map_or("Claims of the model itself".to_owned(), named).into(),
            Cell::styled(date.unwrap_or_default(), Style::Quiet),
            number(tally.all()).into(),
            Cell::styled(number(tally.reproduced), Style::Good),
            Cell::styled(number(tally.off), Style::Doubtful),
            number(tally.missing).into(),
            number(of.all()).into(),
            number(of.inputs).into(),
            number(of.none).into(),
        ];
        table.row(row.into_iter().take(3 + counts.len()));
    }
    screen.table(&table)
}
