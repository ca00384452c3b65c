//! `claims`: published figures beside what the model says.

mod publications;

use super::claim::details;
use super::contradictions;
use super::figures::{self, Answers};
use super::sources::named;
use crate::arguments::Global;
use crate::failure::Failure;
use crate::load::NATIVES;
use crate::numbers::{count, counted, difference, figure, given, unit_text};
use crate::references::cell_text;
use crate::screen::{Form, Record, Screen, record, wrap};
use crate::style::Style;
use crate::table::{Align, Cell, Table};
use serde_json::json;
use tokenomics_engine::{ClaimOutcome, ClaimResult, Evaluation, Wants, verify_claims};
use tokenomics_language::Model;
use tokenomics_language::diagnostic::nearest;
use tokenomics_language::model::{Bounds, Claim, ExpressionId};

/// A claim that allows for no more than this says nothing of it.
const USUAL: f64 = 0.01;

/// So few claims or figures are shown in full.
pub(super) const FEW: usize = 5;

/// Which claims are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Those the model does not reproduce.
    pub off: bool,
    /// Those that lack a figure.
    pub missing: bool,
    /// How many of each publication come out in each way, instead of the claims.
    pub by_publication: bool,
}

/// Whether a word stands in the name of a claim, or in what is known of its publication.
fn answers(model: &Model, claim: &Claim, word: &str) -> bool {
    let publication = model.origins[claim.origin.index()].publication.map(|id| &model.publications[id.index()]);
    let texts = publication.map_or_else(Vec::new, |known| vec![&known.key, &known.publisher, &known.title]);
    texts.into_iter().chain([&claim.name]).any(|text| text.to_lowercase().contains(&word.to_lowercase()))
}

/// Shows claims by publication, then those that contradict each other side by side.
///
/// # Errors
/// A word no claim answers to, or the output does not take any more.
pub fn run(
    model: &Model,
    global: &Global,
    screen: &mut Screen<'_>,
    words: &[String],
    filter: Filter,
) -> Result<(), Failure> {
    for word in words {
        if !model.claims.iter().any(|claim| answers(model, claim, word)) {
            let near = nearest(word, model.claims.iter().map(|claim| claim.name.as_str()));
            return Err(Failure::call(format!("no claim answers to `{word}`")).help(
                near.map_or("`tokenomics claims` lists them".to_owned(), |near| format!("did you mean `{near}`?")),
            ));
        }
    }
    let results = verify_claims(model, &NATIVES);
    let published = published(model, &results);
    let wanted = |result: &&ClaimResult| {
        let claim = &model.claims[result.claim];
        let asked = words.is_empty() || words.iter().any(|word| answers(model, claim, word));
        let any = !filter.off && !filter.missing;
        asked
            && match result.outcome {
                ClaimOutcome::Reproduced { .. } => any,
                ClaimOutcome::Off { .. } => any || filter.off,
                ClaimOutcome::NotReproducible { .. } => any || filter.missing,
            }
    };
    let shown: Vec<&ClaimResult> = results.iter().filter(wanted).collect();
    if filter.by_publication && (screen.form != Form::Text || !shown.is_empty()) {
        let figures = figures::known(model, screen)?;
        publications::run(model, global, screen, &shown, &figures)?;
        if screen.form != Form::Text {
            return Ok(());
        }
        told(screen, Tally::of(shown))?;
        return if figures.is_empty() { Ok(()) } else { screen.line(Answers::of(&figures).sentence()) };
    }
    if screen.form != Form::Text {
        return screen.records(
            global,
            "claims",
            shown.iter().map(|result| describe(model, &published, result)).collect(),
        );
    }
    if shown.is_empty() {
        return screen.line(if model.claims.is_empty() { "This model has no claims." } else { "No claim answers." });
    }
    print_by_publication(model, screen, &published, &shown)?;
    contradictions::print(model, screen, &published, &shown)?;
    told(screen, Tally::of(&results))
}

fn told(screen: &mut Screen<'_>, tally: Tally) -> Result<(), Failure> {
    screen.line("")?;
    screen.line(tally.sentence())
}

/// Prints one claim with its publication and what it says.
///
/// # Errors
/// The output does not take any more.
pub fn print_one(model: &Model, screen: &mut Screen<'_>, claim: usize) -> Result<(), Failure> {
    let results = verify_claims(model, &NATIVES);
    print_by_publication(model, screen, &published(model, &results), &[&results[claim]])
}

/// What a program wants to know of one claim.
pub fn record_of(model: &Model, claim: usize) -> Record {
    let results = verify_claims(model, &NATIVES);
    describe(model, &published(model, &results), &results[claim])
}

/// How many claims come out in each way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The model gives the published figure.
    pub reproduced: usize,
    /// The model gives another.
    pub off: usize,
    /// A figure is missing.
    pub missing: usize,
}

impl Tally {
    /// Counts.
    pub fn of<'r>(results: impl IntoIterator<Item = &'r ClaimResult>) -> Tally {
        let mut tally = Tally::default();
        results.into_iter().for_each(|result| tally.add(result));
        tally
    }

    /// Counts one more.
    pub fn add(&mut self, result: &ClaimResult) {
        match result.outcome {
            ClaimOutcome::Reproduced { .. } => self.reproduced += 1,
            ClaimOutcome::Off { .. } => self.off += 1,
            ClaimOutcome::NotReproducible { .. } => self.missing += 1,
        }
    }

    /// How many there are.
    pub fn all(self) -> usize {
        self.reproduced + self.off + self.missing
    }

    /// The counts in words.
    pub fn sentence(self) -> String {
        format!(
            "{}: {} reproduced, {} off, {} cannot be met.",
            counted(self.all(), "claim"),
            count(self.reproduced),
            count(self.off),
            count(self.missing)
        )
    }
}

/// The columns of claims.
pub fn head() -> Table {
    Table::new([
        ("claim", Align::Name),
        ("published", Align::Right),
        ("model", Align::Right),
        ("", Align::Name),
        ("difference", Align::Right),
        ("", Align::Name),
    ])
}

fn print_by_publication(
    model: &Model,
    screen: &mut Screen<'_>,
    published: &Published,
    shown: &[&ClaimResult],
) -> Result<(), Failure> {
    let mut table = head();
    let mut groups: Vec<(Option<_>, Vec<&ClaimResult>)> = Vec::new();
    for result in shown {
        let id = model.origins[model.claims[result.claim].origin.index()].publication;
        match groups.iter_mut().find(|(key, _)| *key == id) {
            Some((_, members)) => members.push(result),
            None => groups.push((id, vec![result])),
        }
    }
    for (id, members) in groups {
        table.heading(match id.map(|id| &model.publications[id.index()]) {
            Some(publication) => {
                let date = publication.date.map(|date| format!(", {date}")).unwrap_or_default();
                format!("{}{date}", named(publication))
            }
            None => "Claims of the model itself".to_owned(),
        });
        for result in members {
            add(&mut table, model, published, result, format!("  {}", model.claims[result.claim].name));
            if shown.len() <= FEW {
                for line in details(model, &model.claims[result.claim]) {
                    for line in wrap(&line, screen.width.min(100) - 6) {
                        table.note(format!("      {line}"));
                    }
                }
            }
        }
    }
    screen.table(&table)
}

fn row(model: &Model, published: &Published, result: &ClaimResult, name: String) -> Vec<Cell> {
    let claim = &model.claims[result.claim];
    let scale = claim.unit.scale;
    let (value, gap) = match &result.outcome {
        ClaimOutcome::Reproduced { value, difference: gap, .. } | ClaimOutcome::Off { value, difference: gap, .. } => {
            // Beside a bound of zero there is no relative difference.
            let gap = if value.is_finite() && gap.is_infinite() { "outside".to_owned() } else { difference(*gap) };
            (figure(value / scale), gap)
        }
        ClaimOutcome::NotReproducible { .. } => ("·".to_owned(), String::new()),
    };
    vec![
        name.into(),
        published[result.claim].map_or("·".to_owned(), |(low, high)| between(low, high, scale)).into(),
        value.into(),
        Cell::styled(unit_text(&claim.unit), Style::Quiet),
        gap.into(),
        verdict(claim, &result.outcome),
    ]
}

fn verdict(claim: &Claim, outcome: &ClaimOutcome) -> Cell {
    match outcome {
        ClaimOutcome::Reproduced { .. } if claim.within > USUAL => {
            Cell::styled(format!("reproduced to within {} %", given(claim.within * 100.0)), Style::Good)
        }
        ClaimOutcome::Reproduced { .. } => Cell::styled("reproduced", Style::Good),
        ClaimOutcome::Off { .. } => Cell::styled("off", Style::Doubtful),
        ClaimOutcome::NotReproducible { .. } => Cell::styled("cannot be met", Style::Quiet),
    }
}

/// Adds the row of a claim, and what it lacks.
pub fn add(table: &mut Table, model: &Model, published: &Published, result: &ClaimResult, name: String) {
    table.row(row(model, published, result, name));
    if let ClaimOutcome::NotReproducible { missing } = &result.outcome {
        let first = missing.first().map(|cell| missing_text(model, cell)).unwrap_or_default();
        let more = if missing.len() > 1 { format!(" and {} more", missing.len() - 1) } else { String::new() };
        table.note(format!("      lacks {first}{more}"));
    }
}

fn missing_text(model: &Model, (variable, cell): &(tokenomics_language::model::VariableId, Vec<u32>)) -> String {
    let variable = &model.variables[variable.index()];
    cell_text(model, &variable.name, variable.dimensions.iter().copied().zip(cell.iter().copied()))
}

fn between(low: f64, high: f64, scale: f64) -> String {
    if low >= high { given(low / scale) } else { format!("{} to {}", given(low / scale), given(high / scale)) }
}

/// The published figure of each claim, in base units, where it is known.
pub type Published = [Option<(f64, f64)>];

fn published(model: &Model, results: &[ClaimResult]) -> Vec<Option<(f64, f64)>> {
    let ends = |claim: usize| match model.claims[claim].bounds {
        Bounds::Equal(figure) => (figure, figure),
        Bounds::Between(low, high) => (low, high),
    };
    let missing = |result: &&ClaimResult| matches!(result.outcome, ClaimOutcome::NotReproducible { .. });
    let expressions = results.iter().filter(missing).flat_map(|result| <[_; 2]>::from(ends(result.claim))).collect();
    let evaluation = Evaluation::of(model, &NATIVES, &Wants { variables: Vec::new(), expressions });
    let value = |id: ExpressionId| {
        let cells = evaluation.expression(id)?;
        cells.values.first().copied().filter(|_| cells.present.first() == Some(&true))
    };
    let mut published = vec![None; model.claims.len()];
    for result in results {
        published[result.claim] = match &result.outcome {
            ClaimOutcome::Reproduced { low, high, .. } | ClaimOutcome::Off { low, high, .. } => Some((*low, *high)),
            ClaimOutcome::NotReproducible { .. } => {
                let (low, high) = ends(result.claim);
                value(low).zip(value(high))
            }
        };
    }
    published
}

fn describe(model: &Model, published: &Published, result: &ClaimResult) -> Record {
    let claim = &model.claims[result.claim];
    let origin = &model.origins[claim.origin.index()];
    let scale = claim.unit.scale;
    let bounds = published[result.claim];
    let (verdict, value, gap, missing) = match &result.outcome {
        ClaimOutcome::Reproduced { value, difference, .. } => ("reproduced", Some(value), Some(difference), &[][..]),
        ClaimOutcome::Off { value, difference, .. } => ("off", Some(value), Some(difference), &[][..]),
        ClaimOutcome::NotReproducible { missing } => ("missing", None, None, missing.as_slice()),
    };
    record([
        ("name", json!(claim.name)),
        ("doc", json!(claim.doc)),
        ("low", json!(bounds.map(|bounds| bounds.0 / scale))),
        ("high", json!(bounds.map(|bounds| bounds.1 / scale))),
        ("model", json!(value.map(|value| value / scale))),
        ("unit", json!(claim.unit.text)),
        ("difference", json!(gap)),
        ("within", json!(claim.within)),
        ("verdict", json!(verdict)),
        ("missing", json!(missing.iter().map(|cell| missing_text(model, cell)).collect::<Vec<_>>())),
        ("source", json!(origin.publication.map(|id| model.publications[id.index()].key.as_str()))),
        ("where", json!(origin.text)),
        ("published", json!(origin.published.map(|date| date.to_string()))),
    ])
}
