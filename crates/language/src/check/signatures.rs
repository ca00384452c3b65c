//! Names, dimensions and units of quantities, before anything is said of their values.

use super::{Checker, MOST_CELLS, MOST_CELLS_TOGETHER, Symbol};
use crate::diagnostic::Diagnostic;
use crate::model::{Definition, DimensionId, Input, Variable, VariableId};
use crate::source::Span;
use crate::syntax::{Item, ItemKind, Signature};
use crate::unit::Unit;

impl Checker<'_> {
    /// Enters every input, formula and native with its type.
    pub(crate) fn declare_variables(&mut self, items: &[Item]) {
        for item in items {
            let (signature, partial, definition) = match &item.kind {
                ItemKind::Input(input) => {
                    let empty = Input { cells: Vec::new(), each: None, with: None };
                    (&input.signature, input.partial, Definition::Input(empty))
                }
                ItemKind::Formula(formula) => (&formula.signature, formula.partial, Definition::Formula(Vec::new())),
                ItemKind::Native(native) => {
                    (&native.signature, native.partial, Definition::Native { inputs: Vec::new(), each_quarter: false })
                }
                _ => continue,
            };
            if !self.holds(&signature.name) {
                continue;
            }
            let dimensions = self.signature_dimensions(signature);
            let unit = self.unit(&signature.units);
            let sound = dimensions.is_some() && unit.is_some();
            let id = VariableId(self.variables.len() as u32);
            self.variables.push(Variable {
                name: signature.name.text.clone(),
                doc: item.doc.clone(),
                unit: unit.unwrap_or_else(Unit::pure),
                dimensions: dimensions.unwrap_or_default(),
                partial,
                definition,
                span: signature.name.span,
                item: item.span,
            });
            self.broken.push(!sound);
            self.resolve(&signature.name, Symbol::Variable(id));
        }
    }

    fn signature_dimensions(&mut self, signature: &Signature) -> Option<Vec<DimensionId>> {
        let mut ids: Vec<(DimensionId, Span)> = Vec::new();
        let mut sound = true;
        for name in &signature.dimensions {
            let Some(id) = self.find_dimension(name) else {
                sound = false;
                continue;
            };
            if let Some((_, first)) = ids.iter().find(|(other, _)| *other == id) {
                let what = format!("`{}` has the dimension `{}` twice", signature.name.text, name.text);
                self.faults.push(
                    Diagnostic::new(name.span, what)
                        .other(*first, "first here")
                        .help(format!("for a second axis of the same members: `dim NAME like {}`", name.text)),
                );
                sound = false;
            }
            ids.push((id, name.span));
        }
        let cells = ids
            .iter()
            .map(|(id, _)| self.dimensions[id.index()].members.len())
            .try_fold(1usize, usize::checked_mul)
            .filter(|cells| *cells <= MOST_CELLS);
        if cells.is_none() {
            let what = format!("`{}` would have more than {} million cells", signature.name.text, MOST_CELLS >> 20);
            self.fault_with(signature.name.span, what, "drop a dimension, or group one by a map to a smaller one");
            sound = false;
        }
        let before = self.cells;
        self.cells = before.saturating_add(cells.unwrap_or(0));
        if before <= MOST_CELLS_TOGETHER && self.cells > MOST_CELLS_TOGETHER {
            let what = format!(
                "with `{}` the model has more than {} million cells",
                signature.name.text,
                MOST_CELLS_TOGETHER >> 20
            );
            self.fault_with(
                signature.name.span,
                what,
                "drop a dimension of the largest quantities, or group one by a map",
            );
        }
        sound = sound && self.cells <= MOST_CELLS_TOGETHER;
        sound.then(|| ids.into_iter().map(|(id, _)| id).collect())
    }
}
