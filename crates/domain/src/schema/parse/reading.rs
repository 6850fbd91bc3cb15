//! From type, format and marks to a [`Reading`].

use serde_json::{Map, Value};

use super::as_text;
use crate::cell::calendar::{Form, Pattern};
use crate::cell::{GeoForm, NumberMarks, Reading, TextForm};
use crate::problem::{Code, Problem};
use crate::schema::FieldType;
use crate::schema::field::{scalar, text};

/// Texts that mean true where the field names none (Table Schema).
const TRUE_VALUES: [&str; 4] = ["true", "True", "TRUE", "1"];
/// Texts that mean false where the field names none.
const FALSE_VALUES: [&str; 4] = ["false", "False", "FALSE", "0"];

/// How the cells of a field are read; a faulty member falls back to its default and is reported.
pub(super) fn reading(
    field: &Map<String, Value>,
    kind: FieldType,
    format: &str,
) -> (Reading, Vec<Problem>) {
    let mut problems = Vec::new();
    let reading = match kind {
        FieldType::String => Reading::Text(text_form(format)),
        FieldType::Any => as_text(),
        FieldType::Integer => Reading::Integer(marks(field, &mut problems)),
        FieldType::Number => Reading::Number(marks(field, &mut problems)),
        FieldType::Boolean => Reading::Boolean {
            yes: truths(field, "trueValues", TRUE_VALUES, &mut problems),
            no: truths(field, "falseValues", FALSE_VALUES, &mut problems),
        },
        FieldType::Date => moment(format, Reading::Date, &mut problems),
        FieldType::Time => moment(format, Reading::Time, &mut problems),
        FieldType::DateTime => moment(format, Reading::DateTime, &mut problems),
        FieldType::Year => Reading::Year,
        FieldType::YearMonth => Reading::YearMonth,
        FieldType::Duration => Reading::Duration,
        FieldType::GeoPoint => Reading::GeoPoint(match format {
            "array" => GeoForm::Array,
            "object" => GeoForm::Object,
            _ => GeoForm::Default,
        }),
        FieldType::List => list(field, &mut problems),
        FieldType::Array => Reading::Array,
        FieldType::Object => Reading::Object { geojson: false },
        FieldType::GeoJson => Reading::Object {
            geojson: format != "topojson",
        },
    };
    (reading, problems)
}

fn bad_member(member: &str) -> Problem {
    Problem::new(Code::SchemaBadMember).with("value", member)
}

/// Formats of later versions are read as any text.
fn text_form(format: &str) -> TextForm {
    match format {
        "email" => TextForm::Email,
        "uri" => TextForm::Uri,
        "uuid" => TextForm::Uuid,
        _ => TextForm::Default,
    }
}

fn marks(field: &Map<String, Value>, problems: &mut Vec<Problem>) -> NumberMarks {
    let mut mark = |key: &str, default: String| match field.get(key) {
        None | Some(Value::Null) => default,
        Some(Value::String(mark)) => mark.clone(),
        Some(_) => {
            problems.push(bad_member(key));
            default
        }
    };
    let standard = NumberMarks::default();
    let mut marks = NumberMarks {
        decimal: mark("decimalChar", standard.decimal),
        group: mark("groupChar", standard.group),
        bare: field.get("bareNumber").and_then(Value::as_bool) != Some(false),
    };
    if marks.decimal.is_empty() || marks.decimal == marks.group {
        problems.push(bad_member("decimalChar"));
        marks = NumberMarks::default();
    }
    marks
}

fn truths(
    field: &Map<String, Value>,
    key: &str,
    standard: [&str; 4],
    problems: &mut Vec<Problem>,
) -> Vec<String> {
    let default = || standard.map(str::to_owned).to_vec();
    let Some(value) = field.get(key) else {
        return default();
    };
    let texts: Option<Vec<String>> = value
        .as_array()
        .filter(|texts| !texts.is_empty())
        .and_then(|texts| texts.iter().map(scalar).collect());
    texts.unwrap_or_else(|| {
        problems.push(bad_member(key));
        default()
    })
}

fn moment(format: &str, reading: fn(Form) -> Reading, problems: &mut Vec<Problem>) -> Reading {
    match format {
        "default" | "" => reading(Form::Default),
        "any" => reading(Form::Any),
        pattern => match Pattern::parse(pattern) {
            Some(pattern) => reading(Form::Pattern(pattern)),
            None => {
                problems.push(Problem::new(Code::SchemaBadFormat).with("value", pattern));
                as_text()
            }
        },
    }
}

fn list(field: &Map<String, Value>, problems: &mut Vec<Problem>) -> Reading {
    let delimiter = text(field, "delimiter").unwrap_or_else(|| ",".to_owned());
    let delimiter = if delimiter.is_empty() {
        problems.push(bad_member("delimiter"));
        ",".to_owned()
    } else {
        delimiter
    };
    let kind =
        text(field, "itemType").map_or(Some(FieldType::String), |word| FieldType::from_word(&word));
    // Elements are read with the default format of their type, as the standard says.
    let item = match kind {
        Some(FieldType::List) | None => {
            problems.push(bad_member("itemType"));
            as_text()
        }
        Some(kind) => reading(&Map::new(), kind, "default").0,
    };
    Reading::List {
        delimiter,
        item: Box::new(item),
    }
}
