//! The time until cash has come back, by itself and in a sheet.

use tokenomics_engine::{Evaluation, Wants};
use tokenomics_finance::{Payback, payback};
use tokenomics_language::calendar::YEAR;
use tokenomics_language::{Native, Options, Sources, load};

#[test]
fn cash_that_comes_back_within_a_year_counts_by_its_part() {
    // 100 paid, 60 back after a year: 40 of the second year's 50 are wanted.
    assert_eq!(payback(&[-100.0, 60.0, 50.0], &[0.0, 1.0, 2.0]), Some(1.8));
    // Years need not be even: 40 of 80 that come in between the second year and the fourth.
    assert_eq!(payback(&[-100.0, 60.0, 80.0], &[0.0, 2.0, 4.0]), Some(3.0));
    assert_eq!(payback(&[-100.0, 100.0], &[0.0, 1.0]), Some(1.0));
}

#[test]
fn cash_that_is_paid_again_must_come_back_again() {
    // After the second payment 90 are owed at year 1, and a third of the last 270 returns them.
    assert_eq!(payback(&[-100.0, 10.0, 270.0], &[0.0, 1.0, 4.0]), Some(2.0));
}

#[test]
fn cash_that_never_comes_back_has_no_payback() {
    assert_eq!(payback(&[-100.0, 60.0, 30.0], &[0.0, 1.0, 2.0]), None);
    assert_eq!(payback(&[100.0, 60.0], &[0.0, 1.0]), None, "nothing was paid");
    assert_eq!(payback(&[-100.0, f64::NAN, 200.0], &[0.0, 1.0, 2.0]), None);
    assert_eq!(payback(&[], &[]), None);
}

#[test]
fn a_sheet_declares_it_for_each_project() {
    let sheet = "
unit $
unit s
unit yr = 31536000 s
dim project = returns, loses
dim period = now, next, last
input later[project] : $ = returns: 60 $, loses: 20 $ assume \"a test\"
input elapsed[period] : yr = now: 0 yr, next: 1 yr, last: 2 yr assume \"a test\"
cash[period, project] : $ = if elapsed > 0 yr then later else -100 $
partial native payback[project] : yr from cash, elapsed
";
    let natives: [&dyn Native; 1] = [&Payback];
    let options = Options { natives: &natives, ..Options::default() };
    let model = load(Sources::from_pairs([("sheet.tok", sheet)]), &options).expect("a sound sheet");
    let id = model.variable("payback").expect("the native");
    let evaluation = Evaluation::of(&model, &natives, &[id].into_iter().collect::<Wants>());
    let cells = evaluation.variable(id).expect("it was wanted");
    assert!((cells.values[0] / YEAR - (1.0 + 40.0 / 60.0)).abs() < 1e-12);
    assert_eq!(cells.present, [true, false]);

    let rate = sheet.replace("payback[project] : yr", "payback[project] : 1/yr");
    let faults = load(Sources::from_pairs([("sheet.tok", rate)]), &options).expect_err("a payback is a time");
    assert!(faults.diagnostics[0].help.as_deref().is_some_and(|help| help.contains("in yr")), "{faults:?}");
}
