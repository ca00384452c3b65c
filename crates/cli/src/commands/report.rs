//! `report`: one page that stands by itself, with every figure's formula, inputs and sources.

mod cards;
mod curves;
mod figure;
mod grid;
mod page;
mod sankey;
mod why;

use super::front;
use crate::arguments::Global;
use crate::cells::evaluate;
use crate::drawing::svg::escape;
use crate::failure::Failure;
use crate::load::unwritable;
use crate::note::Note;
use crate::numbers::counted;
use crate::report::{self, Report, Section};
use crate::screen::{Form, Screen, record};
use crate::style::Paint;
use serde_json::json;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use tokenomics_engine::Evaluation;
use tokenomics_language::model::VariableId;
use tokenomics_language::{Faults, Model};
use why::Why;

/// How to draw bands.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many draws.
    pub draws: usize,
    /// The start of the random numbers.
    pub seed: u64,
}

/// Writes the report of a model into a folder, as `index.html`.
///
/// # Errors
/// A model without a report, or one that it cannot meet; a folder that cannot be written.
pub fn run(model: &Model, global: &Global, screen: &mut Screen<'_>, folder: &Path, plan: Plan) -> Result<(), Failure> {
    let report = read(model, global)?.ok_or_else(|| {
        Failure::call("this model has no report")
            .help(format!("`{}` says what to show; see docs/command_line.md", report::PATH))
    })?;
    let evaluation = evaluate(model, report.variables());
    let mut writer = Writer { evaluation: &evaluation, why: Why::new(&evaluation), plan };
    let html = writer.page(&report, global)?;
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    let path = folder.join("index.html");
    fs::write(&path, &html).map_err(|error| unwritable(&path, &error))?;
    let figures: usize = report.sections.iter().map(|section| section.figures.len()).sum();
    if screen.form != Form::Text {
        let sections = report.sections.iter().map(|section| {
            record([
                ("section", json!(section.key)),
                ("title", json!(section.title)),
                ("figures", json!(section.figures.len())),
            ])
        });
        let more = record([("file", json!(path.display().to_string())), ("bytes", json!(html.len()))]);
        return screen.document(global, "sections", sections.collect(), more);
    }
    let sections = counted(report.sections.len().saturating_sub(1), "section");
    screen.line(format!("{}: {sections}, {}", path.display(), counted(figures, "figure")))
}

/// The model's report.
///
/// # Errors
/// Lines of it that the model cannot meet.
fn read(model: &Model, global: &Global) -> Result<Option<Report>, Failure> {
    report::read(model).map_err(|diagnostics| {
        let faults = Faults { sources: model.sources.clone(), diagnostics };
        Failure::Model(crate::load::report(&faults, Paint::for_errors(global.no_color)))
    })
}

/// Writes a page.
struct Writer<'a> {
    evaluation: &'a Evaluation<'a>,
    why: Why<'a>,
    plan: Plan,
}

impl Writer<'_> {
    fn page(&mut self, report: &Report, global: &Global) -> Result<String, Failure> {
        let mut body = String::new();
        let (head, rest) = report.sections.split_first().ok_or_else(|| Failure::call("the report is empty"))?;
        let title = if head.title.is_empty() { "Report" } else { head.title.as_str() };
        let _ = write!(body, "<header>\n<h1>{}</h1>\n", escape(title));
        self.words(&mut body, head);
        let mut under = vec![front::tally(self.evaluation.model())];
        under.extend(global.scenario.iter().map(|name| format!("Under the scenario {name}.")));
        under.extend(global.as_of.map(|date| format!("As known on {date}.")));
        let _ = writeln!(body, "<p class=\"quiet\">{}</p>\n{}", escape(&under.join(" ")), page::HOW_TO_READ);
        body.push_str("</header>\n<nav aria-label=\"Contents\">\n<ol>\n");
        for section in rest {
            let _ =
                writeln!(body, "<li><a href=\"#{}\">{}</a></li>", page::anchor(&section.key), escape(&section.title));
        }
        body.push_str("<li><a href=\"#sources\">Sources</a></li>\n</ol>\n</nav>\n<main>\n");
        if !head.figures.is_empty() {
            self.figures(&mut body, head)?;
        }
        for section in rest {
            let _ =
                write!(body, "<section id=\"{}\">\n<h2>{}</h2>\n", page::anchor(&section.key), escape(&section.title));
            self.words(&mut body, section);
            self.figures(&mut body, section)?;
            Self::tries(&mut body, section);
            body.push_str("</section>\n");
        }
        body.push_str(&self.why.sources());
        body.push_str("</main>\n");
        Ok(page::whole(title, &body))
    }

    /// The sentences of a section; each figure in them leads to where it is explained.
    fn words(&mut self, body: &mut String, section: &Section) {
        let mut explained = String::new();
        for note in &section.notes {
            let sentence = self.sentence(note, &section.key, &mut explained);
            let _ = writeln!(body, "<p>{sentence}</p>");
        }
        if !explained.is_empty() {
            let variables: Vec<VariableId> = section.notes.iter().flat_map(Note::variables).collect();
            explained.push_str(&self.why.told(&variables));
            let _ = writeln!(
                body,
                "<details class=\"why\"><summary>Where the figures in the text come from</summary>\n{explained}</details>"
            );
        }
    }

    fn sentence(&mut self, note: &Note, key: &str, explained: &mut String) -> String {
        let mut text = String::new();
        for (words, figure) in note.pieces(self.evaluation) {
            let Some((variable, cell)) = figure else {
                text.push_str(&escape(&words));
                continue;
            };
            let id = format!("{}-text-{}", page::anchor(key), self.why.next());
            let _ = write!(text, "<a class=\"figure\" href=\"#{id}\">{}</a>", escape(&words));
            let _ = write!(explained, "<div id=\"{id}\">\n{}</div>\n", self.why.tree(variable, &cell, ""));
        }
        text
    }

    fn figures(&mut self, body: &mut String, section: &Section) -> Result<(), Failure> {
        for (index, figure) in section.figures.iter().enumerate() {
            let id = format!("{}-{}", page::anchor(&section.key), index + 1);
            body.push_str(&figure::html(self.evaluation, &mut self.why, figure, &id, self.plan)?);
        }
        Ok(())
    }

    fn tries(body: &mut String, section: &Section) {
        if section.tries.is_empty() {
            return;
        }
        body.push_str("<p class=\"quiet\">Ask further:</p>\n<ul class=\"tries\">\n");
        for (what, call) in &section.tries {
            let _ = writeln!(body, "<li><code>tokenomics {}</code> {}</li>", escape(call), escape(what));
        }
        body.push_str("</ul>\n");
    }
}
