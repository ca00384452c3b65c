//! The page of figures: `report`.

mod common;

use common::{Folder, on, program};
use std::collections::HashSet;
use std::fs;

const TABLE: &str = "section,line,label,value,unit
report,title,,Chips & what they cost,
report,note,,\"An hour costs {hour_cost[chip = small, quarter = 2025Q1]}.\",
time,title,,Over time,
time,note,,Power is dear.,
time,lines,The hour,hour_cost,
time,areas,The hour in cents,hour_cost --until 2025Q4,$/chip/hr
time,heat,Power,power_price,
time,try,the spread,simulate 'hour_cost[small]'
kinds,title,,Kinds of chips,
kinds,bars,Price by kind,price,
kinds,bridge,One upon the other,price,
kinds,table,Price and power,price power,
";

/// The values of an attribute, in order.
fn values<'t>(html: &'t str, attribute: &str) -> Vec<&'t str> {
    let start = format!(" {attribute}=\"");
    html.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Checks that a page stands by itself.
#[track_caller]
fn stands_by_itself(html: &str) {
    let ids: Vec<&str> = values(html, "id");
    let known: HashSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), known.len(), "two of one name: {ids:?}");
    for target in values(html, "href") {
        match target.strip_prefix('#') {
            Some(place) => assert!(known.contains(place), "`#{place}` leads nowhere"),
            None => assert!(target.starts_with("https://") || target.starts_with("http://"), "{target}"),
        }
    }
    for loads in ["<link", "<img", "<iframe", "<object", "<embed", " src=", "@import", "url(", "fetch(", "xlink:"] {
        assert!(!html.contains(loads), "the page loads something: {loads}");
    }
    for (open, close) in [("<details", "</details>"), ("<section", "</section>"), ("<svg", "</svg>"), ("<ul", "</ul>")]
    {
        assert_eq!(html.matches(open).count(), html.matches(close).count(), "{open}");
    }
}

#[test]
fn every_section_and_figure_is_on_the_page() {
    let folder = Folder::with_model();
    fs::write(folder.0.join("report.csv"), TABLE).unwrap();
    let out = folder.0.join("page");
    let said = on(&folder.0, &["report", "--out", out.to_str().unwrap(), "--draws", "300"]).good();
    assert!(said.contains("index.html: 2 sections, 6 figures"), "{said}");
    let html = fs::read_to_string(out.join("index.html")).unwrap();
    stands_by_itself(&html);
    for id in ["time", "kinds", "sources", "time-1", "time-2", "time-3", "kinds-1", "kinds-2", "kinds-3", "time-1-why"]
    {
        assert!(html.contains(&format!(" id=\"{id}\"")), "{id}");
    }
    assert_eq!(html.matches("<svg").count(), 5);
    assert_eq!(html.matches("<figure ").count(), 6);
    for text in [
        "<h1>Chips &amp; what they cost</h1>",
        "<h2>Over time</h2>",
        "1.08 $/chip/hr</a>",
        "known to 2025Q3",
        "= price / life + power * power_price",
        "assumed: about as long as the last generation",
        "~ 4 to 7",
        "id=\"source-maker\"",
        "prefers-color-scheme: dark",
        "tokenomics simulate",
    ] {
        assert!(html.contains(text), "{text}");
    }
}

#[test]
fn the_built_in_report_stands_by_itself() {
    let folder = Folder::new();
    let run = program().args(["report", "--out"]).arg(&folder.0).args(["--draws", "100"]).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let html = fs::read_to_string(folder.0.join("index.html")).unwrap();
    stands_by_itself(&html);
    let table = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../model/report.csv")).unwrap();
    let mut rows = csv::ReaderBuilder::new().flexible(true).from_reader(table.as_bytes());
    let keys: HashSet<String> =
        rows.records().map(|row| row.unwrap()[0].to_owned()).filter(|key| key != "report").collect();
    for key in keys {
        assert!(html.contains(&format!("<section id=\"{key}\">")), "{key}");
    }
    assert!(!html.contains("Nothing of it is known yet"), "a figure shows nothing");
}

#[test]
fn flows_curves_and_cards_are_on_the_page() {
    let folder = Folder::with_model();
    fs::write(
        folder.0.join("trade.tok"),
        "## Who deals.
dim owner = ore, steel, bridges

## Who pays.
dim payer like owner

## What they pay each other.
input flow[payer, owner] : $ from data/flow.csv otherwise 0 $ assume \"nobody else does\"

## Sizes of a machine.
dim size = at_1, at_2, at_4

## What a size costs.
input cost[size] : $ = at_1: 3 $, at_2: 5 $, at_4: 8 $ assume \"by weight\"
",
    )
    .unwrap();
    fs::write(
        folder.0.join("data/flow.csv"),
        "name,payer,owner,value,unit,p5,p95,source,published,kind,preferred,note
flow,bridges,steel,7,$,,,gazette,2025-06-01,reported,,
flow,steel,ore,4,$,,,gazette,2025-06-01,reported,,
flow,ore,bridges,-1,$,,,gazette,2025-06-01,reported,,a refund
",
    )
    .unwrap();
    fs::write(
        folder.0.join("cards.csv"),
        "card,section,label,figure,unit\ncompany,Money,Paid,flow[payer = {payer}],\n",
    )
    .unwrap();
    let table = "section,line,label,value,unit
report,title,,Trade,
trade,title,,Who pays,
trade,flows,Who pays whom,flow,
trade,curves,Cost by size,cost,
trade,card,Steel,company steel,
";
    fs::write(folder.0.join("report.csv"), table).unwrap();
    let out = folder.0.join("page");
    let said = on(&folder.0, &["report", "--out", out.to_str().unwrap(), "--draws", "100"]).good();
    assert!(said.contains("1 section, 3 figures"), "{said}");
    let html = fs::read_to_string(out.join("index.html")).unwrap();
    stands_by_itself(&html);
    for text in ["bridges to steel: 7", "steel to ore: 4", "1 amount below zero left out", "tokenomics company steel"] {
        assert!(html.contains(text), "{text}");
    }
    assert!(!html.contains("ore to bridges:"), "a refund is no band");
    for (old, new, said) in [
        ("whom,flow,", "whom,cost,", "leaves 1 dimension open"),
        ("size,cost,", "size,price,", "has no number in its name"),
        ("size,cost,", "size,cost --over owner,", "does not vary by owner"),
        ("company steel", "company tin", "tin"),
        ("company steel", "seller steel", "no card of a `seller`"),
    ] {
        fs::write(folder.0.join("report.csv"), table.replacen(old, new, 1)).unwrap();
        let text = on(&folder.0, &["check"]).bad_model();
        assert!(text.contains(said) && text.contains("report.csv:"), "{new}: {text}");
    }
}

#[test]
fn the_page_says_under_which_date_it_is() {
    let folder = Folder::with_model();
    fs::write(folder.0.join("report.csv"), TABLE).unwrap();
    let out = folder.0.join("page");
    let words = [
        "report",
        "--out",
        out.to_str().unwrap(),
        "--draws",
        "100",
        "--as-of",
        "2025-06-30",
        "--scenario",
        "dear_power",
    ];
    on(&folder.0, &words);
    let html = fs::read_to_string(out.join("index.html")).unwrap();
    assert!(html.contains("As known on 2025-06-30.") && html.contains("Under the scenario dear_power."), "{html}");
    stands_by_itself(&html);
}

#[test]
fn a_line_that_cannot_be_met_is_named() {
    let folder = Folder::with_model();
    let check = |table: &str| {
        fs::write(folder.0.join("report.csv"), table).unwrap();
        on(&folder.0, &["check"]).bad_model()
    };
    for (old, new, said) in [
        ("time,lines", "time,line", "did you mean `lines`?"),
        ("hour_cost,\n", "hour_costs,\n", "did you mean `hour_cost`?"),
        ("power_price,\n", "price,\n", "`price` does not vary by quarter"),
        ("--until 2025Q4", "--until Christmas", "a quarter is written 2026Q1"),
        ("--until 2025Q4", "--since 2025Q4", "there is no option `--since`"),
        ("$/chip/hr", "yr", "not in yr"),
        ("section,line", "section,lines", "`report.csv` lacks the column `line`"),
    ] {
        let text = check(&TABLE.replacen(old, new, 1));
        assert!(text.contains(said) && text.contains("report.csv:"), "{new}: {text}");
    }
    fs::remove_file(folder.0.join("report.csv")).unwrap();
    let said = on(&folder.0, &["report", "--out", "page"]).bad_call();
    assert!(said.contains("this model has no report"), "{said}");
}
