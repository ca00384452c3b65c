//! Configurations of published models, cut down to what describes them, against what their makers publish.

use std::path::Path;

use tokenomics_throughput::{Architecture, Attention, Attribute, Configuration, Format};

/// Name of the file, weights in billions as published, and bytes a token of context adds to a cache of
/// sixteen bits, beyond windows and without the keys of indexes.
const PUBLISHED: [(&str, f64, f64); 26] = [
    ("deepseek_r1", 671.0, 70_272.0),
    ("deepseek_v3_2", 671.0, 70_272.0),
    ("deepseek_v4_flash", 284.0, 5_536.0),
    ("deepseek_v4_pro", 1600.0, 7_928.0),
    ("gemma_4_26b_a4b", 25.2, 20_480.0),
    ("glm_4_5", 355.0, 376_832.0),
    ("glm_5", 744.0, 89_856.0),
    ("glm_5_2", 744.0, 89_856.0),
    ("gpt_oss_120b", 116.8, 36_864.0),
    ("kimi_k2", 1000.0, 70_272.0),
    ("kimi_k2_5", 1000.0, 70_272.0),
    ("kimi_k3", 2780.0, 27_648.0),
    ("llama_3_1_70b", 70.6, 327_680.0),
    ("llama_4_maverick", 400.0, 49_152.0),
    ("llama_4_scout", 109.0, 49_152.0),
    ("mimo_v2_flash", 309.0, 23_040.0),
    ("minimax_m2_5", 230.0, 253_952.0),
    ("minimax_m3", 427.0, 122_880.0),
    ("mixtral_8x7b", 46.7, 131_072.0),
    ("nemotron_3_nano_30b_a3b", 31.6, 6_144.0),
    ("nemotron_3_ultra_550b_a55b", 550.0, 12_288.0),
    ("qwen_3_235b_a22b", 235.0, 192_512.0),
    ("qwen_3_32b", 32.8, 262_144.0),
    ("qwen_3_5_27b", 27.0, 65_536.0),
    ("qwen_3_5_397b_a17b", 397.0, 30_720.0),
    ("step_3_7_flash", 196.0, 49_152.0),
];

/// Weights in billions that take part in a token, as published, and how far we may be off: publications
/// count the tables of tokens both, one or neither.
const ACTIVE: [(&str, f64, f64); 12] = [
    ("deepseek_r1", 37.0, 0.03),
    ("deepseek_v4_pro", 49.0, 0.03),
    ("deepseek_v4_flash", 13.0, 0.08),
    ("kimi_k2", 32.0, 0.03),
    ("qwen_3_235b_a22b", 22.0, 0.03),
    ("qwen_3_5_397b_a17b", 17.0, 0.03),
    ("mixtral_8x7b", 12.9, 0.01),
    ("llama_4_maverick", 17.0, 0.03),
    ("nemotron_3_nano_30b_a3b", 3.6, 0.03),
    ("nemotron_3_ultra_550b_a55b", 55.0, 0.03),
    ("gemma_4_26b_a4b", 3.8, 0.03),
    ("glm_5", 40.0, 0.05),
];

fn read(name: &str) -> Configuration {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/configurations/{name}.json"));
    let text = std::fs::read_to_string(&path).expect("a file of the tests");
    Configuration::read(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Bytes that a token of context adds to a cache of sixteen bits, beyond windows.
fn cache_bytes(architecture: &Architecture) -> f64 {
    let numbers = |(layers, kind): &(f64, Attention)| match kind {
        Attention::Grouped { window: Some(_), .. } => 0.0,
        _ => layers * kind.cached_numbers(),
    };
    2.0 * architecture.attention.iter().map(numbers).sum::<f64>()
}

fn assert_near(name: &str, ours: f64, published: f64, tolerance: f64) {
    assert!((ours / published - 1.0).abs() <= tolerance, "{name}: {ours} here, {published} published");
}

#[test]
fn weights_are_those_that_are_published() {
    for (name, billions, _) in PUBLISHED {
        assert_near(name, read(name).architecture.total_weights() / 1e9, billions, 0.03);
    }
}

#[test]
fn weights_that_take_part_are_those_that_are_published() {
    for (name, billions, tolerance) in ACTIVE {
        assert_near(name, read(name).architecture.active_weights() / 1e9, billions, tolerance);
    }
}

#[test]
fn caches_have_the_bytes_of_their_geometry() {
    for (name, _, bytes) in PUBLISHED {
        assert_near(name, cache_bytes(&read(name).architecture), bytes, 1e-12);
    }
}

/// What is published of a million tokens of context, in sixteen bits: 9.62 GiB with compressed entries, and
/// 8.7 times that with latent vectors and the keys of an index.
#[test]
fn a_million_tokens_take_what_is_published() {
    let gibibytes = |name: &str| {
        let with_index = |(layers, kind): &(f64, Attention)| {
            let keys = match kind {
                Attention::Compressed { selection: Some(index), ratio, .. } => index.head / ratio,
                Attention::Latent { selection: Some(index), .. } => index.head,
                _ => 0.0,
            };
            layers * (kind.cached_numbers() + keys)
        };
        let numbers: f64 = read(name).architecture.attention.iter().map(with_index).sum();
        2.0 * numbers * 2f64.powi(20) / 2f64.powi(30)
    };
    assert_near("compressed", gibibytes("deepseek_v4_pro"), 9.62, 0.001);
    assert_near("latent", gibibytes("deepseek_v3_2") / gibibytes("deepseek_v4_pro"), 8.7, 0.005);
}

#[test]
fn every_configuration_is_told_by_its_attributes() {
    for (name, _, _) in PUBLISHED {
        let architecture = read(name).architecture;
        let figures = architecture.attributes();
        let of =
            |wanted: Attribute| figures.iter().find(|(attribute, _)| *attribute == wanted).map(|&(_, figure)| figure);
        assert_eq!(Architecture::from_attributes(of), Ok(architecture), "{name}");
    }
}

#[test]
fn formats_are_those_the_weights_are_published_in() {
    for (name, format) in [
        ("deepseek_r1", Format::Fp8),
        ("deepseek_v4_pro", Format::Fp4),
        ("kimi_k2_5", Format::Int4),
        ("kimi_k3", Format::Fp4),
        ("gpt_oss_120b", Format::Fp4),
        ("minimax_m2_5", Format::Fp8),
        ("glm_5", Format::Bf16),
        ("qwen_3_5_27b", Format::Bf16),
    ] {
        assert_eq!(read(name).weights, format, "{name}");
    }
}

#[test]
fn windows_and_their_heads_are_apart_from_the_others() {
    let layers = |name: &str| -> Vec<(f64, f64, f64, Option<f64>)> {
        let of = |(layers, kind): &(f64, Attention)| match kind {
            Attention::Grouped { key_value_heads, head, window, .. } => (*layers, *key_value_heads, *head, *window),
            other => panic!("{name}: {other:?}"),
        };
        read(name).architecture.attention.iter().map(of).collect()
    };
    assert_eq!(layers("gpt_oss_120b"), [(18.0, 8.0, 64.0, None), (18.0, 8.0, 64.0, Some(128.0))]);
    assert_eq!(layers("mimo_v2_flash"), [(9.0, 4.0, 192.0, None), (39.0, 8.0, 192.0, Some(128.0))]);
    assert_eq!(layers("gemma_4_26b_a4b"), [(5.0, 2.0, 512.0, None), (25.0, 8.0, 256.0, Some(1024.0))]);
    assert_eq!(layers("llama_4_scout"), [(12.0, 8.0, 128.0, None), (36.0, 8.0, 128.0, Some(8192.0))]);
}

#[test]
fn layers_with_experts_are_counted_by_each_familys_keys() {
    for (name, experts, dense) in [
        ("deepseek_r1", 58.0, 3.0),
        ("kimi_k3", 92.0, 1.0),
        ("llama_4_maverick", 24.0, 24.0),
        ("llama_4_scout", 48.0, 0.0),
        ("glm_5_2", 75.0, 3.0),
        ("minimax_m3", 57.0, 3.0),
        ("step_3_7_flash", 42.0, 3.0),
        ("mimo_v2_flash", 47.0, 1.0),
        ("nemotron_3_nano_30b_a3b", 23.0, 0.0),
        ("qwen_3_32b", 0.0, 64.0),
    ] {
        let architecture = read(name).architecture;
        let all: f64 = architecture.feed_forward.iter().map(|(layers, _)| layers).sum();
        let found = (architecture.expert_layers(), all - architecture.expert_layers());
        assert_eq!(found, (experts, dense), "{name}");
    }
}

/// An index is shared by layers that have none of their own.
#[test]
fn layers_that_share_an_index_have_no_heads_of_one() {
    let own = |name: &str| -> Vec<(f64, f64)> {
        let of = |(layers, kind): &(f64, Attention)| match kind {
            Attention::Latent { selection: Some(index), .. } => (*layers, index.heads),
            other => panic!("{name}: {other:?}"),
        };
        read(name).architecture.attention.iter().map(of).collect()
    };
    assert_eq!(own("glm_5"), [(78.0, 32.0)]);
    assert_eq!(own("glm_5_2"), [(21.0, 32.0), (57.0, 0.0)]);
}
