//! `Offer{DataPatch}`: somebody proposes a patch on a dataset (`protocol.md` §5).

use rustine_domain::checks::Check;
use serde_json::Value;

use super::{ActivityProblem, Envelope};
use crate::object::DataPatch;
use crate::read::Members;
use crate::uri::Uri;

/// An offer whose members agree: proposer == actor, one origin for all its ids, one dataset, right digest.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferPatch {
    /// Common members.
    pub envelope: Envelope,
    /// The dataset.
    pub target: Uri,
    /// What is proposed.
    pub patch: DataPatch,
}

impl OfferPatch {
    /// Offers a patch to the inbox of its dataset. A repeated offer has a new activity id and the same patch.
    pub fn new(id: Uri, patch: DataPatch) -> Self {
        Self {
            envelope: Envelope::new(id, patch.attributed_to.clone(), patch.context.clone()),
            target: patch.context.clone(),
            patch,
        }
    }

    /// The document.
    pub fn to_json(&self) -> Value {
        let mut map = self.envelope.to_map("Offer");
        map.insert("target".into(), (&self.target).into());
        map.insert("object".into(), self.patch.embedded());
        Value::Object(map)
    }

    pub(super) fn read(envelope: Envelope, members: &Members<'_>) -> Result<Self, ActivityProblem> {
        let target = members.uri("target")?;
        let patch = DataPatch::read(&members.object("object")?)?;
        if patch.attributed_to != envelope.actor && Check::ActivityOwner.stands() {
            return Err(ActivityProblem::NotTheOwner {
                member: "object.attributedTo",
            });
        }
        if !patch.id.same_origin(&envelope.actor) && Check::ActivityOrigin.stands() {
            return Err(ActivityProblem::OtherOrigin {
                member: "object.id",
            });
        }
        if patch.context != target && Check::OfferContext.stands() {
            return Err(ActivityProblem::OtherTarget {
                member: "object.context",
            });
        }
        if !envelope.to.contains(&target) && Check::OfferContext.stands() {
            return Err(ActivityProblem::OtherTarget { member: "to" });
        }
        Ok(Self {
            envelope,
            target,
            patch,
        })
    }
}
