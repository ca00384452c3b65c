//! Figures of members in rows and columns, and as bars.

use super::super::largest;
use super::Place;
use crate::cells::{Slice, combinations, value_in};
use crate::drawing::bars::{Bars, Lie};
use crate::drawing::spoken;
use crate::failure::Failure;
use crate::numbers::unit_text;
use crate::report::{Figure, Kind};
use std::mem::take;
use tokenomics_engine::Evaluation;
use tokenomics_language::unit::Unit;

/// The most rows that are shown.
pub const MOST_ROWS: usize = 60;

/// Figures in rows and columns: a value and its cell.
pub struct Grid {
    /// What each row is called.
    pub rows: Vec<String>,
    /// What each column is called.
    pub columns: Vec<String>,
    /// The unit of each column.
    pub units: Vec<Unit>,
    /// The figures, row by row.
    pub cells: Vec<Vec<(Option<f64>, Place)>>,
}

impl Grid {
    /// Of one figure the last open dimension across; of several, one a column.
    fn of(evaluation: &Evaluation<'_>, figure: &Figure) -> Result<Grid, Failure> {
        let model = evaluation.model();
        let slices: Vec<Slice<'_>> = figure
            .references
            .iter()
            .map(|reference| Slice::new(model, reference, figure.options.period))
            .collect::<Result<_, _>>()?;
        let unit = |slice: &Slice<'_>| {
            let declared = &slice.definition().unit;
            figure.unit.clone().filter(|unit| unit.powers == declared.powers).unwrap_or_else(|| declared.clone())
        };
        let Some(first) = slices.first() else { return Err(Failure::call("no figure is named")) };
        let mut down = first.open();
        let across = if slices.len() == 1 && down.len() > 1 { down.pop() } else { None };
        let lists: Vec<Vec<u32>> = down.iter().map(|position| first.members[*position].clone()).collect();
        let heads: Vec<Option<u32>> =
            across.map_or(vec![None], |position| first.members[position].iter().copied().map(Some).collect());
        let mut grid = Grid { rows: Vec::new(), columns: Vec::new(), units: Vec::new(), cells: Vec::new() };
        for slice in &slices {
            if slice.open().len() != first.open().len() {
                return Err(Failure::call(format!("{} and {} vary by different things", first.title(), slice.title()))
                    .help("figures side by side leave the same dimensions open"));
            }
            for head in &heads {
                let name = head.zip(across).map(|(member, position)| spoken(slice.member(position, member)));
                grid.columns.push(name.unwrap_or_else(|| spoken(&slice.definition().name)));
                grid.units.push(unit(slice));
            }
        }
        for row in combinations(&lists) {
            let names: Vec<&str> =
                down.iter().zip(&row).map(|(position, member)| first.member(*position, *member)).collect();
            let mut line = Vec::new();
            for slice in &slices {
                let open = slice.open();
                for head in &heads {
                    let mut cell: Vec<u32> =
                        slice.members.iter().map(|members| members.first().copied().unwrap_or(0)).collect();
                    // Dimensions left open stand in the same order in all figures.
                    for (position, member) in open.iter().zip(row.iter().chain(head)) {
                        cell[*position] = *member;
                    }
                    let value = value_in(evaluation, slice.variable, slice.index(&cell), &unit(slice));
                    line.push((value, (slice.variable, cell)));
                }
            }
            if line.iter().any(|(value, _)| value.is_some()) {
                grid.rows.push(spoken(&names.join(", ")));
                grid.cells.push(line);
            }
        }
        Ok(grid)
    }

    /// Keeps the rows with the largest figures.
    fn keep(&mut self, most: usize) {
        let mut rows: Vec<_> = take(&mut self.rows).into_iter().zip(take(&mut self.cells)).collect();
        largest::keep(&mut rows, most, |(_, cells)| cells.iter().filter_map(|(value, _)| *value).map(f64::abs).sum());
        (self.rows, self.cells) = rows.into_iter().unzip();
    }

    /// What a figure shows of its members: the rows with the largest figures.
    ///
    /// # Errors
    /// Figures that do not stand side by side.
    pub fn shown(evaluation: &Evaluation<'_>, figure: &Figure) -> Result<Grid, Failure> {
        let mut grid = Grid::of(evaluation, figure)?;
        grid.keep(figure.options.top.unwrap_or(MOST_ROWS));
        Ok(grid)
    }

    /// The same as bars.
    pub fn bars(&self, figure: &Figure) -> Bars {
        let lie = match (figure.kind, figure.options.stacked) {
            (Kind::Bridge, _) => Lie::Bridge,
            (_, true) => Lie::Stacked,
            _ => Lie::Beside,
        };
        let rows = self.rows.iter().cloned().zip(&self.cells);
        Bars {
            title: figure.caption.clone(),
            subtitle: figure.names().to_owned(),
            unit: self.units.first().map(unit_text).unwrap_or_default().to_owned(),
            names: if self.columns.len() > 1 { self.columns.clone() } else { Vec::new() },
            rows: rows.map(|(name, cells)| (name, cells.iter().map(|(value, _)| *value).collect())).collect(),
            lie,
        }
    }
}
