//! `Undo`: takes back a Follow or an offer (`protocol.md` §5).

use rustine_domain::checks::Check;
use serde_json::Value;

use super::{ActivityProblem, Envelope, Follow};
use crate::object::Reference;
use crate::read::Members;
use crate::uri::Uri;

/// Only who did it may undo it. An Undo that arrives before its Offer is remembered and wins.
#[derive(Debug, Clone, PartialEq)]
pub struct Undo {
    /// Common members.
    pub envelope: Envelope,
    /// The activity that is taken back. Its `actor`, where told, is the actor of this one.
    pub object: Reference,
    /// The Follow as it was sent, where a Follow is taken back.
    pub document: Option<Value>,
}

impl Undo {
    /// Takes back a Follow of ours.
    pub fn follow(id: Uri, follow: &Follow) -> Self {
        let mut object = Reference::typed(follow.envelope.id.clone(), "Follow");
        object.actor = Some(follow.envelope.actor.clone());
        object.object = Some(follow.object.clone());
        Self {
            envelope: Envelope::new(id, follow.envelope.actor.clone(), follow.object.clone()),
            object,
            document: Some(follow.document.clone()),
        }
    }

    /// Withdraws a patch. The operations are not repeated.
    pub fn offer(envelope: Envelope, offer: Uri, patch: Uri) -> Self {
        let mut object = Reference::typed(offer, "Offer");
        object.actor = Some(envelope.actor.clone());
        object.object = Some(patch);
        Self {
            envelope,
            object,
            document: None,
        }
    }

    /// The document.
    pub fn to_json(&self) -> Value {
        let mut map = self.envelope.to_map("Undo");
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
        let follow = object.kind.as_deref() == Some("Follow");
        Ok(Self {
            document: members.get("object").filter(|_| follow).cloned(),
            object,
            envelope,
        })
    }
}

/// Refuses an object on another server than the actor, or one that says it is somebody else's.
pub(super) fn owned(envelope: &Envelope, object: &Reference) -> Result<(), ActivityProblem> {
    if !object.id.same_origin(&envelope.actor) && Check::ActivityOrigin.stands() {
        return Err(ActivityProblem::OtherOrigin { member: "object" });
    }
    match &object.actor {
        Some(actor) if *actor != envelope.actor && Check::ActivityOwner.stands() => {
            Err(ActivityProblem::NotTheOwner { member: "object" })
        }
        _ => Ok(()),
    }
}
