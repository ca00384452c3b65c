//! `explain`: a figure as a tree, from its formula down to the sources; or a claim.

use super::claim;
use super::lacking::Lacking;
use super::tree::{Branch, Printer, Seen};
use crate::arguments::Global;
use crate::cells::{Slice, cell_index, evaluate, value};
use crate::failure::Failure;
use crate::references::parse_one;
use crate::screen::{Form, Screen};
use crate::style::Style;
use tokenomics_engine::{Explanation, explain};
use tokenomics_language::Model;
use tokenomics_language::model::VariableId;

/// One cell of a variable.
pub struct Target {
    /// The variable.
    pub variable: VariableId,
    /// The member of each of its dimensions.
    pub cell: Vec<u32>,
    /// Its position among all cells.
    pub index: usize,
    /// Its name with the members.
    pub title: String,
}

/// The one cell that the words of a call mean. Where no quarter is picked it is the last that has
/// a figure.
///
/// # Errors
/// An unknown name, or a dimension of which no member, or more than one, is picked.
pub fn one_cell(model: &Model, words: &[String]) -> Result<Target, Failure> {
    let reference = parse_one(model, words)?;
    let variable = &model.variables[reference.variable.index()];
    let mut members = reference.members(model);
    let mut later = None;
    for (position, id) in variable.dimensions.iter().enumerate() {
        let dimension = &model.dimensions[id.index()];
        let open = members[position].len() != 1;
        if open && Some(*id) == model.quarter && reference.picks[position].is_none() {
            later = Some(position);
        } else if open {
            let few: Vec<&str> = dimension.members.iter().take(12).map(String::as_str).collect();
            let more = if few.len() < dimension.members.len() { ", …" } else { "" };
            return Err(Failure::call(format!("`{}` varies by {}; pick one", reference.text(model), dimension.name))
                .help(format!("`{} = …`: {}{more}", dimension.name, few.join(", "))));
        }
    }
    if let Some(position) = later {
        let evaluation = evaluate(model, [reference.variable]);
        let mut cell: Vec<u32> = members.iter().map(|members| members[0]).collect();
        let known = |quarter: &u32| {
            cell[position] = *quarter;
            value(&evaluation, reference.variable, cell_index(model, reference.variable, &cell)).is_some()
        };
        let last = members[position].iter().copied().rev().find(known).or(members[position].last().copied());
        members[position] = last.into_iter().collect();
    }
    let slice = Slice { model, variable: reference.variable, members };
    let cell: Vec<u32> = slice.members.iter().filter_map(|members| members.first().copied()).collect();
    Ok(Target { variable: reference.variable, index: slice.index(&cell), title: slice.title(), cell })
}

/// Explains one figure.
///
/// # Errors
/// An unknown name, more than one figure, or the output does not take any more.
pub fn run(
    model: &Model,
    global: &Global,
    screen: &mut Screen<'_>,
    words: &[String],
    depth: usize,
) -> Result<(), Failure> {
    if let Some(claim) = claim::named(model, words) {
        return claim::run(model, global, screen, claim, depth);
    }
    let target = one_cell(model, words)?;
    let evaluation = evaluate(model, [target.variable]);
    let tree = explain(&evaluation, target.variable, &target.cell, depth);
    let printer = Printer { model, lacking: Lacking::new(model, global, &[&tree])? };
    match screen.form {
        Form::Json => screen.tree(global, printer.nested(&tree)),
        Form::Csv => {
            let mut rows = Vec::new();
            printer.flat(&tree, 0, &mut rows);
            screen.records(global, "figures", rows)
        }
        Form::Text => {
            let doc = &model.variables[target.variable.index()].doc;
            screen.paragraph(doc, 0, Style::Quiet)?;
            print(screen, &printer, &[tree], depth)
        }
    }
}

/// Prints trees and the sources they rest on.
///
/// # Errors
/// The output does not take any more.
pub fn print(
    screen: &mut Screen<'_>,
    printer: &Printer<'_>,
    trees: &[Explanation],
    depth: usize,
) -> Result<(), Failure> {
    let mut seen = Seen::default();
    for tree in trees {
        printer.print(screen, tree, &Branch::root(), &mut seen)?;
    }
    if seen.cut {
        let deeper = format!("--depth {} opens what is read further down", depth + 1);
        screen.line(format!("\n{}", screen.paint.paint(Style::Quiet, &deeper)))?;
    }
    printer.print_sources(screen, &seen.cited)
}
