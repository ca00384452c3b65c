//! Errors as data: where, what, and the mend.

use crate::source::{Sources, Span};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// One fault of the model, at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where.
    pub span: Span,
    /// What is wrong, naming both sides.
    pub what: String,
    /// What the underlined text is, in a few words; may be empty.
    pub label: String,
    /// Other places that have a part in it, each with a few words.
    pub others: Vec<(Span, String)>,
    /// The mend.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A fault at a place.
    #[must_use]
    pub fn new(span: Span, what: impl Into<String>) -> Diagnostic {
        Diagnostic { span, what: what.into(), label: String::new(), others: Vec::new(), help: None }
    }

    /// With a few words under the place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Diagnostic {
        self.label = label.into();
        self
    }

    /// With another place.
    #[must_use]
    pub fn other(mut self, span: Span, label: impl Into<String>) -> Diagnostic {
        self.others.push((span, label.into()));
        self
    }

    /// With the mend.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// As text, with the lines it is about; in colour for a terminal.
    #[must_use]
    pub fn render(&self, sources: &Sources, colour: bool) -> String {
        let mut group = Group::with_title(Level::ERROR.primary_title(self.what.as_str()));
        let mut spans = vec![(self.span, self.label.as_str(), AnnotationKind::Primary)];
        spans.extend(self.others.iter().map(|(span, label)| (*span, label.as_str(), AnnotationKind::Context)));
        let mut files: Vec<_> = Vec::new();
        spans.retain(|(span, ..)| span.file != Span::NOWHERE.file);
        for (span, ..) in &spans {
            if !files.contains(&span.file) {
                files.push(span.file);
            }
        }
        for id in files {
            let file = sources.file(id);
            let mut snippet = Snippet::source(file.text.as_str()).path(file.path.as_str());
            for (span, label, kind) in spans.iter().filter(|(span, ..)| span.file == id) {
                let annotation = kind.span(span.start as usize..span.end as usize);
                snippet = snippet.annotation(if label.is_empty() { annotation } else { annotation.label(*label) });
            }
            group = group.element(snippet);
        }
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }
}

/// The known name nearest to a misspelt one, when one is near enough to be meant; capitals do not count.
/// Where none is near, the only one that holds the text, when it has three letters or more.
#[must_use]
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().count();
    let limit = (length + 2).div_euclid(4).min(2);
    let lower = name.to_lowercase();
    let (mut near, mut holding, mut several) = (None, None, false);
    for candidate in known.into_iter().filter(|candidate| *candidate != name) {
        let other = candidate.to_lowercase();
        if other.chars().count().abs_diff(length) <= limit {
            let distance = strsim::damerau_levenshtein(&lower, &other);
            if distance <= limit && near.is_none_or(|best| (distance, candidate) < best) {
                near = Some((distance, candidate));
            }
        }
        if length >= 3 && other.contains(&lower) && holding != Some(candidate) {
            several = several || holding.is_some();
            holding = Some(candidate);
        }
    }
    near.map(|(_, candidate)| candidate).or(holding.filter(|_| !several))
}
