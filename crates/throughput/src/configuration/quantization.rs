//! The number format of the weights.

use serde_json::Value;

use super::keys::{Keys, unexpected};
use super::{ConfigurationError, Reading};
use crate::Format;

/// The format of most of the weights.
pub(super) fn weights(keys: &Keys, reading: &mut Reading) -> Result<Format, ConfigurationError> {
    let stated = keys.object("quantization_config")?;
    let quantized = match &stated {
        Some(quantization) => Some(quantized(quantization, reading)?),
        None => None,
    };
    if let Some(name) = keys.text("expert_dtype")? {
        let experts = named("expert_dtype", &name)?;
        reading.note(format!("`expert_dtype`: experts are in {experts}, and stand for all weights"));
        return Ok(experts);
    }
    if let Some(format) = quantized {
        return Ok(format);
    }
    for key in ["torch_dtype", "dtype"] {
        if let Some(name) = keys.text(key)? {
            if name == "float32" {
                reading.note(format!("`{key}` is float32: weights are taken to be served in {}", Format::Bf16));
                return Ok(Format::Bf16);
            }
            return named(key, &name);
        }
    }
    reading.note(format!("neither `quantization_config` nor `torch_dtype` is given: weights are in {}", Format::Bf16));
    Ok(Format::Bf16)
}

fn named(key: &str, name: &str) -> Result<Format, ConfigurationError> {
    let short = name.to_ascii_lowercase();
    let short = if short.starts_with("float8") { "fp8" } else { short.as_str() };
    Format::parse(short).ok_or_else(|| {
        let known: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
        unexpected(key, &Value::from(name), &format!("the name of a number format ({})", known.join(", ")))
    })
}

/// The format that weights are quantized to.
fn quantized(keys: &Keys, reading: &mut Reading) -> Result<Format, ConfigurationError> {
    let apart = ["ignore", "modules_to_not_convert", "exclude_modules", "ignored_layers"];
    if apart.iter().any(|key| keys.value(key).is_some_and(|list| list.to_string().contains("attn"))) {
        reading.note("attention, in some layers at least, is kept in sixteen bits and not quantized");
    }
    let groups = keys.object("config_groups")?.map_or_else(Vec::new, |groups| groups.objects());
    let mut formats = Vec::new();
    for group in &groups {
        let Some(weights) = group.object("weights")? else { continue };
        let bits = weights.number(&["num_bits"])?.unwrap_or(16.0);
        let floating = weights.text("type")?.is_none_or(|kind| kind == "float");
        formats.push(of_bits("num_bits", bits, floating)?);
    }
    for layer in keys.object("quantized_layers")?.map_or_else(Vec::new, |layers| layers.objects()) {
        if let Some(name) = layer.text("quant_algo")? {
            formats.extend(Format::parse(&name));
        }
    }
    formats.sort_by(|one, other| one.bytes().total_cmp(&other.bytes()));
    formats.dedup();
    if let Some(&narrowest) = formats.first() {
        if formats.len() > 1 {
            reading.note(format!("weights are in several formats; the narrowest, {narrowest}, stands for all"));
        }
        return Ok(narrowest);
    }
    for key in ["quant_algo", "quant_method"] {
        let Some(name) = keys.text(key)?.map(|name| name.to_ascii_lowercase()) else { continue };
        if let Some(bits) = keys.number(&["bits"])? {
            return of_bits("bits", bits, false);
        }
        let name = if name.contains("fp8") { "fp8" } else { name.as_str() };
        if let Some(format) = Format::parse(name) {
            return Ok(format);
        }
        let format = if keys.flag("load_in_8bit")? == Some(true) { Format::Int8 } else { Format::Int4 };
        reading.note(format!("`{key}` is `{name}`, which is not known: weights are taken to be in {format}"));
        return Ok(format);
    }
    reading.note(format!("`quantization_config` does not name its method: weights are taken to be in {}", Format::Fp8));
    Ok(Format::Fp8)
}

fn of_bits(key: &str, bits: f64, floating: bool) -> Result<Format, ConfigurationError> {
    for format in Format::ALL {
        let float = matches!(format, Format::Bf16 | Format::Fp8 | Format::Fp4);
        let format_bits = format.bits();
        if (format_bits - bits).abs() < 0.5 && (float == floating || format == Format::Bf16) {
            return Ok(format);
        }
    }
    Err(unexpected(key, &Value::from(bits), "4, 8 or 16 bits"))
}
