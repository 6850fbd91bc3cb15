//! `Follow`: a person wants news, an instance wants to copy or to be a peer (`protocol.md` §5).

use serde_json::Value;

use super::{ActivityProblem, Envelope};
use crate::limits;
use crate::problem::DocumentProblem;
use crate::read::Members;
use crate::uri::Uri;

/// Which of the three it is depends on the two actors, not on the activity.
#[derive(Debug, Clone, PartialEq)]
pub struct Follow {
    /// Common members.
    pub envelope: Envelope,
    /// The actor to be followed.
    pub object: Uri,
    /// The whole activity as received: `Accept` repeats it verbatim, or Lemmy and Mitra do not recognise it.
    pub document: Value,
}

impl Follow {
    /// A Follow of ours, addressed to the actor that is followed.
    pub fn new(id: Uri, actor: Uri, object: Uri) -> Self {
        let envelope = Envelope::new(id, actor, object.clone());
        let mut map = envelope.to_map("Follow");
        map.insert("object".into(), (&object).into());
        Self {
            envelope,
            object,
            document: Value::Object(map),
        }
    }

    /// The document.
    pub fn to_json(&self) -> Value {
        self.document.clone()
    }

    pub(super) fn read(
        envelope: Envelope,
        members: &Members<'_>,
        document: &Value,
    ) -> Result<Self, ActivityProblem> {
        if document.to_string().len() > limits::FOLLOW {
            return Err(DocumentProblem::TooLong {
                member: "the document".into(),
                limit: limits::FOLLOW,
            }
            .into());
        }
        Ok(Self {
            envelope,
            object: members.id_of("object")?,
            document: document.clone(),
        })
    }
}
