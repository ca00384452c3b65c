//! The library of units, and units where they are used.

use super::types::Shown;
use super::{Checker, suggestion};
use crate::calendar::{QUARTER, YEAR};
use crate::diagnostic::Diagnostic;
use crate::syntax::{Item, ItemKind, UnitItem, Units as UnitsText};
use crate::unit::{NamedUnit, Powers, Unit};
use std::collections::HashMap;

impl Checker<'_> {
    /// Enters every unit: bases first, then those whose parts are known, until none is left.
    pub(crate) fn declare_units(&mut self, items: &[Item]) {
        let mut seen: HashMap<&str, &UnitItem> = HashMap::new();
        let mut waiting: Vec<&UnitItem> = Vec::new();
        for item in items {
            let ItemKind::Unit(unit) = &item.kind else { continue };
            if let Some(other) = seen.get(unit.name.text.as_str()) {
                let fault = Diagnostic::new(unit.name.span, format!("the unit `{}` is declared twice", unit.name.text))
                    .other(other.name.span, "first here")
                    .help("remove one of them");
                self.faults.push(fault);
                continue;
            }
            seen.insert(&unit.name.text, unit);
            if unit.definition.is_none() {
                self.units.add_base(&unit.name.text, unit.prefixed);
            } else {
                waiting.push(unit);
            }
        }
        loop {
            let before = waiting.len();
            waiting.retain(|unit| !self.declare_unit(unit));
            if waiting.is_empty() || waiting.len() == before {
                break;
            }
        }
        for unit in &waiting {
            let Some((_, text)) = &unit.definition else { continue };
            let unknown = text.atoms.iter().find(|(atom, _)| self.units.find(&atom.text).is_none());
            let Some((atom, _)) = unknown else { continue };
            if waiting.iter().any(|other| other.name.text == atom.text) {
                self.fault_with(
                    atom.span,
                    format!("the unit `{}` is defined by way of itself", unit.name.text),
                    "one of the units must be a base: `unit NAME` with no `=`",
                );
            } else {
                self.unknown_unit(&atom.text, atom.span);
            }
        }
        for (name, seconds, meant) in [("yr", YEAR, "365 day"), ("qtr", QUARTER, "0.25 yr")] {
            let (Some(unit), Some((powers, scale))) = (seen.get(name), self.units.find(name)) else { continue };
            let second = self.units.find("s");
            if scale.to_bits() != seconds.to_bits()
                || second.is_none_or(|(time, one)| time != powers || one.to_bits() != 1.0f64.to_bits())
            {
                self.fault_with(
                    unit.name.span,
                    format!("`{name}` is not the one that annuities and quarters go by"),
                    format!("declare `unit s` as a base, and `unit {name} = {meant}`"),
                );
            }
        }
    }

    fn declare_unit(&mut self, item: &UnitItem) -> bool {
        let Some((factor, text)) = &item.definition else { return true };
        let Some((powers, scale)) = self.measure(text) else { return false };
        self.units.add(&item.name.text, NamedUnit { powers, scale: factor * scale, prefixed: item.prefixed });
        true
    }

    fn measure(&self, text: &UnitsText) -> Option<(Powers, f64)> {
        self.units.product(text.atoms.iter().map(|(atom, power)| (atom.text.as_str(), *power)))
    }

    /// The unit that was written, or a fault.
    pub(crate) fn unit(&mut self, text: &UnitsText) -> Option<Unit> {
        if let Some((powers, scale)) = self.measure(text) {
            return Some(Unit { powers, scale, text: text.text.clone() });
        }
        for (atom, _) in &text.atoms {
            if self.units.find(&atom.text).is_none() {
                self.unknown_unit(&atom.text, atom.span);
            }
        }
        None
    }

    /// The help where one unit stands for another: the factor between them, in the words of the author
    /// where they cancel as far as the bases do.
    pub(crate) fn missing_factor(&self, from: &Shown, from_powers: &Powers, to: &Shown, to_powers: &Powers) -> String {
        let powers = to_powers.over(from_powers);
        let written = to.times(from, -1);
        let plain = written.len() <= powers.iter().count();
        let factor = if plain { written.to_string() } else { self.units.describe(&powers) };
        format!("to get from {from} to {to} it would need a factor in {factor}")
    }

    fn unknown_unit(&mut self, name: &str, span: crate::source::Span) {
        if self.faulty_units.contains(name) {
            return;
        }
        let place = self.sources.file(span.file).text.as_bytes();
        let mark = (span.start as usize).checked_sub(1).map(|at| place[at]);
        let help = if self.symbols.contains_key(name) {
            match mark {
                Some(mark @ (b'/' | b'*')) => {
                    format!("to bring in the value `{name}`, put spaces around `{}`", char::from(mark))
                }
                _ => format!("to bring in the value `{name}`, put an operator before it, as in `* {name}`"),
            }
        } else {
            let mut known: Vec<&str> = self.units.names().collect();
            known.sort_unstable();
            suggestion(name, known, "declare it: `unit NAME` for a base, `unit NAME = 1000 OTHER` for a multiple")
        };
        self.fault_with(span, format!("there is no unit `{name}`"), help);
    }
}
