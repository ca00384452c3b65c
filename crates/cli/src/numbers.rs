//! Figures as text: three to four significant digits, thousands apart.

use tokenomics_language::unit::Unit;

/// How a family of figures of one unit is written, so that they can be compared at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digits {
    /// So many decimals.
    Decimals(usize),
    /// Three significant digits and a power of ten.
    Scientific,
}

/// From this size on, and below [`TINY`], figures are written with a power of ten.
const HUGE: f64 = 1e15;
/// See [`HUGE`].
const TINY: f64 = 1e-4;
/// The most significant digits a figure is given to share the decimals of a smaller neighbour.
const SHARED_DIGITS: i32 = 4;
/// The most significant digits of a figure as an author gave it.
const GIVEN_DIGITS: i32 = 6;

impl Digits {
    /// Three significant digits for the largest. Smaller ones share its decimals; where three digits
    /// of the smallest need more, all have those, as long as the largest need not carry more than four.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Digits {
        let sizes = values.into_iter().map(f64::abs).filter(|size| size.is_finite() && *size > 0.0);
        let (least, most) = sizes.fold((f64::INFINITY, 0.0_f64), |(low, high), size| (low.min(size), high.max(size)));
        if most == 0.0 {
            return Digits::Decimals(0);
        }
        if !(TINY..HUGE).contains(&most) {
            return Digits::Scientific;
        }
        let [for_most, for_least] = [most, least].map(|size| (2 - magnitude(size)).max(0));
        let bearable = SHARED_DIGITS - 1 - magnitude(most);
        let shared = if for_least <= bearable { for_least } else { for_most };
        Digits::Decimals(usize::try_from(shared).unwrap_or(0))
    }

    /// One figure of the family. Whatever its neighbours, it has at least three significant digits.
    #[must_use]
    pub fn write(self, value: f64) -> String {
        match (self, Digits::of([value])) {
            _ if !value.is_finite() => "not finite".to_owned(),
            _ if value == 0.0 => "0".to_owned(),
            (Digits::Decimals(shared), Digits::Decimals(own)) => fixed(value, shared.max(own)),
            _ => format!("{value:.2e}"),
        }
    }
}

/// A figure by itself: at least three significant digits, and never less than its whole part.
#[must_use]
pub fn figure(value: f64) -> String {
    Digits::of([value]).write(value)
}

/// A figure in a sentence: at least three significant digits, without idle zeros.
#[must_use]
pub fn brief(value: f64) -> String {
    without_idle_zeros(figure(value))
}

fn without_idle_zeros(text: String) -> String {
    let decimal = text.contains('.') && !text.contains('e');
    if decimal { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A figure as an author gave it: up to six significant digits, without idle zeros.
#[must_use]
pub fn given(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 || !value.is_finite() || !(TINY..HUGE).contains(&size) {
        return figure(value);
    }
    let decimals = usize::try_from((GIVEN_DIGITS - 1 - magnitude(size)).max(0)).unwrap_or(0);
    without_idle_zeros(fixed(value, decimals))
}

/// A figure for programs: fifteen significant digits, which is all that a sum of decimals is good for.
#[must_use]
pub fn exact(value: f64) -> f64 {
    format!("{value:.14e}").parse().unwrap_or(value)
}

/// A prediction for programs: six significant digits, which is more than it is good for.
#[must_use]
pub fn significant(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

/// A relative difference, such as `+2.4 %`; from tenfold on as a factor, such as `× 32`.
#[must_use]
pub fn difference(relative: f64) -> String {
    if !relative.is_finite() {
        return "not finite".to_owned();
    }
    if relative >= 9.0 {
        return format!("× {}", figure(1.0 + relative));
    }
    let percent = relative * 100.0;
    let size = percent.abs();
    if size < 0.05 {
        return "0 %".to_owned();
    }
    let text = fixed(size, usize::from(size < 99.95));
    format!("{}{text} %", if percent < 0.0 { "-" } else { "+" })
}

/// The nearest whole number; zero for what is below.
#[must_use]
pub fn whole(value: f64) -> usize {
    usize::try_from(value.round() as i64).unwrap_or(0)
}

/// A unit beside a figure; a pure number has none.
#[must_use]
pub fn unit_text(unit: &Unit) -> &str {
    if unit.text == "1" { "" } else { &unit.text }
}

/// A count of things, thousands apart.
#[must_use]
pub fn count(number: usize) -> String {
    fixed(number as f64, 0)
}

/// A count that need not be whole, without idle zeros.
#[must_use]
pub fn brief_count(number: f64) -> String {
    without_idle_zeros(fixed(number, 2))
}

/// A count of things with their name, such as `1 check` and `2 checks`.
#[must_use]
pub fn counted(number: usize, name: &str) -> String {
    format!("{} {name}{}", count(number), if number == 1 { "" } else { "s" })
}

/// The power of ten of the first digit.
fn magnitude(size: f64) -> i32 {
    let exponent = size.log10().floor() as i32;
    // A figure such as 9.996 is written with one digit more before the point.
    if size >= 10_f64.powi(exponent + 1) * (1.0 - 5e-4) { exponent + 1 } else { exponent }
}

fn fixed(value: f64, decimals: usize) -> String {
    let plain = format!("{:.decimals$}", value.abs());
    let (whole, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let mut text = String::new();
    if value < 0.0 && plain.contains(|digit| ('1'..='9').contains(&digit)) {
        text.push('-');
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_has_three_significant_digits_and_its_whole_part() {
        for (value, text) in [
            (0.0, "0"),
            (1.0, "1.00"),
            (1.2345, "1.23"),
            (12.345, "12.3"),
            (123.45, "123"),
            (1234.5, "1,234"),
            (-1_234_567.0, "-1,234,567"),
            (0.012_345, "0.0123"),
            (9.999, "10.0"),
            (0.000_012_3, "1.23e-5"),
            (4.5e18, "4.50e18"),
        ] {
            assert_eq!(figure(value), text, "{value}");
        }
    }

    #[test]
    fn a_family_shares_its_decimals() {
        let digits = Digits::of([1.5, 0.42, 1.225]);
        assert_eq!([1.5, 0.42, 1.225].map(|value| digits.write(value)), ["1.500", "0.420", "1.225"]);
        let wide = Digits::of([51_234.0, 0.000_5]);
        assert_eq!(wide.write(51_234.0), "51,234");
        assert_eq!(wide.write(0.000_5), "0.000500");
    }

    #[test]
    fn a_large_neighbour_takes_no_digits_from_a_small_one() {
        let digits = Digits::of([91.27, 0.634, 1.335]);
        assert_eq!([91.27, 0.634, 1.335].map(|value| digits.write(value)), ["91.3", "0.634", "1.33"]);
    }

    #[test]
    fn a_given_figure_keeps_its_digits_and_drops_idle_zeros() {
        for (value, text) in [(26_808.0, "26,808"), (0.0725, "0.0725"), (0.1 + 0.2, "0.3"), (1_234_567.0, "1,234,567")]
        {
            assert_eq!(given(value), text);
        }
    }

    #[test]
    fn rounding_of_the_machine_does_not_reach_programs() {
        assert_eq!(exact(1.759_999_999_999_999_8).to_string(), "1.76");
        assert_eq!(exact(-1.0 / 3.0).to_string(), "-0.333333333333333");
        assert!(exact(f64::NAN).is_nan());
    }

    #[test]
    fn a_difference_has_its_sign() {
        assert_eq!(difference(0.0243), "+2.4 %");
        assert_eq!(difference(-0.5), "-50.0 %");
        assert_eq!(difference(6.9), "+690 %");
        assert_eq!(difference(-0.0001), "0 %");
        assert_eq!(difference(31.0), "× 32.0");
    }
}
