//! Throughput of language models on accelerators.

mod architecture;
pub mod calibration;
pub mod catalogue;
mod chip;
mod compile;
mod constant;
mod energy;
mod attributes;
mod configuration;
mod format;
pub mod frontier;
mod pool;
mod precision;
pub mod row;
mod serving;
pub mod setting;
mod step;

pub use architecture::{Architecture, Attention, FeedForward, Selection};
pub use catalogue::{Catalogue, Engine, KnownChip, KnownModel};
pub use chip::Chip;
pub use compile::{Replica, Unservable};
pub use constant::{Constant, Constants, Effects, Identity, Level, Link};
pub use attributes::Attribute;
pub use configuration::{Configuration, ConfigurationError};
pub use format::Format;
pub use pool::Pool;
pub use precision::Precision;
pub use serving::{Deployment, Operation};
pub use step::{Speculation, Workload};
