//! The cells of a variable that a reference means, and what is known of each.

use crate::arguments::Period;
use crate::failure::Failure;
use crate::load::NATIVES;
use crate::references::{Reference, cell_text};
use tokenomics_engine::{Evaluation, Side, Wants};
use tokenomics_language::calendar::Quarter;
use tokenomics_language::model::{Definition, DimensionId, Figure, Model, Variable, VariableId};
use tokenomics_language::unit::Unit;

/// The cells of a variable that a reference means.
#[derive(Clone, Debug)]
pub struct Slice<'m> {
    /// The model.
    pub model: &'m Model,
    /// The variable.
    pub variable: VariableId,
    /// The members meant of each of its dimensions.
    pub members: Vec<Vec<u32>>,
}

impl<'m> Slice<'m> {
    /// The cells a reference means, within a period where it picks no quarter.
    ///
    /// # Errors
    /// A period that has no quarter of the model.
    pub fn new(model: &'m Model, reference: &Reference, period: Period) -> Result<Slice<'m>, Failure> {
        let mut members = reference.members(model);
        let dimensions = &model.variables[reference.variable.index()].dimensions;
        let range = quarters(model, period)?;
        for ((id, pick), members) in dimensions.iter().zip(&reference.picks).zip(&mut members) {
            if pick.is_none() && Some(*id) == model.quarter {
                members.retain(|member| range.contains(member));
            }
        }
        Ok(Slice { model, variable: reference.variable, members })
    }

    /// What the model says of the variable.
    #[must_use]
    pub fn definition(&self) -> &'m Variable {
        &self.model.variables[self.variable.index()]
    }

    /// The positions of the dimensions of which more than one member is meant.
    #[must_use]
    pub fn open(&self) -> Vec<usize> {
        (0..self.members.len()).filter(|position| self.members[*position].len() != 1).collect()
    }

    /// The name with the members picked of the other dimensions.
    #[must_use]
    pub fn title(&self) -> String {
        let variable = self.definition();
        let closed = variable.dimensions.iter().zip(&self.members);
        let picks = closed.filter_map(|(id, members)| match members.as_slice() {
            [member] => Some((*id, *member)),
            _ => None,
        });
        cell_text(self.model, &variable.name, picks)
    }

    /// Every cell meant, the last dimension varying fastest.
    #[must_use]
    pub fn cells(&self) -> Vec<Vec<u32>> {
        combinations(&self.members)
    }

    /// The position of a cell among all cells of the variable.
    #[must_use]
    pub fn index(&self, cell: &[u32]) -> usize {
        cell_index(self.model, self.variable, cell)
    }

    /// The name of a member of the dimension at a position.
    #[must_use]
    pub fn member(&self, position: usize, member: u32) -> &'m str {
        member_name(self.model, self.definition().dimensions[position], member)
    }
}

/// The name of a member of a dimension.
#[must_use]
pub fn member_name(model: &Model, id: DimensionId, member: u32) -> &str {
    model.dimensions[id.index()].members.get(member as usize).map_or("?", String::as_str)
}

/// The position of a cell among all cells of a variable.
#[must_use]
pub fn cell_index(model: &Model, variable: VariableId, cell: &[u32]) -> usize {
    index(&model.shape(variable), cell)
}

/// The position of a cell in an array of a shape, the last dimension varying fastest.
#[must_use]
pub fn index(shape: &[usize], cell: &[u32]) -> usize {
    shape.iter().zip(cell).fold(0, |index, (size, member)| index * size + *member as usize)
}

/// The member of each dimension at a position, the last dimension varying fastest.
#[must_use]
pub fn members_of(shape: &[usize], mut index: usize) -> Vec<u32> {
    let mut cell: Vec<u32> = shape
        .iter()
        .rev()
        .map(|size| {
            let member = index % size.max(&1);
            index /= size.max(&1);
            member as u32
        })
        .collect();
    cell.reverse();
    cell
}

/// Every combination of one member of each list, the last list varying fastest.
#[must_use]
pub fn combinations(lists: &[Vec<u32>]) -> Vec<Vec<u32>> {
    lists.iter().fold(vec![Vec::new()], |heads, list| {
        heads
            .iter()
            .flat_map(|head| list.iter().map(move |member| head.iter().copied().chain([*member]).collect()))
            .collect()
    })
}

/// The positions of the quarters of a period.
fn quarters(model: &Model, period: Period) -> Result<std::ops::Range<u32>, Failure> {
    let count = model.quarter.map_or(0, |id| model.dimensions[id.index()].members.len() as u32);
    let last = Quarter(model.first_quarter.0 + i32::try_from(count).unwrap_or(0) - 1);
    let from = period.from.unwrap_or(model.first_quarter).max(model.first_quarter);
    let to = period.to.unwrap_or(last).min(last);
    if count > 0 && from > to {
        let what = match (period.from, period.to) {
            (Some(from), Some(to)) if from > to => format!("{from} is after {to}"),
            _ => "the model has no such quarter".to_owned(),
        };
        return Err(Failure::call(what).help(format!("the quarters run from {} to {last}", model.first_quarter)));
    }
    let position = |quarter: Quarter| u32::try_from(quarter.0 - model.first_quarter.0).unwrap_or(0);
    Ok(if count > 0 { position(from)..position(to) + 1 } else { 0..0 })
}

/// The model's values for the variables of some references.
#[must_use]
pub fn evaluate(model: &Model, variables: impl IntoIterator<Item = VariableId>) -> Evaluation<'_> {
    let mut variables: Vec<VariableId> = variables.into_iter().collect();
    variables.sort_unstable();
    variables.dedup();
    Evaluation::of(model, &NATIVES, &variables.into_iter().collect::<Wants>())
}

/// The value of a cell in the unit its variable is declared in; `None` where it lacks.
#[must_use]
pub fn value(evaluation: &Evaluation<'_>, variable: VariableId, cell: usize) -> Option<f64> {
    value_in(evaluation, variable, cell, &evaluation.model().variables[variable.index()].unit)
}

/// The value of a cell in a unit; `None` where it lacks.
#[must_use]
pub fn value_in(evaluation: &Evaluation<'_>, variable: VariableId, cell: usize, unit: &Unit) -> Option<f64> {
    let cells = evaluation.variable(variable)?;
    (*cells.present.get(cell)?).then(|| cells.values[cell] / unit.scale)
}

/// The figure of an input's cell.
#[must_use]
pub fn input_figure(model: &Model, variable: VariableId, cell: usize) -> Option<Figure> {
    match &model.variables[variable.index()].definition {
        Definition::Input(input) => input.cells.get(cell).copied().flatten(),
        _ => None,
    }
}

/// The word for a side.
#[must_use]
pub fn side_word(side: Side) -> &'static str {
    match side {
        Side::Given => "given",
        Side::Filled => "filled",
        Side::Modelled => "modelled",
        Side::Missing => "missing",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_and_its_members_are_the_same_cell() {
        let shape = [2, 3, 4];
        assert_eq!(members_of(&shape, 23), [1, 2, 3]);
        for position in 0..24 {
            assert_eq!(index(&shape, &members_of(&shape, position)), position);
        }
    }
}
