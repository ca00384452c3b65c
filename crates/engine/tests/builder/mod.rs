//! Checked models by hand.
#![allow(dead_code)]

use tokenomics_language::calendar::Quarter;
use tokenomics_language::model::*;
use tokenomics_language::source::{FileId, Sources, Span};
use tokenomics_language::unit::{Powers, Unit, Units};

/// A formula.
#[derive(Clone)]
pub enum Formula {
    Number(f64),
    Name(&'static str, Vec<(&'static str, Where)>),
    Time(&'static str),
    Apply(Function, Vec<Formula>),
    If(Box<[Formula; 3]>),
    Otherwise(Box<[Formula; 2]>),
    Reduce(Reduction, Box<Formula>, Vec<(&'static str, Option<&'static str>)>),
    Previous(Box<[Formula; 2]>),
}

/// Where to look along a dimension.
#[derive(Clone)]
pub enum Where {
    Member(u32),
    Along(&'static str),
    Through(&'static str, &'static str),
}

pub fn number(value: f64) -> Formula {
    Formula::Number(value)
}
pub fn name(name: &'static str) -> Formula {
    Formula::Name(name, Vec::new())
}
pub fn at(name: &'static str, picks: &[(&'static str, Where)]) -> Formula {
    Formula::Name(name, picks.to_vec())
}
pub fn apply(function: Function, arguments: &[Formula]) -> Formula {
    Formula::Apply(function, arguments.to_vec())
}
pub fn otherwise(first: Formula, second: Formula) -> Formula {
    Formula::Otherwise(Box::new([first, second]))
}
pub fn when(condition: Formula, yes: Formula, no: Formula) -> Formula {
    Formula::If(Box::new([condition, yes, no]))
}
pub fn prev(value: Formula, start: Formula) -> Formula {
    Formula::Previous(Box::new([value, start]))
}
pub fn sum(body: Formula, over: &'static str) -> Formula {
    reduce(Reduction::Sum, body, over, None)
}
pub fn reduce(reduction: Reduction, body: Formula, over: &'static str, by: Option<&'static str>) -> Formula {
    Formula::Reduce(reduction, Box::new(body), vec![(over, by)])
}

macro_rules! operator {
    ($trait:ident, $method:ident, $function:ident) => {
        impl std::ops::$trait for Formula {
            type Output = Formula;
            fn $method(self, other: Formula) -> Formula {
                Formula::Apply(Function::$function, vec![self, other])
            }
        }
    };
}
operator!(Add, add, Add);
operator!(Sub, sub, Subtract);
operator!(Mul, mul, Multiply);
operator!(Div, div, Divide);

pub const NOWHERE: Span = Span { file: FileId(0), start: 0, end: 0 };

/// A model under construction. Rules are evaluated in the order of their declaration.
pub struct Builder {
    pub model: Model,
    group: Option<Vec<Rule>>,
}

impl Builder {
    pub fn new(quarters: usize) -> Builder {
        let mut builder = Builder {
            model: Model {
                sources: Sources::from_pairs([("test.tok", "")]),
                units: Units::default(),
                first_quarter: Quarter::parse("2024Q1").unwrap(),
                dimensions: Vec::new(),
                quarter: Some(DimensionId(0)),
                maps: Vec::new(),
                variables: Vec::new(),
                expressions: Vec::new(),
                order: Vec::new(),
                origins: vec![Origin {
                    publication: None,
                    text: "a test".to_owned(),
                    published: None,
                    kind: Kind::Assumption,
                    scenario: None,
                    span: NOWHERE,
                }],
                publications: Vec::new(),
                checks: Vec::new(),
                claims: Vec::new(),
                scenarios: Vec::new(),
                conflicts: Vec::new(),
            },
            group: None,
        };
        builder.dimension("quarter", quarters);
        builder.model.dimensions[0].temporal = true;
        builder
    }

    pub fn dimension(&mut self, name: &str, members: usize) -> DimensionId {
        let id = DimensionId(self.model.dimensions.len() as u32);
        self.model.dimensions.push(Dimension {
            name: name.to_owned(),
            doc: String::new(),
            members: (0..members).map(|member| format!("{name}_{member}")).collect(),
            family: id,
            temporal: false,
            span: NOWHERE,
        });
        id
    }

    pub fn like(&mut self, name: &str, other: &str) -> DimensionId {
        let family = self.id(other);
        let members = self.model.dimensions[family.index()].members.len();
        let id = self.dimension(name, members);
        self.model.dimensions[id.index()].family = family;
        self.model.dimensions[id.index()].temporal = true;
        id
    }

    pub fn map(&mut self, from: &str, to: &str, targets: &[u32]) {
        let (from, to) = (self.id(from), self.id(to));
        self.model.maps.push(Map { from, to, targets: targets.to_vec(), span: NOWHERE });
    }

    pub fn id(&self, dimension: &str) -> DimensionId {
        self.model.dimension(dimension).unwrap()
    }

    pub fn variable(&mut self, name: &str, dimensions: &[&str], definition: Definition) -> VariableId {
        let id = VariableId(self.model.variables.len() as u32);
        self.model.variables.push(Variable {
            name: name.to_owned(),
            doc: String::new(),
            unit: Unit::pure(),
            dimensions: dimensions.iter().map(|name| self.id(name)).collect(),
            partial: false,
            definition,
            span: NOWHERE,
            item: NOWHERE,
        });
        id
    }

    fn order(&mut self, rule: Rule) {
        match &mut self.group {
            Some(rules) => rules.push(rule),
            None => self.model.order.push(Group { rules: vec![rule], recursive: false }),
        }
    }

    pub fn partial(&mut self, name: &str, dimensions: &[&str], cells: &[Option<f64>]) -> VariableId {
        self.figures(name, dimensions, cells.iter().map(|value| value.map(|value| (value, None))).collect())
    }

    pub fn input(&mut self, name: &str, dimensions: &[&str], cells: &[f64]) -> VariableId {
        self.figures(name, dimensions, cells.iter().map(|value| Some((*value, None))).collect())
    }

    pub fn uncertain(&mut self, name: &str, dimensions: &[&str], cells: &[(f64, f64, f64)]) -> VariableId {
        self.figures(name, dimensions, cells.iter().map(|(p5, value, p95)| Some((*value, Some((*p5, *p95))))).collect())
    }

    pub fn figures(
        &mut self,
        name: &str,
        dimensions: &[&str],
        cells: Vec<Option<(f64, Option<(f64, f64)>)>>,
    ) -> VariableId {
        let cells = cells
            .into_iter()
            .map(|cell| cell.map(|(value, spread)| Figure { value, spread, origin: OriginId(0), filled: false }))
            .collect();
        let variable = self.variable(name, dimensions, Definition::Input(Input { cells, each: None, with: None }));
        self.order(Rule { variable, clause: 0 });
        variable
    }

    pub fn draw(&mut self, name: &str, each: Option<&str>, with: Option<(&str, f64)>) {
        let each = each.map(|name| self.id(name));
        let with = with.map(|(name, correlation)| (self.model.variable(name).unwrap(), correlation));
        let id = self.model.variable(name).unwrap();
        if let Definition::Input(input) = &mut self.model.variables[id.index()].definition {
            input.each = each;
            input.with = with;
        }
    }

    pub fn native(&mut self, name: &str, dimensions: &[&str], inputs: &[&str]) -> VariableId {
        let inputs = inputs.iter().map(|name| self.model.variable(name).unwrap()).collect();
        let variable = self.variable(name, dimensions, Definition::Native { inputs });
        self.order(Rule { variable, clause: 0 });
        variable
    }

    pub fn formula(&mut self, name: &str, dimensions: &[&str], formula: Formula) -> VariableId {
        let variable = self.variable(name, dimensions, Definition::Formula(Vec::new()));
        self.clause(variable, None, &formula);
        variable
    }

    /// A formula declared but not ordered, so that another may read it.
    pub fn declare(&mut self, name: &str, dimensions: &[&str]) -> VariableId {
        self.variable(name, dimensions, Definition::Formula(Vec::new()))
    }

    pub fn clause(&mut self, variable: VariableId, member: Option<(&str, u32)>, formula: &Formula) {
        let member = member.map(|(name, member)| (self.id(name), member));
        let body = self.expression(formula);
        let Definition::Formula(clauses) = &mut self.model.variables[variable.index()].definition else { panic!() };
        let clause = clauses.len() as u32;
        clauses.push(Clause { member, body });
        self.order(Rule { variable, clause });
    }

    /// What is declared inside reads itself quarter by quarter.
    pub fn recursive(&mut self, declare: impl FnOnce(&mut Builder)) {
        self.group = Some(Vec::new());
        declare(self);
        let rules = self.group.take().unwrap();
        self.model.order.push(Group { rules, recursive: true });
    }

    pub fn expression(&mut self, formula: &Formula) -> ExpressionId {
        let mut dimensions = DimensionSet::default();
        let mut child = |builder: &mut Builder, formula: &Formula| {
            let id = builder.expression(formula);
            dimensions = dimensions.union(builder.model.expressions[id.index()].dimensions);
            id
        };
        let node = match formula {
            Formula::Number(value) => Node::Number(*value),
            Formula::Time(name) => {
                dimensions = DimensionSet::of(self.id(name));
                Node::Time(self.id(name))
            }
            Formula::Name(name, picks) => {
                let variable = self.model.variable(name).unwrap_or_else(|| panic!("{name}"));
                let picks: Vec<_> = picks
                    .iter()
                    .map(|(name, pick)| {
                        let pick = match pick {
                            Where::Member(member) => Pick::Member(*member),
                            Where::Along(other) => Pick::Along(self.id(other)),
                            Where::Through(from, to) => Pick::Through(self.find_map(from, to)),
                        };
                        (self.id(name), pick)
                    })
                    .collect();
                dimensions = self.model.variables[variable.index()]
                    .dimensions
                    .iter()
                    .filter_map(|id| match picks.iter().find(|(picked, _)| picked == id) {
                        None => Some(*id),
                        Some((_, Pick::Member(_))) => None,
                        Some((_, Pick::Along(other))) => Some(*other),
                        Some((_, Pick::Through(map))) => Some(self.model.maps[map.index()].from),
                    })
                    .collect();
                Node::Load { variable, picks }
            }
            Formula::Apply(function, arguments) => {
                Node::Apply(*function, arguments.iter().map(|argument| child(self, argument)).collect())
            }
            Formula::If(parts) => {
                let [condition, yes, no] = [0, 1, 2].map(|part| child(self, &parts[part]));
                Node::If(condition, yes, no)
            }
            Formula::Otherwise(parts) => {
                let [first, second] = [0, 1].map(|part| child(self, &parts[part]));
                Node::Otherwise(first, second)
            }
            Formula::Previous(parts) => {
                let [value, start] = [0, 1].map(|part| child(self, &parts[part]));
                dimensions = dimensions.union(DimensionSet::of(DimensionId(0)));
                Node::Previous { value, start }
            }
            Formula::Reduce(reduction, body, over) => {
                let body = child(self, body);
                let over: Vec<_> =
                    over.iter().map(|(name, by)| (self.id(name), by.map(|by| self.find_map(name, by)))).collect();
                let gone: DimensionSet = over.iter().map(|(id, _)| *id).collect();
                let come = over.iter().filter_map(|(_, map)| map.map(|map| self.model.maps[map.index()].to)).collect();
                dimensions = dimensions.minus(gone).union(come);
                Node::Reduce { reduction: *reduction, body, over }
            }
        };
        let id = ExpressionId(self.model.expressions.len() as u32);
        self.model.expressions.push(Expression {
            node,
            powers: Powers::pure(),
            dimensions,
            partial: false,
            span: NOWHERE,
        });
        id
    }

    fn find_map(&self, from: &str, to: &str) -> MapId {
        let (from, to) = (self.id(from), self.id(to));
        MapId(self.model.maps.iter().position(|map| map.from == from && map.to == to).unwrap() as u32)
    }

    pub fn check(&mut self, value: &Formula, low: &Formula, high: Option<&Formula>) {
        let (value, bounds) = self.bounds(value, low, high);
        self.model.checks.push(Check {
            name: "check".to_owned(),
            doc: String::new(),
            value,
            bounds,
            unit: Unit::pure(),
            span: NOWHERE,
        });
    }

    pub fn claim(&mut self, value: &Formula, low: &Formula, high: Option<&Formula>, within: f64) {
        let (value, bounds) = self.bounds(value, low, high);
        self.model.claims.push(Claim {
            name: "claim".to_owned(),
            doc: String::new(),
            value,
            bounds,
            within,
            unit: Unit::pure(),
            origin: OriginId(0),
            span: NOWHERE,
        });
    }

    fn bounds(&mut self, value: &Formula, low: &Formula, high: Option<&Formula>) -> (ExpressionId, Bounds) {
        let value = self.expression(value);
        let low = self.expression(low);
        let bounds = match high {
            Some(high) => Bounds::Between(low, self.expression(high)),
            None => Bounds::Equal(low),
        };
        (value, bounds)
    }
}
