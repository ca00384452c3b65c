//! From what authors wrote to a checked model. Each step goes on as far as it can after a fault, so
//! that one run reports all of them; a name whose declaration is at fault is not complained of again.
//! Where units, dimensions or maps are at fault, it stops with those: everything hangs on them.

mod calls;
mod dimensions;
mod expressions;
mod fill;
mod formulas;
mod inputs;
mod names;
mod order;
mod publications;
mod rows;
mod scenarios;
mod signatures;
mod types;
mod units;

use crate::diagnostic::{Diagnostic, nearest};
use crate::load::{Faults, Options};
use crate::model::{
    Check, Claim, Conflict, Dimension, DimensionId, Expression, ExpressionId, Map, Model, Origin, OriginId,
    Publication, PublicationId, Scenario, Variable, VariableId,
};
use crate::parser;
use crate::source::{Sources, Span};
use crate::syntax::Item;
use crate::table::Table;
use crate::unit::Units;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

pub(crate) use names::Symbol;
pub(crate) use types::Type;

/// The most cells a variable may have.
pub(crate) const MOST_CELLS: usize = 1 << 22;
/// The most cells all variables may have together.
pub(crate) const MOST_CELLS_TOGETHER: usize = 1 << 25;

/// What is known while a model is checked.
pub(crate) struct Checker<'a> {
    sources: &'a Sources,
    options: &'a Options<'a>,
    faults: Vec<Diagnostic>,
    tables: HashMap<String, Option<Rc<Table>>>,
    symbols: HashMap<String, (Symbol, Span)>,
    units: Units,
    /// Units whose declaration has a fault.
    faulty_units: HashSet<String>,
    /// Units and dimensions that were complained of: once is enough, however often they are used.
    unknown: HashSet<String>,
    /// Whether a unit, a dimension or a map has a fault, so that what hangs on them cannot be judged.
    unfounded: bool,
    first_quarter: Option<crate::calendar::Quarter>,
    dimensions: Vec<Dimension>,
    members: Vec<HashMap<String, u32>>,
    /// The tables that dimensions have their members from.
    member_tables: HashMap<DimensionId, String>,
    maps: Vec<Map>,
    publications: Vec<Publication>,
    publication_ids: HashMap<String, PublicationId>,
    origins: Vec<Origin>,
    variables: Vec<Variable>,
    /// Variables with a fault in their declaration or their figures.
    broken: Vec<bool>,
    /// Cells of all variables so far.
    cells: usize,
    expressions: Vec<Expression>,
    /// The kind of value of each expression.
    kinds: Vec<types::Kind>,
    /// The unit of each expression in the words of the author.
    shown: Vec<types::Shown>,
    checks: Vec<Check>,
    claims: Vec<Claim>,
    scenarios: Vec<Scenario>,
    conflicts: Vec<Conflict>,
}

/// Checks the texts and returns the model, or every fault.
pub(crate) fn run(sources: Sources, options: &Options<'_>) -> Result<Model, Faults> {
    let mut checker = Checker {
        sources: &sources,
        options,
        faults: Vec::new(),
        tables: HashMap::new(),
        symbols: HashMap::new(),
        units: Units::default(),
        faulty_units: HashSet::new(),
        unknown: HashSet::new(),
        unfounded: false,
        first_quarter: None,
        dimensions: Vec::new(),
        members: Vec::new(),
        member_tables: HashMap::new(),
        maps: Vec::new(),
        publications: Vec::new(),
        publication_ids: HashMap::new(),
        origins: Vec::new(),
        variables: Vec::new(),
        broken: Vec::new(),
        cells: 0,
        expressions: Vec::new(),
        kinds: Vec::new(),
        shown: Vec::new(),
        checks: Vec::new(),
        claims: Vec::new(),
        scenarios: Vec::new(),
        conflicts: Vec::new(),
    };
    let items = checker.parse();
    let order = checker.check(&items);
    let mut faults = checker.faults;
    if faults.is_empty() {
        return Ok(Model {
            units: checker.units,
            first_quarter: checker.first_quarter.unwrap_or(crate::calendar::Quarter(0)),
            quarter: checker
                .dimensions
                .iter()
                .position(|dimension| dimension.temporal)
                .map(|index| DimensionId(index as u32)),
            dimensions: checker.dimensions,
            maps: checker.maps,
            variables: checker.variables,
            expressions: checker.expressions,
            order,
            origins: checker.origins,
            publications: checker.publications,
            checks: checker.checks,
            claims: checker.claims,
            scenarios: checker.scenarios,
            conflicts: checker.conflicts,
            sources,
        });
    }
    faults.sort_by(|a, b| (a.span, &a.what).cmp(&(b.span, &b.what)));
    faults.dedup();
    Err(Faults { sources, diagnostics: faults })
}

impl Checker<'_> {
    fn parse(&mut self) -> Vec<Item> {
        let mut items = Vec::new();
        if self.sources.len() > Sources::MOST_FILES {
            self.fault(Span::NOWHERE, format!("the model has more than {} files", Sources::MOST_FILES));
            return items;
        }
        for (id, file) in self.sources.iter() {
            if file.text.len() > Sources::LARGEST_TEXT {
                let place = Span { file: id, start: 0, end: 0 };
                self.fault(place, format!("this file is larger than {} MiB", Sources::LARGEST_TEXT >> 20));
            } else if file.ends_in("tok") {
                let (parsed, faults) = parser::parse(id, &file.text);
                items.extend(parsed);
                self.faults.extend(faults);
            }
        }
        if items.is_empty() && self.faults.is_empty() {
            self.faults.push(
                Diagnostic::new(Span::NOWHERE, "there is no sheet to read")
                    .help("a model is a folder with at least one file that ends in `.tok`"),
            );
        }
        items
    }

    fn check(&mut self, items: &[Item]) -> Vec<crate::model::Group> {
        self.declare_names(items);
        let before = self.faults.len();
        self.declare_units(items);
        self.declare_dimensions(items);
        if !self.unfounded {
            self.declare_maps(items);
        }
        if self.unfounded || self.faults.len() > before {
            return Vec::new();
        }
        self.read_publications();
        self.declare_variables(items);
        if !self.unknown.is_empty() {
            return Vec::new();
        }
        self.read_inputs(items);
        self.read_scenarios(items);
        self.read_formulas(items);
        self.order()
    }

    fn fault(&mut self, span: Span, what: impl Into<String>) {
        self.faults.push(Diagnostic::new(span, what));
    }

    fn fault_with(&mut self, span: Span, what: impl Into<String>, help: impl Into<String>) {
        self.faults.push(Diagnostic::new(span, what).help(help));
    }

    /// The table at a path, read once.
    fn table(&mut self, path: &crate::syntax::Path) -> Option<Rc<Table>> {
        if let Some(table) = self.tables.get(&path.text) {
            return table.clone();
        }
        let table = if let Some(file) = self.sources.find(&path.text) {
            match Table::read(self.sources, file) {
                Ok(table) => Some(Rc::new(table)),
                Err(faults) => {
                    self.faults.extend(faults);
                    None
                }
            }
        } else {
            let known: Vec<&str> = self
                .sources
                .iter()
                .filter(|(_, file)| file.ends_in("csv"))
                .map(|(_, file)| file.path.as_str())
                .collect();
            let help = match nearest(&path.text, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if known.is_empty() => "the model has no table".to_owned(),
                None => "a path begins at the root of the model".to_owned(),
            };
            self.fault_with(path.span, format!("there is no table `{}`", path.text), help);
            None
        };
        self.tables.insert(path.text.clone(), table.clone());
        table
    }

    fn dimension_name(&self, id: DimensionId) -> &str {
        &self.dimensions[id.index()].name
    }

    fn origin(&mut self, origin: Origin) -> OriginId {
        self.origins.push(origin);
        OriginId(self.origins.len() as u32 - 1)
    }

    /// The members of a cell of a variable, as `chip = h100, quarter = 2026Q1`.
    fn cell_text(&self, dimensions: &[DimensionId], cell: usize) -> String {
        let parts = self.cell_parts(dimensions, cell);
        let parts: Vec<String> = parts.into_iter().map(|(name, member)| format!("{name} = {member}")).collect();
        parts.join(", ")
    }

    /// The dimensions and members of a cell of a variable.
    fn cell_parts(&self, dimensions: &[DimensionId], mut cell: usize) -> Vec<(&str, &str)> {
        let mut parts = Vec::new();
        for id in dimensions.iter().rev() {
            let dimension = &self.dimensions[id.index()];
            let size = dimension.members.len();
            parts.push((dimension.name.as_str(), dimension.members[cell % size].as_str()));
            cell /= size;
        }
        parts.reverse();
        parts
    }

    fn expression(&self, id: ExpressionId) -> &Expression {
        &self.expressions[id.index()]
    }

    fn variable(&self, id: VariableId) -> &Variable {
        &self.variables[id.index()]
    }
}

/// `did you mean …?` for a misspelt name, when one is near; `otherwise` when none is.
fn suggestion<'n>(name: &str, known: impl IntoIterator<Item = &'n str>, otherwise: impl Into<String>) -> String {
    match nearest(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => otherwise.into(),
    }
}
