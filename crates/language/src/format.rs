//! The formatter: one way to space a sheet. It works on tokens, so it keeps every comment and the
//! author's line breaks, and formatting twice is formatting once.

use crate::diagnostic::Diagnostic;
use crate::lexer::{Token, TokenKind, tokens};
use crate::parser::{self, KEYWORDS};
use crate::source::FileId;

/// The text of a sheet in the one way to write it: one space between tokens and around operators, none
/// inside units, paths and brackets, two spaces before the lines of an item after its first (two more
/// inside each open bracket), at most one empty line together, none at the ends.
///
/// # Errors
/// Every fault that keeps the text from being read as a sheet; such a text is left alone.
pub fn format(file: FileId, text: &str) -> Result<String, Vec<Diagnostic>> {
    let (_, faults) = parser::parse(file, text);
    if !faults.is_empty() {
        return Err(faults);
    }
    let (tokens, _) = tokens(file, text);
    let mut formatted = String::with_capacity(text.len() + 16);
    let mut spacing = Spacing::new(text);
    let mut open = 0usize;
    let mut before: Option<&Token> = None;
    for (at, token) in tokens.iter().enumerate() {
        let word = &text[token.span.start as usize..token.span.end as usize];
        let comment = token.kind == TokenKind::Comment;
        if token.first && !comment {
            open = 0;
        }
        let touches = spacing.touches(token, &tokens[at + 1..]);
        let closes = matches!(token.kind, TokenKind::Mark(")" | "]"));
        let lines = before
            .map_or(0, |last| text[last.span.end as usize..token.span.start as usize].matches('\n').count().min(2));
        formatted.push_str(&"\n".repeat(lines));
        if lines > 0 || before.is_none() {
            // A comment that is not in column one stays so: two `#` there are documentation.
            let depth = if token.first { 0 } else { 1 + open.saturating_sub(usize::from(closes)) };
            formatted.push_str(&"  ".repeat(depth));
        } else if !touches {
            formatted.push(' ');
        }
        match token.kind {
            TokenKind::Mark("(" | "[") => open += 1,
            _ if closes => open = open.saturating_sub(1),
            _ => {}
        }
        formatted.push_str(word.trim_end());
        before = Some(token);
    }
    if !formatted.is_empty() {
        formatted.push('\n');
    }
    Ok(formatted)
}

/// The words that take their arguments in parentheses.
const FUNCTIONS: [&str; 13] =
    ["sum", "mean", "count", "max", "min", "prev", "clamp", "exp", "ln", "sqrt", "abs", "logistic", "annuity"];

/// What stands before the token at hand, as far as spacing depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    /// Nothing of this item.
    Start,
    /// A mark after which a value begins.
    Mark,
    /// `(` or `[`.
    Open,
    /// A minus that belongs to the value after it.
    Sign,
    /// A word of the language.
    Keyword,
    /// The end of a value: a name, text, quarter or closed bracket.
    Value,
    /// A number that is no unit.
    Number,
    /// A part of a unit.
    Unit,
    /// `/`, `*` or `^` inside a unit.
    UnitMark,
    /// A part of a path.
    Path,
}

/// What the next token is, where it touches the one at hand.
fn near(after: &[Token]) -> Option<&TokenKind> {
    after.first().filter(|next| !next.spaced).map(|next| &next.kind)
}

/// Tells which tokens of a sheet touch the one before them.
struct Spacing<'t> {
    text: &'t str,
    last: Last,
    /// The word the item begins with, the one before the last, and the last one.
    opener: &'t str,
    earlier: &'t str,
    word: &'t str,
    /// Whether the `:` before the unit of a signature is still to come.
    signature: bool,
    /// Whether a unit begins at the next token.
    unit_next: bool,
    /// Whether the item is a native, whose `from` names inputs and no table.
    native: bool,
}

impl<'t> Spacing<'t> {
    fn new(text: &'t str) -> Spacing<'t> {
        Spacing {
            text,
            last: Last::Start,
            opener: "",
            earlier: "",
            word: "",
            signature: false,
            unit_next: false,
            native: false,
        }
    }

    /// Whether a token touches the one before it on its line; `after` are the tokens that follow.
    fn touches(&mut self, token: &Token, after: &[Token]) -> bool {
        if matches!(token.kind, TokenKind::Comment | TokenKind::Doc) {
            return false;
        }
        let word = &self.text[token.span.start as usize..token.span.end as usize];
        if token.first {
            self.last = Last::Start;
            (self.opener, self.earlier, self.word) = (word, "", "");
            self.signature = !["quarters", "dim", "map", "unit", "check", "claim", "scenario"].contains(&word);
            self.unit_next = false;
            self.native = false;
        }
        self.native |= word == "native" && matches!(self.last, Last::Start | Last::Keyword);
        let next = self.kind(token, word, after);
        let mark = match token.kind {
            TokenKind::Mark(mark) => mark,
            _ => "",
        };
        let touches = match (self.last, mark) {
            (Last::Open | Last::Sign | Last::UnitMark, _) | (_, ")" | "]" | ",") => true,
            _ if next == Last::UnitMark => true,
            (Last::Path, _) if next == Last::Path => !token.spaced,
            (_, ":") => !self.signature,
            (Last::Value, "[") => true,
            (Last::Value | Last::Keyword, "(") => self.is_call(),
            _ => false,
        };
        let colon = token.kind == TokenKind::Mark(":");
        self.unit_next = match token.kind {
            TokenKind::Mark(":") => self.signature,
            TokenKind::Mark("=") => self.opener == "unit",
            TokenKind::Number(_) => next == Last::Number,
            _ => false,
        };
        self.signature = self.signature && !colon;
        self.last = next;
        (self.earlier, self.word) = (self.word, word);
        touches
    }

    /// What a token is to the one after it.
    fn kind(&self, token: &Token, word: &str, after: &[Token]) -> Last {
        let path = self.word == "from" && !self.native;
        if path || (self.last == Last::Path && !token.spaced) {
            return Last::Path;
        }
        let near = near(after);
        let unit_ahead = self.unit_next && !token.opens_line;
        match token.kind {
            TokenKind::Word if KEYWORDS.contains(&word) && self.last != Last::UnitMark => Last::Keyword,
            TokenKind::Word
                if self.last == Last::UnitMark || unit_ahead || self.unit_next && self.last == Last::Mark =>
            {
                Last::Unit
            }
            TokenKind::Number(_) if self.last == Last::UnitMark => Last::Unit,
            TokenKind::Number(value) => {
                let one = value.to_bits() == 1.0f64.to_bits();
                let pure = match (self.last, self.opener) {
                    (Last::Number, _) => unit_ahead,
                    (_, "unit") => after.first().is_none_or(|next| next.first || near == Some(&TokenKind::Mark("/"))),
                    _ => self.unit_next,
                };
                if one && pure { Last::Unit } else { Last::Number }
            }
            TokenKind::Mark("/" | "*") if self.last == Last::Unit && !token.spaced => match near {
                Some(TokenKind::Word) => Last::UnitMark,
                _ => Last::Mark,
            },
            TokenKind::Mark("^") if self.last == Last::Unit && !token.spaced => Last::UnitMark,
            TokenKind::Mark("(" | "[") => Last::Open,
            TokenKind::Mark(")" | "]") | TokenKind::Word | TokenKind::Text | TokenKind::Quarter(_) => Last::Value,
            TokenKind::Mark("-") if self.begins_value() => Last::Sign,
            TokenKind::Mark(_) | TokenKind::Doc | TokenKind::Comment => Last::Mark,
        }
    }

    /// Whether a value begins here, so that a minus is its sign.
    fn begins_value(&self) -> bool {
        match self.last {
            Last::Start | Last::Mark | Last::Open | Last::Sign | Last::Keyword => true,
            Last::Value => ["with", "check", "claim"].contains(&self.earlier),
            Last::Number | Last::Unit | Last::UnitMark | Last::Path => false,
        }
    }

    /// Whether the word before a parenthesis is the function it belongs to.
    fn is_call(&self) -> bool {
        match self.last {
            Last::Keyword => FUNCTIONS.contains(&self.word),
            _ => !["check", "claim"].contains(&self.earlier),
        }
    }
}
