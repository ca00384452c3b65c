//! A formula made special to some cells: which branch each takes where that is certain, which side of
//! an `otherwise`, whether the quarter is the first. What is left has no branches but uncertain ones.

use super::tree::Tree;
use crate::Evaluation;
use crate::array::Array;
use crate::interpret::target_cells;
use crate::space::{Columns, Gather, Pins, Space};
use std::collections::HashMap;
use std::rc::Rc;
use tokenomics_language::Model;
use tokenomics_language::model::{ExpressionId, Function, Node, Reduction};

/// What a formula reads at a cell, so many quarters back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Leaf {
    /// What it is.
    pub kind: LeafKind,
    /// The node of the formula.
    pub node: ExpressionId,
    /// How many quarters back.
    pub back: usize,
}

/// What a formula reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum LeafKind {
    /// The value of a node that is certain.
    Certain,
    /// How many values a node that is a mean brings together.
    Count,
    /// An uncertain variable, which the node loads.
    Variable,
    /// The uncertain value of the node, computed apart.
    Apart,
}

/// A formula with the cells it is for.
pub(crate) type Piece = (Tree<Leaf>, Vec<usize>);

/// Makes formulas special to cells.
pub(crate) struct Specialiser<'a> {
    evaluation: &'a Evaluation<'a>,
    arrays: HashMap<ExpressionId, Rc<Array>>,
    counts: HashMap<ExpressionId, Rc<Array>>,
}

impl<'a> Specialiser<'a> {
    /// Over the values of an evaluation of everything that is read.
    pub fn new(evaluation: &'a Evaluation<'a>) -> Specialiser<'a> {
        Specialiser { evaluation, arrays: HashMap::new(), counts: HashMap::new() }
    }

    fn model(&self) -> &'a Model {
        self.evaluation.model()
    }

    /// The values of a node over its own dimensions, with every input at its median.
    pub fn array(&mut self, id: ExpressionId) -> Rc<Array> {
        let evaluation = self.evaluation;
        let compute = || Rc::new(evaluation.interpreter(None).array(id, &Pins::default()));
        Rc::clone(self.arrays.entry(id).or_insert_with(compute))
    }

    /// How many values the reduction `id` brings together in each of its cells.
    pub fn count(&mut self, id: ExpressionId) -> Rc<Array> {
        if let Some(array) = self.counts.get(&id) {
            return Rc::clone(array);
        }
        let space = self.space(id);
        let mut values = vec![0.0; space.cells()];
        if let Node::Reduce { body, over, .. } = &self.model().expressions[id.index()].node {
            for target in target_cells(self.model(), &self.space(*body), &space, over) {
                if let Some(value) = values.get_mut(target) {
                    *value += 1.0;
                }
            }
        }
        let array = Rc::new(Array { space, values, present: None });
        self.counts.insert(id, Rc::clone(&array));
        array
    }

    /// The box of a node.
    pub fn space(&self, id: ExpressionId) -> Space {
        Space::of(self.model(), self.model().expressions[id.index()].dimensions.iter(), &Pins::default())
    }

    /// The formula `id`, `back` quarters earlier, for some cells of a box.
    pub fn pieces(&mut self, space: &Space, id: ExpressionId, cells: Vec<usize>, back: usize) -> Vec<Piece> {
        if cells.is_empty() {
            return Vec::new();
        }
        let model = self.model();
        let leaf = |kind| Tree::Leaf(Leaf { kind, node: id, back });
        if !self.evaluation.reach().expression(id) {
            return vec![(leaf(LeafKind::Certain), cells)];
        }
        match &model.expressions[id.index()].node {
            Node::Number(_) | Node::Time(_) => vec![(leaf(LeafKind::Certain), cells)],
            Node::Load { .. } => vec![(leaf(LeafKind::Variable), cells)],
            Node::Reduce { reduction: Reduction::Mean, .. } => {
                let mean = vec![leaf(LeafKind::Apart), leaf(LeafKind::Count)];
                vec![(Tree::Apply(Function::Divide, mean), cells)]
            }
            Node::Reduce { .. } => vec![(leaf(LeafKind::Apart), cells)],
            Node::Apply(..) | Node::If(..) if self.is_smaller(space, id) => vec![(leaf(LeafKind::Apart), cells)],
            _ => self.open(space, id, cells, back),
        }
    }

    /// The formula `id` for some cells of a box, opened even where it would be computed apart.
    pub fn open(&mut self, space: &Space, id: ExpressionId, cells: Vec<usize>, back: usize) -> Vec<Piece> {
        match &self.model().expressions[id.index()].node {
            Node::Apply(function, arguments) => {
                let join = |parts| Tree::Apply(*function, parts);
                self.join(space, arguments, cells, back, &join)
            }
            Node::If(condition, yes, no) if self.evaluation.reach().expression(*condition) => {
                let join = |parts: Vec<Tree<Leaf>>| match <[Tree<Leaf>; 3]>::try_from(parts) {
                    Ok(parts) => Tree::Select(Box::new(parts)),
                    Err(parts) => Tree::Apply(Function::Add, parts),
                };
                self.join(space, &[*condition, *yes, *no], cells, back, &join)
            }
            Node::If(condition, yes, no) => {
                let array = self.array(*condition);
                let values = self.sources(space, &array.space, &cells, back);
                let mut parts = [Vec::new(), Vec::new(), Vec::new()];
                for (cell, source) in cells.into_iter().zip(values) {
                    let value = array.values[source];
                    parts[if value.is_nan() { 2 } else { usize::from(value == 0.0) }].push(cell);
                }
                let [yes_cells, no_cells, neither] = parts;
                let mut pieces = self.pieces(space, *yes, yes_cells, back);
                pieces.extend(self.pieces(space, *no, no_cells, back));
                pieces.extend(self.pieces(space, *condition, neither, back));
                pieces
            }
            Node::Otherwise(first, second) => {
                let array = self.array(*first);
                let sources = self.sources(space, &array.space, &cells, back);
                let (mut first_cells, mut second_cells) = (Vec::new(), Vec::new());
                for (cell, source) in cells.into_iter().zip(sources) {
                    if array.has(source) { &mut first_cells } else { &mut second_cells }.push(cell);
                }
                let mut pieces = self.pieces(space, *first, first_cells, back);
                pieces.extend(self.pieces(space, *second, second_cells, back));
                pieces
            }
            Node::Previous { value, start } => {
                let axis = self.model().quarter.and_then(|quarter| space.position(quarter));
                let Some(axis) = axis else { return self.pieces(space, *start, cells, back) };
                let columns = Columns::of(space, &cells);
                let (mut firsts, mut later) = (Vec::new(), Vec::new());
                for (cell, quarter) in cells.into_iter().zip(columns.along(axis)) {
                    if *quarter as usize <= back { &mut firsts } else { &mut later }.push(cell);
                }
                let mut pieces = self.pieces(space, *start, firsts, back);
                pieces.extend(self.pieces(space, *value, later, back + 1));
                pieces
            }
            Node::Number(_) | Node::Load { .. } | Node::Time(_) | Node::Reduce { .. } => {
                self.pieces(space, id, cells, back)
            }
        }
    }

    /// Joins parts, splitting the cells wherever a part splits them.
    fn join(
        &mut self,
        space: &Space,
        parts: &[ExpressionId],
        cells: Vec<usize>,
        back: usize,
        join: &dyn Fn(Vec<Tree<Leaf>>) -> Tree<Leaf>,
    ) -> Vec<Piece> {
        let mut joined = vec![(Vec::new(), cells)];
        for part in parts {
            let mut longer = Vec::new();
            for (trees, cells) in joined {
                for (tree, cells) in self.pieces(space, *part, cells, back) {
                    let mut trees: Vec<Tree<Leaf>> = trees.clone();
                    trees.push(tree);
                    longer.push((trees, cells));
                }
            }
            joined = longer;
        }
        joined.into_iter().map(|(trees, cells)| (join(trees), cells)).collect()
    }

    /// Whether a node has so much fewer cells than a box that it is better computed apart.
    pub fn is_smaller(&self, space: &Space, id: ExpressionId) -> bool {
        self.space(id).cells() * 2 <= space.cells()
    }

    /// For some cells of a box, the cells of another box at the same members, `back` quarters earlier.
    pub fn sources(&self, space: &Space, target: &Space, cells: &[usize], back: usize) -> Vec<usize> {
        let back = self.model().quarter.map(|quarter| (quarter, back));
        Gather::earlier(space, target, back).of(&Columns::of(space, cells))
    }
}
