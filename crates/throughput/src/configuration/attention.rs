//! Heads of the layers that keep keys and values.

use super::keys::Keys;
use super::layers::{Sight, Stack, listed};
use super::{ConfigurationError, Reading};
use crate::Attribute;

/// Heads of layers of one kind.
#[derive(Clone, Copy, PartialEq)]
struct Heads {
    queries: f64,
    key_values: f64,
    width: f64,
    value_width: f64,
}

pub(super) fn read(keys: &Keys, stack: &Stack, hidden: f64, reading: &mut Reading) -> Result<(), ConfigurationError> {
    let (full, windowed) = (stack.count(Sight::Full), stack.count(Sight::Window));
    if full + windowed == 0.0 {
        return Ok(());
    }
    reading.set(Attribute::FullAttentionLayers, full);
    let gate = ["attn_output_gate", "attention_output_gate", "mla_use_output_gate"];
    let mut gated = None;
    for key in gate {
        gated = gated.or(keys.flag(key)?);
    }
    // The first models with such states have the gate, and no key for it.
    if gated.unwrap_or_else(|| keys.has("linear_num_value_heads")) {
        reading.set(Attribute::GatedAttention, 1.0);
    }
    if let Some(rank) = keys.number(&["kv_lora_rank"])?.filter(|&rank| rank > 0.0) {
        latent(keys, rank, reading)?;
        selection(keys, stack, reading)?;
        return Ok(());
    }
    let common = common(keys, hidden)?;
    let (whole, near) = (over_all(keys, common)?, in_window(keys, common)?);
    let first = if full > 0.0 { whole } else { near };
    reading.set(Attribute::Heads, first.queries);
    reading.set(Attribute::KeyValueHeads, first.key_values);
    reading.set(Attribute::HeadWidth, first.width);
    reading.set(Attribute::ValueHeadWidth, first.value_width);
    if windowed > 0.0 {
        reading.set(Attribute::WindowLayers, windowed);
        let window = ["sliding_window", "sliding_window_size", "attention_chunk_size"];
        reading.set(Attribute::Window, keys.need(&window, "how many tokens a window has")?);
        reading.set(Attribute::WindowHeads, near.queries);
        reading.set(Attribute::WindowKeyValueHeads, near.key_values);
        reading.set(Attribute::WindowHeadWidth, near.width);
        reading.set(Attribute::WindowValueHeadWidth, near.value_width);
    }
    if keys.flag("attention_k_eq_v")? == Some(true) {
        reading.note("`attention_k_eq_v`: the projection of values that full attention saves is counted");
    }
    if keys.number(&["num_kv_shared_layers"])?.unwrap_or(0.0) > 0.0 {
        let reason = "lets layers share a cache".to_owned();
        return Err(ConfigurationError::Unsupported { key: "num_kv_shared_layers".to_owned(), reason });
    }
    selection(keys, stack, reading)
}

/// Heads of layers of any kind.
fn common(keys: &Keys, hidden: f64) -> Result<Heads, ConfigurationError> {
    let queries = keys.need(&["num_attention_heads", "n_head", "num_heads"], "the number of query heads")?;
    let key_values = keys.number(&["num_key_value_heads", "num_attention_groups", "num_kv_heads"])?;
    let width = keys.number(&["head_dim", "attention_head_dim", "kv_channels"])?.unwrap_or(hidden / queries);
    let value_width = keys.number(&["v_head_dim"])?.unwrap_or(width);
    Ok(Heads { queries, key_values: key_values.unwrap_or(queries), width, value_width })
}

/// Heads of layers that may read the whole context, where they have keys of their own.
fn over_all(keys: &Keys, common: Heads) -> Result<Heads, ConfigurationError> {
    let width = keys.number(&["global_head_dim"])?;
    Ok(Heads {
        queries: common.queries,
        key_values: keys.number(&["num_global_key_value_heads"])?.unwrap_or(common.key_values),
        width: width.unwrap_or(common.width),
        value_width: width.unwrap_or(common.value_width),
    })
}

/// Heads of layers with a window, where they have keys of their own.
fn in_window(keys: &Keys, common: Heads) -> Result<Heads, ConfigurationError> {
    if let Some(other) = keys.object("attention_other_setting")? {
        let width = other.number(&["head_dim"])?;
        return Ok(Heads {
            queries: other.number(&["num_attention_heads"])?.unwrap_or(common.queries),
            key_values: other.number(&["num_attention_groups"])?.unwrap_or(common.key_values),
            width: width.unwrap_or(common.width),
            value_width: width.unwrap_or(common.value_width),
        });
    }
    let width = keys.number(&["swa_head_dim"])?;
    Ok(Heads {
        queries: keys.number(&["swa_num_attention_heads"])?.unwrap_or(common.queries),
        key_values: keys.number(&["swa_num_key_value_heads"])?.unwrap_or(common.key_values),
        width: width.unwrap_or(common.width),
        value_width: keys.number(&["swa_v_head_dim"])?.or(width).unwrap_or(common.value_width),
    })
}

/// Keys and values compressed to a latent vector of this width.
fn latent(keys: &Keys, rank: f64, reading: &mut Reading) -> Result<(), ConfigurationError> {
    let heads = keys.need(&["num_attention_heads"], "the number of query heads")?;
    let plain = keys.need(&["qk_nope_head_dim"], "the width of a head without positions")?;
    let rotary = keys.need(&["qk_rope_head_dim"], "the width of a head with positions")?;
    // Widths that go by the heads before they are compressed say nothing more.
    for key in ["num_key_value_heads", "head_dim", "qk_head_dim"] {
        keys.has(key);
    }
    reading.set(Attribute::Heads, heads);
    reading.set(Attribute::QueryRank, keys.number(&["q_lora_rank"])?.unwrap_or(0.0));
    reading.set(Attribute::KeyValueRank, rank);
    reading.set(Attribute::PlainHeadWidth, plain);
    reading.set(Attribute::RotaryHeadWidth, rotary);
    reading.set(Attribute::ValueHeadWidth, keys.number(&["v_head_dim"])?.unwrap_or(plain));
    Ok(())
}

/// The part of the context that an index selects.
fn selection(keys: &Keys, stack: &Stack, reading: &mut Reading) -> Result<(), ConfigurationError> {
    if let Some(entries) = keys.number(&["index_topk"])? {
        index(keys, entries, reading)?;
        if let Some(kinds) = keys.texts("indexer_types")? {
            let own = listed("indexer_types", &kinds, stack.attention.len(), |kind| Ok(*kind == "full"))?;
            reading.set(Attribute::IndexLayers, own.iter().filter(|own| **own).count() as f64);
        }
        return Ok(());
    }
    let Some(sparse) = keys.object("sparse_attention_config")? else { return Ok(()) };
    if sparse.flag("use_sparse_attention")? == Some(false) {
        return Ok(());
    }
    let blocks = sparse.need(&["sparse_topk_blocks"], "how many blocks an index selects")?;
    let block = sparse.need(&["sparse_block_size"], "how many tokens a block has")?;
    reading.set(Attribute::SelectedEntries, blocks * block);
    reading.set(Attribute::IndexHeads, sparse.need(&["sparse_num_index_heads"], "the heads of the index")?);
    reading.set(Attribute::IndexHeadWidth, sparse.need(&["sparse_index_dim"], "the width of a head of the index")?);
    if let Some(chosen) = sparse.numbers("sparse_attention_freq")? {
        let chosen = listed("sparse_attention_freq", &chosen, stack.attention.len(), |chosen| Ok(*chosen != 0.0))?;
        reading.set(Attribute::SelectingLayers, chosen.iter().filter(|chosen| **chosen).count() as f64);
    }
    Ok(())
}

/// An index that selects this many entries.
pub(super) fn index(keys: &Keys, entries: f64, reading: &mut Reading) -> Result<(), ConfigurationError> {
    reading.set(Attribute::SelectedEntries, entries);
    reading.set(Attribute::IndexHeads, keys.need(&["index_n_heads"], "the heads of the index")?);
    reading.set(Attribute::IndexHeadWidth, keys.need(&["index_head_dim"], "the width of a head of the index")?);
    Ok(())
}
