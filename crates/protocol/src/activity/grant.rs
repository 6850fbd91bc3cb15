//! `Grant` and `Revoke`: notices of log entries that give and take a role (`protocol.md` §5).

use rustine_domain::checks::Check;
use rustine_domain::time::Timestamp;
use serde_json::Value;

use super::{ActivityProblem, Envelope};
use crate::limits;
use crate::read::Members;
use crate::uri::Uri;

/// Tells a person of another instance that a dataset gave them a role. It proves nothing when shown: the
/// dataset reads its own tables, everybody else its log.
#[derive(Debug, Clone, PartialEq)]
pub struct Grant {
    /// Common members; the actor is the dataset, the id names the grant.
    pub envelope: Envelope,
    /// `write` or `maintain`; another word gives nothing.
    pub role: String,
    /// Who may.
    pub target: Uri,
    /// Until when.
    pub end_time: Timestamp,
}

/// Tells that a grant has ended before its time.
#[derive(Debug, Clone, PartialEq)]
pub struct Revoke {
    /// Common members; the actor is the dataset.
    pub envelope: Envelope,
    /// The grant.
    pub grant: Uri,
}

impl Grant {
    /// The document.
    pub fn to_json(&self) -> Value {
        let mut map = self.envelope.to_map("Grant");
        map.insert("object".into(), self.role.as_str().into());
        map.insert("context".into(), (&self.envelope.actor).into());
        map.insert("target".into(), (&self.target).into());
        map.insert("endTime".into(), self.end_time.to_string().into());
        Value::Object(map)
    }

    pub(super) fn read(envelope: Envelope, members: &Members<'_>) -> Result<Self, ActivityProblem> {
        if members.uri("context")? != envelope.actor && Check::ActivityOwner.stands() {
            return Err(ActivityProblem::NotTheOwner { member: "context" });
        }
        Ok(Self {
            envelope,
            role: members.text("object", limits::WORD)?.to_owned(),
            target: members.uri("target")?,
            end_time: members.parsed("endTime", "an instant written YYYY-MM-DDTHH:MM:SSZ")?,
        })
    }
}

impl Revoke {
    /// The document.
    pub fn to_json(&self) -> Value {
        let mut map = self.envelope.to_map("Revoke");
        map.insert("object".into(), (&self.grant).into());
        Value::Object(map)
    }

    pub(super) fn read(envelope: Envelope, members: &Members<'_>) -> Result<Self, ActivityProblem> {
        let grant = members.id_of("object")?;
        if !grant.same_origin(&envelope.actor) && Check::ActivityOrigin.stands() {
            return Err(ActivityProblem::OtherOrigin { member: "object" });
        }
        Ok(Self { envelope, grant })
    }
}
