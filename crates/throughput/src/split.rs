//! Attention on some chips and feed-forward networks on others, layer by layer.
//!
//! Attention needs room for the cache and its bandwidth; the networks need the bandwidth of their weights
//! alone, which chips that compute from memory on the die have most of. Between the two go the activations
//! of every layer, there and back.

use crate::{Architecture, Chip, Constant, Constants, Pool, Precision, Replica, Speculation, Unservable, Workload};

/// Two kinds of chips that write answers together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Split {
    attention: Replica,
    network: Replica,
    /// Seconds for the activations of a token, there and back in all layers.
    transfer: f64,
    /// Seconds to start the exchanges of a step.
    start: f64,
}

/// A split at work.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SplitOperation {
    /// Seconds from one token of an answer to the next.
    pub interval: f64,
    /// Tokens of answers a second in all.
    pub output: f64,
    /// Part of the time in which the chips with attention work.
    pub attention_load: f64,
    /// Part of the time in which the chips with networks work.
    pub network_load: f64,
}

/// One side of a split: a chip, how many share the work, and the constants it reaches.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The chip.
    pub chip: &'a Chip,
    /// How its chips share the work.
    pub pool: Pool,
    /// Its constants.
    pub constants: &'a Constants,
}

impl Split {
    /// Compiles both sides. `link` is the rate between them, in B/s for each token's side, and `latency` the
    /// seconds to start an exchange.
    ///
    /// # Errors
    /// What one side cannot do, with both sides of the bound.
    pub fn compile(
        architecture: &Architecture,
        precision: Precision,
        attention: &Side<'_>,
        network: &Side<'_>,
        link: f64,
        latency: f64,
    ) -> Result<Split, Unservable> {
        let own = Architecture { feed_forward: Vec::new(), ..architecture.clone() };
        // The tables of tokens stay where attention is.
        let theirs = Architecture { attention: Vec::new(), vocabulary: 0.0, ..architecture.clone() };
        let layers: f64 = architecture.feed_forward.iter().map(|(layers, _)| layers).sum();
        let bytes = 2.0 * layers * architecture.hidden * precision.activations.bytes().max(1.0);
        Ok(Split {
            attention: Replica::compile(attention.chip, &own, precision, &attention.pool, attention.constants)?,
            network: Replica::compile(network.chip, &theirs, precision, &network.pool, network.constants)?,
            transfer: bytes / (link * attention.constants.get(Constant::ExchangeRate)),
            start: 2.0 * layers * latency,
        })
    }

    /// Chips with attention, and chips with networks.
    #[must_use]
    pub fn chips(&self) -> (f64, f64) {
        (self.attention.chips(), self.network.chips())
    }

    /// The most answers whose contexts the chips with attention hold.
    #[must_use]
    pub fn capacity(&self, workload: &Workload) -> f64 {
        self.attention.capacity(workload)
    }

    /// The split with so many answers being written at once.
    ///
    /// One batch passes both sides in turn, or two halves of it alternate, so that neither side waits but for
    /// the slower; whichever is faster.
    #[must_use]
    pub fn at(&self, batch: f64, workload: &Workload, speculation: Speculation) -> SplitOperation {
        let tokens = 1.0 + speculation.guessed;
        let context = workload.context();
        let sides = |batch: f64| {
            let attention = self.attention.step(batch, context, tokens);
            let network = self.network.step(batch, context, tokens);
            (attention, network, self.transfer * batch * tokens + self.start)
        };
        let (attention, network, transfer) = sides(batch);
        let turn = attention + network + transfer;
        let (half_attention, half_network, half_transfer) = sides(0.5 * batch);
        let alternate = (2.0 * half_attention.max(half_network)).max(half_attention + half_network + half_transfer);
        let (step, busy) = if alternate < turn {
            (alternate, (2.0 * half_attention, 2.0 * half_network))
        } else {
            (turn, (attention, network))
        };
        SplitOperation {
            interval: step / speculation.progress(),
            output: batch * speculation.progress() / step,
            attention_load: busy.0 / step,
            network_load: busy.1 / step,
        }
    }
}
