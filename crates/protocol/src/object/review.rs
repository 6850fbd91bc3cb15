//! `Review`: a moderator's vote on a patch, signed by its author (`protocol.md` §5).

use rustine_domain::ids::Hash;
use rustine_domain::time::Timestamp;
use serde_json::{Map, Value};

use crate::problem::DocumentProblem;
use crate::read::Members;
use crate::uri::Uri;
use crate::{context, limits};

/// A vote. Whether it counts is not said here: the proof and the grant are checked against our own tables.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// Its id, on the reviewer's server.
    pub id: Uri,
    /// The reviewer.
    pub attributed_to: Uri,
    /// The proposal.
    pub context: Uri,
    /// The version of the patch that the reviewer saw.
    pub patch_digest: Hash,
    /// The digest of the operations that an approval is for, where these are not those offered: computed as that of an
    /// offer, with its nonce and schema. The values travel beside the review, so that no signature covers them.
    pub amended: Option<Hash>,
    /// What the reviewer thinks.
    pub verdict: Verdict,
    /// Why, plain text.
    pub content: Option<String>,
    /// When.
    pub published: Timestamp,
    /// The document with its proof, as received: the proof covers exactly these members. `None` until signed.
    pub signed: Option<Value>,
}

/// What a reviewer thinks of a patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Take it.
    Approve,
    /// Not like this; blocks until it is changed.
    Revise,
    /// No; blocks.
    Reject,
    /// A comment that counts neither way.
    Remark,
}

const MEMBERS: [&str; 11] = [
    "@context",
    "id",
    "type",
    "attributedTo",
    "context",
    "patchDigest",
    "amendedDigest",
    "verdict",
    "content",
    "published",
    "proof",
];

impl Verdict {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Revise => "revise",
            Self::Reject => "reject",
            Self::Remark => "remark",
        }
    }
}

impl std::str::FromStr for Verdict {
    type Err = DocumentProblem;

    fn from_str(word: &str) -> Result<Self, DocumentProblem> {
        [Self::Approve, Self::Revise, Self::Reject, Self::Remark]
            .into_iter()
            .find(|verdict| verdict.as_str() == word)
            .ok_or_else(|| DocumentProblem::form("verdict", Verdict::EXPECTED))
    }
}

impl Verdict {
    const EXPECTED: &'static str = "approve, revise, reject or remark";
}

impl Review {
    /// The document that is to be signed (FEP-8b32): everything but `proof`.
    pub fn unsigned(&self) -> Map<String, Value> {
        let mut map = Map::new();
        let mut put = |member: &str, value: Value| {
            map.insert(member.to_owned(), value);
        };
        put("@context", context::signed());
        put("id", (&self.id).into());
        put("type", "Review".into());
        put("attributedTo", (&self.attributed_to).into());
        put("context", (&self.context).into());
        put("patchDigest", self.patch_digest.to_string().into());
        put("verdict", self.verdict.as_str().into());
        put("published", self.published.to_string().into());
        if let Some(amended) = &self.amended {
            put("amendedDigest", amended.to_string().into());
        }
        if let Some(content) = &self.content {
            put("content", content.as_str().into());
        }
        map
    }

    /// The signed document, or the unsigned one where there is no proof yet.
    pub fn to_json(&self) -> Value {
        self.signed
            .clone()
            .unwrap_or_else(|| Value::Object(self.unsigned()))
    }

    /// Reads a signed review that stands by itself.
    pub fn parse(document: &Value) -> Result<Self, DocumentProblem> {
        Self::read(&Members::document(document)?)
    }

    /// Reads a review that has a proof; the proof itself is for `rustine_domain::proof` to check.
    pub(crate) fn read(members: &Members<'_>) -> Result<Self, DocumentProblem> {
        members.only(&MEMBERS)?;
        members.object("proof")?;
        Ok(Self {
            id: members.uri("id")?,
            attributed_to: members.uri("attributedTo")?,
            context: members.uri("context")?,
            patch_digest: members.parsed("patchDigest", "a digest")?,
            amended: members.parsed_opt("amendedDigest", "a digest")?,
            verdict: members.parsed("verdict", Verdict::EXPECTED)?,
            content: members
                .text_opt("content", limits::REASON)?
                .map(str::to_owned),
            published: members.parsed("published", "an instant written YYYY-MM-DDTHH:MM:SSZ")?,
            signed: Some(Value::Object(members.map.clone())),
        })
    }
}
