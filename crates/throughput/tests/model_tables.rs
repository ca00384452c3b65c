//! The tables of the model and the vocabulary of this crate say the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use tokenomics_throughput::{Architecture, Attribute};

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../model").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Cells of a table by the names of its columns. Cells with commas stand last in these tables and are not read.
fn rows(path: &str) -> Vec<BTreeMap<String, String>> {
    let text = read(path);
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().expect("a line of names").split(',').collect();
    let row = |line: &str| names.iter().zip(line.split(',')).map(|(n, c)| ((*n).to_owned(), c.to_owned())).collect();
    lines.map(row).collect()
}

/// Figures of each architecture; the preferred row where there are several.
fn figures() -> BTreeMap<String, BTreeMap<Attribute, f64>> {
    let mut all: BTreeMap<String, BTreeMap<Attribute, f64>> = BTreeMap::new();
    for row in rows("data/architecture_geometry.csv") {
        let attribute = Attribute::parse(&row["attribute"]).unwrap_or_else(|| panic!("{}", row["attribute"]));
        let figure = row["value"].parse().expect("a number");
        let figures = all.entry(row["architecture"].clone()).or_default();
        if !figures.contains_key(&attribute) || row["preferred"] == "1" {
            figures.insert(attribute, figure);
        }
    }
    all
}

#[test]
fn the_sheet_has_the_words_of_the_vocabulary() {
    let sheet = read("tokens/architectures.tok");
    let start = sheet.find("dim attribute =").expect("the dimension") + "dim attribute =".len();
    let words = sheet[start..].split("\n\n").next().expect("an item");
    let words: BTreeSet<&str> =
        words.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty()).collect();
    assert_eq!(words, Attribute::ALL.iter().map(|attribute| attribute.name()).collect());
}

#[test]
fn every_architecture_of_the_table_is_whole() {
    let all = figures();
    for row in rows("data/architectures.csv") {
        let name = &row["architecture"];
        let figures = all.get(name).unwrap_or_else(|| panic!("{name} has no geometry"));
        let architecture = Architecture::from_attributes(|attribute| figures.get(&attribute).copied());
        let architecture = architecture.unwrap_or_else(|error| panic!("{name}: {error}"));
        let (total, active) = (architecture.total_weights(), architecture.active_weights());
        assert!(1e8 < active && active <= total && total < 1e13, "{name}: {active} of {total}");
    }
}

#[test]
fn names_of_benchmarks_are_those_of_members() {
    let members = |path: &str, column: &str| rows(path).into_iter().map(|row| row[column].clone()).collect();
    let chips: BTreeSet<String> = members("data/chips.csv", "chip");
    let architectures: BTreeSet<String> = members("data/architectures.csv", "architecture");
    let mut seen = BTreeSet::new();
    for row in rows("data/benchmark_names.csv") {
        let (kind, alias, member) = (&row["kind"], row["alias"].to_lowercase(), &row["member"]);
        match kind.as_str() {
            "hardware" => assert!(chips.contains(member), "{member}"),
            "model" => assert!(architectures.contains(member), "{member}"),
            "framework" => {}
            other => panic!("{other}"),
        }
        assert!(seen.insert((kind.clone(), alias.clone())), "{alias} stands twice");
    }
}
