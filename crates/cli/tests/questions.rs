//! What else can be asked: why a figure lacks, what is contested, what a claim says, what there is, and
//! how another model or an earlier date differs.

mod common;

use common::{Folder, line, on, on_small_model, run};
use serde_json::Value;

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("a document")
}

#[test]
fn a_figure_that_lacks_says_why() {
    let never = on_small_model("explain margin[large,2025Q1] --depth 0").good();
    assert!(never.contains("rent[large] = not known\n") && never.contains("no row gives it"), "{never}");
    let later = on_small_model("explain margin[small,2025Q1] --as-of 2025-05-31 --depth 0").good();
    assert!(later.contains("published 2025-06-01, known from 2025-06-01"), "{later}");
    // A year counts from its last day.
    let folder = Folder::with_model();
    folder.edit("data/rent.csv", "2025-06-01", "2025");
    folder.edit("data/sources.csv", "2025-06-01", "2025");
    folder.edit("data/rent.csv", "rent,small,1.8,$/chip/hr,,,report,2025-06-15,estimate,,survey\n", "");
    let year = on(&folder.0, &["show", "margin[small,2025Q1]", "--as-of", "2025-06"]).good();
    assert!(year.contains("rent[chip = small]: published 2025, known from 2025-12-31"), "{year}");
    assert!(!on_small_model("show margin[small,2025Q1]").good().contains("known from"));
}

#[test]
fn explain_says_what_is_contested_and_from_where_a_figure_is_filled_in() {
    let contested = on_small_model("explain rent[small]").good();
    assert!(contested.contains("1 rival figure (1.8): tokenomics conflicts 'rent[chip = small]'"), "{contested}");
    assert!(!on_small_model("explain price[small]").good().contains("rival"));
    let between = on_small_model("explain reported_power_price[2025Q2]").good();
    assert!(between.contains("between 2025Q1 and 2025Q3 · reported: bureau"), "{between}");
    let folder = Folder::with_model();
    folder.edit("cost.tok", "interpolate linear", "interpolate step");
    let held = on(&folder.0, &["explain", "reported_power_price[2025Q2]"]).good();
    assert!(held.contains("held since 2025Q1 · reported: bureau"), "{held}");
}

#[test]
fn few_claims_are_shown_in_full_and_one_can_be_explained() {
    let text = on_small_model("claims small_hour_is").good();
    assert!(text.contains("      = hour_cost[chip = small, quarter = 2025Q1]\n"), "{text}");
    assert!(text.contains("“headline” · cost.tok:"), "{text}");
    let text = on_small_model("explain small_hour").good();
    assert!(text.contains("reproduced") && text.contains("“page 3”"), "{text}");
    assert!(text.contains("hour_cost[chip = small, quarter = 2025Q1] = 1.08 $/chip/hr"), "{text}");
    let document = json(&on_small_model("explain small_hour --json").good());
    assert_eq!((&document["verdict"], &document["reads"][0]["name"]), (&"reproduced".into(), &"hour_cost".into()));
    assert_eq!(document["expression"], "hour_cost[chip = small, quarter = 2025Q1]");
    assert_eq!(document["scenario"], Value::Null);
}

#[test]
fn members_are_listed_and_found_by_a_part() {
    assert_eq!(on_small_model("list --members chip").good(), "A kind of chip.\nsmall\nlarge\n\n2 members.\n");
    assert_eq!(on_small_model("list --members chip LAR").good(), "A kind of chip.\nlarge\n\n1 member of 2.\n");
    assert!(on_small_model("list --members chp").bad_call().contains("`chip`"));
    assert!(on_small_model("show price[mal]").bad_call().contains("did you mean `small`?"));
    assert!(on_small_model("show PRICE[small]").bad_call().contains("did you mean `price`?"));
    assert!(on_small_model("show price[SMALL]").bad_call().contains("did you mean `small`?"));
}

#[test]
fn a_call_is_met_half_way() {
    assert!(run(&["help", "show"]).good().contains("Usage: tokenomics show"));
    let named = run(&["hour_cost[h100]"]).bad_call();
    assert!(named.contains("tokenomics show 'hour_cost[h100]'"), "{named}");
    assert!(on_small_model("compare bas dear_power").bad_call().contains("`base`"));
    assert!(on_small_model("compare base").bad_call().contains("by which figures to compare"));
    let drawn = json(&on_small_model("simulate hour_cost[small,2025Q1] --draws 1e3 --json").good());
    assert_eq!(drawn["draws"], 1000);
    assert!(on_small_model("simulate life --draws 0.5").bad_call().contains("a whole number"));
    assert!(on_small_model("conflicts rent small").good().contains("disagree on 1 figure"));
    assert!(on_small_model("conflicts price").good().contains("No two sources disagree on `price`"));
    assert_eq!(on_small_model("sources power --csv").good().lines().count(), 2);
    assert!(on_small_model("sources nobody").bad_call().contains("no source"));
    assert!(on_small_model("scenarios winter").bad_call().contains("no scenario"));
    assert!(on_small_model("scenarios POWER").good().contains("dear_power"));
}

#[test]
fn another_model_is_compared_by_names() {
    let folder = Folder::with_model();
    // A chip before the others moves every member, and a longer span every cell.
    folder.edit("cost.tok", "dim chip = small, large", "dim chip = tiny, small, large");
    folder.edit("cost.tok", "small: 43800 $/chip", "tiny: 4380 $/chip, small: 21900 $/chip");
    folder.edit("cost.tok", "  = small: 1 kW/chip,", "  = tiny: 1 kW/chip, small: 1 kW/chip,");
    folder.edit("units.tok", "2026Q4", "2027Q4");
    let other = folder.0.to_str().unwrap();
    let call = format!("compare --with-model {other} --show hour_cost[2025Q1]");
    let text = on_small_model(&call).good();
    // Half the price: 0.58 instead of 1.08.
    let small = line(&text, "small");
    assert_eq!((small[2], small[3], small[4]), ("1.080", "0.580", "-46.3"));
    let tiny = line(&text, "tiny");
    assert_eq!(tiny[2..], ["·", "0.180", "·"]);
    let document = json(&on_small_model(&format!("{call} --json")).good());
    assert_eq!(document["compared"][1], other);
    assert!(
        on_small_model(&format!("compare base dear_power --with-model {other}")).bad_call().contains("--with-model")
    );
}

#[test]
fn changes_since_a_date_are_told_with_what_was_published() {
    let text = on_small_model("changes --since 2025-05 power_price[2025Q3]").good();
    // Until November the third quarter is 5 % above 5 % above 0.08.
    let moved = line(&text, "power_price  ");
    assert_eq!(moved, ["power_price", "$/kWh", "0.0882", "0.1000", "+13.4", "%"]);
    assert!(text.contains("\n1 figure from 1 source published since; --rows lists them."), "{text}");
    let rows = on_small_model("changes --since 2025-05 --rows").good();
    // The rent in June and the price of power in November.
    assert!(rows.contains("2 figures from 2 sources published since."), "{rows}");
    assert_eq!(line(&rows, "2025-06-01")[1..4], ["rent[chip", "=", "small]"]);
    let until = json(&on_small_model("changes --since 2025-05 --as-of 2025-06 --json").good());
    assert_eq!(until["rows"].as_array().unwrap().len(), 1);
    assert!(on_small_model("changes --since 2026 --as-of 2025").bad_call().contains("not after"));
}
