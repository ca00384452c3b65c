//! Figures over quarters as lines: what is reported, what is forecast, and what the draws make of it.

mod bands;
mod groups;
mod seam;

use super::largest;
use crate::arguments::Period;
use crate::cells::{Slice, member_name, value};
use crate::failure::Failure;
use crate::references::Reference;
use std::collections::HashMap;
use tokenomics_engine::{Evaluation, Side, side};
use tokenomics_language::Model;
use tokenomics_language::model::{DimensionId, VariableId};
use tokenomics_language::unit::Unit;

pub(super) use bands::{ends, quantile, sums};
use groups::groups;
pub(super) use groups::too_many;
pub(super) use seam::{is_reported, last_reported};

/// What is asked of figures that become lines.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Question {
    /// The quarters.
    pub period: Period,
    /// The dimension that lines stand for; what is left is summed. The quarter: one line, the sum of all.
    pub by: Option<DimensionId>,
    /// The figure as far as which what is computed is known, where it is not the nearest that it reads.
    pub known_by: Option<VariableId>,
    /// How many draws the bands are from; none without bands.
    pub draws: usize,
    /// The start of the random numbers.
    pub seed: u64,
}

/// A figure of a line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Point {
    /// The quarter, by its position.
    pub quarter: u32,
    /// The figure; `None` where it lacks.
    pub value: Option<f64>,
    /// On which side of the seam it is.
    pub side: Side,
    /// The 10th and the 90th percentile of the draws, after the last reported quarter.
    pub band: Option<[f64; 2]>,
}

/// A line: one cell over quarters, or a sum of such.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// The variable.
    pub variable: VariableId,
    /// The members that the line stands for, by dimension.
    pub members: Vec<(DimensionId, u32)>,
    /// What it is called beside others.
    pub label: String,
    /// The cells that are summed in each quarter, the quarter itself at any member.
    pub cells: Vec<Vec<u32>>,
    /// The figures in the order of quarters, in the unit of the lines.
    pub points: Vec<Point>,
    /// The last quarter that is reported.
    pub seam: Option<u32>,
}

impl Line {
    /// The last figure.
    pub fn last(&self) -> Option<&Point> {
        self.points.iter().rev().find(|point| point.value.is_some())
    }

    /// How large the line is, to rank it.
    pub fn size(&self) -> f64 {
        self.points.iter().filter_map(|point| point.value).filter(|value| value.is_finite()).map(f64::abs).sum()
    }

    /// Whether a quarter comes after what is reported.
    pub fn is_forecast(&self, quarter: u32) -> bool {
        self.seam.is_some_and(|seam| quarter > seam)
    }
}

/// Lines of one unit.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    /// The lines that have a figure.
    pub each: Vec<Line>,
    /// Their unit.
    pub unit: Unit,
    /// The quarters from the first to the last that has a figure.
    pub quarters: Vec<u32>,
    /// What the figures are.
    pub title: String,
    /// Which of them, as a call names them.
    pub names: String,
    /// How many draws the bands are from.
    pub draws: usize,
}

impl Lines {
    /// The lines of some references, drawn from where bands are asked for.
    ///
    /// # Errors
    /// Figures that do not vary by quarter, are of different units, or cannot be summed so; a period
    /// that the model does not have.
    pub fn of(evaluation: &Evaluation<'_>, references: &[Reference], question: &Question) -> Result<Lines, Failure> {
        Lines::in_unit(evaluation, references, question, None)
    }

    /// As [`Lines::of`], in a unit; in that of the first figure where none is given.
    ///
    /// # Errors
    /// As [`Lines::of`].
    pub fn in_unit(
        evaluation: &Evaluation<'_>,
        references: &[Reference],
        question: &Question,
        unit: Option<&Unit>,
    ) -> Result<Lines, Failure> {
        let model = evaluation.model();
        let common = common_unit(model, references)?;
        let unit = unit.cloned().unwrap_or(common);
        let mut slices = Vec::new();
        for reference in references {
            over_quarters(model, reference)?;
            slices.push(Slice::new(model, reference, question.period)?);
        }
        let mut lines = Vec::new();
        let mut grounds = HashMap::new();
        for slice in &slices {
            let ground = *grounds
                .entry(slice.variable)
                .or_insert_with(|| last_reported(evaluation, question.known_by.unwrap_or(slice.variable)));
            for (members, cells) in groups(slice, question.by)? {
                let mut line = line(evaluation, slice, members, cells, unit.scale, ground);
                if slices.len() > 1 {
                    let name = &slice.definition().name;
                    line.label = if line.members.is_empty() { name.clone() } else { format!("{name} {}", line.label) };
                }
                lines.push(line);
            }
        }
        lines.retain(|line| line.last().is_some());
        let known = |line: &Line| {
            let known: Vec<u32> =
                line.points.iter().filter(|point| point.value.is_some()).map(|point| point.quarter).collect();
            [known.first().copied(), known.last().copied()]
        };
        let ends: Vec<u32> = lines.iter().flat_map(known).flatten().collect();
        let quarters: Vec<u32> = match (ends.iter().min(), ends.iter().max()) {
            (Some(first), Some(last)) => (*first..=*last).collect(),
            _ => Vec::new(),
        };
        for line in &mut lines {
            line.points.retain(|point| quarters.contains(&point.quarter));
        }
        let names: Vec<String> = references.iter().map(|reference| picked(model, reference, question.by)).collect();
        let mut all = Lines {
            each: lines,
            unit,
            quarters,
            title: title(model, references),
            names: names.join(", "),
            draws: question.draws,
        };
        if question.draws > 0 && !all.each.is_empty() {
            bands::add(evaluation, &slices, &mut all, question)?;
        }
        Ok(all)
    }

    /// The last quarter that any line has a reported figure of, if it is among the quarters.
    pub fn seam(&self) -> Option<u32> {
        let last = self.each.iter().filter_map(|line| line.seam).max()?;
        self.quarters.contains(&last).then_some(last)
    }

    /// Keeps so many of the largest lines, and returns how many are left out.
    pub fn keep(&mut self, most: usize) -> usize {
        self.rest(most).len()
    }

    /// Keeps so many of the largest lines, and makes one of the others.
    pub fn gather(&mut self, most: usize) {
        if self.each.len() <= most {
            return;
        }
        let rest = self.rest(most.saturating_sub(1));
        let Some((first, others)) = rest.split_first() else { return };
        let mut all = first.clone();
        all.label = format!("{} others", rest.len());
        all.members = Vec::new();
        for point in &mut all.points {
            point.band = None;
        }
        for line in others {
            all.cells.extend(line.cells.iter().cloned());
            all.seam = all.seam.max(line.seam);
            for point in &line.points {
                match all.points.iter_mut().find(|known| known.quarter == point.quarter) {
                    Some(known) => {
                        known.value = known.value.map_or(point.value, |sum| Some(sum + point.value.unwrap_or(0.0)));
                    }
                    None => all.points.push(Point { band: None, ..point.clone() }),
                }
            }
        }
        self.each.push(all);
    }

    /// Takes all but the largest away.
    fn rest(&mut self, most: usize) -> Vec<Line> {
        largest::keep(&mut self.each, most, Line::size)
    }
}

/// The position of the quarter among the dimensions of a variable.
pub(super) fn quarter_position(model: &Model, variable: VariableId) -> Option<usize> {
    let dimensions = &model.variables[variable.index()].dimensions;
    dimensions.iter().position(|id| Some(*id) == model.quarter)
}

fn over_quarters(model: &Model, reference: &Reference) -> Result<(), Failure> {
    let name = &model.variables[reference.variable.index()].name;
    let Some(position) = quarter_position(model, reference.variable) else {
        return Err(Failure::call(format!("`{name}` does not vary by quarter"))
            .help(format!("tokenomics show {name} prints it; a plot is of figures over quarters")));
    };
    if reference.picks[position].as_ref().is_some_and(|members| members.len() == 1) {
        return Err(Failure::call(format!("`{}` is one quarter, of which there is no line", reference.text(model)))
            .help("`--from` and `--until` say from which quarter to which"));
    }
    Ok(())
}

fn common_unit(model: &Model, references: &[Reference]) -> Result<Unit, Failure> {
    let variable = |reference: &Reference| &model.variables[reference.variable.index()];
    let Some(first) = references.first().map(variable) else { return Ok(Unit::pure()) };
    for other in references.iter().map(variable) {
        if other.unit.powers != first.unit.powers {
            let what = format!("`{}` is in {}, `{}` in {}", first.name, first.unit.text, other.name, other.unit.text);
            return Err(Failure::call(format!("{what}: they share no axis")).help("draw them one at a time"));
        }
    }
    Ok(first.unit.clone())
}

fn line(
    evaluation: &Evaluation<'_>,
    slice: &Slice<'_>,
    members: Vec<(DimensionId, u32)>,
    cells: Vec<Vec<u32>>,
    scale: f64,
    ground: Option<u32>,
) -> Line {
    let model = slice.model;
    let position = quarter_position(model, slice.variable).unwrap_or(0);
    let factor = slice.definition().unit.scale / scale;
    let mut seam = None;
    let point = |quarter: u32| {
        let mut sum = None;
        let (mut any, mut reported, mut new) = (false, 0.0, 0.0);
        let mut sides = Vec::new();
        for cell in &cells {
            let mut cell = cell.clone();
            cell[position] = quarter;
            let Some(figure) = value(evaluation, slice.variable, slice.index(&cell)).map(|figure| figure * factor)
            else {
                continue;
            };
            *sum.get_or_insert(0.0) += figure;
            let side = side(evaluation, slice.variable, &cell);
            sides.push(side);
            if side != Side::Filled {
                new += figure.abs();
            }
            if is_reported(evaluation, slice.variable, &cell, quarter) {
                any = true;
                reported += figure.abs();
            }
        }
        // Half of what is not held from before makes a sum known.
        if any && reported >= new / 2.0 {
            seam = Some(quarter);
        }
        let side = match sides.as_slice() {
            [] => Side::Missing,
            [first, rest @ ..] if rest.iter().all(|side| side == first) => *first,
            _ => Side::Modelled,
        };
        Point { quarter, value: sum, side, band: None }
    };
    // What is reported ends where it does, whichever quarters are drawn.
    let quarters = model.dimensions[slice.definition().dimensions[position].index()].members.len() as u32;
    let mut points: Vec<Point> = (0..quarters).map(point).collect();
    points.retain(|point| slice.members[position].contains(&point.quarter));
    let names: Vec<&str> = members.iter().map(|(id, member)| member_name(model, *id, *member)).collect();
    let label = if names.is_empty() { slice.definition().name.clone() } else { names.join(", ") };
    Line { variable: slice.variable, members, label, cells, points, seam: seam.or(ground) }
}

/// What the figures are: the first sentences of their variables.
pub(super) fn title(model: &Model, references: &[Reference]) -> String {
    let mut sentences: Vec<String> = Vec::new();
    for reference in references {
        let variable = &model.variables[reference.variable.index()];
        let sentence = first_sentence(&variable.doc);
        let sentence = if sentence.is_empty() { variable.name.clone() } else { sentence };
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    sentences.join("; ")
}

/// The first sentence of a text, without its full stop.
pub(super) fn first_sentence(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = text.find(". ").unwrap_or(text.len());
    text[..end].trim_end_matches('.').to_owned()
}

/// A reference with what its lines are summed by.
fn picked(model: &Model, reference: &Reference, by: Option<DimensionId>) -> String {
    let variable = &model.variables[reference.variable.index()];
    let picks = variable.dimensions.iter().zip(&reference.picks).filter_map(|(id, pick)| {
        let members: Vec<&str> = pick.as_ref()?.iter().map(|member| member_name(model, *id, *member)).collect();
        Some(format!("{} = {}", model.dimensions[id.index()].name, members.join(", ")))
    });
    let picks: Vec<String> = picks.collect();
    let text =
        if picks.is_empty() { variable.name.clone() } else { format!("{}[{}]", variable.name, picks.join(", ")) };
    match by {
        None => text,
        Some(by) if Some(by) == model.quarter => format!("sum of {text}"),
        Some(by) => format!("{text} by {}", model.dimensions[by.index()].name),
    }
}
