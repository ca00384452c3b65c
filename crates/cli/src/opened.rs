//! The model a call is about, with what must be said of it before any figure.

use crate::arguments::Global;
use crate::failure::Failure;
use crate::load::{self, BASE, NATIVES};
use crate::numbers::counted;
use crate::screen::{Form, Screen};
use crate::style::{Paint, Style};
use std::io::{self, Write};
use tokenomics_engine::{CheckOutcome, verify_checks};
use tokenomics_language::Model;

/// Reads the model, says under which scenario and date where there is one, and which checks fail.
///
/// # Errors
/// As [`load::model`], or the output does not take any more.
pub fn open(global: &Global, screen: &mut Screen<'_>) -> Result<Model, Failure> {
    let model = load::model(global, global.scenario.as_deref())?;
    announce(global, screen)?;
    warn(&model, global, global.scenario.as_deref(), screen);
    Ok(model)
}

/// Says under which scenario and date the figures are.
///
/// # Errors
/// The output does not take any more.
pub fn announce(global: &Global, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let mut under = Vec::new();
    under.extend(global.scenario.iter().map(|name| format!("under scenario {name}")));
    under.extend(global.as_of.map(|date| format!("as known on {date}")));
    if screen.form == Form::Text && !under.is_empty() {
        screen.paragraph(&format!("({})", under.join(", ")), 0, Style::Quiet)?;
    }
    Ok(())
}

/// Says on standard error which checks fail, and keeps them for the document.
pub fn warn(model: &Model, global: &Global, scenario: Option<&str>, screen: &mut Screen<'_>) {
    tell_failing(failing(model, global, scenario), scenario, global, screen);
}

/// The names of the checks that fail. The built-in model as it is has been checked when it was built.
#[must_use]
pub fn failing(model: &Model, global: &Global, scenario: Option<&str>) -> Vec<String> {
    let scenario = scenario.filter(|name| *name != BASE);
    if scenario.is_none() && global.model.is_none() && global.as_of.is_none() {
        return Vec::new();
    }
    let results = verify_checks(model, &NATIVES);
    let fails = results.iter().filter(|result| matches!(result.outcome, CheckOutcome::Fails { .. }));
    fails.map(|result| model.checks[result.check].name.clone()).collect()
}

/// Says on standard error that checks fail, and keeps their names for the document.
pub fn tell_failing(failing: Vec<String>, scenario: Option<&str>, global: &Global, screen: &mut Screen<'_>) {
    if !failing.is_empty() {
        let scenario = scenario.filter(|name| *name != BASE);
        let under = scenario.map(|name| format!("under {name}, ")).unwrap_or_default();
        let verb = if failing.len() == 1 { "fails" } else { "fail" };
        let what = format!("{under}{} {verb}: {}", counted(failing.len(), "check"), failing.join(", "));
        let warning = Paint::for_errors(global.no_color).paint(Style::Doubtful, "warning");
        let _ = writeln!(io::stderr(), "{warning}: {what}");
    }
    for name in failing {
        if !screen.failing.contains(&name) {
            screen.failing.push(name);
        }
    }
}
