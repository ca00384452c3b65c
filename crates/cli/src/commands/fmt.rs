//! `fmt`: one way to write a sheet.

use crate::arguments::Global;
use crate::failure::Failure;
use crate::load::{files, report, unreadable};
use crate::numbers::counted;
use crate::screen::Screen;
use std::fs;
use std::path::{Path, PathBuf};
use tokenomics_language::{Faults, Sources, format};

/// Formats sheets in place; with `check` only says which are not formatted.
///
/// # Errors
/// No sheet is named, a file cannot be read or written, a sheet cannot be read as one, or, with
/// `check`, one is not formatted.
pub fn run(global: &Global, screen: &mut Screen<'_>, named: &[PathBuf], check: bool) -> Result<(), Failure> {
    let mut sheets = Vec::new();
    for path in named {
        if path.is_dir() { sheets.extend(sheets_below(path)?) } else { sheets.push(path.clone()) }
    }
    match &global.model {
        Some(folder) if named.is_empty() => sheets = sheets_below(folder)?,
        None if named.is_empty() => {
            return Err(
                Failure::call("no sheet is named").help("tokenomics fmt SHEET …, or --model DIR for all of a model")
            );
        }
        _ => {}
    }
    let (mut changed, mut unreadable_ones) = (0, 0);
    for sheet in &sheets {
        match formatted(sheet)? {
            Outcome::Same => {}
            Outcome::Faulty(faults) => {
                unreadable_ones += 1;
                screen.text(&report(&faults, screen.paint))?;
            }
            Outcome::Changed(text) => {
                changed += 1;
                if !check {
                    replace(sheet, &text)?;
                }
                let verb = if check { "not formatted" } else { "formatted" };
                screen.line(format!("{verb}: {}", sheet.display()))?;
            }
        }
    }
    if unreadable_ones > 0 || (check && changed > 0) {
        return Err(Failure::Told);
    }
    screen.line(format!("{}, {changed} changed.", counted(sheets.len(), "sheet")))
}

enum Outcome {
    Same,
    Changed(String),
    Faulty(Faults),
}

fn formatted(sheet: &Path) -> Result<Outcome, Failure> {
    let text = fs::read_to_string(sheet).map_err(|error| unreadable(sheet, &error))?;
    let sources = Sources::from_pairs([(sheet.to_string_lossy(), text.as_str())]);
    let Some((file, _)) = sources.iter().next() else { return Ok(Outcome::Same) };
    Ok(match format(file, &text) {
        Ok(better) if better == text => Outcome::Same,
        Ok(better) => Outcome::Changed(better),
        Err(diagnostics) => Outcome::Faulty(Faults { sources, diagnostics }),
    })
}

fn sheets_below(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut sheets = files(folder)?;
    sheets.retain(|path| path.extension().is_some_and(|extension| extension == "tok"));
    Ok(sheets)
}

/// Writes beside the sheet and then takes its place, so that no sheet is ever half written.
fn replace(sheet: &Path, text: &str) -> Result<(), Failure> {
    let fails = |error| unreadable(sheet, &error);
    let target = fs::canonicalize(sheet).map_err(fails)?;
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(".formatting");
    let draft = target.with_file_name(name);
    let permissions = fs::metadata(&target).map_err(fails)?.permissions();
    fs::write(&draft, text)
        .and_then(|()| fs::set_permissions(&draft, permissions))
        .and_then(|()| fs::rename(&draft, &target))
        .map_err(|error| {
            let _ = fs::remove_file(&draft);
            unreadable(sheet, &error)
        })
}
