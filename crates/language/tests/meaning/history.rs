//! Rule 12 and the table of figures: what was known when, and where sources disagree.

use crate::support::{accepted, as_of, cells, refused, values};

const TABLE: &str = "=== sheet.tok\ndim chip = a, b, c\npartial input price[chip] : $ from data/prices.csv\n\
    === data/prices.csv\nname,chip,value,unit,source,published,kind,preferred,note\n\
    price,a,1,$,acme_report,2025-02-01,reported,,\n\
    price,b,2,$,acme_report,2025-02-01,reported,,\n\
    price,b,3,$,beta_blog,2025-06,estimate,1,\n\
    price,c,4,$,beta_blog,2025,reported,,\n";

#[test]
fn all_is_known_unless_a_date_is_given() {
    assert_eq!(values(&accepted(TABLE), "price"), [Some(1.0), Some(3.0), Some(4.0)]);
}

#[test]
fn what_was_published_later_is_hidden() {
    for (date, expected) in [
        ("2025-01-31", [None, None, None]),
        ("2025-02-01", [Some(1.0), Some(2.0), None]),
        // A month counts as known from its last day.
        ("2025-06-29", [Some(1.0), Some(2.0), None]),
        ("2025-06-30", [Some(1.0), Some(3.0), None]),
        ("2025-06", [Some(1.0), Some(3.0), None]),
        // A year counts as known from its last day.
        ("2025-12-30", [Some(1.0), Some(3.0), None]),
        ("2025-12-31", [Some(1.0), Some(3.0), Some(4.0)]),
        ("2025", [Some(1.0), Some(3.0), Some(4.0)]),
    ] {
        assert_eq!(values(&as_of(TABLE, date), "price"), expected, "as of {date}");
    }
}

#[test]
fn a_hidden_row_leaves_a_gap_in_an_input_that_is_not_partial() {
    let text = TABLE.replace("partial ", "");
    let model = as_of(&text, "2025-02-01");
    assert_eq!(values(&model, "price"), [Some(1.0), Some(2.0), None]);
    // But a row that is not there at all is a fault at any date.
    let (shorter, _) = text.split_once("price,c").unwrap();
    refused(shorter, "`price` has no figure for [chip = c]");
}

#[test]
fn a_figure_of_a_sheet_is_known_from_its_publication() {
    let text =
        "input a : $ = 5 $ source acme_report\ninput b : $ = 6 $ source beta_blog\ninput c : $ = 7 $ assume \"why\"\n";
    let model = as_of(text, "2025-03-01");
    assert_eq!(
        (values(&model, "a"), values(&model, "b"), values(&model, "c")),
        (vec![Some(5.0)], vec![None], vec![Some(7.0)])
    );
}

#[test]
fn what_stands_in_for_a_missing_figure_is_hidden_like_any_other() {
    let text = "=== sheet.tok\ndim chip = a, b\ninput price[chip] : $ from data/prices.csv otherwise 9 $ source beta_blog\n\
        === data/prices.csv\nname,chip,value,unit,source,published,kind\nprice,a,1,$,acme_report,2025-02-01,reported\n";
    assert_eq!(values(&as_of(text, "2025-03-01"), "price"), [Some(1.0), None]);
    assert_eq!(values(&as_of(text, "2025-07-01"), "price"), [Some(1.0), Some(9.0)]);
}

#[test]
fn the_past_is_interpolated_from_what_was_known() {
    let text = "=== sheet.tok\nquarters 2024Q1 to 2024Q4\npartial input x[quarter] : $ from data/x.csv interpolate linear\n\
        === data/x.csv\nname,quarter,value,unit,source,published,kind\n\
        x,2024Q1,10,$,acme_report,2024-04,reported\nx,2024Q3,50,$,beta_blog,2024-10,reported\nx,2024Q4,20,$,beta_blog,2025-01,reported\n";
    assert_eq!(values(&as_of(text, "2025-02"), "x"), [Some(10.0), Some(30.0), Some(50.0), Some(20.0)]);
    assert_eq!(values(&as_of(text, "2024-11"), "x"), [Some(10.0), Some(30.0), Some(50.0), None]);
    assert_eq!(values(&as_of(text, "2024-05"), "x"), [Some(10.0), None, None, None]);
    let step = text.replace("linear", "step");
    assert_eq!(values(&as_of(&step, "2024-05"), "x"), [Some(10.0); 4]);
}

#[test]
fn where_sources_disagree_the_preferred_row_is_used_and_the_rest_are_listed() {
    let model = accepted(TABLE);
    assert_eq!(model.conflicts.len(), 1);
    let conflict = &model.conflicts[0];
    assert_eq!((conflict.variable, conflict.cell), (model.variable("price").unwrap(), 1));
    let figures: Vec<f64> = conflict.figures.iter().map(|figure| figure.value).collect();
    assert_eq!(figures, [3.0, 2.0]);
    assert!(as_of(TABLE, "2025-03-01").conflicts.is_empty(), "only one of the two was known");
    let none = TABLE.replace("estimate,1,", "estimate,,");
    refused(&none, "`price` has 2 rows for [chip = b], and none is preferred");
    let both = TABLE.replace("b,2,$,acme_report,2025-02-01,reported,,", "b,2,$,acme_report,2025-02-01,reported,1,");
    refused(&both, "`price` has 2 rows for [chip = b], and more than one is preferred");
}

#[test]
fn several_conflicts_of_a_series_are_each_listed_at_their_quarter() {
    let text = "=== sheet.tok\nquarters 2024Q1 to 2024Q4\ndim chip = a, b\ninput x[chip, quarter] : $ from data/x.csv interpolate spread\n\
        === data/x.csv\nname,chip,quarter,value,unit,source,published,kind,preferred\n\
        x,a,2024,8,$,acme_report,2025,reported,1\nx,a,2024,12,$,beta_blog,2025-06,estimate,\nx,b,2024,16,$,acme_report,2025,reported,\n";
    let model = accepted(text);
    assert_eq!(values(&model, "x"), [[Some(2.0); 4], [Some(4.0); 4]].concat());
    assert_eq!(model.conflicts.len(), 1);
    assert_eq!(model.conflicts[0].cell, 0);
    let origin = cells(&model, "x")[0].unwrap().origin;
    assert_eq!(model.origins[origin.index()].published.unwrap().to_string(), "2025");
}

#[test]
fn a_claim_knows_when_it_was_published() {
    let model = as_of("claim x 1 = 1 source beta_blog\n", "2025-01");
    assert_eq!(model.origins[model.claims[0].origin.index()].published.unwrap().to_string(), "2025-06");
}
