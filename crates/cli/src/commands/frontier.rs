//! `frontier`: throughput against speed for a user, what each point costs and draws, and a drawing of it.

mod cost;
mod curve;
mod plot;
mod print;
mod roles;

use crate::arguments::Global;
use crate::arguments::serving::Frontier;
use crate::catalogue;
use crate::failure::Failure;
use crate::known::{self, Named};
use crate::numbers::brief;
use crate::references::meant;
use crate::screen::{Form, Screen};
use curve::{Curve, Question, Upkeep};
use roles::{Measured, Role, Roles};
use tokenomics_language::Model;
use tokenomics_throughput::catalogue::Catalogue;
use tokenomics_throughput::offer::{Offer, Wish, apart_by};
use tokenomics_throughput::row::year;
use tokenomics_throughput::setting::served_by;
use tokenomics_throughput::{Format, Workload};

/// Lengths of a measured run may differ from those asked for by this part.
const SAME_LENGTH: f64 = 0.02;

/// The frontiers that are asked for, with what they rest on.
pub struct Answer {
    /// What was asked of each deployment.
    pub workload: Workload,
    /// One frontier for each chip and model.
    pub curves: Vec<Traced>,
}

/// A frontier with what stands beside it.
pub struct Traced {
    /// The frontier.
    pub curve: Curve,
    /// What an accelerator costs and draws, and where that comes from.
    pub upkeep: Upkeep,
    /// In words.
    pub basis: Vec<String>,
    /// Measured runs of the model on the chip at these lengths.
    pub measured: Vec<Measured>,
}

/// Prints the frontiers, or draws them.
///
/// # Errors
/// An unknown name, with the nearest; a file that cannot be read or written; nothing that holds the model.
pub fn run(model: &Model, global: &Global, screen: &mut Screen<'_>, asked: &Frontier) -> Result<(), Failure> {
    let mut catalogue = catalogue::of(model)?;
    let chips = asked
        .chips
        .iter()
        .map(|name| known::chip(model, &mut catalogue, name))
        .collect::<Result<Vec<Named>, Failure>>()?;
    let models = asked
        .models
        .iter()
        .map(|name| known::language_model(&mut catalogue, name).map_err(|failure| misnamed(failure, asked)))
        .collect::<Result<Vec<Named>, Failure>>()?;
    let workload = workload(asked)?;
    let wish = wish(&catalogue, asked)?;
    let roles = Roles::read(model)?;
    let mut answer = Answer { workload, curves: Vec::new() };
    for language_model in &models {
        for chip in &chips {
            answer.curves.push(traced(&catalogue, &roles, [chip, language_model], asked, &wish, workload)?);
        }
    }
    if let Some(path) = &asked.plot {
        plot::draw(&answer, path, screen)?;
    }
    if asked.plot.is_none() || screen.form != Form::Text { print::print(&answer, global, screen) } else { Ok(()) }
}

fn traced(
    catalogue: &Catalogue,
    roles: &Roles<'_>,
    [chip, language_model]: [&Named; 2],
    asked: &Frontier,
    wish: &Wish,
    workload: Workload,
) -> Result<Traced, Failure> {
    let known_chip = &catalogue.chips[&chip.name];
    let known_model = &catalogue.models[&language_model.name];
    let (upkeep, mut basis) = upkeep(roles, chip, known_chip.chip.power, asked);
    let question = Question {
        catalogue,
        chip: (&chip.name, known_chip),
        language_model: (&language_model.name, known_model),
        wish,
        workload,
        most: asked.max_chips.map(f64::from),
        upkeep,
    };
    let mut curve = question.curve();
    if curve.stops.is_empty() {
        return Err(nothing(catalogue, &question, &curve, asked));
    }
    curve.era = match asked.date {
        Some(date) => format!("software of {date}"),
        None => "software as it was on average when it was measured".to_owned(),
    };
    curve.notes.extend(chip.notes.iter().chain(&language_model.notes).cloned());
    let context = known_model.architecture.longest_context;
    if context > 0.0 && workload.input + workload.output > context {
        curve.notes.push(format!(
            "{} and its answer are longer than the {} tokens that {} is said to take",
            brief(workload.input),
            brief(context),
            language_model.name
        ));
    }
    let measured = if chip.in_model && language_model.in_model && workload.cached == 0.0 {
        let same = |run: &Measured| {
            let near = |measured: f64, asked: f64| (measured / asked - 1.0).abs() < SAME_LENGTH;
            near(run.lengths[0], workload.input) && near(run.lengths[1], workload.output)
        };
        roles.measured(catalogue, &chip.name, &language_model.name).into_iter().filter(same).collect()
    } else {
        Vec::new()
    };
    basis.retain(|words| !words.is_empty());
    Ok(Traced { curve, upkeep, basis, measured })
}

/// What an accelerator costs and draws, and in words where that comes from.
fn upkeep(roles: &Roles<'_>, chip: &Named, rating: Option<f64>, asked: &Frontier) -> (Upkeep, Vec<String>) {
    let of_model = |role| roles.value(role, &chip.name).filter(|_| chip.in_model);
    let name = |role| roles.name(role, &chip.name).unwrap_or_default();
    let mut basis = Vec::new();
    let hour_cost = match (asked.hour_cost, of_model(Role::HourCost)) {
        (Some(cost), _) => {
            basis.push(format!("an hour of {} costs ${}, as the call says", chip.name, brief(cost)));
            Some(cost)
        }
        (None, Some(cost)) => {
            basis.push(format!("an hour of {} costs ${} ({})", chip.name, brief(cost), name(Role::HourCost)));
            Some(cost)
        }
        (None, None) => {
            basis.push(format!("what an hour of {} costs is not known; `--hour-cost` says it", chip.name));
            None
        }
    };
    let facility = roles.value(Role::FacilityPower, "").unwrap_or(1.0);
    let machine = of_model(Role::Power).or_else(|| Some(rating? * roles.value(Role::PowerPerRating, &chip.name)?));
    let power = machine.map(|machine| machine * facility);
    if let (Some(machine), Some(power)) = (machine, power) {
        let from = if of_model(Role::Power).is_some() {
            name(Role::Power)
        } else {
            format!("its rating times {}", name(Role::PowerPerRating))
        };
        basis.push(format!(
            "it draws {} W with its share of host and network ({from}), {} W with the building's",
            brief(machine),
            brief(power)
        ));
    }
    (Upkeep { hour_cost, power }, basis)
}

fn workload(asked: &Frontier) -> Result<Workload, Failure> {
    let cached = asked.cached.tokens(asked.input);
    if cached >= asked.input {
        return Err(Failure::call(format!(
            "{} tokens of a prompt of {} are found in the cache, which leaves none to read",
            brief(cached),
            brief(asked.input)
        ))
        .help("`--input` counts what is found in the cache: make it longer, or `--cached` less"));
    }
    Ok(Workload { input: asked.input, output: asked.output, cached })
}

fn wish(catalogue: &Catalogue, asked: &Frontier) -> Result<Wish, Failure> {
    let format = asked.precision.as_deref().map(|text| {
        let names = Format::ALL.map(Format::name);
        Format::parse(text).ok_or_else(|| {
            let all = format!("there is {}", names.join(", "));
            Failure::call(format!("there is no number format `{text}`"))
                .help(meant(text, names.into_iter()).unwrap_or(all))
        })
    });
    let mut wish = Wish {
        format: format.transpose()?,
        apart: asked.disaggregated.wanted(),
        speculation: asked.speculation.wanted(),
        date: asked.date.and_then(|date| year(&date.to_string())),
        ..Wish::default()
    };
    if let Some(text) = &asked.engine {
        let (full, engine) = served_by(text, catalogue);
        let Some((engine, _)) = engine else {
            let names = catalogue.engines.keys().map(String::as_str);
            let all = || format!("there is {}", catalogue.engines.keys().cloned().collect::<Vec<_>>().join(", "));
            return Err(
                Failure::call(format!("there is no engine `{text}`")).help(meant(text, names).unwrap_or_else(all))
            );
        };
        wish.engine = Some(engine.to_owned());
        let placed: Vec<&str> = full
            .split('-')
            .filter(|part| !part.is_empty() && catalogue.meant(&catalogue.engines, part).is_none())
            .collect();
        if !placed.is_empty() && wish.apart != Some(false) {
            wish.framework = Some(apart_by(&placed, engine));
        }
    }
    Ok(wish)
}

/// What to say where no deployment is found.
fn nothing(catalogue: &Catalogue, question: &Question<'_>, curve: &Curve, asked: &Frontier) -> Failure {
    let (chip, language_model) = (question.chip.0, question.language_model.0);
    if Offer::all(catalogue, question.chip, question.language_model, Some(question.wish)).is_empty() {
        let engine = asked.engine.as_deref().unwrap_or("an engine");
        let run = catalogue.engines.iter().filter(|(_, known)| known.vendors.contains(&question.chip.1.vendor));
        let run: Vec<&str> = run.map(|(name, _)| name.as_str()).collect();
        return Failure::call(format!("{engine} is not known to serve {language_model} on {chip} in that way"))
            .help(format!("on {chip} run {}", run.join(", ")));
    }
    let [together, apart] = curve.most;
    let most = together.into_iter().chain(apart).fold(0.0, f64::max);
    let links = &question.chip.1.chip;
    let (most, help) = if links.scale_out_bandwidth.is_none() && links.scale_up_domain < most {
        let help = "no links to further ones are known: `scale_up_domain` and `scale_up_bandwidth`, or \
                    `scale_out_bandwidth`, say how many work together";
        (links.scale_up_domain, help)
    } else {
        (most, "take more (`--max-chips`), a narrower format (`--precision`) or fewer tokens (`--input`)")
    };
    Failure::call(format!("{} {chip} do not hold {language_model} and a request", brief(most))).help(help)
}

/// The failure of a name that is given to `--model`, which means a folder of sheets elsewhere.
fn misnamed(failure: Failure, asked: &Frontier) -> Failure {
    match failure {
        Failure::Call { what, help } if asked.models.len() > 1 => {
            Failure::Call { what: format!("{what}, nor a folder with sheets"), help }
        }
        other => other,
    }
}
