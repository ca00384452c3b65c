//! Which figures of a model a frontier reads: a table `frontier.csv` at its root, with the columns
//! `role, figure, unit`. In a figure `{chip}` and `{system}` stand for members.

use crate::cells::{cell_index, evaluate, value_in};
use crate::failure::Failure;
use crate::headline::unit_of;
use crate::references::{self, Reference};
use tokenomics_engine::Evaluation;
use tokenomics_language::Model;
use tokenomics_language::diagnostic::nearest;
use tokenomics_language::model::VariableId;
use tokenomics_language::unit::Unit;
use tokenomics_throughput::catalogue::{Catalogue, plain};
use tokenomics_throughput::row;

/// The path of the table from the root of a model.
pub const PATH: &str = "frontier.csv";

/// What a figure is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// What an hour of an accelerator costs.
    HourCost,
    /// Power of an accelerator with its share of host and network.
    Power,
    /// That power over the rating, for an accelerator of which only the rating is known.
    PowerPerRating,
    /// Power of a building over that of its machines.
    FacilityPower,
    /// Tokens in and out a second for each accelerator, as measured.
    MeasuredThroughput,
    /// Tokens a second for a user, as measured.
    MeasuredSpeed,
    /// Tokens of a prompt in that measurement.
    MeasuredInput,
    /// Tokens of an answer in that measurement.
    MeasuredOutput,
    /// The path of a table that says how each run was served, by the columns named in its unit.
    MeasuredRuns,
}

impl Role {
    const ALL: [(&'static str, Role); 9] = [
        ("hour_cost", Role::HourCost),
        ("power", Role::Power),
        ("power_per_rating", Role::PowerPerRating),
        ("facility_power", Role::FacilityPower),
        ("measured_throughput", Role::MeasuredThroughput),
        ("measured_speed", Role::MeasuredSpeed),
        ("measured_input", Role::MeasuredInput),
        ("measured_output", Role::MeasuredOutput),
        ("measured_runs", Role::MeasuredRuns),
    ];
}

struct Line {
    role: Role,
    figure: String,
    unit: String,
    at: u64,
}

/// The figures of a model by what they are for.
pub struct Roles<'m> {
    model: &'m Model,
    evaluation: Evaluation<'m>,
    lines: Vec<Line>,
}

/// A run that was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Its name in the model.
    pub system: String,
    /// Tokens in and out a second for each accelerator.
    pub throughput: f64,
    /// Tokens a second for a user.
    pub speed: f64,
    /// Tokens of a prompt and of an answer.
    pub lengths: [f64; 2],
    /// How it was served, in the model's words; empty where it does not say.
    pub way: String,
}

impl<'m> Roles<'m> {
    /// Reads the table; a model without one has no such figures.
    ///
    /// # Errors
    /// A line that the model cannot meet.
    pub fn read(model: &'m Model) -> Result<Roles<'m>, Failure> {
        let mut lines = Vec::new();
        if let Some(file) = model.sources.find(PATH) {
            let (_, rows) = row::read(&model.sources.file(file).text)
                .map_err(|what| Failure::Model(format!("error: `{PATH}`: {what}\n")))?;
            for row in rows {
                let field = |column: &str| row.text(column).unwrap_or_default().to_owned();
                let name = field("role");
                let Some((_, role)) = Role::ALL.iter().find(|(known, _)| *known == name) else {
                    let near = nearest(&name, Role::ALL.iter().map(|(known, _)| *known));
                    let help = near.map(|near| format!("\n help: did you mean `{near}`?")).unwrap_or_default();
                    return Err(Failure::Model(format!(
                        "error: `{PATH}`, line {}: `{name}` is no role{help}\n",
                        row.line
                    )));
                };
                lines.push(Line { role: *role, figure: field("figure"), unit: field("unit"), at: row.line });
            }
        }
        let variables: Vec<VariableId> =
            lines.iter().filter_map(|line| model.variable(line.figure.split('[').next()?.trim())).collect();
        let roles = Roles { model, evaluation: evaluate(model, variables), lines };
        for line in roles.lines.iter().filter(|line| line.role != Role::MeasuredRuns) {
            roles.check(line)?;
        }
        Ok(roles)
    }

    /// Whether a line means one figure of the model, whatever member its braces stand for.
    fn check(&self, line: &Line) -> Result<(), Failure> {
        let first = dimension(&line.figure)
            .and_then(|name| self.model.dimension(name))
            .and_then(|id| self.model.dimensions[id.index()].members.first());
        let text = filled(&line.figure, first.map_or("", String::as_str));
        let fault = |what: String, help: Option<String>| {
            let help = help.map(|help| format!("\n help: {help}")).unwrap_or_default();
            Failure::Model(format!("error: `{PATH}`, line {}: {what}{help}\n", line.at))
        };
        match self.reference(&text, &line.unit) {
            Ok((reference, _)) if reference.picks.iter().all(|pick| pick.as_ref().map_or(0, Vec::len) == 1) => Ok(()),
            Ok(_) => Err(fault(
                format!("`{}` is more than one figure", line.figure),
                Some("pick a member of each of its dimensions".to_owned()),
            )),
            Err(Failure::Call { what, help }) => Err(fault(what, help)),
            Err(other) => Err(other),
        }
    }

    fn reference(&self, text: &str, unit: &str) -> Result<(Reference, Unit), Failure> {
        let reference = references::parse_one(self.model, &[text.to_owned()])?;
        let unit = unit_of(self.model, &reference, text, unit)?;
        Ok((reference, unit))
    }

    fn line(&self, role: Role) -> Option<&Line> {
        self.lines.iter().find(|line| line.role == role)
    }

    /// The name of the figure of a role for a member.
    #[must_use]
    pub fn name(&self, role: Role, member: &str) -> Option<String> {
        self.line(role).map(|line| filled(&line.figure, member))
    }

    /// The figure of a role for a member; nothing where the model has none.
    #[must_use]
    pub fn value(&self, role: Role, member: &str) -> Option<f64> {
        let line = self.line(role)?;
        let (reference, unit) = self.reference(&filled(&line.figure, member), &line.unit).ok()?;
        let cell: Vec<u32> = reference.members(self.model).into_iter().map(|members| members[0]).collect();
        let index = cell_index(self.model, reference.variable, &cell);
        value_in(&self.evaluation, reference.variable, index, &unit)
    }

    /// How a run was served, by the table that says so.
    fn way(&self, system: &str) -> Option<String> {
        let line = self.line(Role::MeasuredRuns)?;
        let file = self.model.sources.find(&line.figure)?;
        let (columns, rows) = row::read(&self.model.sources.file(file).text).ok()?;
        let row = rows.iter().find(|row| row.text(&columns[0]) == Some(system))?;
        let words = line.unit.split(' ').filter_map(|column| row.text(column)).filter(|word| *word != "none");
        Some(words.collect::<Vec<_>>().join(", "))
    }

    /// Measured runs of a language model on a chip: systems are named for the model, then the chip.
    #[must_use]
    pub fn measured(&self, catalogue: &Catalogue, chip: &str, language_model: &str) -> Vec<Measured> {
        let members = self
            .line(Role::MeasuredThroughput)
            .and_then(|line| self.model.dimension(dimension(&line.figure)?))
            .map_or(&[][..], |id| self.model.dimensions[id.index()].members.as_slice());
        let names = |map_name: &str| -> Vec<String> {
            let others = catalogue.aliases.iter().filter(|(_, member)| *member == map_name);
            others.map(|(alias, _)| alias.clone()).chain([plain(map_name)]).collect()
        };
        let (chips, models) = (names(chip), names(language_model));
        let means = |system: &str| {
            let parts: Vec<&str> = system.split('_').collect();
            // The chip may end the name or be followed by what sets the run apart.
            (1..parts.len()).any(|cut| {
                let head = plain(&parts[..cut].concat());
                (cut + 1..=parts.len()).any(|end| chips.contains(&plain(&parts[cut..end].concat())))
                    && models.contains(&head)
            })
        };
        members
            .iter()
            .filter(|system| means(system))
            .filter_map(|system| {
                let value = |role| self.value(role, system);
                Some(Measured {
                    system: system.clone(),
                    throughput: value(Role::MeasuredThroughput)?,
                    speed: value(Role::MeasuredSpeed)?,
                    lengths: [value(Role::MeasuredInput)?, value(Role::MeasuredOutput)?],
                    way: self.way(system).unwrap_or_default(),
                })
            })
            .collect()
    }
}

/// The dimension whose member the braces of a figure stand for.
fn dimension(figure: &str) -> Option<&str> {
    let before = figure.split('{').next().filter(|before| before.len() < figure.len())?;
    before.trim_end().strip_suffix('=')?.trim_end().rsplit(['[', ',', ' ']).next()
}

/// A figure with a member in the place of its braces.
fn filled(figure: &str, member: &str) -> String {
    match (figure.find('{'), figure.find('}')) {
        (Some(start), Some(end)) if start < end => format!("{}{member}{}", &figure[..start], &figure[end + 1..]),
        _ => figure.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_stand_for_a_member() {
        assert_eq!(filled("a[b = {b}, c = d]", "x"), "a[b = x, c = d]");
        assert_eq!(filled("a", "x"), "a");
        assert_eq!(dimension("a[b = {b}, c = d]"), Some("b"));
        assert_eq!(dimension("a[c = d, b={system}]"), Some("b"));
        assert_eq!(dimension("a[c = d]"), None);
    }
}
