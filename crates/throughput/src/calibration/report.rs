//! How far off predictions are, by what was left out of the fit.

use crate::band::Measure;
use crate::calibration::run::Run;
use crate::calibration::{Outcome, band};
use std::collections::BTreeMap;

/// What was left out of a fit and then predicted from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Test {
    /// Nothing: runs are held against the fit to them.
    InSample,
    /// A fifth of all settings, so that others of the same cell were seen.
    LeaveSettingsOut,
    /// A fifth of all cells: chip, model, format, framework, whether tokens are guessed.
    LeaveCellsOut,
    /// A model.
    LeaveModelOut,
    /// A chip.
    LeaveChipOut,
    /// A number format.
    LeavePrecisionOut,
}

impl Test {
    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Test::InSample => "in_sample",
            Test::LeaveSettingsOut => "leave_settings_out",
            Test::LeaveCellsOut => "leave_cells_out",
            Test::LeaveModelOut => "leave_one_model_out",
            Test::LeaveChipOut => "leave_one_chip_out",
            Test::LeavePrecisionOut => "leave_one_precision_out",
        }
    }
}

/// Errors of one measure in one group of runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What was left out.
    pub test: Test,
    /// What the group is of: `all`, `chip`, `model`, `precision`, `mode`, `framework`.
    pub by: &'static str,
    /// The group.
    pub group: String,
    /// What is predicted.
    pub measure: Measure,
    /// Runs.
    pub runs: usize,
    /// Median of the size of predicted over measured less one.
    pub median: f64,
    /// Ninetieth percentile of it.
    pub p90: f64,
    /// Part of the runs within the band of the errors of all other groups that were left out.
    pub coverage: Option<f64>,
}

/// The errors of all tests.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// A line for each test, group and measure.
    pub lines: Vec<Line>,
}

impl Report {
    /// The report of outcomes.
    #[must_use]
    pub fn of(runs: &[Run<'_>], outcomes: &BTreeMap<Test, Vec<Outcome>>) -> Report {
        let mut lines = Vec::new();
        for (test, outcomes) in outcomes {
            for (by, group) in GROUPS {
                let mut groups: BTreeMap<String, Vec<&Outcome>> = BTreeMap::new();
                for outcome in outcomes {
                    groups.entry(group(&runs[outcome.run])).or_default().push(outcome);
                }
                for (group, members) in groups {
                    for measure in Measure::ALL {
                        lines.extend(line(*test, by, &group, &members, measure, outcomes, runs));
                    }
                }
            }
        }
        Report { lines }
    }
}

type Group = fn(&Run<'_>) -> String;

const GROUPS: [(&str, Group); 6] = [
    ("all", |_| String::new()),
    ("chip", |run| run.setting.identity.chip.clone()),
    ("model", |run| run.setting.identity.model.clone()),
    ("precision", |run| run.setting.identity.format.clone()),
    ("framework", |run| run.setting.identity.framework.clone()),
    ("mode", |run| {
        let place = if run.setting.reading.is_some() { "apart" } else { "together" };
        let guess = if run.setting.identity.speculation { "guessing" } else { "plain" };
        format!("{place} {guess}")
    }),
];

fn line(
    test: Test,
    by: &'static str,
    group: &str,
    members: &[&Outcome],
    measure: Measure,
    all: &[Outcome],
    runs: &[Run<'_>],
) -> Option<Line> {
    let of = |outcome: &Outcome| outcome.errors[measure as usize];
    let mut sizes: Vec<f64> =
        members.iter().filter_map(|outcome| of(outcome)).map(|error| ((-error).exp() - 1.0).abs()).collect();
    if sizes.is_empty() {
        return None;
    }
    sizes.sort_by(f64::total_cmp);
    let coverage = (test != Test::InSample).then(|| covered(members, measure, all, runs)).flatten();
    Some(Line {
        test,
        by,
        group: group.to_owned(),
        measure,
        runs: sizes.len(),
        median: quantile(&sizes, 0.5),
        p90: quantile(&sizes, 0.9),
        coverage,
    })
}

/// Part of the members within the band of what was left out apart from them, by mode.
fn covered(members: &[&Outcome], measure: Measure, all: &[Outcome], runs: &[Run<'_>]) -> Option<f64> {
    let mut bands: BTreeMap<(&str, bool), Option<crate::band::Band>> = BTreeMap::new();
    let (mut within, mut count) = (0.0, 0.0);
    for outcome in members {
        let Some(error) = outcome.errors[measure as usize] else { continue };
        let apart = runs[outcome.run].setting.reading.is_some();
        let key = (outcome.left_out.as_str(), apart);
        let known = bands.entry(key).or_insert_with(|| {
            let others = all.iter().filter(|other| {
                other.left_out != outcome.left_out && runs[other.run].setting.reading.is_some() == apart
            });
            band(&others.filter_map(|other| other.errors[measure as usize]).collect::<Vec<_>>())
        });
        let Some(band) = known else { continue };
        count += 1.0;
        if (band.low.ln()..=band.high.ln()).contains(&error) {
            within += 1.0;
        }
    }
    (count > 0.0).then(|| within / count)
}

/// A quantile of sorted numbers, between neighbours in proportion.
#[must_use]
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = sorted.len().saturating_sub(1) as f64 * share;
    let mut neighbours = sorted.iter().enumerate().skip_while(|(index, _)| (*index as f64) < place.floor());
    let Some((_, low)) = neighbours.next() else { return f64::NAN };
    let high = neighbours.next().map_or(low, |(_, high)| high);
    low + (high - low) * (place - place.floor())
}
