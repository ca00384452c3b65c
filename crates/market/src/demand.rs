//! How much is wanted at which price.

use crate::curve::Curve;
use crate::invalid::{Invalid, amounts, positive};

/// A quantity that would be bought at a price and at any lower one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Quantity, in reference chips.
    pub quantity: f64,
    /// The most that is paid for it, in $/hr of a reference chip.
    pub price: f64,
}

/// The demand of a segment for work, counted in reference chips, at each price of an hour of one.
#[derive(Clone, Debug, PartialEq)]
pub enum Demand {
    /// `quantity · (p / price)^-elasticity` at every price up to the choke, and nothing above it. The choke
    /// makes the value of what is served finite where the elasticity is 1 or less.
    Isoelastic {
        /// Reference chips wanted at the reference price.
        quantity: f64,
        /// The reference price, in $/hr of a reference chip.
        price: f64,
        /// By how many per cent the quantity falls where the price rises by one; any positive number.
        elasticity: f64,
        /// The price above which nobody buys, in $/hr of a reference chip.
        choke: f64,
    },
    /// Several quantities, each with the most that is paid for it; in any order.
    Stepped(Vec<Step>),
}

impl Demand {
    /// Reference chips wanted at the reference price: of the steps, all.
    #[must_use]
    pub fn reference_quantity(&self) -> f64 {
        match self {
            Demand::Isoelastic { quantity, price, choke, .. } => {
                if price <= choke {
                    *quantity
                } else {
                    0.0
                }
            }
            Demand::Stepped(steps) => steps.iter().map(|step| step.quantity).sum(),
        }
    }

    /// Reference chips wanted at a price; where some would as soon buy as not, they do.
    ///
    /// ```
    /// use tokenomics_market::Demand;
    ///
    /// let demand = Demand::Isoelastic { quantity: 100.0, price: 2.0, elasticity: 1.0, choke: 10.0 };
    /// assert_eq!(demand.quantity_at(4.0), 50.0);
    /// assert_eq!(demand.quantity_at(11.0), 0.0);
    /// ```
    #[must_use]
    pub fn quantity_at(&self, price: f64) -> f64 {
        Curve::of(self).quantity_at(price)
    }

    /// The price at which as much is wanted, in $/hr of a reference chip: what the buyer of one less pays.
    #[must_use]
    pub fn price_at(&self, quantity: f64) -> f64 {
        let curve = Curve::of(self);
        curve.prices_at(quantity, 0.0).1.min(curve.top())
    }

    /// What a quantity is worth to those who value it most, in $/hr: the area under the demand.
    #[must_use]
    pub fn value(&self, quantity: f64) -> f64 {
        Curve::of(self).value(quantity)
    }

    /// The highest price that anyone pays, in $/hr of a reference chip.
    #[must_use]
    pub fn choke(&self) -> f64 {
        Curve::of(self).top()
    }

    pub(crate) fn check(&self, segment: usize) -> Result<(), Invalid> {
        match self {
            Demand::Isoelastic { quantity, price, elasticity, choke } => {
                amounts("demand", &[segment], &[*quantity])?;
                positive("demand price", &[segment], *price)?;
                positive("demand elasticity", &[segment], *elasticity)?;
                positive("demand choke", &[segment], *choke)
            }
            Demand::Stepped(steps) => steps.iter().enumerate().try_for_each(|(index, step)| {
                crate::invalid::amount("demand quantity", &[segment, index], step.quantity)?;
                crate::invalid::amount("demand price", &[segment, index], step.price)
            }),
        }
    }
}
