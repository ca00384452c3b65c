//! One space of names.

use super::{Checker, suggestion};
use crate::diagnostic::Diagnostic;
use crate::model::{DimensionId, VariableId};
use crate::source::Span;
use crate::syntax::{Item, ItemKind, Name};

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Symbol {
    Dimension(DimensionId),
    Variable(VariableId),
    Check,
    Claim,
    Scenario,
    /// Declared, but not yet resolved.
    Pending(&'static str),
}

impl Symbol {
    /// What it is, with its article.
    pub(crate) fn what(self) -> &'static str {
        match self {
            Symbol::Dimension(_) => "a dimension",
            Symbol::Variable(_) => "a quantity",
            Symbol::Check => "a check",
            Symbol::Claim => "a claim",
            Symbol::Scenario => "a scenario",
            Symbol::Pending(what) => what,
        }
    }
}

impl Checker<'_> {
    /// Enters every declared name and reports the doubled ones.
    pub(crate) fn declare_names(&mut self, items: &[Item]) {
        for item in items {
            let (name, symbol) = match &item.kind {
                ItemKind::Dimension(name, _) => (name, Symbol::Pending("a dimension")),
                ItemKind::Input(input) => (&input.signature.name, Symbol::Pending("a quantity")),
                ItemKind::Formula(formula) => (&formula.signature.name, Symbol::Pending("a quantity")),
                ItemKind::Native(native) => (&native.signature.name, Symbol::Pending("a quantity")),
                ItemKind::Check(check) => (&check.name, Symbol::Check),
                ItemKind::Claim(claim) => (&claim.name, Symbol::Claim),
                ItemKind::Scenario(scenario) => (&scenario.name, Symbol::Scenario),
                ItemKind::Faulty("a unit", name) => {
                    self.faulty_units.insert(name.text.clone());
                    self.unfounded = true;
                    continue;
                }
                ItemKind::Faulty("a map", _) => {
                    self.unfounded = true;
                    continue;
                }
                ItemKind::Faulty(what, name) => {
                    self.unfounded |= *what == "a dimension";
                    (name, Symbol::Pending(what))
                }
                ItemKind::Quarters(..) | ItemKind::Map(..) | ItemKind::Unit(_) => continue,
            };
            self.declare(name, symbol);
        }
    }

    /// Enters a name; reports it when it is taken.
    pub(crate) fn declare(&mut self, name: &Name, symbol: Symbol) -> bool {
        if let Some((other, span)) = self.symbols.get(&name.text) {
            let fault = Diagnostic::new(name.span, format!("`{}` is declared twice", name.text))
                .label(format!("here as {}", symbol.what()))
                .other(*span, format!("and here as {}", other.what()))
                .help("a name has one definition: rename one of them");
            self.faults.push(fault);
            self.unfounded |= [symbol.what(), other.what()].contains(&"a dimension");
            return false;
        }
        self.symbols.insert(name.text.clone(), (symbol, name.span));
        true
    }

    /// Whether this is the declaration that holds the name.
    pub(crate) fn holds(&self, name: &Name) -> bool {
        self.symbols.get(&name.text).is_some_and(|(_, span)| *span == name.span)
    }

    pub(crate) fn resolve(&mut self, name: &Name, symbol: Symbol) {
        if let Some(entry) = self.symbols.get_mut(&name.text) {
            entry.0 = symbol;
        }
    }

    /// Whether a name is declared by an item that has a fault.
    pub(crate) fn is_pending(&self, name: &str) -> bool {
        matches!(self.symbols.get(name), Some((Symbol::Pending(_), _)))
    }

    /// The dimension of a name, or a fault. `None` without a fault where its declaration has one.
    pub(crate) fn find_dimension(&mut self, name: &Name) -> Option<DimensionId> {
        match self.symbols.get(&name.text) {
            Some((Symbol::Dimension(id), _)) => Some(*id),
            Some((Symbol::Pending("a dimension"), _)) => None,
            Some((symbol, _)) => {
                let what = symbol.what();
                self.fault(name.span, format!("`{}` is {what}, not a dimension", name.text));
                None
            }
            None if self.unknown.contains(&name.text) => None,
            None => {
                self.unknown.insert(name.text.clone());
                let help = suggestion(
                    &name.text,
                    self.dimensions.iter().map(|dimension| dimension.name.as_str()),
                    "declare it: `dim NAME = a, b`",
                );
                self.fault_with(name.span, format!("there is no dimension `{}`", name.text), help);
                None
            }
        }
    }

    /// The member of a name in a dimension, or a fault.
    pub(crate) fn find_member(&mut self, dimension: DimensionId, name: &str, span: Span) -> Option<u32> {
        if let Some(member) = self.members[dimension.index()].get(name) {
            return Some(*member);
        }
        let known = &self.dimensions[dimension.index()];
        let (what, help) = if known.temporal {
            let first = known.members.first().map_or("", String::as_str);
            let last = known.members.last().map_or("", String::as_str);
            let what = match crate::calendar::Quarter::parse(name) {
                Some(_) => format!("`{name}` lies outside the quarters of the model"),
                None => format!("`{name}` is not a quarter of the model"),
            };
            (what, format!("they run from {first} to {last}"))
        } else {
            let other = self
                .dimensions
                .iter()
                .zip(&self.members)
                .find(|(_, members)| members.contains_key(name))
                .map(|(dimension, _)| format!("`{name}` is a member of `{}`", dimension.name));
            let fallback = other.unwrap_or_else(|| match self.member_tables.get(&dimension) {
                Some(path) => format!("add a row for it to `{path}`"),
                None => some_members(&known.name, &known.members),
            });
            let help = suggestion(name, known.members.iter().map(String::as_str), fallback);
            (format!("`{name}` is not a member of `{}`", known.name), help)
        };
        self.fault_with(span, what, help);
        None
    }
}

fn some_members(name: &str, members: &[String]) -> String {
    let shown: Vec<&str> = members.iter().take(5).map(String::as_str).collect();
    let more = members.len().saturating_sub(5);
    let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("the members of `{name}` are {}{tail}", shown.join(", "))
}
