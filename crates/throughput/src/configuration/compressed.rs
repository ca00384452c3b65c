//! Layers that keep one entry for a block of tokens.

use super::keys::Keys;
use super::layers::{Sight, Stack};
use super::{ConfigurationError, Reading, attention};
use crate::Attribute;

/// Layers with an index take each block together with the one before, so theirs are twice as wide.
const OVERLAP: f64 = 2.0;

pub(super) fn read(keys: &Keys, stack: &Stack, hidden: f64, reading: &mut Reading) -> Result<(), ConfigurationError> {
    let mut ratios: Vec<u32> = stack.attention.iter().filter_map(|sight| ratio(*sight)).collect();
    if ratios.is_empty() {
        return Ok(());
    }
    ratios.sort_unstable();
    ratios.dedup();
    let mut named = ratios.iter().copied().filter(|ratio| *ratio > 0);
    let entries = keys.number(&["index_topk"])?;
    // The index selects among the entries that stand for the fewest tokens.
    let fine = if entries.is_some() { named.next() } else { None };
    let coarse = named.next();
    if named.next().is_some() {
        let reason = format!("has more ratios than a fine and a coarse one ({ratios:?})");
        return Err(ConfigurationError::Unsupported { key: "compress_ratios".to_owned(), reason });
    }

    let heads = keys.need(&["num_attention_heads"], "the number of query heads")?;
    let head = keys.need(&["head_dim"], "the width of an entry")?;
    let query_rank = keys.number(&["q_lora_rank"])?.unwrap_or(0.0);
    keys.has("num_key_value_heads");
    keys.has("qk_rope_head_dim");
    reading.set(Attribute::FullAttentionLayers, 0.0);
    reading.set(Attribute::Heads, heads);
    reading.set(Attribute::HeadWidth, head);
    reading.set(Attribute::QueryRank, query_rank);
    reading.set(Attribute::Window, keys.need(&["sliding_window"], "how many tokens are kept uncompressed")?);

    let queries = if query_rank > 0.0 { query_rank } else { hidden };
    let compression = if query_rank > 0.0 { hidden * query_rank } else { 0.0 };
    let outward = match keys.number(&["o_lora_rank"])? {
        Some(rank) => heads * head * rank + keys.number(&["o_groups"])?.unwrap_or(1.0) * rank * hidden,
        None => heads * head * hidden,
    };
    let local = compression + queries * heads * head + hidden * head + outward;
    // What goes into an entry, and how much of it, are two projections.
    let compressor = |width: f64| 2.0 * hidden * width;
    let count = |ratio: u32| stack.count(Sight::Compressed(ratio));
    if count(0) > 0.0 {
        reading.set(Attribute::LocalLayers, count(0));
        reading.set(Attribute::LocalWeights, local);
    }
    if let Some(ratio) = coarse {
        reading.set(Attribute::CoarseLayers, count(ratio));
        reading.set(Attribute::CoarseCompression, f64::from(ratio));
        reading.set(Attribute::CoarseWeights, local + compressor(head));
    }
    if let (Some(ratio), Some(entries)) = (fine, entries) {
        attention::index(keys, entries, reading)?;
        let index_heads = keys.need(&["index_n_heads"], "the heads of the index")?;
        let index_head = keys.need(&["index_head_dim"], "the width of a head of the index")?;
        let index = queries * index_heads * index_head + hidden * index_heads + compressor(OVERLAP * index_head);
        reading.set(Attribute::CompressedLayers, count(ratio));
        reading.set(Attribute::Compression, f64::from(ratio));
        reading.set(Attribute::CompressedWeights, local + compressor(OVERLAP * head) + index);
    }
    Ok(())
}

fn ratio(sight: Sight) -> Option<u32> {
    match sight {
        Sight::Compressed(ratio) => Some(ratio),
        Sight::Full | Sight::Window | Sight::State => None,
    }
}
