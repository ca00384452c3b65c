//! Which layer of a stack has what.

use super::keys::Keys;
use super::{ConfigurationError, Reading};

/// What a layer lets tokens see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// The whole context.
    Full,
    /// A window of the latest tokens.
    Window,
    /// A state of fixed size.
    State,
    /// One entry for this many tokens; none where it is zero.
    Compressed(u32),
}

/// What a layer does with each token, where the stack itself says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Network {
    Dense,
    Experts,
}

/// A stack of layers.
pub(super) struct Stack {
    /// Attention, one for each layer that has it.
    pub(super) attention: Vec<Sight>,
    /// Networks, where blocks have either attention or a network; each layer has one otherwise.
    pub(super) networks: Option<Vec<Network>>,
}

impl Stack {
    pub(super) fn count(&self, sight: Sight) -> f64 {
        self.attention.iter().filter(|other| **other == sight).count() as f64
    }

    /// Whether each layer has both attention and a network.
    pub(super) fn layers_are_whole(&self) -> bool {
        self.networks.is_none()
    }
}

/// Reads the stack by whichever keys describe it.
pub(super) fn stack(keys: &Keys, reading: &mut Reading) -> Result<Stack, ConfigurationError> {
    if keys.has("block_configs") {
        let reason = "gives each layer a shape of its own".to_owned();
        return Err(ConfigurationError::Unsupported { key: "block_configs".to_owned(), reason });
    }
    if let Some(pattern) = keys.text("hybrid_override_pattern")? {
        let words: Vec<String> = pattern.chars().map(String::from).collect();
        keys.number(&["num_hidden_layers"])?;
        return blocks("hybrid_override_pattern", words.iter().map(String::as_str));
    }
    if let Some(words) = keys.texts("layers_block_type")? {
        keys.number(&["num_hidden_layers"])?;
        return blocks("layers_block_type", words.into_iter());
    }
    let layers = keys.need(&["num_hidden_layers", "n_layer", "num_layers", "n_layers"], "the number of layers")?;
    if layers.fract() != 0.0 || !(1.0..=10_000.0).contains(&layers) {
        return Err(ConfigurationError::Unexpected {
            key: "num_hidden_layers".to_owned(),
            found: format!("`{layers}`"),
            expected: "a whole number from 1 to 10000".to_owned(),
        });
    }
    // Bounded above, and whole.
    #[allow(clippy::cast_sign_loss)]
    let layers = layers as usize;
    let attention = sights(keys, layers, reading)?;
    Ok(Stack { attention, networks: None })
}

/// A stack whose blocks have either attention or a network.
fn blocks<'a>(key: &str, words: impl Iterator<Item = &'a str>) -> Result<Stack, ConfigurationError> {
    let (mut attention, mut networks) = (Vec::new(), Vec::new());
    for word in words {
        match word {
            "moe" | "E" => networks.push(Network::Experts),
            "mlp" | "-" => networks.push(Network::Dense),
            _ => attention.push(sight(key, word)?),
        }
    }
    Ok(Stack { attention, networks: Some(networks) })
}

/// What a word for a layer's attention says.
fn sight(key: &str, word: &str) -> Result<Sight, ConfigurationError> {
    match word {
        "full_attention" | "attention" | "global" | "*" => Ok(Sight::Full),
        "sliding_attention" | "chunked_attention" | "local" => Ok(Sight::Window),
        "linear_attention" | "mamba" | "mamba2" | "M" => Ok(Sight::State),
        // An index selects; which one is said elsewhere.
        _ if word.ends_with("sparse_attention") && !word.contains("compress") => Ok(Sight::Full),
        _ => Err(ConfigurationError::Unsupported {
            key: key.to_owned(),
            reason: format!("has a layer of kind `{word}`"),
        }),
    }
}

/// Attention of each layer, in a stack where each has attention and a network.
fn sights(keys: &Keys, layers: usize, reading: &mut Reading) -> Result<Vec<Sight>, ConfigurationError> {
    if let Some(ratios) = keys.numbers("compress_ratios")? {
        #[allow(clippy::cast_sign_loss)] // a ratio below zero becomes zero, the window alone
        let of = |ratio: &f64| Ok(Sight::Compressed(*ratio as u32));
        return listed("compress_ratios", &ratios, layers, of);
    }
    if let Some(words) = keys.texts("layer_types")? {
        // These say the same in fewer words, or are left from the family that a model comes from.
        for key in ["full_attention_interval", "max_window_layers", "attention_chunk_size", "sliding_window_pattern"] {
            keys.has(key);
        }
        return listed("layer_types", &words, layers, |word| sight("layer_types", word));
    }
    if let Some(linear) = keys.object("linear_attn_config")?
        && let Some(full) = linear.numbers("full_attn_layers")?
    {
        // Layers are counted from one here.
        let is_full = |layer: usize| full.contains(&((layer + 1) as f64));
        return Ok((0..layers).map(|layer| if is_full(layer) { Sight::Full } else { Sight::State }).collect());
    }
    if let Some(pattern) = keys.numbers("hybrid_layer_pattern")? {
        keys.has("attention_chunk_size");
        let of = |windowed: &f64| Ok(if *windowed == 0.0 { Sight::Full } else { Sight::Window });
        return listed("hybrid_layer_pattern", &pattern, layers, of);
    }
    if let Some(types) = keys.numbers("attn_type_list")?
        && types.contains(&0.0)
    {
        let reason = "has layers without a cache whose shape it does not give".to_owned();
        return Err(ConfigurationError::Unsupported { key: "attn_type_list".to_owned(), reason });
    }
    if let Some(interval) = keys.number(&["full_attention_interval"])? {
        return Ok(every(interval, layers, Sight::State));
    }
    let chunked = keys.number(&["attention_chunk_size"])?.unwrap_or(0.0) > 0.0;
    let wide = keys.value("sliding_window").and_then(serde_json::Value::as_f64).unwrap_or(0.0) > 0.0;
    let wide = wide && keys.flag("use_sliding_window")? != Some(false);
    if wide && let Some(interval) = keys.number(&["sliding_window_pattern", "_sliding_window_pattern"])? {
        return Ok(every(interval, layers, Sight::Window));
    }
    if chunked && !wide {
        if let Some(rotary) = keys.numbers("no_rope_layers")?.filter(|list| !list.is_empty()) {
            let of = |rotary: &f64| Ok(if *rotary == 0.0 { Sight::Full } else { Sight::Window });
            return listed("no_rope_layers", &rotary, layers, of);
        }
        let interval = keys.number(&["no_rope_layer_interval"])?.unwrap_or(4.0);
        reading.note(format!("`attention_chunk_size` is read as a window on all layers but every {interval}th"));
        return Ok(every(interval, layers, Sight::Window));
    }
    let first = keys.number(&["max_window_layers"])?;
    if wide {
        let from = if keys.flag("use_sliding_window")? == Some(true) { first.unwrap_or(0.0) } else { 0.0 };
        reading.note("`sliding_window` is read as a window on all layers, for no key says on which");
        let of = |layer: usize| if (layer as f64) < from { Sight::Full } else { Sight::Window };
        return Ok((0..layers).map(of).collect());
    }
    Ok(vec![Sight::Full; layers])
}

/// The last of each so many layers has full attention, the others have the other kind.
fn every(interval: f64, layers: usize, other: Sight) -> Vec<Sight> {
    let is_full = |layer: usize| interval > 0.0 && ((layer + 1) as f64) % interval == 0.0;
    (0..layers).map(|layer| if is_full(layer) { Sight::Full } else { other }).collect()
}

/// What a list says of each layer. It may go on with layers that guess further tokens.
pub(super) fn listed<T, U>(
    key: &str,
    list: &[T],
    layers: usize,
    read: impl Fn(&T) -> Result<U, ConfigurationError>,
) -> Result<Vec<U>, ConfigurationError> {
    if list.len() < layers {
        return Err(ConfigurationError::Unexpected {
            key: key.to_owned(),
            found: format!("a list of {}", list.len()),
            expected: format!("a list of {layers}, one for each layer,"),
        });
    }
    list[..layers].iter().map(read).collect()
}
