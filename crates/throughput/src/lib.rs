//! Throughput of language models on accelerators.

mod architecture;
mod attributes;
mod configuration;
mod format;

pub use architecture::{Architecture, Attention, FeedForward, Selection};
pub use attributes::Attribute;
pub use configuration::{Configuration, ConfigurationError};
pub use format::Format;
