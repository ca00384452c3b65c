//! Models from sheets, and their values.
#![allow(dead_code)] // each test reads its own part

use tokenomics_engine::{Block, Evaluation, Simulation, Want, Wants};
use tokenomics_language::model::{Definition, VariableId};
use tokenomics_language::{Model, Native, Options, Sources, load};

const UNITS: &str = "
unit $
unit s
unit hr = 3600 s
unit yr = 8760 hr
unit qtr = 0.25 yr
unit chip
";

/// The model of a sheet; `unit`s are given.
pub fn sheet(text: &str) -> Model {
    sheet_with(text, &[])
}

/// The model of a sheet that declares natives.
pub fn sheet_with(text: &str, natives: &[&dyn Native]) -> Model {
    model([("units.tok".to_owned(), UNITS.to_owned()), ("sheet.tok".to_owned(), text.to_owned())], natives)
}

/// The model of some texts.
pub fn model(texts: impl IntoIterator<Item = (String, String)>, natives: &[&dyn Native]) -> Model {
    load(Sources::from_pairs(texts), &Options { natives, ..Options::default() }).unwrap_or_else(|faults| {
        let shown: Vec<String> = faults.diagnostics.iter().map(|fault| fault.render(&faults.sources, false)).collect();
        panic!("{}", shown.join("\n"))
    })
}

/// The variable of a name.
pub fn variable(model: &Model, name: &str) -> VariableId {
    model.variable(name).unwrap_or_else(|| panic!("no variable {name}"))
}

/// All cells of a variable; `None` where one lacks.
pub fn values(model: &Model, name: &str) -> Vec<Option<f64>> {
    values_with(model, name, &[])
}

/// All cells of a variable of a model with natives.
pub fn values_with(model: &Model, name: &str, natives: &[&dyn Native]) -> Vec<Option<f64>> {
    let id = variable(model, name);
    let evaluation = Evaluation::of(model, natives, &[id].into_iter().collect::<Wants>());
    let cells = evaluation.variable(id).unwrap();
    cells.values.iter().zip(cells.present).map(|(value, present)| present.then_some(*value)).collect()
}

/// All are there.
pub fn all(values: &[f64]) -> Vec<Option<f64>> {
    values.iter().copied().map(Some).collect()
}

/// Whether two figures are equal but for rounding.
pub fn near(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a - b).abs() <= 1e-11 * a.abs().max(b.abs()) || (a.is_nan() && b.is_nan())
}

/// Every input that has a spread.
pub fn uncertain_inputs(model: &Model) -> Vec<VariableId> {
    (0..model.variables.len() as u32)
        .map(VariableId)
        .filter(|id| match &model.variables[id.index()].definition {
            Definition::Input(input) => input.is_uncertain(),
            _ => false,
        })
        .collect()
}

/// The most cells of one variable that are compared.
const MOST_CELLS: usize = 600;

/// Every variable; of a large one that is no input, one member of as many dimensions as it takes.
fn some_of_everything(model: &Model) -> Wants {
    let inputs = uncertain_inputs(model);
    let want = |id: VariableId| {
        let mut want = Want::from(id);
        let mut cells = model.cells(id);
        let mut dimensions = model.variables[id.index()].dimensions.iter();
        while let Some(dimension) = dimensions.next().filter(|_| cells > MOST_CELLS && !inputs.contains(&id)) {
            let members = model.dimensions[dimension.index()].members.len();
            want.picks.push((*dimension, (id.index() % members) as u32));
            cells /= members;
        }
        want
    };
    (0..model.variables.len() as u32).map(VariableId).map(want).collect()
}

/// The cells of a want, row by row.
fn cells(model: &Model, want: &Want) -> Vec<usize> {
    let shape = model.shape(want.variable);
    let dimensions = &model.variables[want.variable.index()].dimensions;
    let picked = |cell: &usize| {
        let mut left = *cell;
        dimensions.iter().zip(&shape).rev().all(|(dimension, length)| {
            let member = (left % length) as u32;
            left /= length;
            want.picks.iter().all(|(picked, pick)| picked != dimension || *pick == member)
        })
    };
    (0..model.cells(want.variable)).filter(picked).collect()
}

/// The model with every input at what it was drawn to be, its spreads untouched.
fn drawn(model: &Model, simulation: &Simulation<'_>, block: &Block, lane: usize) -> Model {
    let mut drawn = model.clone();
    for id in uncertain_inputs(model) {
        let Definition::Input(input) = &mut drawn.variables[id.index()].definition else { continue };
        for (cell, figure) in input.cells.iter_mut().enumerate() {
            if let Some(figure) = figure {
                figure.value = simulation.values(block, id.index(), cell).unwrap()[lane];
            }
        }
    }
    drawn
}

/// Asserts that some draws of every variable are what an evaluation of the inputs drawn gives.
pub fn assert_draws_agree_with_evaluations(model: &Model, natives: &[&dyn Native]) {
    let wants = some_of_everything(model);
    let simulation = Simulation::new(model, natives, &wants, 7);
    let block = simulation.run(0, Simulation::LANES);
    for lane in [0, 1, Simulation::LANES - 1] {
        let drawn = drawn(model, &simulation, &block, lane);
        let evaluation = Evaluation::of(&drawn, natives, &wants);
        for (index, want) in wants.variables.iter().enumerate() {
            let evaluated = evaluation.variable(want.variable).unwrap();
            // What is left of the difference of two equal amounts is rounding, and as large as they were.
            let largest = evaluated
                .values
                .iter()
                .filter(|value| value.is_finite())
                .fold(0.0, |most: f64, value| most.max(value.abs()));
            let residue = |left: f64, right: f64| (left - right).abs() <= 1e-14 * largest;
            for (position, cell) in cells(model, want).into_iter().enumerate() {
                let expected = evaluated.present[cell].then_some(evaluated.values[cell]);
                let found = simulation.values(&block, index, position).map(|values| values[lane]);
                let agree = match (expected, found) {
                    (Some(expected), Some(found)) => near(expected, found) || residue(expected, found),
                    (expected, found) => expected.is_none() && found.is_none(),
                };
                let name = &model.variables[want.variable.index()].name;
                assert!(agree, "{name} cell {cell}: evaluated {expected:?}, drawn {found:?}");
            }
        }
    }
}
