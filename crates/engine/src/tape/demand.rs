//! Which cells of which variables are needed for what is wanted.

use super::kernel::Cell;
use super::specialise::{Leaf, LeafKind, Specialiser};
use super::tree::Tree;
use crate::Evaluation;
use crate::interpret::target_cells;
use crate::space::{Columns, Gather, Pins, Space, slice};
use std::collections::{BTreeSet, HashMap};
use tokenomics_language::Model;
use tokenomics_language::model::{Definition, ExpressionId, Node, Reduction, Rule, VariableId};

/// The number of a cell that is not needed.
pub(crate) const NOWHERE: Cell = Cell::MAX;

/// The needed cells of an uncertain variable or of a node computed apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slot {
    /// All its cells, needed or not.
    pub space: Space,
    /// Which of them are needed.
    needed: Vec<bool>,
    /// Which of them have been followed to what they read.
    followed: Vec<bool>,
    /// The number of each among the needed cells of all slots; [`NOWHERE`] when it is not needed.
    pub numbers: Vec<Cell>,
}

/// What computes cells of one slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Unit {
    /// A clause, an input or a native.
    Rule(Rule),
    /// A node computed apart from the formula it stands in; of a mean, the sum.
    Apart(ExpressionId),
    /// A node that is wanted for itself.
    Whole(ExpressionId),
}

/// One formula over some cells of a box, each written to a cell of a slot.
pub(crate) struct Work {
    /// The box.
    pub space: Space,
    /// The formula.
    pub tree: Tree<Leaf>,
    /// The cells of the box.
    pub cells: Vec<usize>,
    /// For each, the cell of the slot.
    pub targets: Vec<usize>,
    /// For a reduction, how values of one target are brought together.
    pub reduction: Option<Reduction>,
}

/// The needed cells, found from what is wanted back to the inputs.
pub(crate) struct Demand<'a> {
    /// The values that are certain, and which cells there are.
    pub evaluation: &'a Evaluation<'a>,
    /// Makes formulas special to cells.
    pub specialiser: Specialiser<'a>,
    /// The variables, then the nodes computed apart.
    pub slots: Vec<Slot>,
    nodes: HashMap<Unit, usize>,
    /// How many cells are needed.
    pub count: Cell,
}

impl<'a> Demand<'a> {
    /// Over the values of an evaluation of everything that will be needed.
    pub fn new(evaluation: &'a Evaluation<'a>) -> Demand<'a> {
        Demand {
            evaluation,
            specialiser: Specialiser::new(evaluation),
            slots: vec![Slot::default(); evaluation.model().variables.len()],
            nodes: HashMap::new(),
            count: 0,
        }
    }

    /// The model.
    pub fn model(&self) -> &'a Model {
        self.evaluation.model()
    }

    /// Asks for cells of an uncertain variable.
    pub fn need(&mut self, variable: VariableId, cells: impl IntoIterator<Item = usize>) {
        let slot = variable.index();
        if self.slots[slot].needed.is_empty() {
            self.open_slot(slot, Space::variable(self.model(), variable, &Pins::default()));
        }
        for cell in cells {
            self.slots[slot].needed[cell] = true;
        }
    }

    /// Asks for cells of an uncertain node that is wanted for itself; its slot is returned.
    pub fn need_whole(&mut self, node: ExpressionId, cells: impl IntoIterator<Item = usize>) -> usize {
        self.need_node(Unit::Whole(node), node, cells)
    }

    fn need_node(&mut self, unit: Unit, node: ExpressionId, cells: impl IntoIterator<Item = usize>) -> usize {
        let slot = self.nodes.get(&unit).copied().unwrap_or(self.slots.len());
        if slot == self.slots.len() {
            self.slots.push(Slot::default());
            self.open_slot(slot, self.specialiser.space(node));
            self.nodes.insert(unit, slot);
        }
        for cell in cells {
            self.slots[slot].needed[cell] = true;
        }
        slot
    }

    fn open_slot(&mut self, slot: usize, space: Space) {
        let cells = space.cells();
        let nothing = vec![false; cells];
        self.slots[slot] = Slot { space, needed: nothing.clone(), followed: nothing, numbers: vec![NOWHERE; cells] };
    }

    /// Follows all that was asked for, and numbers the needed cells. `last` are wanted nodes.
    pub fn close(&mut self, last: &[ExpressionId]) {
        self.follow(last.iter().map(|node| Unit::Whole(*node)).collect());
        for group in self.model().order.iter().rev() {
            self.follow(group.rules.iter().rev().map(|rule| Unit::Rule(*rule)).collect());
        }
        for slot in &mut self.slots {
            for (number, _) in slot.numbers.iter_mut().zip(&slot.followed).filter(|(_, followed)| **followed) {
                *number = self.count;
                self.count += 1;
            }
        }
    }

    /// Follows needed cells of units to what they read, until nothing new is needed of them.
    fn follow(&mut self, mut units: Vec<Unit>) {
        loop {
            let mut progress = false;
            let mut position = 0;
            while let Some(unit) = units.get(position).copied() {
                position += 1;
                let cells = self.take(unit);
                if cells.is_empty() {
                    continue;
                }
                progress = true;
                if let Unit::Rule(rule) = unit
                    && let Definition::Native { inputs, each_quarter } =
                        &self.model().variables[rule.variable.index()].definition
                {
                    let moments = self.moments(rule.variable, *each_quarter, &cells);
                    for input in inputs.iter().filter(|input| self.evaluation.reach().variable(**input)) {
                        for pins in &moments {
                            self.need(*input, slice(self.model(), *input, pins));
                        }
                    }
                    continue;
                }
                for work in self.work(unit, cells) {
                    let columns = Columns::of(&work.space, &work.cells);
                    let mut leaves = Vec::new();
                    work.tree.leaves(&mut |leaf| leaves.push(*leaf));
                    for leaf in leaves {
                        match leaf.kind {
                            LeafKind::Certain | LeafKind::Count => {}
                            LeafKind::Variable => {
                                let (variable, cells) = self.loaded(&work.space, leaf, &columns);
                                self.need(variable, cells);
                            }
                            LeafKind::Apart => {
                                let space = self.specialiser.space(leaf.node);
                                let cells = self.specialiser.sources(&work.space, &space, &work.cells, leaf.back);
                                let apart = Unit::Apart(leaf.node);
                                self.need_node(apart, leaf.node, cells);
                                if !units.contains(&apart) {
                                    units.push(apart);
                                }
                            }
                        }
                    }
                }
            }
            if !progress {
                return;
            }
        }
    }

    /// The calls by which an algorithm computes some cells: one, or one for each of their quarters.
    pub fn moments(&self, variable: VariableId, each_quarter: bool, cells: &[usize]) -> Vec<Pins> {
        let space = Space::variable(self.model(), variable, &Pins::default());
        let quarter = self.model().quarter.filter(|_| each_quarter);
        let Some((quarter, axis)) = quarter.and_then(|quarter| Some((quarter, space.position(quarter)?))) else {
            return vec![Pins::default()];
        };
        let quarters: BTreeSet<u32> = Columns::of(&space, cells).along(axis).iter().copied().collect();
        quarters.into_iter().map(|now| Pins::default().with(quarter, now as usize)).collect()
    }

    /// The needed cells of a unit that are not yet followed, and have a value; they then are followed.
    fn take(&mut self, unit: Unit) -> Vec<usize> {
        let cells = self.cells(unit);
        let Some(slot) = self.slot(unit) else { return cells };
        let slot = &mut self.slots[slot];
        let cells: Vec<usize> = cells.into_iter().filter(|cell| !slot.followed[*cell]).collect();
        for cell in &cells {
            slot.followed[*cell] = true;
        }
        cells
    }

    /// The needed cells of a unit that have a value.
    pub fn cells(&self, unit: Unit) -> Vec<usize> {
        let Some(slot) = self.slot(unit).map(|slot| &self.slots[slot]) else { return Vec::new() };
        let needed = slot.needed.iter().enumerate().filter(|(_, needed)| **needed).map(|(cell, _)| cell);
        let Unit::Rule(rule) = unit else { return needed.collect() };
        let needed = needed.filter(|cell| self.evaluation.cell(rule.variable, *cell).is_some());
        let member = match &self.model().variables[rule.variable.index()].definition {
            Definition::Formula(clauses) => clauses.get(rule.clause as usize).and_then(|clause| clause.member),
            _ => None,
        };
        match member.and_then(|(dimension, member)| Some((slot.space.position(dimension)?, member as usize))) {
            None => needed.collect(),
            Some((axis, member)) => {
                let stride = slot.space.strides()[axis];
                let length = slot.space.axes[axis].length;
                needed.filter(|cell| cell / stride % length == member).collect()
            }
        }
    }

    /// The slot of a unit, when any of its cells is needed.
    pub fn slot(&self, unit: Unit) -> Option<usize> {
        match unit {
            Unit::Rule(rule) => Some(rule.variable.index()).filter(|slot| !self.slots[*slot].needed.is_empty()),
            Unit::Apart(_) | Unit::Whole(_) => self.nodes.get(&unit).copied(),
        }
    }

    /// What a unit does for some cells of its slot.
    pub fn work(&mut self, unit: Unit, cells: Vec<usize>) -> Vec<Work> {
        let model = self.model();
        let (Some(slot), Some(body)) = (self.slot(unit), self.body(unit)) else { return Vec::new() };
        let space = self.slots[slot].space.clone();
        if let Node::Reduce { reduction, body: inner, over } = &model.expressions[body.index()].node {
            let same = space.axes.len() == self.specialiser.space(body).axes.len();
            let reached = self.evaluation.reach().expression(body);
            if reached && same && (*reduction != Reduction::Mean || matches!(unit, Unit::Apart(_))) {
                let mut wanted = vec![false; space.cells()];
                for cell in &cells {
                    wanted[*cell] = true;
                }
                let inner_space = self.specialiser.space(*inner);
                let targets = target_cells(model, &inner_space, &space, over);
                let mut kept: Vec<usize> = (0..targets.len()).filter(|cell| wanted[targets[*cell]]).collect();
                if *reduction == Reduction::CountTrue {
                    let array = self.specialiser.array(*inner);
                    kept.retain(|cell| array.has(*cell));
                }
                let mut pieces = self.specialiser.pieces(&inner_space, *inner, kept, 0);
                if pieces.is_empty() {
                    // Nothing reaches these cells: they still have what the reduction starts from.
                    pieces.push((Tree::Leaf(Leaf { kind: LeafKind::Certain, node: *inner, back: 0 }), Vec::new()));
                }
                let work = pieces.into_iter().map(|(tree, cells)| Work {
                    space: inner_space.clone(),
                    tree,
                    targets: cells.iter().map(|cell| targets[*cell]).collect(),
                    cells,
                    reduction: Some(*reduction),
                });
                return work.collect();
            }
        }
        let pieces = self.specialiser.pieces(&space, body, cells, 0);
        let work = pieces.into_iter().map(|(tree, cells)| Work {
            space: space.clone(),
            tree,
            targets: cells.clone(),
            cells,
            reduction: None,
        });
        work.collect()
    }

    fn body(&self, unit: Unit) -> Option<ExpressionId> {
        match unit {
            Unit::Apart(node) | Unit::Whole(node) => Some(node),
            Unit::Rule(rule) => match &self.model().variables[rule.variable.index()].definition {
                Definition::Formula(clauses) => clauses.get(rule.clause as usize).map(|clause| clause.body),
                _ => None,
            },
        }
    }

    /// The variable that a leaf loads, and its cell for each cell of a box.
    pub fn loaded(&self, space: &Space, leaf: Leaf, columns: &Columns) -> (VariableId, Vec<usize>) {
        match &self.model().expressions[leaf.node.index()].node {
            Node::Load { variable, picks } => {
                let source = (*variable, &picks[..]);
                let gather = Gather::load(self.model(), space, &Pins::default(), source, leaf.back);
                (*variable, gather.of(columns))
            }
            // Only loads are leaves of this kind.
            _ => (VariableId(0), Vec::new()),
        }
    }
}
