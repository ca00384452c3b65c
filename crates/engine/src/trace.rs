//! Which cells a cell is computed from.

use crate::interpret::Interpreter;
use crate::space::{Gather, Pins, Space};
use crate::{Evaluation, Side};
use std::collections::{HashMap, HashSet};
use tokenomics_language::model::{Definition, DimensionId, ExpressionId, Figure, MapId, Node, VariableId};

/// One cell of one variable.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    /// The variable.
    pub variable: VariableId,
    /// The member of each of its dimensions.
    pub members: Vec<usize>,
}

/// What a formula reads at one cell.
#[derive(Clone, Debug)]
pub(crate) enum Read {
    /// A cell.
    Cell(Place),
    /// For each member that a reduction brings together, its value and what it reads.
    Members(Vec<(Option<f64>, Vec<Read>)>),
}

/// Every cell that is read, each once, in order.
pub(crate) fn places(reads: &[Read]) -> Vec<Place> {
    fn walk(reads: &[Read], seen: &mut HashSet<Place>, places: &mut Vec<Place>) {
        for read in reads {
            match read {
                Read::Cell(place) => {
                    if seen.insert(place.clone()) {
                        places.push(place.clone());
                    }
                }
                Read::Members(members) => members.iter().for_each(|(_, reads)| walk(reads, seen, places)),
            }
        }
    }
    let mut found = Vec::new();
    walk(reads, &mut HashSet::new(), &mut found);
    found
}

/// Follows cells to what they are computed from.
pub(crate) struct Trace<'a> {
    /// The values.
    pub evaluation: &'a Evaluation<'a>,
    interpreter: Interpreter<'a>,
}

impl<'a> Trace<'a> {
    /// Over the values of an evaluation.
    pub fn new(evaluation: &'a Evaluation<'a>) -> Trace<'a> {
        Trace { evaluation, interpreter: evaluation.interpreter(None) }
    }

    /// The value of a cell.
    pub fn value(&self, place: &Place) -> Option<f64> {
        self.evaluation.cell(place.variable, self.index(place)?)
    }

    /// The figure of a cell of an input.
    pub fn figure(&self, place: &Place) -> Option<Figure> {
        match &self.evaluation.model().variables[place.variable.index()].definition {
            Definition::Input(input) => *input.cells.get(self.index(place)?)?,
            _ => None,
        }
    }

    /// What a clause says about a cell.
    pub fn clause(&self, place: &Place) -> Option<ExpressionId> {
        let Definition::Formula(clauses) = &self.evaluation.model().variables[place.variable.index()].definition else {
            return None;
        };
        let pins = self.pins(place);
        let gives = |member: Option<(DimensionId, u32)>| {
            member.is_none_or(|(dimension, member)| pins.get(dimension) == Some(member as usize))
        };
        clauses.iter().find(|clause| gives(clause.member)).map(|clause| clause.body)
    }

    /// What a cell is computed from.
    pub fn reads(&self, place: &Place) -> Vec<Read> {
        let model = self.evaluation.model();
        let mut reads = Vec::new();
        if self.index(place).is_none() {
            return reads;
        }
        if let Definition::Native { inputs, .. } = &model.variables[place.variable.index()].definition {
            for variable in inputs {
                let space = Space::variable(model, *variable, &self.pins(place));
                let cells = (0..space.cells()).map(|cell| {
                    let place = Place { variable: *variable, members: space.members(cell) };
                    (self.value(&place), vec![Read::Cell(place)])
                });
                reads.push(Read::Members(cells.collect()));
            }
        } else if let Some(body) = self.clause(place) {
            self.expression(body, &self.pins(place), &mut reads);
        }
        reads
    }

    /// On which side of the seam between history and forecast a cell is.
    pub fn side(&self, place: Place) -> Side {
        if self.value(&place).is_none() {
            return Side::Missing;
        }
        match self.taken(place) {
            Some(figure) if figure.filled => Side::Filled,
            Some(_) => Side::Given,
            None => Side::Modelled,
        }
    }

    /// The figure of an input that a cell takes over as it is.
    pub fn taken(&self, mut place: Place) -> Option<Figure> {
        loop {
            self.value(&place)?;
            if let Some(figure) = self.figure(&place) {
                return Some(figure);
            }
            place = self.copied(self.clause(&place)?, &self.pins(&place))?;
        }
    }

    /// What an expression reads with all its dimensions pinned.
    pub fn expression(&self, id: ExpressionId, pins: &Pins, reads: &mut Vec<Read>) {
        let model = self.evaluation.model();
        match &model.expressions[id.index()].node {
            Node::Number(_) | Node::Time(_) => {}
            Node::Load { .. } => reads.extend(self.copied(id, pins).map(Read::Cell)),
            Node::Apply(_, arguments) => {
                for argument in arguments {
                    self.expression(*argument, pins, reads);
                }
            }
            Node::If(condition, yes, no) => {
                self.expression(*condition, pins, reads);
                let Some(value) = self.interpreter.value(*condition, pins) else { return };
                let (taken, other) = if value == 0.0 { (no, yes) } else { (yes, no) };
                self.expression(*taken, pins, reads);
                if self.evaluation.reach().expression(*condition) && self.interpreter.value(*other, pins).is_none() {
                    self.expression(*other, pins, reads);
                }
            }
            Node::Otherwise(first, second) => {
                let has = |id: &ExpressionId| self.interpreter.value(*id, pins).is_some();
                let (first_has, second_has) = (has(first), has(second));
                if first_has || !second_has {
                    self.expression(*first, pins, reads);
                }
                if !first_has {
                    self.expression(*second, pins, reads);
                }
            }
            Node::Reduce { body, over, .. } => {
                let members = self.members(over, pins).map(|pins| {
                    let mut reads = Vec::new();
                    self.expression(*body, &pins, &mut reads);
                    (self.interpreter.value(*body, &pins), reads)
                });
                let members = members.collect();
                reads.push(Read::Members(members));
            }
            Node::Previous { value, start } => {
                let Some(quarter) = model.quarter else { return };
                match pins.get(quarter) {
                    Some(now) if now > 0 => self.expression(*value, &pins.with(quarter, now - 1), reads),
                    _ => self.expression(*start, pins, reads),
                }
            }
        }
    }

    /// The cell that an expression takes over as it is.
    fn copied(&self, id: ExpressionId, pins: &Pins) -> Option<Place> {
        let model = self.evaluation.model();
        match &model.expressions[id.index()].node {
            Node::Load { variable, picks } => {
                let cell = Gather::load(model, &Space::default(), pins, (*variable, picks), 0).all()[0];
                let members = Space::variable(model, *variable, &Pins::default()).members(cell);
                Some(Place { variable: *variable, members })
            }
            Node::Otherwise(first, second) => {
                let taken = if self.interpreter.value(*first, pins).is_some() { first } else { second };
                self.copied(*taken, pins)
            }
            _ => None,
        }
    }

    /// The members that a reduction brings together at one cell.
    fn members(&self, over: &[(DimensionId, Option<MapId>)], pins: &Pins) -> impl Iterator<Item = Pins> {
        let model = self.evaluation.model();
        let free = pins.without(|dimension| over.iter().any(|(gone, _)| *gone == dimension));
        let space = Space::of(model, over.iter().map(|(dimension, _)| *dimension), &Pins::default());
        (0..space.cells()).filter_map(move |cell| {
            let mut member_pins = free.clone();
            for ((dimension, map), member) in over.iter().zip(space.members(cell)) {
                let map = map.map(|map| &model.maps[map.index()]);
                if map.is_some_and(|map| pins.get(map.to) != Some(map.targets[member] as usize)) {
                    return None;
                }
                member_pins = member_pins.with(*dimension, member);
            }
            Some(member_pins)
        })
    }

    fn pins(&self, place: &Place) -> Pins {
        let dimensions = &self.evaluation.model().variables[place.variable.index()].dimensions;
        dimensions.iter().copied().zip(place.members.iter().copied()).collect()
    }

    fn index(&self, place: &Place) -> Option<usize> {
        let space = Space::variable(self.evaluation.model(), place.variable, &Pins::default());
        let inside = |(member, length): (&usize, usize)| *member < length;
        let fits = place.members.len() == space.axes.len()
            && place.members.iter().zip(space.axes.iter().map(|axis| axis.length)).all(inside);
        fits.then(|| place.members.iter().zip(space.strides()).map(|(member, stride)| member * stride).sum())
    }
}

/// Finds what cells that lack lack for. What has been followed for one is kept for the next.
pub(crate) struct Wanting<'a> {
    trace: Trace<'a>,
    numbers: HashMap<Place, usize>,
    places: Vec<Place>,
    /// The lacking cells that each reads, once it has been followed.
    reads: Vec<Option<Vec<usize>>>,
    /// For which question each was last met.
    met: Vec<usize>,
    questions: usize,
}

impl<'a> Wanting<'a> {
    /// Over the values of an evaluation.
    pub fn new(evaluation: &'a Evaluation<'a>) -> Wanting<'a> {
        let (places, reads, met) = (Vec::new(), Vec::new(), Vec::new());
        Wanting { trace: Trace::new(evaluation), numbers: HashMap::new(), places, reads, met, questions: 0 }
    }

    /// The values.
    pub fn evaluation(&self) -> &'a Evaluation<'a> {
        self.trace.evaluation
    }

    /// The cells for whose want some expressions without dimensions lack: inputs without a figure, and
    /// cells for which no clause speaks.
    pub fn causes(&mut self, expressions: &[ExpressionId]) -> Vec<(VariableId, Vec<u32>)> {
        self.questions += 1;
        let mut queue = Vec::new();
        for id in expressions.iter().rev() {
            let mut reads = Vec::new();
            self.trace.expression(*id, &Pins::default(), &mut reads);
            queue.extend(self.lacking(&reads).into_iter().rev());
        }
        let mut causes = Vec::new();
        while let Some(number) = queue.pop() {
            if std::mem::replace(&mut self.met[number], self.questions) == self.questions {
                continue;
            }
            if self.reads[number].is_none() {
                let reads = self.trace.reads(&self.places[number]);
                self.reads[number] = Some(self.lacking(&reads));
            }
            let next = self.reads[number].as_deref().unwrap_or_default();
            if next.is_empty() {
                let place = &self.places[number];
                causes.push((place.variable, place.members.iter().map(|member| *member as u32).collect()));
            }
            queue.extend(next.iter().rev());
        }
        causes
    }

    fn lacking(&mut self, reads: &[Read]) -> Vec<usize> {
        let mut lacking = places(reads);
        lacking.retain(|place| self.trace.value(place).is_none());
        lacking.into_iter().map(|place| self.number(place)).collect()
    }

    fn number(&mut self, place: Place) -> usize {
        if let Some(number) = self.numbers.get(&place) {
            return *number;
        }
        let number = self.places.len();
        self.numbers.insert(place.clone(), number);
        self.places.push(place);
        self.reads.push(None);
        self.met.push(0);
        number
    }
}
