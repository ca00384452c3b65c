//! `simulate`: what the spreads of the inputs make of a figure.

use crate::arguments::{Global, Period};
use crate::cells::{Slice, combinations, evaluate, index, value};
use crate::failure::Failure;
use crate::load::NATIVES;
use crate::numbers::{Digits, count, counted, unit_text};
use crate::progress::Progress;
use crate::references;
use crate::screen::{Form, Record, Screen, cell_json, record};
use crate::style::Style;
use crate::table::{Align, Cell, Table};
use serde_json::json;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use tokenomics_engine::{Block, Evaluation, Quantiles, Simulation, Summary, Want, Wants};
use tokenomics_language::Model;

/// Whether the user has asked to stop.
static STOP: AtomicBool = AtomicBool::new(false);

/// What the shell is told when a user insists on stopping.
const INTERRUPTED: i32 = 130;

/// The most figures kept: two gibibytes of them.
pub(super) const MOST_FIGURES: usize = 1 << 28;

/// How to draw.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many draws.
    pub draws: usize,
    /// The start of the random numbers.
    pub seed: u64,
    /// The quarters shown.
    pub period: Period,
}

/// Draws the uncertain inputs and shows the spread of the cells that some references mean.
///
/// # Errors
/// An unknown name or period, or the output does not take any more.
pub fn run(
    model: &Model,
    global: &Global,
    screen: &mut Screen<'_>,
    words: &[String],
    plan: &Plan,
) -> Result<(), Failure> {
    let references = references::parse(model, words)?;
    let mut wanted: Vec<Wanted<'_>> = Vec::new();
    for reference in &references {
        let first = wanted.iter().map(Wanted::count).sum();
        wanted.push(Wanted::new(Slice::new(model, reference, plan.period)?, first));
    }
    let cells: usize = wanted.iter().map(|each| each.slice.members.iter().map(Vec::len).product::<usize>()).sum();
    if cells.saturating_mul(plan.draws) > MOST_FIGURES {
        let what = format!("{} of {} would not fit in memory", counted(plan.draws, "draw"), counted(cells, "cell"));
        return Err(Failure::call(what).help("pick fewer members, or draw less often"));
    }
    let wants = Wants { variables: wanted.iter().flat_map(Wanted::wants).collect(), expressions: Vec::new() };
    let simulation = Simulation::new(model, &NATIVES, &wants, plan.seed);
    let summary = simulation.summarise(draw(&simulation, plan.draws));
    let evaluation = evaluate(model, wanted.iter().map(|each| each.slice.variable));
    let drawn: Vec<(&Slice<'_>, Vec<Drawn>)> =
        wanted.iter().map(|each| (&each.slice, each.drawn(&evaluation, &summary))).collect();
    if screen.form != Form::Text {
        let records = drawn.iter().flat_map(|(slice, known)| records(slice, known)).collect();
        let more = record([("draws", json!(summary.draws)), ("asked", json!(plan.draws)), ("seed", json!(plan.seed))]);
        return screen.document(global, "figures", records, more);
    }
    for (slice, known) in &drawn {
        print(screen, slice, known)?;
        screen.line("")?;
    }
    let seed = plan.seed;
    screen.line(if summary.draws < plan.draws {
        format!("Stopped after {} of {} draws, seed {seed}.", count(summary.draws), count(plan.draws))
    } else {
        format!("{} draws, seed {seed}.", count(summary.draws))
    })?;
    if drawn.iter().flat_map(|(_, known)| known).any(|each| !each.quantiles.certain) {
        let why = "base: every input at its median. p50 differs where formulas bend (a product, a threshold, the \
                   least of several), for then the middle of the results is not the result of the middles.";
        screen.paragraph(why, 0, Style::Quiet)?;
    }
    Ok(())
}

/// Runs all blocks on all cores, until done or the user stops.
pub(super) fn draw(simulation: &Simulation<'_>, draws: usize) -> Vec<Block> {
    // Where no handler can be set, the signal ends the program as ever.
    let _ = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED);
        }
    });
    let total = Simulation::blocks(draws);
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, usize::from).min(total.max(1));
    let mut progress = Progress::new(draws, "draws");
    let (sender, receiver) = mpsc::channel();
    let mut blocks = Vec::with_capacity(total);
    thread::scope(|scope| {
        for _ in 0..workers {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                loop {
                    let block = next.fetch_add(1, Ordering::Relaxed);
                    if block >= total || STOP.load(Ordering::Relaxed) {
                        return;
                    }
                    let lanes = (draws - block * Simulation::LANES).min(Simulation::LANES);
                    if sender.send(simulation.run(block, lanes)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for block in receiver {
            blocks.push(block);
            progress.update((blocks.len() * Simulation::LANES).min(draws));
        }
    });
    blocks
}

/// The cells of a slice as wants of a simulation. A want takes one member of a dimension or all of
/// them, so a slice with some members of a dimension is one want for each.
pub(super) struct Wanted<'m> {
    /// The cells.
    pub slice: Slice<'m>,
    /// The positions of the dimensions of which not all members are meant.
    picked: Vec<usize>,
    /// The members picked of those dimensions, one combination a want.
    picks: Vec<Vec<u32>>,
    /// The position of the first want among all of the simulation.
    first: usize,
}

impl<'m> Wanted<'m> {
    pub fn new(slice: Slice<'m>, first: usize) -> Wanted<'m> {
        let shape = slice.model.shape(slice.variable);
        let picked: Vec<usize> = (0..shape.len()).filter(|place| slice.members[*place].len() < shape[*place]).collect();
        let lists: Vec<Vec<u32>> = picked.iter().map(|place| slice.members[*place].clone()).collect();
        Wanted { picks: combinations(&lists), slice, picked, first }
    }

    pub fn wants(&self) -> impl Iterator<Item = Want> {
        let id = |place: &usize| self.slice.definition().dimensions[*place];
        self.picks.iter().map(move |members| Want {
            variable: self.slice.variable,
            picks: self.picked.iter().map(id).zip(members.iter().copied()).collect(),
        })
    }

    /// The cells that have a figure.
    pub fn drawn(&self, evaluation: &Evaluation<'_>, summary: &Summary) -> Vec<Drawn> {
        let drawn = |cell: Vec<u32>| {
            let quantiles = self.quantiles(summary, &cell)?;
            let base = value(evaluation, self.slice.variable, self.slice.index(&cell));
            Some(Drawn { cell, base, quantiles })
        };
        self.slice.cells().into_iter().filter_map(drawn).collect()
    }

    /// The summary of a cell.
    fn quantiles(&self, summary: &Summary, cell: &[u32]) -> Option<Quantiles> {
        let (want, cell) = self.place(cell)?;
        *summary.cells.get(want)?.get(cell)?
    }

    /// The want of a cell among all of the simulation, and its position among the cells of that: there
    /// a dimension that was picked counts one member.
    pub fn place(&self, cell: &[u32]) -> Option<(usize, usize)> {
        let members: Vec<u32> = self.picked.iter().map(|place| cell[*place]).collect();
        let want = self.first + self.picks.iter().position(|picks| *picks == members)?;
        let mut shape = self.slice.model.shape(self.slice.variable);
        let mut within = cell.to_vec();
        for place in &self.picked {
            (shape[*place], within[*place]) = (1, 0);
        }
        Some((want, index(&shape, &within)))
    }

    /// How many wants it is.
    pub fn count(&self) -> usize {
        self.picks.len()
    }
}

/// A cell with its value at the medians of all inputs, and what the draws make of it.
pub(super) struct Drawn {
    /// The member of each dimension.
    pub cell: Vec<u32>,
    /// With every input at its median, in the declared unit.
    pub base: Option<f64>,
    /// Over all draws, in base units.
    pub quantiles: Quantiles,
}

impl Drawn {
    /// The base, the three percentiles and the mean, in a unit of a scale.
    pub fn figures(&self, scale: f64) -> [Option<f64>; 5] {
        let Quantiles { p5, p50, p95, mean, .. } = self.quantiles;
        let [p5, p50, p95, mean] = [p5, p50, p95, mean].map(|figure| Some(figure / scale));
        [self.base, p5, p50, p95, mean]
    }
}

/// The figures of each cell as text. All share their decimals, as they are to be compared.
pub(super) fn texts(known: &[Drawn], scale: f64) -> Vec<[String; 5]> {
    let digits = Digits::of(known.iter().flat_map(|each| each.figures(scale)).flatten());
    let text = |figure: Option<f64>| figure.map_or("·".to_owned(), |figure| digits.write(figure));
    known.iter().map(|each| each.figures(scale).map(text)).collect()
}

fn print(screen: &mut Screen<'_>, slice: &Slice<'_>, known: &[Drawn]) -> Result<(), Failure> {
    let variable = slice.definition();
    let unit = unit_text(&variable.unit);
    let title = screen.paint.paint(Style::Strong, &slice.title());
    screen.line(format!("{title}  {}", screen.paint.paint(Style::Quiet, unit)).trim_end())?;
    let open = slice.open();
    let names =
        open.iter().map(|position| slice.model.dimensions[variable.dimensions[*position].index()].name.as_str());
    let heads = ["base", "p5", "p50", "p95", "mean"].map(|name| (name, Align::Right));
    let mut table = Table::new(names.map(|name| (name, Align::Left)).chain(heads).chain([("", Align::Left)]));
    for (each, texts) in known.iter().zip(texts(known, variable.unit.scale)) {
        let labels = open.iter().map(|position| Cell::from(slice.member(*position, each.cell[*position])));
        let remark = if each.quantiles.not_finite > 0 {
            format!("no finite number in {} draws", count(each.quantiles.not_finite))
        } else if each.quantiles.certain {
            "certain".to_owned()
        } else {
            String::new()
        };
        table.row(labels.chain(texts.map(Cell::from)).chain([Cell::styled(remark, Style::Quiet)]));
    }
    if table.is_empty() { screen.line("No figure is known.") } else { screen.table(&table) }
}

fn records(slice: &Slice<'_>, known: &[Drawn]) -> Vec<Record> {
    let variable = slice.definition();
    let record_of = |each: &Drawn| {
        let [base, p5, p50, p95, mean] = each.figures(variable.unit.scale);
        record([
            ("name", json!(variable.name)),
            ("cell", cell_json(slice.model, &variable.dimensions, &each.cell)),
            ("base", json!(base)),
            ("p5", json!(p5)),
            ("p50", json!(p50)),
            ("p95", json!(p95)),
            ("mean", json!(mean)),
            ("unit", json!(variable.unit.text)),
            ("certain", json!(each.quantiles.certain)),
            ("not_finite", json!(each.quantiles.not_finite)),
        ])
    };
    known.iter().map(record_of).collect()
}
