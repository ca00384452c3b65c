//! Rule 11: checks and claims.

use crate::support::{accepted, expression, number, refused};
use tokenomics_language::model::{Bounds, Kind};

const SHEET: &str =
    "dim chip = a, b\ninput price[chip] : $k = 5 $k assume \"why\"\ninput rate : $ = 5 $ assume \"why\"\n";

fn sheet(lines: &str) -> String {
    format!("{SHEET}{lines}\n")
}

#[test]
fn a_check_holds_in_every_cell() {
    let model = accepted(&sheet(
        "## Prices are sane.\ncheck sane price between 0 $ and rate * 1_000_000\ncheck same rate = 5 $",
    ));
    let sane = &model.checks[0];
    assert_eq!((sane.name.as_str(), sane.doc.as_str()), ("sane", "Prices are sane."));
    let Bounds::Between(low, _) = sane.bounds else { panic!("no bounds") };
    assert_eq!(number(expression(&model, low)), 0.0);
    assert!(matches!(model.checks[1].bounds, Bounds::Equal(_)));
    refused(&sheet("check sane price between 0 and 10 $"), "the sides of a check are in $k and in 1");
}

#[test]
fn a_claim_is_about_one_value_of_a_publication() {
    let model = accepted(&sheet("claim list price[chip = a] = 5_000 $ source acme_report \"p. 9\""));
    let claim = &model.claims[0];
    assert_eq!(claim.within, 0.01);
    assert_eq!(claim.unit.text, "$");
    let origin = &model.origins[claim.origin.index()];
    assert_eq!((origin.text.as_str(), origin.kind), ("p. 9", Kind::Reported));
    let Bounds::Equal(published) = claim.bounds else { panic!("no figure") };
    assert_eq!(number(expression(&model, published)), 5000.0);
    refused(
        &sheet("claim list price = 5 $ source acme_report"),
        "the claim `list` is about many values: it varies by `chip`",
    );
    refused(&sheet("claim list rate = price source acme_report"), "about many values");
    refused(&sheet("claim list rate = 5 $"), "a claim needs an origin");
    refused(&sheet("claim list rate = 5 yr source acme_report"), "the sides of a claim are in $ and in yr");
}

#[test]
fn a_claim_says_how_near_is_near() {
    let within =
        |text: &str| accepted(&sheet(&format!("claim x rate = 5 $ within {text} source acme_report"))).claims[0].within;
    assert_eq!(within("5 %"), 0.05);
    assert_eq!(within("0.2"), 0.2);
    assert_eq!(within("0"), 0.0);
    refused(&sheet("claim x rate = 5 $ within 5 $ source acme_report"), "this is in $, and a pure number is needed");
    refused(&sheet("claim x rate = 5 $ within -1 % source acme_report"), "a tolerance is not negative");
}

#[test]
fn contradicting_claims_stand_side_by_side() {
    let model =
        accepted(&sheet("claim a rate = 5 $ source acme_report\nclaim b rate between 6 $ and 7 $ source beta_blog"));
    assert_eq!(model.claims.len(), 2);
}

#[test]
fn a_claim_may_stand_on_what_is_missing() {
    let model = accepted(
        "dim chip = a, b\npartial input quoted[chip] : $ = a: 5 $ assume \"why\"\nclaim x quoted[chip = b] = 5 $ source acme_report\n",
    );
    assert!(expression(&model, model.claims[0].value).partial);
}
