//! Market: who gets scarce accelerators, at what price, and what limits their production.
//!
//! [`Market`] clears one period: fleets of several lines, segments that want their work, contracts, and resources that
//! the lines share. It is the partial equilibrium of Samuelson (1952) and of Takayama and Judge: the allocation of the
//! greatest surplus, and the prices that bring it about. [`Market::ration`] holds prices fixed instead,
//! [`Market::rent_range`] tells how far prices are open, and [`Production`] plans what is made of scarce inputs.
//!
//! ```
//! use tokenomics_market::{Demand, Market};
//!
//! let wanted = |quantity, elasticity| Demand::Isoelastic { quantity, price: 2.0, elasticity, choke: 40.0 };
//! let market = Market {
//!     fleet: vec![100.0, 50.0],
//!     // The second line does four times the work of the first in one segment, and twice in the other.
//!     rate: vec![vec![1.0, 1.0], vec![4.0, 2.0]],
//!     cash_cost: vec![0.3, 0.6],
//!     demand: vec![wanted(150.0, 1.2), wanted(100.0, 0.8)],
//!     ..Market::default()
//! };
//! let cleared = market.clear().unwrap();
//! let parts = cleared.surplus.consumers + cleared.surplus.fleets + cleared.surplus.resources;
//! assert!((parts / cleared.surplus.total - 1.0).abs() < 1e-9);
//! assert!(cleared.violation < 1e-9);
//! ```

mod clearing;
mod curve;
mod demand;
mod interior;
mod invalid;
mod market;
pub mod native;
mod newton;
mod polish;
mod problem;
mod production;
mod range;
mod rationing;

pub use clearing::{Clearing, Surplus};
pub use demand::{Demand, Step};
pub use invalid::Invalid;
pub use market::Market;
pub use production::{Plan, Production};
pub use rationing::Rationing;
