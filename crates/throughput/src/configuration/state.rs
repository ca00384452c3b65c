//! Layers that keep a state of fixed size.

use super::keys::Keys;
use super::layers::{Sight, Stack};
use super::{ConfigurationError, Reading};
use crate::Attribute;

/// A layer with a state: its numbers and its weights.
struct Form {
    state: f64,
    weights: f64,
}

pub(super) fn read(keys: &Keys, stack: &Stack, hidden: f64, reading: &mut Reading) -> Result<(), ConfigurationError> {
    let layers = stack.count(Sight::State);
    if layers == 0.0 {
        return Ok(());
    }
    let form = if let Some(linear) = keys.object("linear_attn_config")? {
        gated_by_channel(&linear, hidden)?
    } else if keys.has("linear_num_value_heads") {
        gated_by_head(keys, hidden)?
    } else {
        state_space(keys, hidden)?
    };
    reading.set(Attribute::LinearLayers, layers);
    reading.set(Attribute::LinearState, form.state);
    reading.set(Attribute::LinearWeights, form.weights);
    Ok(())
}

/// The latest inputs that a short convolution keeps, and its weights.
fn convolution(channels: f64, kernel: f64) -> Form {
    Form { state: channels * (kernel - 1.0).max(0.0), weights: channels * kernel }
}

/// The delta rule, where each head forgets as a whole: queries, keys, values, the gate of the output, and two
/// numbers a head.
fn gated_by_head(keys: &Keys, hidden: f64) -> Result<Form, ConfigurationError> {
    let key_heads = keys.need(&["linear_num_key_heads"], "the heads of keys of a layer with a state")?;
    let value_heads = keys.need(&["linear_num_value_heads"], "the heads of values of a layer with a state")?;
    let key_head = keys.need(&["linear_key_head_dim"], "the width of such a head of keys")?;
    let value_head = keys.need(&["linear_value_head_dim"], "the width of such a head of values")?;
    let kernel = keys.number(&["linear_conv_kernel_dim"])?.unwrap_or(4.0);
    let (key, value) = (key_heads * key_head, value_heads * value_head);
    let mixed = convolution(2.0 * key + value, kernel);
    Ok(Form {
        state: value_heads * key_head * value_head + mixed.state,
        weights: hidden * (2.0 * key + 2.0 * value + 2.0 * value_heads) + value * hidden + mixed.weights,
    })
}

/// The delta rule, where each channel forgets by itself, by a gate of low rank.
fn gated_by_channel(linear: &Keys, hidden: f64) -> Result<Form, ConfigurationError> {
    let heads = linear.need(&["num_heads"], "the heads of a layer with a state, in `linear_attn_config`")?;
    let head = linear.need(&["head_dim"], "the width of a head of a layer with a state, in `linear_attn_config`")?;
    let kernel = linear.number(&["short_conv_kernel_size"])?.unwrap_or(4.0);
    let inner = heads * head;
    let low_rank = head * (hidden + inner);
    let gate = if linear.flag("use_full_rank_gate")? == Some(true) { hidden * inner } else { low_rank };
    let mixed = convolution(3.0 * inner, kernel);
    Ok(Form {
        state: heads * head * head + mixed.state,
        weights: 4.0 * hidden * inner + low_rank + gate + hidden * heads + mixed.weights,
    })
}

/// A state space, whose inputs and outputs groups of heads share.
fn state_space(keys: &Keys, hidden: f64) -> Result<Form, ConfigurationError> {
    let heads = keys.need(&["mamba_num_heads", "mamba_n_heads"], "the heads of a layer with a state")?;
    let head = keys.need(&["mamba_head_dim", "mamba_d_head"], "the width of a head of a layer with a state")?;
    let states = keys.need(&["ssm_state_size", "mamba_d_state"], "the states of a channel of such a layer")?;
    let groups = keys.number(&["n_groups", "mamba_n_groups"])?.unwrap_or(1.0);
    let kernel = keys.number(&["conv_kernel", "mamba_d_conv"])?.unwrap_or(4.0);
    let inner = heads * head;
    let mixed = convolution(inner + 2.0 * groups * states, kernel);
    Ok(Form {
        state: inner * states + mixed.state,
        weights: hidden * (2.0 * inner + 2.0 * groups * states + heads) + inner * hidden + mixed.weights,
    })
}
