//! Where the ground of maps and the places of addresses come from, and from when on a row counts as old.

use serde::{Deserialize, Serialize};
use url::Url;

/// `[map]`: the ground below maps. Tiles are the only thing that a visitor's browser asks of a third party.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Map {
    /// Address of a tile with `{z}`, `{x}` and `{y}`; empty: maps without a ground.
    pub tiles: String,
    /// Whose map it is, as its licence asks; stands below each map.
    pub attribution: String,
}

/// `[geocoder]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Geocoder {
    /// Address of a search that answers `?q=…` in GeoJSON; empty: no search for addresses.
    pub url: String,
}

/// `[reading]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reading {
    /// Months without a change or a new date after which a row is marked as old; 0: none is.
    pub stale_months: u32,
}

impl Default for Reading {
    fn default() -> Self {
        Self { stale_months: 18 }
    }
}

impl Geocoder {
    /// The host that searches for addresses, to be named on pages.
    pub fn host(&self) -> Option<String> {
        Url::parse(&self.url).ok()?.host_str().map(str::to_owned)
    }
}

impl Map {
    /// The origin that tiles come from, as browsers compare it; `None` without tiles.
    pub fn origin(&self) -> Option<String> {
        let url = Url::parse(&self.tiles).ok()?;
        Some(url.origin().ascii_serialization())
    }

    /// The host that tiles come from, to be named on pages.
    pub fn host(&self) -> Option<String> {
        Url::parse(&self.tiles).ok()?.host_str().map(str::to_owned)
    }

    pub(super) fn problems(&self, dev: bool) -> Vec<String> {
        if self.tiles.is_empty() {
            return Vec::new();
        }
        let mut problems = Vec::new();
        let whole = ["{z}", "{x}", "{y}"]
            .iter()
            .all(|part| self.tiles.matches(part).count() == 1);
        if !whole || self.tiles.contains("{s}") {
            problems.push(
                "map.tiles must hold {z}, {x} and {y} once each, and no {s}: name one host"
                    .to_owned(),
            );
        }
        let named = Url::parse(&self.tiles).ok().and_then(|url| {
            let host = url.host_str()?.to_owned();
            Some((
                url.scheme() == "https" || dev && url.scheme() == "http",
                host,
            ))
        });
        // The origin goes into a header, so nothing but a plain name may stand in it.
        let plain = |host: &str| {
            host.bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
        };
        if !named.is_some_and(|(secure, host)| secure && plain(&host)) {
            problems.push("map.tiles must be an address that begins with https://".to_owned());
        }
        if self.attribution.trim().is_empty() {
            problems.push("map.attribution must say whose map it is".to_owned());
        }
        problems
    }
}

impl Geocoder {
    pub(super) fn problems(&self, dev: bool) -> Vec<String> {
        let fits = self.url.is_empty()
            || Url::parse(&self.url)
                .is_ok_and(|url| url.scheme() == "https" || dev && url.scheme() == "http");
        match fits {
            true => Vec::new(),
            false => vec!["geocoder.url must be an address that begins with https://".to_owned()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tiles: &str, dev: bool, expected: &str) {
        let map = Map {
            tiles: tiles.to_owned(),
            attribution: "© les personnes qui font la carte".to_owned(),
        };
        let said = map.problems(dev).join("; ");
        match expected {
            "" => assert_eq!(said, "", "{tiles}"),
            part => assert!(said.contains(part), "{tiles}: {said}"),
        }
    }

    #[test]
    fn tiles_come_from_one_host_over_https() {
        check("", false, "");
        check("https://tiles.example/{z}/{x}/{y}.png", false, "");
        check(
            "https://data.example/wmts?TILEMATRIX={z}&TILEROW={y}&TILECOL={x}",
            false,
            "",
        );
        check("https://{s}.tiles.example/{z}/{x}/{y}.png", false, "{s}");
        check("https://tiles.example/{z}/{x}.png", false, "{y}");
        check("http://tiles.example/{z}/{x}/{y}.png", false, "https://");
        check("http://tiles.localhost:8001/{z}/{x}/{y}.png", true, "");
        check("data:image/png,{z}{x}{y}", true, "https://");
        check(
            "https://tiles.example;script-src/{z}/{x}/{y}",
            false,
            "https://",
        );
    }

    #[test]
    fn the_policy_names_the_origin_and_the_page_the_host() {
        let map = Map {
            tiles: "https://tiles.example:8443/{z}/{x}/{y}.png?key=1".to_owned(),
            attribution: String::new(),
        };
        assert_eq!(map.origin().as_deref(), Some("https://tiles.example:8443"));
        assert_eq!(map.host().as_deref(), Some("tiles.example"));
        assert!(map.problems(false).join(" ").contains("map.attribution"));
        assert_eq!(Map::default().origin(), None);
    }

    #[test]
    fn addresses_are_searched_over_https() {
        let problems = |url: &str, dev| {
            Geocoder {
                url: url.to_owned(),
            }
            .problems(dev)
            .len()
        };
        assert_eq!(problems("", false), 0);
        assert_eq!(problems("https://data.example/geocodage/search", false), 0);
        assert_eq!(problems("http://data.example/search", false), 1);
        assert_eq!(problems("search", false), 1);
        assert_eq!(problems("http://geo.localhost:8001/search", true), 0);
    }
}
