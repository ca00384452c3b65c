//! Values over a box of cells, some of which may lack.

use crate::space::{Gather, Space};

/// Values over a box of cells.
#[derive(Clone, Debug)]
pub(crate) struct Array {
    /// The box.
    pub space: Space,
    /// The values, row by row; not a number where a cell lacks.
    pub values: Vec<f64>,
    /// Which cells there are; `None` when all are.
    pub present: Option<Vec<bool>>,
}

impl Array {
    /// One value.
    pub fn scalar(value: f64) -> Array {
        Array { space: Space::default(), values: vec![value], present: None }
    }

    /// A box whose every cell lacks.
    pub fn nothing(space: Space) -> Array {
        let cells = space.cells();
        Array { space, values: vec![f64::NAN; cells], present: Some(vec![false; cells]) }
    }

    /// Whether a cell is there.
    pub fn has(&self, cell: usize) -> bool {
        self.present.as_ref().is_none_or(|present| present[cell])
    }

    /// The value of a cell that is there.
    pub fn get(&self, cell: usize) -> Option<f64> {
        self.has(cell).then(|| self.values[cell])
    }

    /// The same values over a box with more dimensions.
    pub fn spread(self, space: &Space) -> Array {
        if self.space == *space {
            return self;
        }
        if self.values.len() == 1 {
            let cells = space.cells();
            return Array {
                space: space.clone(),
                values: vec![self.values[0]; cells],
                present: self.present.map(|present| vec![present[0]; cells]),
            };
        }
        let cells = Gather::same(space, &self.space).all();
        Array {
            space: space.clone(),
            values: cells.iter().map(|cell| self.values[*cell]).collect(),
            present: self.present.map(|present| cells.iter().map(|cell| present[*cell]).collect()),
        }
    }

    /// The values under a function.
    pub fn map(mut self, function: impl Fn(f64) -> f64) -> Array {
        for value in &mut self.values {
            *value = function(*value);
        }
        self
    }

    /// Two arrays over one box under a function, present where both are.
    pub fn zip(mut self, other: &Array, function: impl Fn(f64, f64) -> f64) -> Array {
        for (value, other) in self.values.iter_mut().zip(&other.values) {
            *value = function(*value, *other);
        }
        self.present = both(self.present, other.present.as_deref());
        self
    }

    /// Three arrays over one box under a function, present where all are.
    pub fn zip3(mut self, second: &Array, third: &Array, function: impl Fn(f64, f64, f64) -> f64) -> Array {
        for ((value, second), third) in self.values.iter_mut().zip(&second.values).zip(&third.values) {
            *value = function(*value, *second, *third);
        }
        self.present = both(both(self.present, second.present.as_deref()), third.present.as_deref());
        self
    }
}

fn both(first: Option<Vec<bool>>, second: Option<&[bool]>) -> Option<Vec<bool>> {
    match (first, second) {
        (Some(first), Some(second)) => Some(first.iter().zip(second).map(|(a, b)| *a && *b).collect()),
        (Some(one), None) => Some(one),
        (None, Some(one)) => Some(one.to_vec()),
        (None, None) => None,
    }
}
