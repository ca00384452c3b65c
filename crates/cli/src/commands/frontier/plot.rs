//! Frontiers as a drawing.

use super::print::lengths;
use super::roles::Measured;
use super::{Answer, Traced};
use crate::drawing::{self, COLOURS, form};
use crate::failure::Failure;
use crate::load::unwritable;
use crate::screen::{Form, Screen};
use crate::serving::Range;
use kuva::backend::png::PngBackend;
use kuva::backend::svg::SvgBackend;
use kuva::plot::scatter::MarkerShape;
use kuva::plot::{BandPlot, LegendEntry, LegendPosition, LegendShape, LinePlot, ScatterPlot};
use kuva::render::color::Color;
use kuva::render::layout::{ComputedLayout, Layout, TickFormat};
use kuva::render::plots::Plot;
use kuva::render::render::{Primitive, Scene, TextAnchor, render_multiple};
use kuva::render::theme::Theme;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// Size in points; a drawing of pixels has twice as many of these.
const SIZE: (f64, f64) = (860.0, 560.0);

/// How much of its colour a band has.
const SHADE: f64 = 0.14;

/// What the horizontal axis is.
const HORIZONTAL: &str = "speed for a user, tok/s";

/// What the vertical axis is.
const VERTICAL: &str = "throughput for each accelerator, in and out, tok/s";

/// Points beside the axes on the left, on the right, above and below.
const LEFT: f64 = 76.0;
/// See [`LEFT`].
const RIGHT: f64 = 34.0;
/// See [`LEFT`].
const TOP: f64 = 104.0;
/// See [`LEFT`].
const BOTTOM: f64 = 58.0;

/// About the width of a small letter.
const LETTER: f64 = 6.2;

/// The colour of what is read first.
const DARK: &str = "#222222";

/// The colour of axes.
const FRAME: &str = "#555555";

/// The colour of the lines of the grid.
const GRID: &str = "#e2e2e2";

/// The colour of what stands beside.
const QUIET: &str = "#666666";

/// Ends further apart than by this factor are drawn by ratio.
const WIDE: f64 = 5.0;

/// Draws frontiers into a file, in the form that its name ends in.
///
/// # Errors
/// A name that ends in neither form, or a file that cannot be written.
pub fn draw(answer: &Answer, path: &Path, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let bytes = match form(path)? {
        drawing::Form::Svg => SvgBackend::new().render_scene(&scene(answer)).into_bytes(),
        drawing::Form::Png => PngBackend::new().render_scene(&scene(answer)).map_err(Failure::call)?,
    };
    fs::write(path, bytes).map_err(|error| unwritable(path, &error))?;
    if screen.form == Form::Text {
        let labels: Vec<String> = answer.curves.iter().map(|traced| label(answer, traced)).collect();
        screen.line(format!("{}: {}; {}", path.display(), title(answer), labels.join("; ")))?;
    }
    Ok(())
}

fn title(answer: &Answer) -> String {
    let mut models: Vec<&str> = answer.curves.iter().map(|traced| traced.curve.language_model.as_str()).collect();
    models.dedup();
    format!("{}: throughput against speed for a user", models.join(", "))
}

/// The name of a frontier beside others.
fn label(answer: &Answer, traced: &Traced) -> String {
    let curve = &traced.curve;
    let several = answer.curves.iter().any(|other| other.curve.language_model != curve.language_model);
    let format = curve.stops.first().map_or("", |stop| stop.formats[0].as_str());
    let model = if several { format!("{} on ", curve.language_model) } else { String::new() };
    format!("{model}{}, {format}", curve.chip)
}

/// What is drawn of the points along one axis.
struct Extent {
    least: f64,
    most: f64,
}

impl Extent {
    fn of(values: impl Iterator<Item = f64>) -> Extent {
        let none = Extent { least: f64::INFINITY, most: 0.0 };
        values.fold(none, |all, value| Extent { least: all.least.min(value), most: all.most.max(value) })
    }

    /// Whether the axis is by ratio.
    fn by_ratio(&self) -> bool {
        self.least > 0.0 && self.most > WIDE * self.least
    }
}

/// The nearest of 1, 2 and 5 times a power of ten that is not above a value, or not below it.
fn round(value: f64, up: bool) -> f64 {
    let power = 10_f64.powf(value.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
    let found = if up {
        steps.iter().find(|step| **step >= value * 0.999)
    } else {
        steps.iter().rev().find(|step| **step <= value * 1.001)
    };
    found.copied().unwrap_or(value)
}

fn scene(answer: &Answer) -> Scene {
    let coloured = || answer.curves.iter().zip(COLOURS.iter().cycle());
    let mut plots = Vec::new();
    let mut legend = Vec::new();
    for (traced, colour) in coloured() {
        let stops = &traced.curve.stops;
        if stops.iter().all(|stop| stop.total.low.is_some() && stop.total.high.is_some()) {
            let end = |of: fn(&Range) -> Option<f64>| stops.iter().filter_map(move |stop| of(&stop.total));
            let speeds = stops.iter().map(|stop| stop.speed.value);
            let band = BandPlot::new(speeds, end(|range| range.low), end(|range| range.high));
            plots.push(Plot::Band(band.with_color(*colour).with_opacity(SHADE)));
        }
    }
    for (traced, colour) in coloured() {
        let points = traced.curve.stops.iter().map(|stop| (stop.speed.value, stop.total.value));
        plots.push(Plot::Line(LinePlot::new().with_data(points).with_color(*colour).with_stroke_width(2.6)));
        legend.push(entry(label(answer, traced), colour, LegendShape::Line));
    }
    for (traced, colour) in coloured().filter(|(traced, _)| !traced.measured.is_empty()) {
        let points = traced.measured.iter().map(|run| (run.speed, run.throughput));
        let marks = ScatterPlot::new().with_data(points).with_color(*colour).with_size(5.5);
        plots.push(Plot::Scatter(marks.with_marker(MarkerShape::Diamond)));
    }
    if answer.curves.iter().any(|traced| !traced.measured.is_empty()) {
        legend.push(entry("measured".to_owned(), "#666666", LegendShape::Marker(MarkerShape::Diamond)));
    }
    let layout = layout(answer, &plots, legend);
    let computed = ComputedLayout::from_layout(&layout);
    let mut scene = render_multiple(plots, layout);
    let text = |x: f64, y: f64, content: &str, size: u32, anchor: TextAnchor, colour: &str| Primitive::Text {
        x,
        y,
        content: content.to_owned(),
        size,
        anchor,
        rotate: None,
        bold: false,
        color: Some(Color::from(colour)),
    };
    // All begins where the vertical axis does; upright above it, its label reads better than along it.
    let subtitle = format!("{}; shaded: four runs in five", lengths(&answer.workload));
    scene.add(text(LEFT, 34.0, &title(answer), 20, TextAnchor::Start, DARK));
    scene.add(text(LEFT, 56.0, &subtitle, 13, TextAnchor::Start, QUIET));
    scene.add(text(LEFT, TOP - 12.0, VERTICAL, 13, TextAnchor::Start, DARK));
    // Beside its mark each run says how it was served, further down where another says so already.
    let mut runs: Vec<&Measured> = answer.curves.iter().flat_map(|traced| &traced.measured).collect();
    runs.sort_by(|left, right| right.throughput.total_cmp(&left.throughput));
    let mut free = f64::NEG_INFINITY;
    for run in runs {
        let (x, y) = (computed.map_x(run.speed), computed.map_y(run.throughput) + 4.0);
        let y = y.max(free);
        free = y + 13.0;
        let right = x + 10.0 + LETTER * run.way.chars().count() as f64 <= SIZE.0 - RIGHT;
        let (x, anchor) = if right { (x + 10.0, TextAnchor::Start) } else { (x - 10.0, TextAnchor::End) };
        scene.add(text(x, y, &run.way, 11, anchor, QUIET));
    }
    scene
}

fn entry(label: String, colour: &str, shape: LegendShape) -> LegendEntry {
    LegendEntry { label, color: colour.to_owned(), shape, dasharray: None }
}

fn layout(answer: &Answer, plots: &[Plot], legend: Vec<LegendEntry>) -> Layout {
    let stops = || answer.curves.iter().flat_map(|traced| &traced.curve.stops);
    let runs = || answer.curves.iter().flat_map(|traced| &traced.measured);
    let across = Extent::of(stops().map(|stop| stop.speed.value).chain(runs().map(|run| run.speed)));
    let ends = |range: &Range| [range.low.unwrap_or(range.value), range.high.unwrap_or(range.value)];
    let upward = Extent::of(stops().flat_map(|stop| ends(&stop.total)).chain(runs().map(|run| run.throughput)));
    let theme = Theme {
        axis_color: FRAME.to_owned(),
        tick_color: FRAME.to_owned(),
        text_color: DARK.to_owned(),
        grid_color: GRID.to_owned(),
        legend_border: GRID.to_owned(),
        ..Theme::light()
    };
    let mut layout = Layout::auto_from_plots(plots)
        .with_x_label(HORIZONTAL)
        .with_tick_format(TickFormat::Custom(Arc::new(tick)))
        .with_theme(theme)
        .with_force_margins(LEFT, RIGHT)
        .with_force_margins_y(TOP, BOTTOM)
        .with_label_size(14)
        .with_width(SIZE.0)
        .with_height(SIZE.1)
        .with_legend_entries(legend);
    if across.by_ratio() {
        layout =
            layout.with_log_x().with_x_axis_min(round(across.least, false)).with_x_axis_max(round(across.most, true));
    }
    if upward.by_ratio() {
        layout =
            layout.with_log_y().with_y_axis_min(round(upward.least, false)).with_y_axis_max(round(upward.most, true));
    }
    layout.with_legend_position(LegendPosition::InsideBottomLeft)
}

/// A figure beside an axis: thousands apart, no idle zeros.
fn tick(value: f64) -> String {
    crate::numbers::given(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_figures() {
        let texts = |values: [f64; 4], up: bool| values.map(|value| tick(round(value, up)));
        assert_eq!(texts([3.0, 2.0, 49.0, 0.7], false), ["2", "2", "20", "0.5"]);
        assert_eq!(texts([3.0, 2.0, 51.0, 600.0], true), ["5", "2", "100", "1,000"]);
    }
}
