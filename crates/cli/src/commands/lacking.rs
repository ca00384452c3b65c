//! Why a figure is not known.

use crate::arguments::Global;
use crate::cells::{cell_index, input_figure};
use crate::failure::Failure;
use crate::load;
use crate::references::cell_text;
use tokenomics_engine::Explanation;
use tokenomics_language::Model;
use tokenomics_language::calendar::Date;
use tokenomics_language::model::Definition;

/// Why figures of a model lack.
pub struct Lacking<'m> {
    model: &'m Model,
    /// The model with what was published later, where a date hides it.
    later: Option<Model>,
}

impl<'m> Lacking<'m> {
    /// For some explanations; where nothing of them lacks, no other model is read.
    ///
    /// # Errors
    /// As [`load::model`].
    pub fn new(model: &'m Model, global: &Global, trees: &[&Explanation]) -> Result<Lacking<'m>, Failure> {
        let later = if global.as_of.is_some() && trees.iter().any(|tree| lacks(tree)) {
            let global = Global { as_of: None, ..global.clone() };
            Some(load::model(&global, global.scenario.as_deref())?)
        } else {
            None
        };
        Ok(Lacking { model, later })
    }

    /// Why a node has no figure: what it reads may say so, an input has no row, or a later one.
    #[must_use]
    pub fn why(&self, node: &Explanation) -> Option<String> {
        let lacking = node.value.is_none() && node.children.iter().all(|child| child.value.is_some()) && node.more == 0;
        if !lacking {
            return None;
        }
        let variable = &self.model.variables[node.variable.index()];
        Some(match &variable.definition {
            Definition::Input(_) => match self.published(node) {
                Some(date) => format!("published {date}, known from {}", first_day(date)),
                None => "no row gives it".to_owned(),
            },
            _ if node.repeated => return None,
            Definition::Formula(_) => "its formula gives no figure here".to_owned(),
            Definition::Native { .. } => "no answer is found for it".to_owned(),
        })
    }

    /// Why the first leaf that lacks does, with its name.
    #[must_use]
    pub fn root_cause(&self, node: &Explanation) -> Option<String> {
        if let Some(child) = node.children.iter().find(|child| child.value.is_none()) {
            return self.root_cause(child);
        }
        let variable = &self.model.variables[node.variable.index()];
        let cell = variable.dimensions.iter().copied().zip(node.cell.iter().copied());
        Some(format!("{}: {}", cell_text(self.model, &variable.name, cell), self.why(node)?))
    }

    /// When what lacks was published.
    fn published(&self, node: &Explanation) -> Option<Date> {
        let later = self.later.as_ref()?;
        let variable = later.variable(&self.model.variables[node.variable.index()].name)?;
        let figure = input_figure(later, variable, cell_index(later, variable, &node.cell))?;
        later.origins[figure.origin.index()].published
    }
}

fn lacks(tree: &Explanation) -> bool {
    tree.value.is_none() || tree.children.iter().any(lacks)
}

/// The day from which a figure of a date counts as known.
fn first_day(date: Date) -> String {
    let day = date.last_day();
    format!("{:04}-{:02}-{:02}", day / 10_000, day / 100 % 100, day % 100)
}
