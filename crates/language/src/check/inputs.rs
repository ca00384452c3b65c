//! Inputs: a figure for every cell, with its origin and its spread.

use super::fill::{Point, fill};
use super::types::Shown;
use super::{Checker, Symbol};
use crate::calendar::{Date, Quarter};
use crate::diagnostic::Diagnostic;
use crate::model::{Conflict, Definition, DimensionId, Figure, Input, OriginId, VariableId};
use crate::source::Span;
use crate::syntax::{self, Amount, Data, Fill, Item, ItemKind, Name, Spread, Values};
use crate::unit::Unit;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Where along the quarters a figure stands; the first quarter for an input without quarters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Period {
    /// The first quarter, counted from the first of the model.
    pub(crate) start: i32,
    /// 1, or 4 for a year.
    pub(crate) quarters: i32,
}

/// One figure that was given for a cell.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) figure: Figure,
    pub(crate) preferred: bool,
    pub(crate) published: Option<Date>,
    pub(crate) span: Span,
}

/// Everything given for an input: by series (its cell in the first quarter) and period.
pub(crate) type Given = BTreeMap<(usize, Period), Vec<Candidate>>;

impl Checker<'_> {
    /// Reads the figures of every input.
    pub(crate) fn read_inputs(&mut self, items: &[Item]) {
        for item in items {
            let ItemKind::Input(input) = &item.kind else { continue };
            let Some((Symbol::Variable(id), _)) = self.symbols.get(&input.signature.name.text).copied() else {
                continue;
            };
            if !self.holds(&input.signature.name) || self.broken[id.index()] {
                continue;
            }
            match self.read_input(id, input) {
                Some(read) => self.variables[id.index()].definition = Definition::Input(read),
                None => self.broken[id.index()] = true,
            }
        }
        self.check_unread_rows(items);
        self.link_correlations(items);
    }

    fn read_input(&mut self, id: VariableId, input: &syntax::Input) -> Option<Input> {
        let origin = match &input.origin {
            Some(origin) => Some(self.sheet_origin(origin, None)?),
            None => None,
        };
        if let Some((_, span)) = input.fill
            && self.temporal_axis(id).is_none()
        {
            let what = format!("`{}` has no quarters to interpolate over", self.variable(id).name);
            self.fault_with(span, what, "remove `interpolate`, or add `quarter` to its dimensions");
            return None;
        }
        if let Some((Fill::Spread, span)) = input.fill
            && self.is_rate(id)
        {
            let variable = self.variable(id);
            let what = format!(
                "`{}` is a rate, in {}, and only an amount can be shared out",
                variable.name, variable.unit.text
            );
            self.fault_with(span, what, "a rate holds for its whole period: `interpolate step`");
            return None;
        }
        let given = match &input.values {
            Values::Data(data) => self.given_in_sheet(id, data, &[], &self.variable(id).unit.clone(), origin?)?,
            Values::From(path) => self.given_in_table(id, path, input.fill.is_some())?,
        };
        let method = input.fill.map(|(method, _)| method);
        let all = self.place(id, &given, method, input.signature.name.span, |_| true)?;
        let mut cells = if self.options.as_of.is_some() {
            let checker = &*self;
            let known: Vec<bool> =
                given.values().flatten().map(|candidate| checker.is_known(candidate.published)).collect();
            if known.iter().all(|known| *known) {
                all.clone()
            } else {
                let as_of = self.options.as_of;
                self.place(id, &given, method, input.signature.name.span, move |published| match (as_of, published) {
                    (Some(as_of), Some(published)) => published.last_day() <= as_of.last_day(),
                    _ => true,
                })?
            }
        } else {
            all.clone()
        };
        self.list_conflicts(id, &given);
        self.fill_gaps(id, input, &all, &mut cells, origin)?;
        if let Some(spread) = &input.spread {
            self.apply_spread(id, spread, &mut cells)?;
        }
        self.check_finite(id, &cells, input.signature.name.span)?;
        let each = match input.spread.as_ref().and_then(|spread| spread.each.as_ref()) {
            Some(name) => Some(self.each(id, name)?),
            None => None,
        };
        Some(Input { cells, each, with: None })
    }

    /// Whether the unit of a quantity is one of so much a time.
    fn is_rate(&self, id: VariableId) -> bool {
        let Some((time, _)) = self.units.find("s") else { return false };
        self.variable(id)
            .unit
            .powers
            .iter()
            .any(|(base, power)| power < 0 && time.iter().any(|(second, _)| second == base))
    }

    /// Reports a figure that is too large for a number once it is in base units.
    pub(crate) fn check_finite(&mut self, id: VariableId, cells: &[Option<Figure>], span: Span) -> Option<()> {
        let ends = |figure: &Figure| figure.spread.is_none_or(|(low, high)| low.is_finite() && high.is_finite());
        if cells.iter().flatten().all(|figure| figure.value.is_finite() && ends(figure)) {
            return Some(());
        }
        let what = format!("a figure of `{}` is too large to be computed with", self.variable(id).name);
        self.fault_with(span, what, "the largest number is about 1.8e308, in base units");
        None
    }

    fn each(&mut self, id: VariableId, name: &Name) -> Option<DimensionId> {
        let dimension = self.find_dimension(name)?;
        if self.variable(id).dimensions.contains(&dimension) {
            return Some(dimension);
        }
        let what = format!("`{}` does not vary by `{}`", self.variable(id).name, name.text);
        self.fault_with(name.span, what, "`each` names a dimension of the input");
        None
    }

    /// Cells without a figure: the one after `otherwise`, or a fault unless the input is partial.
    fn fill_gaps(
        &mut self,
        id: VariableId,
        input: &syntax::Input,
        all: &[Option<Figure>],
        cells: &mut [Option<Figure>],
        origin: Option<OriginId>,
    ) -> Option<()> {
        if let Some(amount) = &input.otherwise {
            if input.partial {
                let what = format!("`{}` is partial and has an `otherwise`", self.variable(id).name);
                self.fault_with(amount.span, what, "`otherwise` fills every cell: remove one of the two");
                return None;
            }
            let value = self.amount_in(amount, &self.variable(id).unit.clone())?;
            let figure = Figure { value, spread: None, origin: origin?, filled: false };
            if !self.is_known(self.origins[figure.origin.index()].published) {
                return Some(());
            }
            cells.iter_mut().filter(|cell| cell.is_none()).for_each(|cell| *cell = Some(figure));
            return Some(());
        }
        let missing: Vec<usize> = all.iter().enumerate().filter(|(_, cell)| cell.is_none()).map(|(at, _)| at).collect();
        if missing.is_empty() || input.partial {
            return Some(());
        }
        let dimensions = self.variable(id).dimensions.clone();
        let shown: Vec<String> = missing.iter().take(3).map(|cell| self.cell_text(&dimensions, *cell)).collect();
        let more = if missing.len() > 3 { format!(" and {} more", missing.len() - 3) } else { String::new() };
        let cells =
            if dimensions.is_empty() { "its one cell".to_owned() } else { format!("[{}]{more}", shown.join("], [")) };
        let what = format!("`{}` has no figure for {cells}", self.variable(id).name);
        let help = match &input.values {
            Values::From(path) => {
                format!("add rows to `{}`, or declare the input `partial`, or end it with `otherwise`", path.text)
            }
            Values::Data(_) => "add the members, or declare the input `partial`, or end it with `otherwise`".to_owned(),
        };
        self.fault_with(input.signature.name.span, what, help);
        None
    }

    /// Chooses among what was given for each cell and fills between quarters.
    fn place(
        &mut self,
        id: VariableId,
        given: &Given,
        method: Option<Fill>,
        name: Span,
        known: impl Fn(Option<Date>) -> bool,
    ) -> Option<Vec<Option<Figure>>> {
        let size = self.variable(id).dimensions.iter().map(|id| self.dimensions[id.index()].members.len()).product();
        let mut cells = vec![None; size];
        let Some((stride, quarters)) = self.temporal_axis(id) else {
            for ((series, _), candidates) in given {
                cells[*series] = chosen(candidates, &known).map(|candidate| candidate.figure);
            }
            return Some(cells);
        };
        let mut points: BTreeMap<usize, Vec<Point>> = BTreeMap::new();
        let mut before: Option<(usize, Period, Span)> = None;
        for ((series, period), candidates) in given {
            let Some(candidate) = chosen(candidates, &known) else { continue };
            if let Some((other, earlier, first)) = before.replace((*series, *period, candidate.span))
                && other == *series
                && earlier.start.saturating_add(earlier.quarters) > period.start
            {
                let (one, two) = (self.period_text(id, other, earlier), self.period_text(id, other, *period));
                let what = format!("`{}` has a figure for {one} and one for {two}", self.variable(id).name);
                let fault = Diagnostic::new(candidate.span, what).other(first, "this overlaps it");
                self.faults.push(fault.help("give the year, or each of its quarters"));
                return None;
            }
            if period.quarters > 1 && !matches!(method, Some(Fill::Step | Fill::Spread)) {
                self.fault_with(
                    candidate.span,
                    "this figure is for a year and the model counts quarters",
                    "end the input with `interpolate spread` to share it out, or `interpolate step` to hold it",
                );
                return None;
            }
            points.entry(*series).or_default().push(Point { period: *period, figure: candidate.figure });
        }
        for (series, points) in points {
            match fill(method, &points, quarters) {
                Ok(filled) => {
                    for (quarter, figure) in filled.into_iter().enumerate() {
                        cells[series + quarter * stride] = figure;
                    }
                }
                Err(what) => {
                    self.fault(name, format!("`{}` {what}", self.variable(id).name));
                    return None;
                }
            }
        }
        Some(cells)
    }

    /// Which of the dimensions is filled between figures: `quarter`, or the first that is like it. Along
    /// another one each figure has its member.
    pub(crate) fn filled_axis(&self, dimensions: &[DimensionId]) -> Option<usize> {
        let quarters = |id: &DimensionId| self.dimensions[id.index()].temporal;
        let itself = |id: &DimensionId| quarters(id) && self.dimensions[id.index()].family == *id;
        dimensions.iter().position(itself).or_else(|| dimensions.iter().position(quarters))
    }

    /// The stride and length of the axis of quarters of a variable.
    pub(crate) fn temporal_axis(&self, id: VariableId) -> Option<(usize, usize)> {
        let dimensions = &self.variable(id).dimensions;
        let at = self.filled_axis(dimensions)?;
        let size = |id: &DimensionId| self.dimensions[id.index()].members.len();
        Some((dimensions[at + 1..].iter().map(size).product(), size(&dimensions[at])))
    }

    fn list_conflicts(&mut self, id: VariableId, given: &Given) {
        let axis = self.temporal_axis(id);
        for ((series, period), candidates) in given {
            if candidates.len() < 2 {
                continue;
            }
            let cell = match axis {
                None => *series,
                Some((stride, quarters)) => match usize::try_from(period.start) {
                    Ok(start) if start < quarters => series + start * stride,
                    _ => continue,
                },
            };
            let known: Vec<&Candidate> =
                candidates.iter().filter(|candidate| self.is_known(candidate.published)).collect();
            let Some(used) = chosen(candidates, |published| self.is_known(published)).map(|used| used.span) else {
                continue;
            };
            let mut figures: Vec<Figure> = Vec::new();
            figures.extend(known.iter().filter(|candidate| candidate.span == used).map(|candidate| candidate.figure));
            figures.extend(known.iter().filter(|candidate| candidate.span != used).map(|candidate| candidate.figure));
            if figures.len() > 1 {
                self.conflicts.push(Conflict { variable: id, cell: cell as u32, figures });
            }
        }
    }

    /// Figures written in a sheet, for all cells or for those of some members.
    pub(crate) fn given_in_sheet(
        &mut self,
        id: VariableId,
        data: &Data,
        picks: &[(DimensionId, u32)],
        unit: &Unit,
        origin: OriginId,
    ) -> Option<Given> {
        let published = self.origins[origin.index()].published;
        let mut given = Given::new();
        match data {
            Data::One(amount) => {
                let value = self.amount_in(amount, unit)?;
                let figure = Figure { value, spread: None, origin, filled: false };
                let candidate = Candidate { figure, preferred: true, published, span: amount.span };
                self.broadcast(id, picks, &candidate, &mut given);
            }
            Data::Keyed(pairs) => {
                let axis = self.keyed_axis(id, pairs, picks)?;
                let mut seen: BTreeMap<u32, Span> = BTreeMap::new();
                for (key, amount) in pairs {
                    let member = self.find_member(axis, &key.text, key.span)?;
                    if let Some(first) = seen.insert(member, key.span) {
                        let fault = Diagnostic::new(key.span, format!("`{}` is given twice", key.text));
                        self.faults.push(fault.other(first, "first here"));
                        return None;
                    }
                    let value = self.amount_in(amount, unit)?;
                    let figure = Figure { value, spread: None, origin, filled: false };
                    let candidate = Candidate { figure, preferred: true, published, span: key.span };
                    let mut picks = picks.to_vec();
                    picks.push((axis, member));
                    self.broadcast(id, &picks, &candidate, &mut given);
                }
            }
        }
        Some(given)
    }

    /// The dimension that the keys of figures in a sheet are members of.
    fn keyed_axis(
        &mut self,
        id: VariableId,
        pairs: &[(Name, Amount)],
        picks: &[(DimensionId, u32)],
    ) -> Option<DimensionId> {
        let free: Vec<DimensionId> = self
            .variable(id)
            .dimensions
            .iter()
            .copied()
            .filter(|dimension| picks.iter().all(|(picked, _)| picked != dimension))
            .collect();
        let first = &pairs[0].0;
        let name = self.variable(id).name.clone();
        if free.is_empty() {
            let what = format!("`{name}` has no dimension that `{}` could be a member of", first.text);
            self.fault_with(first.span, what, "write one number, or give it a dimension");
            return None;
        }
        let holding = |key: &Name| -> Vec<DimensionId> {
            free.iter().copied().filter(|id| self.members[id.index()].contains_key(&key.text)).collect()
        };
        let fitting: Vec<DimensionId> = pairs.iter().map(|(key, _)| holding(key)).max_by_key(Vec::len)?;
        match fitting.as_slice() {
            [one] => Some(*one),
            [] => {
                self.find_member(free[0], &first.text, first.span);
                None
            }
            [one, other, ..] => {
                let what = format!(
                    "`{}` is a member of `{}` and of `{}`",
                    first.text,
                    self.dimension_name(*one),
                    self.dimension_name(*other)
                );
                self.fault_with(first.span, what, format!("put the figures of `{name}` in a table"));
                None
            }
        }
    }

    /// Gives a candidate to every cell that the picks leave open.
    fn broadcast(&self, id: VariableId, picks: &[(DimensionId, u32)], candidate: &Candidate, given: &mut Given) {
        let dimensions = &self.variable(id).dimensions;
        let temporal = self.filled_axis(dimensions);
        let sizes: Vec<usize> = dimensions.iter().map(|id| self.dimensions[id.index()].members.len()).collect();
        let mut at = vec![0usize; sizes.len()];
        loop {
            let fits = picks.iter().all(|(dimension, member)| {
                dimensions.iter().position(|id| id == dimension).is_none_or(|axis| at[axis] == *member as usize)
            });
            if fits {
                let mut series = 0;
                for (axis, size) in sizes.iter().enumerate() {
                    series = series * size + if Some(axis) == temporal { 0 } else { at[axis] };
                }
                let start = temporal.map_or(0, |axis| i32::try_from(at[axis]).unwrap_or(i32::MAX));
                given.entry((series, Period { start, quarters: 1 })).or_default().push(candidate.clone());
            }
            let mut axis = sizes.len();
            loop {
                if axis == 0 {
                    return;
                }
                axis -= 1;
                at[axis] += 1;
                if at[axis] < sizes[axis] {
                    break;
                }
                at[axis] = 0;
            }
        }
    }

    /// An amount in base units. Only a pure number may stand without a unit.
    pub(crate) fn amount_in(&mut self, amount: &Amount, declared: &Unit) -> Option<f64> {
        let Some(written) = &amount.units else {
            if declared.text == "1" {
                return Some(amount.value);
            }
            self.faults.push(self.bare_number(amount, declared));
            return None;
        };
        let unit = self.unit(written)?;
        if unit.powers == declared.powers {
            return Some(amount.value * unit.scale);
        }
        self.faults.push(self.wrong_unit(amount.span, &unit, declared));
        None
    }

    /// A number without its unit.
    fn bare_number(&self, amount: &Amount, declared: &Unit) -> Diagnostic {
        let (number, unit) = (self.sources.text(amount.span), &declared.text);
        let mut help = format!("write `{number} {unit}`");
        if unit.starts_with('%') && amount.value != 0.0 && amount.value.abs() <= 1.0 {
            let _ = write!(help, "; as a fraction of one, {number} is `{} {unit}`", rounded(amount.value * 100.0));
        }
        Diagnostic::new(amount.span, format!("this number needs its unit: {unit} is declared")).help(help)
    }

    pub(crate) fn wrong_unit(&self, span: Span, found: &Unit, declared: &Unit) -> Diagnostic {
        if declared.powers.is_pure() {
            let fault = Diagnostic::new(span, format!("this is in {}, and a pure number is needed", found.text));
            return match declared.text.as_str() {
                "1" => fault.help("leave the unit out, or write `%`"),
                unit => fault.help(format!("write it in {unit}")),
            };
        }
        let (from, to) = (Shown::of(&found.text), Shown::of(&declared.text));
        Diagnostic::new(span, format!("this is in {}, and {} is declared", found.text, declared.text))
            .help(self.missing_factor(&from, &found.powers, &to, &declared.powers))
    }

    /// Gives every figure without a spread of its own the one written in the sheet.
    pub(crate) fn apply_spread(&mut self, id: VariableId, spread: &Spread, cells: &mut [Option<Figure>]) -> Option<()> {
        let declared = if spread.times { Unit::pure() } else { self.variable(id).unit.clone() };
        let low = self.amount_in(&spread.low, &declared)?;
        let high = self.amount_in(&spread.high, &declared)?;
        for (index, cell) in cells.iter_mut().enumerate() {
            let Some(figure) = cell else { continue };
            if figure.spread.is_some() {
                continue;
            }
            let (mut low, mut high) =
                if spread.times { (low * figure.value, high * figure.value) } else { (low, high) };
            if spread.times && figure.value < 0.0 {
                std::mem::swap(&mut low, &mut high);
            }
            if low > figure.value || figure.value > high {
                let dimensions = self.variables[id.index()].dimensions.clone();
                let place = if dimensions.is_empty() {
                    String::new()
                } else {
                    format!(" at {}", self.cell_text(&dimensions, index))
                };
                let scale = self.variables[id.index()].unit.scale;
                let unit = match self.variables[id.index()].unit.text.as_str() {
                    "1" => String::new(),
                    unit => format!(" {unit}"),
                };
                let what = format!(
                    "the spread does not hold the figure{place}: {} is not between {} and {}{unit}",
                    rounded(figure.value / scale),
                    rounded(low / scale),
                    rounded(high / scale),
                );
                let help = if spread.times {
                    "the factors of a spread lie on both sides of 1"
                } else {
                    "a spread runs from the 5th percentile below the figure to the 95th above it; `~ times 0.8 to 1.2` scales with the figure"
                };
                self.fault_with(spread.span, what, help);
                return None;
            }
            figure.spread = Some((low, high));
        }
        Some(())
    }

    /// Resolves `with OTHER`, once every input is read.
    fn link_correlations(&mut self, items: &[Item]) {
        let mut links: BTreeMap<VariableId, (VariableId, Span)> = BTreeMap::new();
        for item in items {
            let ItemKind::Input(input) = &item.kind else { continue };
            let Some((name, rank, _)) = input.spread.as_ref().and_then(|spread| spread.with.as_ref()) else { continue };
            let Some((Symbol::Variable(id), _)) = self.symbols.get(&input.signature.name.text).copied() else {
                continue;
            };
            let Some(partner) = self.find_input(name) else { continue };
            let uncertain = match &self.variable(partner).definition {
                Definition::Input(other) => {
                    // What was not known yet has no spread now, and may have one on another date.
                    self.broken[partner.index()] || self.options.as_of.is_some() || other.is_uncertain()
                }
                _ => true,
            };
            if !uncertain {
                let what = format!("`{}` has no spread to be correlated with", name.text);
                self.fault_with(name.span, what, "give it a spread, or remove `with`");
                continue;
            }
            if let Some(fault) = self.drawn_apart(id, partner, name) {
                self.faults.push(fault);
                continue;
            }
            links.insert(id, (partner, name.span));
            let mut at = partner;
            let mut steps = 0;
            while let Some((next, _)) = links.get(&at) {
                at = *next;
                steps += 1;
                if steps > links.len() {
                    break;
                }
            }
            if at == id || steps > links.len() {
                let what = if id == partner {
                    format!("`{}` is correlated with itself", name.text)
                } else {
                    format!("`{}` is correlated with itself by way of `{}`", input.signature.name.text, name.text)
                };
                self.fault_with(name.span, what, "remove one `with`: each input follows at most one other");
                links.remove(&id);
                continue;
            }
            if let Definition::Input(input) = &mut self.variables[id.index()].definition {
                input.with = Some((partner, *rank));
            }
        }
    }

    /// The fault of a correlation with an input that draws for each member of a dimension along which the
    /// other does not draw, so that there is no draw to follow.
    fn drawn_apart(&self, id: VariableId, partner: VariableId, name: &Name) -> Option<Diagnostic> {
        let each = |id: VariableId| match &self.variable(id).definition {
            Definition::Input(input) => input.each,
            _ => None,
        };
        let family = |id: DimensionId| self.dimensions[id.index()].family;
        let theirs = each(partner)?;
        if each(id).map(family) == Some(family(theirs)) {
            return None;
        }
        let (input, dimension) = (&self.variable(id).name, self.dimension_name(theirs));
        let what = format!("`{}` draws for each `{dimension}`, and `{input}` does not", name.text);
        let help = if self.variable(id).dimensions.iter().any(|id| family(*id) == family(theirs)) {
            format!("let both draw so, with `each {dimension}`, or neither")
        } else {
            format!("remove `with`, or `each {dimension}` from `{}`", name.text)
        };
        Some(Diagnostic::new(name.span, what).help(help))
    }

    /// The input of a name, or a fault.
    pub(crate) fn find_input(&mut self, name: &Name) -> Option<VariableId> {
        let id = self.find_variable(name)?;
        if matches!(self.variable(id).definition, Definition::Input(_)) {
            return Some(id);
        }
        let place = self.variable(id).span;
        self.faults.push(
            Diagnostic::new(name.span, format!("`{}` is not an input", name.text))
                .other(place, "it is computed here")
                .help("only inputs can be changed or drawn"),
        );
        None
    }

    /// A quarter counted from the first of the model.
    pub(crate) fn quarters_in(&self, quarter: Quarter) -> i32 {
        self.first_quarter.map_or(0, |first| quarter.0 - first.0)
    }
}

/// A number without the last digits, which are noise of the conversion of units.
fn rounded(value: f64) -> f64 {
    format!("{value:.8e}").parse().unwrap_or(value)
}

/// The candidate in use: the preferred one when it is known, else the one published last.
fn chosen(candidates: &[Candidate], known: impl Fn(Option<Date>) -> bool) -> Option<&Candidate> {
    let visible = candidates.iter().filter(|candidate| known(candidate.published));
    visible.max_by_key(|candidate| (candidate.preferred, candidate.published.map(Date::last_day)))
}
