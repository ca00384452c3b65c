//! Throughput of language models on accelerators.

mod architecture;
mod attributes;
pub mod band;
pub mod calibration;
pub mod catalogue;
mod chip;
mod compile;
mod configuration;
mod constant;
mod energy;
mod format;
pub mod frontier;
pub mod native;
pub mod offer;
mod pool;
mod precision;
pub mod row;
mod serving;
pub mod setting;
pub mod split;
mod step;

pub use architecture::{Architecture, Attention, FeedForward, Selection};
pub use attributes::Attribute;
pub use band::Bands;
pub use catalogue::{Catalogue, Engine, KnownChip, KnownModel};
pub use chip::Chip;
pub use compile::{Replica, Unservable};
pub use configuration::{Configuration, ConfigurationError};
pub use constant::{Constant, Constants, Effects, Identity, Level, Link};
pub use format::Format;
pub use pool::Pool;
pub use precision::Precision;
pub use serving::{Deployment, Operation};
pub use step::{Speculation, Workload};
