//! What is held against what came out: a model says it in a table `backtest.csv` at its root, with the
//! columns `label, forecast, outcome`.
//!
//! `forecast` is a figure that varies by quarter, with picks; `outcome` the reported one that says what
//! came out, or nothing where that is the same figure once it is reported. Where both leave a dimension
//! open, each of its members is a series.

use crate::failure::Failure;
use crate::references::{self, Reference};
use crate::rows;
use tokenomics_language::Diagnostic;
use tokenomics_language::model::{DimensionId, Model};

/// The path of the table from the root of a model.
pub const PATH: &str = "backtest.csv";

/// A line of the table.
#[derive(Clone, Debug)]
pub struct Pair {
    /// What it is called.
    pub label: String,
    /// What is forecast.
    pub forecast: Reference,
    /// What came out.
    pub outcome: Reference,
}

/// Reads the table of a model; `None` where it has none.
///
/// # Errors
/// Each line that cannot be met, with its place.
pub fn read(model: &Model) -> Result<Option<Vec<Pair>>, Vec<Diagnostic>> {
    let mut pairs = Vec::new();
    let each = |[label, forecast, outcome]: [&str; 3]| {
        pairs.push(pair(model, label, forecast, if outcome.is_empty() { forecast } else { outcome })?);
        Ok(())
    };
    let Some((_, faults)) = rows::each(model, PATH, ["label", "forecast", "outcome"], each) else { return Ok(None) };
    if faults.is_empty() { Ok(Some(pairs)) } else { Err(faults) }
}

fn pair(model: &Model, label: &str, forecast: &str, outcome: &str) -> Result<Pair, Failure> {
    let [forecast, outcome] = [forecast, outcome].map(|text| references::parse_one(model, &[text.to_owned()]));
    let (forecast, outcome) = (forecast?, outcome?);
    for reference in [&forecast, &outcome] {
        let variable = &model.variables[reference.variable.index()];
        if !variable.dimensions.iter().any(|id| Some(*id) == model.quarter) {
            return Err(Failure::call(format!("`{}` does not vary by quarter", variable.name))
                .help("a forecast and its outcome are figures over quarters"));
        }
    }
    let [ours, theirs] = [&forecast, &outcome].map(|reference| &model.variables[reference.variable.index()]);
    if ours.unit.powers != theirs.unit.powers {
        return Err(Failure::call(format!(
            "`{}` is in {}, `{}` in {}",
            ours.name, ours.unit.text, theirs.name, theirs.unit.text
        )));
    }
    let [left, right] = [&forecast, &outcome].map(|reference| open(model, reference));
    if left != right {
        let names = |open: &[(DimensionId, Vec<u32>)]| {
            let names: Vec<&str> = open.iter().map(|(id, _)| model.dimensions[id.index()].name.as_str()).collect();
            if names.is_empty() { "nothing but quarters".to_owned() } else { names.join(", ") }
        };
        return Err(Failure::call(format!(
            "`{}` varies by {}, `{}` by {}",
            ours.name,
            names(&left),
            theirs.name,
            names(&right)
        ))
        .help("pick members until both leave the same ones open"));
    }
    Ok(Pair { label: label.to_owned(), forecast, outcome })
}

/// The dimensions that a reference leaves open but for the quarter, with their members, by identifier.
#[must_use]
pub fn open(model: &Model, reference: &Reference) -> Vec<(DimensionId, Vec<u32>)> {
    let dimensions = &model.variables[reference.variable.index()].dimensions;
    let all = dimensions.iter().copied().zip(reference.members(model));
    let mut open: Vec<_> = all.filter(|(id, members)| Some(*id) != model.quarter && members.len() != 1).collect();
    open.sort_by_key(|(id, _)| *id);
    open
}
