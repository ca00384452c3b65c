//! Times searches of the frontier. Called by `benches/throughput`; prints JSON.
//!
//! `sweep MODEL REPEATS CASE…` reads the folder of a model; a case is
//! `name,chip,model,engine,format,input,output,chips,seconds` with the most chips of a deployment and the
//! most seconds to the first token.

use serde_json::json;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;
use tokenomics_engine::{Evaluation, Wants};
use tokenomics_language::model::Definition;
use tokenomics_language::{Model, Native, Options, Sources, load};
use tokenomics_throughput::frontier::{Point, Search};
use tokenomics_throughput::native::{ChipsNeeded, NATIVES, catalogue};
use tokenomics_throughput::offer::{Offer, Wish};
use tokenomics_throughput::{Catalogue, Format, Speculation, Workload};

/// Speeds at which the best points are told, in tokens a second for a user.
const SPEEDS: [f64; 3] = [20.0, 50.0, 100.0];

/// Evaluations that are timed at once.
const EVALUATIONS: usize = 200_000;

fn collect(folder: &Path, root: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("the folder of a model").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, root, found);
        } else if path.extension().is_some_and(|kind| kind == "tok" || kind == "csv") {
            let name = path.strip_prefix(root).expect("a path below the root").to_string_lossy().into_owned();
            found.push((name, fs::read_to_string(&path).expect("a text")));
        }
    }
}

/// The algorithms that the model declares.
fn natives() -> Vec<&'static dyn Native> {
    [tokenomics_finance::NATIVES, NATIVES, tokenomics_market::native::NATIVES].concat()
}

fn read(folder: &str) -> Model {
    let mut files = Vec::new();
    collect(Path::new(folder), Path::new(folder), &mut files);
    let natives = natives();
    let options = Options { natives: &natives, ..Options::default() };
    load(Sources::from_pairs(files), &options).unwrap_or_else(|faults| panic!("{} errors", faults.diagnostics.len()))
}

fn known(model: &Model) -> Catalogue {
    let id = model.variable(ChipsNeeded.name()).expect("a native for the chips that a model needs");
    let Definition::Native { inputs, .. } = &model.variables[id.index()].definition else { panic!("a native") };
    let wants: Wants = inputs.iter().copied().collect();
    let evaluation = Evaluation::of(model, &natives(), &wants);
    let signatures: Vec<_> = inputs.iter().map(|input| model.signature(*input)).collect();
    let cells: Vec<_> = inputs.iter().filter_map(|input| evaluation.variable(*input)).collect();
    catalogue(&signatures, &cells)
}

/// The least seconds of several runs.
fn timed<T>(repeats: usize, mut work: impl FnMut() -> T) -> f64 {
    let once = |_| {
        let started = Instant::now();
        black_box(work());
        started.elapsed().as_secs_f64()
    };
    (0..repeats).map(once).fold(f64::INFINITY, f64::min)
}

fn best(points: &[Point], workload: &Workload, speed: f64, seconds: f64) -> serde_json::Value {
    let allowed =
        points.iter().filter(|point| point.interactivity() >= speed && point.operation.first_token <= seconds);
    let point = allowed.max_by(|left, right| left.requests_per_chip().total_cmp(&right.requests_per_chip()));
    point.map_or(serde_json::Value::Null, |point| {
        json!({
            "tokens_s_gpu": point.output_per_chip(workload),
            "tokens_s_user": point.interactivity(),
            "gpus": point.deployment.chips(),
            "answering": format!("{:?}", point.answering),
            "batch": point.operation.batch,
        })
    })
}

fn case(text: &str, catalogue: &Catalogue, repeats: usize) -> serde_json::Value {
    let parts: Vec<&str> = text.split(',').collect();
    let [name, chip, model, engine, format, input, output, chips, seconds] = parts[..] else {
        panic!("a case has nine parts: {text}")
    };
    let number = |text: &str| text.parse::<f64>().expect("a number");
    let chip = catalogue.chips.get_key_value(chip).expect("a chip");
    let model = catalogue.models.get_key_value(model).expect("a model");
    let workload = Workload { input: number(input), output: number(output), cached: 0.0 };
    let wish = Wish {
        format: Format::parse(format),
        engine: Some(engine.to_owned()),
        speculation: Some(false),
        ..Wish::default()
    };
    let offers = Offer::all(catalogue, (chip.0, chip.1), (model.0, model.1), Some(&wish));
    let searches: Vec<Search<'_>> = offers
        .iter()
        .map(|offer| Search {
            chip: &chip.1.chip,
            architecture: &model.1.architecture,
            precision: offer.precision,
            constants: &offer.constants,
            workload,
            most_chips: number(chips),
            apart: offer.apart,
            speculation: Speculation::default(),
        })
        .collect();
    let sweep = timed(repeats, || searches.iter().map(|search| search.frontier().len()).sum::<usize>());
    let configurations: usize = searches.iter().map(Search::size).sum();
    let fronts: Vec<(bool, Vec<Point>)> = searches.iter().map(|search| (search.apart, search.frontier())).collect();
    let of = |apart: bool, speed: f64| {
        let points: Vec<Point> =
            fronts.iter().filter(|(kind, _)| *kind == apart).flat_map(|(_, points)| points.clone()).collect();
        best(&points, &workload, speed, number(seconds))
    };
    let deployment = fronts.iter().flat_map(|(_, points)| points).next().expect("a point").deployment;
    let evaluations = timed(repeats, || {
        (0..EVALUATIONS).map(|index| deployment.at(1.0 + (index % 512) as f64, &workload).interval).sum::<f64>()
    });
    // The floor: what reading and arithmetic take at the least, of weights, cache and prompts, the longer counting.
    let peaks: [f64; 6] = black_box([1e-3, 2e-6, 3e-6, 1e-5, 1e-9, 2e-3]);
    let roofline = timed(repeats, || {
        (0..EVALUATIONS)
            .map(|index| {
                let batch = 1.0 + black_box(index % 512) as f64;
                let step = (peaks[0] + peaks[1] * batch).max(peaks[2] * batch);
                step + peaks[3] * batch * peaks[4] + batch * workload.input * peaks[5] / workload.output
            })
            .sum::<f64>()
    });
    json!({
        "case": name,
        "seconds": sweep,
        "configurations": configurations,
        "front": fronts.iter().map(|(_, points)| points.len()).sum::<usize>(),
        "nanoseconds_an_evaluation": evaluations / EVALUATIONS as f64 * 1e9,
        "nanoseconds_a_roofline": roofline / EVALUATIONS as f64 * 1e9,
        "best": SPEEDS.map(|speed| json!({ "speed": speed, "together": of(false, speed), "apart": of(true, speed) })),
    })
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, repeats, cases @ ..] = &arguments[..] else { panic!("sweep MODEL REPEATS CASE…") };
    let repeats: usize = repeats.parse().expect("a number of repeats");
    let catalogue = known(&read(folder));
    let results: Vec<_> = cases.iter().map(|text| case(text, &catalogue, repeats)).collect();
    println!("{}", serde_json::to_string_pretty(&results).expect("JSON"));
}
