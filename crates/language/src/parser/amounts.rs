//! Numbers with units, data, spreads and origins.

use super::{KEYWORDS, Parsed, Parser};
use crate::diagnostic::{Diagnostic, nearest};
use crate::lexer::{Token, TokenKind};
use crate::syntax::{Amount, Data, Fill, Name, Origin, Path, Spread, Units};

impl Parser<'_> {
    /// A unit, written without spaces.
    pub(super) fn units(&mut self) -> Parsed<Units> {
        let start = self.here();
        if let Some(Token { kind: TokenKind::Number(value), span, .. }) = self.peek() {
            #[allow(clippy::float_cmp)] // exactly the digit one stands for "no unit above the line"
            if *value != 1.0 {
                return self.fault_with(
                    format!("expected a unit, found {}", self.found()),
                    "a pure number has the unit `1`; a scaled unit needs a name: `unit NAME = 1000 other`",
                );
            }
            self.at += 1;
            let mut atoms = Vec::new();
            while self.continues("/") {
                self.at += 1;
                atoms.push(self.unit_atom(-1)?);
            }
            let span = span.to(self.last());
            return Ok(Units { atoms, text: self.slice(span), span });
        }
        let mut atoms = vec![self.unit_atom(1)?];
        loop {
            let sign = if self.continues("/") {
                -1
            } else if self.continues("*") {
                1
            } else {
                break;
            };
            self.at += 1;
            atoms.push(self.unit_atom(sign)?);
        }
        let span = start.to(self.last());
        Ok(Units { atoms, text: self.slice(span), span })
    }

    /// Whether a mark and a word follow with no space before or after the mark.
    fn continues(&self, mark: &str) -> bool {
        let mut next = self.tokens[self.at..].iter();
        matches!(next.next(), Some(Token { kind: TokenKind::Mark(found), spaced: false, .. }) if *found == mark)
            && matches!(next.next(), Some(Token { kind: TokenKind::Word, spaced: false, .. }))
    }

    fn unit_atom(&mut self, sign: i16) -> Parsed<(Name, i16)> {
        let Some(token) = self.peek().filter(|token| token.kind == TokenKind::Word) else {
            return self.fault_with(
                format!("expected a unit, found {}", self.found()),
                "a unit is written without spaces, such as `$/chip/hr`; a pure number has the unit `1`",
            );
        };
        let name = Name { text: self.word_of(token).to_owned(), span: token.span };
        self.at += 1;
        let raised = matches!(self.peek(), Some(Token { kind: TokenKind::Mark("^"), spaced: false, .. }));
        if !raised {
            return Ok((name, sign));
        }
        self.at += 1;
        match self.peek().map(|token| &token.kind) {
            #[allow(clippy::cast_possible_truncation)] // bounded by the guard
            Some(TokenKind::Number(power)) if power.fract() == 0.0 && (1.0..=9.0).contains(power) => {
                self.at += 1;
                Ok((name, sign * *power as i16))
            }
            _ => self.fault(format!("expected a power from 1 to 9 after `^` in a unit, found {}", self.found())),
        }
    }

    fn slice(&self, span: crate::source::Span) -> String {
        self.text[span.start as usize..span.end as usize].to_owned()
    }

    /// Whether the next token can begin the unit of a number.
    pub(super) fn begins_units(&self) -> bool {
        match self.peek() {
            Some(token) if token.opens_line => false,
            Some(token) if token.kind == TokenKind::Word => !KEYWORDS.contains(&self.word_of(token)),
            Some(Token { kind: TokenKind::Number(value), .. }) => value.to_bits() == 1.0f64.to_bits(),
            _ => false,
        }
    }

    pub(super) fn amount(&mut self, what: &str) -> Parsed<Amount> {
        let start = self.here();
        let sign = if self.eat_mark("-") { -1.0 } else { 1.0 };
        let Some(Token { kind: TokenKind::Number(value), .. }) = self.peek() else {
            return self.fault(format!("expected {what}, found {}", self.found()));
        };
        self.at += 1;
        let units = if self.begins_units() { Some(self.units()?) } else { None };
        Ok(Amount { value: sign * value, units, span: start.to(self.last()) })
    }

    pub(super) fn path(&mut self) -> Parsed<Path> {
        let start = self.here();
        if self.peek().is_none() {
            return self.fault_with("expected the path of a table after `from`", "such as `from data/chips.csv`");
        }
        self.at += 1;
        while self.peek().is_some_and(|token| !token.spaced) {
            self.at += 1;
        }
        let span = start.to(self.last());
        let text = self.slice(span);
        if std::path::Path::new(&text).extension().is_none_or(|extension| extension != "csv") {
            return Err(Box::new(
                Diagnostic::new(span, format!("`{text}` is not the path of a table"))
                    .help("a table is a `.csv` file, named by its path from the root of the model"),
            ));
        }
        Ok(Path { text, span })
    }

    pub(super) fn data(&mut self) -> Parsed<Data> {
        let keyed = matches!(self.peek().map(|token| &token.kind), Some(TokenKind::Word | TokenKind::Quarter(_)));
        if !keyed {
            return Ok(Data::One(self.amount("a number")?));
        }
        let mut pairs = Vec::new();
        loop {
            let key = self.member("a number, or a member and a number")?;
            self.mark(":", "between a member and its number")?;
            pairs.push((key, self.amount("a number")?));
            if !self.eat_mark(",") {
                return Ok(Data::Keyed(pairs));
            }
        }
    }

    pub(super) fn spread(&mut self) -> Parsed<Option<Spread>> {
        if !self.eat_mark("~") {
            return Ok(None);
        }
        let start = self.last();
        let times = self.eat_word("times");
        let low = self.amount("the 5th percentile after `~`")?;
        self.word("to", "between the two ends of a spread")?;
        let high = self.amount("the 95th percentile after `to`")?;
        let each = if self.eat_word("each") { Some(self.name("a dimension after `each`")?) } else { None };
        let with = if self.eat_word("with") {
            let partner = self.name("an input after `with`")?;
            let correlation = self.amount("a rank correlation after the input")?;
            if correlation.units.is_some() || !(-1.0..=1.0).contains(&correlation.value) {
                return Err(Box::new(
                    Diagnostic::new(correlation.span, "a rank correlation is a number from -1 to 1")
                        .help("such as `with other_input 0.6`"),
                ));
            }
            Some((partner, correlation.value, correlation.span))
        } else {
            None
        };
        Ok(Some(Spread { times, low, high, each, with, span: start.to(self.last()) }))
    }

    pub(super) fn fill(&mut self) -> Parsed<Option<(Fill, crate::source::Span)>> {
        if !self.eat_word("interpolate") {
            return Ok(None);
        }
        let span = self.here();
        for (word, fill) in
            [("linear", Fill::Linear), ("log", Fill::Log), ("step", Fill::Step), ("spread", Fill::Spread)]
        {
            if self.eat_word(word) {
                return Ok(Some((fill, span)));
            }
        }
        let known = ["linear", "log", "step", "spread"];
        let near = self.peek().and_then(|token| nearest(self.word_of(token), known));
        let help = near.map_or_else(|| known.map(|word| format!("`{word}`")).join(", "), |word| format!("`{word}`"));
        self.fault_with(
            format!("expected a way to interpolate, found {}", self.found()),
            if near.is_some() { format!("did you mean {help}?") } else { format!("one of {help}") },
        )
    }

    pub(super) fn origin(&mut self) -> Parsed<Option<Origin>> {
        let start = self.here();
        if self.eat_word("source") {
            let key = self.name("the key of a source after `source`")?;
            let text = if matches!(self.peek(), Some(Token { kind: TokenKind::Text, .. })) {
                self.quoted("where in the source")?
            } else {
                String::new()
            };
            return Ok(Some(Origin::Source(key, text, start.to(self.last()))));
        }
        if self.eat_word("assume") {
            let text = self.quoted("the reason after `assume`")?;
            if text.is_empty() {
                return Err(Box::new(
                    Diagnostic::new(self.last(), "an assumption needs its reason")
                        .help("say between the quotes why this value and not another"),
                ));
            }
            return Ok(Some(Origin::Assume(text, start.to(self.last()))));
        }
        Ok(None)
    }

    pub(super) fn required_origin(&mut self, what: &str) -> Parsed<Origin> {
        if let Some(origin) = self.origin()? {
            return Ok(origin);
        }
        let near = self.peek().and_then(|token| nearest(self.word_of(token), ["source", "assume"]));
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "end it with `source KEY \"where\"` or `assume \"why\"`".to_owned(),
        };
        self.fault_with(format!("{what} needs an origin, found {}", self.found()), help)
    }
}
