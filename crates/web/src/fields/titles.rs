//! Which field names a row for people, and which ones a narrow table shows.

use std::collections::BTreeMap;

use rustine_domain::ids::RowId;
use rustine_domain::schema::{Field, FieldType, Schema};

/// How many columns a table shows before it is asked for all.
const MAIN_COLUMNS: usize = 6;

/// Words that begin or end the name of the field that people call a row by, best first.
const TITLE_WORDS: [&str; 9] = [
    "nom",
    "name",
    "titre",
    "title",
    "intitule",
    "libelle",
    "label",
    "denomination",
    "raison",
];

/// Fields that mean little to a reader of a table.
const TECHNICAL: [&str; 12] = [
    "id",
    "uid",
    "uuid",
    "pivot",
    "siret",
    "siren",
    "lat",
    "lon",
    "lng",
    "latitude",
    "longitude",
    "source",
];

/// The field that people call a row by: by its name, else the first text that is not a key, else the first.
pub fn title_field(schema: &Schema) -> Option<&Field> {
    let named = TITLE_WORDS.iter().find_map(|word| {
        let exact = schema.field(word);
        exact.or_else(|| schema.fields.iter().find(|field| has_word(field, word)))
    });
    named
        .or_else(|| {
            schema.fields.iter().find(|field| {
                field.kind == FieldType::String
                    && !schema.primary_key.contains(&field.name)
                    && !is_technical(field)
            })
        })
        .or_else(|| schema.fields.first())
}

fn has_word(field: &Field, word: &str) -> bool {
    let mut parts = field.name.as_str().split('_');
    parts.next() == Some(word) || parts.next_back() == Some(word)
}

fn is_technical(field: &Field) -> bool {
    let name = field.name.as_str();
    TECHNICAL.contains(&name)
        || name.ends_with("_id")
        || matches!(
            field.kind,
            FieldType::GeoJson | FieldType::GeoPoint | FieldType::Object | FieldType::Array
        )
}

/// What people call a row: its title, else its first value, else the beginning of its id.
pub fn row_title(schema: &Schema, cells: &BTreeMap<String, String>, id: RowId) -> String {
    let value = |field: &Field| {
        let value = cells.get(field.name.as_str())?.trim();
        (!value.is_empty()).then(|| value.to_owned())
    };
    title_field(schema)
        .and_then(value)
        .or_else(|| schema.fields.iter().find_map(value))
        .unwrap_or_else(|| id.to_string().chars().take(8).collect())
}

/// The columns of a table, the title first: all of them, or those that a reader looks for.
pub fn main_fields(schema: &Schema, all: bool) -> Vec<&Field> {
    let Some(title) = title_field(schema) else {
        return Vec::new();
    };
    let others = schema
        .fields
        .iter()
        .filter(|field| field.name != title.name);
    let columns = std::iter::once(title);
    if all {
        return columns.chain(others).collect();
    }
    let mut chosen: Vec<&Field> = columns
        .chain(others.filter(|field| !is_technical(field)))
        .take(MAIN_COLUMNS)
        .collect();
    // A narrow register has room for everything.
    if schema.fields.len() <= MAIN_COLUMNS {
        chosen = std::iter::once(title)
            .chain(
                schema
                    .fields
                    .iter()
                    .filter(|field| field.name != title.name),
            )
            .collect();
    }
    chosen
}
