//! Figures of members over quarters as a table of shades.

use super::lines::{Chart, short};
use super::{Anchor, Drawing, EDGE, Ink, Mark, Use, width};
use crate::numbers::brief;

const LETTER: u32 = 12;
/// The height of a row.
const ROW: f64 = 22.0;
/// The least shade of a figure above zero.
const PALE: f64 = 0.06;

/// Draws the series of a chart as rows of shades: the darker, the larger.
#[must_use]
pub fn draw(chart: &Chart, purpose: Use) -> Drawing {
    let wide = if purpose == Use::Alone { 900.0 } else { 760.0 };
    let mut drawing = Drawing::new((wide, 0.0), chart.title.clone());
    let top = if purpose == Use::Alone { drawing.heading(&chart.subtitle) } else { EDGE / 2.0 } + 16.0;
    let named = chart.series.iter().map(|series| width(&short(&series.label), 12.0)).fold(0.0, f64::max);
    let left = EDGE + named + 8.0;
    let count = chart.quarters.len().max(1) as f64;
    let column = (wide - EDGE - left) / count;
    let sound = |value: &f64| value.is_finite() && (!chart.by_ratio || *value > 0.0);
    let values = || chart.series.iter().flat_map(|series| series.values.iter().flatten().copied()).filter(sound);
    let scale = |value: f64| if chart.by_ratio { value.ln() } else { value };
    let ends =
        values().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    let (low, high) = (if chart.by_ratio { scale(ends.0) } else { scale(ends.0).min(0.0) }, scale(ends.1));
    let shade = |value: f64| {
        let part = if high > low { (scale(value) - low) / (high - low) } else { 1.0 };
        if value == 0.0 { 0.0 } else { PALE + (1.0 - PALE) * part.clamp(0.0, 1.0) }
    };
    for (row, series) in chart.series.iter().enumerate() {
        let y = top + ROW * row as f64;
        drawing.text((left - 8.0, y + ROW / 2.0 + 4.0), short(&series.label), LETTER, Anchor::End, Ink::Dark);
        for (quarter, value) in series.values.iter().enumerate() {
            let Some(value) = value.filter(sound) else { continue };
            let hint = format!("{}, {}: {} {}", series.label, chart.quarters[quarter], brief(value), chart.unit);
            let ink = Ink::Series(0);
            let (at, size) = ((left + column * quarter as f64, y), (column - 1.0, ROW - 2.0));
            drawing.marks.push(Mark::Box { at, size, ink, opacity: shade(value), hint: hint.trim_end().to_owned() });
        }
    }
    let bottom = top + ROW * chart.series.len() as f64;
    let every = if column * 4.0 >= 40.0 { 4 } else { 8 };
    for (quarter, name) in chart.quarters.iter().enumerate() {
        let year = name.trim_end_matches("Q1");
        if year.len() < name.len() && (every == 4 || year.ends_with(['0', '2', '4', '6', '8'])) {
            let x = left + column * quarter as f64;
            drawing.rule((x, bottom), (x, bottom + 4.0), Ink::Frame, false);
            drawing.text((x, bottom + 16.0), year, LETTER, Anchor::Start, Ink::Quiet);
        }
    }
    if let Some(seam) = chart.seam.filter(|seam| seam + 1 < chart.quarters.len()) {
        let x = left + column * (seam + 1) as f64 - 0.5;
        drawing.rule((x, top - 6.0), (x, bottom), Ink::Dark, true);
        drawing.text((x - 5.0, top - 5.0), format!("known to {}", chart.quarters[seam]), 11, Anchor::End, Ink::Quiet);
        drawing.text((x + 5.0, top - 5.0), "forecast", 11, Anchor::Start, Ink::Quiet);
    }
    if ends.0 <= ends.1 {
        let range = format!("{} to {} {}", brief(ends.0), brief(ends.1), chart.unit).trim_end().to_owned()
            + "; the darker, the more";
        drawing.text((left, bottom + 34.0), range, LETTER, Anchor::Start, Ink::Quiet);
    }
    drawing.size.1 = bottom + 34.0 + EDGE;
    drawing
}
