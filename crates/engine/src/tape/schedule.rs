//! In which order cells are computed: quarter by quarter through as many formulas as can be, so that
//! what one computes is still at hand when the next reads it.

use super::build::{Bundle, Entry, NativeCall, TIMELESS};
use super::demand::NOWHERE;
use super::kernel::Cell;

/// A stretch of the targets of an entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    /// The entry.
    pub entry: usize,
    /// The first target.
    pub from: usize,
    /// One past the last target.
    pub to: usize,
}

/// Where a cell stands while segments are made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Not in order yet.
    Open,
    /// In the segment at hand.
    Here,
    /// In an earlier segment.
    Done,
}

/// Puts bundles in order. A segment first computes what has no quarter, then goes through the
/// quarters; what reads a later quarter of something waits for the next segment.
pub(crate) fn schedule<'m>(bundles: Vec<Bundle<'m>>, quarters: &[u32]) -> (Vec<Entry<'m>>, Vec<Step>) {
    let mut states = vec![State::Open; quarters.len()];
    let mut entries = Vec::new();
    let mut steps = Vec::new();
    let mut waiting = bundles;
    while !waiting.is_empty() {
        let first = entries.len();
        let mut later = Vec::new();
        for bundle in waiting {
            mark(&bundle, &mut states, State::Here);
            let forced = entries.len() == first && later.is_empty();
            if forced || bundle.iter().all(|entry| may_join(entry, &states, quarters)) {
                entries.extend(bundle);
            } else {
                mark(&bundle, &mut states, State::Open);
                later.push(bundle);
            }
        }
        sequence(&entries[first..], first, quarters, &mut steps);
        for entry in &entries[first..] {
            each_target(entry, |cell| states[cell as usize] = State::Done);
        }
        waiting = later;
    }
    (entries, steps)
}

fn mark(bundle: &Bundle<'_>, states: &mut [State], state: State) {
    for entry in bundle {
        each_target(entry, |cell| states[cell as usize] = state);
    }
}

/// Every cell an entry computes.
pub(crate) fn each_target(entry: &Entry<'_>, mut visit: impl FnMut(Cell)) {
    match entry {
        Entry::Kernel(kernel) => kernel.targets.iter().copied().for_each(visit),
        Entry::Draw(target, ..) => visit(*target),
        Entry::Native(call) => call.results.iter().copied().filter(|cell| *cell != NOWHERE).for_each(visit),
    }
}

fn may_join(entry: &Entry<'_>, states: &[State], quarters: &[u32]) -> bool {
    let readable = |source: Cell, quarter: u32| match states[source as usize] {
        State::Open => false,
        State::Done => true,
        State::Here => {
            let from = quarters[source as usize];
            from == TIMELESS || (quarter != TIMELESS && from <= quarter)
        }
    };
    match entry {
        Entry::Kernel(kernel) => kernel.streams.iter().all(|stream| {
            kernel
                .targets
                .iter()
                .enumerate()
                .all(|(position, target)| readable(stream.at(position), quarters[*target as usize]))
        }),
        Entry::Draw(..) => true,
        Entry::Native(call) => {
            let mut sources = call.inputs.iter().flat_map(|input| &input.numbers).filter(|cell| **cell != NOWHERE);
            sources.all(|source| readable(*source, call.quarter))
        }
    }
}

fn sequence(entries: &[Entry<'_>], first: usize, quarters: &[u32], steps: &mut Vec<Step>) {
    let mut timed: Vec<(u32, Step)> = Vec::new();
    for (position, entry) in entries.iter().enumerate() {
        let entry_index = first + position;
        let kernel = match entry {
            Entry::Kernel(kernel) => kernel,
            Entry::Draw(..) | Entry::Native(NativeCall { quarter: TIMELESS, .. }) => {
                steps.push(Step { entry: entry_index, from: 0, to: 1 });
                continue;
            }
            Entry::Native(call) => {
                timed.push((call.quarter, Step { entry: entry_index, from: 0, to: 1 }));
                continue;
            }
        };
        let mut from = 0;
        while from < kernel.targets.len() {
            let quarter = quarters[kernel.targets[from] as usize];
            let same = |target: &Cell| quarters[*target as usize] == quarter;
            let to = from + kernel.targets[from..].iter().take_while(|target| same(target)).count();
            let step = Step { entry: entry_index, from, to };
            if quarter == TIMELESS {
                steps.push(step);
            } else {
                timed.push((quarter, step));
            }
            from = to;
        }
    }
    timed.sort_by_key(|(quarter, _)| *quarter);
    steps.extend(timed.into_iter().map(|(_, step)| step));
}
