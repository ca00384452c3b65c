//! Figures of members in rows and columns, as bars or as a table.

use super::figure::{Drawn, Explained, MOST_ROWS, NOTHING, Place, cite_cell};
use super::why::Why;
use crate::cells::{Slice, combinations, value_in};
use crate::drawing::bars::{Bars, Lie};
use crate::drawing::svg::escape;
use crate::drawing::{Use, spoken};
use crate::failure::Failure;
use crate::numbers::{Digits, unit_text};
use crate::report::{Below, Figure, Kind};
use tokenomics_engine::Evaluation;
use tokenomics_language::model::VariableId;
use tokenomics_language::unit::Unit;

/// Figures in rows and columns: a value and its cell.
pub(super) struct Grid {
    pub rows: Vec<String>,
    pub columns: Vec<String>,
    pub units: Vec<Unit>,
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
        let size = |row: &[(Option<f64>, Place)]| row.iter().filter_map(|(value, _)| *value).map(f64::abs).sum::<f64>();
        let mut sizes: Vec<f64> = self.cells.iter().map(|row| size(row)).collect();
        sizes.sort_by(|left, right| right.total_cmp(left));
        let Some(least) = sizes.get(most.saturating_sub(1)).copied().filter(|_| sizes.len() > most) else { return };
        let kept: Vec<bool> = self.cells.iter().map(|row| size(row) >= least).collect();
        let mut keep = kept.iter();
        self.rows.retain(|_| keep.next().copied().unwrap_or(false));
        let mut keep = kept.iter();
        self.cells.retain(|_| keep.next().copied().unwrap_or(false));
    }

    fn first(&self) -> Explained {
        let mut known: Vec<VariableId> = Vec::new();
        let mut explained = Vec::new();
        for (value, (variable, cell)) in self.cells.iter().flatten() {
            if value.is_some() && !known.contains(variable) {
                known.push(*variable);
                explained.push((String::new(), (*variable, cell.clone())));
            }
        }
        explained
    }

    /// What a figure shows of its members, cited.
    pub fn shown(evaluation: &Evaluation<'_>, why: &mut Why<'_>, figure: &Figure) -> Result<Grid, Failure> {
        let mut grid = Grid::of(evaluation, figure)?;
        grid.keep(figure.options.top.unwrap_or(MOST_ROWS));
        grid.cite(evaluation, why);
        Ok(grid)
    }

    fn cite(&self, evaluation: &Evaluation<'_>, why: &mut Why<'_>) {
        for (_, (variable, cell)) in self.cells.iter().flatten() {
            cite_cell(evaluation, why, *variable, cell);
        }
    }
}

/// Figures of members as bars.
///
/// # Errors
/// Figures that do not stand side by side.
pub(super) fn bars(
    evaluation: &Evaluation<'_>,
    why: &mut Why<'_>,
    figure: &Figure,
) -> Result<(Drawn, Explained), Failure> {
    let grid = Grid::shown(evaluation, why, figure)?;
    let lie = match (figure.kind, figure.options.stacked) {
        (Kind::Bridge, _) => Lie::Bridge,
        (_, true) => Lie::Stacked,
        _ => Lie::Beside,
    };
    let rows = grid.rows.iter().cloned().zip(&grid.cells);
    let bars = Bars {
        title: figure.caption.clone(),
        subtitle: String::new(),
        unit: grid.units.first().map(unit_text).unwrap_or_default().to_owned(),
        names: if grid.columns.len() > 1 { grid.columns.clone() } else { Vec::new() },
        rows: rows.map(|(name, cells)| (name, cells.iter().map(|(value, _)| *value).collect())).collect(),
        lie,
    };
    let body = if bars.rows.is_empty() { NOTHING.to_owned() } else { bars.draw(Use::Page).svg(Use::Page) };
    Ok((Drawn { body, values: grid_table(&grid, Below::Nothing) }, grid.first()))
}

/// Figures of members as a table.
///
/// # Errors
/// Figures that do not stand side by side.
pub(super) fn table(
    evaluation: &Evaluation<'_>,
    why: &mut Why<'_>,
    figure: &Figure,
) -> Result<(Drawn, Explained), Failure> {
    let grid = Grid::shown(evaluation, why, figure)?;
    let explained = grid.first();
    Ok((Drawn { body: grid_table(&grid, figure.options.below), values: String::new() }, explained))
}

/// A grid as a table, with the sums of its columns where that is asked for.
pub(super) fn grid_table(grid: &Grid, below: Below) -> String {
    let heads = grid.columns.iter().zip(&grid.units).map(|(name, unit)| {
        format!("<th>{}<br><span class=\"quiet\">{}</span></th>", escape(name), escape(unit_text(unit)))
    });
    let mut rows = vec![format!("<tr><th></th>{}</tr>", heads.collect::<Vec<_>>().concat())];
    let digits: Vec<Digits> = (0..grid.columns.len())
        .map(|column| Digits::of(grid.cells.iter().filter_map(|row| row.get(column)?.0)))
        .collect();
    for (name, cells) in grid.rows.iter().zip(&grid.cells) {
        let cells = cells.iter().zip(&digits).map(|((value, _), digits)| {
            format!("<td>{}</td>", value.map_or("·".to_owned(), |value| digits.write(value)))
        });
        rows.push(format!("<tr><th>{}</th>{}</tr>", escape(name), cells.collect::<Vec<_>>().concat()));
    }
    if below == Below::Total {
        let sums = digits.iter().enumerate().map(|(column, digits)| {
            let known = grid.cells.iter().filter_map(|row| row.get(column)?.0);
            let sum = known.fold(None, |sum: Option<f64>, value| Some(sum.unwrap_or(0.0) + value));
            format!("<td><b>{}</b></td>", sum.map_or("·".to_owned(), |sum| digits.write(sum)))
        });
        rows.push(format!("<tr><th><b>together</b></th>{}</tr>", sums.collect::<Vec<_>>().concat()));
    }
    format!("<div class=\"wide\"><table>\n{}\n</table></div>\n", rows.join("\n"))
}
