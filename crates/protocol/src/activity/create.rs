//! `Create{Note}`: a digest of ours, or something written to us (`protocol.md` §5).

use serde_json::Value;

use super::{ActivityProblem, Envelope};
use crate::object::Note;
use crate::read::Members;
use crate::uri::Uri;

/// A note was written by the actor itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Create {
    /// Common members.
    pub envelope: Envelope,
    /// The note; its author is the actor, its id on the actor's server.
    pub note: Note,
}

impl Create {
    /// Publishes a note to those it is addressed to.
    pub fn note(id: Uri, note: Note) -> Self {
        Self {
            envelope: Envelope {
                id,
                actor: note.attributed_to.clone(),
                to: note.to.clone(),
                cc: note.cc.clone(),
            },
            note,
        }
    }

    /// The document.
    pub fn to_json(&self) -> Value {
        let mut map = self.envelope.to_map("Create");
        map.insert("object".into(), self.note.embedded());
        if let Some(published) = self.note.published {
            map.insert("published".into(), published.to_string().into());
        }
        Value::Object(map)
    }

    pub(super) fn read(envelope: Envelope, members: &Members<'_>) -> Result<Self, ActivityProblem> {
        let note = Note::read(&members.object("object")?)?;
        if note.attributed_to != envelope.actor {
            return Err(ActivityProblem::NotTheOwner {
                member: "object.attributedTo",
            });
        }
        if !note.id.same_origin(&envelope.actor) {
            return Err(ActivityProblem::OtherOrigin {
                member: "object.id",
            });
        }
        Ok(Self { envelope, note })
    }
}
