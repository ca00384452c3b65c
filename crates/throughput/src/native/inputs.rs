//! From the inputs of a native to a catalogue.

use crate::catalogue::{Catalogue, Engine, KnownChip, KnownModel};
use crate::{Architecture, Attribute, Chip, Format};
use std::collections::BTreeMap;
use tokenomics_language::calendar::YEAR;
use tokenomics_language::native::{Cells, Signature};

/// What each input is, and its dimensions by what they range over.
pub(super) const INPUTS: [(&str, &[&str]); 16] = [
    ("dense arithmetic", &["chip", "format"]),
    ("usable memory", &["chip"]),
    ("memory bandwidth", &["chip"]),
    ("scale-up bandwidth", &["chip"]),
    ("scale-up domain", &["chip"]),
    ("scale-out bandwidth", &["chip"]),
    ("nameplate power", &["chip"]),
    ("1 for the generation of a chip", &["chip", "generation"]),
    ("1 for the designer of a chip", &["chip", "designer"]),
    ("when a chip came out", &["chip"]),
    ("what a model is made of", &["model", "attribute"]),
    ("when a model came out", &["model"]),
    ("bits of the cache of an engine", &["engine"]),
    ("1 for the designers whose chips an engine runs on", &["engine", "designer"]),
    ("effects on the constants of serving", &["effect"]),
    ("ends of the bands of errors", &["band"]),
];

/// Whether the first inputs are those of a catalogue.
pub(super) fn accepts(inputs: &[Signature<'_>]) -> Result<(), String> {
    for (position, (what, dimensions)) in INPUTS.iter().enumerate() {
        let listed = dimensions.join(", ");
        let Some(input) = inputs.get(position) else {
            return Err(format!("input {} is missing: {what}, by {listed}", position + 1));
        };
        if input.dimensions.len() != dimensions.len() {
            let has: Vec<&str> = input.dimensions.iter().map(|dimension| dimension.name).collect();
            return Err(format!(
                "input {}, `{}`, varies by [{}]; it is {what}, and varies by {listed}",
                position + 1,
                input.name,
                has.join(", ")
            ));
        }
    }
    let formats = members(&inputs[0], 1);
    if let Some(unknown) = formats.iter().find(|name| Format::parse(name).is_none()) {
        return Err(format!("`{unknown}` in `{}` is no number format", inputs[0].dimensions[1].name));
    }
    let attributes = members(&inputs[10], 1);
    if let Some(unknown) = attributes.iter().find(|name| Attribute::parse(name).is_none()) {
        return Err(format!(
            "`{unknown}` in `{}` is nothing that a model is described by",
            inputs[10].dimensions[1].name
        ));
    }
    let mut effects = crate::Effects::default();
    for name in members(&inputs[14], 0) {
        effects.enter(name, 0.0)?;
    }
    let mut bands = crate::Bands::default();
    for name in members(&inputs[15], 0) {
        bands.enter(name, 0.0)?;
    }
    Ok(())
}

/// Inputs that make a catalogue.
pub(super) const CATALOGUE: usize = INPUTS.len();

pub(super) fn members<'a>(signature: &Signature<'a>, dimension: usize) -> &'a [String] {
    signature.dimensions[dimension].members
}

/// One input with its cells.
pub(super) struct Table<'a> {
    signature: &'a Signature<'a>,
    cells: Cells<'a>,
}

impl<'a> Table<'a> {
    pub fn new(signature: &'a Signature<'a>, cells: Cells<'a>) -> Table<'a> {
        Table { signature, cells }
    }

    /// The figure of a member, or of a member and another.
    pub fn get(&self, first: usize, second: usize) -> Option<f64> {
        let width = self.signature.dimensions.get(1).map_or(1, |dimension| dimension.members.len());
        let cell = first * width + second;
        self.cells.present.get(cell).copied().unwrap_or(false).then(|| self.cells.values[cell])
    }

    fn members(&self, dimension: usize) -> &'a [String] {
        members(self.signature, dimension)
    }

    /// The second member for which a first one has a figure above zero.
    fn kin(&self, first: usize) -> Option<&'a str> {
        let others = self.members(1);
        (0..others.len())
            .find(|second| self.get(first, *second).is_some_and(|value| value > 0.0))
            .map(|second| others[second].as_str())
    }
}

/// The catalogue of the first inputs: chips and models of which enough is known.
pub fn catalogue(inputs: &[Signature<'_>], cells: &[Cells<'_>]) -> Catalogue {
    let table = |position: usize| Table::new(&inputs[position], cells[position]);
    let arithmetic = table(0);
    let formats: Vec<Option<Format>> = arithmetic.members(1).iter().map(|name| Format::parse(name)).collect();
    let (memory, bandwidth) = (table(1), table(2));
    let (up, domain, out, power) = (table(3), table(4), table(5), table(6));
    let (generation, designer, chip_release) = (table(7), table(8), table(9));
    let mut chips = BTreeMap::new();
    for (index, name) in arithmetic.members(0).iter().enumerate() {
        let (Some(memory), Some(bandwidth)) = (memory.get(index, 0), bandwidth.get(index, 0)) else { continue };
        let mut peaks = [None; Format::ALL.len()];
        for (column, format) in formats.iter().enumerate() {
            if let Some(format) = format {
                peaks[*format as usize] = arithmetic.get(index, column);
            }
        }
        if peaks.iter().all(Option::is_none) {
            continue;
        }
        let chip = Chip {
            arithmetic: peaks,
            memory,
            memory_bandwidth: bandwidth,
            scale_up_bandwidth: up.get(index, 0),
            scale_up_domain: domain.get(index, 0).unwrap_or(1.0),
            scale_out_bandwidth: out.get(index, 0),
            power: power.get(index, 0),
        };
        let known = KnownChip {
            chip,
            generation: generation.kin(index).unwrap_or_default().to_owned(),
            vendor: designer.kin(index).unwrap_or_default().to_owned(),
            released: chip_release.get(index, 0).map(|seconds| seconds / YEAR),
        };
        chips.insert(name.clone(), known);
    }
    let (geometry, model_release) = (table(10), table(11));
    let attributes: Vec<Option<Attribute>> = geometry.members(1).iter().map(|name| Attribute::parse(name)).collect();
    let mut models = BTreeMap::new();
    for (index, name) in geometry.members(0).iter().enumerate() {
        let figure = |wanted: Attribute| {
            let column = attributes.iter().position(|known| *known == Some(wanted))?;
            geometry.get(index, column)
        };
        if let Ok(architecture) = Architecture::from_attributes(figure) {
            let released = model_release.get(index, 0).map(|seconds| seconds / YEAR);
            models.insert(name.clone(), KnownModel { architecture, released, kin: String::new() });
        }
    }
    let (cache, runs) = (table(12), table(13));
    let engines = cache.members(0).iter().enumerate().map(|(index, name)| {
        let format = if cache.get(index, 0).is_some_and(|bits| bits > 8.0) { Format::Bf16 } else { Format::Fp8 };
        let designers = runs.members(1);
        let vendors = (0..designers.len()).filter(|second| runs.get(index, *second).is_some_and(|value| value > 0.0));
        (name.clone(), Engine { cache: format, vendors: vendors.map(|second| designers[second].clone()).collect() })
    });
    let engines = engines.collect();
    let mut catalogue = Catalogue { chips, models, engines, ..Catalogue::default() };
    let effects = table(14);
    for (index, name) in effects.members(0).iter().enumerate() {
        if let Some(value) = effects.get(index, 0) {
            // Names were held against what is known when the sheet was checked.
            let _ = catalogue.effects.enter(name, value);
        }
    }
    let bands = table(15);
    for (index, name) in bands.members(0).iter().enumerate() {
        if let Some(value) = bands.get(index, 0) {
            let _ = catalogue.bands.enter(name, value);
        }
    }
    catalogue.find_kin();
    catalogue
}
