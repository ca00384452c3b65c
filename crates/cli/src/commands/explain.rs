//! `explain`: a figure as a tree, from its formula down to the sources.

use super::inputs::origin_record;
use super::sources::named;
use crate::arguments::Global;
use crate::cells::{Slice, cell_index, evaluate, input_figure, member_name, side_word, value};
use crate::failure::Failure;
use crate::numbers::{figure, given, unit_text};
use crate::references::{cell_text, parse_one};
use crate::screen::{Form, Record, Screen, cell_json, record, wrap};
use crate::style::Style;
use serde_json::{Value, json};
use std::collections::HashSet;
use tokenomics_engine::{Evaluation, Explanation, explain};
use tokenomics_language::Model;
use tokenomics_language::model::{Origin, PublicationId, VariableId};

/// One cell of a variable.
pub struct Target {
    /// The variable.
    pub variable: VariableId,
    /// The member of each of its dimensions.
    pub cell: Vec<u32>,
    /// Its position among all cells.
    pub index: usize,
    /// Its name with the members.
    pub title: String,
}

/// The one cell that the words of a call mean. Where no quarter is picked it is the last that has
/// a figure.
///
/// # Errors
/// An unknown name, or a dimension of which no member, or more than one, is picked.
pub fn one_cell(model: &Model, words: &[String]) -> Result<Target, Failure> {
    let reference = parse_one(model, words)?;
    let variable = &model.variables[reference.variable.index()];
    let mut members = reference.members(model);
    let mut later = None;
    for (position, id) in variable.dimensions.iter().enumerate() {
        let dimension = &model.dimensions[id.index()];
        let open = members[position].len() != 1;
        if open && Some(*id) == model.quarter && reference.picks[position].is_none() {
            later = Some(position);
        } else if open {
            let few: Vec<&str> = dimension.members.iter().take(12).map(String::as_str).collect();
            let more = if few.len() < dimension.members.len() { ", …" } else { "" };
            return Err(Failure::call(format!("`{}` varies by {}; pick one", reference.text(model), dimension.name))
                .help(format!("`{} = …`: {}{more}", dimension.name, few.join(", "))));
        }
    }
    if let Some(position) = later {
        let evaluation = evaluate(model, [reference.variable]);
        let mut cell: Vec<u32> = members.iter().map(|members| members[0]).collect();
        let known = |quarter: &u32| {
            cell[position] = *quarter;
            value(&evaluation, reference.variable, cell_index(model, reference.variable, &cell)).is_some()
        };
        let last = members[position].iter().copied().rev().find(known).or(members[position].last().copied());
        members[position] = last.into_iter().collect();
    }
    let slice = Slice { model, variable: reference.variable, members };
    let cell: Vec<u32> = slice.members.iter().filter_map(|members| members.first().copied()).collect();
    Ok(Target { variable: reference.variable, index: slice.index(&cell), title: slice.title(), cell })
}

/// Explains one figure.
///
/// # Errors
/// An unknown name, more than one figure, or the output does not take any more.
pub fn run(
    model: &Model,
    global: &Global,
    screen: &mut Screen<'_>,
    words: &[String],
    depth: usize,
) -> Result<(), Failure> {
    let target = one_cell(model, words)?;
    let evaluation = evaluate(model, [target.variable]);
    let tree = explain(&evaluation, target.variable, &target.cell, depth);
    let printer = Printer { model, evaluation: &evaluation };
    match screen.form {
        Form::Json => screen.json(&Value::Object(printer.nested(&tree))),
        Form::Csv => {
            let mut rows = Vec::new();
            printer.flat(&tree, 0, &mut rows);
            screen.records(global, "figures", rows)
        }
        Form::Text => {
            let doc = &model.variables[target.variable.index()].doc;
            screen.paragraph(doc, 0, Style::Quiet)?;
            let mut seen = Seen::default();
            printer.print(screen, &tree, &Branch::root(), &mut seen)?;
            if seen.cut {
                let deeper = format!("--depth {} opens what is read further down", depth + 1);
                screen.line(format!("\n{}", screen.paint.paint(Style::Quiet, &deeper)))?;
            }
            printer.print_sources(screen, &seen.cited)
        }
    }
}

/// What of a node is not shown.
fn more(node: &Explanation) -> String {
    if node.children.is_empty() {
        format!("reads {} more", node.more)
    } else {
        format!("and {} smaller ones", node.more)
    }
}

/// What has been printed of a tree.
#[derive(Default)]
struct Seen {
    /// The publications that are named.
    cited: Vec<PublicationId>,
    /// The cells.
    cells: HashSet<(VariableId, Vec<u32>)>,
    /// Whether a formula was not opened.
    cut: bool,
}

/// What stands before the lines of a node of the tree.
struct Branch {
    /// Before its first line.
    first: String,
    /// Before its other lines and those of its children.
    rest: String,
}

impl Branch {
    fn root() -> Branch {
        Branch { first: String::new(), rest: String::new() }
    }

    fn child(&self, last: bool) -> Branch {
        let (first, rest) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        Branch { first: format!("{}{first}", self.rest), rest: format!("{}{rest}", self.rest) }
    }
}

struct Printer<'a, 'm> {
    model: &'m Model,
    evaluation: &'a Evaluation<'m>,
}

impl Printer<'_, '_> {
    /// The root in full; below it the members alone, as they may be typed.
    fn title(&self, node: &Explanation, root: bool) -> String {
        let variable = &self.model.variables[node.variable.index()];
        let cell = variable.dimensions.iter().copied().zip(node.cell.iter().copied());
        if root || node.cell.is_empty() {
            return cell_text(self.model, &variable.name, cell);
        }
        let members: Vec<&str> = cell.map(|(id, member)| member_name(self.model, id, member)).collect();
        format!("{}[{}]", variable.name, members.join(", "))
    }

    fn origin(&self, node: &Explanation) -> Option<&Origin> {
        node.origin.map(|id| &self.model.origins[id.index()])
    }

    fn formula(&self, node: &Explanation) -> Option<String> {
        let text = self.model.sources.text(node.formula?);
        // Notes of the author between the lines are no part of the formula.
        let words = text.lines().flat_map(|line| line.split('#').next().unwrap_or_default().split_whitespace());
        Some(words.collect::<Vec<_>>().join(" "))
    }

    fn print(
        &self,
        screen: &mut Screen<'_>,
        node: &Explanation,
        branch: &Branch,
        seen: &mut Seen,
    ) -> Result<(), Failure> {
        let variable = &self.model.variables[node.variable.index()];
        let scale = variable.unit.scale;
        let paint = screen.paint;
        let shown = match node.value {
            None => "not known".to_owned(),
            Some(value) if node.origin.is_some() => given(value / scale),
            Some(value) => figure(value / scale),
        };
        let unit = unit_text(&variable.unit);
        let spread = node.spread.map(|(low, high)| format!(" ~ {} to {}", given(low / scale), given(high / scale)));
        let tail = paint.paint(Style::Quiet, format!("{unit}{}", spread.unwrap_or_default()).trim());
        let title = paint.paint(Style::Strong, &self.title(node, branch.first.is_empty()));
        let head = paint.paint(Style::Quiet, &branch.first);
        let above = node.formula.is_some() && !seen.cells.insert((node.variable, node.cell.clone()));
        let again = if above { paint.paint(Style::Quiet, "  as above") } else { String::new() };
        screen.line(format!("{head}{title} = {shown} {tail}{again}").trim_end())?;
        if above {
            return Ok(());
        }
        seen.cut |= node.children.is_empty() && node.more > 0;
        let open = !node.children.is_empty() || node.more > 0;
        let inner = format!("{}{}", branch.rest, if open { "│  " } else { "   " });
        let room = screen.width.min(100).saturating_sub(inner.chars().count()).max(30);
        for note in self.notes(node, &mut seen.cited) {
            for line in wrap(&note, room) {
                screen.line(paint.paint(Style::Quiet, &format!("{inner}{line}")))?;
            }
        }
        let last = node.children.len().saturating_sub(1);
        for (position, child) in node.children.iter().enumerate() {
            let child_branch = branch.child(position == last && node.more == 0);
            self.print(screen, child, &child_branch, seen)?;
        }
        if node.more > 0 {
            screen.line(paint.paint(Style::Quiet, &format!("{}└─ {}", branch.rest, more(node))))?;
        }
        Ok(())
    }

    /// The formula, or what is known of an input's figure.
    fn notes(&self, node: &Explanation, cited: &mut Vec<PublicationId>) -> Vec<String> {
        let mut notes: Vec<String> = self.formula(node).map(|text| format!("= {text}")).into_iter().collect();
        let Some(origin) = self.origin(node) else { return notes };
        let mut parts = Vec::new();
        if node.filled {
            parts.push("filled in from".to_owned());
        }
        match origin.publication {
            Some(id) => {
                if !cited.contains(&id) {
                    cited.push(id);
                }
                parts.push(format!("{}: {}", origin.kind.word(), self.model.publications[id.index()].key));
                if !origin.text.is_empty() {
                    parts.push(format!("“{}”", origin.text));
                }
            }
            None => parts.push(format!("assumed: {}", origin.text)),
        }
        parts.extend(origin.published.map(|date| format!("published {date}")));
        parts.extend(origin.scenario.as_ref().map(|name| format!("set by scenario {name}")));
        notes.push(parts.join(" · "));
        notes
    }

    fn print_sources(&self, screen: &mut Screen<'_>, cited: &[PublicationId]) -> Result<(), Failure> {
        if !cited.is_empty() {
            screen.line(format!("\n{}", screen.paint.paint(Style::Strong, "Sources")))?;
        }
        for id in cited {
            let publication = &self.model.publications[id.index()];
            let date = publication.date.map(|date| format!(", {date}")).unwrap_or_default();
            let url = if publication.url.is_empty() { String::new() } else { format!(", {}", publication.url) };
            let text = format!("{}: {}{date}{url}", publication.key, named(publication));
            screen.paragraph(&text, 2, Style::Quiet)?;
        }
        Ok(())
    }

    /// One node without its children.
    fn node(&self, node: &Explanation) -> Record {
        let variable = &self.model.variables[node.variable.index()];
        let scale = variable.unit.scale;
        let mut entry = record([
            ("name", json!(variable.name)),
            ("cell", cell_json(self.model, &variable.dimensions, &node.cell)),
            ("value", json!(node.value.map(|value| value / scale))),
            ("unit", json!(variable.unit.text)),
            ("side", json!(side_word(node.seam))),
            ("p5", json!(node.spread.map(|spread| spread.0 / scale))),
            ("p95", json!(node.spread.map(|spread| spread.1 / scale))),
            ("formula", json!(self.formula(node))),
            ("sheet", json!(self.model.sources.file(variable.span.file).path)),
            ("line", json!(self.model.sources.line(variable.span))),
        ]);
        let index = cell_index(self.evaluation.model(), node.variable, &node.cell);
        entry.extend(origin_record(self.model, input_figure(self.model, node.variable, index).as_ref()));
        entry
    }

    fn nested(&self, node: &Explanation) -> Record {
        let mut entry = self.node(node);
        let children = node.children.iter().map(|child| Value::Object(self.nested(child))).collect();
        entry.insert("reads".to_owned(), Value::Array(children));
        entry.insert("more".to_owned(), json!(node.more));
        entry
    }

    fn flat(&self, node: &Explanation, level: usize, rows: &mut Vec<Record>) {
        let mut entry = record([("level", json!(level))]);
        entry.extend(self.node(node));
        rows.push(entry);
        for child in &node.children {
            self.flat(child, level + 1, rows);
        }
    }
}
