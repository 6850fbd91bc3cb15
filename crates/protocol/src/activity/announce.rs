//! `Announce`: to peers, that a dataset was published; from others, a boost (`protocol.md` §5).

use serde_json::Value;

use super::{ActivityProblem, Envelope};
use crate::object::Reference;
use crate::read::Members;
use crate::uri::Uri;

/// Names something. What is embedded is never trusted (attack F12), so only its id and type are kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Announce {
    /// Common members.
    pub envelope: Envelope,
    /// What is announced.
    pub object: Reference,
}

impl Announce {
    /// Tells a peer that a dataset is published here. The peer lists it, and copies nothing yet.
    pub fn dataset(envelope: Envelope, dataset: Uri) -> Self {
        Self {
            envelope,
            object: Reference::typed(dataset, "Group"),
        }
    }

    /// The document.
    pub fn to_json(&self) -> Value {
        let mut map = self.envelope.to_map("Announce");
        map.insert("object".into(), self.object.to_json());
        Value::Object(map)
    }

    pub(super) fn read(envelope: Envelope, members: &Members<'_>) -> Result<Self, ActivityProblem> {
        Ok(Self {
            object: Reference::read(members, "object")?,
            envelope,
        })
    }
}
