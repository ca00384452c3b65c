//! Types of expressions.

use crate::model::DimensionSet;
use crate::unit::{Powers, atoms};

/// What kind of value an expression has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An amount of something.
    Quantity,
    /// A quarter: a point in time, counted from no natural zero.
    Point,
    /// Whether a comparison holds.
    Truth,
}

impl Kind {
    pub(crate) fn what(self) -> &'static str {
        match self {
            Kind::Quantity => "an amount",
            Kind::Point => "a quarter",
            Kind::Truth => "a comparison",
        }
    }

    /// How to make an amount of it.
    pub(crate) fn to_amount(self) -> &'static str {
        match self {
            Kind::Quantity => "",
            Kind::Point => "subtract another quarter to get a time: `quarter - 2024Q1`",
            Kind::Truth => "write `if … then 1 else 0`",
        }
    }
}

/// The type of an expression: a unit and a set of dimensions, and whether cells may lack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Type {
    pub(crate) kind: Kind,
    pub(crate) powers: Powers,
    pub(crate) dimensions: DimensionSet,
    pub(crate) partial: bool,
}

/// A unit in the words of the author: what is written is multiplied and cancelled as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown(Vec<(String, i16)>);

impl Shown {
    pub(crate) fn pure() -> Shown {
        Shown(Vec::new())
    }

    /// A unit as it was written.
    pub(crate) fn of(text: &str) -> Shown {
        let mut shown = Shown::pure();
        for (name, power) in atoms(text).unwrap_or_default() {
            shown.add(name, power);
        }
        shown
    }

    /// The product with another, or the quotient where `sign` is -1.
    pub(crate) fn times(&self, other: &Shown, sign: i16) -> Shown {
        let mut product = self.clone();
        for (name, power) in &other.0 {
            product.add(name, power.saturating_mul(sign));
        }
        product
    }

    /// How many units it is made of.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    fn add(&mut self, name: &str, power: i16) {
        match self.0.iter().position(|(known, _)| known == name) {
            Some(at) => {
                self.0[at].1 = self.0[at].1.saturating_add(power);
                if self.0[at].1 == 0 {
                    self.0.remove(at);
                }
            }
            None => self.0.push((name.to_owned(), power)),
        }
    }
}

impl std::fmt::Display for Shown {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (over, under): (Vec<_>, Vec<_>) = self.0.iter().partition(|(_, power)| *power > 0);
        let write = |name: &str, power: i16| match power.unsigned_abs() {
            1 => name.to_owned(),
            power => format!("{name}^{power}"),
        };
        let over: Vec<String> = over.iter().map(|(name, power)| write(name, *power)).collect();
        formatter.write_str(&if over.is_empty() { "1".to_owned() } else { over.join("*") })?;
        under.iter().try_for_each(|(name, power)| write!(formatter, "/{}", write(name, *power)))
    }
}
