//! `calibrate`: constants of serving from measured runs, and how well they predict.

use crate::arguments::Global;
use crate::catalogue;
use crate::failure::Failure;
use crate::load::{unreadable, unwritable};
use crate::screen::Screen;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write as _};
use std::path::Path;
use std::{fs, process};
use tokenomics_language::Model;
use tokenomics_throughput::Effects;
use tokenomics_throughput::band::{Bands, Familiarity, Measure};
use tokenomics_throughput::calibration::calibrate;
use tokenomics_throughput::calibration::prior::Priors;
use tokenomics_throughput::calibration::report::{Line, Report};
use tokenomics_throughput::calibration::run::{Refusal, runs};
use tokenomics_throughput::row;

/// The table of priors, by path from the root of a model.
const PRIORS: &str = "calibration/priors.csv";

/// The publication that fitted constants are of.
const SOURCE: &str = "serving_calibration";

/// Effects smaller than this are not written: they change nothing that is shown.
const LEAST_EFFECT: f64 = 5e-4;

/// Fits constants to a table of runs, writes them into the tables of a model, and reports.
///
/// # Errors
/// A file that cannot be read or written, no row that can be placed, or a model without priors.
pub fn run(model: &Model, global: &Global, screen: &mut Screen<'_>, from: &Path, into: &Path) -> Result<(), Failure> {
    let text = fs::read_to_string(from).map_err(|error| unreadable(from, &error))?;
    let (_, rows) = row::read(&text).map_err(|what| Failure::call(format!("`{}`: {what}", from.display())))?;
    let file = model.sources.find(PRIORS).ok_or_else(|| {
        Failure::call(format!("this model has no `{PRIORS}`")).help("`tokenomics init` writes a model that has")
    })?;
    let priors = Priors::read(&model.sources.file(file).text)
        .map_err(|what| Failure::Model(format!("error: `{PRIORS}`: {what}\n")))?;
    let mut catalogue = catalogue::of(model)?;
    catalogue.effects = Effects { medians: Effects::medians(&priors), ..Effects::default() };
    // Before any run is seen every model speaks for itself.
    catalogue.find_kin();
    let published = published(model).ok_or_else(|| {
        Failure::call(format!("`data/sources.csv` has no `{SOURCE}`")).help("add it, with the date of this calibration")
    })?;
    let (runs, refusals) = runs(&rows, &catalogue);
    if runs.is_empty() {
        return Err(Failure::call(format!(
            "none of the {} rows can be placed: {}",
            rows.len(),
            reasons(&refusals).join("; ")
        )));
    }
    let terminal = io::stderr().is_terminal();
    let found = calibrate(&runs, &priors, |what, share| {
        if terminal {
            let _ = write!(io::stderr(), "\r{:3.0} %  {what}\u{1b}[K", share * 100.0);
        }
    });
    if terminal {
        let _ = write!(io::stderr(), "\r\u{1b}[K");
    }
    write(into, "data/serving_effects.csv", &effects_table(&found.effects, &published))?;
    write(into, "data/serving_bands.csv", &bands_table(&found.bands, &published))?;
    write(into, "calibration/report.csv", &report_table(&found.report))?;
    screen.line(format!("{} of {} rows fitted.", runs.len(), rows.len()))?;
    for reason in reasons(&refusals) {
        screen.line(format!("  left out: {reason}"))?;
    }
    for line in found.report.lines.iter().filter(|line| line.by == "all") {
        let coverage =
            line.coverage.map(|share| format!("{:5.1} % within the band", share * 100.0)).unwrap_or_default();
        screen.line(format!(
            "{:<24} {:<12} {:>5} runs  median {:5.1} %  p90 {:6.1} %  {coverage}",
            line.test.name(),
            line.measure.name(),
            line.runs,
            line.median * 100.0,
            line.p90 * 100.0
        ))?;
    }
    let _ = (global, process::id());
    Ok(())
}

fn reasons(refusals: &[Refusal]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for refusal in refusals {
        *counts.entry(&refusal.reason).or_default() += 1;
    }
    counts.into_iter().map(|(reason, count)| format!("{count}: {reason}")).collect()
}

/// The date of the publication that fitted constants are of.
fn published(model: &Model) -> Option<String> {
    let text = &model.sources.file(model.sources.find("data/sources.csv")?).text;
    let (_, rows) = row::read(text).ok()?;
    let row = rows.iter().find(|row| row.text("key") == Some(SOURCE))?;
    row.text("date").map(str::to_owned)
}

const COLUMNS: &str = "value,unit,p5,p95,source,published,kind,preferred,note";

fn effects_table(effects: &Effects, published: &str) -> String {
    let mut text = format!("name,effect,{COLUMNS}\n");
    for (name, value) in effects.named() {
        if value.abs() >= LEAST_EFFECT || name.ends_with("__all") || name.starts_with("step_scale") {
            let _ = writeln!(text, "serving_effect,{name},{value:.4},1,,,{SOURCE},{published},estimate,,");
        }
    }
    text
}

fn bands_table(bands: &Bands, published: &str) -> String {
    let mut text = format!("name,band,{COLUMNS}\n");
    for measure in Measure::ALL {
        for familiarity in Familiarity::ALL {
            for apart in [false, true] {
                let Some(band) = bands.0.get(&(measure, familiarity, apart)) else { continue };
                for (high, value) in [(false, band.low), (true, band.high)] {
                    let name = Bands::name(measure, familiarity, apart, high);
                    let _ = writeln!(text, "serving_band,{name},{value:.4},1,,,{SOURCE},{published},estimate,,");
                }
            }
        }
    }
    text
}

fn report_table(report: &Report) -> String {
    let mut text = "test,by,group,measure,runs,median,p90,coverage\n".to_owned();
    for Line { test, by, group, measure, runs, median, p90, coverage } in &report.lines {
        let coverage = coverage.map(|share| format!("{share:.3}")).unwrap_or_default();
        let _ =
            writeln!(text, "{},{by},{group},{},{runs},{median:.4},{p90:.4},{coverage}", test.name(), measure.name());
    }
    text
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), Failure> {
    let path = folder.join(name);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|error| unwritable(parent, &error))?;
    }
    fs::write(&path, text).map_err(|error| unwritable(&path, &error))
}
