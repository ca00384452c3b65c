//! Figures of members as horizontal bars: beside one another, end to end, or each from where the last ends.

use super::axis::Axis;
use super::lines::short;
use super::{Anchor, Drawing, EDGE, Ink, Mark, Use, width};
use crate::numbers::brief;

/// How bars lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lie {
    /// Each from zero.
    #[default]
    Beside,
    /// Those of a row end to end.
    Stacked,
    /// Each row from where the one before ends, and all of it below.
    Bridge,
}

/// Figures of members.
#[derive(Clone, Debug, Default)]
pub struct Bars {
    /// What they are.
    pub title: String,
    /// Which of them.
    pub subtitle: String,
    /// Their unit, as it is written.
    pub unit: String,
    /// What the colours stand for; one without a name where there is one colour.
    pub names: Vec<String>,
    /// The rows: what each is called, and a figure for each colour.
    pub rows: Vec<(String, Vec<Option<f64>>)>,
    /// How they lie.
    pub lie: Lie,
}

/// A bar's place: from where to where, in which colour, of which figure.
struct Bar {
    from: f64,
    to: f64,
    colour: usize,
    value: f64,
}

const LETTER: u32 = 12;

impl Bars {
    /// The bars of each row.
    fn bars(&self) -> Vec<(String, Vec<Bar>)> {
        let mut below = 0.0;
        let mut rows = Vec::new();
        for (name, values) in &self.rows {
            let mut ends = [0.0, 0.0];
            let known = values.iter().enumerate().filter_map(|(at, value)| Some((at, (*value)?)));
            let bars = known.filter(|(_, value)| value.is_finite()).map(|(colour, value)| match self.lie {
                Lie::Beside => Bar { from: 0.0, to: value, colour, value },
                Lie::Stacked => {
                    let end = &mut ends[usize::from(value < 0.0)];
                    *end += value;
                    Bar { from: *end - value, to: *end, colour, value }
                }
                Lie::Bridge => {
                    below += value;
                    Bar { from: below - value, to: below, colour: usize::from(value < 0.0), value }
                }
            });
            rows.push((name.clone(), bars.collect()));
        }
        if self.lie == Lie::Bridge {
            rows.push(("together".to_owned(), vec![Bar { from: 0.0, to: below, colour: 5, value: below }]));
        }
        rows
    }

    /// Draws them.
    #[must_use]
    pub fn draw(&self, purpose: Use) -> Drawing {
        let rows = self.bars();
        let lanes = if self.lie == Lie::Beside { self.names.len().max(1) } else { 1 };
        let thick = if lanes == 1 { 20.0 } else { 12.0 };
        let row_height = thick * lanes as f64 + 9.0;
        let wide = if purpose == Use::Alone { 900.0 } else { 760.0 };
        let keyed = self.names.len() > 1;
        let named = rows.iter().map(|(name, _)| width(&short(name), 12.0)).fold(0.0, f64::max);
        let (left, right) = (EDGE + named + 8.0, wide - EDGE - 64.0);
        let mut drawing = Drawing::new((wide, 0.0), self.title.clone());
        let mut top = if purpose == Use::Alone { drawing.heading(&self.subtitle) } else { EDGE / 2.0 };
        if keyed {
            top = self.key(&mut drawing, left, right, top);
        }
        let axis = Axis::of(rows.iter().flat_map(|(_, bars)| bars.iter().flat_map(|bar| [bar.from, bar.to])), false, 6);
        let x = |value: f64| left + (right - left) * axis.part(value);
        let bottom = top + 8.0 + row_height * rows.len() as f64;
        for tick in &axis.ticks {
            let ink = if *tick == 0.0 { Ink::Frame } else { Ink::Grid };
            drawing.rule((x(*tick), top), (x(*tick), bottom), ink, false);
            drawing.text((x(*tick), bottom + 16.0), axis.write(*tick), LETTER, Anchor::Middle, Ink::Quiet);
        }
        drawing.text((right, bottom + 32.0), format!("{}{}", axis.word, self.unit), LETTER, Anchor::End, Ink::Quiet);
        for (place, (name, bars)) in rows.iter().enumerate() {
            let y = top + 8.0 + row_height * place as f64;
            drawing.text((left - 8.0, y + (row_height - 9.0) / 2.0 + 4.0), short(name), LETTER, Anchor::End, Ink::Dark);
            let mut furthest = x(0.0);
            for bar in bars {
                let lane = if self.lie == Lie::Beside { bar.colour as f64 * thick } else { 0.0 };
                let (from, to) = (x(bar.from.min(bar.to)), x(bar.from.max(bar.to)));
                furthest = furthest.max(to);
                let text = brief(bar.value / axis.divisor);
                let what = self.names.get(bar.colour).filter(|name| !name.is_empty());
                let hint = format!(
                    "{}{}: {text} {}{}",
                    name,
                    what.map_or(String::new(), |what| format!(", {what}")),
                    axis.word,
                    self.unit
                );
                drawing.marks.push(Mark::Box {
                    at: (from, y + lane),
                    size: ((to - from).max(0.5), thick - 2.0),
                    ink: Ink::Series(bar.colour),
                    opacity: 0.88,
                    hint: hint.trim_end().to_owned(),
                });
                // Of many bars in a row those of nothing need no figure.
                if self.lie != Lie::Stacked && (lanes == 1 || bar.value != 0.0) {
                    let at = (to + 5.0, y + lane + thick / 2.0 + 3.0);
                    drawing.text(at, text, if lanes == 1 { LETTER } else { 10 }, Anchor::Start, Ink::Dark);
                }
            }
            if self.lie == Lie::Stacked && !bars.is_empty() {
                let sum: f64 = bars.iter().map(|bar| bar.value).sum();
                let at = (furthest + 5.0, y + thick / 2.0 + 3.0);
                drawing.text(at, brief(sum / axis.divisor), LETTER, Anchor::Start, Ink::Dark);
            }
        }
        drawing.size.1 = bottom + 32.0 + EDGE / 2.0;
        drawing
    }

    /// What the colours stand for, above the bars; returns where it ends.
    fn key(&self, drawing: &mut Drawing, left: f64, right: f64, top: f64) -> f64 {
        let (mut x, mut y) = (left, top + 4.0);
        for (index, name) in self.names.iter().enumerate() {
            let name = short(name);
            let wide = width(&name, 12.0) + 30.0;
            if x + wide > right && x > left {
                (x, y) = (left, y + 18.0);
            }
            let ink = Ink::Series(index);
            drawing.marks.push(Mark::Box { at: (x, y), size: (11.0, 11.0), ink, opacity: 0.88, hint: String::new() });
            drawing.text((x + 15.0, y + 10.0), name, LETTER, Anchor::Start, Ink::Dark);
            x += wide;
        }
        y + 22.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(lie: Lie) -> Vec<Vec<(f64, f64)>> {
        let rows = vec![("a".to_owned(), vec![Some(2.0), Some(-1.0)]), ("b".to_owned(), vec![Some(3.0), None])];
        let bars = Bars { rows, lie, ..Bars::default() };
        bars.bars().iter().map(|(_, bars)| bars.iter().map(|bar| (bar.from, bar.to)).collect()).collect()
    }

    #[test]
    fn bars_lie_as_they_should() {
        assert_eq!(ends(Lie::Beside), [vec![(0.0, 2.0), (0.0, -1.0)], vec![(0.0, 3.0)]]);
        assert_eq!(ends(Lie::Stacked), [vec![(0.0, 2.0), (0.0, -1.0)], vec![(0.0, 3.0)]]);
        assert_eq!(ends(Lie::Bridge), [vec![(0.0, 2.0), (2.0, 1.0)], vec![(1.0, 4.0)], vec![(0.0, 4.0)]]);
    }
}
