//! Where a row stands on the map, read from its cells for the `bbox` filter. A projection: nothing signed.

use rustine_domain::cell::{self, TypedValue};
use rustine_domain::schema::{Field, FieldType, Schema};

const NORTH: [&str; 4] = ["latitude", "lat", "y_lat", "ban_latitude"];
const EAST: [&str; 5] = ["longitude", "lon", "lng", "x_lon", "ban_longitude"];

/// The fields that say where a row is.
#[derive(Debug, Clone, Copy)]
pub enum PlaceFields<'s> {
    /// One geopoint: the first.
    Point(&'s Field),
    /// Two fields that are named as coordinates are.
    Pair {
        /// Degrees north.
        north: &'s Field,
        /// Degrees east.
        east: &'s Field,
    },
}

/// The fields that say where a row is; `None` where the rows of a schema have no place.
pub fn place_fields(schema: &Schema) -> Option<PlaceFields<'_>> {
    let mut fields = schema.fields.iter();
    if let Some(point) = fields.find(|field| field.kind == FieldType::GeoPoint) {
        return Some(PlaceFields::Point(point));
    }
    let named = |names: &[&str]| names.iter().find_map(|name| schema.field(name));
    Some(PlaceFields::Pair {
        north: named(&NORTH)?,
        east: named(&EAST)?,
    })
}

/// Degrees north and east: of the first geopoint field, or of a pair of fields named as coordinates are.
pub fn place_of<'v>(
    schema: &Schema,
    value: impl Fn(&str) -> Option<&'v str>,
) -> Option<(f64, f64)> {
    let place = match place_fields(schema)? {
        PlaceFields::Point(field) => match cell::read(field, value(field.name.as_str())?) {
            Ok(TypedValue::GeoPoint {
                longitude,
                latitude,
            }) => (
                degrees(&latitude.to_string())?,
                degrees(&longitude.to_string())?,
            ),
            _ => return None,
        },
        PlaceFields::Pair { north, east } => {
            let coordinate =
                |field: &Field| degrees(&value(field.name.as_str())?.replace(',', "."));
            (coordinate(north)?, coordinate(east)?)
        }
    };
    let (lat, lon) = place;
    ((-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)).then_some(place)
}

fn degrees(text: &str) -> Option<f64> {
    text.trim()
        .parse::<f64>()
        .ok()
        .filter(|degrees| degrees.is_finite())
}
