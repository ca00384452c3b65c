//! Expressions, loosest first: `otherwise`, `if`, comparison, sum, product, power, atom.

use super::{DEEPEST, NESTED, Parsed, Parser};
use crate::diagnostic::Diagnostic;
use crate::lexer::{Token, TokenKind};
use crate::source::Span;
use crate::syntax::{Expr, ExprKind, Name, Operator, PickItem};

const REDUCTIONS: [&str; 5] = ["sum", "mean", "max", "min", "count"];

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        self.depth += 1;
        if self.depth > NESTED {
            return self.too_deep(self.here(), NESTED);
        }
        let choice = self.choice()?;
        let whole = if self.eat_word("otherwise") {
            let fallback = self.expression()?;
            self.node(choice.span.to(fallback.span), ExprKind::Otherwise(Box::new(choice), Box::new(fallback)))?
        } else {
            choice
        };
        self.depth -= 1;
        Ok(whole)
    }

    fn choice(&mut self) -> Parsed<Expr> {
        let start = self.here();
        if !self.eat_word("if") {
            return self.comparison();
        }
        self.depth += 1;
        if self.depth > NESTED {
            return self.too_deep(start, NESTED);
        }
        let condition = self.expression()?;
        self.word("then", "after the condition of `if`")?;
        let yes = self.expression()?;
        self.word("else", "after the first branch of `if`")?;
        let no = self.choice()?;
        self.depth -= 1;
        self.node(start.to(no.span), ExprKind::If(Box::new(condition), Box::new(yes), Box::new(no)))
    }

    fn comparison(&mut self) -> Parsed<Expr> {
        let left = self.sum()?;
        let Some(operator) = self.operator(&[
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("==", Operator::Equal),
            ("!=", Operator::NotEqual),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ]) else {
            return Ok(left);
        };
        let mark = self.last();
        let right = self.sum()?;
        if let Some(Token { kind: TokenKind::Mark("<" | "<=" | ">" | ">=" | "==" | "!="), .. }) = self.peek() {
            return self.fault_with(
                "comparisons do not chain",
                "compare twice: `if a < b then if b < c then … else … else …`, or use `clamp`",
            );
        }
        self.binary(operator, mark, left, right)
    }

    fn sum(&mut self) -> Parsed<Expr> {
        let mut left = self.product()?;
        while let Some(operator) = self.operator(&[("+", Operator::Add), ("-", Operator::Subtract)]) {
            let mark = self.last();
            let right = self.product()?;
            left = self.binary(operator, mark, left, right)?;
        }
        Ok(left)
    }

    fn product(&mut self) -> Parsed<Expr> {
        let mut left = self.power()?;
        while let Some(operator) = self.operator(&[("*", Operator::Multiply), ("/", Operator::Divide)]) {
            let mark = self.last();
            let right = self.power()?;
            left = self.binary(operator, mark, left, right)?;
        }
        Ok(left)
    }

    fn power(&mut self) -> Parsed<Expr> {
        let start = self.here();
        let negative = self.eat_mark("-");
        let mut base = self.atom()?;
        if self.eat_mark("^") {
            let mark = self.last();
            self.depth += 1;
            if self.depth > NESTED {
                return self.too_deep(mark, NESTED);
            }
            let exponent = self.power()?;
            self.depth -= 1;
            base = self.binary(Operator::Power, mark, base, exponent)?;
        }
        if negative {
            return self.node(start.to(base.span), ExprKind::Negate(Box::new(base)));
        }
        Ok(base)
    }

    fn atom(&mut self) -> Parsed<Expr> {
        let start = self.here();
        let Some(token) = self.peek() else {
            return self.fault("expected a value, found the end of the item");
        };
        match &token.kind {
            TokenKind::Number(_) => {
                let amount = self.amount("a number")?;
                self.node(amount.span, ExprKind::Amount(amount))
            }
            TokenKind::Quarter(quarter) => {
                self.at += 1;
                self.node(start, ExprKind::Quarter(*quarter))
            }
            TokenKind::Mark("(") => {
                self.at += 1;
                let mut inner = self.expression()?;
                let close = self.closing(")", start)?;
                inner.span = start.to(close);
                Ok(inner)
            }
            TokenKind::Word if self.tokens.get(self.at + 1).is_some_and(|next| next.kind == TokenKind::Mark("(")) => {
                self.call()
            }
            TokenKind::Word => {
                let name = self.name("a value")?;
                let picks = if self.is_mark("[") { self.picks()? } else { Vec::new() };
                self.node(start.to(self.last()), ExprKind::Name(name, picks))
            }
            TokenKind::Mark("-") => {
                self.fault_with("two minus signs stand together", "put the negative value in parentheses")
            }
            TokenKind::Mark(".") => {
                self.fault_with("expected a value, found `.`", "a number begins with a digit: write `0.5`")
            }
            _ => self.fault(format!("expected a value, found {}", self.found())),
        }
    }

    fn call(&mut self) -> Parsed<Expr> {
        let token = &self.tokens[self.at];
        let name = Name { text: self.word_of(token).to_owned(), span: token.span };
        self.at += 2;
        let open = self.last();
        let first = self.expression()?;
        if self.is_word("over") {
            return self.reduction(name, first, open);
        }
        let mut arguments = vec![first];
        while self.eat_mark(",") {
            arguments.push(self.expression()?);
        }
        let close = self.closing(")", open)?;
        let least = matches!(name.text.as_str(), "min" | "max");
        if REDUCTIONS.contains(&name.text.as_str()) && !(least && arguments.len() > 1) {
            let what = format!("`{}` goes `over` a dimension, and here is none", name.text);
            let help = if least {
                format!("write `{0}(… over chip)`, or `{0}(a, b)` for one of several values", name.text)
            } else {
                format!("write `{}(… over chip)`", name.text)
            };
            return Err(Box::new(Diagnostic::new(name.span.to(close), what).help(help)));
        }
        let span = name.span.to(close);
        self.node(span, ExprKind::Call(name, arguments))
    }

    fn reduction(&mut self, name: Name, body: Expr, open: Span) -> Parsed<Expr> {
        if !REDUCTIONS.contains(&name.text.as_str()) {
            return self.fault_with(
                format!("`{}` does not go `over` a dimension", name.text),
                format!("these do: {}", REDUCTIONS.map(|word| format!("`{word}`")).join(", ")),
            );
        }
        self.at += 1;
        let mut over = Vec::new();
        loop {
            let dimension = self.name("a dimension after `over`")?;
            let by = if self.eat_word("by") { Some(self.name("a dimension after `by`")?) } else { None };
            over.push((dimension, by));
            if !self.eat_mark(",") {
                break;
            }
        }
        let close = self.closing(")", open)?;
        self.node(name.span.to(close), ExprKind::Reduce(name, Box::new(body), over))
    }

    pub(super) fn picks(&mut self) -> Parsed<Vec<PickItem>> {
        let open = self.mark("[", "before picks")?;
        let mut picks = Vec::new();
        loop {
            let dimension = self.name("a dimension")?;
            if !self.eat_mark("=") {
                return self.fault_with(
                    format!("expected `=` after the dimension `{}`, found {}", dimension.text, self.found()),
                    "a pick names the dimension and the member: `[dimension = member]`",
                );
            }
            let target = self.member("a member, a quarter or a dimension after `=`")?;
            picks.push(PickItem { dimension, target });
            if !self.eat_mark(",") {
                break;
            }
        }
        if self.is_mark("-") || self.is_mark("+") {
            return self.fault_with(
                format!("expected `]`, found {}", self.found()),
                "a pick takes a member or a dimension; one quarter earlier is `prev(x, start)`",
            );
        }
        self.closing("]", open)?;
        Ok(picks)
    }

    pub(super) fn closing(&mut self, mark: &'static str, open: Span) -> Parsed<Span> {
        if self.eat_mark(mark) {
            return Ok(self.last());
        }
        Err(Box::new(
            Diagnostic::new(self.here(), format!("expected `{mark}`, found {}", self.found()))
                .other(open, "opened here"),
        ))
    }

    fn operator(&mut self, known: &[(&str, Operator)]) -> Option<Operator> {
        let (_, operator) = known.iter().find(|(mark, _)| self.is_mark(mark))?;
        self.at += 1;
        Some(*operator)
    }

    fn binary(&self, operator: Operator, mark: Span, left: Expr, right: Expr) -> Parsed<Expr> {
        self.node(left.span.to(right.span), ExprKind::Binary(operator, mark, Box::new(left), Box::new(right)))
    }

    fn node(&self, span: Span, kind: ExprKind) -> Parsed<Expr> {
        let below = match &kind {
            ExprKind::Amount(_) | ExprKind::Quarter(_) | ExprKind::Name(..) => 0,
            ExprKind::Call(_, arguments) => arguments.iter().map(|argument| argument.depth).max().unwrap_or(0),
            ExprKind::Reduce(_, body, _) | ExprKind::Negate(body) => body.depth,
            ExprKind::Binary(_, _, left, right) | ExprKind::Otherwise(left, right) => left.depth.max(right.depth),
            ExprKind::If(condition, yes, no) => condition.depth.max(yes.depth).max(no.depth),
        };
        if below >= DEEPEST {
            return self.too_deep(span, DEEPEST);
        }
        Ok(Expr { kind, span, depth: below + 1 })
    }

    fn too_deep<T>(&self, span: Span, deepest: u16) -> Parsed<T> {
        let last = self.last();
        let at = if span.start < last.start { last } else { span };
        Err(Box::new(
            Diagnostic::new(at, format!("this expression nests more than {deepest} deep"))
                .help("give its parts names of their own"),
        ))
    }
}
