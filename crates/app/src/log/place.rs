//! Where a row stands on the map, read from its cells for the `bbox` filter. A projection: nothing signed.

use rustine_domain::cell::{self, TypedValue};
use rustine_domain::schema::{Field, FieldType, Schema};

const NORTH: [&str; 4] = ["latitude", "lat", "y_lat", "ban_latitude"];
const EAST: [&str; 5] = ["longitude", "lon", "lng", "x_lon", "ban_longitude"];

/// Degrees north and east: of the first geopoint field, or of a pair of fields named as coordinates are.
pub fn place_of<'v>(
    schema: &Schema,
    value: impl Fn(&str) -> Option<&'v str>,
) -> Option<(f64, f64)> {
    let point = schema
        .fields
        .iter()
        .find(|field| field.kind == FieldType::GeoPoint);
    let place = match point {
        Some(field) => match cell::read(field, value(field.name.as_str())?) {
            Ok(TypedValue::GeoPoint {
                longitude,
                latitude,
            }) => (
                degrees(&latitude.to_string())?,
                degrees(&longitude.to_string())?,
            ),
            _ => return None,
        },
        None => (
            coordinate(schema, &NORTH, &value)?,
            coordinate(schema, &EAST, &value)?,
        ),
    };
    let (lat, lon) = place;
    ((-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)).then_some(place)
}

fn coordinate<'v>(
    schema: &Schema,
    names: &[&str],
    value: &impl Fn(&str) -> Option<&'v str>,
) -> Option<f64> {
    let field: &Field = names.iter().find_map(|name| schema.field(name))?;
    degrees(&value(field.name.as_str())?.replace(',', "."))
}

fn degrees(text: &str) -> Option<f64> {
    text.trim()
        .parse::<f64>()
        .ok()
        .filter(|degrees| degrees.is_finite())
}
