//! Where nodes and bands of a diagram of flows stand.

/// Boxes of a column, each a node with its label, are apart by so much.
const APART: f64 = 8.0;
/// The height of the fullest column, but for what lies between its nodes.
const FULL: f64 = 280.0;
/// How often nodes are moved towards those they are tied to.
const SWEEPS: usize = 40;

/// One who gives or takes, or a place where a band passes a column.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Node {
    /// Its name; none where a band passes.
    pub name: String,
    pub column: usize,
    /// What comes in, and what goes out.
    pub within: f64,
    pub out: f64,
    /// The upper edge, and how high it is.
    pub top: f64,
    pub height: f64,
    /// The lines of its label: one stands beside it, several above.
    pub label: Vec<String>,
    /// What is left free above and below.
    free: [f64; 2],
}

impl Node {
    /// The larger of what comes in and what goes out.
    pub fn size(&self) -> f64 {
        self.within.max(self.out)
    }

    pub fn centre(&self) -> f64 {
        self.top + self.height / 2.0
    }
}

/// A part of a band, from a column to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Link {
    pub from: usize,
    pub to: usize,
    amount: f64,
    /// The upper edges where it leaves and where it arrives.
    pub leaves: f64,
    pub arrives: f64,
    pub thick: f64,
}

/// A band between two that have a name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Band {
    pub from: usize,
    pub to: usize,
    pub amount: f64,
    /// Its parts, in order.
    pub links: Vec<usize>,
}

/// Nodes and the bands between them; those that have a name come first.
#[derive(Debug)]
pub(super) struct Graph {
    pub nodes: Vec<Node>,
    pub bands: Vec<Band>,
    pub links: Vec<Link>,
}

impl Graph {
    /// The nodes that have a part; a giver and a taker of one name are one unless on two sides.
    pub fn of<'n>(amounts: impl Iterator<Item = (&'n str, &'n str, f64)>, two_sided: bool) -> Graph {
        let mut graph = Graph { nodes: Vec::new(), bands: Vec::new(), links: Vec::new() };
        let mut keys: Vec<(bool, &str)> = Vec::new();
        for (giver, taker, amount) in amounts {
            let [from, to] = [(false, giver), (two_sided, taker)].map(|key| {
                keys.iter().position(|known| *known == key).unwrap_or_else(|| {
                    keys.push(key);
                    graph.nodes.push(Node { name: key.1.to_owned(), ..Node::default() });
                    keys.len() - 1
                })
            });
            graph.nodes[from].out += amount;
            graph.nodes[to].within += amount;
            graph.bands.push(Band { from, to, amount, links: Vec::new() });
        }
        graph
    }

    /// Gives each node its column.
    ///
    /// # Errors
    /// The names along a round, where what passes comes back.
    pub fn arrange(&mut self, two_sided: bool) -> Result<(), Vec<String>> {
        if two_sided {
            for band in &self.bands {
                self.nodes[band.to].column = 1;
            }
        } else {
            self.chain()?;
        }
        self.pass();
        Ok(())
    }

    /// Puts each node one column after the last that gives to it, and who takes nothing just before whom it
    /// gives to.
    fn chain(&mut self) -> Result<(), Vec<String>> {
        let givers = |node: usize| self.bands.iter().filter(move |band| band.to == node).count();
        let mut waiting: Vec<usize> = (0..self.nodes.len()).map(givers).collect();
        let mut ready: Vec<usize> = (0..self.nodes.len()).filter(|node| waiting[*node] == 0).collect();
        let first = ready.clone();
        while let Some(node) = ready.pop() {
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
        if let Some(left) = waiting.iter().position(|count| *count > 0) {
            return Err(self.round(left, &waiting));
        }
        for node in first {
            let takers = self.bands.iter().filter(|band| band.from == node);
            let nearest = takers.map(|band| self.nodes[band.to].column).min();
            self.nodes[node].column = nearest.map_or(0, |column| column.saturating_sub(1));
        }
        Ok(())
    }

    /// A round among nodes that wait for one another, against the way of what passes until one comes again.
    fn round(&self, left: usize, waiting: &[usize]) -> Vec<String> {
        let mut path = vec![left];
        let mut node = left;
        while let Some(band) = self.bands.iter().find(|band| band.to == node && waiting[band.from] > 0) {
            node = band.from;
            let again = path.iter().position(|known| *known == node);
            path.push(node);
            if let Some(start) = again {
                path.drain(..start);
                break;
            }
        }
        path.iter().rev().map(|node| self.nodes[*node].name.clone()).collect()
    }

    /// Cuts bands into parts from column to column, with room where they pass one.
    fn pass(&mut self) {
        for band in &mut self.bands {
            let mut from = band.from;
            let last = self.nodes[band.to].column;
            for column in self.nodes[band.from].column + 1..=last {
                let to = if column == last { band.to } else { self.nodes.len() };
                if column < last {
                    let [within, out] = [band.amount; 2];
                    self.nodes.push(Node { column, within, out, ..Node::default() });
                }
                band.links.push(self.links.len());
                self.links.push(Link { from, to, amount: band.amount, leaves: 0.0, arrives: 0.0, thick: 0.0 });
                from = to;
            }
        }
    }

    /// The nodes that have a name, with their positions.
    pub fn named(&self) -> impl Iterator<Item = (usize, &Node)> {
        self.nodes.iter().enumerate().filter(|(_, node)| !node.name.is_empty())
    }

    pub fn columns(&self) -> usize {
        self.nodes.iter().map(|node| node.column + 1).max().unwrap_or(1)
    }

    /// The height of a unit of what passes.
    pub fn scale(&self) -> f64 {
        let column =
            |column: usize| self.nodes.iter().filter(|node| node.column == column).map(Node::size).sum::<f64>();
        let fullest = (0..self.columns()).map(column).fold(0.0, f64::max);
        if fullest > 0.0 { FULL / fullest } else { 1.0 }
    }

    /// Gives nodes and bands their places below a height, with room for labels of lines of a height, and
    /// returns where the lowest ends.
    pub fn lay(&mut self, top: f64, line: f64) -> f64 {
        let scale = self.scale();
        for node in &mut self.nodes {
            node.height = node.size() * scale;
            node.free = match node.label.len() {
                0 => [0.0; 2],
                1 => [((line - node.height) / 2.0).max(0.0); 2],
                lines => [line * lines as f64 + 4.0, 0.0],
            };
        }
        let columns: Vec<Vec<usize>> = (0..self.columns())
            .map(|column| (0..self.nodes.len()).filter(|node| self.nodes[*node].column == column).collect())
            .collect();
        let tall = |nodes: &Vec<usize>| {
            let boxes =
                nodes.iter().map(|node| &self.nodes[*node]).map(|node| node.height + node.free[0] + node.free[1]);
            boxes.sum::<f64>() + APART * nodes.len().saturating_sub(1) as f64
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
        let ends = |link: &Link| if givers { (link.to, link.from) } else { (link.from, link.to) };
        let (mut sum, mut weight) = (0.0, 0.0);
        for link in self.links.iter().filter(|link| ends(link).0 == node) {
            sum += self.nodes[ends(link).1].centre() * link.amount;
            weight += link.amount;
        }
        (weight > 0.0).then_some(sum / weight)
    }

    /// Moves the nodes of a column apart, in the order of their heights, and into the field.
    fn stack(&mut self, nodes: &[usize], top: f64, bottom: f64) {
        let mut order = nodes.to_vec();
        order.sort_by(|left, right| self.nodes[*left].centre().total_cmp(&self.nodes[*right].centre()));
        let mut least = top;
        for node in &order {
            let node = &mut self.nodes[*node];
            node.top = node.top.max(least + node.free[0]);
            least = node.top + node.height + node.free[1] + APART;
        }
        let mut most = bottom;
        for node in order.iter().rev() {
            let node = &mut self.nodes[*node];
            node.top = node.top.min(most - node.free[1] - node.height);
            most = node.top - node.free[0] - APART;
        }
    }

    /// Gives each band its place on the two nodes, in the order of those at its other end.
    fn attach(&mut self, scale: f64) {
        for link in &mut self.links {
            link.thick = link.amount * scale;
        }
        for node in 0..self.nodes.len() {
            for leaving in [true, false] {
                let ends = |link: &Link| if leaving { (link.from, link.to) } else { (link.to, link.from) };
                let mut own: Vec<usize> =
                    (0..self.links.len()).filter(|link| ends(&self.links[*link]).0 == node).collect();
                let other = |link: &usize| self.nodes[ends(&self.links[*link]).1].centre();
                own.sort_by(|left, right| other(left).total_cmp(&other(right)));
                let mut at = self.nodes[node].top;
                for link in own {
                    let link = &mut self.links[link];
                    *(if leaving { &mut link.leaves } else { &mut link.arrives }) = at;
                    at += link.thick;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHAIN: [(&str, &str, f64); 7] = [
        ("a", "b", 6.0),
        ("a", "c", 2.0),
        ("b", "d", 5.0),
        ("c", "d", 1.5),
        ("a", "d", 3.0),
        ("b", "e", 1.0),
        ("c", "e", 0.5),
    ];

    fn laid(two_sided: bool) -> (Graph, f64) {
        let mut graph = Graph::of(CHAIN.into_iter(), two_sided);
        graph.arrange(two_sided).expect("a chain");
        let last = graph.columns() - 1;
        for node in graph.nodes.iter_mut().filter(|node| !node.name.is_empty()) {
            let lines = if node.column == 0 || node.column == last { 1 } else { 2 };
            node.label = vec!["label".to_owned(); lines];
        }
        let bottom = graph.lay(10.0, 14.0);
        (graph, bottom)
    }

    #[test]
    fn bands_fill_the_side_of_a_node_from_its_upper_edge_on() {
        for two_sided in [false, true] {
            let (graph, _) = laid(two_sided);
            let scale = graph.scale();
            for (index, node) in graph.nodes.iter().enumerate() {
                for (leaving, amount) in [(true, node.out), (false, node.within)] {
                    let own = graph.links.iter().filter(|link| (if leaving { link.from } else { link.to }) == index);
                    let mut own: Vec<(f64, f64)> =
                        own.map(|link| (if leaving { link.leaves } else { link.arrives }, link.thick)).collect();
                    own.sort_by(|left, right| left.0.total_cmp(&right.0));
                    let mut at = node.top;
                    for (start, thick) in own {
                        assert!((start - at).abs() < 1e-9, "{node:?}");
                        at += thick;
                    }
                    assert!((at - node.top - amount * scale).abs() < 1e-9, "{node:?}");
                    assert!(at <= node.top + node.height + 1e-9, "{node:?}");
                }
            }
        }
    }

    #[test]
    fn what_leaves_the_first_arrives_in_full_though_a_band_passes_a_column() {
        let (graph, _) = laid(false);
        let far = graph.bands.iter().find(|band| band.links.len() == 2).expect("a band over two columns");
        let [one, two] = [far.links[0], far.links[1]].map(|link| graph.links[link]);
        assert_eq!((one.to, one.arrives, one.thick), (two.from, two.leaves, two.thick));
        let passes = &graph.nodes[one.to];
        assert!((passes.name.as_str(), passes.column) == ("", 1) && (passes.height - one.thick).abs() < 1e-9);
        let scale = graph.scale();
        let paid: f64 = CHAIN.iter().filter(|(from, _, _)| *from == "a").map(|(_, _, amount)| amount * scale).sum();
        let crosses = |column: usize| {
            let own = graph.links.iter().filter(|link| graph.nodes[link.from].column == column);
            own.map(|link| link.thick).sum::<f64>()
        };
        assert!((crosses(0) - paid).abs() < 1e-9 && (crosses(1) - paid).abs() < 1e-9);
    }

    #[test]
    fn nodes_of_a_column_do_not_overlap_nor_leave_the_field() {
        for two_sided in [false, true] {
            let (graph, bottom) = laid(two_sided);
            let ends = |node: &Node| (node.top - node.free[0], node.top + node.height + node.free[1]);
            for (index, node) in graph.nodes.iter().enumerate() {
                let (above, below) = ends(node);
                assert!(above >= 10.0 - 1e-9 && below <= bottom + 1e-9, "{node:?}");
                for other in graph.nodes.iter().skip(index + 1).filter(|other| other.column == node.column) {
                    let (other_above, other_below) = ends(other);
                    let apart = (other_above - below).max(above - other_below);
                    assert!(apart >= APART - 1e-9, "{node:?} {other:?}");
                }
            }
        }
    }
}
