//! The chips, models and engines that are known by name.

use crate::constant::{Constant, Level};
use crate::{Architecture, Bands, Chip, Effects, Format};
use std::collections::BTreeMap;

/// A chip with what its relatives are found by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KnownChip {
    /// What it can do.
    pub chip: Chip,
    /// Its generation; empty where it is not known.
    pub generation: String,
    /// Its maker; empty where it is not known.
    pub vendor: String,
    /// When it came out, in years of our era; absent where it is not known.
    pub released: Option<f64>,
}

/// A model with when it came out.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownModel {
    /// What it is made of.
    pub architecture: Architecture,
    /// When it came out, in years of our era; absent where it is not known.
    pub released: Option<f64>,
    /// The model whose runs speak for it: one of the same layers that was measured, or itself if empty.
    pub kin: String,
}

/// An engine with how it keeps its cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engine {
    /// The format of its cache, where a model is served in eight bits or less.
    pub cache: Format,
    /// The makers on whose chips it runs.
    pub vendors: Vec<String>,
}

/// Everything that is known by name, and the constants that were fitted.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// Chips.
    pub chips: BTreeMap<String, KnownChip>,
    /// Models.
    pub models: BTreeMap<String, KnownModel>,
    /// Engines.
    pub engines: BTreeMap<String, Engine>,
    /// Other names of any of these, in [`plain`] letters.
    pub aliases: BTreeMap<String, String>,
    /// Fitted constants.
    pub effects: Effects,
    /// How far off predictions are.
    pub bands: Bands,
}

/// A name without case, spaces and marks, by which ways of writing it are the same.
#[must_use]
pub fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|character| character.to_ascii_lowercase()).collect()
}

impl Catalogue {
    /// Finds for each model that no run was measured of one of the same layers that was.
    pub fn find_kin(&mut self) {
        let measured =
            |name: &str| self.effects.effects.contains_key(&(Constant::StepScale, Level::Model, name.to_owned()));
        let layers =
            |model: &KnownModel| Architecture { draft_layers: 0.0, longest_context: 0.0, ..model.architecture.clone() };
        let known: Vec<(String, Architecture)> = self
            .models
            .iter()
            .filter(|(name, _)| measured(name))
            .map(|(name, model)| (name.clone(), layers(model)))
            .collect();
        let kin = |name: &str, model: &KnownModel| {
            let own = layers(model);
            let like = known.iter().find(|(_, other)| *other == own);
            if measured(name) { String::new() } else { like.map(|(name, _)| name.clone()).unwrap_or_default() }
        };
        let found: Vec<String> = self.models.iter().map(|(name, model)| kin(name, model)).collect();
        for (model, kin) in self.models.values_mut().zip(found) {
            model.kin = kin;
        }
    }

    /// The name that effects of a model go by.
    #[must_use]
    pub fn speaks_for<'a>(name: &'a str, model: &'a KnownModel) -> &'a str {
        if model.kin.is_empty() { name } else { &model.kin }
    }

    /// The member of a map that a name in any way of writing, or another name, is meant for.
    #[must_use]
    pub fn meant<'a, T>(&self, map: &'a BTreeMap<String, T>, name: &str) -> Option<(&'a str, &'a T)> {
        let wanted = plain(name);
        let direct = map.iter().find(|(known, _)| plain(known) == wanted);
        let found = direct.or_else(|| {
            let member = self.aliases.get(&wanted)?;
            map.get_key_value(member)
        });
        found.map(|(name, value)| (name.as_str(), value))
    }
}
