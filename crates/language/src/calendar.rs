//! Quarters and dates of publication.

use std::fmt;

/// The year of the language in seconds: 365 days. The units `yr` and `qtr` of a model must agree with
/// it, for annuities compound by the year and quarters follow one another by a fourth of it.
pub const YEAR: f64 = 365.0 * 86_400.0;

/// A quarter of the language in seconds.
pub const QUARTER: f64 = YEAR / 4.0;

/// A calendar quarter, counted from the first quarter of year zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Quarter(pub i32);

impl Quarter {
    /// Reads `2026Q1`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Quarter> {
        let bytes = text.as_bytes();
        if bytes.len() != 6 || bytes[4] != b'Q' || !bytes[..4].iter().all(u8::is_ascii_digit) {
            return None;
        }
        let year: i32 = text[..4].parse().ok()?;
        match bytes[5] {
            digit @ b'1'..=b'4' => Some(Quarter(year * 4 + i32::from(digit - b'1'))),
            _ => None,
        }
    }
}

impl Quarter {
    /// The quarter that text in another way of writing is meant for: `2026q1`, `2026-Q1`, `2026 Q1`.
    #[must_use]
    pub fn meant(text: &str) -> Option<Quarter> {
        let mended: String = text.chars().filter(|character| !matches!(character, '-' | ' ' | '_')).collect();
        Quarter::parse(&mended.to_ascii_uppercase())
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}Q{}", self.0.div_euclid(4), self.0.rem_euclid(4) + 1)
    }
}

/// A date known to the day, the month or the year. It orders by its last day, so that a figure
/// published in "2026-05" counts as known from the end of May.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Date {
    year: u16,
    month: Option<u8>,
    day: Option<u8>,
}

impl Date {
    /// Reads `2026`, `2026-05` or `2026-05-01`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Date> {
        let mut parts = text.split('-');
        let number = |part: &str, digits: usize| -> Option<u16> {
            (part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse().ok())?
        };
        let year = number(parts.next()?, 4)?;
        let month = match parts.next() {
            None => None,
            Some(part) => Some(u8::try_from(number(part, 2)?).ok().filter(|month| (1..=12).contains(month))?),
        };
        let day = match parts.next() {
            None => None,
            Some(part) => Some(
                u8::try_from(number(part, 2)?)
                    .ok()
                    .filter(|day| (1..=days_in(year, month.unwrap_or(1))).contains(day))?,
            ),
        };
        parts.next().is_none().then_some(Date { year, month, day })
    }

    /// The last day the date can mean, as a number that orders dates.
    #[must_use]
    pub fn last_day(self) -> u32 {
        let month = self.month.unwrap_or(12);
        let day = self.day.unwrap_or_else(|| days_in(self.year, month));
        u32::from(self.year) * 10_000 + u32::from(month) * 100 + u32::from(day)
    }
}

impl Date {
    /// The first day the date can mean, as a number that orders dates.
    #[must_use]
    pub fn first_day(self) -> u32 {
        let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
        u32::from(self.year) * 10_000 + u32::from(month) * 100 + u32::from(day)
    }

    /// The last day of the month of the date, or of its year, as a number that orders dates.
    #[must_use]
    pub fn last_day_of_month(self) -> u32 {
        Date { day: None, ..self }.last_day()
    }
}

fn days_in(year: u16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

impl PartialOrd for Date {
    fn partial_cmp(&self, other: &Date) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Date {
    fn cmp(&self, other: &Date) -> std::cmp::Ordering {
        self.last_day().cmp(&other.last_day()).then_with(|| (self.month, self.day).cmp(&(other.month, other.day)))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(formatter, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(formatter, "-{day:02}")?;
        }
        Ok(())
    }
}
