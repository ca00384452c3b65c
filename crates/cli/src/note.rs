//! Notes of the headline: sentences that may hold figures of the model.
//!
//! A figure stands in braces: `{name}`, `{name[dimension = member]}` or, in another unit than the
//! declared one, `{name[…] in unit}`. It is written with its unit: of `sold at {utilisation in %}`
//! becomes `sold at 80 %`, and under a scenario whatever it is there. `{{` and `}}` are braces.

use crate::cells::{cell_index, value_in};
use crate::failure::Failure;
use crate::headline::{Column, unit_of};
use crate::numbers::{brief, unit_text};
use crate::references;
use tokenomics_engine::Evaluation;
use tokenomics_language::model::{Model, VariableId};

/// A piece of a sentence; of a figure also its variable and its cell.
pub type Piece = (String, Option<(VariableId, Vec<u32>)>);

/// A sentence that may hold figures.
#[derive(Clone, Debug, Default)]
pub struct Note(Vec<Part>);

#[derive(Clone, Debug)]
enum Part {
    Words(String),
    Figure(Box<Column>),
}

impl Note {
    /// Reads a note as it stands in the headline's table.
    ///
    /// # Errors
    /// A brace without its other, an unknown name or unit, or a reference to more than one figure.
    pub fn parse(model: &Model, text: &str) -> Result<Note, Failure> {
        let mut parts = Vec::new();
        let mut words = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            words.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(tail) = rest.strip_prefix(brace) {
                words.push_str(brace);
                rest = tail;
            } else if let (true, Some((inner, tail))) = (brace == "{", rest.split_once('}')) {
                parts.push(Part::Words(std::mem::take(&mut words)));
                parts.push(Part::Figure(Box::new(one_figure(model, inner)?)));
                rest = tail;
            } else {
                return Err(Failure::call(format!("this `{brace}` lacks its other brace"))
                    .help("a figure is written `{name[dimension = member]}`, a brace itself `{{` or `}}`"));
            }
        }
        words.push_str(rest);
        parts.push(Part::Words(words));
        Ok(Note(parts))
    }

    /// The variables of its figures.
    pub fn variables(&self) -> impl Iterator<Item = VariableId> {
        self.0.iter().filter_map(|part| match part {
            Part::Figure(figure) => Some(figure.reference.variable),
            Part::Words(_) => None,
        })
    }

    /// The sentence with the figures that the model has.
    #[must_use]
    pub fn text(&self, evaluation: &Evaluation<'_>) -> String {
        self.pieces(evaluation).into_iter().map(|(text, _)| text).collect()
    }

    /// The sentence in pieces, each figure with its variable and its cell.
    #[must_use]
    pub fn pieces(&self, evaluation: &Evaluation<'_>) -> Vec<Piece> {
        let model = evaluation.model();
        let figure = |column: &Column| {
            let variable = column.reference.variable;
            let cell = column.cell(model, &[], &[]);
            let index = cell_index(model, variable, &cell);
            let text = value_in(evaluation, variable, index, &column.unit).map_or("·".to_owned(), brief);
            (format!("{text} {}", unit_text(&column.unit)).trim_end().to_owned(), Some((variable, cell)))
        };
        let piece = |part: &Part| match part {
            Part::Words(words) => (words.clone(), None),
            Part::Figure(column) => figure(column),
        };
        self.0.iter().map(piece).collect()
    }
}

/// The figure between two braces.
fn one_figure(model: &Model, text: &str) -> Result<Column, Failure> {
    let (name, unit) = match text.rsplit_once(" in ") {
        Some((name, unit)) => (name.trim(), unit.trim()),
        None => (text.trim(), ""),
    };
    let reference = references::parse_one(model, &[name.to_owned()])?;
    let variable = &model.variables[reference.variable.index()];
    for (id, pick) in variable.dimensions.iter().zip(&reference.picks) {
        if pick.as_ref().map_or(0, Vec::len) != 1 {
            let dimension = &model.dimensions[id.index()].name;
            return Err(Failure::call(format!("`{name}` varies by {dimension}; a note shows one figure"))
                .help(format!("pick one: `{{{}[{dimension} = …]}}`", variable.name)));
        }
    }
    Ok(Column { label: name.to_owned(), unit: unit_of(model, &reference, name, unit)?, reference })
}
