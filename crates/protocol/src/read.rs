//! Reading members of a document with their limits; the one place that looks into a `serde_json::Value`.

use std::str::FromStr;

use rustine_domain::time::Timestamp;
use serde_json::{Map, Value};

use crate::problem::DocumentProblem;
use crate::uri::Uri;
use crate::{limits, vocabulary};

type Read<T> = Result<T, DocumentProblem>;

/// A JSON object and the path under which its members are reported.
#[derive(Debug, Clone)]
pub(crate) struct Members<'a> {
    pub map: &'a Map<String, Value>,
    at: String,
}

impl<'a> Members<'a> {
    /// The document itself.
    pub fn document(value: &'a Value) -> Read<Self> {
        Self::new(value, String::new())
    }

    fn new(value: &'a Value, at: String) -> Read<Self> {
        match value.as_object() {
            Some(map) => Ok(Self { map, at }),
            None => Err(DocumentProblem::NotAnObject {
                member: if at.is_empty() {
                    "the document".into()
                } else {
                    at
                },
            }),
        }
    }

    /// The path of a member, for a message.
    pub fn path(&self, member: &str) -> String {
        if self.at.is_empty() {
            member.to_owned()
        } else {
            format!("{}.{member}", self.at)
        }
    }

    /// A member that is there and not null. Other servers write null where they mean "none".
    pub fn get(&self, member: &str) -> Option<&'a Value> {
        self.map.get(member).filter(|value| !value.is_null())
    }

    pub fn need(&self, member: &str) -> Read<&'a Value> {
        self.get(member)
            .ok_or_else(|| DocumentProblem::missing(self.path(member)))
    }

    /// Refuses every member that is not named, and null: our own forms leave out what is absent.
    pub fn only(&self, known: &[&str]) -> Read<()> {
        for (member, value) in self.map {
            if !known.contains(&member.as_str()) {
                let name: String = member.chars().take(80).collect();
                return Err(DocumentProblem::UnknownMember {
                    member: self.path(&name),
                });
            }
            if value.is_null() {
                return Err(self.wrong(member, "allowed to be null"));
            }
        }
        Ok(())
    }

    pub fn wrong(&self, member: &str, expected: &'static str) -> DocumentProblem {
        DocumentProblem::form(self.path(member), expected)
    }

    pub fn object(&self, member: &str) -> Read<Members<'a>> {
        Members::new(self.need(member)?, self.path(member))
    }

    pub fn object_opt(&self, member: &str) -> Read<Option<Members<'a>>> {
        self.get(member)
            .map(|value| Members::new(value, self.path(member)))
            .transpose()
    }

    pub fn text(&self, member: &str, limit: usize) -> Read<&'a str> {
        text(self.need(member)?, limit, || self.path(member))
    }

    pub fn text_opt(&self, member: &str, limit: usize) -> Read<Option<&'a str>> {
        self.get(member)
            .map(|value| text(value, limit, || self.path(member)))
            .transpose()
    }

    /// An optional text that a reader can do without: one of another form is taken as absent, one too long is
    /// still refused.
    pub fn text_if_any(&self, member: &str, limit: usize) -> Read<Option<String>> {
        match self.get(member) {
            Some(Value::String(_)) => Ok(self.text_opt(member, limit)?.map(str::to_owned)),
            _ => Ok(None),
        }
    }

    /// A text of a form that parses, such as a hash or an instant.
    pub fn parsed<T: FromStr>(&self, member: &str, expected: &'static str) -> Read<T> {
        self.text(member, limits::URI)?
            .parse()
            .map_err(|_| self.wrong(member, expected))
    }

    pub fn parsed_opt<T: FromStr>(&self, member: &str, expected: &'static str) -> Read<Option<T>> {
        self.text_opt(member, limits::URI)?
            .map(|text| text.parse().map_err(|_| self.wrong(member, expected)))
            .transpose()
    }

    pub fn number(&self, member: &str) -> Read<u64> {
        self.need(member)?
            .as_u64()
            .filter(|number| *number < 1 << 53)
            .ok_or_else(|| self.wrong(member, "a whole number from 0 to 2^53-1"))
    }

    pub fn flag_opt(&self, member: &str) -> Read<Option<bool>> {
        self.get(member)
            .map(|value| {
                value
                    .as_bool()
                    .ok_or_else(|| self.wrong(member, "true or false"))
            })
            .transpose()
    }

    pub fn list(&self, member: &str, limit: usize) -> Read<&'a [Value]> {
        let list = self
            .need(member)?
            .as_array()
            .ok_or_else(|| self.wrong(member, "a list"))?;
        if list.len() > limit {
            return Err(DocumentProblem::TooMany {
                member: self.path(member),
                limit,
            });
        }
        Ok(list)
    }

    /// One value or a list of them, as JSON-LD allows; absent is an empty list.
    pub fn one_or_many(&self, member: &str, limit: usize) -> Read<&'a [Value]> {
        match self.get(member) {
            None => Ok(&[]),
            Some(Value::Array(_)) => self.list(member, limit),
            Some(value) => Ok(std::slice::from_ref(value)),
        }
    }

    pub fn uri(&self, member: &str) -> Read<Uri> {
        uri(self.need(member)?, || self.path(member))
    }

    /// An optional address that a reader can do without: anything but one well-formed text is taken as absent.
    pub fn uri_if_any(&self, member: &str) -> Option<Uri> {
        self.get(member)?.as_str()?.parse().ok()
    }

    /// An instant as other servers write it, with fractions and offsets, cut to whole seconds; another form is
    /// taken as absent.
    pub fn instant_if_any(&self, member: &str) -> Option<Timestamp> {
        let text = self.get(member)?.as_str()?;
        let at: jiff::Timestamp = text.parse().ok()?;
        Timestamp::from_seconds(at.as_second())
    }

    /// The id of a member that is either an id or an object with one.
    pub fn id_of(&self, member: &str) -> Read<Uri> {
        match self.need(member)? {
            Value::Object(_) => self.object(member)?.uri("id"),
            value => uri(value, || self.path(member)),
        }
    }

    /// `to` or `cc`: one or many ids; entries that are neither an id nor an object with one are passed over.
    pub fn audience(&self, member: &str) -> Read<Vec<Uri>> {
        let entries = self.one_or_many(member, limits::RECIPIENTS)?;
        Ok(entries.iter().filter_map(recipient).collect())
    }
}

fn recipient(value: &Value) -> Option<Uri> {
    let text = match value {
        Value::Object(object) => object.get("id")?.as_str()?,
        other => other.as_str()?,
    };
    match text {
        // JSON-LD compaction allows three spellings of one address (AP §5.6).
        "as:Public" | "Public" | vocabulary::PUBLIC => Some(Uri::public()),
        other => other.parse().ok(),
    }
}

/// A text within its limit.
pub(crate) fn text(value: &Value, limit: usize, path: impl Fn() -> String) -> Read<&str> {
    let text = value
        .as_str()
        .ok_or_else(|| DocumentProblem::form(path(), "a text"))?;
    if text.len() > limit {
        return Err(DocumentProblem::TooLong {
            member: path(),
            limit,
        });
    }
    Ok(text)
}

/// An address; arrays, numbers and objects are refused (attack F5: `attributedTo` as a list or a number).
pub(crate) fn uri(value: &Value, path: impl Fn() -> String) -> Read<Uri> {
    value
        .as_str()
        .ok_or_else(|| DocumentProblem::form(path(), "an address, written as one text"))?
        .parse()
        .map_err(|problem| DocumentProblem::uri(path(), problem))
}
