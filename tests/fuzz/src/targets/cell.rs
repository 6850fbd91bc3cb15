//! A schema and the texts of cells (`domain::schema`, `domain::cell`).

use std::cmp::Ordering;

use rustine_domain::cell::{check, read};
use rustine_domain::json;
use rustine_domain::schema::{Field, Schema};

/// The first line is a schema, each other line a cell of every field.
pub fn run(data: &[u8]) {
    let mut lines = data.split(|byte| *byte == b'\n');
    let Ok(document) = json::parse_document(lines.next().unwrap_or_default()) else {
        return;
    };
    let (schema, problems) = Schema::read(&document);
    assert_eq!(
        Schema::read(schema.document()),
        (schema.clone(), problems.clone()),
        "read otherwise"
    );
    if let Ok(strict) = Schema::parse(&document) {
        assert!(problems.is_empty());
        assert_eq!(strict, schema);
    }
    for field in &schema.fields {
        assert!(schema.field(field.name.as_str()).is_some());
    }
    for line in lines
        .take(16)
        .filter_map(|line| std::str::from_utf8(line).ok())
    {
        for field in schema.fields.iter().take(32) {
            cell(field, line);
        }
    }
}

/// A value equals itself, is what JSON can hold, and passes a check only where it can be read.
fn cell(field: &Field, text: &str) {
    let value = read(field, text);
    let checked = check(field, Some(text));
    match &value {
        Ok(value) => {
            let ordering = value.compare(value);
            assert!(ordering.is_none_or(|ordering| ordering == Ordering::Equal));
            let written = serde_json::to_string(&value.to_json()).expect("JSON");
            let again: serde_json::Value = serde_json::from_str(&written).expect("JSON");
            assert_eq!(serde_json::to_string(&again).expect("JSON"), written);
        }
        Err(problem) => {
            assert!(checked.is_err(), "unreadable, yet it passed: {problem:?}");
        }
    }
}
