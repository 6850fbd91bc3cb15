//! The keys of a schema and of a comparison.

use std::collections::BTreeMap;

use rustine_domain::ids::FieldName;
use rustine_domain::schema::Schema;
use serde_json::{Map, Value};

use super::{ImportError, Key};

/// The columns that `--key` names, by title or by name.
pub fn asked(
    titles: &[String],
    fields: &[Option<FieldName>],
    key: &[String],
) -> Result<Vec<(FieldName, usize)>, ImportError> {
    let column = |text: &str| {
        let by_title = titles.iter().position(|title| title == text);
        let named =
            |name: &Option<FieldName>| name.as_ref().is_some_and(|name| name.as_str() == text);
        let index = by_title.or_else(|| fields.iter().position(named))?;
        Some((fields[index].clone()?, index))
    };
    // A title may hold a comma, which the command line takes for the next field.
    let whole = key.join(",");
    if key.len() > 1
        && let Some(column) = column(&whole)
    {
        return Ok(vec![column]);
    }
    let mut columns = Vec::new();
    for text in key {
        let found = column(text.trim()).ok_or_else(|| ImportError::UnknownKey {
            key: text.clone(),
            titles: titles.to_vec(),
        })?;
        if !columns.contains(&found) {
            columns.push(found);
        }
    }
    Ok(columns)
}

/// How lines are recognised: by the key asked for, by the primary key, else by content. A key that the rows held do
/// not have yet recognises nothing.
pub fn chosen(
    asked: Vec<(FieldName, usize)>,
    schema: &Schema,
    fields: &[Option<FieldName>],
    known: Option<&[(FieldName, usize)]>,
) -> Key {
    let wanted = if asked.is_empty() {
        let column = |name: &FieldName| {
            let index = fields
                .iter()
                .position(|field| field.as_ref() == Some(name))?;
            Some((name.clone(), index))
        };
        schema.primary_key.iter().filter_map(column).collect()
    } else {
        asked
    };
    let held = |key: &(FieldName, usize)| known.is_none_or(|known| known.contains(key));
    if wanted.is_empty() || !wanted.iter().all(held) {
        return Key::Content;
    }
    Key::Fields(wanted)
}

/// Keys that name a field which is not there are left out; names of a given schema become those of its fields.
pub fn fit(
    document: &mut Value,
    fields: &[Option<FieldName>],
    renamed: Option<&BTreeMap<String, FieldName>>,
) {
    let name = |text: &str| match renamed {
        Some(renamed) => renamed.get(text).map(ToString::to_string),
        None => {
            let there = fields.iter().flatten().any(|name| name.as_str() == text);
            there.then(|| text.to_owned())
        }
    };
    let Some(members) = document.as_object_mut() else {
        return;
    };
    if let Some(key) = members
        .remove("primaryKey")
        .and_then(|key| fit_names(&key, &name))
    {
        members.insert("primaryKey".to_owned(), key);
    }
    fit_list(members, "uniqueKeys", |key| fit_names(key, &name));
    fit_list(members, "foreignKeys", |key| fit_foreign(key, &name));
}

/// A list without the members that do not fit; no list where none does.
fn fit_list(members: &mut Map<String, Value>, member: &str, fit: impl Fn(&Value) -> Option<Value>) {
    if let Some(Value::Array(keys)) = members.remove(member) {
        let keys: Vec<Value> = keys.iter().filter_map(fit).collect();
        if !keys.is_empty() {
            members.insert(member.to_owned(), Value::Array(keys));
        }
    }
}

/// One name or a list of names; nothing where one of them is not there.
fn fit_names(key: &Value, name: &impl Fn(&str) -> Option<String>) -> Option<Value> {
    match key {
        Value::String(text) => name(text).map(Value::String),
        Value::Array(names) => names
            .iter()
            .map(|text| text.as_str().and_then(name).map(Value::String))
            .collect::<Option<Vec<Value>>>()
            .map(Value::Array),
        _ => None,
    }
}

fn fit_foreign(key: &Value, name: &impl Fn(&str) -> Option<String>) -> Option<Value> {
    let mut key = key.clone();
    key["fields"] = fit_names(&key["fields"], name)?;
    let reference = &key["reference"];
    let itself = reference["resource"].as_str().unwrap_or("").is_empty();
    if itself && reference.get("fields").is_some() {
        key["reference"]["fields"] = fit_names(&reference["fields"], name)?;
    }
    Some(key)
}
