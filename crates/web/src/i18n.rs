//! Languages of the pages: French is the source and the default, English the second.
//!
//! Every sentence lives in `locales/{fr,en}/*.ftl`; a test refuses literal text in templates and keys that
//! only one language has.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "fr",
        // Both languages are written from left to right; isolation marks would only spoil copied text.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static FR: LanguageIdentifier = fluent_templates::langid!("fr");
static EN: LanguageIdentifier = fluent_templates::langid!("en");

/// A language that the pages speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// French, the source of every sentence.
    #[default]
    Fr,
    /// English.
    En,
    /// French in brackets, so that tests see what cannot be translated.
    #[cfg(test)]
    Pseudo,
}

impl From<Lang> for rustine_domain::problem::Lang {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::En => Self::En,
            _ => Self::Fr,
        }
    }
}

/// Every language, in the order of the switch at the foot of a page.
pub const LANGS: [Lang; 2] = [Lang::Fr, Lang::En];

impl Lang {
    /// The tag for `lang="…"`, the cookie and `?lang=`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
            #[cfg(test)]
            Self::Pseudo => "qps",
        }
    }

    /// The language of this tag (`fr`, `en-GB`), by its first part.
    pub fn find(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        #[cfg(test)]
        if primary == Self::Pseudo.tag() {
            return Some(Self::Pseudo);
        }
        LANGS
            .into_iter()
            .find(|lang| lang.tag().eq_ignore_ascii_case(primary))
    }

    /// Chooses by `?lang=`, then the cookie, then `Accept-Language` with its weights (RFC 9110 §12.5.4).
    pub fn choose(asked: Option<&str>, cookie: Option<&str>, accepted: Option<&str>) -> Self {
        asked
            .and_then(Self::find)
            .or_else(|| cookie.and_then(Self::find))
            .or_else(|| accepted.and_then(best_accepted))
            .unwrap_or_default()
    }

    fn id(self) -> &'static LanguageIdentifier {
        match self {
            Self::En => &EN,
            _ => &FR,
        }
    }

    /// A sentence as it is shown.
    fn told(self, text: String) -> String {
        #[cfg(test)]
        if self == Self::Pseudo {
            return pseudo::told(&text);
        }
        text
    }

    /// The sentence of this key; the key itself where no language has it.
    pub fn say(self, key: &str) -> String {
        let found = LOCALES.try_lookup(self.id(), key);
        found.map_or_else(|| key.to_owned(), |text| self.told(text))
    }

    /// The sentence of this key with its variables filled in.
    pub fn say_with(self, key: &str, args: Vec<(&'static str, FluentValue<'_>)>) -> String {
        let args: HashMap<Cow<'static, str>, FluentValue> = args
            .into_iter()
            .map(|(name, value)| (Cow::Borrowed(name), value))
            .collect();
        let found = LOCALES.try_lookup_with_args(self.id(), key, &args);
        found.map_or_else(|| key.to_owned(), |text| self.told(text))
    }

    /// A sentence about `count` things: `$count` chooses the plural, `$shown` is the figure as people write it.
    pub fn count(self, key: &str, count: i64) -> String {
        let shown = self.number(count);
        self.say_with(key, vec![("count", count.into()), ("shown", shown.into())])
    }

    /// A whole number with its thousands apart: `18 000` (narrow no-break space) or `18,000`.
    pub fn number(self, value: i64) -> String {
        let separator = match self {
            Self::En => ',',
            _ => '\u{202f}',
        };
        let digits = value.unsigned_abs().to_string();
        let mut shown = String::new();
        if value < 0 {
            shown.push('-');
        }
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                shown.push(separator);
            }
            shown.push(digit);
        }
        shown
    }
}

fn best_accepted(header: &str) -> Option<Lang> {
    let mut best: Option<(Lang, f32)> = None;
    for part in header.split(',').take(20) {
        let mut pieces = part.split(';');
        let Some(lang) = pieces.next().and_then(Lang::find) else {
            continue;
        };
        let weight = pieces
            .find_map(|piece| piece.trim().strip_prefix("q="))
            .map_or(1.0, |text| text.parse().unwrap_or(0.0));
        if weight > 0.0 && best.is_none_or(|(_, known)| weight > known) {
            best = Some((lang, weight));
        }
    }
    best.map(|(lang, _)| lang)
}

#[cfg(test)]
mod pseudo;
#[cfg(test)]
pub(crate) mod tests;
