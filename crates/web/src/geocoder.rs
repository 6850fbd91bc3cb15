//! Looks up addresses at the operator's geocoder, so that a citizen's own browser never asks it.
//!
//! The geocoder is a stranger like any other: it is asked through `outbound`, its answer is bounded and read as data,
//! and what it says is shown as text.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustine_domain::time::Timestamp;
use rustine_outbound::{Client, Fetch, Url};
use serde::Deserialize;

/// Largest answer that is read.
const MOST_BYTES: u64 = 256 << 10;
/// A person waits for this.
const MOST_TIME: Duration = Duration::from_secs(5);
/// Places offered at most.
pub const MOST_CANDIDATES: usize = 5;
/// Longest text that is asked, in characters, and longest name that is shown.
pub const MOST_TEXT: usize = 200;
/// Answers are remembered for so many seconds, and so many of them.
const KEPT_S: i64 = 600;
const KEPT: usize = 500;

/// A place that an address may mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// What the geocoder calls it.
    pub label: String,
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
}

/// Why there is no answer; all of them read the same to the person who asks.
#[derive(Debug, thiserror::Error)]
pub enum GeocoderError {
    /// It cannot be reached, or not be asked.
    #[error("the geocoder cannot be asked")]
    Outbound(#[from] rustine_outbound::Error),
    /// It answers with an error.
    #[error("the geocoder answered {0}")]
    Status(u16),
    /// It answers something else than GeoJSON.
    #[error("the geocoder's answer cannot be read")]
    Unreadable(#[from] serde_json::Error),
}

#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    geometry: Option<Geometry>,
    #[serde(default)]
    properties: Properties,
}

#[derive(Deserialize)]
struct Geometry {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    coordinates: serde_json::Value,
}

#[derive(Deserialize, Default)]
struct Properties {
    label: Option<String>,
    name: Option<String>,
}

/// The way to the geocoder, and what it said lately.
pub struct Geocoder {
    client: Client,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    answers: HashMap<String, (Timestamp, Vec<Candidate>)>,
    order: VecDeque<String>,
}

impl Geocoder {
    /// Asks nothing yet.
    pub fn new(client: Client) -> Self {
        Self {
            client,
            kept: Mutex::default(),
        }
    }

    /// The places that a text may mean, the likeliest first; `url` comes from the settings.
    pub async fn search(
        &self,
        url: &str,
        text: &str,
        now: Timestamp,
    ) -> Result<Vec<Candidate>, GeocoderError> {
        let text: String = text.trim().chars().take(MOST_TEXT).collect();
        if let Some(known) = self.find(&text, now) {
            return Ok(known);
        }
        let Ok(mut url) = Url::parse(url) else {
            return Ok(Vec::new());
        };
        // As parts of a query, so that nothing in the text becomes a parameter.
        url.query_pairs_mut()
            .append_pair("q", &text)
            .append_pair("limit", &MOST_CANDIDATES.to_string());
        let fetch = Fetch::new(url)
            .accept("application/geo+json, application/json")
            .at_most(MOST_BYTES)
            .within(MOST_TIME);
        let answer = self.client.get(fetch).await?;
        if !answer.status.is_success() {
            return Err(GeocoderError::Status(answer.status.as_u16()));
        }
        let found = read(&answer.body)?;
        self.keep(text, now, &found);
        Ok(found)
    }

    fn find(&self, text: &str, now: Timestamp) -> Option<Vec<Candidate>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, found) = kept.answers.get(text)?;
        (now.seconds() - at.seconds() < KEPT_S).then(|| found.clone())
    }

    fn keep(&self, text: String, now: Timestamp, found: &[Candidate]) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = (now, found.to_vec());
        if kept.answers.insert(text.clone(), answer).is_none() {
            kept.order.push_back(text);
        }
        if kept.order.len() > KEPT
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.answers.remove(&oldest);
        }
    }
}

/// What is not a place with a name is left out.
fn read(body: &[u8]) -> Result<Vec<Candidate>, serde_json::Error> {
    let collection: Collection = serde_json::from_slice(body)?;
    let places = collection.features.into_iter().filter_map(candidate);
    Ok(places.take(MOST_CANDIDATES).collect())
}

fn candidate(feature: Feature) -> Option<Candidate> {
    let geometry = feature
        .geometry
        .filter(|geometry| geometry.kind == "Point")?;
    let (lon, lat) = (
        geometry.coordinates.get(0)?.as_f64()?,
        geometry.coordinates.get(1)?.as_f64()?,
    );
    let label = feature.properties.label.or(feature.properties.name)?;
    let plain = label.chars().map(|c| if c.is_control() { ' ' } else { c });
    let label = plain.take(MOST_TEXT).collect::<String>().trim().to_owned();
    let fits =
        (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon) && !label.is_empty();
    fits.then_some(Candidate { label, lat, lon })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(body: &str) -> Vec<String> {
        let found = read(body.as_bytes()).unwrap();
        found.into_iter().map(|one| one.label).collect()
    }

    #[test]
    fn places_are_read_from_geojson() {
        let body = r#"{"type":"FeatureCollection","features":[
            {"type":"Feature","geometry":{"type":"Point","coordinates":[6.02,47.24]},
             "properties":{"label":"1 Rue des Tanneurs 25000 Besançon","score":0.9}},
            {"geometry":{"type":"Point","coordinates":[6.02,47.24,310.0]},"properties":{"name":"Besançon"}}]}"#;
        let found = read(body.as_bytes()).unwrap();
        assert_eq!(found[0].label, "1 Rue des Tanneurs 25000 Besançon");
        assert_eq!((found[0].lat, found[0].lon), (47.24, 6.02));
        assert_eq!(found[1].label, "Besançon");
    }

    #[test]
    fn what_is_no_place_is_left_out_and_names_are_cut() {
        let point = |coordinates: &str, label: &str| {
            format!(
                r#"{{"geometry":{{"type":"Point","coordinates":{coordinates}}},"properties":{{"label":"{label}"}}}}"#
            )
        };
        let long = "a".repeat(5_000);
        let features = [
            point("[6.0,947.0]", "trop au nord"),
            point("[\"6\",\"47\"]", "pas des nombres"),
            point("[6.0]", "un seul"),
            point("null", "rien"),
            r#"{"geometry":null,"properties":{"label":"sans lieu"}}"#.to_owned(),
            r#"{"geometry":{"type":"Polygon","coordinates":[]},"properties":{"label":"surface"}}"#
                .to_owned(),
            point("[6.0,47.0]", "  "),
            point("[6.0,47.0]", "deux\\nlignes"),
            point("[6.0,47.0]", &long),
        ];
        let found = labels(&format!(r#"{{"features":[{}]}}"#, features.join(",")));
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], "deux lignes");
        assert_eq!(found[1].chars().count(), MOST_TEXT);
        let many = vec![point("[6.0,47.0]", "x"); 50].join(",");
        assert_eq!(
            labels(&format!(r#"{{"features":[{many}]}}"#)).len(),
            MOST_CANDIDATES
        );
    }

    #[test]
    fn anything_else_is_an_error_and_no_panic() {
        let deep = "[".repeat(100_000);
        for body in [
            "",
            "<html>",
            "{}",
            "[]",
            "{\"features\":3}",
            "{\"features\":[3]}",
            &deep,
        ] {
            assert!(read(body.as_bytes()).is_err(), "{body:.20}");
        }
    }
}
