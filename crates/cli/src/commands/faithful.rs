//! Printed figures against those of the engine, for every variable of the built-in model.

use super::grid::Grid;
use super::{compare, front, simulate};
use crate::arguments::{Global, Period};
use crate::cells::{Slice, evaluate};
use crate::load;
use crate::numbers::Digits;
use crate::references::Reference;
use tokenomics_engine::{Simulation, Wants};
use tokenomics_language::Model;
use tokenomics_language::model::VariableId;

fn model() -> Model {
    load::model(&Global::default(), None).expect("the built-in model is sound")
}

/// A printed figure is within half a percent of the one it stands for.
#[track_caller]
fn assert_faithful(text: &str, value: Option<f64>, of: &str) {
    let Some(value) = value else { return assert_eq!(text, "·", "{of}") };
    let printed: f64 = text.replace(',', "").parse().unwrap_or_else(|_| panic!("{of}: `{text}` is no figure"));
    assert!((printed - value).abs() <= value.abs() * 0.005, "{of}: `{text}` for {value}");
}

/// Every variable, in the last quarter alone where `last` says so.
fn slices(model: &Model, last: bool) -> Vec<Slice<'_>> {
    let slice = |index: usize| {
        let mut reference = Reference::whole(model, VariableId(index as u32));
        for (id, pick) in model.variables[index].dimensions.iter().zip(&mut reference.picks) {
            if last && Some(*id) == model.quarter {
                *pick = Some(vec![model.dimensions[id.index()].members.len() as u32 - 1]);
            }
        }
        Slice::new(model, &reference, Period::default()).expect("a whole variable")
    };
    (0..model.variables.len()).map(slice).collect()
}

#[test]
fn show_prints_what_the_model_says() {
    let model = model();
    let slices = slices(&model, false);
    let evaluation = evaluate(&model, slices.iter().map(|slice| slice.variable));
    for slice in &slices {
        let grid = Grid::of(&evaluation, slice);
        for line in &grid.figures {
            for (text, (value, _)) in grid.write(line).iter().zip(line) {
                assert_faithful(text, *value, &slice.title());
            }
        }
    }
}

#[test]
fn simulate_prints_what_was_drawn() {
    let model = model();
    let slices = slices(&model, true);
    let evaluation = evaluate(&model, slices.iter().map(|slice| slice.variable));
    let mut wanted: Vec<simulate::Wanted<'_>> = Vec::new();
    let mut wants = Wants::default();
    for slice in slices {
        wanted.push(simulate::Wanted::new(slice, wants.variables.len()));
        wants.variables.extend(wanted[wanted.len() - 1].wants());
    }
    let simulation = Simulation::new(&model, &load::NATIVES, &wants, 1);
    let summary = simulation.summarise(vec![simulation.run(0, 100)]);
    for each in &wanted {
        let known = each.drawn(&evaluation, &summary);
        let scale = each.slice.definition().unit.scale;
        for (drawn, texts) in known.iter().zip(simulate::texts(&known, scale)) {
            for (text, figure) in texts.iter().zip(drawn.figures(scale)) {
                assert_faithful(text, figure, &each.slice.title());
            }
        }
    }
}

#[test]
fn compare_prints_what_it_compares() {
    let model = model();
    for slice in slices(&model, true) {
        let evaluation = evaluate(&model, [slice.variable]);
        let figures =
            slice.cells().into_iter().map(|cell| crate::cells::value(&evaluation, slice.variable, slice.index(&cell)));
        let figures: Vec<Option<f64>> = figures.collect();
        // Every figure beside its mirror image and beside one a thousand times its size.
        for figure in figures {
            let values = [figure, figure.map(|figure| -figure), figure.map(|figure| figure * 1000.0)];
            for (text, value) in compare::texts(&values).iter().zip(values) {
                assert_faithful(text, value, &slice.title());
            }
        }
    }
}

#[test]
fn the_headline_prints_what_the_model_says() {
    let model = model();
    let headline = front::read(&model, &Global::default()).expect("a sound headline").expect("a headline");
    let evaluation = evaluate(&model, headline.variables());
    for section in &headline.sections {
        let rows = front::rows(&evaluation, section);
        for (column, figures) in section.columns.iter().zip(front::figures(&evaluation, section, &rows)) {
            let digits = Digits::of(figures.iter().flatten().copied());
            for value in figures {
                let text = value.map_or("·".to_owned(), |value| digits.write(value));
                assert_faithful(&text, value, &column.label);
            }
        }
    }
}
