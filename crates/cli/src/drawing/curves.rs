//! Figures over an axis of what is no quarter: numbers, or names at equal steps.

use super::axis::Axis;
use super::lines::{End, Field, labels, short};
use super::{Anchor, Drawing, EDGE, Ink, Mark, Place, Use, letters, width};
use crate::numbers::brief;
use crate::screen::wrap;

/// Figures over an axis.
#[derive(Clone, Debug, Default)]
pub struct Curves {
    /// What they are.
    pub title: String,
    /// Which of it.
    pub subtitle: String,
    /// Their unit.
    pub unit: String,
    /// What the axis below is, with its unit.
    pub across: String,
    /// What stands at 0, 1, 2 and so on along the axis; empty where it is one of numbers.
    pub names: Vec<String>,
    /// The figures: what each curve is called, and its points in the order of the axis.
    pub each: Vec<(String, Vec<Place>)>,
    /// Whether equal ways upward are equal ratios.
    pub by_ratio: bool,
    /// Whether equal ways to the right are.
    pub across_by_ratio: bool,
}

/// The size of letters.
const LETTER: u32 = 12;
/// How far lines of them are apart.
const LINE: f64 = 14.0;
/// The side of the mark of a point.
const DOT: f64 = 5.0;

/// The number in a name: `year_5` is 5, `share_2_5` is 2.5, `context_32k` is 32,000.
#[must_use]
pub fn number_in(name: &str) -> Option<f64> {
    let start = name.find(|letter: char| letter.is_ascii_digit())?;
    let digits = name.get(start..)?;
    let end = digits.find(|letter: char| !letter.is_ascii_digit() && letter != '_').unwrap_or(digits.len());
    let (written, rest) = digits.split_at(end);
    let number: f64 = written.trim_matches('_').replacen('_', ".", 1).parse().ok()?;
    match rest {
        "" => Some(number),
        "k" => Some(number * 1e3),
        "m" => Some(number * 1e6),
        // What follows is a word of its own.
        _ if written.ends_with('_') => Some(number),
        _ => None,
    }
}

impl Curves {
    /// Draws them.
    #[must_use]
    pub fn draw(&self, purpose: Use) -> Drawing {
        let size = if purpose == Use::Alone { (900.0, 560.0) } else { (760.0, 380.0) };
        let mut drawing = Drawing::new(size, self.title.clone());
        let top = if purpose == Use::Alone { drawing.heading(&self.subtitle) } else { EDGE / 2.0 };
        let places = || self.each.iter().flat_map(|(_, places)| places.iter().copied());
        let axis = Axis::of(places().map(|(_, y)| y), self.by_ratio, 5);
        let across = self.across();
        let beside = axis.ticks.iter().map(|tick| width(&axis.write(*tick), 12.0)).fold(0.0, f64::max);
        let named = self.each.iter().map(|(name, _)| width(&short(name), 12.0)).fold(0.0, f64::max);
        let (left, right) = (EDGE + beside + 8.0, size.0 - EDGE - named - 54.0);
        let lines = self.below(&across, right - left).iter().map(Vec::len).max().unwrap_or(1);
        let field =
            Field { left, right, top: top + 24.0, bottom: size.1 - EDGE - 24.0 - LINE * lines as f64, count: 0, axis };
        let x = |value: f64| field.left + (field.right - field.left) * across.part(value);
        self.frame(&mut drawing, &field, &across);
        let mut ends = Vec::new();
        for (index, (name, places)) in self.each.iter().enumerate() {
            let ink = Ink::Series(index);
            let sound = |(x, y): &&Place| {
                x.is_finite() && y.is_finite() && (!self.by_ratio || *y > 0.0) && (!self.across_by_ratio || *x > 0.0)
            };
            let kept: Vec<Place> = places.iter().filter(sound).copied().collect();
            let Some((_, last)) = kept.last().copied() else { continue };
            let places: Vec<Place> = kept.iter().map(|(at, value)| (x(*at), field.y(*value))).collect();
            drawing.marks.push(Mark::Line { places: places.clone(), ink, width: 2.2, dashed: false });
            for ((at, value), place) in kept.iter().zip(places) {
                let hint =
                    format!("{name}, {}: {} {}", self.place(*at), brief(*value), self.unit).trim_end().to_owned();
                let at = (place.0 - DOT / 2.0, place.1 - DOT / 2.0);
                drawing.marks.push(Mark::Box { at, size: (DOT, DOT), ink, opacity: 1.0, hint });
            }
            ends.push(End { y: field.y(last), label: short(name), value: Some(last), ink });
        }
        labels(&mut drawing, &field, &ends);
        drawing.description = self.in_words();
        drawing
    }

    /// The axis below: of numbers, or of names, with half a step free before the first.
    fn across(&self) -> Axis {
        if self.names.is_empty() {
            let places = self.each.iter().flat_map(|(_, places)| places.iter().map(|(x, _)| *x));
            return Axis::about(places, self.across_by_ratio, 7);
        }
        let ticks: Vec<f64> = (0..self.names.len()).map(|at| at as f64).collect();
        let high = ticks.last().copied().unwrap_or(0.0).max(0.5);
        Axis { low: -0.5, high, by_ratio: false, ticks, divisor: 1.0, word: "" }
    }

    /// What is written at each tick of the axis below, in lines, where it has a width.
    fn below(&self, across: &Axis, wide: f64) -> Vec<Vec<String>> {
        if self.names.is_empty() {
            return across.ticks.iter().map(|tick| vec![across.write(*tick)]).collect();
        }
        let most = letters(wide / (across.high - across.low) - 6.0, f64::from(LETTER));
        self.names.iter().map(|name| wrap(&short(name), most)).collect()
    }

    /// What stands at a place of the axis.
    #[must_use]
    pub fn place(&self, at: f64) -> String {
        let name = self.names.get(crate::numbers::whole(at.max(0.0)));
        name.cloned().unwrap_or_else(|| brief(at))
    }

    /// Where each curve begins and ends, for who does not see it.
    fn in_words(&self) -> String {
        let each = self.each.iter().filter_map(|(name, places)| {
            let ends = [places.first()?, places.last()?].map(|(x, y)| format!("{} at {}", brief(*y), self.place(*x)));
            Some(format!("{name}: {}", ends.join(" to ")))
        });
        let unit = if self.unit.is_empty() { String::new() } else { format!(" in {}", self.unit) };
        format!("By {}{unit}. {}.", self.across, each.collect::<Vec<_>>().join("; "))
    }

    fn frame(&self, drawing: &mut Drawing, field: &Field, across: &Axis) {
        let unit = format!("{}{}", field.axis.word, self.unit);
        drawing.text((EDGE, field.top - 12.0), unit, LETTER, Anchor::Start, Ink::Quiet);
        for tick in &field.axis.ticks {
            let y = field.y(*tick);
            drawing.rule((field.left, y), (field.right, y), Ink::Grid, false);
            drawing.text((field.left - 6.0, y + 4.0), field.axis.write(*tick), LETTER, Anchor::End, Ink::Quiet);
        }
        let base = if field.axis.low < 0.0 { field.y(0.0) } else { field.bottom };
        drawing.rule((field.left, base), (field.right, base), Ink::Frame, false);
        for (tick, lines) in across.ticks.iter().zip(self.below(across, field.right - field.left)) {
            let x = field.left + (field.right - field.left) * across.part(*tick);
            drawing.rule((x, field.bottom), (x, field.bottom + 5.0), Ink::Frame, false);
            for (line, text) in lines.into_iter().enumerate() {
                let y = field.bottom + 19.0 + LINE * line as f64;
                drawing.text((x, y), text, LETTER, Anchor::Middle, Ink::Quiet);
            }
        }
        let text = format!("{} {}", across.word.trim_end(), self.across).trim().to_owned();
        drawing.text((field.right, drawing.size.1 - EDGE - 3.0), text, LETTER, Anchor::End, Ink::Quiet);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_a_number() {
        assert_eq!(
            ["year_5", "share_2_5", "context_32k", "in_5_years"].map(number_in),
            [5.0, 2.5, 32e3, 5.0].map(Some)
        );
        assert_eq!(["premium", "tpu_v7x", "a_1_2_3"].map(number_in), [None; 3]);
    }

    #[test]
    fn a_curve_goes_through_its_points() {
        let places = vec![(0.0, 0.0), (5.0, 50.0), (10.0, 100.0)];
        let curves = Curves { each: vec![("one".to_owned(), places)], ..Curves::default() };
        let drawing = curves.draw(Use::Page);
        let line = drawing.marks.iter().find_map(|mark| match mark {
            Mark::Line { places, ink: Ink::Series(0), .. } if places.len() == 3 => Some(places),
            _ => None,
        });
        let line = line.expect("the curve");
        // Even steps both ways make a straight line, upward to the right.
        assert!((line[1].0 * 2.0 - line[0].0 - line[2].0).abs() < 1e-9, "{line:?}");
        assert!((line[1].1 * 2.0 - line[0].1 - line[2].1).abs() < 1e-9, "{line:?}");
        assert!(line[0].0 < line[2].0 && line[0].1 > line[2].1, "{line:?}");
        assert_eq!(drawing.description, "By . one: 0 at 0 to 100 at 10.");
    }

    #[test]
    fn names_stand_at_equal_steps_below_their_points() {
        let names: Vec<String> = ["half", "today", "double"].map(str::to_owned).to_vec();
        let each = vec![("one".to_owned(), vec![(0.0, 3.0), (1.0, 2.0), (2.0, 1.0)])];
        let drawing = Curves { names: names.clone(), each, ..Curves::default() }.draw(Use::Page);
        let below = drawing.marks.iter().filter_map(|mark| match mark {
            Mark::Text { at, text, .. } if names.contains(text) => Some((text.clone(), at.0)),
            _ => None,
        });
        let points = drawing.marks.iter().filter_map(|mark| match mark {
            Mark::Box { at, size, hint, .. } => Some((hint.clone(), at.0 + size.0 / 2.0)),
            _ => None,
        });
        let (below, points): (Vec<_>, Vec<_>) = (below.collect(), points.collect());
        assert_eq!(points.len(), 3);
        for ((name, x), (hint, at)) in below.iter().zip(&points) {
            assert!(hint.contains(name) && (x - at).abs() < 1e-9, "{name} {x}, {hint} {at}");
        }
        assert!((points[1].1 * 2.0 - points[0].1 - points[2].1).abs() < 1e-9, "{points:?}");
    }
}
