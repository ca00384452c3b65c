//! An architecture from the configuration that a model is published with.
//!
//! Families of models nest, name and leave out keys each in their own way. What is read here goes by the keys
//! that are there, not by the name of a family, so a family that is new but uses known keys is read too; what
//! seems to describe the model and was not read is listed in [`Configuration::notes`].

mod attention;
mod compressed;
mod error;
mod keys;
mod layers;
mod networks;
mod quantization;
mod state;

use std::collections::BTreeMap;

pub use error::ConfigurationError;

use crate::{Architecture, Attribute, Format};
use keys::Keys;

/// What a configuration says of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Configuration {
    /// What the model is made of.
    pub architecture: Architecture,
    /// The format of most of the weights.
    pub weights: Format,
    /// The name of the model, or of its type, where one is given.
    pub name: Option<String>,
    /// What was assumed, and what was not read.
    pub notes: Vec<String>,
}

/// What has been read so far.
#[derive(Default)]
struct Reading {
    figures: BTreeMap<Attribute, f64>,
    notes: Vec<String>,
}

impl Reading {
    fn set(&mut self, attribute: Attribute, figure: f64) {
        self.figures.insert(attribute, figure);
    }

    fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }
}

/// Places where the configuration of the language model is nested.
const NESTED: [&str; 4] = ["text_config", "language_config", "llm_config", "thinker_config"];

impl Configuration {
    /// Reads the text of a `config.json`.
    ///
    /// # Errors
    /// Malformed text, with its line and column; a key that lacks or is not as expected, with the mend.
    pub fn read(json: &str) -> Result<Configuration, ConfigurationError> {
        let value = keys::parse(json)?;
        let outer = value.as_object().ok_or(ConfigurationError::NotAnObject)?;
        let inner = NESTED.iter().find_map(|&name| outer.get(name)?.as_object());
        // A model that hears and speaks nests twice.
        let inner = inner.map(|inner| NESTED.iter().find_map(|&name| inner.get(name)?.as_object()).unwrap_or(inner));
        let keys = Keys::new(inner.unwrap_or(outer), inner.map(|_| outer));

        let mut reading = Reading::default();
        let weights = quantization::weights(&keys, &mut reading)?;
        let stack = layers::stack(&keys, &mut reading)?;
        let hidden = keys.need(&["hidden_size", "n_embd", "d_model"], "the width of the residual stream")?;
        reading.set(Attribute::Hidden, hidden);
        reading.set(Attribute::Vocabulary, keys.need(&["vocab_size"], "the entries of the vocabulary")?);
        tied_embeddings(&keys, &mut reading)?;
        let context = keys.number(&["max_position_embeddings", "n_positions", "max_seq_len", "seq_length"])?;
        reading.set(Attribute::LongestContext, context.unwrap_or(0.0));
        reading.set(Attribute::DraftLayers, draft_layers(&keys)?);
        if stack.layers_are_whole() {
            reading.set(Attribute::Layers, stack.attention.len() as f64);
        }
        attention::read(&keys, &stack, hidden, &mut reading)?;
        compressed::read(&keys, &stack, hidden, &mut reading)?;
        state::read(&keys, &stack, hidden, &mut reading)?;
        networks::read(&keys, &stack, &mut reading)?;

        let name = keys.text("_name_or_path")?.filter(|name| !name.is_empty());
        let name = match name {
            Some(name) => Some(name),
            None => keys.outer_text("model_type")?,
        };
        if let Some(note) = keys.not_read() {
            reading.note(note);
        }
        let Reading { figures, notes } = reading;
        let architecture = Architecture::from_attributes(|attribute| figures.get(&attribute).copied())
            .map_err(ConfigurationError::Incomplete)?;
        Ok(Configuration { architecture, weights, name, notes })
    }
}

/// Whether one table reads and writes tokens.
fn tied_embeddings(keys: &Keys, reading: &mut Reading) -> Result<(), ConfigurationError> {
    let stated = keys.flag("tie_word_embeddings")?;
    // The family that states these is tied where it does not say otherwise.
    let usual = keys.has("query_pre_attn_scalar") || keys.has("final_logit_softcapping");
    if stated.is_none() {
        let what = if usual { "are taken to be one" } else { "are counted apart" };
        reading.note(format!("`tie_word_embeddings` is not given: the tables that read and write tokens {what}"));
    }
    reading.set(Attribute::TiedEmbeddings, f64::from(u8::from(stated.unwrap_or(usual))));
    Ok(())
}

/// Layers that guess further tokens.
fn draft_layers(keys: &Keys) -> Result<f64, ConfigurationError> {
    if let Some(layers) = keys.number(&["num_nextn_predict_layers", "mtp_num_hidden_layers"])? {
        return Ok(layers);
    }
    let modules = keys.number(&["num_mtp_modules"])?.unwrap_or(0.0);
    Ok(modules * keys.number(&["mtp_transformer_layers"])?.unwrap_or(1.0))
}
