//! Many copies of the model, each with its own draw of every uncertain input.

use crate::{Natives, Summary, Wants};
use tokenomics_language::Model;

/// A model made ready to be drawn from. Blocks are independent: a caller may run them on threads.
pub struct Simulation<'m> {
    model: &'m Model,
}

/// The wanted cells of one block of draws.
#[derive(Clone, Debug)]
pub struct Block {}

impl<'m> Simulation<'m> {
    /// How many draws a full block has.
    pub const LANES: usize = 256;

    /// Makes a model ready. Equal seeds give equal draws of an input, whatever else the model has.
    #[must_use]
    pub fn new(model: &'m Model, natives: Natives<'m>, wants: &Wants, seed: u64) -> Simulation<'m> {
        let _ = (natives, wants, seed);
        Simulation { model }
    }

    /// How many blocks hold a number of draws.
    #[must_use]
    pub fn blocks(draws: usize) -> usize {
        draws.div_ceil(Self::LANES)
    }

    /// Runs the first `lanes` draws of a block; more than [`Self::LANES`] count as that many.
    #[must_use]
    pub fn run(&self, block: usize, lanes: usize) -> Block {
        let _ = (self.model, block, lanes);
        Block {}
    }

    /// Gathers blocks, in any order, to quantiles.
    #[must_use]
    pub fn summarise(&self, blocks: Vec<Block>) -> Summary {
        drop(blocks);
        Summary { draws: 0, cells: Vec::new() }
    }
}
