//! `list`: variables by a word in their name or description.

use crate::arguments::Global;
use crate::failure::Failure;
use crate::numbers::{count, counted};
use crate::references::dimension;
use crate::screen::{Form, Record, Screen, record};
use crate::style::Style;
use crate::table::cut;
use serde_json::json;
use tokenomics_language::Model;
use tokenomics_language::model::{Definition, Variable};

/// Lists the variables in whose name or description all the words occur.
///
/// # Errors
/// No variable has the words, or the output does not take any more.
pub fn run(model: &Model, global: &Global, screen: &mut Screen<'_>, words: &[String]) -> Result<(), Failure> {
    let found: Vec<&Variable> = model.variables.iter().filter(|variable| mentions(variable, words)).collect();
    if screen.form != Form::Text {
        let records = found.iter().map(|variable| describe(model, variable)).collect();
        return screen.records(global, "variables", records);
    }
    if found.is_empty() {
        return Err(Failure::call(format!("no variable speaks of `{}`", words.join(" ")))
            .help("`tokenomics list` shows every name"));
    }
    let mut sheet = None;
    for variable in &found {
        let file = variable.span.file;
        if sheet != Some(file) {
            sheet = Some(file);
            screen.line(screen.paint.paint(Style::Quiet, &model.sources.file(file).path))?;
        }
        let unit = screen.paint.paint(Style::Quiet, &variable.unit.text);
        screen.line(format!("  {}  {unit}", screen.paint.paint(Style::Strong, &signature(model, variable))))?;
        let doc = variable.doc.lines().next().unwrap_or_default();
        screen.line(format!("      {}", cut(doc, screen.width.saturating_sub(6))))?;
    }
    if words.is_empty() {
        let inputs = found.iter().filter(|variable| matches!(variable.definition, Definition::Input(_))).count();
        screen.line(format!("\n{} inputs, {} computed.", count(inputs), count(found.len() - inputs)))?;
    }
    Ok(())
}

/// Lists the members of a dimension in whose name all the words occur.
///
/// # Errors
/// No such dimension or member, or the output does not take any more.
pub fn members(
    model: &Model,
    global: &Global,
    screen: &mut Screen<'_>,
    name: &str,
    words: &[String],
) -> Result<(), Failure> {
    let id = dimension(model, name)?;
    let dimension = &model.dimensions[id.index()];
    let found: Vec<&str> =
        dimension.members.iter().map(String::as_str).filter(|member| speaks_of(&[member], words)).collect();
    if screen.form != Form::Text {
        let records = found.iter().map(|member| record([("dimension", json!(name)), ("member", json!(member))]));
        return screen.records(global, "members", records.collect());
    }
    if found.is_empty() {
        return Err(Failure::call(format!("no {name} speaks of `{}`", words.join(" ")))
            .help(format!("`tokenomics list --members {name}` shows them all")));
    }
    screen.paragraph(&dimension.doc, 0, Style::Quiet)?;
    for member in &found {
        screen.line(member)?;
    }
    let of = if words.is_empty() { String::new() } else { format!(" of {}", count(dimension.members.len())) };
    screen.line(format!("\n{}{of}.", counted(found.len(), "member")))
}

/// Whether all the words occur in the name or description, however they are written.
pub fn mentions(variable: &Variable, words: &[String]) -> bool {
    speaks_of(&[&variable.name, &variable.doc], words)
}

/// Whether all the words occur in one of the texts or another, however they are written.
pub fn speaks_of(texts: &[&str], words: &[String]) -> bool {
    let text = texts.join("\n").to_lowercase();
    words.iter().flat_map(|word| word.split_whitespace()).all(|word| text.contains(&word.to_lowercase()))
}

/// A name with its dimensions, such as `name[a, b]`.
pub fn signature(model: &Model, variable: &Variable) -> String {
    let dimensions = dimension_names(model, variable);
    if dimensions.is_empty() { variable.name.clone() } else { format!("{}[{}]", variable.name, dimensions.join(", ")) }
}

/// The names of a variable's dimensions.
pub fn dimension_names<'m>(model: &'m Model, variable: &Variable) -> Vec<&'m str> {
    variable.dimensions.iter().map(|id| model.dimensions[id.index()].name.as_str()).collect()
}

/// What a program wants to know of a variable.
pub fn describe(model: &Model, variable: &Variable) -> Record {
    let definition = match &variable.definition {
        Definition::Input(_) => "input",
        Definition::Formula(_) => "formula",
        Definition::Native { .. } => "native",
    };
    record([
        ("name", json!(variable.name)),
        ("dimensions", json!(dimension_names(model, variable))),
        ("unit", json!(variable.unit.text)),
        ("definition", json!(definition)),
        ("partial", json!(variable.partial)),
        ("sheet", json!(model.sources.file(variable.span.file).path)),
        ("line", json!(model.sources.line(variable.span))),
        ("doc", json!(variable.doc)),
    ])
}
