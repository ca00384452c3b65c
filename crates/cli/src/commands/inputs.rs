//! `inputs`: every input with its values, spread and sources.

use super::list::{mentions, signature};
use super::sources::stated;
use crate::arguments::Global;
use crate::cells::{members_of, side_word};
use crate::failure::Failure;
use crate::numbers::{count, counted, given, unit_text};
use crate::screen::{Form, Record, Screen, cell_json, record};
use crate::style::Style;
use serde_json::json;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use tokenomics_engine::Side;
use tokenomics_language::Model;
use tokenomics_language::model::{Definition, Figure, Input, Variable, VariableId};

/// The most sources named of one input.
const MOST_SOURCES: usize = 3;

/// Lists inputs by words in their name or description, and by how their figures are known.
///
/// # Errors
/// No input answers, or the output does not take any more.
pub fn run(
    model: &Model,
    global: &Global,
    screen: &mut Screen<'_>,
    words: &[String],
    kind: Option<&str>,
) -> Result<(), Failure> {
    let mut found: Vec<(VariableId, &Variable, &Input)> = Vec::new();
    for (index, variable) in model.variables.iter().enumerate() {
        if let Definition::Input(input) = &variable.definition
            && mentions(variable, words)
            && (kind.is_none() || figures(model, input, kind).next().is_some())
        {
            found.push((VariableId(index as u32), variable, input));
        }
    }
    if screen.form != Form::Text {
        let records = found.iter().flat_map(|(id, variable, input)| records(model, *id, variable, input, kind));
        return screen.records(global, "figures", records.collect());
    }
    if found.is_empty() {
        return Err(Failure::call(format!("no input speaks of `{}`", words.join(" ")))
            .help("`tokenomics inputs` lists them all"));
    }
    let mut sheet = None;
    for (_, variable, input) in &found {
        if sheet != Some(variable.span.file) {
            sheet = Some(variable.span.file);
            let path = model.sources.file(variable.span.file).path.as_str();
            screen.line(screen.paint.paint(Style::Quiet, path))?;
        }
        print(model, screen, variable, input, kind)?;
    }
    let all = || found.iter().map(|(_, _, input)| figures(model, input, kind));
    let cells: usize = all().map(Iterator::count).sum();
    let (published, assumed) = all()
        .map(|figures| stated(model, figures))
        .fold((0, 0), |sum, (published, assumed)| (sum.0 + published.len(), sum.1 + assumed));
    let uncertain = found.iter().filter(|(_, _, input)| input.is_uncertain()).count();
    screen.line(format!(
        "\n{}, {} of them with a spread (5th to 95th percentile): {}, {}; {} with those held or filled in.",
        counted(found.len(), "input"),
        count(uncertain),
        counted(published, "published figure"),
        counted(assumed, "assumption"),
        counted(cells, "cell")
    ))
}

/// The figures of an input that are known in a way, or in any.
fn figures<'m>(model: &'m Model, input: &'m Input, kind: Option<&'m str>) -> impl Iterator<Item = &'m Figure> {
    let known =
        move |figure: &&Figure| kind.is_none_or(|kind| model.origins[figure.origin.index()].kind.word() == kind);
    input.cells.iter().flatten().filter(known)
}

/// Prints an input on two lines: what it is, and how that is known.
fn print(
    model: &Model,
    screen: &mut Screen<'_>,
    variable: &Variable,
    input: &Input,
    kind: Option<&str>,
) -> Result<(), Failure> {
    let figures: Vec<&Figure> = figures(model, input, kind).collect();
    let scale = variable.unit.scale;
    let paint = screen.paint;
    let name = paint.paint(Style::Strong, &signature(model, variable));
    let unit = unit_text(&variable.unit);
    let spread = spread(&figures, scale).map(|spread| format!(" ~ {spread}")).unwrap_or_default();
    let tail = paint.paint(Style::Quiet, format!("{unit}{spread}").trim());
    screen
        .line(format!("  {name} = {} {tail}", range(figures.iter().map(|figure| figure.value / scale))).trim_end())?;
    let origins = || figures.iter().map(|figure| &model.origins[figure.origin.index()]);
    let mut known: Vec<String> = Vec::new();
    for origin in origins() {
        let text = match origin.publication {
            Some(id) => format!("{}: {}", origin.kind.word(), model.publications[id.index()].key),
            None => format!("assumed: {}", origin.text),
        };
        if !known.contains(&text) {
            known.push(text);
        }
    }
    let more = known.len().saturating_sub(MOST_SOURCES);
    let mut text = known[..known.len() - more].join(" · ");
    if more > 0 {
        let _ = write!(text, " · and {more} more");
    }
    let dates: BTreeSet<_> = origins().filter_map(|origin| origin.published).collect();
    match (dates.first(), dates.last()) {
        (Some(first), Some(last)) if first != last => _ = write!(text, " · published {first} to {last}"),
        (Some(date), _) => _ = write!(text, " · published {date}"),
        _ => {}
    }
    screen.paragraph(&text, 6, Style::Quiet)
}

fn range(values: impl Iterator<Item = f64> + Clone) -> String {
    let least = values.clone().fold(f64::INFINITY, f64::min);
    let most = values.fold(f64::NEG_INFINITY, f64::max);
    if least > most {
        "none".to_owned()
    } else if given(least) == given(most) {
        given(least)
    } else {
        format!("{} to {}", given(least), given(most))
    }
}

/// The spread of one figure, or that of many as shares of their medians.
pub fn spread(figures: &[&Figure], scale: f64) -> Option<String> {
    if let [Figure { spread: Some((low, high)), .. }] = figures {
        return Some(format!("{} to {}", given(low / scale), given(high / scale)));
    }
    let spreads = figures.iter().filter_map(|figure| Some((figure.value, figure.spread?)));
    let shares: Vec<(f64, f64)> = spreads.map(|(value, (low, high))| (low / value - 1.0, high / value - 1.0)).collect();
    let (low, high) = shares.first().copied()?;
    let alike = |share: &(f64, f64)| (share.0 - low).abs() < 5e-3 && (share.1 - high).abs() < 5e-3;
    Some(if shares.iter().all(alike) {
        format!("{:+.0} % to {:+.0} %", low * 100.0, high * 100.0)
    } else {
        "a spread of each figure's own".to_owned()
    })
}

fn records(model: &Model, id: VariableId, variable: &Variable, input: &Input, kind: Option<&str>) -> Vec<Record> {
    let shape = model.shape(id);
    let mut records = Vec::new();
    for (index, figure) in input.cells.iter().enumerate() {
        let Some(figure) = figure else { continue };
        if kind.is_some_and(|kind| model.origins[figure.origin.index()].kind.word() != kind) {
            continue;
        }
        let cell = cell_json(model, &variable.dimensions, &members_of(&shape, index));
        let mut entry = record([("name", json!(variable.name)), ("cell", cell)]);
        entry.extend(figure_record(model, variable, figure));
        records.push(entry);
    }
    records
}

/// What a program wants to know of a figure, in the unit its variable is declared in.
pub fn figure_record(model: &Model, variable: &Variable, figure: &Figure) -> Record {
    let scale = variable.unit.scale;
    let mut entry = record([
        ("value", json!(figure.value / scale)),
        ("unit", json!(variable.unit.text)),
        ("p5", json!(figure.spread.map(|spread| spread.0 / scale))),
        ("p95", json!(figure.spread.map(|spread| spread.1 / scale))),
        ("side", json!(side_word(if figure.filled { Side::Filled } else { Side::Given }))),
    ]);
    entry.extend(origin_record(model, Some(figure)));
    entry
}

/// Where a figure comes from; all `null` where there is none.
pub fn origin_record(model: &Model, figure: Option<&Figure>) -> Record {
    let origin = figure.map(|figure| &model.origins[figure.origin.index()]);
    let publication = origin.and_then(|origin| origin.publication).map(|id| &model.publications[id.index()].key);
    record([
        ("source", json!(publication)),
        ("published", json!(origin.and_then(|origin| origin.published).map(|date| date.to_string()))),
        ("kind", json!(origin.map(|origin| origin.kind.word()))),
        ("note", json!(origin.map(|origin| origin.text.as_str()))),
    ])
}
