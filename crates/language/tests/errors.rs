//! Every error has an example: a model that has it, and the exact text an analyst reads.
//!
//! `tests/errors/<category>/<name>.tok` holds a sheet, or several texts after lines such as
//! `=== data/prices.csv`; a first line `=== --scenario NAME`, `=== --as-of DATE` or
//! `=== --no-algorithms` chooses how it is read. The text stands next to it in `<name>.txt`. With `UPDATE=1` in the environment the texts are
//! written anew; read what has changed before you keep it.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use tokenomics_language::calendar::Date;
use tokenomics_language::native::{Cells, Native, Signature};
use tokenomics_language::{Diagnostic, Faults, Options, Sources, load};

const CATEGORIES: [&str; 10] =
    ["calls", "data", "dimensions", "lexing", "loops", "names", "origins", "parsing", "scenarios", "units"];

/// An algorithm that takes one input of its own unit, under a name; the one called `root` may find none, the one
/// called `cleared` works quarter by quarter.
struct Smoothed(&'static str);

impl Native for Smoothed {
    fn name(&self) -> &'static str {
        self.0
    }

    fn may_lack(&self) -> bool {
        self.0 == "root"
    }

    fn each_quarter(&self) -> bool {
        self.0 == "cleared"
    }

    fn summary(&self) -> &'static str {
        "a smoothed copy of its input"
    }

    fn accepts(&self, result: &Signature<'_>, inputs: &[Signature<'_>]) -> Result<(), String> {
        match inputs {
            [input] if input.unit.powers == result.unit.powers => Ok(()),
            [input] => Err(format!("`{}` is in {}: declare the result so", input.name, input.unit.text)),
            _ => Err(format!("it takes one input, and here are {}", inputs.len())),
        }
    }

    fn evaluate(&self, _: &Signature<'_>, _: &[Signature<'_>], cells: &[Cells<'_>]) -> Vec<Option<f64>> {
        cells[0].values.iter().copied().map(Some).collect()
    }
}

struct Example {
    category: &'static str,
    path: PathBuf,
    text: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/errors")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn examples() -> Vec<Example> {
    let mut examples = Vec::new();
    for category in CATEGORIES {
        let entries = fs::read_dir(folder().join(category)).expect("a folder for each category");
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "tok"));
        paths.sort();
        examples.extend(paths.into_iter().map(|path| Example { category, text: read(&path), path }));
    }
    examples
}

impl Example {
    fn name(&self) -> String {
        format!("{}/{}", self.category, self.path.file_stem().unwrap_or_default().to_string_lossy())
    }

    fn faults(&self) -> Faults {
        let (mut scenario, mut as_of, mut natives) =
            (None, None, [&Smoothed("smoothed") as &dyn Native, &Smoothed("root"), &Smoothed("cleared")].as_slice());
        let mut rest = String::new();
        for line in self.text.split_inclusive('\n') {
            if let Some(choice) = line.strip_prefix("=== --scenario ") {
                scenario = Some(choice.trim().to_owned());
            } else if let Some(date) = line.strip_prefix("=== --as-of ") {
                as_of = Date::parse(date.trim());
            } else if line.starts_with("=== --no-algorithms") {
                natives = &[];
            } else {
                rest.push_str(line);
            }
        }
        let stem = self.path.file_stem().unwrap_or_default().to_string_lossy();
        let files = support::texts(&format!("{stem}.tok"), &rest);
        let options = Options { scenario: scenario.as_deref(), as_of, natives };
        match load(Sources::from_pairs(files), &options) {
            Ok(_) => panic!("{} has no fault", self.name()),
            Err(faults) => faults,
        }
    }
}

#[test]
fn each_example_reads_as_written_next_to_it() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    for example in examples() {
        let text = support::rendered(&example.faults()) + "\n";
        let path = example.path.with_extension("txt");
        if update {
            fs::write(&path, text).expect("a place to write to");
        } else if fs::read_to_string(&path).unwrap_or_default() != text {
            wrong.push(format!("{} now reads\n\n{text}", example.name()));
        }
    }
    assert!(wrong.is_empty(), "{}\n(UPDATE=1 writes the texts anew)", wrong.join("\n"));
}

/// What is wrong, whatever the names and numbers: `` `a` has 3 cells `` and `` `b` has 5 cells `` are one.
fn skeleton(fault: &Diagnostic) -> String {
    let mut skeleton = String::new();
    for (index, part) in fault.what.split('`').enumerate() {
        if index % 2 == 1 {
            skeleton.push('`');
            continue;
        }
        for character in part.chars() {
            if !character.is_ascii_digit() {
                skeleton.push(character);
            } else if !skeleton.ends_with('0') {
                skeleton.push('0');
            }
        }
    }
    skeleton
}

#[test]
fn sixty_errors_are_told_apart_in_all_categories() {
    let mut by_category: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for example in examples() {
        let found = by_category.entry(example.category).or_default();
        found.extend(example.faults().diagnostics.iter().map(skeleton));
    }
    for category in CATEGORIES {
        assert!(by_category.get(category).is_some_and(|found| !found.is_empty()), "no error in {category}");
    }
    let all: BTreeSet<&String> = by_category.values().flatten().collect();
    println!("{} distinct errors", all.len());
    assert!(all.len() >= 60, "only {} distinct errors", all.len());
}

/// Phrases that no example can bring about: two need a text or a folder too large for one, the others
/// answer what cannot happen while the code before them is right.
const WITHOUT_AN_EXAMPLE: [&str; 7] = [
    "this file is larger than {} MiB",
    "the model has more than {} files",
    "this is not a row of CSV: {error}",
    "where in the source",
    "a part of it",
    "min(a, b, …)",
    "max(a, b, …)",
];

/// The texts between double quotes in a source, when they have three words or more.
fn phrases(source: &str) -> Vec<String> {
    let mut phrases = Vec::new();
    for line in source.lines().filter(|line| !line.trim_start().starts_with("//")) {
        let code = line.split(" // ").next().unwrap_or(line).replace("'\"'", "");
        let mut rest = code.as_str();
        while let Some(start) = rest.find('"') {
            let mut text = String::new();
            let mut characters = rest[start + 1..].char_indices();
            let mut end = rest.len();
            while let Some((at, character)) = characters.next() {
                match character {
                    '"' => {
                        end = start + 1 + at + 1;
                        break;
                    }
                    '\\' => text.extend(characters.next().map(|(_, character)| character)),
                    _ => text.push(character),
                }
            }
            rest = rest.get(end..).unwrap_or("");
            if text.split_whitespace().count() >= 3 {
                phrases.push(text);
            }
        }
    }
    phrases
}

/// Whether a line holds the fixed parts of a phrase in their order.
fn holds(line: &str, phrase: &str) -> bool {
    let mut rest = line;
    let mut pattern = phrase;
    loop {
        let (fixed, after) = match pattern.find('{') {
            Some(open) => {
                let close = pattern[open..].find('}').map_or(pattern.len(), |close| open + close + 1);
                (&pattern[..open], Some(&pattern[close..]))
            }
            None => (pattern, None),
        };
        match rest.find(fixed) {
            Some(at) => rest = &rest[at + fixed.len()..],
            None => return false,
        }
        match after {
            Some(after) => pattern = after,
            None => return true,
        }
    }
}

#[test]
fn every_phrase_of_the_language_is_in_an_example() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![source.join("lexer.rs"), source.join("table.rs")];
    for part in ["parser", "check"] {
        files.extend(fs::read_dir(source.join(part)).expect("sources").map(|entry| entry.expect("a file").path()));
    }
    files.sort();
    let texts: Vec<String> = examples().iter().map(|example| read(&example.path.with_extension("txt"))).collect();
    let mut missing = Vec::new();
    for file in files {
        for phrase in phrases(&read(&file)) {
            let shown = texts.iter().flat_map(|text| text.lines()).any(|line| holds(line, &phrase));
            if !shown && !WITHOUT_AN_EXAMPLE.contains(&phrase.as_str()) {
                missing.push(format!("{}: {phrase}", file.file_name().unwrap_or_default().to_string_lossy()));
            }
        }
    }
    assert!(missing.is_empty(), "{} phrases without an example:\n{}", missing.len(), missing.join("\n"));
}
