//! Items: one function a kind.

use super::{KEYWORDS, Parsed, Parser};
use crate::calendar::Quarter;
use crate::diagnostic::{Diagnostic, nearest};
use crate::lexer::{Token, TokenKind};
use crate::source::Span;
use crate::syntax::{
    Bounds, Change, Check, Claim, Expr, Formula, Input, Item, ItemKind, Members, Name, Native, Pairs, Scenario,
    Signature, UnitItem, Values,
};

/// The words an item can begin with.
const OPENERS: [&str; 10] =
    ["quarters", "dim", "map", "unit", "partial", "input", "native", "check", "claim", "scenario"];

impl Parser<'_> {
    pub(super) fn item(&mut self, doc: String) -> Parsed<Item> {
        let start = self.here();
        if let Some(token) = self.peek()
            && !token.first
        {
            return self.fault_with("an item starts in column one", "remove the white space before it");
        }
        let kind = self.item_kind()?;
        self.end("the item")?;
        Ok(Item { doc, span: start.to(self.last()), kind })
    }

    /// The item that was to be read, when it can be told what it would declare.
    pub(super) fn faulty(&self) -> Option<Item> {
        let words: Vec<Option<Name>> = self
            .tokens
            .iter()
            .take(3)
            .map(|token| match token.kind {
                TokenKind::Word => Some(Name { text: self.word_of(token).to_owned(), span: token.span }),
                _ => None,
            })
            .collect();
        let word = |at: usize| words.get(at).cloned().flatten();
        let first = word(0).filter(|_| self.tokens[0].first)?;
        let (what, name) = match first.text.as_str() {
            "quarters" => ("a dimension", Some(Name { text: "quarter".to_owned(), span: first.span })),
            "dim" => ("a dimension", word(1)),
            "unit" => ("a unit", word(1)),
            "check" => ("a check", word(1)),
            "claim" => ("a claim", word(1)),
            "scenario" => ("a scenario", word(1)),
            "map" => ("a map", Some(Name { text: "a map".to_owned(), span: first.span })),
            "input" | "native" => ("a quantity", word(1)),
            "partial" => match word(1)?.text.as_str() {
                "input" | "native" => ("a quantity", word(2)),
                _ => ("a quantity", word(1)),
            },
            _ => ("a quantity", word(1).or(Some(first))),
        };
        let name = name.filter(|name| !KEYWORDS.contains(&name.text.as_str()))?;
        let span = self.tokens[0].span.to(self.tokens[self.tokens.len() - 1].span);
        Some(Item { doc: String::new(), span, kind: ItemKind::Faulty(what, name) })
    }

    fn item_kind(&mut self) -> Parsed<ItemKind> {
        let Some(token) = self.peek() else {
            return self.fault("expected an item");
        };
        if token.kind != TokenKind::Word {
            return self.fault_with(
                format!("expected an item, found {}", self.found()),
                "the lines of an item after its first are indented",
            );
        }
        match self.word_of(token) {
            "quarters" => self.quarters(),
            "dim" => self.dimension(),
            "map" => self.map(),
            "unit" => self.unit(),
            "check" => self.check(),
            "claim" => self.claim(),
            "scenario" => self.scenario(),
            _ => {
                let partial = self.eat_word("partial");
                if self.eat_word("input") {
                    self.input(partial).map(ItemKind::Input)
                } else if self.eat_word("native") {
                    self.native(partial).map(ItemKind::Native)
                } else {
                    self.formula(partial).map(ItemKind::Formula)
                }
            }
        }
    }

    fn quarters(&mut self) -> Parsed<ItemKind> {
        self.at += 1;
        let (first, start) = self.quarter("the first quarter")?;
        self.word("to", "between the first and the last quarter")?;
        let (last, end) = self.quarter("the last quarter")?;
        if last < first {
            return Err(Box::new(
                Diagnostic::new(start.to(end), format!("the quarters run backwards, from {first} to {last}"))
                    .help(format!("write `quarters {last} to {first}`")),
            ));
        }
        Ok(ItemKind::Quarters(first, last))
    }

    fn quarter(&mut self, what: &str) -> Parsed<(Quarter, Span)> {
        if let Some(Token { kind: TokenKind::Quarter(quarter), span, .. }) = self.peek() {
            self.at += 1;
            return Ok((*quarter, *span));
        }
        self.fault_with(format!("expected {what}, found {}", self.found()), "a quarter is written `2026Q1`")
    }

    fn dimension(&mut self) -> Parsed<ItemKind> {
        self.at += 1;
        let name = self.name("the name of a dimension")?;
        let members = if self.eat_mark("=") {
            let mut members = vec![self.name("a member")?];
            while self.eat_mark(",") {
                members.push(self.name("a member after `,`")?);
            }
            Members::Listed(members)
        } else if self.eat_word("like") {
            Members::Like(self.name("a dimension after `like`")?)
        } else if self.eat_word("from") {
            Members::From(self.path()?)
        } else {
            return self.fault_with(
                format!("expected the members of `{}`, found {}", name.text, self.found()),
                "write `= a, b`, `like OTHER` or `from data/TABLE.csv`",
            );
        };
        Ok(ItemKind::Dimension(name, members))
    }

    fn map(&mut self) -> Parsed<ItemKind> {
        self.at += 1;
        let from = self.name("the dimension a map leads from")?;
        self.word("to", "between the two dimensions of a map")?;
        let to = self.name("the dimension a map leads to")?;
        let pairs = if self.eat_mark("=") {
            let mut pairs = Vec::new();
            loop {
                let member = self.member("a member")?;
                self.mark(":", "between the two members of a pair")?;
                pairs.push((member, self.member("a member after `:`")?));
                if !self.eat_mark(",") {
                    break;
                }
            }
            Pairs::Listed(pairs)
        } else if self.eat_word("from") {
            Pairs::From(self.path()?)
        } else {
            return self.fault_with(
                format!("expected the pairs of a map, found {}", self.found()),
                "write `= a: x, b: y` or `from data/TABLE.csv`",
            );
        };
        Ok(ItemKind::Map(from, to, pairs))
    }

    fn unit(&mut self) -> Parsed<ItemKind> {
        self.at += 1;
        let Some(token) = self.peek().filter(|token| token.kind == TokenKind::Word) else {
            return self.fault(format!("expected the name of a unit, found {}", self.found()));
        };
        let name = Name { text: self.word_of(token).to_owned(), span: token.span };
        if KEYWORDS.contains(&name.text.as_str()) {
            return self.fault_with(
                format!("expected the name of a unit, found `{}`, which is a word of the language", name.text),
                "choose another name",
            );
        }
        self.at += 1;
        let prefixed = self.eat_word("si");
        let definition = if self.eat_mark("=") {
            let factor = match self.peek().map(|token| &token.kind) {
                Some(TokenKind::Number(value)) if !self.is_pure_unit() => {
                    self.at += 1;
                    *value
                }
                _ => 1.0,
            };
            if factor <= 0.0 {
                return Err(Box::new(Diagnostic::new(self.last(), "a unit is a positive multiple of another")));
            }
            Some((factor, self.units()?))
        } else {
            None
        };
        Ok(ItemKind::Unit(UnitItem { name, prefixed, definition }))
    }

    /// Whether the number ahead is the unit of pure numbers and not a factor before a unit.
    fn is_pure_unit(&self) -> bool {
        match self.tokens.get(self.at + 1) {
            None => true,
            Some(next) => next.kind == TokenKind::Mark("/") && !next.spaced,
        }
    }

    fn signature(&mut self) -> Parsed<Signature> {
        let name = match self.peek() {
            Some(token) if token.first && token.kind == TokenKind::Word && !self.is_known_opener(token) => {
                self.name("the name of a formula")?
            }
            _ => self.name("a name")?,
        };
        let mut dimensions = Vec::new();
        if self.eat_mark("[") {
            let open = self.last();
            loop {
                dimensions.push(self.name("a dimension")?);
                if !self.eat_mark(",") {
                    break;
                }
            }
            self.closing("]", open)?;
        }
        if !self.eat_mark(":") {
            let opener = nearest(&name.text, OPENERS);
            let mut fault = Diagnostic::new(
                self.here(),
                format!("expected `:` and the unit of `{}`, found {}", name.text, self.found()),
            );
            fault = match opener {
                Some(opener) if self.peek().is_some_and(|token| token.kind == TokenKind::Word) => {
                    fault.help(format!("did you mean `{opener}` at the start of the item?"))
                }
                _ => fault.help("a formula is `name[dimensions] : unit = …`; a pure number has the unit `1`"),
            };
            return Err(Box::new(fault));
        }
        let units = self.units()?;
        if self.is_mark("/") || self.is_mark("*") {
            return self.fault_with(
                format!("expected the end of the unit {}, found {}", units.text, self.found()),
                "a unit is written without spaces, such as `$/chip/hr`",
            );
        }
        Ok(Signature { name, dimensions, units })
    }

    fn is_known_opener(&self, token: &Token) -> bool {
        OPENERS.contains(&self.word_of(token))
    }

    fn input(&mut self, partial: bool) -> Parsed<Input> {
        let signature = self.signature()?;
        let values = if self.eat_mark("=") {
            Values::Data(self.data()?)
        } else if self.eat_word("from") {
            Values::From(self.path()?)
        } else {
            return self.fault_with(
                format!("expected the figures of the input `{}`, found {}", signature.name.text, self.found()),
                "write `= 25 $/chip` or `from data/TABLE.csv`",
            );
        };
        let otherwise =
            if self.eat_word("otherwise") { Some(self.amount("a number after `otherwise`")?) } else { None };
        let spread = self.spread()?;
        let fill = self.fill()?;
        let origin = self.origin()?;
        if origin.is_none() && self.peek().is_none() {
            let why = match (&values, &otherwise, &spread) {
                (Values::Data(_), ..) => Some("figures in a sheet need an origin"),
                (_, Some(_), _) => Some("the figure after `otherwise` needs an origin"),
                (_, _, Some(_)) => Some("a spread in a sheet needs an origin"),
                _ => None,
            };
            if let Some(why) = why {
                return self.fault_with(why, "end the item with `source KEY \"where\"` or `assume \"why\"`");
            }
        }
        Ok(Input { partial, signature, values, otherwise, spread, fill, origin })
    }

    fn native(&mut self, partial: bool) -> Parsed<Native> {
        let signature = self.signature()?;
        self.word("from", "before the inputs of a native")?;
        let mut inputs = vec![self.name("an input of the native")?];
        while self.eat_mark(",") {
            inputs.push(self.name("an input of the native after `,`")?);
        }
        Ok(Native { partial, signature, inputs })
    }

    fn formula(&mut self, partial: bool) -> Parsed<Formula> {
        let signature = self.signature()?;
        let mut clauses = Vec::new();
        if self.eat_mark("=") {
            clauses.push((None, self.expression()?));
            return Ok(Formula { partial, signature, clauses });
        }
        while self.peek().is_some() {
            let member = self.member("`=`, or a member and its clause")?;
            if !self.eat_mark("=") {
                return self.fault(format!("expected `=` after the member `{}`, found {}", member.text, self.found()));
            }
            clauses.push((Some(member), self.expression()?));
        }
        if clauses.is_empty() {
            return self.fault_with(
                format!("`{}` has a unit but no formula", signature.name.text),
                "write `= …` on the next line, indented",
            );
        }
        Ok(Formula { partial, signature, clauses })
    }

    fn bounds(&mut self) -> Parsed<(Expr, Bounds)> {
        let value = self.expression()?;
        if self.eat_mark("=") {
            return Ok((value, Bounds::Equal(self.expression()?)));
        }
        if self.eat_word("between") {
            let low = self.expression()?;
            self.word("and", "between the two bounds")?;
            return Ok((value, Bounds::Between(low, self.expression()?)));
        }
        self.fault_with(
            format!("expected `=` or `between` after the value, found {}", self.found()),
            "such as `= 5 $/hr` or `between 4 $/hr and 6 $/hr`",
        )
    }

    fn check(&mut self) -> Parsed<ItemKind> {
        self.at += 1;
        let name = self.name("the name of a check")?;
        let (value, bounds) = self.bounds()?;
        Ok(ItemKind::Check(Check { name, value, bounds }))
    }

    fn claim(&mut self) -> Parsed<ItemKind> {
        self.at += 1;
        let name = self.name("the name of a claim")?;
        let (value, bounds) = self.bounds()?;
        let within = if self.eat_word("within") { Some(self.amount("a tolerance after `within`")?) } else { None };
        let origin = self.required_origin("a claim")?;
        Ok(ItemKind::Claim(Claim { name, value, bounds, within, origin }))
    }

    fn scenario(&mut self) -> Parsed<ItemKind> {
        self.at += 1;
        let name = self.name("the name of a scenario")?;
        let on = if self.eat_word("on") { Some(self.name("a scenario after `on`")?) } else { None };
        let mut changes = Vec::new();
        while self.peek().is_some() {
            changes.push(self.change()?);
        }
        if changes.is_empty() {
            return self.fault_with(
                format!("the scenario `{}` changes nothing", name.text),
                "write its changes on indented lines: `power_price = 0.04 $/kWh assume \"why\"`",
            );
        }
        Ok(ItemKind::Scenario(Scenario { name, on, changes }))
    }

    fn change(&mut self) -> Parsed<Change> {
        let name = self.name("an input to change")?;
        let picks = if self.is_mark("[") { self.picks()? } else { Vec::new() };
        let scale = if self.eat_mark("*=") {
            true
        } else if self.eat_mark("=") {
            false
        } else {
            return self.fault_with(
                format!("expected `=` or `*=` after `{}`, found {}", name.text, self.found()),
                "`=` replaces the figures, `*=` scales them",
            );
        };
        let data = self.data()?;
        let spread = self.spread()?;
        let origin = self.required_origin("a change")?;
        let span = name.span.to(self.last());
        Ok(Change { name, picks, scale, data, spread, origin, span })
    }
}
