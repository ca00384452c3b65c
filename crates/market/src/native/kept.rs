//! Answers that are kept for the natives that ask about the same problem.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use tokenomics_language::native::Cells;

/// Answers that are kept: those of a block of draws in one quarter, for each of several threads.
const MOST: usize = 2048;

/// Answers by the exact figures of their problems.
pub(super) struct Kept<T>(Mutex<Answers<T>>);

struct Answers<T> {
    known: HashMap<Arc<[u64]>, Arc<T>>,
    oldest: VecDeque<Arc<[u64]>>,
}

impl<T> Kept<T> {
    /// Without answers; `known` makes the empty map.
    pub fn new() -> Kept<T> {
        Kept(Mutex::new(Answers { known: HashMap::new(), oldest: VecDeque::new() }))
    }

    /// The answer to a problem, found where it is not known.
    pub fn answer(&self, cells: &[Cells<'_>], find: impl FnOnce() -> T) -> Arc<T> {
        let mut key = Vec::with_capacity(cells.iter().map(|input| input.values.len() + 1).sum());
        for input in cells {
            key.push(input.values.len() as u64);
            key.extend(input.values.iter().map(|value| value.to_bits()));
        }
        let key: Arc<[u64]> = key.into();
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = lock().known.get(&key) {
            return Arc::clone(answer);
        }
        let answer = Arc::new(find());
        let mut answers = lock();
        if answers.known.insert(Arc::clone(&key), Arc::clone(&answer)).is_none() {
            answers.oldest.push_back(key);
        }
        if answers.oldest.len() > MOST
            && let Some(oldest) = answers.oldest.pop_front()
        {
            answers.known.remove(&oldest);
        }
        answer
    }
}
