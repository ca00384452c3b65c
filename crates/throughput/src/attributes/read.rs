//! From attributes to an architecture.

use super::Attribute;
use crate::{Architecture, Attention, FeedForward, Selection};

impl Architecture {
    /// The architecture that these figures describe.
    ///
    /// # Errors
    /// Says which attribute lacks, what it is, and which one asks for it.
    pub fn from_attributes(figure: impl Fn(Attribute) -> Option<f64>) -> Result<Architecture, String> {
        let figures = Figures { figure };
        Ok(Architecture {
            hidden: figures.need(Attribute::Hidden, "any model has it")?,
            vocabulary: figures.need(Attribute::Vocabulary, "any model has it")?,
            tied_embeddings: figures.holds(Attribute::TiedEmbeddings),
            attention: figures.attention()?,
            feed_forward: figures.feed_forward()?,
            draft_layers: figures.count(Attribute::DraftLayers),
            longest_context: figures.count(Attribute::LongestContext),
        })
    }
}

/// Figures by attribute.
struct Figures<F> {
    figure: F,
}

impl<F: Fn(Attribute) -> Option<f64>> Figures<F> {
    fn get(&self, attribute: Attribute) -> Option<f64> {
        (self.figure)(attribute)
    }

    /// The figure, or zero.
    fn count(&self, attribute: Attribute) -> f64 {
        self.get(attribute).unwrap_or(0.0)
    }

    /// Whether the figure is there and is not zero.
    fn holds(&self, attribute: Attribute) -> bool {
        self.count(attribute) != 0.0
    }

    /// The figure, or an error that says what it is and why it is needed.
    fn need(&self, attribute: Attribute, why: &str) -> Result<f64, String> {
        self.get(attribute)
            .ok_or_else(|| format!("`{attribute}` lacks, and {why}; `{attribute}` is: {}", attribute.meaning()))
    }

    /// The figure that another asks for.
    fn need_for(&self, attribute: Attribute, cause: Attribute) -> Result<f64, String> {
        self.need(attribute, &format!("`{cause}` is given"))
    }

    /// The layers of a kind: as stated, or those of all layers that the other kinds leave.
    fn layers_left(&self, kind: Attribute, others: &[Attribute]) -> Result<f64, String> {
        if let Some(layers) = self.get(kind) {
            return Ok(layers);
        }
        let taken: f64 = others.iter().map(|&other| self.count(other)).sum();
        if taken > 0.0 && self.get(Attribute::Layers).is_none() {
            return Ok(0.0);
        }
        let names: Vec<String> = others.iter().map(|other| format!("`{other}`")).collect();
        let names = names.join(", ");
        let why = format!("`{kind}` is not given either, nor {names}");
        let layers = self.need(Attribute::Layers, &why)?;
        if layers < taken {
            return Err(format!("`layers` is {layers}, but {names} come to {taken}"));
        }
        Ok(layers - taken)
    }

    fn attention(&self) -> Result<Vec<(f64, Attention)>, String> {
        let others = [
            Attribute::WindowLayers,
            Attribute::LinearLayers,
            Attribute::CompressedLayers,
            Attribute::CoarseLayers,
            Attribute::LocalLayers,
        ];
        let full = self.layers_left(Attribute::FullAttentionLayers, &others)?;
        let mut kinds = Vec::new();
        if full > 0.0 {
            self.full_attention(full, &mut kinds)?;
        }
        if self.holds(Attribute::WindowLayers) {
            kinds.push((self.count(Attribute::WindowLayers), self.window_attention()?));
        }
        if self.holds(Attribute::LinearLayers) {
            let state = self.need_for(Attribute::LinearState, Attribute::LinearLayers)?;
            let weights = self.need_for(Attribute::LinearWeights, Attribute::LinearLayers)?;
            kinds.push((self.count(Attribute::LinearLayers), Attention::Linear { state, weights }));
        }
        for (layers, ratio, weights) in [
            (Attribute::CompressedLayers, Some(Attribute::Compression), Attribute::CompressedWeights),
            (Attribute::CoarseLayers, Some(Attribute::CoarseCompression), Attribute::CoarseWeights),
            (Attribute::LocalLayers, None, Attribute::LocalWeights),
        ] {
            if self.holds(layers) {
                kinds.push((self.count(layers), self.compressed_attention(layers, ratio, weights)?));
            }
        }
        if kinds.is_empty() {
            let names: Vec<String> = others.iter().map(|other| format!("`{other}`")).collect();
            return Err(format!("no layer has attention; give `full_attention_layers`, {}", names.join(" or ")));
        }
        Ok(kinds)
    }

    /// Layers that may read the whole context: those that read it all, those with an index, and those that
    /// read what another's index has selected.
    fn full_attention(&self, layers: f64, kinds: &mut Vec<(f64, Attention)>) -> Result<(), String> {
        let Some(index) = self.index()? else {
            kinds.push((layers, self.full_attention_kind(None)?));
            return Ok(());
        };
        let selecting = self.get(Attribute::SelectingLayers).unwrap_or(layers);
        let own = self.get(Attribute::IndexLayers).unwrap_or(selecting);
        if selecting > layers || own > selecting {
            return Err(format!(
                "{layers} layers have full attention, {selecting} of them select (`selecting_layers`) and {own} have \
                 an index (`index_layers`); each can be no more than the one before"
            ));
        }
        let shared = Selection { heads: 0.0, head: 0.0, ..index };
        for (layers, selection) in [(layers - selecting, None), (own, Some(index)), (selecting - own, Some(shared))] {
            if layers > 0.0 {
                kinds.push((layers, self.full_attention_kind(selection)?));
            }
        }
        Ok(())
    }

    fn full_attention_kind(&self, selection: Option<Selection>) -> Result<Attention, String> {
        let gated = self.holds(Attribute::GatedAttention);
        let why = "there are layers with full attention, for they are not among `window_layers`, `linear_layers` or \
                   those with compressed entries";
        let heads = self.need(Attribute::Heads, why)?;
        if let Some(key_value_rank) = self.get(Attribute::KeyValueRank) {
            let plain_head = self.need_for(Attribute::PlainHeadWidth, Attribute::KeyValueRank)?;
            return Ok(Attention::Latent {
                heads,
                query_rank: self.count(Attribute::QueryRank),
                key_value_rank,
                plain_head,
                rotary_head: self.need_for(Attribute::RotaryHeadWidth, Attribute::KeyValueRank)?,
                value_head: self.get(Attribute::ValueHeadWidth).unwrap_or(plain_head),
                gated,
                selection,
            });
        }
        let head = self.need(Attribute::HeadWidth, "`key_value_rank` is not given either")?;
        Ok(Attention::Grouped {
            heads,
            key_value_heads: self.get(Attribute::KeyValueHeads).unwrap_or(heads),
            head,
            value_head: self.get(Attribute::ValueHeadWidth).unwrap_or(head),
            gated,
            window: None,
            selection,
        })
    }

    /// Layers with a window, whose heads are those of the others unless stated.
    fn window_attention(&self) -> Result<Attention, String> {
        let either = |own: Attribute, common: Attribute| self.get(own).or_else(|| self.get(common));
        let cause = Attribute::WindowLayers;
        let heads = match self.get(Attribute::WindowHeads) {
            Some(heads) => heads,
            None => self.need_for(Attribute::Heads, cause)?,
        };
        let head = match self.get(Attribute::WindowHeadWidth) {
            Some(head) => head,
            None => self.need_for(Attribute::HeadWidth, cause)?,
        };
        let common_value = if self.get(Attribute::WindowHeadWidth).is_some() {
            self.get(Attribute::WindowValueHeadWidth)
        } else {
            either(Attribute::WindowValueHeadWidth, Attribute::ValueHeadWidth)
        };
        Ok(Attention::Grouped {
            heads,
            key_value_heads: either(Attribute::WindowKeyValueHeads, Attribute::KeyValueHeads).unwrap_or(heads),
            head,
            value_head: common_value.unwrap_or(head),
            gated: self.holds(Attribute::GatedAttention),
            window: Some(self.need_for(Attribute::Window, cause)?),
            selection: None,
        })
    }

    fn compressed_attention(
        &self,
        layers: Attribute,
        ratio: Option<Attribute>,
        weights: Attribute,
    ) -> Result<Attention, String> {
        let selection = if layers == Attribute::CompressedLayers {
            self.need_for(Attribute::SelectedEntries, layers)?;
            self.index()?
        } else {
            None
        };
        Ok(Attention::Compressed {
            heads: self.need_for(Attribute::Heads, layers)?,
            head: self.need_for(Attribute::HeadWidth, layers)?,
            query_rank: self.count(Attribute::QueryRank),
            ratio: ratio.map_or(Ok(0.0), |ratio| self.need_for(ratio, layers))?,
            selection,
            window: self.need_for(Attribute::Window, layers)?,
            weights: self.need_for(weights, layers)?,
        })
    }

    /// The index, if there is one.
    fn index(&self) -> Result<Option<Selection>, String> {
        let entries = self.count(Attribute::SelectedEntries);
        if entries == 0.0 {
            return Ok(None);
        }
        Ok(Some(Selection {
            entries,
            heads: self.need_for(Attribute::IndexHeads, Attribute::SelectedEntries)?,
            head: self.need_for(Attribute::IndexHeadWidth, Attribute::SelectedEntries)?,
        }))
    }

    fn feed_forward(&self) -> Result<Vec<(f64, FeedForward)>, String> {
        let dense = self.layers_left(Attribute::DenseLayers, &[Attribute::ExpertLayers])?;
        let mut kinds = Vec::new();
        if dense > 0.0 {
            kinds.push((
                dense,
                FeedForward::Dense {
                    intermediate: self
                        .need(Attribute::DenseWidth, &format!("{dense} layers are not among `expert_layers`"))?,
                    matrices: self.get(Attribute::DenseMatrices).unwrap_or(3.0),
                },
            ));
        }
        if self.holds(Attribute::ExpertLayers) {
            let cause = Attribute::ExpertLayers;
            kinds.push((
                self.count(cause),
                FeedForward::Experts {
                    experts: self.need_for(Attribute::Experts, cause)?,
                    chosen: self.need_for(Attribute::ChosenExperts, cause)?,
                    intermediate: self.need_for(Attribute::ExpertWidth, cause)?,
                    shared_intermediate: self.count(Attribute::SharedWidth),
                    matrices: self.get(Attribute::ExpertMatrices).unwrap_or(3.0),
                    width: self.get(Attribute::ExpertStreamWidth).filter(|&width| width > 0.0),
                },
            ));
        }
        if kinds.is_empty() {
            return Err("no layer has a feed-forward network; give `dense_layers` or `expert_layers`".to_owned());
        }
        Ok(kinds)
    }
}
