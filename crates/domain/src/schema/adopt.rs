//! Making a schema found in the wild ours, without losing what it says.
//!
//! Published schemas name fields `lundi matin` or `coordonneesXY`, write bounds as fractions and give a title
//! for people where ours holds the file's header. [`adopt`] rewrites exactly that and leaves the rest alone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization as _;

use super::field::{is_signable, text};
use crate::ids::FieldName;

/// Rewrites a Table Schema for a file with these headers (none where no file is at hand): names become ours
/// and keys follow them, each `title` becomes the header of the field's column, a title written for people
/// becomes the `label`, and numbers that a signed document cannot hold become texts.
pub fn adopt(document: &Value, headers: &[String]) -> Value {
    let mut document = document.clone();
    signable(&mut document);
    let listed = document.get_mut("fields").and_then(Value::as_array_mut);
    let mut fields: Vec<&mut Map<String, Value>> = listed
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
        .collect();
    // Usable names stay where they are; the others are made around them.
    let mut taken: BTreeSet<FieldName> = fields
        .iter()
        .filter_map(|field| usable(&text(field, "name")?))
        .collect();
    let mut renamed = BTreeMap::new();
    for field in &mut fields {
        let Some(written) = text(field, "name") else {
            continue;
        };
        let name = usable(&written).unwrap_or_else(|| field_name(&written, &taken));
        taken.insert(name.clone());
        if let Some(header) = header_of(field, &written, headers) {
            retitle(field, &header);
        }
        field.insert("name".into(), name.as_str().into());
        renamed.insert(written, name);
    }
    rename_keys(&mut document, &renamed);
    document
}

fn usable(name: &str) -> Option<FieldName> {
    name.parse().ok().filter(|name: &FieldName| !name.is_ours())
}

/// The header of a field's column: its name or its title, whichever the file has; without a file the name
/// where that cannot stay, because then it was a header. `None` leaves the title alone.
fn header_of(field: &Map<String, Value>, written: &str, headers: &[String]) -> Option<String> {
    let in_file = |text: &str| headers.iter().any(|header| header == text);
    let title = text(field, "title");
    if in_file(written) {
        return Some(written.to_owned());
    }
    match title {
        Some(title) if in_file(&title) => None,
        _ => usable(written).is_none().then(|| written.to_owned()),
    }
}

fn retitle(field: &mut Map<String, Value>, header: &str) {
    let title = field.insert("title".into(), header.into());
    if let Some(title) = title.filter(|t| t.as_str().is_some_and(|t| t != header))
        && !field.contains_key("label")
    {
        field.insert("label".into(), title);
    }
}

fn rename_keys(document: &mut Value, renamed: &BTreeMap<String, FieldName>) {
    for key in ["primaryKey", "uniqueKeys"] {
        if let Some(value) = document.get_mut(key) {
            rename(value, renamed);
        }
    }
    let foreign = document
        .get_mut("foreignKeys")
        .and_then(Value::as_array_mut);
    for key in foreign.into_iter().flatten() {
        let itself = key["reference"]["resource"]
            .as_str()
            .unwrap_or("")
            .is_empty();
        if let Some(fields) = key.get_mut("fields") {
            rename(fields, renamed);
        }
        if itself && let Some(fields) = key.pointer_mut("/reference/fields") {
            rename(fields, renamed);
        }
    }
}

/// Names, wherever they stand in a list of lists.
fn rename(value: &mut Value, renamed: &BTreeMap<String, FieldName>) {
    match value {
        Value::String(name) => {
            if let Some(new) = renamed.get(name.as_str()) {
                *name = new.to_string();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, renamed)),
        _ => {}
    }
}

/// Fractions and integers beyond 2^53-1 become texts (`protocol.md` §3.2).
fn signable(value: &mut Value) {
    match value {
        Value::Number(number) if !is_signable(number) => {
            *value = Value::String(number.to_string());
        }
        Value::Array(items) => items.iter_mut().for_each(signable),
        Value::Object(members) => members.values_mut().for_each(signable),
        _ => {}
    }
}

/// A free name made from a header: `Code postal` becomes `code_postal`, a taken one gets `_2`, an empty or
/// unreadable one becomes `champ`.
pub fn field_name(header: &str, taken: &BTreeSet<FieldName>) -> FieldName {
    const LONGEST: usize = 63;
    let mut slug = String::new();
    for letter in crate::matching::search_fold(header).nfkd() {
        if letter.is_ascii_alphanumeric() {
            // Compatibility forms may bring capitals back: `ᴬ` is an `A`.
            slug.push(letter.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('_') && !is_mark(letter) {
            slug.push('_');
        }
    }
    let slug = slug.trim_end_matches('_');
    let base = match slug.chars().next() {
        None => "champ".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("champ_{slug}"),
        Some(_) => slug.to_owned(),
    };
    let numbered = |n: usize| {
        let suffix = if n == 1 {
            String::new()
        } else {
            format!("_{n}")
        };
        let cut = base.len().min(LONGEST - suffix.len());
        format!("{}{suffix}", base[..cut].trim_end_matches('_'))
    };
    (1..)
        .filter_map(|n| numbered(n).parse::<FieldName>().ok())
        .find(|name| !taken.contains(name))
        .expect("numbered names are endless and of the form")
}

fn is_mark(letter: char) -> bool {
    unicode_normalization::char::is_combining_mark(letter)
}
