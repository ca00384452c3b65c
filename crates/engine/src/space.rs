//! Boxes of cells, and where along a variable the cells of a box look.

use tokenomics_language::model::{DimensionId, DimensionSet, Model, Pick, VariableId};

/// A stretch of members of one dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Axis {
    /// The dimension.
    pub dimension: DimensionId,
    /// The first member.
    pub start: usize,
    /// How many members.
    pub length: usize,
}

/// A box of cells, row by row: the last axis varies fastest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Space {
    /// The stretch along each dimension.
    pub axes: Vec<Axis>,
}

/// Dimensions held at one member.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pins(Vec<(DimensionId, usize)>);

impl Pins {
    /// These pins with one dimension held at another member, or held as well.
    pub fn with(&self, dimension: DimensionId, member: usize) -> Pins {
        let mut pins = self.without(|other| other == dimension);
        pins.0.push((dimension, member));
        pins
    }

    /// These pins less those on some dimensions.
    pub fn without(&self, free: impl Fn(DimensionId) -> bool) -> Pins {
        Pins(self.0.iter().copied().filter(|(dimension, _)| !free(*dimension)).collect())
    }

    /// Where a dimension is held.
    pub fn get(&self, dimension: DimensionId) -> Option<usize> {
        self.0.iter().find(|(pinned, _)| *pinned == dimension).map(|(_, member)| *member)
    }

    /// Whether one of some dimensions is held.
    pub fn touch(&self, dimensions: DimensionSet) -> bool {
        self.0.iter().any(|(dimension, _)| dimensions.contains(*dimension))
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(DimensionId, usize)> for Pins {
    fn from_iter<I: IntoIterator<Item = (DimensionId, usize)>>(pins: I) -> Pins {
        Pins(pins.into_iter().collect())
    }
}

impl Space {
    /// All members of some dimensions, but one of those that are pinned.
    pub fn of(model: &Model, dimensions: impl IntoIterator<Item = DimensionId>, pins: &Pins) -> Space {
        let axes = dimensions.into_iter().map(|dimension| match pins.get(dimension) {
            Some(start) => Axis { dimension, start, length: 1 },
            None => Axis { dimension, start: 0, length: model.dimensions[dimension.index()].members.len() },
        });
        Space { axes: axes.collect() }
    }

    /// The cells of a variable, in its declared order.
    pub fn variable(model: &Model, variable: VariableId, pins: &Pins) -> Space {
        Space::of(model, model.variables[variable.index()].dimensions.iter().copied(), pins)
    }

    /// How many cells there are.
    pub fn cells(&self) -> usize {
        self.axes.iter().map(|axis| axis.length).product()
    }

    /// The position of a dimension among the axes.
    pub fn position(&self, dimension: DimensionId) -> Option<usize> {
        self.axes.iter().position(|axis| axis.dimension == dimension)
    }

    /// How far apart two neighbours along each axis are stored.
    pub fn strides(&self) -> Vec<usize> {
        let mut strides = vec![1; self.axes.len()];
        for position in (1..self.axes.len()).rev() {
            strides[position - 1] = strides[position] * self.axes[position].length;
        }
        strides
    }

    /// The member of each dimension at a cell.
    pub fn members(&self, mut cell: usize) -> Vec<usize> {
        let mut members = vec![0; self.axes.len()];
        for (member, axis) in members.iter_mut().zip(&self.axes).rev() {
            *member = axis.start + cell % axis.length;
            cell /= axis.length;
        }
        members
    }
}

/// For each cell of a box, a cell elsewhere: a base and what each axis adds to it.
#[derive(Clone, Debug)]
pub(crate) struct Gather {
    base: usize,
    tables: Vec<Vec<usize>>,
}

impl Gather {
    /// A gather over a box that yields zero everywhere.
    pub fn new(space: &Space) -> Gather {
        Gather { base: 0, tables: space.axes.iter().map(|axis| vec![0; axis.length]).collect() }
    }

    /// Adds a constant.
    pub fn shift(&mut self, offset: usize) {
        self.base += offset;
    }

    /// Adds, along one axis, what a function gives for each member.
    pub fn along(&mut self, space: &Space, dimension: DimensionId, offset: impl Fn(usize) -> usize) {
        if let Some(position) = space.position(dimension) {
            let start = space.axes[position].start;
            for (member, entry) in self.tables[position].iter_mut().enumerate() {
                *entry += offset(start + member);
            }
        }
    }

    /// From the cells of `space` to those of another box at the same members; an axis that `space`
    /// lacks is taken at its first member.
    pub fn same(space: &Space, target: &Space) -> Gather {
        Gather::earlier(space, target, None)
    }

    /// From the cells of `space` to those of another box at the same members, but so many members
    /// back along one dimension. A member before the first is taken as the first.
    pub fn earlier(space: &Space, target: &Space, back: Option<(DimensionId, usize)>) -> Gather {
        let mut gather = Gather::new(space);
        for (axis, stride) in target.axes.iter().zip(target.strides()) {
            let back = back.filter(|(dimension, _)| *dimension == axis.dimension).map_or(0, |(_, back)| back);
            gather.along(space, axis.dimension, |member| member.saturating_sub(axis.start + back) * stride);
        }
        gather
    }

    /// From the cells of `space`, `back` quarters earlier, to the cells of a variable, looking where
    /// the picks say. A quarter before the first is taken as the first.
    pub fn load(
        model: &Model,
        space: &Space,
        pins: &Pins,
        (variable, picks): (VariableId, &[(DimensionId, Pick)]),
        back: usize,
    ) -> Gather {
        let target = Space::variable(model, variable, &Pins::default());
        let mut gather = Gather::new(space);
        for (axis, stride) in target.axes.iter().zip(target.strides()) {
            let pick = picks.iter().find(|(dimension, _)| *dimension == axis.dimension).map(|(_, pick)| *pick);
            let (source, targets) = match pick {
                Some(Pick::Member(member)) => {
                    gather.shift(member as usize * stride);
                    continue;
                }
                Some(Pick::Along(other)) => (other, None),
                Some(Pick::Through(map)) => {
                    let map = &model.maps[map.index()];
                    (map.from, Some(&map.targets))
                }
                None => (axis.dimension, None),
            };
            let back = if model.quarter == Some(source) { back } else { 0 };
            let offset = |member: usize| {
                let member = member.saturating_sub(back);
                stride * targets.map_or(member, |targets| targets[member] as usize)
            };
            match (space.position(source), pins.get(source)) {
                (Some(_), _) => gather.along(space, source, offset),
                (None, Some(member)) => gather.shift(offset(member)),
                (None, None) => {}
            }
        }
        gather
    }

    /// The cell for every cell of the box, in order.
    pub fn all(&self) -> Vec<usize> {
        let mut cells = vec![self.base];
        for table in &self.tables {
            cells = cells.iter().flat_map(|cell| table.iter().map(move |offset| cell + offset)).collect();
        }
        cells
    }

    /// The cell for each of some cells of the box.
    pub fn of(&self, columns: &Columns) -> Vec<usize> {
        let mut cells = vec![self.base; columns.cells];
        for (table, column) in self.tables.iter().zip(&columns.positions) {
            if table.iter().any(|offset| *offset != 0) {
                for (cell, position) in cells.iter_mut().zip(column) {
                    *cell += table[*position as usize];
                }
            }
        }
        cells
    }
}

/// The cells of a variable at which some dimensions are held, in its order.
pub(crate) fn slice(model: &Model, variable: VariableId, pins: &Pins) -> Vec<usize> {
    let full = Space::variable(model, variable, &Pins::default());
    Gather::same(&Space::variable(model, variable, pins), &full).all()
}

/// Some cells of a box, as positions along each of its axes.
pub(crate) struct Columns {
    cells: usize,
    positions: Vec<Vec<u32>>,
}

impl Columns {
    /// The positions of some cells.
    pub fn of(space: &Space, cells: &[usize]) -> Columns {
        let positions = space.axes.iter().zip(space.strides()).map(|(axis, stride)| {
            if axis.length == 1 {
                return vec![0; cells.len()];
            }
            cells.iter().map(|cell| (cell / stride % axis.length) as u32).collect()
        });
        Columns { cells: cells.len(), positions: positions.collect() }
    }

    /// The positions along one axis.
    pub fn along(&self, axis: usize) -> &[u32] {
        &self.positions[axis]
    }
}
