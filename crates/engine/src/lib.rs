//! The engine of `tokenomics`: evaluates, verifies, explains and simulates a checked model.
//!
//! - [`Evaluation`]: every cell with every input at its median.
//! - [`verify`]: invariants and published figures.
//! - [`explain`]: what a cell is made of, down to the inputs.
//! - [`Simulation`]: what the spreads of the inputs make of the wanted cells.
//! - [`tornado`]: what each input does to one cell.
//!
//! Nothing here touches a file, a clock, a thread or the environment.
//!
//! ```
//! use tokenomics_engine::{Evaluation, Simulation, Wants, tornado, verify};
//! use tokenomics_language::{Options, Sources, load};
//!
//! let sheet = "\
//! unit $
//! unit hr
//! input price : $ = 25000 $ ~ 20000 $ to 35000 $ assume \"a list price, and what is paid\"
//! input hours : hr = 30000 hr ~ 25000 hr to 35000 hr assume \"five years at 70 %\"
//! hour_cost : $/hr = price / hours
//! check it_costs_something hour_cost between 0.1 $/hr and 10 $/hr
//! ";
//! let model = load(Sources::from_pairs([("hour.tok", sheet)]), &Options::default()).unwrap();
//! let hour_cost = model.variable("hour_cost").unwrap();
//! let wants: Wants = [hour_cost].into_iter().collect();
//!
//! let evaluation = Evaluation::of(&model, &[], &wants);
//! assert!((evaluation.variable(hour_cost).unwrap().values[0] - 25.0 / 30.0).abs() < 1e-12);
//! assert_eq!(verify(&model, &[]).checks.len(), 1);
//!
//! let simulation = Simulation::new(&model, &[], &wants, 1);
//! let blocks = (0..Simulation::blocks(1000)).map(|block| simulation.run(block, 1000 - block * 256)).collect();
//! let hour_cost_drawn = simulation.summarise(blocks).cells[0][0].unwrap();
//! assert!(hour_cost_drawn.p5 < 0.8 && hour_cost_drawn.p95 > 1.0);
//!
//! assert_eq!(tornado(&model, &[], hour_cost, 0).swings.len(), 2);
//! ```
//!
//! # How draws are computed
//!
//! What no uncertain input reaches is computed once. The rest becomes a tape: a flat list of operations
//! over an arena, each of them over a block of lanes, one lane a copy of the model. Formulas are made
//! special to cells (the branch of a certain `if`, the side of an `otherwise`, the first quarter), so a
//! tape has no branches; only needed cells are on it; cells run quarter by quarter through as many
//! formulas as can be, and a place is used again once nothing reads it, so that a block stays in cache.

mod array;
mod draw;
mod drawn_checks;
mod evaluation;
mod explanation;
mod function;
mod interpret;
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

pub use drawn_checks::{DrawnFailure, verify_draws};
pub use evaluation::{Evaluation, NotFinite};
pub use explanation::{Explanation, Side, explain, side, taken};
pub use reach::reads;
pub use simulation::{Block, Simulation};
pub use summary::{Quantiles, Summary};
pub use tokenomics_language::native::Cells;
pub use tornado::{Swing, Tornado, tornado};
pub use verification::{
    CheckOutcome, CheckResult, ClaimOutcome, ClaimResult, FailedCell, Verification, verify, verify_checks,
    verify_claims,
};
pub use wants::{Want, Wants};

/// The algorithms that sheets may declare.
pub type Natives<'a> = &'a [&'a dyn tokenomics_language::Native];
