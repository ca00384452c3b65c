//! Finance: what a stream of cash is worth.
//!
//! - [`internal_rate_of_return`]: the rate at which the cash is worth nothing in sum.
//! - [`InternalRateOfReturn`]: the same, for sheets to declare as a native.

mod native;
mod rate;

pub use native::InternalRateOfReturn;
pub use rate::internal_rate_of_return;
