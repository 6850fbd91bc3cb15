//! `Update`: something has changed under the same id (`protocol.md` §5).

use rustine_domain::checks::Check;
use serde_json::Value;

use super::undo::owned;
use super::{ActivityProblem, Envelope};
use crate::object::Reference;
use crate::read::Members;
use crate::uri::Uri;

/// Asks the receiver to fetch the object again. What is embedded is not used.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    /// Common members.
    pub envelope: Envelope,
    /// What changed: the actor itself, or something of its own.
    pub object: Reference,
    /// The object in its new state, for servers that read it from here.
    pub document: Option<Value>,
}

impl Update {
    /// Tells followers that an actor changed; Mastodon reads the new state from the activity.
    pub fn actor(id: Uri, actor: Uri, document: Value) -> Self {
        Self {
            envelope: Envelope::public(id, actor.clone()),
            object: Reference::to(actor),
            document: Some(document),
        }
    }

    /// The document.
    pub fn to_json(&self) -> Value {
        let mut map = self.envelope.to_map("Update");
        let object = self
            .document
            .clone()
            .unwrap_or_else(|| self.object.to_json());
        map.insert("object".into(), object);
        Value::Object(map)
    }

    pub(super) fn read(envelope: Envelope, members: &Members<'_>) -> Result<Self, ActivityProblem> {
        let object = Reference::read(members, "object")?;
        owned(&envelope, &object)?;
        let is_actor = object.kind.as_deref().is_some_and(|kind| {
            matches!(
                kind,
                "Person" | "Group" | "Application" | "Service" | "Organization"
            )
        });
        // An actor updates itself and no other actor of its server (attack F3).
        if is_actor && object.id != envelope.actor && Check::ActivityOwner.stands() {
            return Err(ActivityProblem::NotTheOwner { member: "object" });
        }
        Ok(Self {
            envelope,
            object,
            document: None,
        })
    }
}
