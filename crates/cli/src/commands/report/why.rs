//! Where a figure of the report comes from: its formula, what that reads, and the sources.

use super::super::sources::named;
use super::super::tree::written;
use crate::cells::member_name;
use crate::drawing::svg::escape;
use crate::numbers::{count, figure, given, unit_text};
use crate::references::cell_text;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use tokenomics_engine::{Evaluation, Explanation, explain, reads};
use tokenomics_language::model::{Definition, PublicationId, VariableId};

/// How many steps down a figure is opened.
const DEPTH: usize = 2;
/// How many steps down sources are looked for.
const DEEP: usize = 3;
/// The most cells shown of what one formula reads.
const MOST: usize = 10;

/// Explains figures, and remembers the publications that they rest on.
pub(super) struct Why<'a> {
    evaluation: &'a Evaluation<'a>,
    /// Of the whole page.
    cited: BTreeSet<u32>,
    /// Of the figure at hand.
    here: BTreeSet<u32>,
    number: usize,
}

impl<'a> Why<'a> {
    pub fn new(evaluation: &'a Evaluation<'a>) -> Why<'a> {
        Why { evaluation, cited: BTreeSet::new(), here: BTreeSet::new(), number: 0 }
    }

    /// A number that no other has.
    pub fn next(&mut self) -> usize {
        self.number += 1;
        self.number
    }

    /// Notes a publication that the figure at hand rests on.
    pub fn cite(&mut self, id: PublicationId) {
        self.here.insert(id.0);
        self.cited.insert(id.0);
    }

    /// A cell with what it is computed from, below a heading if there is one.
    pub fn tree(&mut self, variable: VariableId, cell: &[u32], heading: &str) -> String {
        let tree = explain(self.evaluation, variable, cell, DEEP);
        let mut out = String::new();
        if !heading.is_empty() {
            let _ = writeln!(out, "<h4>{}</h4>", escape(heading));
        }
        out.push_str("<ul class=\"tree\">\n");
        self.node(&mut out, &tree, 0);
        out.push_str("</ul>\n");
        out
    }

    fn node(&mut self, out: &mut String, node: &Explanation, depth: usize) {
        let model = self.evaluation.model();
        let variable = &model.variables[node.variable.index()];
        let scale = variable.unit.scale;
        let members = variable.dimensions.iter().copied().zip(node.cell.iter().copied());
        let title = if depth == 0 || node.cell.is_empty() {
            cell_text(model, &variable.name, members)
        } else {
            let members: Vec<&str> = members.map(|(id, member)| member_name(model, id, member)).collect();
            format!("{}[{}]", variable.name, members.join(", "))
        };
        let value = match node.value {
            None => "not known".to_owned(),
            Some(value) if node.origin.is_some() => given(value / scale),
            Some(value) => figure(value / scale),
        };
        let unit = node.value.map_or("", |_| unit_text(&variable.unit));
        let doc = variable.doc.split_whitespace().collect::<Vec<_>>().join(" ");
        let _ = write!(
            out,
            "<li><code title=\"{}\">{}</code> = <b>{} {}</b>",
            escape(&doc),
            escape(&title),
            escape(&value),
            escape(unit)
        );
        if let Some((low, high)) = node.spread {
            let _ = write!(out, " <span class=\"quiet\">~ {} to {}</span>", given(low / scale), given(high / scale));
        }
        if depth == 0 && !doc.is_empty() {
            let _ = write!(out, "<br><span class=\"quiet\">{}</span>", super::page::prose(&doc));
        }
        if let Some(formula) = node.formula {
            let _ = write!(out, "<br><code class=\"formula\">= {}</code>", escape(&written(model, formula)));
        }
        self.origin(out, node);
        let shown = if depth < DEPTH { node.children.len().min(MOST) } else { 0 };
        let more = node.children.len() - shown + node.more;
        if shown > 0 {
            out.push_str("\n<ul>\n");
            for child in &node.children[..shown] {
                self.node(out, child, depth + 1);
            }
            if more > 0 {
                let _ = writeln!(out, "<li class=\"quiet\">and {} more</li>", count(more));
            }
            out.push_str("</ul>");
        } else if more > 0 {
            let _ = write!(out, " <span class=\"quiet\">reads {} more</span>", count(more));
        }
        out.push_str("</li>\n");
        for child in &node.children[shown..] {
            self.cite_below(child);
        }
    }

    fn origin(&mut self, out: &mut String, node: &Explanation) {
        let model = self.evaluation.model();
        let Some(origin) = node.origin.map(|id| &model.origins[id.index()]) else { return };
        let mut parts = Vec::new();
        if node.filled {
            parts.push("filled in between figures, or held since the last".to_owned());
        }
        if let Some(id) = origin.publication {
            self.cite(id);
            let publication = &model.publications[id.index()];
            let link = format!("<a href=\"#{}\">{}</a>", source_anchor(&publication.key), escape(&publication.key));
            parts.push(format!("{}: {link}", origin.kind.word()));
            if !origin.text.is_empty() {
                parts.push(format!("“{}”", escape(&origin.text)));
            }
        } else {
            parts.push(format!("assumed: {}", escape(&origin.text)));
        }
        parts.extend(origin.published.map(|date| format!("published {date}")));
        parts.extend(origin.scenario.as_ref().map(|name| format!("set by scenario {}", escape(name))));
        let _ = write!(out, "<br><span class=\"quiet\">{}</span>", parts.join(" · "));
    }

    fn cite_below(&mut self, node: &Explanation) {
        let origin = node.origin.map(|id| &self.evaluation.model().origins[id.index()]);
        if let Some(id) = origin.and_then(|origin| origin.publication) {
            self.cite(id);
        }
        node.children.iter().for_each(|child| self.cite_below(child));
    }

    /// The publications noted since the last time, as a list; and on how many inputs variables rest.
    pub fn told(&mut self, variables: &[VariableId]) -> String {
        let model = self.evaluation.model();
        let mut out = String::new();
        let here = std::mem::take(&mut self.here);
        if !here.is_empty() {
            out.push_str("<h4>Sources</h4>\n<ul>\n");
            for id in here {
                let publication = &model.publications[PublicationId(id).index()];
                let date = publication.date.map(|date| format!(", {date}")).unwrap_or_default();
                let _ = writeln!(
                    out,
                    "<li><a href=\"#{}\">{}</a>{date}{}</li>",
                    source_anchor(&publication.key),
                    escape(&named(publication)),
                    external(&publication.url)
                );
            }
            out.push_str("</ul>\n");
        }
        let mut inputs = BTreeSet::new();
        for variable in variables {
            inputs.extend(
                reads(model, *variable)
                    .into_iter()
                    .filter(|id| matches!(model.variables[id.index()].definition, Definition::Input(_))),
            );
        }
        let _ = writeln!(out, "<p class=\"quiet\">Inputs that have a part in it: {}.</p>", count(inputs.len()));
        out
    }

    /// Every publication of the page.
    pub fn sources(&self) -> String {
        let model = self.evaluation.model();
        let mut out = String::from("<section id=\"sources\">\n<h2>Sources</h2>\n<ul>\n");
        for id in &self.cited {
            let publication = &model.publications[PublicationId(*id).index()];
            let date = publication.date.map(|date| format!(", {date}")).unwrap_or_default();
            let licence =
                if publication.licence.is_empty() { String::new() } else { format!(" ({})", publication.licence) };
            let _ = writeln!(
                out,
                "<li id=\"{}\"><code>{}</code>: {}{date}{}{}</li>",
                source_anchor(&publication.key),
                escape(&publication.key),
                escape(&named(publication)),
                external(&publication.url),
                escape(&licence)
            );
        }
        out.push_str("</ul>\n</section>\n");
        out
    }
}

/// Where a source stands on the page.
fn source_anchor(key: &str) -> String {
    format!("source-{}", super::page::anchor(key))
}

/// A link out of the page; nothing is loaded through it until a reader follows it.
fn external(url: &str) -> String {
    if url.starts_with("https://") || url.starts_with("http://") {
        format!(", <a rel=\"noreferrer\" href=\"{0}\">{0}</a>", escape(url))
    } else if url.is_empty() {
        String::new()
    } else {
        format!(", {}", escape(url))
    }
}
