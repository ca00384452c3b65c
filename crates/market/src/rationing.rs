//! A market whose prices do not clear it.

use crate::demand::{Demand, Step};
use crate::invalid::{Invalid, length, positive};
use crate::market::Market;

/// Who is served where prices are fixed, and what that loses.
#[derive(Clone, Debug, PartialEq)]
pub struct Rationing {
    /// Reference chips of work that each segment gets.
    pub served: Vec<f64>,
    /// Reference chips that each segment wants at its price and does not get.
    pub turned_away: Vec<f64>,
    /// What is lost in each segment, in $/hr, where those who are served are drawn by lot and not by what they would
    /// pay: `V(y) - y/Q · V(Q)`, with `y` served of `Q` wanted, and `V` the area under the demand.
    pub loss: Vec<f64>,
    /// What those who are turned away by lot would pay above the price, in $/hr: what a place in the queue is worth to
    /// all of them together.
    pub queue: Vec<f64>,
}

impl Market {
    /// What happens at fixed prices, in $/hr of a reference chip: sellers serve whom it pays most to serve, up to what
    /// is wanted at the prices; contracts stand outside and are ignored.
    ///
    /// # Errors
    /// As [`Market::clear`]; a price that is not above zero.
    pub fn ration(&self, price: &[f64]) -> Result<Rationing, Invalid> {
        self.check()?;
        length("price", &[], price.len(), self.demand.len(), "segment")?;
        price.iter().enumerate().try_for_each(|(segment, price)| positive("price", &[segment], *price))?;
        let wanted: Vec<f64> =
            self.demand.iter().zip(price).map(|(demand, price)| demand.quantity_at(*price)).collect();
        let step = |(quantity, price): (&f64, &f64)| Demand::Stepped(vec![Step { quantity: *quantity, price: *price }]);
        let demand = wanted.iter().zip(price).map(step).collect();
        let served = Market { demand, contracted: Vec::new(), ..self.clone() }.clear()?.served;
        let mut rationing = Rationing { served, turned_away: Vec::new(), loss: Vec::new(), queue: Vec::new() };
        for (segment, demand) in self.demand.iter().enumerate() {
            let (got, whole) = (rationing.served[segment].min(wanted[segment]), wanted[segment]);
            let part = if whole > 0.0 { got / whole } else { 1.0 };
            rationing.turned_away.push(whole - got);
            rationing.loss.push((demand.value(got) - part * demand.value(whole)).max(0.0));
            rationing.queue.push(((1.0 - part) * (demand.value(whole) - price[segment] * whole)).max(0.0));
        }
        Ok(rationing)
    }
}
