//! Prices that an optimum leaves open: between what a little more would gain and what a little less would lose.

use crate::invalid::Invalid;
use crate::market::Market;

/// How much more and less, as a part of what there is. Prices on a stretch of constant elasticity move by as much.
const LITTLE: f64 = 1e-6;

impl Market {
    /// The least and the greatest rent of a line, in $/chip/hr, at which the allocation is an optimum: what a chip more
    /// would gain, and what a chip less would lose. They differ where an optimum has several prices. Exact to a part
    /// of 1e-5; of a line without chips both are what the first would gain.
    ///
    /// # Errors
    /// As [`Market::clear`].
    pub fn rent_range(&self, line: usize) -> Result<(f64, f64), Invalid> {
        let rent = |change: f64| -> Result<f64, Invalid> {
            let mut market = self.clone();
            market.fleet.iter_mut().skip(line).take(1).for_each(|fleet| *fleet *= 1.0 + change);
            Ok(market.clear()?.rent.get(line).copied().unwrap_or(0.0))
        };
        Ok(ordered(rent(LITTLE)?, rent(-LITTLE)?))
    }

    /// The same of the price of a shared resource, in $/hr for all there is of it.
    ///
    /// # Errors
    /// As [`Market::clear`].
    pub fn resource_price_range(&self, resource: usize) -> Result<(f64, f64), Invalid> {
        let price = |change: f64| -> Result<f64, Invalid> {
            let mut market = self.clone();
            for shares in market.resource_use.iter_mut().skip(resource).take(1) {
                for share in shares {
                    *share /= 1.0 + change;
                }
            }
            Ok(market.clear()?.resource_price.get(resource).copied().unwrap_or(0.0))
        };
        Ok(ordered(price(LITTLE)?, price(-LITTLE)?))
    }
}

fn ordered(more: f64, less: f64) -> (f64, f64) {
    (more.min(less), more.max(less))
}
