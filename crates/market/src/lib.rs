//! Market: who gets scarce accelerators, at what price, and what limits their production.

mod clearing;
mod curve;
mod demand;
mod interior;
mod invalid;
mod market;
mod newton;
mod polish;
mod problem;

pub use clearing::{Clearing, Surplus};
pub use demand::{Demand, Step};
pub use invalid::Invalid;
pub use market::Market;
