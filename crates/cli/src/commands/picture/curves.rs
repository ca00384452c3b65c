//! Figures over a dimension that is not the quarter.

use super::super::largest;
use super::super::plot::MOST;
use super::Place;
use crate::cells::{Slice, combinations, member_name, value, value_in};
use crate::drawing::curves::{Curves, number_in};
use crate::drawing::spoken;
use crate::failure::Failure;
use crate::numbers::unit_text;
use crate::report::Figure;
use tokenomics_engine::Evaluation;
use tokenomics_language::model::{DimensionId, Model, VariableId};

/// Figures as curves over the members of a dimension, at their numbers or at equal steps; and their cells. The
/// largest are kept where there are more than can be told apart.
///
/// # Errors
/// Figures that do not vary by the dimension of the axis, or no axis.
pub fn curves(evaluation: &Evaluation<'_>, figure: &Figure) -> Result<(Curves, Vec<Place>), Failure> {
    let model = evaluation.model();
    let Some(over) = figure.options.across.over else { return Err(Failure::call("curves lack an axis")) };
    let axis = Across::of(model, figure, over)?;
    let mut each = Vec::new();
    let mut cells: Vec<Place> = Vec::new();
    let mut unit = String::new();
    for reference in &figure.references {
        let slice = Slice::new(model, reference, figure.options.period)?;
        let declared = &slice.definition().unit;
        let shown = figure.unit.as_ref().filter(|unit| unit.powers == declared.powers).unwrap_or(declared);
        unit_text(shown).clone_into(&mut unit);
        let dimensions = &slice.definition().dimensions;
        let Some(position) = dimensions.iter().position(|id| *id == over) else { continue };
        let open: Vec<usize> = slice.open().into_iter().filter(|place| *place != position).collect();
        let mut apart = slice.members.clone();
        apart[position].truncate(1);
        for mut cell in combinations(&apart) {
            let names: Vec<&str> = open.iter().map(|place| slice.member(*place, cell[*place])).collect();
            let own = (figure.references.len() > 1 || names.is_empty()).then(|| spoken(&slice.definition().name));
            let members = spoken(&names.join(", "));
            let name = own.map_or(members.clone(), |own| format!("{own} {members}").trim_end().to_owned());
            let mut places = Vec::new();
            for member in &slice.members[position] {
                cell[position] = *member;
                let height = value_in(evaluation, slice.variable, slice.index(&cell), shown);
                let Some((x, y)) = axis.place(evaluation, *member).zip(height) else { continue };
                cells.push((slice.variable, cell.clone()));
                places.push((x, y));
            }
            places.sort_by(|left: &(f64, f64), right| left.0.total_cmp(&right.0));
            if !places.is_empty() {
                each.push((name, places));
            }
        }
    }
    let most = figure.options.top.unwrap_or(MOST).min(MOST);
    largest::keep(&mut each, most, |(_, places)| places.iter().map(|(_, y)| y.abs()).sum());
    let curves = Curves {
        title: figure.caption.clone(),
        subtitle: figure.names().to_owned(),
        unit,
        across: axis.name(model),
        names: axis.names(model),
        each,
        by_ratio: figure.options.by_ratio,
        across_by_ratio: figure.options.across.by_ratio,
    };
    Ok((curves, cells))
}

/// Where members of a dimension stand along an axis.
struct Across {
    over: DimensionId,
    /// The figure named for it.
    at: Option<VariableId>,
    /// The members that are shown, at equal steps; none where they have numbers.
    steps: Vec<u32>,
}

impl Across {
    fn of(model: &Model, figure: &Figure, over: DimensionId) -> Result<Across, Failure> {
        let at = figure.options.across.at;
        let members = &model.dimensions[over.index()].members;
        let mut steps: Vec<u32> = Vec::new();
        if at.is_none() && members.iter().any(|member| number_in(member).is_none()) {
            for reference in &figure.references {
                let slice = Slice::new(model, reference, figure.options.period)?;
                let position = slice.definition().dimensions.iter().position(|id| *id == over);
                steps.extend(position.into_iter().flat_map(|position| &slice.members[position]));
            }
            steps.sort_unstable();
            steps.dedup();
        }
        Ok(Across { over, at, steps })
    }

    /// Where a member stands: at the figure named for it, at the number in its name, or at its step.
    fn place(&self, evaluation: &Evaluation<'_>, member: u32) -> Option<f64> {
        match self.at {
            Some(at) => value(evaluation, at, member as usize),
            None if self.steps.is_empty() => {
                number_in(evaluation.model().dimensions[self.over.index()].members.get(member as usize)?)
            }
            None => self.steps.iter().position(|step| *step == member).map(|step| step as f64),
        }
    }

    /// What stands at each step.
    fn names(&self, model: &Model) -> Vec<String> {
        self.steps.iter().map(|member| spoken(member_name(model, self.over, *member))).collect()
    }

    /// What the axis is: the figure named for it with its unit, or the dimension.
    fn name(&self, model: &Model) -> String {
        let Some(at) = self.at else { return spoken(&model.dimensions[self.over.index()].name) };
        let variable = &model.variables[at.index()];
        let name = spoken(&variable.name);
        match unit_text(&variable.unit) {
            "" => name,
            unit => format!("{name}, {unit}"),
        }
    }
}
