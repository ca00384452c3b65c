//! The fit on runs whose constants are known, and reports and bands against counts of their own.

use tokenomics_throughput::band::{Bands, Familiarity, Measure};
use tokenomics_throughput::calibration::fit::{FITTED, Observation, fit};
use tokenomics_throughput::calibration::prior::Priors;
use tokenomics_throughput::calibration::report::quantile;
use tokenomics_throughput::{Constant, Constants, Effects, Identity, Level};

/// A run that takes a time that is a layer's, and one more for each guess of an engine: two constants that
/// observations tell apart by how many layers there are.
struct Made {
    identity: Identity,
    layers: f64,
    measured: f64,
}

impl Observation for Made {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn residuals(&self, constants: &Constants) -> [Option<f64>; FITTED] {
        let time = self.layers * constants.get(Constant::LayerTime) + constants.get(Constant::StepTime);
        [Some((time / self.measured).ln()), None, None, None]
    }

    fn depends_on(&self, constant: Constant) -> bool {
        matches!(constant, Constant::LayerTime | Constant::StepTime)
    }
}

const PRIORS: &str = "\
constant,level,member,median,spread
layer_time,all,,20e-6,1
layer_time,engine,,,0.5
step_time,all,,1e-3,1
";

fn identity(engine: &str) -> Identity {
    Identity { engine: engine.to_owned(), ..Identity::default() }
}

/// Runs of two engines, one of which is half again as slow for each layer; a few are far off.
fn made() -> Vec<Made> {
    let mut runs = Vec::new();
    for (engine, layer) in [("quick", 40e-6), ("slow", 60e-6)] {
        for index in 0..60 {
            let layers = f64::from(10 + 3 * index);
            let noise = 1.0 + 0.02 * f64::from(index % 5 - 2);
            let wild = if index % 20 == 7 { 4.0 } else { 1.0 };
            runs.push(Made { identity: identity(engine), layers, measured: (layers * layer + 2e-3) * noise * wild });
        }
    }
    runs
}

#[test]
fn constants_that_made_runs_are_found_again_though_a_few_are_far_off() {
    let priors = Priors::read(PRIORS).expect("a table of priors");
    let effects = fit(&made(), &priors, &Effects::default(), 50, |_, _| ());
    for (engine, layer) in [("quick", 40e-6), ("slow", 60e-6)] {
        let found = effects.constants(&identity(engine));
        let error = found.get(Constant::LayerTime) / layer - 1.0;
        assert!(error.abs() < 0.03, "{engine} is off by {error}");
        let error = found.get(Constant::StepTime) / 2e-3 - 1.0;
        assert!(error.abs() < 0.06, "a step is off by {error}");
    }
    // An engine that was not seen lies between those that were.
    let unknown = effects.constants(&identity("unknown")).get(Constant::LayerTime);
    assert!((unknown / (40e-6_f64 * 60e-6).sqrt() - 1.0).abs() < 0.05, "{unknown}");
}

#[test]
fn without_runs_of_a_constant_its_prior_stands() {
    let priors = Priors::read(PRIORS).expect("a table of priors");
    let effects = fit(&made(), &priors, &Effects::default(), 50, |_, _| ());
    let known = priors.constants().get(Constant::WeightRead);
    assert!((effects.constants(&identity("quick")).get(Constant::WeightRead) - known).abs() < 1e-12);
}

#[test]
fn effects_and_bands_come_back_from_their_names() {
    let priors = Priors::read(PRIORS).expect("a table of priors");
    let effects = fit(&made(), &priors, &Effects::default(), 50, |_, _| ());
    let mut read = Effects::default();
    for (name, value) in effects.named() {
        read.enter(&name, value).expect("a name that was written");
    }
    for engine in ["quick", "slow", "unknown"] {
        let (left, right) = (effects.constants(&identity(engine)), read.constants(&identity(engine)));
        let error = left.get(Constant::LayerTime) / right.get(Constant::LayerTime) - 1.0;
        assert!(error.abs() < 1e-9, "{engine}: {error}");
    }
    assert!(read.enter("no_such_constant__all", 1.0).is_err());
    assert!(read.enter("layer_time__nowhere__x", 1.0).is_err());
    let mut bands = Bands::default();
    let name = Bands::name(Measure::Energy, Familiarity::Parts, true, true);
    bands.enter(&name, 1.5).expect("a name that was made");
    assert!((bands.get(Measure::Energy, Familiarity::Parts, true).high - 1.5).abs() < 1e-12);
    assert!(bands.get(Measure::Energy, Familiarity::Parts, false).high.is_infinite());
    assert!(bands.enter("energy__parts", 1.0).is_err());
}

#[test]
fn priors_that_are_wrong_say_where() {
    let with = |line: &str| Priors::read(&format!("{PRIORS}{line}\n")).unwrap_err();
    assert!(with("no_such,all,,1,1").contains("line 5"), "{}", with("no_such,all,,1,1"));
    assert!(with("queue,nowhere,,1,1").contains("`nowhere`"));
    assert!(with("queue,all,,much,1").contains("`much`"));
    assert!(with("queue,all,,1,-1").contains("above zero"));
    assert!(with("queue,engine,quick,2,").contains("no median"));
}

#[test]
fn a_level_has_no_mean_of_its_own() {
    let priors = Priors::read(PRIORS).expect("a table of priors");
    let effects = fit(&made(), &priors, &Effects::default(), 50, |_, _| ());
    let of = |engine: &str| effects.effects[&(Constant::LayerTime, Level::Engine, engine.to_owned())];
    assert!((of("quick") + of("slow")).abs() < 0.02);
    assert!((of("slow") - of("quick") - 1.5_f64.ln()).abs() < 0.05);
}

#[test]
fn quantiles_lie_between_neighbours() {
    let sorted = [1.0, 2.0, 4.0, 8.0, 16.0];
    for (share, expected) in [(0.0, 1.0), (0.5, 4.0), (0.625, 6.0), (1.0, 16.0)] {
        assert!((quantile(&sorted, share) - expected).abs() < 1e-12, "{share}");
    }
    assert!(quantile(&[], 0.5).is_nan());
}
