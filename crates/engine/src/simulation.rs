//! Many copies of the model, each with its own draw of every uncertain input.

use crate::space::{Gather, Pins, Space};
use crate::summary::quantiles;
use crate::tape::{Found, LANES, Lanes, Tape, Wanted, Workspace};
use crate::{Evaluation, Natives, Quantiles, Summary, Want, Wants};
use std::sync::{Mutex, PoisonError};
use tokenomics_language::Model;

/// A model made ready to be drawn from. Blocks are independent: a caller may run them on threads.
pub struct Simulation<'m> {
    tape: Tape<'m>,
    found: Vec<Vec<Found>>,
    seed: u64,
    /// Memory that blocks have worked in and others may use again.
    workspaces: Mutex<Vec<Workspace>>,
}

/// The wanted cells of one block of draws.
#[derive(Clone, Debug)]
pub struct Block {
    index: usize,
    lanes: usize,
    outputs: Vec<Lanes>,
}

/// A cell over the draws of a block.
#[derive(Clone, Copy)]
pub(crate) struct Side<'b> {
    /// Whether it is the same in all of them.
    pub certain: bool,
    value: f64,
    drawn: &'b [f64],
}

impl Side<'_> {
    /// Its value in one draw.
    pub fn at(self, lane: usize) -> f64 {
        self.drawn.get(lane).copied().unwrap_or(self.value)
    }
}

impl Block {
    /// How many draws it has.
    #[must_use]
    pub fn lanes(&self) -> usize {
        self.lanes
    }
}

impl<'m> Simulation<'m> {
    /// How many draws a full block has.
    pub const LANES: usize = LANES;

    /// Makes a model ready. Equal seeds give equal draws of an input, whatever else the model has.
    #[must_use]
    pub fn new(model: &'m Model, natives: Natives<'m>, wants: &Wants, seed: u64) -> Simulation<'m> {
        let evaluation = Evaluation::of(model, natives, wants);
        let wanted = Wanted {
            variables: wants.variables.iter().map(|want| (want.variable, cells(model, want))).collect(),
            expressions: wants.expressions.clone(),
        };
        let (tape, found) = Tape::new(&evaluation, natives, &wanted);
        Simulation { tape, found, seed, workspaces: Mutex::default() }
    }

    /// How many blocks hold a number of draws.
    #[must_use]
    pub fn blocks(draws: usize) -> usize {
        draws.div_ceil(LANES)
    }

    /// How many wanted cells are uncertain. A block holds eight bytes for each of them and each draw.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.found.iter().flatten().filter(|found| matches!(found, Found::Output(_))).count()
    }

    /// Runs the first `lanes` draws of a block; more than [`Self::LANES`] count as that many.
    #[must_use]
    pub fn run(&self, block: usize, lanes: usize) -> Block {
        let mut workspace = self.workspaces.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let drawn = self.tape.factors.draw(self.seed, block);
        let outputs = self.tape.run(&mut workspace, &drawn);
        self.workspaces.lock().unwrap_or_else(PoisonError::into_inner).push(workspace);
        Block { index: block, lanes: lanes.min(LANES), outputs }
    }

    /// One wanted cell in every draw of a block; `None` where it lacks. Wants and cells count as in
    /// [`Summary::cells`].
    #[must_use]
    pub fn values(&self, block: &Block, want: usize, cell: usize) -> Option<Vec<f64>> {
        match self.found.get(want)?.get(cell)? {
            Found::Lacks => None,
            Found::Certain(value) => Some(vec![*value; block.lanes]),
            Found::Output(output) => Some(block.outputs[*output].0[..block.lanes].to_vec()),
        }
    }

    /// One wanted cell in the draws of a block, without copying it; `None` where it lacks.
    pub(crate) fn uncertain<'b>(&self, block: &'b Block, want: usize, cell: usize) -> Option<Side<'b>> {
        match self.found.get(want)?.get(cell)? {
            Found::Lacks => None,
            Found::Certain(value) => Some(Side { certain: true, value: *value, drawn: &[] }),
            Found::Output(output) => {
                Some(Side { certain: false, value: f64::NAN, drawn: &block.outputs[*output].0[..block.lanes] })
            }
        }
    }

    /// Gathers blocks, in any order, to quantiles.
    #[must_use]
    pub fn summarise(&self, mut blocks: Vec<Block>) -> Summary {
        blocks.sort_by_key(|block| block.index);
        let draws = blocks.iter().map(|block| block.lanes).sum();
        let mut values = Vec::with_capacity(draws);
        let mut summary = |found: &Found| match found {
            Found::Lacks => None,
            Found::Certain(value) => Some(Quantiles::certain(*value)),
            Found::Output(output) => {
                values.clear();
                for block in &blocks {
                    values.extend_from_slice(&block.outputs[*output].0[..block.lanes]);
                }
                Some(quantiles(&mut values))
            }
        };
        let cells = self.found.iter().map(|cells| cells.iter().map(&mut summary).collect()).collect();
        Summary { draws, cells }
    }
}

/// The cells of a want, row by row. A pick of a member that is not there counts as none.
fn cells(model: &Model, want: &Want) -> Vec<usize> {
    let members = |dimension: tokenomics_language::model::DimensionId| {
        model.dimensions.get(dimension.index()).map_or(0, |dimension| dimension.members.len())
    };
    let picks = want.picks.iter().map(|(dimension, member)| (*dimension, *member as usize));
    let pins: Pins = picks.filter(|(dimension, member)| *member < members(*dimension)).collect();
    let all = Space::variable(model, want.variable, &Pins::default());
    Gather::same(&Space::variable(model, want.variable, &pins), &all).all()
}
