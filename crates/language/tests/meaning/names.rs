//! Rule 1: one name, one definition.

use crate::support::{accepted, order, refused, values};

#[test]
fn quantities_dimensions_checks_claims_and_scenarios_share_one_space_of_names() {
    let price = "input price : $ = 5 $ assume \"why\"\n";
    for second in [
        "input price : $ = 6 $ assume \"why\"",
        "price : $ = 6 $",
        "dim price = a, b",
        "check price 1 = 1",
        "claim price 1 = 1 source acme_report",
        "scenario price\n  price = 6 assume \"why\"",
    ] {
        refused(&format!("{price}{second}\n"), "`price` is declared twice");
    }
}

#[test]
fn a_unit_and_a_dimension_may_share_a_name() {
    let model = accepted("dim chip = h100, b200\ninput price[chip] : $/chip = 5 $/chip assume \"why\"\n");
    assert_eq!(values(&model, "price"), [Some(5.0), Some(5.0)]);
}

#[test]
fn a_member_belongs_to_its_dimension() {
    let model = accepted(
        "dim chip = large, small\ndim rack = small, large, half\n\
         input price[chip] : $ = small: 1 $, large: 2 $ assume \"why\"\n\
         input cost[rack] : $ = small: 3 $, large: 4 $, half: 5 $ assume \"why\"\n\
         small : $ = price[chip = small] + cost[rack = small]\n",
    );
    assert_eq!(values(&model, "price"), [Some(2.0), Some(1.0)]);
    assert_eq!(values(&model, "cost"), [Some(3.0), Some(4.0), Some(5.0)]);
    refused(
        "dim chip = a\ndim rack = b\ninput price[chip] : $ = 5 $ assume \"why\"\nx : $ = price[chip = b]\n",
        "`b` is not a member of `chip`",
    );
}

#[test]
fn the_order_of_lines_and_files_means_nothing() {
    let forward = "=== a.tok\ndim chip = h100, b200\ninput price[chip] : $ = 5 $ assume \"why\"\n\
                   === b.tok\ncost[chip] : $ = 2 * price\n=== c.tok\nbill : $ = sum(cost over chip)\n";
    let backward = "=== a.tok\nbill : $ = sum(cost over chip)\n\
                    === b.tok\ncost[chip] : $ = 2 * price\n=== c.tok\ninput price[chip] : $ = 5 $ assume \"why\"\ndim chip = h100, b200\n";
    for text in [forward, backward] {
        let names: Vec<String> = order(&accepted(text)).into_iter().flat_map(|(names, _)| names).collect();
        assert_eq!(names, ["price", "cost", "bill"]);
    }
}

#[test]
fn documentation_stands_above_its_item() {
    let model =
        accepted("## What it costs.\n## In the list.\ninput price : $ = 5 $ assume \"why\"\n\ncost : $ = price\n");
    let docs: Vec<&str> = model.variables.iter().map(|variable| variable.doc.as_str()).collect();
    assert_eq!(docs, ["What it costs.\nIn the list.", ""]);
}

#[test]
fn a_name_begins_with_a_letter() {
    accepted("x_1 : 1 = 5\n");
    refused("_x : 1 = 5\n", "expected the name of a formula, found `_x`");
    refused("input _x : 1 = 5 assume \"why\"\n", "found `_x`");
}

#[test]
fn the_nearest_name_does_not_count_capitals_and_may_hold_the_text() {
    use tokenomics_language::diagnostic::nearest;
    let known = ["a100", "h100", "hour_cost", "claude_opus_4", "claude_haiku"];
    for (text, meant) in [
        ("H100", Some("h100")),
        ("HOUR_COST", Some("hour_cost")),
        ("hour_csot", Some("hour_cost")),
        ("opus", Some("claude_opus_4")),
        ("claude", None),
        ("ku", None),
    ] {
        assert_eq!(nearest(text, known), meant, "{text}");
    }
}
