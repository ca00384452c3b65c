//! Constants from measured rows.

pub mod fit;
pub mod prior;
