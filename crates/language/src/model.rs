//! The checked model: what the engine works on. Indices into arenas stand for names; every value is
//! in base units; every type has been checked.

use crate::calendar::{Date, Quarter};
use crate::native::{Signature, SignatureDimension};
use crate::source::{Sources, Span};
use crate::unit::{Powers, Unit, Units};

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);
        impl $name {
            /// The position in its arena.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index!(/** A dimension, in [`Model::dimensions`]. */ DimensionId);
index!(/** A map between dimensions, in [`Model::maps`]. */ MapId);
index!(/** A named quantity, in [`Model::variables`]. */ VariableId);
index!(/** A node of a formula, in [`Model::expressions`]. */ ExpressionId);
index!(/** Where a figure comes from, in [`Model::origins`]. */ OriginId);
index!(/** A publication, in [`Model::publications`]. */ PublicationId);

/// A checked model under one choice of scenario and date.
#[derive(Clone, Debug)]
pub struct Model {
    /// The texts it was read from.
    pub sources: Sources,
    /// The library of units.
    pub units: Units,
    /// The first quarter; the quarter dimension counts from it.
    pub first_quarter: Quarter,
    /// All dimensions. The quarter, where there is one, is [`Model::quarter`].
    pub dimensions: Vec<Dimension>,
    /// The dimension of quarters.
    pub quarter: Option<DimensionId>,
    /// All maps between dimensions.
    pub maps: Vec<Map>,
    /// All inputs, formulas and natives, in the order of files and lines.
    pub variables: Vec<Variable>,
    /// The nodes of all formulas; a node comes after the nodes it reads.
    pub expressions: Vec<Expression>,
    /// The order of evaluation: every rule stands after the rules it reads, but for `prev`.
    pub order: Vec<Group>,
    /// Where figures come from.
    pub origins: Vec<Origin>,
    /// The publications, from the table of sources.
    pub publications: Vec<Publication>,
    /// Invariants.
    pub checks: Vec<Check>,
    /// Published figures.
    pub claims: Vec<Claim>,
    /// All scenarios, whether applied or not.
    pub scenarios: Vec<Scenario>,
    /// Cells for which sources disagree.
    pub conflicts: Vec<Conflict>,
}

/// A dimension and its members.
#[derive(Clone, Debug)]
pub struct Dimension {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub doc: String,
    /// The names of its members.
    pub members: Vec<String>,
    /// The dimension whose members it shares (itself, unless declared `like`).
    pub family: DimensionId,
    /// Whether the members are the quarters of the model.
    pub temporal: bool,
    /// Where it is declared.
    pub span: Span,
}

/// A total map from one dimension to another.
#[derive(Clone, Debug)]
pub struct Map {
    /// The dimension it leads from.
    pub from: DimensionId,
    /// The dimension it leads to.
    pub to: DimensionId,
    /// For each member of `from`, the member of `to`.
    pub targets: Vec<u32>,
    /// Where it is declared.
    pub span: Span,
}

/// A named quantity.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub doc: String,
    /// The unit it is declared and shown in.
    pub unit: Unit,
    /// Its dimensions, in the declared order. Cells are stored row by row: the last varies fastest.
    pub dimensions: Vec<DimensionId>,
    /// Whether cells may lack.
    pub partial: bool,
    /// What gives it its value.
    pub definition: Definition,
    /// The name in its declaration.
    pub span: Span,
    /// The whole item.
    pub item: Span,
}

/// What gives a variable its value.
#[derive(Clone, Debug)]
pub enum Definition {
    /// Figures with an origin.
    Input(Input),
    /// One clause, or one for each of some members of a dimension.
    Formula(Vec<Clause>),
    /// An algorithm of the registry, by the name of the variable.
    Native {
        /// What it reads, in the order declared.
        inputs: Vec<VariableId>,
        /// Whether it computes each quarter from what these are in that quarter.
        each_quarter: bool,
    },
}

/// The figures of an input.
#[derive(Clone, Debug)]
pub struct Input {
    /// A figure for every cell that has one.
    pub cells: Vec<Option<Figure>>,
    /// The dimension each member of which takes its own draw; one draw for all cells otherwise.
    pub each: Option<DimensionId>,
    /// The input its draws are rank-correlated with, and the rank correlation.
    pub with: Option<(VariableId, f64)>,
}

impl Input {
    /// Whether any figure has a spread.
    #[must_use]
    pub fn is_uncertain(&self) -> bool {
        self.cells.iter().flatten().any(|figure| figure.spread.is_some())
    }
}

/// One figure, in base units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// The value; the median where there is a spread.
    pub value: f64,
    /// The 5th and 95th percentiles.
    pub spread: Option<(f64, f64)>,
    /// Where it comes from.
    pub origin: OriginId,
    /// Whether it was filled in between reported figures.
    pub filled: bool,
}

/// Where a figure comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The publication, or `None` for an assumption of the model.
    pub publication: Option<PublicationId>,
    /// Where in the publication, or why it is assumed.
    pub text: String,
    /// When it was published; assumptions of the model have no date.
    pub published: Option<Date>,
    /// How it is known.
    pub kind: Kind,
    /// The scenario that set it, if one did.
    pub scenario: Option<String>,
    /// The row or the item that states it.
    pub span: Span,
}

/// How a figure is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Stated by who it is about.
    Reported,
    /// Worked out by somebody.
    Estimate,
    /// Assumed.
    Assumption,
}

impl Kind {
    /// The word in a table.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Kind::Reported => "reported",
            Kind::Estimate => "estimate",
            Kind::Assumption => "assumption",
        }
    }
}

/// A row of the table of sources.
#[derive(Clone, Debug)]
pub struct Publication {
    /// The key that origins name.
    pub key: String,
    /// Who published it.
    pub publisher: String,
    /// What it is called.
    pub title: String,
    /// When it was published, as the table says.
    pub date: Option<Date>,
    /// Where it is kept.
    pub url: String,
    /// Under which terms.
    pub licence: String,
    /// The row.
    pub span: Span,
}

/// One clause of a formula.
#[derive(Clone, Copy, Debug)]
pub struct Clause {
    /// The member it is for; `None` when it is for every cell.
    pub member: Option<(DimensionId, u32)>,
    /// What it says.
    pub body: ExpressionId,
}

/// A clause of a formula, or an input or native (whose clause is 0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rule {
    /// The variable.
    pub variable: VariableId,
    /// The position among its clauses.
    pub clause: u32,
}

/// Rules evaluated together.
#[derive(Clone, Debug)]
pub struct Group {
    /// In an order in which each reads only earlier ones, or later ones through `prev`.
    pub rules: Vec<Rule>,
    /// Whether they read each other through `prev`, and so run quarter by quarter. Then every rule
    /// varies by quarter, and reads rules of the group at the quarter at hand or the one before.
    pub recursive: bool,
}

/// A node of a formula with its type.
#[derive(Clone, Debug)]
pub struct Expression {
    /// What it does.
    pub node: Node,
    /// The base units of its value.
    pub powers: Powers,
    /// The dimensions it varies by, as a set of bits by [`DimensionId`].
    pub dimensions: DimensionSet,
    /// Whether cells may lack.
    pub partial: bool,
    /// Where it stands.
    pub span: Span,
}

/// A set of dimensions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DimensionSet([u128; DimensionSet::WORDS]);

impl DimensionSet {
    /// Words of bits, one bit a dimension.
    const WORDS: usize = 4;

    /// The most dimensions a model may have.
    pub const MOST: usize = DimensionSet::WORDS * u128::BITS as usize;

    /// The set of one.
    #[must_use]
    pub fn of(id: DimensionId) -> DimensionSet {
        let mut set = DimensionSet::default();
        let (word, bit) = place(id);
        if let Some(word) = set.0.get_mut(word) {
            *word = bit;
        }
        set
    }

    /// Whether a dimension is in the set.
    #[must_use]
    pub fn contains(self, id: DimensionId) -> bool {
        let (word, bit) = place(id);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Both sets together.
    #[must_use]
    pub fn union(self, other: DimensionSet) -> DimensionSet {
        DimensionSet(std::array::from_fn(|word| self.0[word] | other.0[word]))
    }

    /// This set without the other.
    #[must_use]
    pub fn minus(self, other: DimensionSet) -> DimensionSet {
        DimensionSet(std::array::from_fn(|word| self.0[word] & !other.0[word]))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// The dimensions, by identifier.
    pub fn iter(self) -> impl Iterator<Item = DimensionId> {
        (0..DimensionSet::WORDS).flat_map(move |word| {
            let mut rest = self.0[word];
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros())?;
                rest &= rest - 1;
                Some(DimensionId((word as u32 * u128::BITS + bit) as _))
            })
        })
    }
}

/// The word and the bit in it that stand for a dimension.
fn place(id: DimensionId) -> (usize, u128) {
    let index = id.index();
    (index / u128::BITS as usize, 1 << (index % u128::BITS as usize))
}

impl FromIterator<DimensionId> for DimensionSet {
    fn from_iter<I: IntoIterator<Item = DimensionId>>(ids: I) -> DimensionSet {
        ids.into_iter().fold(DimensionSet::default(), |set, id| set.union(DimensionSet::of(id)))
    }
}

/// What a node of a formula does.
#[derive(Clone, Debug)]
pub enum Node {
    /// A constant, in base units.
    Number(f64),
    /// A variable, at the cell at hand but for the picks.
    Load {
        /// The variable.
        variable: VariableId,
        /// For dimensions of the variable, where to look instead of the cell at hand.
        picks: Vec<(DimensionId, Pick)>,
    },
    /// The quarter at hand along a temporal dimension: seconds since the first quarter began.
    Time(DimensionId),
    /// A function of values at the same cell.
    Apply(Function, Vec<ExpressionId>),
    /// `if condition then yes else no`.
    If(ExpressionId, ExpressionId, ExpressionId),
    /// The first where it has a figure, the second elsewhere.
    Otherwise(ExpressionId, ExpressionId),
    /// A reduction over dimensions of the body.
    Reduce {
        /// How values are brought together.
        reduction: Reduction,
        /// What is brought together.
        body: ExpressionId,
        /// The dimensions that go, each with the map to the dimension that comes instead.
        over: Vec<(DimensionId, Option<MapId>)>,
    },
    /// The value one quarter earlier, and the start in the first quarter.
    Previous {
        /// The value.
        value: ExpressionId,
        /// What stands for it in the first quarter.
        start: ExpressionId,
    },
}

impl Node {
    /// The nodes it reads.
    #[must_use]
    pub fn parts(&self) -> Vec<ExpressionId> {
        match self {
            Node::Number(_) | Node::Time(_) | Node::Load { .. } => Vec::new(),
            Node::Apply(_, parts) => parts.clone(),
            Node::If(condition, yes, no) => vec![*condition, *yes, *no],
            Node::Otherwise(first, second) => vec![*first, *second],
            Node::Reduce { body, .. } => vec![*body],
            Node::Previous { value, start } => vec![*value, *start],
        }
    }
}

/// Where along a dimension to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// At one member.
    Member(u32),
    /// At the member of the same position along another dimension of the same family.
    Along(DimensionId),
    /// At the member that a map gives for the member at hand.
    Through(MapId),
}

/// A function of values at one cell. Comparisons give 1 or 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// a + b
    Add,
    /// a - b
    Subtract,
    /// a * b
    Multiply,
    /// a / b
    Divide,
    /// a ^ b
    Power,
    /// -a
    Negate,
    /// a < b
    Less,
    /// a <= b
    LessOrEqual,
    /// a > b
    Greater,
    /// a >= b
    GreaterOrEqual,
    /// a == b
    Equal,
    /// a != b
    NotEqual,
    /// The least of two or more.
    Minimum,
    /// The greatest of two or more.
    Maximum,
    /// clamp(x, low, high)
    Clamp,
    /// e to the power of a
    Exponential,
    /// The natural logarithm.
    Logarithm,
    /// The square root.
    Root,
    /// |a|
    Absolute,
    /// 1 / (1 + exp(-a))
    Logistic,
    /// rate / (1 - (1 + rate)^-life), compounded yearly; arguments and result in seconds.
    /// The year in seconds is in the third argument, a [`Node::Number`].
    Annuity,
}

/// How a reduction brings values together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reduction {
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
    /// The least.
    Minimum,
    /// The greatest.
    Maximum,
    /// How many comparisons hold (the body gives 1 or 0). Cells that lack count as not holding.
    CountTrue,
    /// How many cells a partial value has.
    CountPresent,
}

/// An invariant: it must hold in every cell that is present.
#[derive(Clone, Debug)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub doc: String,
    /// What is held against the bounds.
    pub value: ExpressionId,
    /// The bounds.
    pub bounds: Bounds,
    /// The unit figures are shown in.
    pub unit: Unit,
    /// The whole item.
    pub span: Span,
}

/// What a check or claim compares with.
#[derive(Clone, Copy, Debug)]
pub enum Bounds {
    /// Equal.
    Equal(ExpressionId),
    /// Neither below the first nor above the second.
    Between(ExpressionId, ExpressionId),
}

/// Somebody's published figure. All its expressions are scalars.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub doc: String,
    /// What the model says.
    pub value: ExpressionId,
    /// What was published.
    pub bounds: Bounds,
    /// The relative difference still called reproduced.
    pub within: f64,
    /// The unit figures are shown in.
    pub unit: Unit,
    /// Who published it.
    pub origin: OriginId,
    /// The whole item.
    pub span: Span,
}

/// A scenario's name and parentage.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub doc: String,
    /// The scenario it stands on.
    pub on: Option<String>,
    /// The names of the inputs it changes itself.
    pub changes: Vec<String>,
    /// The whole item.
    pub span: Span,
}

/// A cell for which sources disagree.
#[derive(Clone, Debug)]
pub struct Conflict {
    /// The input.
    pub variable: VariableId,
    /// The cell.
    pub cell: u32,
    /// Every figure given for it, the one in use first.
    pub figures: Vec<Figure>,
}

impl Model {
    /// The type of a variable, as natives see it.
    #[must_use]
    pub fn signature(&self, id: VariableId) -> Signature<'_> {
        let variable = &self.variables[id.index()];
        let dimensions = variable.dimensions.iter().map(|id| {
            let dimension = &self.dimensions[id.index()];
            SignatureDimension { id: *id, name: &dimension.name, members: &dimension.members }
        });
        Signature { name: &variable.name, unit: &variable.unit, dimensions: dimensions.collect() }
    }

    /// The type of a variable in any one quarter.
    #[must_use]
    pub fn signature_in_quarter(&self, id: VariableId) -> Signature<'_> {
        let mut signature = self.signature(id);
        signature.dimensions.retain(|dimension| Some(dimension.id) != self.quarter);
        signature
    }

    /// The variable of a name.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<VariableId> {
        self.variables.iter().position(|variable| variable.name == name).map(|index| VariableId(index as u32))
    }

    /// The dimension of a name.
    #[must_use]
    pub fn dimension(&self, name: &str) -> Option<DimensionId> {
        self.dimensions.iter().position(|dimension| dimension.name == name).map(|index| DimensionId(index as u32))
    }

    /// How many members each dimension of a variable has, in order.
    #[must_use]
    pub fn shape(&self, variable: VariableId) -> Vec<usize> {
        let variable = &self.variables[variable.index()];
        variable.dimensions.iter().map(|id| self.dimensions[id.index()].members.len()).collect()
    }

    /// How many cells a variable has.
    #[must_use]
    pub fn cells(&self, variable: VariableId) -> usize {
        self.shape(variable).iter().product()
    }
}
