//! Rule 9: origins and spreads.

use crate::support::{accepted, cells, input, read, refused, spreads, values};
use tokenomics_language::Options;
use tokenomics_language::model::Kind;

#[test]
fn every_input_has_an_origin() {
    let model = accepted("input a : $ = 5 $ source acme_report \"p. 3\"\ninput b : $ = 6 $ assume \"a guess\"\n");
    let origin = |name: &str| &model.origins[cells(&model, name)[0].unwrap().origin.index()];
    let sourced = origin("a");
    assert_eq!((sourced.text.as_str(), sourced.kind), ("p. 3", Kind::Reported));
    assert_eq!(sourced.published.unwrap().to_string(), "2025-02-01");
    assert_eq!(model.publications[sourced.publication.unwrap().index()].publisher, "Acme");
    let assumed = origin("b");
    assert_eq!((assumed.text.as_str(), assumed.kind, assumed.published), ("a guess", Kind::Assumption, None));
    refused("input a : $ = 5 $\n", "figures in a sheet need an origin");
    refused("input a : $ = 5 $ source nobody\n", "there is no source `nobody`");
    refused("input a : $ = 5 $ source undated_talk\n", "the source `undated_talk` has no date");
    refused("input a : $ = 5 $ assume \"\"\n", "an assumption needs its reason");
}

fn table(input: &str) -> String {
    format!(
        "=== sheet.tok\ndim chip = a, b\n{input}\n=== data/prices.csv\n\
         name,chip,value,unit,p5,p95,source,published,kind,note\n\
         price,a,5,$k,4,7,acme_report,2025-01,estimate,p. 4\n"
    )
}

#[test]
fn a_row_carries_its_origin_and_the_sheet_that_of_what_it_adds() {
    let model =
        accepted(&table("input price[chip] : $ from data/prices.csv otherwise 2 $ ~ 1 $ to 3 $ assume \"scarce\""));
    assert_eq!(values(&model, "price"), [Some(5000.0), Some(2.0)]);
    // The row keeps its own spread; what the sheet fills has that of the sheet.
    assert_eq!(spreads(&model, "price"), [Some((4000.0, 7000.0)), Some((1.0, 3.0))]);
    let origins: Vec<_> =
        cells(&model, "price").iter().flatten().map(|figure| &model.origins[figure.origin.index()]).collect();
    assert_eq!((origins[0].text.as_str(), origins[0].kind), ("p. 4", Kind::Estimate));
    assert_eq!(origins[0].published.unwrap().to_string(), "2025-01");
    assert_eq!((origins[1].text.as_str(), origins[1].kind), ("scarce", Kind::Assumption));
    accepted(&table("partial input price[chip] : $ from data/prices.csv"));
    refused(
        &table("input price[chip] : $ from data/prices.csv otherwise 2 $"),
        "the figure after `otherwise` needs an origin",
    );
    refused(
        &table("partial input price[chip] : $ from data/prices.csv ~ times 0.5 to 2"),
        "a spread in a sheet needs an origin",
    );
}

#[test]
fn a_spread_holds_its_figure() {
    let spread = |text: &str| spreads(&accepted(&format!("input a : $k = {text} assume \"why\"\n")), "a");
    assert_eq!(spread("5 $k ~ 4 $k to 7 $k"), [Some((4.0, 7.0))]);
    assert_eq!(spread("5 $k ~ 4000 $ to 7000 $"), [Some((4.0, 7.0))]);
    assert_eq!(spread("5 $k ~ times 0.8 to 1.4"), [Some((4.0, 7.0))]);
    assert_eq!(spread("5 $k ~ times 80 % to 140 %"), [Some((4.0, 7.0))]);
    assert_eq!(spread("-5 $k ~ times 0.8 to 1.4"), [Some((-7.0, -4.0))]);
    assert_eq!(spread("-5 $k ~ -7 $k to -4 $k"), [Some((-7.0, -4.0))]);
    assert_eq!(spread("5 $k ~ 5 $k to 5 $k"), [Some((5.0, 5.0))]);
    assert_eq!(spread("5 $k"), [None]);
    refused("input a : $ = 5 $ ~ 6 $ to 7 $ assume \"why\"\n", "5 is not between 6 and 7 $");
    refused("input a : $ = 5 $ ~ 7 $ to 4 $ assume \"why\"\n", "5 is not between 7 and 4 $");
    refused("input a : $ = 5 $ ~ times 1.1 to 1.2 assume \"why\"\n", "5 is not between 5.5 and 6 $");
    refused("input a : $ = 5 $ ~ 4 yr to 6 yr assume \"why\"\n", "this is in yr, and $ is declared");
}

#[test]
fn an_input_takes_one_draw_or_one_for_each_member() {
    let text = |tail: &str| {
        format!(
            "dim chip = a, b\ndim region = us, eu\ninput price[chip, region] : $ = 5 $ ~ times 0.5 to 2{tail} assume \"why\"\n"
        )
    };
    let model = accepted(&text(""));
    assert_eq!(input(&model, "price").each, None);
    let model = accepted(&text(" each region"));
    assert_eq!(input(&model, "price").each, model.dimension("region"));
    refused(
        "dim chip = a\ninput rate : $ = 5 $ ~ 4 $ to 6 $ each chip assume \"why\"\n",
        "`rate` does not vary by `chip`",
    );
}

#[test]
fn an_input_may_be_correlated_with_one_that_has_a_spread() {
    let model = accepted(
        "input a : $ = 5 $ ~ 4 $ to 6 $ with b -0.6 assume \"why\"\ninput b : $ = 5 $ ~ 4 $ to 6 $ assume \"why\"\n",
    );
    assert_eq!(input(&model, "a").with, Some((model.variable("b").unwrap(), -0.6)));
    assert_eq!(input(&model, "b").with, None);
    refused(
        "input a : $ = 5 $ ~ 4 $ to 6 $ with b 0.6 assume \"why\"\ninput b : $ = 5 $ assume \"why\"\n",
        "`b` has no spread",
    );
    refused("input a : $ = 5 $ ~ 4 $ to 6 $ with a 0.6 assume \"why\"\n", "`a` is correlated with itself");
    refused(
        "input a : $ = 5 $ ~ 4 $ to 6 $ with b 1.6 assume \"why\"\ninput b : $ = 5 $ ~ 4 $ to 6 $ assume \"why\"\n",
        "a rank correlation is a number from -1 to 1",
    );
    let ring = "input a : $ = 5 $ ~ 4 $ to 6 $ with b 0.1 assume \"why\"\ninput b : $ = 5 $ ~ 4 $ to 6 $ with c 0.1 assume \"why\"\n\
                input c : $ = 5 $ ~ 4 $ to 6 $ with a 0.1 assume \"why\"\n";
    refused(ring, "is correlated with itself by way of");
}

#[test]
fn a_spread_of_a_partial_input_leaves_gaps_alone() {
    let model = accepted("dim chip = a, b\npartial input x[chip] : $ = b: 4 $ ~ times 0.5 to 2 assume \"why\"\n");
    assert_eq!(spreads(&model, "x"), [None, Some((2.0, 8.0))]);
}

#[test]
fn a_row_fills_exactly_the_dimensions_of_its_input() {
    let rows = |rows: &str| {
        format!(
            "=== sheet.tok\ndim chip = a, b\ndim region = us\ninput price[chip] : $ from data/t.csv\ninput rate[region] : $ from data/t.csv\n\
             === data/t.csv\nname,chip,region,value,unit,source,published,kind\n{rows}\n"
        )
    };
    let sound = "price,a,,5,$,acme_report,2025,reported\nprice,b,,6,$,acme_report,2025,reported\nrate,,us,7,$,acme_report,2025,reported";
    assert_eq!(values(&accepted(&rows(sound)), "price"), [Some(5.0), Some(6.0)]);
    refused(
        &rows(&sound.replace("price,a,,", "price,a,us,")),
        "`price` does not vary by `region`, and this row names `us`",
    );
    refused(&rows(&sound.replace("rate,,us", "rate,,")), "this row has no `region`");
}

#[test]
fn a_row_needs_its_unit_source_date_and_kind() {
    let row = |row: &str| {
        let text = format!(
            "=== sheet.tok\ninput rate : $k from data/t.csv\n=== data/t.csv\nname,value,unit,source,published,kind\n{row}\n"
        );
        read(&text, &Options::default()).map_err(|faults| faults.diagnostics[0].what.clone())
    };
    assert_eq!(values(&row("rate,5000,$,acme_report,2025-02-28,reported").unwrap(), "rate"), [Some(5.0)]);
    for (wrong, why) in [
        ("rate,5,,acme_report,2025,reported", "this row has no unit"),
        ("rate,5,yr,acme_report,2025,reported", "this is in yr, and $k is declared"),
        ("rate,5,$,,2025,reported", "this row has no source"),
        ("rate,5,$,acme_report,,reported", "this row has no date of publication"),
        ("rate,5,$,acme_report,2025-02-29,reported", "`2025-02-29` is not a date"),
        ("rate,5,$,acme_report,2025,known", "`known` is not a kind of figure"),
        ("rate,,$,acme_report,2025,reported", "this row lacks a value"),
    ] {
        assert_eq!(row(wrong).expect_err(wrong), why);
    }
}

#[test]
fn a_row_is_no_later_than_the_month_of_its_source() {
    let row = |published: &str, source: &str| {
        format!(
            "=== sheet.tok\ninput x : $ from data/x.csv\n=== data/x.csv\n\
             name,value,unit,source,published,kind\nx,5,$,{source},{published},reported\n"
        )
    };
    for published in ["2024", "2025", "2025-02", "2025-02-28"] {
        accepted(&row(published, "acme_report"));
    }
    accepted(&row("2029", "undated_talk"));
    for published in ["2025-03", "2025-03-01", "2026"] {
        let why = format!("this row was published {published}, and its source `acme_report` is of 2025-02-01");
        refused(&row(published, "acme_report"), &why);
    }
}

#[test]
fn a_correlation_follows_a_draw_of_the_same_member() {
    let model = |own: &str, theirs: &str| {
        format!(
            "dim chip = a, b\ndim rack like chip\ndim region = us, eu\n\
             input x[chip, rack, region] : $ = 5 $ ~ 4 $ to 6 $ {own} with y 0.5 assume \"why\"\n\
             input y[chip, region] : $ = 5 $ ~ 4 $ to 6 $ {theirs} assume \"why\"\n"
        )
    };
    for (own, theirs) in [("", ""), ("each region", ""), ("each chip", "each chip"), ("each rack", "each chip")] {
        accepted(&model(own, theirs));
    }
    refused(&model("each chip", "each region"), "`y` draws for each `region`, and `x` does not");
    refused(&model("", "each region"), "`y` draws for each `region`, and `x` does not");
}
