//! `Reject`: a Follow, an offer or a patch is refused (`protocol.md` §5).

use rustine_domain::ids::{FieldName, Hash};
use serde_json::{Map, Value};

use super::{ActivityProblem, Envelope, Follow};
use crate::limits;
use crate::object::Reference;
use crate::problem::DocumentProblem;
use crate::read::Members;
use crate::uri::Uri;

/// An answer that says no. Its object is a `Follow` (an offer of ours that never became a patch is an `Offer`,
/// a decided one is a `DataPatch`); a bare id has no kind, and the receiver's own tables know what it names.
#[derive(Debug, Clone, PartialEq)]
pub struct Reject {
    /// Common members.
    pub envelope: Envelope,
    /// What is refused.
    pub object: Reference,
    /// The Follow as it was received, where a Follow is refused.
    pub document: Option<Value>,
    /// Why, in words for the sender. Plain text; escape before showing.
    pub content: Option<String>,
    /// Cells that are no longer what the offer was made on.
    pub conflicts: Vec<Conflict>,
}

/// A cell or row that is no longer what a patch was made on. It tells no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The row, or the label of an added one.
    pub row: String,
    /// The field; `None` where the row as a whole is meant.
    pub field: Option<FieldName>,
    /// The commitment that is held now; `None` where there is no cell or row.
    pub current: Option<Hash>,
}

impl Reject {
    /// Refuses a Follow, repeating it verbatim.
    pub fn follow(id: Uri, actor: Uri, follow: &Follow) -> Self {
        Self {
            envelope: Envelope::new(id, actor, follow.envelope.actor.clone()),
            object: Reference::typed(follow.envelope.id.clone(), "Follow"),
            document: Some(follow.document.clone()),
            content: None,
            conflicts: Vec::new(),
        }
    }

    /// Refuses an offer at the door: nothing of it is stored.
    pub fn offer(
        envelope: Envelope,
        offer: Uri,
        content: String,
        conflicts: Vec<Conflict>,
    ) -> Self {
        Self {
            envelope,
            object: Reference::typed(offer, "Offer"),
            document: None,
            content: Some(content),
            conflicts,
        }
    }

    /// Refuses a patch after a person looked at it.
    pub fn patch(envelope: Envelope, patch: Uri, reason: String) -> Self {
        Self {
            envelope,
            object: Reference::typed(patch, "DataPatch"),
            document: None,
            content: Some(reason),
            conflicts: Vec::new(),
        }
    }

    /// The document.
    pub fn to_json(&self) -> Value {
        let mut map = self.envelope.to_map("Reject");
        let object = self
            .document
            .clone()
            .unwrap_or_else(|| self.object.to_json());
        map.insert("object".into(), object);
        if let Some(content) = &self.content {
            map.insert("content".into(), content.as_str().into());
        }
        if !self.conflicts.is_empty() {
            map.insert(
                "conflicts".into(),
                self.conflicts.iter().map(Conflict::to_json).collect(),
            );
        }
        Value::Object(map)
    }

    pub(super) fn read(envelope: Envelope, members: &Members<'_>) -> Result<Self, ActivityProblem> {
        let object = Reference::read(members, "object")?;
        let follow = object.kind.as_deref() == Some("Follow");
        Ok(Self {
            document: members.get("object").filter(|_| follow).cloned(),
            object,
            content: members
                .text_opt("content", limits::REASON)?
                .map(str::to_owned),
            conflicts: read_conflicts(members)?,
            envelope,
        })
    }
}

impl Conflict {
    fn to_json(&self) -> Value {
        let mut map = Map::new();
        map.insert("row".into(), self.row.as_str().into());
        if let Some(field) = &self.field {
            map.insert("field".into(), field.as_str().into());
        }
        if let Some(current) = &self.current {
            map.insert("current".into(), current.to_string().into());
        }
        Value::Object(map)
    }
}

fn read_conflicts(members: &Members<'_>) -> Result<Vec<Conflict>, DocumentProblem> {
    let Some(_) = members.get("conflicts") else {
        return Ok(Vec::new());
    };
    let read = |value: &Value| {
        let conflict = Members::document(value)?;
        Ok(Conflict {
            row: conflict.text("row", limits::WORD)?.to_owned(),
            field: conflict.parsed_opt("field", "a field name")?,
            current: conflict.parsed_opt("current", "a commitment")?,
        })
    };
    members
        .list("conflicts", limits::ITEMS)?
        .iter()
        .map(read)
        .collect()
}
