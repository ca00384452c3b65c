//! `backtest`: what the model would have forecast on a date, held against what came out since.

mod score;

use super::series::{is_reported, quantile, quarter_position};
use super::simulate::{MOST_FIGURES, Wanted, draw};
use crate::arguments::Global;
use crate::backtest::{self, Pair, open};
use crate::cells::{Slice, cell_index, combinations, evaluate, member_name};
use crate::failure::Failure;
use crate::load::{self, NATIVES};
use crate::numbers::{Digits, count, counted, figure, unit_text};
use crate::opened;
use crate::references::Reference;
use crate::screen::{Form, Record, Screen, record};
use crate::style::{Paint, Style};
use crate::table::{Align, Cell, Table};
use score::{Outcome, Scores, median};
use serde_json::{Value, json};
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
    name: String,
    unit: tokenomics_language::unit::Unit,
    outcomes: Vec<Outcome>,
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
    let Some(date) = global.as_of else {
        return Err(Failure::call("a backtest is of a date")
            .help("tokenomics backtest --as-of 2025-06-30 takes what was published by then"));
    };
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
    let scored: Vec<Scores> =
        series.iter().filter(|one| one.why.is_none()).map(|one| Scores::of(&one.outcomes)).collect();
    if screen.form != Form::Text {
        let outcomes: Vec<Record> = series.iter().flat_map(|one| outcome_records(&now, one)).collect();
        if screen.form == Form::Csv && plan.rows {
            return screen.records(global, "outcomes", outcomes);
        }
        let outcomes = Value::Array(outcomes.into_iter().map(Value::Object).collect());
        let more = record([
            ("draws", json!(plan.draws)),
            ("seed", json!(plan.seed)),
            ("summary", summary_json(&scored)),
            ("outcomes", outcomes),
        ]);
        return screen.document(global, "series", series.iter().map(record_of).collect(), more);
    }
    print(screen, &now, &series, plan)?;
    if scored.is_empty() {
        return screen.line(format!("Nothing that was forecast on {date} can be held against what came out."));
    }
    for sentence in sentences(&scored, &series) {
        screen.paragraph(&sentence, 0, Style::Plain)?;
    }
    screen.paragraph(NOTE, 0, Style::Quiet)
}

const NOTE: &str = "Errors: the median over outcomes of |ln(forecast / outcome)|; 0.1 is about 10 %, and nearer than \
                    0.01 is as good. Last value: the last \
                    known figure held. Last growth: the growth over the last four known quarters, or the last two, \
                    carried on. Inside: outcomes between the 10th and the 90th percentile of the draws. What is assumed \
                    has no date, and may know what came out.";

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
    let simulation = Simulation::new(then, NATIVES, &wants, plan.seed);
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
            outcome: *value,
            forecast: middle,
            band: [low, high],
            last: score::last(&ground.known),
            growth: score::grown(&ground.known, *quarter),
        });
    }
    let usable = |outcome: &Outcome| outcome.outcome > 0.0 && outcome.forecast > 0.0;
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
    Series { label: ground.label, name: variable.name.clone(), unit: variable.unit.clone(), outcomes, why }
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

fn print(screen: &mut Screen<'_>, model: &Model, series: &[Series], plan: Plan) -> Result<(), Failure> {
    let mut table = Table::new([
        ("series", Align::Name),
        ("outcomes", Align::Right),
        ("ours", Align::Right),
        ("last value", Align::Right),
        ("last growth", Align::Right),
        ("inside", Align::Right),
    ]);
    let error = |error: Option<f64>| error.map_or("·".to_owned(), |error| Digits::Decimals(3).write(error));
    for one in series.iter().filter(|one| one.why.is_none()) {
        let scores = Scores::of(&one.outcomes);
        let [ours, last, growth] = scores.errors;
        table.row([
            Cell::from(one.label.as_str()),
            Cell::from(count(scores.outcomes)),
            Cell::from(error(ours)),
            Cell::from(error(last)),
            Cell::from(error(growth)),
            Cell::from(format!("{:.0} %", 100.0 * scores.inside as f64 / scores.outcomes.max(1) as f64)),
        ]);
    }
    if !table.is_empty() {
        screen.table(&table)?;
        screen.line("")?;
    }
    if plan.rows {
        print_rows(screen, model, series)?;
    }
    print_not_scored(screen, series)
}

/// Says of what is not scored why.
fn print_not_scored(screen: &mut Screen<'_>, series: &[Series]) -> Result<(), Failure> {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for one in series {
        let Some(why) = &one.why else { continue };
        match reasons.iter_mut().find(|(known, _)| known == why) {
            Some((_, labels)) => labels.push(&one.label),
            None => reasons.push((why, vec![&one.label])),
        }
    }
    for (why, labels) in &reasons {
        let text = format!("Not scored, {why} ({}): {}.", count(labels.len()), labels.join("; "));
        screen.paragraph(&text, 0, Style::Quiet)?;
    }
    if reasons.is_empty() { Ok(()) } else { screen.line("") }
}

fn print_rows(screen: &mut Screen<'_>, model: &Model, series: &[Series]) -> Result<(), Failure> {
    let mut table = Table::new([
        ("series", Align::Name),
        ("quarter", Align::Name),
        ("outcome", Align::Right),
        ("ours", Align::Right),
        ("p10", Align::Right),
        ("p90", Align::Right),
        ("last value", Align::Right),
        ("last growth", Align::Right),
        ("", Align::Name),
    ]);
    for one in series.iter().filter(|one| one.why.is_none()) {
        let text = |value: f64| Cell::from(figure(value / one.unit.scale));
        let maybe = |value: Option<f64>| value.map_or(Cell::styled("·", Style::Quiet), text);
        for outcome in &one.outcomes {
            table.row([
                Cell::from(one.label.as_str()),
                Cell::from(super::plot::quarter_name(model, outcome.quarter)),
                text(outcome.outcome),
                text(outcome.forecast),
                text(outcome.band[0]),
                text(outcome.band[1]),
                maybe(outcome.last),
                maybe(outcome.growth),
                Cell::styled(unit_text(&one.unit), Style::Quiet),
            ]);
        }
    }
    if table.is_empty() {
        return Ok(());
    }
    screen.table(&table)?;
    screen.line("")
}

/// How one rival fares against ours over series: beaten, as good, compared.
fn against(scored: &[Scores], rival: usize) -> [usize; 3] {
    let mut tally = [0; 3];
    for scores in scored {
        let (Some(ours), Some(theirs)) = (scores.errors[0], scores.errors[rival]) else { continue };
        tally[2] += 1;
        if (ours - theirs).abs() <= score::AS_GOOD {
            tally[1] += 1;
        } else if ours < theirs {
            tally[0] += 1;
        }
    }
    tally
}

fn sentences(scored: &[Scores], series: &[Series]) -> Vec<String> {
    let told = |rival: usize, name: &str| {
        let [better, same, all] = against(scored, rival);
        let same = if same > 0 { format!(" (as good in {})", count(same)) } else { String::new() };
        format!("{name} in {} of {} series{same}", count(better), count(all))
    };
    let middle = |place: usize| {
        let errors = scored.iter().filter_map(|scores| scores.errors[place]);
        median(errors.collect()).map_or("·".to_owned(), |error| Digits::Decimals(3).write(error))
    };
    let (inside, outcomes) =
        scored.iter().fold((0, 0), |(inside, all), scores| (inside + scores.inside, all + scores.outcomes));
    let missing = series.iter().filter(|one| one.why.is_some()).count();
    let missing = if missing > 0 { format!("; {} not scored", count(missing)) } else { String::new() };
    vec![
        format!("Ours beats {} and {}{missing}.", told(1, "the last value"), told(2, "the last growth")),
        format!("Median error over series: ours {}, last value {}, last growth {}.", middle(0), middle(1), middle(2)),
        format!(
            "{} of {} lie inside what four draws in five say: {:.0} %.",
            count(inside),
            counted(outcomes, "outcome"),
            100.0 * inside as f64 / outcomes.max(1) as f64
        ),
    ]
}

fn summary_json(scored: &[Scores]) -> Value {
    let middle = |place: usize| median(scored.iter().filter_map(|scores| scores.errors[place]).collect());
    let [last, growth] = [1, 2].map(|rival| {
        let [better, same, all] = against(scored, rival);
        json!({ "better_in": better, "as_good_in": same, "of": all })
    });
    let outcomes: usize = scored.iter().map(|scores| scores.outcomes).sum();
    let inside: usize = scored.iter().map(|scores| scores.inside).sum();
    json!({
        "series": scored.len(),
        "outcomes": outcomes,
        "inside": if outcomes > 0 { json!(inside as f64 / outcomes as f64) } else { Value::Null },
        "error": middle(0),
        "last_value_error": middle(1),
        "last_growth_error": middle(2),
        "against_last_value": last,
        "against_last_growth": growth,
    })
}

fn record_of(one: &Series) -> Record {
    let scores = Scores::of(&one.outcomes);
    let [ours, last, growth] = scores.errors;
    let known = one.why.is_none();
    let maybe = |value: Option<f64>| json!(value.filter(|_| known));
    record([
        ("series", json!(one.label)),
        ("name", json!(one.name)),
        ("outcomes", json!(if known { scores.outcomes } else { 0 })),
        ("error", maybe(ours)),
        ("last_value_error", maybe(last)),
        ("last_growth_error", maybe(growth)),
        ("inside", maybe((scores.outcomes > 0).then(|| scores.inside as f64 / scores.outcomes as f64))),
        ("not_scored", json!(one.why)),
    ])
}

fn outcome_records(model: &Model, one: &Series) -> Vec<Record> {
    let scale = one.unit.scale;
    let scored = one.outcomes.iter().filter(|_| one.why.is_none());
    scored
        .map(|outcome| {
            record([
                ("series", json!(one.label)),
                ("quarter", json!(super::plot::quarter_name(model, outcome.quarter))),
                ("outcome", json!(outcome.outcome / scale)),
                ("forecast", json!(outcome.forecast / scale)),
                ("p10", json!(outcome.band[0] / scale)),
                ("p90", json!(outcome.band[1] / scale)),
                ("last_value", json!(outcome.last.map(|value| value / scale))),
                ("last_growth", json!(outcome.growth.map(|value| value / scale))),
                ("unit", json!(one.unit.text)),
            ])
        })
        .collect()
}
