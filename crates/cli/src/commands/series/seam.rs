//! Where what is reported ends.

use super::quarter_position;
use crate::cells::{cell_index, combinations};
use tokenomics_engine::{Evaluation, taken};
use tokenomics_language::Model;
use tokenomics_language::calendar::Quarter;
use tokenomics_language::model::{Definition, DimensionId, Figure, Kind, Node, Pick, VariableId};

/// Whether a cell is a figure that somebody published of a quarter which had begun by then.
pub(in super::super) fn is_reported(
    evaluation: &Evaluation<'_>,
    variable: VariableId,
    cell: &[u32],
    quarter: u32,
) -> bool {
    taken(evaluation, variable, cell).is_some_and(|figure| published_of(evaluation.model(), &figure, quarter))
}

/// Whether a figure was published, and of a quarter that had begun by then: what is published of a later
/// one is a forecast, whoever makes it.
fn published_of(model: &Model, figure: &Figure, quarter: u32) -> bool {
    let origin = &model.origins[figure.origin.index()];
    let begun = origin.published.is_some_and(|date| first_day(model, quarter) <= date.last_day());
    !figure.filled && origin.publication.is_some() && origin.kind != Kind::Assumption && begun
}

/// The first day of a quarter, as a number that orders dates.
fn first_day(model: &Model, quarter: u32) -> u32 {
    let Quarter(number) = Quarter(model.first_quarter.0 + i32::try_from(quarter).unwrap_or(0));
    let (year, part) = (number.div_euclid(4), number.rem_euclid(4));
    u32::try_from(year * 10_000 + (part * 3 + 1) * 100 + 1).unwrap_or(0)
}

/// The last quarter up to which a variable is known by what it reads: the last that is published of the
/// nearest figures over quarters that it is computed from. What those rest on in turn does not count: a
/// forecast of machines is no better known for the price of their memory being so.
pub(in super::super) fn last_reported(evaluation: &Evaluation<'_>, variable: VariableId) -> Option<u32> {
    let model = evaluation.model();
    let mut seen = vec![false; model.variables.len()];
    let mut level = vec![variable];
    while !level.is_empty() {
        let mut last = None;
        let mut next = Vec::new();
        for id in level {
            let Some(position) = quarter_position(model, id) else { continue };
            if !std::mem::replace(&mut seen[id.index()], true) {
                last = last.max(own(evaluation, id, position));
                next.extend(read_over_quarters(model, id));
            }
        }
        if last.is_some() {
            return last;
        }
        level = next;
    }
    None
}

/// The last quarter of which half of a variable is published.
fn own(evaluation: &Evaluation<'_>, variable: VariableId, position: usize) -> Option<u32> {
    let model = evaluation.model();
    let cells = evaluation.variable(variable)?;
    let mut members: Vec<Vec<u32>> = model.shape(variable).iter().map(|size| (0..*size as u32).collect()).collect();
    let quarters = std::mem::take(&mut members[position]);
    quarters.into_iter().rev().find(|quarter| {
        members[position] = vec![*quarter];
        let (mut reported, mut all) = (0.0, 0.0);
        let mut any = false;
        for cell in combinations(&members) {
            let index = cell_index(model, variable, &cell);
            let value = if cells.present[index] { cells.values[index].abs() } else { continue };
            let figure = taken(evaluation, variable, &cell);
            // What is held from before says nothing of the quarter, for or against.
            if figure.is_some_and(|figure| figure.filled) {
                continue;
            }
            all += value;
            if figure.is_some_and(|figure| published_of(model, &figure, *quarter)) {
                any = true;
                reported += value;
            }
        }
        any && reported >= all / 2.0
    })
}

/// The variables that the formula of one reads at the quarter at hand or about it.
fn read_over_quarters(model: &Model, variable: VariableId) -> Vec<VariableId> {
    let mut found = Vec::new();
    let mut expressions = match &model.variables[variable.index()].definition {
        Definition::Input(_) => Vec::new(),
        Definition::Formula(clauses) => clauses.iter().map(|clause| clause.body).collect(),
        Definition::Native { inputs, .. } => return inputs.clone(),
    };
    while let Some(id) = expressions.pop() {
        let node = &model.expressions[id.index()].node;
        if let Node::Load { variable, picks } = node {
            let pinned =
                |(id, pick): &(DimensionId, Pick)| Some(*id) == model.quarter && matches!(pick, Pick::Member(_));
            if !picks.iter().any(pinned) {
                found.push(*variable);
            }
        }
        expressions.extend(node.parts());
    }
    found
}
