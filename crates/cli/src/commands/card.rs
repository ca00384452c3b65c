//! `company` and `layer`: a card of one of them, with the last known figures and those a year on.

mod entries;

use crate::arguments::Global;
use crate::cards::{self, Cards, Line};
use crate::cells::{evaluate, side_word};
use crate::drawing::spoken;
use crate::failure::Failure;
use crate::numbers::{count, counted, unit_text};
use crate::screen::{Form, Record, Screen, record};
use crate::style::{Paint, Style};
use crate::table::{Align, Cell, Table};
use serde_json::{Value, json};
use tokenomics_engine::{Evaluation, Side};
use tokenomics_language::calendar::Quarter;
use tokenomics_language::{Faults, Model};

use super::compare::texts;
use super::grid::{FILLED, FILLED_MEANS};
use super::plot::quarter_name;
use super::sources::named;
pub(super) use entries::{Entry, Moment, of};

/// What stands behind a figure that is computed.
const COMPUTED: char = '*';

/// Which card, and how.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'a> {
    /// The kind of card.
    pub card: &'a str,
    /// The name; without one the names are listed.
    pub name: &'a str,
    /// The quarter of the forecast; four after the last known where none is named.
    pub at: Option<Quarter>,
    /// How many draws the bands are from; none without bands.
    pub draws: usize,
    /// The start of the random numbers.
    pub seed: u64,
}

/// Prints a card, or the names of all.
///
/// # Errors
/// A model without such cards, an unknown name, a quarter that the model does not have.
pub fn run(model: &Model, global: &Global, screen: &mut Screen<'_>, plan: &Plan<'_>) -> Result<(), Failure> {
    let cards = read(model, global)?.unwrap_or_default();
    let none = cards.of(plan.card).next().is_none();
    if none && plan.name.is_empty() && screen.form == Form::Text {
        return screen.line(format!("This model has no card of a {}.", plan.card));
    }
    if none && !plan.name.is_empty() {
        return Err(Failure::call(format!("this model has no card of a {}", plan.card))
            .help(format!("`{}` says what a card shows; see docs/command_line.md", cards::PATH)));
    }
    if plan.name.is_empty() {
        return list(model, global, screen, &cards, plan.card);
    }
    let name = cards.meant(model, plan.card, plan.name)?;
    let evaluation = evaluate(model, cards.of(plan.card).flat_map(Line::variables));
    let entries = of(&evaluation, &cards, name, plan)?;
    let also = cards.also(plan.card, name);
    let roles = cards.roles(model, plan.card, &also);
    if screen.form != Form::Text {
        let more = record([
            ("card", json!(plan.card)),
            ("name", json!(name)),
            ("also", json!(also[1..])),
            ("member_of", json!(roles)),
            ("draws", json!(plan.draws)),
            ("seed", json!(plan.seed)),
        ]);
        let records = entries.iter().map(|entry| describe(model, entry)).collect();
        return screen.document(global, "figures", records, more);
    }
    screen.line(screen.paint.paint(Style::Strong, &spoken(name)))?;
    screen.line(screen.paint.paint(Style::Quiet, &format!("as {}", roles.join(", "))))?;
    screen.line("")?;
    print(&evaluation, screen, &entries)
}

/// The model's cards.
///
/// # Errors
/// Lines of them that the model cannot meet.
pub(super) fn read(model: &Model, global: &Global) -> Result<Option<Cards>, Failure> {
    cards::read(model).map_err(|diagnostics| {
        let faults = Faults { sources: model.sources.clone(), diagnostics };
        Failure::Model(crate::load::report(&faults, Paint::for_errors(global.no_color)))
    })
}

fn list(model: &Model, global: &Global, screen: &mut Screen<'_>, cards: &Cards, card: &str) -> Result<(), Failure> {
    let names = cards.names(model, card);
    let each = names.iter().map(|name| {
        let also = cards.also(card, name);
        let roles = cards.roles(model, card, &also);
        (*name, also, roles)
    });
    if screen.form != Form::Text {
        let records = each.map(|(name, also, roles)| {
            record([("name", json!(name)), ("also", json!(also[1..])), ("member_of", json!(roles))])
        });
        return screen.records(global, "names", records.collect());
    }
    let mut table = Table::new([(card, Align::Name), ("also", Align::Left), ("as", Align::Left)]);
    for (name, also, roles) in each {
        table.row([name.into(), also[1..].join(", ").into(), Cell::styled(roles.join(", "), Style::Quiet)]);
    }
    screen.table(&table)?;
    let hint = format!("\ntokenomics {card} {}", names.first().unwrap_or(&"NAME"));
    screen.line(screen.paint.paint(Style::Quiet, &hint))
}

/// The mark of a figure that nobody published.
fn mark(side: Side) -> Option<char> {
    match side {
        Side::Filled => Some(FILLED),
        Side::Modelled => Some(COMPUTED),
        Side::Given | Side::Missing => None,
    }
}

fn print(evaluation: &Evaluation<'_>, screen: &mut Screen<'_>, entries: &[Entry<'_>]) -> Result<(), Failure> {
    let model = evaluation.model();
    if entries.is_empty() {
        return screen.line("Nothing of it is known.");
    }
    let banded = entries.iter().any(|entry| entry.band.is_some());
    let mut table = Table::new([
        ("", Align::Name),
        ("", Align::Name),
        ("latest", Align::Right),
        ("", Align::Name),
        ("forecast", Align::Right),
        ("", Align::Name),
        (if banded { "four in five" } else { "" }, Align::Right),
        ("sources", Align::Left),
    ]);
    let mut section = "";
    for entry in entries {
        if entry.line.section != section {
            section = &entry.line.section;
            table.heading(section);
        }
        let band = entry.band.map_or([None, None], |[low, high]| [Some(low), Some(high)]);
        let shown = texts(&[entry.known.value, entry.ahead.value, band[0], band[1]]);
        let figure = |moment: &Moment, text: &str| match moment.value {
            Some(_) => Cell::from(text).marked(mark(moment.side)),
            None => Cell::from(""),
        };
        let when = |moment: &Moment| {
            let quarter = moment.value.and(moment.quarter).map(|quarter| quarter_name(model, quarter));
            Cell::styled(quarter.unwrap_or_default(), Style::Quiet)
        };
        table.row([
            format!("  {}", entry.label).into(),
            Cell::styled(unit_text(&entry.line.unit), Style::Quiet),
            figure(&entry.known, &shown[0]),
            when(&entry.known),
            figure(&entry.ahead, &shown[1]),
            when(&entry.ahead),
            entry.band.map_or(String::new(), |_| format!("{} to {}", shown[2], shown[3])).into(),
            Cell::styled(origin(model, entry), Style::Quiet),
        ]);
    }
    screen.table(&table)?;
    let sides =
        || entries.iter().flat_map(|entry| [&entry.known, &entry.ahead]).filter(|moment| moment.value.is_some());
    let mut notes = Vec::new();
    if sides().any(|moment| moment.side == Side::Filled) {
        notes.push(format!("{FILLED} {FILLED_MEANS}"));
    }
    if sides().any(|moment| moment.side == Side::Modelled) {
        notes.push(format!("{COMPUTED} computed by the model"));
    }
    if !notes.is_empty() {
        screen.paragraph(&format!("{}.", notes.join("; ")), 0, Style::Quiet)?;
    }
    cited(model, screen, entries)
}

/// Where a figure comes from, in a few words.
pub(super) fn origin(model: &Model, entry: &Entry<'_>) -> String {
    let newest = entry.sources.iter().filter_map(|source| source.published).max_by_key(|date| date.last_day());
    let newest = newest.map(|date| date.to_string());
    let Some(first) = entry.sources.first() else {
        return if entry.computed { "computed" } else { "assumed" }.to_owned();
    };
    if entry.computed {
        let to = newest.map(|date| format!(" to {date}")).unwrap_or_default();
        return format!("computed from {}{to}", counted(entry.sources.len(), "source"));
    }
    let key = &model.publications[first.publication.index()].key;
    let more = match entry.sources.len() {
        1 => String::new(),
        several => format!(" and {} more", count(several - 1)),
    };
    format!("{key}{more}{}", newest.map(|date| format!(", {date}")).unwrap_or_default())
}

/// The publications that figures are taken from as they are.
fn cited(model: &Model, screen: &mut Screen<'_>, entries: &[Entry<'_>]) -> Result<(), Failure> {
    let mut table = Table::new([("", Align::Name), ("", Align::Left), ("", Align::Name)]);
    let mut known = Vec::new();
    for source in entries.iter().filter(|entry| !entry.computed).flat_map(|entry| &entry.sources) {
        if known.contains(&source.publication) {
            continue;
        }
        known.push(source.publication);
        let publication = &model.publications[source.publication.index()];
        table.row([
            format!("  {}", publication.key).into(),
            named(publication).into(),
            Cell::styled(publication.date.map(|date| date.to_string()).unwrap_or_default(), Style::Quiet),
        ]);
    }
    if table.is_empty() {
        return Ok(());
    }
    screen.line(format!("\n{}", screen.paint.paint(Style::Strong, "Sources")))?;
    screen.table(&table)
}

fn describe(model: &Model, entry: &Entry<'_>) -> Record {
    let quarter = |moment: &Moment| moment.value.and(moment.quarter).map(|quarter| quarter_name(model, quarter));
    let sources = entry.sources.iter().map(|source| {
        let key = &model.publications[source.publication.index()].key;
        json!(source.published.map_or_else(|| key.clone(), |date| format!("{key} {date}")))
    });
    let side = entry.known.value.map(|_| side_word(entry.known.side));
    record([
        ("section", json!(entry.line.section)),
        ("label", json!(entry.label)),
        ("name", json!(model.variables[entry.variable.index()].name)),
        ("cell", entry.cell(model)),
        ("unit", json!(entry.line.unit.text)),
        ("quarter", json!(quarter(&entry.known))),
        ("value", json!(entry.known.value)),
        ("side", json!(side)),
        ("forecast_quarter", json!(quarter(&entry.ahead))),
        ("forecast", json!(entry.ahead.value)),
        ("p10", json!(entry.band.map(|[low, _]| low))),
        ("p90", json!(entry.band.map(|[_, high]| high))),
        ("computed", json!(entry.computed)),
        ("sources", Value::Array(sources.collect())),
    ])
}
