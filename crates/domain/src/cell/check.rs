//! Whether a cell satisfies its field: first the type, then every constraint that fails is named.

use std::cmp::Ordering;

use super::calendar::{self, Form};
use super::read::{GeoForm, NumberMarks};
use super::{CellProblem, Reading, TextForm, TypedValue, read};
use crate::problem::{Code, Problem};
use crate::schema::{Constraints, Field};

/// Reads a cell and checks it; `None` is "no cell". Uniqueness needs other rows and is checked elsewhere.
pub fn check(field: &Field, value: Option<&str>) -> Result<TypedValue, Vec<CellProblem>> {
    let text = value.unwrap_or("");
    let typed = read(field, text).map_err(|problem| vec![problem])?;
    if typed == TypedValue::Missing {
        return if field.constraints.required {
            Err(vec![about(field, Code::Required, text)])
        } else {
            Ok(typed)
        };
    }
    let mut problems = bounds(field, text, &typed);
    problems.extend(length(field, text, &typed));
    problems.extend(form(field, text));
    problems.extend(choice(field, text, &typed));
    if problems.is_empty() {
        Ok(typed)
    } else {
        Err(problems)
    }
}

fn about(field: &Field, code: Code, value: &str) -> Problem {
    Problem::new(code)
        .about(&field.name, field.shown_name())
        .with("value", value)
}

fn bounds(field: &Field, value: &str, typed: &TypedValue) -> Vec<Problem> {
    let Constraints {
        minimum,
        maximum,
        exclusive_minimum,
        exclusive_maximum,
        ..
    } = &field.constraints;
    type Holds = fn(Ordering) -> bool;
    let within: [(_, _, Holds); 4] = [
        (minimum, Code::Minimum, Ordering::is_ge),
        (maximum, Code::Maximum, Ordering::is_le),
        (exclusive_minimum, Code::ExclusiveMinimum, Ordering::is_gt),
        (exclusive_maximum, Code::ExclusiveMaximum, Ordering::is_lt),
    ];
    within
        .into_iter()
        .filter_map(|(bound, code, holds)| {
            let bound = bound.as_ref()?;
            // What cannot be compared, such as NaN, is not within any bound.
            let kept = typed.compare(&bound.value).is_some_and(holds);
            (!kept).then(|| about(field, code, value).with("limit", &bound.text))
        })
        .collect()
}

fn length(field: &Field, value: &str, typed: &TypedValue) -> Option<Problem> {
    let length = typed.length()?;
    let unit = if matches!(typed, TypedValue::Text(_)) {
        "characters"
    } else {
        "items"
    };
    let (code, limit) = match (field.constraints.min_length, field.constraints.max_length) {
        (Some(least), _) if length < least => (Code::MinLength, least),
        (_, Some(most)) if length > most => (Code::MaxLength, most),
        _ => return None,
    };
    Some(
        about(field, code, value)
            .with("length", length)
            .with("unit", unit)
            .with("limit", limit),
    )
}

fn form(field: &Field, value: &str) -> Option<Problem> {
    let pattern = field.constraints.pattern.as_ref()?;
    if pattern.matches(value) {
        return None;
    }
    if let Some(choices) = pattern.choices() {
        let wrong = choices.first_unknown(value).unwrap_or(value);
        return Some(about(field, Code::Choice, wrong).with_options(choices.values()));
    }
    if let Some(shape) = pattern.shape() {
        return Some(
            about(field, Code::Shape, value)
                .with("min", shape.min)
                .with("max", shape.max)
                .with("class", shape.class),
        );
    }
    let problem = about(field, Code::Pattern, value).with("pattern", pattern.as_str());
    Some(match &field.example {
        Some(example) if pattern.matches(example) => problem.with("example", example),
        _ => problem,
    })
}

fn choice(field: &Field, value: &str, typed: &TypedValue) -> Option<Problem> {
    let allowed = &field.constraints.allowed;
    let known = allowed.is_empty() || allowed.iter().any(|choice| choice.value.means(typed));
    (!known).then(|| {
        about(field, Code::Choice, value).with_options(allowed.iter().map(|c| c.text.as_str()))
    })
}

/// Why a text is not of its field's type, with an example of one that is.
pub(super) fn unreadable(field: &Field, value: &str) -> Problem {
    let problem = |code| about(field, code, value);
    match &field.reading {
        Reading::Text(TextForm::Email) => problem(Code::NotEmail),
        Reading::Text(TextForm::Uuid) => problem(Code::NotUuid),
        Reading::Text(TextForm::Uri | TextForm::Default) => problem(Code::NotUri),
        Reading::Integer(_) => problem(Code::NotInteger).with("example", "12"),
        Reading::Number(marks) => problem(Code::NotNumber).with("example", number_example(marks)),
        Reading::Boolean { yes, no } => problem(Code::NotBoolean)
            .with("yes", yes.first().map_or("", String::as_str))
            .with("no", no.first().map_or("", String::as_str)),
        Reading::Date(form) => problem(Code::NotDate).with("example", moment(form, "%Y-%m-%d")),
        Reading::Time(form) => problem(Code::NotTime).with("example", moment(form, "%H:%M:%S")),
        Reading::DateTime(form) => {
            problem(Code::NotDatetime).with("example", moment(form, "%Y-%m-%dT%H:%M:%S%z"))
        }
        Reading::Year => problem(Code::NotYear),
        Reading::YearMonth => problem(Code::NotYearmonth),
        Reading::Duration => problem(Code::NotDuration),
        Reading::GeoPoint(form) => problem(Code::NotGeopoint).with("example", position(*form)),
        Reading::List { delimiter, .. } => problem(Code::NotList).with("delimiter", delimiter),
        Reading::Array | Reading::Object { .. } => problem(Code::NotJson),
    }
}

fn number_example(marks: &NumberMarks) -> String {
    format!("12{}5", marks.decimal)
}

fn moment(form: &Form, default: &str) -> String {
    match form {
        Form::Pattern(pattern) => calendar::example(pattern),
        Form::Default | Form::Any => {
            calendar::Pattern::parse(default).map_or_else(String::new, |p| calendar::example(&p))
        }
    }
}

fn position(form: GeoForm) -> &'static str {
    match form {
        GeoForm::Default => "5.41423,43.52609",
        GeoForm::Array => "[5.41423, 43.52609]",
        GeoForm::Object => "{\"lon\": 5.41423, \"lat\": 43.52609}",
    }
}
