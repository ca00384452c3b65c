//! What the commands about serving take.

use clap::Args;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use tokenomics_language::calendar::Date;

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

/// What `frontier` takes.
#[derive(Args, Clone, Debug)]
pub struct Frontier {
    /// The accelerator: a name in any way of writing, or a datasheet, FILE.csv or FILE.json; may be given again.
    #[arg(long = "chip", value_name = "NAME|FILE", required = true)]
    pub chips: Vec<String>,
    /// The language model: a name, or its config.json; `--model` does as well where no folder is so called.
    #[arg(long = "model-name", value_name = "NAME|FILE", required = true)]
    pub models: Vec<String>,
    /// The number format; by default the narrowest that the accelerator multiplies.
    #[arg(long, value_name = "FORMAT")]
    pub precision: Option<String>,
    /// Tokens of a prompt, what is found in the cache counted; `8k` is 8192.
    #[arg(long, default_value = "8k", value_name = "TOKENS", value_parser = tokens)]
    pub input: f64,
    /// Tokens of an answer.
    #[arg(long, default_value = "1k", value_name = "TOKENS", value_parser = tokens)]
    pub output: f64,
    /// What of the prompt is found in the cache: `80%`, a part up to 1, or tokens.
    #[arg(long, default_value = "0", value_name = "PART", value_parser = cached)]
    pub cached: Cached,
    /// The engine; by default whichever gives the most.
    #[arg(long, value_name = "NAME")]
    pub engine: Option<String>,
    /// The day, for software gets faster and what is newly supported is slower; by default software is as
    /// it was on average.
    #[arg(long, value_name = "DATE", value_parser = super::date)]
    pub date: Option<Date>,
    /// Whether prompts are read on accelerators of their own; yes where no more is said.
    #[arg(long, value_name = "CHOICE", default_value = "no", default_missing_value = "yes", num_args = 0..=1, require_equals = true)]
    pub disaggregated: Choice,
    /// Whether tokens are guessed ahead; yes where no more is said.
    #[arg(long, value_name = "CHOICE", default_value = "no", default_missing_value = "yes", num_args = 0..=1, require_equals = true)]
    pub speculation: Choice,
    /// The most accelerators of a deployment; by default a server or, disaggregated, a rack.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub max_chips: Option<u32>,
    /// What an hour of an accelerator costs, in dollars; by default what the model says.
    #[arg(long, value_name = "DOLLARS", value_parser = positive)]
    pub hour_cost: Option<f64>,
    /// Draw throughput against speed into this file, FILE.svg or FILE.png; no tables are printed then.
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
}

/// What the help of `frontier` says of its table.
pub const FRONTIER: &str = "\
No deployment gives a user more speed than a point of the frontier and as much throughput, or the
other way round. TP8 is a matrix cut over 8 accelerators, EP8 experts spread over 8, DP8 attention to
sequences of their own on each of 8, 3x(...) + 2x(...) three replicas that read prompts and two that
write answers.

A datasheet has one figure a row in the columns name, precision, value, unit, as the tables of the
model do: dense_compute by precision, memory, memory_bandwidth, scale_up_bandwidth, scale_up_domain,
scale_out_bandwidth, nameplate_power, and as text name, vendor, generation, released. As JSON it is
{\"memory\": \"80 GB\", \"dense_compute\": {\"fp8\": \"1979 TFLOP/s\"}, ...}.";

/// What `import-model` takes.
#[derive(Args, Clone, Debug)]
pub struct ImportModel {
    /// The config.json that a model is published with.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The name that the rows of `--csv` give it; by default what the file calls it.
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// The publication that the rows of `--csv` name, a key of `data/sources.csv`.
    #[arg(long, value_name = "KEY")]
    pub source: Option<String>,
    /// The day on which it was published.
    #[arg(long, value_name = "DATE", value_parser = super::date)]
    pub published: Option<Date>,
}

/// What the help of `import-model` says of its rows.
pub const IMPORT: &str = "\
With --csv it prints rows for `data/architecture_geometry.csv`; a model of your own also needs a row in
`data/architectures.csv`, and the publication one in `data/sources.csv`. `frontier` and `predict` read the
file itself.";

/// What may be so, must be so or must not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Choice {
    /// It is so.
    Yes,
    /// It is not.
    No,
    /// Whichever gives more.
    Either,
}

impl Choice {
    /// What it must be; nothing if it may be either.
    #[must_use]
    pub fn wanted(self) -> Option<bool> {
        match self {
            Choice::Yes => Some(true),
            Choice::No => Some(false),
            Choice::Either => None,
        }
    }
}

/// What of a prompt is found in a cache.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cached {
    /// A part of it, up to one.
    Part(f64),
    /// So many tokens.
    Tokens(f64),
}

impl Cached {
    /// In tokens, of a prompt of so many.
    #[must_use]
    pub fn tokens(self, input: f64) -> f64 {
        match self {
            Cached::Part(part) => part * input,
            Cached::Tokens(tokens) => tokens,
        }
    }
}

/// A number of tokens, also as `8k` or `8,192`.
fn tokens(text: &str) -> Result<f64, String> {
    let plain = text.replace([',', '_'], "").to_lowercase();
    let (digits, factor) = match plain.strip_suffix('k') {
        Some(digits) => (digits.to_owned(), 1024.0),
        None => (plain, 1.0),
    };
    let number = digits.parse::<f64>().ok().map(|number| number * factor);
    number
        .filter(|number| (1.0..=1e8).contains(number))
        .ok_or_else(|| "a number of tokens, from 1 on, such as 8192 or 8k".to_owned())
}

fn cached(text: &str) -> Result<Cached, String> {
    let what = || "a part such as 80% or 0.8, or a number of tokens such as 6k".to_owned();
    if let Some(percent) = text.strip_suffix('%') {
        let percent: f64 = percent.trim().parse().map_err(|_| what())?;
        return if (0.0..=100.0).contains(&percent) { Ok(Cached::Part(percent / 100.0)) } else { Err(what()) };
    }
    match text.parse::<f64>() {
        Ok(part) if (0.0..=1.0).contains(&part) => Ok(Cached::Part(part)),
        _ => tokens(text).map(Cached::Tokens).map_err(|_| what()),
    }
}

fn positive(text: &str) -> Result<f64, String> {
    let number = text.trim_start_matches('$').parse::<f64>().ok();
    number.filter(|number| *number > 0.0 && number.is_finite()).ok_or_else(|| "a number above zero".to_owned())
}

/// The words of a call in which `--model` after `frontier` is the language model where it is no folder of
/// sheets, as it is a folder everywhere else.
#[must_use]
pub fn settled(words: Vec<OsString>) -> Vec<OsString> {
    let valued = ["--model", "--scenario", "--as-of"];
    let mut position = 1;
    while let Some(word) = words.get(position) {
        match word.to_str() {
            Some(option) if valued.contains(&option) => position += 2,
            Some(option) if option.starts_with('-') => position += 1,
            _ => break,
        }
    }
    if words.get(position).is_none_or(|word| word != "frontier") {
        return words;
    }
    let mut settled: Vec<OsString> = words[..=position].to_vec();
    let mut rest = words[position + 1..].iter().peekable();
    while let Some(word) = rest.next() {
        let joined = word.to_str().and_then(|word| word.strip_prefix("--model="));
        match (joined, word.to_str(), rest.peek()) {
            (Some(value), ..) if !has_sheets(Path::new(value)) => settled.push(format!("--model-name={value}").into()),
            (None, Some("--model"), Some(value)) if !has_sheets(Path::new(value)) => {
                settled.push("--model-name".into());
            }
            _ => settled.push(word.clone()),
        }
    }
    settled
}

/// Whether a folder is a model: one that has a sheet, at its root or a level below.
fn has_sheets(folder: &Path) -> bool {
    let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let sheet = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "tok");
    entries(folder).any(|path| sheet(&path) || (path.is_dir() && entries(&path).any(|path| sheet(&path))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<OsString> {
        text.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn the_model_of_a_frontier_is_a_language_model_unless_it_has_sheets() {
        let sheets = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/model");
        for (call, meant) in [
            ("t frontier --model a --chip b", "t frontier --model-name a --chip b".to_owned()),
            ("t frontier --model=a", "t frontier --model-name=a".to_owned()),
            ("t --json --model x frontier --model a", "t --json --model x frontier --model-name a".to_owned()),
            ("t show --model a", "t show --model a".to_owned()),
            ("t show frontier --model a", "t show frontier --model a".to_owned()),
            (&format!("t frontier --model {sheets} --model a"), format!("t frontier --model {sheets} --model-name a")),
            ("t frontier --model", "t frontier --model".to_owned()),
        ] {
            assert_eq!(settled(words(call)), words(&meant), "{call}");
        }
    }

    #[test]
    fn tokens_and_parts_are_read_as_they_are_written() {
        assert_eq!(tokens("8k"), Ok(8192.0));
        assert_eq!(tokens("8,192"), Ok(8192.0));
        assert!(tokens("0").is_err() && tokens("many").is_err());
        assert_eq!(cached("80%"), Ok(Cached::Part(0.8)));
        assert_eq!(cached("0.8"), Ok(Cached::Part(0.8)));
        assert_eq!(cached("4k").map(|cached| cached.tokens(8192.0)), Ok(4096.0));
        assert!(cached("-1").is_err() && cached("120%").is_err());
    }
}
