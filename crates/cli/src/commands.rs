//! One module a command.

mod backtest;
mod calibrate;
mod card;
mod changes;
mod check;
mod claim;
mod claims;
mod compare;
mod conflicts;
mod contradictions;
mod explain;
#[cfg(test)]
mod faithful;
mod figures;
mod fmt;
mod front;
mod frontier;
mod grid;
mod import_model;
mod init;
mod inputs;
mod lacking;
mod largest;
mod list;
mod paper;
mod picture;
mod plot;
mod predict;
mod report;
mod scenarios;
mod series;
mod show;
mod simulate;
mod sources;
mod tornado;
mod tree;

use crate::arguments::{Arguments, Card, Command, Global};
use crate::failure::Failure;
use crate::opened::open;
use crate::screen::Screen;

/// Does what a call asks for.
///
/// # Errors
/// The call, the model or a check is at fault, or the output does not take any more.
pub fn run(arguments: &Arguments, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let global = &arguments.global;
    let Some(command) = &arguments.command else {
        return front::run(&open(global, screen)?, global, screen);
    };
    match command {
        Command::Show { names, period, all } => show::run(&open(global, screen)?, global, screen, names, *period, *all),
        Command::Company(asked) => card(global, screen, "company", asked),
        Command::Layer(asked) => card(global, screen, "layer", asked),
        Command::Plot(asked) => plot::run(&open(global, screen)?, global, screen, asked),
        Command::Explain { name, depth } => {
            explain::run(&open(global, screen)?, global, screen, name, usize::from(*depth))
        }
        Command::List { text, members: Some(name) } => {
            list::members(&open(global, screen)?, global, screen, name, text)
        }
        Command::List { text, members: None } => list::run(&open(global, screen)?, global, screen, text),
        Command::Inputs { text, kind } => inputs::run(&open(global, screen)?, global, screen, text, kind.as_deref()),
        Command::Claims { words, off, missing, by_publication } => {
            let filter = claims::Filter { off: *off, missing: *missing, by_publication: *by_publication };
            claims::run(&open(global, screen)?, global, screen, words, filter)
        }
        Command::Figures { words, unanswered } => {
            figures::run(&open(global, screen)?, global, screen, words, *unanswered)
        }
        Command::Conflicts { words } => conflicts::run(&open(global, screen)?, global, screen, words),
        Command::Sources { words } => sources::run(&open(global, screen)?, global, screen, words),
        Command::Scenarios { words } => scenarios::run(&open(global, screen)?, global, screen, words),
        Command::Compare { with_model: Some(folder), show, .. } => compare::with_model(global, screen, folder, show),
        Command::Compare { base, scenarios, show, .. } => {
            let named: Vec<&str> = base.iter().chain(scenarios).map(String::as_str).collect();
            compare::run(global, screen, &named, show)
        }
        Command::Changes { names, since, rows } => changes::run(global, screen, *since, names, *rows),
        Command::Backtest { draws, seed, rows } => {
            backtest::run(global, screen, backtest::Plan { draws: *draws, seed: *seed, rows: *rows })
        }
        Command::Simulate { names, draws, seed, period } => {
            let plan = simulate::Plan { draws: *draws, seed: *seed, period: *period };
            simulate::run(&open(global, screen)?, global, screen, names, &plan)
        }
        Command::Report { out, draws } => {
            let plan = report::Plan { draws: *draws, seed: 1 };
            report::run(&open(global, screen)?, global, screen, out, plan)
        }
        Command::Tornado { name, top } => tornado::run(&open(global, screen)?, global, screen, name, *top),
        Command::Check { draws, seed, watch } => {
            check::run(global, screen, check::Plan { draws: *draws, seed: *seed, watch: *watch })
        }
        Command::Fmt { files, check } => fmt::run(global, screen, files, *check),
        Command::Init { dir } => init::run(global, screen, dir),
        Command::Calibrate { from, into } => calibrate::run(&open(global, screen)?, global, screen, from, into),
        Command::Frontier(asked) => frontier::run(&open(global, screen)?, global, screen, asked),
        Command::ImportModel(asked) => import_model::run(&open(global, screen)?, global, screen, asked),
        Command::Predict(asked) => predict::run(&open(global, screen)?, global, screen, asked),
        Command::Completions { shell } => paper::completions(screen, *shell),
        Command::Man { to } => paper::manual(screen, to.as_deref()),
    }
}

/// Prints a card of a kind.
fn card(global: &Global, screen: &mut Screen<'_>, kind: &str, asked: &Card) -> Result<(), Failure> {
    let name = asked.name.join(" ");
    let plan = card::Plan { card: kind, name: &name, at: asked.at, draws: asked.draws.unwrap_or(0), seed: asked.seed };
    card::run(&open(global, screen)?, global, screen, &plan)
}
