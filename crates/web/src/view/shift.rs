//! How far a proposal moves something on the map: a distance, a direction, and a drawing of our own without a map.

use std::f64::consts::PI;

use super::change::RowLink;
use crate::page::Page;

/// Mean radius of the Earth, in metres.
const EARTH_M: f64 = 6_371_008.8;
/// Below this distance, in metres, people see no difference.
const STANDS_M: f64 = 0.5;
/// Half the width of the drawing that the arrow may take, of 100.
const REACH: f64 = 36.0;

/// Degrees north and east.
pub type Position = (f64, f64);

/// A row that moves.
#[derive(Debug, Clone)]
pub struct Shift {
    /// The row.
    pub row: RowLink,
    /// Metres between the two positions.
    pub metres: f64,
    /// Direction in which it goes, in degrees from the north, clockwise.
    pub bearing: f64,
}

const DIRECTIONS: [&str; 8] = [
    "compass-n",
    "compass-ne",
    "compass-e",
    "compass-se",
    "compass-s",
    "compass-sw",
    "compass-w",
    "compass-nw",
];

impl Shift {
    /// None where both are the same place to the eye.
    pub fn between(row: RowLink, before: Position, after: Position) -> Option<Self> {
        let metres = metres(before, after);
        (metres >= STANDS_M).then(|| Self {
            row,
            metres,
            bearing: bearing(before, after),
        })
    }

    /// Key of the direction's name.
    fn direction_key(&self) -> &'static str {
        let eighth = (self.bearing / 45.0).round().rem_euclid(8.0);
        // Eight of them, and the remainder is below eight.
        let place = (0..8_u8).find(|place| f64::from(*place) >= eighth);
        DIRECTIONS[usize::from(place.unwrap_or(0))]
    }

    /// "320 m", "1,4 km": as exact as a person reads it.
    fn distance(&self, page: &Page) -> String {
        if self.metres < 1000.0 {
            return page.t1("shift-metres", "count", rounded(page, self.metres, 0));
        }
        let decimals = usize::from(self.metres < 100_000.0);
        page.t1(
            "shift-kilometres",
            "count",
            rounded(page, self.metres / 1000.0, decimals),
        )
    }

    /// The whole sentence.
    pub fn sentence(&self, page: &Page) -> String {
        let direction = page.t(self.direction_key());
        page.t2(
            "shift-sentence",
            "distance",
            self.distance(page),
            "direction",
            direction,
        )
    }

    /// Where the arrow begins in a drawing of 100 by 100, north at the top.
    pub fn from(&self) -> (String, String) {
        self.end(-1.0)
    }

    /// Where it ends.
    pub fn to(&self) -> (String, String) {
        self.end(1.0)
    }

    fn end(&self, side: f64) -> (String, String) {
        let angle = self.bearing * PI / 180.0;
        let coordinate = |offset: f64| format!("{:.1}", 50.0 + side * REACH * offset);
        (coordinate(angle.sin()), coordinate(-angle.cos()))
    }
}

/// A figure with the decimal sign of the language.
fn rounded(page: &Page, value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let whole = whole.parse().unwrap_or_default();
    match rest {
        "" => page.lang.number(whole),
        rest => page.t2(
            "number-decimal",
            "whole",
            page.lang.number(whole),
            "rest",
            rest,
        ),
    }
}

fn radians((north, east): Position) -> Position {
    (north * PI / 180.0, east * PI / 180.0)
}

/// Along a great circle (haversine).
fn metres(before: Position, after: Position) -> f64 {
    let ((lat1, lon1), (lat2, lon2)) = (radians(before), radians(after));
    let half = |angle: f64| (angle / 2.0).sin().powi(2);
    let chord = half(lat2 - lat1) + lat1.cos() * lat2.cos() * half(lon2 - lon1);
    2.0 * EARTH_M * chord.clamp(0.0, 1.0).sqrt().asin()
}

fn bearing(before: Position, after: Position) -> f64 {
    let ((lat1, lon1), (lat2, lon2)) = (radians(before), radians(after));
    let east = (lon2 - lon1).sin() * lat2.cos();
    let north = lat1.cos() * lat2.sin() - lat1.sin() * lat2.cos() * (lon2 - lon1).cos();
    (east.atan2(north) * 180.0 / PI).rem_euclid(360.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::pages::samples::frame;

    fn check(before: Position, after: Position, french: &str, english: &str) {
        let row = RowLink {
            title: String::new(),
            href: String::new(),
        };
        let shift = Shift::between(row, before, after).unwrap();
        assert_eq!(shift.sentence(&frame(Lang::Fr)), french);
        assert_eq!(shift.sentence(&frame(Lang::En)), english);
    }

    #[test]
    fn a_shift_is_told_as_people_say_it() {
        check(
            (47.0, 5.0),
            (47.001, 5.0),
            "La position se déplace de 111 m vers le nord.",
            "The position moves 111 m to the north.",
        );
        check(
            (47.0, 5.0),
            (46.99, 5.01),
            "La position se déplace de 1,3 km vers le sud-est.",
            "The position moves 1.3 km to the south-east.",
        );
        // Latitude and longitude taken for each other: the classic mistake.
        check(
            (47.24, 6.02),
            (6.02, 47.24),
            "La position se déplace de 6\u{202f}028 km vers le sud-est.",
            "The position moves 6,028 km to the south-east.",
        );
        // The short way, over the date line.
        check(
            (0.0, 179.999),
            (0.0, -179.999),
            "La position se déplace de 222 m vers l’est.",
            "The position moves 222 m to the east.",
        );
    }

    #[test]
    fn what_stands_still_is_no_shift_and_the_arrow_points_where_it_goes() {
        let row = RowLink {
            title: String::new(),
            href: String::new(),
        };
        assert!(Shift::between(row.clone(), (47.0, 5.0), (47.000_000_1, 5.0)).is_none());
        let west = Shift::between(row, (47.0, 5.0), (47.0, 4.9)).unwrap();
        assert_eq!(west.direction_key(), "compass-w");
        assert_eq!(west.to(), ("14.0".to_owned(), "50.0".to_owned()));
        assert_eq!(west.from(), ("86.0".to_owned(), "50.0".to_owned()));
    }
}
