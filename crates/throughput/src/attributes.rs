//! One flat vocabulary between an architecture and a table of figures.

mod read;
mod write;

use std::fmt;

/// Writes the enumeration, the names and the meanings from one list.
macro_rules! attributes {
    ($(#[doc = $meaning:literal] $variant:ident $name:literal)*) => {
        /// A figure of an architecture: a count, a width in numbers, or 1 for yes and 0 for no.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Attribute {
            $(#[doc = $meaning] $variant,)*
        }

        impl Attribute {
            /// All attributes, in the order in which they are written.
            pub const ALL: &'static [Attribute] = &[$(Attribute::$variant),*];

            /// Its name in tables and sheets.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Attribute::$variant => $name,)*
                }
            }

            /// What it is, in a sentence without its full stop.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                let sentence = match self {
                    $(Attribute::$variant => $meaning,)*
                };
                sentence.trim().trim_end_matches('.')
            }
        }
    };
}

attributes! {
    /// Layers, where each has both attention and a feed-forward network.
    Layers "layers"
    /// Width of the residual stream.
    Hidden "hidden"
    /// Entries of the vocabulary.
    Vocabulary "vocabulary"
    /// Whether one table both reads and writes tokens.
    TiedEmbeddings "tied_embeddings"
    /// Layers that guess further tokens.
    DraftLayers "draft_layers"
    /// The longest context in tokens; zero where it is not known.
    LongestContext "longest_context"
    /// Layers whose attention may read the whole context; all that have no other kind if absent.
    FullAttentionLayers "full_attention_layers"
    /// Query heads.
    Heads "heads"
    /// Heads of keys and values; as many as query heads if absent.
    KeyValueHeads "key_value_heads"
    /// Width of a head of queries and keys.
    HeadWidth "head_width"
    /// Width of a head of values; that of keys if absent.
    ValueHeadWidth "value_head_width"
    /// Whether a gate multiplies what the heads of full attention and of windows give.
    GatedAttention "gated_attention"
    /// Width of the compressed query; zero where queries are not compressed.
    QueryRank "query_rank"
    /// Width of the latent vector that stands for keys and values; absent where they are kept by heads.
    KeyValueRank "key_value_rank"
    /// Width of a head without positions, beside a latent vector.
    PlainHeadWidth "plain_head_width"
    /// Width of a head with positions, beside a latent vector.
    RotaryHeadWidth "rotary_head_width"
    /// Layers with full attention of which an index selects a part; all of them if absent.
    SelectingLayers "selecting_layers"
    /// Selecting layers with an index of their own; all of them if absent.
    IndexLayers "index_layers"
    /// Entries of the context that an index selects.
    SelectedEntries "selected_entries"
    /// Heads of an index.
    IndexHeads "index_heads"
    /// Width of a head of an index.
    IndexHeadWidth "index_head_width"
    /// Layers whose attention reads a window of the latest tokens only.
    WindowLayers "window_layers"
    /// Tokens in a window.
    Window "window"
    /// Query heads in layers with a window, where they are not as elsewhere.
    WindowHeads "window_heads"
    /// Heads of keys and values in layers with a window, where they are not as elsewhere.
    WindowKeyValueHeads "window_key_value_heads"
    /// Width of a head of queries and keys in layers with a window, where it is not as elsewhere.
    WindowHeadWidth "window_head_width"
    /// Width of a head of values in layers with a window, where it is not as elsewhere.
    WindowValueHeadWidth "window_value_head_width"
    /// Layers that keep a state of fixed size instead of a cache.
    LinearLayers "linear_layers"
    /// Numbers in the state of one sequence, in one layer that keeps a state.
    LinearState "linear_state"
    /// Weights of a layer that keeps a state.
    LinearWeights "linear_weights"
    /// Layers that keep one entry for a few tokens, of which an index selects a part, beside a window.
    CompressedLayers "compressed_layers"
    /// Tokens to an entry that an index may select.
    Compression "compression"
    /// Weights of a layer with entries to select from, its index counted.
    CompressedWeights "compressed_weights"
    /// Layers that keep one entry for many tokens and read all entries, beside a window.
    CoarseLayers "coarse_layers"
    /// Tokens to an entry that is always read.
    CoarseCompression "coarse_compression"
    /// Weights of a layer that reads all entries.
    CoarseWeights "coarse_weights"
    /// Layers of a model with compressed entries that have the window alone.
    LocalLayers "local_layers"
    /// Weights of a layer that has the window alone.
    LocalWeights "local_weights"
    /// Layers with one network for all tokens; all that have no experts if absent.
    DenseLayers "dense_layers"
    /// Width between the matrices of a network for all tokens.
    DenseWidth "dense_width"
    /// Matrices of a network for all tokens: three with a gate, which is so if absent, or two.
    DenseMatrices "dense_matrices"
    /// Layers with a choice of experts.
    ExpertLayers "expert_layers"
    /// Experts to choose from.
    Experts "experts"
    /// Experts chosen for a token.
    ChosenExperts "chosen_experts"
    /// Width between the matrices of an expert.
    ExpertWidth "expert_width"
    /// Width of what all tokens pass through beside the experts; nothing if absent.
    SharedWidth "shared_width"
    /// Matrices of an expert: three with a gate, which is so if absent, or two.
    ExpertMatrices "expert_matrices"
    /// Width of what experts read and write, where it is not that of the residual stream.
    ExpertStreamWidth "expert_stream_width"
}

impl Attribute {
    /// The attribute of a name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Attribute> {
        Attribute::ALL.iter().copied().find(|attribute| attribute.name() == text)
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
