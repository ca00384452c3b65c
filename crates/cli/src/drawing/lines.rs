//! Figures over quarters: lines with bands, or areas one upon another.

use super::axis::Axis;
use super::{Anchor, Drawing, EDGE, Ink, Mark, Place, Use, width};
use crate::numbers::brief;

/// Figures over quarters.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    /// What they are.
    pub title: String,
    /// Which of them, and how they are drawn.
    pub subtitle: String,
    /// Their unit.
    pub unit: String,
    /// The names of the quarters.
    pub quarters: Vec<String>,
    /// The last quarter that is reported, by its position among these.
    pub seam: Option<usize>,
    /// The figures.
    pub series: Vec<Series>,
    /// Whether areas lie one upon another.
    pub stacked: bool,
    /// Whether equal ways upward are equal ratios.
    pub by_ratio: bool,
}

/// Figures of one thing.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// What it is called.
    pub label: String,
    /// A figure a quarter, where there is one.
    pub values: Vec<Option<f64>>,
    /// How many quarters from the first are reported; the others are forecast.
    pub reported: usize,
    /// What four draws in five lie between.
    pub bands: Vec<Option<[f64; 2]>>,
}

/// How much of its colour a band has.
const SHADE: f64 = 0.15;
/// How much of its colour an area has, and one of a forecast.
const FULL: [f64; 2] = [0.85, 0.5];
/// A band may reach this many times as high as the lines.
const REACH: f64 = 2.5;
/// The size of letters beside lines and axes.
const LETTER: u32 = 12;
/// Labels are apart by so much.
const APART: f64 = 15.0;
/// A label is cut after so many letters.
const LONGEST: usize = 30;

/// The part of a sheet that lines are drawn in.
pub(super) struct Field {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    pub count: usize,
    pub axis: Axis,
}

impl Field {
    fn x(&self, quarter: usize) -> f64 {
        let steps = self.count.saturating_sub(1).max(1) as f64;
        self.left + (self.right - self.left) * (if self.count == 1 { 0.5 } else { quarter as f64 / steps })
    }

    pub(super) fn y(&self, value: f64) -> f64 {
        self.bottom - (self.bottom - self.top) * self.axis.part(value)
    }
}

impl Chart {
    /// Draws it.
    #[must_use]
    pub fn draw(&self, purpose: Use) -> Drawing {
        let size = if purpose == Use::Alone { (900.0, 560.0) } else { (760.0, 380.0) };
        let mut drawing = Drawing::new(size, self.title.clone());
        let top = if purpose == Use::Alone { drawing.heading(&self.subtitle) } else { EDGE / 2.0 };
        let field = self.field(size, top);
        self.frame(&mut drawing, &field);
        let ends = if self.stacked { self.areas(&mut drawing, &field) } else { self.lines(&mut drawing, &field) };
        labels(&mut drawing, &field, &ends);
        drawing
    }

    /// The series one upon another, what is below zero downward from it: the edges of each above zero, the
    /// nearer to it first, and those below.
    fn stack(&self) -> Vec<[Vec<(f64, f64)>; 2]> {
        let mut ends = vec![[0.0; 2]; self.quarters.len()];
        let mut part = |series: &Series, below: bool| {
            let edges = ends.iter_mut().enumerate().map(|(quarter, ends)| {
                let value = series.values.get(quarter).copied().flatten().filter(|value| value.is_finite());
                let value = value.filter(|value| (*value < 0.0) == below).unwrap_or(0.0);
                let end = &mut ends[usize::from(below)];
                *end += value;
                (*end - value, *end)
            });
            edges.collect::<Vec<_>>()
        };
        self.series.iter().map(|series| [part(series, false), part(series, true)]).collect()
    }

    fn field(&self, size: Place, top: f64) -> Field {
        let values = || self.series.iter().flat_map(|series| series.values.iter().flatten().copied());
        let axis = if self.stacked {
            Axis::of(self.stack().into_iter().flatten().flatten().map(|(_, end)| end), false, 5)
        } else {
            let most = values().filter(|value| value.is_finite()).fold(0.0, |most: f64, value| most.max(value.abs()));
            let ends = self.series.iter().flat_map(|series| series.bands.iter().flatten().flatten().copied());
            let ends = ends.map(|end| end.clamp(-REACH * most, REACH * most));
            let least = values().filter(|value| *value > 0.0).fold(f64::INFINITY, f64::min);
            let ends = ends.map(|end| if self.by_ratio { end.max(least / REACH) } else { end });
            Axis::of(values().chain(ends), self.by_ratio, 5)
        };
        let beside = axis.ticks.iter().map(|tick| width(&axis.write(*tick), 12.0)).fold(0.0, f64::max);
        let named = self.series.iter().map(|series| width(&short(&series.label), 12.0)).fold(0.0, f64::max);
        Field {
            left: EDGE + beside + 8.0,
            right: size.0 - EDGE - named - 54.0,
            top: top + 24.0,
            bottom: size.1 - EDGE - 22.0,
            count: self.quarters.len(),
            axis,
        }
    }

    fn frame(&self, drawing: &mut Drawing, field: &Field) {
        let unit = format!("{}{}", field.axis.word, self.unit);
        drawing.text((EDGE, field.top - 12.0), unit, LETTER, Anchor::Start, Ink::Quiet);
        for tick in &field.axis.ticks {
            let y = field.y(*tick);
            drawing.rule((field.left, y), (field.right, y), Ink::Grid, false);
            drawing.text((field.left - 6.0, y + 4.0), field.axis.write(*tick), LETTER, Anchor::End, Ink::Quiet);
        }
        let base = if field.axis.low < 0.0 { field.y(0.0) } else { field.bottom };
        drawing.rule((field.left, base), (field.right, base), Ink::Frame, false);
        for (quarter, text) in self.moments(field) {
            let x = field.x(quarter);
            drawing.rule((x, field.bottom), (x, field.bottom + 5.0), Ink::Frame, false);
            drawing.text((x, field.bottom + 19.0), text, LETTER, Anchor::Middle, Ink::Quiet);
        }
        let Some(seam) = self.seam.filter(|seam| seam + 1 < field.count) else { return };
        let x = field.x(seam);
        drawing.rule((x, field.top - 20.0), (x, field.bottom), Ink::Frame, true);
        let last = format!("known to {} ", self.quarters[seam]);
        let (anchor, at) =
            if x - field.left > width(&last, 11.0) + 60.0 { (Anchor::End, x - 5.0) } else { (Anchor::Start, x + 5.0) };
        let text = if anchor == Anchor::End { last.trim_end().to_owned() } else { format!("{last}| forecast") };
        let y = if anchor == Anchor::End { field.top - 12.0 } else { field.top - 1.0 };
        drawing.text((at, y), text, 11, anchor, Ink::Quiet);
        if anchor == Anchor::End {
            drawing.text((x + 5.0, y), "forecast", 11, Anchor::Start, Ink::Quiet);
        }
    }

    /// The quarters that are named: all where there is room, else the first of each year.
    fn moments(&self, field: &Field) -> Vec<(usize, String)> {
        let room = (field.right - field.left) / self.quarters.len().max(1) as f64;
        if room >= 52.0 {
            return self.quarters.iter().cloned().enumerate().collect();
        }
        let first = |(_, name): &(usize, &String)| name.ends_with("Q1");
        let years = self.quarters.iter().enumerate().filter(first);
        let years: Vec<(usize, String)> =
            years.map(|(at, name)| (at, name.trim_end_matches("Q1").to_owned())).collect();
        let every = if room * 4.0 >= 40.0 { 1 } else { 2 };
        years.into_iter().step_by(every).collect()
    }

    fn lines(&self, drawing: &mut Drawing, field: &Field) -> Vec<End> {
        for (index, series) in self.series.iter().enumerate() {
            for places in bands(series, field) {
                drawing.marks.push(Mark::Area { places, ink: Ink::Series(index), opacity: SHADE, hint: String::new() });
            }
        }
        let mut ends = Vec::new();
        for (index, series) in self.series.iter().enumerate() {
            let ink = Ink::Series(index);
            for (places, dashed) in strokes(series, field, self.by_ratio) {
                if let [(x, y)] = places.as_slice() {
                    let mark =
                        Mark::Box { at: (x - 2.5, y - 2.5), size: (5.0, 5.0), ink, opacity: 1.0, hint: String::new() };
                    drawing.marks.push(mark);
                } else {
                    drawing.marks.push(Mark::Line { places, ink, width: 2.2, dashed });
                }
            }
            let known = |(_, value): &(usize, &Option<f64>)| value.is_some_and(|value| sound(value, self.by_ratio));
            if let Some((_, Some(value))) = series.values.iter().enumerate().rfind(known) {
                ends.push(End { y: field.y(*value), label: short(&series.label), value: Some(*value), ink });
            }
        }
        ends
    }

    fn areas(&self, drawing: &mut Drawing, field: &Field) -> Vec<End> {
        let mut ends = Vec::new();
        for (index, (series, sides)) in self.series.iter().zip(self.stack()).enumerate() {
            let ink = Ink::Series(index);
            for edges in sides.iter().filter(|edges| edges.iter().any(|(near, far)| (far - near).abs() > 0.0)) {
                let seam = series.reported.clamp(1, edges.len()) - 1;
                let last = edges.len() - 1;
                let parts = if series.reported == 0 { [0..=0, 0..=last] } else { [0..=seam, seam..=last] };
                for (range, opacity) in parts.into_iter().zip(FULL).filter(|(range, _)| range.start() < range.end()) {
                    let far = range.clone().map(|quarter| (field.x(quarter), field.y(edges[quarter].1)));
                    let near = range.clone().rev().map(|quarter| (field.x(quarter), field.y(edges[quarter].0)));
                    let places = far.chain(near).collect();
                    drawing.marks.push(Mark::Area { places, ink, opacity, hint: String::new() });
                }
                let far = edges.iter().enumerate().map(|(quarter, (_, far))| (field.x(quarter), field.y(*far)));
                drawing.marks.push(Mark::Line { places: far.collect(), ink: Ink::Paper, width: 0.8, dashed: false });
            }
            let value = series.values.last().copied().flatten();
            let side = &sides[usize::from(value.is_some_and(|value| value < 0.0))];
            let (near, far) = side.last().copied().unwrap_or_default();
            ends.push(End { y: field.y(f64::midpoint(near, far)), label: short(&series.label), value, ink });
        }
        ends
    }
}

/// A label beside the end of a line.
pub(super) struct End {
    pub y: f64,
    pub label: String,
    pub value: Option<f64>,
    pub ink: Ink,
}

/// Writes labels beside the ends, moved apart where they would lie upon one another.
pub(super) fn labels(drawing: &mut Drawing, field: &Field, ends: &[End]) {
    let mut order: Vec<&End> = ends.iter().collect();
    order.sort_by(|left, right| left.y.total_cmp(&right.y));
    let count = order.len() as f64;
    let apart = APART.min((field.bottom - field.top + APART) / count.max(1.0));
    let mut heights: Vec<f64> = Vec::new();
    for end in &order {
        let free = heights.last().map_or(f64::NEG_INFINITY, |last| last + apart);
        heights.push(end.y.max(free));
    }
    // Those pushed below the field go up again.
    let mut most = field.bottom;
    for height in heights.iter_mut().rev() {
        *height = height.min(most);
        most = *height - apart;
    }
    for (end, y) in order.into_iter().zip(heights) {
        let x = field.right + 8.0;
        drawing.marks.push(Mark::Line {
            places: vec![(field.right + 2.0, end.y), (x, y)],
            ink: end.ink,
            width: 1.0,
            dashed: false,
        });
        let value = end.value.map_or(String::new(), |value| format!(" {}", brief(value / field.axis.divisor)));
        drawing.text((x + 3.0, y + 4.0), format!("{}{value}", end.label), LETTER, Anchor::Start, end.ink);
    }
}

fn sound(value: f64, by_ratio: bool) -> bool {
    value.is_finite() && (!by_ratio || value > 0.0)
}

/// The unbroken stretches of a line, and whether each is forecast; one that is goes on from where the
/// reported one ends.
fn strokes(series: &Series, field: &Field, by_ratio: bool) -> Vec<(Vec<Place>, bool)> {
    let mut strokes: Vec<(Vec<Place>, bool)> = Vec::new();
    let mut before: Option<usize> = None;
    for (quarter, value) in series.values.iter().enumerate() {
        let Some(value) = value.filter(|value| sound(*value, by_ratio)) else { continue };
        let place = (field.x(quarter), field.y(value));
        let dashed = quarter >= series.reported;
        let joined = before.is_some_and(|before| before + 1 == quarter);
        match strokes.last_mut() {
            Some((places, known)) if joined && *known == dashed => places.push(place),
            Some((places, _)) if joined => {
                let from = places.last().copied();
                strokes.push((from.into_iter().chain([place]).collect(), dashed));
            }
            _ => strokes.push((vec![place], dashed)),
        }
        before = Some(quarter);
    }
    strokes
}

/// The unbroken stretches of a band; the first opens at the last reported figure.
fn bands(series: &Series, field: &Field) -> Vec<Vec<Place>> {
    let mut areas = Vec::new();
    let mut stretch: Vec<(usize, [f64; 2])> = Vec::new();
    let close = |stretch: &mut Vec<(usize, [f64; 2])>| {
        let first = stretch.first()?.0;
        if let Some(value) = first.checked_sub(1).and_then(|before| series.values.get(before).copied().flatten()) {
            stretch.insert(0, (first - 1, [value, value]));
        }
        let upper = stretch.iter().map(|(quarter, [_, high])| (field.x(*quarter), field.y(*high)));
        let lower = stretch.iter().rev().map(|(quarter, [low, _])| (field.x(*quarter), field.y(*low)));
        let places: Vec<Place> = upper.chain(lower).collect();
        stretch.clear();
        Some(places)
    };
    for (quarter, band) in series.bands.iter().enumerate() {
        match band {
            Some(ends) => stretch.push((quarter, *ends)),
            None => areas.extend(close(&mut stretch)),
        }
    }
    areas.extend(close(&mut stretch));
    areas
}

/// A label, cut where it is long.
pub(super) fn short(label: &str) -> String {
    if label.chars().count() <= LONGEST {
        return label.to_owned();
    }
    label.chars().take(LONGEST - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_lie_one_upon_another_and_below_zero_downward() {
        let series = |values: [f64; 2]| Series { values: values.map(Some).to_vec(), ..Series::default() };
        let quarters = ["2026Q1", "2026Q2"].map(str::to_owned).to_vec();
        let series = [[2.0, 1.0], [-1.0, -3.0], [3.0, -1.0]].map(series).to_vec();
        let chart = Chart { quarters, series, stacked: true, ..Chart::default() };
        let edges = [
            [[(0.0, 2.0), (0.0, 1.0)], [(0.0, 0.0), (0.0, 0.0)]],
            [[(2.0, 2.0), (1.0, 1.0)], [(0.0, -1.0), (0.0, -3.0)]],
            [[(2.0, 5.0), (1.0, 1.0)], [(-1.0, -1.0), (-3.0, -4.0)]],
        ];
        assert_eq!(chart.stack(), edges.map(|sides| sides.map(Vec::from)));
        let axis = chart.field((760.0, 380.0), 8.0).axis;
        assert!(axis.low <= -4.0 && axis.high >= 5.0, "{axis:?}");
    }
}
