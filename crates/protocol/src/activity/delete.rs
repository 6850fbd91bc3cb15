//! `Delete`: something is gone (`protocol.md` §5).

use serde_json::Value;

use super::undo::owned;
use super::{ActivityProblem, Envelope};
use crate::limits;
use crate::object::{Reference, Tombstone};
use crate::read::Members;
use crate::uri::Uri;

/// The actor deletes itself, or something of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Delete {
    /// Common members.
    pub envelope: Envelope,
    /// What is gone; its kind is the former type where that is told.
    pub object: Reference,
    /// What remains there, in a Delete of ours.
    pub tombstone: Option<Tombstone>,
    /// `Some(false)` asks replicas to erase the values they hold.
    pub keep: Option<bool>,
}

impl Delete {
    /// Tells followers and replicas that a dataset is closed and gone. The log has its `close` entry first.
    pub fn dataset(id: Uri, tombstone: Tombstone, keep: bool) -> Self {
        Self {
            envelope: Envelope::public(id, tombstone.id.clone()),
            object: Reference::typed(tombstone.id.clone(), &tombstone.former_type),
            tombstone: Some(tombstone),
            keep: Some(keep),
        }
    }

    /// True where the actor deletes itself; such a Delete of an unknown actor is answered 202 without a fetch.
    pub fn is_of_actor(&self) -> bool {
        self.object.id == self.envelope.actor
    }

    /// The document.
    pub fn to_json(&self) -> Value {
        let mut map = self.envelope.to_map("Delete");
        let object = match &self.tombstone {
            Some(tombstone) => tombstone.embedded(),
            None => (&self.object.id).into(),
        };
        map.insert("object".into(), object);
        if let Some(keep) = self.keep {
            map.insert("keep".into(), keep.into());
        }
        Value::Object(map)
    }

    pub(super) fn read(envelope: Envelope, members: &Members<'_>) -> Result<Self, ActivityProblem> {
        let mut object = Reference::read(members, "object")?;
        owned(&envelope, &object)?;
        if object.kind.as_deref() == Some("Tombstone") {
            object.kind = members
                .object("object")?
                .text_if_any("formerType", limits::WORD)?;
        }
        Ok(Self {
            envelope,
            object,
            tombstone: None,
            keep: members.flag_opt("keep")?,
        })
    }
}
