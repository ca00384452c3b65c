//! Frontiers as tables and records.

use super::curve::{Curve, Prices, Stop};
use super::{Answer, Traced};
use crate::arguments::Global;
use crate::failure::Failure;
use crate::numbers::{Digits, brief, significant};
use crate::screen::{Form, Record, Screen, record};
use crate::serving::Range;
use crate::style::{Paint, Style};
use crate::table::{Align, Cell, Table};
use serde_json::{Value, json};
use tokenomics_throughput::Workload;
use unicode_width::UnicodeWidthStr;

/// What stands over the ends of a band.
const BAND: &str = "80 %";

/// The most rows of a table.
const ROWS: usize = 20;

/// Prints frontiers.
///
/// # Errors
/// The output does not take any more.
pub fn print(answer: &Answer, global: &Global, screen: &mut Screen<'_>) -> Result<(), Failure> {
    if screen.form != Form::Text {
        let points = answer.curves.iter().flat_map(|traced| records(traced, &answer.workload)).collect();
        return screen.document(global, "points", points, about(answer));
    }
    for (position, traced) in answer.curves.iter().enumerate() {
        if position > 0 {
            screen.line("")?;
        }
        section(traced, &answer.workload, screen)?;
    }
    Ok(())
}

/// Lengths in words.
pub fn lengths(workload: &Workload) -> String {
    let cached = match workload.cached {
        cached if cached > 0.0 => format!(", {} of them cached", brief(cached)),
        _ => String::new(),
    };
    format!("{} tokens in{cached} and {} out", brief(workload.input), brief(workload.output))
}

/// What was taken for granted, in words.
fn taken(curve: &Curve) -> String {
    let mut parts = Vec::new();
    let distinct = |of: fn(&Stop) -> String| {
        let mut texts: Vec<String> = curve.stops.iter().map(of).collect();
        texts.sort();
        texts.dedup();
        texts
    };
    let formats = distinct(|stop| format!("weights in {}, the cache in {}", stop.formats[0], stop.formats[1]));
    parts.extend(formats);
    parts.push(format!("served by {}", distinct(|stop| stop.framework.clone()).join(" or ")));
    if let Some(most) = curve.most[0] {
        parts.push(format!("prompts read by the same accelerators, up to {}", brief(most)));
    }
    if let Some(most) = curve.most[1] {
        parts.push(format!("prompts read by others, up to {} in all", brief(most)));
    }
    let guessed = curve.stops.iter().map(|stop| stop.guessed).fold(0.0, f64::max);
    let always = curve.stops.iter().all(|stop| stop.guessed > 0.0);
    parts.push(match (guessed > 0.0, always) {
        (true, true) => "tokens guessed ahead".to_owned(),
        (true, false) => "tokens guessed ahead or not".to_owned(),
        (false, _) => "no token guessed ahead".to_owned(),
    });
    parts.push(curve.era.clone());
    parts.join("; ")
}

fn section(traced: &Traced, workload: &Workload, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let curve = &traced.curve;
    let title = format!("{} on {}, {}", curve.language_model, curve.chip, lengths(workload));
    screen.line(screen.paint.paint(Style::Strong, &title))?;
    screen.paragraph(&format!("{}.", capital(&taken(curve))), 0, Style::Quiet)?;
    let stops = curve.thinned(ROWS);
    let several = stops.iter().any(|stop| stop.framework != stops[0].framework);
    let mut columns: Vec<Column> = vec![
        Column::figure("requests", "at once", &stops, |stop| Some(stop.concurrency)),
        Column::figure("speed", "tok/s/user", &stops, |stop| Some(stop.speed.value)),
        Column::range("", BAND, &stops, |stop| Some(stop.speed)),
        Column::figure("throughput", "tok/s/chip", &stops, |stop| Some(stop.total.value)),
        Column::range("", BAND, &stops, |stop| Some(stop.total)),
        Column::figure("output", "tok/s/chip", &stops, |stop| Some(stop.output.value)),
        Column::figure("of power", "tok/s/MW", &stops, |stop| stop.per_megawatt.map(|range| range.value)),
        Column::price("fresh", &stops, |prices| prices.fresh),
        Column::price("cached", &stops, |prices| prices.cached),
        Column::price("output", &stops, |prices| prices.output),
        Column::figure("energy", "J/tok out", &stops, |stop| stop.output_energy.map(|range| range.value)),
        Column::figure("first", "s", &stops, |stop| stop.first_token.map(|range| range.value)),
    ];
    if several {
        columns.insert(
            0,
            Column {
                head: "by",
                unit: "",
                align: Align::Name,
                cells: stops.iter().map(|stop| stop.framework.clone()).collect(),
            },
        );
    }
    columns.insert(
        0,
        Column {
            head: "deployment",
            unit: "",
            align: Align::Name,
            cells: stops.iter().map(|stop| stop.deployment.clone()).collect(),
        },
    );
    let mut text = table(&columns).render(screen.paint, usize::MAX);
    let width = |text: &str| text.lines().map(UnicodeWidthStr::width).max().unwrap_or(0);
    if screen.cuts && width(&table(&columns).render(Paint::default(), usize::MAX)) > screen.width {
        columns.retain(|column| column.unit != BAND);
        text = table(&columns).render(screen.paint, usize::MAX);
    }
    screen.text(&text)?;
    let mut notes =
        vec!["Four runs in five lie between the ends (80 %). Throughput counts tokens in and out".to_owned()];
    notes.extend(traced.basis.iter().map(|words| capital(words)));
    if traced.upkeep.hour_cost.is_some() {
        notes.push("$ are for a million tokens on accelerators that are always busy, by the time that prompts and answers take, and for a cached one by what one more adds".to_owned());
    }
    notes.push("Energy is the accelerators' own".to_owned());
    notes.extend(traced.measured.iter().map(|run| {
        let way = if run.way.is_empty() { run.system.clone() } else { format!("{}: {}", run.system, run.way) };
        format!("Measured: {} tok/s/chip at {} tok/s for a user ({way})", brief(run.throughput), brief(run.speed))
    }));
    notes.extend(curve.notes.iter().map(|note| capital(note)));
    screen.paragraph(&format!("{}.", notes.join(". ")), 0, Style::Quiet)
}

/// Columns side by side.
fn table(columns: &[Column]) -> Table {
    let mut table = Table::new(columns.iter().map(|column| (column.head, column.align)));
    table.units(columns.iter().map(|column| column.unit.to_owned()));
    for row in 0..columns.first().map_or(0, |column| column.cells.len()) {
        table.row(columns.iter().map(|column| match column.cells[row].as_str() {
            "" => Cell::styled("·", Style::Quiet),
            text if column.unit == BAND => Cell::styled(text, Style::Quiet),
            text => Cell::from(text),
        }));
    }
    table
}

/// Words with a capital letter first.
pub fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A column of the table; an empty cell is not known.
struct Column {
    head: &'static str,
    unit: &'static str,
    align: Align,
    cells: Vec<String>,
}

impl Column {
    fn figure(head: &'static str, unit: &'static str, stops: &[&Stop], value: impl Fn(&Stop) -> Option<f64>) -> Column {
        let values: Vec<Option<f64>> = stops.iter().map(|stop| value(stop)).collect();
        let digits = Digits::of(values.iter().flatten().copied());
        let cells = values.into_iter().map(|value| value.map(|value| digits.write(value)).unwrap_or_default());
        Column { head, unit, align: Align::Right, cells: cells.collect() }
    }

    fn price(head: &'static str, stops: &[&Stop], price: impl Fn(&Prices) -> f64) -> Column {
        Column::figure(head, "$/MTok", stops, |stop| stop.prices.as_ref().map(&price))
    }

    fn range(
        head: &'static str,
        unit: &'static str,
        stops: &[&Stop],
        range: impl Fn(&Stop) -> Option<Range>,
    ) -> Column {
        let cell = |stop: &&Stop| match range(stop) {
            Some(Range { low: Some(low), high: Some(high), .. }) => {
                let digits = Digits::of([low, high]);
                format!("{}–{}", digits.write(low), digits.write(high))
            }
            _ => String::new(),
        };
        Column { head, unit, align: Align::Right, cells: stops.iter().map(cell).collect() }
    }
}

/// What the document says beside the points.
fn about(answer: &Answer) -> Record {
    let workload = &answer.workload;
    let curves = answer.curves.iter().map(|traced| {
        let curve = &traced.curve;
        let measured: Vec<Value> = traced
            .measured
            .iter()
            .map(|run| json!({ "system": run.system, "way": run.way, "throughput": run.throughput, "interactivity": run.speed }))
            .collect();
        let basis: Vec<&String> = traced.basis.iter().chain(&curve.notes).collect();
        json!({
            "chip": curve.chip,
            "model": curve.language_model,
            "taken": taken(curve),
            "notes": basis,
            "hour_cost": traced.upkeep.hour_cost,
            "facility_power": traced.upkeep.power,
            "most_chips_together": curve.most[0],
            "most_chips_apart": curve.most[1],
            "measured": measured,
        })
    });
    record([
        ("input", json!(workload.input)),
        ("output", json!(workload.output)),
        ("cached", json!(workload.cached)),
        ("curves", Value::Array(curves.collect())),
    ])
}

/// The points of a frontier, each with the units that the documentation states.
fn records(traced: &Traced, workload: &Workload) -> Vec<Record> {
    let curve = &traced.curve;
    let number = |value: f64| json!(significant(value));
    let record = |stop: &Stop| {
        let mut entries = record([
            ("chip", json!(curve.chip)),
            ("model", json!(curve.language_model)),
            ("input", json!(workload.input)),
            ("output", json!(workload.output)),
            ("cached", json!(workload.cached)),
            ("deployment", json!(stop.deployment)),
            ("framework", json!(stop.framework)),
            ("precision", json!(stop.formats[0])),
            ("cache_precision", json!(stop.formats[1])),
            ("disaggregated", json!(stop.apart)),
            ("guessed", number(stop.guessed)),
            ("chips", json!(stop.chips)),
            ("concurrency", number(stop.concurrency)),
            ("batch", number(stop.batch)),
        ]);
        let ranges = [
            ("interactivity", Some(stop.speed)),
            ("throughput", Some(stop.total)),
            ("output_throughput", Some(stop.output)),
            ("throughput_per_megawatt", stop.per_megawatt),
            ("output_energy", stop.output_energy),
            ("token_energy", stop.token_energy),
            ("first_token", stop.first_token),
        ];
        for (name, range) in ranges {
            let ends =
                [range.map(|range| range.value), range.and_then(|range| range.low), range.and_then(|range| range.high)];
            for (end, value) in ["", "_low", "_high"].into_iter().zip(ends) {
                entries.insert(format!("{name}{end}"), json!(value.map(significant)));
            }
        }
        let prices = stop.prices.as_ref();
        for (name, price) in [
            ("fresh_cost", prices.map(|prices| prices.fresh)),
            ("cached_cost", prices.map(|prices| prices.cached)),
            ("output_cost", prices.map(|prices| prices.output)),
            ("cost", prices.map(|prices| prices.all)),
        ] {
            entries.insert(name.to_owned(), json!(price.map(significant)));
        }
        entries.insert("reading_share".to_owned(), number(stop.reading_share));
        entries.insert("familiarity".to_owned(), json!(stop.familiarity));
        entries
    };
    curve.stops.iter().map(record).collect()
}
