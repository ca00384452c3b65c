//! The headline: what `tokenomics` prints without a command. A model describes it in a table
//! `headline.csv` at its root, with the columns `section, line, label, value, unit`.
//!
//! Lines of one `section` belong together; sections stand in the order in which they first appear.
//!
//! | `line` | `label` | `value` | `unit` |
//! | --- | --- | --- | --- |
//! | `title` | | what the section says, in words | |
//! | `rows` | head of the column of names | `dimension`, or `dimension = member, member` | |
//! | `column` | head of the column | a figure: `name[dimension = member]` | the unit shown; as declared if empty |
//! | `note` | | a sentence below the table; it may hold figures, as `{name[member] in unit}` (see [`crate::note`]) | |
//! | `try` | what one learns | a call, without the name of the program | |
//!
//! A section with columns is a table. It has one row for each member of its `rows` dimension, or for
//! each combination of members where there are several `rows` lines. Where a `rows` line names no
//! members, rows that lack a figure are left out. Each column varies by no other dimension than
//! those of the rows: it picks one member of each of the others.

use crate::failure::Failure;
use crate::note::Note;
use crate::references::{self, Reference};
use crate::rows;
use tokenomics_language::diagnostic::nearest;
use tokenomics_language::model::{DimensionId, Model, VariableId};
use tokenomics_language::unit::{Unit, atoms};
use tokenomics_language::{Diagnostic, Span};

/// The path of the table from the root of a model.
pub const PATH: &str = "headline.csv";

/// What the headline shows.
#[derive(Clone, Debug, Default)]
pub struct Headline {
    /// Its parts, in order.
    pub sections: Vec<Section>,
}

/// A part of the headline.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// Its key.
    pub key: String,
    /// What it says, in words.
    pub title: String,
    /// The dimensions of its rows.
    pub rows: Vec<Axis>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Sentences below the table.
    pub notes: Vec<Note>,
    /// Calls to try, each with what one learns.
    pub tries: Vec<(String, String)>,
}

/// A dimension of the rows.
#[derive(Clone, Debug)]
pub struct Axis {
    /// The head of the column of names.
    pub label: String,
    /// The dimension.
    pub dimension: DimensionId,
    /// The members named, in order; all if none is.
    pub members: Option<Vec<u32>>,
}

/// A column of figures.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its head.
    pub label: String,
    /// The figures, but for the dimensions of the rows.
    pub reference: Reference,
    /// The unit they are shown in.
    pub unit: Unit,
}

impl Column {
    /// The cell of the column's variable in a row, which gives a member for each axis.
    #[must_use]
    pub fn cell(&self, model: &Model, axes: &[Axis], row: &[u32]) -> Vec<u32> {
        let dimensions = &model.variables[self.reference.variable.index()].dimensions;
        let member = |(id, pick): (&DimensionId, &Option<Vec<u32>>)| match pick.as_deref() {
            Some([member, ..]) => *member,
            _ => axes.iter().zip(row).find(|(axis, _)| axis.dimension == *id).map_or(0, |(_, member)| *member),
        };
        dimensions.iter().zip(&self.reference.picks).map(member).collect()
    }
}

/// Reads the headline of a model; `None` where it has none.
///
/// # Errors
/// Each line of the table that cannot be met, with its place.
pub fn read(model: &Model) -> Result<Option<Headline>, Vec<Diagnostic>> {
    let mut headline = Headline::default();
    let columns = ["section", "line", "label", "value", "unit"];
    let each = |[section, kind, label, value, unit]: [&str; 5]| {
        headline.section(section).add(model, &Line { kind, label, value, unit })
    };
    let Some((place, mut faults)) = rows::each(model, PATH, columns, each) else { return Ok(None) };
    faults.extend(headline.check(model, place));
    if faults.is_empty() { Ok(Some(headline)) } else { Err(faults) }
}

struct Line<'a> {
    kind: &'a str,
    label: &'a str,
    value: &'a str,
    unit: &'a str,
}

impl Headline {
    /// The variables of all columns and notes.
    pub fn variables(&self) -> impl Iterator<Item = VariableId> {
        self.sections.iter().flat_map(|section| {
            let columns = section.columns.iter().map(|column| column.reference.variable);
            columns.chain(section.notes.iter().flat_map(Note::variables))
        })
    }

    fn section(&mut self, key: &str) -> &mut Section {
        let position = self.sections.iter().position(|section| section.key == key).unwrap_or_else(|| {
            self.sections.push(Section { key: key.to_owned(), ..Section::default() });
            self.sections.len() - 1
        });
        &mut self.sections[position]
    }

    /// What cannot be seen from one line: columns that vary by more than their rows.
    fn check(&self, model: &Model, span: Span) -> Vec<Diagnostic> {
        let mut faults = Vec::new();
        for section in &self.sections {
            for column in &section.columns {
                let variable = &model.variables[column.reference.variable.index()];
                for (id, pick) in variable.dimensions.iter().zip(&column.reference.picks) {
                    let in_rows = section.rows.iter().any(|axis| axis.dimension == *id);
                    let picked = pick.as_ref().map_or(0, Vec::len);
                    if picked > 1 || (picked == 0 && !in_rows) {
                        let name = &model.dimensions[id.index()].name;
                        let what = format!(
                            "in section `{}` the column `{}` varies by {name}, which the rows do not",
                            section.key, column.label
                        );
                        faults.push(Diagnostic::new(span, what).help(format!("pick one: `[{name} = …]`")));
                    }
                }
            }
        }
        faults
    }
}

impl Section {
    fn add(&mut self, model: &Model, line: &Line<'_>) -> Result<(), Failure> {
        match line.kind {
            "title" => line.value.clone_into(&mut self.title),
            "note" => self.notes.push(Note::parse(model, line.value)?),
            "try" => self.tries.push((line.label.to_owned(), line.value.to_owned())),
            "rows" => self.rows.push(axis(model, line)?),
            "column" => self.columns.push(column(model, line)?),
            other => {
                let known = ["title", "rows", "column", "note", "try"];
                let near = nearest(other, known).map(|near| format!("did you mean `{near}`?"));
                return Err(Failure::call(format!("`{other}` is no line of a headline"))
                    .help(near.unwrap_or_else(|| format!("a line is one of {}", known.join(", ")))));
            }
        }
        Ok(())
    }
}

fn axis(model: &Model, line: &Line<'_>) -> Result<Axis, Failure> {
    let (name, members) = match line.value.split_once('=') {
        Some((name, members)) => (name.trim(), Some(members)),
        None => (line.value, None),
    };
    let dimension = references::dimension(model, name)?;
    let known = &model.dimensions[dimension.index()].members;
    let member = |name: &str| {
        known.iter().position(|known| known == name).map(|index| index as u32).ok_or_else(|| {
            Failure::call(format!("`{name}` is no {} of the model", model.dimensions[dimension.index()].name))
                .maybe_help(
                    nearest(name, known.iter().map(String::as_str)).map(|near| format!("did you mean `{near}`?")),
                )
        })
    };
    let members = members.map(|names| names.split(',').map(|name| member(name.trim())).collect()).transpose()?;
    Ok(Axis { label: line.label.to_owned(), dimension, members })
}

fn column(model: &Model, line: &Line<'_>) -> Result<Column, Failure> {
    let reference = references::parse_one(model, &[line.value.to_owned()])?;
    Ok(Column { label: line.label.to_owned(), unit: unit_of(model, &reference, line.value, line.unit)?, reference })
}

/// The unit of a text for a reference of a text; the declared one where none is given.
///
/// # Errors
/// A unit that is not known, or that measures something else.
pub fn unit_of(model: &Model, reference: &Reference, name: &str, text: &str) -> Result<Unit, Failure> {
    let declared = &model.variables[reference.variable.index()].unit;
    let Some(unit) = (if text.is_empty() { Some(declared.clone()) } else { model.units.parse(text) }) else {
        let unknown = atoms(text).unwrap_or_default().into_iter().find(|(name, _)| model.units.find(name).is_none());
        let near = unknown.and_then(|(name, _)| nearest(name, model.units.names()));
        return Err(Failure::call(format!("there is no unit `{text}`"))
            .maybe_help(near.map(|near| format!("did you mean `{near}`?"))));
    };
    if unit.powers != declared.powers {
        return Err(Failure::call(format!("`{name}` is in {}, not in {}", declared.text, unit.text)));
    }
    Ok(unit)
}
