//! `plot`: figures over quarters as lines, in a file or in the terminal, and other drawings.

mod shapes;
mod text;

use super::series::{Line, Lines, Point, Question, too_many};
use crate::arguments::drawing::Plot;
use crate::arguments::{Global, Period};
use crate::cells::{evaluate, member_name, side_word};
use crate::drawing::lines::{Chart, Series};
use crate::drawing::{Use, form, spoken};
use crate::failure::Failure;
use crate::numbers::{count, counted, unit_text};
use crate::references;
use crate::report::Kind;
use crate::screen::{Form, Record, Screen, record};
use serde_json::{Map, Value, json};
use tokenomics_language::Model;

/// The most lines that can be told apart.
pub(super) const MOST: usize = 12;

/// Draws the cells that some references mean.
///
/// # Errors
/// An unknown name, figures that cannot be drawn so or are too many, a file that cannot be written.
pub fn run(model: &Model, global: &Global, screen: &mut Screen<'_>, plan: &Plot) -> Result<(), Failure> {
    if let Some(path) = &plan.to {
        form(path)?;
    }
    shapes::fits(plan)?;
    if plan.kind == Kind::Lines { lines(model, global, screen, plan) } else { shapes::draw(model, screen, plan) }
}

/// Draws figures over quarters as lines or areas.
fn lines(model: &Model, global: &Global, screen: &mut Screen<'_>, plan: &Plot) -> Result<(), Failure> {
    let references = references::parse(model, &plan.names)?;
    let by = plan.quarters.by.as_deref().map(|name| references::dimension(model, name)).transpose()?;
    let draws = if plan.stacked || plan.quarters.no_bands { 0 } else { plan.quarters.draws };
    let known_by = plan.quarters.known_by.as_deref().map(|name| references::variable(model, name)).transpose()?;
    let period = Period { from: plan.from, to: plan.until };
    let top = plan.top.map(usize::from);
    let question = Question { period, by, known_by, draws: 0, seed: plan.quarters.seed };
    let evaluation = evaluate(model, references.iter().map(|reference| reference.variable).chain(known_by));
    // Lines are counted before anything is drawn from.
    let found = Lines::of(&evaluation, &references, &question)?;
    let few = top.map_or(found.each.len(), |top| top.min(found.each.len()));
    if screen.form == Form::Text || plan.to.is_some() {
        if found.each.is_empty() {
            return Err(Failure::call(format!("no figure of {} is known in these quarters", found.names))
                .help("`tokenomics explain` says what lacks"));
        }
        if few > MOST && !plan.stacked {
            return Err(too_many(model, &found, MOST, true));
        }
    }
    let mut lines =
        if draws > 0 { Lines::of(&evaluation, &references, &Question { draws, ..question })? } else { found };
    if plan.stacked {
        lines.gather(top.unwrap_or(MOST).min(MOST));
    } else if let Some(top) = top {
        lines.keep(top);
    }
    let chart = chart(model, &lines, plan.stacked, plan.log);
    if let Some(path) = &plan.to {
        chart.draw(Use::Alone).save(path)?;
        if screen.form == Form::Text {
            return screen.line(format!("{}: {}, {}", path.display(), lines.names, counted(lines.each.len(), "line")));
        }
    }
    if screen.form != Form::Text {
        let records = lines.each.iter().flat_map(|line| records(model, &lines, line)).collect();
        let seam = lines.seam().map(|quarter| quarter_name(model, quarter));
        let more =
            record([("last_known", json!(seam)), ("draws", json!(lines.draws)), ("seed", json!(plan.quarters.seed))]);
        return screen.document(global, "figures", records, more);
    }
    text::print(screen, &chart)
}

/// Lines as they are drawn.
pub(super) fn chart(model: &Model, lines: &Lines, stacked: bool, by_ratio: bool) -> Chart {
    let at = |quarter: u32| lines.quarters.iter().position(|known| *known == quarter);
    let series = lines.each.iter().map(|line| {
        let find = |quarter: &u32| line.points.iter().find(|point| point.quarter == *quarter);
        Series {
            label: spoken(&line.label),
            values: lines.quarters.iter().map(|quarter| find(quarter)?.value).collect(),
            reported: lines.quarters.iter().filter(|quarter| !line.is_forecast(**quarter)).count(),
            bands: lines.quarters.iter().map(|quarter| find(quarter)?.band).collect(),
        }
    });
    let series: Vec<Series> = series.collect();
    let mut parts = vec![lines.names.clone()];
    if series.iter().any(|one| one.reported < lines.quarters.len()) {
        parts.push(if stacked { "pale: forecast" } else { "dashed: forecast" }.to_owned());
    }
    if series.iter().flat_map(|one| &one.bands).any(Option::is_some) {
        parts.push(format!("shaded: four in five of {} draws", count(lines.draws)));
    }
    let beside =
        |point: &Point| point.value.zip(point.band).is_some_and(|(value, [low, high])| value < low || value > high);
    if lines.each.iter().flat_map(|line| &line.points).any(beside) {
        parts.push("a line has every input at its median, and leaves its shade where formulas bend".to_owned());
    }
    Chart {
        title: lines.title.clone(),
        subtitle: parts.join("; "),
        unit: unit_text(&lines.unit).to_owned(),
        quarters: lines.quarters.iter().map(|quarter| quarter_name(model, *quarter)).collect(),
        seam: lines.seam().and_then(at),
        series,
        stacked,
        by_ratio,
    }
}

/// The name of a quarter by its position.
pub(super) fn quarter_name(model: &Model, quarter: u32) -> String {
    model.quarter.map_or(String::new(), |id| member_name(model, id, quarter).to_owned())
}

fn records(model: &Model, lines: &Lines, line: &Line) -> Vec<Record> {
    let variable = &model.variables[line.variable.index()];
    let named = |(id, member): &(tokenomics_language::model::DimensionId, u32)| {
        (model.dimensions[id.index()].name.clone(), json!(member_name(model, *id, *member)))
    };
    let members: Map<String, Value> = line.members.iter().map(named).collect();
    let quarter = model.quarter.map_or("quarter", |id| model.dimensions[id.index()].name.as_str());
    let record_of = |point: &Point| {
        let mut cell = members.clone();
        cell.insert(quarter.to_owned(), json!(quarter_name(model, point.quarter)));
        record([
            ("line", json!(line.label)),
            ("name", json!(variable.name)),
            ("cell", Value::Object(cell)),
            ("value", json!(point.value)),
            ("unit", json!(lines.unit.text)),
            ("side", json!(side_word(point.side))),
            ("forecast", json!(line.is_forecast(point.quarter))),
            ("p10", json!(point.band.map(|[low, _]| low))),
            ("p90", json!(point.band.map(|[_, high]| high))),
        ])
    };
    line.points.iter().map(record_of).collect()
}
