//! What is read of texts that are malformed, incomplete or of a family that is not known.

use tokenomics_throughput::{Attention, Configuration, ConfigurationError, FeedForward, Format};

/// A small model of no family.
const PLAIN: &str = r#"{
  "model_type": "unheard_of",
  "num_hidden_layers": 6,
  "hidden_size": 512,
  "num_attention_heads": 8,
  "num_key_value_heads": 2,
  "intermediate_size": 2048,
  "vocab_size": 32000,
  "tie_word_embeddings": true
}"#;

fn with(line: &str) -> String {
    PLAIN.replace("\"tie_word_embeddings\": true", &format!("\"tie_word_embeddings\": true,\n  {line}"))
}

fn without(key: &str) -> String {
    PLAIN.lines().filter(|line| !line.contains(&format!("\"{key}\""))).collect::<Vec<_>>().join("\n")
}

fn read(text: &str) -> Configuration {
    Configuration::read(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn message(text: &str) -> String {
    Configuration::read(text).expect_err("not to be read").to_string()
}

#[test]
fn a_family_that_is_not_known_is_read_by_its_keys() {
    let plain = read(PLAIN);
    assert_eq!(plain.name.as_deref(), Some("unheard_of"));
    assert_eq!(plain.weights, Format::Bf16);
    let attention = Attention::Grouped {
        heads: 8.0,
        key_value_heads: 2.0,
        head: 64.0,
        value_head: 64.0,
        gated: false,
        window: None,
        selection: None,
    };
    assert_eq!(plain.architecture.attention, [(6.0, attention)]);
    assert_eq!(plain.architecture.feed_forward, [(6.0, FeedForward::Dense { intermediate: 2048.0, matrices: 3.0 })]);
    assert_eq!(read(&with("\"_name_or_path\": \"someone/model\"")).name.as_deref(), Some("someone/model"));
}

#[test]
fn keys_that_may_describe_the_model_and_are_not_read_are_named() {
    let notes = read(&with("\"memory_layer_width\": 64, \"rope_theta\": 10000")).notes.join("\n");
    assert!(notes.contains("`memory_layer_width`") && !notes.contains("rope_theta"), "{notes}");
    assert!(!read(PLAIN).notes.join("\n").contains("not read"));
}

#[test]
fn a_key_that_lacks_is_named_with_what_it_would_say() {
    for (key, meaning) in [
        ("num_hidden_layers", "the number of layers"),
        ("hidden_size", "the width of the residual stream"),
        ("num_attention_heads", "the number of query heads"),
        ("intermediate_size", "the width between the matrices of a network"),
        ("vocab_size", "the entries of the vocabulary"),
    ] {
        let message = message(&without(key));
        assert!(message.contains(&format!("`{key}`")) && message.contains(meaning), "{message}");
        assert!(message.contains("add"), "{message}");
    }
    let experts = message(&with("\"num_experts\": 16"));
    assert!(experts.contains("`num_experts_per_tok`"), "{experts}");
}

#[test]
fn text_that_is_not_json_is_shown_its_place() {
    let torn = PLAIN.replace("512,", "512");
    let Err(ConfigurationError::Syntax { line, column, .. }) = Configuration::read(&torn) else {
        panic!("a comma lacks");
    };
    assert_eq!((line, column), (5, 3));
    assert!(message("[1, 2]").contains("not an object"));
    assert!(message("").contains("line 1, column 0"));
}

#[test]
fn infinite_numbers_are_passed_over_outside_of_texts() {
    let text = with("\"time_step_limit\": [0.0, Infinity, -Infinity, NaN], \"comment\": \"a \\\"NaN\\\" é\"");
    assert_eq!(read(&text).architecture, read(PLAIN).architecture);
    // Places after them stay where they were.
    let torn = with("\"time_step_limit\": [NaN, Infinity] oops");
    let Err(ConfigurationError::Syntax { line, column, .. }) = Configuration::read(&torn) else {
        panic!("a word too much");
    };
    assert_eq!((line, column), (10, 38));
}

#[test]
fn a_value_of_another_kind_is_shown_beside_what_is_read() {
    for (text, found) in [
        (PLAIN.replace("512", "\"wide\""), "`\"wide\"`"),
        (PLAIN.replace("512", "-5"), "`-5`"),
        (PLAIN.replace("\"num_attention_heads\": 8", "\"num_attention_heads\": 0"), "`0`"),
        (PLAIN.replace("\"num_hidden_layers\": 6", "\"num_hidden_layers\": 6.5"), "`6.5`"),
        (PLAIN.replace("true", "1"), "true or false"),
        (with("\"layer_types\": [\"full_attention\"]"), "a list of 1"),
        (with("\"quantization_config\": 4"), "an object"),
    ] {
        let message = message(&text);
        assert!(message.contains(found), "{found}: {message}");
    }
}

#[test]
fn a_form_without_words_for_it_is_refused() {
    for line in [
        "\"block_configs\": [{}]",
        "\"layer_types\": [\"a\", \"b\", \"c\", \"d\", \"e\", \"strange_mixing\"]",
        "\"compress_ratios\": [2, 4, 8, 16, 0, 0], \"head_dim\": 64",
        "\"num_kv_shared_layers\": 2",
    ] {
        let message = message(&with(line));
        assert!(message.contains("in a table"), "{message}");
    }
}

#[test]
fn windows_are_read_by_each_of_their_keys() {
    let counts = |line: &str| -> Vec<(f64, Option<f64>)> {
        let of = |(layers, kind): &(f64, Attention)| match kind {
            Attention::Grouped { window, .. } => (*layers, *window),
            other => panic!("{other:?}"),
        };
        read(&with(line)).architecture.attention.iter().map(of).collect()
    };
    let few = [(1.0, None), (5.0, Some(256.0))];
    assert_eq!(counts("\"sliding_window\": 256, \"sliding_window_pattern\": 6"), few);
    assert_eq!(counts("\"sliding_window\": 256"), [(6.0, Some(256.0))]);
    assert_eq!(counts("\"sliding_window\": 256, \"use_sliding_window\": false"), [(6.0, None)]);
    assert_eq!(counts("\"sliding_window\": null"), [(6.0, None)]);
    let late = "\"sliding_window\": 256, \"use_sliding_window\": true, \"max_window_layers\": 1";
    assert_eq!(counts(late), few);
    let chunks = "\"attention_chunk_size\": 64, \"no_rope_layers\": [1, 1, 0, 1, 1, 0]";
    assert_eq!(counts(chunks), [(2.0, None), (4.0, Some(64.0))]);
}

#[test]
fn networks_without_a_gate_have_two_matrices() {
    let matrices = |line: &str| match read(&with(line)).architecture.feed_forward[..] {
        [(_, FeedForward::Dense { matrices, .. })] => matrices,
        ref other => panic!("{other:?}"),
    };
    assert_eq!(matrices("\"hidden_act\": \"silu\"").to_string(), "3");
    assert_eq!(matrices("\"hidden_act\": \"relu2\"").to_string(), "2");
}

#[test]
fn quantization_is_read_by_each_of_its_methods() {
    for (stated, format) in [
        ("{\"quant_method\": \"fp8\"}", Format::Fp8),
        ("{\"quant_method\": \"mxfp4\"}", Format::Fp4),
        ("{\"quant_method\": \"modelopt\", \"quant_algo\": \"NVFP4\"}", Format::Fp4),
        ("{\"quant_method\": \"awq\", \"bits\": 4}", Format::Int4),
        ("{\"quant_method\": \"gptq\", \"bits\": 8}", Format::Int8),
        ("{\"config_groups\": {\"one\": {\"weights\": {\"num_bits\": 8, \"type\": \"int\"}}}}", Format::Int8),
        ("{\"config_groups\": {\"one\": {\"weights\": {\"num_bits\": 8, \"type\": \"float\"}}}}", Format::Fp8),
    ] {
        let read = read(&with(&format!("\"quantization_config\": {stated}")));
        assert_eq!(read.weights, format, "{stated}");
    }
    assert_eq!(read(&with("\"torch_dtype\": \"float8_e4m3fn\"")).weights, Format::Fp8);
}

/// Whatever is cut off, the answer is an error or a configuration.
#[test]
fn no_text_makes_the_reader_fail_otherwise() {
    let text = with("\"layer_types\": [\"full_attention\"], \"quantization_config\": {\"bits\": 3}");
    for (end, _) in text.char_indices() {
        let _ = Configuration::read(&text[..end]);
        let _ = Configuration::read(&format!("{}}}", &text[..end]));
        let _ = Configuration::read(&format!("{}NaN{}", &text[..end], &text[end..]));
        let _ = Configuration::read(&format!("{}\\{}", &text[..end], &text[end..]));
    }
}
