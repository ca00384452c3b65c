//! `init`: the built-in model as files, to change it.

use crate::failure::Failure;
use crate::load::{embedded_files, unreadable};
use crate::screen::Screen;
use crate::style::Style;
use std::fs;
use std::path::Path;

/// Writes the built-in model into a new or empty folder.
///
/// # Errors
/// A folder that has something in it or cannot be written to.
pub fn run(screen: &mut Screen<'_>, folder: &Path) -> Result<(), Failure> {
    let fails = |error| unreadable(folder, &error);
    if folder.exists() && fs::read_dir(folder).map_err(fails)?.next().is_some() {
        return Err(Failure::call(format!("`{}` is not empty", folder.display())).help("name a new folder"));
    }
    for (name, text) in embedded_files() {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| unreadable(parent, &error))?;
        }
        fs::write(&path, text).map_err(|error| unreadable(&path, &error))?;
    }
    let folder = folder.display();
    screen.line(format!("The model is in `{folder}`: {} sheets and tables.", embedded_files().len()))?;
    let next = format!("tokenomics check --model {folder} --watch");
    screen.line(format!("{}  checks it again at every change.", screen.paint.paint(Style::Strong, &next)))
}
