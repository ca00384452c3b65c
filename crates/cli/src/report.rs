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
//! | `sankey` | the caption | a matrix at one quarter or several: what the first dimension gives the second | the unit shown |
//! | `curves` | the caption | figures over a dimension other than the quarter, `--over` it | the unit shown |
//! | `cards` | the caption | a kind of card, and which of them (see [`crate::cards`]) | |
//! | `try` | what one learns | a call, without the name of the program | |

use crate::arguments::Period;
use crate::cards;
use crate::drawing::curves::number_in;
use crate::failure::Failure;
use crate::headline::unit_of;
use crate::note::Note;
use crate::numbers::counted;
use crate::references::{self, Reference};
use crate::rows;
use clap::ValueEnum;
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

/// How figures are drawn. What `plot` draws without a report is told in its help by these comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Lines over quarters.
    Lines,
    /// Areas over quarters, one upon another.
    #[value(skip)]
    Areas,
    /// Shades over quarters.
    Heat,
    /// Bars of members.
    Bars,
    /// Bars, each from where the one before ends.
    Bridge,
    /// A table of members.
    #[value(skip)]
    Table,
    /// Bands from one to another, of a matrix.
    Sankey,
    /// Curves over a dimension other than the quarter.
    Curves,
    /// Cards, each folded.
    #[value(skip)]
    Cards,
}

const KINDS: [(&str, Kind); 9] = [
    ("lines", Kind::Lines),
    ("areas", Kind::Areas),
    ("heat", Kind::Heat),
    ("bars", Kind::Bars),
    ("bridge", Kind::Bridge),
    ("table", Kind::Table),
    ("sankey", Kind::Sankey),
    ("curves", Kind::Curves),
    ("cards", Kind::Cards),
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
    /// The axis of curves.
    pub across: Across,
    /// What stands below a table.
    pub below: Below,
    /// On which sides givers and takers stand.
    pub sides: Sides,
}

/// The axis of curves.
#[derive(Clone, Copy, Debug, Default)]
pub struct Across {
    /// The dimension along it.
    pub over: Option<DimensionId>,
    /// The figure that gives each of its members a place.
    pub at: Option<VariableId>,
    /// Whether equal ways along it are equal ratios.
    pub by_ratio: bool,
}

/// What stands below a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Below {
    /// Nothing.
    #[default]
    Nothing,
    /// The sum of each column.
    Total,
}

/// On which sides givers and takers stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sides {
    /// Along a chain: who takes from one and gives to another stands between them.
    #[default]
    Chain,
    /// Givers on one side, takers on the other.
    Two,
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
                let named = figure.references.iter().map(|reference| reference.variable);
                named.chain(figure.options.known_by).chain(figure.options.across.at)
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
    if *kind == Kind::Cards {
        return cards(model, caption, words);
    }
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
    Figure { kind: *kind, caption: caption.to_owned(), words: words.to_owned(), references, unit, options }.fit(model)
}

impl Figure {
    /// The figures as a call names them, without options.
    #[must_use]
    pub fn names(&self) -> &str {
        self.words.split(" --").next().unwrap_or_default()
    }

    /// The figure, if its kind can draw it; curves have an axis then.
    ///
    /// # Errors
    /// What varies by too little or by too much for its kind.
    pub fn fit(mut self, model: &Model) -> Result<Figure, Failure> {
        match self.kind {
            Kind::Lines | Kind::Areas | Kind::Heat => {
                for reference in &self.references {
                    let variable = &model.variables[reference.variable.index()];
                    if !variable.dimensions.iter().any(|id| Some(*id) == model.quarter) {
                        return Err(Failure::call(format!("`{}` does not vary by quarter", variable.name))
                            .help("`bars` and `table` show what does not"));
                    }
                }
            }
            Kind::Sankey => is_a_matrix(model, &self.references)?,
            Kind::Curves => self.options.across.over = Some(axis(model, &self.references, &self.options)?),
            Kind::Bars | Kind::Bridge | Kind::Table | Kind::Cards => {}
        }
        Ok(self)
    }
}

/// Cards with their figures.
fn cards(model: &Model, caption: &str, words: &str) -> Result<Figure, Failure> {
    let cards = cards::read(model).ok().flatten().unwrap_or_default();
    let (kind, names) = cards::named(model, &cards, words)?;
    let also: Vec<&str> = names.into_iter().flat_map(|name| cards.also(kind, name)).collect();
    let mut references: Vec<Reference> = cards.of(kind).filter_map(|line| line.figure(model, &also)).collect();
    let known_by = cards.of(kind).filter_map(|line| line.options.known_by);
    references.extend(known_by.map(|variable| Reference::whole(model, variable)));
    let (caption, words) = (caption.to_owned(), words.to_owned());
    Ok(Figure { kind: Kind::Cards, caption, words, references, unit: None, options: Options::default() })
}

/// Whether figures are one matrix, or one for each of some quarters.
fn is_a_matrix(model: &Model, references: &[Reference]) -> Result<(), Failure> {
    let [reference] = references else {
        return Err(Failure::call("`sankey` draws one figure").help("name the others in lines of their own"));
    };
    let variable = &model.variables[reference.variable.index()];
    let quarter = variable.dimensions.iter().position(|id| Some(*id) == model.quarter);
    if quarter.is_some_and(|place| reference.picks[place].is_none()) {
        return Err(Failure::call(format!("`{}` varies by quarter, of which none is picked", variable.name))
            .help("pick one, or some of which each is a drawing: `[quarter = 2026Q1, 2027Q1]`"));
    }
    let open = reference.open(model).into_iter().filter(|place| Some(*place) != quarter).count();
    if open != 2 {
        let what =
            format!("`{}` leaves {} open; a sankey is from one to another", variable.name, counted(open, "dimension"));
        return Err(Failure::call(what).help("pick a member of each but two"));
    }
    Ok(())
}

/// The dimension along the axis of curves.
fn axis(model: &Model, references: &[Reference], options: &Options) -> Result<DimensionId, Failure> {
    let dimensions = |reference: &Reference| model.variables[reference.variable.index()].dimensions.clone();
    let last = references.first().and_then(|first| {
        let own = dimensions(first);
        first.open(model).into_iter().rev().map(|place| own[place]).find(|id| Some(*id) != model.quarter)
    });
    let over = options.across.over.or(last).ok_or_else(|| {
        Failure::call("curves lack an axis").help("`--over DIMENSION` names one that the figures vary by")
    })?;
    let dimension = &model.dimensions[over.index()];
    for reference in references {
        if !dimensions(reference).contains(&over) {
            let name = &model.variables[reference.variable.index()].name;
            return Err(Failure::call(format!("`{name}` does not vary by {}", dimension.name)));
        }
    }
    match options.across.at.map(|at| &model.variables[at.index()]) {
        Some(at) if at.dimensions != [over] => {
            Err(Failure::call(format!("`{}` does not vary by {} alone", at.name, dimension.name))
                .help("`--at` names a figure that gives each member a place on the axis"))
        }
        None if options.across.by_ratio && dimension.members.iter().any(|member| number_in(member).is_none()) => {
            Err(Failure::call(format!(
                "members of {} have no numbers, of which `--log-across` takes ratios",
                dimension.name
            ))
            .help("`--at NAME` names a figure that gives each member a place on the axis"))
        }
        _ => Ok(over),
    }
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
            "over" => self.across.over = Some(references::dimension(model, value)?),
            "at" => self.across.at = Some(references::variable(model, value)?),
            "log-across" => self.across.by_ratio = true,
            "total" => self.below = Below::Total,
            "two-sided" => self.sides = Sides::Two,
            other => {
                return Err(Failure::call(format!("there is no option `--{other}` in a report")).help(
                    "there are --from, --until, --by, --known-by, --top, --log, --stacked, --no-bands, --over, \
                         --at, --log-across, --total and --two-sided",
                ));
            }
        }
        Ok(())
    }
}
