//! What is needed for the wants, and what uncertain inputs reach.

use crate::{Natives, Wants};
use tokenomics_language::Model;
use tokenomics_language::model::{Definition, ExpressionId, Node, Reduction, VariableId};

/// What uncertain inputs reach.
#[derive(Clone, Debug)]
pub(crate) struct Reach {
    variables: Vec<bool>,
    expressions: Vec<bool>,
}

impl Reach {
    /// Follows every uncertain input to what reads it. A steady native stops it.
    pub fn of(model: &Model, natives: Natives<'_>) -> Reach {
        let steady = |name: &str| natives.iter().any(|native| native.name() == name && native.steady());
        let mut reach =
            Reach { variables: vec![false; model.variables.len()], expressions: vec![false; model.expressions.len()] };
        loop {
            for index in 0..model.expressions.len() {
                reach.expressions[index] = reach.node(&model.expressions[index].node);
            }
            let mut changed = false;
            for (index, variable) in model.variables.iter().enumerate() {
                let reached = match &variable.definition {
                    Definition::Input(input) => input.is_uncertain(),
                    Definition::Formula(clauses) => clauses.iter().any(|clause| reach.expression(clause.body)),
                    Definition::Native { inputs, .. } => {
                        inputs.iter().any(|input| reach.variable(*input)) && !steady(&variable.name)
                    }
                };
                changed |= reached && !std::mem::replace(&mut reach.variables[index], reached);
            }
            if !changed {
                return reach;
            }
        }
    }

    fn node(&self, node: &Node) -> bool {
        match node {
            // Which cells there are is never uncertain.
            Node::Reduce { reduction: Reduction::CountPresent, .. } => false,
            Node::Load { variable, .. } => self.variable(*variable),
            _ => {
                let mut reached = false;
                children(node, |child| reached |= self.expression(child));
                reached
            }
        }
    }

    /// Whether an uncertain input reaches a variable.
    pub fn variable(&self, id: VariableId) -> bool {
        self.variables[id.index()]
    }

    /// Whether an uncertain input reaches an expression.
    pub fn expression(&self, id: ExpressionId) -> bool {
        self.expressions[id.index()]
    }
}

/// The nodes a node reads.
pub(crate) fn children(node: &Node, mut visit: impl FnMut(ExpressionId)) {
    match node {
        Node::Number(_) | Node::Load { .. } | Node::Time(_) => {}
        Node::Apply(_, arguments) => arguments.iter().copied().for_each(visit),
        Node::If(condition, yes, no) => [*condition, *yes, *no].into_iter().for_each(visit),
        Node::Otherwise(first, second) => [*first, *second].into_iter().for_each(visit),
        Node::Reduce { body, .. } => visit(*body),
        Node::Previous { value, start } => [*value, *start].into_iter().for_each(visit),
    }
}

/// Every variable that one reads, itself included, in the order of the model.
#[must_use]
pub fn reads(model: &Model, variable: VariableId) -> Vec<VariableId> {
    let needed = needed(model, &[variable].into_iter().collect());
    (0..needed.len() as u32).map(VariableId).filter(|id| needed[id.index()]).collect()
}

/// Every variable that the wants read, themselves included.
pub(crate) fn needed(model: &Model, wants: &Wants) -> Vec<bool> {
    let mut needed = vec![false; model.variables.len()];
    let mut seen = vec![false; model.expressions.len()];
    let mut variables: Vec<VariableId> = wants.variables.iter().map(|want| want.variable).collect();
    let mut expressions = wants.expressions.clone();
    loop {
        if let Some(id) = expressions.pop() {
            if std::mem::replace(&mut seen[id.index()], true) {
                continue;
            }
            let node = &model.expressions[id.index()].node;
            if let Node::Load { variable, .. } = node {
                variables.push(*variable);
            }
            children(node, |child| expressions.push(child));
        } else if let Some(id) = variables.pop() {
            if std::mem::replace(&mut needed[id.index()], true) {
                continue;
            }
            match &model.variables[id.index()].definition {
                // The draws of an input may hang on those of another, its values never do.
                Definition::Input(_) => {}
                Definition::Formula(clauses) => expressions.extend(clauses.iter().map(|clause| clause.body)),
                Definition::Native { inputs, .. } => variables.extend(inputs),
            }
        } else {
            return needed;
        }
    }
}
