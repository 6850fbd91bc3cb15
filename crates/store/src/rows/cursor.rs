//! Where a page ended, as text that fits in a URL.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustine_domain::ids::RowId;
use serde::{Deserialize, Serialize};

/// The place after the last row of a page. It stays right while rows come and go around it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cursor(pub(super) Place);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Place {
    /// In the owner's order.
    #[serde(rename = "o")]
    Order(String, RowId),
    /// In the order in which rows came: searches.
    #[serde(rename = "i")]
    Id(i64),
    /// South to north: boxes of the map.
    #[serde(rename = "p")]
    Point(Bits, Bits, i64),
    /// By the value of a field, ties in the owner's order; without value at the end.
    #[serde(rename = "t")]
    Text(Option<String>, String, RowId),
    /// The same for numbers.
    #[serde(rename = "n")]
    Number(Option<Bits>, String, RowId),
}

/// A number by its bits, so that it comes back as the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Bits(u64);

impl From<f64> for Bits {
    fn from(number: f64) -> Self {
        Self(number.to_bits())
    }
}
impl From<Bits> for f64 {
    fn from(bits: Bits) -> Self {
        Self::from_bits(bits.0)
    }
}

/// A text that is no cursor of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not a cursor that a page gave")]
pub struct InvalidCursor;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_vec(&self.0).map_err(|_| fmt::Error)?;
        f.write_str(&URL_SAFE_NO_PAD.encode(json))
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;
    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
        serde_json::from_slice(&json)
            .map(Self)
            .map_err(|_| InvalidCursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_a_url() {
        let row_id: RowId = "226cc6c9-53e0-4b8a-ab80-d5637d592fcd".parse().unwrap();
        for place in [
            Place::Order("a0".into(), row_id),
            Place::Id(7),
            Place::Point(47.2.into(), (-1.55).into(), 7),
            Place::Text(Some("Île d'Yeu".into()), "~".into(), row_id),
            Place::Number(None, "a0".into(), row_id),
            Place::Number(Some((0.1 + 0.2).into()), "a0".into(), row_id),
        ] {
            let text = Cursor(place.clone()).to_string();
            assert!(
                text.bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            );
            assert_eq!(text.parse(), Ok(Cursor(place)));
        }
        for bad in ["", "x", "e30"] {
            assert_eq!(bad.parse::<Cursor>(), Err(InvalidCursor));
        }
    }
}
