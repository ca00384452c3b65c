//! Quiet colours.

use std::env;
use std::io::{self, IsTerminal};

/// How a stretch of text stands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Not at all.
    #[default]
    Plain,
    /// A heading or a name.
    Strong,
    /// Units, footnotes and places.
    Quiet,
    /// What holds or is reproduced.
    Good,
    /// What is off or not known.
    Doubtful,
    /// What is at fault.
    Bad,
}

/// Whether styles become escape codes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paint {
    /// Whether colours are wanted.
    pub on: bool,
}

impl Paint {
    /// Colours for standard output, unless it is no terminal or the user or the environment declines them.
    #[must_use]
    pub fn for_output(declined: bool) -> Paint {
        Paint { on: !declined && io::stdout().is_terminal() && wanted_by_environment() }
    }

    /// Colours for standard error, under the same conditions.
    #[must_use]
    pub fn for_errors(declined: bool) -> Paint {
        Paint { on: !declined && io::stderr().is_terminal() && wanted_by_environment() }
    }

    /// The text in a style.
    #[must_use]
    pub fn paint(self, style: Style, text: &str) -> String {
        let code = match style {
            Style::Strong => "1",
            Style::Quiet => "2",
            Style::Good => "32",
            Style::Doubtful => "33",
            Style::Bad => "31",
            Style::Plain => return text.to_owned(),
        };
        if self.on && !text.is_empty() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

fn wanted_by_environment() -> bool {
    env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && env::var_os("TERM").is_none_or(|term| term != "dumb")
}
