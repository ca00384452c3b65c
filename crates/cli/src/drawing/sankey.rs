//! What passes from one to another, as bands whose width is the amount: a diagram after Sankey.
//!
//! Each stands one column after the last that gives to it, unless givers and takers are asked for on two
//! sides.

mod layout;

use super::axis::Axis;
use super::lines::short;
use super::{Anchor, Drawing, EDGE, Ink, Mark, Place, Use, letters, width};
use crate::failure::Failure;
use crate::numbers::brief;
use crate::screen::wrap;
use layout::{Graph, Node};

/// What passes between givers and takers.
#[derive(Clone, Debug, Default)]
pub struct Sankey {
    /// What it is.
    pub title: String,
    /// Which of it.
    pub subtitle: String,
    /// The unit of the amounts.
    pub unit: String,
    /// Those who give.
    pub givers: Vec<String>,
    /// Those who take.
    pub takers: Vec<String>,
    /// Whether givers stand on one side and takers on the other; else those of one name are one.
    pub two_sided: bool,
    /// The amounts: the giver, the taker, how much.
    pub amounts: Vec<(usize, usize, f64)>,
}

/// The thickness of a node.
const THICK: f64 = 12.0;
/// How much of its colour a band has.
const PALE: f64 = 0.4;
/// The size of letters, and how far lines of them are apart.
const LETTER: u32 = 12;
const LINE: f64 = 14.0;
/// Into how many straight parts a band's edge is cut between two columns.
const PARTS: u32 = 20;
/// An amount below zero by less than this part of the largest is nothing.
const NOTHING: f64 = 1e-6;
/// The most bands that are put in words.
const MOST_WORDS: usize = 30;

impl Sankey {
    /// Draws it.
    ///
    /// # Errors
    /// An amount below zero, and what comes back to whom it came from, unless on two sides.
    pub fn draw(&self, purpose: Use) -> Result<Drawing, Failure> {
        let mut graph = self.graph()?;
        let wide = if purpose == Use::Alone { 900.0 } else { 760.0 };
        let mut drawing = Drawing::new((wide, 0.0), self.title.clone());
        let top = if purpose == Use::Alone { drawing.heading(&self.subtitle) } else { EDGE / 2.0 };
        let axis = Axis::of(graph.nodes.iter().map(Node::size), false, 5);
        let amount = |value: f64| brief(value / axis.divisor);
        let last = graph.columns().saturating_sub(1);
        let beside = |node: &Node| format!("{} {}", short(&node.name), through(node, amount));
        let room = |column: usize| {
            let own = graph.named().filter(|(_, node)| node.column == column);
            own.map(|(_, node)| width(&beside(node), f64::from(LETTER))).fold(0.0, f64::max)
        };
        let (left, right) = (EDGE + room(0) + 6.0, wide - EDGE - room(last) - 6.0 - THICK);
        let step = (right - left) / last.max(1) as f64;
        let x = |column: usize| left + step * column as f64;
        let above = |node: &Node| {
            let mut lines = wrap(&short(&node.name), letters(step - 4.0, f64::from(LETTER)));
            lines.push(through(node, amount));
            lines
        };
        for node in graph.nodes.iter_mut().filter(|node| !node.name.is_empty()) {
            node.label = if node.column == 0 || node.column == last { vec![beside(node)] } else { above(node) };
        }
        let bottom = graph.lay(top, LINE);
        let unit = format!("{}{}", axis.word, self.unit);
        let ink = |node: usize| self.ink(&graph.nodes[node].name);
        for band in &graph.bands {
            let (from, to) = (&graph.nodes[band.from], &graph.nodes[band.to]);
            drawing.marks.push(Mark::Area {
                places: outline(&graph, &band.links, x),
                ink: ink(band.from),
                opacity: PALE,
                hint: format!("{} to {}: {} {unit}", from.name, to.name, amount(band.amount)).trim_end().to_owned(),
            });
        }
        for (index, node) in graph.named() {
            let (at, size) = ((x(node.column), node.top), (THICK, node.height.max(1.0)));
            let hint = format!("{}: {} {unit}", node.name, through(node, amount)).trim_end().to_owned();
            drawing.marks.push(Mark::Box { at, size, ink: ink(index), opacity: 0.95, hint });
        }
        for (_, node) in graph.named() {
            let at = x(node.column);
            if node.column == 0 || node.column == last {
                let (at, anchor) =
                    if node.column == 0 { (at - 5.0, Anchor::End) } else { (at + THICK + 5.0, Anchor::Start) };
                drawing.text((at, node.centre() + 4.0), node.label.concat(), LETTER, anchor, Ink::Dark);
                continue;
            }
            for (line, text) in node.label.iter().rev().enumerate() {
                let place = (at + THICK / 2.0, node.top - 4.0 - LINE * line as f64);
                drawing.text(
                    place,
                    text.as_str(),
                    LETTER,
                    Anchor::Middle,
                    if line == 0 { Ink::Quiet } else { Ink::Dark },
                );
            }
        }
        let differs = graph.named().any(|(_, node)| through(node, amount).contains(ARROW));
        let note = if differs { format!("{unit}: what comes in {ARROW} what goes out") } else { unit.clone() };
        drawing.text((wide - EDGE, bottom + 22.0), note.trim_start_matches(": "), LETTER, Anchor::End, Ink::Quiet);
        drawing.size.1 = bottom + 22.0 + EDGE;
        drawing.description = in_words(&graph, &unit, amount);
        Ok(drawing)
    }

    /// The ink of a name: the same on both sides, and in another diagram of the same names.
    fn ink(&self, name: &str) -> Ink {
        let mut names = self.givers.iter().chain(self.takers.iter().filter(|taker| !self.givers.contains(taker)));
        Ink::Series(names.position(|known| known == name).unwrap_or(0))
    }

    /// Who gives and takes, each in a column.
    fn graph(&self) -> Result<Graph, Failure> {
        let known = || {
            let named = |(giver, taker, amount): &(usize, usize, f64)| {
                Some((self.givers.get(*giver)?.as_str(), self.takers.get(*taker)?.as_str(), *amount))
            };
            self.amounts.iter().filter_map(named).filter(|(_, _, amount)| amount.is_finite())
        };
        let most = known().map(|(_, _, amount)| amount.abs()).fold(0.0, f64::max);
        if let Some((giver, taker, amount)) = known().find(|(_, _, amount)| *amount < -NOTHING * most) {
            let unit = &self.unit;
            let what = format!("what passes from {giver} to {taker} is below zero: {} {unit}", brief(amount));
            return Err(
                Failure::call(what.trim_end()).help("bands have no width below zero; `bars` or `table` shows it")
            );
        }
        let passes = known().filter(|(_, _, amount)| *amount > NOTHING * most);
        let mut graph = Graph::of(passes, self.two_sided);
        if let Err(round) = graph.arrange(self.two_sided) {
            let what = format!("what passes comes back: {}", round.join(&format!(" {ARROW} ")));
            return Err(Failure::call(what).help("`--two-sided` draws givers on one side and takers on the other"));
        }
        Ok(graph)
    }
}

const ARROW: char = '→';

/// What passes through a node: what comes in and what goes out, where both do and they differ.
fn through(node: &Node, amount: impl Fn(f64) -> String) -> String {
    let [within, out] = [node.within, node.out].map(&amount);
    if node.within > 0.0 && node.out > 0.0 && within != out {
        format!("{within} {ARROW} {out}")
    } else {
        amount(node.size())
    }
}

/// The largest bands, for who does not see them.
fn in_words(graph: &Graph, unit: &str, amount: impl Fn(f64) -> String) -> String {
    let mut bands: Vec<_> = graph.bands.iter().collect();
    bands.sort_by(|left, right| right.amount.total_cmp(&left.amount));
    let name = |node: usize| graph.nodes[node].name.as_str();
    let words = bands.iter().take(MOST_WORDS);
    let words: Vec<String> =
        words.map(|band| format!("{} to {}: {}", name(band.from), name(band.to), amount(band.amount))).collect();
    let rest = bands.len().saturating_sub(MOST_WORDS);
    let rest = if rest > 0 { format!("; and {rest} smaller") } else { String::new() };
    let unit = if unit.is_empty() { String::new() } else { format!("In {unit}. ") };
    format!("{unit}{}{rest}.", words.join("; "))
}

/// The outline of a band over the columns that it passes: the upper edge to the right, the lower one back.
fn outline(graph: &Graph, links: &[usize], x: impl Fn(usize) -> f64) -> Vec<Place> {
    let mut upper: Vec<Place> = Vec::new();
    let mut thick = 0.0;
    for link in links.iter().map(|link| &graph.links[*link]) {
        let column = |node: usize| graph.nodes[node].column;
        let (from, to) = ((x(column(link.from)) + THICK, link.leaves), (x(column(link.to)), link.arrives));
        upper.extend((0..=PARTS).map(|part| {
            let part = f64::from(part) / f64::from(PARTS);
            let bend = part * part * (3.0 - 2.0 * part);
            (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * bend)
        }));
        thick = link.thick;
    }
    let lower: Vec<Place> = upper.iter().rev().map(|(x, y)| (*x, y + thick)).collect();
    upper.into_iter().chain(lower).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sankey(amounts: &[(usize, usize, f64)]) -> Sankey {
        let names: Vec<String> = ["user", "seller", "maker", "grid"].map(str::to_owned).to_vec();
        let (givers, takers) = (names.clone(), names);
        Sankey { unit: "$/yr".to_owned(), givers, takers, amounts: amounts.to_vec(), ..Sankey::default() }
    }

    fn columns(sankey: &Sankey) -> Vec<(String, usize)> {
        let graph = sankey.graph().expect("a chain");
        let mut all: Vec<(String, usize)> = graph.named().map(|(_, node)| (node.name.clone(), node.column)).collect();
        all.sort();
        all
    }

    fn named(names: &[(&str, usize)]) -> Vec<(String, usize)> {
        names.iter().map(|(name, column)| ((*name).to_owned(), *column)).collect()
    }

    fn told(sankey: &Sankey) -> [String; 2] {
        match sankey.draw(Use::Page) {
            Err(Failure::Call { what, help }) => [what, help.unwrap_or_default()],
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_given_on_makes_a_chain() {
        let chain = sankey(&[(0, 1, 6.0), (0, 2, 1.0), (1, 2, 4.0), (2, 3, 0.0)]);
        assert_eq!(columns(&chain), named(&[("maker", 2), ("seller", 1), ("user", 0)]));
        // Who gives to the end of the chain alone stands just before it.
        let late = sankey(&[(0, 1, 6.0), (1, 2, 4.0), (3, 2, 1.0)]);
        assert_eq!(columns(&late), named(&[("grid", 1), ("maker", 2), ("seller", 1), ("user", 0)]));
        let mut two = sankey(&[(0, 1, 6.0), (1, 0, 4.0)]);
        two.two_sided = true;
        assert_eq!(columns(&two), named(&[("seller", 0), ("seller", 1), ("user", 0), ("user", 1)]));
    }

    #[test]
    fn what_comes_back_and_what_is_below_zero_is_named() {
        let [what, help] = told(&sankey(&[(3, 0, 1.0), (0, 1, 6.0), (1, 2, 4.0), (2, 0, 2.0)]));
        let round = what.strip_prefix("what passes comes back: ").expect("the round");
        let each: Vec<&str> = round.split(" → ").collect();
        assert!(each.len() == 4 && each.first() == each.last() && !each.contains(&"grid"), "{what}");
        let after = |name: &str| each.windows(2).any(|pair| pair == [name, "maker"]);
        assert!(after("seller") && help.contains("--two-sided"), "{what}; {help}");
        assert!(told(&sankey(&[(0, 0, 1.0)]))[0].ends_with("user → user"));
        let [what, help] = told(&sankey(&[(0, 1, 6.0), (0, 2, -0.5)]));
        assert_eq!(what, "what passes from user to maker is below zero: -0.5 $/yr");
        assert!(help.contains("`bars`"), "{help}");
        // What is left of a difference is nothing.
        assert!(sankey(&[(0, 1, 6.0), (0, 2, -1e-9)]).draw(Use::Page).is_ok());
    }

    /// Left, right, top and bottom of each text.
    fn texts(drawing: &Drawing) -> Vec<(String, [f64; 4])> {
        let mut all = Vec::new();
        for mark in &drawing.marks {
            if let Mark::Text { at, text, size, anchor, .. } = mark {
                let (wide, tall) = (width(text, f64::from(*size)), f64::from(*size));
                let left = match anchor {
                    Anchor::Start => at.0,
                    Anchor::Middle => at.0 - wide / 2.0,
                    Anchor::End => at.0 - wide,
                };
                all.push((text.clone(), [left, left + wide, at.1 - tall * 0.8, at.1 + tall * 0.2]));
            }
        }
        all
    }

    #[test]
    fn labels_overlap_neither_one_another_nor_a_node_and_stay_on_the_sheet() {
        let names: Vec<String> = (0..9).map(|index| format!("a layer of the chain {index}")).collect();
        let mut amounts: Vec<(usize, usize, f64)> = (0..5).map(|from| (from, from + 1, 9.0 - from as f64)).collect();
        amounts.extend([(0, 5, 0.02), (0, 6, 0.01), (6, 5, 0.01), (1, 7, 0.3), (7, 8, 0.3), (0, 8, 4.0)]);
        let sankey = Sankey { givers: names.clone(), takers: names, amounts, ..Sankey::default() };
        let drawing = sankey.draw(Use::Page).expect("a chain");
        let texts = texts(&drawing);
        let meet = |one: &[f64; 4], other: &[f64; 4]| {
            one[0] < other[1] && other[0] < one[1] && one[2] < other[3] && other[2] < one[3]
        };
        for (index, (text, place)) in texts.iter().enumerate() {
            assert!(place[0] >= 0.0 && place[1] <= drawing.size.0 + 1e-9, "{text} {place:?}");
            assert!(place[2] >= 0.0 && place[3] <= drawing.size.1, "{text} {place:?}");
            for (other, other_place) in texts.iter().skip(index + 1) {
                assert!(!meet(place, other_place), "{text} {place:?}, {other} {other_place:?}");
            }
            for mark in &drawing.marks {
                let Mark::Box { at, size, hint, .. } = mark else { continue };
                assert!(!meet(place, &[at.0, at.0 + size.0, at.1, at.1 + size.1]), "{text} {place:?}, {hint} {at:?}");
            }
        }
        assert!(drawing.description.contains("a layer of the chain 0 to a layer of the chain 1: 9"), "{drawing:?}");
    }
}
