//! Throughput of language models on accelerators.

mod architecture;
mod format;

pub use architecture::{Architecture, Attention, FeedForward, Selection};
pub use format::Format;
