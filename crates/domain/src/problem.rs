//! What is wrong with a schema, a cell or a patch: data first, one plain sentence on demand.
//!
//! A [`Problem`] names a place, a [`Code`] and the texts its sentence needs; the edges show
//! [`Problem::sentence`] in the reader's language and keep the code for programs. Sentences say what is wrong
//! *and* what to do. Values in them are cut to [`SHOWN_CHARACTERS`].

mod code;
mod english;
mod french;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use self::code::Code;
use crate::ids::{FieldName, InvalidId, RowId};

/// How many characters of a value a sentence shows; longer ones end in `…`.
pub const SHOWN_CHARACTERS: usize = 80;

/// The languages in which sentences exist.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// French, the first language of the product.
    #[default]
    Fr,
    /// English.
    En,
}

impl Lang {
    /// Every language, for tests and menus.
    pub const ALL: [Self; 2] = [Self::Fr, Self::En];

    /// `fr` or `en`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }
}
impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl FromStr for Lang {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        match text {
            "fr" => Ok(Self::Fr),
            "en" => Ok(Self::En),
            _ => Err(InvalidId {
                text: shown(text),
                expected: "fr or en",
            }),
        }
    }
}

/// Where in the checked document a problem stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// A line of a file, the header being line 1.
    Line(u64),
    /// A row of the dataset.
    Row(RowId),
    /// A row that a patch adds, under its local label (`_:1`).
    Label(String),
}

/// One thing that is wrong, as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The row or line concerned, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub row: Option<Place>,
    /// The field concerned, if it is about one that has a usable name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<FieldName>,
    /// What kind of problem it is; in text a stable kebab-case word.
    pub code: Code,
    /// The texts of the sentence: `field` (the title people read), `value`, `limit`, `example`, …
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub args: BTreeMap<Cow<'static, str>, String>,
}

/// A problem of a schema document; `args["field"]` holds the name as written, which may be unusable.
pub type SchemaProblem = Problem;

impl Problem {
    /// A problem without a place and without texts.
    pub fn new(code: Code) -> Self {
        Self {
            row: None,
            field: None,
            code,
            args: BTreeMap::new(),
        }
    }
    /// The same problem with one more text, cut to what a sentence may show.
    pub fn with(mut self, key: &'static str, text: impl fmt::Display) -> Self {
        self.args
            .insert(Cow::Borrowed(key), shown(&text.to_string()));
        self
    }
    /// The same problem with the values that would do: the first twelve, then `…`.
    pub fn with_options<'a>(mut self, options: impl IntoIterator<Item = &'a str>) -> Self {
        const SHOWN_OPTIONS: usize = 12;
        let mut texts: Vec<String> = options
            .into_iter()
            .take(SHOWN_OPTIONS + 1)
            .map(shown)
            .collect();
        if texts.len() > SHOWN_OPTIONS {
            texts[SHOWN_OPTIONS] = "…".to_owned();
        }
        self.args.insert(Cow::Borrowed("options"), texts.join(", "));
        self
    }
    /// The same problem at a row or line.
    pub fn at(mut self, place: Place) -> Self {
        self.row = Some(place);
        self
    }
    /// The same problem about a field, which its sentence calls by `title`.
    pub fn about(mut self, field: &FieldName, title: &str) -> Self {
        self.field = Some(field.clone());
        let title = if title.trim().is_empty() {
            field.as_str()
        } else {
            title
        };
        self.with("field", title)
    }
    /// One of the texts; empty where the problem has none under that key.
    pub fn arg(&self, key: &str) -> &str {
        self.args.get(key).map_or("", String::as_str)
    }
    /// What is wrong and what to do, in plain words.
    pub fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::Fr => french::sentence(self),
            Lang::En => english::sentence(self),
        }
    }
    /// The sentence with its line in front, for reports about files.
    pub fn located(&self, lang: Lang) -> String {
        let sentence = self.sentence(lang);
        match (&self.row, lang) {
            (Some(Place::Line(line)), Lang::Fr) => format!("Ligne {line}\u{a0}: {sentence}"),
            (Some(Place::Line(line)), Lang::En) => format!("Line {line}: {sentence}"),
            _ => sentence,
        }
    }
}

/// A value as a sentence shows it: at most [`SHOWN_CHARACTERS`], control characters as spaces.
pub fn shown(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let mut cut: String = text.chars().take(SHOWN_CHARACTERS).map(plain).collect();
    if text.chars().nth(SHOWN_CHARACTERS).is_some() {
        cut.pop();
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests;
