//! Rules 2, 3 and 8: units, counted things and pure numbers.

use crate::support::{accepted, body, number, refused, values, variable};

const PRICES: &str = "input price : $/chip = 25_000 $/chip assume \"why\"\ninput life : yr = 5 yr assume \"why\"\n\
                      input power : W = 700 W assume \"why\"\ninput output : tok/s = 50 tok/s assume \"why\"\n";

fn formula(line: &str) -> String {
    format!("{PRICES}{line}\n")
}

#[test]
fn a_formula_has_the_unit_it_declares_and_scale_is_converted() {
    for line in [
        "x : $/chip/yr = price / life",
        "x : $k/chip/hr = price / life",
        "x : Wh = power * life",
        "x : kW = power",
        "x : tok/hr = output",
        "x : J = power * 1 s",
        "x : s^2 = life ^ 2",
        "x : 1 = price / price",
        "x : % = price / (2 * price)",
        "x : 1/yr = 1 / life",
    ] {
        accepted(&formula(line));
    }
    refused(&formula("x : $/chip = price / life"), "`x` is declared in $/chip, and its formula is in $/chip/yr");
    refused(&formula("x : W = power * life"), "declared in W, and its formula is in W*yr");
    refused(&formula("x : $ = price"), "declared in $, and its formula is in $/chip");
}

#[test]
fn amounts_are_held_in_base_units() {
    let model = accepted(&formula("x : hr = 2 day\ny : 1 = 50 %\nz : $ = 3 $k\nw : 1 = 25"));
    assert_eq!(number(body(&model, "x")), 2.0 * 24.0 * 3600.0);
    assert_eq!(number(body(&model, "y")), 0.5);
    assert_eq!(number(body(&model, "z")), 3000.0);
    assert_eq!(number(body(&model, "w")), 25.0);
}

#[test]
fn an_amount_has_its_unit_and_is_converted_to_the_declared_one() {
    let model = accepted(
        "input a : $k = 5 $k assume \"why\"\ninput b : $k = 5 $ assume \"why\"\ninput c : hr = 1 yr assume \"why\"\n\
         input d : kW = 700 W assume \"why\"\ninput e : % = 0.25 1 assume \"why\"\ninput f : 1 = 25 % assume \"why\"\n",
    );
    assert_eq!(values(&model, "a"), [Some(5.0)]);
    assert_eq!(values(&model, "b"), [Some(0.005)]);
    assert_eq!(values(&model, "c"), [Some(8760.0)]);
    assert_eq!(values(&model, "d"), [Some(0.7)]);
    assert_eq!(values(&model, "e"), [Some(25.0)]);
    assert_eq!(values(&model, "f"), [Some(0.25)]);
    refused("input a : $ = 5 yr assume \"why\"\n", "this is in yr, and $ is declared");
}

#[test]
fn only_a_pure_number_stands_without_a_unit() {
    let model = accepted("input a : 1 = 0.25 ~ 0.2 to 0.3 assume \"why\"\nscenario x\n  a *= 2 assume \"why\"\n");
    assert_eq!(values(&model, "a"), [Some(0.25)]);
    let bare = |unit: &str| format!("this number needs its unit: {unit} is declared");
    refused("input a : %/yr = 0.09 assume \"why\"\n", &bare("%/yr"));
    refused("input a : % = 9 assume \"why\"\n", &bare("%"));
    refused("input a : 1/yr = 0 assume \"why\"\n", &bare("1/yr"));
    refused("input a : $ = 5 $ ~ 4 to 6 $ assume \"why\"\n", &bare("$"));
    refused("dim d = x, y\ninput a[d] : $ = x: 5 $, y: 6 assume \"why\"\n", &bare("$"));
    refused("dim d = x, y\ninput a[d] : $ = x: 5 $ otherwise 6 assume \"why\"\n", &bare("$"));
    refused("input a : $ = 5 $ assume \"why\"\nscenario x\n  a = 6 assume \"why\"\n", &bare("$"));
}

#[test]
fn sums_and_comparisons_need_equal_units() {
    accepted(&formula("x : $/chip = price + 3 $k/chip"));
    accepted(&formula("x : 1 = if power > 1 kW then 1 else 0"));
    refused(&formula("x : $/chip = price + 3 $"), "`+` between $/chip and $");
    refused(&formula("x : $/chip = price - life"), "`-` between $/chip and yr");
    refused(&formula("x : 1 = if power > life then 1 else 0"), "`>` between W and yr");
    refused(&formula("x : $/chip = min(price, life)"), "the arguments of `min` are in $/chip and in yr");
    refused(&formula("x : $/chip = if life > 1 yr then price else 0"), "the branches of `if` are in $/chip and in 1");
}

#[test]
fn a_prefix_scales_a_unit_that_admits_it() {
    let model = accepted(
        "unit tonne = 1000 kg\nunit g si\ninput a : g = 2 tonne assume \"why\"\ninput b : ms = 1 s assume \"why\"\n",
    );
    assert_eq!(values(&model, "a"), [Some(2e6)]);
    assert_eq!(values(&model, "b"), [Some(1000.0)]);
    refused("input a : khr = 5 khr assume \"why\"\n", "there is no unit `khr`");
}

#[test]
fn a_flow_is_not_a_stock_and_things_counted_are_units() {
    accepted("input bought : chip/qtr = 5 chip/qtr assume \"why\"\nfleet : chip = bought * 1 qtr\n");
    refused(
        "input bought : chip/qtr = 5 chip/qtr assume \"why\"\nfleet : chip = bought\n",
        "declared in chip, and its formula is in chip/qtr",
    );
    refused(
        "input bought : chip = 5 chip assume \"why\"\nwords : tok = bought\n",
        "declared in tok, and its formula is in chip",
    );
}

#[test]
fn exponents_and_the_arguments_of_exp_ln_and_logistic_are_pure() {
    for line in [
        "x : 1 = 0.5 ^ (life / 2 yr)",
        "x : 1 = exp(life / 1 yr) + ln(2) + logistic(0.5) + exp(5 %)",
        "x : $^2/chip^2 = price ^ 2",
        "x : chip/$ = price ^ -1",
        "x : chip/$ = price ^ (-1)",
        "x : 1 = price ^ 0",
    ] {
        accepted(&formula(line));
    }
    refused(&formula("x : 1 = 0.5 ^ life"), "an exponent in yr");
    refused(&formula("x : 1 = exp(life)"), "`exp` of a value in yr");
    refused(&formula("x : 1 = ln(price)"), "`ln` of a value in $/chip");
    refused(&formula("x : $/chip = price ^ 0.5"), "an exponent that is not a whole number");
    refused(&formula("x : $/chip = price ^ (life / life)"), "an exponent that is not a whole number");
}

#[test]
fn a_root_halves_even_powers() {
    accepted("input area : s^2 = 4 s^2 assume \"why\"\nside : s = sqrt(area)\nhalf : 1 = sqrt(0.25)\n");
    refused("input area : s^3 = 4 s^3 assume \"why\"\nside : s = sqrt(area)\n", "`sqrt` of a value in s^3");
}

#[test]
fn an_annuity_takes_a_rate_a_year_and_a_life() {
    let model = accepted("input rate : %/yr = 8 %/yr assume \"why\"\ncharge : 1/yr = annuity(rate, 20 qtr)\n");
    assert_eq!(variable(&model, "charge").unit.text, "1/yr");
    refused("charge : 1/yr = annuity(8 %, 5 yr)\n", "the rate of `annuity` is in %");
    refused("charge : 1/yr = annuity(8 %/yr, 5)\n", "the life of `annuity` is in 1");
}

#[test]
fn a_unit_may_be_defined_before_what_it_is_made_of_but_not_by_itself() {
    let model = accepted("unit rack = 8 tray\nunit tray = 4 chip\ninput fleet : chip = 2 rack assume \"why\"\n");
    assert_eq!(values(&model, "fleet"), [Some(64.0)]);
    refused("unit rack = 8 tray\nunit tray = 0.125 rack\n", "`rack` is defined by way of itself: rack → tray → rack");
    refused("unit rack = 8 rack\n", "`rack` is defined by way of itself: rack → rack");
    refused("unit rack = 8 tray\nunit tray = 4 chips\nunit pod = 2 rack\n", "there is no unit `chips`");
}
