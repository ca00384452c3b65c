//! How much of what a search finds deployments that were run have reached.
//!
//! A search looks at every way to share the work and takes the best by a kernel that errs: what it finds lies
//! above what people have run, the more so where there is more to choose from.

use crate::band::Measure;
use crate::calibration::run::Run;
use crate::constant::{Constant, Constants, Effects, Level};
use crate::frontier::{Search, guessing};
use crate::setting::{Setting, matured};
use crate::{Speculation, frontier::Point};
use std::collections::BTreeMap;

/// Chips of a deployment in which the same chips read and answer: one server.
const SERVER: f64 = 8.0;

/// Chips of a deployment with chips of both kinds, unless the run has more: one rack of the largest domain.
const RACK: f64 = 72.0;

/// Runs that weigh as much as taking a framework or a service to be like its parent.
const DOUBT: f64 = 15.0;

/// The furthest, in logarithms, that what was run lies from what is found, of a framework or of a service
/// beside its framework.
const FURTHEST: f64 = 0.5;

/// Fits [`Constant::Reached`] to the best runs of each cell: by framework, then by service.
pub fn fit(runs: &[&Run<'_>], effects: &mut Effects) {
    effects.effects.retain(|(constant, _, _), _| *constant != Constant::Reached);
    for level in [Level::Framework, Level::Service] {
        let mut errors: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for run in runs {
            let constants = effects.constants(&run.setting.identity);
            if let Some(error) = error(run, &constants) {
                errors.entry(run.setting.identity.member(level)).or_default().push(error);
            }
        }
        for (member, mut errors) in errors {
            errors.sort_by(f64::total_cmp);
            let count = errors.len() as f64;
            let median = crate::calibration::report::quantile(&errors, 0.5);
            let share = (median * count / (count + DOUBT)).clamp(-FURTHEST, FURTHEST);
            effects.effects.insert((Constant::Reached, level, member), share);
        }
    }
}

/// The logarithm of the throughput of one of the best runs of its cell over that of the best deployment
/// found at its speed; nothing of other runs, and where none that is found is so fast.
#[must_use]
pub fn error(run: &Run<'_>, constants: &Constants) -> Option<f64> {
    let (Some(interval), Some(throughput)) =
        (run.measured[Measure::Interval as usize], run.measured[Measure::Throughput as usize])
    else {
        return None;
    };
    let point = run.best.then(|| best(&run.setting, constants, 1.0 / interval)).flatten()?;
    Some((throughput / point.output_per_chip(&run.setting.workload)).ln())
}

/// The best deployment at a speed for the same request, whatever the run itself shares the work by.
#[must_use]
pub fn best(setting: &Setting<'_>, constants: &Constants, interactivity: f64) -> Option<Point> {
    let constants = matured(constants, setting.era);
    let apart = setting.reading.is_some();
    let chips = setting.answering.chips() + setting.reading.map_or(0.0, |pool| pool.chips());
    let speculation =
        if setting.identity.speculation { guessing(&constants, setting.guessed) } else { Speculation::default() };
    let search = Search {
        chip: setting.chip,
        architecture: &setting.model.architecture,
        precision: setting.precision,
        constants: &constants,
        workload: setting.workload,
        most_chips: if apart { chips.max(RACK) } else { SERVER },
        apart,
        speculation,
    };
    search.best_at(interactivity)
}
