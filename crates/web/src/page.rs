//! What every page needs: the language, whose node it is, who looks, and the words for dates.

use std::fmt::Display;

use jiff::tz::TimeZone;
use rustine_domain::time::Timestamp;

use crate::assets;
use crate::i18n::{LANGS, Lang};

/// The person who is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// Account name.
    pub name: String,
    /// May read the queue and decide.
    pub moderator: bool,
    /// Runs the node.
    pub operator: bool,
    /// What she was told and has not seen.
    pub unread: i64,
}

/// The frame around a page's own content.
#[derive(Debug, Clone)]
pub struct Page {
    /// Language of this answer.
    pub lang: Lang,
    /// Name of the cooperative that runs this node.
    pub site: String,
    /// `host[:port]` of this node, for addresses like `@lieux@hub.example`.
    pub host: String,
    /// Who is logged in.
    pub viewer: Option<Viewer>,
    /// Token that each form carries (see `csrf`).
    pub csrf: String,
    /// Path and query of this page without `lang`, for the language switch.
    pub here: String,
    /// The instant at which the page is made.
    pub now: Timestamp,
    /// Zone in which instants are shown.
    pub zone: TimeZone,
}

impl Page {
    /// The sentence of a key.
    pub fn t(&self, key: &str) -> String {
        self.lang.say(key)
    }

    /// The sentence of a key with one variable.
    pub fn t1(&self, key: &str, name: &'static str, value: impl Display) -> String {
        self.lang
            .say_with(key, vec![(name, value.to_string().into())])
    }

    /// The sentence of a key with two variables.
    pub fn t2(
        &self,
        key: &str,
        first: &'static str,
        value: impl Display,
        second: &'static str,
        other: impl Display,
    ) -> String {
        let args = vec![
            (first, value.to_string().into()),
            (second, other.to_string().into()),
        ];
        self.lang.say_with(key, args)
    }

    /// A sentence about a number of things.
    pub fn n(&self, key: &str, count: &i64) -> String {
        self.lang.count(key, *count)
    }

    /// Calendar day and hour: "21 novembre 2026 à 10:05".
    pub fn instant(&self, at: &Timestamp) -> String {
        let Some(at) = self.zoned(*at) else {
            return String::new();
        };
        let month = self.lang.say(&format!("month-{}", at.month()));
        let args = vec![
            ("day", i64::from(at.day()).into()),
            ("month", month.into()),
            // As text, or it would be written 2,026.
            ("year", at.year().to_string().into()),
            ("hour", at.strftime("%H:%M").to_string().into()),
        ];
        self.lang.say_with("instant", args)
    }

    /// Calendar day: "21 novembre 2026".
    pub fn day(&self, day: &jiff::civil::Date) -> String {
        let month = self.lang.say(&format!("month-{}", day.month()));
        let args = vec![
            ("day", i64::from(day.day()).into()),
            ("month", month.into()),
            ("year", day.year().to_string().into()),
        ];
        self.lang.say_with("day", args)
    }

    /// How long ago: "il y a 3 heures". Never says anything about the future: clocks differ a little.
    pub fn age(&self, at: &Timestamp) -> String {
        let seconds = (self.now.seconds() - at.seconds()).max(0);
        let (key, count) = match seconds {
            0..=59 => ("age-now", 0),
            60..=3_599 => ("age-minutes", seconds / 60),
            3_600..=86_399 => ("age-hours", seconds / 3_600),
            _ => ("age-days", seconds / 86_400),
        };
        self.lang.count(key, count)
    }

    /// A length of time in its largest unit: "3 heures".
    pub fn span(&self, seconds: &i64) -> String {
        let (key, count) = match *seconds {
            ..=3_599 => ("span-minutes", (seconds / 60).max(1)),
            3_600..=172_799 => ("span-hours", seconds / 3_600),
            _ => ("span-days", seconds / 86_400),
        };
        self.lang.count(key, count)
    }

    /// A number as the language writes it.
    pub fn number(&self, number: &i64) -> String {
        self.lang.number(*number)
    }

    fn zoned(&self, at: Timestamp) -> Option<jiff::Zoned> {
        let at = jiff::Timestamp::from_second(at.seconds()).ok()?;
        Some(at.to_zoned(self.zone.clone()))
    }

    /// Address of the stylesheet, with the hash of its content.
    pub fn stylesheet(&self) -> &'static str {
        assets::address("rustine.css")
    }

    /// Address of the icon.
    pub fn icon(&self) -> &'static str {
        assets::address("icon.svg")
    }

    /// The other languages with this page's address in each.
    pub fn other_languages(&self) -> Vec<(Lang, String)> {
        let joint = if self.here.contains('?') { '&' } else { '?' };
        LANGS
            .into_iter()
            .filter(|lang| *lang != self.lang)
            .map(|lang| (lang, format!("{}{joint}lang={}", self.here, lang.tag())))
            .collect()
    }
}

/// The zone in which instants are shown; UTC where the machine knows no zones.
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}
