//! `import-model`: what a language model is made of, from the configuration that it is published with.

use crate::arguments::Global;
use crate::arguments::serving::ImportModel;
use crate::catalogue;
use crate::failure::Failure;
use crate::known::{self, read_configuration, same_layers};
use crate::numbers::{brief, figure};
use crate::screen::{Form, Record, Screen, record};
use crate::style::Style;
use crate::table::{Align, Cell, Table};
use serde_json::{Value, json};
use tokenomics_language::Model;
use tokenomics_throughput::{Architecture, Attention, FeedForward, Format, Selection};

/// The input of the catalogue that says what models are made of, by its place.
const GEOMETRY: usize = 10;

/// Bytes of a number in a cache, as caches are compared.
const SIXTEEN_BITS: f64 = 2.0;

/// Prints what a configuration says, or the rows of a table that say the same.
///
/// # Errors
/// A file that cannot be read, or what of it cannot be.
pub fn run(model: &Model, global: &Global, screen: &mut Screen<'_>, asked: &ImportModel) -> Result<(), Failure> {
    let configuration = read_configuration(&asked.file)?;
    let catalogue = catalogue::of(model)?;
    let architecture = &configuration.architecture;
    let called = configuration.name.clone().unwrap_or_else(|| known::stem(&asked.file));
    let name = asked.name.clone().unwrap_or_else(|| member(&called));
    let same = same_layers(&catalogue, architecture, &[Some(&called), Some(&known::stem(&asked.file))]);
    if screen.form == Form::Csv {
        return screen.records(global, "figures", rows(model, architecture, &name, asked)?);
    }
    let sizes = Sizes::of(architecture);
    let layers = layers(architecture);
    if screen.form == Form::Json {
        let attributes = architecture.attributes().into_iter().map(|(attribute, value)| {
            record([
                ("attribute", json!(attribute.name())),
                ("value", json!(value)),
                ("meaning", json!(attribute.meaning())),
            ])
        });
        let more = record([
            ("name", json!(name)),
            ("same_layers_as", json!(same)),
            ("total_parameters", json!(architecture.total_weights())),
            ("active_parameters", json!(architecture.active_weights())),
            ("weights", json!(configuration.weights.name())),
            ("cache_bytes_per_token", json!(sizes.cache)),
            ("index_cache_bytes_per_token", json!(sizes.index)),
            ("window_cache_bytes", json!(sizes.window)),
            ("state_bytes", json!(sizes.state)),
            ("longest_context", json!(Some(architecture.longest_context).filter(|context| *context > 0.0))),
            ("draft_layers", json!(architecture.draft_layers)),
            ("layers", layers.iter().map(Layer::json).collect()),
            ("notes", json!(configuration.notes)),
        ]);
        return screen.document(global, "attributes", attributes.collect(), more);
    }
    screen.line(screen.paint.paint(Style::Strong, &called))?;
    screen.table(&summary(architecture, &sizes, configuration.weights))?;
    screen.line("")?;
    let mut table = Table::new([
        ("layers", Align::Right),
        ("of", Align::Left),
        ("weights", Align::Right),
        ("cache", Align::Right),
        ("", Align::Left),
    ]);
    table.units(["", "", "M each", "B/tok each", ""].map(str::to_owned));
    for layer in &layers {
        let cache = layer.cache.map_or_else(|| Cell::styled("", Style::Quiet), |cache| figure(cache).into());
        let weights = figure(layer.weights / 1e6);
        table.row([brief(layer.count).into(), layer.kind.into(), weights.into(), cache, layer.form.as_str().into()]);
    }
    screen.table(&table)?;
    let mut notes = configuration.notes;
    if let Some(same) = same {
        notes.insert(0, format!("The layers are those of {same}, which the model knows"));
    }
    for note in notes {
        screen.paragraph(&note, 0, Style::Quiet)?;
    }
    Ok(())
}

/// A name as members have it: small letters, digits and underscores.
fn member(name: &str) -> String {
    let last = name.rsplit('/').next().unwrap_or(name);
    let plain: String = last
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' })
        .collect();
    plain.trim_matches('_').to_owned()
}

/// The rows of the model's table of geometries.
fn rows(model: &Model, architecture: &Architecture, name: &str, asked: &ImportModel) -> Result<Vec<Record>, Failure> {
    let inputs = catalogue::inputs(model)?;
    let variable = inputs.get(GEOMETRY).map(|input| &model.variables[input.index()]);
    let variable = variable.ok_or_else(|| Failure::call("this model has no table of what models are made of"))?;
    let dimensions: Vec<&str> =
        variable.dimensions.iter().map(|id| model.dimensions[id.index()].name.as_str()).collect();
    let [of_model, of_attribute] = dimensions.as_slice() else {
        return Err(Failure::call(format!("`{}` does not vary by model and attribute", variable.name)));
    };
    let published = asked.published.map(|date| date.to_string()).unwrap_or_default();
    let row = |(attribute, value): (tokenomics_throughput::Attribute, f64)| {
        record([
            ("name", json!(variable.name)),
            (of_model, json!(name)),
            (of_attribute, json!(attribute.name())),
            ("value", whole(value)),
            ("unit", json!("1")),
            ("p5", json!("")),
            ("p95", json!("")),
            ("source", json!(asked.source.clone().unwrap_or_default())),
            ("published", json!(published)),
            ("kind", json!("reported")),
            ("preferred", json!("")),
            ("note", json!("")),
        ])
    };
    Ok(architecture.attributes().into_iter().map(row).collect())
}

/// A count without a decimal point.
fn whole(value: f64) -> Value {
    if value.fract() == 0.0 { json!(value as i64) } else { json!(value) }
}

/// Bytes that a sequence keeps, in sixteen bits.
struct Sizes {
    /// For each token of context, keys and values.
    cache: f64,
    /// For each token of context, the keys of an index.
    index: f64,
    /// In windows, once they are full.
    window: f64,
    /// In states of fixed size.
    state: f64,
}

impl Sizes {
    fn of(architecture: &Architecture) -> Sizes {
        let mut sizes = Sizes { cache: 0.0, index: 0.0, window: 0.0, state: 0.0 };
        for (count, attention) in &architecture.attention {
            let bytes = count * SIXTEEN_BITS;
            match *attention {
                Attention::Grouped { window: Some(window), .. } => {
                    sizes.window += bytes * window * attention.cached_numbers();
                }
                Attention::Linear { state, .. } => sizes.state += bytes * state,
                Attention::Compressed { head, ratio, selection, window, .. } => {
                    sizes.cache += bytes * attention.cached_numbers();
                    sizes.window += bytes * window * head;
                    sizes.index += bytes * index_key(selection) / ratio.max(1.0);
                }
                Attention::Grouped { selection, .. } | Attention::Latent { selection, .. } => {
                    sizes.cache += bytes * attention.cached_numbers();
                    sizes.index += bytes * index_key(selection);
                }
            }
        }
        sizes
    }
}

/// Numbers of the key that an index of its own keeps for an entry.
fn index_key(selection: Option<Selection>) -> f64 {
    selection.filter(|index| index.heads > 0.0).map_or(0.0, |index| index.head)
}

fn summary(architecture: &Architecture, sizes: &Sizes, weights: Format) -> Table {
    let mut table = Table::new([("", Align::Left), ("", Align::Right), ("", Align::Left)]);
    let mut row = |what: &str, value: f64, unit: &str| {
        table.row([what.into(), figure(value).into(), Cell::styled(unit, Style::Quiet)]);
    };
    row("weights in all", architecture.total_weights() / 1e9, "billion");
    row("weights of a token", architecture.active_weights() / 1e9, "billion");
    row("published in", weights.bits(), "bits a weight, for most of them");
    row("cache of a token", sizes.cache, "B, in sixteen bits");
    for (what, bytes) in [
        ("  keys of an index", sizes.index),
        ("windows of a sequence", sizes.window),
        ("states of a sequence", sizes.state),
    ] {
        if bytes > 0.0 {
            row(what, bytes, "B, in sixteen bits");
        }
    }
    row("vocabulary", architecture.vocabulary, if architecture.tied_embeddings { "one table" } else { "two tables" });
    if architecture.longest_context > 0.0 {
        row("longest context", architecture.longest_context, "tokens");
    }
    if architecture.draft_layers > 0.0 {
        row("layers that guess", architecture.draft_layers, "not counted above");
    }
    table
}

/// Layers of one kind.
struct Layer {
    count: f64,
    kind: &'static str,
    /// Weights of one.
    weights: f64,
    /// Bytes that one keeps for a token of context, in sixteen bits; not of one that keeps none.
    cache: Option<f64>,
    /// Its widths, in words.
    form: String,
}

impl Layer {
    fn json(&self) -> Value {
        json!({
            "layers": self.count,
            "of": self.kind,
            "weights": self.weights,
            "cache_bytes_per_token": self.cache,
            "form": self.form,
        })
    }
}

fn layers(architecture: &Architecture) -> Vec<Layer> {
    let hidden = architecture.hidden;
    let attention = architecture.attention.iter().map(|(count, attention)| {
        let (kind, form) = attention_words(attention);
        let numbers = attention.cached_numbers();
        let cache = (numbers > 0.0).then_some(numbers * SIXTEEN_BITS);
        Layer { count: *count, kind, weights: attention.weights(hidden), cache, form }
    });
    let networks = architecture.feed_forward.iter().map(|(count, network)| {
        let (kind, all, form) = network_words(network, hidden);
        Layer { count: *count, kind, weights: all, cache: None, form }
    });
    attention.chain(networks).collect()
}

fn attention_words(attention: &Attention) -> (&'static str, String) {
    let selects = |selection: Option<Selection>| match selection {
        Some(index) if index.heads > 0.0 => {
            format!(", {} entries chosen by an index of {} heads × {}", brief(index.entries), index.heads, index.head)
        }
        Some(index) => format!(", {} entries chosen by the index of another layer", brief(index.entries)),
        None => String::new(),
    };
    let gate = |gated: bool| if gated { ", gated" } else { "" };
    match *attention {
        Attention::Grouped { heads, key_value_heads, head, value_head, gated, window, selection } => {
            let kind = if window.is_some() { "windowed attention" } else { "grouped attention" };
            let widths = if head.to_bits() == value_head.to_bits() {
                format!("{head}")
            } else {
                format!("{head} (values {value_head})")
            };
            let within = window.map(|window| format!(", the last {} tokens", brief(window))).unwrap_or_default();
            let form = format!(
                "{heads} heads × {widths} in {key_value_heads} groups{within}{}{}",
                gate(gated),
                selects(selection)
            );
            (kind, form)
        }
        Attention::Latent {
            heads,
            query_rank,
            key_value_rank,
            plain_head,
            rotary_head,
            value_head,
            gated,
            selection,
        } => {
            let queries = if query_rank > 0.0 { format!(", queries by {query_rank}") } else { String::new() };
            let form = format!(
                "{heads} heads × {plain_head} + {rotary_head} (values {value_head}), keys and values by {key_value_rank}{queries}{}{}",
                gate(gated),
                selects(selection)
            );
            ("latent attention", form)
        }
        Attention::Linear { state, .. } => ("linear attention", format!("a state of {} numbers", brief(state))),
        Attention::Compressed { heads, head, query_rank, ratio, selection, window, .. } => {
            let packed = if ratio > 0.0 { format!("one entry for {ratio} tokens, ") } else { String::new() };
            let form = format!(
                "{heads} heads × {head}, queries by {query_rank}, {packed}the last {} tokens{}",
                brief(window),
                selects(selection)
            );
            ("compressed attention", form)
        }
    }
}

fn network_words(network: &FeedForward, hidden: f64) -> (&'static str, f64, String) {
    let common = network.common_weights(hidden);
    match *network {
        FeedForward::Dense { intermediate, matrices } => {
            ("one network", common, format!("{matrices} matrices × {}", brief(intermediate)))
        }
        FeedForward::Experts { experts, chosen, intermediate, shared_intermediate, matrices, width } => {
            let shared = match shared_intermediate {
                shared if shared > 0.0 => format!(", beside one of {} for all", brief(shared)),
                _ => String::new(),
            };
            let stream = width.map(|width| format!(", on a stream of {width}")).unwrap_or_default();
            let form =
                format!("{chosen} of {experts}, each {matrices} matrices × {}{shared}{stream}", brief(intermediate));
            ("experts", common + experts * network.expert_weights(hidden), form)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_a_plain_name() {
        assert_eq!(member("a-maker/Model-R1"), "model_r1");
        assert_eq!(member("model_r1"), "model_r1");
    }
}
