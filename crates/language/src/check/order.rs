//! The order of evaluation: each rule after the rules it reads, and loops only through `prev`.

use super::Checker;
use crate::diagnostic::Diagnostic;
use crate::model::{Definition, DimensionId, ExpressionId, Group, Node, Pick, Rule, VariableId};
use crate::source::Span;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

/// One rule reads another.
#[derive(Clone, Copy)]
struct Edge {
    to: usize,
    /// Whether it looks at the quarter before.
    previous: bool,
    /// Whether it looks at other quarters than the one at hand.
    elsewhere: bool,
    span: Span,
}

impl Checker<'_> {
    /// Groups of rules in order; empty where there are faults.
    pub(crate) fn order(&mut self) -> Vec<Group> {
        if !self.faults.is_empty() {
            return Vec::new();
        }
        let mut rules: Vec<Rule> = Vec::new();
        let mut first: Vec<usize> = Vec::new();
        for (index, variable) in self.variables.iter().enumerate() {
            first.push(rules.len());
            let count = match &variable.definition {
                Definition::Formula(clauses) => clauses.len() as u32,
                Definition::Input(_) | Definition::Native { .. } => 1,
            };
            let variable = VariableId(index as u32);
            rules.extend((0..count).map(|clause| Rule { variable, clause }));
        }
        let edges: Vec<Vec<Edge>> = rules.iter().map(|rule| self.reads(*rule, &first)).collect();
        let mut groups = Vec::new();
        for component in components(&edges) {
            let members: HashSet<usize> = component.iter().copied().collect();
            let inside = |rule: usize| members.contains(&rule);
            let looped = component.len() > 1 || edges[component[0]].iter().any(|edge| edge.to == component[0]);
            if !looped {
                groups.push(Group { rules: vec![rules[component[0]]], recursive: false });
                continue;
            }
            if let Some(sorted) = self.recursion(&component, &edges, &rules, inside) {
                groups.push(Group { rules: sorted.into_iter().map(|rule| rules[rule]).collect(), recursive: true });
            }
        }
        groups
    }

    /// A loop of rules in the order of one quarter, or a fault that prints the loop.
    fn recursion(
        &mut self,
        component: &[usize],
        edges: &[Vec<Edge>],
        rules: &[Rule],
        inside: impl Fn(usize) -> bool,
    ) -> Option<Vec<usize>> {
        // Each rule waits for those it reads in the same quarter; among the ready the first goes first.
        let mut waits: HashMap<usize, usize> = HashMap::new();
        let mut readers: HashMap<usize, Vec<usize>> = HashMap::new();
        for rule in component {
            let within = || edges[*rule].iter().filter(|edge| !edge.previous && inside(edge.to));
            waits.insert(*rule, within().count());
            within().for_each(|edge| readers.entry(edge.to).or_default().push(*rule));
        }
        let mut ready: BinaryHeap<Reverse<usize>> =
            waits.iter().filter(|(_, count)| **count == 0).map(|(rule, _)| Reverse(*rule)).collect();
        let mut sorted: Vec<usize> = Vec::new();
        while let Some(Reverse(rule)) = ready.pop() {
            sorted.push(rule);
            for reader in readers.get(&rule).into_iter().flatten() {
                if let Some(count) = waits.get_mut(reader) {
                    *count -= 1;
                    if *count == 0 {
                        ready.push(Reverse(*reader));
                    }
                }
            }
        }
        if sorted.len() < component.len() {
            let mut left: Vec<usize> = component.iter().copied().filter(|rule| waits[rule] > 0).collect();
            left.sort_unstable();
            self.report_loop(&left, edges, rules);
            return None;
        }
        for rule in component {
            let variable = self.variable(rules[*rule].variable);
            let quarter = self.dimensions.iter().position(|dimension| dimension.temporal);
            let varies = quarter.is_some_and(|at| variable.dimensions.contains(&DimensionId(at as u32)));
            if !varies {
                let what = format!("`{}` is part of a recursion and does not vary by `quarter`", variable.name);
                let span = variable.span;
                self.fault_with(span, what, "a recursion runs quarter by quarter: give it the dimension `quarter`");
                return None;
            }
            let jump = edges[*rule].iter().find(|edge| inside(edge.to) && edge.elsewhere);
            if let Some(jump) = jump {
                let name = &self.variable(rules[jump.to].variable).name;
                let what = format!("a recursion reads `{name}` at other quarters than its own");
                self.fault_with(jump.span, what, "within a recursion only `prev` looks back, and nothing looks ahead");
                return None;
            }
        }
        Some(sorted)
    }

    fn report_loop(&mut self, left: &[usize], edges: &[Vec<Edge>], rules: &[Rule]) {
        let mut path = vec![left[0]];
        let mut spans = Vec::new();
        loop {
            let at = path[path.len() - 1];
            let Some(edge) = edges[at].iter().find(|edge| !edge.previous && left.contains(&edge.to)) else { return };
            spans.push(edge.span);
            if let Some(start) = path.iter().position(|rule| *rule == edge.to) {
                path.drain(..start);
                spans.drain(..start);
                break;
            }
            path.push(edge.to);
        }
        let names: Vec<&str> = path.iter().map(|rule| self.variable(rules[*rule].variable).name.as_str()).collect();
        let shown = format!("{} → {}", names.join(" → "), names[0]);
        let mut fault = Diagnostic::new(spans[0], format!("these read each other within a quarter: {shown}"))
            .help("read one of them a quarter earlier with `prev(x, start)`");
        for span in &spans[1..] {
            fault = fault.other(*span, "and here");
        }
        self.faults.push(fault);
    }

    fn reads(&self, rule: Rule, first: &[usize]) -> Vec<Edge> {
        let mut edges = Vec::new();
        match &self.variable(rule.variable).definition {
            Definition::Input(_) => {}
            Definition::Native { inputs, each_quarter } => {
                let span = self.variable(rule.variable).span;
                let elsewhere = !each_quarter;
                for input in inputs {
                    self.all_rules(*input, first, |to| edges.push(Edge { to, previous: false, elsewhere, span }));
                }
            }
            Definition::Formula(clauses) => {
                self.walk(clauses[rule.clause as usize].body, false, false, first, &mut edges);
            }
        }
        edges
    }

    /// Whether a dimension is the one that `prev` looks back along, and not only like it.
    pub(super) fn is_quarter(&self, id: DimensionId) -> bool {
        let dimension = &self.dimensions[id.index()];
        dimension.temporal && dimension.family == id
    }

    fn all_rules(&self, variable: VariableId, first: &[usize], mut visit: impl FnMut(usize)) {
        let count = match &self.variable(variable).definition {
            Definition::Formula(clauses) => clauses.len(),
            Definition::Input(_) | Definition::Native { .. } => 1,
        };
        (0..count).for_each(|clause| visit(first[variable.index()] + clause));
    }

    fn walk(&self, id: ExpressionId, previous: bool, elsewhere: bool, first: &[usize], edges: &mut Vec<Edge>) {
        let expression = self.expression(id);
        match &expression.node {
            Node::Number(_) | Node::Time(_) => {}
            Node::Apply(_, parts) => {
                for part in parts {
                    self.walk(*part, previous, elsewhere, first, edges);
                }
            }
            Node::If(condition, yes, no) => {
                for part in [condition, yes, no] {
                    self.walk(*part, previous, elsewhere, first, edges);
                }
            }
            Node::Otherwise(one, other) => {
                for part in [one, other] {
                    self.walk(*part, previous, elsewhere, first, edges);
                }
            }
            Node::Reduce { body, over, .. } => {
                let temporal = over.iter().any(|(id, _)| self.is_quarter(*id));
                self.walk(*body, previous, elsewhere || temporal, first, edges);
            }
            Node::Previous { value, start } => {
                // Two steps back are not one: what `prev` of `prev` reads is computed as its own step.
                self.walk(*value, true, elsewhere, first, edges);
                self.walk(*start, previous, elsewhere, first, edges);
            }
            Node::Load { variable, picks } => {
                let jumps = picks.iter().any(|(dimension, _)| self.is_quarter(*dimension));
                let edge = |to| Edge { to, previous, elsewhere: elsewhere || jumps, span: expression.span };
                let clauses = match &self.variable(*variable).definition {
                    Definition::Formula(clauses) => clauses.as_slice(),
                    _ => &[],
                };
                let picked = clauses.iter().position(|clause| {
                    clause.member.is_some_and(|(dimension, member)| picks.contains(&(dimension, Pick::Member(member))))
                });
                match picked {
                    Some(clause) => edges.push(edge(first[variable.index()] + clause)),
                    None => self.all_rules(*variable, first, |to| edges.push(edge(to))),
                }
            }
        }
    }
}

/// Strongly connected components, each after those it reads (Tarjan, without recursion).
fn components(edges: &[Vec<Edge>]) -> Vec<Vec<usize>> {
    const NEW: usize = usize::MAX;
    let mut index = vec![NEW; edges.len()];
    let mut low = vec![0; edges.len()];
    let mut on_stack = vec![false; edges.len()];
    let (mut stack, mut found, mut next) = (Vec::new(), Vec::new(), 0);
    for root in 0..edges.len() {
        if index[root] != NEW {
            continue;
        }
        let mut calls = vec![(root, 0)];
        while let Some((node, at)) = calls.pop() {
            if at == 0 {
                index[node] = next;
                low[node] = next;
                next += 1;
                stack.push(node);
                on_stack[node] = true;
            }
            if let Some(edge) = edges[node].get(at) {
                calls.push((node, at + 1));
                if index[edge.to] == NEW {
                    calls.push((edge.to, 0));
                } else if on_stack[edge.to] {
                    low[node] = low[node].min(index[edge.to]);
                }
                continue;
            }
            if low[node] == index[node] {
                let mut component = Vec::new();
                while let Some(member) = stack.pop() {
                    on_stack[member] = false;
                    component.push(member);
                    if member == node {
                        break;
                    }
                }
                found.push(component);
            }
            if let Some((parent, _)) = calls.last() {
                low[*parent] = low[*parent].min(low[node]);
            }
        }
    }
    found
}
