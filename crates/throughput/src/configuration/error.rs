//! Why a configuration could not be read.

use std::fmt;

/// Why a configuration could not be read, with the mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigurationError {
    /// The text is not JSON.
    Syntax {
        /// Line, from one.
        line: usize,
        /// Column, from one.
        column: usize,
        /// What was found or expected there.
        message: String,
    },
    /// The text is JSON, but not an object.
    NotAnObject,
    /// A key lacks.
    Missing {
        /// The names that it goes by.
        keys: Vec<String>,
        /// What it would say.
        meaning: String,
    },
    /// A key has a value of another kind.
    Unexpected {
        /// The key.
        key: String,
        /// What it has.
        found: String,
        /// What would be read.
        expected: String,
    },
    /// A key says that the model is of a form which the attributes have no words for.
    Unsupported {
        /// The key.
        key: String,
        /// What it says.
        reason: String,
    },
    /// The keys were read, but do not make an architecture.
    Incomplete(String),
}

impl fmt::Display for ConfigurationError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigurationError::Syntax { line, column, message } => {
                write!(formatter, "line {line}, column {column}: {message}; the text is not JSON, mend it there")
            }
            ConfigurationError::NotAnObject => write!(
                formatter,
                "the configuration is JSON, but not an object; give the text of the model's `config.json`"
            ),
            ConfigurationError::Missing { keys, meaning } => {
                let first = keys.first().map_or("", String::as_str);
                let others: Vec<String> = keys.iter().skip(1).map(|key| format!("`{key}`")).collect();
                write!(formatter, "the configuration has no `{first}`")?;
                if !others.is_empty() {
                    write!(formatter, " (nor {})", others.join(", "))?;
                }
                write!(formatter, ": it would say {meaning}; add `\"{first}\": NUMBER`")
            }
            ConfigurationError::Unexpected { key, found, expected } => {
                write!(formatter, "`{key}` is {found}, where {expected} is read; write {expected} there")
            }
            ConfigurationError::Unsupported { key, reason } => write!(
                formatter,
                "`{key}` {reason}, which is not read; describe the model by its attributes in a table instead"
            ),
            ConfigurationError::Incomplete(message) => {
                write!(formatter, "the configuration does not make an architecture: {message}")
            }
        }
    }
}

impl std::error::Error for ConfigurationError {}
