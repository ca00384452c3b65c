//! What the draws make of the quarters after the last reported one.

use super::super::simulate::{MOST_FIGURES, Wanted, draw};
use super::{Lines, Question, quarter_position};
use crate::cells::Slice;
use crate::failure::Failure;
use crate::load::NATIVES;
use crate::numbers::counted;
use tokenomics_engine::{Block, Evaluation, Simulation, Wants};

/// The two ends of a band, as parts of the draws below them: four draws in five lie between.
const ENDS: [f64; 2] = [0.1, 0.9];

/// Adds to each line the band of its quarters after the last reported one.
///
/// # Errors
/// More draws than fit in memory.
pub(super) fn add(
    evaluation: &Evaluation<'_>,
    slices: &[Slice<'_>],
    all: &mut Lines,
    question: &Question,
) -> Result<(), Failure> {
    let model = evaluation.model();
    let mut wanted: Vec<Wanted<'_>> = Vec::new();
    for slice in slices {
        let position = quarter_position(model, slice.variable).unwrap_or(0);
        let mut later = slice.clone();
        later.members[position].retain(|quarter| {
            all.each.iter().any(|line| line.variable == slice.variable && line.is_forecast(*quarter))
        });
        let first = wanted.iter().map(Wanted::count).sum();
        wanted.push(Wanted::new(later, first));
    }
    let cells: usize = wanted.iter().map(|each| each.slice.members.iter().map(Vec::len).product::<usize>()).sum();
    if cells == 0 {
        return Ok(());
    }
    if cells.saturating_mul(question.draws) > MOST_FIGURES {
        let what = format!("{} of {} would not fit in memory", counted(question.draws, "draw"), counted(cells, "cell"));
        return Err(
            Failure::call(what).help("pick fewer members, draw less often, or leave out the bands (--no-bands)")
        );
    }
    let wants = Wants { variables: wanted.iter().flat_map(Wanted::wants).collect(), expressions: Vec::new() };
    let simulation = Simulation::new(model, &NATIVES, &wants, question.seed);
    let blocks = draw(&simulation, question.draws);
    let scale = all.unit.scale;
    for line in &mut all.each {
        let position = quarter_position(model, line.variable).unwrap_or(0);
        let seam = line.seam;
        for point in &mut line.points {
            if seam.is_none_or(|seam| point.quarter <= seam) || point.value.is_none() {
                continue;
            }
            let places = line.cells.iter().filter_map(|cell| {
                let mut cell = cell.clone();
                cell[position] = point.quarter;
                let own = |each: &&Wanted<'_>| {
                    each.slice.variable == line.variable
                        && each.slice.members.iter().zip(&cell).all(|(members, member)| members.contains(member))
                };
                wanted.iter().find(own)?.place(&cell)
            });
            let places: Vec<(usize, usize)> = places.collect();
            let mut draws = sums(&simulation, &blocks, &places);
            for figure in &mut draws {
                *figure /= scale;
            }
            point.band = ends(&mut draws);
        }
    }
    Ok(())
}

/// The sum of some cells in each draw.
pub(in super::super) fn sums(simulation: &Simulation<'_>, blocks: &[Block], places: &[(usize, usize)]) -> Vec<f64> {
    let mut all = Vec::new();
    for block in blocks {
        let mut sums = vec![0.0; block.lanes()];
        for (want, cell) in places {
            let Some(values) = simulation.values(block, *want, *cell) else { continue };
            sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
        }
        all.extend(sums);
    }
    all
}

/// The two ends, unless all draws are the same.
pub(in super::super) fn ends(draws: &mut Vec<f64>) -> Option<[f64; 2]> {
    draws.retain(|figure| figure.is_finite());
    draws.sort_by(f64::total_cmp);
    let [low, high] = ENDS.map(|share| quantile(draws, share));
    Some([low?, high?]).filter(|[low, high]| low < high)
}

/// The figure below which a part of some sorted figures lies, interpolated between two of them.
pub(in super::super) fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let place = share * sorted.len().checked_sub(1)? as f64;
    let below = crate::numbers::whole(place.floor());
    let (low, high) = (sorted.get(below)?, sorted.get(below + 1).or(sorted.get(below))?);
    Some(low + (high - low) * place.fract())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_lies_between_two_figures() {
        assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0], 0.1), Some(2.0));
        assert_eq!(quantile(&[1.0, 2.0], 0.9), Some(1.9));
        assert_eq!(quantile(&[4.0], 0.9), Some(4.0));
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn equal_draws_make_no_band() {
        assert_eq!(ends(&mut vec![3.0, 3.0, f64::NAN]), None);
        assert_eq!(ends(&mut vec![0.0, 10.0]), Some([1.0, 9.0]));
    }
}
