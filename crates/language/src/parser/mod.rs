//! From tokens to what the author wrote. A fault ends the item it is in; the next item is read all
//! the same, so one run reports every item that is wrong.

mod amounts;
mod expressions;
mod items;

use crate::diagnostic::{Diagnostic, nearest};
use crate::lexer::{self, Token, TokenKind};
use crate::source::{FileId, Span};
use crate::syntax::{Item, Name};

/// The words that cannot be names.
pub const KEYWORDS: [&str; 47] = [
    "quarters",
    "to",
    "dim",
    "like",
    "from",
    "map",
    "unit",
    "si",
    "partial",
    "input",
    "otherwise",
    "interpolate",
    "linear",
    "log",
    "step",
    "spread",
    "native",
    "check",
    "between",
    "and",
    "claim",
    "within",
    "scenario",
    "on",
    "times",
    "each",
    "with",
    "source",
    "assume",
    "if",
    "then",
    "else",
    "over",
    "by",
    "sum",
    "mean",
    "count",
    "max",
    "min",
    "prev",
    "clamp",
    "exp",
    "ln",
    "sqrt",
    "abs",
    "logistic",
    "annuity",
];

/// The deepest the tree of an expression may be: the most terms of one sum.
pub const DEEPEST: u16 = 200;

/// The deepest expressions may stand inside each other: parentheses, calls, branches. Reading one
/// takes a stack of its own for each, so this keeps to what the smallest thread has room for.
pub const NESTED: u16 = 64;

/// The help for `25,000`.
const THOUSANDS: &str = "the thousands of a number are parted by `_`, as in `25_000`";

type Parsed<T> = Result<T, Box<Diagnostic>>;

/// Reads a sheet: its items, and every fault found.
#[must_use]
pub fn parse(file: FileId, text: &str) -> (Vec<Item>, Vec<Diagnostic>) {
    let (tokens, mut faults) = lexer::tokens(file, text);
    let unreadable: Vec<u32> = faults.iter().map(|fault| fault.span.start).collect();
    let mut items = Vec::new();
    let mut doc = String::new();
    let mut rest = tokens.as_slice();
    while let Some(token) = rest.first() {
        if token.kind == TokenKind::Doc {
            let line = text[token.span.start as usize + 2..token.span.end as usize].trim();
            if !doc.is_empty() {
                doc.push('\n');
            }
            doc.push_str(line);
            rest = &rest[1..];
            continue;
        }
        if token.kind == TokenKind::Comment {
            rest = &rest[1..];
            continue;
        }
        let length = 1 + rest[1..]
            .iter()
            .position(|token| token.first && token.kind != TokenKind::Comment)
            .unwrap_or(rest.len() - 1);
        let (item, after) = rest.split_at(length);
        rest = after;
        let stretch = token.span.start..after.first().map_or(u32::MAX, |next| next.span.start);
        let from = unreadable.partition_point(|place| *place < stretch.start);
        let unread = unreadable.get(from).is_some_and(|place| stretch.contains(place));
        let meaningful: Vec<Token> = item.iter().filter(|token| token.kind != TokenKind::Comment).cloned().collect();
        let mut parser = Parser { text, tokens: &meaningful, at: 0, depth: 0 };
        let read = parser.item(std::mem::take(&mut doc));
        match read {
            Ok(item) if !unread => items.push(item),
            Err(fault) if !unread => {
                faults.push(*fault);
                items.extend(parser.faulty());
            }
            _ => items.extend(parser.faulty()),
        }
    }
    (items, faults)
}

/// Reads the tokens of one item.
struct Parser<'a> {
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
    depth: u16,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    fn word_of(&self, token: &Token) -> &'a str {
        &self.text[token.span.start as usize..token.span.end as usize]
    }

    /// The span of the next token, or the place where the item ends.
    fn here(&self) -> Span {
        match self.peek() {
            Some(token) => token.span,
            None => self.last(),
        }
    }

    /// The span of the token read last.
    fn last(&self) -> Span {
        match self.tokens.get(self.at.saturating_sub(1)) {
            Some(token) => token.span,
            None => Span { file: FileId(0), start: 0, end: 0 },
        }
    }

    /// How the next token is named in an error.
    fn found(&self) -> String {
        match self.peek() {
            None => "the end of the item".to_owned(),
            Some(token) => match token.kind {
                TokenKind::Text => "a text".to_owned(),
                _ => format!("`{}`", self.word_of(token)),
            },
        }
    }

    fn fault<T>(&self, what: impl Into<String>) -> Parsed<T> {
        Err(Box::new(Diagnostic::new(self.here(), what)))
    }

    fn fault_with<T>(&self, what: impl Into<String>, help: impl Into<String>) -> Parsed<T> {
        Err(Box::new(Diagnostic::new(self.here(), what).help(help)))
    }

    fn is_mark(&self, mark: &str) -> bool {
        matches!(self.peek(), Some(Token { kind: TokenKind::Mark(found), .. }) if *found == mark)
    }

    fn eat_mark(&mut self, mark: &str) -> bool {
        let found = self.is_mark(mark);
        self.at += usize::from(found);
        found
    }

    fn mark(&mut self, mark: &'static str, place: &str) -> Parsed<Span> {
        if self.eat_mark(mark) {
            return Ok(self.last());
        }
        self.fault(format!("expected `{mark}` {place}, found {}", self.found()))
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(token) if token.kind == TokenKind::Word && self.word_of(token) == word)
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &'static str, place: &str) -> Parsed<Span> {
        if self.eat_word(word) {
            return Ok(self.last());
        }
        self.fault(format!("expected `{word}` {place}, found {}", self.found()))
    }

    /// A name that is not a keyword.
    fn name(&mut self, what: &str) -> Parsed<Name> {
        match self.peek() {
            Some(token) if token.kind == TokenKind::Word => {
                let text = self.word_of(token);
                if text.starts_with('_') {
                    return self.fault_with(format!("expected {what}, found `{text}`"), "a name begins with a letter");
                }
                if let Some(number) =
                    text.strip_prefix('$').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
                {
                    let help = format!("the unit stands after the number: `{number} $`");
                    return self.fault_with(format!("expected {what}, found `{text}`"), help);
                }
                if text.starts_with(['$', '%']) {
                    return self.fault(format!("expected {what}, found the unit `{text}`"));
                }
                if KEYWORDS.contains(&text) {
                    let found = format!("expected {what}, found `{text}`, which is a word of the language");
                    return if what.starts_with("the name") {
                        self.fault_with(found, "choose another name")
                    } else {
                        self.fault(found)
                    };
                }
                self.at += 1;
                Ok(Name { text: text.to_owned(), span: token.span })
            }
            Some(Token { kind: TokenKind::Number(_), .. }) => {
                let help = if self.parts_thousands() { THOUSANDS } else { "a name begins with a letter" };
                self.fault_with(format!("expected {what}, found {}", self.found()), help)
            }
            _ => self.fault(format!("expected {what}, found {}", self.found())),
        }
    }

    /// Whether the number ahead follows a number and a comma, with no space between.
    fn parts_thousands(&self) -> bool {
        self.at >= 2
            && self.tokens[self.at - 2..=self.at]
                .iter()
                .all(|token| !token.spaced || token.span == self.tokens[self.at - 2].span)
            && self.tokens[self.at - 1].kind == TokenKind::Mark(",")
            && matches!(self.tokens[self.at - 2].kind, TokenKind::Number(_))
    }

    /// A member: a name or a quarter.
    fn member(&mut self, what: &str) -> Parsed<Name> {
        if let Some(Token { kind: TokenKind::Quarter(quarter), span, .. }) = self.peek() {
            self.at += 1;
            return Ok(Name { text: quarter.to_string(), span: *span });
        }
        self.name(what)
    }

    fn quoted(&mut self, what: &str) -> Parsed<String> {
        match self.peek() {
            Some(token) if token.kind == TokenKind::Text => {
                self.at += 1;
                Ok(self.word_of(token).trim_matches('"').trim().to_owned())
            }
            _ => self.fault_with(format!("expected {what}, found {}", self.found()), "write it between double quotes"),
        }
    }

    fn end(&self, what: &str) -> Parsed<()> {
        match self.peek() {
            None => Ok(()),
            Some(token) => {
                let mut fault = Diagnostic::new(
                    token.span,
                    format!("{} does not belong here: {what} is complete before it", self.found()),
                );
                if self.is_mark(",") && matches!(self.tokens.get(self.at + 1), Some(next) if !next.spaced) {
                    fault = fault.help(THOUSANDS);
                }
                if let TokenKind::Word = token.kind
                    && let Some(keyword) = nearest(self.word_of(token), KEYWORDS)
                {
                    fault = fault.help(format!("did you mean `{keyword}`?"));
                }
                Err(Box::new(fault))
            }
        }
    }
}
