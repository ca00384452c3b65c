//! Keys of a configuration, looked up by the names they go by.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::ConfigurationError;

/// The keys that describe the language model, and those beside them that hold for the whole.
pub(super) struct Keys<'a> {
    inner: &'a Map<String, Value>,
    outer: Option<&'a Map<String, Value>>,
    asked: RefCell<BTreeSet<String>>,
}

/// Numbers of JSON as other writers write them: an infinite number or none stands as a bare word.
pub(super) fn parse(json: &str) -> Result<Value, ConfigurationError> {
    serde_json::from_str(&without_bare_words(json)).map_err(|error| {
        let message = error.to_string();
        let place = message.rfind(" at line ").unwrap_or(message.len());
        ConfigurationError::Syntax { line: error.line(), column: error.column(), message: message[..place].to_owned() }
    })
}

/// Replaces infinite numbers outside of texts by texts of the same length, so that places stay.
fn without_bare_words(json: &str) -> String {
    let mut kept = String::with_capacity(json.len());
    let mut inside = false;
    let mut rest = json;
    while let Some(character) = rest.chars().next() {
        if !inside && let Some(word) = ["-Infinity", "Infinity", "NaN"].iter().find(|word| rest.starts_with(**word)) {
            kept.push('"');
            kept.extend(std::iter::repeat_n(' ', word.len() - 2));
            kept.push('"');
            rest = &rest[word.len()..];
            continue;
        }
        let mut length = character.len_utf8();
        match character {
            '"' => inside = !inside,
            '\\' if inside => length += rest[1..].chars().next().map_or(0, char::len_utf8),
            _ => {}
        }
        kept.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    kept
}

impl<'a> Keys<'a> {
    pub(super) fn new(inner: &'a Map<String, Value>, outer: Option<&'a Map<String, Value>>) -> Keys<'a> {
        Keys { inner, outer, asked: RefCell::default() }
    }

    /// The value of a key that is there and not null.
    pub(super) fn value(&self, key: &str) -> Option<&'a Value> {
        self.asked.borrow_mut().insert(key.to_owned());
        let of = |map: &'a Map<String, Value>| map.get(key).filter(|value| !value.is_null());
        of(self.inner).or_else(|| self.outer.and_then(of))
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    /// Keys of an object in the configuration.
    pub(super) fn object(&self, key: &str) -> Result<Option<Keys<'a>>, ConfigurationError> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(Keys::new(map, None))),
            Some(other) => Err(unexpected(key, other, "an object")),
        }
    }

    /// Keys of each object that is a value here.
    pub(super) fn objects(&self) -> Vec<Keys<'a>> {
        self.inner.values().filter_map(|value| Some(Keys::new(value.as_object()?, None))).collect()
    }

    /// A count or width, by the first of its names that is there.
    pub(super) fn number(&self, names: &[&str]) -> Result<Option<f64>, ConfigurationError> {
        let there: Vec<_> = names.iter().filter_map(|&name| Some((name, self.value(name)?))).collect();
        let Some(&(name, value)) = there.first() else { return Ok(None) };
        let number = value.as_f64().filter(|number| *number >= 0.0);
        number.map(Some).ok_or_else(|| unexpected(name, value, "a number, zero or more"))
    }

    /// A count or width that must be there, and more than zero.
    pub(super) fn need(&self, names: &[&str], meaning: &str) -> Result<f64, ConfigurationError> {
        let number = self.number(names)?.ok_or_else(|| ConfigurationError::Missing {
            keys: names.iter().map(|&name| name.to_owned()).collect(),
            meaning: meaning.to_owned(),
        })?;
        if number > 0.0 {
            return Ok(number);
        }
        let name = names.iter().find(|name| self.has(name)).copied().unwrap_or_default();
        Err(unexpected(name, &Value::from(0), "a number above zero"))
    }

    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>, ConfigurationError> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(other) => Err(unexpected(key, other, "true or false")),
        }
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<String>, ConfigurationError> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(other) => Err(unexpected(key, other, "a text")),
        }
    }

    /// A text beside the keys of the language model, or among them where they are not nested.
    pub(super) fn outer_text(&self, key: &str) -> Result<Option<String>, ConfigurationError> {
        self.asked.borrow_mut().insert(key.to_owned());
        match self.outer {
            Some(outer) => Keys::new(outer, None).text(key),
            None => self.text(key),
        }
    }

    /// A list of texts.
    pub(super) fn texts(&self, key: &str) -> Result<Option<Vec<&'a str>>, ConfigurationError> {
        self.list(key, "a list of texts", Value::as_str)
    }

    /// A list of numbers.
    pub(super) fn numbers(&self, key: &str) -> Result<Option<Vec<f64>>, ConfigurationError> {
        self.list(key, "a list of numbers", Value::as_f64)
    }

    fn list<T>(
        &self,
        key: &str,
        expected: &str,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<Option<Vec<T>>, ConfigurationError> {
        match self.value(key) {
            None => Ok(None),
            Some(value) => match value.as_array().and_then(|list| list.iter().map(read).collect()) {
                Some(list) => Ok(Some(list)),
                None => Err(unexpected(key, value, expected)),
            },
        }
    }

    /// A note of the keys that seem to describe the model and were not asked for.
    pub(super) fn not_read(&self) -> Option<String> {
        let asked = self.asked.borrow();
        let keys: Vec<String> = self
            .inner
            .iter()
            .filter(|(key, value)| !asked.contains(*key) && describes(key, value))
            .map(|(key, _)| format!("`{key}`"))
            .collect();
        (!keys.is_empty()).then(|| format!("not read, though they may describe the model: {}", keys.join(", ")))
    }
}

/// Words in the names of keys that describe the layers of a model.
const DESCRIBING: [&str; 14] = [
    "layer",
    "head",
    "expert",
    "rank",
    "lora",
    "window",
    "width",
    "hidden",
    "intermediate",
    "moe",
    "block",
    "mlp",
    "sparse",
    "state",
];

/// Words in the names of keys that do not, though they have one of the others.
const HARMLESS: [&str; 32] = [
    "norm",
    "output_",
    "rope",
    "rotary",
    "theta",
    "bias",
    "router",
    "chunk_size_feed",
    "pruned",
    "token",
    "init",
    "factor",
    "act",
    "aux",
    "dropout",
    "scoring",
    "vision",
    "audio",
    "overlap",
    "layer_idx",
    "dtype",
    "offset",
    "sink",
    "share_for",
    "qk_head_dim",
    "expert_group",
    "residual",
    "softcapping",
    "hash",
    "vocab_size_per",
    "mtp_",
    "time_step",
];

/// Whether a key seems to describe the model, and its value says something.
fn describes(key: &str, value: &Value) -> bool {
    let says = match value {
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::Array(list) => !list.is_empty(),
        Value::Bool(flag) => *flag,
        Value::Object(map) => !map.is_empty(),
        Value::String(_) | Value::Null => false,
    };
    says && DESCRIBING.iter().any(|word| key.contains(word)) && !HARMLESS.iter().any(|word| key.contains(word))
}

/// A key whose value is of another kind than is read.
pub(super) fn unexpected(key: &str, found: &Value, expected: &str) -> ConfigurationError {
    let text = found.to_string();
    let found = if text.chars().count() > 40 {
        let kind = match found {
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
            _ => "a long text",
        };
        kind.to_owned()
    } else {
        format!("`{text}`")
    };
    ConfigurationError::Unexpected { key: key.to_owned(), found, expected: expected.to_owned() }
}
