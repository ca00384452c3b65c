//! Exponentials, logarithms and powers: the same bits on every platform, without branches, so that
//! compilers turn loops over them into vector instructions. Good to two units in the last place.

/// 1.5 · 2^52: added to a small number, it rounds it to a whole one, held in the lowest bits.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// ln 2 in two parts: the first has few enough bits that its small multiples are exact.
const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// The bits of one.
const ONE: u64 = 1023 << 52;

/// e to the power of x: `2^n · e^r` with `|r| ≤ ln 2 / 2`, by Taylor's series to the 13th power.
#[inline]
pub(crate) fn exp(x: f64) -> f64 {
    // Beyond these the result is zero or infinite; a value that is no number passes through.
    let x = if x > 710.0 { 710.0 } else { x };
    let x = if x < -746.0 { -746.0 } else { x };
    let whole = (x * std::f64::consts::LOG2_E + ROUNDER) - ROUNDER;
    let r = (x - whole * LN_2_HIGH) - whole * LN_2_LOW;
    let series = 1.0 / 6_227_020_800.0;
    let series = series * r + 1.0 / 479_001_600.0;
    let series = series * r + 1.0 / 39_916_800.0;
    let series = series * r + 1.0 / 3_628_800.0;
    let series = series * r + 1.0 / 362_880.0;
    let series = series * r + 1.0 / 40_320.0;
    let series = series * r + 1.0 / 5_040.0;
    let series = series * r + 1.0 / 720.0;
    let series = series * r + 1.0 / 120.0;
    let series = series * r + 1.0 / 24.0;
    let series = series * r + 1.0 / 6.0;
    let series = series * r + 0.5;
    let power = 1.0 + (r + r * r * series);
    // 2^n in two factors, as 2^n itself may be too large or too small to hold.
    let half = whole * 0.5 + ROUNDER;
    let rest = (whole - (half - ROUNDER)) + ROUNDER;
    power * exponential_of_two(half) * exponential_of_two(rest)
}

/// 2^n for a whole n to which [`ROUNDER`] was added.
#[inline]
fn exponential_of_two(rounded: f64) -> f64 {
    f64::from_bits((rounded.to_bits() << 52).wrapping_add(ONE))
}

/// The natural logarithm: of `2^n · m` with m near one, by the series of fdlibm in `(m - 1) / (m + 1)`.
#[inline]
pub(crate) fn ln(x: f64) -> f64 {
    const SMALLEST_ROOT: u64 = 0x3fe6_a09e_0000_0000; // about the root of a half
    const TWO_TO_52: u64 = 0x4330_0000_0000_0000;
    let tiny = x < f64::MIN_POSITIVE;
    let scaled = if tiny { x * 18_014_398_509_481_984.0 } else { x };
    let bits = scaled.to_bits().wrapping_add(ONE - SMALLEST_ROOT);
    let exponent = f64::from_bits((bits >> 52) | TWO_TO_52) - (4_503_599_627_370_496.0 + 1023.0);
    let n = exponent - if tiny { 54.0 } else { 0.0 };
    let m = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) + SMALLEST_ROOT);
    let above_one = m - 1.0;
    let ratio = above_one / (2.0 + above_one);
    let square = ratio * ratio;
    let fourth = square * square;
    let even = 2.222_219_843_214_978_4e-1 + fourth * 1.531_383_769_920_937_3e-1;
    let even = fourth * (3.999_999_999_940_942e-1 + fourth * even);
    let odd = 1.818_357_216_161_805e-1 + fourth * 1.479_819_860_511_658_6e-1;
    let odd = square * (6.666_666_666_666_735e-1 + fourth * (2.857_142_874_366_239e-1 + fourth * odd));
    let half_square = 0.5 * above_one * above_one;
    let small = ratio * (half_square + (even + odd)) + n * LN_2_LOW - half_square;
    let value = small + above_one + n * LN_2_HIGH;
    let value = if x == 0.0 { f64::NEG_INFINITY } else { value };
    let value = if x == f64::INFINITY { x } else { value };
    if x >= 0.0 { value } else { f64::NAN }
}

/// A power. Small whole exponents by multiplication, other powers of positive numbers by logarithms,
/// which is good to one part in 10^13 unless the result is astronomic.
#[inline]
pub(crate) fn power(base: f64, exponent: f64) -> f64 {
    const MOST: f64 = 64.0;
    if exponent.abs() <= MOST && exponent.fract() == 0.0 {
        // Whole and small, as was just found.
        #[allow(clippy::cast_possible_truncation)]
        whole_power(base, exponent as i32)
    } else if base > 0.0 {
        exp(exponent * ln(base))
    } else {
        base.powf(exponent)
    }
}

/// A whole power by multiplication.
#[inline]
pub(crate) fn whole_power(base: f64, exponent: i32) -> f64 {
    let (mut power, mut square, mut left) = (1.0, base, exponent.unsigned_abs());
    while left > 0 {
        if left & 1 == 1 {
            power *= square;
        }
        square *= square;
        left >>= 1;
    }
    if exponent < 0 { 1.0 / power } else { power }
}

#[cfg(test)]
mod tests {
    use super::{exp, ln, power};

    /// How many numbers lie between two.
    fn apart(a: f64, b: f64) -> u64 {
        a.to_bits().abs_diff(b.to_bits())
    }

    #[test]
    fn exponentials_and_logarithms_agree_with_the_platform() {
        let mut x = 1.0_f64;
        for step in 0..200_000_u32 {
            x = (x * 1.000_37 + f64::from(step % 7)) % 745.0;
            for x in [x, -x, x * 1e-3, x * 1e-9] {
                assert!(apart(exp(x), x.exp()) <= 2, "exp({x})");
            }
            for x in [x, x.exp(), (-x).exp(), 1.0 + x * 1e-6] {
                assert!(apart(ln(x), x.ln()) <= 2, "ln({x})");
            }
        }
    }

    #[test]
    fn the_ends_are_what_they_should_be() {
        assert!(exp(f64::NAN).is_nan() && ln(f64::NAN).is_nan() && ln(-1.0).is_nan() && ln(-0.0).is_infinite());
        for (found, expected) in [
            (exp(0.0), 1.0),
            (exp(f64::INFINITY), f64::INFINITY),
            (exp(1e9), f64::INFINITY),
            (exp(709.7), 709.7_f64.exp()),
            (exp(-745.0), (-745.0_f64).exp()),
            (exp(f64::NEG_INFINITY), 0.0),
            (ln(0.0), f64::NEG_INFINITY),
            (ln(f64::INFINITY), f64::INFINITY),
            (ln(1.0), 0.0),
            (ln(5e-324), 5e-324_f64.ln()),
            (ln(f64::MAX), f64::MAX.ln()),
        ] {
            assert!(apart(found, expected) <= 2, "{found} for {expected}");
        }
    }

    #[test]
    fn powers_agree_with_the_platform() {
        for base in [0.3, 1.08, 2.0, 1e6, 0.0, -2.0] {
            for exponent in [0.0, 1.0, 2.0, -3.0, 10.0, 0.5, -7.25, 33.3] {
                let (found, expected) = (power(base, exponent), f64::powf(base, exponent));
                let close = (found - expected).abs() <= 1e-13 * expected.abs();
                let same = apart(found, expected) == 0 || (found.is_nan() && expected.is_nan());
                assert!(close || same, "{base}^{exponent}");
            }
        }
        assert_eq!(power(1e6, 2.0).to_bits(), 1e12_f64.to_bits());
    }
}
