//! What a cell is made of.

use crate::Evaluation;
use crate::trace::{Place, Read, Trace, places};
use std::collections::HashSet;
use tokenomics_language::Span;
use tokenomics_language::model::{Figure, OriginId, VariableId};

/// On which side of the seam between history and forecast a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// An input, as reported, estimated or assumed at its origin.
    Given,
    /// An input, filled in between figures.
    Filled,
    /// Computed.
    Modelled,
    /// Not known.
    Missing,
}

/// One cell, and the cells it is computed from; figures in base units.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The variable.
    pub variable: VariableId,
    /// The member of each of its dimensions.
    pub cell: Vec<u32>,
    /// The value; `None` where the cell lacks.
    pub value: Option<f64>,
    /// The formula that gives this cell.
    pub formula: Option<Span>,
    /// Where an input's figure comes from.
    pub origin: Option<OriginId>,
    /// Whether an input's figure was filled in between reported ones.
    pub filled: bool,
    /// The 5th and 95th percentiles of an input's figure.
    pub spread: Option<(f64, f64)>,
    /// On which side of the seam it is.
    pub seam: Side,
    /// Whether the cell is opened elsewhere in the explanation, and so has no children here.
    pub repeated: bool,
    /// The cells it is computed from, in the order the formula reads them.
    pub children: Vec<Explanation>,
    /// How many more there are than are shown.
    pub more: usize,
}

/// The most members of a reduction that are shown.
const MOST_MEMBERS: usize = 12;

/// Explains one cell of a variable that was evaluated, `depth` steps down, and a cell that lacks to the
/// cell for which it does. Only what was taken is followed: the branch of an `if`, the side of an
/// `otherwise`. A cell met again is not opened again.
/// A native reads the cells of its inputs at the members they share with it.
#[must_use]
pub fn explain(evaluation: &Evaluation<'_>, variable: VariableId, cell: &[u32], depth: usize) -> Explanation {
    let place = Place { variable, members: cell.iter().map(|member| *member as usize).collect() };
    Explainer { trace: Trace::new(evaluation), opened: HashSet::new() }.place(place, depth)
}

/// On which side of the seam a cell is. A formula that takes a figure over as it is, such as one side
/// of an `otherwise`, is on the side of that figure.
#[must_use]
pub fn side(evaluation: &Evaluation<'_>, variable: VariableId, cell: &[u32]) -> Side {
    let place = Place { variable, members: cell.iter().map(|member| *member as usize).collect() };
    Trace::new(evaluation).side(place)
}

/// The figure of an input that a cell takes over as it is; `None` of one that is computed or lacks.
#[must_use]
pub fn taken(evaluation: &Evaluation<'_>, variable: VariableId, cell: &[u32]) -> Option<Figure> {
    let place = Place { variable, members: cell.iter().map(|member| *member as usize).collect() };
    Trace::new(evaluation).taken(place)
}

struct Explainer<'a> {
    trace: Trace<'a>,
    opened: HashSet<Place>,
}

impl Explainer<'_> {
    fn place(&mut self, place: Place, depth: usize) -> Explanation {
        let model = self.trace.evaluation.model();
        let figure = self.trace.figure(&place);
        let clause = self.trace.clause(&place);
        let mut explanation = Explanation {
            variable: place.variable,
            cell: place.members.iter().map(|member| *member as u32).collect(),
            value: self.trace.value(&place),
            formula: clause.map(|body| model.expressions[body.index()].span),
            origin: figure.map(|figure| figure.origin),
            filled: figure.is_some_and(|figure| figure.filled),
            spread: figure.and_then(|figure| figure.spread),
            seam: self.trace.side(place.clone()),
            repeated: self.opened.contains(&place),
            children: Vec::new(),
            more: 0,
        };
        if explanation.repeated {
            return explanation;
        }
        let reads = self.trace.reads(&place);
        if depth == 0 {
            // What lacks is followed to where it does, however deep that is.
            let read = places(&reads);
            let lacking = |place: &&Place| explanation.value.is_none() && self.trace.value(place).is_none();
            let first = read.iter().find(lacking).cloned();
            explanation.more = read.len() - usize::from(first.is_some());
            if let Some(first) = first {
                self.opened.insert(place);
                explanation.children = vec![self.place(first, 0)];
            }
            return explanation;
        }
        self.opened.insert(place);
        let mut shown = Vec::new();
        explanation.more = show(reads, &mut shown);
        explanation.children = shown.into_iter().map(|place| self.place(place, depth - 1)).collect();
        explanation
    }
}

/// Lists the places to show, and returns how many are left out.
fn show(reads: Vec<Read>, shown: &mut Vec<Place>) -> usize {
    let mut more = 0;
    for read in reads {
        match read {
            Read::Cell(place) if shown.contains(&place) => {}
            Read::Cell(place) => shown.push(place),
            Read::Members(mut members) => {
                // A member that lacks explains why the whole does.
                let size = |value: Option<f64>| value.map_or(f64::INFINITY, f64::abs);
                members.sort_by(|(a, _), (b, _)| size(*b).total_cmp(&size(*a)));
                for (rank, (_, reads)) in members.into_iter().enumerate() {
                    if rank < MOST_MEMBERS {
                        more += show(reads, shown);
                    } else {
                        more += places(&reads).len();
                    }
                }
            }
        }
    }
    more
}
