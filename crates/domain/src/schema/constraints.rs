//! What the cells of a field must satisfy.

use serde_json::{Map, Value};

use super::field::{FieldType, scalar};
use super::pattern::Pattern;
use crate::cell::{Reading, TypedValue};
use crate::problem::{Code, Problem};

/// The constraints of a field; the default constrains nothing.
#[derive(Debug, Clone, Default)]
pub struct Constraints {
    /// A row needs a value.
    pub required: bool,
    /// No two rows have the same value.
    pub unique: bool,
    /// Smallest value.
    pub minimum: Option<Bound>,
    /// Largest value.
    pub maximum: Option<Bound>,
    /// Every value is above it.
    pub exclusive_minimum: Option<Bound>,
    /// Every value is below it.
    pub exclusive_maximum: Option<Bound>,
    /// Least count of characters, or of elements.
    pub min_length: Option<usize>,
    /// Greatest count of characters, or of elements.
    pub max_length: Option<usize>,
    /// What the whole text must match.
    pub pattern: Option<Pattern>,
    /// The values of `enum` and of `categories`; empty where every value is allowed.
    pub allowed: Vec<Allowed>,
}

/// A bound as written and as read.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// The text, for sentences.
    pub text: String,
    /// The value, for comparing.
    pub value: TypedValue,
}

/// An allowed value as written and as read.
#[derive(Debug, Clone, PartialEq)]
pub struct Allowed {
    /// The text, for forms.
    pub text: String,
    /// What people read instead of the text, where the schema gives it.
    pub label: Option<String>,
    /// The value, for comparing.
    pub value: TypedValue,
}

/// Reads the constraints of a field; a faulty one is left out and reported by code and member name.
/// `patterns` is how many fields of the schema have a pattern.
pub(super) fn read(
    field: &Map<String, Value>,
    kind: FieldType,
    reading: &Reading,
    patterns: usize,
) -> (Constraints, Vec<Problem>) {
    let mut reader = Reader {
        patterns,
        kind,
        reading,
        read: Constraints::default(),
        problems: Vec::new(),
    };
    match field.get("constraints") {
        None => {}
        Some(Value::Object(members)) => {
            for (name, value) in members {
                reader.constraint(name, value);
            }
        }
        Some(_) => reader.fault(Code::SchemaBadConstraint, "constraints"),
    }
    if let Some(categories) = field.get("categories") {
        reader.categories(categories);
    }
    (reader.read, reader.problems)
}

struct Reader<'a> {
    patterns: usize,
    kind: FieldType,
    reading: &'a Reading,
    read: Constraints,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn fault(&mut self, code: Code, member: &str) {
        let problem = Problem::new(code)
            .with("value", member)
            .with("type", self.kind.as_str());
        self.problems.push(problem);
    }

    fn constraint(&mut self, name: &str, value: &Value) {
        // A null member is how some editors write an absent one.
        if value.is_null() {
            return;
        }
        match name {
            "required" => self.read.required = self.truth(name, value),
            "unique" => self.read.unique = self.truth(name, value),
            "minimum" => self.read.minimum = self.bound(name, value),
            "maximum" => self.read.maximum = self.bound(name, value),
            "exclusiveMinimum" => self.read.exclusive_minimum = self.bound(name, value),
            "exclusiveMaximum" => self.read.exclusive_maximum = self.bound(name, value),
            "minLength" => self.read.min_length = self.length(name, value),
            "maxLength" => self.read.max_length = self.length(name, value),
            "pattern" => self.pattern(value),
            "enum" => self.allow(name, value),
            // Constraints of later versions bind later versions.
            _ => {}
        }
    }

    fn truth(&mut self, name: &str, value: &Value) -> bool {
        value.as_bool().unwrap_or_else(|| {
            self.fault(Code::SchemaBadConstraint, name);
            false
        })
    }

    fn bound(&mut self, name: &str, value: &Value) -> Option<Bound> {
        use FieldType::{Date, DateTime, Integer, Number, Time, Year, YearMonth};
        if !matches!(
            self.kind,
            Integer | Number | Date | Time | DateTime | Year | YearMonth
        ) {
            self.fault(Code::SchemaUnfitConstraint, name);
            return None;
        }
        let read = scalar(value).and_then(|text| {
            let value = self.value(&text)?;
            Some(Bound { text, value })
        });
        if read.is_none() {
            self.fault(Code::SchemaBadConstraint, name);
        }
        read
    }

    /// Reads a text of the schema as a cell; numbers there may also be written as JSON writes them, whatever
    /// marks the cells use.
    fn value(&self, text: &str) -> Option<TypedValue> {
        let bare = match self.reading {
            Reading::Number(_) => Reading::Number(Default::default()).read(text),
            Reading::Integer(_) => Reading::Integer(Default::default()).read(text),
            _ => None,
        };
        bare.or_else(|| self.reading.read(text))
    }

    fn length(&mut self, name: &str, value: &Value) -> Option<usize> {
        use FieldType::{Any, Array, List, Object, String};
        if !matches!(self.kind, String | Any | List | Array | Object) {
            self.fault(Code::SchemaUnfitConstraint, name);
            return None;
        }
        let read = scalar(value).and_then(|text| text.parse().ok());
        if read.is_none() {
            self.fault(Code::SchemaBadConstraint, name);
        }
        read
    }

    fn pattern(&mut self, value: &Value) {
        let Some(text) = value.as_str() else {
            return self.fault(Code::SchemaBadConstraint, "pattern");
        };
        self.read.pattern = Some(Pattern::among(text, self.patterns));
    }

    fn allow(&mut self, name: &str, value: &Value) {
        let texts: Option<Vec<String>> = value
            .as_array()
            .filter(|values| !values.is_empty())
            .and_then(|values| values.iter().map(scalar).collect());
        let Some(texts) = texts else {
            return self.fault(Code::SchemaBadConstraint, name);
        };
        for text in texts {
            self.add_allowed(name, text, None);
        }
    }

    fn categories(&mut self, value: &Value) {
        let entries = value.as_array().map_or(&[][..], Vec::as_slice);
        if entries.is_empty() {
            return self.fault(Code::SchemaBadMember, "categories");
        }
        // An enum is narrower than the categories it stands beside, so it alone decides.
        if !self.read.allowed.is_empty() {
            return;
        }
        for entry in entries {
            let text = scalar(entry.get("value").unwrap_or(entry));
            let label = entry
                .get("label")
                .and_then(Value::as_str)
                .map(str::to_owned);
            match text {
                Some(text) => self.add_allowed("categories", text, label),
                None => self.fault(Code::SchemaBadMember, "categories"),
            }
        }
    }

    fn add_allowed(&mut self, name: &str, text: String, label: Option<String>) {
        match self.value(&text) {
            Some(value) => self.read.allowed.push(Allowed { text, label, value }),
            None => self.fault(Code::SchemaBadConstraint, name),
        }
    }
}
