//! Scores as tables, sentences and records.

use super::score::{self, Scores, median};
use super::{Plan, Series};
use crate::arguments::Global;
use crate::commands::plot::quarter_name;
use crate::failure::Failure;
use crate::numbers::{Digits, count, counted, figure, unit_text};
use crate::screen::{Form, Record, Screen, record};
use crate::style::Style;
use crate::table::{Align, Cell, Table};
use serde_json::{Value, json};
use tokenomics_language::Model;

const NOTE: &str = "Errors: the median over outcomes of |ln(forecast / outcome)|; 0.1 is about 10 %, and nearer than \
                    0.01 is as good. Last value: the last \
                    known figure held. Last growth: the growth over the last four known quarters, or the last two, \
                    carried on. Inside: outcomes between the 10th and the 90th percentile of the draws. What is assumed \
                    has no date, and may know what came out.";

/// Prints the scores of all series, and what they come to.
///
/// # Errors
/// The output does not take any more.
pub(super) fn all(
    screen: &mut Screen<'_>,
    global: &Global,
    now: &Model,
    series: &[Series],
    plan: Plan,
) -> Result<(), Failure> {
    let scored: Vec<Scores> =
        series.iter().filter(|one| one.why.is_none()).map(|one| Scores::of(&one.outcomes)).collect();
    if screen.form != Form::Text {
        let outcomes: Vec<Record> = series.iter().flat_map(|one| outcome_records(now, one)).collect();
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
    print(screen, now, series, plan)?;
    if scored.is_empty() {
        return screen.line("Nothing that was forecast can be held against what came out.");
    }
    for sentence in sentences(&scored, series) {
        screen.paragraph(&sentence, 0, Style::Plain)?;
    }
    screen.paragraph(NOTE, 0, Style::Quiet)
}

fn print(screen: &mut Screen<'_>, model: &Model, series: &[Series], plan: Plan) -> Result<(), Failure> {
    let mut table = Table::new([
        ("series", Align::Name),
        ("outcomes", Align::Right),
        ("ahead", Align::Right),
        ("ours", Align::Right),
        ("last value", Align::Right),
        ("last growth", Align::Right),
        ("nearest", Align::Name),
        ("inside", Align::Right),
    ]);
    let rivals = [("ours", Style::Good), ("last value", Style::Doubtful), ("last growth", Style::Doubtful)];
    let error = |error: Option<f64>| error.map_or("·".to_owned(), |error| Digits::Decimals(3).write(error));
    for one in series.iter().filter(|one| one.why.is_none()) {
        let scores = Scores::of(&one.outcomes);
        let [ours, last, growth] = scores.errors;
        table.row([
            Cell::from(one.label.as_str()),
            Cell::from(count(scores.outcomes)),
            Cell::from(figure(scores.ahead)),
            Cell::from(error(ours)),
            Cell::from(error(last)),
            Cell::from(error(growth)),
            scores.nearest().map_or_else(Cell::default, |place| Cell::styled(rivals[place].0, rivals[place].1)),
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

/// Says of what is not scored why, a line of the table at a time, and which outcomes lack a forecast.
fn print_not_scored(screen: &mut Screen<'_>, series: &[Series]) -> Result<(), Failure> {
    let mut reasons: Vec<(&str, Vec<(&Series, usize)>)> = Vec::new();
    for one in series {
        let Some(why) = &one.why else { continue };
        let place = reasons.iter().position(|(known, _)| known == why).unwrap_or_else(|| {
            reasons.push((why, Vec::new()));
            reasons.len() - 1
        });
        let lines = &mut reasons[place].1;
        match lines.iter_mut().find(|(known, _)| known.of == one.of) {
            Some((_, number)) => *number += 1,
            None => lines.push((one, 1)),
        }
    }
    for (why, lines) in &reasons {
        let all: usize = lines.iter().map(|(_, number)| number).sum();
        let each = lines.iter().map(|(one, number)| match number {
            1 => one.label.clone(),
            several => format!("{}, {several} series", one.of),
        });
        let text = format!("Not scored, {why} ({}): {}.", count(all), each.collect::<Vec<_>>().join("; "));
        screen.paragraph(&text, 0, Style::Quiet)?;
    }
    let lacking: Vec<String> = series
        .iter()
        .filter(|one| one.why.is_none() && one.lacking > 0)
        .map(|one| format!("{} ({})", one.label, counted(one.lacking, "quarter")))
        .collect();
    if !lacking.is_empty() {
        let text = format!("Came out and was not forecast: {}.", lacking.join("; "));
        screen.paragraph(&text, 0, Style::Doubtful)?;
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
                Cell::from(quarter_name(model, outcome.quarter)),
                text(outcome.actual),
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

/// Series that all three forecast: only over these may their errors be compared.
fn by_all(scored: &[Scores]) -> Vec<Scores> {
    scored.iter().filter(|scores| scores.errors.iter().all(Option::is_some)).copied().collect()
}

/// The median error of each of the three over series that all forecast.
fn medians(scored: &[Scores]) -> [Option<f64>; 3] {
    let common = by_all(scored);
    [0, 1, 2].map(|place| median(common.iter().filter_map(|scores| scores.errors[place]).collect()))
}

/// What the errors and the bands come to.
fn verdict(scored: &[Scores], inside: f64) -> String {
    let ours = match medians(scored) {
        [Some(ours), Some(last), Some(growth)] if ours < last.min(growth) => "On the median ours is nearer than both",
        [Some(_), Some(_), Some(_)] => "On the median ours is not nearer than both",
        _ => "No series is forecast by all three",
    };
    let bands = match inside {
        few if few < 0.7 => "too narrow",
        many if many > 0.9 => "wider than they need be",
        _ => "about as wide as they should be",
    };
    format!("{ours}, and the bands are {bands}: four in five should lie inside.")
}

fn sentences(scored: &[Scores], series: &[Series]) -> Vec<String> {
    let told = |rival: usize, name: &str| {
        let [better, same, all] = against(scored, rival);
        let same = if same > 0 { format!(" (as good in {})", count(same)) } else { String::new() };
        format!("{name} in {} of {} series{same}", count(better), count(all))
    };
    let written = |error: Option<f64>| error.map_or("·".to_owned(), |error| Digits::Decimals(3).write(error));
    let [ours, last, growth] = medians(scored).map(written);
    let common = by_all(scored).len();
    let (inside, outcomes) =
        scored.iter().fold((0, 0), |(inside, all), scores| (inside + scores.inside, all + scores.outcomes));
    let missing = series.iter().filter(|one| one.why.is_some()).count();
    let missing = if missing > 0 { format!("; {} not scored", count(missing)) } else { String::new() };
    vec![
        format!("Ours beats {} and {}{missing}.", told(1, "the last value"), told(2, "the last growth")),
        format!(
            "Median error over the {} series that all three forecast: ours {ours}, last value {last}, last growth {growth}.",
            count(common)
        ),
        format!(
            "{} of {} lie inside what four draws in five say: {:.0} %.",
            count(inside),
            counted(outcomes, "outcome"),
            100.0 * inside as f64 / outcomes.max(1) as f64
        ),
        verdict(scored, inside as f64 / outcomes.max(1) as f64),
    ]
}

fn summary_json(scored: &[Scores]) -> Value {
    let [ours, last_value, last_growth] = medians(scored);
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
        "compared": by_all(scored).len(),
        "error": ours,
        "last_value_error": last_value,
        "last_growth_error": last_growth,
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
        ("line", json!(one.of)),
        ("outcomes", json!(if known { scores.outcomes } else { 0 })),
        ("ahead", maybe((scores.outcomes > 0).then_some(scores.ahead))),
        ("not_forecast", json!(one.lacking)),
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
                ("quarter", json!(quarter_name(model, outcome.quarter))),
                ("outcome", json!(outcome.actual / scale)),
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
