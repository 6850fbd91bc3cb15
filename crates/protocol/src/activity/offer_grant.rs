//! `Offer{GrantRequest}`: somebody asks the maintainers of a dataset elsewhere for a role (`protocol.md` §5, Grant).

use rustine_domain::checks::Check;
use serde_json::{Map, Value};

use super::{ActivityProblem, Envelope};
use crate::limits;
use crate::read::Members;
use crate::uri::Uri;

/// A request; who sends it is who would hold the role. It gives nothing until an entry of the log does.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferGrant {
    /// Common members; the actor is who asks.
    pub envelope: Envelope,
    /// The request's id, so that an answer can name it.
    pub id: Uri,
    /// The dataset.
    pub target: Uri,
    /// `write` or `maintain`; another word asks for nothing.
    pub role: String,
    /// What is said with it, plain text.
    pub content: Option<String>,
}

impl OfferGrant {
    /// The document.
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("id".into(), (&self.id).into());
        object.insert("type".into(), "GrantRequest".into());
        object.insert("attributedTo".into(), (&self.envelope.actor).into());
        object.insert("context".into(), (&self.target).into());
        object.insert("role".into(), self.role.as_str().into());
        if let Some(content) = &self.content {
            object.insert("content".into(), content.as_str().into());
        }
        let mut map = self.envelope.to_map("Offer");
        map.insert("target".into(), (&self.target).into());
        map.insert("object".into(), Value::Object(object));
        Value::Object(map)
    }

    pub(super) fn read(envelope: Envelope, members: &Members<'_>) -> Result<Self, ActivityProblem> {
        let target = members.uri("target")?;
        let object = members.object("object")?;
        let id = object.uri("id")?;
        if !id.same_origin(&envelope.actor) && Check::ActivityOrigin.stands() {
            return Err(ActivityProblem::OtherOrigin {
                member: "object.id",
            });
        }
        if object.uri("attributedTo")? != envelope.actor && Check::ActivityOwner.stands() {
            return Err(ActivityProblem::NotTheOwner {
                member: "object.attributedTo",
            });
        }
        if object.uri("context")? != target && Check::OfferContext.stands() {
            return Err(ActivityProblem::OtherTarget {
                member: "object.context",
            });
        }
        Ok(Self {
            id,
            target,
            role: object.text("role", limits::WORD)?.to_owned(),
            content: object
                .text_opt("content", limits::REASON)?
                .map(str::to_owned),
            envelope,
        })
    }
}
