//! Markets in sheets, quarter by quarter.

use tokenomics_engine::{Evaluation, Wants};
use tokenomics_language::calendar::Date;
use tokenomics_language::{Model, Options, Sources, load};
use tokenomics_market::native::NATIVES;

const UNITS: &str = "unit $\nunit s\nunit hr = 3600 s\nunit yr = 8760 hr\nunit qtr = 0.25 yr\nunit chip\n";

/// A source of 2026.
const SOURCES: &str = "key,publisher,title,date,url,licence\nlater,Somebody,Promises,2026-01-15,,facts\n";

/// Money is by the second inside, by the hour in the sheet.
const HOUR: f64 = 3600.0;

/// A fleet that grows where it earned rent a quarter before.
const SHEET: &str = r#"
quarters 2025Q1 to 2025Q4
dim line = old, new
dim use = chat, code
dim shared = power
input first[line] : chip = old: 100 chip, new: 0 chip assume "a test"
input rate[line, use] : 1 = 2 assume "a test"
input cash[line] : $/chip/hr = old: 0.5 $/chip/hr, new: 0.25 $/chip/hr assume "a test"
input wanted[use] : chip = chat: 300 chip, code: 100 chip assume "a test"
input asked[use] : $/chip/hr = 1 $/chip/hr assume "a test"
input choke[use] : $/chip/hr = 100 $/chip/hr assume "a test"
input elasticity[use] : 1 = 1 assume "a test"
input promised[use] : chip = 0 chip assume "a test"
input share[shared, line] : 1/chip = 0.0001 1/chip assume "a test"
fleet[line, quarter] : chip = prev(fleet + bought, first)
bought[line, quarter] : chip
  old = 0 * scarcity_rent / 1 $/chip/hr * 1 chip
  new = 10 * scarcity_rent[line = old] / 1 $/chip/hr * 1 chip
native scarcity_rent[line, quarter] : $/chip/hr from fleet, rate, cash, wanted, asked, choke, elasticity, promised, share
native hour_price[use, quarter] : $/chip/hr from fleet, rate, cash, wanted, asked, choke, elasticity, promised, share
native served_accelerators[use, quarter] : chip from fleet, rate, cash, wanted, asked, choke, elasticity, promised, share
native allocation[line, use, quarter] : chip from fleet, rate, cash, wanted, asked, choke, elasticity, promised, share
native shared_resource_rent[shared, quarter] : $/hr from fleet, rate, cash, wanted, asked, choke, elasticity, promised, share
input fixed[use] : $/chip/hr = 0.5 $/chip/hr assume "a test"
native turned_away[use, quarter] : chip from fleet, rate, cash, wanted, asked, choke, elasticity, promised, share, fixed
"#;

fn read(text: &str) -> Result<Model, String> {
    let texts = [("units.tok".to_owned(), UNITS.to_owned()), ("sheet.tok".to_owned(), text.to_owned())];
    load(Sources::from_pairs(texts), &Options { natives: NATIVES, ..Options::default() })
        .map_err(|faults| faults.diagnostics.iter().map(|fault| fault.render(&faults.sources, false)).collect())
}

fn values(model: &Model, name: &str) -> Vec<f64> {
    let evaluation = Evaluation::of(model, NATIVES, &Wants::everything(model));
    evaluation.variable(model.variable(name).unwrap()).unwrap().values.to_vec()
}

#[test]
fn a_market_clears_in_every_quarter_and_fleets_answer_it() {
    let model = read(SHEET).unwrap();
    // Of unit elasticity, spending is 400 $/hr whatever is there: the price is that over the work of two a chip.
    let (fleet, rent, price) = (values(&model, "fleet"), values(&model, "scarcity_rent"), values(&model, "hour_price"));
    let quarters = 4;
    let mut new = 0.0;
    for quarter in 0..quarters {
        assert!((fleet[quarters + quarter] - new).abs() < 1e-6, "{fleet:?}");
        let each = 400.0 / (2.0 * (100.0 + new));
        assert!((price[quarter] * HOUR / each - 1.0).abs() < 1e-9, "quarter {quarter}: {} for {each}", price[quarter]);
        let earned = 2.0 * each - 0.5;
        assert!((rent[quarter] * HOUR / earned - 1.0).abs() < 1e-9);
        new += 10.0 * earned;
    }
    let served = values(&model, "served_accelerators");
    assert!((served[0] / 150.0 - 1.0).abs() < 1e-9 && (served[quarters] / 50.0 - 1.0).abs() < 1e-9);
    // At half a dollar 800 are wanted, and there is work for 200.
    let away: f64 = (0..2).map(|each| values(&model, "turned_away")[each * quarters]).sum();
    assert!((away / 600.0 - 1.0).abs() < 1e-9);
}

#[test]
fn a_use_of_no_elasticity_is_a_step() {
    // A hundred chips do the work of two hundred. The step that pays most is served whole, the other with what is left,
    // at its own price, which is all that an hour can fetch.
    let stepped = SHEET
        .replace(
            "choke[use] : $/chip/hr = 100 $/chip/hr",
            "choke[use] : $/chip/hr = chat: 3 $/chip/hr, code: 7 $/chip/hr",
        )
        .replace("elasticity[use] : 1 = 1", "elasticity[use] : 1 = 0");
    let model = read(&stepped).unwrap();
    let first = |name: &str, cell: usize| values(&model, name)[cell * 4];
    let close = |value: f64, wanted: f64| assert!((value / wanted - 1.0).abs() < 1e-9, "{value} for {wanted}");
    close(first("served_accelerators", 0), 100.0);
    close(first("served_accelerators", 1), 100.0);
    close(first("hour_price", 0) * HOUR, 3.0);
    close(first("scarcity_rent", 0) * HOUR, 2.0 * 3.0 - 0.5);
}

#[test]
fn a_market_of_which_a_figure_is_not_published_yet_is_not_known() {
    let later =
        SHEET.replace("promised[use] : chip = 0 chip assume \"a test\"", "promised[use] : chip = 0 chip source later");
    assert_ne!(later, SHEET);
    let texts = [("units.tok", UNITS), ("sheet.tok", later.as_str()), ("data/sources.csv", SOURCES)];
    let texts = texts.map(|(path, text)| (path.to_owned(), text.to_owned()));
    let read =
        |as_of| load(Sources::from_pairs(texts.clone()), &Options { natives: NATIVES, as_of, ..Options::default() });
    for (as_of, known) in [(Some("2025-06-30"), false), (Some("2026-06-30"), true), (None, true)] {
        let as_of = as_of.map(|date| Date::parse(date).unwrap());
        let model = read(as_of).unwrap_or_else(|faults| panic!("{:?}", faults.diagnostics));
        let evaluation = Evaluation::of(&model, NATIVES, &Wants::everything(&model));
        for name in ["hour_price", "scarcity_rent", "turned_away"] {
            let cells = evaluation.variable(model.variable(name).unwrap()).unwrap();
            assert!(cells.present.iter().all(|present| *present == known), "{name}");
        }
        assert!(evaluation.faults().is_empty());
    }
}

#[test]
fn what_does_not_fit_is_said() {
    let wrong =
        SHEET.replace("dim shared = power", "dim shared = power\ninput hours[line] : hr = 1 hr assume \"a test\"");
    let wrong = wrong.replace(
        "native hour_price[use, quarter] : $/chip/hr from fleet, rate, cash",
        "native hour_price[use, quarter] : $/chip/hr from fleet, rate, hours",
    );
    let fault = read(&wrong).unwrap_err();
    assert!(fault.contains("input 5, `asked`, is the reference price of each use"), "{fault}");
    let wrong =
        SHEET.replace("native hour_price[use, quarter] : $/chip/hr", "native hour_price[use, quarter] : $/chip");
    assert!(read(&wrong).unwrap_err().contains("the result, `hour_price`"), "{:?}", read(&wrong).err());
    let wrong = SHEET.replace(", share, fixed", ", share");
    assert!(read(&wrong).unwrap_err().contains("it reads 10 inputs, and is given 9"));
}

#[test]
fn production_is_planned_in_every_quarter() {
    let model = read(
        r#"
quarters 2025Q1 to 2025Q2
dim line = a, b
dim resource = wafers, memory
input worth[line] : $/chip = a: 10 $/chip, b: 30 $/chip assume "a test"
input orders[line, quarter] : chip/qtr = 800 chip/qtr assume "a test"
input takes[resource, line] : qtr/chip = 0.001 qtr/chip assume "a test"
native produced[line, quarter] : chip/qtr from worth, orders, takes
native resource_worth[resource, quarter] : $/qtr from worth, orders, takes
native resource_slack[resource, quarter] : 1 from worth, orders, takes
native relief_gain[resource, quarter] : $/qtr from worth, orders, takes
"#,
    )
    .unwrap();
    let produced = values(&model, "produced");
    let quarter = 2190.0 * 3600.0;
    assert!(
        (produced[0] * quarter - 200.0).abs() < 1e-6 && (produced[2] * quarter - 800.0).abs() < 1e-6,
        "{produced:?}"
    );
    // Wafers and memory are short alike, so that a tenth more of one of them alone adds nothing.
    assert!(values(&model, "relief_gain").iter().all(|gain| gain.abs() * quarter < 1e-3));
    let worth = values(&model, "resource_worth");
    assert!(((worth[0] + worth[2]) * quarter / 10_000.0 - 1.0).abs() < 1e-6, "{worth:?}");
}
