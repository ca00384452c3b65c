//! Throughput of language models on accelerators.

mod architecture;
mod attributes;
mod format;

pub use architecture::{Architecture, Attention, FeedForward, Selection};
pub use attributes::Attribute;
pub use format::Format;
