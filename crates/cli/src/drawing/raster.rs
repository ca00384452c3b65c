//! A drawing as pixels.

use super::{Anchor, Drawing, Mark, Place};
use kuva::backend::png::PngBackend;
use kuva::render::color::Color;
use kuva::render::render::{PathData, Primitive, Scene, TextAnchor};
use std::fmt::Write as _;

pub(super) fn png(drawing: &Drawing) -> Result<Vec<u8>, String> {
    let mut scene = Scene::new(drawing.size.0, drawing.size.1);
    for mark in &drawing.marks {
        scene.add(primitive(mark));
    }
    PngBackend::new().render_scene(&scene)
}

fn primitive(mark: &Mark) -> Primitive {
    match mark {
        Mark::Line { places, ink, width, dashed } => Primitive::Path(Box::new(PathData {
            d: path(places, false),
            fill: None,
            stroke: Color::from(ink.colour()),
            stroke_width: *width,
            opacity: None,
            // Dashes are counted in pixels, of which a point has two.
            stroke_dasharray: dashed.then(|| "10 8".to_owned()),
        })),
        Mark::Area { places, ink, opacity, .. } => Primitive::Path(Box::new(PathData {
            d: path(places, true),
            fill: Some(Color::from(ink.colour())),
            stroke: Color::None,
            stroke_width: 0.0,
            opacity: Some(*opacity),
            stroke_dasharray: None,
        })),
        Mark::Box { at, size, ink, opacity, .. } => Primitive::Rect {
            x: at.0,
            y: at.1,
            width: size.0,
            height: size.1,
            fill: Color::from(ink.colour()),
            stroke: None,
            stroke_width: None,
            opacity: Some(*opacity),
        },
        Mark::Text { at, text, size, anchor, ink, bold } => Primitive::Text {
            x: at.0,
            y: at.1,
            content: text.clone(),
            size: *size,
            anchor: match anchor {
                Anchor::Start => TextAnchor::Start,
                Anchor::Middle => TextAnchor::Middle,
                Anchor::End => TextAnchor::End,
            },
            rotate: None,
            bold: *bold,
            color: Some(Color::from(ink.colour())),
        },
    }
}

fn path(places: &[Place], closed: bool) -> String {
    let mut text = String::new();
    for (index, (x, y)) in places.iter().enumerate() {
        text.push_str(if index == 0 { "M " } else { " L " });
        // Writing into a string does not fail.
        let _ = write!(text, "{x:.2} {y:.2}");
    }
    if closed {
        text.push_str(" Z");
    }
    text
}
