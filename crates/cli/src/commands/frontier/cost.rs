//! What tokens cost by the time of accelerators that they take.

use tokenomics_throughput::Workload;
use tokenomics_throughput::frontier::Point;
use tokenomics_throughput::native::reading_share;

/// Seconds of one accelerator that a token takes, by kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TokenTime {
    /// A token of a prompt that is read.
    pub fresh: f64,
    /// A token of a prompt that is found in the cache.
    pub cached: f64,
    /// A token of an answer.
    pub output: f64,
}

/// Seconds of one accelerator that a request takes: what reads its prompt, and the rest.
fn request_time(point: &Point, workload: &Workload) -> (f64, f64) {
    let all = point.deployment.chips() / point.operation.requests;
    let reading = reading_share(point, workload) * all;
    (reading, all - reading)
}

impl TokenTime {
    /// Shares the time of a request among its tokens, so that all of it is borne.
    ///
    /// Reading prompts is borne by fresh tokens and all else by tokens of answers, but for what a cached
    /// token adds: prompts and answers attend to it, and it takes room from other answers where memory is
    /// full. That is the difference which one more of them makes at this operating point.
    #[must_use]
    pub fn of(point: &Point, workload: &Workload) -> TokenTime {
        let (reading, writing) = request_time(point, workload);
        let more = Workload { input: workload.input + 1.0, cached: workload.cached + 1.0, ..*workload };
        let (reading_more, writing_more) = with_more(point, workload, &more, reading);
        let prompt = (reading_more - reading).clamp(0.0, reading / workload.cached.max(1.0));
        let answer = (writing_more - writing).clamp(0.0, writing / workload.cached.max(1.0));
        TokenTime {
            fresh: (reading - workload.cached * prompt) / workload.fresh(),
            cached: prompt + answer,
            output: (writing - workload.cached * answer) / workload.output,
        }
    }

    /// The time of a request, from that of its tokens.
    #[must_use]
    pub fn request(&self, workload: &Workload) -> f64 {
        self.fresh * workload.fresh() + self.cached * workload.cached + self.output * workload.output
    }
}

/// The time of a request in the same deployment with more in its prompts.
fn with_more(point: &Point, workload: &Workload, more: &Workload, reading: f64) -> (f64, f64) {
    let deployment = &point.deployment;
    let batch = point.operation.batch.min(deployment.answering.capacity(more));
    let operation = deployment.at(batch, more);
    let changed = Point { operation, ..*point };
    match &deployment.reading {
        None => request_time(&changed, more),
        Some((replica, replicas)) => {
            let writers = deployment.chips() - replica.chips() * replicas;
            (reading * replica.prompt(more) / replica.prompt(workload), writers / operation.requests)
        }
    }
}
