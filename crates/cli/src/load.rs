//! Where the model comes from: the one built in, or a folder.

use crate::arguments::Global;
use crate::failure::Failure;
use crate::numbers::{count, counted};
use crate::references::meant;
use crate::style::Paint;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::SystemTime;
use std::{fs, io};
use tokenomics_language::{Faults, Model, Native, Options, Sources, load};

/// The repository's model as text, by path from its root, in the order of paths.
static EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/embedded_model.rs"));

/// Folders within folders beyond this are not looked into, so that a link to itself ends.
const DEEPEST: usize = 32;

/// The most faults that are told at once.
const MOST_FAULTS: usize = 20;

/// The name that stands for the model without a scenario.
pub const BASE: &str = "base";

/// The algorithms that sheets may declare.
pub static NATIVES: LazyLock<Vec<&'static dyn Native>> = LazyLock::new(|| {
    [tokenomics_finance::NATIVES, tokenomics_throughput::native::NATIVES, tokenomics_market::native::NATIVES].concat()
});

/// The built-in model's files.
#[must_use]
pub fn embedded_files() -> &'static [(&'static str, &'static str)] {
    EMBEDDED
}

/// The text of one of the built-in model's files.
#[must_use]
pub fn embedded(path: &str) -> Option<&'static str> {
    EMBEDDED.iter().find(|(known, _)| *known == path).map(|(_, text)| *text)
}

/// The texts of the model a call is about.
///
/// # Errors
/// A folder that is not there or cannot be read, a file that is no text, or no sheet.
pub fn sources(global: &Global) -> Result<Sources, Failure> {
    let Some(folder) = &global.model else {
        return Ok(Sources::from_pairs(EMBEDDED.iter().copied()));
    };
    let files = files(folder)?;
    if !files.iter().any(|file| has_extension(file, "tok")) {
        return Err(Failure::call(format!("`{}` has no sheet", folder.display()))
            .help("a model is a folder of sheets (`*.tok`) and tables (`*.csv`); `tokenomics init DIR` writes one"));
    }
    let mut pairs = Vec::with_capacity(files.len());
    for file in &files {
        let bytes = fs::read(file).map_err(|error| unreadable(file, &error))?;
        let name = file.strip_prefix(folder).unwrap_or(file).to_string_lossy().replace('\\', "/");
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
            let line = valid.matches('\n').count() + 1;
            let help = "save it as UTF-8; a spreadsheet calls that “CSV UTF-8”";
            Failure::Model(format!("error: `{name}` is not UTF-8 text, at line {line}\n help: {help}\n"))
        })?;
        pairs.push((name, text));
    }
    Ok(Sources::from_pairs(pairs))
}

/// Reads the model under a scenario, or without one.
///
/// # Errors
/// As [`sources`]; the faults of the model, with their places; an unknown scenario, with the nearest known.
pub fn model(global: &Global, scenario: Option<&str>) -> Result<Model, Failure> {
    read(global, sources(global)?, scenario).map_err(|fault| match fault {
        Fault::Scenario(failure) => failure,
        Fault::Model(faults) => {
            Failure::Model(report(&faults, Paint::for_errors(global.no_color)) + &misplaced(global, &faults.sources))
        }
    })
}

/// What is wrong with a model, or with the name of the scenario it is asked for under.
pub enum Fault {
    /// There is no such scenario.
    Scenario(Failure),
    /// The sheets or tables.
    Model(Box<Faults>),
}

/// Reads the model from texts.
///
/// # Errors
/// The faults of the model, or an unknown scenario.
pub fn read(global: &Global, sources: Sources, scenario: Option<&str>) -> Result<Model, Fault> {
    let scenario = scenario.filter(|name| *name != BASE);
    let options = Options { scenario, as_of: global.as_of, natives: &NATIVES };
    load(sources, &options).map_err(|faults| {
        // A model that is sound without the scenario does not have it: then the call is at fault.
        let Some(name) = scenario else { return Fault::Model(Box::new(faults)) };
        match load(faults.sources.clone(), &Options { scenario: None, ..options }) {
            Ok(model) if !model.scenarios.iter().any(|known| known.name == name) => {
                Fault::Scenario(unknown_scenario(&model, name))
            }
            _ => Fault::Model(Box::new(faults)),
        }
    })
}

fn unknown_scenario(model: &Model, name: &str) -> Failure {
    let names: Vec<&str> = model.scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
    let help = match meant(name, names.iter().copied().chain([BASE])) {
        Some(meant) => meant,
        None if names.is_empty() => "this model has none".to_owned(),
        None => "`tokenomics scenarios` lists them".to_owned(),
    };
    Failure::call(format!("there is no scenario `{name}`")).help(help)
}

/// The first faults as text, and how many there are.
#[must_use]
pub fn report(faults: &Faults, paint: Paint) -> String {
    let mut text = String::new();
    for diagnostic in faults.diagnostics.iter().take(MOST_FAULTS) {
        text.push_str(&diagnostic.render(&faults.sources, paint.on));
        text.push_str("\n\n");
    }
    let total = faults.diagnostics.len();
    let more = total.saturating_sub(MOST_FAULTS);
    if more > 0 {
        let _ = write!(text, "and {} more; `tokenomics check --json` lists them all\n\n", count(more));
    }
    text + &counted(total, "error") + "\n"
}

/// What to say of a folder that declares no unit and lies within what looks like a model; nothing of
/// another.
#[must_use]
pub fn misplaced(global: &Global, sources: &Sources) -> String {
    if sources.iter().any(|(_, file)| file.text.lines().any(|line| line.starts_with("unit "))) {
        return String::new();
    }
    let has_sheets = |folder: &Path| {
        let mut entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.any(|entry| has_extension(&entry.path(), "tok"))
    };
    let Some(folder) = &global.model else { return String::new() };
    let Some(above) = folder.parent().filter(|above| !above.as_os_str().is_empty() && has_sheets(above)) else {
        return String::new();
    };
    format!("`{}` is a part of a model; `{}` looks like the model\n", folder.display(), above.display())
}

/// Every sheet and table below a folder with the time of its last change, to notice changes by.
///
/// # Errors
/// As [`sources`].
pub fn fingerprint(folder: &Path) -> Result<Vec<(PathBuf, Option<SystemTime>, u64)>, Failure> {
    let stamp = |path: PathBuf| {
        let metadata = fs::metadata(&path).ok();
        let length = metadata.as_ref().map_or(0, fs::Metadata::len);
        (path, metadata.and_then(|metadata| metadata.modified().ok()), length)
    };
    Ok(files(folder)?.into_iter().map(stamp).collect())
}

/// Every sheet and table below a folder, hidden ones left out, sorted.
///
/// # Errors
/// A folder that is not there or cannot be read.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    collect(folder, 0, &mut found)?;
    found.sort();
    Ok(found)
}

fn collect(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
        let path = entry.map_err(|error| unreadable(folder, &error))?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            continue;
        }
        if path.is_dir() {
            if depth < DEEPEST {
                collect(&path, depth + 1, found)?;
            }
        } else if has_extension(&path, "tok") || has_extension(&path, "csv") {
            found.push(path);
        }
    }
    Ok(())
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|known| known == extension)
}

/// A file or folder that cannot be read.
#[must_use]
pub fn unreadable(path: &Path, error: &io::Error) -> Failure {
    barred("read", path, error)
}

/// A file or folder that cannot be written.
#[must_use]
pub fn unwritable(path: &Path, error: &io::Error) -> Failure {
    barred("write", path, error)
}

fn barred(verb: &str, path: &Path, error: &io::Error) -> Failure {
    let why = match error.kind() {
        io::ErrorKind::NotFound => "it does not exist".to_owned(),
        io::ErrorKind::PermissionDenied => "permission is denied".to_owned(),
        io::ErrorKind::NotADirectory => "it is no folder".to_owned(),
        _ => error.to_string(),
    };
    Failure::call(format!("cannot {verb} `{}`: {why}", path.display()))
}
