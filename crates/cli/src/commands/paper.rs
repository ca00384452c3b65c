//! `completions` and `man`: made from the definitions of the call.

use crate::arguments::command_line;
use crate::failure::Failure;
use crate::load::unreadable;
use crate::screen::Screen;
use clap_complete::Shell;
use std::fs;
use std::path::Path;

/// Prints completions for a shell.
///
/// # Errors
/// The output does not take any more.
pub fn completions(screen: &mut Screen<'_>, shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command_line(), "tokenomics", &mut script);
    Ok(screen.out.write_all(&script)?)
}

/// Prints the manual's front page, or writes all its pages into a folder.
///
/// # Errors
/// A folder that cannot be written to, or the output does not take any more.
pub fn manual(screen: &mut Screen<'_>, folder: Option<&Path>) -> Result<(), Failure> {
    match folder {
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command_line()).render(&mut page)?;
            Ok(screen.out.write_all(&page)?)
        }
        Some(folder) => {
            fs::create_dir_all(folder)
                .and_then(|()| clap_mangen::generate_to(command_line(), folder))
                .map_err(|error| unreadable(folder, &error))?;
            screen.line(format!("The manual's pages are in `{}`.", folder.display()))
        }
    }
}
