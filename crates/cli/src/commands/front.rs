//! The headline, as the model describes it.

use super::claims::Tally;
use super::grid::{FILLED, FILLED_MEANS};
use super::sources::weights;
use crate::arguments::Global;
use crate::cells::{cell_index, combinations, evaluate, member_name, side_word, value_in};
use crate::failure::Failure;
use crate::headline::{self, Column, Headline, Section};
use crate::load::NATIVES;
use crate::numbers::{Digits, count, counted, unit_text};
use crate::screen::{Form, Record, Screen, cell_json, record, wrap};
use crate::style::{Paint, Style};
use crate::table::{Align, Cell, Table};
use serde_json::json;
use tokenomics_engine::{CheckOutcome, Evaluation, Side, Verification, side, verify};
use tokenomics_language::model::Definition;
use tokenomics_language::{Faults, Model};

/// The headline is no wider than this, however wide the terminal.
const WIDTH: usize = 100;

/// Prints the headline; for a model without one, what it has instead.
///
/// # Errors
/// A headline the model cannot meet, or the output does not take any more.
pub fn run(model: &Model, global: &Global, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let headline = read(model, global)?;
    screen.width = screen.width.min(WIDTH);
    let verification = verify(model, &NATIVES);
    let Some(headline) = headline else {
        print_contents(model, global, screen)?;
        return if screen.form == Form::Text { print_tally(model, screen, &verification) } else { Ok(()) };
    };
    let evaluation = evaluate(model, headline.variables());
    if screen.form != Form::Text {
        let figures = headline.sections.iter().flat_map(|section| records(&evaluation, section)).collect();
        return screen.document(global, "figures", figures, tally_record(model, &verification));
    }
    for section in &headline.sections {
        print_section(&evaluation, screen, section)?;
    }
    print_tally(model, screen, &verification)
}

/// The model's headline.
///
/// # Errors
/// Lines of it that the model cannot meet.
pub fn read(model: &Model, global: &Global) -> Result<Option<Headline>, Failure> {
    headline::read(model).map_err(|diagnostics| {
        let faults = Faults { sources: model.sources.clone(), diagnostics };
        Failure::Model(crate::load::report(&faults, Paint::for_errors(global.no_color)))
    })
}

/// The rows of a section: a member for each of its dimensions.
pub fn rows(evaluation: &Evaluation<'_>, section: &Section) -> Vec<Vec<u32>> {
    let model = evaluation.model();
    let all = |axis: &headline::Axis| (0..model.dimensions[axis.dimension.index()].members.len() as u32).collect();
    let lists: Vec<Vec<u32>> =
        section.rows.iter().map(|axis| axis.members.clone().unwrap_or_else(|| all(axis))).collect();
    let mut rows = combinations(&lists);
    if section.rows.iter().any(|axis| axis.members.is_none()) {
        rows.retain(|row| section.columns.iter().all(|column| value(evaluation, section, column, row).is_some()));
    }
    rows
}

/// The figure of a column in a row, in the column's unit.
fn value(evaluation: &Evaluation<'_>, section: &Section, column: &Column, row: &[u32]) -> Option<f64> {
    let model = evaluation.model();
    let variable = column.reference.variable;
    let index = cell_index(model, variable, &column.cell(model, &section.rows, row));
    value_in(evaluation, variable, index, &column.unit)
}

/// The figures of each column, by row.
pub fn figures(evaluation: &Evaluation<'_>, section: &Section, rows: &[Vec<u32>]) -> Vec<Vec<Option<f64>>> {
    let column = |column| rows.iter().map(|row| value(evaluation, section, column, row)).collect();
    section.columns.iter().map(column).collect()
}

fn print_section(evaluation: &Evaluation<'_>, screen: &mut Screen<'_>, section: &Section) -> Result<(), Failure> {
    let model = evaluation.model();
    for line in wrap(&section.title, screen.width) {
        screen.line(screen.paint.paint(Style::Strong, &line))?;
    }
    if !section.columns.is_empty() {
        let labels = section.rows.iter().map(|axis| (axis.label.as_str(), Align::Name));
        let heads = section.columns.iter().map(|column| (column.label.as_str(), Align::Right));
        let mut table = Table::new(labels.chain(heads));
        let unit = |column: &Column| unit_text(&column.unit).to_owned();
        table.units(section.rows.iter().map(|_| String::new()).chain(section.columns.iter().map(unit)));
        let rows = rows(evaluation, section);
        let mut filled = false;
        let figures = figures(evaluation, section, &rows);
        let digits: Vec<Digits> = figures.iter().map(|column| Digits::of(column.iter().flatten().copied())).collect();
        for (index, row) in rows.iter().enumerate() {
            let names = section.rows.iter().zip(row).map(|(axis, member)| member_name(model, axis.dimension, *member));
            let texts = section.columns.iter().zip(figures.iter().zip(&digits)).map(|(column, (figures, digits))| {
                let Some(value) = figures[index] else { return Cell::styled("·", Style::Quiet) };
                let cell = column.cell(model, &section.rows, row);
                let held = side(evaluation, column.reference.variable, &cell) == Side::Filled;
                filled |= held;
                Cell::from(digits.write(value)).marked(held.then_some(FILLED))
            });
            table.row(names.map(Cell::from).chain(texts));
        }
        if table.is_empty() {
            screen.line("  No row has all its figures.")?;
        } else {
            screen.table(&table)?;
        }
        if filled {
            screen.paragraph(&format!("{FILLED} {FILLED_MEANS}."), 0, Style::Quiet)?;
        }
    }
    for note in &section.notes {
        screen.paragraph(&note.text(evaluation), 0, Style::Quiet)?;
    }
    if !section.tries.is_empty() {
        let mut table = Table::new([("", Align::Left), ("", Align::Left)]);
        for (comment, call) in &section.tries {
            table.row([format!("  tokenomics {call}").into(), Cell::styled(comment.as_str(), Style::Quiet)]);
        }
        screen.text(&table.render(screen.paint, usize::MAX))?;
    }
    screen.line("")
}

fn records(evaluation: &Evaluation<'_>, section: &Section) -> Vec<Record> {
    let model = evaluation.model();
    let mut records = Vec::new();
    for row in rows(evaluation, section) {
        for column in &section.columns {
            let variable = &model.variables[column.reference.variable.index()];
            let cell = column.cell(model, &section.rows, &row);
            records.push(record([
                ("section", json!(section.key)),
                ("column", json!(column.label)),
                ("name", json!(variable.name)),
                ("cell", cell_json(model, &variable.dimensions, &cell)),
                ("value", json!(value(evaluation, section, column, &row))),
                ("unit", json!(column.unit.text)),
                ("side", json!(side_word(side(evaluation, column.reference.variable, &cell)))),
            ]));
        }
    }
    records
}

/// How many checks hold, and how many there are that could be told.
fn checks(verification: &Verification) -> (usize, usize) {
    let holds = verification.checks.iter().filter(|check| check.outcome == CheckOutcome::Holds).count();
    let unknown = verification.checks.iter().filter(|check| check.outcome == CheckOutcome::NotKnown).count();
    (holds, verification.checks.len() - unknown)
}

fn tally_record(model: &Model, verification: &Verification) -> Record {
    let (holds, told) = checks(verification);
    let claims = Tally::of(&verification.claims);
    let weights = weights(model);
    let figures: usize = weights.figures.iter().sum();
    let outcomes = json!({ "hold": holds, "fail": told - holds, "not_known": verification.checks.len() - told });
    record([
        ("checks", outcomes),
        ("claims", json!({ "reproduced": claims.reproduced, "off": claims.off, "missing": claims.missing })),
        ("sources", json!({ "figures": figures, "publications": weights.in_use(), "assumptions": weights.assumed })),
    ])
}

/// How many checks hold, and whether all do.
fn checks_told(verification: &Verification) -> (String, bool) {
    let (holds, told) = checks(verification);
    if holds == told {
        (format!("{} hold{}", counted(holds, "check"), if holds == 1 { "s" } else { "" }), true)
    } else {
        (format!("{} of {} fail", count(told - holds), counted(told, "check")), false)
    }
}

/// What follows how many checks hold: checks not known, claims, figures and sources.
fn rest_told(model: &Model, verification: &Verification) -> String {
    let (_, told) = checks(verification);
    let unknown = verification.checks.len() - told;
    let unknown = if unknown > 0 { format!(", {} not known yet", count(unknown)) } else { String::new() };
    let claims = Tally::of(&verification.claims).sentence();
    let weights = weights(model);
    let figures: usize = weights.figures.iter().sum();
    format!("{unknown}. {claims} {}, {}.", counted(figures, "figure"), counted(weights.in_use(), "source"))
}

/// How many checks hold, what is claimed, and on how many figures and sources it rests.
pub fn tally(model: &Model) -> String {
    let verification = verify(model, &NATIVES);
    checks_told(&verification).0 + &rest_told(model, &verification)
}

fn print_tally(model: &Model, screen: &mut Screen<'_>, verification: &Verification) -> Result<(), Failure> {
    let (words, sound) = checks_told(verification);
    let style = if sound { Style::Plain } else { Style::Bad };
    let told = format!("{words}{}", rest_told(model, verification));
    for (position, line) in wrap(&told, screen.width).iter().enumerate() {
        // The words on the checks come first, and are far shorter than a line.
        let (first, rest) = line.split_at(if position == 0 { words.len().min(line.len()) } else { 0 });
        screen.line(screen.paint.paint(style, first) + &screen.paint.paint(Style::Quiet, rest))?;
    }
    Ok(())
}

/// For a model without a headline: its sheets.
fn print_contents(model: &Model, global: &Global, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let mut sheets: Vec<(&str, usize, usize)> = Vec::new();
    for variable in &model.variables {
        let path = model.sources.file(variable.span.file).path.as_str();
        if sheets.last().is_none_or(|(last, ..)| *last != path) {
            sheets.push((path, 0, 0));
        }
        if let Some((_, inputs, computed)) = sheets.last_mut() {
            *(if matches!(variable.definition, Definition::Input(_)) { inputs } else { computed }) += 1;
        }
    }
    if screen.form != Form::Text {
        let records = sheets.iter().map(|(path, inputs, computed)| {
            record([("sheet", json!(path)), ("inputs", json!(inputs)), ("computed", json!(computed))])
        });
        return screen.records(global, "sheets", records.collect());
    }
    let mut table = Table::new([("sheet", Align::Left), ("inputs", Align::Right), ("computed", Align::Right)]);
    for (path, inputs, computed) in &sheets {
        table.row([Cell::from(*path), count(*inputs).into(), count(*computed).into()]);
    }
    screen.table(&table)?;
    let hint = format!(
        "\nThe model has no {}, which would say what to show here; `tokenomics list` shows all names.\n",
        headline::PATH
    );
    screen.line(screen.paint.paint(Style::Quiet, &hint))
}
