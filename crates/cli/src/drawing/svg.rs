//! A drawing as SVG.

use super::{Anchor, Drawing, Ink, Mark, Place, Use};
use std::fmt::Write as _;

const FONT: &str = "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif";

pub(super) fn write(drawing: &Drawing, purpose: Use) -> String {
    let (width, height) = drawing.size;
    let mut told = format!("<title>{}</title>", escape(&drawing.title));
    if !drawing.description.is_empty() {
        let _ = write!(told, "\n<desc>{}</desc>", escape(&drawing.description));
    }
    let mut out = match purpose {
        Use::Alone => format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"{FONT}\">\n{told}\n\
             <rect width=\"100%\" height=\"100%\" fill=\"{}\"/>\n",
            Ink::Paper.colour()
        ),
        Use::Page => format!("<svg viewBox=\"0 0 {width} {height}\" role=\"img\">\n{told}\n"),
    };
    for mark in &drawing.marks {
        one(&mut out, mark, purpose);
        out.push('\n');
    }
    out.push_str("</svg>\n");
    out
}

fn one(out: &mut String, mark: &Mark, purpose: Use) {
    let paint = |ink: &Ink| match purpose {
        Use::Alone => ink.colour().to_owned(),
        Use::Page => ink.variable(),
    };
    // Writing into a string does not fail.
    let _ = match mark {
        Mark::Line { places, ink, width, dashed } => {
            let dash = if *dashed { " stroke-dasharray=\"5 4\"" } else { "" };
            let (stroke, points) = (paint(ink), points(places));
            write!(
                out,
                "<polyline points=\"{points}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{width}\" stroke-linejoin=\"round\"{dash}/>"
            )
        }
        Mark::Area { places, ink, opacity, hint } => {
            let (points, fill) = (points(places), paint(ink));
            let body = format!("<polygon points=\"{points}\" fill=\"{fill}\" fill-opacity=\"{}\"", round(*opacity));
            if hint.is_empty() {
                write!(out, "{body}/>")
            } else {
                write!(out, "{body}><title>{}</title></polygon>", escape(hint))
            }
        }
        Mark::Box { at, size, ink, opacity, hint } => {
            let (x, y, width, height) = (round(at.0), round(at.1), round(size.0), round(size.1));
            let fill = paint(ink);
            let body = format!(
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\" fill-opacity=\"{}\"",
                round(*opacity)
            );
            if hint.is_empty() {
                write!(out, "{body}/>")
            } else {
                write!(out, "{body}><title>{}</title></rect>", escape(hint))
            }
        }
        Mark::Text { at, text, size, anchor, ink, bold } => {
            let anchor = match anchor {
                Anchor::Start => "",
                Anchor::Middle => " text-anchor=\"middle\"",
                Anchor::End => " text-anchor=\"end\"",
            };
            let weight = if *bold { " font-weight=\"600\"" } else { "" };
            let (x, y, fill) = (round(at.0), round(at.1), paint(ink));
            write!(
                out,
                "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{fill}\"{anchor}{weight}>{}</text>",
                escape(text)
            )
        }
    };
}

fn points(places: &[Place]) -> String {
    places.iter().map(|(x, y)| format!("{},{}", round(*x), round(*y))).collect::<Vec<_>>().join(" ")
}

/// To a hundredth of a point, without idle zeros.
fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// A text as it stands in a document.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}
