//! `sources`: the publications the model rests on.

use super::list::speaks_of;
use crate::arguments::Global;
use crate::failure::Failure;
use crate::numbers::{count, counted};
use crate::screen::{Form, Screen, record};
use crate::style::Style;
use crate::table::{Align, Cell, Table};
use serde_json::json;
use std::collections::HashSet;
use tokenomics_language::Model;
use tokenomics_language::model::{Definition, Figure, Publication, PublicationId};

/// Lists every publication with how many figures and claims rest on it, and the attributions that
/// licences ask for.
///
/// # Errors
/// The output does not take any more.
pub fn run(model: &Model, global: &Global, screen: &mut Screen<'_>, words: &[String]) -> Result<(), Failure> {
    let weights = weights(model);
    let asked = |index: &usize| {
        let publication = &model.publications[*index];
        speaks_of(&[&publication.key, &publication.publisher, &publication.title], words)
    };
    let mut order: Vec<usize> = (0..model.publications.len()).filter(asked).collect();
    if order.is_empty() && !words.is_empty() {
        return Err(Failure::call(format!("no source speaks of `{}`", words.join(" ")))
            .help("`tokenomics sources` lists them all"));
    }
    order.sort_by_key(|index| (std::cmp::Reverse(weights.figures[*index] + weights.claims[*index]), *index));
    if screen.form != Form::Text {
        let records = order.iter().map(|index| {
            let publication = &model.publications[*index];
            record([
                ("key", json!(publication.key)),
                ("publisher", json!(publication.publisher)),
                ("title", json!(publication.title)),
                ("date", json!(publication.date.map(|date| date.to_string()))),
                ("url", json!(publication.url)),
                ("licence", json!(publication.licence)),
                ("figures", json!(weights.figures[*index])),
                ("claims", json!(weights.claims[*index])),
                ("attribution", json!(asks_attribution(publication).then(|| attribution(publication)))),
            ])
        });
        return screen.records(global, "sources", records.collect());
    }
    let mut table = Table::new([
        ("source", Align::Name),
        ("publication", Align::Left),
        ("date", Align::Name),
        ("figures", Align::Right),
        ("claims", Align::Right),
        ("licence", Align::Name),
    ]);
    for index in &order {
        let publication = &model.publications[*index];
        let number = |number: usize| if number == 0 { String::new() } else { count(number) };
        table.row([
            publication.key.as_str().into(),
            named(publication).into(),
            publication.date.map(|date| date.to_string()).unwrap_or_default().into(),
            number(weights.figures[*index]).into(),
            number(weights.claims[*index]).into(),
            Cell::styled(publication.licence.as_str(), Style::Quiet),
        ]);
    }
    screen.table(&table)?;
    let rest: usize = weights.figures.iter().sum();
    let assumed = weights.assumed;
    screen.line(format!(
        "\n{} from {} in all; {} more are assumptions of the model.",
        counted(rest, "published figure"),
        counted(weights.in_use(), "source"),
        count(assumed)
    ))?;
    let owed: Vec<&Publication> =
        order.iter().map(|index| &model.publications[*index]).filter(|each| asks_attribution(each)).collect();
    if !owed.is_empty() {
        screen.line(format!("\n{}", screen.paint.paint(Style::Strong, "Attribution")))?;
    }
    for publication in owed {
        screen.paragraph(&attribution(publication), 2, Style::Plain)?;
    }
    Ok(())
}

/// How much rests on each publication.
pub struct Weights {
    /// Figures of inputs, by publication.
    pub figures: Vec<usize>,
    /// Claims, by publication.
    pub claims: Vec<usize>,
    /// Figures of inputs that are assumptions of the model.
    pub assumed: usize,
}

impl Weights {
    /// How many publications inputs rest on.
    pub fn in_use(&self) -> usize {
        self.figures.iter().filter(|number| **number > 0).count()
    }
}

/// Counts the figures that are stated somewhere; what was filled in between them, or held over the
/// quarters of a year, counts once.
pub fn weights(model: &Model) -> Weights {
    let mut weights =
        Weights { figures: vec![0; model.publications.len()], claims: vec![0; model.publications.len()], assumed: 0 };
    for variable in &model.variables {
        let Definition::Input(input) = &variable.definition else { continue };
        let (published, assumed) = stated(model, input.cells.iter().flatten());
        for id in published {
            weights.figures[id.index()] += 1;
        }
        weights.assumed += assumed;
    }
    for claim in &model.claims {
        if let Some(id) = model.origins[claim.origin.index()].publication {
            weights.claims[id.index()] += 1;
        }
    }
    weights
}

/// The publication of each figure that was stated and not filled in, and how many were assumed. A
/// figure that is stated once and holds in many cells counts once.
pub fn stated<'f>(model: &Model, figures: impl Iterator<Item = &'f Figure>) -> (Vec<PublicationId>, usize) {
    let stated = figures.filter(|figure| !figure.filled).map(|figure| (figure.origin, figure.value.to_bits()));
    let stated: HashSet<_> = stated.collect();
    let publications = stated.iter().filter_map(|(origin, _)| model.origins[origin.index()].publication);
    let publications: Vec<PublicationId> = publications.collect();
    let assumed = stated.len() - publications.len();
    (publications, assumed)
}

/// Whether a licence asks that its author be named; a bare fact is nobody's work.
fn asks_attribution(publication: &Publication) -> bool {
    !matches!(publication.licence.trim().to_lowercase().as_str(), "" | "facts" | "public domain" | "cc0" | "cc0 1.0")
}

fn attribution(publication: &Publication) -> String {
    let date = publication.date.map(|date| format!(", {date}")).unwrap_or_default();
    let url = if publication.url.is_empty() { String::new() } else { format!(", {}", publication.url) };
    format!("{}{date}{url}, licensed {}", named(publication), publication.licence)
}

/// Publisher and title, such as `Publisher, “Title”`.
pub fn named(publication: &Publication) -> String {
    if publication.publisher.is_empty() {
        format!("“{}”", publication.title)
    } else {
        format!("{}, “{}”", publication.publisher, publication.title)
    }
}
