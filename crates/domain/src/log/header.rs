//! Headers: what is signed, kept for ever and enough to follow a log (`protocol.md` §3.3).

mod kind;
mod write;

use serde_json::{Map, Value};

use super::members::Members;
use super::{CONTEXT, Refusal, limits};
use crate::checks::Check;
use crate::ids::{DatasetUid, Hash};
use crate::json::{self, canonical, sha256};
use crate::key::Multikey;
use crate::proof::{self, ProofProblem};
use crate::time::Timestamp;

pub use kind::{BatchPart, ForkPoint, Handover, Kind, Successor, Target};
pub(super) use write::{Unsigned, sign};

/// A header whose form has been checked; its place in a log and its signature have not, see
/// [`super::Chain`]. It keeps the JSON it was read from, members unknown to this version included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The address of the dataset when the entry was signed.
    pub attributed_to: String,
    /// The dataset.
    pub uid: DatasetUid,
    /// The number of the entry; genesis is 0.
    pub seq: u64,
    /// The hash of the entry before; `None` in genesis alone.
    pub prev: Option<Hash>,
    /// The kind with the members that only this kind has.
    pub kind: Kind,
    /// When the origin signed; never before the entry before.
    pub time: Timestamp,
    /// The hash over the operations.
    pub ops: Hash,
    /// The commitment to the meta.
    pub meta: Hash,
    /// The hash of the schema after the entry.
    pub schema: Hash,
    /// The root over the rows after the entry.
    pub state: Hash,
    entry: Hash,
    text: Box<str>,
    proof: Proof,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Proof {
    signer: Multikey,
    /// What the signature covers; see [`proof::signing_input`].
    input: [u8; 64],
    signature: [u8; 64],
}

impl Header {
    /// Reads a header: every rule that needs nothing but the header itself.
    pub fn parse(value: &Value) -> Result<Self, Refusal> {
        json::check(value)?;
        let members = Members::of("header", value)?;
        let text = canonical(value);
        if text.len() > limits::HEADER_BYTES && Check::HeaderSize.stands() {
            return Err(Refusal::HeaderTooLarge(text.len()));
        }
        if *members.get("@context")? != context() && Check::LogContext.stands() {
            return Err(Refusal::Context);
        }
        if members.text("type")? != "LogEntry" {
            return members.wrong("type", "LogEntry");
        }
        let attributed_to = address(members, "attributedTo")?.to_owned();
        let seq = members.integer("seq")?;
        if members.text("id")? != entry_id(&attributed_to, seq) && Check::LogId.stands() {
            return Err(Refusal::Id);
        }
        let kind = Kind::read(members, seq)?;
        let prev = members.hash_or_null("prev")?;
        let genesis = matches!(kind, Kind::Genesis { .. });
        if (genesis != (seq == 0) || genesis != prev.is_none()) && Check::Genesis.stands() {
            return Err(Refusal::Genesis);
        }
        let time = members.parsed("time", "an instant written YYYY-MM-DDTHH:MM:SSZ")?;
        let unsigned = unsigned(members.map());
        Ok(Self {
            uid: members.parsed("uid", "urn:uuid: and a lower-case UUID v4 or v7")?,
            seq,
            prev,
            kind,
            time,
            ops: members.hash("ops")?,
            meta: members.hash("meta")?,
            schema: members.hash("schema")?,
            state: members.hash("state")?,
            entry: sha256(&[&[0], &unsigned[..]].concat()),
            proof: read_proof(members, &attributed_to, time, &unsigned)?,
            attributed_to,
            text: String::from_utf8(text)
                .expect("canonical JSON is UTF-8")
                .into(),
        })
    }

    /// The entry hash: what `prev` of the next entry names. The signature is no part of it.
    pub fn hash(&self) -> Hash {
        self.entry
    }

    /// The header as canonical JSON, proof and unknown members included: what is kept and served.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The header as a JSON value.
    pub fn to_json(&self) -> Value {
        serde_json::from_str(&self.text).expect("the text was written from a value")
    }

    /// The key that the proof names; [`super::Chain`] knows whether it may sign here.
    pub fn signer(&self) -> &Multikey {
        &self.proof.signer
    }

    /// Verifies the signature by the key that the proof names.
    pub fn verify(&self) -> Result<(), Refusal> {
        let Proof {
            signer,
            input,
            signature,
        } = &self.proof;
        if !signer.verify_strict(input, signature) && Check::ProofSignature.stands() {
            return Err(ProofProblem::Signature.into());
        }
        Ok(())
    }

    /// True where the entry is dated more than 24 hours ahead of a clock: a reader then holds it back,
    /// without refusing it (`protocol.md` §3.3).
    pub fn is_ahead_of(&self, now: Timestamp) -> bool {
        self.time.seconds() > now.seconds().saturating_add(limits::AHEAD_SECONDS)
            && Check::TimeAhead.stands()
    }
}

/// `{attributedTo}/log/{seq}`.
pub(super) fn entry_id(attributed_to: &str, seq: u64) -> String {
    format!("{attributed_to}/log/{seq}")
}

/// `{attributedTo}#ed25519-{multikey}`.
pub(super) fn verification_method(attributed_to: &str, key: &Multikey) -> String {
    format!("{attributed_to}#ed25519-{key}")
}

fn context() -> Value {
    CONTEXT.into_iter().collect()
}

/// `J(header without proof)`.
fn unsigned(map: &Map<String, Value>) -> Vec<u8> {
    let mut map = map.clone();
    map.remove("proof");
    canonical(&Value::Object(map))
}

fn read_proof(
    header: Members<'_>,
    attributed_to: &str,
    time: Timestamp,
    unsigned: &[u8],
) -> Result<Proof, Refusal> {
    let members = Members::of("proof", header.get("proof")?)?.only(
        &[
            "@context",
            "type",
            "cryptosuite",
            "verificationMethod",
            "proofPurpose",
            "created",
            "proofValue",
        ],
        &[],
    )?;
    if members.get("@context")? != header.get("@context")? && Check::ProofMembers.stands() {
        return Err(ProofProblem::Context.into());
    }
    for (member, value) in [
        ("type", "DataIntegrityProof"),
        ("cryptosuite", "eddsa-jcs-2022"),
        ("proofPurpose", "assertionMethod"),
    ] {
        if members.text(member)? != value && Check::ProofMembers.stands() {
            return Err(ProofProblem::Member(member).into());
        }
    }
    if members.text("created")? != time.to_string() && Check::ProofMembers.stands() {
        return Err(ProofProblem::Member("created").into());
    }
    let signer = members
        .text("verificationMethod")?
        .rsplit_once("#ed25519-")
        .filter(|(of, _)| *of == attributed_to || !Check::ProofMembers.stands())
        .and_then(|(_, key)| key.parse().ok())
        .ok_or(ProofProblem::Member("verificationMethod"))?;
    let (config, signature) = proof::split(members.map())?;
    Ok(Proof {
        signer,
        input: proof::signing_input(&config, unsigned),
        signature,
    })
}

/// An address of a dataset: https, at most 512 bytes, without query, fragment or trailing slash. Plain
/// http is taken for names under `.localhost` alone, which is all that `--dev` reaches.
fn address<'v>(members: Members<'v>, member: &'static str) -> Result<&'v str, Refusal> {
    let text = members.text(member)?;
    let plain = !text.contains(['?', '#']) && !text.ends_with('/');
    let local = |url: &url::Url| {
        url.scheme() == "http"
            && url
                .host_str()
                .is_some_and(|host| host == "localhost" || host.ends_with(".localhost"))
    };
    let usable = |url: url::Url| {
        url.host_str().is_some()
            && url.username().is_empty()
            && url.password().is_none()
            && (url.scheme() == "https" || local(&url))
    };
    // The parser mends blanks, controls, backslashes and slashes too many; readers must not differ there.
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let clean = !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\')
        && rest.is_some_and(|rest| !rest.starts_with('/'));
    if text.len() <= limits::ADDRESS_BYTES
        && plain
        && clean
        && url::Url::parse(text).is_ok_and(usable)
    {
        return Ok(text);
    }
    members.wrong(
        member,
        "an https address without query, fragment or trailing slash",
    )
}
