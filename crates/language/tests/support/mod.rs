//! What the tests share: small models written as one text, and figures read back from them.
#![allow(dead_code)] // each test uses a part

use tokenomics_language::calendar::Date;
use tokenomics_language::lexer::{self, TokenKind};
use tokenomics_language::model::{Definition, Expression, ExpressionId, Figure, Input, Model, Node, Variable};
use tokenomics_language::source::FileId;
use tokenomics_language::{Faults, Options, Sources, format, load};

/// A few units and sources that small models need.
const SHARED: [(&str, &str); 2] =
    [("units.tok", include_str!("../errors/units.tok")), ("data/sources.csv", include_str!("../errors/sources.csv"))];

/// The texts of a model: one sheet, or several texts after lines such as `=== data/prices.csv`. The
/// shared units and sources are added where the model brings none; a text `absent` takes one away.
pub fn texts(path: &str, text: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        if let Some(path) = line.strip_prefix("=== ") {
            files.push((path.trim().to_owned(), String::new()));
            continue;
        }
        if files.is_empty() {
            files.push((path.to_owned(), String::new()));
        }
        if let Some((_, text)) = files.last_mut() {
            text.push_str(line);
        }
    }
    for (path, text) in SHARED {
        if files.iter().all(|(other, _)| other != path) {
            files.push((path.to_owned(), text.to_owned()));
        }
    }
    files.retain(|(_, text)| text.trim() != "absent");
    files
}

pub fn read(text: &str, options: &Options<'_>) -> Result<Model, Faults> {
    load(Sources::from_pairs(texts("sheet.tok", text)), options)
}

pub fn accepted_with(text: &str, options: &Options<'_>) -> Model {
    read(text, options).unwrap_or_else(|faults| panic!("{text}\n{}", rendered(&faults)))
}

pub fn accepted(text: &str) -> Model {
    accepted_with(text, &Options::default())
}

pub fn as_of(text: &str, date: &str) -> Model {
    accepted_with(text, &Options { as_of: Date::parse(date), ..Options::default() })
}

pub fn under(text: &str, scenario: &str) -> Model {
    accepted_with(text, &Options { scenario: Some(scenario), ..Options::default() })
}

pub fn rendered(faults: &Faults) -> String {
    let texts: Vec<String> = faults.diagnostics.iter().map(|fault| fault.render(&faults.sources, false)).collect();
    texts.join("\n\n")
}

/// Holds that a model is refused with exactly one fault, which says so.
#[track_caller]
pub fn refused(text: &str, why: &str) {
    match read(text, &Options::default()) {
        Ok(_) => panic!("accepted, though {why}:\n{text}"),
        Err(faults) => {
            let only = faults.diagnostics.len() == 1 && faults.diagnostics[0].what.contains(why);
            assert!(only, "expected only: {why}\n{}", rendered(&faults));
        }
    }
}

pub fn variable<'m>(model: &'m Model, name: &str) -> &'m Variable {
    &model.variables[model.variable(name).expect("a quantity").index()]
}

pub fn input<'m>(model: &'m Model, name: &str) -> &'m Input {
    match &variable(model, name).definition {
        Definition::Input(input) => input,
        other => panic!("`{name}` is no input: {other:?}"),
    }
}

pub fn cells<'m>(model: &'m Model, name: &str) -> &'m [Option<Figure>] {
    &input(model, name).cells
}

/// The figures of an input in the unit it is declared in, free of the noise of conversion.
pub fn values(model: &Model, name: &str) -> Vec<Option<f64>> {
    let scale = variable(model, name).unit.scale;
    cells(model, name).iter().map(|cell| cell.map(|figure| tidy(figure.value / scale))).collect()
}

pub fn spreads(model: &Model, name: &str) -> Vec<Option<(f64, f64)>> {
    let scale = variable(model, name).unit.scale;
    let tidied = |(low, high)| (tidy(low / scale), tidy(high / scale));
    cells(model, name).iter().map(|cell| cell.and_then(|figure| figure.spread).map(tidied)).collect()
}

fn tidy(value: f64) -> f64 {
    format!("{value:.9e}").parse().expect("a number")
}

/// The body of a formula without clauses.
pub fn body<'m>(model: &'m Model, name: &str) -> &'m Expression {
    match &variable(model, name).definition {
        Definition::Formula(clauses) => expression(model, clauses[0].body),
        other => panic!("`{name}` is no formula: {other:?}"),
    }
}

pub fn expression(model: &Model, id: ExpressionId) -> &Expression {
    &model.expressions[id.index()]
}

/// The constant an expression is.
pub fn number(expression: &Expression) -> f64 {
    match expression.node {
        Node::Number(value) => value,
        ref other => panic!("no number: {other:?}"),
    }
}

/// The names of the dimensions an expression varies by.
pub fn varies(model: &Model, expression: &Expression) -> Vec<String> {
    expression.dimensions.iter().map(|id| model.dimensions[id.index()].name.clone()).collect()
}

/// The order of evaluation: the quantities of each group, and whether it is recursive.
pub fn order(model: &Model) -> Vec<(Vec<String>, bool)> {
    let name = |rule: &tokenomics_language::model::Rule| model.variables[rule.variable.index()].name.clone();
    model.order.iter().map(|group| (group.rules.iter().map(name).collect(), group.recursive)).collect()
}

/// The texts of the tokens of a sheet, comments among them.
pub fn words(text: &str) -> Vec<(TokenKind, String)> {
    let (tokens, _) = lexer::tokens(FileId(0), text);
    tokens
        .into_iter()
        .map(|token| (token.kind, text[token.span.start as usize..token.span.end as usize].trim_end().to_owned()))
        .collect()
}

/// Holds that formatting keeps the tokens, and that doing it twice is doing it once.
pub fn formats_well(text: &str) {
    let Ok(once) = format(FileId(0), text) else { return };
    assert_eq!(words(text), words(&once), "{text}\n---\n{once}");
    let twice = format(FileId(0), &once).unwrap_or_else(|faults| panic!("{faults:?}\n{text}\n---\n{once}"));
    assert_eq!(once, twice, "from {text}");
    assert!(once.lines().all(|line| line == line.trim_end()), "white space at the end of a line:\n{once}");
    assert!(once.is_empty() || once.ends_with('\n') && !once.ends_with("\n\n"));
}
