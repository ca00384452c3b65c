//! `init`: the built-in model as files, to change it.

use crate::arguments::Global;
use crate::failure::Failure;
use crate::load::{embedded_files, unreadable, unwritable};
use crate::screen::Screen;
use crate::style::Style;
use std::fs;
use std::path::Path;

/// Writes the built-in model into a new or empty folder.
///
/// # Errors
/// A folder that has something in it or cannot be written to.
pub fn run(global: &Global, screen: &mut Screen<'_>, folder: &Path) -> Result<(), Failure> {
    let meaningless = [("--scenario", global.scenario.is_some()), ("--model", global.model.is_some())];
    let meaningless = meaningless.into_iter().chain([("--as-of", global.as_of.is_some())]);
    if let Some((option, _)) = meaningless.into_iter().find(|(_, given)| *given) {
        return Err(Failure::call(format!("`init` writes the built-in model as it is; `{option}` has no part")));
    }
    let fails = |error| unreadable(folder, &error);
    if folder.exists() && fs::read_dir(folder).map_err(fails)?.next().is_some() {
        return Err(Failure::call(format!("`{}` is not empty", folder.display())).help("name a new folder"));
    }
    for (name, text) in embedded_files() {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| unwritable(parent, &error))?;
        }
        fs::write(&path, text).map_err(|error| unwritable(&path, &error))?;
    }
    let folder = folder.display();
    screen.line(format!("The model is in `{folder}`: {} sheets and tables.", embedded_files().len()))?;
    let next = format!("tokenomics check --model {folder} --watch");
    screen.line(format!("{}  checks it again at every change.", screen.paint.paint(Style::Strong, &next)))
}
