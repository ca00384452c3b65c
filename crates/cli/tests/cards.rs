//! Cards: `company` and `layer`.

mod common;

use common::{Folder, line, on, on_small_model};
use serde_json::Value;
use std::fs;

const SHEET: &str = "
## Who buys.
dim owner = alder, birch, cedar

## Who sells.
dim seller = birch_works, dogwood

## Agreements.
dim deal = first, second, third

## Who lets.
map deal to owner = first: alder, second: alder, third: birch

## What is sold, from what is dug to what is used.
dim layer = ore, steel, bridges

## Who pays.
dim payer like layer

## Sales as published.
partial input reported_sales[seller, quarter] : $/qtr
  from data/sales.csv

## Sales: as published, then growing by a tenth each quarter.
partial sales[seller, quarter] : $/qtr
  = reported_sales otherwise prev(sales, 0 $/qtr) * 1.1

## Machines of an owner.
input machines[owner] : chip
  = alder: 10 chip, birch: 20 chip, cedar: 0 chip
  assume \"as many as there are\"

## Worth of an agreement.
input worth[deal] : $
  = first: 5 $, second: 7 $, third: 9 $
  source gazette \"page 2\"

## What layers pay each other.
input flow[payer, layer] : $/qtr
  = 3 $/qtr
  assume \"each the same\"
";

const SALES: &str = "name,seller,quarter,value,unit,p5,p95,source,published,kind,preferred,note
reported_sales,birch_works,2025Q1,100,$/qtr,,,report,2025-04-30,reported,,
reported_sales,birch_works,2025Q2,200,$/qtr,180,240,report,2025-06-15,reported,,
reported_sales,dogwood,2025Q1,50,$/qtr,,,report,2025-04-30,reported,,
";

const CARDS: &str = "card,section,label,figure,unit
company,Business,Sales,sales[seller = {seller}],$/qtr
company,Fleet,Machines,machines[owner = {owner}],chip
company,Fleet,Lets,worth[deal = {owner}] --top 1,$
layer,Money,Receives of,flow[layer = {layer}],$/yr
layer,Money,Pays to,\"flow[payer = {layer}, layer = bridges]\",$/qtr
";

const NAMES: &str = "card,name,member
company,birch_works,birch
company,Birch & Sons,birch
";

fn cards() -> Folder {
    let folder = Folder::with_model();
    for (file, text) in
        [("trade.tok", SHEET), ("data/sales.csv", SALES), ("cards.csv", CARDS), ("card_names.csv", NAMES)]
    {
        fs::write(folder.0.join(file), text).expect("a file of the model");
    }
    folder
}

fn figures(folder: &Folder, call: &[&str]) -> Vec<Value> {
    let text = on(&folder.0, &[call, &["--json"]].concat()).good();
    let document: Value = serde_json::from_str(&text).expect("a document");
    document["figures"].as_array().expect("figures").clone()
}

#[test]
fn a_card_has_what_is_known_last_and_what_comes_a_year_on() {
    let folder = cards();
    let text = on(&folder.0, &["company", "birch"]).good();
    // 200 grows by a tenth in each of four quarters.
    assert_eq!(line(&text, "Sales")[1..7], ["$/qtr", "200", "2025Q2", "293*", "2026Q2", "report,"], "{text}");
    assert!(text.contains("2025-06-15") && text.contains("An Analyst, “The hour”"), "{text}");
    assert_eq!(line(&text, "Machines")[1..], ["chip", "20.0", "assumed"]);
    assert_eq!(line(&text, "Lets: third")[2..], ["$", "9.00", "gazette,", "2025-06-01"]);
    let at: Value = figures(&folder, &["company", "birch", "--at", "2025Q3"])[0].clone();
    assert_eq!((&at["forecast_quarter"], &at["forecast"]), (&"2025Q3".into(), &220.0.into()));
    assert_eq!((&at["quarter"], &at["value"], &at["side"]), (&"2025Q2".into(), &200.0.into(), &"given".into()));
    assert_eq!(at["cell"]["seller"], "birch_works");
}

#[test]
fn the_last_known_figure_moves_with_the_date() {
    let folder = cards();
    let earlier = figures(&folder, &["company", "birch", "--as-of", "2025-05-01"]);
    assert_eq!((&earlier[0]["quarter"], &earlier[0]["value"]), (&"2025Q1".into(), &100.0.into()));
    let before = figures(&folder, &["company", "birch", "--as-of", "2025-04-01"]);
    assert!(before.iter().all(|figure| figure["name"] != "sales"), "{before:?}");
}

#[test]
fn lines_of_which_a_company_has_no_part_are_left_out() {
    let folder = cards();
    let names = |name: &str| -> Vec<String> {
        figures(&folder, &["company", name]).iter().map(|figure| figure["name"].to_string()).collect()
    };
    assert_eq!(names("dogwood"), ["\"sales\""]);
    assert_eq!(names("alder"), ["\"machines\"", "\"worth\""]);
    // The larger of its two agreements, and only that.
    assert_eq!(figures(&folder, &["company", "alder"])[1]["value"], 7.0);
    // No machines, no agreements.
    assert!(on(&folder.0, &["company", "cedar"]).good().contains("Nothing of it is known"));
}

#[test]
fn one_company_goes_by_several_names_written_any_way() {
    let folder = cards();
    let own = on(&folder.0, &["company", "birch"]).good();
    for name in ["Birch", "birch_works", "BIRCH WORKS", "birch-sons", "Birch & Sons"] {
        assert_eq!(on(&folder.0, &["company", name]).good(), own, "{name}");
    }
    let list = on(&folder.0, &["company"]).good();
    let names: Vec<&str> = list.lines().skip(1).take(4).filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, ["birch", "dogwood", "alder", "cedar"], "{list}");
    let unknown = on(&folder.0, &["company", "dogwod"]).bad_call();
    assert!(
        unknown.contains("there is no company `dogwod`") && unknown.contains("did you mean `dogwood`?"),
        "{unknown}"
    );
}

#[test]
fn a_layer_has_a_card_once_the_model_says_what_it_shows() {
    let folder = cards();
    let text = on(&folder.0, &["layer", "steel"]).good();
    // Three dollars a quarter are twelve a year, of each of three payers.
    for payer in ["ore", "steel", "bridges"] {
        assert_eq!(line(&text, &format!("Receives of: {payer}"))[3..5], ["$/yr", "12.0"], "{text}");
    }
    assert_eq!(line(&text, "Pays to")[2..4], ["$/qtr", "3.00"], "{text}");
    let list = on(&folder.0, &["layer", "--csv"]).good();
    assert_eq!(list.lines().count(), 4, "{list}");
    assert!(on_small_model("layer").good().contains("no card"));
    assert!(on_small_model("layer steel").bad_call().contains("`cards.csv` says what a card shows"));
}

#[test]
fn draws_put_a_forecast_between_two_ends() {
    let folder = cards();
    let drawn = figures(&folder, &["company", "birch", "--draws", "400"]);
    let [low, middle, high] = ["p10", "forecast", "p90"].map(|name| drawn[0][name].as_f64().expect("a figure"));
    // The published figure runs from 180 to 240, and everything after grows from it.
    assert!(180.0 * 1.4641 < low && low < middle && middle < high && high < 240.0 * 1.4641, "{low} {middle} {high}");
    assert!(drawn[1]["p10"].is_null());
}

#[test]
fn a_line_that_cannot_be_met_is_a_fault_of_the_model() {
    let folder = cards();
    for (old, new, said) in [
        ("sales[seller", "sale[seller", "did you mean `sales`?"),
        ("sales[seller = {seller}]", "sales[seller = {sellers}]", "there is no dimension `sellers`"),
        ("sales[seller = {seller}]", "sales[owner = {owner}]", "`sales` does not vary by `owner`"),
        ("worth[deal = {owner}]", "worth[deal = {seller}]", "no map leads from `deal` to `seller`"),
        ("sales[seller = {seller}]", "sales", "has no place for the name"),
        ("--top 1", "--until 2025Q1", "there is no option `--until` in a card"),
        (",$/yr", ",yr", "not in yr"),
        ("layer,Money,P", "lair,Money,P", "`lair` is no kind of card"),
    ] {
        fs::write(folder.0.join("cards.csv"), CARDS.replacen(old, new, 1)).expect("a table");
        let text = on(&folder.0, &["check"]).bad_model();
        assert!(text.contains(said) && text.contains("cards.csv:"), "{new}: {text}");
        assert!(on(&folder.0, &["company", "birch"]).bad_model().contains(said), "{new}");
    }
    fs::write(folder.0.join("cards.csv"), CARDS).expect("a table");
    on(&folder.0, &["check"]).good();
    fs::write(folder.0.join("card_names.csv"), NAMES.replace(",birch\n", ",brich\n")).expect("a table");
    let text = on(&folder.0, &["check"]).bad_model();
    assert!(text.contains("`brich` has no card") && text.contains("card_names.csv:2"), "{text}");
}

#[test]
fn the_largest_are_those_that_are_largest_where_they_are_shown() {
    let folder = cards();
    // In the second quarter, the last that is known, alder pays 5 and birch 9; later alder pays a hundred times as much.
    let sheet = "\n## What owners pay.\npartial input paid[owner, quarter] : $\n  from data/paid.csv\n\n## Led on.\npartial led_on[owner, layer, quarter] : $\n  = paid otherwise prev(led_on, 0 $) * raise\n\ninput raise[owner] : 1 = alder: 10, birch: 1 otherwise 0 assume \"a test\"\n";
    let rows = "name,owner,quarter,value,unit,p5,p95,source,published,kind,preferred,note\npaid,alder,2025Q2,5,$,,,report,2025-06-15,reported,,\npaid,birch,2025Q2,9,$,,,report,2025-06-15,reported,,\n";
    fs::write(folder.0.join("paid.tok"), sheet).unwrap();
    fs::write(folder.0.join("data/paid.csv"), rows).unwrap();
    let line = "layer,Money,Paid by,\"led_on[layer = {layer}] --by owner --top 1\",$\n";
    fs::write(folder.0.join("cards.csv"), format!("{CARDS}{line}")).unwrap();
    let text = on(&folder.0, &["layer", "steel"]).good();
    assert!(text.contains("Paid by: birch") && !text.contains("alder"), "{text}");
}
