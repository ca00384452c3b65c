//! Expressions: names resolved, units and dimensions checked, written into the arena.

use super::dimensions::listing;
use super::types::{Kind, Shown};
use super::{Checker, MOST_CELLS, Symbol, Type, suggestion};
use crate::calendar::Quarter;
use crate::diagnostic::Diagnostic;
use crate::model::{DimensionId, DimensionSet, Expression, ExpressionId, Function, Node, Pick, VariableId};
use crate::source::Span;
use crate::syntax::{Amount, Expr, ExprKind, Name, Operator, PickItem};
use crate::unit::Powers;

impl Checker<'_> {
    /// Writes an expression into the arena; `None` where it, or something it reads, is at fault.
    pub(crate) fn lower(&mut self, expr: &Expr) -> Option<ExpressionId> {
        match &expr.kind {
            ExprKind::Amount(amount) => self.lower_amount(amount),
            ExprKind::Quarter(quarter) => self.lower_quarter(*quarter, expr.span),
            ExprKind::Name(name, picks) => self.lower_name(name, picks, expr.span),
            ExprKind::Call(name, arguments) => self.lower_call(name, arguments, expr.span),
            ExprKind::Reduce(name, body, over) => self.lower_reduction(name, body, over, expr.span),
            ExprKind::Negate(inner) => {
                let inner = self.lower(inner)?;
                self.expect_quantity(inner, "`-`")?;
                let kind = self.type_of(inner);
                let shown = self.shown[inner.index()].clone();
                Some(self.push(Node::Apply(Function::Negate, vec![inner]), kind, shown, expr.span))
            }
            ExprKind::Binary(operator, mark, left, right) => {
                let (left, right) = (self.lower(left), self.lower(right));
                self.lower_binary(*operator, *mark, left?, right?, expr.span)
            }
            ExprKind::If(condition, yes, no) => {
                let parts = (self.lower(condition), self.lower(yes), self.lower(no));
                self.lower_if(parts.0?, parts.1?, parts.2?, expr.span)
            }
            ExprKind::Otherwise(first, second) => {
                let parts = (self.lower(first), self.lower(second));
                self.lower_otherwise(parts.0?, parts.1?, expr.span)
            }
        }
    }

    pub(crate) fn push(&mut self, node: Node, kind: Type, shown: Shown, span: Span) -> ExpressionId {
        if self.is_wide(kind.dimensions)
            && !node.parts().iter().any(|part| self.is_wide(self.expression(*part).dimensions))
        {
            let names: Vec<&str> = kind.dimensions.iter().map(|id| self.dimension_name(id)).collect();
            let what = format!("this varies by {}, more than {} million cells", listing(&names), MOST_CELLS >> 20);
            self.fault_with(span, what, "reduce its parts before they meet, or group a dimension by a map");
        }
        self.kinds.push(kind.kind);
        self.shown.push(shown);
        self.expressions.push(Expression {
            node,
            powers: kind.powers,
            dimensions: kind.dimensions,
            partial: kind.partial,
            span,
        });
        ExpressionId(self.expressions.len() as u32 - 1)
    }

    /// Whether a set of dimensions has more cells than one value may have.
    fn is_wide(&self, dimensions: DimensionSet) -> bool {
        let sizes = dimensions.iter().map(|id| self.dimensions[id.index()].members.len());
        sizes.fold(1usize, usize::saturating_mul) > MOST_CELLS
    }

    pub(crate) fn type_of(&self, id: ExpressionId) -> Type {
        let expression = self.expression(id);
        Type {
            kind: self.kinds[id.index()],
            powers: expression.powers.clone(),
            dimensions: expression.dimensions,
            partial: expression.partial,
        }
    }

    /// The type of a value made of several at the same cell.
    pub(crate) fn together(&self, parts: &[ExpressionId], kind: Kind, powers: Powers) -> Type {
        let mut dimensions = DimensionSet::default();
        let mut partial = false;
        for part in parts {
            dimensions = dimensions.union(self.expression(*part).dimensions);
            partial |= self.expression(*part).partial;
        }
        Type { kind, powers, dimensions, partial }
    }

    fn lower_amount(&mut self, amount: &Amount) -> Option<ExpressionId> {
        let (powers, scale, shown) = match &amount.units {
            None => (Powers::pure(), 1.0, Shown::pure()),
            Some(text) => {
                let unit = self.unit(text)?;
                (unit.powers, unit.scale, Shown::of(&unit.text))
            }
        };
        let value = amount.value * scale;
        if !value.is_finite() {
            let help = "the largest number is about 1.8e308, in base units";
            self.fault_with(amount.span, "this amount is too large to be computed with", help);
            return None;
        }
        let kind = Type { kind: Kind::Quantity, powers, dimensions: DimensionSet::default(), partial: false };
        Some(self.push(Node::Number(value), kind, shown, amount.span))
    }

    fn lower_quarter(&mut self, quarter: Quarter, span: Span) -> Option<ExpressionId> {
        let (powers, seconds) = self.quarter_unit(span)?;
        let value = f64::from(self.quarters_in(quarter)) * seconds;
        let kind = Type { kind: Kind::Point, powers, dimensions: DimensionSet::default(), partial: false };
        Some(self.push(Node::Number(value), kind, Shown::of("qtr"), span))
    }

    /// The unit of a quarter, which quarters in formulas are measured in.
    fn quarter_unit(&mut self, span: Span) -> Option<(Powers, f64)> {
        let unit = self.units.find("qtr");
        if unit.is_none() {
            self.fault_with(span, "quarters in formulas need the unit `qtr`", "declare it: `unit qtr = 0.25 yr`");
        }
        unit
    }

    fn lower_name(&mut self, name: &Name, picks: &[PickItem], span: Span) -> Option<ExpressionId> {
        if let Some((Symbol::Dimension(id), _)) = self.symbols.get(&name.text).copied() {
            return self.lower_dimension(id, name, picks);
        }
        let id = self.find_variable(name)?;
        let mut chosen: Vec<(DimensionId, Pick)> = Vec::new();
        let mut dimensions: DimensionSet = self.variable(id).dimensions.iter().copied().collect();
        for item in picks {
            let (dimension, pick) = self.pick(id, item)?;
            if chosen.iter().any(|(other, _)| *other == dimension) {
                self.fault(item.dimension.span, format!("`{}` is picked twice", item.dimension.text));
                return None;
            }
            dimensions = dimensions.minus(DimensionSet::of(dimension));
            chosen.push((dimension, pick));
        }
        for (_, pick) in &chosen {
            match pick {
                Pick::Member(_) => {}
                Pick::Along(other) => dimensions = dimensions.union(DimensionSet::of(*other)),
                Pick::Through(map) => {
                    dimensions = dimensions.union(DimensionSet::of(self.maps[map.0 as usize].from));
                }
            }
        }
        if self.broken[id.index()] {
            return None;
        }
        let variable = self.variable(id);
        let kind =
            Type { kind: Kind::Quantity, powers: variable.unit.powers.clone(), dimensions, partial: variable.partial };
        let shown = Shown::of(&variable.unit.text);
        Some(self.push(Node::Load { variable: id, picks: chosen }, kind, shown, span))
    }

    fn lower_dimension(&mut self, id: DimensionId, name: &Name, picks: &[PickItem]) -> Option<ExpressionId> {
        if let Some(pick) = picks.first() {
            let what = format!("`{}` is a dimension and has no members to pick by", name.text);
            self.fault_with(pick.dimension.span, what, "picks follow the name of a quantity");
            return None;
        }
        if !self.dimensions[id.index()].temporal {
            let what = format!("`{}` is a dimension, not a value", name.text);
            self.fault_with(name.span, what, "only quarters count as values: `quarter - vintage` is an age");
            return None;
        }
        let (powers, _) = self.quarter_unit(name.span)?;
        let kind = Type { kind: Kind::Point, powers, dimensions: DimensionSet::of(id), partial: false };
        Some(self.push(Node::Time(id), kind, Shown::of("qtr"), name.span))
    }

    fn pick(&mut self, id: VariableId, item: &PickItem) -> Option<(DimensionId, Pick)> {
        let dimension = self.find_dimension(&item.dimension)?;
        if !self.variable(id).dimensions.contains(&dimension) {
            let what = format!("`{}` does not vary by `{}`", self.variable(id).name, item.dimension.text);
            let help = self.varies_by(id);
            self.fault_with(item.dimension.span, what, help);
            return None;
        }
        let target = &item.target;
        if self.members[dimension.index()].contains_key(&target.text) {
            return Some((dimension, Pick::Member(self.members[dimension.index()][&target.text])));
        }
        let Some((Symbol::Dimension(other), _)) = self.symbols.get(&target.text).copied() else {
            if self.is_pending(&target.text) {
                return None;
            }
            self.find_member(dimension, &target.text, target.span);
            return None;
        };
        if other == dimension {
            let what = format!("`{}` is picked by itself", item.dimension.text);
            self.fault_with(target.span, what, "name a member, another dimension like it, or one with a map to it");
            return None;
        }
        if self.dimensions[other.index()].family == self.dimensions[dimension.index()].family {
            return Some((dimension, Pick::Along(other)));
        }
        if let Some(map) = self.find_map(other, dimension) {
            return Some((dimension, Pick::Through(map)));
        }
        let (from, to) = (&target.text, &item.dimension.text);
        self.fault_with(
            target.span,
            format!("there is no way from `{from}` to `{to}`"),
            format!("declare `map {from} to {to} = …`, or `dim {from} like {to}`"),
        );
        None
    }

    /// The quantity of a name, or a fault. `None` without a fault where its declaration has one.
    pub(crate) fn find_variable(&mut self, name: &Name) -> Option<VariableId> {
        match self.symbols.get(&name.text).copied() {
            Some((Symbol::Variable(id), _)) => return Some(id),
            Some((Symbol::Pending(_), _)) => return None,
            Some((symbol, _)) => {
                self.fault(name.span, format!("`{}` is {}, not a quantity", name.text, symbol.what()));
                return None;
            }
            None => {}
        }
        let owner = self.members.iter().position(|members| members.contains_key(&name.text));
        let help = if let Some(owner) = owner {
            let dimension = &self.dimensions[owner].name;
            format!("`{0}` is a member of `{dimension}`: pick it, as in `x[{dimension} = {0}]`", name.text)
        } else if self.units.find(&name.text).is_some() {
            format!("`{0}` is a unit: put a number before it, as in `1 {0}`", name.text)
        } else {
            let known = self.variables.iter().map(|variable| variable.name.as_str());
            suggestion(&name.text, known, "declare it as an input or a formula")
        };
        self.fault_with(name.span, format!("there is no quantity `{}`", name.text), help);
        None
    }

    fn lower_binary(
        &mut self,
        operator: Operator,
        mark: Span,
        left: ExpressionId,
        right: ExpressionId,
        span: Span,
    ) -> Option<ExpressionId> {
        let (a, b) = (self.kinds[left.index()], self.kinds[right.index()]);
        if a == Kind::Truth || b == Kind::Truth {
            let what = format!("`{}` between {} and {}", operator.mark(), a.what(), b.what());
            self.fault_with(mark, what, "a comparison is the condition of an `if`, or is counted by `count(… over …)`");
            return None;
        }
        let powers = match operator {
            Operator::Multiply | Operator::Divide | Operator::Power if a == Kind::Point || b == Kind::Point => {
                let what = format!("`{}` with a quarter", operator.mark());
                self.fault_with(
                    mark,
                    what,
                    "a quarter is a point in time: subtract another from it first, as in `quarter - 2024Q1`",
                );
                return None;
            }
            Operator::Multiply => self.expression(left).powers.times(&self.expression(right).powers),
            Operator::Divide => self.expression(left).powers.over(&self.expression(right).powers),
            Operator::Power => self.raised(left, right)?,
            _ => {
                if self.expression(left).powers != self.expression(right).powers {
                    let (a, b) = (&self.shown[left.index()], &self.shown[right.index()]);
                    let what = format!("`{}` between {a} and {b}", operator.mark());
                    self.unequal_units(what, mark, left, right);
                    return None;
                }
                self.expression(left).powers.clone()
            }
        };
        let kind = self.joined(operator, a, b, mark)?;
        let shown = match operator {
            Operator::Multiply => self.shown[left.index()].times(&self.shown[right.index()], 1),
            Operator::Divide => self.shown[left.index()].times(&self.shown[right.index()], -1),
            Operator::Power => Shown::of(&self.units.describe(&powers)),
            _ if kind == Kind::Truth => Shown::pure(),
            _ => self.shown[left.index()].clone(),
        };
        let powers = if kind == Kind::Truth { Powers::pure() } else { powers };
        let kind = self.together(&[left, right], kind, powers);
        Some(self.push(Node::Apply(function(operator), vec![left, right]), kind, shown, span))
    }

    /// What kind of value a sum, difference, product, quotient, power or comparison is.
    fn joined(&mut self, operator: Operator, left: Kind, right: Kind, mark: Span) -> Option<Kind> {
        let fit = match (operator, left, right) {
            (_, Kind::Quantity, Kind::Quantity) | (_, Kind::Point, Kind::Point) if operator.compares() => {
                Some(Kind::Truth)
            }
            (_, Kind::Quantity, Kind::Quantity) | (Operator::Subtract, Kind::Point, Kind::Point) => {
                Some(Kind::Quantity)
            }
            (Operator::Add | Operator::Subtract, Kind::Point, Kind::Quantity)
            | (Operator::Add, Kind::Quantity, Kind::Point) => Some(Kind::Point),
            _ => None,
        };
        if fit.is_none() {
            let what = format!("`{}` between {} and {}", operator.mark(), left.what(), right.what());
            self.fault_with(mark, what, "two quarters may be subtracted or compared; a time may be added to one");
        }
        fit
    }

    fn raised(&mut self, base: ExpressionId, exponent: ExpressionId) -> Option<Powers> {
        let place = self.expression(exponent).span;
        if !self.expression(exponent).powers.is_pure() {
            let what = format!("an exponent in {}", self.shown[exponent.index()]);
            self.fault_with(place, what, "an exponent is a pure number: divide by a unit, as in `age / 1 yr`");
            return None;
        }
        let powers = self.expression(base).powers.clone();
        if powers.is_pure() {
            return Some(powers);
        }
        let (negative, number) = match &self.expression(exponent).node {
            Node::Apply(Function::Negate, parts) => (true, parts[0]),
            _ => (false, exponent),
        };
        let mut whole = None;
        if let Node::Number(value) = self.expression(number).node
            && value.fract() == 0.0
            && value.abs() <= 9.0
        {
            whole = Some(if negative { -(value as i16) } else { value as i16 });
        }
        if whole.is_none() {
            let what = format!("a value in {} with an exponent that is not a whole number", self.shown[base.index()]);
            self.fault_with(place, what, "only a pure number takes any exponent; make a ratio of it first");
        }
        Some(powers.power(whole?))
    }

    fn lower_if(
        &mut self,
        condition: ExpressionId,
        yes: ExpressionId,
        no: ExpressionId,
        span: Span,
    ) -> Option<ExpressionId> {
        if self.kinds[condition.index()] != Kind::Truth {
            let what = format!("the condition of `if` is {}", self.kinds[condition.index()].what());
            self.fault_with(self.expression(condition).span, what, "write a comparison, such as `x > 0`");
            return None;
        }
        self.same(yes, no, "the branches of `if`", span)?;
        let powers = self.expression(yes).powers.clone();
        let kind = self.together(&[condition, yes, no], self.kinds[yes.index()], powers);
        let shown = self.shown[yes.index()].clone();
        Some(self.push(Node::If(condition, yes, no), kind, shown, span))
    }

    fn lower_otherwise(&mut self, first: ExpressionId, second: ExpressionId, span: Span) -> Option<ExpressionId> {
        self.same(first, second, "the sides of `otherwise`", span)?;
        if !self.expression(first).partial {
            let what = "`otherwise` is never reached: every cell before it has a figure";
            self.fault_with(self.expression(second).span, what, "remove it, or declare what it fills `partial`");
            return None;
        }
        let powers = self.expression(first).powers.clone();
        let mut kind = self.together(&[first, second], self.kinds[first.index()], powers);
        kind.partial = self.expression(second).partial;
        let shown = self.shown[first.index()].clone();
        Some(self.push(Node::Otherwise(first, second), kind, shown, span))
    }

    /// Reports two values that must have one unit and kind and do not.
    pub(crate) fn same(&mut self, left: ExpressionId, right: ExpressionId, what: &str, span: Span) -> Option<()> {
        let (a, b) = (self.kinds[left.index()], self.kinds[right.index()]);
        if a != b || a == Kind::Truth {
            let what = if a == b {
                format!("{what} are comparisons")
            } else {
                format!("{what} are {} and {}", a.what(), b.what())
            };
            self.fault_with(span, what, "both must be amounts of one unit, or both quarters");
            return None;
        }
        if self.expression(left).powers != self.expression(right).powers {
            let place = self.expression(right).span;
            let (a, b) = (&self.shown[left.index()], &self.shown[right.index()]);
            self.unequal_units(format!("{what} are in {a} and in {b}"), place, left, right);
            return None;
        }
        Some(())
    }

    /// Reports two units that should be equal, and the factor that would make them so.
    fn unequal_units(&mut self, what: String, span: Span, left: ExpressionId, right: ExpressionId) {
        let (a, b) = (&self.shown[left.index()], &self.shown[right.index()]);
        let (from, to) = (self.expression(right), self.expression(left));
        let bare = |expression: &Expression| matches!(expression.node, Node::Number(_)) && expression.powers.is_pure();
        let written = |expression: &Expression| self.sources.text(expression.span).to_owned();
        let help = if bare(from) {
            format!("give the number its unit: `{} {a}`", written(from))
        } else if bare(to) {
            format!("give the number its unit: `{} {b}`", written(to))
        } else {
            self.missing_factor(b, &from.powers, a, &to.powers)
        };
        let mut fault = Diagnostic::new(span, what).help(help);
        for side in [left, right] {
            let place = self.expression(side).span;
            if place != span {
                fault = fault.other(place, format!("in {}", self.shown[side.index()]));
            }
        }
        self.faults.push(fault);
    }

    /// Reports a value that is not an amount.
    pub(crate) fn expect_quantity(&mut self, id: ExpressionId, what: &str) -> Option<()> {
        let kind = self.kinds[id.index()];
        if kind == Kind::Quantity {
            return Some(());
        }
        let text = format!("{what} takes an amount, and this is {}", kind.what());
        self.fault_with(self.expression(id).span, text, kind.to_amount());
        None
    }
}

fn function(operator: Operator) -> Function {
    match operator {
        Operator::Add => Function::Add,
        Operator::Subtract => Function::Subtract,
        Operator::Multiply => Function::Multiply,
        Operator::Divide => Function::Divide,
        Operator::Power => Function::Power,
        Operator::Less => Function::Less,
        Operator::LessOrEqual => Function::LessOrEqual,
        Operator::Greater => Function::Greater,
        Operator::GreaterOrEqual => Function::GreaterOrEqual,
        Operator::Equal => Function::Equal,
        Operator::NotEqual => Function::NotEqual,
    }
}
