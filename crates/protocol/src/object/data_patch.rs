//! `DataPatch`: operations that somebody proposes on a dataset (`protocol.md` §5).

use std::fmt;
use std::str::FromStr;

use rustine_domain::checks::Check;
use rustine_domain::commit::{OfferedOp, offer_digest};
use rustine_domain::ids::{DatasetUid, Hash, InvalidId, PatchId, Salt};
use rustine_domain::json;
use rustine_domain::time::Timestamp;
use serde_json::{Map, Value};

use crate::activity::ActivityProblem;
use crate::problem::DocumentProblem;
use crate::read::Members;
use crate::uri::Uri;
use crate::{context, limits};

/// A patch as it travels. One that was read has the digest that it names.
#[derive(Debug, Clone, PartialEq)]
pub struct DataPatch {
    /// `{origin}/patches/{uuid}` on the proposer's instance.
    pub id: Uri,
    /// The proposer; an instance actor where `visitor` stands.
    pub attributed_to: Uri,
    /// The dataset.
    pub context: Uri,
    /// The dataset's identity.
    pub uid: DatasetUid,
    /// When it was proposed.
    pub published: Timestamp,
    /// What the proposer says about it, plain text.
    pub summary: Option<String>,
    /// Hash of the schema that the proposer saw.
    pub schema: Hash,
    /// 16 random bytes: without them a digest could be guessed.
    pub nonce: Salt,
    /// Hash over all that counts; what makes a repeated offer the same.
    pub digest: Hash,
    /// 1 to 500 operations.
    pub ops: Vec<OfferedOp>,
    /// Who it is for, without saying who.
    pub visitor: Option<Visitor>,
}

/// An anonymous visitor of another instance: 16 opaque characters, another word every day.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Visitor(Box<str>);

const MEMBERS: [&str; 12] = [
    "id",
    "type",
    "attributedTo",
    "context",
    "uid",
    "published",
    "summary",
    "schema",
    "nonce",
    "digest",
    "ops",
    "visitor",
];

/// The digest of an offer of these operations.
fn digest_of(patch: &DataPatch) -> Hash {
    offer_digest(&patch.nonce, patch.uid, &patch.schema, &patch.ops)
}

impl DataPatch {
    /// Most operations that one patch may have.
    pub const MAX_OPS: usize = 500;
    /// Most bytes of canonical JSON that one patch may have.
    pub const MAX_BYTES: usize = 256 * 1024;

    /// Sets the digest to that of the operations.
    #[must_use]
    pub fn sealed(mut self) -> Self {
        self.digest = digest_of(&self);
        self
    }

    /// The UUID in the id; `None` where another software forms its ids in another way.
    pub fn patch_id(&self) -> Option<PatchId> {
        self.id.path().rsplit('/').next()?.parse().ok()
    }

    /// The document under its own address.
    pub fn to_json(&self) -> Value {
        let mut value = self.embedded();
        value["@context"] = context::extended();
        value
    }

    /// The same inside `Offer`.
    pub(crate) fn embedded(&self) -> Value {
        let mut map = Map::new();
        let mut put = |member: &str, value: Value| {
            map.insert(member.to_owned(), value);
        };
        put("id", (&self.id).into());
        put("type", "DataPatch".into());
        put("attributedTo", (&self.attributed_to).into());
        put("context", (&self.context).into());
        put("uid", self.uid.to_string().into());
        put("published", self.published.to_string().into());
        put("schema", self.schema.to_string().into());
        put("nonce", self.nonce.to_string().into());
        put("digest", self.digest.to_string().into());
        put("ops", self.ops.iter().map(OfferedOp::to_json).collect());
        if let Some(summary) = &self.summary {
            put("summary", summary.as_str().into());
        }
        if let Some(visitor) = &self.visitor {
            put("visitor", visitor.as_str().into());
        }
        Value::Object(map)
    }

    /// Reads a patch; unknown members are refused, because the digest would not cover them.
    pub(crate) fn read(members: &Members<'_>) -> Result<Self, ActivityProblem> {
        if Check::OfferMembers.stands() {
            members.only(&MEMBERS)?;
        }
        let bytes = json::canonical(&Value::Object(members.map.clone())).len();
        if bytes > Self::MAX_BYTES && Check::OfferSize.stands() {
            return Err(ActivityProblem::TooLarge {
                limit: Self::MAX_BYTES,
            });
        }
        let patch = Self {
            id: members.uri("id")?,
            attributed_to: members.uri("attributedTo")?,
            context: members.uri("context")?,
            uid: members.parsed("uid", "a uid of the form urn:uuid:…")?,
            published: members.parsed("published", "an instant written YYYY-MM-DDTHH:MM:SSZ")?,
            summary: members
                .text_opt("summary", limits::PATCH_SUMMARY)?
                .map(str::to_owned),
            schema: members.parsed("schema", "a schema hash")?,
            nonce: members.parsed("nonce", "a nonce of 22 base64url characters")?,
            digest: members.parsed("digest", "a digest")?,
            ops: read_ops(members, "ops")?,
            visitor: members.parsed_opt("visitor", "16 letters, digits, - or _")?,
        };
        if patch.ops.is_empty() && Check::OfferSize.stands() {
            return Err(ActivityProblem::NoOperation);
        }
        if digest_of(&patch) != patch.digest && Check::OfferDigest.stands() {
            return Err(ActivityProblem::WrongDigest);
        }
        Ok(patch)
    }
}

/// Operations in the offered form (`protocol.md` §3.2), each value within the limit of a cell.
pub(crate) fn read_ops(
    members: &Members<'_>,
    member: &str,
) -> Result<Vec<OfferedOp>, ActivityProblem> {
    let list = members.list(member, usize::MAX)?;
    if list.len() > DataPatch::MAX_OPS && Check::OfferSize.stands() {
        return Err(ActivityProblem::TooManyOperations {
            limit: DataPatch::MAX_OPS,
        });
    }
    let mut ops = Vec::with_capacity(list.len());
    for (number, value) in list.iter().enumerate() {
        let path = || members.path(&format!("{member}[{number}]"));
        let op = OfferedOp::from_json(value)
            .map_err(|_| DocumentProblem::form(path(), "an offered operation"))?;
        if values(&op).any(|value| value.len() > limits::CELL) && Check::OfferSize.stands() {
            let (member, limit) = (path(), limits::CELL);
            return Err(DocumentProblem::TooLong { member, limit }.into());
        }
        ops.push(op);
    }
    Ok(ops)
}

fn values(op: &OfferedOp) -> Box<dyn Iterator<Item = &str> + '_> {
    match op {
        OfferedOp::Set { value, .. } => Box::new(value.as_deref().into_iter()),
        OfferedOp::Add { cells, .. } => Box::new(cells.values().map(String::as_str)),
        OfferedOp::Del { .. } => Box::new(std::iter::empty()),
    }
}

impl Visitor {
    /// The 16 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Visitor {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let opaque = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        if text.len() == 16 && text.bytes().all(opaque) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidId {
                text: text.chars().take(80).collect(),
                expected: "16 letters, digits, - or _",
            })
        }
    }
}

impl fmt::Display for Visitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
