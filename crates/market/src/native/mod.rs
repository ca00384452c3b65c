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
