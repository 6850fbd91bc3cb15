//! What a cell means: a reading of its text by the field's type, and the constraints it must satisfy.
//!
//! A stored value is always the string as received (`protocol.md` §3.1); a [`TypedValue`] exists only to
//! compare, to check and to export. Where Table Schema v2 is unclear this behaves as frictionless 5.21 does.

pub mod calendar;
mod check;
mod decimal;
mod read;
mod text;

use std::cmp::Ordering;

use jiff::civil::{Date, Time};
use serde_json::{Value, json};

pub use self::calendar::Moment;
pub use self::check::check;
pub use self::decimal::Decimal;
pub use self::read::{GeoForm, NumberMarks, Reading, TextForm};
use crate::problem::Problem;
use crate::schema::Field;

/// What is wrong with one cell; its field is named, its place is not yet known.
pub type CellProblem = Problem;

/// A cell as its field's type reads it.
#[derive(Debug, Clone, PartialEq)]
pub enum TypedValue {
    /// No cell, an empty one, or one of the field's missing values.
    Missing,
    /// A text.
    Text(String),
    /// A whole number, of any size.
    Integer(Decimal),
    /// A decimal number.
    Number(Decimal),
    /// `NaN`, `INF` or `-INF`, as Table Schema writes them.
    NotFinite(f64),
    /// True or false.
    Boolean(bool),
    /// A day.
    Date(Date),
    /// A time of day and its offset from UTC in seconds.
    Time(Time, Option<i32>),
    /// A day and a time.
    DateTime(Moment),
    /// A year.
    Year(i16),
    /// A year and its month.
    YearMonth(i16, i8),
    /// An ISO 8601 duration, kept as text.
    Duration(String),
    /// A position in degrees.
    GeoPoint {
        /// Degrees east, -180 to 180.
        longitude: Decimal,
        /// Degrees north, -90 to 90.
        latitude: Decimal,
    },
    /// The elements of a list.
    List(Vec<TypedValue>),
    /// An array or an object.
    Json(Value),
}

/// Reads one value by its field's type; constraints are [`check()`]'s matter.
pub fn read(field: &Field, value: &str) -> Result<TypedValue, CellProblem> {
    if field.is_missing(value) {
        return Ok(TypedValue::Missing);
    }
    field
        .reading
        .read(value)
        .ok_or_else(|| check::unreadable(field, value))
}

impl TypedValue {
    /// The value for the JSON API and exports: numbers, booleans, arrays and null where JSON has them,
    /// ISO 8601 text for dates, and text for numbers that JSON cannot hold.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Missing => Value::Null,
            Self::Text(text) | Self::Duration(text) => Value::String(text.clone()),
            Self::Integer(number) => number
                .to_safe_integer()
                .map_or_else(|| Value::String(number.to_string()), Value::from),
            Self::Number(number) => number
                .to_json()
                .unwrap_or_else(|| Value::String(number.to_string())),
            Self::NotFinite(number) => Value::String(not_finite(*number).to_owned()),
            Self::Boolean(truth) => Value::Bool(*truth),
            Self::Date(date) => Value::String(date.to_string()),
            Self::Time(time, offset) => Value::String(format!("{time}{}", zone(*offset))),
            Self::DateTime(moment) => {
                Value::String(format!("{}{}", moment.at, zone(moment.offset)))
            }
            Self::Year(year) => Value::from(*year),
            Self::YearMonth(year, month) => Value::String(format!("{year:04}-{month:02}")),
            Self::GeoPoint {
                longitude,
                latitude,
            } => json!([longitude.to_json(), latitude.to_json()]),
            Self::List(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Self::Json(value) => value.clone(),
        }
    }

    /// How this value stands to a bound; `None` where the two cannot be compared (NaN, other types).
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Integer(a) | Self::Number(a), Self::Integer(b) | Self::Number(b)) => {
                Some(a.cmp(b))
            }
            (Self::NotFinite(a), Self::Integer(b) | Self::Number(b)) => a.partial_cmp(&b.to_f64()?),
            (Self::Integer(a) | Self::Number(a), Self::NotFinite(b)) => a.to_f64()?.partial_cmp(b),
            (Self::NotFinite(a), Self::NotFinite(b)) => a.partial_cmp(b),
            (Self::Date(a), Self::Date(b)) => Some(a.cmp(b)),
            (Self::Time(a, x), Self::Time(b, y)) => {
                Some(seconds(*a, *x).cmp(&seconds(*b, *y)).then(a.cmp(b)))
            }
            (Self::DateTime(a), Self::DateTime(b)) => Some(a.instant()?.cmp(&b.instant()?)),
            (Self::Year(a), Self::Year(b)) => Some(a.cmp(b)),
            (Self::YearMonth(a, m), Self::YearMonth(b, n)) => Some((a, m).cmp(&(b, n))),
            _ => None,
        }
    }

    /// True where a choice and a cell are the same value, in whatever spelling the type allows.
    pub fn means(&self, other: &Self) -> bool {
        self == other || self.compare(other) == Some(Ordering::Equal)
    }

    /// How many characters or elements a length constraint counts; `None` where it counts nothing.
    pub fn length(&self) -> Option<usize> {
        match self {
            Self::Text(text) => Some(text.chars().count()),
            Self::List(items) => Some(items.len()),
            Self::Json(Value::Array(items)) => Some(items.len()),
            Self::Json(Value::Object(members)) => Some(members.len()),
            _ => None,
        }
    }
}

impl Moment {
    /// Comparable seconds and nanoseconds; a moment without an offset counts as UTC.
    fn instant(&self) -> Option<jiff::Timestamp> {
        let utc = self.at.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        let shift = jiff::SignedDuration::from_secs(i64::from(self.offset.unwrap_or(0)));
        utc.timestamp().checked_sub(shift).ok()
    }
}

fn seconds(time: Time, offset: Option<i32>) -> i32 {
    i32::from(time.hour()) * 3600 + i32::from(time.minute()) * 60 + i32::from(time.second())
        - offset.unwrap_or(0)
}

fn zone(offset: Option<i32>) -> String {
    match offset {
        None => String::new(),
        Some(0) => "Z".to_owned(),
        Some(seconds) => {
            let sign = if seconds < 0 { '-' } else { '+' };
            let minutes = seconds.abs() / 60;
            format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
        }
    }
}

fn not_finite(number: f64) -> &'static str {
    if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "INF"
    } else {
        "-INF"
    }
}

#[cfg(test)]
mod tests;
