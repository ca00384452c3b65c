//! `check`: whether a model is sound.

use super::claims::Tally;
use super::compare;
use crate::arguments::Global;
use crate::backtest;
use crate::cards;
use crate::cells::members_of;
use crate::failure::Failure;
use crate::headline;
use crate::load::{self, Fault, NATIVES, fingerprint};
use crate::numbers::{count, counted, given, unit_text};
use crate::progress::Progress;
use crate::published_figures;
use crate::references::cell_text;
use crate::report;
use crate::screen::{Form, Screen, record};
use crate::style::Style;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::thread;
use std::time::Duration;
use tokenomics_engine::{
    CheckOutcome, CheckResult, DrawnFailure, Evaluation, FailedCell, Verification, Wants, verify, verify_checks,
    verify_draws,
};
use tokenomics_language::model::{Check, DimensionId, Scenario, VariableId};
use tokenomics_language::{Diagnostic, Model, Sources, Span};

/// How often files are looked at.
const PACE: Duration = Duration::from_millis(300);

/// How to check.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many draws invariants are held against beside the medians.
    pub draws: usize,
    /// The start of the random numbers.
    pub seed: u64,
    /// Whether to check again at every change of the files.
    pub watch: bool,
}

/// Checks the model, once or at every change of its files.
///
/// # Errors
/// The model or a check is at fault, or the output does not take any more.
pub fn run(global: &Global, screen: &mut Screen<'_>, plan: Plan) -> Result<(), Failure> {
    match (&global.model, plan.watch) {
        (_, false) => check(global, screen, plan),
        (Some(folder), true) => check_again_and_again(global, screen, folder, plan),
        (None, true) => Err(Failure::call("the built-in model does not change")
            .help("tokenomics init DIR, then tokenomics check --model DIR --watch")),
    }
}

fn check_again_and_again(global: &Global, screen: &mut Screen<'_>, folder: &Path, plan: Plan) -> Result<(), Failure> {
    loop {
        let seen = fingerprint(folder)?;
        if screen.paint.on {
            screen.text("\u{1b}[2J\u{1b}[H")?;
        }
        match check(global, screen, plan) {
            Ok(()) | Err(Failure::Told) => {}
            // A file that is being written may be unreadable for a moment.
            Err(Failure::Model(text)) => screen.text(&text)?,
            Err(other) => return Err(other),
        }
        if screen.form == Form::Text {
            let note = format!("Watching {}; Ctrl-C ends.", folder.display());
            screen.line(screen.paint.paint(Style::Quiet, &note))?;
        }
        screen.out.flush()?;
        while fingerprint(folder)? == seen {
            thread::sleep(PACE);
        }
    }
}

fn check(global: &Global, screen: &mut Screen<'_>, plan: Plan) -> Result<(), Failure> {
    let model = match load::read(global, load::sources(global)?, global.scenario.as_deref()) {
        Ok(model) => model,
        Err(Fault::Scenario(failure)) => return Err(failure),
        Err(Fault::Model(faults)) => {
            if screen.form == Form::Text {
                screen.text(&(load::report(&faults, screen.paint) + &load::misplaced(global, &faults.sources)))?;
            } else {
                let errors = faults.diagnostics.iter().map(|fault| describe(&faults.sources, fault)).collect();
                screen.document(global, "errors", errors, record([("checks", json!([]))]))?;
            }
            return Err(Failure::Told);
        }
    };
    let verification = verify(&model, &NATIVES);
    let mut faults: Vec<Diagnostic> = verification.checks.iter().filter_map(|result| failed(&model, result)).collect();
    let no_numbers = not_finite(&model);
    let known = Known { verification: &verification, no_numbers: no_numbers.iter().map(|fault| fault.span).collect() };
    faults.extend(no_numbers);
    let mut checks: Vec<Value> = verification.checks.iter().map(|result| check_record(&model, None, result)).collect();
    for scenario in model.scenarios.iter().filter(|_| global.scenario.is_none()) {
        faults.extend(under(global, &model, scenario, &known, &mut checks)?);
    }
    let drawn = drawn(&model, plan);
    checks.extend(drawn.iter().map(|failure| {
        let name = &model.checks[failure.check].name;
        json!({ "name": name, "scenario": null, "outcome": "fails in draws", "draws": failure.draws })
    }));
    faults.extend(drawn.iter().map(|failure| failed_in_draws(&model, failure, plan.draws)));
    faults.extend(headline::read(&model).err().into_iter().flatten());
    faults.extend(report::read(&model).err().into_iter().flatten());
    faults.extend(cards::read(&model).err().into_iter().flatten());
    faults.extend(compare::read(&model).err().into_iter().flatten());
    faults.extend(published_figures::read(&model).err().into_iter().flatten());
    faults.extend(backtest::read(&model).err().into_iter().flatten());
    if screen.form == Form::Text {
        for fault in &faults {
            screen.text(&fault.render(&model.sources, screen.paint.on))?;
            screen.line("\n")?;
        }
        let told = Told { scenarios: global.scenario.is_none(), draws: plan.draws };
        summary(screen, &model, &verification.checks, faults.len(), told)?;
        screen.line(Tally::of(&verification.claims).sentence())?;
    } else {
        let errors = faults.iter().map(|fault| describe(&model.sources, fault)).collect();
        screen.document(global, "errors", errors, record([("checks", json!(checks))]))?;
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::Told) }
}

/// What is known of the model without a scenario, and has been told.
struct Known<'a> {
    verification: &'a Verification,
    /// The variables with cells that are no number.
    no_numbers: HashSet<Span>,
}

/// What fails under a scenario and holds without; its checks that fail go to `checks`.
fn under(
    global: &Global,
    base: &Model,
    scenario: &Scenario,
    known: &Known<'_>,
    checks: &mut Vec<Value>,
) -> Result<Vec<Diagnostic>, Failure> {
    let name = scenario.name.as_str();
    let model = match load::read(global, base.sources.clone(), Some(name)) {
        Ok(model) => model,
        Err(Fault::Scenario(failure)) => return Err(failure),
        Err(Fault::Model(faults)) => return Ok(faults.diagnostics),
    };
    let results = verify_checks(&model, &NATIVES);
    let news = results.iter().filter(|result| {
        let before = known.verification.checks.get(result.check).map(|before| outcome_word(&before.outcome));
        outcome_word(&result.outcome) == "fails" && before != Some("fails")
    });
    let news: Vec<&CheckResult> = news.collect();
    checks.extend(news.iter().map(|result| check_record(&model, Some(name), result)));
    let failed = news.into_iter().filter_map(|result| failed(&model, result));
    let faults = failed.chain(not_finite(&model).into_iter().filter(|fault| !known.no_numbers.contains(&fault.span)));
    let place = first_line(&model.sources, scenario.span);
    let told = faults.map(|fault| {
        let what = format!("under the scenario `{name}` {}", fault.what);
        Diagnostic { what, ..fault }.other(place, "with what this changes")
    });
    Ok(told.collect())
}

fn check_record(model: &Model, scenario: Option<&str>, result: &CheckResult) -> Value {
    let check = &model.checks[result.check];
    json!({ "name": check.name, "scenario": scenario, "outcome": outcome_word(&result.outcome) })
}

/// Checks that are drawn together: more would need more memory, fewer compute the same more often.
const TOGETHER: usize = 24;

/// The checks that fail in some of the draws.
fn drawn(model: &Model, plan: Plan) -> Vec<DrawnFailure> {
    if plan.draws == 0 {
        return Vec::new();
    }
    let all: Vec<usize> = (0..model.checks.len()).collect();
    let mut progress = Progress::new(all.len(), "checks");
    let mut failures = Vec::new();
    for (done, checks) in all.chunks(TOGETHER).enumerate() {
        progress.update(done * TOGETHER);
        failures.extend(verify_draws(model, &NATIVES, checks, plan.draws, plan.seed));
    }
    failures
}

fn failed_in_draws(model: &Model, failure: &DrawnFailure, draws: usize) -> Diagnostic {
    let check = &model.checks[failure.check];
    let what = format!("the check `{}` fails in {} of {}", check.name, count(failure.draws), counted(draws, "draw"));
    let help = format!("in draw {} {}", count(failure.first + 1), failed_cell(model, check, &failure.cell));
    Diagnostic::new(first_line(&model.sources, check.span), what).label(check.doc.clone()).help(help)
}

/// What beside the medians was looked at.
#[derive(Clone, Copy)]
struct Told {
    scenarios: bool,
    draws: usize,
}

/// How the checks came out.
fn summary(
    screen: &mut Screen<'_>,
    model: &Model,
    results: &[CheckResult],
    faults: usize,
    told: Told,
) -> Result<(), Failure> {
    let of = |wanted: &str| results.iter().filter(|result| outcome_word(&result.outcome) == wanted).count();
    let (holds, fails, unknown) = (of("holds"), of("fails"), of("not known"));
    let mut parts = vec![format!("{} hold{}", counted(holds, "check"), if holds == 1 { "s" } else { "" })];
    if fails > 0 {
        parts.push(format!("{} fail{}", count(fails), if fails == 1 { "s" } else { "" }));
    }
    if unknown > 0 {
        parts.push(format!("{} not known yet", count(unknown)));
    }
    let scenarios = match counted(model.scenarios.len(), "scenario") {
        text if faults == 0 && told.scenarios && !model.scenarios.is_empty() => format!(", and under {text}"),
        _ => String::new(),
    };
    let scenarios = match told.draws {
        draws if faults == 0 && draws > 0 => format!("{scenarios}, and in {}", counted(draws, "draw")),
        _ => scenarios,
    };
    let text = format!("{}; {}{scenarios}.", counted(model.variables.len(), "variable"), parts.join(", "));
    screen.line(screen.paint.paint(if faults == 0 { Style::Good } else { Style::Bad }, &text))
}

fn outcome_word(outcome: &CheckOutcome) -> &'static str {
    match outcome {
        CheckOutcome::Holds => "holds",
        CheckOutcome::Fails { .. } => "fails",
        CheckOutcome::NotKnown => "not known",
    }
}

/// A check that fails, with the first cells in which it does.
fn failed(model: &Model, result: &CheckResult) -> Option<Diagnostic> {
    let CheckOutcome::Fails { cells, count: number } = &result.outcome else { return None };
    let check = &model.checks[result.check];
    let what = format!("the check `{}` fails in {}", check.name, counted(*number, "cell"));
    let told: Vec<String> = cells.iter().take(5).map(|cell| failed_cell(model, check, cell)).collect();
    let more = number.saturating_sub(told.len());
    let rest = if more > 0 { format!("\nand {} more", count(more)) } else { String::new() };
    let help = format!("{}{rest}", told.join("\n"));
    Some(Diagnostic::new(first_line(&model.sources, check.span), what).label(check.doc.clone()).help(help))
}

fn failed_cell(model: &Model, check: &Check, cell: &FailedCell) -> String {
    let unit = match unit_text(&check.unit) {
        "" => String::new(),
        text => format!(" {text}"),
    };
    let [value, low, high] = [cell.value, cell.low, cell.high].map(|figure| figure / check.unit.scale);
    let temporal = |(id, _): &(DimensionId, u32)| model.dimensions[id.index()].temporal;
    let (times, others): (Vec<_>, Vec<_>) = cell.cell.iter().copied().partition(temporal);
    let place = cell_text(model, "", others.into_iter().chain(times));
    let place = if place.is_empty() { String::new() } else { format!("{place} ") };
    if low >= high {
        format!("{place}is {}{unit} and should be {}", apart(value, low), apart(low, value))
    } else {
        format!("{place}is {}{unit} and should lie between {} and {}", given(value), given(low), given(high))
    }
}

/// A figure with as many digits as tell it from another.
fn apart(figure: f64, other: f64) -> String {
    if given(figure) == given(other) { format!("{figure}") } else { given(figure) }
}

/// Variables with cells that are no finite number.
fn not_finite(model: &Model) -> Vec<Diagnostic> {
    let evaluation = Evaluation::of(model, &NATIVES, &Wants::everything(model));
    let mut by_variable: BTreeMap<VariableId, (usize, usize)> = BTreeMap::new();
    for fault in evaluation.faults() {
        by_variable.entry(fault.variable).or_insert((fault.cell, 0)).1 += 1;
    }
    let describe = |(id, (first, number)): (VariableId, (usize, usize))| {
        let variable = &model.variables[id.index()];
        let members = members_of(&model.shape(id), first);
        let cell = cell_text(model, &variable.name, variable.dimensions.iter().copied().zip(members));
        let more =
            if number > 1 { format!(", nor are {} more of its cells", count(number - 1)) } else { String::new() };
        Diagnostic::new(variable.span, format!("`{cell}` is no finite number{more}"))
            .help("something is divided by zero, or a logarithm or root taken of what has none")
    };
    by_variable.into_iter().map(describe).collect()
}

fn first_line(sources: &Sources, span: Span) -> Span {
    let length = sources.text(span).find('\n').map_or(span.end - span.start, |length| length as u32);
    Span { end: span.start + length, ..span }
}

fn describe(sources: &Sources, fault: &Diagnostic) -> crate::screen::Record {
    let known = sources.iter().any(|(id, _)| id == fault.span.file);
    record([
        ("file", json!(known.then(|| sources.file(fault.span.file).path.as_str()))),
        ("line", json!(known.then(|| sources.line(fault.span)))),
        ("what", json!(fault.what)),
        ("help", json!(fault.help)),
    ])
}
