//! What is wrong with a problem as it was stated.

use std::fmt;

/// A figure that a problem cannot be posed with.
#[derive(Clone, Debug, PartialEq)]
pub struct Invalid {
    /// The field, such as `fleet` or `rate`.
    pub field: &'static str,
    /// Where in the field: a place for each of its dimensions, none where the field as a whole is wrong.
    pub place: Vec<usize>,
    /// What is wrong with it.
    pub what: String,
    /// How to mend it.
    pub help: String,
}

impl fmt::Display for Invalid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}", self.field)?;
        for place in &self.place {
            write!(formatter, "[{place}]")?;
        }
        write!(formatter, "` {}; {}", self.what, self.help)
    }
}

impl std::error::Error for Invalid {}

/// Whether a row has as many figures as it should.
pub(crate) fn length(
    field: &'static str,
    place: &[usize],
    found: usize,
    wanted: usize,
    each: &str,
) -> Result<(), Invalid> {
    if found == wanted {
        return Ok(());
    }
    Err(Invalid {
        field,
        place: place.to_vec(),
        what: format!("has {found} entries"),
        help: format!("give it {wanted}, one for each {each}"),
    })
}

/// Whether a figure is finite and not below zero.
pub(crate) fn amount(field: &'static str, place: &[usize], figure: f64) -> Result<(), Invalid> {
    if figure.is_finite() && figure >= 0.0 {
        return Ok(());
    }
    Err(Invalid {
        field,
        place: place.to_vec(),
        what: format!("is {figure}"),
        help: "it must be finite and at least zero".to_owned(),
    })
}

/// Whether a figure is finite and above zero.
pub(crate) fn positive(field: &'static str, place: &[usize], figure: f64) -> Result<(), Invalid> {
    amount(field, place, figure)?;
    if figure > 0.0 {
        return Ok(());
    }
    Err(Invalid { field, place: place.to_vec(), what: "is 0".to_owned(), help: "it must be above zero".to_owned() })
}

/// Whether figures are finite and not below zero.
pub(crate) fn amounts(field: &'static str, place: &[usize], figures: &[f64]) -> Result<(), Invalid> {
    figures.iter().enumerate().try_for_each(|(index, figure)| {
        if figure.is_finite() && *figure >= 0.0 {
            return Ok(());
        }
        let place: Vec<usize> = place.iter().copied().chain([index]).collect();
        amount(field, &place, *figure)
    })
}
