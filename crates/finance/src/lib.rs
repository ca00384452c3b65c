//! Finance: what a stream of cash is worth.
//!
//! - [`internal_rate_of_return`]: the rate at which the cash is worth nothing in sum.
//! - [`payback`]: the time until the cash received equals the cash paid.
//! - [`InternalRateOfReturn`] and [`Payback`]: the same, for sheets to declare as natives.

mod native;
mod payback;
mod rate;

pub use native::{InternalRateOfReturn, NATIVES, Payback};
pub use payback::payback;
pub use rate::internal_rate_of_return;
