//! A market for the work of accelerators in one period.

use crate::clearing::Clearing;
use crate::curve::Curve;
use crate::demand::Demand;
use crate::invalid::{Invalid, amounts, length};
use crate::polish::Optimum;
use crate::problem::Problem;

/// Lines of accelerators, segments that want their work, and what the lines share.
///
/// Work is counted in reference chips: what a chip of the reference line does. Its units may be any, as long
/// as they are the same throughout; those named here are the usual ones.
///
/// ```
/// use tokenomics_market::{Demand, Market};
///
/// // One line of 100 chips; at $2 an hour 200 would be wanted.
/// let market = Market {
///     fleet: vec![100.0],
///     rate: vec![vec![1.0]],
///     cash_cost: vec![0.5],
///     demand: vec![Demand::Isoelastic { quantity: 200.0, price: 2.0, elasticity: 1.0, choke: 50.0 }],
///     ..Market::default()
/// };
/// let clearing = market.clear().unwrap();
/// assert!((clearing.price[0] - 4.0).abs() < 1e-9);
/// assert!((clearing.rent[0] - 3.5).abs() < 1e-9);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Market {
    /// Chips of each line.
    pub fleet: Vec<f64>,
    /// By line and segment: work that a chip does, in reference chips; zero where it cannot serve.
    pub rate: Vec<Vec<f64>>,
    /// What a chip of each line costs for an hour in which it works, in $/chip/hr.
    pub cash_cost: Vec<f64>,
    /// By resource and line: the part of what there is of a shared resource that a working chip takes.
    pub resource_use: Vec<Vec<f64>>,
    /// What each segment wants.
    pub demand: Vec<Demand>,
    /// Reference chips promised to each segment, which are served first. They are part of what it wants, and
    /// what was agreed to be paid for them moves nothing. Empty where there are no contracts.
    pub contracted: Vec<f64>,
}

impl Market {
    /// The allocation in which no chip and no buyer could do better, and the prices that bring it about: the
    /// greatest area under the demands, less cash costs, that fleets and shared resources allow.
    ///
    /// It is found by an interior-point method and then refined until the conditions of an optimum hold to
    /// rounding; [`Clearing::violation`] says how well they do. Where several allocations are optimal, one
    /// in their midst is taken, so like lines work alike.
    ///
    /// # Errors
    /// Where lengths differ, or a figure is negative or not finite.
    pub fn clear(&self) -> Result<Clearing, Invalid> {
        self.check()?;
        let (problem, kept) = self.problem();
        let optimum = if kept.lines.is_empty() || kept.segments.is_empty() {
            Optimum {
                work: Vec::new(),
                price: Vec::new(),
                resource: vec![0.0; self.resource_use.len()],
                violation: 0.0,
            }
        } else {
            Optimum::of(&problem)
        };
        Ok(Clearing::new(self, &kept, optimum))
    }

    /// The price at which a contract that cannot be kept is counted, in $/hr of a reference chip: twice the
    /// highest that anyone would pay. A contract is broken rather than served by what costs more than that.
    #[must_use]
    pub fn breach_price(&self) -> f64 {
        2.0 * self.demand.iter().map(Demand::choke).fold(0.0, f64::max)
    }

    /// Reference chips promised to a segment.
    pub(crate) fn contracted(&self, segment: usize) -> f64 {
        self.contracted.get(segment).copied().unwrap_or(0.0)
    }

    /// The demand of each segment with its contract before all else.
    pub(crate) fn curves(&self) -> Vec<Curve> {
        let breach = self.breach_price();
        let each = self.demand.iter().enumerate();
        each.map(|(segment, demand)| Curve::of(demand).with_contract(self.contracted(segment), breach)).collect()
    }

    pub(crate) fn check(&self) -> Result<(), Invalid> {
        let (lines, segments) = (self.fleet.len(), self.demand.len());
        length("rate", &[], self.rate.len(), lines, "line")?;
        length("cash_cost", &[], self.cash_cost.len(), lines, "line")?;
        amounts("fleet", &[], &self.fleet)?;
        amounts("cash_cost", &[], &self.cash_cost)?;
        for (line, rates) in self.rate.iter().enumerate() {
            length("rate", &[line], rates.len(), segments, "segment")?;
            amounts("rate", &[line], rates)?;
        }
        for (resource, shares) in self.resource_use.iter().enumerate() {
            length("resource_use", &[resource], shares.len(), lines, "line")?;
            amounts("resource_use", &[resource], shares)?;
        }
        for (segment, demand) in self.demand.iter().enumerate() {
            demand.check(segment)?;
        }
        if !self.contracted.is_empty() {
            length("contracted", &[], self.contracted.len(), segments, "segment")?;
        }
        amounts("contracted", &[], &self.contracted)
    }

    /// What is left when lines without chips or work, and segments without demand or supply, are left out.
    fn problem(&self) -> (Problem, Kept) {
        let curves = self.curves();
        let serves = |line: usize, segment: usize| self.fleet[line] > 0.0 && self.rate[line][segment] > 0.0;
        let lines = 0..self.fleet.len();
        let segments: Vec<usize> = (0..curves.len())
            .filter(|segment| !curves[*segment].is_empty() && lines.clone().any(|line| serves(line, *segment)))
            .collect();
        let lines: Vec<usize> = lines.filter(|line| segments.iter().any(|segment| serves(*line, *segment))).collect();
        let pick = |row: &[f64], places: &[usize]| -> Vec<f64> { places.iter().map(|place| row[*place]).collect() };
        let curves: Vec<Curve> = segments.iter().map(|segment| curves[*segment].clone()).collect();
        let steps = curves
            .iter()
            .enumerate()
            .flat_map(|(segment, curve)| curve.steps.iter().map(move |step| (segment, step.quantity, step.price)));
        let problem = Problem {
            capacity: pick(&self.fleet, &lines),
            cost: pick(&self.cash_cost, &lines),
            rate: lines.iter().flat_map(|line| pick(&self.rate[*line], &segments)).collect(),
            usage: self.resource_use.iter().flat_map(|shares| pick(shares, &lines)).collect(),
            resources: self.resource_use.len(),
            steps: steps.collect(),
            curves: curves.clone(),
        };
        (problem, Kept { lines, segments })
    }
}

/// The lines and segments that a problem has of its market.
pub(crate) struct Kept {
    pub lines: Vec<usize>,
    pub segments: Vec<usize>,
}
