//! The figures of a card: what is known last, and what is forecast.

use super::super::largest;
use super::super::series::{self, Lines, Question, ends, quarter_position, sums};
use super::super::simulate::{MOST_FIGURES, Wanted, draw};
use super::Plan;
use crate::arguments::Period;
use crate::cards::{Cards, Line};
use crate::cells::{Slice, member_name, value_in};
use crate::drawing::spoken;
use crate::failure::Failure;
use crate::load::NATIVES;
use crate::numbers::counted;
use crate::references::Reference;
use serde_json::{Map, Value, json};
use tokenomics_engine::{Evaluation, Explanation, Side, Simulation, Wants, explain, side, taken};
use tokenomics_language::Model;
use tokenomics_language::calendar::{Date, Quarter};
use tokenomics_language::model::{DimensionId, OriginId, PublicationId, VariableId};

/// How many quarters the forecast is after the last known one.
const AHEAD: u32 = 4;
/// How many steps down sources are looked for.
const DEEP: usize = 6;

/// A figure at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) struct Moment {
    /// The quarter; `None` for what does not vary by it.
    pub quarter: Option<u32>,
    /// The figure, in the unit of its line.
    pub value: Option<f64>,
    /// On which side of the seam it is.
    pub side: Side,
}

impl Moment {
    const NONE: Moment = Moment { quarter: None, value: None, side: Side::Missing };
}

/// A publication, and when what is taken from it came out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) struct Source {
    pub publication: PublicationId,
    pub published: Option<Date>,
}

/// A figure of a card.
#[derive(Clone, Debug)]
pub(in super::super) struct Entry<'c> {
    /// The line of the model's table.
    pub line: &'c Line,
    /// What it is called.
    pub label: String,
    /// The variable.
    pub variable: VariableId,
    /// The last known figure.
    pub known: Moment,
    /// The forecast.
    pub ahead: Moment,
    /// What four draws in five lie between at the forecast.
    pub band: Option<[f64; 2]>,
    /// Whether the known figure is computed, and not taken as somebody gave it.
    pub computed: bool,
    /// The publications it rests on.
    pub sources: Vec<Source>,
    /// The cells that are summed, the quarter at any member.
    cells: Vec<Vec<u32>>,
    /// The members it stands for.
    members: Vec<(DimensionId, u32)>,
    /// Where the forecast is to be looked up once it is clear at which quarter.
    points: Vec<Moment>,
}

impl Entry<'_> {
    /// The members of its cell, or those a sum stands for; the quarter is told apart.
    pub fn cell(&self, model: &Model) -> Value {
        let named = |(id, member): (DimensionId, u32)| {
            (model.dimensions[id.index()].name.clone(), json!(member_name(model, id, member)))
        };
        let members: Map<String, Value> = match self.cells.as_slice() {
            [cell] => {
                let dimensions = model.variables[self.variable.index()].dimensions.iter().copied();
                let own = dimensions.zip(cell.iter().copied()).filter(|(id, _)| Some(*id) != model.quarter);
                own.map(named).collect()
            }
            _ => self.members.iter().copied().map(named).collect(),
        };
        Value::Object(members)
    }

    fn at(&self, model: &Model, quarter: Option<u32>) -> Vec<Vec<u32>> {
        let position = quarter_position(model, self.variable);
        let mut cells = self.cells.clone();
        if let (Some(position), Some(quarter)) = (position, quarter) {
            for cell in &mut cells {
                cell[position] = quarter;
            }
        }
        cells
    }
}

/// The figures of a card by its name.
///
/// # Errors
/// A quarter that the model does not have, or more draws than fit in memory.
pub(in super::super) fn of<'c>(
    evaluation: &Evaluation<'_>,
    cards: &'c Cards,
    name: &str,
    plan: &Plan<'c>,
) -> Result<Vec<Entry<'c>>, Failure> {
    let model = evaluation.model();
    let names = cards.also(plan.card, name);
    let at = plan.at.map(|quarter| position(model, quarter)).transpose()?;
    let mut entries = Vec::new();
    for line in cards.of(plan.card) {
        let Some(reference) = line.figure(model, &names) else { continue };
        let own = quarter_position(model, reference.variable);
        let one = |place: usize| reference.picks[place].as_ref().is_some_and(|quarters| quarters.len() == 1);
        match own {
            Some(place) if !one(place) => over_quarters(evaluation, line, &reference, &mut entries)?,
            _ => still(evaluation, line, &reference, &mut entries)?,
        }
    }
    // What is known of nothing itself stands at the last quarter that is known of the others.
    let last = entries.iter().filter_map(|entry| entry.known.quarter).max();
    for entry in &mut entries {
        let Some(known) = entry.known.quarter.or(last).filter(|_| !entry.points.is_empty()) else { continue };
        let find = |quarter: u32| entry.points.iter().find(|point| point.quarter == Some(quarter)).copied();
        if entry.known.value.is_none() {
            entry.known = find(known).unwrap_or(Moment::NONE);
        }
        entry.ahead = at
            .or(Some(known + AHEAD))
            .filter(|quarter| *quarter > known)
            .and_then(find)
            .filter(|point| point.value.is_some())
            .unwrap_or(Moment::NONE);
    }
    let told = |moment: &Moment| moment.value.is_some_and(|value| value != 0.0);
    entries.retain(|entry| told(&entry.known) || told(&entry.ahead));
    for entry in &mut entries {
        trace(evaluation, entry);
    }
    if plan.draws > 0 {
        bands(model, &mut entries, plan)?;
    }
    Ok(entries)
}

/// The position of a quarter of the model.
fn position(model: &Model, quarter: Quarter) -> Result<u32, Failure> {
    let count = model.quarter.map_or(0, |id| model.dimensions[id.index()].members.len() as u32);
    let place = u32::try_from(quarter.0 - model.first_quarter.0).ok().filter(|place| *place < count);
    place.ok_or_else(|| {
        let last = Quarter(model.first_quarter.0 + i32::try_from(count).unwrap_or(0) - 1);
        Failure::call(format!("the model has no quarter {quarter}"))
            .help(format!("the quarters run from {} to {last}", model.first_quarter))
    })
}

fn over_quarters<'c>(
    evaluation: &Evaluation<'_>,
    line: &'c Line,
    reference: &Reference,
    entries: &mut Vec<Entry<'c>>,
) -> Result<(), Failure> {
    let model = evaluation.model();
    let options = &line.options;
    let question = Question { by: options.by, known_by: options.known_by, ..Question::default() };
    let mut lines = Lines::in_unit(evaluation, std::slice::from_ref(reference), &question, Some(&line.unit))?;
    largest::keep(&mut lines.each, options.top.unwrap_or(usize::MAX), shown);
    for mut each in lines.each {
        if let ([], [cell], None) = (each.members.as_slice(), each.cells.as_slice(), options.by) {
            let dimensions = &model.variables[each.variable.index()].dimensions;
            let members: Vec<(DimensionId, u32)> =
                line.mapped().map(|position| (dimensions[position], cell[position])).collect();
            let names: Vec<&str> = members.iter().map(|(id, member)| member_name(model, *id, *member)).collect();
            each.label = names.join(", ");
            each.members = members;
        }
        let moment = |point: &series::Point| Moment {
            quarter: Some(point.quarter),
            value: point.value.filter(|value| value.is_finite()),
            side: point.side,
        };
        let known = known(&each);
        entries.push(Entry {
            line,
            label: if each.members.is_empty() { line.label.clone() } else { label(line, &each.label) },
            variable: each.variable,
            known: known.map_or(Moment::NONE, moment),
            ahead: Moment::NONE,
            band: None,
            computed: false,
            sources: Vec::new(),
            points: each.points.iter().map(moment).collect(),
            cells: each.cells,
            members: each.members,
        });
    }
    Ok(())
}

/// The last point of a line that is known.
fn known(line: &series::Line) -> Option<&series::Point> {
    line.points.iter().rev().find(|point| point.value.is_some() && line.seam.is_some_and(|seam| point.quarter <= seam))
}

/// The size of a line where it is shown.
fn shown(line: &series::Line) -> f64 {
    known(line).or(line.last()).and_then(|point| point.value).map_or(0.0, f64::abs)
}

/// Figures that do not vary by quarter, or are picked at one.
fn still<'c>(
    evaluation: &Evaluation<'_>,
    line: &'c Line,
    reference: &Reference,
    entries: &mut Vec<Entry<'c>>,
) -> Result<(), Failure> {
    let model = evaluation.model();
    let slice = Slice::new(model, reference, Period::default())?;
    let mut open = slice.open();
    open.extend(line.mapped());
    open.sort_unstable();
    open.dedup();
    let place = quarter_position(model, slice.variable);
    let mut found = Vec::new();
    for cell in slice.cells() {
        let value = value_in(evaluation, slice.variable, slice.index(&cell), &line.unit);
        let Some(value) = value.filter(|value| value.is_finite()) else { continue };
        let names: Vec<&str> = open.iter().map(|position| slice.member(*position, cell[*position])).collect();
        let side = side(evaluation, slice.variable, &cell);
        let members = open.iter().map(|position| (slice.definition().dimensions[*position], cell[*position]));
        found.push(Entry {
            line,
            label: if names.is_empty() { line.label.clone() } else { label(line, &names.join(", ")) },
            variable: slice.variable,
            known: Moment { quarter: place.map(|place| cell[place]), value: Some(value), side },
            ahead: Moment::NONE,
            band: None,
            computed: false,
            sources: Vec::new(),
            points: Vec::new(),
            members: members.collect(),
            cells: vec![cell],
        });
    }
    largest::keep(&mut found, line.options.top.unwrap_or(usize::MAX), |entry| entry.known.value.map_or(0.0, f64::abs));
    entries.extend(found);
    Ok(())
}

fn label(line: &Line, members: &str) -> String {
    if line.label.is_empty() { spoken(members) } else { format!("{}: {}", line.label, spoken(members)) }
}

/// Finds what the known figure of an entry, or else its forecast, rests on.
fn trace(evaluation: &Evaluation<'_>, entry: &mut Entry<'_>) {
    let model = evaluation.model();
    let quarter = if entry.known.value.is_some() { entry.known.quarter } else { entry.ahead.quarter };
    let mut sources: Vec<Source> = Vec::new();
    let mut note = |id: OriginId| {
        let origin = &model.origins[id.index()];
        let Some(publication) = origin.publication else { return };
        match sources.iter_mut().find(|source| source.publication == publication) {
            Some(known) => {
                known.published =
                    known.published.into_iter().chain(origin.published).max_by_key(|date| date.last_day());
            }
            None => sources.push(Source { publication, published: origin.published }),
        }
    };
    for cell in entry.at(model, quarter) {
        if let Some(figure) = taken(evaluation, entry.variable, &cell) {
            note(figure.origin);
        } else {
            let tree = explain(evaluation, entry.variable, &cell, DEEP);
            entry.computed |= tree.value.is_some();
            below(&tree, &mut note);
        }
    }
    entry.sources = sources;
}

fn below(tree: &Explanation, note: &mut impl FnMut(OriginId)) {
    tree.origin.into_iter().for_each(&mut *note);
    tree.children.iter().for_each(|child| below(child, note));
}

/// Adds what four draws in five lie between at the forecasts.
fn bands(model: &Model, entries: &mut [Entry<'_>], plan: &Plan<'_>) -> Result<(), Failure> {
    let mut wanted: Vec<Wanted<'_>> = Vec::new();
    for entry in entries.iter().filter(|entry| entry.ahead.value.is_some()) {
        for cell in entry.at(model, entry.ahead.quarter) {
            let members = cell.iter().map(|member| vec![*member]).collect();
            let first = wanted.iter().map(Wanted::count).sum();
            wanted.push(Wanted::new(Slice { model, variable: entry.variable, members }, first));
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    if wanted.len().saturating_mul(plan.draws) > MOST_FIGURES {
        let what = format!("{} would not fit in memory", counted(plan.draws, "draw"));
        return Err(Failure::call(what).help("draw less often"));
    }
    let wants = Wants { variables: wanted.iter().flat_map(Wanted::wants).collect(), expressions: Vec::new() };
    let simulation = Simulation::new(model, &NATIVES, &wants, plan.seed);
    let blocks = draw(&simulation, plan.draws);
    for entry in entries.iter_mut().filter(|entry| entry.ahead.value.is_some()) {
        let places = entry.at(model, entry.ahead.quarter).into_iter().filter_map(|cell| {
            let own = |each: &&Wanted<'_>| {
                each.slice.variable == entry.variable && each.slice.members.iter().flatten().eq(cell.iter())
            };
            wanted.iter().find(own)?.place(&cell)
        });
        let places: Vec<(usize, usize)> = places.collect();
        let mut drawn = sums(&simulation, &blocks, &places);
        for figure in &mut drawn {
            *figure /= entry.line.unit.scale;
        }
        entry.band = ends(&mut drawn);
    }
    Ok(())
}
