//! Markets, rationing and production as sheets declare them, quarter by quarter.
//!
//! Each native answers one question of a problem that several share; a problem is solved once for all of them, and
//! kept for a while.

mod clears;
mod kept;
mod plans;
mod shape;

pub use clears::{Clears, Part, Rations};
pub use plans::{Made, Plans};

use tokenomics_language::native::Native;

/// All natives of this crate.
pub static NATIVES: &[&dyn Native] = &[
    &Clears(Part::Allocation),
    &Clears(Part::Served),
    &Clears(Part::Price),
    &Clears(Part::Rent),
    &Clears(Part::ResourceRent),
    &Clears(Part::ResourceRentLow),
    &Clears(Part::ResourceRentHigh),
    &Clears(Part::Shortfall),
    &Rations::Served,
    &Rations::TurnedAway,
    &Rations::Loss,
    &Rations::Queue,
    &Plans(Made::Units),
    &Plans(Made::ResourceWorth),
    &Plans(Made::Slack),
    &Plans(Made::Relief),
];
