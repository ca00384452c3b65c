//! Production as sheets declare it.

use super::clears::{lack, no_answer};
use super::kept::Kept;
use super::shape::{Wanted, axis, count, first_axis, fits};
use crate::{Plan, Production};
use std::sync::LazyLock;
use tokenomics_language::native::{Cells, Native, Signature};
use tokenomics_language::unit::Powers;

const INPUTS: [&str; 3] = [
    "what a chip of each line is worth",
    "the most chips of each line that are ordered",
    "the part of each resource that a chip of each line takes",
];

/// By how much a resource is eased, as a part of what there is.
const EASED: f64 = 0.1;

/// What is asked of a plan of production.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// Chips of each line.
    Units,
    /// What all there is of each resource is worth.
    ResourceWorth,
    /// The part of each resource that is left over.
    Slack,
    /// What a tenth more of each resource would add.
    Relief,
}

/// `native produced[line] : chip/qtr from …` and its companions
///
/// What is best made in each quarter: see [`Production::plan`]. The inputs are the worth of a chip by line, the most
/// that is ordered of it, and the part of each resource that a chip takes, by resource and line.
#[derive(Clone, Copy, Debug)]
pub struct Plans(pub Made);

static PLANNED: LazyLock<Kept<Option<Plan>>> = LazyLock::new(Kept::new);

impl Native for Plans {
    fn name(&self) -> &'static str {
        match self.0 {
            Made::Units => "produced",
            Made::ResourceWorth => "resource_worth",
            Made::Slack => "resource_slack",
            Made::Relief => "relief_gain",
        }
    }

    fn summary(&self) -> &'static str {
        match self.0 {
            Made::Units => "the accelerators of each line that are worth most together",
            Made::ResourceWorth => "what each resource is worth to their makers",
            Made::Slack => "the part of each resource that is left over",
            Made::Relief => "what a tenth more of each resource would add",
        }
    }

    fn each_quarter(&self) -> bool {
        true
    }

    fn steady(&self) -> bool {
        // Each resource is eased in a plan of its own.
        self.0 == Made::Relief
    }

    fn accepts(&self, result: &Signature<'_>, inputs: &[Signature<'_>]) -> Result<(), String> {
        count(inputs, &INPUTS)?;
        let line = axis(&inputs[0], INPUTS[0])?;
        let resource = first_axis(&inputs[2], INPUTS[2])?;
        let worth = (inputs[0].unit.powers.clone(), inputs[0].unit.text.clone());
        let units = (inputs[1].unit.powers.clone(), inputs[1].unit.text.clone());
        let share = (Powers::pure().over(&units.0), format!("1 over {}", units.1));
        let shapes = [(vec![line], &worth), (vec![line], &units), (vec![resource, line], &share)];
        for (position, (input, (dimensions, (powers, unit)))) in inputs.iter().zip(shapes).enumerate() {
            let wanted = Wanted { what: INPUTS[position], dimensions, powers: powers.clone(), unit: unit.clone() };
            fits(input, &wanted, &format!("input {}", position + 1))?;
        }
        let (dimensions, (powers, unit)) = match self.0 {
            Made::Units => (vec![line], units),
            Made::Slack => (vec![resource], (Powers::pure(), "1".to_owned())),
            Made::ResourceWorth | Made::Relief => {
                (vec![resource], (worth.0.times(&units.0), format!("{} times {}", worth.1, units.1)))
            }
        };
        fits(result, &Wanted { what: self.summary(), dimensions, powers, unit }, "the result")
    }

    fn evaluate(&self, result: &Signature<'_>, _: &[Signature<'_>], cells: &[Cells<'_>]) -> Vec<Option<f64>> {
        if lack(cells) {
            return no_answer(result, cells);
        }
        let production = || Production {
            value: cells[0].values.to_vec(),
            wanted: cells[1].values.to_vec(),
            resource_use: cells[2].values.chunks(cells[0].values.len().max(1)).map(<[f64]>::to_vec).collect(),
        };
        if self.0 == Made::Relief {
            let production = production();
            let relief = |resource: usize| Some(production.relief(resource, EASED).unwrap_or(f64::NAN));
            return (0..production.resource_use.len()).map(relief).collect();
        }
        let plan = PLANNED.answer(cells, || production().plan().ok());
        let Some(plan) = plan.as_ref() else {
            return no_answer(result, cells);
        };
        let values = match self.0 {
            Made::Units => &plan.units,
            Made::ResourceWorth | Made::Relief => &plan.resource_price,
            Made::Slack => &plan.slack,
        };
        values.iter().copied().map(Some).collect()
    }
}
