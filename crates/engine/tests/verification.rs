//! Checks and claims against hand-made figures.

mod builder;

use builder::*;
use tokenomics_engine::{CheckOutcome, ClaimOutcome, verify};
use tokenomics_language::model::{DimensionId, Function, VariableId};

fn outcome(builder: &Builder) -> ClaimOutcome {
    verify(&builder.model, &[]).claims[0].outcome.clone()
}

#[test]
fn a_check_names_the_cells_it_fails_in() {
    let mut builder = Builder::new(3);
    builder.partial("share", &["quarter"], &[Some(0.5), None, Some(1.5)]);
    builder.check(&name("share"), &number(0.0), Some(&number(1.0)));
    let CheckOutcome::Fails { cells, count } = verify(&builder.model, &[]).checks[0].outcome.clone() else { panic!() };
    assert_eq!((count, cells.len()), (1, 1));
    assert_eq!(cells[0].cell, [(DimensionId(0), 2)]);
    assert_eq!((cells[0].value, cells[0].low, cells[0].high), (1.5, 0.0, 1.0));
}

#[test]
fn rounding_breaks_no_equality() {
    let mut builder = Builder::new(1);
    builder.check(&(number(0.1) + number(0.2)), &number(0.3), None);
    builder.check(&number(0.300_001), &number(0.3), None);
    let checks = verify(&builder.model, &[]).checks;
    assert_eq!(checks[0].outcome, CheckOutcome::Holds);
    assert!(matches!(checks[1].outcome, CheckOutcome::Fails { count: 1, .. }));
}

#[test]
fn what_is_no_number_holds_nowhere_and_what_lacks_is_not_known() {
    let mut builder = Builder::new(1);
    builder.partial("hidden", &[], &[None]);
    builder.check(&apply(Function::Logarithm, &[number(-1.0)]), &number(0.0), Some(&number(1.0)));
    builder.check(&name("hidden"), &number(0.0), Some(&number(1.0)));
    let checks = verify(&builder.model, &[]).checks;
    assert!(matches!(checks[0].outcome, CheckOutcome::Fails { count: 1, .. }));
    assert_eq!(checks[1].outcome, CheckOutcome::NotKnown);
}

#[test]
fn a_claim_is_reproduced_or_off() {
    let mut builder = Builder::new(1);
    builder.claim(&number(100.5), &number(100.0), None, 0.01);
    assert!(
        matches!(outcome(&builder), ClaimOutcome::Reproduced { difference, .. } if (difference - 0.005).abs() < 1e-12)
    );
    let mut builder = Builder::new(1);
    builder.claim(&number(80.0), &number(100.0), None, 0.01);
    assert!(matches!(outcome(&builder), ClaimOutcome::Off { difference, .. } if (difference + 0.2).abs() < 1e-12));
}

#[test]
fn a_claim_of_a_range_counts_from_the_nearer_end() {
    let mut builder = Builder::new(1);
    builder.claim(&number(5.0), &number(2.0), Some(&number(4.0)), 0.01);
    assert!(matches!(outcome(&builder), ClaimOutcome::Off { difference, .. } if (difference - 0.25).abs() < 1e-12));
    let mut builder = Builder::new(1);
    builder.claim(&number(3.0), &number(2.0), Some(&number(4.0)), 0.0);
    assert!(matches!(outcome(&builder), ClaimOutcome::Reproduced { difference: 0.0, .. }));
}

/// The claim needs both chips; of the one whose price lacks only that price is named, though it is
/// reached through two formulas and a quarter earlier.
#[test]
fn a_claim_that_cannot_be_reproduced_names_the_inputs_it_lacks() {
    let mut builder = Builder::new(3);
    builder.dimension("chip", 2);
    let price = [Some(1.0), Some(1.0), Some(1.0), Some(2.0), None, Some(2.0)];
    let price: VariableId = builder.partial("price", &["chip", "quarter"], &price);
    builder.formula("doubled", &["chip", "quarter"], name("price") * number(2.0));
    builder.formula("lagged", &["chip", "quarter"], prev(name("doubled"), number(0.0)) + name("doubled"));
    let last = at("lagged", &[("quarter", Where::Member(2))]);
    builder.claim(&sum(last, "chip"), &number(1.0), None, 0.01);
    assert_eq!(outcome(&builder), ClaimOutcome::NotReproducible { missing: vec![(price, vec![1, 1])] });
}
