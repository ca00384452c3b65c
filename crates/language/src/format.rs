//! The formatter: one way to space a sheet. It works on tokens, so it keeps every comment and the
//! author's line breaks, and formatting twice is formatting once.

use crate::diagnostic::Diagnostic;
use crate::lexer::{Token, TokenKind, tokens};
use crate::parser;
use crate::source::FileId;

/// The text of a sheet in the one way to write it: one space between tokens, none inside units and
/// brackets, two spaces before the lines of an item after its first (two more inside each open
/// bracket), at most one empty line together, none at the ends.
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
    let mut open = 0usize;
    let mut before: Option<&Token> = None;
    let mut units = Units::default();
    for token in &tokens {
        let word = &text[token.span.start as usize..token.span.end as usize];
        if token.first {
            open = 0;
        }
        let gap = match before {
            None => "",
            Some(last) => {
                let between = &text[last.span.end as usize..token.span.start as usize];
                let lines = between.matches('\n').count();
                if lines == 0 {
                    if units.space(last, token) { " " } else { "" }
                } else if lines == 1 {
                    "\n"
                } else {
                    "\n\n"
                }
            }
        };
        formatted.push_str(gap);
        let closes = matches!(token.kind, TokenKind::Mark(")" | "]"));
        if gap.starts_with('\n') && !token.first {
            let depth = 1 + open.saturating_sub(usize::from(closes));
            formatted.push_str(&"  ".repeat(depth));
        }
        match token.kind {
            TokenKind::Mark("(" | "[") => open += 1,
            _ if closes => open = open.saturating_sub(1),
            _ => {}
        }
        formatted.push_str(word.trim_end());
        units.take(before, token);
        before = Some(token);
    }
    if !formatted.is_empty() {
        formatted.push('\n');
    }
    Ok(formatted)
}

/// Where inside a unit or a path the reading stands: there, tokens touch as the author wrote them.
#[derive(Default)]
struct Units {
    touching: bool,
}

impl Units {
    /// Whether a space stands between two tokens of one line.
    fn space(&self, last: &Token, token: &Token) -> bool {
        let mark = |token: &Token| match token.kind {
            TokenKind::Mark(mark) => Some(mark),
            _ => None,
        };
        match (mark(last), mark(token)) {
            _ if token.kind == TokenKind::Comment => true,
            (Some("(" | "["), _) | (_, Some(")" | "]" | ",")) => false,
            (_, Some("[")) => last.kind != TokenKind::Word,
            (_, Some("(")) => last.kind != TokenKind::Word || token.spaced,
            (Some("/" | "*" | "^" | "."), _) | (_, Some("/" | "*" | "^" | ".")) => token.spaced || !self.touching,
            (_, Some(":")) => matches!(last.kind, TokenKind::Mark("]")) || token.spaced,
            (Some("-"), _) => token.spaced,
            _ => true,
        }
    }

    fn take(&mut self, _last: Option<&Token>, token: &Token) {
        self.touching = matches!(token.kind, TokenKind::Word | TokenKind::Mark(_) | TokenKind::Number(_));
    }
}
