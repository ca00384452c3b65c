//! The engine of `tokenomics`: evaluates, verifies, explains and simulates a checked model.
//!
//! - [`Evaluation`]: every cell with every input at its median.
//! - [`verify`]: invariants and published figures.
//! - [`explain`]: what a cell is made of, down to the inputs.
//! - [`Simulation`]: what the spreads of the inputs make of the wanted cells.
//! - [`tornado`]: what each input does to one cell.
//!
//! Nothing here touches a file, a clock, a thread or the environment.

mod array;
mod draw;
mod evaluation;
mod explanation;
mod function;
mod interpret;
mod mathematics;
mod native;
mod reach;
mod simulation;
mod space;
mod summary;
mod tape;
mod tornado;
mod trace;
mod verification;
mod wants;

pub use evaluation::{Evaluation, NotFinite};
pub use explanation::{Explanation, Side, explain, side};
pub use simulation::{Block, Simulation};
pub use summary::{Quantiles, Summary};
pub use tokenomics_language::native::Cells;
pub use tornado::{Swing, Tornado, tornado};
pub use verification::{CheckOutcome, CheckResult, ClaimOutcome, ClaimResult, FailedCell, Verification, verify};
pub use wants::{Want, Wants};

/// The algorithms that sheets may declare.
pub type Natives<'a> = &'a [&'a dyn tokenomics_language::Native];
