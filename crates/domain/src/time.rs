//! Instants of the log: whole seconds in UTC, written `YYYY-MM-DDTHH:MM:SSZ` (`protocol.md` §3.3).

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use jiff::civil::DateTime;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::InvalidId;

/// Seconds since 1970-01-01T00:00:00Z, between the years 0000 and 9999. Never read from a clock here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From seconds since the epoch; `None` outside the years 0000 to 9999.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        (-62_167_219_200..=253_402_300_799)
            .contains(&seconds)
            .then_some(Self(seconds))
    }
    /// Seconds since the epoch.
    pub fn seconds(self) -> i64 {
        self.0
    }
    /// This instant moved by whole seconds, held inside the representable years.
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(
            self.0
                .saturating_add(seconds)
                .clamp(-62_167_219_200, 253_402_300_799),
        )
    }
}

/// A calendar date reaches to the end of the year 9999, where an instant of the library does not.
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = EPOCH
            .checked_add(SignedDuration::from_secs(self.0))
            .map_err(|_| fmt::Error)?;
        f.write_str(&at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
    }
}
impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
impl FromStr for Timestamp {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        // Reading and writing again refuses every other spelling: fractions, offsets, a 60th second.
        text.strip_suffix('Z')
            .and_then(|text| text.parse::<DateTime>().ok())
            .and_then(|at| Self::from_seconds(at.duration_since(EPOCH).as_secs()))
            .filter(|at| at.to_string() == text)
            .ok_or_else(|| InvalidId {
                text: text.chars().take(80).collect(),
                expected: "an instant written YYYY-MM-DDTHH:MM:SSZ",
            })
    }
}
impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_has_one_spelling() {
        for text in [
            "2026-11-21T10:00:01Z",
            "0000-01-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "2024-02-29T12:00:00Z",
            "9999-12-31T23:59:59Z",
        ] {
            assert_eq!(text.parse::<Timestamp>().unwrap().to_string(), text);
        }
        assert_eq!("1970-01-02T00:00:00Z".parse(), Ok(Timestamp(86_400)));
        let last = Timestamp(0).plus_seconds(i64::MAX);
        assert_eq!(last.to_string(), "9999-12-31T23:59:59Z");
        for bad in [
            "2026-11-21T10:00:60Z",
            "2026-11-21T10:00:01.0Z",
            "2026-11-21T10:00:01+00:00",
            "2026-02-30T00:00:00Z",
            "2026-11-21 10:00:01Z",
            "2026-11-21T10:00:01",
            "2026-11-21T10:00:01ZZ",
            "2026-11-21T10:00:01[UTC]Z",
            "+002026-11-21T10:00:01Z",
            "-000001-11-21T10:00:01Z",
            "2026-11-21T24:00:00Z",
            "2026-11-21Z",
            "Z",
        ] {
            assert!(bad.parse::<Timestamp>().is_err(), "{bad}");
        }
    }
}
