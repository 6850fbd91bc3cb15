//! strptime patterns: parsed once, then read many times.

use jiff::civil::{Date, Time};

use super::Moment;

/// Names of the months: English, then French, as written out and as shortened.
const MONTHS: [[&str; 4]; 12] = [
    ["january", "janvier", "jan", "janv"],
    ["february", "février", "feb", "févr"],
    ["march", "mars", "mar", "mars"],
    ["april", "avril", "apr", "avr"],
    ["may", "mai", "may", "mai"],
    ["june", "juin", "jun", "juin"],
    ["july", "juillet", "jul", "juil"],
    ["august", "août", "aug", "août"],
    ["september", "septembre", "sep", "sept"],
    ["october", "octobre", "oct", "oct"],
    ["november", "novembre", "nov", "nov"],
    ["december", "décembre", "dec", "déc"],
];

/// A strptime pattern whose directives are all known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<Part>,
    text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Exactly this character.
    Literal(char),
    /// One or more spaces.
    Space,
    /// The directive of this letter.
    Directive(char),
}

/// The parts of a moment while they are read; what is not written keeps Python's default, 1 January 1900.
struct Draft {
    year: i32,
    month: i32,
    day: i32,
    day_of_year: Option<i32>,
    hour: i32,
    afternoon: Option<bool>,
    minute: i32,
    second: i32,
    nanoseconds: i32,
    offset: Option<i32>,
}

impl Pattern {
    /// Parses a pattern such as `%d/%m/%Y`; `None` where it has no directive or an unknown one.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.strip_prefix("fmt:").unwrap_or(text);
        let mut parts = Vec::new();
        let mut letters = plain.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '%' => match letters.next()? {
                    '%' => parts.push(Part::Literal('%')),
                    known if "YymdHIMSfpzZbBhaAj".contains(known) => {
                        parts.push(Part::Directive(known));
                    }
                    _ => return None,
                },
                space if space.is_whitespace() => {
                    if parts.last() != Some(&Part::Space) {
                        parts.push(Part::Space);
                    }
                }
                other => parts.push(Part::Literal(other)),
            }
        }
        let useful = parts.iter().any(|p| matches!(p, Part::Directive(_)));
        useful.then(|| Self {
            parts,
            text: plain.to_owned(),
        })
    }

    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Reads a whole text by the pattern; an impossible date such as 30 February is `None`.
    pub fn read(&self, text: &str) -> Option<Moment> {
        let mut draft = Draft {
            year: 1900,
            month: 1,
            day: 1,
            day_of_year: None,
            hour: 0,
            afternoon: None,
            minute: 0,
            second: 0,
            nanoseconds: 0,
            offset: None,
        };
        let mut rest = text;
        for part in &self.parts {
            rest = match part {
                Part::Literal(letter) => strip_letter(rest, *letter)?,
                Part::Space => {
                    let trimmed = rest.trim_start();
                    (trimmed.len() < rest.len()).then_some(trimmed)?
                }
                Part::Directive(letter) => draft.take(*letter, rest)?,
            };
        }
        rest.is_empty().then(|| draft.moment())?
    }
}

impl Draft {
    fn take<'t>(&mut self, directive: char, text: &'t str) -> Option<&'t str> {
        let mut number = |slot: fn(&mut Self) -> &mut i32, least, most| {
            let (value, rest) = leading_digits(text, least, most)?;
            *slot(self) = value;
            Some(rest)
        };
        match directive {
            'Y' => number(|d| &mut d.year, 4, 4),
            'm' => number(|d| &mut d.month, 1, 2),
            'd' => number(|d| &mut d.day, 1, 2),
            'H' | 'I' => number(|d| &mut d.hour, 1, 2),
            'M' => number(|d| &mut d.minute, 1, 2),
            'S' => number(|d| &mut d.second, 1, 2),
            'y' => {
                let (value, rest) = leading_digits(text, 2, 2)?;
                // POSIX: 69 to 99 are of the twentieth century.
                self.year = if value < 69 { 2000 } else { 1900 } + value;
                Some(rest)
            }
            'j' => {
                let (value, rest) = leading_digits(text, 1, 3)?;
                self.day_of_year = Some(value);
                Some(rest)
            }
            'f' => {
                let length = text.bytes().take(6).take_while(u8::is_ascii_digit).count();
                self.nanoseconds = nanoseconds(&text[..length])?;
                Some(&text[length..])
            }
            'p' => {
                let half = text.get(..2)?.to_ascii_lowercase();
                self.afternoon = Some(match half.as_str() {
                    "am" => false,
                    "pm" => true,
                    _ => return None,
                });
                Some(&text[2..])
            }
            'z' => {
                let end = text
                    .find(|c: char| !matches!(c, '+' | '-' | ':' | 'Z') && !c.is_ascii_digit())
                    .unwrap_or(text.len());
                self.offset = Some(offset(&text[..end])?);
                Some(&text[end..])
            }
            'Z' => {
                let rest = text.strip_prefix("UTC").or(text.strip_prefix("GMT"))?;
                self.offset = Some(0);
                Some(rest)
            }
            'b' | 'B' | 'h' => {
                let (month, rest) = leading_month(text)?;
                self.month = month;
                Some(rest)
            }
            // A weekday says nothing that the date does not.
            _ => {
                let rest = text.trim_start_matches(char::is_alphabetic);
                (rest.len() < text.len()).then(|| rest.strip_prefix('.').unwrap_or(rest))
            }
        }
    }

    fn moment(self) -> Option<Moment> {
        let small = |n: i32| i8::try_from(n).ok();
        let year = i16::try_from(self.year).ok()?;
        let date = match self.day_of_year {
            None => Date::new(year, small(self.month)?, small(self.day)?).ok()?,
            Some(day) => Date::new(year, 1, 1)
                .ok()?
                .with()
                .day_of_year(i16::try_from(day).ok()?)
                .build()
                .ok()?,
        };
        let hour = match self.afternoon {
            None => self.hour,
            Some(_) if !(1..=12).contains(&self.hour) => return None,
            Some(afternoon) => self.hour % 12 + if afternoon { 12 } else { 0 },
        };
        let time = Time::new(
            small(hour)?,
            small(self.minute)?,
            small(self.second)?,
            self.nanoseconds,
        )
        .ok()?;
        Some(Moment {
            at: date.to_datetime(time),
            offset: self.offset,
        })
    }
}

fn strip_letter(text: &str, letter: char) -> Option<&str> {
    let mut letters = text.chars();
    let first = letters.next()?;
    let same = first == letter || first.to_lowercase().eq(letter.to_lowercase());
    same.then_some(letters.as_str())
}

/// Digits only, at most nine.
pub(super) fn digits(text: &str) -> Option<i32> {
    let plain = (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

fn leading_digits(text: &str, least: usize, most: usize) -> Option<(i32, &str)> {
    let length = text
        .bytes()
        .take(most)
        .take_while(u8::is_ascii_digit)
        .count();
    (length >= least).then(|| Some((digits(&text[..length])?, &text[length..])))?
}

fn leading_month(text: &str) -> Option<(i32, &str)> {
    let end = text
        .find(|c: char| !c.is_alphabetic())
        .unwrap_or(text.len());
    let word = text[..end].to_lowercase();
    let number = MONTHS
        .iter()
        .position(|names| names.contains(&word.as_str()))?;
    let rest = &text[end..];
    Some((
        i32::try_from(number).ok()? + 1,
        rest.strip_prefix('.').unwrap_or(rest),
    ))
}

/// A fraction of a second of any length, cut to nanoseconds.
pub(super) fn nanoseconds(fraction: &str) -> Option<i32> {
    if fraction.is_empty() {
        return None;
    }
    let cut = &fraction[..fraction.len().min(9)];
    digits(&format!("{cut:0<9}"))
}

/// `Z`, `±HH`, `±HHMM` or `±HH:MM`, in seconds.
pub(super) fn offset(text: &str) -> Option<i32> {
    if text == "Z" {
        return Some(0);
    }
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    if !text.is_ascii() {
        return None;
    }
    let (hours, minutes) = match text[1..].len() {
        2 => (digits(&text[1..])?, 0),
        4 => (digits(&text[1..3])?, digits(&text[3..])?),
        5 if text.as_bytes()[3] == b':' => (digits(&text[1..3])?, digits(&text[4..])?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// 21 November 2026, 14:30 in a form, to show how to write it.
pub fn example(pattern: &Pattern) -> String {
    let sample = Date::constant(2026, 11, 21).at(14, 30, 0, 0);
    let mut text = String::new();
    for part in &pattern.parts {
        match part {
            Part::Literal(letter) => text.push(*letter),
            Part::Space => text.push(' '),
            Part::Directive('z') => text.push_str("+01:00"),
            Part::Directive('Z') => text.push_str("UTC"),
            Part::Directive(letter) => {
                text.push_str(&sample.strftime(&format!("%{letter}")).to_string());
            }
        }
    }
    text
}
