//! From a node of a formula to its values over a box of cells, with every input at its median.

use crate::array::Array;
use crate::function::{annuity, choose, clamp, with_binary, with_unary};
use crate::reach::Reach;
use crate::space::{Gather, Pins, Space};
use std::cell::RefCell;
use std::collections::HashMap;
use tokenomics_language::Model;
use tokenomics_language::calendar::QUARTER;
use tokenomics_language::model::{DimensionId, ExpressionId, Function, MapId, Node, Pick, Reduction, VariableId};

/// All cells of one variable, as far as they are computed.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    /// The values, row by row in the declared order of dimensions; not a number where a cell lacks.
    pub values: Vec<f64>,
    /// Which cells there are.
    pub present: Vec<bool>,
    /// Whether all are.
    pub complete: bool,
}

/// Arrays that do not change while a group runs quarter by quarter.
pub(crate) type Kept = RefCell<HashMap<ExpressionId, Array>>;

/// Reads the values of variables and computes those of expressions.
pub(crate) struct Interpreter<'a> {
    /// The model.
    pub model: &'a Model,
    /// What uncertain inputs reach.
    pub reach: &'a Reach,
    /// The variables computed so far.
    pub variables: &'a [Option<Stored>],
    /// What need not be computed again, while a group runs quarter by quarter.
    pub kept: Option<&'a Kept>,
}

impl Interpreter<'_> {
    /// The values of an expression over all cells of its own dimensions, but for those pinned.
    pub fn array(&self, id: ExpressionId, pins: &Pins) -> Array {
        let expression = &self.model.expressions[id.index()];
        match &expression.node {
            Node::Number(value) => return Array::scalar(*value),
            Node::Load { variable, picks } => return self.load(id, *variable, picks, pins),
            Node::Time(dimension) => {
                let space = Space::of(self.model, [*dimension], pins);
                let start = space.axes[0].start;
                let values = (0..space.cells()).map(|quarter| (start + quarter) as f64 * QUARTER).collect();
                return Array { space, values, present: None };
            }
            _ => {}
        }
        match self.kept.filter(|_| !pins.is_empty() && !pins.touch(expression.dimensions)) {
            None => self.node(id, pins),
            Some(kept) => {
                if let Some(array) = kept.borrow().get(&id) {
                    return array.clone();
                }
                let array = self.node(id, pins);
                kept.borrow_mut().insert(id, array.clone());
                array
            }
        }
    }

    /// The value of an expression at the one cell its dimensions are pinned at.
    pub fn value(&self, id: ExpressionId, pins: &Pins) -> Option<f64> {
        self.array(id, pins).get(0)
    }

    fn node(&self, id: ExpressionId, pins: &Pins) -> Array {
        let space = self.space(id, pins);
        let over = |id: ExpressionId| self.array(id, pins).spread(&space);
        match &self.model.expressions[id.index()].node {
            Node::Apply(Function::Clamp, arguments) => match arguments[..] {
                [x, low, high] => over(x).zip3(&over(low), &over(high), clamp),
                _ => Array::nothing(space),
            },
            Node::Apply(Function::Annuity, arguments) => match arguments[..] {
                [rate, life, year] => over(rate).zip3(&over(life), &over(year), annuity),
                _ => Array::nothing(space),
            },
            Node::Apply(function, arguments) => match arguments[..] {
                [] => Array::nothing(space),
                [a] => with_unary!(function, |f| over(a).map(f)),
                [a, ref rest @ ..] => {
                    rest.iter().fold(over(a), |left, b| with_binary!(function, |f| left.zip(&over(*b), f)))
                }
            },
            Node::If(condition, yes, no) => {
                let (condition_array, yes, no) = (over(*condition), over(*yes), over(*no));
                if self.reach.expression(*condition) || (yes.present.is_none() && no.present.is_none()) {
                    return condition_array.zip3(&yes, &no, choose);
                }
                let present = (0..space.cells()).map(|cell| {
                    condition_array
                        .get(cell)
                        .is_some_and(|condition| if condition == 0.0 { no.has(cell) } else { yes.has(cell) })
                });
                let present = Some(present.collect());
                Array { present, ..condition_array.zip3(&yes, &no, choose) }
            }
            Node::Otherwise(first, second) => {
                let first = over(*first);
                let Some(there) = &first.present else { return first };
                let second = over(*second);
                let pick = |cell: usize| if there[cell] { first.values[cell] } else { second.values[cell] };
                let values = (0..space.cells()).map(pick).collect();
                let present = second
                    .present
                    .as_ref()
                    .map(|second| there.iter().zip(second).map(|(first, second)| *first || *second).collect());
                Array { space, values, present }
            }
            Node::Reduce { reduction, body, over } => self.reduce(*reduction, *body, over, space, pins),
            Node::Previous { value, start } => self.previous(*value, *start, space, pins),
            Node::Number(_) | Node::Load { .. } | Node::Time(_) => self.array(id, pins),
        }
    }

    /// The box of an expression.
    pub fn space(&self, id: ExpressionId, pins: &Pins) -> Space {
        Space::of(self.model, self.model.expressions[id.index()].dimensions.iter(), pins)
    }

    fn load(&self, id: ExpressionId, variable: VariableId, picks: &[(DimensionId, Pick)], pins: &Pins) -> Array {
        let space = self.space(id, pins);
        let Some(stored) = &self.variables[variable.index()] else { return Array::nothing(space) };
        if picks.is_empty() && pins.is_empty() && space == Space::variable(self.model, variable, pins) {
            let present = (!stored.complete).then(|| stored.present.clone());
            return Array { space, values: stored.values.clone(), present };
        }
        let cells = Gather::load(self.model, &space, pins, (variable, picks), 0).all();
        Array {
            space,
            values: cells.iter().map(|cell| stored.values[*cell]).collect(),
            present: (!stored.complete).then(|| cells.iter().map(|cell| stored.present[*cell]).collect()),
        }
    }

    fn previous(&self, value: ExpressionId, start: ExpressionId, space: Space, pins: &Pins) -> Array {
        let Some(quarter) = self.model.quarter else { return Array::nothing(space) };
        let first = |space: &Space| self.array(start, &pins.with(quarter, 0)).spread(space);
        match (pins.get(quarter), space.position(quarter)) {
            (Some(0), _) => first(&space),
            (Some(now), _) => {
                let mut array = self.array(value, &pins.with(quarter, now - 1));
                if let Some(position) = array.space.position(quarter) {
                    array.space.axes[position].start = now;
                }
                array.spread(&space)
            }
            (None, None) => Array::nothing(space),
            (None, Some(position)) => {
                let mut opening = space.clone();
                opening.axes[position].length = 1;
                let opening = first(&opening);
                let later = self.array(value, pins).spread(&space);
                let stride = space.strides()[position];
                let length = space.axes[position].length;
                let source = |cell: usize| {
                    if (cell / stride).is_multiple_of(length) {
                        (&opening, cell / (stride * length) * stride + cell % stride)
                    } else {
                        (&later, cell - stride)
                    }
                };
                let cells = 0..space.cells();
                let values = cells.clone().map(&source).map(|(array, cell)| array.values[cell]).collect();
                let present = (opening.present.is_some() || later.present.is_some())
                    .then(|| cells.map(source).map(|(array, cell)| array.has(cell)).collect());
                Array { space, values, present }
            }
        }
    }

    fn reduce(
        &self,
        reduction: Reduction,
        body: ExpressionId,
        over: &[(DimensionId, Option<MapId>)],
        space: Space,
        pins: &Pins,
    ) -> Array {
        let pins = pins.without(|dimension| over.iter().any(|(gone, _)| *gone == dimension));
        let body = self.array(body, &pins);
        let targets = target_cells(self.model, &body.space, &space, over);
        let cells = space.cells();
        let mut count = vec![0_usize; cells];
        let mut lacks = vec![false; cells];
        let mut values = vec![identity(reduction); cells];
        for (cell, target) in targets.into_iter().enumerate() {
            if target >= cells {
                continue;
            }
            if !body.has(cell) {
                lacks[target] = true;
                continue;
            }
            count[target] += 1;
            values[target] = with_reduction!(reduction, |f| f(values[target], body.values[cell]));
        }
        for (value, count) in values.iter_mut().zip(count) {
            match reduction {
                Reduction::Mean => *value /= count as f64,
                Reduction::Minimum | Reduction::Maximum if count == 0 => *value = f64::NAN,
                _ => {}
            }
        }
        let counts = matches!(reduction, Reduction::CountTrue | Reduction::CountPresent);
        let present = (!counts && lacks.contains(&true)).then(|| lacks.iter().map(|lacks| !lacks).collect());
        Array { space, values, present }
    }
}

/// What a reduction starts from.
pub(crate) fn identity(reduction: Reduction) -> f64 {
    match reduction {
        Reduction::Minimum => f64::INFINITY,
        Reduction::Maximum => f64::NEG_INFINITY,
        _ => 0.0,
    }
}

/// For each cell of a reduction's body, the cell of its result; beyond the end where the result has none.
pub(crate) fn target_cells(
    model: &Model,
    body: &Space,
    result: &Space,
    over: &[(DimensionId, Option<MapId>)],
) -> Vec<usize> {
    const OUTSIDE: usize = usize::MAX >> 8;
    let mut gather = Gather::new(body);
    for (axis, stride) in result.axes.iter().zip(result.strides()) {
        let map = over
            .iter()
            .find_map(|(_, map)| map.map(|map| &model.maps[map.index()]).filter(|map| map.to == axis.dimension));
        let inside = |member: usize| match member.checked_sub(axis.start) {
            Some(position) if position < axis.length => position * stride,
            _ => OUTSIDE,
        };
        match map {
            Some(map) => gather.along(body, map.from, |member| inside(map.targets[member] as usize)),
            None => gather.along(body, axis.dimension, inside),
        }
    }
    gather.all()
}

/// Runs an expression with the plain function by which a [`Reduction`] adds a value to what it has.
macro_rules! with_reduction {
    ($reduction:expr, |$f:ident| $body:expr) => {
        match $reduction {
            Reduction::Minimum => {
                let $f = crate::function::least;
                $body
            }
            Reduction::Maximum => {
                let $f = crate::function::greatest;
                $body
            }
            Reduction::CountPresent => {
                let $f = |a: f64, _: f64| a + 1.0;
                $body
            }
            Reduction::Sum | Reduction::Mean | Reduction::CountTrue => {
                let $f = |a: f64, b: f64| a + b;
                $body
            }
        }
    };
}

use with_reduction;
