//! References to figures as they are written in a call or in the headline's table:
//! `name`, `name[dimension = member]`, `name[member]`, or `name dimension=member`.

use crate::failure::Failure;
use tokenomics_language::calendar::Quarter;
use tokenomics_language::diagnostic::nearest;
use tokenomics_language::model::{DimensionId, Model, Variable, VariableId};

/// A variable, and the members of its dimensions that are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The variable.
    pub variable: VariableId,
    /// For each of its dimensions the members picked, in the order picked; `None` where nothing is.
    pub picks: Vec<Option<Vec<u32>>>,
}

impl Reference {
    /// The whole of a variable.
    #[must_use]
    pub fn whole(model: &Model, variable: VariableId) -> Reference {
        Reference { variable, picks: vec![None; model.variables[variable.index()].dimensions.len()] }
    }

    /// The members meant of every dimension: those picked, or all.
    #[must_use]
    pub fn members(&self, model: &Model) -> Vec<Vec<u32>> {
        let dimensions = &model.variables[self.variable.index()].dimensions;
        let all = |id: &DimensionId| (0..model.dimensions[id.index()].members.len() as u32).collect();
        dimensions.iter().zip(&self.picks).map(|(id, pick)| pick.clone().unwrap_or_else(|| all(id))).collect()
    }

    /// The positions of the dimensions of which not one member alone is meant.
    #[must_use]
    pub fn open(&self, model: &Model) -> Vec<usize> {
        self.members(model).iter().enumerate().filter(|(_, members)| members.len() != 1).map(|(at, _)| at).collect()
    }

    /// The reference in full, such as `name[dimension = member]`.
    #[must_use]
    pub fn text(&self, model: &Model) -> String {
        let variable = &model.variables[self.variable.index()];
        let picks = variable.dimensions.iter().zip(&self.picks).flat_map(|(id, pick)| {
            pick.iter().flatten().map(|member| (*id, *member)).collect::<Vec<(DimensionId, u32)>>()
        });
        cell_text(model, &variable.name, picks)
    }

    fn pick(&mut self, position: usize, member: u32) {
        let members = self.picks[position].get_or_insert_with(Vec::new);
        if !members.contains(&member) {
            members.push(member);
        }
    }
}

/// A name with picks, such as `name[dimension = member]`.
#[must_use]
pub fn cell_text(model: &Model, name: &str, picks: impl IntoIterator<Item = (DimensionId, u32)>) -> String {
    let picks: Vec<String> = picks
        .into_iter()
        .map(|(id, member)| {
            let dimension = &model.dimensions[id.index()];
            format!("{} = {}", dimension.name, dimension.members.get(member as usize).map_or("?", String::as_str))
        })
        .collect();
    if picks.is_empty() { name.to_owned() } else { format!("{name}[{}]", picks.join(", ")) }
}

/// Reads one or more references from the words of a call.
///
/// # Errors
/// A word that is no name, or an unknown variable, dimension, member or quarter, with the nearest known.
pub fn parse(model: &Model, words: &[String]) -> Result<Vec<Reference>, Failure> {
    let text = words.join(" ");
    let tokens = tokens(&text)?;
    let mut references: Vec<Reference> = Vec::new();
    let mut rest = tokens.as_slice();
    let mut inside = false;
    loop {
        rest = match rest {
            [] if inside => return Err(Failure::call(format!("`{text}` lacks a closing `]`"))),
            [] => break,
            [Token::Open, tail @ ..] if !inside && !references.is_empty() => {
                inside = true;
                tail
            }
            [Token::Close, tail @ ..] if inside => {
                inside = false;
                tail
            }
            [Token::Comma, tail @ ..] if !references.is_empty() => tail,
            [Token::Word(dimension), Token::Equals, Token::Word(member), tail @ ..] => {
                let Some(reference) = references.last_mut() else {
                    return Err(Failure::call(format!("`{dimension} = {member}` stands before any name")));
                };
                pick_named(model, reference, dimension, member)?;
                tail
            }
            [Token::Word(word), tail @ ..] => {
                let bare = !inside && (model.variable(word).is_some() || references.is_empty());
                match references.last_mut() {
                    Some(reference) if !bare => pick_member(model, reference, word, inside)?,
                    _ => references.push(Reference::whole(model, variable(model, word)?)),
                }
                tail
            }
            [token, ..] => {
                return Err(Failure::call(format!("`{text}` has a stray `{}`", token.text()))
                    .help("picks are written `name[dimension = member]`"));
            }
        };
    }
    if references.is_empty() {
        return Err(Failure::call("a name is missing").help("`tokenomics list` shows every name"));
    }
    Ok(references)
}

/// Reads exactly one reference.
///
/// # Errors
/// As [`parse`], or where there is not exactly one.
pub fn parse_one(model: &Model, words: &[String]) -> Result<Reference, Failure> {
    let mut references = parse(model, words)?;
    match (references.pop(), references.first()) {
        (Some(reference), None) => Ok(reference),
        _ => Err(Failure::call(format!("`{}` are several figures; name one", words.join(" ")))),
    }
}

/// The variable of a name.
///
/// # Errors
/// An unknown name, with the nearest known.
pub fn variable(model: &Model, name: &str) -> Result<VariableId, Failure> {
    model.variable(name).ok_or_else(|| {
        let names = || model.variables.iter().map(|variable| variable.name.as_str());
        let all = "`tokenomics list` shows every name, `tokenomics list WORD` those about something";
        Failure::call(format!("there is no variable `{name}`"))
            .help(meant(name, names()).unwrap_or_else(|| all.to_owned()))
    })
}

/// The dimension of a name.
///
/// # Errors
/// An unknown name, with the nearest known or all there are.
pub fn dimension(model: &Model, name: &str) -> Result<DimensionId, Failure> {
    model.dimension(name).ok_or_else(|| {
        let names = || model.dimensions.iter().map(|dimension| dimension.name.as_str());
        let all = || format!("there is {}", names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "));
        Failure::call(format!("there is no dimension `{name}`")).help(meant(name, names()).unwrap_or_else(all))
    })
}

/// The name that may be meant by an unknown one: the nearest, or those it is a part of.
pub fn meant<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<String> {
    /// The most names told.
    const MOST: usize = 6;
    let same = known.clone().find(|known| known.eq_ignore_ascii_case(name));
    if let Some(near) = same.or_else(|| nearest(name, known.clone())) {
        return Some(format!("did you mean `{near}`?"));
    }
    let part = name.to_lowercase();
    let containing: Vec<&str> =
        known.filter(|known| !part.is_empty() && known.to_lowercase().contains(&part)).collect();
    let told: Vec<String> = containing.iter().take(MOST).map(|known| format!("`{known}`")).collect();
    let more = match containing.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!told.is_empty()).then(|| format!("there is {}{more}", told.join(", ")))
}

fn pick_named(model: &Model, reference: &mut Reference, dimension: &str, member: &str) -> Result<(), Failure> {
    let variable = &model.variables[reference.variable.index()];
    let names = || variable.dimensions.iter().map(|id| model.dimensions[id.index()].name.as_str());
    let Some(position) = names().position(|name| name == dimension) else {
        return Err(Failure::call(format!("`{}` does not vary by `{dimension}`", variable.name)).help(
            match nearest(dimension, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => varies_by(model, variable),
            },
        ));
    };
    let id = variable.dimensions[position];
    let found = find_member(model, id, member).ok_or_else(|| {
        let kind = &model.dimensions[id.index()];
        Failure::call(format!("`{member}` is no {} of the model", kind.name)).help(suggest(model, &[id], member))
    })?;
    reference.pick(position, found);
    Ok(())
}

fn pick_member(model: &Model, reference: &mut Reference, member: &str, inside: bool) -> Result<(), Failure> {
    let variable = &model.variables[reference.variable.index()];
    let found: Vec<(usize, u32)> = variable
        .dimensions
        .iter()
        .enumerate()
        .filter_map(|(position, id)| Some((position, find_member(model, *id, member)?)))
        .collect();
    match found.as_slice() {
        [(position, member)] => {
            reference.pick(*position, *member);
            Ok(())
        }
        [] if !inside => {
            let members = variable.dimensions.iter().flat_map(|id| &model.dimensions[id.index()].members);
            let names = model.variables.iter().map(|variable| &variable.name);
            let near = nearest(member, members.chain(names).map(String::as_str));
            let what = format!("`{member}` is neither a variable nor a member that `{}` varies by", variable.name);
            Err(Failure::call(what).maybe_help(near.map(|near| format!("did you mean `{near}`?"))))
        }
        [] => Err(Failure::call(format!("`{}` has no member `{member}`", variable.name)).help(suggest(
            model,
            &variable.dimensions,
            member,
        ))),
        several => {
            let name = |position: usize| model.dimensions[variable.dimensions[position].index()].name.as_str();
            let ways: Vec<String> =
                several.iter().map(|(position, _)| format!("`{} = {member}`", name(*position))).collect();
            Err(Failure::call(format!("`{member}` could be {}", ways.join(" or "))).help("name the dimension"))
        }
    }
}

/// The member of a name.
#[must_use]
pub fn find_member(model: &Model, id: DimensionId, member: &str) -> Option<u32> {
    let members = &model.dimensions[id.index()].members;
    members.iter().position(|known| known == member).map(|index| index as u32)
}

fn varies_by(model: &Model, variable: &Variable) -> String {
    let names: Vec<String> =
        variable.dimensions.iter().map(|id| format!("`{}`", model.dimensions[id.index()].name)).collect();
    if names.is_empty() { "it is one figure".to_owned() } else { format!("it varies by {}", names.join(", ")) }
}

/// What to say about a member that is not known: the nearest, or what there is.
fn suggest(model: &Model, ids: &[DimensionId], member: &str) -> String {
    let dimensions = || ids.iter().map(|id| &model.dimensions[id.index()]);
    let members = dimensions().flat_map(|dimension| dimension.members.iter().map(String::as_str));
    let quarters = dimensions().find(|dimension| dimension.temporal).map(|dimension| &dimension.members);
    if let (Some([first, .., last]), Some(_)) = (quarters.map(Vec::as_slice), Quarter::parse(member)) {
        return format!("the quarters run from {first} to {last}");
    }
    if let Some(help) = meant(member, members) {
        return help;
    }
    let lists: Vec<String> = dimensions()
        .map(|dimension| match dimension.members.as_slice() {
            [first, .., last] if dimension.temporal => format!("{}: {first} to {last}", dimension.name),
            few if few.len() <= 12 => format!("{}: {}", dimension.name, few.join(", ")),
            many => format!(
                "{}: {} and {} more (`tokenomics list --members {}`)",
                dimension.name,
                many[..10].join(", "),
                many.len() - 10,
                dimension.name
            ),
        })
        .collect();
    if lists.is_empty() { "it is one figure".to_owned() } else { lists.join("; ") }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    Open,
    Close,
    Equals,
    Comma,
}

impl Token<'_> {
    fn text(&self) -> &str {
        match self {
            Token::Word(word) => word,
            Token::Open => "[",
            Token::Close => "]",
            Token::Equals => "=",
            Token::Comma => ",",
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token<'_>>, Failure> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
        let (token, length) = match first {
            '[' => (Token::Open, 1),
            ']' => (Token::Close, 1),
            '=' => (Token::Equals, 1),
            ',' => (Token::Comma, 1),
            _ if end > 0 => (Token::Word(&rest[..end]), end),
            other => {
                let help = if "+-*/^()".contains(other) {
                    "a call takes names; write a formula in a sheet of your own model (`tokenomics init DIR`)"
                } else {
                    "picks are written `name[dimension = member]`"
                };
                return Err(Failure::call(format!("`{text}` has a stray `{other}`")).help(help));
            }
        };
        found.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(found)
}
