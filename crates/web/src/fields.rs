//! From a schema's field and a cell's text to what a page shows or asks: the only place that knows both.

use rustine_domain::cell::{self, Reading, TextForm, TypedValue};
use rustine_domain::schema::{Field, FieldType, Schema};

use crate::i18n::Lang;
use crate::pages::dataset::Filter;
use crate::view::input::{Control, Input};
use crate::view::{Choice, Shown};

mod meaning;
mod titles;

pub use meaning::{property, thing};
pub use rustine_app::log::place::{PlaceFields, place_fields as places};
pub use titles::{main_fields, row_title, title_field};

/// Above this many choices a list of boxes is worse than a text.
const MAX_BOXES: usize = 60;
/// Texts of this length, in characters, are written in a large box.
const LONG_TEXT: usize = 90;

/// What people read above a value: the field's own words, or a machine's header made readable (`code_postal`).
pub fn name_of(field: &Field) -> String {
    let own = field.shown_name();
    let machine = own
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !machine {
        return own.to_owned();
    }
    let words = own.trim_matches('_').replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(
        || own.to_owned(),
        |first| first.to_uppercase().chain(letters).collect(),
    )
}

/// The value as its type deserves; anything that does not read as its type is shown as written.
pub fn shown(field: &Field, value: Option<&str>) -> Shown {
    let Some(value) = value.filter(|value| !field.is_missing(value)) else {
        return Shown::Absent;
    };
    if let Some(choices) = field
        .choices()
        .filter(|choices| choices.separator.is_some())
    {
        return Shown::List(
            choices
                .split(value)
                .into_iter()
                .map(str::to_owned)
                .collect(),
        );
    }
    if let Some(allowed) = field
        .constraints
        .allowed
        .iter()
        .find(|allowed| allowed.text == value)
    {
        return Shown::Text(allowed.label.clone().unwrap_or_else(|| value.to_owned()));
    }
    match cell::read(field, value) {
        Ok(TypedValue::Boolean(true)) => Shown::Yes,
        Ok(TypedValue::Boolean(false)) => Shown::No,
        Ok(TypedValue::Date(day)) => Shown::Day(day),
        Ok(TypedValue::List(items)) => Shown::List(items.iter().map(item_text).collect()),
        _ => link(field, value).unwrap_or_else(|| Shown::Text(value.to_owned())),
    }
}

fn item_text(item: &TypedValue) -> String {
    match item.to_json() {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    }
}

fn link(field: &Field, value: &str) -> Option<Shown> {
    let text = value.trim();
    let one_word =
        !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    let lower = text.to_ascii_lowercase();
    let href = if one_word && (lower.starts_with("https://") || lower.starts_with("http://")) {
        text.to_owned()
    } else if one_word && looks_like_email(text) {
        format!("mailto:{text}")
    } else {
        format!("tel:{}", phone_digits(field, text)?)
    };
    Some(Shown::Link {
        href,
        text: value.to_owned(),
    })
}

/// One address and nothing that a mail program could read as more than that.
fn looks_like_email(text: &str) -> bool {
    let Some((user, domain)) = text.split_once('@') else {
        return false;
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
    !user.is_empty() && user.chars().all(plain) && domain.contains('.') && domain.chars().all(plain)
}

/// Any text, so that the same one may stand in many rows: a town, a kind, not an address or a number.
pub fn is_free_of_form(field: &Field) -> bool {
    matches!(field.reading, Reading::Text(TextForm::Default)) && !is_phone(field)
}

fn is_phone(field: &Field) -> bool {
    let name = field.name.as_str();
    field.kind == FieldType::String
        && name
            .split('_')
            .any(|part| matches!(part, "tel" | "telephone" | "phone" | "mobile" | "portable"))
}

fn phone_digits(field: &Field, text: &str) -> Option<String> {
    let allowed = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+.-()".contains(c);
    if !is_phone(field) || !text.chars().all(allowed) {
        return None;
    }
    let digits: String = text
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == '+')
        .collect();
    (6..=16).contains(&digits.len()).then_some(digits)
}

/// The form field for a cell: the control that fits the type and loses nothing of what the cell holds.
pub fn input(schema: &Schema, field: &Field, value: &str, lang: Lang) -> Input {
    Input {
        name: field.name.to_string(),
        title: name_of(field),
        help: help(field, lang),
        control: control(field, value),
        value: value.to_owned(),
        required: schema.requires(&field.name),
        error: None,
        meanwhile: None,
    }
}

fn help(field: &Field, lang: Lang) -> Option<String> {
    let description = field.description.trim();
    let example = field
        .example
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    match (description.is_empty(), example) {
        (true, None) => None,
        (false, None) => Some(description.to_owned()),
        (empty, Some(example)) => {
            let example = lang.say_with("field-example", vec![("example", example.into())]);
            Some(if empty {
                example
            } else {
                format!("{description} {example}")
            })
        }
    }
}

fn control(field: &Field, value: &str) -> Control {
    if let Some(choices) = field.choices() {
        let count = choices.values().count();
        if choices.separator.is_some() && count <= MAX_BOXES {
            return Control::Checkboxes(offered(field, choices.values(), &choices.split(value)));
        }
        if choices.separator.is_none() {
            return Control::Select(offered(field, choices.values(), &choices.split(value)));
        }
    }
    if has_line_break(value) {
        return Control::LongText;
    }
    match (field.kind, &field.reading) {
        (FieldType::Boolean, Reading::Boolean { yes, no }) => boolean(field, yes, no, value),
        (FieldType::Integer | FieldType::Year, _) => Control::Number { whole: true },
        (FieldType::Number, _) => Control::Number { whole: false },
        (FieldType::Date, _) if fits_date_box(field, value) => Control::Date,
        (FieldType::Object | FieldType::Array | FieldType::GeoJson, _) => Control::LongText,
        (FieldType::String | FieldType::Any, reading) => text_control(field, reading, value),
        _ => Control::Text,
    }
}

/// E-mail and address boxes cut white space at both ends, which would change a cell that nobody touched.
fn text_control(field: &Field, reading: &Reading, value: &str) -> Control {
    let trimmed = value.trim() == value;
    let long_limit = field
        .constraints
        .max_length
        .is_some_and(|limit| limit > 2 * LONG_TEXT);
    match reading {
        Reading::Text(TextForm::Email) if trimmed => Control::Email,
        Reading::Text(TextForm::Uri) if trimmed => Control::Url,
        _ if value.chars().count() > LONG_TEXT || long_limit => Control::LongText,
        _ if is_phone(field) => Control::Phone,
        _ => Control::Text,
    }
}

/// One-line boxes drop line breaks.
fn has_line_break(value: &str) -> bool {
    value.contains(['\n', '\r'])
}

/// A date box empties itself over anything but `YYYY-MM-DD`, and sends nothing else.
fn fits_date_box(field: &Field, value: &str) -> bool {
    let format = matches!(field.format.as_str(), "default" | "any" | "%Y-%m-%d");
    let day = value.parse::<jiff::civil::Date>().is_ok() && value.len() == 10;
    format && (value.is_empty() || day)
}

fn boolean(field: &Field, yes: &[String], no: &[String], value: &str) -> Control {
    let read = cell::read(field, value);
    let (is_yes, is_no) = match read {
        Ok(TypedValue::Boolean(truth)) => (truth, !truth),
        _ => (false, false),
    };
    // The cell's own spelling is kept for its own side, so that an untouched box changes nothing.
    let spelling = |own: bool, known: &[String]| match own {
        true => value.to_owned(),
        false => known.first().cloned().unwrap_or_default(),
    };
    let mut options = vec![
        Choice::keyed(&spelling(is_yes, yes), "yes", is_yes),
        Choice::keyed(&spelling(is_no, no), "no", is_no),
    ];
    if !is_yes && !is_no && !value.is_empty() {
        options.push(Choice::plain(value, true));
    }
    Control::Select(options)
}

/// The choices of the field, and whatever the cell holds beside them, so that nothing is lost by sending.
fn offered<'a>(
    field: &Field,
    values: impl Iterator<Item = &'a str>,
    chosen: &[&str],
) -> Vec<Choice> {
    let mut options: Vec<Choice> = values
        .map(|value| Choice {
            label: label(field, value),
            ..Choice::plain(value, chosen.contains(&value))
        })
        .collect();
    for value in chosen {
        if !value.is_empty() && !options.iter().any(|option| option.value == *value) {
            options.push(Choice::plain(value, true));
        }
    }
    options
}

fn label(field: &Field, value: &str) -> String {
    let allowed = field
        .constraints
        .allowed
        .iter()
        .find(|allowed| allowed.text == value);
    allowed
        .and_then(|allowed| allowed.label.clone())
        .unwrap_or_else(|| value.to_owned())
}

/// A value as a choice, in its own words or in ours.
pub fn choice(field: &Field, value: &str) -> Choice {
    let key = match cell::read(field, value) {
        Ok(TypedValue::Boolean(true)) => Some("yes"),
        Ok(TypedValue::Boolean(false)) => Some("no"),
        _ => None,
    };
    match key {
        Some(key) => Choice::keyed(value, key, false),
        None => Choice {
            label: label(field, value),
            ..Choice::plain(value, false)
        },
    }
}

/// The box that filters a table by this field.
pub fn filter(field: &Field, asked: Option<&str>) -> Filter {
    let asked = asked.unwrap_or_default();
    let choices = field.choices();
    let options = match (&choices, &field.reading) {
        (Some(choices), _) => offered(field, choices.values(), &[asked]),
        (None, Reading::Boolean { yes, no }) => [(yes, "yes"), (no, "no")]
            .into_iter()
            .filter_map(|(texts, key)| texts.first().map(|text| (text, key)))
            .map(|(text, key)| Choice::keyed(text, key, text == asked))
            .collect(),
        _ => Vec::new(),
    };
    Filter {
        name: field.name.to_string(),
        title: name_of(field),
        value: asked.to_owned(),
        options,
        contains: choices.is_some_and(|choices| choices.separator.is_some()),
    }
}

#[cfg(test)]
mod tests;
