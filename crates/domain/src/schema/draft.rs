//! Making a schema document: from guessed fields at an import, or from an owner's form.

use serde_json::{Map, Value, json};

use super::Audience;
use super::field::FieldType;
use super::pattern::Choices;
use crate::ids::FieldName;

/// A field to be: what an import guessed or an owner chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDraft {
    /// The name for operations and queries.
    pub name: FieldName,
    /// The original header.
    pub title: String,
    /// The type.
    pub kind: FieldType,
    /// A format other than the default.
    pub format: Option<String>,
    /// What stands between whole part and fraction, if not a point.
    pub decimal_char: Option<String>,
    /// What groups thousands.
    pub group_char: Option<String>,
    /// Texts for true, if not the standard's.
    pub true_values: Vec<String>,
    /// Texts for false, if not the standard's.
    pub false_values: Vec<String>,
    /// Every row needs a value.
    pub required: bool,
    /// No two rows have the same value.
    pub unique: bool,
    /// The only values allowed, if they are few.
    pub choices: Option<Choices>,
}

impl FieldDraft {
    /// A field of any type in its default form.
    pub fn new(name: FieldName, title: impl Into<String>, kind: FieldType) -> Self {
        Self {
            name,
            title: title.into(),
            kind,
            format: None,
            decimal_char: None,
            group_char: None,
            true_values: Vec::new(),
            false_values: Vec::new(),
            required: false,
            unique: false,
            choices: None,
        }
    }

    fn to_json(&self) -> Value {
        let mut field = Map::new();
        field.insert("name".into(), json!(self.name));
        field.insert("title".into(), json!(self.title));
        field.insert("type".into(), json!(self.kind.as_str()));
        let mut text = |key: &str, value: &Option<String>| {
            if let Some(value) = value {
                field.insert(key.into(), json!(value));
            }
        };
        text("format", &self.format);
        text("decimalChar", &self.decimal_char);
        text("groupChar", &self.group_char);
        for (key, texts) in [
            ("trueValues", &self.true_values),
            ("falseValues", &self.false_values),
        ] {
            if !texts.is_empty() {
                field.insert(key.into(), json!(texts));
            }
        }
        let constraints = self.constraints();
        if !constraints.is_empty() {
            field.insert("constraints".into(), Value::Object(constraints));
        }
        Value::Object(field)
    }

    fn constraints(&self) -> Map<String, Value> {
        let mut constraints = Map::new();
        if self.required {
            constraints.insert("required".into(), json!(true));
        }
        if self.unique {
            constraints.insert("unique".into(), json!(true));
        }
        match &self.choices {
            None => {}
            Some(choices) if choices.separator.is_some() => {
                constraints.insert("pattern".into(), json!(choices.to_pattern()));
            }
            Some(choices) => {
                let values: Vec<&str> = choices.values().collect();
                constraints.insert("enum".into(), json!(values));
            }
        }
        constraints
    }
}

/// A schema document of these fields. `license` is an SPDX or Open Definition id; empty means none yet.
pub fn draft(
    title: &str,
    fields: &[FieldDraft],
    primary_key: &[FieldName],
    license: &str,
    audience: &Audience,
) -> Value {
    let mut document = Map::new();
    document.insert("title".into(), json!(title));
    document.insert("audience".into(), json!(audience.as_str()));
    let listed: Vec<Value> = fields.iter().map(FieldDraft::to_json).collect();
    document.insert("fields".into(), Value::Array(listed));
    if !license.is_empty() {
        document.insert("licenses".into(), json!([{ "name": license }]));
    }
    if !primary_key.is_empty() {
        document.insert("primaryKey".into(), json!(primary_key));
    }
    Value::Object(document)
}
