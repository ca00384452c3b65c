//! Scenarios: changes to inputs, and the one that is applied.

use super::{Checker, suggestion};
use crate::diagnostic::Diagnostic;
use crate::model::{Definition, DimensionId, Figure, Scenario, VariableId};
use crate::source::Span;
use crate::syntax::{self, Change, Item, ItemKind};
use crate::unit::Unit;
use std::collections::{BTreeMap, HashSet};

/// Scenarios by name.
type Written<'s> = BTreeMap<&'s str, &'s syntax::Scenario>;

impl Checker<'_> {
    /// Checks every scenario, and applies the chosen one on top of those it stands on.
    pub(crate) fn read_scenarios(&mut self, items: &[Item]) {
        let written: Vec<(&Item, &syntax::Scenario)> = items
            .iter()
            .filter_map(|item| match &item.kind {
                ItemKind::Scenario(scenario) if self.holds(&scenario.name) => Some((item, scenario)),
                _ => None,
            })
            .collect();
        for (item, scenario) in &written {
            self.scenarios.push(Scenario {
                name: scenario.name.text.clone(),
                doc: item.doc.clone(),
                on: scenario.on.as_ref().map(|on| on.text.clone()),
                changes: scenario.changes.iter().map(|change| change.name.text.clone()).collect(),
                span: item.span,
            });
        }
        let by_name: Written<'_> =
            written.iter().map(|(_, scenario)| (scenario.name.text.as_str(), *scenario)).collect();
        let mut sound = HashSet::new();
        for (_, scenario) in &written {
            self.check_stack(scenario, &by_name, &mut sound);
        }
        let applied = self.chain(&written, &by_name);
        let names: HashSet<&str> = applied.iter().map(|scenario| scenario.name.text.as_str()).collect();
        for (_, scenario) in &written {
            if !names.contains(scenario.name.text.as_str()) {
                self.changes(scenario, false);
            }
        }
        for scenario in applied {
            self.changes(scenario, true);
        }
    }

    /// Makes every change of a scenario; one cell is changed once.
    fn changes(&mut self, scenario: &syntax::Scenario, apply: bool) {
        let mut changed: BTreeMap<(VariableId, usize), Span> = BTreeMap::new();
        for change in &scenario.changes {
            let Some((id, cells)) = self.change(&scenario.name.text, change, apply) else { continue };
            for cell in cells {
                let Some(first) = changed.insert((id, cell), change.span) else { continue };
                let dimensions = self.variable(id).dimensions.clone();
                let place = match self.cell_text(&dimensions, cell) {
                    text if text.is_empty() => text,
                    text => format!(" at {text}"),
                };
                let (name, scenario) = (&change.name.text, &scenario.name.text);
                let what = format!("the scenario `{scenario}` changes `{name}` twice{place}");
                let fault = Diagnostic::new(change.span, what).other(first, "first here");
                let help = format!("remove one, or make it a scenario of its own: `scenario NAME on {scenario}`");
                self.faults.push(fault.help(help));
                break;
            }
        }
    }

    /// The chosen scenario and those it stands on, the lowest first; none where its stack has a fault.
    fn chain<'s>(
        &mut self,
        written: &[(&Item, &'s syntax::Scenario)],
        by_name: &Written<'s>,
    ) -> Vec<&'s syntax::Scenario> {
        let Some(chosen) = self.options.scenario else { return Vec::new() };
        let Some(top) = by_name.get(chosen) else {
            if !self.is_pending(chosen) {
                let all: Vec<&str> = written.iter().map(|(_, scenario)| scenario.name.text.as_str()).collect();
                let none = if all.is_empty() {
                    "the model has no scenario".to_owned()
                } else {
                    format!("the scenarios are {}", all.join(", "))
                };
                let help = suggestion(chosen, all, none);
                self.fault_with(Span::NOWHERE, format!("there is no scenario `{chosen}`"), help);
            }
            return Vec::new();
        };
        let mut chain = vec![*top];
        while let Some(on) = &chain[chain.len() - 1].on {
            match by_name.get(on.text.as_str()) {
                Some(below) if chain.len() < by_name.len() => chain.push(below),
                _ => return Vec::new(),
            }
        }
        chain.reverse();
        chain
    }

    /// Reports a scenario that stands on nothing known, or on itself; what is `sound` was looked at.
    fn check_stack<'s>(&mut self, top: &'s syntax::Scenario, by_name: &Written<'s>, sound: &mut HashSet<&'s str>) {
        let mut chain = HashSet::from([top.name.text.as_str()]);
        let mut at = top;
        while let Some(on) = &at.on {
            if sound.contains(at.name.text.as_str()) {
                break;
            }
            let Some(below) = by_name.get(on.text.as_str()) else {
                if !self.is_pending(&on.text) {
                    let help = suggestion(&on.text, by_name.keys().copied(), "declare it: `scenario NAME …`");
                    self.fault_with(on.span, format!("there is no scenario `{}`", on.text), help);
                }
                break;
            };
            if !chain.insert(&below.name.text) {
                let fault = Diagnostic::new(on.span, format!("the scenario `{}` stands on itself", below.name.text));
                self.faults.push(fault.help("a stack of scenarios ends at one without `on`"));
                break;
            }
            at = below;
        }
        sound.extend(chain);
    }

    /// Makes one change and tells the cells it names.
    fn change(&mut self, scenario: &str, change: &Change, apply: bool) -> Option<(VariableId, Vec<usize>)> {
        let id = self.find_input(&change.name)?;
        let mut picks: Vec<(DimensionId, u32)> = Vec::new();
        for pick in &change.picks {
            let dimension = self.find_dimension(&pick.dimension)?;
            if !self.variable(id).dimensions.contains(&dimension) {
                let what = format!("`{}` does not vary by `{}`", change.name.text, pick.dimension.text);
                let help = self.varies_by(id);
                self.fault_with(pick.dimension.span, what, help);
                return None;
            }
            if picks.iter().any(|(other, _)| *other == dimension) {
                self.fault(pick.dimension.span, format!("`{}` is picked twice", pick.dimension.text));
                return None;
            }
            picks.push((dimension, self.find_member(dimension, &pick.target.text, pick.target.span)?));
        }
        if let Some(spread) = &change.spread
            && (spread.each.is_some() || spread.with.is_some())
        {
            let help = "`each` and `with` stand in the spread of the input itself, and hold in every scenario";
            self.fault_with(spread.span, "a change does not say how an input is drawn", help);
            return None;
        }
        let origin = self.sheet_origin(&change.origin, Some(scenario))?;
        let unit = if change.scale { Unit::pure() } else { self.variable(id).unit.clone() };
        let given = self.given_in_sheet(id, &change.data, &picks, &unit, origin)?;
        if self.broken[id.index()] {
            return None;
        }
        let stride = self.temporal_axis(id).map_or(0, |(stride, _)| stride);
        let Definition::Input(input) = &self.variable(id).definition else { return None };
        let mut cells = input.cells.clone();
        let mut touched: Vec<Option<Figure>> = vec![None; cells.len()];
        let mut named = Vec::with_capacity(given.len());
        for ((series, period), candidates) in &given {
            let cell = series + usize::try_from(period.start).unwrap_or(0) * stride;
            let value = candidates[0].figure.value;
            named.push(cell);
            touched[cell] = if change.scale {
                cells[cell].map(|old| Figure {
                    value: old.value * value,
                    spread: old.spread.map(|(low, high)| order(low * value, high * value)),
                    origin,
                    filled: old.filled,
                })
            } else {
                Some(candidates[0].figure)
            };
        }
        if let Some(spread) = &change.spread {
            touched.iter_mut().flatten().for_each(|figure| figure.spread = None);
            self.apply_spread(id, spread, &mut touched)?;
        }
        self.check_finite(id, &touched, change.span)?;
        for (cell, figure) in cells.iter_mut().zip(touched) {
            *cell = figure.or(*cell);
        }
        if apply && let Definition::Input(input) = &mut self.variables[id.index()].definition {
            input.cells = cells;
        }
        Some((id, named))
    }

    /// What a quantity varies by, in words.
    pub(crate) fn varies_by(&self, id: VariableId) -> String {
        let variable = self.variable(id);
        let names: Vec<String> =
            variable.dimensions.iter().map(|id| format!("`{}`", self.dimension_name(*id))).collect();
        if names.is_empty() {
            format!("`{}` has one value", variable.name)
        } else {
            format!("`{}` varies by {}", variable.name, names.join(", "))
        }
    }
}

fn order(low: f64, high: f64) -> (f64, f64) {
    if low <= high { (low, high) } else { (high, low) }
}
