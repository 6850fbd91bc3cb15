//! `{dataset}/proposals/{digest}`: what became of a patch, for whoever holds its digest (`protocol.md` §5).

use rustine_domain::ids::Hash;
use rustine_domain::time::Timestamp;
use serde_json::{Map, Value, json};

use super::reference::EntryReference;
use crate::problem::DocumentProblem;
use crate::read::Members;
use crate::uri::Uri;
use crate::{context, limits};

/// The state of one patch at its dataset's origin. It holds no values and no names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its address; ends in the digest that was asked for.
    pub id: Uri,
    /// The dataset.
    pub context: Uri,
    /// The digest that was asked for.
    pub digest: Hash,
    /// The digest of the patch as it stands now; another one after a rebase.
    pub current: Hash,
    /// A status word of `protocol.md` §4. A word that we do not know is kept: it is shown, not acted on.
    pub status: String,
    /// When it was decided; `None` while it is open.
    pub decided: Option<Timestamp>,
    /// Why, in words for the proposer.
    pub reason: Option<String>,
    /// The log entry that applied it.
    pub entry: Option<EntryReference>,
    /// Reviews received so far.
    pub reviews: Vec<ReviewReceived>,
}

/// One review as the origin counts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewReceived {
    /// Id of the review, so that its author finds it.
    pub id: Uri,
    /// approve, revise, reject or remark.
    pub verdict: String,
}

impl Proposal {
    /// The document.
    pub fn to_json(&self) -> Value {
        let mut map = Map::new();
        let mut put = |member: &str, value: Value| {
            map.insert(member.to_owned(), value);
        };
        put("@context", context::extended());
        put("id", (&self.id).into());
        put("type", "Proposal".into());
        put("context", (&self.context).into());
        put("digest", self.digest.to_string().into());
        put("current", self.current.to_string().into());
        put("status", self.status.as_str().into());
        if let Some(decided) = self.decided {
            put("decision", json!({"at": decided.to_string()}));
        }
        if let Some(reason) = &self.reason {
            put("reason", reason.as_str().into());
        }
        if let Some(entry) = &self.entry {
            put("entry", entry.to_json());
        }
        let review = |r: &ReviewReceived| json!({"id": r.id.as_str(), "verdict": r.verdict});
        put("reviews", self.reviews.iter().map(review).collect());
        Value::Object(map)
    }

    /// Reads a fetched proposal; members that version 1 does not know are passed over.
    pub fn parse(document: &Value) -> Result<Self, DocumentProblem> {
        let members = Members::document(document)?;
        if members.text("type", limits::WORD)? != "Proposal" {
            return Err(members.wrong("type", "Proposal"));
        }
        let entry = members
            .get("entry")
            .map(|_| EntryReference::read(&members, "entry"))
            .transpose()?;
        let decided = match members.object_opt("decision")? {
            Some(decision) => Some(decision.parsed("at", "an instant")?),
            None => None,
        };
        Ok(Self {
            id: members.uri("id")?,
            context: members.uri("context")?,
            digest: members.parsed("digest", "a digest")?,
            current: members.parsed("current", "a digest")?,
            status: members.text("status", limits::WORD)?.to_owned(),
            decided,
            reason: members
                .text_opt("reason", limits::REASON)?
                .map(str::to_owned),
            entry,
            reviews: reviews(&members)?,
        })
    }
}

fn reviews(members: &Members<'_>) -> Result<Vec<ReviewReceived>, DocumentProblem> {
    members
        .one_or_many("reviews", limits::LIST)?
        .iter()
        .map(|value| {
            let review = Members::document(value)?;
            Ok(ReviewReceived {
                id: review.uri("id")?,
                verdict: review.text("verdict", limits::WORD)?.to_owned(),
            })
        })
        .collect()
}
