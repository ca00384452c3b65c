//! Scenarios: changes to inputs, and the one that is applied.

use super::{Checker, suggestion};
use crate::diagnostic::Diagnostic;
use crate::model::{Definition, DimensionId, Figure, Scenario, VariableId};
use crate::source::Span;
use crate::syntax::{self, Change, Item, ItemKind};
use crate::unit::Unit;

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
        let applied = self.chain(&written);
        for (_, scenario) in &written {
            if !applied.iter().any(|other| other.name == scenario.name) {
                self.stacks(scenario, &written);
                for change in &scenario.changes {
                    self.change(&scenario.name.text, change, false);
                }
            }
        }
        for scenario in applied {
            for change in &scenario.changes {
                self.change(&scenario.name.text, change, true);
            }
        }
    }

    /// The chosen scenario and those it stands on, the lowest first.
    fn chain<'s>(&mut self, written: &[(&Item, &'s syntax::Scenario)]) -> Vec<&'s syntax::Scenario> {
        let Some(chosen) = self.options.scenario else { return Vec::new() };
        let Some((_, top)) = written.iter().find(|(_, scenario)| scenario.name.text == chosen) else {
            if self.is_pending(chosen) {
                return Vec::new();
            }
            let known = written.iter().map(|(_, scenario)| scenario.name.text.as_str());
            let all: Vec<&str> = known.clone().collect();
            let none = if all.is_empty() {
                "the model has no scenario".to_owned()
            } else {
                format!("the scenarios are {}", all.join(", "))
            };
            let help = suggestion(chosen, known, none);
            self.fault_with(Span::NOWHERE, format!("there is no scenario `{chosen}`"), help);
            return Vec::new();
        };
        self.stacks(top, written)
    }

    /// What a scenario stands on, the lowest first, itself last; reports a stack without an end.
    fn stacks<'s>(
        &mut self,
        top: &'s syntax::Scenario,
        written: &[(&Item, &'s syntax::Scenario)],
    ) -> Vec<&'s syntax::Scenario> {
        let mut chain = vec![top];
        let mut at = top;
        while let Some(on) = &at.on {
            let Some((_, below)) = written.iter().find(|(_, scenario)| scenario.name.text == on.text) else {
                if self.is_pending(&on.text) {
                    return Vec::new();
                }
                let known = written.iter().map(|(_, scenario)| scenario.name.text.as_str());
                let help = suggestion(&on.text, known, "declare it: `scenario NAME …`");
                self.fault_with(on.span, format!("there is no scenario `{}`", on.text), help);
                return Vec::new();
            };
            if chain.iter().any(|scenario| scenario.name == below.name) {
                let fault = Diagnostic::new(on.span, format!("the scenario `{}` stands on itself", below.name.text));
                self.faults.push(fault.help("a stack of scenarios ends at one without `on`"));
                return Vec::new();
            }
            chain.push(below);
            at = below;
        }
        chain.reverse();
        chain
    }

    fn change(&mut self, scenario: &str, change: &Change, apply: bool) -> Option<()> {
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
            picks.push((dimension, self.find_member(dimension, &pick.target.text, pick.target.span)?));
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
        for ((series, period), candidates) in &given {
            let cell = series + usize::try_from(period.start).unwrap_or(0) * stride;
            let value = candidates[0].figure.value;
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
        for (cell, figure) in cells.iter_mut().zip(touched) {
            *cell = figure.or(*cell);
        }
        if apply && let Definition::Input(input) = &mut self.variables[id.index()].definition {
            input.cells = cells;
        }
        Some(())
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
