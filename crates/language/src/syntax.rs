//! What an author wrote: the tree that errors, the formatter and explanations speak of.

use crate::calendar::Quarter;
use crate::source::Span;

/// A name where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// The name.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// One item of a sheet with the documentation above it.
#[derive(Clone, Debug)]
pub struct Item {
    /// The documentation lines, joined by line ends.
    pub doc: String,
    /// The whole item.
    pub span: Span,
    /// What it declares.
    pub kind: ItemKind,
}

/// What an item declares.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// The quarters the model spans.
    Quarters(Quarter, Quarter),
    /// A dimension.
    Dimension(Name, Members),
    /// A map from one dimension to another.
    Map(Name, Name, Pairs),
    /// A unit.
    Unit(UnitItem),
    /// Figures with an origin.
    Input(Input),
    /// A formula.
    Formula(Formula),
    /// A quantity computed by an algorithm.
    Native(Native),
    /// An invariant.
    Check(Check),
    /// A published figure.
    Claim(Claim),
    /// Changes to inputs.
    Scenario(Scenario),
    /// An item that cannot be read: what it would declare, and the name, so that what speaks of it
    /// is not complained of as well.
    Faulty(&'static str, Name),
}

/// The members of a dimension.
#[derive(Clone, Debug)]
pub enum Members {
    /// Listed.
    Listed(Vec<Name>),
    /// Those of another dimension.
    Like(Name),
    /// The column of a table.
    From(Path),
}

/// The pairs of a map.
#[derive(Clone, Debug)]
pub enum Pairs {
    /// Listed.
    Listed(Vec<(Name, Name)>),
    /// Two columns of a table.
    From(Path),
}

/// The path of a table.
#[derive(Clone, Debug)]
pub struct Path {
    /// The path from the root of the model.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A unit as written: atoms with their powers.
#[derive(Clone, Debug)]
pub struct Units {
    /// Each atom and its power, negative after `/`.
    pub atoms: Vec<(Name, i16)>,
    /// As written.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// The declaration of a unit.
#[derive(Clone, Debug)]
pub struct UnitItem {
    /// Its name.
    pub name: Name,
    /// Whether prefixes may stand before it.
    pub prefixed: bool,
    /// What one of it is; a base unit has nothing here.
    pub definition: Option<(f64, Units)>,
}

/// A name with its dimensions and unit.
#[derive(Clone, Debug)]
pub struct Signature {
    /// The name.
    pub name: Name,
    /// Its dimensions.
    pub dimensions: Vec<Name>,
    /// Its unit.
    pub units: Units,
}

/// A number with an optional unit.
#[derive(Clone, Debug)]
pub struct Amount {
    /// The number, sign included.
    pub value: f64,
    /// The unit written after it.
    pub units: Option<Units>,
    /// Where it stands.
    pub span: Span,
}

/// Figures given in the sheet.
#[derive(Clone, Debug)]
pub enum Data {
    /// One for every cell.
    One(Amount),
    /// One for each of some members.
    Keyed(Vec<(Name, Amount)>),
}

/// A spread around the stated figure.
#[derive(Clone, Debug)]
pub struct Spread {
    /// Whether the ends are factors.
    pub times: bool,
    /// The 5th percentile.
    pub low: Amount,
    /// The 95th percentile.
    pub high: Amount,
    /// The dimension each member of which takes its own draw.
    pub each: Option<Name>,
    /// The input it is rank-correlated with, and how much.
    pub with: Option<(Name, f64, Span)>,
    /// Where it stands.
    pub span: Span,
}

/// How quarters between given ones are filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// Along a straight line.
    Linear,
    /// At a constant rate.
    Log,
    /// The last figure holds.
    Step,
    /// A figure is shared evenly over the quarters since the one before.
    Spread,
}

/// Where a figure comes from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// A publication, and where in it.
    Source(Name, String, Span),
    /// A reason.
    Assume(String, Span),
}

impl Origin {
    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Origin::Source(_, _, span) | Origin::Assume(_, span) => *span,
        }
    }
}

/// Figures with an origin.
#[derive(Clone, Debug)]
pub struct Input {
    /// Whether cells may lack.
    pub partial: bool,
    /// Its name, dimensions and unit.
    pub signature: Signature,
    /// Its figures.
    pub values: Values,
    /// The figure of cells without one.
    pub otherwise: Option<Amount>,
    /// Its spread.
    pub spread: Option<Spread>,
    /// How gaps between quarters are filled.
    pub fill: Option<(Fill, Span)>,
    /// Where it comes from.
    pub origin: Option<Origin>,
}

/// The figures of an input.
#[derive(Clone, Debug)]
pub enum Values {
    /// In the sheet.
    Data(Data),
    /// In a table.
    From(Path),
}

/// A formula.
#[derive(Clone, Debug)]
pub struct Formula {
    /// Whether cells may lack.
    pub partial: bool,
    /// Its name, dimensions and unit.
    pub signature: Signature,
    /// One clause without a member, or one for each of some members.
    pub clauses: Vec<(Option<Name>, Expr)>,
}

/// A quantity computed by an algorithm.
#[derive(Clone, Debug)]
pub struct Native {
    /// Whether cells may lack.
    pub partial: bool,
    /// Its name, dimensions and unit.
    pub signature: Signature,
    /// What it reads.
    pub inputs: Vec<Name>,
}

/// What a value is held against.
#[derive(Clone, Debug)]
pub enum Bounds {
    /// Equal to.
    Equal(Expr),
    /// Not below the first, nor above the second.
    Between(Expr, Expr),
}

/// An invariant.
#[derive(Clone, Debug)]
pub struct Check {
    /// Its name.
    pub name: Name,
    /// The value.
    pub value: Expr,
    /// What it is held against.
    pub bounds: Bounds,
}

/// A published figure.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Its name.
    pub name: Name,
    /// The value.
    pub value: Expr,
    /// What was published.
    pub bounds: Bounds,
    /// The relative difference still called reproduced.
    pub within: Option<Amount>,
    /// Who published it.
    pub origin: Origin,
}

/// Changes to inputs.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name.
    pub name: Name,
    /// The scenario it stands on.
    pub on: Option<Name>,
    /// The changes.
    pub changes: Vec<Change>,
}

/// One change to an input.
#[derive(Clone, Debug)]
pub struct Change {
    /// The input.
    pub name: Name,
    /// Which cells.
    pub picks: Vec<PickItem>,
    /// Whether the figures are factors.
    pub scale: bool,
    /// The figures.
    pub data: Data,
    /// The new spread.
    pub spread: Option<Spread>,
    /// Why.
    pub origin: Origin,
    /// The whole change.
    pub span: Span,
}

/// A pick: where along a dimension to look.
#[derive(Clone, Debug)]
pub struct PickItem {
    /// The dimension.
    pub dimension: Name,
    /// A member, a quarter or another dimension.
    pub target: Name,
}

/// An expression with its place.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
    /// How deep the tree below it is.
    pub depth: u16,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A number, with a unit or pure.
    Amount(Amount),
    /// A quarter.
    Quarter(Quarter),
    /// A name, looked at elsewhere for the picks.
    Name(Name, Vec<PickItem>),
    /// A function of expressions.
    Call(Name, Vec<Expr>),
    /// A reduction over dimensions, each with the dimension it is grouped by.
    Reduce(Name, Box<Expr>, Vec<(Name, Option<Name>)>),
    /// An operator between two expressions.
    Binary(Operator, Span, Box<Expr>, Box<Expr>),
    /// The negative.
    Negate(Box<Expr>),
    /// A choice.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// The first where it has a figure, else the second.
    Otherwise(Box<Expr>, Box<Expr>),
}

/// An operator between two expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `^`
    Power,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
}

impl Operator {
    /// Its mark.
    #[must_use]
    pub fn mark(self) -> &'static str {
        match self {
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Power => "^",
            Operator::Less => "<",
            Operator::LessOrEqual => "<=",
            Operator::Greater => ">",
            Operator::GreaterOrEqual => ">=",
            Operator::Equal => "==",
            Operator::NotEqual => "!=",
        }
    }

    /// Whether it compares.
    #[must_use]
    pub fn compares(self) -> bool {
        !matches!(self, Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Power)
    }
}
