//! `backtest`: what the model would have forecast on a date, held against what came out since.

mod print;
mod score;

use super::series::{is_reported, quantile, quarter_position};
use super::simulate::{MOST_FIGURES, Wanted, draw};
use crate::arguments::Global;
use crate::backtest::{self, Pair, open};
use crate::cells::{Slice, cell_index, combinations, evaluate, member_name};
use crate::failure::Failure;
use crate::load::{self, NATIVES};
use crate::numbers::counted;
use crate::opened;
use crate::references::Reference;
use crate::screen::Screen;
use crate::style::Paint;
use score::Outcome;
use tokenomics_engine::{Evaluation, Simulation, Wants};
use tokenomics_language::{Faults, Model};

/// The percentiles of a forecast: the two ends within which four draws in five lie, and the middle.
const SHARES: [f64; 3] = [0.1, 0.5, 0.9];

/// How to draw, and what to show.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many draws.
    pub draws: usize,
    /// The start of the random numbers.
    pub seed: u64,
    /// Whether each outcome is shown.
    pub rows: bool,
}

/// A series with what came out and what was forecast.
struct Series {
    label: String,
    /// The label of the line of the table that it is from.
    of: String,
    name: String,
    unit: tokenomics_language::unit::Unit,
    outcomes: Vec<Outcome>,
    /// How many quarters of its outcomes were not forecast.
    lacking: usize,
    /// Why it is not scored, if it is not.
    why: Option<String>,
}

/// What came out of one series since the date, and what was known before.
struct Ground {
    label: String,
    /// The reference of the forecast, one member of each dimension but the quarter.
    members: Vec<Vec<u32>>,
    /// Quarters and figures known on the date, in base units.
    known: Vec<(u32, f64)>,
    /// Quarters and figures published since, in base units.
    news: Vec<(u32, f64)>,
}

/// Scores the forecasts of a date.
///
/// # Errors
/// No date, a model without the table or one that it cannot meet, or the output does not take any more.
pub fn run(global: &Global, screen: &mut Screen<'_>, plan: Plan) -> Result<(), Failure> {
    if global.as_of.is_none() {
        return Err(Failure::call("a backtest is of a date")
            .help("tokenomics backtest --as-of 2025-06-30 takes what was published by then"));
    }
    let scenario = global.scenario.as_deref();
    let then = load::model(global, scenario)?;
    let now = load::model(&Global { as_of: None, ..global.clone() }, scenario)?;
    opened::announce(global, screen)?;
    opened::warn(&then, global, scenario, screen);
    let pairs = read(&now, global)?.ok_or_else(|| {
        let what = format!("`{}` says what is held against what", backtest::PATH);
        Failure::call("this model has no backtest").help(format!("{what}; see docs/command_line.md"))
    })?;
    let series = series(&then, &now, &pairs, plan)?;
    print::all(screen, global, &now, &series, plan)
}

fn read(model: &Model, global: &Global) -> Result<Option<Vec<Pair>>, Failure> {
    backtest::read(model).map_err(|diagnostics| {
        let faults = Faults { sources: model.sources.clone(), diagnostics };
        Failure::Model(load::report(&faults, Paint::for_errors(global.no_color)))
    })
}

fn series(then: &Model, now: &Model, pairs: &[Pair], plan: Plan) -> Result<Vec<Series>, Failure> {
    let variables = || pairs.iter().flat_map(|pair| [pair.forecast.variable, pair.outcome.variable]);
    let (before, after) = (evaluate(then, variables()), evaluate(now, variables()));
    let mut grounds = Vec::new();
    for pair in pairs {
        for ground in grounds_of(&before, &after, pair) {
            grounds.push((pair, ground));
        }
    }
    let mut wanted: Vec<Wanted<'_>> = Vec::new();
    for (pair, ground) in &grounds {
        let mut members = ground.members.clone();
        if let Some(position) = quarter_position(then, pair.forecast.variable) {
            members[position] = ground.news.iter().map(|(quarter, _)| *quarter).collect();
        }
        let first = wanted.iter().map(Wanted::count).sum();
        wanted.push(Wanted::new(Slice { model: then, variable: pair.forecast.variable, members }, first));
    }
    let cells: usize = grounds.iter().map(|(_, ground)| ground.news.len()).sum();
    if cells.saturating_mul(plan.draws) > MOST_FIGURES {
        let what = format!("{} of {} would not fit in memory", counted(plan.draws, "draw"), counted(cells, "outcome"));
        return Err(Failure::call(what).help("draw less often"));
    }
    let wants = Wants { variables: wanted.iter().flat_map(Wanted::wants).collect(), expressions: Vec::new() };
    let simulation = Simulation::new(then, &NATIVES, &wants, plan.seed);
    let blocks = draw(&simulation, if cells == 0 { 0 } else { plan.draws });
    let forecast = |wanted: &Wanted<'_>, cell: &[u32]| {
        let (want, place) = wanted.place(cell)?;
        let mut draws: Vec<f64> =
            blocks.iter().filter_map(|block| simulation.values(block, want, place)).flatten().collect();
        draws.retain(|figure| figure.is_finite());
        draws.sort_by(f64::total_cmp);
        let [low, middle, high] = SHARES.map(|share| quantile(&draws, share));
        Some([low?, middle?, high?])
    };
    Ok(grounds
        .into_iter()
        .zip(&wanted)
        .map(|((pair, ground), wanted)| one(then, pair, ground, |cell| forecast(wanted, cell)))
        .collect())
}

/// One series, with its forecasts.
fn one(then: &Model, pair: &Pair, ground: Ground, forecast: impl Fn(&[u32]) -> Option<[f64; 3]>) -> Series {
    let variable = &then.variables[pair.forecast.variable.index()];
    let position = quarter_position(then, pair.forecast.variable).unwrap_or(0);
    let mut outcomes = Vec::new();
    let mut lacking = 0;
    for (quarter, value) in &ground.news {
        let mut cell: Vec<u32> = ground.members.iter().map(|members| members.first().copied().unwrap_or(0)).collect();
        cell[position] = *quarter;
        let Some([low, middle, high]) = forecast(&cell) else {
            lacking += 1;
            continue;
        };
        outcomes.push(Outcome {
            quarter: *quarter,
            ahead: ground.known.last().map_or(0, |(known, _)| quarter.saturating_sub(*known)),
            actual: *value,
            forecast: middle,
            band: [low, high],
            last: score::last(&ground.known),
            growth: score::grown(&ground.known, *quarter),
        });
    }
    let usable = |outcome: &Outcome| outcome.actual > 0.0 && outcome.forecast > 0.0;
    let bad = outcomes.iter().filter(|outcome| !usable(outcome)).count();
    outcomes.retain(usable);
    let why = if ground.news.is_empty() {
        Some("nothing of it was published since".to_owned())
    } else if ground.known.is_empty() {
        Some("nothing of it was known by then".to_owned())
    } else if outcomes.is_empty() && lacking > 0 {
        Some("nothing was forecast: what it reads was not known by then".to_owned())
    } else if outcomes.is_empty() {
        Some(format!("{} not above zero have no logarithm", counted(bad, "figure")))
    } else {
        None
    };
    let (of, name, unit) = (pair.label.clone(), variable.name.clone(), variable.unit.clone());
    Series { label: ground.label, of, name, unit, outcomes, lacking, why }
}

/// The series of a line of the table: one for each combination of members that it leaves open.
fn grounds_of(before: &Evaluation<'_>, after: &Evaluation<'_>, pair: &Pair) -> Vec<Ground> {
    let model = after.model();
    let open = open(model, &pair.outcome);
    let lists: Vec<Vec<u32>> = open.iter().map(|(_, members)| members.clone()).collect();
    let mut grounds = Vec::new();
    for members in combinations(&lists) {
        let picked = |reference: &Reference| {
            let mut all = reference.members(model);
            let dimensions = &model.variables[reference.variable.index()].dimensions;
            for ((id, _), member) in open.iter().zip(&members) {
                if let Some(position) = dimensions.iter().position(|known| known == id) {
                    all[position] = vec![*member];
                }
            }
            all
        };
        let names: Vec<&str> =
            open.iter().zip(&members).map(|((id, _), member)| member_name(model, *id, *member)).collect();
        let label = [&[pair.label.as_str()], names.as_slice()].concat().join(", ");
        let cells = picked(&pair.outcome);
        let known = published(before, &pair.outcome, &cells);
        let mut news = published(after, &pair.outcome, &cells);
        news.retain(|(quarter, _)| !known.iter().any(|(earlier, _)| earlier == quarter));
        if lists.is_empty() || !known.is_empty() || !news.is_empty() {
            grounds.push(Ground { label, members: picked(&pair.forecast), known, news });
        }
    }
    grounds
}

/// The quarters of which a figure was published, with the figures in base units.
fn published(evaluation: &Evaluation<'_>, reference: &Reference, members: &[Vec<u32>]) -> Vec<(u32, f64)> {
    let model = evaluation.model();
    let Some(position) = quarter_position(model, reference.variable) else { return Vec::new() };
    let figure = |quarter: &u32| {
        let mut cell: Vec<u32> = members.iter().map(|members| members.first().copied().unwrap_or(0)).collect();
        cell[position] = *quarter;
        let reported = is_reported(evaluation, reference.variable, &cell, *quarter);
        let cells = evaluation.variable(reference.variable)?;
        let value = cells.values[cell_index(model, reference.variable, &cell)];
        (reported && value.is_finite()).then_some((*quarter, value))
    };
    members[position].iter().filter_map(figure).collect()
}
