//! From texts to a checked model.

use crate::calendar::Date;
use crate::diagnostic::Diagnostic;
use crate::model::Model;
use crate::native::Native;
use crate::source::Sources;

/// What a model is read under.
#[derive(Clone, Copy, Default)]
pub struct Options<'a> {
    /// The scenario to apply, with those it stands on.
    pub scenario: Option<&'a str>,
    /// What was published later is hidden.
    pub as_of: Option<Date>,
    /// The algorithms that sheets may declare.
    pub natives: &'a [&'a dyn Native],
}

/// Every fault found, with the texts they are in, in the order of files and lines.
#[derive(Clone, Debug)]
pub struct Faults {
    /// The texts.
    pub sources: Sources,
    /// The faults.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads, resolves and checks a model.
///
/// # Errors
/// Every fault found in the sheets and tables, or an unknown scenario.
pub fn load(sources: Sources, options: &Options<'_>) -> Result<Model, Faults> {
    crate::check::run(sources, options)
}
