//! Units: products of powers of base units, with a scale.

use std::collections::HashMap;
use std::fmt::Write as _;

/// The powers of the base units in a unit, sorted by base, none of them zero.
///
/// | operation | yields |
/// | --- | --- |
/// | `a.times(&b)` | the unit of a product |
/// | `a.over(&b)` | the unit of a quotient |
/// | `a.power(n)` | the unit of a whole power |
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Powers(Vec<(u16, i16)>);

impl Powers {
    /// The unit of a pure number.
    #[must_use]
    pub fn pure() -> Powers {
        Powers(Vec::new())
    }

    /// One base unit.
    #[must_use]
    pub fn base(index: u16) -> Powers {
        Powers(vec![(index, 1)])
    }

    /// Whether this is the unit of a pure number.
    #[must_use]
    pub fn is_pure(&self) -> bool {
        self.0.is_empty()
    }

    /// The bases with their powers.
    pub fn iter(&self) -> impl Iterator<Item = (u16, i16)> {
        self.0.iter().copied()
    }

    /// The unit of a product.
    #[must_use]
    pub fn times(&self, other: &Powers) -> Powers {
        self.merge(other, 1)
    }

    /// The unit of a quotient.
    #[must_use]
    pub fn over(&self, other: &Powers) -> Powers {
        self.merge(other, -1)
    }

    /// The unit of a whole power.
    #[must_use]
    pub fn power(&self, exponent: i16) -> Powers {
        if exponent == 0 {
            return Powers::pure();
        }
        Powers(self.0.iter().map(|(base, power)| (*base, power.saturating_mul(exponent))).collect())
    }

    /// The unit whose square this is, when every power is even.
    #[must_use]
    pub fn root(&self) -> Option<Powers> {
        self.0
            .iter()
            .map(|(base, power)| (power % 2 == 0).then_some((*base, power / 2)))
            .collect::<Option<Vec<_>>>()
            .map(Powers)
    }

    fn merge(&self, other: &Powers, sign: i16) -> Powers {
        let mut powers = self.0.clone();
        for (base, power) in &other.0 {
            let power = power.saturating_mul(sign);
            match powers.binary_search_by_key(base, |entry| entry.0) {
                Ok(index) => {
                    powers[index].1 = powers[index].1.saturating_add(power);
                    if powers[index].1 == 0 {
                        powers.remove(index);
                    }
                }
                Err(index) => powers.insert(index, (*base, power)),
            }
        }
        Powers(powers)
    }
}

/// A unit as an author wrote it. A value in this unit times `scale` is the value in base units.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// What it measures.
    pub powers: Powers,
    /// Base units in one of this unit.
    pub scale: f64,
    /// The author's words, such as `$/chip/hr`.
    pub text: String,
}

impl Unit {
    /// The unit of pure numbers.
    #[must_use]
    pub fn pure() -> Unit {
        Unit { powers: Powers::pure(), scale: 1.0, text: "1".to_owned() }
    }
}

/// The atoms of a unit written as `$/chip/hr`, each with its power; none for `1`, the unit of pure numbers.
///
/// `None` where the text is not of that form: an empty atom, or a power that is not from 1 to 9.
#[must_use]
pub fn atoms(text: &str) -> Option<Vec<(&str, i16)>> {
    let mut atoms = Vec::new();
    let mut sign = 1;
    for part in text.split_inclusive(['/', '*']) {
        let atom = part.trim_end_matches(['/', '*']);
        let (name, power) = match atom.split_once('^') {
            Some((name, power)) => (name, power.parse().ok().filter(|power| (1..=9).contains(power))?),
            None => (atom, 1),
        };
        if name.is_empty() {
            return None;
        }
        if name != "1" {
            atoms.push((name, sign * power));
        }
        sign = if part.ends_with('/') { -1 } else { 1 };
    }
    (!text.is_empty() && !text.ends_with(['/', '*'])).then_some(atoms)
}

/// One entry of the library of units.
#[derive(Clone, Debug)]
pub struct NamedUnit {
    /// What it measures.
    pub powers: Powers,
    /// Base units in one of this unit.
    pub scale: f64,
    /// Whether prefixes such as `k` and `M` may stand before it.
    pub prefixed: bool,
}

/// The library of units: every `unit` item of the model.
#[derive(Clone, Debug, Default)]
pub struct Units {
    bases: Vec<String>,
    named: HashMap<String, NamedUnit>,
}

/// The prefixes a unit marked `si` admits.
const PREFIXES: [(&str, f64); 8] =
    [("m", 1e-3), ("u", 1e-6), ("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("P", 1e15), ("E", 1e18)];

/// What a name of a unit may stand for: itself, and what is left of it without each prefix.
pub(crate) fn readings(name: &str) -> impl Iterator<Item = &str> {
    std::iter::once(name).chain(PREFIXES.iter().filter_map(move |(prefix, _)| name.strip_prefix(prefix)))
}

impl Units {
    /// Adds a base unit and returns its powers.
    pub fn add_base(&mut self, name: &str, prefixed: bool) -> Powers {
        let index = self.bases.len() as u16;
        self.bases.push(name.to_owned());
        let powers = Powers::base(index);
        self.add(name, NamedUnit { powers: powers.clone(), scale: 1.0, prefixed });
        powers
    }

    /// Adds a unit.
    pub fn add(&mut self, name: &str, unit: NamedUnit) {
        self.named.insert(name.to_owned(), unit);
    }

    /// The unit of a name, prefix included: an exact name wins over a prefixed one.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<(Powers, f64)> {
        if let Some(unit) = self.named.get(name) {
            return Some((unit.powers.clone(), unit.scale));
        }
        PREFIXES.iter().find_map(|(prefix, factor)| {
            let unit = self.named.get(name.strip_prefix(prefix)?)?;
            unit.prefixed.then(|| (unit.powers.clone(), unit.scale * factor))
        })
    }

    /// The unit written as `$/chip/hr`.
    #[must_use]
    pub fn parse(&self, text: &str) -> Option<Unit> {
        let (powers, scale) = self.product(atoms(text)?).filter(|(_, scale)| scale.is_normal())?;
        Some(Unit { powers, scale, text: text.to_owned() })
    }

    /// What a product of powers of named units measures, and its scale.
    pub(crate) fn product<'a>(&self, atoms: impl IntoIterator<Item = (&'a str, i16)>) -> Option<(Powers, f64)> {
        let mut powers = Powers::pure();
        let mut scale = 1.0;
        for (name, power) in atoms {
            let (found, factor) = self.find(name)?;
            powers = powers.times(&found.power(power));
            scale *= factor.powi(i32::from(power));
        }
        Some((powers, scale))
    }

    /// Whether the exact name is defined.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.named.contains_key(name)
    }

    /// Every defined name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.named.keys().map(String::as_str)
    }

    /// A unit in base units, such as `$/chip/s`, for a value no author gave a unit.
    #[must_use]
    pub fn describe(&self, powers: &Powers) -> String {
        let mut over = String::new();
        let mut under = String::new();
        for (base, power) in powers.iter() {
            let (text, mark) = if power > 0 { (&mut over, "*") } else { (&mut under, "/") };
            if power < 0 || !text.is_empty() {
                text.push_str(mark);
            }
            text.push_str(&self.bases[base as usize]);
            if power.unsigned_abs() > 1 {
                let _ = write!(text, "^{}", power.unsigned_abs());
            }
        }
        if over.is_empty() {
            over.push('1');
        }
        over + &under
    }
}
