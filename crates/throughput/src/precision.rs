//! Which number format serves for what.

use crate::{Architecture, Format};

/// The formats a model is served in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Precision {
    /// Weights of experts, or of all feed-forward networks where there are none.
    pub experts: Format,
    /// Weights that every token passes through: attention, dense and shared networks.
    pub common: Format,
    /// What is multiplied.
    pub activations: Format,
    /// The cache of keys and values.
    pub cache: Format,
}

impl Precision {
    /// How a model is commonly published in a format, with a cache of a format of its own.
    ///
    /// Models with experts that are published in four bits keep what every token passes through in
    /// sixteen; all else is in the one format.
    #[must_use]
    pub fn published(format: Format, cache: Format, architecture: &Architecture) -> Precision {
        let narrow = matches!(format, Format::Fp4 | Format::Int4);
        let common = if narrow && architecture.expert_layers() > 0.0 { Format::Bf16 } else { format };
        let activations = if format == Format::Int4 { Format::Bf16 } else { format };
        Precision { experts: format, common, activations, cache }
    }
}
