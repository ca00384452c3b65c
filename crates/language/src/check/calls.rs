//! Functions, reductions and `prev`.

use super::dimensions::listing;
use super::types::{Kind, Shown};
use super::{Checker, Type, suggestion};
use crate::model::{DimensionId, DimensionSet, ExpressionId, Function, MapId, Node, Reduction};
use crate::source::Span;
use crate::syntax::{Expr, Name};
use crate::unit::Powers;

/// The functions of the language with what they take.
pub(crate) const FUNCTIONS: [(&str, &str); 10] = [
    ("prev", "prev(x, start)"),
    ("min", "min(a, b, …)"),
    ("max", "max(a, b, …)"),
    ("clamp", "clamp(x, low, high)"),
    ("exp", "exp(x)"),
    ("ln", "ln(x)"),
    ("logistic", "logistic(x)"),
    ("sqrt", "sqrt(x)"),
    ("abs", "abs(x)"),
    ("annuity", "annuity(rate, life)"),
];

impl Checker<'_> {
    pub(crate) fn lower_call(&mut self, name: &Name, arguments: &[Expr], span: Span) -> Option<ExpressionId> {
        let Some((known, usage)) = FUNCTIONS.into_iter().find(|(known, _)| *known == name.text) else {
            let help = match name.text.to_lowercase().as_str() {
                "log" => "the natural logarithm is `ln(x)`".to_owned(),
                "sum" | "mean" | "count" | "average" | "avg" => {
                    "write `sum(x over dimension)`; `mean` and `count` go so too".to_owned()
                }
                _ => suggestion(
                    &name.text,
                    FUNCTIONS.map(|(name, _)| name),
                    format!("the functions are {}", FUNCTIONS.map(|(name, _)| name).join(", ")),
                ),
            };
            self.fault_with(name.span, format!("there is no function `{}`", name.text), help);
            return None;
        };
        let lowered: Vec<Option<ExpressionId>> = arguments.iter().map(|argument| self.lower(argument)).collect();
        let lowered: Vec<ExpressionId> = lowered.into_iter().collect::<Option<_>>()?;
        let fits = match known {
            "min" | "max" => lowered.len() >= 2,
            "clamp" => lowered.len() == 3,
            "prev" | "annuity" => lowered.len() == 2,
            _ => lowered.len() == 1,
        };
        if !fits {
            let count = lowered.len();
            let noun = if count == 1 { "argument" } else { "arguments" };
            self.fault_with(span, format!("`{known}` with {count} {noun}"), format!("it is used as `{usage}`"));
            return None;
        }
        match known {
            "prev" => self.lower_previous(lowered[0], lowered[1], span),
            "annuity" => self.lower_annuity(lowered[0], lowered[1], span),
            "sqrt" => self.lower_root(lowered[0], span),
            "exp" => self.lower_pure(Function::Exponential, known, lowered[0], span),
            "ln" => self.lower_pure(Function::Logarithm, known, lowered[0], span),
            "logistic" => self.lower_pure(Function::Logistic, known, lowered[0], span),
            "min" => self.lower_alike(Function::Minimum, known, lowered, span),
            "max" => self.lower_alike(Function::Maximum, known, lowered, span),
            "clamp" => self.lower_alike(Function::Clamp, known, lowered, span),
            _ => {
                self.expect_quantity(lowered[0], "`abs`")?;
                self.lower_alike(Function::Absolute, known, lowered, span)
            }
        }
    }

    /// A function whose arguments and result have one unit.
    fn lower_alike(
        &mut self,
        function: Function,
        name: &str,
        arguments: Vec<ExpressionId>,
        span: Span,
    ) -> Option<ExpressionId> {
        let what = format!("the arguments of `{name}`");
        for argument in &arguments[1..] {
            self.same(arguments[0], *argument, &what, self.expression(*argument).span)?;
        }
        let powers = self.expression(arguments[0]).powers.clone();
        let kind = self.together(&arguments, self.kinds[arguments[0].index()], powers);
        let shown = self.shown[arguments[0].index()].clone();
        Some(self.push(Node::Apply(function, arguments), kind, shown, span))
    }

    /// A function of a pure number.
    fn lower_pure(
        &mut self,
        function: Function,
        name: &str,
        argument: ExpressionId,
        span: Span,
    ) -> Option<ExpressionId> {
        self.expect_quantity(argument, &format!("`{name}`"))?;
        if !self.expression(argument).powers.is_pure() {
            let place = self.expression(argument).span;
            let what = format!("`{name}` of a value in {}", self.shown[argument.index()]);
            self.fault_with(place, what, format!("`{name}` takes a pure number: divide by a value of the same unit"));
            return None;
        }
        let kind = self.together(&[argument], Kind::Quantity, Powers::pure());
        Some(self.push(Node::Apply(function, vec![argument]), kind, Shown::pure(), span))
    }

    fn lower_root(&mut self, argument: ExpressionId, span: Span) -> Option<ExpressionId> {
        self.expect_quantity(argument, "`sqrt`")?;
        let Some(powers) = self.expression(argument).powers.root() else {
            let place = self.expression(argument).span;
            let what = format!("`sqrt` of a value in {}", self.shown[argument.index()]);
            self.fault_with(place, what, "a root needs a unit whose powers are even, such as `$^2`, or none");
            return None;
        };
        let shown = Shown::of(&self.units.describe(&powers));
        let kind = self.together(&[argument], Kind::Quantity, powers);
        Some(self.push(Node::Apply(Function::Root, vec![argument]), kind, shown, span))
    }

    /// Level payment that returns capital with interest; compounded yearly.
    fn lower_annuity(&mut self, rate: ExpressionId, life: ExpressionId, span: Span) -> Option<ExpressionId> {
        let Some((year, seconds)) = self.units.find("yr") else {
            self.fault_with(
                span,
                "`annuity` compounds by the year and needs the unit `yr`",
                "declare it: `unit yr = 365 day`",
            );
            return None;
        };
        let per_year = Powers::pure().over(&year);
        let help = ["a rate is a share a year, such as `8 %/yr`", "a life is a time, such as `5 yr`"];
        for (id, expected, help, what) in [(rate, &per_year, help[0], "rate"), (life, &year, help[1], "life")] {
            self.expect_quantity(id, "`annuity`")?;
            if self.expression(id).powers != *expected {
                let place = self.expression(id).span;
                let shown = format!("the {what} of `annuity` is in {}", self.shown[id.index()]);
                self.fault_with(place, shown, help);
                return None;
            }
        }
        let pure = Type { kind: Kind::Quantity, powers: year, dimensions: DimensionSet::default(), partial: false };
        let seconds = self.push(Node::Number(seconds), pure, Shown::of("s"), span);
        let kind = self.together(&[rate, life], Kind::Quantity, per_year);
        let node = Node::Apply(Function::Annuity, vec![rate, life, seconds]);
        Some(self.push(node, kind, Shown::of("1/yr"), span))
    }

    fn lower_previous(&mut self, value: ExpressionId, start: ExpressionId, span: Span) -> Option<ExpressionId> {
        let quarter = self.dimensions.iter().position(|dimension| dimension.temporal);
        let quarter = quarter.map(|index| DimensionId(index as u32));
        let varies = quarter.is_some_and(|quarter| self.expression(value).dimensions.contains(quarter));
        if !varies {
            let place = self.expression(value).span;
            self.fault_with(
                place,
                "`prev` of a value that does not vary by `quarter`",
                "`prev` looks one quarter back, so its value must have a quarter",
            );
            return None;
        }
        self.same(value, start, "`prev` and its start", self.expression(start).span)?;
        let powers = self.expression(value).powers.clone();
        let kind = self.together(&[value, start], self.kinds[value.index()], powers);
        let shown = self.shown[value.index()].clone();
        Some(self.push(Node::Previous { value, start }, kind, shown, span))
    }

    pub(crate) fn lower_reduction(
        &mut self,
        name: &Name,
        body: &Expr,
        over: &[(Name, Option<Name>)],
        span: Span,
    ) -> Option<ExpressionId> {
        let body = self.lower(body);
        let mut gone: Vec<(DimensionId, Option<MapId>)> = Vec::new();
        let mut sound = true;
        for (dimension, by) in over {
            match self.reduced(dimension, by.as_ref(), &gone) {
                Some(found) => gone.push(found),
                None => sound = false,
            }
        }
        let body = body.filter(|_| sound)?;
        let mut dimensions = self.expression(body).dimensions;
        for ((id, _), (name, _)) in gone.iter().zip(over) {
            if !dimensions.contains(*id) {
                let varying: Vec<String> =
                    dimensions.iter().map(|id| format!("`{}`", self.dimension_name(id))).collect();
                let help = if varying.is_empty() {
                    "it has one value".to_owned()
                } else {
                    format!("it varies by {}", varying.join(", "))
                };
                let what = format!("a reduction over `{}` of a value that does not vary by it", name.text);
                self.fault_with(name.span, what, help);
                return None;
            }
            dimensions = dimensions.minus(DimensionSet::of(*id));
        }
        for ((_, map), (_, by)) in gone.iter().zip(over) {
            let (Some(map), Some(by)) = (map, by) else { continue };
            let to = self.maps[map.0 as usize].to;
            if dimensions.contains(to) {
                let what = format!("a grouping by `{}` of a value that already varies by it", by.text);
                self.fault_with(by.span, what, "reduce over that dimension first, or pick a member of it");
                return None;
            }
            dimensions = dimensions.union(DimensionSet::of(to));
            self.no_empty_group(&name.text, *map, by)?;
        }
        let reduction = self.reduction(name, body)?;
        let counts = matches!(reduction, Reduction::CountTrue | Reduction::CountPresent);
        let (powers, shown) = if counts {
            (Powers::pure(), Shown::pure())
        } else {
            (self.expression(body).powers.clone(), self.shown[body.index()].clone())
        };
        let partial = self.expression(body).partial && !counts;
        let kind = Type { kind: Kind::Quantity, powers, dimensions, partial };
        Some(self.push(Node::Reduce { reduction, body, over: gone }, kind, shown, span))
    }

    fn reduced(
        &mut self,
        dimension: &Name,
        by: Option<&Name>,
        gone: &[(DimensionId, Option<MapId>)],
    ) -> Option<(DimensionId, Option<MapId>)> {
        let id = self.find_dimension(dimension)?;
        if gone.iter().any(|(other, _)| *other == id) {
            self.fault(dimension.span, format!("`{}` is reduced twice", dimension.text));
            return None;
        }
        let Some(by) = by else { return Some((id, None)) };
        let to = self.find_dimension(by)?;
        let map = self.find_map(id, to);
        if map.is_none() {
            let what = format!("there is no map from `{}` to `{}`", dimension.text, by.text);
            let help = format!("declare it: `map {} to {} = a: x, b: y`", dimension.text, by.text);
            self.fault_with(by.span, what, help);
        }
        Some((id, Some(map?)))
    }

    fn no_empty_group(&mut self, name: &str, map: MapId, by: &Name) -> Option<()> {
        if name == "sum" || name == "count" {
            return Some(());
        }
        let map = &self.maps[map.0 as usize];
        let empty: Vec<&str> = self.dimensions[map.to.index()]
            .members
            .iter()
            .enumerate()
            .filter(|(index, _)| !map.targets.contains(&(*index as u32)))
            .map(|(_, name)| name.as_str())
            .collect();
        if empty.is_empty() {
            return Some(());
        }
        let what = format!("the `{name}` by `{}` has nothing for {}", by.text, listing(&empty));
        let from = self.dimension_name(map.from).to_owned();
        self.fault_with(by.span, what, format!("no member of `{from}` maps there; a `sum` would be zero"));
        None
    }

    fn reduction(&mut self, name: &Name, body: ExpressionId) -> Option<Reduction> {
        let kind = self.kinds[body.index()];
        let reduction = match (name.text.as_str(), kind) {
            ("sum", Kind::Quantity) => Reduction::Sum,
            ("mean", Kind::Quantity) => Reduction::Mean,
            ("min", Kind::Quantity) => Reduction::Minimum,
            ("max", Kind::Quantity) => Reduction::Maximum,
            ("count", Kind::Truth) => Reduction::CountTrue,
            ("count", Kind::Quantity) if self.expression(body).partial => Reduction::CountPresent,
            ("count", Kind::Quantity) => {
                self.fault_with(
                    self.expression(body).span,
                    "`count` of a value that has every cell",
                    "count a comparison, as in `count(x > 0 over chip)`, or a partial value",
                );
                return None;
            }
            (_, kind) => {
                let what = format!("`{}` of {}", name.text, kind.what());
                self.fault_with(self.expression(body).span, what, "reductions take amounts; `count` takes comparisons");
                return None;
            }
        };
        Some(reduction)
    }
}
