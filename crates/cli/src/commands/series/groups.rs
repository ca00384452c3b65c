//! Which cells make which line.

use super::{Lines, quarter_position};
use crate::cells::{Slice, member_name};
use crate::failure::Failure;
use crate::numbers::counted;
use tokenomics_language::Model;
use tokenomics_language::model::{DimensionId, VariableId};

/// The cells of each line, the quarter left at its first member, by the members the line stands for.
pub(super) type Group = (Vec<(DimensionId, u32)>, Vec<Vec<u32>>);

/// The cells of each line of a slice.
///
/// # Errors
/// A dimension by which the slice cannot be summed.
pub(super) fn groups(slice: &Slice<'_>, by: Option<DimensionId>) -> Result<Vec<Group>, Failure> {
    let model = slice.model;
    let dimensions = &slice.definition().dimensions;
    let quarter = quarter_position(model, slice.variable).unwrap_or(0);
    let open: Vec<usize> = slice.open().into_iter().filter(|position| *position != quarter).collect();
    let keyed = keys(slice, by)?;
    let mut at_one_quarter = slice.clone();
    at_one_quarter.members[quarter].truncate(1);
    let mut groups: Vec<Group> = Vec::new();
    for cell in at_one_quarter.cells() {
        let key: Vec<(DimensionId, u32)> = match &keyed {
            Keys::Each => open.iter().map(|position| (dimensions[*position], cell[*position])).collect(),
            Keys::All => Vec::new(),
            Keys::Member(position) => vec![(dimensions[*position], cell[*position])],
            Keys::Mapped(position, map) => {
                let map = &model.maps[*map];
                vec![(map.to, map.targets[cell[*position] as usize])]
            }
        };
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, cells)) => cells.push(cell),
            None => groups.push((key, vec![cell])),
        }
    }
    Ok(groups)
}

/// What lines stand for.
enum Keys {
    /// Each cell.
    Each,
    /// Everything.
    All,
    /// A member of the dimension at a position.
    Member(usize),
    /// What a map gives for the member of the dimension at a position.
    Mapped(usize, usize),
}

fn keys(slice: &Slice<'_>, by: Option<DimensionId>) -> Result<Keys, Failure> {
    let model = slice.model;
    let Some(by) = by else { return Ok(Keys::Each) };
    if Some(by) == model.quarter {
        return Ok(Keys::All);
    }
    let dimensions = &slice.definition().dimensions;
    if let Some(position) = dimensions.iter().position(|id| *id == by) {
        return Ok(Keys::Member(position));
    }
    let mapped = dimensions.iter().enumerate().find_map(|(position, id)| {
        let map = model.maps.iter().position(|map| map.from == *id && map.to == by)?;
        Some(Keys::Mapped(position, map))
    });
    mapped.ok_or_else(|| {
        let ways = ways_to_sum(model, slice.variable);
        let name = &model.dimensions[by.index()].name;
        Failure::call(format!("`{}` cannot be summed by {name}", slice.definition().name))
            .help(format!("`--by` takes {}", ways.join(", ")))
    })
}

/// The dimensions that lines of a variable may stand for.
fn ways_to_sum(model: &Model, variable: VariableId) -> Vec<String> {
    let dimensions = &model.variables[variable.index()].dimensions;
    let name = |id: &DimensionId| format!("`{}`", model.dimensions[id.index()].name);
    let own = dimensions.iter().filter(|id| Some(**id) != model.quarter).map(name);
    let mapped = model.maps.iter().filter(|map| dimensions.contains(&map.from)).map(|map| name(&map.to));
    let mut ways: Vec<String> = own.chain(mapped).collect();
    ways.push("`quarter` (all of it)".to_owned());
    ways.dedup();
    ways
}

/// Says of too many lines how to have fewer.
pub(in super::super) fn too_many(model: &Model, lines: &Lines, most: usize, stacks: bool) -> Failure {
    let count = counted(lines.each.len(), "line");
    let first = lines.each.first();
    let example = first.and_then(|line| line.members.first().map(|(id, member)| (line.variable, *id, *member)));
    let pick = example.map_or(String::new(), |(variable, id, member)| {
        let name = &model.variables[variable.index()].name;
        let dimension = &model.dimensions[id.index()].name;
        format!("pick members, as in '{name}[{dimension} = {}]'; ", member_name(model, id, member))
    });
    let ways = first.map(|line| ways_to_sum(model, line.variable).join(", ")).unwrap_or_default();
    let stacked = if stacks { "; --stacked gathers the smaller ones" } else { "" };
    Failure::call(format!("{count} are more than the {most} that can be told apart"))
        .help(format!("{pick}--top {most} keeps the largest; --by sums, by {ways}{stacked}"))
}
