//! Times the engine on a sheet. Called by `benches/run`; prints seconds as JSON.
//!
//! `synthetic FOLDER DRAWS REPEATS` reads `FOLDER/synthetic.tok`, and writes there the draws of its
//! uncertain inputs and the percentiles and means of the variables whose names begin with `out_`.

use std::path::Path;
use std::time::Instant;
use tokenomics_engine::{Evaluation, Simulation, Summary, Wants};
use tokenomics_language::model::{Definition, VariableId};
use tokenomics_language::{Model, Options, Sources, load};

/// Seconds on the clock.
fn clock(started: Instant) -> f64 {
    started.elapsed().as_secs_f64()
}

/// CPU seconds of this thread, which does all the work, in steps of some milliseconds; seconds on the
/// clock, which are no less, where the system does not tell.
fn cpu(started: Instant) -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|told| told.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| clock(started), |nanoseconds| nanoseconds * 1e-9)
}

/// The least seconds of several runs, and what the last gave.
fn timed<T>(repeats: usize, seconds: fn(Instant) -> f64, mut work: impl FnMut() -> T) -> (f64, T) {
    let started = Instant::now();
    let mut once = || {
        let before = seconds(started);
        let result = work();
        (seconds(started) - before, result)
    };
    (1..repeats).fold(once(), |(best, _), _| {
        let (time, result) = once();
        (best.min(time), result)
    })
}

fn wants(model: &Model, wanted: impl Fn(&str, &Definition) -> bool) -> Wants {
    let all = model.variables.iter().enumerate();
    let wanted = all.filter(|(_, variable)| wanted(&variable.name, &variable.definition));
    wanted.map(|(index, _)| VariableId(index as u32)).collect()
}

fn run(simulation: &Simulation<'_>, draws: usize) -> Vec<tokenomics_engine::Block> {
    let blocks = 0..Simulation::blocks(draws);
    blocks.map(|block| simulation.run(block, draws - block * Simulation::LANES)).collect()
}

fn write(path: &Path, values: impl Iterator<Item = f64>) -> std::io::Result<()> {
    std::fs::write(path, values.flat_map(f64::to_le_bytes).collect::<Vec<u8>>())
}

fn figures(summary: &Summary) -> Vec<f64> {
    let cells: Vec<_> = summary.cells.iter().flatten().flatten().collect();
    let p5 = cells.iter().map(|cell| cell.p5);
    let p50 = cells.iter().map(|cell| cell.p50);
    let p95 = cells.iter().map(|cell| cell.p95);
    p5.chain(p50).chain(p95).chain(cells.iter().map(|cell| cell.mean)).collect()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("a folder")?;
    let folder = Path::new(&folder);
    let draws: usize = arguments.next().ok_or("a number of draws")?.parse()?;
    let repeats: usize = arguments.next().ok_or("a number of repeats")?.parse()?;

    let text = std::fs::read_to_string(folder.join("synthetic.tok"))?;
    let read = || load(Sources::from_pairs([("synthetic.tok", text.as_str())]), &Options::default());
    let (load_time, model) = timed(repeats, clock, read);
    let model = model.map_err(|faults| {
        let shown = faults.diagnostics.iter().map(|fault| fault.render(&faults.sources, false));
        shown.collect::<Vec<_>>().join("\n")
    })?;
    let outputs = wants(&model, |name, _| name.starts_with("out_"));
    let inputs = wants(&model, |_, definition| matches!(definition, Definition::Input(input) if input.is_uncertain()));

    let (evaluate_time, _) = timed(repeats, clock, || Evaluation::of(&model, &[], &outputs));
    let (compile_time, simulation) = timed(repeats, clock, || Simulation::new(&model, &[], &outputs, 1));
    let (run_time, blocks) = timed(repeats, cpu, || run(&simulation, draws));
    let mut copies = vec![blocks; repeats];
    let (summarise_time, summary) = timed(repeats, cpu, || simulation.summarise(copies.pop().unwrap_or_default()));

    let input_draws = Simulation::new(&model, &[], &inputs, 1);
    let input_blocks = run(&input_draws, draws);
    let cells = inputs
        .variables
        .iter()
        .enumerate()
        .flat_map(|(want, input)| (0..model.cells(input.variable)).map(move |cell| (want, cell)));
    let values = cells.flat_map(|(want, cell)| {
        let input_draws = &input_draws;
        input_blocks.iter().flat_map(move |block| input_draws.values(block, want, cell).unwrap_or_default())
    });
    write(&folder.join("inputs.f64"), values)?;
    write(&folder.join("outputs.f64"), figures(&summary).into_iter())?;
    println!(
        "{{\"load\": {load_time}, \"evaluate\": {evaluate_time}, \"compile\": {compile_time}, \"run\": {run_time}, \"summarise\": {summarise_time}}}"
    );
    Ok(())
}
