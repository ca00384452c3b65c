//! Cards: what a company or a layer of the economy looks like on one page. A model describes them in a
//! table `cards.csv` at its root, with the columns `card, section, label, figure, unit`.
//!
//! | column | |
//! | --- | --- |
//! | `card` | the kind of card, which is also the command that prints it |
//! | `section` | lines of one section stand together |
//! | `label` | what the figure is |
//! | `figure` | `name[dimension = {dimension of the name}, …]`, with options as of `plot` |
//! | `unit` | the unit shown; as declared if empty |
//!
//! In `x[owner = {owner}]` the name of the card stands for a member of `owner`; a line is left out where
//! there is no such member. `x[contract = {owner}]` takes every contract that the map from `contract` to
//! `owner` leads to the name.
//!
//! A name means the member of the same name in every dimension. Where a member goes by another name, a
//! table `card_names.csv` says so, with the columns `card, name, member`.

use crate::failure::Failure;
use crate::headline::unit_of;
use crate::references::{self, Reference, find_member, meant};
use crate::report::Options;
use crate::rows;
use tokenomics_language::Diagnostic;
use tokenomics_language::model::{DimensionId, Model, VariableId};
use tokenomics_language::unit::Unit;
use tokenomics_throughput::catalogue::plain;

/// The path of the table from the root of a model.
pub const PATH: &str = "cards.csv";

/// The path of the table of other names.
pub const NAMES: &str = "card_names.csv";

/// The kinds of cards, each a command.
pub const KINDS: [&str; 2] = ["company", "layer"];

/// The options that a line of a card takes.
const OPTIONS: [&str; 3] = ["by", "known-by", "top"];

/// What the cards of a model show.
#[derive(Clone, Debug, Default)]
pub struct Cards {
    /// The lines of all cards, in order.
    pub lines: Vec<Line>,
    /// Other names: the kind of card, the other name, and the name of the card.
    others: Vec<[String; 3]>,
}

/// A line of a card.
#[derive(Clone, Debug)]
pub struct Line {
    /// The kind of card.
    pub card: String,
    /// The section.
    pub section: String,
    /// What the figure is.
    pub label: String,
    /// The figure, but for where the name goes.
    reference: Reference,
    /// Where the name goes.
    places: Vec<Place>,
    /// The unit shown.
    pub unit: Unit,
    /// Which dimension lines stand for, how far they are known, and how many are kept.
    pub options: Options,
}

/// A place for a name in a figure.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// The position among the dimensions of the variable.
    position: usize,
    /// The dimension in which the name is a member.
    named: DimensionId,
    /// The map that leads to it, where it is another than the variable's.
    map: Option<usize>,
}

/// Reads the cards of a model; `None` where it has none.
///
/// # Errors
/// Each line of the tables that cannot be met, with its place.
pub fn read(model: &Model) -> Result<Option<Cards>, Vec<Diagnostic>> {
    let mut cards = Cards::default();
    let columns = ["card", "section", "label", "figure", "unit"];
    let each = |[card, section, label, figure, unit]: [&str; 5]| {
        cards.lines.push(line(model, card, section, label, figure, unit)?);
        Ok(())
    };
    let Some((_, mut faults)) = rows::each(model, PATH, columns, each) else { return Ok(None) };
    let other = |[card, name, member]: [&str; 3]| {
        kind(card)?;
        if !cards.dimensions(card).iter().any(|id| find_member(model, *id, member).is_some()) {
            let members = cards.members(model, card);
            return Err(
                Failure::call(format!("`{member}` has no card")).maybe_help(meant(member, members.iter().copied()))
            );
        }
        cards.others.push([card, name, member].map(str::to_owned));
        Ok(())
    };
    if let Some((_, more)) = rows::each(model, NAMES, ["card", "name", "member"], other) {
        faults.extend(more);
    }
    if faults.is_empty() { Ok(Some(cards)) } else { Err(faults) }
}

/// The kind of card that some words begin with, and the names behind it, apart by commas; all where none is.
///
/// # Errors
/// A kind that the model has no cards of, or an unknown name.
pub fn named<'a>(model: &'a Model, cards: &'a Cards, words: &'a str) -> Result<(&'a str, Vec<&'a str>), Failure> {
    let (kind, names) = words.split_once(' ').unwrap_or((words, ""));
    if cards.of(kind).next().is_none() {
        return Err(Failure::call(format!("this model has no card of a `{kind}`"))
            .help(format!("`{PATH}` says what a card shows; write the kind of card, and names: `company a, b`")));
    }
    if names.trim().is_empty() {
        return Ok((kind, cards.names(model, kind)));
    }
    let names = names.split(',').map(|name| cards.meant(model, kind, name.trim()));
    Ok((kind, names.collect::<Result<_, _>>()?))
}

fn kind(card: &str) -> Result<(), Failure> {
    if KINDS.contains(&card) {
        return Ok(());
    }
    Err(Failure::call(format!("`{card}` is no kind of card")).help(format!("there is {}", KINDS.join(", "))))
}

fn line(model: &Model, card: &str, section: &str, label: &str, words: &str, unit: &str) -> Result<Line, Failure> {
    kind(card)?;
    let mut parts = words.split(" --");
    let figure = parts.next().unwrap_or_default().trim();
    let (bare, picks) = without_places(figure)?;
    let reference = references::parse_one(model, std::slice::from_ref(&bare))?;
    let mut places = Vec::new();
    for (dimension, named) in picks {
        places.push(place(model, &reference, dimension, named)?);
    }
    if places.is_empty() {
        return Err(Failure::call(format!("`{figure}` has no place for the name of a card"))
            .help("write it as a pick: `name[dimension = {dimension}]`"));
    }
    let mut options = Options::default();
    for part in parts {
        let (name, value) = part.trim().split_once(' ').unwrap_or((part.trim(), ""));
        if !OPTIONS.contains(&name) {
            return Err(Failure::call(format!("there is no option `--{name}` in a card"))
                .help("there are --by, --known-by and --top"));
        }
        options.set(model, name, value.trim())?;
    }
    let unit = unit_of(model, &reference, &bare, unit)?;
    let [card, section, label] = [card, section, label].map(str::to_owned);
    Ok(Line { card, section, label, reference, places, unit, options })
}

/// Picks that hold a place: the dimension, and that of the name.
type Picks<'a> = Vec<(&'a str, &'a str)>;

/// A figure without the picks that hold a place, and those picks.
fn without_places(figure: &str) -> Result<(String, Picks<'_>), Failure> {
    let mut bare = String::new();
    let mut picks = Vec::new();
    let mut rest = figure;
    while let Some((before, after)) = rest.split_once('{') {
        let wrong = || {
            Failure::call(format!("`{figure}` has a place for a name that is no pick"))
                .help("a place is written `name[dimension = {dimension}]`")
        };
        let (named, tail) = after.split_once('}').ok_or_else(wrong)?;
        let start = before.rfind(['[', ',']).ok_or_else(wrong)?;
        let dimension = before[start + 1..].trim().strip_suffix('=').ok_or_else(wrong)?;
        bare.push_str(&before[..=start]);
        picks.push((dimension.trim(), named.trim()));
        rest = tail;
    }
    bare.push_str(rest);
    Ok((bare.replace("[]", ""), picks))
}

fn place(model: &Model, reference: &Reference, dimension: &str, named: &str) -> Result<Place, Failure> {
    let variable = &model.variables[reference.variable.index()];
    let own = references::dimension(model, dimension)?;
    let named = references::dimension(model, named)?;
    let Some(position) = variable.dimensions.iter().position(|id| *id == own) else {
        let ways: Vec<&str> = variable.dimensions.iter().map(|id| model.dimensions[id.index()].name.as_str()).collect();
        return Err(Failure::call(format!("`{}` does not vary by `{dimension}`", variable.name))
            .help(format!("it varies by {}", ways.join(", "))));
    };
    let family = |id: DimensionId| model.dimensions[id.index()].family;
    if family(own) == family(named) {
        return Ok(Place { position, named, map: None });
    }
    let map = model.maps.iter().position(|map| map.from == own && map.to == named);
    let map = map.ok_or_else(|| {
        let to = &model.dimensions[named.index()].name;
        Failure::call(format!("no map leads from `{dimension}` to `{to}`"))
            .help(format!("write `{dimension} = {{{dimension}}}`, or declare `map {dimension} to {to}` in a sheet"))
    })?;
    Ok(Place { position, named, map: Some(map) })
}

impl Line {
    /// The variables that it shows.
    pub fn variables(&self) -> impl Iterator<Item = VariableId> {
        [self.reference.variable].into_iter().chain(self.options.known_by)
    }

    /// The positions of dimensions whose members a map leads to from the name: which they are is told even
    /// where it is one.
    pub fn mapped(&self) -> impl Iterator<Item = usize> {
        self.places.iter().filter(|place| place.map.is_some()).map(|place| place.position)
    }

    /// The figure for a card that goes by some names; `None` where no member has such a name.
    #[must_use]
    pub fn figure(&self, model: &Model, names: &[&str]) -> Option<Reference> {
        let mut reference = self.reference.clone();
        for place in &self.places {
            let own: Vec<u32> = names.iter().filter_map(|name| find_member(model, place.named, name)).collect();
            let members: Vec<u32> = match place.map.map(|map| &model.maps[map]) {
                None => own,
                Some(map) => {
                    let leads = |(_, target): &(usize, &u32)| own.contains(target);
                    map.targets.iter().enumerate().filter(leads).map(|(member, _)| member as u32).collect()
                }
            };
            if members.is_empty() {
                return None;
            }
            reference.picks[place.position] = Some(members);
        }
        Some(reference)
    }
}

impl Cards {
    /// The lines of a kind of card.
    pub fn of<'a>(&'a self, card: &'a str) -> impl Iterator<Item = &'a Line> {
        self.lines.iter().filter(move |line| line.card == card)
    }

    /// The dimensions in which names of a kind of card are members.
    #[must_use]
    pub fn dimensions(&self, card: &str) -> Vec<DimensionId> {
        let mut found: Vec<DimensionId> = Vec::new();
        for id in self.of(card).flat_map(|line| line.places.iter().map(|place| place.named)) {
            if !found.contains(&id) {
                found.push(id);
            }
        }
        found
    }

    fn members<'m>(&self, model: &'m Model, card: &str) -> Vec<&'m str> {
        let mut found: Vec<&str> = Vec::new();
        for id in self.dimensions(card) {
            for member in &model.dimensions[id.index()].members {
                if !found.contains(&member.as_str()) {
                    found.push(member);
                }
            }
        }
        found
    }

    /// The name of the card that a member belongs to.
    fn home<'a>(&'a self, card: &str, member: &'a str) -> &'a str {
        let other = self.others.iter().find(|[kind, name, _]| kind == card && name == member);
        other.map_or(member, |[_, _, home]| home.as_str())
    }

    /// The names of all cards of a kind, in the order of their dimensions.
    #[must_use]
    pub fn names<'a>(&'a self, model: &'a Model, card: &str) -> Vec<&'a str> {
        let mut found: Vec<&str> = Vec::new();
        for member in self.members(model, card) {
            let home = self.home(card, member);
            if !found.contains(&home) {
                found.push(home);
            }
        }
        found
    }

    /// Every name that a card goes by, its own first.
    #[must_use]
    pub fn also<'a>(&'a self, card: &str, name: &'a str) -> Vec<&'a str> {
        let others = self.others.iter().filter(|[kind, _, home]| kind == card && home == name);
        [name].into_iter().chain(others.map(|[_, other, _]| other.as_str())).collect()
    }

    /// The name of the card that a word of a call means, written any way.
    ///
    /// # Errors
    /// An unknown name, with the nearest.
    pub fn meant<'a>(&'a self, model: &'a Model, card: &str, word: &str) -> Result<&'a str, Failure> {
        let names = self.names(model, card);
        let others = self.others.iter().filter(|[kind, ..]| kind == card);
        let others: Vec<(&str, &str)> = others.map(|[_, other, home]| (other.as_str(), home.as_str())).collect();
        let known = || names.iter().map(|name| (*name, *name)).chain(others.iter().copied());
        let found = known().find(|(name, _)| plain(name) == plain(word)).map(|(_, home)| home);
        found.ok_or_else(|| {
            let all = format!("`tokenomics {card}` lists them");
            Failure::call(format!("there is no {card} `{word}`"))
                .help(meant(&plain(word), known().map(|(name, _)| name)).unwrap_or(all))
        })
    }

    /// The dimensions in which a card has a member.
    #[must_use]
    pub fn roles<'m>(&self, model: &'m Model, card: &str, names: &[&str]) -> Vec<&'m str> {
        let holds = |id: &DimensionId| names.iter().any(|name| find_member(model, *id, name).is_some());
        let dimensions = self.dimensions(card).into_iter().filter(holds);
        dimensions.map(|id| model.dimensions[id.index()].name.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_taken_out_of_a_figure() {
        let (bare, picks) = without_places("used[user = {user}, quarter = 2026Q1]").expect("a pick");
        assert_eq!((bare.as_str(), picks), ("used[, quarter = 2026Q1]", vec![("user", "user")]));
        let (bare, picks) = without_places("value[contract = {owner}]").expect("a pick");
        assert_eq!((bare.as_str(), picks), ("value", vec![("contract", "owner")]));
        assert!(without_places("used[{user}]").is_err() && without_places("used {user").is_err());
    }
}
