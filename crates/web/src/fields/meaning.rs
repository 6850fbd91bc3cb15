//! What a row and its fields are in the words of schema.org, so that search engines show opening places as places.

use rustine_domain::cell::{Reading, TextForm};
use rustine_domain::schema::{Field, FieldType, Schema};

use super::{is_phone, title_field};

/// Words of a field's name that say what it holds.
const NAMED: [(&str, &str); 9] = [
    ("adresse", "address"),
    ("address", "address"),
    ("latitude", "latitude"),
    ("lat", "latitude"),
    ("longitude", "longitude"),
    ("lon", "longitude"),
    ("lng", "longitude"),
    ("courriel", "email"),
    ("email", "email"),
];

/// `Place` where a row has an address or a position, else `Thing`.
#[must_use]
pub fn thing(schema: &Schema) -> &'static str {
    let placed = |field: &Field| {
        matches!(field.kind, FieldType::GeoPoint | FieldType::GeoJson)
            || matches!(named(field), Some("address" | "latitude"))
    };
    match schema.fields.iter().any(placed) {
        true => "Place",
        false => "Thing",
    }
}

/// The property that a field is, among those that [`thing`] has.
#[must_use]
pub fn property(schema: &Schema, field: &Field) -> Option<&'static str> {
    if title_field(schema).is_some_and(|title| title.name == field.name) {
        return Some("name");
    }
    let of_any = match &field.reading {
        Reading::Text(TextForm::Uri) => Some("url"),
        _ if field.name.as_str() == "description" => Some("description"),
        _ => None,
    };
    of_any.or_else(|| {
        if thing(schema) != "Place" {
            return None;
        }
        match &field.reading {
            _ if is_phone(field) => Some("telephone"),
            Reading::Text(TextForm::Email) => Some("email"),
            _ => named(field),
        }
    })
}

fn named(field: &Field) -> Option<&'static str> {
    let name = field.name.as_str();
    NAMED
        .iter()
        .find(|(word, _)| *word == name)
        .map(|(_, property)| *property)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema(names: &[&str]) -> Schema {
        let fields: Vec<_> = names
            .iter()
            .map(|name| json!({"name": name, "type": "string"}))
            .collect();
        Schema::read(&json!({"fields": fields})).0
    }

    fn properties(names: &[&str]) -> Vec<Option<&'static str>> {
        let schema = schema(names);
        let of = |field: &Field| property(&schema, field);
        schema.fields.iter().map(of).collect()
    }

    #[test]
    fn a_row_with_an_address_is_a_place_with_its_properties() {
        let names = ["nom", "adresse", "telephone", "horaires", "longitude"];
        assert_eq!(thing(&schema(&names)), "Place");
        assert_eq!(
            properties(&names),
            [
                Some("name"),
                Some("address"),
                Some("telephone"),
                None,
                Some("longitude")
            ]
        );
    }

    #[test]
    fn what_has_no_place_claims_no_property_of_one() {
        let names = ["titre", "telephone", "description"];
        assert_eq!(thing(&schema(&names)), "Thing");
        assert_eq!(
            properties(&names),
            [Some("name"), None, Some("description")]
        );
    }
}
