//! From wants to a tape: which cells are needed, and the kernels that compute them.

use super::kernel::{Kernel, Places, Scalar, Stream};
use super::program::{From, Program, Tree};
use super::specialise::{Leaf, LeafKind, Specialiser};
use crate::Evaluation;
use crate::interpret::{identity, target_cells};
use crate::space::{Columns, Gather, Pins, Space};
use std::collections::{HashMap, HashSet};
use tokenomics_language::Model;
use tokenomics_language::model::{Definition, ExpressionId, Function, Group, Node, Reduction, Rule, VariableId};

/// The place of a cell that is not kept.
pub(crate) const NOWHERE: u32 = u32::MAX;

/// The needed cells of an uncertain variable or of a node computed apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slot {
    /// All its cells, needed or not.
    pub space: Space,
    /// Which of them are needed.
    needed: Vec<bool>,
    /// Which of them have been followed to what they read.
    followed: Vec<bool>,
    /// Where each is kept; [`NOWHERE`] when it is not.
    pub places: Vec<u32>,
    /// How many are kept.
    pub size: usize,
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

/// A step of a tape.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A stretch of the cells of a kernel.
    Kernel(usize, (usize, usize)),
    /// An input.
    Input(VariableId),
    /// A native.
    Native(VariableId),
}

/// When a unit of a group that runs quarter by quarter is computed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// Before the first quarter.
    Before,
    /// In each quarter, before what reads it.
    Within,
    /// At the end of each quarter, as it is only read in later ones.
    End,
}

/// One formula over some cells of a box, each written to a cell of a slot.
struct Work {
    space: Space,
    tree: Tree<Leaf>,
    cells: Vec<usize>,
    targets: Vec<usize>,
    reduction: Option<Reduction>,
}

/// Finds what is needed and builds the kernels.
pub(crate) struct Planner<'a> {
    evaluation: &'a Evaluation<'a>,
    specialiser: Specialiser<'a>,
    /// The variables, then the nodes computed apart.
    pub slots: Vec<Slot>,
    nodes: HashMap<Unit, usize>,
    /// The kernels.
    pub kernels: Vec<Kernel>,
    /// The steps in order.
    pub steps: Vec<Step>,
}

impl<'a> Planner<'a> {
    /// Over the values of an evaluation of everything that will be needed.
    pub fn new(evaluation: &'a Evaluation<'a>) -> Planner<'a> {
        Planner {
            evaluation,
            specialiser: Specialiser::new(evaluation),
            slots: vec![Slot::default(); evaluation.model().variables.len()],
            nodes: HashMap::new(),
            kernels: Vec::new(),
            steps: Vec::new(),
        }
    }

    fn model(&self) -> &'a Model {
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
        self.slots[slot] =
            Slot { space, needed: nothing.clone(), followed: nothing, places: vec![NOWHERE; cells], size: 0 };
    }

    /// Builds the kernels for all that was asked for. `last` are wanted nodes.
    pub fn build(&mut self, last: &[ExpressionId]) {
        let model = self.model();
        self.follow(last.iter().map(|node| Unit::Whole(*node)).collect());
        for group in model.order.iter().rev() {
            self.follow(group.rules.iter().rev().map(|rule| Unit::Rule(*rule)).collect());
        }
        for slot in &mut self.slots {
            for (cell, _) in slot.followed.iter().enumerate().filter(|(_, followed)| **followed) {
                slot.places[cell] = slot.size as u32;
                slot.size += 1;
            }
        }
        let mut built = HashSet::new();
        for group in &model.order {
            self.group(group, &mut built);
        }
        let mut stages = Stages::default();
        for node in last {
            self.unit(Unit::Whole(*node), Moment::Within, &mut stages, &mut built);
        }
        stages.before.append(&mut stages.within);
        self.sequence(&stages.before, None);
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
                    && let Definition::Native { inputs } = &self.model().variables[rule.variable.index()].definition
                {
                    for input in inputs.iter().filter(|input| self.evaluation.reach().variable(**input)) {
                        self.need(*input, 0..self.model().cells(*input));
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
    fn cells(&self, unit: Unit) -> Vec<usize> {
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

    fn slot(&self, unit: Unit) -> Option<usize> {
        match unit {
            Unit::Rule(rule) => Some(rule.variable.index()).filter(|slot| !self.slots[*slot].needed.is_empty()),
            Unit::Apart(_) | Unit::Whole(_) => self.nodes.get(&unit).copied(),
        }
    }

    /// What a unit does for some cells of its slot.
    fn work(&mut self, unit: Unit, cells: Vec<usize>) -> Vec<Work> {
        let model = self.model();
        let (Some(slot), Some(body)) = (self.slot(unit), self.body(unit)) else { return Vec::new() };
        let space = self.slots[slot].space.clone();
        if let Node::Reduce { reduction, body: inner, over } = &model.expressions[body.index()].node {
            let same = space.axes.len() == self.specialiser.space(body).axes.len();
            if same && (*reduction != Reduction::Mean || matches!(unit, Unit::Apart(_))) {
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
                let pieces = self.specialiser.pieces(&inner_space, *inner, kept, 0);
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
    fn loaded(&self, space: &Space, leaf: Leaf, columns: &Columns) -> (VariableId, Vec<usize>) {
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

    fn group(&mut self, group: &Group, built: &mut HashSet<ExpressionId>) {
        let mut stages = Stages::default();
        for rule in &group.rules {
            if self.cells(Unit::Rule(*rule)).is_empty() {
                continue;
            }
            match &self.model().variables[rule.variable.index()].definition {
                Definition::Input(_) => self.steps.push(Step::Input(rule.variable)),
                Definition::Native { .. } => self.steps.push(Step::Native(rule.variable)),
                Definition::Formula(_) => self.unit(Unit::Rule(*rule), Moment::Within, &mut stages, built),
            }
        }
        if group.recursive {
            self.sequence(&stages.before, None);
            stages.within.append(&mut stages.end);
            let quarters = self.model().quarter.map_or(0, |id| self.model().dimensions[id.index()].members.len());
            for quarter in 0..quarters {
                self.sequence(&stages.within, Some(quarter));
            }
        } else {
            stages.before.append(&mut stages.within);
            self.sequence(&stages.before, None);
        }
    }

    /// Appends steps for all cells of some kernels, or for those of one quarter.
    fn sequence(&mut self, kernels: &[(usize, Vec<usize>)], quarter: Option<usize>) {
        for (kernel, starts) in kernels {
            let stretch = match quarter {
                None => (0, self.kernels[*kernel].out.len()),
                Some(quarter) => (starts[quarter], starts[quarter + 1]),
            };
            if stretch.0 < stretch.1 {
                self.steps.push(Step::Kernel(*kernel, stretch));
            }
        }
    }

    /// Builds the kernels of a unit, after those of the nodes it needs apart.
    fn unit(&mut self, unit: Unit, moment: Moment, stages: &mut Stages, built: &mut HashSet<ExpressionId>) {
        let work = self.work(unit, self.cells(unit));
        for piece in &work {
            let mut leaves = Vec::new();
            piece.tree.leaves(&mut |leaf| leaves.push(*leaf));
            for leaf in leaves.iter().filter(|leaf| leaf.kind == LeafKind::Apart) {
                if !built.insert(leaf.node) {
                    continue;
                }
                let dimensions = self.model().expressions[leaf.node.index()].dimensions;
                let timeless = self.model().quarter.is_none_or(|quarter| !dimensions.contains(quarter));
                let earlier = if moment == Moment::Before || timeless {
                    Moment::Before
                } else if leaf.back > 0 {
                    Moment::End
                } else {
                    moment
                };
                self.unit(Unit::Apart(leaf.node), earlier, stages, built);
            }
        }
        let Some(slot) = self.slot(unit) else { return };
        for kernel in self.kernels_of(slot, unit, work) {
            let stage = match moment {
                Moment::Before => &mut stages.before,
                Moment::Within => &mut stages.within,
                Moment::End => &mut stages.end,
            };
            stage.push(kernel);
        }
    }

    /// The kernels for some work on one slot, with where the cells of each quarter start.
    fn kernels_of(&mut self, slot: usize, unit: Unit, work: Vec<Work>) -> Vec<(usize, Vec<usize>)> {
        let mut built = Vec::new();
        let reduction = work.iter().find_map(|work| work.reduction);
        let mut start = reduction.map(identity);
        if let Some(reduction) = reduction {
            let cells = self.cells(unit);
            let reached: HashSet<usize> = work.iter().flat_map(|work| &work.targets).copied().collect();
            if work.len() > 1 || reached.len() < cells.len() {
                start = None;
                let space = self.slots[slot].space.clone();
                let empty = |cell: &usize| {
                    let extreme = matches!(reduction, Reduction::Minimum | Reduction::Maximum);
                    if extreme && !reached.contains(cell) { f64::NAN } else { identity(reduction) }
                };
                let scalars = vec![Scalar::of(cells.iter().map(empty).collect())];
                let program = Program::new(&Tree::Leaf(From::Scalar(0)), None);
                built.push(self.kernel(slot, &space, &cells, &cells, (Vec::new(), scalars, program, None)));
            }
        }
        for mut work in work {
            self.sort(slot, &mut work);
            let columns = Columns::of(&work.space, &work.cells);
            let mut streams: Vec<Stream> = Vec::new();
            let mut scalars = Vec::new();
            let mut known: HashMap<Leaf, From> = HashMap::new();
            let tree = work.tree.map(&mut |leaf| {
                *known.entry(*leaf).or_insert_with(|| self.leaf(&work, *leaf, &columns, &mut streams, &mut scalars))
            });
            let tree = cheaper(tree, &mut scalars);
            let accumulate = work.reduction.map(|reduction| match reduction {
                Reduction::Minimum => Function::Minimum,
                Reduction::Maximum => Function::Maximum,
                _ => Function::Add,
            });
            let program = Program::new(&tree, accumulate);
            let parts = (streams, scalars, program, start.filter(|_| accumulate.is_some()));
            built.push(self.kernel(slot, &work.space, &work.cells, &work.targets, parts));
        }
        built
    }

    fn leaf(
        &mut self,
        work: &Work,
        leaf: Leaf,
        columns: &Columns,
        streams: &mut Vec<Stream>,
        scalars: &mut Vec<Scalar>,
    ) -> From {
        let array = match leaf.kind {
            LeafKind::Certain => self.specialiser.array(leaf.node),
            LeafKind::Count => self.specialiser.count(leaf.node),
            LeafKind::Variable | LeafKind::Apart => {
                let (slot, cells) = if leaf.kind == LeafKind::Variable {
                    let (variable, cells) = self.loaded(&work.space, leaf, columns);
                    (variable.index(), cells)
                } else {
                    let slot = self.nodes.get(&Unit::Apart(leaf.node)).copied().unwrap_or_default();
                    let space = &self.slots[slot].space;
                    (slot, self.specialiser.sources(&work.space, space, &work.cells, leaf.back))
                };
                let places = &self.slots[slot].places;
                streams.push(Stream { slot, cells: Places::of(cells.iter().map(|cell| places[*cell]).collect()) });
                return From::Stream(streams.len() - 1);
            }
        };
        let cells = self.specialiser.sources(&work.space, &array.space, &work.cells, leaf.back);
        scalars.push(Scalar::of(cells.iter().map(|cell| array.values[*cell]).collect()));
        From::Scalar(scalars.len() - 1)
    }

    /// Sorts cells by quarter, then by where they are written.
    fn sort(&self, slot: usize, work: &mut Work) {
        let quarters = self.quarters(&work.space, &work.cells);
        let places = &self.slots[slot].places;
        let mut order: Vec<usize> = (0..work.cells.len()).collect();
        order.sort_by_key(|position| (quarters[*position], places[work.targets[*position]]));
        work.cells = order.iter().map(|position| work.cells[*position]).collect();
        work.targets = order.iter().map(|position| work.targets[*position]).collect();
    }

    fn quarters(&self, space: &Space, cells: &[usize]) -> Vec<u32> {
        match self.model().quarter.and_then(|quarter| space.position(quarter)) {
            Some(axis) => Columns::of(space, cells).along(axis).to_vec(),
            None => vec![0; cells.len()],
        }
    }

    fn kernel(
        &mut self,
        slot: usize,
        space: &Space,
        cells: &[usize],
        targets: &[usize],
        (streams, scalars, program, start): (Vec<Stream>, Vec<Scalar>, Program, Option<f64>),
    ) -> (usize, Vec<usize>) {
        let count = self.model().quarter.map_or(1, |id| self.model().dimensions[id.index()].members.len());
        let quarters = self.quarters(space, cells);
        let starts = (0..=count).map(|quarter| quarters.partition_point(|other| (*other as usize) < quarter)).collect();
        let out = targets.iter().map(|cell| self.slots[slot].places[*cell]).collect();
        self.kernels.push(Kernel { slot, out, streams, scalars, program, start });
        (self.kernels.len() - 1, starts)
    }
}

/// Kernels with where the cells of each quarter start.
#[derive(Default)]
struct Stages {
    before: Vec<(usize, Vec<usize>)>,
    within: Vec<(usize, Vec<usize>)>,
    end: Vec<(usize, Vec<usize>)>,
}

/// The same formula with dear operations replaced by cheap ones.
fn cheaper(tree: Tree<From>, scalars: &mut Vec<Scalar>) -> Tree<From> {
    match tree {
        Tree::Leaf(_) => tree,
        Tree::Select(parts) => Tree::Select(Box::new(parts.map(|part| cheaper(part, scalars)))),
        Tree::Apply(function, arguments) => {
            let mut arguments: Vec<_> = arguments.into_iter().map(|argument| cheaper(argument, scalars)).collect();
            if let (Function::Divide, Some(Tree::Leaf(From::Scalar(scalar)))) = (function, arguments.get(1)) {
                let inverse = match &scalars[*scalar] {
                    Scalar::Fixed(value) => Scalar::Fixed(1.0 / value),
                    Scalar::Each(values) => Scalar::Each(values.iter().map(|value| 1.0 / value).collect()),
                };
                scalars.push(inverse);
                arguments[1] = Tree::Leaf(From::Scalar(scalars.len() - 1));
                return Tree::Apply(Function::Multiply, arguments);
            }
            Tree::Apply(function, arguments)
        }
    }
}
