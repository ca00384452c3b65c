//! The call: commands, options and their help. Completions and the manual are made from these.

// The comments on arguments are the help texts of the program, where brackets stand for themselves.
#![allow(rustdoc::broken_intra_doc_links)]

pub mod drawing;
pub mod serving;

use crate::examples::Examples;
use clap::{Args, CommandFactory, Parser, Subcommand};
use std::fmt::Write as _;
use std::path::PathBuf;
use tokenomics_language::calendar::{Date, Quarter};
use tokenomics_language::model::Kind;

/// An open model of the AI token economy, from wafer and watt to the price of a token.
#[derive(Debug, Parser)]
#[command(name = "tokenomics", version, max_term_width = 100)]
pub struct Arguments {
    /// What every command understands.
    #[command(flatten)]
    pub global: Global,
    /// What to do; the headline if nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options that every command understands.
#[derive(Args, Clone, Debug, Default)]
pub struct Global {
    /// Read the model from this folder instead of the one built in.
    #[arg(long, global = true, value_name = "DIR", help_heading = "Model")]
    pub model: Option<PathBuf>,
    /// Apply a scenario.
    #[arg(long, global = true, value_name = "NAME", help_heading = "Model")]
    pub scenario: Option<String>,
    /// See only what was published by then: 2026, 2026-05 or 2026-05-31.
    #[arg(long, global = true, value_name = "DATE", value_parser = date, help_heading = "Model")]
    pub as_of: Option<Date>,
    /// Print JSON, with full precision.
    #[arg(long, global = true, conflicts_with = "csv", help_heading = "Output")]
    pub json: bool,
    /// Print CSV, one row a figure, with full precision.
    #[arg(long, global = true, help_heading = "Output")]
    pub csv: bool,
    /// Print without colours.
    #[arg(long, global = true, help_heading = "Output")]
    pub no_color: bool,
}

/// The quarters to look at.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct Period {
    /// The first quarter shown.
    #[arg(long, value_name = "QUARTER", value_parser = quarter)]
    pub from: Option<Quarter>,
    /// The last quarter shown.
    #[arg(long, value_name = "QUARTER", value_parser = quarter)]
    pub to: Option<Quarter>,
}

/// A card of a company or of a layer.
#[derive(Args, Debug)]
pub struct Card {
    /// The name, written any way; without one the names are listed.
    #[arg(value_name = "NAME")]
    pub name: Vec<String>,
    /// The quarter of the forecast; a year after the last known one if none is named.
    #[arg(long, value_name = "QUARTER", value_parser = quarter)]
    pub at: Option<Quarter>,
    /// Draw so often, and show what four draws in five lie between at the forecast.
    #[arg(long, value_name = "NUMBER", value_parser = draws)]
    pub draws: Option<usize>,
    /// The start of the random numbers; the same seed gives the same draws.
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    pub seed: u64,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show figures as a table over quarters.
    #[command(after_help = PICKS)]
    Show {
        /// What to show: NAME, NAME[picks], or NAME followed by dimension=member.
        #[arg(required = true, value_name = "NAME[picks]")]
        names: Vec<String>,
        /// Which quarters.
        #[command(flatten)]
        period: Period,
        /// Show every row and quarter, however many.
        #[arg(long)]
        all: bool,
    },
    /// Show the card of a company: what is known of it last, what is forecast, and the sources.
    #[command(after_help = CARDS)]
    Company(Card),
    /// Show the card of a layer of the economy: what is known of it last, what is forecast, and the sources.
    #[command(after_help = CARDS)]
    Layer(Card),
    /// Draw figures: as lines over quarters, history solid and forecast dashed, with what four draws in five lie between;
    /// or as another kind of drawing.
    #[command(after_help = drawing::PLOT)]
    Plot(drawing::Plot),
    /// Write a page that stands by itself: figures drawn over quarters, with their formulas, inputs and sources.
    #[command(after_help = "What it shows stands in the model's `report.csv`.")]
    Report {
        /// The folder that `index.html` is written into.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// How many draws the bands are from.
        #[arg(long, default_value_t = 1_000, value_name = "NUMBER", value_parser = draws)]
        draws: usize,
    },
    /// Explain a figure or a claim: its formula, what it reads, and the sources it rests on.
    Explain {
        /// The figure, NAME[picks], or the name of a claim.
        #[arg(required = true, value_name = "NAME[picks]")]
        name: Vec<String>,
        /// How many levels of formulas to open.
        #[arg(long, default_value_t = 2, value_name = "LEVELS", value_parser = clap::value_parser!(u8).range(..=64))]
        depth: u8,
    },
    /// Find variables by a word in their name or description.
    List {
        /// Words that must all occur; none lists everything.
        #[arg(value_name = "TEXT")]
        text: Vec<String>,
        /// List the members of this dimension instead.
        #[arg(long, value_name = "DIMENSION")]
        members: Option<String>,
    },
    /// List inputs with their values, spreads and sources.
    Inputs {
        /// Words that must all occur in the name or description.
        #[arg(value_name = "TEXT")]
        text: Vec<String>,
        /// Only inputs with figures known in this way.
        #[arg(long, value_parser = [Kind::Reported, Kind::Estimate, Kind::Assumption].map(Kind::word))]
        kind: Option<String>,
    },
    /// Compare published figures with what the model says.
    Claims {
        /// Only claims with one of these words in their name or in their publication's.
        #[arg(value_name = "WORD")]
        words: Vec<String>,
        /// Only claims the model does not reproduce.
        #[arg(long)]
        off: bool,
        /// Only claims that lack a figure.
        #[arg(long)]
        missing: bool,
        /// Count those of each publication that are reproduced, off, and cannot be met.
        #[arg(long, conflicts_with_all = ["off", "missing"])]
        by_publication: bool,
    },
    /// List what publications say, with the claim, the input or the reason that answers each figure.
    Figures {
        /// Only figures in whose name, statement or publication all these words occur.
        #[arg(value_name = "WORD")]
        words: Vec<String>,
        /// Only those that no model answers, with the reason.
        #[arg(long)]
        unanswered: bool,
    },
    /// List figures on which sources disagree, the one in use first.
    Conflicts {
        /// Only figures in whose names all these words occur.
        #[arg(value_name = "WORD")]
        words: Vec<String>,
    },
    /// List the publications the model rests on, with licences and attributions.
    Sources {
        /// Only publications in whose key, publisher or title all these words occur.
        #[arg(value_name = "WORD")]
        words: Vec<String>,
    },
    /// List scenarios.
    Scenarios {
        /// Only scenarios that speak of all these words.
        #[arg(value_name = "WORD")]
        words: Vec<String>,
    },
    /// Compare scenarios with a base, or two models; `base` is the model without a scenario.
    #[command(after_help = COMPARE)]
    Compare {
        /// What to compare with: a scenario, or `base`.
        #[arg(value_name = "BASE")]
        base: Option<String>,
        /// The scenarios to compare.
        #[arg(value_name = "SCENARIO")]
        scenarios: Vec<String>,
        /// Compare with the model in this folder instead, such as one you have changed.
        #[arg(long, value_name = "DIR", conflicts_with_all = ["base", "scenarios"])]
        with_model: Option<PathBuf>,
        /// The figures to compare; those of the headline if none is named. May be given again.
        #[arg(long, value_name = "NAME[picks]")]
        show: Vec<String>,
    },
    /// Show what has become of figures since a date, and how much was published in between.
    Changes {
        /// The figures; those of the headline if none is named.
        #[arg(value_name = "NAME[picks]")]
        names: Vec<String>,
        /// The earlier date; `--as-of` may give the later one.
        #[arg(long, value_name = "DATE", value_parser = date)]
        since: Date,
        /// List the figures that were published in between.
        #[arg(long)]
        rows: bool,
    },
    /// Hold what the model would have forecast on a date against what came out since.
    #[command(after_help = "`--as-of` gives the date. What is held against what stands in the model's `backtest.csv`.")]
    Backtest {
        /// How many draws the forecasts are from.
        #[arg(long, default_value_t = 1_000, value_name = "NUMBER", value_parser = draws)]
        draws: usize,
        /// The start of the random numbers; the same seed gives the same draws.
        #[arg(long, default_value_t = 1, value_name = "NUMBER")]
        seed: u64,
        /// List each outcome beside what was forecast.
        #[arg(long)]
        rows: bool,
    },
    /// Draw the uncertain inputs many times and show the spread of results.
    #[command(after_help = "Ctrl-C stops early and prints what was drawn so far.")]
    Simulate {
        /// What to show: NAME[picks].
        #[arg(required = true, value_name = "NAME[picks]")]
        names: Vec<String>,
        /// How many draws.
        #[arg(long, default_value_t = 10_000, value_name = "NUMBER", value_parser = draws)]
        draws: usize,
        /// The start of the random numbers; the same seed gives the same draws.
        #[arg(long, default_value_t = 1, value_name = "NUMBER")]
        seed: u64,
        /// Which quarters.
        #[command(flatten)]
        period: Period,
    },
    /// Rank the inputs by how far each moves a figure.
    Tornado {
        /// The figure: NAME[picks].
        #[arg(required = true, value_name = "NAME[picks]")]
        name: Vec<String>,
        /// The most inputs shown.
        #[arg(long, default_value_t = 20, value_name = "NUMBER")]
        top: usize,
    },
    /// Check a model: its sheets, its tables and its invariants.
    Check {
        /// Hold invariants against so many draws of the uncertain inputs as well.
        #[arg(long, value_name = "NUMBER", default_value_t = 0, conflicts_with = "watch")]
        draws: usize,
        /// The start of the random numbers.
        #[arg(long, value_name = "NUMBER", default_value_t = 1)]
        seed: u64,
        /// Check again whenever a file of the model changes.
        #[arg(long)]
        watch: bool,
    },
    /// Format sheets.
    Fmt {
        /// The sheets; all of `--model` if none is named.
        files: Vec<PathBuf>,
        /// Change nothing, and fail if a sheet is not formatted.
        #[arg(long)]
        check: bool,
    },
    /// Find the deployments that no other betters in both throughput and speed, and what a token costs on each.
    #[command(after_help = serving::FRONTIER)]
    Frontier(serving::Frontier),
    /// Predict throughput, speed, waiting and energy of runs in a table.
    #[command(after_help = serving::COLUMNS)]
    Predict(serving::Predict),
    /// Read what a language model is made of from the configuration that it is published with.
    #[command(after_help = serving::IMPORT)]
    ImportModel(serving::ImportModel),
    /// Fit the constants of serving to measured runs, and say how well they predict what was left out.
    Calibrate {
        /// A CSV of runs, one a row; `tokenomics predict --help` lists the columns.
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        /// The folder of the model whose tables are written.
        #[arg(long, value_name = "DIR")]
        into: PathBuf,
    },
    /// Write the built-in model into a folder, to change it.
    Init {
        /// The folder; it must be new or empty.
        dir: PathBuf,
    },
    /// Print completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    Man {
        /// Write the pages of all commands into this folder instead.
        #[arg(long, value_name = "DIR")]
        to: Option<PathBuf>,
    },
}

/// The commands by what they are for; the front page of the help lists them so.
pub const GROUPS: [(&str, &[&str]); 5] = [
    ("Read", &["show", "company", "layer", "plot", "report", "explain", "list", "inputs"]),
    ("Question", &["claims", "figures", "conflicts", "sources", "changes", "backtest"]),
    ("What if", &["scenarios", "compare", "simulate", "tornado"]),
    ("Serve", &["frontier", "predict", "import-model", "calibrate"]),
    ("Change", &["init", "check", "fmt", "completions", "man"]),
];

const PICKS: &str = "A name may carry picks: `name[dimension = member]`, or just `name[member]`; several members of one
dimension may be picked. Without brackets, picks follow the name: `name dimension=member`.";
const CARDS: &str = "What a card shows stands in the model's `cards.csv`, other names in `card_names.csv`.";
const COMPARE: &str = "Without a scenario all are compared, over the figures of the model's `compare.csv`; one alone is
compared with `base`.";
const EXIT_CODES: &str = "Exit codes: 0 good, 1 the model or a check is at fault, 2 the call is.";

/// The whole command line: the front page of the help in groups, and examples from the model.
#[must_use]
pub fn command_line() -> clap::Command {
    let mut command = Arguments::command();
    let examples = Examples::built_in();
    let mut groups = String::new();
    for (title, names) in GROUPS {
        let _ = writeln!(groups, "\n{title}:");
        for name in names {
            let about = command.find_subcommand(name).and_then(clap::Command::get_about);
            let _ = writeln!(groups, "  {name:<12} {}", about.map(ToString::to_string).unwrap_or_default());
            command = command.mut_subcommand(name, |verb| {
                let notes = verb.get_after_help().map(|notes| format!("{notes}\n\n")).unwrap_or_default();
                verb.after_help(format!("{notes}{}", examples.of(name)))
            });
        }
    }
    let template = format!("{{about}}\n\n{{usage-heading}} {{usage}}\n{groups}\nOptions:\n{{options}}{{after-help}}");
    command.help_template(template).after_help(format!("{}\n\n{EXIT_CODES}", examples.of("")))
}

pub(crate) fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "a date is a year, a month or a day: 2026, 2026-05 or 2026-05-31".to_owned())
}

/// A number of draws, also as `1e6` or `100,000`.
fn draws(text: &str) -> Result<usize, String> {
    let number: Option<f64> = text.replace([',', '_'], "").parse().ok();
    let whole = number.filter(|number| (1.0..=1e6).contains(number) && number.fract() == 0.0);
    whole.map(crate::numbers::whole).ok_or_else(|| "a whole number from 1 to 1,000,000".to_owned())
}

fn quarter(text: &str) -> Result<Quarter, String> {
    Quarter::parse(text).ok_or_else(|| "a quarter is a year and one of Q1 to Q4, such as 2026Q1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definitions_are_sound() {
        command_line().debug_assert();
    }

    #[test]
    fn the_front_page_lists_every_command_once() {
        let mut listed: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let mut known: Vec<String> =
            Arguments::command().get_subcommands().map(|command| command.get_name().to_owned()).collect();
        listed.sort_unstable();
        known.sort();
        assert_eq!(listed, known);
    }

    #[test]
    fn every_command_has_an_example() {
        for command in command_line().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains(&format!("tokenomics {}", command.get_name())), "{}", command.get_name());
        }
    }
}
