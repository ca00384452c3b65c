//! What is made where several things that making needs are scarce.

use crate::demand::{Demand, Step};
use crate::invalid::{Invalid, amounts, length};
use crate::market::Market;

/// Lines of accelerators that could be made in a period, and what making them takes.
///
/// ```
/// use tokenomics_market::Production;
///
/// // Both lines take a thousandth of the packaging there is; the second also takes memory, and is worth more.
/// let production = Production {
///     value: vec![1.0, 3.0],
///     wanted: vec![800.0, 900.0],
///     resource_use: vec![vec![0.001, 0.001], vec![0.0, 0.002]],
/// };
/// let plan = production.plan().unwrap();
/// assert!((plan.units[1] - 500.0).abs() < 1e-6 && (plan.units[0] - 500.0).abs() < 1e-6);
/// // A unit of packaging more makes a unit of the first line more.
/// assert!((plan.resource_price[0] - 1000.0).abs() < 1e-6);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Production {
    /// What a unit of each line is worth, in $.
    pub value: Vec<f64>,
    /// The most units of each line that anyone wants.
    pub wanted: Vec<f64>,
    /// By resource and line: the part of what there is of a resource that a unit takes.
    pub resource_use: Vec<Vec<f64>>,
}

/// What is best made.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Units of each line.
    pub units: Vec<f64>,
    /// The part of each resource that is left over.
    pub slack: Vec<f64>,
    /// What all there is of each resource is worth, at the worth of a little more of it, in $.
    pub resource_price: Vec<f64>,
    /// What all that is made is worth, in $.
    pub worth: f64,
}

impl Production {
    /// The units that are worth most together, and what the resources are worth by them.
    ///
    /// # Errors
    /// Where lengths differ, or a figure is negative or not finite.
    pub fn plan(&self) -> Result<Plan, Invalid> {
        self.check()?;
        let cleared = self.market().clear()?;
        let units: Vec<f64> = cleared.served;
        let used = |shares: &Vec<f64>| shares.iter().zip(&units).map(|(share, units)| share * units).sum::<f64>();
        Ok(Plan {
            slack: self.resource_use.iter().map(|shares| (1.0 - used(shares)).max(0.0)).collect(),
            resource_price: cleared.resource_price,
            worth: self.value.iter().zip(&units).map(|(value, units)| value * units).sum(),
            units,
        })
    }

    /// What more of a resource, as a part of what there is, would add to the worth of what is made, in $.
    ///
    /// # Errors
    /// As [`Production::plan`].
    pub fn relief(&self, resource: usize, part: f64) -> Result<f64, Invalid> {
        let mut eased = self.clone();
        if let Some(shares) = eased.resource_use.get_mut(resource) {
            for share in shares {
                *share /= 1.0 + part;
            }
        }
        Ok((eased.plan()?.worth - self.plan()?.worth).max(0.0))
    }

    /// The same as a market in which each line serves buyers of its own.
    fn market(&self) -> Market {
        let lines = self.value.len();
        let own = |line: usize| (0..lines).map(|other| if other == line { 1.0 } else { 0.0 }).collect();
        let step = |(quantity, price): (&f64, &f64)| {
            let bought = *quantity > 0.0 && *price > 0.0;
            Demand::Stepped(if bought { vec![Step { quantity: *quantity, price: *price }] } else { Vec::new() })
        };
        Market {
            fleet: self.wanted.clone(),
            rate: (0..lines).map(own).collect(),
            cash_cost: vec![0.0; lines],
            resource_use: self.resource_use.clone(),
            demand: self.wanted.iter().zip(&self.value).map(step).collect(),
            contracted: Vec::new(),
        }
    }

    fn check(&self) -> Result<(), Invalid> {
        amounts("value", &[], &self.value)?;
        length("wanted", &[], self.wanted.len(), self.value.len(), "line")?;
        amounts("wanted", &[], &self.wanted)?;
        for (resource, shares) in self.resource_use.iter().enumerate() {
            length("resource_use", &[resource], shares.len(), self.value.len(), "line")?;
            amounts("resource_use", &[resource], shares)?;
        }
        Ok(())
    }
}
