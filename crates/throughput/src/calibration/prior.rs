//! What is held of each constant before any row is seen.

use crate::constant::{Constant, Constants, Level};
use crate::row::{self, Row};
use std::collections::BTreeMap;

/// What is held of all constants: the median of each, how far effects of a level reach, and where the
/// effect of a member is known beforehand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Priors {
    /// Medians of constants, in their own units.
    pub medians: BTreeMap<Constant, f64>,
    /// Spreads of effects by level, in the space in which effects add up.
    pub spreads: BTreeMap<(Constant, Level), f64>,
    /// Medians of effects of members, in that space.
    pub shifts: BTreeMap<(Constant, Level, String), f64>,
}

impl Priors {
    /// Reads priors from a table with the columns `constant, level, member, median, spread`.
    ///
    /// A row without a member gives the spread of a level; the row of the level `all` also the median of the
    /// constant. A row with a member gives the constant that this member would have by itself.
    ///
    /// # Errors
    /// What is not known or is no number, with its line.
    pub fn read(text: &str) -> Result<Priors, String> {
        let (_, rows) = row::read(text)?;
        let mut priors = Priors::default();
        // Shifts are differences to medians, so medians come first.
        for row in &rows {
            priors.spread(row).map_err(|what| format!("line {}: {what}", row.line))?;
        }
        for row in &rows {
            priors.shift(row).map_err(|what| format!("line {}: {what}", row.line))?;
        }
        for constant in Constant::ALL {
            priors.medians.entry(constant).or_insert(constant.link().natural(0.0));
        }
        Ok(priors)
    }

    fn spread(&mut self, row: &Row) -> Result<(), String> {
        let (constant, level) = key(row)?;
        if let Some(spread) = row.number("spread")? {
            if spread <= 0.0 {
                return Err(format!("`spread` is {spread}, and must be above zero"));
            }
            self.spreads.insert((constant, level), spread);
        }
        if level == Level::All
            && let Some(median) = row.number("median")?
        {
            self.medians.insert(constant, median);
        }
        Ok(())
    }

    fn shift(&mut self, row: &Row) -> Result<(), String> {
        let (constant, level) = key(row)?;
        let (Some(member), Some(median)) = (row.text("member"), row.number("median")?) else { return Ok(()) };
        let usual =
            self.medians.get(&constant).ok_or_else(|| format!("`{}` has no median of level `all`", constant.name()))?;
        let link = constant.link();
        self.shifts.insert((constant, level, member.to_owned()), link.linked(median) - link.linked(*usual));
        Ok(())
    }

    /// The constants before any row is seen.
    #[must_use]
    pub fn constants(&self) -> Constants {
        let mut values = [0.0; Constant::ALL.len()];
        for (constant, median) in &self.medians {
            values[*constant as usize] = *median;
        }
        Constants(values)
    }
}

fn key(row: &Row) -> Result<(Constant, Level), String> {
    let name = row.text("constant").ok_or("`constant` is empty")?;
    let constant = Constant::parse(name).ok_or_else(|| format!("there is no constant `{name}`"))?;
    let name = row.text("level").ok_or("`level` is empty")?;
    let level = Level::parse(name).ok_or_else(|| format!("there is no level `{name}`"))?;
    Ok((constant, level))
}
