//! From chip, architecture, precision and parallelism to the coefficients of a replica.

use crate::{Architecture, Attention, Chip, Constant, Constants, FeedForward, Pool, Precision, Selection};

/// Kinds of layers that a replica tells apart at most; further ones are added to the last.
pub(crate) const KINDS: usize = 4;

/// Part of the memory of a chip that an engine leaves to weights and cache.
const USABLE_MEMORY: f64 = 0.97;

/// Bytes on each chip that neither weights nor cache take: workspaces, graphs and buffers.
const WORKSPACE: f64 = 2e9;

/// The same on a chip of little memory, as a part of it.
const LEAST_WORKSPACE: f64 = 0.02;

/// Tokens of a prompt that are read together.
const CHUNK: f64 = 8192.0;

/// Exchanges of a layer when chips share its matrices: one after attention, one after the network.
const EXCHANGES: f64 = 2.0;

/// Experts of one kind of layer on the chip with the most work.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Experts {
    /// Seconds to read all that are on a chip.
    pub read: f64,
    /// Logarithm of the chance that a token passes one of them by.
    pub passed_by: f64,
    /// Seconds of arithmetic for a token of the replica.
    pub work: f64,
}

/// A cache of one kind of layer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Cache {
    /// Seconds to read it for a sequence of the replica, for each token of context.
    pub read: f64,
    /// Seconds of arithmetic for a token of the replica, for each token of context.
    pub work: f64,
    /// Tokens of context that are seen at most.
    pub window: f64,
    /// Bytes on a chip for a sequence of the replica, for each token of context.
    pub bytes: f64,
    /// Seconds of arithmetic for a prompt's token, for each token of context.
    pub prompt: f64,
}

/// A replica of a model: everything that does not depend on what it is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Replica {
    pub(crate) dense_read: f64,
    pub(crate) dense_work: f64,
    pub(crate) experts: [Experts; KINDS],
    pub(crate) diversity: f64,
    pub(crate) caches: [Cache; KINDS],
    pub(crate) state_read: f64,
    pub(crate) fixed: f64,
    pub(crate) exchange: f64,
    pub(crate) sequence: f64,
    pub(crate) prompt_token: f64,
    pub(crate) prompt_fixed: f64,
    pub(crate) prompt_time: f64,
    pub(crate) prompt_groups: f64,
    pub(crate) sequence_bytes: f64,
    pub(crate) free_bytes: f64,
    pub(crate) stages: f64,
    pub(crate) chips: f64,
    pub(crate) load_slope: f64,
    pub(crate) peak: Peak,
}

/// What a replica would do at the peaks of its chips.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Peak {
    /// Seconds to read what every token passes through.
    pub common_read: f64,
    /// Seconds to read the states of a sequence.
    pub state_read: f64,
    /// Time to read experts at the peak, over their time in steps.
    pub expert_read: f64,
    /// Time to read caches at the peak, over their time in steps.
    pub cache_read: f64,
    /// Seconds of arithmetic for a token.
    pub work: f64,
}

/// Why a chip cannot serve a model in a stated way.
#[derive(Clone, Debug, PartialEq)]
pub enum Unservable {
    /// The weights and buffers of one chip's share, in bytes, against what it has.
    Memory {
        /// Bytes needed on each chip.
        needed: f64,
        /// Bytes it has for them.
        usable: f64,
    },
    /// The chip's sheet lacks arithmetic in any format that would do.
    Arithmetic,
    /// More chips than are linked.
    Links {
        /// Chips of the replica.
        chips: f64,
        /// Chips that are linked.
        domain: f64,
    },
}

impl std::fmt::Display for Unservable {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unservable::Memory { needed, usable } => write!(
                formatter,
                "weights and buffers take {:.0} GB on each chip, and it has {:.0} GB for them: spread the model over more chips or use a narrower format",
                needed / 1e9,
                usable / 1e9
            ),
            Unservable::Arithmetic => {
                formatter.write_str("the chip's arithmetic in this format or a wider one is not known")
            }
            Unservable::Links { chips, domain } => write!(
                formatter,
                "a replica of {chips} chips is more than the {domain} that are linked, and no link beyond them is known"
            ),
        }
    }
}

impl std::error::Error for Unservable {}

impl Replica {
    /// Compiles one replica of a pool.
    ///
    /// # Errors
    /// What cannot be served so, with both sides.
    pub fn compile(
        chip: &Chip,
        architecture: &Architecture,
        precision: Precision,
        pool: &Pool,
        constants: &Constants,
    ) -> Result<Replica, Unservable> {
        let get = |constant| constants.get(constant);
        let hidden = architecture.hidden;
        let group = pool.group();
        let heads_over = pool.attention_chips();
        let groups = pool.attention_groups();
        let stages = pool.pipeline;
        let peak = chip.arithmetic(precision.activations).ok_or(Unservable::Arithmetic)?;
        let common_peak = chip
            .arithmetic(if precision.common == precision.experts { precision.activations } else { precision.common })
            .ok_or(Unservable::Arithmetic)?;
        let wide_peak = chip.arithmetic(crate::Format::Bf16).ok_or(Unservable::Arithmetic)?;
        let bandwidth = chip.memory_bandwidth;
        let scale = get(Constant::StepScale);
        let weight_rate = bandwidth * get(Constant::WeightRead) / scale;
        let expert_rate = bandwidth * get(Constant::ExpertRead) / scale;
        let cache_rate = bandwidth * get(Constant::CacheRead) / scale;
        let decode = get(Constant::DecodeArithmetic) / scale;
        let prefill = get(Constant::PrefillArithmetic) / get(Constant::PrefillScale);
        let attend = get(Constant::AttentionArithmetic) / get(Constant::PrefillScale);

        // What every token passes through. Sequences attended to apart need all of it on each chip.
        let mut common = architecture.attention_weights();
        let mut experts = [Experts::default(); KINDS];
        let mut expert_bytes = 0.0;
        let mut expert_flops = 0.0;
        let mut kind = 0;
        let expert_part = get(Constant::ExpertArithmetic);
        let busiest = 1.0 + get(Constant::Skew) * (1.0 - 1.0 / pool.expert.max(1.0));
        for (layers, network) in &architecture.feed_forward {
            common += layers * network.common_weights(hidden);
            let FeedForward::Experts { experts: count, chosen, .. } = *network else { continue };
            let bytes = layers * count * network.expert_weights(hidden) * precision.experts.bytes() / group;
            let flops = layers * 2.0 * chosen * network.expert_weights(hidden) / group;
            expert_bytes += bytes;
            expert_flops += flops;
            let slot = &mut experts[kind.min(KINDS - 1)];
            slot.read += bytes / expert_rate * busiest;
            slot.passed_by = (1.0 - (chosen / count).min(1.0 - 1e-9)).ln();
            slot.work += flops / (peak * decode * expert_part) * busiest;
            kind += 1;
        }
        let head = architecture.vocabulary * hidden;
        let common_bytes = (common * precision.common.bytes() + head * 2.0) / heads_over;
        let common_flops = 2.0 * common / group;
        let head_flops = 2.0 * head / group;
        let embedding_bytes = if architecture.tied_embeddings { 0.0 } else { head * 2.0 / heads_over };

        // Caches, by how far back layers see.
        let mut caches = [Cache::default(); KINDS];
        let mut windows = [f64::NAN; KINDS];
        let mut state_bytes = 0.0;
        for (layers, attention) in &architecture.attention {
            let (spans, state) = seen(attention, precision, heads_over, groups);
            state_bytes += layers * state;
            for span in spans.into_iter().flatten() {
                let slot = place(&mut windows, span.window);
                let cache = &mut caches[slot];
                cache.window = windows[slot];
                cache.read += layers * span.read / cache_rate;
                cache.bytes += layers * span.kept;
                cache.work += layers * span.work / groups / (wide_peak * decode);
                cache.prompt += layers * span.prompt_work / groups / (wide_peak * attend);
            }
        }

        // Exchanges between the chips of a replica.
        let layers =
            architecture.attention_layers().max(architecture.feed_forward.iter().map(|(layers, _)| layers).sum());
        let (per_token, doublings) = exchange(chip, architecture, pool)?;
        let rate = get(Constant::ExchangeRate);
        let starts = EXCHANGES * layers * doublings * get(Constant::ExchangeTime);

        let needed =
            (common_bytes + embedding_bytes + expert_bytes) / stages + WORKSPACE.min(LEAST_WORKSPACE * chip.memory);
        let usable = chip.memory * USABLE_MEMORY;
        if needed >= usable {
            return Err(Unservable::Memory { needed, usable });
        }
        let floor = layer_times(architecture, layers, constants) + starts;
        Ok(Replica {
            dense_read: common_bytes / weight_rate,
            dense_work: (common_flops + head_flops) / (common_peak * decode),
            experts,
            diversity: get(Constant::Diversity),
            caches,
            state_read: state_bytes / cache_rate,
            fixed: (floor + get(Constant::StepTime)) * scale,
            exchange: per_token / rate * scale,
            sequence: get(Constant::SequenceTime) * scale,
            prompt_token: (expert_flops * busiest / (peak * expert_part) + common_flops / common_peak) / prefill
                + per_token / rate * get(Constant::PrefillScale),
            prompt_fixed: floor / CHUNK * get(Constant::PrefillScale),
            prompt_time: get(Constant::PromptTime) * get(Constant::PrefillScale) / groups,
            prompt_groups: groups,
            sequence_bytes: state_bytes,
            free_bytes: (usable - needed) * stages,
            stages,
            chips: pool.replica_chips(),
            load_slope: get(Constant::LoadSlope),
            peak: Peak {
                common_read: common_bytes / bandwidth,
                state_read: state_bytes / bandwidth,
                expert_read: expert_rate / bandwidth / busiest,
                cache_read: cache_rate / bandwidth,
                work: (common_flops + head_flops) / common_peak + expert_flops / peak,
            },
        })
    }

    /// Chips of the replica.
    #[must_use]
    pub fn chips(&self) -> f64 {
        self.chips
    }
}

/// Time of all layers besides reading, arithmetic and exchanges.
fn layer_times(architecture: &Architecture, layers: f64, constants: &Constants) -> f64 {
    layers * constants.get(Constant::LayerTime)
        + architecture.attention.iter().map(|(layers, kind)| layers * extra_time(kind, constants)).sum::<f64>()
        + architecture.expert_layers() * constants.get(Constant::ExpertTime)
}

/// Time that the kind of attention adds to a layer.
fn extra_time(attention: &Attention, constants: &Constants) -> f64 {
    let selecting =
        |selection: Option<Selection>| if selection.is_some() { constants.get(Constant::SelectionTime) } else { 0.0 };
    match attention {
        Attention::Grouped { selection, .. } => selecting(*selection),
        Attention::Linear { .. } => constants.get(Constant::LinearTime),
        Attention::Latent { selection, .. } | Attention::Compressed { selection, .. } => {
            constants.get(Constant::LatentTime) + selecting(*selection)
        }
    }
}

/// The place of a window among those told apart: its own, a free one, or the last.
fn place(windows: &mut [f64; KINDS], window: f64) -> usize {
    let known =
        windows.iter().position(|known| known.total_cmp(&window).is_eq() || known.is_nan()).unwrap_or(KINDS - 1);
    windows[known] = window;
    known
}

/// What one layer reads, keeps and multiplies over a stretch of context.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    /// Context seen at most, in tokens.
    window: f64,
    /// Bytes read on a chip for each token of context, for a sequence of the replica.
    read: f64,
    /// Bytes kept on a chip for each token of context, for a sequence of the replica.
    kept: f64,
    /// Arithmetic on a chip for a token of a sequence among its own and each token of context.
    work: f64,
    /// The same for a token of a prompt.
    prompt_work: f64,
}

/// What a layer does with the context: the stretches it sees, and bytes of a state that is read whole,
/// on a chip, for a sequence of the replica.
fn seen(attention: &Attention, precision: Precision, heads_over: f64, groups: f64) -> ([Option<Span>; 3], f64) {
    let bytes = precision.cache.bytes() / groups;
    let indexed = |selection: Option<Selection>, mut span: Span| {
        let Some(selection) = selection else { return [Some(span), None, None] };
        let index = Span {
            window: f64::INFINITY,
            read: selection.head * bytes,
            kept: selection.head * bytes + span.kept,
            work: 2.0 * selection.heads * selection.head / heads_over,
            prompt_work: 2.0 * selection.heads * selection.head / heads_over,
        };
        span.window = selection.entries;
        span.kept = 0.0;
        [Some(span), Some(index), None]
    };
    match *attention {
        Attention::Grouped { heads, key_value_heads, head, value_head, window, selection, .. } => {
            let numbers = (key_value_heads / heads_over).max(1.0) * (head + value_head);
            let work = 2.0 * heads / heads_over * (head + value_head);
            let window = window.unwrap_or(f64::INFINITY);
            let span = Span { window, read: numbers * bytes, kept: numbers * bytes, work, prompt_work: work };
            (indexed(selection, span), 0.0)
        }
        Attention::Latent { heads, key_value_rank, plain_head, rotary_head, value_head, selection, .. } => {
            let numbers = key_value_rank + rotary_head;
            // Answers are written in the latent space; prompts are expanded unless an index picks for each token.
            let absorbed = 2.0 * heads / heads_over * (2.0 * key_value_rank + rotary_head);
            let expanded = 2.0 * heads / heads_over * (plain_head + rotary_head + value_head);
            let prompt_work = if selection.is_some() { absorbed } else { expanded };
            let span = Span {
                window: f64::INFINITY,
                read: numbers * bytes,
                kept: numbers * bytes,
                work: absorbed,
                prompt_work,
            };
            (indexed(selection, span), 0.0)
        }
        // A state is read and written, in thirty-two bits.
        Attention::Linear { state, .. } => ([None, None, None], 2.0 * 4.0 * state / heads_over / groups),
        Attention::Compressed { heads, head, ratio, selection, window, .. } => {
            let work = 2.0 * heads / heads_over * 2.0 * head;
            let recent = Span { window, read: head * bytes, kept: head * bytes, work, prompt_work: work };
            if ratio <= 0.0 {
                return ([Some(recent), None, None], 0.0);
            }
            let entries = selection.map_or(f64::INFINITY, |selection| selection.entries * ratio);
            let packed = Span {
                window: entries,
                read: head * bytes / ratio,
                kept: if selection.is_some() { 0.0 } else { head * bytes / ratio },
                work: work / ratio,
                prompt_work: work / ratio,
            };
            let index = selection.map(|selection| {
                let work = 2.0 * selection.heads * selection.head / ratio / heads_over;
                let read = selection.head * bytes / ratio;
                Span { window: f64::INFINITY, read, kept: read + head * bytes / ratio, work, prompt_work: work }
            });
            ([Some(recent), Some(packed), index], 0.0)
        }
    }
}

/// Seconds of exchange for each token of the replica at the full rate of the links, and how often the
/// number of chips doubles.
fn exchange(chip: &Chip, architecture: &Architecture, pool: &Pool) -> Result<(f64, f64), Unservable> {
    let group = pool.group();
    if group <= 1.0 {
        return Ok((0.0, 0.0));
    }
    let domain = if chip.scale_up_bandwidth.is_some() { chip.scale_up_domain.max(1.0) } else { 1.0 };
    let inside = chip.scale_up_bandwidth.unwrap_or(0.0);
    let outside = chip.scale_out_bandwidth.unwrap_or(0.0);
    if group > domain && outside <= 0.0 {
        return Err(Unservable::Links { chips: group, domain });
    }
    let hidden = architecture.hidden;
    let layers = architecture.attention_layers();
    let expert_layers = architecture.expert_layers();
    let bytes = if pool.data_parallel_attention {
        // Each token goes to the chips of its experts in eight bits and comes back in sixteen.
        let chosen = architecture.feed_forward.iter().find_map(|(_, network)| match network {
            FeedForward::Experts { chosen, .. } => Some(*chosen),
            FeedForward::Dense { .. } => None,
        });
        let copies = chosen.unwrap_or(1.0).min(group);
        expert_layers * 3.0 * hidden * copies / group
    } else {
        // An all-reduce moves every activation twice, less its own share.
        EXCHANGES * layers * 2.0 * 2.0 * hidden * (group - 1.0) / group
    };
    let away = if group > domain { 1.0 - domain / group } else { 0.0 };
    let inner = if inside > 0.0 { bytes * (1.0 - away) / inside } else { 0.0 };
    let outer = if away > 0.0 { bytes * away / outside } else { 0.0 };
    Ok((inner + outer, group.log2()))
}
