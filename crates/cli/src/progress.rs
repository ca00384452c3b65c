//! One line of progress on standard error, for work of more than a second.

use crate::sparkline::bar;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// The line. It is not shown where standard error is no terminal.
pub struct Progress {
    total: usize,
    what: &'static str,
    start: Instant,
    last: Option<Instant>,
    terminal: bool,
}

/// How long work goes on before a line is shown.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the line changes.
const PACE: Duration = Duration::from_millis(100);

impl Progress {
    /// Starts to count up to a total of something.
    #[must_use]
    pub fn new(total: usize, what: &'static str) -> Progress {
        Progress { total, what, start: Instant::now(), last: None, terminal: io::stderr().is_terminal() }
    }

    /// Says how much is done.
    pub fn update(&mut self, done: usize) {
        let now = Instant::now();
        let due = self.last.is_none_or(|last| now - last >= PACE);
        if !self.terminal || !due || now - self.start < PATIENCE || done == 0 {
            return;
        }
        self.last = Some(now);
        let share = done as f64 / self.total.max(1) as f64;
        let left = (now - self.start).as_secs_f64() * (1.0 / share - 1.0);
        let mut error = io::stderr();
        let _ = write!(
            error,
            "\r{:<30} {:>3.0} %  {done} of {} {}, {left:.0} s left \u{1b}[K",
            bar(share, 30),
            share * 100.0,
            self.total,
            self.what
        );
        let _ = error.flush();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.last.is_some() {
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        }
    }
}
