//! Draws of uncertain inputs: standard normals, and what they make of a figure.

use crate::tape::Lanes;
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64;
use rand_pcg::rand_core::SeedableRng;
use std::collections::HashMap;
use tokenomics_language::Model;
use tokenomics_language::model::{Definition, DimensionId, Figure, Input, VariableId};

/// The standard normal below which 95 % lie.
pub(crate) const P95: f64 = 1.644_853_626_951_472_2;

/// One standard normal of the model: of an input, or of one member of its `each`.
#[derive(Clone, Debug)]
pub(crate) struct Factor {
    /// The input.
    pub input: VariableId,
    /// The member.
    pub member: Option<u32>,
    /// A hash of the names of both.
    name: u64,
    /// The factor it is correlated with, always an earlier one, and how much of each it takes.
    with: Option<(usize, f64, f64)>,
}

/// The standard normals that some inputs need.
#[derive(Clone, Debug, Default)]
pub(crate) struct Factors {
    /// In an order in which each hangs on earlier ones only.
    pub all: Vec<Factor>,
    known: HashMap<(VariableId, Option<u32>), usize>,
}

impl Factors {
    /// The position of a factor, which is added, with those it hangs on, where it is new.
    pub fn position(&mut self, model: &Model, variable: VariableId, member: Option<u32>) -> usize {
        if let Some(position) = self.known.get(&(variable, member)) {
            return *position;
        }
        let input = input(model, variable);
        let with = input.and_then(|input| {
            let (other, correlation) = input.with?;
            let (other, member) = partner(model, input, other, member)?;
            // The correlation of normals that gives this correlation of ranks.
            let share = 2.0 * (std::f64::consts::PI * correlation / 6.0).sin();
            let rest = (1.0 - share * share).max(0.0).sqrt();
            Some((self.position(model, other, member), share, rest))
        });
        let each = input.and_then(|input| input.each).map(|id| &model.dimensions[id.index()]);
        let mut name = Hash::default();
        name.text(&model.variables[variable.index()].name);
        if let (Some(dimension), Some(member)) = (each, member) {
            name.text(&dimension.members[member as usize]);
        }
        self.all.push(Factor { input: variable, member, name: name.0, with });
        self.known.insert((variable, member), self.all.len() - 1);
        self.all.len() - 1
    }

    /// Draws every factor for one block. A factor's draws hang on its own name, the seed and the
    /// block alone.
    pub fn draw(&self, seed: u64, block: usize) -> Vec<Lanes> {
        let mut drawn: Vec<Lanes> = Vec::with_capacity(self.all.len());
        for factor in &self.all {
            let mut hash = Hash(factor.name);
            hash.bytes(&seed.to_le_bytes());
            hash.bytes(&(block as u64).to_le_bytes());
            let mut generator = Pcg64::seed_from_u64(hash.0);
            let mut lanes = Lanes::default();
            for lane in &mut lanes.0 {
                *lane = StandardNormal.sample(&mut generator);
            }
            if let Some((other, share, rest)) = factor.with {
                let other = &drawn[other];
                for (lane, other) in lanes.0.iter_mut().zip(&other.0) {
                    *lane = share * other + rest * *lane;
                }
            }
            drawn.push(lanes);
        }
        drawn
    }
}

fn input(model: &Model, variable: VariableId) -> Option<&Input> {
    match &model.variables[variable.index()].definition {
        Definition::Input(input) => Some(input),
        _ => None,
    }
}

/// The draw of another input that a draw is correlated with: its only one, or that of the same member.
/// There is none where the other draws for each member of a dimension of another family.
fn partner(model: &Model, input: &Input, other: VariableId, member: Option<u32>) -> Option<(VariableId, Option<u32>)> {
    let family = |id: DimensionId| model.dimensions[id.index()].family;
    match (self::input(model, other)?.each, input.each) {
        (None, _) => Some((other, None)),
        (Some(theirs), Some(ours)) if family(theirs) == family(ours) => Some((other, member)),
        _ => None,
    }
}

/// FNV-1a with 64 bits.
struct Hash(u64);

impl Default for Hash {
    fn default() -> Hash {
        Hash(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
        self.bytes(&[0xff]);
    }
}

/// How a figure follows a standard normal: the median at zero, the 5th and 95th percentiles at theirs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Shape {
    /// Two half-lognormals: the median times `exp(z * rate)`, one rate below and one above.
    Lognormal(f64, f64),
    /// Two half-normals: the median plus `z * rate`.
    Normal(f64, f64),
}

impl Shape {
    /// The shape of a figure with a spread.
    pub fn of(figure: &Figure) -> Option<Shape> {
        let (low, high) = figure.spread?;
        let value = figure.value;
        Some(if value > 0.0 && low > 0.0 && high > 0.0 {
            Shape::Lognormal((value / low).ln() / P95, (high / value).ln() / P95)
        } else {
            Shape::Normal((value - low) / P95, (high - value) / P95)
        })
    }

    /// What is added to the median or multiplies it, in each lane.
    pub fn apply(self, drawn: &Lanes, to: &mut Lanes) {
        let (Shape::Lognormal(below, above) | Shape::Normal(below, above)) = self;
        for (to, z) in to.0.iter_mut().zip(&drawn.0) {
            *to = z * if *z < 0.0 { below } else { above };
        }
        if let Shape::Lognormal(..) = self {
            for lane in &mut to.0 {
                *lane = lane.exp();
            }
        }
    }

    /// Whether two shapes make the same of a draw, to within rounding.
    pub fn is_like(self, other: Shape) -> bool {
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-13 * a.abs().max(b.abs());
        match (self, other) {
            (Shape::Lognormal(a, b), Shape::Lognormal(c, d)) | (Shape::Normal(a, b), Shape::Normal(c, d)) => {
                near(a, c) && near(b, d)
            }
            _ => false,
        }
    }
}
