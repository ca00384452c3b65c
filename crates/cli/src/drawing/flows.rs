//! What passes from one to another, as bands whose width is the amount: a diagram after Sankey.
//!
//! Where what is taken is given on and never comes back, each stands one column after the last that gives
//! to it; else givers stand on one side and takers on the other.

use super::axis::Axis;
use super::lines::short;
use super::{Anchor, Drawing, EDGE, Ink, Mark, Place, Use, width};
use crate::numbers::brief;

/// What passes between givers and takers.
#[derive(Clone, Debug, Default)]
pub struct Flows {
    /// What it is.
    pub title: String,
    /// The unit of the amounts.
    pub unit: String,
    /// Those who give.
    pub givers: Vec<String>,
    /// Those who take.
    pub takers: Vec<String>,
    /// Whether a giver and a taker of one name are one.
    pub same: bool,
    /// The amounts: the giver, the taker, how much; only what is above zero is drawn.
    pub amounts: Vec<(usize, usize, f64)>,
}

/// The thickness of a node.
const THICK: f64 = 12.0;
/// Nodes of a column are apart by so much.
const APART: f64 = 20.0;
/// How much of its colour a band has.
const PALE: f64 = 0.38;
/// The size of letters.
const LETTER: u32 = 12;
/// The height of the fullest column, but for what lies between its nodes.
const FULL: f64 = 280.0;
/// How often nodes are moved towards those they are tied to.
const SWEEPS: usize = 40;
/// Into how many straight parts a band's edge is cut.
const PARTS: u32 = 20;

/// One who gives or takes.
#[derive(Clone, Debug, PartialEq)]
struct Node {
    name: String,
    column: usize,
    /// The larger of what comes in and what goes out.
    size: f64,
    /// The upper edge, and how high it is.
    top: f64,
    height: f64,
}

impl Node {
    fn centre(&self) -> f64 {
        self.top + self.height / 2.0
    }
}

/// A band between two nodes.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Band {
    from: usize,
    to: usize,
    amount: f64,
    /// The upper edges where it leaves and where it arrives.
    leaves: f64,
    arrives: f64,
}

/// Nodes and the bands between them.
struct Graph {
    nodes: Vec<Node>,
    bands: Vec<Band>,
}

impl Flows {
    fn graph(&self) -> Graph {
        let chain = self.same.then(|| self.link(true)).and_then(Graph::in_a_chain);
        chain.unwrap_or_else(|| {
            let mut graph = self.link(false);
            for band in &graph.bands {
                graph.nodes[band.to].column = 1;
            }
            graph
        })
    }

    /// The nodes that have a part; those of one name are one where `one` says so.
    fn link(&self, one: bool) -> Graph {
        let mut graph = Graph { nodes: Vec::new(), bands: Vec::new() };
        let mut keys: Vec<(bool, &str)> = Vec::new();
        for (giver, taker, amount) in &self.amounts {
            let (Some(giver), Some(taker)) = (self.givers.get(*giver), self.takers.get(*taker)) else { continue };
            if !amount.is_finite() || *amount <= 0.0 {
                continue;
            }
            let ends = [(true, giver.as_str()), (one, taker.as_str())].map(|key| {
                keys.iter().position(|known| *known == key).unwrap_or_else(|| {
                    keys.push(key);
                    graph.nodes.push(Node { name: key.1.to_owned(), column: 0, size: 0.0, top: 0.0, height: 0.0 });
                    keys.len() - 1
                })
            });
            graph.bands.push(Band { from: ends[0], to: ends[1], amount: *amount, leaves: 0.0, arrives: 0.0 });
        }
        for (index, node) in graph.nodes.iter_mut().enumerate() {
            let out: f64 = graph.bands.iter().filter(|band| band.from == index).map(|band| band.amount).sum();
            let within: f64 = graph.bands.iter().filter(|band| band.to == index).map(|band| band.amount).sum();
            node.size = out.max(within);
        }
        graph
    }

    /// Draws it.
    #[must_use]
    pub fn draw(&self, purpose: Use) -> Drawing {
        let mut graph = self.graph();
        let wide = if purpose == Use::Alone { 900.0 } else { 760.0 };
        let mut drawing = Drawing::new((wide, 0.0), self.title.clone());
        let top = if purpose == Use::Alone { drawing.heading("") } else { EDGE / 2.0 } + 14.0;
        let bottom = graph.lay(top);
        let axis = Axis::of(graph.nodes.iter().map(|node| node.size), false, 5);
        let last = graph.columns() - 1;
        let label = |node: &Node| format!("{} {}", short(&node.name), brief(node.size / axis.divisor));
        let room = |column: usize| {
            let own = graph.nodes.iter().filter(|node| node.column == column);
            own.map(|node| width(&label(node), f64::from(LETTER))).fold(0.0, f64::max)
        };
        let (left, right) = (EDGE + room(0) + 6.0, wide - EDGE - room(last) - 6.0 - THICK);
        let x = |column: usize| left + (right - left) * column as f64 / last.max(1) as f64;
        let unit = format!("{}{}", axis.word, self.unit);
        let bottom = bottom + 13.0;
        let scale = graph.scale();
        for band in &graph.bands {
            let (from, to) = (&graph.nodes[band.from], &graph.nodes[band.to]);
            let amount = brief(band.amount / axis.divisor);
            drawing.marks.push(Mark::Area {
                places: edges((x(from.column) + THICK, band.leaves), (x(to.column), band.arrives), band.amount * scale),
                ink: Ink::Series(band.from),
                opacity: PALE,
                hint: format!("{} to {}: {amount} {unit}", from.name, to.name).trim_end().to_owned(),
            });
        }
        for (index, node) in graph.nodes.iter().enumerate() {
            let at = x(node.column);
            drawing.marks.push(Mark::Box {
                at: (at, node.top),
                size: (THICK, node.height.max(1.0)),
                ink: Ink::Series(index),
                opacity: 0.95,
                hint: format!("{}: {} {unit}", node.name, brief(node.size / axis.divisor)).trim_end().to_owned(),
            });
            let middle = node.centre() + 4.0;
            let (at, anchor) = match node.column {
                0 => ((at - 5.0, middle), Anchor::End),
                column if column == last => ((at + THICK + 5.0, middle), Anchor::Start),
                // Below and above in turn, so that names of neighbouring columns do not meet.
                column if column % 2 == 1 => ((at + THICK / 2.0, node.top + node.height + 13.0), Anchor::Middle),
                _ => ((at + THICK / 2.0, node.top - 4.0), Anchor::Middle),
            };
            drawing.text(at, label(node), LETTER, anchor, Ink::Dark);
        }
        drawing.text((wide - EDGE, bottom + 20.0), unit, LETTER, Anchor::End, Ink::Quiet);
        drawing.size.1 = bottom + 20.0 + EDGE;
        drawing
    }
}

impl Graph {
    /// With each node one column after the last that gives to it; `None` where something comes back.
    fn in_a_chain(mut self) -> Option<Graph> {
        let mut waiting: Vec<usize> =
            (0..self.nodes.len()).map(|node| self.bands.iter().filter(|band| band.to == node).count()).collect();
        let mut ready: Vec<usize> = (0..self.nodes.len()).filter(|node| waiting[*node] == 0).collect();
        let mut done = 0;
        while let Some(node) = ready.pop() {
            done += 1;
            let after = self.nodes[node].column + 1;
            for band in self.bands.iter().filter(|band| band.from == node) {
                let next = &mut self.nodes[band.to];
                next.column = next.column.max(after);
                waiting[band.to] -= 1;
                if waiting[band.to] == 0 {
                    ready.push(band.to);
                }
            }
        }
        (done == self.nodes.len()).then_some(self)
    }

    fn columns(&self) -> usize {
        self.nodes.iter().map(|node| node.column + 1).max().unwrap_or(1)
    }

    /// The height of a unit of what passes.
    fn scale(&self) -> f64 {
        let column = |column: usize| self.nodes.iter().filter(|node| node.column == column).map(|node| node.size).sum();
        let fullest = (0..self.columns()).map(column).fold(0.0, f64::max);
        if fullest > 0.0 { FULL / fullest } else { 1.0 }
    }

    /// Gives nodes and bands their places below a height, and returns where the lowest ends.
    fn lay(&mut self, top: f64) -> f64 {
        let scale = self.scale();
        for node in &mut self.nodes {
            node.height = node.size * scale;
        }
        let columns: Vec<Vec<usize>> = (0..self.columns())
            .map(|column| (0..self.nodes.len()).filter(|node| self.nodes[*node].column == column).collect())
            .collect();
        let tall = |nodes: &Vec<usize>| {
            nodes.iter().map(|node| self.nodes[*node].height).sum::<f64>()
                + APART * nodes.len().saturating_sub(1) as f64
        };
        let bottom = top + columns.iter().map(tall).fold(0.0, f64::max);
        for nodes in &columns {
            self.stack(nodes, top, bottom);
        }
        for sweep in 0..SWEEPS {
            let forth = sweep % 2 == 0;
            for place in 0..columns.len() {
                let nodes = &columns[if forth { place } else { columns.len() - 1 - place }];
                for node in nodes {
                    if let Some(centre) = self.drawn_to(*node, forth) {
                        self.nodes[*node].top = centre - self.nodes[*node].height / 2.0;
                    }
                }
                self.stack(nodes, top, bottom);
            }
        }
        self.attach(scale);
        bottom
    }

    /// The mean height of those that give to a node, or of those that take from it.
    fn drawn_to(&self, node: usize, givers: bool) -> Option<f64> {
        let ends = |band: &Band| if givers { (band.to, band.from) } else { (band.from, band.to) };
        let (mut sum, mut weight) = (0.0, 0.0);
        for band in self.bands.iter().filter(|band| ends(band).0 == node) {
            sum += self.nodes[ends(band).1].centre() * band.amount;
            weight += band.amount;
        }
        (weight > 0.0).then_some(sum / weight)
    }

    /// Moves the nodes of a column apart, in the order of their heights, and into the field.
    fn stack(&mut self, nodes: &[usize], top: f64, bottom: f64) {
        let mut order = nodes.to_vec();
        order.sort_by(|left, right| self.nodes[*left].centre().total_cmp(&self.nodes[*right].centre()));
        let mut free = top;
        for node in &order {
            let node = &mut self.nodes[*node];
            node.top = node.top.max(free);
            free = node.top + node.height + APART;
        }
        let mut least = bottom;
        for node in order.iter().rev() {
            let node = &mut self.nodes[*node];
            node.top = node.top.min(least - node.height);
            least = node.top - APART;
        }
    }

    /// Gives each band its place on the two nodes, in the order of those at its other end.
    fn attach(&mut self, scale: f64) {
        for node in 0..self.nodes.len() {
            for leaving in [true, false] {
                let ends = |band: &Band| if leaving { (band.from, band.to) } else { (band.to, band.from) };
                let mut own: Vec<usize> =
                    (0..self.bands.len()).filter(|band| ends(&self.bands[*band]).0 == node).collect();
                let other = |band: &usize| self.nodes[ends(&self.bands[*band]).1].centre();
                own.sort_by(|left, right| other(left).total_cmp(&other(right)));
                let mut at = self.nodes[node].top;
                for band in own {
                    let band = &mut self.bands[band];
                    *(if leaving { &mut band.leaves } else { &mut band.arrives }) = at;
                    at += band.amount * scale;
                }
            }
        }
    }
}

/// The edges of a band: the upper one from left to right, the lower one back.
fn edges(from: Place, to: Place, thick: f64) -> Vec<Place> {
    let place = |part: u32| {
        let part = f64::from(part) / f64::from(PARTS);
        let bend = part * part * (3.0 - 2.0 * part);
        (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * bend)
    };
    let upper = (0..=PARTS).map(place);
    let lower = (0..=PARTS).rev().map(|part| (place(part).0, place(part).1 + thick));
    upper.chain(lower).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flows(names: [&str; 4], amounts: &[(usize, usize, f64)]) -> Flows {
        let names: Vec<String> = names.map(str::to_owned).to_vec();
        Flows { givers: names.clone(), takers: names, same: true, amounts: amounts.to_vec(), ..Flows::default() }
    }

    fn columns(flows: &Flows) -> Vec<(String, usize)> {
        let mut all: Vec<(String, usize)> =
            flows.graph().nodes.into_iter().map(|node| (node.name, node.column)).collect();
        all.sort();
        all
    }

    #[test]
    fn what_is_given_on_makes_a_chain() {
        let chain = flows(["a", "b", "c", "d"], &[(0, 1, 6.0), (0, 2, 1.0), (1, 2, 4.0), (2, 3, 0.0)]);
        let named = |names: &[(&str, usize)]| -> Vec<(String, usize)> {
            names.iter().map(|(name, column)| ((*name).to_owned(), *column)).collect()
        };
        assert_eq!(columns(&chain), named(&[("a", 0), ("b", 1), ("c", 2)]));
        // What comes back makes no chain: whoever does both stands on both sides.
        let back = flows(["a", "b", "c", "d"], &[(0, 1, 6.0), (1, 0, 4.0)]);
        assert_eq!(columns(&back), named(&[("a", 0), ("a", 1), ("b", 0), ("b", 1)]));
        let own = flows(["a", "b", "c", "d"], &[(0, 0, 6.0), (0, 1, 4.0)]);
        assert_eq!(columns(&own), named(&[("a", 0), ("a", 1), ("b", 1)]));
    }

    #[test]
    fn bands_fill_the_side_of_a_node_and_nodes_do_not_overlap() {
        let mut graph = flows(["a", "b", "c", "d"], &[(0, 2, 6.0), (1, 2, 2.0), (1, 3, 5.0), (0, 3, 1.0)]).graph();
        let bottom = graph.lay(10.0);
        let scale = graph.scale();
        for (index, node) in graph.nodes.iter().enumerate() {
            assert!(node.top >= 10.0 - 1e-9 && node.top + node.height <= bottom + 1e-9, "{node:?}");
            for other in graph.nodes.iter().skip(index + 1).filter(|other| other.column == node.column) {
                let apart = (node.centre() - other.centre()).abs() - f64::midpoint(node.height, other.height);
                assert!(apart >= APART - 1e-9, "{node:?} {other:?}");
            }
            let mut own: Vec<(f64, f64)> = Vec::new();
            for band in &graph.bands {
                own.extend((band.from == index).then_some((band.leaves, band.amount * scale)));
                own.extend((band.to == index).then_some((band.arrives, band.amount * scale)));
            }
            own.sort_by(|left, right| left.0.total_cmp(&right.0));
            let mut at = node.top;
            for (start, thick) in own {
                assert!((start - at).abs() < 1e-9, "{node:?}");
                at += thick;
            }
            assert!((at - node.top - node.height).abs() < 1e-9, "{node:?}");
        }
    }
}
