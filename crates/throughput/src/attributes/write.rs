//! From an architecture to attributes.

use super::Attribute;
use crate::{Architecture, Attention, FeedForward, Selection};

impl Architecture {
    /// The figures that describe the architecture, in the order of [`Attribute::ALL`].
    ///
    /// The vocabulary has one word for each form of layer: of two kinds of one form, such as two windows, the
    /// first is described.
    #[must_use]
    pub fn attributes(&self) -> Vec<(Attribute, f64)> {
        let mut words = Words { figures: Vec::new() };
        words.set(Attribute::Hidden, self.hidden);
        words.set(Attribute::Vocabulary, self.vocabulary);
        words.set(Attribute::TiedEmbeddings, f64::from(u8::from(self.tied_embeddings)));
        words.set(Attribute::DraftLayers, self.draft_layers);
        words.set(Attribute::LongestContext, self.longest_context);
        let layers = self.attention_layers();
        let networks: f64 = self.feed_forward.iter().map(|(layers, _)| layers).sum();
        if Some(layers) == Some(networks) {
            words.set(Attribute::Layers, layers);
        }
        // Layers with a window are described by how they differ, so they come after the others.
        let windowed = |kind: &Attention| matches!(kind, Attention::Grouped { window: Some(_), .. });
        for &(layers, kind) in self.attention.iter().filter(|(_, kind)| !windowed(kind)) {
            words.attention(layers, kind);
        }
        for &(layers, kind) in self.attention.iter().filter(|(_, kind)| windowed(kind)) {
            words.window(layers, kind);
        }
        words.count_selecting();
        for &(layers, kind) in &self.feed_forward {
            words.feed_forward(layers, kind);
        }
        words.figures.sort_by_key(|&(attribute, _)| attribute);
        words.figures
    }
}

/// Figures as they are found.
struct Words {
    figures: Vec<(Attribute, f64)>,
}

impl Words {
    fn get(&self, attribute: Attribute) -> Option<f64> {
        self.figures.iter().find(|(other, _)| *other == attribute).map(|&(_, figure)| figure)
    }

    /// States a figure, unless it is stated.
    fn set(&mut self, attribute: Attribute, figure: f64) {
        if self.get(attribute).is_none() {
            self.figures.push((attribute, figure));
        }
    }

    /// States a figure only if it differs from what is read in its absence.
    fn set_unless(&mut self, attribute: Attribute, absent: Option<f64>, figure: f64) {
        if absent != Some(figure) {
            self.set(attribute, figure);
        }
    }

    fn add(&mut self, attribute: Attribute, figure: f64) {
        match self.figures.iter_mut().find(|(other, _)| *other == attribute) {
            Some((_, sum)) => *sum += figure,
            None => self.figures.push((attribute, figure)),
        }
    }

    fn attention(&mut self, layers: f64, kind: Attention) {
        match kind {
            Attention::Grouped { heads, key_value_heads, head, value_head, gated, selection, .. } => {
                self.set(Attribute::Heads, heads);
                self.set(Attribute::KeyValueHeads, key_value_heads);
                self.set(Attribute::HeadWidth, head);
                self.set(Attribute::ValueHeadWidth, value_head);
                self.full(layers, gated, selection);
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
                self.set(Attribute::Heads, heads);
                self.set(Attribute::QueryRank, query_rank);
                self.set(Attribute::KeyValueRank, key_value_rank);
                self.set(Attribute::PlainHeadWidth, plain_head);
                self.set(Attribute::RotaryHeadWidth, rotary_head);
                self.set(Attribute::ValueHeadWidth, value_head);
                self.full(layers, gated, selection);
            }
            Attention::Linear { state, weights } => {
                self.set(Attribute::LinearLayers, layers);
                self.set(Attribute::LinearState, state);
                self.set(Attribute::LinearWeights, weights);
            }
            Attention::Compressed { heads, head, query_rank, ratio, selection, window, weights } => {
                self.set(Attribute::Heads, heads);
                self.set(Attribute::HeadWidth, head);
                self.set(Attribute::QueryRank, query_rank);
                self.set(Attribute::Window, window);
                if let Some(index) = selection {
                    self.index(index);
                    self.set(Attribute::CompressedLayers, layers);
                    self.set(Attribute::Compression, ratio);
                    self.set(Attribute::CompressedWeights, weights);
                } else if ratio > 0.0 {
                    self.set(Attribute::CoarseLayers, layers);
                    self.set(Attribute::CoarseCompression, ratio);
                    self.set(Attribute::CoarseWeights, weights);
                } else {
                    self.set(Attribute::LocalLayers, layers);
                    self.set(Attribute::LocalWeights, weights);
                }
            }
        }
    }

    /// Layers that may read the whole context.
    fn full(&mut self, layers: f64, gated: bool, selection: Option<Selection>) {
        self.add(Attribute::FullAttentionLayers, layers);
        if gated {
            self.set(Attribute::GatedAttention, 1.0);
        }
        if let Some(index) = selection {
            self.add(Attribute::SelectingLayers, layers);
            if index.heads > 0.0 {
                self.add(Attribute::IndexLayers, layers);
                self.index(index);
            }
        }
    }

    fn index(&mut self, index: Selection) {
        self.set(Attribute::SelectedEntries, index.entries);
        self.set(Attribute::IndexHeads, index.heads);
        self.set(Attribute::IndexHeadWidth, index.head);
    }

    /// Leaves out how many layers select, and how many with an index of their own, where all do.
    fn count_selecting(&mut self) {
        let full = self.get(Attribute::FullAttentionLayers);
        let selecting = self.get(Attribute::SelectingLayers);
        let own = self.get(Attribute::IndexLayers);
        self.figures.retain(|&(attribute, _)| match attribute {
            Attribute::SelectingLayers => selecting != full,
            Attribute::IndexLayers => own != selecting,
            _ => true,
        });
    }

    /// Layers with a window, by how they differ from the others.
    fn window(&mut self, layers: f64, kind: Attention) {
        let Attention::Grouped { heads, key_value_heads, head, value_head, gated, window: Some(window), .. } = kind
        else {
            return;
        };
        self.set(Attribute::WindowLayers, layers);
        self.set(Attribute::Window, window);
        if gated {
            self.set(Attribute::GatedAttention, 1.0);
        }
        if self.get(Attribute::Heads).is_none() {
            self.set(Attribute::Heads, heads);
            self.set(Attribute::KeyValueHeads, key_value_heads);
            self.set(Attribute::HeadWidth, head);
            self.set(Attribute::ValueHeadWidth, value_head);
            self.set(Attribute::FullAttentionLayers, 0.0);
            return;
        }
        let common = |attribute| self.get(attribute);
        let (common_head, common_value) = (common(Attribute::HeadWidth), common(Attribute::ValueHeadWidth));
        self.set_unless(Attribute::WindowHeads, self.get(Attribute::Heads), heads);
        self.set_unless(Attribute::WindowKeyValueHeads, self.get(Attribute::KeyValueHeads), key_value_heads);
        self.set_unless(Attribute::WindowHeadWidth, common_head, head);
        let absent = if common_head == Some(head) { common_value } else { Some(head) };
        self.set_unless(Attribute::WindowValueHeadWidth, absent, value_head);
    }

    fn feed_forward(&mut self, layers: f64, kind: FeedForward) {
        match kind {
            FeedForward::Dense { intermediate, matrices } => {
                self.set(Attribute::DenseLayers, layers);
                self.set(Attribute::DenseWidth, intermediate);
                self.set(Attribute::DenseMatrices, matrices);
            }
            FeedForward::Experts { experts, chosen, intermediate, shared_intermediate, matrices, width } => {
                self.set(Attribute::ExpertLayers, layers);
                self.set(Attribute::Experts, experts);
                self.set(Attribute::ChosenExperts, chosen);
                self.set(Attribute::ExpertWidth, intermediate);
                self.set(Attribute::SharedWidth, shared_intermediate);
                self.set(Attribute::ExpertMatrices, matrices);
                if let Some(width) = width {
                    self.set(Attribute::ExpertStreamWidth, width);
                }
            }
        }
    }
}
