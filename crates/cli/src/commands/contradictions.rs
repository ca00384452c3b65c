//! Claims that contradict each other.

use super::claims::{Published, add, head};
use super::tree::written;
use crate::failure::Failure;
use crate::screen::Screen;
use crate::style::Style;
use tokenomics_engine::ClaimResult;
use tokenomics_language::Model;

/// Claims of one quantity whose published figures have nothing in common.
fn groups<'r>(model: &Model, published: &Published, shown: &[&'r ClaimResult]) -> Vec<(String, Vec<&'r ClaimResult>)> {
    let mut groups: Vec<(String, Vec<&ClaimResult>)> = Vec::new();
    for result in shown {
        let text = written(model, model.expressions[model.claims[result.claim].value.index()].span);
        match groups.iter_mut().find(|(known, _)| *known == text) {
            Some((_, members)) => members.push(result),
            None => groups.push((text, vec![result])),
        }
    }
    let bounds = |result: &ClaimResult| {
        let claim = &model.claims[result.claim];
        let (low, high) = published[result.claim]?;
        Some((low - low.abs() * claim.within, high + high.abs() * claim.within))
    };
    groups.retain(|(_, members)| {
        let known: Vec<(f64, f64)> = members.iter().filter_map(|result| bounds(result)).collect();
        let highest_low = known.iter().map(|bounds| bounds.0).fold(f64::NEG_INFINITY, f64::max);
        let lowest_high = known.iter().map(|bounds| bounds.1).fold(f64::INFINITY, f64::min);
        highest_low > lowest_high
    });
    groups
}

/// Prints claims that contradict each other side by side.
///
/// # Errors
/// The output does not take any more.
pub fn print(
    model: &Model,
    screen: &mut Screen<'_>,
    published: &Published,
    shown: &[&ClaimResult],
) -> Result<(), Failure> {
    let groups = groups(model, published, shown);
    if groups.is_empty() {
        return Ok(());
    }
    screen.line(format!("\n{}", screen.paint.paint(Style::Strong, "Contradicting each other")))?;
    let mut table = head();
    for (quantity, members) in groups {
        table.heading(quantity);
        for result in members {
            let claim = &model.claims[result.claim];
            let publication = model.origins[claim.origin.index()].publication;
            let key = publication.map_or("the model", |id| model.publications[id.index()].key.as_str());
            add(&mut table, model, published, result, format!("  {} ({key})", claim.name));
        }
    }
    screen.table(&table)
}
