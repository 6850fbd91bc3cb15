//! `Move`: an actor lives elsewhere now (`protocol.md` §5).

use serde_json::Value;

use super::{ActivityProblem, Envelope};
use crate::read::Members;
use crate::uri::Uri;

/// A notice to followers. It proves nothing: a dataset moves by an entry of its log, and another actor only if
/// the target names the source among its own aliases (attack F14).
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// Common members; the actor is what moves.
    pub envelope: Envelope,
    /// The new id.
    pub target: Uri,
}

impl Move {
    /// Tells the followers of an actor where it went.
    pub fn actor(id: Uri, actor: Uri, target: Uri) -> Self {
        Self {
            envelope: Envelope::public(id, actor),
            target,
        }
    }

    /// The document.
    pub fn to_json(&self) -> Value {
        let mut map = self.envelope.to_map("Move");
        map.insert("object".into(), (&self.envelope.actor).into());
        map.insert("target".into(), (&self.target).into());
        Value::Object(map)
    }

    pub(super) fn read(envelope: Envelope, members: &Members<'_>) -> Result<Self, ActivityProblem> {
        if members.id_of("object")? != envelope.actor {
            return Err(ActivityProblem::NotTheOwner { member: "object" });
        }
        Ok(Self {
            target: members.id_of("target")?,
            envelope,
        })
    }
}
