//! `simulate`: what the spreads of the inputs make of a figure.

use crate::arguments::{Global, Period};
use crate::cells::{Slice, combinations, index};
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
use tokenomics_engine::{Block, Quantiles, Simulation, Summary, Want, Wants};
use tokenomics_language::Model;

/// Whether the user has asked to stop.
static STOP: AtomicBool = AtomicBool::new(false);

/// What the shell is told when a user insists on stopping.
const INTERRUPTED: i32 = 130;

/// The most figures kept: two gibibytes of them.
const MOST_FIGURES: usize = 1 << 28;

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
        let first = wanted.iter().map(|each| each.picks.len()).sum();
        wanted.push(Wanted::new(Slice::new(model, reference, plan.period)?, first));
    }
    let cells: usize = wanted.iter().map(|each| each.slice.members.iter().map(Vec::len).product::<usize>()).sum();
    if cells.saturating_mul(plan.draws) > MOST_FIGURES {
        let what = format!("{} of {} would not fit in memory", counted(plan.draws, "draw"), counted(cells, "cell"));
        return Err(Failure::call(what).help("pick fewer members, or draw less often"));
    }
    let wants = Wants { variables: wanted.iter().flat_map(Wanted::wants).collect(), expressions: Vec::new() };
    let simulation = Simulation::new(model, NATIVES, &wants, plan.seed);
    let summary = simulation.summarise(draw(&simulation, plan.draws));
    if screen.form != Form::Text {
        let records = wanted.iter().flat_map(|wanted| records(wanted, &summary)).collect();
        let more = record([("draws", json!(summary.draws)), ("seed", json!(plan.seed))]);
        return screen.document(global, "figures", records, more);
    }
    for each in &wanted {
        print(screen, each, &summary)?;
        screen.line("")?;
    }
    let seed = plan.seed;
    screen.line(if summary.draws < plan.draws {
        format!("Stopped after {} of {} draws, seed {seed}.", count(summary.draws), count(plan.draws))
    } else {
        format!("{} draws, seed {seed}.", count(summary.draws))
    })
}

/// Runs all blocks on all cores, until done or the user stops.
fn draw(simulation: &Simulation<'_>, draws: usize) -> Vec<Block> {
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
struct Wanted<'m> {
    slice: Slice<'m>,
    /// The positions of the dimensions of which not all members are meant.
    picked: Vec<usize>,
    /// The members picked of those dimensions, one combination a want.
    picks: Vec<Vec<u32>>,
    /// The position of the first want among all of the simulation.
    first: usize,
}

impl<'m> Wanted<'m> {
    fn new(slice: Slice<'m>, first: usize) -> Wanted<'m> {
        let shape = slice.model.shape(slice.variable);
        let picked: Vec<usize> = (0..shape.len()).filter(|place| slice.members[*place].len() < shape[*place]).collect();
        let lists: Vec<Vec<u32>> = picked.iter().map(|place| slice.members[*place].clone()).collect();
        Wanted { picks: combinations(&lists), slice, picked, first }
    }

    fn wants(&self) -> impl Iterator<Item = Want> {
        let id = |place: &usize| self.slice.definition().dimensions[*place];
        self.picks.iter().map(move |members| Want {
            variable: self.slice.variable,
            picks: self.picked.iter().map(id).zip(members.iter().copied()).collect(),
        })
    }

    /// The summary of a cell. In the summary a dimension that was picked counts one member.
    fn quantiles(&self, summary: &Summary, cell: &[u32]) -> Option<Quantiles> {
        let members: Vec<u32> = self.picked.iter().map(|place| cell[*place]).collect();
        let want = self.first + self.picks.iter().position(|picks| *picks == members)?;
        let mut shape = self.slice.model.shape(self.slice.variable);
        let mut within = cell.to_vec();
        for place in &self.picked {
            (shape[*place], within[*place]) = (1, 0);
        }
        *summary.cells.get(want)?.get(index(&shape, &within))?
    }
}

fn print(screen: &mut Screen<'_>, wanted: &Wanted<'_>, summary: &Summary) -> Result<(), Failure> {
    let slice = &wanted.slice;
    let variable = slice.definition();
    let scale = variable.unit.scale;
    let unit = unit_text(&variable.unit);
    let title = screen.paint.paint(Style::Strong, &slice.title());
    screen.line(format!("{title}  {}", screen.paint.paint(Style::Quiet, unit)).trim_end())?;
    let open = slice.open();
    let names =
        open.iter().map(|position| slice.model.dimensions[variable.dimensions[*position].index()].name.as_str());
    let heads = ["p5", "p50", "p95", "mean"].map(|name| (name, Align::Right));
    let mut table = Table::new(names.map(|name| (name, Align::Left)).chain(heads).chain([("", Align::Left)]));
    let cells = slice.cells();
    let known: Vec<(&Vec<u32>, Quantiles)> =
        cells.iter().filter_map(|cell| Some((cell, wanted.quantiles(summary, cell)?))).collect();
    let digits = Digits::of(known.iter().flat_map(|(_, each)| [each.p5, each.p50, each.p95]).map(|each| each / scale));
    for (cell, each) in &known {
        let labels = open.iter().map(|position| Cell::from(slice.member(*position, cell[*position])));
        let figures = [each.p5, each.p50, each.p95, each.mean].map(|figure| Cell::from(digits.write(figure / scale)));
        let remark = if each.not_finite > 0 {
            format!("no finite number in {} draws", count(each.not_finite))
        } else if each.certain {
            "certain".to_owned()
        } else {
            String::new()
        };
        table.row(labels.chain(figures).chain([Cell::styled(remark, Style::Quiet)]));
    }
    if table.is_empty() {
        screen.line("No figure is known.")
    } else {
        screen.text(&table.render(screen.paint, screen.width))
    }
}

fn records(wanted: &Wanted<'_>, summary: &Summary) -> Vec<Record> {
    let slice = &wanted.slice;
    let variable = slice.definition();
    let scale = variable.unit.scale;
    let record_of = |cell: Vec<u32>| {
        let each = wanted.quantiles(summary, &cell)?;
        Some(record([
            ("name", json!(variable.name)),
            ("cell", cell_json(slice.model, &variable.dimensions, &cell)),
            ("p5", json!(each.p5 / scale)),
            ("p50", json!(each.p50 / scale)),
            ("p95", json!(each.p95 / scale)),
            ("mean", json!(each.mean / scale)),
            ("unit", json!(variable.unit.text)),
            ("certain", json!(each.certain)),
            ("not_finite", json!(each.not_finite)),
        ]))
    };
    slice.cells().into_iter().filter_map(record_of).collect()
}
