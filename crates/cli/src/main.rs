//! `tokenomics`: reads, questions and changes the model of the token economy.
//!
//! The command line holds no knowledge of its own: every name, figure and sentence about the token
//! economy comes from the model.

mod arguments;
mod backtest;
mod cards;
mod catalogue;
mod cells;
mod commands;
mod datasheet;
mod drawing;
mod examples;
mod failure;
mod headline;
mod known;
mod load;
mod note;
mod numbers;
mod opened;
mod progress;
mod published_figures;
mod references;
mod report;
mod rows;
mod screen;
mod serving;
mod sparkline;
mod style;
mod table;

use clap::FromArgMatches;
use clap::error::{ContextKind, ContextValue};
use failure::Failure;
use screen::Screen;
use std::io::{self, BufWriter, Write};
use std::panic;
use std::process::ExitCode;
use style::{Paint, Style};

fn main() -> ExitCode {
    panic::set_hook(Box::new(|fault| {
        let place = fault.location().map(|place| format!(" ({}:{})", place.file(), place.line())).unwrap_or_default();
        let _ = writeln!(io::stderr(), "error: a fault of tokenomics itself{place}, not of the model or the call");
    }));
    let words = arguments::serving::settled(std::env::args_os().collect());
    let matches = arguments::command_line().try_get_matches_from(words).unwrap_or_else(|error| {
        if let Some(failure) = name_without_command(&error) {
            tell(&failure, Paint::for_errors(false));
            std::process::exit(i32::from(failure.exit_code()));
        }
        error.exit()
    });
    let arguments = match arguments::Arguments::from_arg_matches(&matches) {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let mut screen = Screen::new(&mut out, &arguments.global);
    let result = commands::run(&arguments, &mut screen).and_then(|()| Ok(screen.out.flush()?));
    let code = match result {
        Ok(()) => 0,
        Err(failure) => {
            let _ = screen.out.flush();
            tell(&failure, Paint::for_errors(arguments.global.no_color));
            failure.exit_code()
        }
    };
    // What could not be flushed above cannot be written: dropping the buffer would try again.
    std::mem::forget(out);
    ExitCode::from(code)
}

/// What to say where a name of the model stands in the place of a command.
fn name_without_command(error: &clap::Error) -> Option<Failure> {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else { return None };
    let model = load::model(&arguments::Global::default(), None).ok()?;
    let name = word.split('[').next().unwrap_or_default().trim();
    model.variable(name)?;
    Some(
        Failure::call(format!("`{name}` is a figure, not a command"))
            .help(format!("tokenomics show '{word}', or tokenomics explain '{word}'")),
    )
}

/// Says on standard error what went wrong, if it has not been said.
fn tell(failure: &Failure, paint: Paint) {
    let error = paint.paint(Style::Bad, "error");
    let text = match failure {
        Failure::Call { what, help } => {
            let help = help.as_ref().map(|help| format!("\n{}: {help}", paint.paint(Style::Quiet, " help")));
            format!("{error}: {what}{}\n", help.unwrap_or_default())
        }
        Failure::Model(text) => text.clone(),
        Failure::Output(cause) if failure.exit_code() != 0 => {
            format!("{error}: the output cannot be written: {cause}\n")
        }
        Failure::Told | Failure::Output(_) => String::new(),
    };
    let _ = io::stderr().write_all(text.as_bytes());
}
