//! A series as one line of bars.

use crate::numbers::whole;

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// One bar a figure, from the least to the greatest of the series; a space where one lacks.
#[must_use]
pub fn sparkline(values: &[Option<f64>]) -> String {
    let known = || values.iter().flatten().copied().filter(|value| value.is_finite());
    let least = known().fold(f64::INFINITY, f64::min);
    let range = known().fold(f64::NEG_INFINITY, f64::max) - least;
    let bar = |value: f64| {
        let height = if range > 0.0 { (value - least) / range * (BARS.len() - 1) as f64 } else { 3.0 };
        BARS.get(whole(height)).copied().unwrap_or(' ')
    };
    values.iter().map(|value| value.filter(|value| value.is_finite()).map_or(' ', bar)).collect()
}

/// A horizontal bar of at most `width` characters, for a share of the largest.
#[must_use]
pub fn bar(share: f64, width: usize) -> String {
    const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
    let eighths = whole(share.clamp(0.0, 1.0) * (width * 8) as f64);
    let mut text = "█".repeat(eighths / 8);
    if let Some(part) = EIGHTHS.get(eighths % 8).filter(|part| **part != ' ') {
        text.push(*part);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_is_lowest_and_the_greatest_highest() {
        assert_eq!(sparkline(&[Some(1.0), None, Some(8.0), Some(4.5)]), "▁ █▅");
    }

    #[test]
    fn a_level_series_is_level() {
        assert_eq!(sparkline(&[Some(2.0), Some(2.0)]), "▄▄");
    }

    #[test]
    fn a_bar_is_as_long_as_its_share() {
        assert_eq!(bar(0.5, 10), "█████");
        assert_eq!(bar(1.0, 3), "███");
        assert_eq!(bar(0.0, 3), "");
    }
}
