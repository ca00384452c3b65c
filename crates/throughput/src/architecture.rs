//! What a model is made of, as far as serving it goes.

/// The layers of a model: what each token passes through.
#[derive(Clone, Debug, PartialEq)]
pub struct Architecture {
    /// Width of the residual stream.
    pub hidden: f64,
    /// Entries of the vocabulary.
    pub vocabulary: f64,
    /// Whether the table that reads tokens is also the one that writes them.
    pub tied_embeddings: bool,
    /// Attention by kind, each with the number of layers that have it.
    pub attention: Vec<(f64, Attention)>,
    /// Feed-forward networks by kind, each with the number of layers that have it.
    pub feed_forward: Vec<(f64, FeedForward)>,
    /// Layers that guess further tokens.
    pub draft_layers: f64,
    /// The longest context, in tokens; zero where it is not known.
    pub longest_context: f64,
}

/// How a layer lets tokens see one another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Attention {
    /// Heads that share keys and values in groups; one group a head is the original multi-head form.
    Grouped {
        /// Query heads.
        heads: f64,
        /// Heads of keys and values.
        key_value_heads: f64,
        /// Width of a head of queries and keys.
        head: f64,
        /// Width of a head of values.
        value_head: f64,
        /// Whether a gate as wide as what all heads give multiplies it.
        gated: bool,
        /// How far back a token sees; everything if absent.
        window: Option<f64>,
        /// The part of the context that an index selects; all of it if absent.
        selection: Option<Selection>,
    },
    /// Keys and values compressed to one latent vector for all heads.
    Latent {
        /// Query heads.
        heads: f64,
        /// Width of the compressed query; zero where queries are not compressed.
        query_rank: f64,
        /// Width of the compressed keys and values.
        key_value_rank: f64,
        /// Width of a head without positions.
        plain_head: f64,
        /// Width of a head with positions, which all heads share.
        rotary_head: f64,
        /// Width of a head of values.
        value_head: f64,
        /// Whether a gate as wide as what all heads give multiplies it.
        gated: bool,
        /// The part of the context that an index selects; all of it if absent.
        selection: Option<Selection>,
    },
    /// A state of fixed size instead of a cache: linear attention and state-space layers.
    Linear {
        /// Numbers in the state of one sequence.
        state: f64,
        /// Weights of the layer.
        weights: f64,
    },
    /// Keys and values of a whole block compressed to one entry, of which some are selected, beside a
    /// window of the latest tokens.
    Compressed {
        /// Query heads.
        heads: f64,
        /// Width of an entry, shared by all heads.
        head: f64,
        /// Width of the compressed query.
        query_rank: f64,
        /// Tokens in a block; zero for a layer with the window alone.
        ratio: f64,
        /// Entries that are read: the selected ones, by an index that has one key an entry; all if absent.
        selection: Option<Selection>,
        /// Latest tokens that are kept uncompressed.
        window: f64,
        /// Weights of the layer, its index counted.
        weights: f64,
    },
}

/// An index that selects the part of the context which attention reads. A layer that reads what the index
/// of another layer has selected has an index of no heads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Selection {
    /// Entries selected.
    pub entries: f64,
    /// Heads of the index.
    pub heads: f64,
    /// Width of a head of the index; one key of this width a token is kept.
    pub head: f64,
}

/// What a layer does with each token by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FeedForward {
    /// One network for all tokens.
    Dense {
        /// Width of the layer between.
        intermediate: f64,
        /// Matrices: three where a gate multiplies, two otherwise.
        matrices: f64,
    },
    /// A choice of experts for each token.
    Experts {
        /// Experts to choose from.
        experts: f64,
        /// Experts chosen for a token.
        chosen: f64,
        /// Width of an expert.
        intermediate: f64,
        /// Width of what all tokens pass through beside the experts; zero if there is nothing.
        shared_intermediate: f64,
        /// Matrices: three where a gate multiplies, two otherwise.
        matrices: f64,
        /// Width of what experts read and write, where it is not that of the residual stream.
        width: Option<f64>,
    },
}

impl Attention {
    /// Weights of a layer, for a residual stream of this width.
    #[must_use]
    pub fn weights(&self, hidden: f64) -> f64 {
        match *self {
            Attention::Grouped { heads, key_value_heads, head, value_head, gated, selection, .. } => {
                hidden * (heads * head + key_value_heads * (head + value_head))
                    + outward(hidden, heads * value_head, gated)
                    + selection.map_or(0.0, |selection| selection.weights(hidden, hidden))
            }
            Attention::Latent {
                heads,
                query_rank,
                key_value_rank,
                plain_head,
                rotary_head,
                value_head,
                gated,
                selection,
            } => {
                let query = plain_head + rotary_head;
                let queries =
                    if query_rank > 0.0 { query_rank * (hidden + heads * query) } else { hidden * heads * query };
                queries
                    + hidden * (key_value_rank + rotary_head)
                    + key_value_rank * heads * (plain_head + value_head)
                    + outward(hidden, heads * value_head, gated)
                    + selection.map_or(0.0, |selection| {
                        selection.weights(hidden, if query_rank > 0.0 { query_rank } else { hidden })
                    })
            }
            Attention::Linear { weights, .. } | Attention::Compressed { weights, .. } => weights,
        }
    }

    /// Numbers kept in the cache for each token of context, the keys of an index not counted.
    #[must_use]
    pub fn cached_numbers(&self) -> f64 {
        match *self {
            Attention::Grouped { key_value_heads, head, value_head, .. } => key_value_heads * (head + value_head),
            Attention::Latent { key_value_rank, rotary_head, .. } => key_value_rank + rotary_head,
            Attention::Linear { .. } => 0.0,
            Attention::Compressed { head, ratio, .. } => {
                if ratio > 0.0 {
                    head / ratio
                } else {
                    0.0
                }
            }
        }
    }
}

/// Weights from what all heads give back to the residual stream, and of the gate if there is one.
fn outward(hidden: f64, heads: f64, gated: bool) -> f64 {
    hidden * heads * if gated { 2.0 } else { 1.0 }
}

impl Selection {
    /// Weights of the index: queries from a vector of one width, one key and the weights of heads from
    /// the residual stream.
    #[must_use]
    pub fn weights(&self, hidden: f64, query: f64) -> f64 {
        query * self.heads * self.head + hidden * self.head + hidden * self.heads
    }
}

impl FeedForward {
    /// Weights of a layer that every token passes through.
    #[must_use]
    pub fn common_weights(&self, hidden: f64) -> f64 {
        match *self {
            FeedForward::Dense { intermediate, matrices } => matrices * hidden * intermediate,
            FeedForward::Experts { experts, shared_intermediate, matrices, width, .. } => {
                let down_and_up = width.map_or(0.0, |width| 2.0 * hidden * width);
                matrices * hidden * shared_intermediate + hidden * experts + down_and_up
            }
        }
    }

    /// Weights of one expert; zero where there are none.
    #[must_use]
    pub fn expert_weights(&self, hidden: f64) -> f64 {
        match *self {
            FeedForward::Dense { .. } => 0.0,
            FeedForward::Experts { intermediate, matrices, width, .. } => {
                matrices * width.unwrap_or(hidden) * intermediate
            }
        }
    }
}

impl Architecture {
    /// Layers with attention of any kind.
    #[must_use]
    pub fn attention_layers(&self) -> f64 {
        self.attention.iter().map(|(layers, _)| layers).sum()
    }

    /// Layers with experts.
    #[must_use]
    pub fn expert_layers(&self) -> f64 {
        let with = |(layers, kind): &(f64, FeedForward)| match kind {
            FeedForward::Experts { .. } => *layers,
            FeedForward::Dense { .. } => 0.0,
        };
        self.feed_forward.iter().map(with).sum()
    }

    /// Weights in all, layers that guess not counted.
    #[must_use]
    pub fn total_weights(&self) -> f64 {
        self.embedding_weights() + self.attention_weights() + self.feed_forward_weights(|experts, _| experts)
    }

    /// Weights that take part in one token, embeddings counted as published counts do.
    #[must_use]
    pub fn active_weights(&self) -> f64 {
        self.embedding_weights() + self.attention_weights() + self.feed_forward_weights(|_, chosen| chosen)
    }

    /// Weights of the tables that read and write tokens.
    #[must_use]
    pub fn embedding_weights(&self) -> f64 {
        self.vocabulary * self.hidden * if self.tied_embeddings { 1.0 } else { 2.0 }
    }

    /// Weights of attention in all layers.
    #[must_use]
    pub fn attention_weights(&self) -> f64 {
        self.attention.iter().map(|(layers, kind)| layers * kind.weights(self.hidden)).sum()
    }

    fn feed_forward_weights(&self, counted: impl Fn(f64, f64) -> f64) -> f64 {
        let of = |(layers, kind): &(f64, FeedForward)| {
            let experts = match *kind {
                FeedForward::Dense { .. } => 0.0,
                FeedForward::Experts { experts, chosen, .. } => counted(experts, chosen),
            };
            layers * (kind.common_weights(self.hidden) + experts * kind.expert_weights(self.hidden))
        };
        self.feed_forward.iter().map(of).sum()
    }
}
