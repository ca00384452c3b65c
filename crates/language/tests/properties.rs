//! What holds of every text: nothing panics, hangs or grows without bound, formatting changes only
//! white space, and what is refused says where.

mod support;

use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokenomics_language::model::{Expression, Model};
use tokenomics_language::native::{Cells, Native, Signature};
use tokenomics_language::source::FileId;
use tokenomics_language::syntax::ItemKind;
use tokenomics_language::table::Table;
use tokenomics_language::unit::{Powers, Units};
use tokenomics_language::{Options, Sources, format, load, parser};

/// Every sheet and table of the model this workspace is for, by path.
fn model() -> Vec<(String, String)> {
    fn gather(root: &Path, folder: &Path, found: &mut Vec<(String, String)>) {
        let mut paths: Vec<PathBuf> =
            fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                gather(root, &path, found);
            } else if path.extension().is_some_and(|extension| extension == "tok" || extension == "csv") {
                let name = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
                found.push((name, fs::read_to_string(&path).expect("text")));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../model");
    let mut found = Vec::new();
    gather(&root, &root, &mut found);
    found
}

/// Small whole models: the examples of errors, which reach every corner.
fn examples() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/errors");
    let mut texts = Vec::new();
    for folder in fs::read_dir(root).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if folder.is_dir() {
            for path in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
                if path.extension().is_some_and(|extension| extension == "tok") && !path.ends_with("too_many_cells.tok")
                {
                    texts.push(fs::read_to_string(path).expect("text"));
                }
            }
        }
    }
    texts.sort();
    texts
}

fn is_sheet(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "tok")
}

/// Reads texts and renders what is wrong with them; whatever they are, this ends.
fn survives(files: Vec<(String, String)>) {
    for (path, text) in &files {
        if is_sheet(path) {
            let _ = format(FileId(0), text);
        }
    }
    let scenario = files.len().is_multiple_of(2);
    let options = Options { scenario: scenario.then_some("low"), ..Options::default() };
    if let Err(faults) = load(Sources::from_pairs(files), &options) {
        assert!(!faults.diagnostics.is_empty(), "refused without a word");
        assert!(faults.diagnostics.is_sorted_by_key(|fault| fault.span), "not in the order of files and lines");
        for fault in faults.diagnostics.iter().take(4) {
            assert!(!fault.render(&faults.sources, false).is_empty());
            assert!(!fault.render(&faults.sources, true).is_empty());
        }
    }
}

/// Words of the language, numbers at the edge, and characters that often go wrong.
fn fragment() -> impl Strategy<Value = String> {
    let words: Vec<String> = parser::KEYWORDS.iter().map(|word| (*word).to_owned()).collect();
    prop_oneof![
        4 => prop::sample::select(words),
        4 => prop::sample::select(vec!["a", "b", "chip", "quarter", "vintage", "x", "$", "%", "hr", "yr", "qtr", "$/chip/hr", "s^9", "data/t.csv", "acme_report"]).prop_map(str::to_owned),
        3 => prop::sample::select(vec!["0", "1", "1e308", "1e-308", "99999999999999999999", "2024Q1", "2026Q4", "9999Q4", "0000Q1", "2026Q9", "1_000", "0.5"]).prop_map(str::to_owned),
        5 => prop::sample::select(vec!["=", "*=", "==", ":", ",", "(", ")", "[", "]", "+", "-", "*", "/", "^", "~", "<", ">", "!=", ".", "!"]).prop_map(str::to_owned),
        3 => prop::sample::select(vec!["\n", "\n  ", "\n\n", "\r\n", "\t", " # note\n", "\n## doc\n", "\"why\"", "\"", "#", "\u{feff}", "é", "−", "“", "\u{0}", "🙂"]).prop_map(str::to_owned),
    ]
}

fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec((fragment(), prop::bool::weighted(0.8)), 0..60)
        .prop_map(|parts| parts.into_iter().map(|(word, spaced)| if spaced { word + " " } else { word }).collect())
}

/// One way to ruin a text, at places given by numbers.
#[derive(Clone, Debug)]
enum Ruin {
    Delete(usize),
    Double(usize),
    Swap(usize, usize),
    Insert(usize, String),
    DropLine(usize),
    DoubleLine(usize),
    SwapLines(usize, usize),
    Cut(usize),
}

fn ruin() -> impl Strategy<Value = Ruin> {
    let at = 0..100_000usize;
    prop_oneof![
        at.clone().prop_map(Ruin::Delete),
        at.clone().prop_map(Ruin::Double),
        (at.clone(), at.clone()).prop_map(|(a, b)| Ruin::Swap(a, b)),
        (at.clone(), fragment()).prop_map(|(a, text)| Ruin::Insert(a, text)),
        at.clone().prop_map(Ruin::DropLine),
        at.clone().prop_map(Ruin::DoubleLine),
        (at.clone(), at.clone()).prop_map(|(a, b)| Ruin::SwapLines(a, b)),
        at.prop_map(Ruin::Cut),
    ]
}

/// The text in pieces: words, numbers and single characters.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for character in text.chars() {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
        match pieces.last_mut() {
            Some(last) if word(character) && last.ends_with(word) => last.push(character),
            _ => pieces.push(character.to_string()),
        }
    }
    pieces
}

fn ruined(text: &str, ruins: &[Ruin]) -> String {
    let mut text = text.to_owned();
    for ruin in ruins {
        let mut parts = match ruin {
            Ruin::DropLine(_) | Ruin::DoubleLine(_) | Ruin::SwapLines(..) => {
                text.split_inclusive('\n').map(str::to_owned).collect()
            }
            _ => pieces(&text),
        };
        let count = parts.len();
        if count == 0 {
            return text;
        }
        match ruin {
            Ruin::Delete(at) | Ruin::DropLine(at) => drop(parts.remove(at % count)),
            Ruin::Double(at) | Ruin::DoubleLine(at) => parts.insert(at % count, parts[at % count].clone()),
            Ruin::Swap(a, b) | Ruin::SwapLines(a, b) => parts.swap(a % count, b % count),
            Ruin::Insert(at, text) => parts.insert(at % count, text.clone()),
            Ruin::Cut(at) => parts.truncate(at % count),
        }
        text = parts.concat();
    }
    text
}

/// What a model says, whatever the places it was read from.
fn gist(model: &Model) -> String {
    let expressions: Vec<_> = model
        .expressions
        .iter()
        .map(|Expression { node, powers, dimensions, partial, .. }| (node, powers, dimensions, partial))
        .collect();
    let variables: Vec<_> = model
        .variables
        .iter()
        .map(|variable| {
            (
                &variable.name,
                &variable.doc,
                &variable.unit,
                &variable.dimensions,
                variable.partial,
                &variable.definition,
            )
        })
        .collect();
    let origins: Vec<_> = model.origins.iter().map(|origin| (&origin.text, &origin.kind, &origin.published)).collect();
    format!("{variables:?}{expressions:?}{origins:?}{:?}", model.order)
}

/// Stands in for any algorithm that a sheet declares; one that gives a figure for each quarter may stand in a recursion.
struct Any(&'static str, bool);

impl Native for Any {
    fn name(&self) -> &'static str {
        self.0
    }

    fn summary(&self) -> &'static str {
        "anything"
    }

    fn each_quarter(&self) -> bool {
        self.1
    }

    fn accepts(&self, _: &Signature<'_>, _: &[Signature<'_>]) -> Result<(), String> {
        Ok(())
    }

    fn evaluate(&self, _: &Signature<'_>, _: &[Signature<'_>], _: &[Cells<'_>]) -> Vec<Option<f64>> {
        Vec::new()
    }
}

/// An algorithm for every native of the sheets.
fn natives(texts: &[(String, String)]) -> Vec<Any> {
    let sheets = texts.iter().filter(|(path, _)| is_sheet(path));
    let items = sheets.flat_map(|(_, text)| parser::parse(FileId(0), text).0);
    let names = items.filter_map(|item| match item.kind {
        ItemKind::Native(native) => {
            let quarters = native.signature.dimensions.iter().any(|dimension| dimension.text == "quarter");
            Some((native.signature.name.text, quarters))
        }
        _ => None,
    });
    names.map(|(name, quarters)| Any(name.leak(), quarters)).collect()
}

#[test]
fn the_model_of_this_workspace_is_sound_and_formatting_does_not_change_it() {
    let texts = model();
    let natives = natives(&texts);
    let natives: Vec<&dyn Native> = natives.iter().map(|native| native as &dyn Native).collect();
    let options = Options { natives: &natives, ..Options::default() };
    let before = load(Sources::from_pairs(texts.clone()), &options)
        .unwrap_or_else(|faults| panic!("{}", support::rendered(&faults)));
    let formatted = texts.into_iter().map(|(path, text)| {
        let tidy = if is_sheet(&path) { format(FileId(0), &text).expect("a sheet") } else { text.clone() };
        if is_sheet(&path) {
            support::formats_well(&text);
        }
        (path, tidy)
    });
    let after = load(Sources::from_pairs(formatted), &options)
        .unwrap_or_else(|faults| panic!("{}", support::rendered(&faults)));
    assert_eq!(gist(&before), gist(&after));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), table in any::<String>()) {
        survives(support::texts("sheet.tok", &text));
        survives(vec![("sheet.tok".into(), "dim a from t.csv\ninput x[a] : 1 from t.csv\n".into()), ("t.csv".into(), table)]);
    }

    #[test]
    fn any_soup_of_words_is_read_or_refused(text in soup()) {
        support::formats_well(&text);
        survives(support::texts("sheet.tok", &text));
    }

    #[test]
    fn a_ruined_example_is_read_or_refused(at in 0..1000usize, ruins in prop::collection::vec(ruin(), 1..6)) {
        let examples = examples();
        let text = ruined(&examples[at % examples.len()], &ruins);
        let files = support::texts("sheet.tok", &text);
        for (path, text) in &files {
            if is_sheet(path) {
                support::formats_well(text);
            }
        }
        survives(files);
    }

    #[test]
    fn any_table_is_read_or_refused(
        bytes in prop::collection::vec(prop::sample::select(b"ab,,\"\n\r 15.e-|#\xc3\xa9\xff".to_vec()), 0..300),
        header in any::<bool>(),
    ) {
        let mut text = if header { "name,a,value,unit,source,published,kind\n".to_owned() } else { String::new() };
        text += &String::from_utf8_lossy(&bytes);
        let sources = Sources::from_pairs([("data/t.csv", text.clone())]);
        let file = sources.find("data/t.csv").unwrap();
        if let Ok(table) = Table::read(&sources, file) {
            for row in table.rows() {
                for column in 0..=table.header.len() {
                    let span = table.cell_span(&sources, row, column);
                    prop_assert!(row.span.start <= span.start && span.end <= row.span.end);
                    let _ = sources.text(span);
                }
            }
        }
        let sheet = "dim a = a, b\npartial input ab[a] : 1 from data/t.csv\ndim b from data/t.csv\n";
        survives(support::texts("sheet.tok", &format!("=== sheet.tok\n{sheet}=== data/t.csv\n{text}")));
    }

    #[test]
    fn a_cell_knows_its_place(cells in prop::collection::vec("[a-z ,\"]{0,6}", 1..5)) {
        let quote = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let header: Vec<String> = (0..cells.len()).map(|at| format!("c{at}")).collect();
        let quoted: Vec<String> = cells.iter().map(quote).collect();
        let text = format!("{}\nx\n{}\n", header.join(","), quoted.join(",")).replace("\nx\n", "\n");
        let sources = Sources::from_pairs([("t.csv", text)]);
        let table = Table::read(&sources, sources.find("t.csv").unwrap()).unwrap();
        for (at, expected) in quoted.iter().enumerate() {
            if let Some(row) = table.rows().first() {
                prop_assert_eq!(sources.text(table.cell_span(&sources, row, at)), expected);
                prop_assert_eq!(row.cell(at), cells[at].trim());
            }
        }
    }

    #[test]
    fn a_unit_written_out_is_read_back(powers in prop::collection::vec(-9..=9i16, 4)) {
        let mut units = Units::default();
        let bases = ["$", "s", "chip", "tok"].map(|name| units.add_base(name, false));
        let unit = bases.iter().zip(&powers).fold(Powers::pure(), |unit, (base, power)| unit.times(&base.power(*power)));
        let text = units.describe(&unit);
        let model = support::accepted(&format!("=== units.tok\nunit $\nunit s\nunit chip\nunit tok\n=== sheet.tok\ninput x : {text} = 5 {text} assume \"why\"\n"));
        prop_assert_eq!(model.units.describe(&model.variables[0].unit.powers), text);
        prop_assert_eq!(unit.over(&unit), Powers::pure());
        prop_assert_eq!(unit.power(2).root(), Some(unit.clone()));
        prop_assert_eq!(unit.times(&unit), unit.power(2));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(40) })]

    #[test]
    fn a_ruined_model_is_read_or_refused(at in 0..1000usize, ruins in prop::collection::vec(ruin(), 1..4)) {
        let mut files = model();
        let at = at % files.len();
        files[at].1 = ruined(&files[at].1, &ruins);
        if is_sheet(&files[at].0) {
            support::formats_well(&files[at].1);
        }
        survives(files);
    }
}

/// Holds that a text takes no time to speak of: what grew with the square of the text took minutes.
#[track_caller]
fn soon(text: &str) {
    let start = Instant::now();
    survives(support::texts("sheet.tok", text));
    let took = start.elapsed();
    let head: String = text.chars().take(60).collect();
    assert!(took < Duration::from_secs(20), "took {took:?}: {head} …");
}

#[test]
fn what_nests_deeply_is_refused() {
    for (open, close) in [
        ("(", ")"),
        ("-(", ")"),
        ("if 1 > 0 then ", " else 1"),
        ("abs(", ")"),
        ("1 ^ ", ""),
        ("1 otherwise ", ""),
        ("sum(", " over a)"),
        ("1 + (", ")"),
        ("1 > (", ")"),
    ] {
        for deep in [50, 65, 201, 20_000] {
            soon(&format!("x : 1 = {}1{}\n", open.repeat(deep), close.repeat(deep)));
        }
    }
    soon(&format!("x : 1 = {}\n", "(".repeat(100_000)));
    soon(&format!("x[{}\n", "a[".repeat(100_000)));
}

#[test]
fn what_is_very_long_is_read_or_refused() {
    soon(&format!("x : 1 = 1{}\n", " + 1".repeat(50_000)));
    soon(&format!("x : 1 = 1{}\n", " * 1".repeat(190)));
    soon(&format!("dim a = {}b\n", "a, ".repeat(20_000)));
    soon(&format!("x : 1{} = 1\n", "/s".repeat(50_000)));
    soon(&format!("x : {}s = 1\n", "s^9*".repeat(50_000)));
    soon(&"# a comment\n".repeat(100_000));
    soon(&"é".repeat(20_000));
    soon(&"\"\n".repeat(20_000));
    let members: Vec<String> = (0..20_000).map(|at| format!("m{at}")).collect();
    soon(&format!("dim a = {}\ninput x[a] : 1 = 5 assume \"why\"\ny : 1 = sum(x over a)\n", members.join(", ")));
}

/// Lines made from numbers.
fn lines(numbers: impl Iterator<Item = usize>, line: impl Fn(usize) -> String) -> String {
    numbers.map(line).collect()
}

#[test]
fn many_items_are_read_in_time() {
    let chain: String = lines(1..5_000, |at| format!("x{at} : 1 = x{} + 1\n", at - 1));
    soon(&format!("input x0 : 1 = 5 assume \"why\"\n{chain}"));
    let ring: String = lines(0..2_000, |at| format!("x{at}[quarter] : 1 = prev(x{}, 1)\n", (at + 1) % 2_000));
    soon(&format!("quarters 2024Q1 to 2024Q4\n{ring}"));
    let looped: String = lines(0..2_000, |at| format!("x{at} : 1 = x{}\n", (at + 1) % 2_000));
    soon(&looped);
    let units: String = lines((1..3_000).rev(), |at| format!("unit u{at} = 1 u{}\n", at - 1));
    soon(&format!("{units}unit u0\n"));
    let likes: String = lines((1..100).rev(), |at| format!("dim d{at} like d{}\n", at - 1));
    soon(&format!("{likes}dim d0 = a, b\n"));
    let unknown: String = lines(0..3_000, |at| format!("long_name_of_a_quantity_{at} : 1 = unknown_name_{at}\n"));
    soon(&unknown);
    let scenarios: String = lines(1..1_500, |at| format!("scenario s{at} on s{}\n  x = 1 assume \"why\"\n", at - 1));
    soon(&format!("input x : 1 = 5 assume \"why\"\nscenario s0\n  x = 2 assume \"why\"\n{scenarios}"));
    let linked: String =
        lines(0..2_000, |at| format!("input x{at} : 1 = 5 ~ 4 to 6 with x{} 0.5 assume \"why\"\n", at + 1));
    soon(&format!("{linked}input x2000 : 1 = 5 ~ 4 to 6 assume \"why\"\n"));
}

#[test]
fn huge_numbers_and_units_stay_finite_or_are_refused() {
    for text in [
        "input x : $k = 1e308 $k assume \"why\"\n",
        "x : 1 = 1e308 * 1e308\n",
        "unit a = 1e300 $\nunit b = 1e300 a\ninput x : b = 5 b assume \"why\"\n",
        "unit a = 1e-300 $\nunit b = 1e-300 a\ninput x : b = 5 b assume \"why\"\n",
        "unit a = 1e200 s\ninput x : a^9 = 5 a^9 assume \"why\"\n",
        "x : 1 = s^9 ^ 9\n",
        "input x : s^9 = 5 s^9 s^9 assume \"why\"\ny : 1 = ((((((x ^ 9) ^ 9) ^ 9) ^ 9) ^ 9) ^ 9) * x\n",
        "input x : $ = 1e307 $ ~ times 0.1 to 100 assume \"why\"\n",
        "input x : $ = 1e200 $ assume \"why\"\nscenario low\n  x *= 1e200 assume \"why\"\n",
        "quarters 0000Q1 to 0099Q4\ninput x[quarter] : 1 = 0000Q1: 1, 0099Q4: 1e308 interpolate log assume \"why\"\n",
        "quarters 9999Q4 to 9999Q4\nx[quarter] : qtr = quarter - 9999Q4\n",
    ] {
        soon(text);
        for scenario in [None, Some("low")] {
            if let Ok(model) = support::read(text, &Options { scenario, ..Options::default() }) {
                for variable in &model.variables {
                    assert!(variable.unit.scale.is_finite() && variable.unit.scale > 0.0, "{text}");
                    if let tokenomics_language::model::Definition::Input(input) = &variable.definition {
                        for figure in input.cells.iter().flatten() {
                            assert!(figure.value.is_finite(), "{text}");
                            assert!(
                                figure.spread.is_none_or(|(low, high)| low.is_finite() && high.is_finite()),
                                "{text}"
                            );
                        }
                    }
                }
                for expression in &model.expressions {
                    if let tokenomics_language::model::Node::Number(value) = expression.node {
                        assert!(value.is_finite(), "{text}");
                    }
                }
            }
        }
    }
}
