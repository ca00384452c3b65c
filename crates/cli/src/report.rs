//! The report: which figures `tokenomics report` shows, and how. A model describes it in a table
//! `report.csv` at its root, with the columns `section, line, label, value, unit`.
//!
//! Lines of one `section` belong together; sections stand in the order in which they first appear, and
//! the first is the head of the page.
//!
//! | `line` | `label` | `value` | `unit` |
//! | --- | --- | --- | --- |
//! | `title` | | what the section says | |
//! | `note` | | a sentence, which may hold figures (see [`crate::note`]) | |
//! | `lines` | the caption | figures over quarters, with options as of `plot` | the unit shown |
//! | `areas` | the caption | the same, one upon another | the unit shown |
//! | `heat` | the caption | the same, as shades | the unit shown |
//! | `bars` | the caption | figures of members; `--stacked` lays those of a row end to end | the unit shown |
//! | `bridge` | the caption | figures of members, each from where the one before ends | the unit shown |
//! | `table` | the caption | figures of members, the last dimension across; or several figures, one a column | the unit shown |
//! | `try` | what one learns | a call, without the name of the program | |

use crate::arguments::Period;
use crate::failure::Failure;
use crate::headline::unit_of;
use crate::note::Note;
use crate::references::{self, Reference};
use crate::rows;
use tokenomics_language::Diagnostic;
use tokenomics_language::calendar::Quarter;
use tokenomics_language::diagnostic::nearest;
use tokenomics_language::model::{DimensionId, Model, VariableId};
use tokenomics_language::unit::Unit;

/// The path of the table from the root of a model.
pub const PATH: &str = "report.csv";

/// What the report shows.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Its parts, in order; the first is the head.
    pub sections: Vec<Section>,
}

/// A part of the report.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// Its key.
    pub key: String,
    /// What it says.
    pub title: String,
    /// Sentences below the title.
    pub notes: Vec<Note>,
    /// What is drawn.
    pub figures: Vec<Figure>,
    /// Calls to try, each with what one learns.
    pub tries: Vec<(String, String)>,
}

/// How figures are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As lines over quarters.
    Lines,
    /// As areas over quarters, one upon another.
    Areas,
    /// As shades over quarters.
    Heat,
    /// As bars.
    Bars,
    /// As bars, each from where the one before ends.
    Bridge,
    /// As a table.
    Table,
}

const KINDS: [(&str, Kind); 6] = [
    ("lines", Kind::Lines),
    ("areas", Kind::Areas),
    ("heat", Kind::Heat),
    ("bars", Kind::Bars),
    ("bridge", Kind::Bridge),
    ("table", Kind::Table),
];

/// Something drawn.
#[derive(Clone, Debug)]
pub struct Figure {
    /// How.
    pub kind: Kind,
    /// What it shows.
    pub caption: String,
    /// The figures, as a call names them, with the options.
    pub words: String,
    /// The figures.
    pub references: Vec<Reference>,
    /// The unit they are shown in, where it is not the declared one.
    pub unit: Option<Unit>,
    /// How they are drawn.
    pub options: Options,
}

/// How figures are drawn, beyond their kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The quarters.
    pub period: Period,
    /// The dimension that lines stand for.
    pub by: Option<DimensionId>,
    /// The figure as far as which what is computed is known.
    pub known_by: Option<VariableId>,
    /// How many of the largest are kept.
    pub top: Option<usize>,
    /// Whether equal ways are equal ratios.
    pub by_ratio: bool,
    /// Whether bars of a row lie end to end.
    pub stacked: bool,
    /// Whether lines have no bands.
    pub without_bands: bool,
}

/// Reads the report of a model; `None` where it has none.
///
/// # Errors
/// Each line of the table that cannot be met, with its place.
pub fn read(model: &Model) -> Result<Option<Report>, Vec<Diagnostic>> {
    let mut report = Report::default();
    let columns = ["section", "line", "label", "value", "unit"];
    let each = |[key, kind, label, value, unit]: [&str; 5]| {
        let position = report.sections.iter().position(|section| section.key == key).unwrap_or_else(|| {
            report.sections.push(Section { key: key.to_owned(), ..Section::default() });
            report.sections.len() - 1
        });
        let section = &mut report.sections[position];
        match kind {
            "title" => value.clone_into(&mut section.title),
            "note" => section.notes.push(Note::parse(model, value)?),
            "try" => section.tries.push((label.to_owned(), value.to_owned())),
            other => section.figures.push(figure(model, other, label, value, unit)?),
        }
        Ok(())
    };
    let Some((_, faults)) = rows::each(model, PATH, columns, each) else { return Ok(None) };
    if faults.is_empty() { Ok(Some(report)) } else { Err(faults) }
}

impl Report {
    /// The variables of all that is shown.
    pub fn variables(&self) -> impl Iterator<Item = VariableId> {
        self.sections.iter().flat_map(|section| {
            let drawn = section.figures.iter().flat_map(|figure| {
                figure.references.iter().map(|reference| reference.variable).chain(figure.options.known_by)
            });
            drawn.chain(section.notes.iter().flat_map(Note::variables))
        })
    }
}

fn figure(model: &Model, kind: &str, caption: &str, words: &str, unit: &str) -> Result<Figure, Failure> {
    let Some((_, kind)) = KINDS.iter().find(|(name, _)| *name == kind) else {
        let known = || KINDS.iter().map(|(name, _)| *name).chain(["title", "note", "try"]);
        let near = nearest(kind, known()).map(|near| format!("did you mean `{near}`?"));
        return Err(Failure::call(format!("`{kind}` is no line of a report"))
            .help(near.unwrap_or_else(|| format!("a line is one of {}", known().collect::<Vec<_>>().join(", ")))));
    };
    let mut parts = words.split(" --");
    let names = parts.next().unwrap_or_default();
    let references = references::parse(model, &[names.to_owned()])?;
    let mut options = Options::default();
    for part in parts {
        let (name, value) = part.trim().split_once(' ').unwrap_or((part.trim(), ""));
        options.set(model, name, value.trim())?;
    }
    let unit = match references.first() {
        Some(first) if !unit.is_empty() => Some(unit_of(model, first, names, unit)?),
        _ => None,
    };
    if matches!(kind, Kind::Lines | Kind::Areas | Kind::Heat) {
        for reference in &references {
            let variable = &model.variables[reference.variable.index()];
            if !variable.dimensions.iter().any(|id| Some(*id) == model.quarter) {
                return Err(Failure::call(format!("`{}` does not vary by quarter", variable.name))
                    .help("`bars` and `table` show what does not"));
            }
        }
    }
    Ok(Figure { kind: *kind, caption: caption.to_owned(), words: words.to_owned(), references, unit, options })
}

impl Options {
    /// Takes an option by its name.
    ///
    /// # Errors
    /// An unknown option, or a value that it does not take.
    pub fn set(&mut self, model: &Model, name: &str, value: &str) -> Result<(), Failure> {
        let quarter = || {
            Quarter::parse(value).ok_or_else(|| {
                Failure::call(format!("`--{name} {value}` is no quarter")).help("a quarter is written 2026Q1")
            })
        };
        match name {
            "from" => self.period.from = Some(quarter()?),
            "until" => self.period.to = Some(quarter()?),
            "by" => self.by = Some(references::dimension(model, value)?),
            "known-by" => self.known_by = Some(references::variable(model, value)?),
            "top" => {
                let number = value.parse().ok().filter(|number| *number > 0);
                let what = || Failure::call(format!("`--top {value}` is no number above zero"));
                self.top = Some(number.ok_or_else(what)?);
            }
            "log" => self.by_ratio = true,
            "stacked" => self.stacked = true,
            "no-bands" => self.without_bands = true,
            other => {
                return Err(Failure::call(format!("there is no option `--{other}` in a report"))
                    .help("there are --from, --until, --by, --known-by, --top, --log, --stacked and --no-bands"));
            }
        }
        Ok(())
    }
}
