//! The library of units, and units where they are used.

use super::types::Shown;
use super::{Checker, suggestion};
use crate::calendar::{QUARTER, YEAR};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::{Item, ItemKind, UnitItem, Units as UnitsText};
use crate::unit::{NamedUnit, Powers, Unit};
use std::collections::{HashMap, HashSet};

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
        self.declare_derived(&waiting);
        self.check_calendar(&seen);
    }

    /// Enters units that are made of others, the parts first; reports loops and unknown parts.
    fn declare_derived(&mut self, waiting: &[&UnitItem]) {
        let mut pending: HashMap<&str, &UnitItem> =
            waiting.iter().map(|unit| (unit.name.text.as_str(), *unit)).collect();
        for unit in waiting {
            let mut stack: Vec<&UnitItem> = vec![unit];
            let mut open: HashSet<&str> = HashSet::from([unit.name.text.as_str()]);
            while let Some(top) = stack.last().copied() {
                let name = top.name.text.as_str();
                if !pending.contains_key(name) || self.declare_unit(top) {
                    pending.remove(name);
                    open.remove(name);
                    stack.pop();
                    continue;
                }
                let Some((_, text)) = &top.definition else { break };
                let Some((atom, _)) = text.atoms.iter().find(|(atom, _)| self.units.find(&atom.text).is_none()) else {
                    break;
                };
                let part = crate::unit::readings(&atom.text).find_map(|reading| pending.get(reading).copied());
                match part {
                    Some(part) if !open.contains(part.name.text.as_str()) => {
                        open.insert(&part.name.text);
                        stack.push(part);
                        continue;
                    }
                    Some(part) => {
                        let names = stack.iter().map(|unit| unit.name.text.as_str());
                        let ring: Vec<&str> = names.skip_while(|name| *name != part.name.text).collect();
                        let ring = format!("{} → {}", ring.join(" → "), part.name.text);
                        self.fault_with(
                            atom.span,
                            format!("the unit `{}` is defined by way of itself: {ring}", part.name.text),
                            "one of the units must be a base: `unit NAME` with no `=`",
                        );
                    }
                    None => self.unknown_unit(&atom.text, atom.span),
                }
                // Nothing that waits for this one can be entered either; it is complained of once.
                for unit in &stack {
                    pending.remove(unit.name.text.as_str());
                    self.faulty_units.insert(unit.name.text.clone());
                }
                break;
            }
        }
    }

    /// The year and the quarter must be those that annuities and quarters go by.
    fn check_calendar(&mut self, seen: &HashMap<&str, &UnitItem>) {
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
        if !(factor * scale).is_normal() {
            self.extreme(&item.name.text, item.name.span);
            self.faulty_units.insert(item.name.text.clone());
            return true;
        }
        self.units.add(&item.name.text, NamedUnit { powers, scale: factor * scale, prefixed: item.prefixed });
        true
    }

    fn measure(&self, text: &UnitsText) -> Option<(Powers, f64)> {
        self.units.product(text.atoms.iter().map(|(atom, power)| (atom.text.as_str(), *power)))
    }

    /// The unit that was written, or a fault.
    pub(crate) fn unit(&mut self, text: &UnitsText) -> Option<Unit> {
        if let Some((powers, scale)) = self.measure(text) {
            if !scale.is_normal() {
                self.extreme(&text.text, text.span);
                return None;
            }
            return Some(Unit { powers, scale, text: text.text.clone() });
        }
        for (atom, _) in &text.atoms {
            if self.units.find(&atom.text).is_none() {
                self.unknown_unit(&atom.text, atom.span);
            }
        }
        None
    }

    fn extreme(&mut self, unit: &str, span: Span) {
        let what = format!("the unit `{unit}` is too large or too small to be computed with");
        self.fault_with(span, what, "its multiple of the base units lies between 1e-307 and 1e308");
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

    fn unknown_unit(&mut self, name: &str, span: Span) {
        let value = self.symbols.contains_key(name);
        if self.faulty_units.contains(name) || !(value || self.unknown.insert(name.to_owned())) {
            return;
        }
        let place = self.sources.file(span.file).text.as_bytes();
        let mark = (span.start as usize).checked_sub(1).map(|at| place[at]);
        let help = if value {
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
