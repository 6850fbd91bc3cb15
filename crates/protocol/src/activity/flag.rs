//! `Flag`: somebody reports something of ours (`protocol.md` §5).

use serde_json::Value;

use super::{ActivityProblem, Envelope};
use crate::limits;
use crate::problem::DocumentProblem;
use crate::read::{self, Members};
use crate::uri::Uri;

/// A report. It never acts by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Flag {
    /// Common members; Mastodon lets its instance actor report, so that the person stays unknown.
    pub envelope: Envelope,
    /// What is reported: one to a hundred ids.
    pub objects: Vec<Uri>,
    /// Why, in the reporter's words.
    pub content: Option<String>,
}

impl Flag {
    /// The document.
    pub fn to_json(&self) -> Value {
        let mut map = self.envelope.to_map("Flag");
        map.insert(
            "object".into(),
            self.objects.iter().map(Value::from).collect(),
        );
        if let Some(content) = &self.content {
            map.insert("content".into(), content.as_str().into());
        }
        Value::Object(map)
    }

    pub(super) fn read(envelope: Envelope, members: &Members<'_>) -> Result<Self, ActivityProblem> {
        let mut objects = Vec::new();
        for value in members.one_or_many("object", limits::LIST)? {
            let id = value.get("id").unwrap_or(value);
            objects.push(read::uri(id, || members.path("object"))?);
        }
        if objects.is_empty() {
            return Err(DocumentProblem::missing("object").into());
        }
        // Lemmy writes the reason under `summary`.
        let content = match members.text_opt("content", limits::REASON)? {
            Some(content) => Some(content),
            None => members.text_opt("summary", limits::REASON)?,
        };
        Ok(Self {
            envelope,
            objects,
            content: content.map(str::to_owned),
        })
    }
}
