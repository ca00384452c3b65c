//! Drawings: marks on a sheet, written as SVG with real text, or as pixels.

pub mod axis;
pub mod bars;
pub mod curves;
pub mod heat;
pub mod lines;
mod raster;
pub mod sankey;
pub mod svg;

use crate::failure::Failure;
use crate::load::unwritable;
use std::fs;
use std::path::Path;

/// What a mark is drawn in; a drawing for a page leaves the colours to the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ink {
    /// What is read first.
    Dark,
    /// What stands beside.
    Quiet,
    /// Axes.
    Frame,
    /// Lines of the grid.
    Grid,
    /// The sheet.
    Paper,
    /// One of several, by its position.
    Series(usize),
}

/// Colours of the series, apart for most eyes.
pub const COLOURS: [&str; 12] = [
    "#0b6e99", "#d1495b", "#2a9d5c", "#8f5db7", "#c98a00", "#4a4e69", "#00a5a5", "#a0522d", "#d65db1", "#6b8e23",
    "#4f5bd5", "#808080",
];

/// The same on a dark page.
pub const COLOURS_ON_DARK: [&str; 12] = [
    "#4fb3dd", "#f0808d", "#5fd08f", "#c39be6", "#f0b840", "#a3a8cc", "#43d3d3", "#d99068", "#f095d3", "#a8cc5c",
    "#949dff", "#b5b5b5",
];

impl Ink {
    /// The colour on white paper.
    #[must_use]
    pub fn colour(self) -> &'static str {
        match self {
            Ink::Dark => "#222222",
            Ink::Quiet => "#666666",
            Ink::Frame => "#777777",
            Ink::Grid => "#e2e2e2",
            Ink::Paper => "#ffffff",
            Ink::Series(index) => COLOURS[index % COLOURS.len()],
        }
    }

    /// The variable of a page that holds the colour.
    #[must_use]
    pub fn variable(self) -> String {
        match self {
            Ink::Dark => "var(--ink)".to_owned(),
            Ink::Quiet => "var(--quiet)".to_owned(),
            Ink::Frame => "var(--frame)".to_owned(),
            Ink::Grid => "var(--grid)".to_owned(),
            Ink::Paper => "var(--paper)".to_owned(),
            Ink::Series(index) => format!("var(--c{})", index % COLOURS.len()),
        }
    }
}

/// Which end of a text its place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Its first letter.
    Start,
    /// Its middle.
    Middle,
    /// Its last letter.
    End,
}

/// A place on the sheet, to the right and down, in points.
pub type Place = (f64, f64);

/// Something drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// A line through places.
    Line {
        /// The places.
        places: Vec<Place>,
        /// In which ink.
        ink: Ink,
        /// How wide.
        width: f64,
        /// Whether dashed.
        dashed: bool,
    },
    /// An area with corners.
    Area {
        /// The corners.
        places: Vec<Place>,
        /// In which ink.
        ink: Ink,
        /// How much of it.
        opacity: f64,
        /// What a pointer is told.
        hint: String,
    },
    /// A box.
    Box {
        /// The corner above on the left.
        at: Place,
        /// Width and height.
        size: Place,
        /// In which ink.
        ink: Ink,
        /// How much of it.
        opacity: f64,
        /// What a pointer is told.
        hint: String,
    },
    /// A text.
    Text {
        /// Where.
        at: Place,
        /// What it says.
        text: String,
        /// The height of its letters.
        size: u32,
        /// Which end of it is there.
        anchor: Anchor,
        /// In which ink.
        ink: Ink,
        /// Whether it stands out.
        bold: bool,
    },
}

/// What a drawing is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A file by itself: it has its title, and colours of its own.
    Alone,
    /// A part of a page, which has the title and the colours.
    Page,
}

/// Marks on a sheet.
#[derive(Clone, Debug)]
pub struct Drawing {
    /// Width and height in points.
    pub size: Place,
    /// What it shows, in words.
    pub title: String,
    /// What is seen in it, in words; may be empty.
    pub description: String,
    /// The marks, later ones above earlier.
    pub marks: Vec<Mark>,
}

impl Drawing {
    /// An empty sheet.
    #[must_use]
    pub fn new(size: Place, title: String) -> Drawing {
        Drawing { size, title, description: String::new(), marks: Vec::new() }
    }

    /// Adds a text.
    pub fn text(&mut self, at: Place, text: impl Into<String>, size: u32, anchor: Anchor, ink: Ink) {
        self.marks.push(Mark::Text { at, text: text.into(), size, anchor, ink, bold: false });
    }

    /// Adds a straight line.
    pub fn rule(&mut self, from: Place, to: Place, ink: Ink, dashed: bool) {
        self.marks.push(Mark::Line { places: vec![from, to], ink, width: 1.0, dashed });
    }

    /// Adds title and subtitle above, and returns where they end.
    pub fn heading(&mut self, subtitle: &str) -> f64 {
        let room = self.size.0 - 2.0 * EDGE;
        let mut y = EDGE;
        for line in crate::screen::wrap(&self.title.clone(), letters(room, 17.0)) {
            y += 22.0;
            self.marks.push(Mark::Text {
                at: (EDGE, y),
                text: line,
                size: 17,
                anchor: Anchor::Start,
                ink: Ink::Dark,
                bold: true,
            });
        }
        for line in crate::screen::wrap(subtitle, letters(room, 12.0)) {
            y += 17.0;
            self.text((EDGE, y), line, 12, Anchor::Start, Ink::Quiet);
        }
        y + 10.0
    }

    /// As SVG: a file by itself, or a part of a page.
    #[must_use]
    pub fn svg(&self, purpose: Use) -> String {
        svg::write(self, purpose)
    }

    /// Draws into a file, in the form that its name ends in.
    ///
    /// # Errors
    /// A name that ends in neither form, or a file that cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), Failure> {
        let bytes = match form(path)? {
            Form::Svg => self.svg(Use::Alone).into_bytes(),
            Form::Png => raster::png(self).map_err(Failure::call)?,
        };
        fs::write(path, bytes).map_err(|error| unwritable(path, &error))
    }
}

/// What is left free at the edges of a sheet.
pub const EDGE: f64 = 16.0;

/// About how many letters of a size a width holds.
#[must_use]
pub fn letters(width: f64, size: f64) -> usize {
    crate::numbers::whole((width / (size * 0.54)).floor()).max(8)
}

/// About the width of a text.
#[must_use]
pub fn width(text: &str, size: f64) -> f64 {
    text.chars().count() as f64 * size * 0.56
}

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Lines and letters.
    Svg,
    /// Pixels.
    Png,
}

/// The form that the name of a file ends in.
///
/// # Errors
/// A name that ends in neither.
pub fn form(path: &Path) -> Result<Form, Failure> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    match extension.as_deref() {
        Some("svg") => Ok(Form::Svg),
        Some("png") => Ok(Form::Png),
        _ => Err(Failure::call(format!("`{}` ends in no form of a drawing", path.display()))
            .help("name it FILE.svg or FILE.png")),
    }
}

/// A name of the model as it is spoken: `gemini_3_1_pro` is `gemini 3.1 pro`.
#[must_use]
pub fn spoken(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let digit = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(char::is_ascii_digit);
    let one = |(at, letter): (usize, &char)| match letter {
        '_' if digit(at.checked_sub(1)) && digit(Some(at + 1)) => '.',
        '_' => ' ',
        other => *other,
    };
    letters.iter().enumerate().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_spoken_without_its_joints() {
        assert_eq!(["gemini_3_1_pro", "tpu_v7", "on demand"].map(spoken), ["gemini 3.1 pro", "tpu v7", "on demand"]);
    }
}
