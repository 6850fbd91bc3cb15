//! `Add{LogEntry}`: a dataset pushes its newest entry to its replicas (`protocol.md` §5).

use rustine_domain::checks::Check;
use serde_json::{Value, json};

use super::{ActivityProblem, Envelope};
use crate::read::Members;
use crate::uri::Uri;

/// A hint: losing it harms nothing, because replicas pull.
#[derive(Debug, Clone, PartialEq)]
pub struct Add {
    /// Common members; the actor is the dataset.
    pub envelope: Envelope,
    /// The log.
    pub target: Uri,
    /// The header of the entry, as received: its hash and its proof cover these very members.
    pub header: Value,
    /// The body; left out above 256 KiB, and then to be fetched.
    pub body: Option<Value>,
}

impl Add {
    /// Above this the body is left out; bytes of its canonical JSON.
    pub const MAX_BODY: usize = 256 * 1024;

    /// The document.
    pub fn to_json(&self) -> Value {
        let mut map = self.envelope.to_map("Add");
        map.insert("target".into(), (&self.target).into());
        map.insert("object".into(), self.header.clone());
        if let Some(body) = &self.body {
            map.insert("body".into(), body.clone());
        }
        Value::Object(map)
    }

    /// The header is read by the log's own rules, not here; only its owner is compared.
    pub(super) fn read(envelope: Envelope, members: &Members<'_>) -> Result<Self, ActivityProblem> {
        let target = members.id_of("target")?;
        if !target.same_origin(&envelope.actor) && Check::ActivityOrigin.stands() {
            return Err(ActivityProblem::OtherOrigin { member: "target" });
        }
        let body = members.get("body");
        if body.is_some_and(|body| !body.is_object()) {
            return Err(members.wrong("body", "a JSON object").into());
        }
        Ok(Self {
            envelope,
            target,
            header: json!(members.object("object")?.map),
            body: body.cloned(),
        })
    }
}
