//! Things that an activity names without carrying them.

use rustine_domain::ids::Hash;
use serde_json::{Map, Value, json};

use crate::limits;
use crate::problem::DocumentProblem;
use crate::read::{self, Members};
use crate::uri::Uri;

/// An object by its id, with what its sender said about it. None of it is proven but the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Which object.
    pub id: Uri,
    /// Its type, where the sender wrote more than the id.
    pub kind: Option<String>,
    /// Who did or wrote it: its `actor` or `attributedTo`.
    pub actor: Option<Uri>,
    /// What it was about: its own `object`.
    pub object: Option<Uri>,
}

impl Reference {
    /// An id and nothing else.
    pub fn to(id: Uri) -> Self {
        Self {
            id,
            kind: None,
            actor: None,
            object: None,
        }
    }

    /// An id and a type.
    pub fn typed(id: Uri, kind: &str) -> Self {
        Self {
            kind: Some(kind.to_owned()),
            ..Self::to(id)
        }
    }

    /// True where the sender said that it is of this type, or said nothing.
    pub fn may_be(&self, kind: &str) -> bool {
        self.kind.as_deref().is_none_or(|known| known == kind)
    }

    pub(crate) fn read(members: &Members<'_>, member: &str) -> Result<Self, DocumentProblem> {
        let value = members.need(member)?;
        if !value.is_object() {
            return Ok(Self::to(read::uri(value, || members.path(member))?));
        }
        let inner = members.object(member)?;
        Ok(Self {
            id: inner.uri("id")?,
            kind: inner.text_if_any("type", limits::WORD)?,
            actor: inner
                .uri_if_any("actor")
                .or_else(|| inner.uri_if_any("attributedTo")),
            object: inner.id_of("object").ok(),
        })
    }

    /// The bare id, or an object where a type is known.
    pub fn to_json(&self) -> Value {
        let Some(kind) = &self.kind else {
            return (&self.id).into();
        };
        let mut map = Map::new();
        map.insert("id".into(), (&self.id).into());
        map.insert("type".into(), kind.as_str().into());
        if let Some(actor) = &self.actor {
            map.insert("actor".into(), actor.into());
        }
        if let Some(object) = &self.object {
            map.insert("object".into(), object.into());
        }
        Value::Object(map)
    }
}

/// A log entry by its address, number and hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryReference {
    /// `{attributedTo}/log/{seq}`.
    pub id: Uri,
    /// Its number.
    pub seq: u64,
    /// Its entry hash; `None` where a sender wrote the bare address.
    pub entry: Option<Hash>,
}

impl EntryReference {
    /// `{id, type: LogEntry, seq, entry}`.
    pub fn to_json(&self) -> Value {
        let mut value = json!({"id": self.id.as_str(), "type": "LogEntry", "seq": self.seq});
        if let Some(entry) = &self.entry {
            value["entry"] = entry.to_string().into();
        }
        value
    }

    /// Reads the object, or a bare address whose last part is the number.
    pub(crate) fn read(members: &Members<'_>, member: &str) -> Result<Self, DocumentProblem> {
        let value = members.need(member)?;
        if value.is_object() {
            let inner = members.object(member)?;
            return Ok(Self {
                id: inner.uri("id")?,
                seq: inner.number("seq")?,
                entry: inner.parsed_opt("entry", "an entry hash")?,
            });
        }
        let id = read::uri(value, || members.path(member))?;
        let seq = id
            .path()
            .rsplit_once("/log/")
            .and_then(|(_, seq)| seq.parse().ok())
            .ok_or_else(|| members.wrong(member, "the address of a log entry"))?;
        Ok(Self {
            id,
            seq,
            entry: None,
        })
    }
}
