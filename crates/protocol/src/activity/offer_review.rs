//! `Offer{Review}`: a moderator of another instance votes on a patch (`protocol.md` §5).

use rustine_domain::checks::Check;
use rustine_domain::digest::OfferedOp;
use serde_json::Value;

use super::{ActivityProblem, Envelope};
use crate::object::Review;
use crate::object::data_patch::read_ops;
use crate::read::Members;
use crate::uri::Uri;

/// A vote on its way to the dataset; who sends it is who cast it.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferReview {
    /// Common members.
    pub envelope: Envelope,
    /// The dataset.
    pub target: Uri,
    /// The vote.
    pub review: Review,
    /// The operations that an approval is for, where these are not those offered; the review names their digest.
    pub amended: Option<Vec<OfferedOp>>,
}

impl OfferReview {
    /// Sends a signed review to the dataset of its patch.
    pub fn new(id: Uri, dataset: Uri, review: Review) -> Self {
        Self {
            envelope: Envelope::new(id, review.attributed_to.clone(), dataset.clone()),
            target: dataset,
            review,
            amended: None,
        }
    }

    /// With the operations that the review approves instead of those offered.
    #[must_use]
    pub fn amended(mut self, ops: Option<Vec<OfferedOp>>) -> Self {
        self.amended = ops;
        self
    }

    /// The document.
    pub fn to_json(&self) -> Value {
        let mut map = self.envelope.to_map("Offer");
        map.insert("target".into(), (&self.target).into());
        map.insert("object".into(), self.review.to_json());
        if let Some(ops) = &self.amended {
            map.insert(
                "amended".into(),
                ops.iter().map(OfferedOp::to_json).collect(),
            );
        }
        Value::Object(map)
    }

    pub(super) fn read(envelope: Envelope, members: &Members<'_>) -> Result<Self, ActivityProblem> {
        let target = members.uri("target")?;
        let review = Review::read(&members.object("object")?)?;
        if review.attributed_to != envelope.actor && Check::ActivityOwner.stands() {
            return Err(ActivityProblem::NotTheOwner {
                member: "object.attributedTo",
            });
        }
        if !review.id.same_origin(&envelope.actor) && Check::ActivityOrigin.stands() {
            return Err(ActivityProblem::OtherOrigin {
                member: "object.id",
            });
        }
        if !review.context.same_origin(&target) && Check::ReviewContext.stands() {
            return Err(ActivityProblem::OtherTarget {
                member: "object.context",
            });
        }
        let amended = match members.get("amended") {
            Some(_) => Some(read_ops(members, "amended")?),
            None => None,
        };
        Ok(Self {
            envelope,
            target,
            review,
            amended,
        })
    }
}
