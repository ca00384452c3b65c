//! From needed cells to what computes them, in an order in which each reads only earlier ones.

use super::demand::{Demand, Unit, Work};
use super::kernel::{Cell, From, Kernel, Series};
use super::specialise::{Leaf, LeafKind};
use super::tree::Tree;
use crate::draw::{Factors, Shape};
use crate::native::Caller;
use crate::space::{Columns, slice};
use crate::{Evaluation, Natives};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tokenomics_language::Model;
use tokenomics_language::model::{Definition, ExpressionId, Function, Group, Input, Reduction, Rule, VariableId};

/// The quarter of a cell that has none, or is computed for all quarters at once.
pub(crate) const TIMELESS: u32 = u32::MAX;

/// Something that computes cells.
pub(crate) enum Entry<'m> {
    /// A formula.
    Kernel(Kernel),
    /// What a draw makes of a spread: the factor by which it multiplies the median, or what it adds.
    Draw(Cell, Shape, usize),
    /// An algorithm.
    Native(NativeCall<'m>),
}

/// A call of an algorithm.
pub(crate) struct NativeCall<'m> {
    /// The algorithm.
    pub caller: Arc<Caller<'m>>,
    /// The quarter that it computes, or [`TIMELESS`].
    pub quarter: u32,
    /// What it reads.
    pub inputs: Vec<NativeInput>,
    /// The number of each cell of its result, needed or not.
    pub results: Vec<Cell>,
}

/// All cells of an input of an algorithm.
pub(crate) struct NativeInput {
    /// The number of each cell that is uncertain.
    pub numbers: Vec<Cell>,
    /// The values of those that are certain.
    pub values: Vec<f64>,
    /// Which cells there are.
    pub present: Vec<bool>,
}

/// Entries that belong together: of one rule, or of rules that read each other through `prev`.
pub(crate) type Bundle<'m> = Vec<Entry<'m>>;

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

/// Entries of a group under construction.
#[derive(Default)]
struct Stages<'m> {
    before: Vec<Bundle<'m>>,
    within: Vec<Bundle<'m>>,
    end: Vec<Bundle<'m>>,
}

/// Builds what computes the needed cells.
pub(crate) struct Builder<'a, 'm> {
    demand: Demand<'a>,
    natives: Natives<'m>,
    model: &'m Model,
    /// In order.
    pub bundles: Vec<Bundle<'m>>,
    /// The quarter of each cell.
    pub quarters: Vec<u32>,
    /// What is drawn.
    pub factors: Factors,
    built: HashSet<ExpressionId>,
}

impl<'a, 'm> Builder<'a, 'm> {
    /// Builds everything for closed needs. `last` are wanted nodes.
    pub fn new(
        evaluation: &'a Evaluation<'m>,
        natives: Natives<'m>,
        demand: Demand<'a>,
        last: &[ExpressionId],
    ) -> Builder<'a, 'm> {
        let mut builder = Builder {
            quarters: quarters(&demand),
            demand,
            natives,
            model: evaluation.model(),
            bundles: Vec::new(),
            factors: Factors::default(),
            built: HashSet::new(),
        };
        for group in &builder.model.order {
            builder.group(group);
        }
        let mut stages = Stages::default();
        for node in last {
            builder.unit(Unit::Whole(*node), Moment::Before, &mut stages);
        }
        builder.bundles.extend(stages.before);
        builder
    }

    fn group(&mut self, group: &Group) {
        let mut stages = Stages::default();
        let moment = if group.recursive { Moment::Within } else { Moment::Before };
        for rule in &group.rules {
            if self.demand.cells(Unit::Rule(*rule)).is_empty() {
                continue;
            }
            match &self.model.variables[rule.variable.index()].definition {
                Definition::Input(input) => self.input(rule.variable, input),
                Definition::Native { inputs, each_quarter } => {
                    let bundle = self.native(*rule, inputs, *each_quarter);
                    match moment {
                        Moment::Within => stages.within.push(bundle),
                        _ => stages.before.push(bundle),
                    }
                }
                Definition::Formula(_) => self.unit(Unit::Rule(*rule), moment, &mut stages),
            }
        }
        self.bundles.extend(stages.before);
        if group.recursive {
            self.bundles.push(stages.within.into_iter().chain(stages.end).flatten().collect());
        }
    }

    /// Builds a unit, after the nodes it needs apart.
    fn unit(&mut self, unit: Unit, moment: Moment, stages: &mut Stages<'m>) {
        let work = self.demand.work(unit, self.demand.cells(unit));
        for piece in &work {
            let mut leaves = Vec::new();
            piece.tree.leaves(&mut |leaf| leaves.push(*leaf));
            for leaf in leaves.iter().filter(|leaf| leaf.kind == LeafKind::Apart) {
                if !self.built.insert(leaf.node) {
                    continue;
                }
                let dimensions = self.model.expressions[leaf.node.index()].dimensions;
                let timeless = self.model.quarter.is_none_or(|quarter| !dimensions.contains(quarter));
                let when = if moment == Moment::Before || timeless {
                    Moment::Before
                } else if leaf.back > 0 {
                    Moment::End
                } else {
                    moment
                };
                self.unit(Unit::Apart(leaf.node), when, stages);
            }
        }
        let bundle = self.kernels(unit, work);
        match moment {
            Moment::Before => stages.before.push(bundle),
            Moment::Within => stages.within.push(bundle),
            Moment::End => stages.end.push(bundle),
        }
    }

    fn kernels(&mut self, unit: Unit, work: Vec<Work>) -> Bundle<'m> {
        let Some(slot) = self.demand.slot(unit) else { return Vec::new() };
        let mut bundle = Vec::new();
        if let Some(reduction) = work.iter().find_map(|work| work.reduction) {
            // Cells that no value reaches.
            let reached: HashSet<usize> = work.iter().flat_map(|work| &work.targets).copied().collect();
            let empty: Vec<usize> =
                self.demand.cells(unit).into_iter().filter(|cell| !reached.contains(cell)).collect();
            if !empty.is_empty() {
                let extreme = matches!(reduction, Reduction::Minimum | Reduction::Maximum);
                bundle.push(Entry::Kernel(Kernel {
                    targets: self.numbers(slot, &empty),
                    streams: Vec::new(),
                    scalars: vec![Series::Same(if extreme { f64::NAN } else { 0.0 })],
                    tree: Tree::Leaf(From::Scalar(0)),
                    reduction: None,
                }));
            }
        }
        for mut work in work {
            let mut order: Vec<(Cell, usize)> =
                self.numbers(slot, &work.targets).into_iter().zip(work.cells.iter().copied()).collect();
            order.sort_by_key(|(target, cell)| (self.quarters[*target as usize], *target, *cell));
            let targets = order.iter().map(|(target, _)| *target).collect();
            work.cells = order.into_iter().map(|(_, cell)| cell).collect();
            let columns = Columns::of(&work.space, &work.cells);
            let (mut streams, mut scalars) = (Vec::new(), Vec::new());
            let mut known: HashMap<Leaf, From> = HashMap::new();
            let tree = work.tree.map(&mut |leaf| {
                *known.entry(*leaf).or_insert_with(|| self.leaf(&work, *leaf, &columns, &mut streams, &mut scalars))
            });
            let tree = cheaper(tree, &mut scalars);
            let reduction = work.reduction.map(|reduction| match reduction {
                Reduction::Minimum => Function::Minimum,
                Reduction::Maximum => Function::Maximum,
                _ => Function::Add,
            });
            bundle.push(Entry::Kernel(Kernel { targets, streams, scalars, tree, reduction }));
        }
        bundle
    }

    fn leaf(
        &mut self,
        work: &Work,
        leaf: Leaf,
        columns: &Columns,
        streams: &mut Vec<Series<Cell>>,
        scalars: &mut Vec<Series<f64>>,
    ) -> From {
        let array = match leaf.kind {
            LeafKind::Certain => self.demand.specialiser.array(leaf.node),
            LeafKind::Count => self.demand.specialiser.count(leaf.node),
            LeafKind::Variable => {
                let (variable, cells) = self.demand.loaded(&work.space, leaf, columns);
                streams.push(Series::of(self.numbers(variable.index(), &cells)));
                return From::Stream(streams.len() - 1);
            }
            LeafKind::Apart => {
                let slot = self.demand.slot(Unit::Apart(leaf.node)).unwrap_or_default();
                let space = &self.demand.slots[slot].space;
                let cells = self.demand.specialiser.sources(&work.space, space, &work.cells, leaf.back);
                streams.push(Series::of(self.numbers(slot, &cells)));
                return From::Stream(streams.len() - 1);
            }
        };
        let cells = self.demand.specialiser.sources(&work.space, &array.space, &work.cells, leaf.back);
        scalars.push(Series::of(cells.iter().map(|cell| array.values[*cell]).collect()));
        From::Scalar(scalars.len() - 1)
    }

    fn numbers(&self, slot: usize, cells: &[usize]) -> Vec<Cell> {
        let numbers = &self.demand.slots[slot].numbers;
        cells.iter().map(|cell| numbers[*cell]).collect()
    }

    /// Builds an input: what is drawn once for each spread, and the cells that it moves.
    fn input(&mut self, id: VariableId, input: &Input) {
        let slot = id.index();
        let cells: Vec<usize> = {
            let numbers = &self.demand.slots[slot].numbers;
            (0..numbers.len()).filter(|cell| numbers[*cell] != super::demand::NOWHERE).collect()
        };
        let mut known: Vec<(Shape, usize, Cell)> = Vec::new();
        let mut groups: [Vec<(usize, Cell, f64)>; 3] = Default::default();
        for cell in cells {
            let Some(figure) = input.cells[cell] else { continue };
            let Some(shape) = Shape::of(&figure) else {
                groups[2].push((cell, 0, figure.value));
                continue;
            };
            let space = &self.demand.slots[slot].space;
            let axis = input.each.and_then(|dimension| space.position(dimension));
            let member = axis.map(|axis| space.members(cell)[axis] as u32);
            let factor = self.factors.position(self.model, id, member);
            let same = known.iter().rev().find(|(other, known, _)| *known == factor && shape.is_like(*other));
            let change = if let Some((.., change)) = same {
                *change
            } else {
                let change = self.quarters.len() as Cell;
                self.quarters.push(TIMELESS);
                self.bundles.push(vec![Entry::Draw(change, shape, factor)]);
                known.push((shape, factor, change));
                change
            };
            groups[usize::from(matches!(shape, Shape::Normal(..)))].push((cell, change, figure.value));
        }
        let functions = [Some(Function::Multiply), Some(Function::Add), None];
        for (group, function) in groups.into_iter().zip(functions).filter(|(group, _)| !group.is_empty()) {
            let cells: Vec<usize> = group.iter().map(|(cell, ..)| *cell).collect();
            let mut order: Vec<_> = self.numbers(slot, &cells).into_iter().zip(group).collect();
            order.sort_by_key(|(target, _)| (self.quarters[*target as usize], *target));
            let value = Tree::Leaf(From::Scalar(0));
            let tree = match function {
                Some(function) => Tree::Apply(function, vec![value, Tree::Leaf(From::Stream(0))]),
                None => value,
            };
            self.bundles.push(vec![Entry::Kernel(Kernel {
                targets: order.iter().map(|(target, _)| *target).collect(),
                streams: function
                    .map(|_| Series::of(order.iter().map(|(_, (_, change, _))| *change).collect()))
                    .into_iter()
                    .collect(),
                scalars: vec![Series::of(order.iter().map(|(_, (.., value))| *value).collect())],
                tree,
                reduction: None,
            })]);
        }
    }

    /// The calls by which an algorithm computes its needed cells.
    fn native(&self, rule: Rule, inputs: &'m [VariableId], each_quarter: bool) -> Bundle<'m> {
        let id = rule.variable;
        let caller = Arc::new(Caller::new(self.model, self.natives, id, inputs));
        let needed = self.demand.cells(Unit::Rule(rule));
        let calls = self.demand.moments(id, each_quarter, &needed).into_iter().map(|pins| {
            let native_inputs = inputs.iter().map(|input| {
                let numbers = &self.demand.slots[input.index()].numbers;
                let at = slice(self.model, *input, &pins);
                let cells = self.demand.evaluation.variable(*input);
                NativeInput {
                    numbers: at.iter().filter_map(|cell| numbers.get(*cell)).copied().collect(),
                    values: cells.map(|cells| at.iter().map(|cell| cells.values[*cell]).collect()).unwrap_or_default(),
                    present: cells
                        .map(|cells| at.iter().map(|cell| cells.present[*cell]).collect())
                        .unwrap_or_default(),
                }
            });
            let results = slice(self.model, id, &pins);
            let now = self.model.quarter.and_then(|quarter| pins.get(quarter));
            Entry::Native(NativeCall {
                caller: Arc::clone(&caller),
                quarter: now.map_or(TIMELESS, |now| now as u32),
                inputs: native_inputs.collect(),
                results: self.numbers(id.index(), &results),
            })
        });
        calls.collect()
    }
}

/// The quarter of each needed cell.
fn quarters(demand: &Demand<'_>) -> Vec<u32> {
    let model = demand.model();
    let mut quarters = vec![TIMELESS; demand.count as usize];
    for (slot, plan) in demand.slots.iter().enumerate() {
        let at_once = model
            .variables
            .get(slot)
            .is_some_and(|it| matches!(it.definition, Definition::Native { each_quarter: false, .. }));
        let axis = model.quarter.filter(|_| !at_once).and_then(|quarter| plan.space.position(quarter));
        let Some(axis) = axis else { continue };
        let cells: Vec<usize> =
            (0..plan.numbers.len()).filter(|cell| plan.numbers[*cell] != super::demand::NOWHERE).collect();
        let columns = Columns::of(&plan.space, &cells);
        for (cell, quarter) in cells.iter().zip(columns.along(axis)) {
            quarters[plan.numbers[*cell] as usize] = *quarter;
        }
    }
    quarters
}

/// The same formula with dear operations replaced by cheap ones.
fn cheaper(tree: Tree<From>, scalars: &mut Vec<Series<f64>>) -> Tree<From> {
    match tree {
        Tree::Leaf(_) => tree,
        Tree::Select(parts) => Tree::Select(Box::new(parts.map(|part| cheaper(part, scalars)))),
        Tree::Apply(function, parts) => {
            let mut parts: Vec<_> = parts.into_iter().map(|part| cheaper(part, scalars)).collect();
            if let (Function::Divide, Some(Tree::Leaf(From::Scalar(divisor)))) = (function, parts.get(1)) {
                scalars.push(scalars[*divisor].map(|value| 1.0 / value));
                parts[1] = Tree::Leaf(From::Scalar(scalars.len() - 1));
                return Tree::Apply(Function::Multiply, parts);
            }
            Tree::Apply(function, parts)
        }
    }
}
