//! One copy of the model, with every input at its median.

use crate::array::Array;
use crate::interpret::{Interpreter, Kept, Stored};
use crate::native::Caller;
use crate::reach::{Reach, needed};
use crate::space::{Gather, Pins, Space, slice};
use crate::{Cells, Natives, Wants};
use std::collections::HashMap;
use tokenomics_language::Model;
use tokenomics_language::model::{Definition, ExpressionId, Group, Input, Rule, VariableId};

/// A cell that has a value which is no number: a division by zero, the logarithm of a negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotFinite {
    /// The variable.
    pub variable: VariableId,
    /// The cell, row by row in the order of the variable's dimensions.
    pub cell: usize,
}

/// Values of the one copy of the model in which every input is at its median.
pub struct Evaluation<'m> {
    model: &'m Model,
    reach: Reach,
    variables: Vec<Option<Stored>>,
    expressions: HashMap<ExpressionId, Stored>,
    faults: Vec<NotFinite>,
}

impl<'m> Evaluation<'m> {
    /// Evaluates the wanted variables and expressions and everything they read. Picks are ignored:
    /// all cells are evaluated.
    #[must_use]
    pub fn of(model: &'m Model, natives: Natives<'_>, wants: &Wants) -> Evaluation<'m> {
        let mut evaluation = Evaluation {
            model,
            reach: Reach::of(model, natives),
            variables: vec![None; model.variables.len()],
            expressions: HashMap::new(),
            faults: Vec::new(),
        };
        let needed = needed(model, wants);
        for group in &model.order {
            let rules: Vec<Rule> = group.rules.iter().copied().filter(|rule| needed[rule.variable.index()]).collect();
            evaluation.group(natives, &Group { rules, recursive: group.recursive });
        }
        evaluation.find_faults(model.order.iter().flat_map(|group| &group.rules).map(|rule| rule.variable));
        for id in &wants.expressions {
            let array = evaluation.interpreter(None).array(*id, &Pins::default());
            let present = array.present.unwrap_or_else(|| vec![true; array.values.len()]);
            let complete = !present.contains(&false);
            evaluation.expressions.insert(*id, Stored { values: array.values, present, complete });
        }
        evaluation
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &'m Model {
        self.model
    }

    /// All cells of a variable that was wanted or is read by what was; `None` of another.
    #[must_use]
    pub fn variable(&self, id: VariableId) -> Option<Cells<'_>> {
        self.variables[id.index()].as_ref().map(cells)
    }

    /// All cells of a wanted expression, its dimensions in the order of their identifiers.
    #[must_use]
    pub fn expression(&self, id: ExpressionId) -> Option<Cells<'_>> {
        self.expressions.get(&id).map(cells)
    }

    /// Cells that are present and no number, in the order of evaluation.
    #[must_use]
    pub fn faults(&self) -> &[NotFinite] {
        &self.faults
    }

    /// Whether an uncertain input reaches a variable.
    #[must_use]
    pub fn is_uncertain(&self, id: VariableId) -> bool {
        self.reach.variable(id)
    }

    /// The values of an expression that was wanted.
    pub(crate) fn array(&self, id: ExpressionId) -> Array {
        let space = self.interpreter(None).space(id, &Pins::default());
        match self.expressions.get(&id) {
            Some(stored) => Array { space, values: stored.values.clone(), present: Some(stored.present.clone()) },
            None => Array::nothing(space),
        }
    }

    /// The value of a cell that was evaluated and does not lack.
    pub(crate) fn cell(&self, id: VariableId, cell: usize) -> Option<f64> {
        let stored = self.variables[id.index()].as_ref()?;
        stored.present.get(cell)?.then(|| stored.values[cell])
    }

    pub(crate) fn reach(&self) -> &Reach {
        &self.reach
    }

    pub(crate) fn interpreter<'a>(&'a self, kept: Option<&'a Kept>) -> Interpreter<'a> {
        Interpreter { model: self.model, reach: &self.reach, variables: &self.variables, kept }
    }

    fn group(&mut self, natives: Natives<'_>, group: &Group) {
        for rule in &group.rules {
            let cells = self.model.cells(rule.variable);
            self.variables[rule.variable.index()].get_or_insert_with(|| Stored {
                values: vec![f64::NAN; cells],
                present: vec![false; cells],
                complete: false,
            });
        }
        match self.model.quarter.filter(|_| group.recursive) {
            None => {
                for rule in &group.rules {
                    self.rule(natives, *rule, &Pins::default(), None);
                    self.close(rule.variable);
                }
            }
            Some(quarter) => {
                let kept = Kept::default();
                for now in 0..self.model.dimensions[quarter.index()].members.len() {
                    let pins: Pins = [(quarter, now)].into_iter().collect();
                    for rule in &group.rules {
                        self.rule(natives, *rule, &pins, Some(&kept));
                    }
                }
                for rule in &group.rules {
                    self.close(rule.variable);
                }
            }
        }
    }

    fn rule(&mut self, natives: Natives<'_>, rule: Rule, pins: &Pins, kept: Option<&Kept>) {
        let model = self.model;
        let id = rule.variable;
        match &model.variables[id.index()].definition {
            Definition::Input(input) => self.variables[id.index()] = Some(figures(input)),
            Definition::Native { inputs, each_quarter: false } => {
                let caller = Caller::new(model, natives, id, inputs);
                let cells: Vec<Cells<'_>> =
                    inputs.iter().filter_map(|input| self.variables[input.index()].as_ref().map(cells)).collect();
                let results = caller.call(&cells);
                self.variables[id.index()] = Some(stored(results));
            }
            Definition::Native { inputs, each_quarter: true } => {
                let caller = Caller::new(model, natives, id, inputs);
                let Some(quarter) = model.quarter else { return };
                let all = 0..model.dimensions[quarter.index()].members.len();
                let quarters = pins.get(quarter).map_or(all, |now| now..now + 1);
                for now in quarters {
                    self.native_in_quarter(&caller, id, inputs, &pins.with(quarter, now));
                }
            }
            Definition::Formula(clauses) => {
                let Some(clause) = clauses.get(rule.clause as usize) else { return };
                let pins = match clause.member {
                    Some((dimension, member)) => &pins.with(dimension, member as usize),
                    None => pins,
                };
                let array = self.interpreter(kept).array(clause.body, pins);
                self.write(id, pins, array);
            }
        }
    }

    /// Calls an algorithm for the one quarter that is pinned.
    fn native_in_quarter(&mut self, caller: &Caller<'_>, id: VariableId, inputs: &[VariableId], pins: &Pins) {
        let slices: Vec<Stored> = inputs
            .iter()
            .filter_map(|input| {
                let stored = self.variables[input.index()].as_ref()?;
                let cells = slice(self.model, *input, pins);
                let values = cells.iter().map(|cell| stored.values[*cell]).collect();
                let present = cells.iter().map(|cell| stored.present[*cell]).collect();
                Some(Stored { values, present, complete: stored.complete })
            })
            .collect();
        let cells: Vec<Cells<'_>> = slices.iter().map(cells).collect();
        let results = stored(caller.call(&cells));
        let space = Space::variable(self.model, id, pins);
        self.write(id, pins, Array { space, values: results.values, present: Some(results.present) });
    }

    fn write(&mut self, id: VariableId, pins: &Pins, array: Array) {
        let full = Space::variable(self.model, id, &Pins::default());
        let space = Space::variable(self.model, id, pins);
        let array = array.spread(&space);
        let Some(stored) = &mut self.variables[id.index()] else { return };
        if space == full {
            stored.present = array.present.unwrap_or_else(|| vec![true; array.values.len()]);
            stored.values = array.values;
            return;
        }
        for (from, to) in Gather::same(&space, &full).all().into_iter().enumerate() {
            stored.values[to] = array.values[from];
            stored.present[to] = array.has(from);
        }
    }

    /// Notes whether a variable has all its cells; called after each of its rules.
    fn close(&mut self, id: VariableId) {
        if let Some(stored) = &mut self.variables[id.index()] {
            stored.complete = !stored.present.contains(&false);
        }
    }

    /// Lists the cells that are present and no number, and makes those that lack no number.
    fn find_faults(&mut self, order: impl Iterator<Item = VariableId>) {
        let mut seen = vec![false; self.variables.len()];
        for variable in order {
            let Some(stored) = &mut self.variables[variable.index()] else { continue };
            if std::mem::replace(&mut seen[variable.index()], true) {
                continue;
            }
            for (cell, (value, present)) in stored.values.iter_mut().zip(&stored.present).enumerate() {
                if !present {
                    *value = f64::NAN;
                } else if !value.is_finite() {
                    self.faults.push(NotFinite { variable, cell });
                }
            }
        }
    }
}

fn cells(stored: &Stored) -> Cells<'_> {
    Cells { values: &stored.values, present: &stored.present }
}

fn figures(input: &Input) -> Stored {
    stored(input.cells.iter().map(|figure| figure.map(|figure| figure.value)).collect())
}

fn stored(values: Vec<Option<f64>>) -> Stored {
    let present: Vec<bool> = values.iter().map(Option::is_some).collect();
    let complete = !present.contains(&false);
    let values = values.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect();
    Stored { values, present, complete }
}
