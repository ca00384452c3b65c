//! A formula made special to some cells.

use tokenomics_language::model::Function;

/// A formula without branches but uncertain ones.
#[derive(Clone, Debug)]
pub(crate) enum Tree<L> {
    /// A value that is read.
    Leaf(L),
    /// A function of its parts.
    Apply(Function, Vec<Tree<L>>),
    /// The branch that an uncertain condition takes: the condition, yes, no.
    Select(Box<[Tree<L>; 3]>),
}

impl<L> Tree<L> {
    /// The same formula over other leaves.
    pub fn map<M>(&self, leaf: &mut impl FnMut(&L) -> M) -> Tree<M> {
        match self {
            Tree::Leaf(value) => Tree::Leaf(leaf(value)),
            Tree::Apply(function, parts) => Tree::Apply(*function, parts.iter().map(|part| part.map(leaf)).collect()),
            Tree::Select(parts) => {
                let [condition, yes, no] = &**parts;
                Tree::Select(Box::new([condition.map(leaf), yes.map(leaf), no.map(leaf)]))
            }
        }
    }

    /// Every leaf.
    pub fn leaves(&self, visit: &mut impl FnMut(&L)) {
        match self {
            Tree::Leaf(value) => visit(value),
            Tree::Apply(_, parts) => parts.iter().for_each(|part| part.leaves(visit)),
            Tree::Select(parts) => parts.iter().for_each(|part| part.leaves(visit)),
        }
    }
}
