//! From a formula made special to some cells to a straight run of operations on registers.

use tokenomics_language::model::Function;

/// Where an operation reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    /// A register.
    Register(usize),
    /// A cell of a slot: the position among the streams of the kernel.
    Stream(usize),
    /// A certain value: the position among the scalars of the kernel.
    Scalar(usize),
}

/// Where an operation writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum To {
    /// A register, never one it reads.
    Register(usize),
    /// The cell at hand.
    Out,
}

/// One step at one cell, over all lanes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operation {
    /// As it is.
    Copy(To, From),
    /// A function of one value.
    Unary(Function, To, From),
    /// A function of two values.
    Binary(Function, To, From, From),
    /// A function of three values.
    Ternary(Function, To, [From; 3]),
    /// The branch that a condition takes.
    Select(To, From, From, From),
    /// Adds to the cell at hand what a reduction brings together.
    Accumulate(Function, From),
}

/// A formula over leaves that are streams and scalars of a kernel.
#[derive(Clone, Debug)]
pub(crate) enum Tree<L> {
    /// A value that is read.
    Leaf(L),
    /// A function of its branches.
    Apply(Function, Vec<Tree<L>>),
    /// The branch that an uncertain condition takes.
    Select(Box<[Tree<L>; 3]>),
}

impl<L> Tree<L> {
    /// The same formula over other leaves.
    pub fn map<M>(&self, leaf: &mut impl FnMut(&L) -> M) -> Tree<M> {
        match self {
            Tree::Leaf(value) => Tree::Leaf(leaf(value)),
            Tree::Apply(function, arguments) => {
                Tree::Apply(*function, arguments.iter().map(|argument| argument.map(leaf)).collect())
            }
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
            Tree::Apply(_, arguments) => arguments.iter().for_each(|argument| argument.leaves(visit)),
            Tree::Select(parts) => parts.iter().for_each(|part| part.leaves(visit)),
        }
    }
}

/// The operations for one cell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Program {
    /// In order.
    pub operations: Vec<Operation>,
    /// How many registers they use.
    pub registers: usize,
    free: Vec<usize>,
}

impl Program {
    /// The operations that write a formula's value to the cell at hand, or add it to what is there.
    pub fn new(tree: &Tree<From>, accumulate: Option<Function>) -> Program {
        let mut program = Program::default();
        if let Some(function) = accumulate {
            let from = program.operand(tree);
            program.operations.push(Operation::Accumulate(function, from));
        } else {
            program.emit(tree, Some(To::Out));
        }
        program
    }

    fn operand(&mut self, tree: &Tree<From>) -> From {
        match tree {
            Tree::Leaf(from) => *from,
            _ => self.emit(tree, None),
        }
    }

    /// Emits a formula into a place, or into a register of its choice, which is returned.
    fn emit(&mut self, tree: &Tree<From>, place: Option<To>) -> From {
        match tree {
            Tree::Leaf(from) => {
                let to = self.place(place);
                self.operations.push(Operation::Copy(to, *from));
                register(to)
            }
            Tree::Select(parts) => {
                let parts = [0, 1, 2].map(|part| self.operand(&parts[part]));
                let to = self.place(place);
                self.operations.push(Operation::Select(to, parts[0], parts[1], parts[2]));
                self.finish(to, &parts)
            }
            Tree::Apply(function, arguments) => match &arguments[..] {
                [a] => {
                    let a = self.operand(a);
                    let to = self.place(place);
                    self.operations.push(Operation::Unary(*function, to, a));
                    self.finish(to, &[a])
                }
                [a, b] => {
                    let (a, b) = self.operands(a, b);
                    let to = self.place(place);
                    self.operations.push(Operation::Binary(*function, to, a, b));
                    self.finish(to, &[a, b])
                }
                [a, b, c] if matches!(function, Function::Clamp | Function::Annuity) => {
                    let parts = [a, b, c].map(|part| self.operand(part));
                    let to = self.place(place);
                    self.operations.push(Operation::Ternary(*function, to, parts));
                    self.finish(to, &parts)
                }
                many => {
                    // The least or greatest of more than two.
                    let mut from = self.operand(&many[0]);
                    for (position, part) in many.iter().enumerate().skip(1) {
                        let part = self.operand(part);
                        let last = position + 1 == many.len();
                        let to = self.place(place.filter(|_| last));
                        self.operations.push(Operation::Binary(*function, to, from, part));
                        from = self.finish(to, &[from, part]);
                    }
                    from
                }
            },
        }
    }

    /// Emits two operands, the one that needs more registers first.
    fn operands(&mut self, a: &Tree<From>, b: &Tree<From>) -> (From, From) {
        if weight(b) > weight(a) {
            let b = self.operand(b);
            (self.operand(a), b)
        } else {
            let a = self.operand(a);
            (a, self.operand(b))
        }
    }

    fn place(&mut self, place: Option<To>) -> To {
        place.unwrap_or_else(|| {
            To::Register(self.free.pop().unwrap_or_else(|| {
                self.registers += 1;
                self.registers - 1
            }))
        })
    }

    fn finish(&mut self, to: To, read: &[From]) -> From {
        for from in read {
            if let From::Register(register) = from {
                self.free.push(*register);
            }
        }
        register(to)
    }
}

/// Where an operand that was written to a place is read. What is written out is read no more.
fn register(to: To) -> From {
    match to {
        To::Register(register) => From::Register(register),
        To::Out => From::Register(0),
    }
}

fn weight(tree: &Tree<From>) -> usize {
    match tree {
        Tree::Leaf(_) => 0,
        Tree::Apply(_, arguments) => 1 + arguments.iter().map(weight).max().unwrap_or(0),
        Tree::Select(parts) => 1 + parts.iter().map(weight).max().unwrap_or(0),
    }
}
