//! Figures for the quarters between given ones.

use super::inputs::Period;
use crate::model::Figure;
use crate::syntax::Fill;

/// A figure for a period.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    pub(crate) period: Period,
    pub(crate) figure: Figure,
}

/// The figures of all quarters of a series; `points` are in the order of their periods.
///
/// # Errors
/// A series that cannot be filled in this way.
pub(crate) fn fill(method: Option<Fill>, points: &[Point], quarters: usize) -> Result<Vec<Option<Figure>>, String> {
    let mut cells = vec![None; quarters];
    let mut put = |quarter: i32, figure: Figure| {
        if let Some(cell) = usize::try_from(quarter).ok().and_then(|quarter| cells.get_mut(quarter)) {
            *cell = Some(figure);
        }
    };
    let end = i32::try_from(quarters).unwrap_or(i32::MAX);
    match method {
        None => points.iter().for_each(|point| put(point.period.start, point.figure)),
        Some(Fill::Step) => {
            for (index, point) in points.iter().enumerate() {
                let start = point.period.start;
                let next = points.get(index + 1).map_or(end, |next| next.period.start);
                for quarter in start.max(0)..next.min(end) {
                    let filled = quarter >= start + point.period.quarters;
                    put(quarter, Figure { filled, ..point.figure });
                }
            }
        }
        Some(Fill::Spread) => {
            let mut previous: Option<i32> = None;
            for point in points {
                let last = point.period.start + point.period.quarters - 1;
                let first = match previous {
                    Some(previous) if point.period.quarters == 1 => previous + 1,
                    _ => point.period.start,
                };
                let share = 1.0 / f64::from((last - first + 1).max(1));
                for quarter in first..=last {
                    put(quarter, scaled(point.figure, share, first < last));
                }
                previous = Some(last);
            }
        }
        Some(method @ (Fill::Linear | Fill::Log)) => {
            let log = method == Fill::Log;
            if log && points.iter().any(|point| least(&point.figure) <= 0.0) {
                return Err("cannot be interpolated `log`: a figure is not positive".to_owned());
            }
            for pair in points.windows(2) {
                let (from, to) = (pair[0].period.start, pair[1].period.start);
                for quarter in (from + 1).max(0)..to.min(end) {
                    let share = f64::from(quarter - from) / f64::from(to - from);
                    put(quarter, between(&pair[0].figure, &pair[1].figure, share, log));
                }
            }
            for point in points {
                put(point.period.start, point.figure);
            }
        }
    }
    Ok(cells)
}

fn least(figure: &Figure) -> f64 {
    figure.spread.map_or(figure.value, |(low, _)| low.min(figure.value))
}

fn scaled(figure: Figure, factor: f64, filled: bool) -> Figure {
    Figure {
        value: figure.value * factor,
        spread: figure.spread.map(|(low, high)| (low * factor, high * factor)),
        filled,
        ..figure
    }
}

fn between(from: &Figure, to: &Figure, share: f64, log: bool) -> Figure {
    let mix = |a: f64, b: f64| if log { a * (b / a).powf(share) } else { a + (b - a) * share };
    Figure {
        value: mix(from.value, to.value),
        spread: match (from.spread, to.spread) {
            (Some(a), Some(b)) => Some((mix(a.0, b.0), mix(a.1, b.1))),
            _ => None,
        },
        origin: from.origin,
        filled: true,
    }
}
