//! A figure as a tree of text or records, from its formula down to the sources.

use super::inputs::origin_record;
use super::lacking::Lacking;
use super::sources::named;
use crate::cells::{cell_index, input_figure, member_name, members_of, side_word};
use crate::failure::Failure;
use crate::numbers::{counted, figure, given, unit_text};
use crate::references::cell_text;
use crate::screen::{Record, Screen, cell_json, record, wrap};
use crate::style::Style;
use serde_json::{Value, json};
use std::collections::HashSet;
use tokenomics_engine::Explanation;
use tokenomics_language::model::{Definition, Figure, Origin, PublicationId, VariableId};
use tokenomics_language::{Model, Span};

/// What the author wrote at a place, on one line and without the notes between the lines.
pub fn written(model: &Model, span: Span) -> String {
    let lines = model.sources.text(span).lines();
    let words = lines.flat_map(|line| line.split('#').next().unwrap_or_default().split_whitespace());
    words.collect::<Vec<_>>().join(" ")
}

/// What of a node is not shown.
fn more(node: &Explanation) -> String {
    if node.children.is_empty() {
        format!("reads {} more", node.more)
    } else if node.value.is_none() {
        format!("and {} more", node.more)
    } else {
        format!("and {} smaller ones", node.more)
    }
}

/// What has been printed of a tree.
#[derive(Default)]
pub struct Seen {
    /// The publications that are named.
    pub cited: Vec<PublicationId>,
    /// The cells.
    cells: HashSet<(VariableId, Vec<u32>)>,
    /// Whether a formula was not opened.
    pub cut: bool,
}

/// What stands before the lines of a node of the tree.
pub struct Branch {
    /// Before its first line.
    first: String,
    /// Before its other lines and those of its children.
    rest: String,
}

impl Branch {
    /// Nothing.
    pub fn root() -> Branch {
        Branch { first: String::new(), rest: String::new() }
    }

    fn child(&self, last: bool) -> Branch {
        let (first, rest) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        Branch { first: format!("{}{first}", self.rest), rest: format!("{}{rest}", self.rest) }
    }
}

/// Prints trees.
pub struct Printer<'m> {
    /// The model.
    pub model: &'m Model,
    /// Why figures lack.
    pub lacking: Lacking<'m>,
}

impl Printer<'_> {
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
        Some(written(self.model, node.formula?))
    }

    /// Prints a node and what it reads.
    ///
    /// # Errors
    /// The output does not take any more.
    pub fn print(
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
        let unit = node.value.map_or("", |_| unit_text(&variable.unit));
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

    /// The formula, what is known of an input's figure, or why it lacks.
    fn notes(&self, node: &Explanation, cited: &mut Vec<PublicationId>) -> Vec<String> {
        let mut notes: Vec<String> = self.formula(node).map(|text| format!("= {text}")).into_iter().collect();
        notes.extend(self.lacking.why(node));
        let Some(origin) = self.origin(node) else { return notes };
        let mut parts = Vec::new();
        parts.extend(self.filled(node));
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
        notes.extend(self.rivals(node));
        notes
    }

    /// From where a figure is filled in.
    fn filled(&self, node: &Explanation) -> Option<String> {
        let variable = &self.model.variables[node.variable.index()];
        let Definition::Input(input) = &variable.definition else { return None };
        let place = variable.dimensions.iter().position(|id| Some(*id) == self.model.quarter)?;
        let at = |quarter: u32| {
            let mut cell = node.cell.clone();
            cell[place] = quarter;
            input.cells[cell_index(self.model, node.variable, &cell)].filter(|figure| !figure.filled)
        };
        let named = |quarter: u32| member_name(self.model, variable.dimensions[place], quarter);
        let stated = |quarter: u32| at(quarter).map(|figure| (quarter, figure.value));
        let last = self.model.shape(node.variable)[place] as u32;
        let before = (0..node.cell[place]).rev().find_map(stated);
        let after = (node.cell[place] + 1..last).find_map(stated);
        node.filled.then(|| match (before, after) {
            (Some((before, value)), after) if node.value == Some(value) || after.is_none() => {
                format!("held since {}", named(before))
            }
            (Some((before, _)), Some((after, _))) => format!("between {} and {}", named(before), named(after)),
            (None, Some((after, _))) => format!("as in {}", named(after)),
            _ => "filled in".to_owned(),
        })
    }

    /// Figures of other sources for what a figure was taken from.
    fn rivals(&self, node: &Explanation) -> Option<String> {
        let stated = |figure: &Figure| Some(figure.origin) == node.origin;
        let conflict = self
            .model
            .conflicts
            .iter()
            .find(|conflict| conflict.variable == node.variable && conflict.figures.first().is_some_and(stated))?;
        let variable = &self.model.variables[node.variable.index()];
        let members = members_of(&self.model.shape(node.variable), conflict.cell as usize);
        let others = conflict.figures.iter().skip(1).map(|figure| given(figure.value / variable.unit.scale));
        let others = others.collect::<Vec<_>>();
        let cell = cell_text(self.model, &variable.name, variable.dimensions.iter().copied().zip(members));
        let what = counted(others.len(), "rival figure");
        Some(format!("{what} ({}): tokenomics conflicts '{cell}'", others.join(", ")))
    }

    /// Prints the publications that were named.
    ///
    /// # Errors
    /// The output does not take any more.
    pub fn print_sources(&self, screen: &mut Screen<'_>, cited: &[PublicationId]) -> Result<(), Failure> {
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
        let index = cell_index(self.model, node.variable, &node.cell);
        entry.extend(origin_record(self.model, input_figure(self.model, node.variable, index).as_ref()));
        entry
    }

    /// A node as one record that holds those of what it reads.
    pub fn nested(&self, node: &Explanation) -> Record {
        let mut entry = self.node(node);
        let children = node.children.iter().map(|child| Value::Object(self.nested(child))).collect();
        entry.insert("reads".to_owned(), Value::Array(children));
        entry.insert("more".to_owned(), json!(node.more));
        entry
    }

    /// A node and what it reads as records in order, each with its level.
    pub fn flat(&self, node: &Explanation, level: usize, rows: &mut Vec<Record>) {
        let mut entry = record([("level", json!(level))]);
        entry.extend(self.node(node));
        rows.push(entry);
        for child in &node.children {
            self.flat(child, level + 1, rows);
        }
    }
}
