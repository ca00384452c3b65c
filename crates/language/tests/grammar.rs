//! The grammar of `docs/language.md` is the grammar of the parser: sheets written at random from the
//! page are read without a fault, and page and parser know the same words, marks and functions.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use tokenomics_language::lexer::{TokenKind, tokens};
use tokenomics_language::parser::{KEYWORDS, parse};
use tokenomics_language::source::FileId;
use tokenomics_language::{Options, Sources, load};

const PAGE: &str = include_str!("../../../docs/language.md");

/// What the grammar leaves to meaning, and the parser sees first.
const MEANING: [&str; 7] = [
    "the quarters run backwards",
    "a unit is a positive multiple of another",
    "a rank correlation is a number from -1 to 1",
    "figures in a sheet need an origin",
    "the figure after `otherwise` needs an origin",
    "a spread in a sheet needs an origin",
    "goes `over` a dimension, and here is none",
];

#[derive(Clone, Debug)]
enum Form {
    Word(String),
    Rule(String),
    Sequence(Vec<Form>),
    Choice(Vec<Form>),
    Optional(Box<Form>),
    Repeated(Box<Form>),
}

/// Reads rules such as `name = { form } "word" | form .`
struct Reader<'t> {
    words: Vec<&'t str>,
    at: usize,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Reader<'t> {
        let mut words = Vec::new();
        let mut rest = text.trim_start();
        while let Some(first) = rest.chars().next() {
            let end = match first {
                '"' => 2 + rest[1..].find('"').expect("a closed word"),
                'a'..='z' | 'A'..='Z' => rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len()),
                _ => first.len_utf8(),
            };
            words.push(&rest[..end]);
            rest = rest[end..].trim_start();
        }
        Reader { words, at: 0 }
    }

    fn next(&mut self) -> &'t str {
        self.at += 1;
        self.words[self.at - 1]
    }

    fn expect(&mut self, word: &str) {
        assert_eq!(self.next(), word, "in the grammar, after {:?}", &self.words[..self.at]);
    }

    fn rules(mut self) -> BTreeMap<String, Form> {
        let mut rules = BTreeMap::new();
        while self.at < self.words.len() {
            let name = self.next().to_owned();
            self.expect("=");
            let form = self.choice();
            self.expect(".");
            assert!(rules.insert(name.clone(), form).is_none(), "the rule {name} stands twice");
        }
        rules
    }

    fn choice(&mut self) -> Form {
        let mut forms = vec![self.sequence()];
        while self.words[self.at] == "|" {
            self.at += 1;
            forms.push(self.sequence());
        }
        if forms.len() == 1 { forms.remove(0) } else { Form::Choice(forms) }
    }

    fn sequence(&mut self) -> Form {
        let mut forms = Vec::new();
        while !["|", ".", ")", "]", "}"].contains(&self.words[self.at]) {
            forms.push(match self.next() {
                "(" => self.closed(")"),
                "[" => Form::Optional(Box::new(self.closed("]"))),
                "{" => Form::Repeated(Box::new(self.closed("}"))),
                word if word.starts_with('"') => Form::Word(word.trim_matches('"').to_owned()),
                word => Form::Rule(word.to_owned()),
            });
        }
        Form::Sequence(forms)
    }

    fn closed(&mut self, close: &str) -> Form {
        let form = self.choice();
        self.expect(close);
        form
    }
}

fn grammar() -> BTreeMap<String, Form> {
    let (_, after) = PAGE.split_once("```ebnf\n").expect("a grammar");
    let (text, _) = after.split_once("```").expect("the end of the grammar");
    Reader::new(text).rules()
}

fn quoted(form: &Form, found: &mut BTreeSet<String>) {
    match form {
        Form::Word(word) => {
            found.insert(word.clone());
        }
        Form::Rule(_) => {}
        Form::Sequence(forms) | Form::Choice(forms) => forms.iter().for_each(|form| quoted(form, found)),
        Form::Optional(form) | Form::Repeated(form) => quoted(form, found),
    }
}

/// The functions of the table of the page.
fn functions() -> BTreeSet<String> {
    let (_, after) = PAGE.split_once("### Functions").expect("a table of functions");
    let (table, _) = after.split_once("\n### ").expect("an end of it");
    let mut names = BTreeSet::new();
    for line in table.lines().filter(|line| line.starts_with("| `")) {
        let cell = line.split('|').nth(1).unwrap_or("");
        names.extend(cell.split('`').skip(1).step_by(2).filter_map(|usage| usage.split('(').next().map(str::to_owned)));
    }
    names
}

/// The least depth of rules below a form; `heights` has that of each rule.
fn height(form: &Form, heights: &BTreeMap<String, usize>) -> usize {
    match form {
        Form::Word(_) | Form::Optional(_) | Form::Repeated(_) => 0,
        Form::Rule(name) if name.starts_with(|first: char| first.is_ascii_uppercase()) => 0,
        Form::Rule(name) => heights.get(name).map_or(usize::MAX / 2, |height| height + 1),
        Form::Sequence(forms) => forms.iter().map(|form| height(form, heights)).max().unwrap_or(0),
        Form::Choice(forms) => forms.iter().map(|form| height(form, heights)).min().unwrap_or(0),
    }
}

fn heights(rules: &BTreeMap<String, Form>) -> BTreeMap<String, usize> {
    let mut heights = BTreeMap::new();
    for _ in rules {
        heights = rules.iter().map(|(name, form)| (name.clone(), height(form, &heights))).collect();
    }
    heights
}

/// How deep rules stand inside each other, and how long an item is, before the shortest way out is taken.
const DEEP: usize = 36;
const LONG: usize = 300;

/// A random sheet from the grammar; the same for the same seed.
struct Writer {
    rules: BTreeMap<String, Form>,
    heights: BTreeMap<String, usize>,
    functions: Vec<String>,
    seed: u64,
    text: String,
    depth: usize,
    /// Where the item begins.
    item: usize,
    /// Whether the next words touch, as in a unit.
    touching: bool,
}

impl Writer {
    fn below(&mut self, count: usize) -> usize {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % count as u64) as usize
    }

    fn pick(&mut self, words: &[&str]) -> String {
        let at = self.below(words.len());
        words[at].to_owned()
    }

    /// Whether to take the shortest way out of the item.
    fn ends(&self) -> bool {
        self.depth > DEEP || self.text.len() > self.item + LONG
    }

    /// Begins a line within the item, perhaps after a comment.
    fn break_line(&mut self) {
        let comment = self.pick(&["", "", " # why", " #", "\n  # on a line of its own \"", "\n"]);
        self.text += &comment;
        let indent = self.pick(&["\n  ", "\n\t", "\n      "]);
        self.text += &indent;
    }

    /// Writes a word after white space, on this line or the next.
    fn put(&mut self, word: &str, same_line: bool) {
        let opens = self.text.is_empty() || self.text.ends_with(['\n', ' ', '\t']);
        if !opens && !self.touching {
            if !same_line && self.below(8) == 0 {
                self.break_line();
            } else {
                let space = self.pick(&[" ", " ", " ", " ", " ", "   "]);
                self.text += &space;
            }
        }
        self.text += word;
    }

    fn write(&mut self, form: &Form) {
        match form {
            Form::Word(word) => self.put(word, false),
            Form::Rule(name) => self.rule(name),
            Form::Sequence(forms) => forms.iter().for_each(|form| self.write(form)),
            Form::Choice(forms) => {
                let mut open: Vec<&Form> = forms.iter().collect();
                if self.ends() {
                    let least = forms.iter().map(|form| height(form, &self.heights)).min();
                    open.retain(|form| Some(height(form, &self.heights)) == least);
                }
                let at = self.below(open.len());
                self.write(open[at]);
            }
            Form::Optional(form) => {
                if !self.ends() && self.below(3) == 0 {
                    self.write(form);
                }
            }
            Form::Repeated(form) => {
                let file = self.depth == 1;
                while if file { self.below(5) > 0 } else { !self.ends() && self.below(3) == 0 } {
                    self.write(form);
                }
            }
        }
    }

    fn rule(&mut self, name: &str) {
        let word = match name {
            "NAME" => {
                self.pick(&["price", "chip", "x1", "a_b", "H", "cost_of_capital", "overhead", "step2", "quarter"])
            }
            "MEMBER" => self.pick(&["h100", "b200", "nvidia", "tpu_7", "2026Q1", "1999Q4"]),
            "QUARTER" => self.pick(&["2024Q1", "2025Q2", "2026Q4", "0000Q1"]),
            "NUMBER" => self.pick(&["25", "0.08", "1_000", "1e9", "0", "1", "2.5e-3", "1E+2", "0.5", "1", "0.25"]),
            "TEXT" => self.pick(&["\"why\"", "\"p. 3, # 4\"", "\"a: b = c\""]),
            "PATH" => self.pick(&["data/chips.csv", "chips.csv", "data/2026/prices-of_all.csv", "a.b/c.csv"]),
            "FUNCTION" => {
                let functions = self.functions.clone();
                functions[self.below(functions.len())].clone()
            }
            "UNIT" => {
                let unit = self.pick(&["$", "%", "chip", "hr", "kWh", "$bn", "tok", "yr", "FLOP"]);
                let power = if self.touching { self.pick(&["", "", "", "^2", "^9"]) } else { String::new() };
                unit + &power
            }
            _ => String::new(),
        };
        if !word.is_empty() {
            self.put(&word, name == "UNIT");
            return;
        }
        let form = self.rules.get(name).unwrap_or_else(|| panic!("the grammar has no rule {name}")).clone();
        self.depth += 1;
        match name {
            "item" => {
                let before = self.pick(&["\n", "\n\n", "\n## What it is.\n", "\n# A note.\n", "\r\n"]);
                self.text += &before;
                self.item = self.text.len();
                self.write(&form);
            }
            "clause" => {
                self.break_line();
                self.write(&form);
            }
            "units" => {
                // A unit is written without spaces, on the line of its number.
                self.put("", true);
                if self.touching {
                    self.write(&form);
                } else {
                    self.text += if self.text.ends_with([' ', '\t', '\n']) { "" } else { " " };
                    self.touching = true;
                    self.write(&form);
                    self.touching = false;
                }
            }
            _ => self.write(&form),
        }
        self.depth -= 1;
    }
}

#[test]
fn every_sheet_of_the_grammar_is_read() {
    let rules = grammar();
    let functions: Vec<String> = functions().into_iter().collect();
    let heights = heights(&rules);
    let (mut read, mut longest) = (0, 0);
    for seed in 0..4_000 {
        let mut writer = Writer {
            rules: rules.clone(),
            heights: heights.clone(),
            functions: functions.clone(),
            seed,
            text: String::new(),
            depth: 0,
            item: 0,
            touching: false,
        };
        writer.rule("file");
        let (items, faults) = parse(FileId(0), &writer.text);
        let text = &writer.text;
        for fault in &faults {
            let of_meaning = MEANING.iter().any(|meaning| fault.what.contains(meaning));
            let line = text[..fault.span.start as usize].matches('\n').count() + 1;
            assert!(of_meaning, "seed {seed}, line {line}: {}\n{text}", fault.what);
        }
        if seed % 4 == 0 {
            support::formats_well(text);
        }
        read += items.len() - faults.len();
        longest = longest.max(text.len());
    }
    assert!(read > 10_000, "only {read} items");
    assert!(longest > 1_000, "the longest sheet has {longest} bytes");
}

#[test]
fn every_rule_is_reached_and_every_name_is_a_rule() {
    let rules = grammar();
    let terminals = ["NAME", "MEMBER", "UNIT", "QUARTER", "NUMBER", "TEXT", "PATH", "FUNCTION"];
    let mut reached = BTreeSet::from(["file".to_owned()]);
    for form in rules.values() {
        names(form, &mut reached);
    }
    let known: BTreeSet<String> = rules.keys().cloned().chain(terminals.map(str::to_owned)).collect();
    assert_eq!(reached, known);
}

fn names(form: &Form, found: &mut BTreeSet<String>) {
    match form {
        Form::Word(_) => {}
        Form::Rule(name) => {
            found.insert(name.clone());
        }
        Form::Sequence(forms) | Form::Choice(forms) => forms.iter().for_each(|form| names(form, found)),
        Form::Optional(form) | Form::Repeated(form) => names(form, found),
    }
}

#[test]
fn page_and_parser_know_the_same_words_and_marks() {
    let mut all = BTreeSet::new();
    for form in grammar().values() {
        quoted(form, &mut all);
    }
    let (words, marks): (BTreeSet<String>, BTreeSet<String>) =
        all.into_iter().partition(|word| word.starts_with(|first: char| first.is_ascii_alphabetic()));
    let words: BTreeSet<String> = words.into_iter().filter(|word| word != "1").chain(functions()).collect();
    assert_eq!(words, KEYWORDS.iter().map(|word| (*word).to_owned()).collect());
    // The dot of a path and the first half of `!=` are marks to the lexer only.
    let mut lexed = BTreeSet::new();
    for first in '!'..='~' {
        for text in [first.to_string(), format!("{first}=")] {
            if let ([token], []) = (tokens(FileId(0), &text).0.as_slice(), tokens(FileId(0), &text).1.as_slice())
                && let TokenKind::Mark(mark) = token.kind
                && mark == text
            {
                lexed.insert(text);
            }
        }
    }
    assert!(lexed.remove(".") && lexed.remove("!"));
    let marks: BTreeSet<String> = marks.into_iter().filter(|mark| mark != "1").collect();
    assert_eq!(marks, lexed);
}

#[test]
fn every_function_of_the_page_is_one_of_the_language_and_used_as_it_says() {
    let (_, after) = PAGE.split_once("### Functions").expect("a table of functions");
    let (table, _) = after.split_once("\n### ").expect("an end of it");
    let usages: Vec<&str> = table
        .lines()
        .filter(|line| line.starts_with("| `"))
        .flat_map(|line| line.split('|').nth(1).unwrap_or("").split('`').skip(1).step_by(2))
        .collect();
    assert_eq!(usages.len(), functions().len());
    for usage in usages {
        let (name, rest) = usage.split_once('(').expect("a call");
        let arguments: Vec<&str> = rest
            .trim_end_matches(')')
            .split(", ")
            .filter(|parameter| *parameter != "…")
            .map(|parameter| if ["rate", "life"].contains(&parameter) { parameter } else { "a" })
            .collect();
        let call = format!("{name}({})", arguments.join(", "));
        let text = format!(
            "quarters 2024Q1 to 2024Q4\ninput a[quarter] : 1 = 5 assume \"why\"\n\
                            input rate : %/yr = 5 %/yr assume \"why\"\ninput life : yr = 5 yr assume \"why\"\n\
                            y[quarter] : {} = {call}\n",
            if usage.starts_with("annuity") { "1/yr" } else { "1" }
        );
        support::accepted(&text);
    }
}

#[test]
fn the_example_of_the_page_is_a_sheet() {
    let (_, after) = PAGE.split_once("```tok\n").expect("an example");
    let (sheet, _) = after.split_once("```").expect("its end");
    let model = |scenario| {
        let options = Options { scenario, ..Options::default() };
        load(Sources::from_pairs([("hour.tok", sheet)]), &options).expect("a model")
    };
    assert_eq!(model(None).checks.len(), 1);
    // What a change does not name keeps its figure.
    assert_eq!(support::values(&model(None), "price"), [Some(25_000.0), Some(37_000.0)]);
    assert_eq!(support::values(&model(Some("glut")), "price"), [Some(25_000.0), Some(30_000.0)]);
}
