//! `scenarios`: what the model can be run under.

use super::list::speaks_of;
use crate::arguments::Global;
use crate::failure::Failure;
use crate::screen::{Form, Screen, record};
use crate::style::Style;
use serde_json::json;
use tokenomics_language::Model;
use tokenomics_language::model::Scenario;

/// Lists the scenarios that speak of all the words, with what they change.
///
/// # Errors
/// The output does not take any more.
pub fn run(model: &Model, global: &Global, screen: &mut Screen<'_>, words: &[String]) -> Result<(), Failure> {
    let asked = |scenario: &&Scenario| speaks_of(&[&scenario.name, &scenario.doc, &scenario.changes.join(" ")], words);
    let found: Vec<&Scenario> = model.scenarios.iter().filter(asked).collect();
    if screen.form != Form::Text {
        let records = found.iter().map(|scenario| {
            record([
                ("name", json!(scenario.name)),
                ("on", json!(scenario.on)),
                ("changes", json!(scenario.changes)),
                ("sheet", json!(model.sources.file(scenario.span.file).path)),
                ("doc", json!(scenario.doc)),
            ])
        });
        return screen.records(global, "scenarios", records.collect());
    }
    if model.scenarios.is_empty() {
        return screen.line("This model has no scenarios.");
    }
    if found.is_empty() {
        return Err(Failure::call(format!("no scenario speaks of `{}`", words.join(" ")))
            .help("`tokenomics scenarios` lists them all"));
    }
    for scenario in &found {
        let on = scenario.on.as_ref().map(|on| format!(" on {on}")).unwrap_or_default();
        let name = screen.paint.paint(Style::Strong, &scenario.name);
        screen.line(format!("{name}{}", screen.paint.paint(Style::Quiet, &on)))?;
        screen.paragraph(&scenario.doc, 2, Style::Plain)?;
        screen.paragraph(&format!("changes {}", scenario.changes.join(", ")), 2, Style::Quiet)?;
    }
    let first = &found[0].name;
    screen.line(format!("\n{}", screen.paint.paint(Style::Quiet, &format!("tokenomics compare base {first}"))))
}
