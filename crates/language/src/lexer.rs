//! From text to tokens. Every byte of a sheet is a token, a comment or white space, so that the
//! formatter can write all of it back.

use crate::calendar::Quarter;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub enum TokenKind {
    /// A name, a keyword or a unit.
    Word,
    /// A number.
    Number(f64),
    /// A quarter such as `2026Q1`.
    Quarter(Quarter),
    /// Text in double quotes.
    Text,
    /// One of the marks of the language.
    Mark(&'static str),
    /// A line of documentation: `##` in column one.
    Doc,
    /// Any other comment.
    Comment,
}

/// A token with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it is.
    pub span: Span,
    /// Whether it stands in column one.
    pub first: bool,
    /// Whether it is the first on its line.
    pub opens_line: bool,
    /// Whether white space stands before it.
    pub spaced: bool,
}

/// The marks, longer ones first.
const MARKS: [&str; 22] =
    ["<=", ">=", "==", "!=", "*=", "=", "<", ">", "+", "-", "*", "/", "^", "(", ")", "[", "]", ",", ":", "~", ".", "!"];

/// Splits a sheet into tokens. What cannot be read is reported and skipped.
#[must_use]
pub fn tokens(file: FileId, text: &str) -> (Vec<Token>, Vec<Diagnostic>) {
    let mut lexer = Lexer { file, text, at: 0, tokens: Vec::new(), faults: Vec::new() };
    lexer.run();
    (lexer.tokens, lexer.faults)
}

struct Lexer<'a> {
    file: FileId,
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
    faults: Vec<Diagnostic>,
}

impl Lexer<'_> {
    fn run(&mut self) {
        let (mut first, mut opens_line, mut spaced) = (true, true, true);
        while let Some(character) = self.text[self.at..].chars().next() {
            let start = self.at;
            match character {
                '\n' => {
                    self.at += 1;
                    (first, opens_line, spaced) = (true, true, true);
                    continue;
                }
                ' ' | '\t' | '\r' | '\u{feff}' => {
                    self.at += character.len_utf8();
                    first = first && character == '\u{feff}';
                    spaced = true;
                    continue;
                }
                _ => {}
            }
            if let Some(kind) = self.token(character, first) {
                self.tokens.push(Token { kind, span: self.span(start), first, opens_line, spaced });
            }
            (first, opens_line, spaced) = (false, false, false);
        }
    }

    fn token(&mut self, character: char, first: bool) -> Option<TokenKind> {
        let start = self.at;
        match character {
            '#' => {
                self.take_while(|c| c != '\n');
                let doc = first && self.text[start..].starts_with("##");
                Some(if doc { TokenKind::Doc } else { TokenKind::Comment })
            }
            '"' => Some(self.quoted()),
            '0'..='9' => Some(self.number()),
            '%' => {
                self.at += 1;
                Some(TokenKind::Word)
            }
            '$' => {
                self.at += 1;
                self.take_while(is_word);
                Some(TokenKind::Word)
            }
            'a'..='z' | 'A'..='Z' | '_' => {
                self.take_while(is_word);
                Some(TokenKind::Word)
            }
            _ => {
                if let Some(mark) = MARKS.iter().find(|mark| self.text[start..].starts_with(**mark)) {
                    self.at += mark.len();
                    return Some(TokenKind::Mark(mark));
                }
                self.at += character.len_utf8();
                let shown =
                    if character.is_control() { "a control character".to_owned() } else { format!("`{character}`") };
                let mut fault = Diagnostic::new(self.span(start), format!("{shown} has no meaning in a sheet"));
                if let Some(meant) = meant(character) {
                    fault = fault.help(format!("write `{meant}`"));
                } else if character.is_alphabetic() {
                    fault = fault.help("a name has the letters a to z and A to Z, digits and `_`");
                }
                self.faults.push(fault);
                None
            }
        }
    }

    fn quoted(&mut self) -> TokenKind {
        let start = self.at;
        self.at += 1;
        self.take_while(|c| c != '"' && c != '\n');
        if self.text[self.at..].starts_with('"') {
            self.at += 1;
            return TokenKind::Text;
        }
        self.faults.push(
            Diagnostic::new(self.span(start), "this text is not closed")
                .help("a text ends with `\"` on the line it begins on"),
        );
        TokenKind::Text
    }

    fn number(&mut self) -> TokenKind {
        let start = self.at;
        let rest = &self.text[start..];
        let bytes = rest.as_bytes();
        if bytes.len() >= 6 && matches!(bytes[4], b'Q' | b'q') && bytes[..4].iter().all(u8::is_ascii_digit) {
            self.take_while(is_word);
            let text = &self.text[start..self.at];
            if let Some(quarter) = Quarter::parse(text) {
                return TokenKind::Quarter(quarter);
            }
            let help = match Quarter::meant(text) {
                Some(quarter) => format!("did you mean `{quarter}`?"),
                None => "a quarter is a year, `Q` and 1 to 4, such as `2026Q1`".to_owned(),
            };
            self.faults.push(Diagnostic::new(self.span(start), format!("`{text}` is not a quarter")).help(help));
            return TokenKind::Quarter(Quarter(0));
        }
        self.take_while(|c| c.is_ascii_digit() || c == '_');
        let next_digit =
            |lexer: &Self, skip: usize| lexer.text.as_bytes().get(lexer.at + skip).is_some_and(u8::is_ascii_digit);
        if self.text[self.at..].starts_with('.') && next_digit(self, 1) {
            self.at += 1;
            self.take_while(|c| c.is_ascii_digit() || c == '_');
        }
        let exponent = self.text[self.at..].starts_with(['e', 'E']);
        let signed = exponent && self.text[self.at + 1..].starts_with(['+', '-']);
        if exponent && next_digit(self, if signed { 2 } else { 1 }) {
            self.at += if signed { 2 } else { 1 };
            self.take_while(|c| c.is_ascii_digit());
        }
        let text: String = self.text[start..self.at].chars().filter(|c| *c != '_').collect();
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => TokenKind::Number(value),
            _ => {
                let fault = Diagnostic::new(self.span(start), format!("`{text}` is too large a number"));
                self.faults.push(fault.help("the largest number is about 1.8e308"));
                TokenKind::Number(1.0)
            }
        }
    }

    fn take_while(&mut self, accept: impl Fn(char) -> bool) {
        let rest = &self.text[self.at..];
        self.at += rest.find(|c| !accept(c)).unwrap_or(rest.len());
    }

    fn span(&self, start: usize) -> Span {
        Span { file: self.file, start: start as u32, end: self.at as u32 }
    }
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// The mark of the language that a look-alike is often meant for.
fn meant(character: char) -> Option<&'static str> {
    Some(match character {
        '×' | '·' | '∙' => "*",
        '÷' => "/",
        '−' | '–' | '—' => "-",
        '≤' => "<=",
        '≥' => ">=",
        '≠' => "!=",
        '“' | '”' | '\'' | '‘' | '’' => "\"",
        '{' => "[",
        '}' => "]",
        '≈' => "~",
        _ => return None,
    })
}
