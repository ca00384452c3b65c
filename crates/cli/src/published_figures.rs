//! Figures of publications that a model answers to. A table `published_figures.csv` at the root of a model
//! lists each, with the columns `figure, publication, place, statement, value, unit, answer, by, why`.
//!
//! | column | |
//! | --- | --- |
//! | `figure` | a name, each once |
//! | `publication` | a key of `data/sources.csv` |
//! | `place` | where in the publication |
//! | `statement` | what it says, in words of the model's own |
//! | `value`, `unit` | the figure as published |
//! | `answer` | `claim`, `input` or `none` |
//! | `by` | the claims, or the inputs and formulas with the cells meant, that answer, parted by blanks |
//! | `why` | why no model can answer; needed where none does |

use crate::failure::Failure;
use crate::references::{self, meant};
use crate::rows;
use std::collections::HashSet;
use tokenomics_language::Diagnostic;
use tokenomics_language::model::{Model, PublicationId};

/// The path of the table from the root of a model.
pub const PATH: &str = "published_figures.csv";

/// A figure of a publication.
#[derive(Clone, Debug)]
pub struct PublishedFigure {
    /// Its name.
    pub name: String,
    /// Where it is from.
    pub publication: PublicationId,
    /// Where in the publication it stands.
    pub place: String,
    /// What it says.
    pub statement: String,
    /// The value as published.
    pub value: String,
    /// Its unit as published.
    pub unit: String,
    /// What answers it.
    pub answer: Answer,
    /// Why no model can answer, or what else is to be said.
    pub why: String,
}

/// What a model has to say to a published figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Claims hold the model against it, by their positions.
    Claims(Vec<usize>),
    /// It is given to the model, or the model computes with it: what is to be shown of which variables.
    Variables(Vec<String>),
    /// Nothing answers, and the row says why.
    None,
}

impl Answer {
    /// The word of the table.
    pub fn word(&self) -> &'static str {
        match self {
            Answer::Claims(_) => "claim",
            Answer::Variables(_) => "input",
            Answer::None => "none",
        }
    }
}

/// Reads the figures that a model answers to; `None` where it lists none.
///
/// # Errors
/// Each line of the table that names what the model has not, or says nothing, with its place.
pub fn read(model: &Model) -> Result<Option<Vec<PublishedFigure>>, Vec<Diagnostic>> {
    let mut figures = Vec::new();
    let mut names = HashSet::new();
    let columns = ["figure", "publication", "place", "statement", "value", "unit", "answer", "by", "why"];
    let each = |fields: [&str; 9]| {
        let figure = figure(model, fields)?;
        if !names.insert(figure.name.clone()) {
            return Err(Failure::call(format!("`{}` stands twice", figure.name)).help("give one of them another name"));
        }
        figures.push(figure);
        Ok(())
    };
    let Some((_, faults)) = rows::each(model, PATH, columns, each) else { return Ok(None) };
    if faults.is_empty() { Ok(Some(figures)) } else { Err(faults) }
}

fn figure(model: &Model, fields: [&str; 9]) -> Result<PublishedFigure, Failure> {
    let [name, key, place, statement, value, unit, answer, by, why] = fields;
    let known = model.publications.iter().position(|publication| publication.key == key);
    let publication = known.map(|at| PublicationId(at as u32)).ok_or_else(|| {
        let keys = model.publications.iter().map(|publication| publication.key.as_str());
        Failure::call(format!("there is no source `{key}`")).maybe_help(meant(key, keys))
    })?;
    let answer = match answer {
        "claim" => Answer::Claims(all(by, |word| claim(model, word))?),
        "input" => Answer::Variables(all(by, |word| variable(model, word))?),
        "none" if why.is_empty() => {
            return Err(Failure::call(format!("nothing answers `{name}`, and nothing says why"))
                .help("fill the column `why`, or name the claim or the input in `by`"));
        }
        "none" => Answer::None,
        other => {
            return Err(Failure::call(format!("`{other}` is no answer")).help("there are claim, input and none"));
        }
    };
    let [name, place, statement, value, unit, why] = [name, place, statement, value, unit, why].map(str::to_owned);
    Ok(PublishedFigure { name, publication, place, statement, value, unit, answer, why })
}

/// What each word of a list names.
fn all<T>(by: &str, find: impl Fn(&str) -> Result<T, Failure>) -> Result<Vec<T>, Failure> {
    if by.is_empty() {
        return Err(Failure::call("nothing is named in `by`").help("name what answers, or answer `none` and say why"));
    }
    words(by).into_iter().map(find).collect()
}

/// The words of a list: a blank within brackets parts nothing.
fn words(by: &str) -> Vec<&str> {
    let mut depth = 0;
    let blank = |letter: char| {
        match letter {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        depth == 0 && letter.is_whitespace()
    };
    by.split(blank).filter(|word| !word.is_empty()).collect()
}

fn claim(model: &Model, word: &str) -> Result<usize, Failure> {
    model.claims.iter().position(|claim| claim.name == word).ok_or_else(|| {
        let names = model.claims.iter().map(|claim| claim.name.as_str());
        Failure::call(format!("there is no claim `{word}`")).maybe_help(meant(word, names))
    })
}

fn variable(model: &Model, word: &str) -> Result<String, Failure> {
    references::parse_one(model, &[word.to_owned()])?;
    Ok(word.to_owned())
}
