//! The sentences in English.

use super::{Code, Problem};

/// What is wrong and what to do.
pub(super) fn sentence(p: &Problem) -> String {
    let field = quote(p.arg("field"));
    let value = quote(p.arg("value"));
    let limit = p.arg("limit");
    match p.code {
        Code::NotInteger => format!(
            "{field}: {value} is not a whole number. Write digits only, for example {}.",
            p.arg("example")
        ),
        Code::NotNumber => format!(
            "{field}: {value} is not a number. Write for example {}.",
            p.arg("example")
        ),
        Code::NotBoolean => format!(
            "{field}: {value} is neither true nor false. Write {} or {}.",
            quote(p.arg("yes")),
            quote(p.arg("no"))
        ),
        Code::NotDate => format!(
            "{field}: {value} is not a readable date. Write it like {}.",
            p.arg("example")
        ),
        Code::NotTime => format!(
            "{field}: {value} is not a readable time. Write it like {}.",
            p.arg("example")
        ),
        Code::NotDatetime => format!(
            "{field}: {value} is not a date with a time. Write it like {}.",
            p.arg("example")
        ),
        Code::NotYear => {
            format!("{field}: {value} is not a year. Write four digits, for example 2026.")
        }
        Code::NotYearmonth => format!(
            "{field}: {value} is not a month. Write the year, then the month, for example 2026-11."
        ),
        Code::NotDuration => format!(
            "{field}: {value} is not a duration. Write for example P1DT2H for one day and two hours."
        ),
        Code::NotGeopoint => format!(
            "{field}: {value} is not a position. Write the longitude, then the latitude, for example {}.",
            p.arg("example")
        ),
        Code::NotList => format!(
            "{field}: {value} is not a readable list. Separate the elements by {} and check each of them.",
            quote(p.arg("delimiter"))
        ),
        Code::NotJson => format!("{field}: {value} is not readable JSON. Check quotes and braces."),
        Code::NotEmail => {
            format!("{field}: {value} is not an e-mail address. Write it like name@example.org.")
        }
        Code::NotUri => {
            format!("{field}: {value} is not a complete web address. Begin with https://.")
        }
        Code::NotUuid => {
            format!("{field}: {value} is not a UUID. Copy the whole identifier, with its hyphens.")
        }
        Code::Required => format!("{field} is required. Give a value."),
        Code::Minimum => format!("{field}: {value} is below the minimum. Give {limit} or more."),
        Code::Maximum => format!("{field}: {value} is above the maximum. Give {limit} or less."),
        Code::ExclusiveMinimum => format!("{field}: {value} is too low. Give more than {limit}."),
        Code::ExclusiveMaximum => format!("{field}: {value} is too high. Give less than {limit}."),
        Code::MinLength => format!(
            "{field}: {value} is too short ({}). At least {limit} are needed.",
            counted(p)
        ),
        Code::MaxLength => format!(
            "{field}: {value} is too long ({}). Shorten it to {limit} at most.",
            counted(p)
        ),
        Code::Pattern => pattern(p, &field, &value),
        Code::Shape => format!("{field}: {value} must be {}. Correct the value.", shape(p)),
        Code::Choice => format!(
            "{field}: {value} is not one of the choices. Choose among: {}.",
            p.arg("options")
        ),
        Code::Unique => format!(
            "{field}: another row already has {value}. Edit that row, or give another value."
        ),
        Code::UniqueKey => format!(
            "{field}: {value} already names another row. Edit that row, or change one of these values."
        ),
        Code::ForeignKey => format!(
            "{field}: no row has {value}. Check the value, or create the row it points to first."
        ),
        Code::UnknownField => {
            format!("The dataset has no field {field}. Choose an existing field.")
        }
        Code::ReservedField => {
            format!("The field {field} is kept by the software. Take it out of the patch.")
        }
        Code::BadSame => format!(
            "{field}: {value} does not name a row. Write urn:uuid:…/… with both identifiers in full."
        ),
        Code::CellTooLarge => format!("{field}: the text {value} is above 64 KiB. Shorten it."),
        Code::RowTooLarge => {
            format!("The row is above 256 KiB, mostly by {field}. Shorten its texts.")
        }
        Code::ForbiddenCharacter => {
            format!("{field}: {value} contains a null character. Type the value again.")
        }
        Code::EmptyPatch => "The patch changes nothing. Change at least one value.".to_owned(),
        Code::TooManyOperations => format!(
            "The patch has {} operations, at most {limit} are allowed. Send it in parts.",
            p.arg("value")
        ),
        Code::PatchTooLarge => format!(
            "The patch has {} bytes, at most {limit} are allowed. Send it in parts.",
            p.arg("value")
        ),
        Code::RepeatedOperation => format!("The patch changes {value} twice. Keep one change."),
        Code::BadLabel => format!(
            "The label {value} of an added row is not valid. Write _: and letters or digits."
        ),
        Code::EmptyRow => format!("The added row {value} is empty. Fill at least one field."),
        Code::RowGone => format!(
            "The row {value} is gone. There is nothing to correct: add it anew if it is missing."
        ),
        Code::CellChanged => format!(
            "{field} changed since you read it, so the proposed {value} no longer applies. Read the row and propose again."
        ),
        Code::RowChanged => format!(
            "The row {value} changed since you read it. Read it again before you propose to delete it."
        ),
        Code::KeyTaken => format!(
            "{field}: another row took {value} meanwhile. Edit that row, or give another value."
        ),
        Code::FieldChanged => format!(
            "The field {field} is not defined as it was when the patch was made. Read the row and propose again."
        ),
        Code::SchemaNotObject => {
            format!("The schema is not a JSON object ({value}). Give a Table Schema document.")
        }
        Code::SchemaNoFields => {
            format!("The schema has no usable field in {value}. Add a list of \"fields\".")
        }
        Code::SchemaTooManyFields => {
            format!("The schema has {value} fields, at most {limit} are allowed. Remove fields.")
        }
        Code::SchemaBadMember => format!(
            "In the schema, the member {value} of {field} is not of its form. Correct or remove it."
        ),
        Code::SchemaBadName => format!(
            "The field name {value} is not valid. Use a-z, 0-9 and _, 63 at most, beginning with a letter."
        ),
        Code::SchemaRepeatedName => {
            format!("The field name {value} is used twice. Give each field its own name.")
        }
        Code::SchemaBadPattern => format!(
            "{field}: the pattern {value} cannot be used. Make it simpler, without look-around."
        ),
        Code::SchemaBadConstraint => {
            format!("{field}: the constraint {value} is not of its form. Correct or remove it.")
        }
        Code::SchemaUnfitConstraint => format!(
            "{field}: the constraint {value} does not suit the type {}. Remove it or change the type.",
            p.arg("type")
        ),
        Code::SchemaBadFormat => {
            format!("{field}: the format {value} cannot be read. Use for example %d/%m/%Y.")
        }
        Code::SchemaUnknownKeyField => format!(
            "The key {} names the field {value}, which does not exist. Correct the name.",
            quote(p.arg("key"))
        ),
        Code::SchemaBadNumber => {
            format!("{field}: the number {value} cannot be signed as it is. Write it as a string.")
        }
        Code::BadPolicy => {
            format!("Policy: {value} is not of its form. Give whole numbers from 1 to 100.")
        }
    }
}

fn quote(text: &str) -> String {
    format!("“{text}”")
}

fn counted(p: &Problem) -> String {
    let unit = if p.arg("unit") == "items" {
        "element"
    } else {
        "character"
    };
    format!("{} {}", p.arg("length"), plural(p.arg("length"), unit))
}

fn plural(count: &str, noun: &str) -> String {
    if count == "1" {
        noun.to_owned()
    } else {
        format!("{noun}s")
    }
}

fn pattern(p: &Problem, field: &str, value: &str) -> String {
    match p.arg("example") {
        "" => format!(
            "{field}: {value} is not of the expected form, {}. Correct the value.",
            quote(p.arg("pattern"))
        ),
        example => format!(
            "{field}: {value} is not of the expected form. Follow the example {}.",
            quote(example)
        ),
    }
}

fn shape(p: &Problem) -> String {
    let (min, max) = (p.arg("min"), p.arg("max"));
    let kind = match p.arg("class") {
        "digits" => plural(max, "digit"),
        "capitals" => plural(max, "capital letter"),
        "letters" => plural(max, "letter"),
        _ => format!("{} or {}", plural(max, "letter"), plural(max, "digit")),
    };
    if min == max {
        format!("{min} {kind}")
    } else {
        format!("{min} to {max} {kind}")
    }
}
