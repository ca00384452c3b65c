//! `figures`: what publications say, and what of the model answers.

use super::claims::FEW;
use super::list::speaks_of;
use super::sources::named;
use crate::arguments::Global;
use crate::failure::Failure;
use crate::load::NATIVES;
use crate::numbers::{count, counted};
use crate::published_figures::{self, Answer, PATH, PublishedFigure};
use crate::screen::{Form, Screen, record, wrap};
use crate::style::Style;
use crate::table::{Align, Cell, Table};
use serde_json::json;
use tokenomics_engine::{ClaimOutcome, ClaimResult, verify_claims};
use tokenomics_language::Model;
use tokenomics_language::model::PublicationId;

/// How many figures of a publication are answered in each way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// Held against the model by a claim.
    pub claims: usize,
    /// Given to the model, or computed with.
    pub inputs: usize,
    /// Beyond what a model can answer.
    pub none: usize,
}

impl Answers {
    /// Counts.
    pub fn of<'f>(figures: impl IntoIterator<Item = &'f PublishedFigure>) -> Answers {
        let mut answers = Answers::default();
        for figure in figures {
            match figure.answer {
                Answer::Claims(_) => answers.claims += 1,
                Answer::Variables(_) => answers.inputs += 1,
                Answer::None => answers.none += 1,
            }
        }
        answers
    }

    /// How many there are.
    pub fn all(self) -> usize {
        self.claims + self.inputs + self.none
    }

    /// The counts in words.
    pub fn sentence(self) -> String {
        format!(
            "{}: {} held against the model by a claim, {} among its inputs, {} that no model answers.",
            counted(self.all(), "published figure"),
            count(self.claims),
            count(self.inputs),
            count(self.none)
        )
    }
}

/// The figures that a model answers to, none where it lists none.
///
/// # Errors
/// A line of the table is at fault.
pub fn known(model: &Model, screen: &Screen<'_>) -> Result<Vec<PublishedFigure>, Failure> {
    published_figures::read(model).map(Option::unwrap_or_default).map_err(|faults| {
        Failure::Model(faults.iter().map(|fault| fault.render(&model.sources, screen.paint.on) + "\n").collect())
    })
}

/// Lists figures of publications with what answers each.
///
/// # Errors
/// The table is at fault, no figure answers to the words, or the output does not take any more.
pub fn run(
    model: &Model,
    global: &Global,
    screen: &mut Screen<'_>,
    words: &[String],
    unanswered: bool,
) -> Result<(), Failure> {
    let all = known(model, screen)?;
    let publication = |id: PublicationId| &model.publications[id.index()];
    let asked = |figure: &&PublishedFigure| {
        let from = publication(figure.publication);
        (!unanswered || figure.answer == Answer::None)
            && speaks_of(&[&figure.name, &figure.statement, &from.key, &from.publisher, &from.title], words)
    };
    let shown: Vec<&PublishedFigure> = all.iter().filter(asked).collect();
    if shown.is_empty() && !words.is_empty() {
        return Err(Failure::call(format!("no published figure speaks of `{}`", words.join(" ")))
            .help("`tokenomics figures` lists them all"));
    }
    let results = verify_claims(model, &NATIVES);
    if screen.form != Form::Text {
        let records = shown.iter().map(|figure| {
            record([
                ("figure", json!(figure.name)),
                ("source", json!(publication(figure.publication).key)),
                ("place", json!(figure.place)),
                ("statement", json!(figure.statement)),
                ("value", json!(figure.value)),
                ("unit", json!(figure.unit)),
                ("answer", json!(figure.answer.word())),
                ("by", json!(by(model, figure))),
                ("outcome", json!(outcomes(&results, figure))),
                ("why", json!(figure.why)),
            ])
        });
        return screen.records(global, "figures", records.collect());
    }
    if all.is_empty() {
        return screen.line(format!("This model lists no published figures; they would stand in `{PATH}`."));
    }
    let mut table = Table::new([
        ("figure", Align::Left),
        ("published", Align::Right),
        ("", Align::Name),
        ("answer", Align::Name),
        ("", Align::Left),
    ]);
    for (at, figure) in shown.iter().enumerate() {
        if at == 0 || shown[at - 1].publication != figure.publication {
            table.heading(named(publication(figure.publication)));
        }
        let (word, style) = verdict(&results, figure);
        table.row([
            format!("  {}", figure.statement.trim_end_matches('.')).into(),
            figure.value.as_str().into(),
            Cell::styled(figure.unit.as_str(), Style::Quiet),
            Cell::styled(word, style),
            if by(model, figure).is_empty() { figure.why.clone() } else { by(model, figure).join(", ") }.into(),
        ]);
        if shown.len() <= FEW {
            for text in [&figure.statement, &figure.why].into_iter().filter(|text| !text.is_empty()) {
                for line in wrap(text, screen.width.min(100) - 6) {
                    table.note(format!("      {line}"));
                }
            }
        }
    }
    screen.table(&table)?;
    screen.line(format!("\n{}", Answers::of(shown).sentence()))
}

/// How a figure is answered: by its claims, of several by the one that is farthest off.
fn verdict(results: &[ClaimResult], figure: &PublishedFigure) -> (&'static str, Style) {
    match &figure.answer {
        Answer::Variables(_) => ("input", Style::Plain),
        Answer::None => ("no model", Style::Quiet),
        Answer::Claims(claims) => claims
            .iter()
            .map(|claim| outcome_word(&results[*claim].outcome))
            .max_by_key(|(_, rank)| *rank)
            .map_or(("", Style::Plain), |((word, style), _)| (word, style)),
    }
}

/// The word for an outcome, its style, and how far it is from good.
fn outcome_word(outcome: &ClaimOutcome) -> ((&'static str, Style), u8) {
    match outcome {
        ClaimOutcome::Reproduced { .. } => (("reproduced", Style::Good), 0),
        ClaimOutcome::NotReproducible { .. } => (("cannot be met", Style::Quiet), 1),
        ClaimOutcome::Off { .. } => (("off", Style::Doubtful), 2),
    }
}

fn by(model: &Model, figure: &PublishedFigure) -> Vec<String> {
    match &figure.answer {
        Answer::Claims(claims) => claims.iter().map(|claim| model.claims[*claim].name.clone()).collect(),
        Answer::Variables(names) => names.clone(),
        Answer::None => Vec::new(),
    }
}

fn outcomes(results: &[ClaimResult], figure: &PublishedFigure) -> Vec<&'static str> {
    match &figure.answer {
        Answer::Claims(claims) => claims.iter().map(|claim| outcome_word(&results[*claim].outcome).0.0).collect(),
        _ => Vec::new(),
    }
}
