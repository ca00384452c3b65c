//! Words for how accelerators share the work of serving.

use tokenomics_throughput::Pool;
use tokenomics_throughput::band::Band;

/// How one replica of a pool is cut, in the field's abbreviations: `TP8`, `TP8 EP8`, `DP16 EP16`, `TP8 PP2`.
fn replica_text(pool: &Pool) -> String {
    let mut parts = Vec::new();
    if pool.data_parallel_attention && pool.group() > 1.0 {
        parts.push(format!("DP{}", pool.group()));
        if pool.expert < pool.group() {
            parts.push(format!("TP{}", pool.tensor));
        }
    } else {
        parts.push(format!("TP{}", pool.tensor));
    }
    if pool.expert > 1.0 {
        parts.push(format!("EP{}", pool.expert));
    }
    if pool.pipeline > 1.0 {
        parts.push(format!("PP{}", pool.pipeline));
    }
    parts.join(" ")
}

/// A pool, its replicas counted where there are several or where another pool stands beside it.
fn pool_text(pool: &Pool, beside: bool) -> String {
    let replica = replica_text(pool);
    match pool.replicas {
        1.0 if !beside => replica,
        replicas => format!("{}×({replica})", crate::numbers::brief_count(replicas)),
    }
}

/// A deployment: `TP8`, or where prompts are read apart `2×(TP4) + 3×(DP8 EP8)`, those that read first.
#[must_use]
pub fn deployment_text(answering: &Pool, reading: Option<&Pool>) -> String {
    match reading {
        None => pool_text(answering, false),
        Some(reading) => format!("{} + {}", pool_text(reading, true), pool_text(answering, true)),
    }
}

/// A prediction with the ends that four runs in five lie between, where they are known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The prediction.
    pub value: f64,
    /// The low end.
    pub low: Option<f64>,
    /// The high end.
    pub high: Option<f64>,
}

impl Range {
    /// A prediction and the band of what is measured over what is predicted; nothing where the
    /// prediction is no number.
    #[must_use]
    pub fn new(value: f64, band: Band) -> Option<Range> {
        let end = |factor: f64| Some(value * factor).filter(|end| factor > 0.0 && end.is_finite());
        value.is_finite().then(|| Range { value, low: end(band.low), high: end(band.high) })
    }

    /// In another unit.
    #[must_use]
    pub fn times(self, factor: f64) -> Range {
        Range {
            value: self.value * factor,
            low: self.low.map(|low| low * factor),
            high: self.high.map(|high| high * factor),
        }
    }

    /// Of one over it: the low end comes from the high one.
    #[must_use]
    pub fn inverse(self) -> Range {
        Range { value: 1.0 / self.value, low: self.high.map(|high| 1.0 / high), high: self.low.map(|low| 1.0 / low) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deployments_read_as_the_field_writes_them() {
        let wide = Pool::data(16.0);
        assert_eq!(deployment_text(&Pool::tensor(8.0), None), "TP8");
        assert_eq!(deployment_text(&Pool { expert: 8.0, ..Pool::tensor(8.0) }, None), "TP8 EP8");
        assert_eq!(deployment_text(&wide, None), "DP16 EP16");
        assert_eq!(deployment_text(&Pool { expert: 1.0, ..Pool::data(8.0) }, None), "DP8 TP8");
        assert_eq!(deployment_text(&Pool { pipeline: 2.0, replicas: 2.0, ..Pool::tensor(4.0) }, None), "2×(TP4 PP2)");
        let reading = Pool { replicas: 3.0, ..Pool::data(8.0) };
        assert_eq!(deployment_text(&Pool::tensor(4.0), Some(&reading)), "3×(DP8 EP8) + 1×(TP4)");
    }

    #[test]
    fn the_ends_of_an_inverse_change_places() {
        let range = Range::new(0.02, Band { low: 0.5, high: 2.0 }).expect("a number");
        let inverse = range.inverse();
        assert_eq!((inverse.low, inverse.high), (Some(25.0), Some(100.0)));
        assert_eq!(Range::new(f64::NAN, Band { low: 0.5, high: 2.0 }), None);
        assert_eq!(
            Range::new(1.0, Band { low: 0.0, high: f64::INFINITY }).map(|range| (range.low, range.high)),
            Some((None, None))
        );
    }
}
