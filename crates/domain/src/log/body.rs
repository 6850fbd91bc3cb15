//! Bodies: the values of an entry, which may lose them to redaction (`protocol.md` §3.3, §3.4).

use serde_json::{Map, Value};

use super::members::Members;
use super::op::Op;
use super::{Header, Kind, Refusal, limits};
use crate::checks::Check;
use crate::commit;
use crate::digest::{OfferedOp, offer_digest};
use crate::ids::{DatasetUid, Hash, Salt};
use crate::json::{self, Canon};
use crate::key::Multikey;
use crate::time::Timestamp;

/// The values of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Body {
    /// The operations, in the order in which they apply.
    pub ops: Vec<Op>,
    /// All personal data of the entry; `None` where redacted, withheld or missing.
    pub meta: Option<Meta>,
    /// The schema, in genesis and schema entries.
    pub schema: Option<Value>,
    /// The policy, in policy entries.
    pub policy: Option<Value>,
    /// The nonce of the offer that a patch answers.
    pub nonce: Option<Salt>,
}

/// Who, why and how: the part of an entry that can be erased as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// The salt of the commitment.
    pub salt: Salt,
    /// `summary, proposer, visitor, patch, amended, reviews, decision, grant, reason` and what later
    /// versions add.
    pub content: Map<String, Value>,
}

/// `meta.content.patch`: the offer that an entry answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The URL of the patch on the proposer's instance.
    pub id: String,
    /// The digest of the offer.
    pub digest: Hash,
    /// The schema the offer was made under.
    pub schema: Hash,
    /// True where the origin added `_order` to new rows.
    pub order_added: bool,
    /// True where a moderator changed the operations.
    pub amended: bool,
}

impl Meta {
    /// The commitment that a header carries.
    pub fn commitment(&self) -> Hash {
        // Cloned, because the commitment is over a value; a meta is small.
        commit::meta(&self.salt, &Value::Object(self.content.clone()))
    }

    /// The offer that the entry answers, if it answers one.
    pub fn answered(&self) -> Result<Option<Answered>, Refusal> {
        let Some(patch) = self.content.get("patch") else {
            return Ok(None);
        };
        let patch = Members::of("meta.content.patch", patch)?;
        let added = patch
            .has("added")
            .then(|| patch.array("added"))
            .transpose()?;
        let content = Members::of_map("meta.content", &self.content);
        Ok(Some(Answered {
            id: patch.text("id")?.to_owned(),
            digest: patch.hash("digest")?,
            schema: patch.hash("schema")?,
            order_added: added.is_some_and(|fields| fields.iter().any(|it| it == "_order")),
            amended: content.has("amended") && content.flag("amended")?,
        }))
    }

    pub(super) fn read(value: &Value) -> Result<Option<Self>, Refusal> {
        if value.is_null() {
            return Ok(None);
        }
        let members = Members::of("meta", value)?.only(&["salt", "content"], &[])?;
        Ok(Some(Self {
            salt: members.salt("salt")?,
            content: members.object("content")?.clone(),
        }))
    }

    /// What a grant or a revoke says stands in its meta, in the form of `protocol.md` §3.3.
    fn check_grant(&self, kind: &Kind) -> Result<(), Refusal> {
        let grant = || {
            let content = Members::of_map("meta.content", &self.content);
            Members::of("meta.content.grant", content.get("grant")?)
        };
        match kind {
            Kind::Grant => {
                let grant = grant()?;
                for member in ["id", "target", "role"] {
                    grant.text(member)?;
                }
                grant.parsed::<Multikey>("key", "an Ed25519 Multikey")?;
                grant.parsed::<Timestamp>("endTime", "an instant written YYYY-MM-DDTHH:MM:SSZ")?;
            }
            Kind::Revoke => {
                grant()?.text("id")?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// Writes a body as canonical JSON, one operation after the other.
pub(super) struct BodyText {
    canon: Canon,
    any: bool,
}

impl BodyText {
    pub(super) fn begin(meta: Option<&Meta>, nonce: Option<&Salt>, capacity: usize) -> Self {
        let mut canon = Canon::with_capacity(capacity);
        canon.raw("{\"meta\":");
        match meta {
            Some(meta) => {
                canon.raw("{\"content\":");
                canon.object(&meta.content);
                canon.raw(",\"salt\":");
                canon.salt(&meta.salt);
                canon.raw("}");
            }
            None => canon.raw("null"),
        }
        if let Some(nonce) = nonce {
            canon.raw(",\"nonce\":");
            canon.salt(nonce);
        }
        canon.raw(",\"ops\":[");
        Self { canon, any: false }
    }

    pub(super) fn op(&mut self, write: impl FnOnce(&mut Canon)) {
        if self.any {
            self.canon.raw(",");
        }
        self.any = true;
        write(&mut self.canon);
    }

    pub(super) fn end(mut self, policy: Option<&Value>, schema: Option<&Value>) -> String {
        self.canon.raw("]");
        for (member, document) in [("policy", policy), ("schema", schema)] {
            if let Some(document) = document {
                self.canon.raw(",\"");
                self.canon.raw(member);
                self.canon.raw("\":");
                self.canon.value(document);
            }
        }
        self.canon.raw("}");
        self.canon.into_text()
    }
}

impl Body {
    /// Reads the body of an entry of the given kind: every rule of form. Whether it matches a header is
    /// for [`super::apply`] to say.
    pub fn parse(value: &Value, kind: &Kind) -> Result<Self, Refusal> {
        json::check(value)?;
        let bytes = json::canonical_len(value);
        if bytes > limits::BODY_BYTES && Check::BodyBytes.stands() {
            return Err(Refusal::BodyTooLarge(bytes));
        }
        let members = Members::of("body", value)?;
        if members.has("nonce") && !matches!(kind, Kind::Patch) && Check::PatchMembers.stands() {
            return Err(Refusal::NonceWithoutPatch);
        }
        match kind {
            Kind::Genesis { .. } | Kind::Schema => members.only(&["ops", "meta", "schema"], &[])?,
            Kind::Policy(_) => members.only(&["ops", "meta", "policy"], &[])?,
            Kind::Patch => members.only(&["ops", "meta"], &["nonce"])?,
            _ => members.only(&["ops", "meta"], &[])?,
        };
        let ops = members.array("ops")?;
        if !ops.is_empty() && !kind.has_operations() && Check::Operations.stands() {
            return Err(Refusal::Operations(kind.name().to_owned()));
        }
        let body = Self {
            ops: ops
                .iter()
                .map(|op| Op::parse(op, kind))
                .collect::<Result<_, _>>()?,
            meta: Meta::read(members.get("meta")?)?,
            schema: document(members, "schema")?,
            policy: document(members, "policy")?,
            nonce: members
                .has("nonce")
                .then(|| members.salt("nonce"))
                .transpose()?,
        };
        if let Some(meta) = &body.meta {
            meta.check_grant(kind)?;
        }
        Ok(body)
    }

    /// The body as canonical JSON: what is kept and served.
    pub fn to_text(&self) -> String {
        let capacity = 256 + self.ops.len() * 512;
        let mut text = BodyText::begin(self.meta.as_ref(), self.nonce.as_ref(), capacity);
        for op in &self.ops {
            text.op(|canon| op.write(canon));
        }
        text.end(self.policy.as_ref(), self.schema.as_ref())
    }

    /// The body as a JSON value.
    pub fn to_json(&self) -> Value {
        serde_json::from_str(&self.to_text()).expect("the text is JSON")
    }

    /// The operations as the offer had them; `None` where a value or a label is missing.
    pub fn offered(&self, order_was_added: bool) -> Option<Vec<OfferedOp>> {
        let ops = self.ops.iter();
        ops.map(|op| op.offered(order_was_added)).collect()
    }

    /// Compares the body with the commitments of its header that need no rows.
    pub(super) fn check_documents(&self, header: &Header) -> Result<(), Refusal> {
        if let Some(meta) = &self.meta
            && meta.commitment() != header.meta
            && Check::MetaHash.stands()
        {
            return Err(Refusal::MetaHash);
        }
        if let Some(schema) = &self.schema
            && commit::schema(schema) != header.schema
            && Check::SchemaHash.stands()
        {
            return Err(Refusal::SchemaHash);
        }
        match (&header.kind, &self.policy) {
            (Kind::Policy(hash), Some(policy))
                if commit::policy(policy) != *hash && Check::PolicyHash.stands() =>
            {
                Err(Refusal::PolicyHash)
            }
            _ => Ok(()),
        }
    }

    /// Drops a nonce that can no longer prove anything: beside a value or a meta that is not there.
    pub(super) fn drop_idle_nonce(&mut self) {
        if self.meta.is_none() || !self.ops.iter().all(Op::is_whole) {
            self.nonce = None;
        }
    }

    /// A body with a nonce must reproduce the digest of the offer it answers, unless it was amended.
    pub(super) fn check_digest(&self, uid: DatasetUid) -> Result<(), Refusal> {
        let (Some(nonce), Some(meta)) = (&self.nonce, &self.meta) else {
            return Ok(());
        };
        let Some(answered) = meta.answered()? else {
            if !Check::PatchMembers.stands() {
                return Ok(());
            }
            return Err(Refusal::NonceWithoutPatch);
        };
        if answered.amended || !Check::BodyDigest.stands() {
            return Ok(());
        }
        let offered = self.offered(answered.order_added).ok_or(Refusal::Digest)?;
        if offer_digest(nonce, uid, &answered.schema, &offered) != answered.digest {
            return Err(Refusal::Digest);
        }
        Ok(())
    }
}

fn document(members: Members<'_>, member: &'static str) -> Result<Option<Value>, Refusal> {
    if !members.has(member) {
        return Ok(None);
    }
    Ok(Some(Value::Object(members.object(member)?.clone())))
}
