//! Formulas, natives, checks and claims: expressions held against what was declared.

use super::dimensions::listing;
use super::types::{Kind, Shown};
use super::{Checker, Symbol, suggestion};
use crate::diagnostic::Diagnostic;
use crate::model::{
    Bounds, Check, Claim, Clause, Definition, DimensionId, DimensionSet, ExpressionId, Node, VariableId,
};
use crate::native::{Signature, SignatureDimension};
use crate::source::Span;
use crate::syntax::{self, Expr, ExprKind, Formula, Item, ItemKind, Name};
use crate::unit::Unit;

/// The relative difference still called reproduced where a claim does not say.
const WITHIN: f64 = 0.01;

impl Checker<'_> {
    /// Checks every expression of the model.
    pub(crate) fn read_formulas(&mut self, items: &[Item]) {
        for item in items {
            match &item.kind {
                ItemKind::Formula(formula) => {
                    if let Some(id) = self.declared(&formula.signature.name) {
                        self.read_formula(id, formula);
                    }
                }
                ItemKind::Native(native) => {
                    if let Some(id) = self.declared(&native.signature.name) {
                        self.read_native(id, native);
                    }
                }
                ItemKind::Check(check) => {
                    self.read_check(item, check);
                }
                ItemKind::Claim(claim) => {
                    self.read_claim(item, claim);
                }
                _ => {}
            }
        }
    }

    fn declared(&self, name: &Name) -> Option<VariableId> {
        match self.symbols.get(&name.text) {
            Some((Symbol::Variable(id), span)) if *span == name.span => Some(*id),
            _ => None,
        }
    }

    fn read_formula(&mut self, id: VariableId, formula: &Formula) {
        let mut clauses: Vec<(Clause, Span)> = Vec::new();
        let mut sound = true;
        for (member, expr) in &formula.clauses {
            let member = match member {
                None => None,
                Some(name) => {
                    if let Some(found) = self.clause_member(id, name, &clauses) {
                        Some((found, name.span))
                    } else {
                        sound = false;
                        continue;
                    }
                }
            };
            let body = self.lower(expr).filter(|_| !self.broken[id.index()]).and_then(|body| {
                self.fits(id, body, expr.span)?;
                Some(body)
            });
            match body {
                Some(body) => {
                    let span = member.map_or(expr.span, |(_, span)| span);
                    clauses.push((Clause { member: member.map(|(member, _)| member), body }, span));
                }
                None => sound = false,
            }
        }
        if sound {
            sound = self.covers(id, &clauses);
        }
        if sound {
            self.check_partial(id, &clauses);
            let clauses = clauses.into_iter().map(|(clause, _)| clause).collect();
            self.variables[id.index()].definition = Definition::Formula(clauses);
        }
    }

    /// The dimension and member a clause is for.
    fn clause_member(&mut self, id: VariableId, name: &Name, earlier: &[(Clause, Span)]) -> Option<(DimensionId, u32)> {
        let dimensions = self.variable(id).dimensions.clone();
        let agreed = earlier.iter().find_map(|(clause, _)| clause.member).map(|(dimension, _)| dimension);
        let fitting: Vec<DimensionId> = dimensions
            .iter()
            .copied()
            .filter(|id| agreed.is_none_or(|agreed| agreed == *id))
            .filter(|id| self.members[id.index()].contains_key(&name.text))
            .collect();
        let dimension = match (fitting.as_slice(), dimensions.as_slice()) {
            ([one], _) => *one,
            ([], []) => {
                let what = format!("a clause for `{}`, but `{}` has no dimension", name.text, self.variable(id).name);
                self.fault_with(name.span, what, "write one formula with `=`");
                return None;
            }
            ([], [first, ..]) => {
                self.find_member(agreed.unwrap_or(*first), &name.text, name.span);
                return None;
            }
            ([one, other, ..], _) => {
                let (one, other) = (self.dimension_name(*one), self.dimension_name(*other));
                let what = format!("`{}` is a member of `{one}` and of `{other}`", name.text);
                self.fault_with(name.span, what, "clauses go by the members of one dimension");
                return None;
            }
        };
        let member = self.find_member(dimension, &name.text, name.span)?;
        if let Some((_, first)) = earlier.iter().find(|(clause, _)| clause.member == Some((dimension, member))) {
            let fault = Diagnostic::new(name.span, format!("`{}` has two clauses", name.text));
            self.faults.push(fault.other(*first, "first here"));
            return None;
        }
        Some((dimension, member))
    }

    /// Holds a body against the unit and the dimensions declared.
    fn fits(&mut self, id: VariableId, body: ExpressionId, span: Span) -> Option<()> {
        let variable = self.variable(id);
        let (name, unit) = (variable.name.clone(), variable.unit.clone());
        let variable_dimensions = variable.dimensions.clone();
        let declared: DimensionSet = variable_dimensions.iter().copied().collect();
        let place = variable.span;
        match self.kinds[body.index()] {
            Kind::Quantity => {}
            kind => {
                let what = format!("`{name}` is declared in {}, and its formula is {}", unit.text, kind.what());
                self.fault_with(span, what, kind.to_amount());
                return None;
            }
        }
        if self.expression(body).powers != unit.powers {
            let found = &self.shown[body.index()];
            let what = format!("`{name}` is declared in {}, and its formula is in {found}", unit.text);
            let declared = Shown::of(&unit.text);
            let help = self.missing_factor(found, &self.expression(body).powers, &declared, &unit.powers);
            self.faults.push(Diagnostic::new(span, what).other(place, "declared here").help(help));
            return None;
        }
        let extra = self.expression(body).dimensions.minus(declared);
        if !extra.is_empty() {
            let names: Vec<&str> = extra.iter().map(|id| self.dimension_name(id)).collect();
            let what = format!("`{name}` does not vary by {}, and its formula does", listing(&names));
            let mut all: Vec<&str> = variable_dimensions.iter().map(|id| self.dimension_name(*id)).collect();
            all.extend(&names);
            let help = format!(
                "declare `{name}[{}]`, pick a member, or reduce: `sum(… over {})`",
                all.join(", "),
                names.join(", ")
            );
            self.faults.push(Diagnostic::new(span, what).other(place, "declared here").help(help));
            return None;
        }
        Some(())
    }

    /// Whether the clauses give every member something, unless the formula is partial.
    fn covers(&mut self, id: VariableId, clauses: &[(Clause, Span)]) -> bool {
        let Some((dimension, _)) = clauses.iter().find_map(|(clause, _)| clause.member) else { return true };
        if self.variable(id).partial {
            return true;
        }
        let given = |index: usize| clauses.iter().any(|(clause, _)| clause.member == Some((dimension, index as u32)));
        let members = &self.dimensions[dimension.index()].members;
        let missing: Vec<&str> =
            members.iter().enumerate().filter(|(index, _)| !given(*index)).map(|(_, name)| name.as_str()).collect();
        if missing.is_empty() {
            return true;
        }
        let what = format!("`{}` has no clause for {}", self.variable(id).name, listing(&missing));
        let span = self.variable(id).span;
        self.fault_with(span, what, "add the clauses, or declare the formula `partial`");
        false
    }

    fn check_partial(&mut self, id: VariableId, clauses: &[(Clause, Span)]) {
        let variable = self.variable(id);
        let (name, place, declared) = (variable.name.clone(), variable.span, variable.partial);
        let lacking = clauses.iter().find(|(clause, _)| self.expression(clause.body).partial);
        if !declared && let Some((clause, _)) = lacking {
            let span = self.expression(clause.body).span;
            let culprit = self.partial_part(clause.body);
            let what = format!("`{name}` may lack cells, because {culprit} may");
            let fault = Diagnostic::new(span, what).other(place, "not declared `partial`");
            self.faults.push(fault.help("fill the gaps with `otherwise`, or declare the formula `partial`"));
        }
        let by_member = clauses.iter().any(|(clause, _)| clause.member.is_some());
        if declared && lacking.is_none() && !by_member {
            let what = format!("`{name}` is declared `partial`, and nothing it reads may lack cells");
            self.fault_with(place, what, "remove `partial`");
        }
    }

    /// The name of something partial that an expression reads.
    fn partial_part(&self, id: ExpressionId) -> String {
        let mut at = id;
        loop {
            let parts = match &self.expression(at).node {
                Node::Load { variable, .. } => return format!("`{}`", self.variable(*variable).name),
                Node::Otherwise(_, second) => vec![*second],
                node => node.parts(),
            };
            match parts.into_iter().find(|part| self.expression(*part).partial) {
                Some(part) => at = part,
                None => return "a part of it".to_owned(),
            }
        }
    }

    fn read_native(&mut self, id: VariableId, native: &syntax::Native) {
        let name = &native.signature.name;
        let inputs: Option<Vec<VariableId>> =
            native.inputs.iter().map(|input| self.find_variable(input)).collect::<Vec<_>>().into_iter().collect();
        let Some(algorithm) = self.options.natives.iter().find(|algorithm| algorithm.name() == name.text) else {
            let known: Vec<&str> = self.options.natives.iter().map(|algorithm| algorithm.name()).collect();
            let all = if known.is_empty() {
                "none is registered".to_owned()
            } else {
                format!("the algorithms are {}", known.join(", "))
            };
            let help = suggestion(&name.text, known, all);
            self.fault_with(name.span, format!("there is no algorithm `{}`", name.text), help);
            return;
        };
        let Some(inputs) = inputs else { return };
        if self.broken[id.index()] || inputs.iter().any(|input| self.broken[input.index()]) {
            return;
        }
        let each_quarter = algorithm.each_quarter();
        if each_quarter && !self.variable(id).dimensions.iter().any(|dimension| self.is_quarter(*dimension)) {
            let what = format!("the algorithm `{}` computes a figure for each quarter", name.text);
            self.fault_with(name.span, what, "give it the dimension `quarter`");
            return;
        }
        let signature = |id: VariableId| {
            let mut signature = self.signature(id);
            signature.dimensions.retain(|dimension| !each_quarter || !self.is_quarter(dimension.id));
            signature
        };
        let signatures: Vec<Signature<'_>> = inputs.iter().map(|input| signature(*input)).collect();
        if let Err(why) = algorithm.accepts(&signature(id), &signatures) {
            let what = format!("the algorithm `{}` cannot compute this", name.text);
            self.fault_with(name.span, what, why);
            return;
        }
        let lacking = inputs.iter().find(|input| self.variable(**input).partial);
        let what = match lacking {
            _ if native.partial => None,
            Some(lacking) => {
                Some(format!("`{}` may lack cells, because `{}` may", name.text, self.variable(*lacking).name))
            }
            None => algorithm.may_lack().then(|| format!("`{}` may find no value for a cell", name.text)),
        };
        if let Some(what) = what {
            self.fault_with(name.span, what, "declare it `partial native`");
        }
        self.variables[id.index()].definition = Definition::Native { inputs, each_quarter };
    }

    fn signature(&self, id: VariableId) -> Signature<'_> {
        let variable = self.variable(id);
        let dimensions = variable
            .dimensions
            .iter()
            .map(|id| {
                let dimension = &self.dimensions[id.index()];
                SignatureDimension { id: *id, name: &dimension.name, members: &dimension.members }
            })
            .collect();
        Signature { name: &variable.name, unit: &variable.unit, dimensions }
    }

    fn read_check(&mut self, item: &Item, check: &syntax::Check) -> Option<()> {
        let (value, bounds) = self.bounds(&check.value, &check.bounds, "the sides of a check")?;
        let unit = self.unit_shown(&check.value, &check.bounds, value);
        self.checks.push(Check {
            name: check.name.text.clone(),
            doc: item.doc.clone(),
            value,
            bounds,
            unit,
            span: item.span,
        });
        Some(())
    }

    fn read_claim(&mut self, item: &Item, claim: &syntax::Claim) -> Option<()> {
        let origin = self.sheet_origin(&claim.origin, None);
        let (value, bounds) = self.bounds(&claim.value, &claim.bounds, "the sides of a claim")?;
        let within = match &claim.within {
            None => WITHIN,
            Some(amount) => {
                let tolerance = self.amount_in(amount, &Unit::pure())?;
                if tolerance < 0.0 {
                    self.fault(amount.span, "a tolerance is not negative");
                    return None;
                }
                tolerance
            }
        };
        let parts = match bounds {
            Bounds::Equal(published) => vec![value, published],
            Bounds::Between(low, high) => vec![value, low, high],
        };
        let dimensions = self.together(&parts, Kind::Quantity, self.expression(value).powers.clone()).dimensions;
        if !dimensions.is_empty() {
            let names: Vec<&str> = dimensions.iter().map(|id| self.dimension_name(id)).collect();
            let what =
                format!("the claim `{}` is about many values: it varies by {}", claim.name.text, listing(&names));
            let help = format!("pick a member, as in `[{} = …]`, or reduce", names[0]);
            self.fault_with(claim.value.span, what, help);
            return None;
        }
        let unit = self.unit_shown(&claim.value, &claim.bounds, value);
        let claim = Claim {
            name: claim.name.text.clone(),
            doc: item.doc.clone(),
            value,
            bounds,
            within,
            unit,
            origin: origin?,
            span: item.span,
        };
        self.claims.push(claim);
        Some(())
    }

    fn bounds(&mut self, value: &Expr, bounds: &syntax::Bounds, what: &str) -> Option<(ExpressionId, Bounds)> {
        let lowered = self.lower(value);
        match bounds {
            syntax::Bounds::Equal(expr) => {
                let other = self.lower(expr);
                let (value, other) = (lowered?, other?);
                self.same(value, other, what, expr.span)?;
                Some((value, Bounds::Equal(other)))
            }
            syntax::Bounds::Between(low_expr, high_expr) => {
                let (low, high) = (self.lower(low_expr), self.lower(high_expr));
                let (value, low, high) = (lowered?, low?, high?);
                self.same(value, low, what, low_expr.span)?;
                self.same(value, high, what, high_expr.span)?;
                if let (Node::Number(least), Node::Number(greatest)) =
                    (&self.expression(low).node, &self.expression(high).node)
                    && least > greatest
                {
                    let span = low_expr.span.to(high_expr.span);
                    self.fault_with(span, "these bounds run backwards", "the lesser stands first, after `between`");
                    return None;
                }
                Some((value, Bounds::Between(low, high)))
            }
        }
    }

    /// The unit to show a check or claim in: the one written beside its bounds, else that of its value.
    fn unit_shown(&mut self, value: &Expr, bounds: &syntax::Bounds, id: ExpressionId) -> Unit {
        let powers = self.expression(id).powers.clone();
        let written = match bounds {
            syntax::Bounds::Equal(expr) | syntax::Bounds::Between(expr, _) => expr,
        };
        for expr in [written, value] {
            let unit = match &expr.kind {
                ExprKind::Amount(amount) => amount.units.as_ref().and_then(|text| self.unit(text)),
                ExprKind::Name(name, _) => match self.symbols.get(&name.text) {
                    Some((Symbol::Variable(id), _)) => Some(self.variable(*id).unit.clone()),
                    _ => None,
                },
                _ => None,
            };
            if let Some(unit) = unit.filter(|unit| unit.powers == powers) {
                return unit;
            }
        }
        let text = self.units.describe(&powers);
        Unit { powers, scale: 1.0, text }
    }
}
