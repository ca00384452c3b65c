//! What a language model is made of, from its configuration.

mod common;

use common::{Folder, Run, program, run};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn import(folder: &Folder, call: &str) -> Run {
    program().current_dir(&folder.0).arg("import-model").args(call.split(' ')).output().expect("it starts").into()
}

/// One figure of the model.
fn figure(name: &str) -> f64 {
    let document: Value = serde_json::from_str(&run(&["show", name, "--json"]).good()).expect("JSON");
    document["figures"][0]["value"].as_f64().expect("a figure")
}

#[track_caller]
fn near(left: f64, right: f64) {
    assert!((left / right - 1.0).abs() < 1e-12, "{left} is not {right}");
}

#[test]
fn counts_and_sizes_are_those_of_the_sheets() {
    let folder = Folder::with_files();
    let document: Value = serde_json::from_str(&import(&folder, "config.json --json").good()).expect("JSON");
    let number = |name: &str| document[name].as_f64().expect("a number");
    let sheet = |name: &str| figure(&format!("{name}[architecture = gpt_oss_120b]"));
    near(number("total_parameters"), sheet("total_parameters"));
    near(number("active_parameters"), sheet("active_parameters"));
    near(number("cache_bytes_per_token"), sheet("cache_per_token"));
    near(number("window_cache_bytes"), sheet("window_cache"));
    // Half of the 36 layers see all: eight groups of keys and of values, 64 wide, in two bytes.
    near(number("cache_bytes_per_token"), 18.0 * 8.0 * 2.0 * 64.0 * 2.0);
    assert_eq!(document["same_layers_as"], "gpt_oss_120b");
    let layers: Vec<f64> = document["layers"]
        .as_array()
        .expect("layers")
        .iter()
        .map(|layer| layer["layers"].as_f64().expect("a count"))
        .collect();
    near(layers.iter().sum(), 72.0);
    let attributes = document["attributes"].as_array().expect("attributes");
    assert!(attributes.iter().any(|entry| entry["attribute"] == "experts" && entry["value"] == 128.0), "{document}");
}

#[test]
fn rows_are_those_of_the_models_own_table() {
    let folder = Folder::with_files();
    let printed = import(&folder, "config.json --name gpt_oss_120b --source mine --published 2026-05-04 --csv").good();
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../model/data/architecture_geometry.csv");
    let table = fs::read_to_string(table).expect("the table");
    assert_eq!(printed.lines().next(), table.lines().next());
    let figures = |text: &str| -> BTreeMap<String, f64> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows = reader.records().map(|row| row.expect("a row"));
        let own = rows.filter(|row| &row[1] == "gpt_oss_120b");
        own.map(|row| (row[2].to_owned(), row[3].parse().expect("a number"))).collect()
    };
    let (printed_figures, own) = (figures(&printed), figures(&table));
    for (attribute, value) in &printed_figures {
        assert_eq!(own.get(attribute), Some(value), "{attribute}");
    }
    assert!(printed.contains(",1,,,mine,2026-05-04,reported,,\n"), "{printed}");
}

#[test]
fn a_file_can_be_read_at_a_glance() {
    let folder = Folder::with_files();
    let printed = import(&folder, "config.json").good();
    for text in ["weights in all", "117  billion", "36  experts", "4 of 128", "The layers are those of gpt_oss_120b"] {
        assert!(printed.contains(text), "no `{text}` in\n{printed}");
    }
}

#[test]
fn what_is_no_configuration_says_so() {
    let folder = Folder::with_files();
    fs::write(folder.0.join("bad.json"), "{\"hidden_size\": 5,\n oops}").expect("a file");
    let said = import(&folder, "bad.json").bad_call();
    assert!(said.contains("`bad.json`: line 2, column 2"), "{said}");
    fs::write(folder.0.join("bad.json"), "{\"hidden_size\": 5}").expect("a file");
    let said = import(&folder, "bad.json").bad_call();
    assert!(said.contains("the configuration has no `"), "{said}");
    assert!(import(&folder, "none.json").bad_call().contains("cannot read `none.json`"));
}
