//! From a document to a [`Schema`]: everything usable is kept, everything else is reported.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::field::{is_signable, scalar, text};
use super::{Audience, Field, FieldType, ForeignKey, License, MAX_FIELDS, Schema, constraints};
use crate::cell::Reading;
use crate::ids::FieldName;
use crate::problem::{Code, Problem};

mod reading;

pub(super) fn read(document: &Value) -> (Schema, Vec<Problem>) {
    let empty = Map::new();
    let mut reader = Reader {
        problems: Vec::new(),
        patterns: count_patterns(document),
    };
    let members = document.as_object().unwrap_or_else(|| {
        reader.fault(Problem::new(Code::SchemaNotObject).with("value", document));
        &empty
    });
    reader.numbers(document, "");
    let missing_values = reader
        .missing_values(members, "")
        .unwrap_or_else(|| vec![String::new()]);
    let fields = reader.fields(members, &missing_values);
    let names: BTreeSet<FieldName> = fields.iter().map(|f| f.name.clone()).collect();
    let schema = Schema {
        title: reader.text(members, "title"),
        description: reader.text(members, "description"),
        licenses: reader.licenses(members),
        audience: reader.audience(members),
        primary_key: reader.key(members, "primaryKey", &names),
        unique_keys: reader.unique_keys(members, &names),
        foreign_keys: reader.foreign_keys(members, &names),
        missing_values,
        fields,
        document: document.clone(),
    };
    (schema, reader.problems)
}

struct Reader {
    problems: Vec<Problem>,
    patterns: usize,
}

impl Reader {
    fn fault(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
    fn bad_member(&mut self, member: &str, field: &str) {
        let problem = Problem::new(Code::SchemaBadMember)
            .with("value", member)
            .with("field", field);
        self.fault(problem);
    }
    fn text(&mut self, members: &Map<String, Value>, key: &str) -> String {
        match members.get(key) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(_) => {
                self.bad_member(key, "");
                String::new()
            }
        }
    }

    /// Reports numbers that a signed document cannot hold (`protocol.md` §3.2): fractions and integers
    /// beyond 2^53-1.
    fn numbers(&mut self, value: &Value, member: &str) {
        match value {
            Value::Number(number) if !is_signable(number) => {
                let problem = Problem::new(Code::SchemaBadNumber)
                    .with("field", member)
                    .with("value", number);
                self.fault(problem);
            }
            Value::Array(items) => items.iter().for_each(|item| self.numbers(item, member)),
            Value::Object(members) => members.iter().for_each(|(key, v)| self.numbers(v, key)),
            _ => {}
        }
    }

    fn missing_values(&mut self, members: &Map<String, Value>, field: &str) -> Option<Vec<String>> {
        let value = members.get("missingValues")?;
        // v2 allows `{value, label}` beside plain texts.
        let texts = value.as_array().and_then(|entries| {
            let text = |entry: &Value| scalar(entry.get("value").unwrap_or(entry));
            entries.iter().map(text).collect()
        });
        if texts.is_none() {
            self.bad_member("missingValues", field);
        }
        texts
    }

    fn fields(&mut self, members: &Map<String, Value>, missing_values: &[String]) -> Vec<Field> {
        let listed = members.get("fields").and_then(Value::as_array);
        let listed = listed.map_or(&[][..], Vec::as_slice);
        if listed.is_empty() {
            self.fault(Problem::new(Code::SchemaNoFields).with("value", "fields"));
        }
        if listed.len() > MAX_FIELDS {
            let problem = Problem::new(Code::SchemaTooManyFields)
                .with("value", listed.len())
                .with("limit", MAX_FIELDS);
            self.fault(problem);
        }
        let mut fields: Vec<Field> = Vec::new();
        for value in listed.iter().take(MAX_FIELDS) {
            let Some(field) = self.field(value, missing_values) else {
                continue;
            };
            if fields.iter().any(|f| f.name == field.name) {
                let problem = Problem::new(Code::SchemaRepeatedName)
                    .with("field", &field.name)
                    .with("value", &field.name);
                self.fault(problem);
            } else {
                fields.push(field);
            }
        }
        fields
    }

    fn field(&mut self, value: &Value, missing_values: &[String]) -> Option<Field> {
        let members = value.as_object();
        let written = members.and_then(|m| text(m, "name")).unwrap_or_default();
        let Some((members, name)) = members.zip(usable_name(&written)) else {
            let problem = Problem::new(Code::SchemaBadName)
                .with("field", &written)
                .with("value", &written);
            self.fault(problem);
            return None;
        };
        let kind = match members.get("type") {
            None => FieldType::String,
            Some(Value::String(word)) => FieldType::from_word(word).unwrap_or(FieldType::String),
            Some(_) => {
                self.bad_member("type", name.as_str());
                FieldType::String
            }
        };
        let title = text(members, "title").unwrap_or_else(|| name.to_string());
        let format = text(members, "format").unwrap_or_else(|| "default".to_owned());
        let (reading, mut problems) = reading::reading(members, kind, &format);
        let (constraints, more) = constraints::read(members, kind, &reading, self.patterns);
        problems.extend(more);
        self.problems
            .extend(problems.into_iter().map(|p| p.about(&name, &title)));
        let missing_values = self
            .missing_values(members, name.as_str())
            .unwrap_or_else(|| missing_values.to_vec());
        Some(Field {
            label: text(members, "label"),
            description: text(members, "description").unwrap_or_default(),
            example: members.get("example").and_then(scalar),
            name,
            title,
            kind,
            format,
            reading,
            constraints,
            missing_values,
        })
    }

    fn licenses(&mut self, members: &Map<String, Value>) -> Vec<License> {
        let listed = match members.get("licenses") {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(listed)) => listed,
            Some(_) => {
                self.bad_member("licenses", "");
                return Vec::new();
            }
        };
        listed
            .iter()
            .filter_map(Value::as_object)
            .map(|license| {
                let member = |key| text(license, key).unwrap_or_default();
                License {
                    name: member("name"),
                    title: member("title"),
                    path: member("path"),
                }
            })
            .collect()
    }

    fn audience(&mut self, members: &Map<String, Value>) -> Audience {
        match members.get("audience") {
            None => Audience::Private,
            Some(Value::String(word)) => Audience::from_word(word),
            Some(_) => {
                self.bad_member("audience", "");
                Audience::Private
            }
        }
    }

    fn key(
        &mut self,
        members: &Map<String, Value>,
        key: &'static str,
        names: &BTreeSet<FieldName>,
    ) -> Vec<FieldName> {
        match members.get(key) {
            None | Some(Value::Null) => Vec::new(),
            Some(value) => self.key_fields(value, key, names).unwrap_or_default(),
        }
    }

    /// A key written as one name or as a list; `None`, and a report, where a name is unknown.
    fn key_fields(
        &mut self,
        value: &Value,
        key: &'static str,
        names: &BTreeSet<FieldName>,
    ) -> Option<Vec<FieldName>> {
        let written: Option<Vec<&str>> = match value {
            Value::String(name) => Some(vec![name]),
            Value::Array(listed) => listed.iter().map(Value::as_str).collect(),
            _ => None,
        };
        let Some(written) = written else {
            self.bad_member(key, "");
            return None;
        };
        let mut fields = Vec::new();
        for name in written {
            match names.get(name) {
                Some(known) => fields.push(known.clone()),
                None => {
                    let problem = Problem::new(Code::SchemaUnknownKeyField)
                        .with("key", key)
                        .with("field", key)
                        .with("value", name);
                    self.fault(problem);
                    return None;
                }
            }
        }
        Some(fields)
    }

    fn unique_keys(
        &mut self,
        members: &Map<String, Value>,
        names: &BTreeSet<FieldName>,
    ) -> Vec<Vec<FieldName>> {
        let listed = match members.get("uniqueKeys") {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(listed)) => listed,
            Some(_) => {
                self.bad_member("uniqueKeys", "");
                return Vec::new();
            }
        };
        listed
            .iter()
            .filter_map(|key| self.key_fields(key, "uniqueKeys", names))
            .filter(|key| !key.is_empty())
            .collect()
    }

    fn foreign_keys(
        &mut self,
        members: &Map<String, Value>,
        names: &BTreeSet<FieldName>,
    ) -> Vec<ForeignKey> {
        let listed = match members.get("foreignKeys") {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(listed)) => listed,
            Some(_) => {
                self.bad_member("foreignKeys", "");
                return Vec::new();
            }
        };
        listed
            .iter()
            .filter_map(|value| self.foreign_key(value, names))
            .collect()
    }

    fn foreign_key(&mut self, value: &Value, names: &BTreeSet<FieldName>) -> Option<ForeignKey> {
        let fields = self.key_fields(value.get("fields")?, "foreignKeys", names)?;
        let reference = &value["reference"];
        let references: Option<Vec<String>> = match &reference["fields"] {
            Value::String(name) => Some(vec![name.clone()]),
            Value::Array(listed) => listed
                .iter()
                .map(|name| name.as_str().map(str::to_owned))
                .collect(),
            _ => None,
        };
        let Some(references) = references.filter(|r| r.len() == fields.len()) else {
            self.bad_member("foreignKeys", "");
            return None;
        };
        // v1 writes the empty text for "this very table", v2 leaves the member out.
        let resource = reference["resource"].as_str().filter(|r| !r.is_empty());
        Some(ForeignKey {
            fields,
            resource: resource.map(str::to_owned),
            references,
        })
    }
}

fn count_patterns(document: &Value) -> usize {
    let fields = document["fields"].as_array().map_or(&[][..], Vec::as_slice);
    let has_pattern = |field: &&Value| field["constraints"]["pattern"].is_string();
    fields.iter().filter(has_pattern).count()
}

/// A name of our form that is not one of ours: those beginning with `_` are never in a schema.
fn usable_name(written: &str) -> Option<FieldName> {
    written
        .parse()
        .ok()
        .filter(|name: &FieldName| !name.is_ours())
}

/// A whole text reading, for a format that cannot be used.
fn as_text() -> Reading {
    Reading::Text(crate::cell::TextForm::Default)
}
