//! A demand as falling steps and, after them, one stretch of constant elasticity.

use crate::demand::{Demand, Step};

/// A demand, its steps from the highest price to the lowest, none of them empty.
#[derive(Clone, Debug)]
pub(crate) struct Curve {
    pub steps: Vec<Step>,
    pub tail: Option<Tail>,
}

/// Demand of constant elasticity beyond a quantity.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tail {
    pub quantity: f64,
    pub price: f64,
    pub elasticity: f64,
    /// The quantity from which it holds, at least that of the choke price.
    pub start: f64,
}

impl Tail {
    /// The quantity wanted at a price.
    pub fn quantity_at(&self, price: f64) -> f64 {
        (self.quantity * (price / self.price).powf(-self.elasticity)).max(self.start)
    }

    /// The price at which a quantity is wanted.
    pub fn price_at(&self, quantity: f64) -> f64 {
        self.price * (quantity / self.quantity).powf(-self.elasticity.recip())
    }

    /// By how much `ln quantity` and `ln price` are off the demand: zero on it.
    pub fn distance(&self, quantity: f64, price: f64) -> f64 {
        (quantity / self.quantity).ln() + self.elasticity * (price / self.price).ln()
    }

    /// The area under it from its start to a quantity.
    pub fn value(&self, quantity: f64) -> f64 {
        if quantity <= self.start {
            return 0.0;
        }
        let power = 1.0 - self.elasticity.recip();
        let exponent = power * (quantity / self.start).ln();
        let first = self.start * self.price_at(self.start);
        if exponent.abs() < 0.5 && first > 0.0 {
            // (e^(power · x) - 1) / power, and its limit x where the elasticity is 1.
            let growth = if exponent == 0.0 { (quantity / self.start).ln() } else { exponent.exp_m1() / power };
            return first * growth;
        }
        let first = if self.start > 0.0 { first } else { 0.0 };
        (quantity * self.price_at(quantity) - first) / power
    }
}

impl Curve {
    pub fn of(demand: &Demand) -> Curve {
        match demand {
            Demand::Isoelastic { quantity, price, elasticity, choke } => {
                if *quantity <= 0.0 {
                    return Curve { steps: Vec::new(), tail: None };
                }
                let tail = Tail { quantity: *quantity, price: *price, elasticity: *elasticity, start: 0.0 };
                let start = tail.quantity_at(*choke);
                let steps = if start > 0.0 { vec![Step { quantity: start, price: *choke }] } else { Vec::new() };
                Curve { steps, tail: Some(Tail { start, ..tail }) }
            }
            Demand::Stepped(steps) => {
                let mut steps: Vec<Step> = steps.iter().copied().filter(|step| step.quantity > 0.0).collect();
                steps.sort_by(|one, other| other.price.total_cmp(&one.price));
                Curve { steps, tail: None }
            }
        }
    }

    /// The same demand where whoever holds a contract for so much is served first, as if they paid `price`.
    pub fn with_contract(&self, contracted: f64, price: f64) -> Curve {
        if contracted <= 0.0 {
            return self.clone();
        }
        let mut steps = vec![Step { quantity: contracted, price }];
        let mut left = contracted;
        for step in &self.steps {
            let quantity = step.quantity - left;
            left = (left - step.quantity).max(0.0);
            if quantity > 0.0 {
                steps.push(Step { quantity, price: step.price });
            }
        }
        let tail = self.tail.map(|tail| Tail { start: tail.start.max(contracted), ..tail });
        Curve { steps, tail }
    }

    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.tail.is_none()
    }

    /// The highest price anyone pays.
    pub fn top(&self) -> f64 {
        match (self.steps.first(), self.tail) {
            (Some(step), _) => step.price,
            (None, Some(tail)) => tail.price,
            (None, None) => 0.0,
        }
    }

    pub fn quantity_at(&self, price: f64) -> f64 {
        let steps: f64 = self.steps.iter().filter(|step| step.price >= price).map(|step| step.quantity).sum();
        match self.tail {
            Some(_) if price <= 0.0 => f64::INFINITY,
            // The steps before a tail end where it starts.
            Some(tail) if self.steps.last().is_none_or(|step| step.price >= price) => tail.quantity_at(price),
            _ => steps,
        }
    }

    /// The least and the greatest price at which a quantity is wanted: what the buyers of one more and of one
    /// less would pay. A quantity within `tolerance` of the end of a step, as a part of itself, is at the end.
    pub fn prices_at(&self, quantity: f64, tolerance: f64) -> (f64, f64) {
        let mut end = 0.0;
        let mut before = self.top();
        if quantity <= 0.0 {
            return (before, f64::INFINITY);
        }
        for step in &self.steps {
            let slack = tolerance * (end + step.quantity).min(quantity);
            if quantity < end - slack {
                return (before, before);
            }
            if (quantity - end).abs() <= slack {
                return (step.price, if end == 0.0 { f64::INFINITY } else { before });
            }
            end += step.quantity;
            before = step.price;
        }
        let slack = tolerance * quantity;
        let after = self.tail.map_or(0.0, |tail| tail.price_at(quantity.max(tail.start)));
        if quantity < end - slack {
            (before, before)
        } else if quantity <= end + slack {
            (after.min(before), before)
        } else {
            (after, after)
        }
    }

    pub fn value(&self, quantity: f64) -> f64 {
        let mut left = quantity;
        let mut value = 0.0;
        for step in &self.steps {
            let part = step.quantity.min(left.max(0.0));
            value += part * step.price;
            left -= step.quantity;
        }
        value + self.tail.map_or(0.0, |tail| tail.value(quantity))
    }
}
