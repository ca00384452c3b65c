//! What the commands about serving take.

use clap::Args;
use std::path::PathBuf;

/// What `predict` takes.
#[derive(Args, Clone, Debug)]
pub struct Predict {
    /// A CSV of runs, one a row.
    #[arg(long, value_name = "FILE")]
    pub from: PathBuf,
    /// Write the rows into this file instead of printing them.
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
    /// Say what the best deployment gives at each row's speed, instead of what its own does.
    #[arg(long)]
    pub frontier: bool,
}

/// What the help of `predict` says of the columns.
pub const COLUMNS: &str = "\
Columns that are read:
  hardware, model, precision, framework   what serves what; names in any way of writing
  isl, osl                                tokens of a prompt and of an answer
  concurrency                             requests in progress
  gpus, tp, ep, dp_attention, pp          how accelerators share the model
  disagg                                  True where prompts are read on accelerators of their own
  prefill_gpus, prefill_tp, prefill_ep, prefill_dp_attention, and decode_... likewise
  spec_decoding                           none, or how tokens are guessed ahead
  date                                    the day, or two with .. between
With --frontier also interactivity_tok_s_user, or median_tpot_ms; how accelerators share the model
and the concurrency are not read. All other columns are kept as they are.

Columns that are added, the first six each with a _low and a _high that four runs in five lie between:
  predicted_throughput_total_per_gpu, predicted_throughput_output_per_total_gpu,
  predicted_interactivity, predicted_median_tpot_ms, predicted_median_ttft_ms,
  predicted_joules_per_output_token, predicted_note
With --frontier also predicted_deployment, predicted_gpus and predicted_concurrency.";
