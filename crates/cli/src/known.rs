//! Chips and language models as a call names them: by a known name, written any way, or by a file.

use crate::datasheet;
use crate::failure::Failure;
use crate::load::unreadable;
use crate::references::meant;
use std::fs;
use std::path::Path;
use tokenomics_language::Model;
use tokenomics_throughput::catalogue::{Catalogue, KnownModel, plain};
use tokenomics_throughput::{Architecture, Configuration, Format, Level};

/// The most names that are told where none is near.
const MOST_NAMES: usize = 12;

/// What a name in a call means.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// Its name in the catalogue.
    pub name: String,
    /// Whether the model's own tables know it; not what comes from a file.
    pub in_model: bool,
    /// What was assumed when a file was read, and what was not read.
    pub notes: Vec<String>,
    /// The format of a language model's weights, where a file says.
    pub weights: Option<Format>,
}

impl Named {
    fn known(name: &str) -> Named {
        Named { name: name.to_owned(), in_model: true, notes: Vec::new(), weights: None }
    }
}

/// Finds a chip, or reads it from a datasheet into the catalogue.
///
/// # Errors
/// An unknown name, with the nearest; a file that cannot be read, or what of it cannot be.
pub fn chip(model: &Model, catalogue: &mut Catalogue, text: &str) -> Result<Named, Failure> {
    if let Some((name, _)) = catalogue.meant(&catalogue.chips, text) {
        return Ok(Named::known(name));
    }
    if !is_file(text, &["csv", "json"]) {
        let names = catalogue.chips.keys().map(String::as_str);
        return Err(unknown("accelerator", text, names, "a datasheet, FILE.csv or FILE.json"));
    }
    let path = Path::new(text);
    let content = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    let sheet = datasheet::read(model, path, &content)?;
    let name = sheet.name.unwrap_or_else(|| stem(path));
    let mut notes = Vec::new();
    if !catalogue.engines.values().any(|engine| engine.vendors.contains(&sheet.chip.vendor)) {
        notes.push(match sheet.chip.vendor.as_str() {
            "" => format!("`{text}` names no vendor: any engine is taken to run on {name}"),
            vendor => format!("no engine is known for chips of {vendor}: any is taken to run on {name}"),
        });
    }
    let name = free_name(name, |name| catalogue.chips.contains_key(name));
    catalogue.chips.insert(name.clone(), sheet.chip);
    catalogue.aliases.insert(plain(text), name.clone());
    Ok(Named { name, in_model: false, notes, weights: None })
}

/// Finds a language model, or reads its configuration into the catalogue.
///
/// # Errors
/// As [`chip`].
pub fn language_model(catalogue: &mut Catalogue, text: &str) -> Result<Named, Failure> {
    if let Some((name, _)) = catalogue.meant(&catalogue.models, text) {
        return Ok(Named::known(name));
    }
    if !is_file(text, &["json"]) {
        let names = catalogue.models.keys().map(String::as_str);
        return Err(unknown("language model", text, names, "the config.json that it is published with"));
    }
    let path = Path::new(text);
    let configuration = read_configuration(path)?;
    let called = [configuration.name.as_deref(), Some(&stem(path))];
    if let Some(known) = same_layers(catalogue, &configuration.architecture, &called) {
        let mut notes = configuration.notes;
        notes.insert(0, format!("`{text}` has the layers of {known}, and is taken for it"));
        catalogue.aliases.insert(plain(text), known.clone());
        return Ok(Named { notes, weights: Some(configuration.weights), ..Named::known(&known) });
    }
    // Every file is called the same: what it is published as, or its folder, says more.
    let folder = || path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let own = if stem(path) == "config" { configuration.name.clone().or_else(folder) } else { None };
    let name = own.unwrap_or_else(|| stem(path));
    let name = free_name(name, |name| catalogue.models.contains_key(name));
    let Configuration { architecture, weights, notes, .. } = configuration;
    catalogue.models.insert(name.clone(), KnownModel { architecture, released: None, kin: String::new() });
    catalogue.aliases.insert(plain(text), name.clone());
    Ok(Named { name, in_model: false, notes, weights: Some(weights) })
}

/// The configuration of a language model.
///
/// # Errors
/// A file that cannot be read, or what of it cannot be.
pub fn read_configuration(path: &Path) -> Result<Configuration, Failure> {
    let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    Configuration::read(&text).map_err(|error| Failure::call(format!("`{}`: {error}", path.display())))
}

/// Whether two models have the same layers, whatever context they are said to take.
fn alike(one: &Architecture, other: &Architecture) -> bool {
    let layers = |architecture: &Architecture| Architecture { longest_context: 0.0, ..architecture.clone() };
    layers(one) == layers(other)
}

/// The model that has the layers of an architecture: of several the one that goes by one of these names, else
/// the one of which most is known.
#[must_use]
pub fn same_layers(catalogue: &Catalogue, architecture: &Architecture, names: &[Option<&str>]) -> Option<String> {
    let kin = catalogue.models.iter().filter(|(_, known)| alike(&known.architecture, architecture));
    let kin: Vec<&str> = kin.map(|(name, _)| name.as_str()).collect();
    let mut meant = names.iter().flatten().filter_map(|name| Some(catalogue.meant(&catalogue.models, name)?.0));
    let known = |model: &&&str| {
        let own = |level: &Level, member: &str| *level == Level::Model && member == **model;
        catalogue.effects.effects.keys().filter(|(_, level, member)| own(level, member)).count()
    };
    let found = meant.find(|name| kin.contains(name)).or_else(|| kin.iter().max_by_key(known).copied());
    found.map(str::to_owned)
}

fn is_file(text: &str, extensions: &[&str]) -> bool {
    let path = Path::new(text);
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    extension.is_some_and(|extension| extensions.contains(&extension.as_str())) || path.is_file()
}

/// The name of a file without its folder and its ending.
#[must_use]
pub fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(|| "unnamed".to_owned(), |stem| stem.to_string_lossy().into_owned())
}

/// A name that none of those that are known has.
fn free_name(name: String, taken: impl Fn(&str) -> bool) -> String {
    if taken(&name) { format!("{name} (file)") } else { name }
}

fn unknown<'a>(what: &str, text: &str, names: impl Iterator<Item = &'a str> + Clone, file: &str) -> Failure {
    let help = meant(text, names.clone()).unwrap_or_else(|| {
        let all: Vec<&str> = names.collect();
        let more = match all.len().saturating_sub(MOST_NAMES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!(
            "there is {}{more}; or name {file}",
            all.iter().take(MOST_NAMES).copied().collect::<Vec<_>>().join(", ")
        )
    });
    Failure::call(format!("there is no {what} `{text}`")).help(help)
}
