//! Checks and claims.

mod common;

use common::{sheet, variable};
use tokenomics_engine::{CheckOutcome, ClaimOutcome, verify};
use tokenomics_language::Model;

fn claim(text: &str) -> ClaimOutcome {
    verify(&sheet(&format!("{text}\n  assume \"a test\"")), &[]).claims[0].outcome.clone()
}

fn checks(model: &Model) -> Vec<CheckOutcome> {
    verify(model, &[]).checks.into_iter().map(|result| result.outcome).collect()
}

#[test]
fn a_check_names_the_cells_it_fails_in() {
    let model = sheet(
        r#"
quarters 2024Q1 to 2024Q3
partial input share[quarter] : 1 = 2024Q1: 0.5, 2024Q3: 1.5 assume "a test"
check shares share between 0 and 1
"#,
    );
    let CheckOutcome::Fails { cells, count } = &checks(&model)[0] else { panic!() };
    assert_eq!((*count, cells.len()), (1, 1));
    assert_eq!(cells[0].cell, [(model.quarter.unwrap(), 2)]);
    assert_eq!((cells[0].value, cells[0].low, cells[0].high), (1.5, 0.0, 1.0));
}

#[test]
fn rounding_breaks_no_equality_and_what_is_no_number_holds_nowhere() {
    let model = sheet(
        r"
quarters 2024Q1 to 2024Q1
check rounded 0.1 + 0.2 = 0.3
check other 0.300001 = 0.3
check no_number ln(-1) between -1e300 and 1e300
",
    );
    let checks = checks(&model);
    assert_eq!(checks[0], CheckOutcome::Holds);
    assert!(matches!(checks[1], CheckOutcome::Fails { count: 1, .. }));
    assert!(matches!(checks[2], CheckOutcome::Fails { count: 1, .. }));
}

#[test]
fn a_check_of_what_lacks_is_not_known() {
    let model = sheet(
        r#"
dim kind = a, b
partial input size[kind] : 1 = a: 1 assume "a test"
check size_of_b size[kind = b] = 1
"#,
    );
    assert_eq!(checks(&model), [CheckOutcome::NotKnown]);
}

#[test]
fn a_claim_is_reproduced_or_off() {
    assert!(matches!(
        claim("claim c 100.5 = 100"),
        ClaimOutcome::Reproduced { difference, .. } if (difference - 0.005).abs() < 1e-12
    ));
    assert!(matches!(
        claim("claim c 80 = 100"),
        ClaimOutcome::Off { difference, .. } if (difference + 0.2).abs() < 1e-12
    ));
    assert!(matches!(claim("claim c 80 = 100 within 0.2"), ClaimOutcome::Reproduced { .. }));
}

#[test]
fn a_claim_of_a_range_counts_from_the_nearer_end() {
    assert!(matches!(
        claim("claim c 5 between 2 and 4"),
        ClaimOutcome::Off { difference, .. } if (difference - 0.25).abs() < 1e-12
    ));
    assert!(matches!(claim("claim c 3 between 2 and 4"), ClaimOutcome::Reproduced { difference: 0.0, .. }));
}

/// The claim needs both chips; of the one whose price lacks only that price is named, though it is
/// reached through two formulas and a quarter earlier.
#[test]
fn a_claim_that_cannot_be_reproduced_names_the_inputs_it_lacks() {
    let model = sheet(
        r#"
quarters 2024Q1 to 2024Q3
dim chip = a, b
partial input price[chip] : $ = a: 1 $ assume "a test"
input other[chip] : $ = a: 1 $, b: 2 $ assume "a test"
partial at_times[chip, quarter] : $ = if quarter == 2024Q2 then price else other
partial lagged[chip, quarter] : $ = prev(at_times * 2, 0 $) + at_times
claim both sum(lagged[quarter = 2024Q3] over chip) = 1 $ assume "a test"
"#,
    );
    let missing = vec![(variable(&model, "price"), vec![1])];
    assert_eq!(verify(&model, &[]).claims[0].outcome, ClaimOutcome::NotReproducible { missing });
}
