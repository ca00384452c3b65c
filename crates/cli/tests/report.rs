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

const TRADE: &str = "## One who pays.
dim payer = users, sellers, makers, banks

## One who is paid.
dim payee like payer

## How much dearer something gets.
dim rung = half, today, double

## What one pays another.
partial input payment[payer, payee, quarter] : $/yr
  from data/payments.csv

## What a price is multiplied by.
input multiple[rung] : 1 = half: 0.5, today: 1, double: 2
  assume \"three prices are enough\"

## What is left of the rent at another price.
partial left[chip, rung, quarter] : $/chip/hr
  = rent - hour_cost * multiple

## What is left of all.
partial left_of_all[chip, quarter] : $/chip/hr
  = left[rung = double]
";

const PAYMENTS: &str = "name,payer,payee,quarter,value,unit,p5,p95,source,published,kind,preferred,note
payment,users,sellers,2025Q1,60,$/yr,,,report,2025-06,reported,,
payment,users,makers,2025Q1,10,$/yr,,,report,2025-06,reported,,
payment,sellers,makers,2025Q1,40,$/yr,,,report,2025-06,reported,,
payment,users,sellers,2025Q2,90,$/yr,,,report,2025-06,reported,,
payment,banks,banks,2025Q3,1,$/yr,,,report,2025-06,reported,,
payment,users,sellers,2025Q4,5,$/yr,,,report,2025-06,reported,,
payment,users,makers,2025Q4,-2,$/yr,,,report,2025-06,reported,,
";

const CARDS: &str = "card,section,label,figure,unit
company,Trade,Pays,\"payment[payer = {payer}, quarter = 2025Q1]\",
";

const KINDS: &str = "section,line,label,value,unit
report,title,,Kinds of figures,
trade,title,,Trade,
trade,note,,What `payment` holds & more.,
trade,sankey,Who pays whom,\"payment[quarter = 2025Q1, 2025Q2]\",
trade,sankey,On two sides,\"payment[quarter = 2025Q3] --two-sided\",
trade,curves,By numbers,\"left[quarter = 2025Q1] --over rung --at multiple\",
trade,curves,By names,\"left[quarter = 2025Q1] --over rung\",
trade,areas,Below zero,left_of_all,
trade,table,With a sum,\"payment[quarter = 2025Q1] --total\",
trade,cards,Companies,company,
";

fn trade() -> Folder {
    let folder = Folder::with_model();
    for (file, text) in
        [("trade.tok", TRADE), ("data/payments.csv", PAYMENTS), ("cards.csv", CARDS), ("report.csv", KINDS)]
    {
        fs::write(folder.0.join(file), text).expect("a file of the model");
    }
    folder
}

/// The figure of a page with a caption.
#[track_caller]
fn figure<'t>(html: &'t str, caption: &str) -> &'t str {
    let start = format!("<figcaption>{caption}</figcaption>");
    let rest = html.split_once(&start).unwrap_or_else(|| panic!("no figure `{caption}`")).1;
    rest.split("</figure>").next().unwrap_or_default()
}

#[test]
fn each_kind_of_figure_is_drawn() {
    let folder = trade();
    on(&folder.0, &["check"]).good();
    let out = folder.0.join("page");
    on(&folder.0, &["report", "--out", out.to_str().unwrap(), "--draws", "100"]).good();
    let html = fs::read_to_string(out.join("index.html")).unwrap();
    stands_by_itself(&html);

    assert!(html.contains("<p>What <code>payment</code> holds &amp; more.</p>"));

    let paid = figure(&html, "Who pays whom");
    assert_eq!(paid.matches("<svg").count(), 2, "one drawing a quarter");
    for text in [
        "<desc>In $/yr. users to sellers: 60; sellers to makers: 40; users to makers: 10.</desc>",
        "<title>users to sellers: 60 $/yr</title></polygon>",
        "<title>sellers: 60 → 40 $/yr</title></rect>",
        ">makers 50</text>",
        ">$/yr: what comes in → what goes out</text>",
        "<desc>In $/yr. users to sellers: 90.</desc>",
    ] {
        assert!(paid.contains(text), "{text}: {paid}");
    }
    assert!(!paid.contains("banks 0"), "who neither pays nor is paid is not drawn");
    let boxes = |name: &str| {
        let hint = format!("<title>{name}: ");
        let rect = paid.split("<rect").find(|rect| rect.contains(&hint)).expect("a node");
        values(rect, "height")[0].parse::<f64>().unwrap()
    };
    // Users pay 70, of which the makers get 10, and 40 more from sellers.
    assert!((boxes("users") / boxes("makers") - 1.4).abs() < 1e-3);
    assert!((boxes("users") / boxes("sellers") - 70.0 / 60.0).abs() < 1e-3);
    assert_eq!(figure(&html, "On two sides").matches(">banks 1</text>").count(), 2);

    let numbers = figure(&html, "By numbers");
    for text in [">multiple</text>", ">1.5</text>", "<title>small, 0.5: ", "By multiple in $/chip/hr."] {
        assert!(numbers.contains(text), "{text}: {numbers}");
    }
    let names = figure(&html, "By names");
    for text in [">rung</text>", ">half</text>", ">double</text>", "<th>today</th>"] {
        assert!(names.contains(text), "{text}: {names}");
    }
    assert!(figure(&html, "Below zero").contains("<polygon"));
    let table = figure(&html, "With a sum");
    assert!(table.contains("together</b></th>") && table.contains("<td><b>50.0</b></td>"), "{table}");

    for (caption, call) in [
        ("On two sides", "plot 'payment[quarter = 2025Q3]' --two-sided --kind sankey --to sankey.svg"),
        ("By numbers", "plot 'left[quarter = 2025Q1]' --over rung --at multiple --kind curves --to curves.svg"),
        ("Who pays whom", "show 'payment[quarter = 2025Q1, 2025Q2]'"),
    ] {
        assert!(figure(&html, caption).contains(&format!("<code>tokenomics {call}</code>")), "{caption}: {call}");
    }

    let companies = figure(&html, "Companies");
    assert_eq!(companies.matches("<details class=\"card\">").count(), 2, "{companies}");
    assert!(companies.contains("<b>users</b> payer") && !companies.contains("<b>banks</b>"), "{companies}");
}

#[test]
fn a_figure_that_cannot_be_drawn_is_named() {
    let folder = trade();
    for (old, new, said) in [
        ("payment[quarter = 2025Q1, 2025Q2]", "payment", "pick one, or some of which each is a drawing"),
        ("quarter = 2025Q1, 2025Q2", "payer = users, quarter = 2025Q1", "`payment` leaves 1 dimension open"),
        ("--over rung --at multiple", "--over payer", "`left` does not vary by payer"),
        ("--over rung --at multiple", "--over rung --at life", "`life` does not vary by rung alone"),
        ("--over rung --at multiple", "--over rung --log-across", "members of rung have no numbers"),
        ("cards,Companies,company", "cards,Companies,firm", "no card of a `firm`"),
        ("cards,Companies,company", "cards,Companies,company userz", "there is no company `userz`"),
    ] {
        fs::write(folder.0.join("report.csv"), KINDS.replacen(old, new, 1)).unwrap();
        let text = on(&folder.0, &["check"]).bad_model();
        assert!(text.contains(said) && text.contains("report.csv:"), "{new}: {text}");
    }
    let out = folder.0.join("page");
    for (old, new, said, mend) in [
        ("2025Q1, 2025Q2", "2025Q3", "what passes comes back: banks → banks", "--two-sided"),
        ("2025Q1, 2025Q2", "2025Q4", "what passes from users to makers is below zero: -2 $/yr", "`bars`"),
    ] {
        fs::write(folder.0.join("report.csv"), KINDS.replacen(old, new, 1)).unwrap();
        let text = on(&folder.0, &["report", "--out", out.to_str().unwrap()]).bad_call();
        assert!(text.contains(said) && text.contains(mend) && text.contains("Who pays whom"), "{text}");
    }
}
