//! One reader per type. A reader says `None` where the text is not of the type; why is [`super::check`]'s part.

use serde_json::Value;

use super::calendar::{self, Form};
use super::{Decimal, TypedValue, text};

/// How a field's texts are read; made once from its type, format and marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Strings, and every type this version does not know.
    Text(TextForm),
    /// Whole numbers.
    Integer(NumberMarks),
    /// Decimal numbers.
    Number(NumberMarks),
    /// Two sets of texts.
    Boolean {
        /// Texts that mean true.
        yes: Vec<String>,
        /// Texts that mean false.
        no: Vec<String>,
    },
    /// Days.
    Date(Form),
    /// Times of day.
    Time(Form),
    /// Days with times.
    DateTime(Form),
    /// Four digits.
    Year,
    /// A year and a month.
    YearMonth,
    /// ISO 8601 durations.
    Duration,
    /// Positions.
    GeoPoint(GeoForm),
    /// Elements with something between them.
    List {
        /// What stands between two elements.
        delimiter: String,
        /// How an element is read.
        item: Box<Reading>,
    },
    /// A JSON array.
    Array,
    /// A JSON object; GeoJSON has a `type`.
    Object {
        /// Whether a member `type` is required.
        geojson: bool,
    },
}

/// The formats of strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextForm {
    /// Any text.
    Default,
    /// An e-mail address.
    Email,
    /// An address with a scheme.
    Uri,
    /// A UUID.
    Uuid,
}

/// How numbers are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberMarks {
    /// What stands between whole part and fraction.
    pub decimal: String,
    /// What groups thousands; empty for nothing.
    pub group: String,
    /// False where something such as `€` or `%` may stand around the number.
    pub bare: bool,
}

impl Default for NumberMarks {
    fn default() -> Self {
        Self {
            decimal: ".".to_owned(),
            group: String::new(),
            bare: true,
        }
    }
}

/// How positions are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GeoForm {
    /// `lon,lat`.
    Default,
    /// `[lon, lat]`.
    Array,
    /// `{"lon": …, "lat": …}`.
    Object,
}

impl Reading {
    /// Reads a text that is not missing.
    pub fn read(&self, cell: &str) -> Option<TypedValue> {
        match self {
            Self::Text(form) => form
                .accepts(cell)
                .then(|| TypedValue::Text(cell.to_owned())),
            Self::Integer(marks) => {
                Decimal::parse_integer(&marks.plain_integer(cell)).map(TypedValue::Integer)
            }
            Self::Number(marks) => number(&marks.plain_number(cell)?),
            Self::Boolean { yes, no } => {
                let among = |texts: &[String]| texts.iter().any(|t| t == cell);
                match (among(no), among(yes)) {
                    // As frictionless: a text in both sets is false.
                    (true, _) => Some(TypedValue::Boolean(false)),
                    (false, true) => Some(TypedValue::Boolean(true)),
                    (false, false) => None,
                }
            }
            Self::Date(form) => calendar::date(form, cell).map(TypedValue::Date),
            Self::Time(form) => {
                calendar::time(form, cell).map(|(time, offset)| TypedValue::Time(time, offset))
            }
            Self::DateTime(form) => calendar::datetime(form, cell).map(TypedValue::DateTime),
            Self::Year => fixed_digits(cell, 4..=4).map(TypedValue::Year),
            Self::YearMonth => year_month(cell),
            Self::Duration => {
                text::is_duration(cell).then(|| TypedValue::Duration(cell.to_owned()))
            }
            Self::GeoPoint(form) => form.read(cell),
            Self::List { delimiter, item } => cell
                .split(delimiter.as_str())
                .map(|element| item.read(element))
                .collect::<Option<Vec<_>>>()
                .map(TypedValue::List),
            Self::Array => json(cell).filter(Value::is_array).map(TypedValue::Json),
            Self::Object { geojson } => json(cell)
                .filter(|value| value.is_object() && (!geojson || value["type"].is_string()))
                .map(TypedValue::Json),
        }
    }
}

impl TextForm {
    fn accepts(self, cell: &str) -> bool {
        match self {
            Self::Default => true,
            Self::Email => text::is_email(cell),
            Self::Uri => text::is_uri(cell),
            Self::Uuid => text::is_uuid(cell),
        }
    }
}

impl NumberMarks {
    fn bared<'t>(&self, cell: &'t str) -> &'t str {
        let cell = cell.trim();
        if self.bare {
            return cell;
        }
        cell.trim_start_matches(|c: char| c != '-' && !c.is_ascii_digit())
            .trim_end_matches(|c: char| !c.is_ascii_digit())
    }
    fn ungrouped(&self, cell: &str) -> String {
        if self.group.is_empty() {
            cell.to_owned()
        } else {
            cell.replace(&self.group, "")
        }
    }
    fn plain_integer(&self, cell: &str) -> String {
        self.ungrouped(self.bared(cell))
    }
    /// The number with a point; `None` where a point stands that is not this field's mark.
    fn plain_number(&self, cell: &str) -> Option<String> {
        let plain = self.ungrouped(self.bared(cell));
        if self.decimal == "." {
            return Some(plain);
        }
        (!plain.contains('.')).then(|| plain.replace(&self.decimal, "."))
    }
}

fn number(plain: &str) -> Option<TypedValue> {
    if let Some(number) = Decimal::parse(plain) {
        return Some(TypedValue::Number(number));
    }
    // Python's Decimal, and so frictionless, reads these in any case.
    let lower = plain.to_ascii_lowercase();
    let unsigned = lower.strip_prefix(['-', '+']).unwrap_or(&lower);
    let size = match unsigned {
        "nan" => f64::NAN,
        "inf" | "infinity" => f64::INFINITY,
        _ => return None,
    };
    Some(TypedValue::NotFinite(if lower.starts_with('-') {
        -size
    } else {
        size
    }))
}

fn fixed_digits<N: std::str::FromStr>(
    cell: &str,
    length: std::ops::RangeInclusive<usize>,
) -> Option<N> {
    let plain = length.contains(&cell.len()) && cell.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| cell.parse().ok())?
}

fn year_month(cell: &str) -> Option<TypedValue> {
    let (year, month) = cell.split_once('-')?;
    let month: i8 = fixed_digits(month, 1..=2)?;
    (1..=12)
        .contains(&month)
        .then(|| fixed_digits(year, 4..=4).map(|year| TypedValue::YearMonth(year, month)))?
}

/// A JSON text; a number beyond JSON's range or deep nesting is refused by the parser.
fn json(cell: &str) -> Option<Value> {
    serde_json::from_str(cell).ok()
}

impl GeoForm {
    fn read(self, cell: &str) -> Option<TypedValue> {
        let (longitude, latitude) = match self {
            Self::Default => {
                let (longitude, latitude) = cell.split_once(',')?;
                (longitude.trim().to_owned(), latitude.trim().to_owned())
            }
            Self::Array => match json(cell)?.as_array()?.as_slice() {
                [longitude, latitude] => (plain(longitude)?, plain(latitude)?),
                _ => return None,
            },
            Self::Object => {
                let value = json(cell)?;
                let members = value.as_object().filter(|m| m.len() == 2)?;
                (plain(members.get("lon")?)?, plain(members.get("lat")?)?)
            }
        };
        let within = |text: &str, limit: &str| {
            let (number, limit) = (Decimal::parse(text)?, Decimal::parse(limit)?);
            let far = number > limit || number < limit.negated();
            (!far).then_some(number)
        };
        Some(TypedValue::GeoPoint {
            longitude: within(&longitude, "180")?,
            latitude: within(&latitude, "90")?,
        })
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.trim().to_owned()),
        _ => None,
    }
}
