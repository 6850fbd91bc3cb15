//! The place of a row in a form: an address that is looked up, the places that it may mean, and a map to pick from.
//!
//! What is sent are the boxes for the degrees. A chosen place fills them in here, without a script; a map needs one.

use std::net::IpAddr;
use std::sync::Mutex;

use actix_web::web::Data;
use rustine_domain::cell;
use rustine_domain::schema::{Field, Schema};
use rustine_store::{DatasetRecord, RowQuery, StoreError, Tx};

use crate::answer::Allowed;
use crate::body::Body;
use crate::fields::{self, PlaceFields};
use crate::forms::Posted;
use crate::geocoder::{Candidate, Geocoder, MOST_TEXT};
use crate::limit::Limiter;
use crate::pages::dataset::map::{Scripts, Source};
use crate::view::Choice;
use crate::visit::Visit;

/// Searches for addresses of one network in five minutes.
pub const MOST_SEARCHES: u32 = 30;
const WINDOW_S: i64 = 300;
/// Fewer characters mean too many places; geocoders refuse them.
const LEAST_TEXT: usize = 3;

/// The name of the button that looks an address up.
const FIND: &str = "find-address";
/// The box that an address is typed in.
const ADDRESS: &str = "address";
/// The places that may be meant.
const PLACE: &str = "place";

/// The geocoder and who asked it lately; without a client nobody can.
pub struct Finder {
    geocoder: Option<Geocoder>,
    searches: Mutex<Limiter<IpAddr>>,
}

impl Default for Finder {
    fn default() -> Self {
        Self::new(None)
    }
}

impl Finder {
    /// Asks through this client.
    pub fn new(client: Option<rustine_outbound::Client>) -> Self {
        Self {
            geocoder: client.map(Geocoder::new),
            searches: Mutex::new(Limiter::new(WINDOW_S)),
        }
    }
}

/// What came of looking an address up.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// The places that may be meant.
    pub candidates: Vec<Candidate>,
    /// Key of what there is to say about it.
    pub note: Option<&'static str>,
}

/// Looks the address of a form up, where its button was pressed; none where the form is to be sent.
pub async fn look_up(visit: &Visit, finder: &Data<Finder>, body: &Body) -> Option<Found> {
    let url = &visit.app.settings.geocoder.url;
    let posted = Posted::parse(body.0.as_ref().ok()?);
    let text = posted.text(ADDRESS).trim().to_owned();
    // A line break in any box presses the first button of a form, so without an address this is not a search.
    if posted.text(FIND).is_empty() || text.is_empty() {
        return None;
    }
    let note = |key| Found {
        candidates: Vec::new(),
        note: Some(key),
    };
    if visit.check_form(&posted).is_err() {
        // The page says what is wrong with the form; nobody is asked for it.
        return None;
    }
    if text.chars().count() < LEAST_TEXT {
        return Some(note("place-too-short"));
    }
    let allowed = {
        let searches = finder.searches.lock();
        let mut searches = searches.unwrap_or_else(std::sync::PoisonError::into_inner);
        searches.allows(
            rustine_app::network::of(visit.address),
            MOST_SEARCHES,
            visit.page.now,
        )
    };
    if !allowed {
        return Some(note("place-too-often"));
    }
    let Some(geocoder) = finder.geocoder.as_ref().filter(|_| !url.is_empty()) else {
        return Some(note("place-unreachable"));
    };
    Some(match geocoder.search(url, &text, visit.page.now).await {
        Ok(candidates) if candidates.is_empty() => note("place-not-found"),
        Ok(candidates) => Found {
            candidates,
            note: None,
        },
        Err(error) => {
            tracing::warn!(%error, "An address could not be looked up");
            note("place-unreachable")
        }
    })
}

/// The part of a form about the place.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlaceBox {
    /// Addresses can be looked up.
    pub search: bool,
    /// What was typed.
    pub text: String,
    /// The places that may be meant.
    pub candidates: Vec<Choice>,
    /// Key of what there is to say about the search.
    pub note: Option<&'static str>,
    /// Ids of the boxes: of the point, or of north and east.
    pub point: Option<String>,
    /// Degrees north.
    pub north: Option<String>,
    /// Degrees east.
    pub east: Option<String>,
    /// The box that a map begins with: west, south, east, north.
    pub bounds: String,
    /// Whose map the ground is.
    pub source: Option<Source>,
    /// Where the build had Node.
    pub scripts: Option<Scripts>,
}

impl PlaceBox {
    /// The part for a dataset whose rows have a place; none where nothing could help to find it.
    pub fn of(
        visit: &Visit,
        tx: &mut Tx<'_>,
        record: &DatasetRecord,
        schema: &Schema,
    ) -> Result<Option<Self>, StoreError> {
        let Some(places) = fields::places(schema) else {
            return Ok(None);
        };
        let settings = &visit.app.settings;
        let scripts = Scripts::of("pick.js");
        let search = !settings.geocoder.url.is_empty();
        if scripts.is_none() && !search {
            return Ok(None);
        }
        let everywhere = RowQuery {
            dataset: record.id,
            limit: 1,
            ..RowQuery::default()
        };
        let extent = tx.extent_of_rows(&everywhere)?;
        let id = |field: &Field| Some(format!("f-{}", field.name));
        let (point, north, east) = match places {
            PlaceFields::Point(field) => (id(field), None, None),
            PlaceFields::Pair { north, east } => (None, id(north), id(east)),
        };
        Ok(Some(Self {
            search,
            point,
            north,
            east,
            bounds: extent.map_or_else(String::new, |[w, s, e, n]| format!("{w},{s},{e},{n}")),
            source: Source::of(&settings.map),
            scripts,
            ..Self::default()
        }))
    }

    /// The same with what was typed and found.
    pub fn with(mut self, posted: &Posted, found: Option<&Found>) -> Self {
        self.text = posted.text(ADDRESS).chars().take(MOST_TEXT).collect();
        let Some(found) = found else {
            return self;
        };
        self.note = found.note;
        let choice = |candidate: &Candidate| Choice {
            label: candidate.label.clone(),
            ..Choice::plain(&format!("{:.6},{:.6}", candidate.lat, candidate.lon), false)
        };
        self.candidates = found.candidates.iter().map(choice).collect();
        self
    }

    /// What the page needs beyond showing itself.
    pub fn allowed(&self, visit: &Visit) -> Allowed {
        Allowed {
            scripts: self.scripts.is_some(),
            tiles: visit
                .app
                .settings
                .map
                .origin()
                .filter(|_| self.scripts.is_some()),
        }
    }
}

/// Fills the degrees of a chosen place into the form, as if they had been typed.
pub fn fill_in(posted: &mut Posted, schema: &Schema) {
    let chosen = posted.text(PLACE).to_owned();
    let degrees = |text: &str, most: f64| {
        let number: f64 = text.parse().ok()?;
        (number.abs() <= most).then(|| format!("{number}"))
    };
    let Some((north, east)) = chosen.split_once(',') else {
        return;
    };
    let (Some(lat), Some(lon)) = (degrees(north, 90.0), degrees(east, 180.0)) else {
        return;
    };
    match fields::places(schema) {
        Some(PlaceFields::Point(field)) => {
            let forms = [
                format!("{lon}, {lat}"),
                format!("[{lon}, {lat}]"),
                format!("{{\"lon\": {lon}, \"lat\": {lat}}}"),
            ];
            let fits = forms.iter().find(|text| cell::read(field, text).is_ok());
            posted.put(field, fits.unwrap_or(&forms[0]));
        }
        Some(PlaceFields::Pair { north, east }) => {
            for (field, text) in [(north, lat), (east, lon)] {
                let comma = text.replace('.', ",");
                let dot = cell::read(field, &text).is_ok();
                posted.put(field, if dot { &text } else { &comma });
            }
        }
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(fields: serde_json::Value, expected: &[&str]) {
        let schema = Schema::read(&json!({ "fields": fields })).0;
        let mut posted = Posted::parse(b"f.latitude=1&f.ou=1,2&place=47.240000,-6.020000");
        fill_in(&mut posted, &schema);
        let typed: Vec<String> = schema
            .fields
            .iter()
            .map(|field| posted.cell(field))
            .collect();
        assert_eq!(typed, expected);
    }

    #[test]
    fn a_chosen_place_fills_the_boxes_as_their_types_are_written() {
        let pair = |more: serde_json::Value| {
            let field = |name: &str| {
                let mut field = json!({"name": name, "type": "number"});
                field
                    .as_object_mut()
                    .unwrap()
                    .extend(more.as_object().unwrap().clone());
                field
            };
            json!([field("latitude"), field("longitude")])
        };
        check(pair(json!({})), &["47.24", "-6.02"]);
        check(pair(json!({"decimalChar": ","})), &["47,24", "-6,02"]);
        check(
            json!([{"name": "ou", "type": "geopoint"}]),
            &["-6.02, 47.24"],
        );
        check(
            json!([{"name": "ou", "type": "geopoint", "format": "array"}]),
            &["[-6.02, 47.24]"],
        );
        check(json!([{"name": "ou", "type": "string"}]), &["1,2"]);
    }

    #[test]
    fn what_is_no_place_fills_nothing() {
        let schema = Schema::read(&json!({"fields": [{"name": "lat"}, {"name": "lon"}]})).0;
        for place in ["", "47", "x,y", "91,0", "0,181", "NaN,1"] {
            let mut posted = Posted::parse(format!("f.lat=1&place={place}").as_bytes());
            fill_in(&mut posted, &schema);
            assert_eq!(posted.cell(&schema.fields[0]), "1", "{place}");
        }
    }
}
