//! Drawings other than lines: what they take, and how they are made.

use super::super::picture;
use super::super::series::{Lines, Question, title};
use super::{MOST, chart};
use crate::arguments::Period;
use crate::arguments::drawing::Plot;
use crate::cells::evaluate;
use crate::drawing::{Drawing, Use, heat};
use crate::failure::Failure;
use crate::references;
use crate::report::{Across, Figure, Kind, Options, Sides};
use crate::screen::{Form, Screen};
use tokenomics_engine::Evaluation;
use tokenomics_language::Model;

/// Whether options are those of the kind.
///
/// # Errors
/// One that is of another.
pub(super) fn fits(plan: &Plot) -> Result<(), Failure> {
    let of_lines = matches!(plan.kind, Kind::Lines);
    let over_quarters = of_lines || plan.kind == Kind::Heat;
    let curves = plan.kind == Kind::Curves;
    let options = [
        (plan.quarters.by.is_some() && !over_quarters, "--by", "lines and heat"),
        (plan.quarters.known_by.is_some() && !over_quarters, "--known-by", "lines and heat"),
        (plan.quarters.no_bands && !of_lines, "--no-bands", "lines"),
        (plan.stacked && !(of_lines || plan.kind == Kind::Bars), "--stacked", "lines and bars"),
        (plan.log && !(over_quarters || curves), "--log", "lines, heat and curves"),
        (plan.members.over.is_some() && !curves, "--over", "curves"),
        (plan.members.at.is_some() && !curves, "--at", "curves"),
        (plan.members.log_across && !curves, "--log-across", "curves"),
        (plan.members.two_sided && plan.kind != Kind::Sankey, "--two-sided", "sankey"),
    ];
    match options.iter().find(|(misplaced, ..)| *misplaced) {
        Some((_, option, kinds)) => Err(Failure::call(format!("`{option}` is an option of {kinds}"))
            .help("`--kind` says what is drawn; without it, lines")),
        None => Ok(()),
    }
}

/// Draws figures into a file.
///
/// # Errors
/// Figures that cannot be drawn so, no file to draw into, a file that cannot be written.
pub(super) fn draw(model: &Model, screen: &mut Screen<'_>, plan: &Plot) -> Result<(), Failure> {
    let Some(path) = &plan.to else {
        return Err(Failure::call("lines alone are drawn in the terminal")
            .help("`--to FILE.svg` or `--to FILE.png` draws this kind; `tokenomics show` gives its figures"));
    };
    if screen.form != Form::Text {
        return Err(Failure::call("lines alone are written as JSON or CSV")
            .help("`tokenomics show` writes the figures of the others"));
    }
    let figure = figure(model, plan)?;
    let across = figure.options.across.at.into_iter().chain(figure.options.known_by);
    let evaluation = evaluate(model, figure.references.iter().map(|reference| reference.variable).chain(across));
    drawing(&evaluation, &figure)?.save(path)?;
    screen.line(format!("{}: {}", path.display(), figure.words))
}

/// What is asked for, as a report would have it.
fn figure(model: &Model, plan: &Plot) -> Result<Figure, Failure> {
    let references = references::parse(model, &plan.names)?;
    let options = Options {
        period: Period { from: plan.from, to: plan.until },
        by: plan.quarters.by.as_deref().map(|name| references::dimension(model, name)).transpose()?,
        known_by: plan.quarters.known_by.as_deref().map(|name| references::variable(model, name)).transpose()?,
        top: plan.top.map(usize::from),
        by_ratio: plan.log,
        stacked: plan.stacked,
        across: Across {
            over: plan.members.over.as_deref().map(|name| references::dimension(model, name)).transpose()?,
            at: plan.members.at.as_deref().map(|name| references::variable(model, name)).transpose()?,
            by_ratio: plan.members.log_across,
        },
        sides: if plan.members.two_sided { Sides::Two } else { Sides::Chain },
        ..Options::default()
    };
    let (caption, words) = (title(model, &references), plan.names.join(" "));
    Figure { kind: plan.kind, caption, words, references, unit: None, options }.fit(model)
}

/// The drawing, to stand by itself.
fn drawing(evaluation: &Evaluation<'_>, figure: &Figure) -> Result<Drawing, Failure> {
    let nothing = || {
        Failure::call(format!("no figure of {} is known", figure.words)).help("`tokenomics explain` says what lacks")
    };
    match figure.kind {
        Kind::Sankey => {
            let mut matrices = picture::matrices(evaluation, figure)?;
            if matrices.len() > 1 {
                return Err(Failure::call("a file holds one sankey, and several quarters are picked").help("pick one"));
            }
            let sankey = matrices.pop().and_then(|matrix| matrix.sankey).ok_or_else(nothing)?;
            sankey.draw(Use::Alone)
        }
        Kind::Curves => {
            let (curves, _) = picture::curves(evaluation, figure)?;
            if curves.each.is_empty() { Err(nothing()) } else { Ok(curves.draw(Use::Alone)) }
        }
        Kind::Heat => {
            let options = &figure.options;
            let question =
                Question { period: options.period, by: options.by, known_by: options.known_by, draws: 0, seed: 1 };
            let mut lines = Lines::of(evaluation, &figure.references, &question)?;
            lines.keep(options.top.unwrap_or(picture::MOST_ROWS));
            if lines.each.is_empty() {
                return Err(nothing());
            }
            let mut chart = chart(evaluation.model(), &lines, false, options.by_ratio);
            chart.subtitle = lines.names;
            Ok(heat::draw(&chart, Use::Alone))
        }
        _ => {
            let grid = picture::Grid::shown(evaluation, figure)?;
            if grid.columns.len() > MOST {
                return Err(Failure::call(format!("{} colours are more than can be told apart", grid.columns.len()))
                    .help(format!("pick at most {MOST} members of the last dimension, as in [quarter = 2026Q4]")));
            }
            if grid.rows.is_empty() { Err(nothing()) } else { Ok(grid.bars(figure).draw(Use::Alone)) }
        }
    }
}
