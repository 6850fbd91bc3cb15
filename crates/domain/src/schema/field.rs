//! A field: its name, its words for people, and how its cells are read.

use serde_json::{Map, Value};

use super::constraints::Constraints;
use super::pattern::Choices;
use crate::cell::Reading;
use crate::ids::FieldName;

/// The types of Table Schema v2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldType {
    /// Text; also every type of a later version.
    String,
    /// Decimal number.
    Number,
    /// Whole number.
    Integer,
    /// True or false.
    Boolean,
    /// Day.
    Date,
    /// Time of day.
    Time,
    /// Day with a time.
    DateTime,
    /// Year.
    Year,
    /// Year and month.
    YearMonth,
    /// ISO 8601 duration.
    Duration,
    /// Longitude and latitude.
    GeoPoint,
    /// GeoJSON object.
    GeoJson,
    /// Delimited elements.
    List,
    /// JSON array.
    Array,
    /// JSON object.
    Object,
    /// Anything: read as text.
    Any,
}

impl FieldType {
    /// Every type.
    pub const ALL: [Self; 16] = [
        Self::String,
        Self::Number,
        Self::Integer,
        Self::Boolean,
        Self::Date,
        Self::Time,
        Self::DateTime,
        Self::Year,
        Self::YearMonth,
        Self::Duration,
        Self::GeoPoint,
        Self::GeoJson,
        Self::List,
        Self::Array,
        Self::Object,
        Self::Any,
    ];

    /// The word in a schema document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Time => "time",
            Self::DateTime => "datetime",
            Self::Year => "year",
            Self::YearMonth => "yearmonth",
            Self::Duration => "duration",
            Self::GeoPoint => "geopoint",
            Self::GeoJson => "geojson",
            Self::List => "list",
            Self::Array => "array",
            Self::Object => "object",
            Self::Any => "any",
        }
    }

    /// The type of a word; `None` for one that this version does not know.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.as_str() == word)
    }
}

/// A field of a schema.
#[derive(Debug, Clone)]
pub struct Field {
    /// The name in operations and queries; it never changes.
    pub name: FieldName,
    /// The original header, as exports write it; the name where the document gives none.
    pub title: String,
    /// What people read where the header is not meant for them (`label`, a member of ours).
    pub label: Option<String>,
    /// What the field holds.
    pub description: String,
    /// An example value.
    pub example: Option<String>,
    /// The type.
    pub kind: FieldType,
    /// The format as written; `default` where none is.
    pub format: String,
    /// How cells are read.
    pub reading: Reading,
    /// What cells must satisfy.
    pub constraints: Constraints,
    /// Texts that mean "no value": the field's own, or the schema's.
    pub missing_values: Vec<String>,
}

impl Field {
    /// What people call the field: its label, else its header, else its name.
    pub fn shown_name(&self) -> &str {
        [self.label.as_deref(), Some(self.title.as_str())]
            .into_iter()
            .flatten()
            .find(|text| !text.trim().is_empty())
            .unwrap_or(self.name.as_str())
    }

    /// True for a text that means "no value". The empty text always does, because CSV cannot tell it from
    /// an absent cell.
    pub fn is_missing(&self, value: &str) -> bool {
        value.is_empty() || self.missing_values.iter().any(|m| m == value)
    }

    /// The values a form may offer: an `enum`, categories, or a pattern of the French multi-value shape.
    pub fn choices(&self) -> Option<Choices> {
        if let Some(choices) = self.constraints.pattern.as_ref().and_then(|p| p.choices()) {
            return Some(choices.clone());
        }
        let allowed = &self.constraints.allowed;
        (!allowed.is_empty()).then(|| Choices::one_of(allowed.iter().map(|a| a.text.clone())))
    }
}

/// A member that is a text, if it is one.
pub(super) fn text(members: &Map<String, Value>, key: &str) -> Option<String> {
    members.get(key)?.as_str().map(str::to_owned)
}

/// A scalar as the text a cell would hold.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// True for an integer within ±(2^53-1), the only number a signed document may hold (`protocol.md` §3.2).
pub(super) fn is_signable(number: &serde_json::Number) -> bool {
    const SAFE: u64 = (1 << 53) - 1;
    number.as_i64().is_some_and(|n| n.unsigned_abs() <= SAFE)
}
