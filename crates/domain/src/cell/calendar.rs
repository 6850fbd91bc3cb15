//! Dates and times in the forms that Table Schema knows: ISO 8601, strptime patterns, and `any`.
//!
//! Behaves as frictionless 5.21: a pattern's day and month may have one digit, a pattern without a year means
//! 1900. Month names are read in English and in French. `any` reads ISO forms and day-first numbers only.

use jiff::civil::{Date, DateTime, Time};

mod pattern;

pub use pattern::{Pattern, example};

/// How a field writes its dates or times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// ISO 8601, as Table Schema's default says.
    Default,
    /// Whatever is unmistakable.
    Any,
    /// A strptime pattern.
    Pattern(Pattern),
}

/// A moment as written: the offset from UTC in seconds where one was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Date and time of day.
    pub at: DateTime,
    /// Seconds east of UTC.
    pub offset: Option<i32>,
}

/// Patterns that `any` tries. Day first: a French reader never writes the month first.
const ANY_DATES: [&str; 8] = [
    "%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d", "%d %B %Y", "%d/%m/%y",
];
const ANY_TIMES: [&str; 6] = ["%H:%M:%S%z", "%H:%M:%S", "%H:%M", "%Hh%M", "%Hh", "%H h %M"];

/// Reads a date.
pub fn date(form: &Form, text: &str) -> Option<Date> {
    match form {
        Form::Default => iso_date(text),
        Form::Pattern(pattern) => pattern.read(text).map(|m| m.at.date()),
        Form::Any => first_match(ANY_DATES, text.trim())
            .or_else(|| datetime(&Form::Default, text))
            .map(|m| m.at.date()),
    }
}

/// Reads a time of day, with its offset where one is written.
pub fn time(form: &Form, text: &str) -> Option<(Time, Option<i32>)> {
    let moment = match form {
        Form::Default => iso_time(text),
        Form::Pattern(pattern) => pattern.read(text),
        Form::Any => iso_time(text).or_else(|| first_match(ANY_TIMES, text.trim())),
    }?;
    Some((moment.at.time(), moment.offset))
}

/// Reads a date with a time.
pub fn datetime(form: &Form, text: &str) -> Option<Moment> {
    match form {
        Form::Default => iso_datetime(text),
        Form::Pattern(pattern) => pattern.read(text),
        Form::Any => iso_datetime(text).or_else(|| any_datetime(text.trim())),
    }
}

fn any_datetime(text: &str) -> Option<Moment> {
    if let Some(moment) = first_match(ANY_DATES, text) {
        return Some(moment);
    }
    text.match_indices([' ', 'T']).find_map(|(at, _)| {
        let date = first_match(ANY_DATES, &text[..at])?.at.date();
        let (time, offset) = time(&Form::Any, &text[at + 1..])?;
        let at = date.to_datetime(time);
        Some(Moment { at, offset })
    })
}

fn first_match<const N: usize>(patterns: [&str; N], text: &str) -> Option<Moment> {
    patterns
        .iter()
        .find_map(|pattern| Pattern::parse(pattern)?.read(text))
}

/// `YYYY-MM-DD`, where month and day may have one digit as strptime allows.
fn iso_date(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '-');
    let mut part = |lengths: std::ops::RangeInclusive<usize>| {
        let part = parts.next().filter(|part| lengths.contains(&part.len()))?;
        pattern::digits(part)
    };
    let (year, month, day) = (part(4..=4)?, part(1..=2)?, part(1..=2)?);
    Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()
}

/// `YYYY-MM-DD`, any one character, and a time with seconds.
fn iso_datetime(text: &str) -> Option<Moment> {
    let date = text.get(..10)?;
    let mut rest = text.get(10..)?.chars();
    rest.next()?;
    let moment = iso_time(rest.as_str())?;
    let date = iso_date(date)?;
    Some(Moment {
        at: date.to_datetime(moment.at.time()),
        offset: moment.offset,
    })
}

/// `HH:MM:SS`, an optional fraction, an optional `Z` or `±HH[[:]MM]`.
fn iso_time(text: &str) -> Option<Moment> {
    let clock = text.get(..8)?;
    if clock.as_bytes()[2] != b':' || clock.as_bytes()[5] != b':' {
        return None;
    }
    let number = |range: std::ops::Range<usize>| pattern::digits(clock.get(range)?);
    let mut rest = &text[8..];
    let mut nanoseconds = 0;
    if let Some(fraction) = rest.strip_prefix(['.', ',']) {
        let length = fraction.bytes().take_while(u8::is_ascii_digit).count();
        nanoseconds = pattern::nanoseconds(&fraction[..length])?;
        rest = &fraction[length..];
    }
    let offset = match rest {
        "" => None,
        zone => Some(pattern::offset(zone)?),
    };
    let small = |n: i32| i8::try_from(n).ok();
    let time = Time::new(
        small(number(0..2)?)?,
        small(number(3..5)?)?,
        small(number(6..8)?)?,
        nanoseconds,
    )
    .ok()?;
    Some(Moment {
        at: Date::constant(1900, 1, 1).to_datetime(time),
        offset,
    })
}

#[cfg(test)]
mod tests;
