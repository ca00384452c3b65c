//! Quarters, dimensions and maps.

use super::{Checker, Symbol, suggestion};
use crate::calendar::Quarter;
use crate::diagnostic::Diagnostic;
use crate::model::{Dimension, DimensionId, DimensionSet, Map, MapId};
use crate::source::Span;
use crate::syntax::{Item, ItemKind, Members, Name, Pairs, Path};
use std::collections::HashMap;

/// The name of the dimension that `quarters` declares.
const QUARTER: &str = "quarter";
/// The most quarters a model may span.
const MOST_QUARTERS: i32 = 400;

impl Checker<'_> {
    /// Enters the quarters and every dimension; one `like` another waits for it.
    pub(crate) fn declare_dimensions(&mut self, items: &[Item]) {
        let mut spanned: Option<Span> = None;
        for item in items {
            let ItemKind::Quarters(first, last) = item.kind else { continue };
            if let Some(other) = spanned {
                let fault = Diagnostic::new(item.span, "the quarters are declared twice").other(other, "first here");
                self.faults.push(fault.help("a model has one span of quarters"));
            } else {
                spanned = Some(item.span);
                self.declare_quarters(item, first, last);
            }
        }
        let mut waiting: Vec<(&Item, &Name, &Name)> = Vec::new();
        for item in items {
            let ItemKind::Dimension(name, members) = &item.kind else { continue };
            if !self.holds(name) {
                continue;
            }
            match members {
                Members::Listed(listed) => {
                    if let Some(names) = self.distinct(name, listed) {
                        self.add_dimension(name, &item.doc, names, None, false);
                    }
                }
                Members::From(path) => {
                    if let Some(names) = self.members_from(name, path) {
                        self.member_tables.insert(DimensionId(self.dimensions.len() as u32), path.text.clone());
                        self.add_dimension(name, &item.doc, names, None, false);
                    }
                }
                Members::Like(other) => waiting.push((item, name, other)),
            }
        }
        self.declare_likes(waiting);
    }

    fn declare_quarters(&mut self, item: &Item, first: Quarter, last: Quarter) {
        let count = last.0 - first.0 + 1;
        if count > MOST_QUARTERS {
            self.fault(item.span, format!("the model spans {count} quarters; the most is {MOST_QUARTERS}"));
            self.declare(&Name { text: QUARTER.to_owned(), span: item.span }, Symbol::Pending("a dimension"));
            return;
        }
        self.first_quarter = Some(first);
        let name = Name { text: QUARTER.to_owned(), span: item.span };
        if self.declare(&name, Symbol::Pending("a dimension")) {
            let members = (first.0..=last.0).map(|quarter| Quarter(quarter).to_string()).collect();
            self.add_dimension(&name, &item.doc, members, None, true);
        }
    }

    fn declare_likes(&mut self, mut waiting: Vec<(&Item, &Name, &Name)>) {
        while !waiting.is_empty() {
            let before = waiting.len();
            let mut left = Vec::new();
            for (item, name, other) in waiting {
                match self.symbols.get(&other.text) {
                    Some((Symbol::Dimension(id), _)) => {
                        let like = &self.dimensions[id.index()];
                        let (members, temporal) = (like.members.clone(), like.temporal);
                        self.add_dimension(name, &item.doc, members, Some(*id), temporal);
                    }
                    _ => left.push((item, name, other)),
                }
            }
            waiting = left;
            if waiting.len() == before {
                break;
            }
        }
        for (_, name, other) in &waiting {
            if name.text == other.text {
                self.fault_with(other.span, format!("`{}` is like itself", name.text), "list its members: `= a, b`");
            } else if waiting.iter().any(|(_, name, _)| name.text == other.text) {
                self.fault_with(
                    other.span,
                    format!("`{}` is like itself by way of `{}`", name.text, other.text),
                    "one of them must list its members",
                );
            } else if other.text == QUARTER && !self.symbols.contains_key(QUARTER) {
                self.fault_with(other.span, "the model has no quarters", "declare them: `quarters 2024Q1 to 2030Q4`");
            } else {
                self.find_dimension(other);
            }
        }
    }

    fn add_dimension(
        &mut self,
        name: &Name,
        doc: &str,
        members: Vec<String>,
        like: Option<DimensionId>,
        temporal: bool,
    ) {
        if self.dimensions.len() >= DimensionSet::MOST {
            self.fault(name.span, format!("a model has at most {} dimensions", DimensionSet::MOST));
            return;
        }
        let id = DimensionId(self.dimensions.len() as u32);
        let family = like.map_or(id, |other| self.dimensions[other.index()].family);
        self.members.push(members.iter().enumerate().map(|(index, name)| (name.clone(), index as u32)).collect());
        self.dimensions.push(Dimension {
            name: name.text.clone(),
            doc: doc.to_owned(),
            members,
            family,
            temporal,
            span: name.span,
        });
        self.resolve(name, Symbol::Dimension(id));
    }

    fn distinct(&mut self, dimension: &Name, listed: &[Name]) -> Option<Vec<String>> {
        let mut seen: HashMap<&str, Span> = HashMap::new();
        let mut sound = true;
        for member in listed {
            if let Some(first) = seen.insert(&member.text, member.span) {
                let what = format!("the member `{}` of `{}` is listed twice", member.text, dimension.text);
                self.faults.push(Diagnostic::new(member.span, what).other(first, "first here"));
                sound = false;
            }
        }
        sound.then(|| listed.iter().map(|member| member.text.clone()).collect())
    }

    fn members_from(&mut self, name: &Name, path: &Path) -> Option<Vec<String>> {
        let table = self.table(path)?;
        let Some(column) = table.column(&name.text) else {
            let known = table.header.iter().map(String::as_str);
            let help = suggestion(&name.text, known, format!("its columns are {}", table.header.join(", ")));
            self.fault_with(path.span, format!("`{}` has no column `{}`", path.text, name.text), help);
            return None;
        };
        let mut members: Vec<String> = Vec::new();
        let mut sound = true;
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for row in table.rows() {
            let member = row.cell(column);
            if !is_name(member) {
                let place = table.cell_span(self.sources, row, column);
                let what = if member.is_empty() {
                    format!("this row has no `{}`", name.text)
                } else {
                    format!("`{member}` cannot be a member of `{}`", name.text)
                };
                self.fault_with(place, what, "a member is a letter, then letters, digits and `_`");
                return None;
            }
            if !seen.contains_key(member) {
                seen.insert(member, row.span);
                members.push(member.to_owned());
            } else if column == 0 {
                let place = table.cell_span(self.sources, row, column);
                let what = format!("`{member}` has two rows in `{}`", path.text);
                let fault = Diagnostic::new(place, what).other(seen[member], "first here");
                self.faults.push(fault.help(format!(
                    "`{}` is the first column, so a member stands in it once: delete or rename one",
                    name.text
                )));
                sound = false;
            }
        }
        if members.is_empty() {
            self.fault(path.span, format!("`{}` has no row, so `{}` has no member", path.text, name.text));
            return None;
        }
        sound.then_some(members)
    }

    /// Enters every map.
    pub(crate) fn declare_maps(&mut self, items: &[Item]) {
        for item in items {
            let ItemKind::Map(from, to, pairs) = &item.kind else { continue };
            let (Some(source), Some(target)) = (self.find_dimension(from), self.find_dimension(to)) else { continue };
            if let Some(other) = self.maps.iter().find(|map| map.from == source && map.to == target) {
                let what = format!("the map from `{}` to `{}` is declared twice", from.text, to.text);
                self.faults.push(Diagnostic::new(item.span, what).other(other.span, "first here"));
                continue;
            }
            let listed = match pairs {
                Pairs::Listed(pairs) => pairs.clone(),
                Pairs::From(path) => match self.pairs_from(from, to, path) {
                    Some(pairs) => pairs,
                    None => continue,
                },
            };
            if let Some(targets) = self.targets(source, target, &listed, item.span) {
                self.maps.push(Map { from: source, to: target, targets, span: item.span });
            }
        }
    }

    fn targets(&mut self, from: DimensionId, to: DimensionId, pairs: &[(Name, Name)], item: Span) -> Option<Vec<u32>> {
        let mut targets: Vec<Option<(u32, Span)>> = vec![None; self.dimensions[from.index()].members.len()];
        let mut sound = true;
        for (member, target) in pairs {
            let member_id = self.find_member(from, &member.text, member.span);
            let target_id = self.find_member(to, &target.text, target.span);
            let (Some(member_id), Some(target_id)) = (member_id, target_id) else {
                sound = false;
                continue;
            };
            match targets[member_id as usize] {
                Some((other, first)) if other != target_id => {
                    let what = format!("`{}` is mapped twice, to different members", member.text);
                    self.faults.push(Diagnostic::new(member.span, what).other(first, "first here"));
                    sound = false;
                }
                _ => targets[member_id as usize] = Some((target_id, member.span)),
            }
        }
        let missing: Vec<&str> = targets
            .iter()
            .zip(&self.dimensions[from.index()].members)
            .filter(|(target, _)| target.is_none())
            .map(|(_, name)| name.as_str())
            .collect();
        if sound && !missing.is_empty() {
            let what = format!("the map leaves out {}", listing(&missing));
            let help = format!(
                "a map from `{}` to `{}` has a pair for every member",
                self.dimension_name(from),
                self.dimension_name(to)
            );
            self.fault_with(item, what, help);
            return None;
        }
        targets.into_iter().map(|target| target.map(|(id, _)| id)).collect()
    }

    fn pairs_from(&mut self, from: &Name, to: &Name, path: &Path) -> Option<Vec<(Name, Name)>> {
        let table = self.table(path)?;
        let mut columns = [0, 0];
        for (column, name) in columns.iter_mut().zip([from, to]) {
            let Some(found) = table.column(&name.text) else {
                let known = table.header.iter().map(String::as_str);
                let help = suggestion(&name.text, known, format!("its columns are {}", table.header.join(", ")));
                self.fault_with(path.span, format!("`{}` has no column `{}`", path.text, name.text), help);
                return None;
            };
            *column = found;
        }
        let cell = |row: &crate::table::Row, column: usize| Name {
            text: row.cell(column).to_owned(),
            span: table.cell_span(self.sources, row, column),
        };
        Some(table.rows().iter().map(|row| (cell(row, columns[0]), cell(row, columns[1]))).collect())
    }

    /// The map between two dimensions.
    pub(crate) fn find_map(&self, from: DimensionId, to: DimensionId) -> Option<MapId> {
        self.maps.iter().position(|map| map.from == from && map.to == to).map(|index| MapId(index as u32))
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}

/// The first few names of many, such as `` `a`, `b` and 4 more ``.
pub(crate) fn listing(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(3).map(|name| format!("`{name}`")).collect();
    match names.len() {
        0 => String::new(),
        1 => shown[0].clone(),
        2 | 3 => format!("{} and {}", shown[..shown.len() - 1].join(", "), shown[shown.len() - 1]),
        count => format!("{} and {} more", shown.join(", "), count - 3),
    }
}
