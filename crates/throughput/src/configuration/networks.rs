//! Feed-forward networks: which layers have experts, and of what shape.

use super::keys::{Keys, unexpected};
use super::layers::{Network, Stack, listed};
use super::{ConfigurationError, Reading};
use crate::Attribute;

/// Names of the number of experts.
const EXPERTS: [&str; 4] = ["n_routed_experts", "num_experts", "num_local_experts", "moe_num_experts"];

/// Names of the number of experts chosen for a token.
const CHOSEN: [&str; 6] =
    ["num_experts_per_tok", "num_experts_per_token", "top_k_experts", "experts_per_token", "moe_top_k", "moe_topk"];

pub(super) fn read(keys: &Keys, stack: &Stack, reading: &mut Reading) -> Result<(), ConfigurationError> {
    let experts = keys.number(&EXPERTS)?.filter(|&experts| experts > 0.0);
    let (dense, expert) = counts(keys, stack, experts.is_some())?;
    let matrices = if two_matrices(keys)? { 2.0 } else { 3.0 };
    reading.set(Attribute::DenseLayers, dense);
    if dense > 0.0 {
        let names = ["dense_intermediate_size", "intermediate_size_mlp", "intermediate_size", "n_inner"];
        let names = if keys.has("ffn_hidden_size") { &["ffn_hidden_size"][..] } else { &names[..] };
        reading.set(Attribute::DenseWidth, keys.need(names, "the width between the matrices of a network")?);
        reading.set(Attribute::DenseMatrices, matrices);
    }
    if expert > 0.0 {
        let missing = || keys.need(&EXPERTS, "the number of experts");
        reading.set(Attribute::ExpertLayers, expert);
        reading.set(Attribute::Experts, experts.map_or_else(missing, Ok)?);
        reading.set(Attribute::ChosenExperts, keys.need(&CHOSEN, "how many experts a token chooses")?);
        let widths = ["moe_intermediate_size", "expert_intermediate_size", "intermediate_size"];
        let width = keys.need(&widths, "the width between the matrices of an expert")?;
        reading.set(Attribute::ExpertWidth, width);
        reading.set(Attribute::ExpertMatrices, matrices);
        reading.set(Attribute::SharedWidth, shared_width(keys, width)?);
        if let Some(stream) = keys.number(&["routed_expert_hidden_size", "moe_latent_size"])? {
            reading.set(Attribute::ExpertStreamWidth, stream);
        }
    }
    // The width of networks that all layers would have without experts.
    for key in ["intermediate_size", "intermediate_size_mlp"] {
        keys.has(key);
    }
    Ok(())
}

/// Layers with one network for all tokens, and those with experts.
fn counts(keys: &Keys, stack: &Stack, experts: bool) -> Result<(f64, f64), ConfigurationError> {
    if let Some(networks) = &stack.networks {
        let expert = networks.iter().filter(|network| **network == Network::Experts).count();
        return Ok(((networks.len() - expert) as f64, expert as f64));
    }
    let layers = stack.attention.len();
    if !experts {
        return Ok((layers as f64, 0.0));
    }
    let expert = with_experts(keys, layers)?.into_iter().filter(|experts| *experts).count();
    Ok(((layers - expert) as f64, expert as f64))
}

/// Whether each layer has experts.
fn with_experts(keys: &Keys, layers: usize) -> Result<Vec<bool>, ConfigurationError> {
    let first = keys.number(&["first_k_dense_replace", "moe_layer_start_index"])?.unwrap_or(0.0);
    let frequency = keys.value("moe_layer_freq");
    if let Some(kinds) = keys.texts("mlp_layer_types")? {
        return listed("mlp_layer_types", &kinds, layers, |kind| Ok(*kind != "dense"));
    }
    if frequency.is_some_and(serde_json::Value::is_array)
        && let Some(list) = keys.numbers("moe_layer_freq")?
    {
        return listed("moe_layer_freq", &list, layers, |experts| Ok(*experts != 0.0));
    }
    if let Some(chosen) = chosen_layers(keys)? {
        return Ok((0..layers).map(|layer| chosen.contains(&(layer as f64))).collect());
    }
    if let Some(step) = keys.number(&["interleave_moe_layer_step", "decoder_sparse_step"])? {
        let dense = keys.numbers("mlp_only_layers")?.unwrap_or_default();
        let chosen = |layer: usize| step > 0.0 && ((layer + 1) as f64) % step == 0.0;
        return Ok((0..layers).map(|layer| chosen(layer) && !dense.contains(&(layer as f64))).collect());
    }
    keys.has("mlp_only_layers");
    let frequency = keys.number(&["moe_layer_freq", "moe_layer_interval"])?.unwrap_or(1.0).max(1.0);
    Ok((0..layers).map(|layer| layer as f64 >= first && (layer as f64) % frequency == 0.0).collect())
}

/// Layers with experts, counted from zero, where they are named one by one.
fn chosen_layers(keys: &Keys) -> Result<Option<Vec<f64>>, ConfigurationError> {
    let key = "moe_layers_enum";
    let Some(names) = keys.value(key).and_then(serde_json::Value::as_str) else {
        return match keys.numbers(key)? {
            Some(layers) => Ok(Some(layers)),
            None => keys.numbers("moe_layers"),
        };
    };
    let layers: Result<Vec<f64>, _> = names.split(',').map(|name| name.trim().parse()).collect();
    layers.map(Some).map_err(|_| unexpected(key, &names.into(), "layers by number, with commas between"))
}

/// Width of what all tokens pass through beside the experts, each of which is as wide as given.
fn shared_width(keys: &Keys, expert: f64) -> Result<f64, ConfigurationError> {
    let count = keys.number(&["n_shared_experts", "num_shared_experts"])?;
    let widths = [
        "moe_shared_expert_intermediate_size",
        "shared_expert_intermediate_size",
        "shared_intermediate_size",
        "share_expert_dim",
        "share_expert_dims",
    ];
    if let Some(width) = keys.number(&widths)? {
        return Ok(width);
    }
    if let Some(count) = count {
        return Ok(count * expert);
    }
    // A family whose layers with experts have the dense network as well, and one whose layers have one more
    // expert that it does not count.
    if keys.flag("enable_moe_block")? == Some(true) {
        return keys.need(&["intermediate_size"], "the width of the network beside the experts");
    }
    Ok(if keys.has("interleave_moe_layer_step") { expert } else { 0.0 })
}

/// Whether networks have two matrices, for no gate multiplies.
fn two_matrices(keys: &Keys) -> Result<bool, ConfigurationError> {
    for key in ["mlp_hidden_act", "hidden_act", "hidden_activation", "activation_function"] {
        if let Some(name) = keys.text(key)? {
            return Ok(matches!(name.as_str(), "relu" | "relu2" | "gelu_new" | "gelu" | "gelu_fast"));
        }
    }
    Ok(false)
}
