//! Markets as sheets declare them.

use super::kept::Kept;
use super::shape::{Wanted, axis, count, first_axis, fits};
use crate::{Clearing, Demand, Market, Rationing, Step};
use std::sync::LazyLock;
use tokenomics_language::native::{Cells, Native, Signature};
use tokenomics_language::unit::Powers;

/// What the inputs are, in order.
const INPUTS: [&str; 9] = [
    "the chips of each line",
    "work of a chip of each line over that of the reference chip, by use",
    "the cash cost of an hour of each line",
    "reference chips that each use wants at its reference price",
    "the reference price of each use, for an hour of the reference chip",
    "the price above which a use buys nothing",
    "the price elasticity of each use; at zero it buys all it wants up to the price above which it buys nothing",
    "reference chips promised to each use",
    "the part of each shared resource that a working chip of each line takes",
];

const FIXED_PRICE: &str = "the price that each use is held to, for an hour of the reference chip";

/// What is asked of a cleared market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Chips of each line at work for each use.
    Allocation,
    /// Reference chips of work that each use gets.
    Served,
    /// The price of an hour of the reference chip, by use.
    Price,
    /// What a chip of each line earns over its cash cost and the resources it takes.
    Rent,
    /// What all there is of each shared resource earns.
    ResourceRent,
    /// The least of what it may be said to earn, where an optimum has several prices.
    ResourceRentLow,
    /// The greatest of it.
    ResourceRentHigh,
    /// Reference chips promised to each use that it does not get.
    Shortfall,
}

/// `native allocation[line, use] : chip from …` and its companions
///
/// A market cleared in each quarter: see [`Market::clear`]. The inputs are the chips of each line, the work of a chip
/// by line and use, the cash cost by line, the reference chips wanted by use, the price at which they are, the choke
/// price, the elasticity, the chips promised, and the part of each shared resource that a working chip takes, by
/// resource and line. A use of no elasticity is one step; several of them, one for each step, are stepped demand.
#[derive(Clone, Copy, Debug)]
pub struct Clears(pub Part);

static CLEARED: LazyLock<Kept<Option<Clearing>>> = LazyLock::new(Kept::new);

impl Native for Clears {
    fn name(&self) -> &'static str {
        match self.0 {
            Part::Allocation => "allocation",
            Part::Served => "served_accelerators",
            Part::Price => "hour_price",
            Part::Rent => "scarcity_rent",
            Part::ResourceRent => "shared_resource_rent",
            Part::ResourceRentLow => "shared_resource_rent_low",
            Part::ResourceRentHigh => "shared_resource_rent_high",
            Part::Shortfall => "contract_shortfall",
        }
    }

    fn summary(&self) -> &'static str {
        match self.0 {
            Part::Allocation => "the accelerators of each line at work for each use in a market that clears",
            Part::Served => "the work that each use gets in it",
            Part::Price => "the price of that work",
            Part::Rent => "what an accelerator earns in it over its cash cost",
            Part::ResourceRent => "what each shared resource earns in it",
            Part::ResourceRentLow => "what a little more of a shared resource would gain",
            Part::ResourceRentHigh => "what a little less of a shared resource would lose",
            Part::Shortfall => "promised work that no one can deliver",
        }
    }

    fn each_quarter(&self) -> bool {
        true
    }

    fn steady(&self) -> bool {
        // Each resource is nudged in a market of its own.
        matches!(self.0, Part::ResourceRentLow | Part::ResourceRentHigh)
    }

    fn accepts(&self, result: &Signature<'_>, inputs: &[Signature<'_>]) -> Result<(), String> {
        count(inputs, &INPUTS)?;
        let (amount, price) = market_inputs(inputs)?;
        let (line, segment) = (inputs[0].dimensions[0].name, inputs[3].dimensions[0].name);
        let resource = inputs[8].dimensions[0].name;
        let (dimensions, (powers, unit)) = match self.0 {
            Part::Allocation => (vec![line, segment], amount),
            Part::Served | Part::Shortfall => (vec![segment], amount),
            Part::Price => (vec![segment], price),
            Part::Rent => (vec![line], price),
            Part::ResourceRent | Part::ResourceRentLow | Part::ResourceRentHigh => {
                (vec![resource], (amount.0.times(&price.0), format!("{} times {}", amount.1, price.1)))
            }
        };
        fits(result, &Wanted { what: self.summary(), dimensions, powers, unit }, "the result")
    }

    fn evaluate(&self, result: &Signature<'_>, _: &[Signature<'_>], cells: &[Cells<'_>]) -> Vec<Option<f64>> {
        if lack(cells) {
            return no_answer(result, cells);
        }
        if let Part::ResourceRentLow | Part::ResourceRentHigh = self.0 {
            let market = market(cells);
            let open = |resource: usize| match market.resource_price_range(resource) {
                Ok((low, high)) => Some(if self.0 == Part::ResourceRentLow { low } else { high }),
                Err(_) => Some(f64::NAN),
            };
            return (0..market.resource_use.len()).map(open).collect();
        }
        let cleared = CLEARED.answer(cells, || market(cells).clear().ok());
        let Some(cleared) = cleared.as_ref() else {
            return no_answer(result, cells);
        };
        let values = match self.0 {
            Part::Allocation => return cleared.allocation.iter().flatten().copied().map(Some).collect(),
            Part::Served => &cleared.served,
            Part::Price => &cleared.price,
            Part::Rent => &cleared.rent,
            Part::ResourceRent | Part::ResourceRentLow | Part::ResourceRentHigh => &cleared.resource_price,
            Part::Shortfall => &cleared.contract_shortfall,
        };
        values.iter().copied().map(Some).collect()
    }
}

/// `native turned_away[use] : chip from …` and its companions
///
/// The same market with prices held fixed, a tenth input: see [`Market::ration`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rations {
    /// Reference chips of work that each use gets.
    Served,
    /// Reference chips that each use wants at the price and does not get.
    TurnedAway,
    /// What is lost by serving whoever comes first and not who would pay most.
    Loss,
    /// What a place in the queue is worth to all who are turned away.
    Queue,
}

static RATIONED: LazyLock<Kept<Option<Rationing>>> = LazyLock::new(Kept::new);

impl Native for Rations {
    fn name(&self) -> &'static str {
        match self {
            Rations::Served => "rationed_accelerators",
            Rations::TurnedAway => "turned_away",
            Rations::Loss => "rationing_loss",
            Rations::Queue => "queue_worth",
        }
    }

    fn summary(&self) -> &'static str {
        match self {
            Rations::Served => "the work that each use gets at fixed prices",
            Rations::TurnedAway => "the work that each use wants at fixed prices and does not get",
            Rations::Loss => "what is lost by serving whoever comes first and not who would pay most",
            Rations::Queue => "what those who are turned away would pay over the fixed prices",
        }
    }

    fn each_quarter(&self) -> bool {
        true
    }

    fn accepts(&self, result: &Signature<'_>, inputs: &[Signature<'_>]) -> Result<(), String> {
        let all: Vec<&str> = INPUTS.iter().copied().chain([FIXED_PRICE]).collect();
        count(inputs, &all)?;
        let (amount, price) = market_inputs(inputs)?;
        let segment = inputs[3].dimensions[0].name;
        let fixed =
            Wanted { what: FIXED_PRICE, dimensions: vec![segment], powers: price.0.clone(), unit: price.1.clone() };
        fits(&inputs[9], &fixed, "input 10")?;
        let (powers, unit) = match self {
            Rations::Served | Rations::TurnedAway => amount,
            Rations::Loss | Rations::Queue => (amount.0.times(&price.0), format!("{} times {}", amount.1, price.1)),
        };
        fits(result, &Wanted { what: self.summary(), dimensions: vec![segment], powers, unit }, "the result")
    }

    fn evaluate(&self, result: &Signature<'_>, _: &[Signature<'_>], cells: &[Cells<'_>]) -> Vec<Option<f64>> {
        let rationed = RATIONED.answer(cells, || market(cells).ration(cells[9].values).ok());
        let Some(rationed) = rationed.as_ref() else {
            return no_answer(result, cells);
        };
        let values = match self {
            Rations::Served => &rationed.served,
            Rations::TurnedAway => &rationed.turned_away,
            Rations::Loss => &rationed.loss,
            Rations::Queue => &rationed.queue,
        };
        values.iter().copied().map(Some).collect()
    }
}

/// What a problem that cannot be posed answers: nothing where a figure lacks, such as one that was not published yet,
/// and else no number, which evaluation reports with its cell.
pub(super) fn no_answer(result: &Signature<'_>, inputs: &[Cells<'_>]) -> Vec<Option<f64>> {
    let cells = result.dimensions.iter().map(|dimension| dimension.members.len()).product();
    vec![(!lack(inputs)).then_some(f64::NAN); cells]
}

/// Whether a figure of a problem lacks.
pub(super) fn lack(inputs: &[Cells<'_>]) -> bool {
    inputs.iter().any(|input| input.present.contains(&false))
}

/// A unit, up to scale and in words.
type Measure = (Powers, String);

/// Whether the first nine inputs are those of a market; its units of amount and of price.
fn market_inputs(inputs: &[Signature<'_>]) -> Result<(Measure, Measure), String> {
    let line = axis(&inputs[0], INPUTS[0])?;
    let segment = axis(&inputs[3], INPUTS[3])?;
    let resource = first_axis(&inputs[8], INPUTS[8])?;
    let amount = (inputs[0].unit.powers.clone(), inputs[0].unit.text.clone());
    let price = (inputs[2].unit.powers.clone(), inputs[2].unit.text.clone());
    let pure = (Powers::pure(), "1".to_owned());
    let share = (Powers::pure().over(&amount.0), format!("1/{}", amount.1));
    let shapes = [
        (vec![line], &amount),
        (vec![line, segment], &pure),
        (vec![line], &price),
        (vec![segment], &amount),
        (vec![segment], &price),
        (vec![segment], &price),
        (vec![segment], &pure),
        (vec![segment], &amount),
        (vec![resource, line], &share),
    ];
    for (position, (input, (dimensions, (powers, unit)))) in inputs.iter().zip(shapes).enumerate() {
        let wanted = Wanted { what: INPUTS[position], dimensions, powers: powers.clone(), unit: unit.clone() };
        fits(input, &wanted, &format!("input {}", position + 1))?;
    }
    Ok((amount, price))
}

fn market(cells: &[Cells<'_>]) -> Market {
    let segments = cells[3].values.len();
    let lines = cells[0].values.len();
    let demand = |segment: usize| {
        let (quantity, price, choke) = (cells[3].values[segment], cells[4].values[segment], cells[5].values[segment]);
        match cells[6].values[segment] {
            0.0 => Demand::Stepped(vec![Step { quantity, price: choke }]),
            elasticity => Demand::Isoelastic { quantity, price, elasticity, choke },
        }
    };
    Market {
        fleet: cells[0].values.to_vec(),
        rate: cells[1].values.chunks(segments.max(1)).map(<[f64]>::to_vec).collect(),
        cash_cost: cells[2].values.to_vec(),
        resource_use: cells[8].values.chunks(lines.max(1)).map(<[f64]>::to_vec).collect(),
        demand: (0..segments).map(demand).collect(),
        contracted: cells[7].values.to_vec(),
    }
}
