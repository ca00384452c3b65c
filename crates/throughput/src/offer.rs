//! The ways in which a model may be served on a chip: engines, formats, and whether prompts are read apart.

use crate::band::Familiarity;
use crate::catalogue::{Catalogue, KnownChip, KnownModel};
use crate::constant::{Level, SEPARATOR};
use crate::setting::{Era, attention_kind, matured};
use crate::{Constants, Format, Identity, Precision};
use std::collections::BTreeSet;

/// One way, with its constants.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// Names.
    pub identity: Identity,
    /// Formats.
    pub precision: Precision,
    /// Whether prompts are read on chips of their own.
    pub apart: bool,
    /// Constants.
    pub constants: Constants,
}

/// What ways are of interest; all where nothing is said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wish {
    /// The format; the narrowest that the chip multiplies if absent.
    pub format: Option<Format>,
    /// The engine.
    pub engine: Option<String>,
    /// Engine and what places its workers, by the name effects go by.
    pub framework: Option<String>,
    /// Whether prompts are read apart.
    pub apart: Option<bool>,
    /// Whether tokens are guessed ahead.
    pub speculation: Option<bool>,
    /// Years of our era.
    pub date: Option<f64>,
}

impl Offer {
    /// The formats of a model in the narrowest format that a chip multiplies.
    #[must_use]
    pub fn narrowest(chip: &KnownChip, model: &KnownModel) -> Precision {
        Precision::published(narrowest(chip), Format::Fp8, &model.architecture)
    }

    /// The ways of which most was measured before: what is best of many unknown ones is mostly an error.
    #[must_use]
    pub fn familiar(catalogue: &Catalogue, offers: Vec<Offer>) -> Vec<Offer> {
        let known: Vec<Familiarity> = offers.iter().map(|offer| Familiarity::of(catalogue, &offer.identity)).collect();
        let Some(most) = known.iter().min().copied() else { return offers };
        offers.into_iter().zip(known).filter(|(_, familiarity)| *familiarity == most).map(|(offer, _)| offer).collect()
    }

    /// Every way that is of interest: each engine that runs on the chip, with prompts read on the same
    /// chips and, by each framework that was seen to do so, apart.
    #[must_use]
    pub fn all(
        catalogue: &Catalogue,
        chip: (&str, &KnownChip),
        model: (&str, &KnownModel),
        wish: Option<&Wish>,
    ) -> Vec<Offer> {
        // Tokens are guessed by layers that a model has for it.
        let guesses = model.1.architecture.draft_layers > 0.0;
        let usual = Wish { speculation: if guesses { None } else { Some(false) }, ..Wish::default() };
        let wish = wish.unwrap_or(&usual);
        let format = wish.format.unwrap_or_else(|| narrowest(chip.1));
        let mut engines: Vec<&str> = catalogue
            .engines
            .iter()
            .filter(|(_, engine)| engine.vendors.contains(&chip.1.vendor))
            .map(|(name, _)| name.as_str())
            .collect();
        if engines.is_empty() {
            engines = catalogue.engines.keys().map(String::as_str).collect();
        }
        let mut offers = Vec::new();
        for engine in engines.into_iter().filter(|name| wish.engine.as_deref().is_none_or(|wanted| wanted == *name)) {
            let cache = if format == Format::Bf16 { Format::Bf16 } else { catalogue.engines[engine].cache };
            let precision = Precision::published(format, cache, &model.1.architecture);
            for apart in [false, true].into_iter().filter(|apart| wish.apart.is_none_or(|wanted| wanted == *apart)) {
                for framework in frameworks(catalogue, engine, &chip.1.vendor, apart)
                    .into_iter()
                    .filter(|name| wish.framework.as_ref().is_none_or(|wanted| wanted == name))
                {
                    for speculation in
                        [false, true].into_iter().filter(|guess| wish.speculation.is_none_or(|wanted| wanted == *guess))
                    {
                        let identity = Identity {
                            chip: chip.0.to_owned(),
                            generation: chip.1.generation.clone(),
                            vendor: chip.1.vendor.clone(),
                            model: Catalogue::speaks_for(model.0, model.1).to_owned(),
                            attention: attention_kind(&model.1.architecture.attention).to_owned(),
                            format: format.name().to_owned(),
                            engine: engine.to_owned(),
                            framework: framework.clone(),
                            speculation,
                        };
                        let since = chip.1.released.zip(model.1.released).map(|(chip, model)| chip.max(model));
                        let era = Era { date: wish.date, since };
                        let constants = matured(&catalogue.effects.constants(&identity), era);
                        offers.push(Offer { identity, precision, apart, constants });
                    }
                }
            }
        }
        offers
    }
}

fn narrowest(chip: &KnownChip) -> Format {
    let multiplies = |format: &Format| chip.chip.arithmetic[*format as usize].is_some();
    [Format::Fp4, Format::Fp8].into_iter().find(multiplies).unwrap_or(Format::Bf16)
}

/// The frameworks of an engine that were seen on the chips of a maker, or on any if on none of these: itself
/// where the same chips do both.
fn frameworks(catalogue: &Catalogue, engine: &str, vendor: &str, apart: bool) -> Vec<String> {
    if !apart {
        return vec![engine.to_owned()];
    }
    let cells = catalogue.effects.effects.keys().filter(|(_, level, _)| *level == Level::Cell);
    let seen = cells.filter_map(|(_, _, member)| {
        let mut parts = member.split(SEPARATOR);
        let (chip, framework) = (parts.next()?, parts.next()?);
        let placed = framework.strip_suffix(engine)?.ends_with('_');
        let maker = &catalogue.chips.get(chip)?.vendor;
        placed.then(|| (framework.to_owned(), maker == vendor))
    });
    let seen: BTreeSet<(String, bool)> = seen.collect();
    let own: Vec<String> = seen.iter().filter(|(_, own)| *own).map(|(name, _)| name.clone()).collect();
    if !own.is_empty() {
        return own;
    }
    let mut all: Vec<String> = seen.into_iter().map(|(name, _)| name).collect();
    all.dedup();
    if all.is_empty() { vec![apart_by(&[], engine)] } else { all }
}

/// The name effects go by of an engine that serves apart, with what places its workers.
#[must_use]
pub fn apart_by(placed: &[&str], engine: &str) -> String {
    let placed = if placed.is_empty() { "apart".to_owned() } else { placed.join("_") };
    format!("{placed}_{engine}")
}
