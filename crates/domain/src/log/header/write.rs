//! Writing and signing a header.

use serde_json::{Map, Value, json};

use super::super::Refusal;
use super::{Header, Kind, context, entry_id, verification_method};
use crate::ids::{DatasetUid, Hash};
use crate::key::LogKey;
use crate::proof;
use crate::time::Timestamp;

/// A header before it is signed.
pub(in crate::log) struct Unsigned<'d> {
    pub(in crate::log) attributed_to: &'d str,
    pub(in crate::log) uid: DatasetUid,
    pub(in crate::log) seq: u64,
    pub(in crate::log) prev: Option<Hash>,
    pub(in crate::log) kind: &'d Kind,
    pub(in crate::log) time: Timestamp,
    pub(in crate::log) ops: Hash,
    pub(in crate::log) meta: Hash,
    pub(in crate::log) schema: Hash,
    pub(in crate::log) state: Hash,
}

/// Signs a header, then reads it back as any reader would.
pub(in crate::log) fn sign(unsigned: &Unsigned<'_>, key: &LogKey) -> Result<Header, Refusal> {
    let mut header = Map::new();
    let method = verification_method(unsigned.attributed_to, &key.multikey());
    for (member, value) in [
        ("@context", context()),
        ("id", entry_id(unsigned.attributed_to, unsigned.seq).into()),
        ("type", "LogEntry".into()),
        ("attributedTo", unsigned.attributed_to.into()),
        ("uid", json!(unsigned.uid)),
        ("seq", unsigned.seq.into()),
        ("prev", json!(unsigned.prev)),
        ("kind", unsigned.kind.name().into()),
        ("time", json!(unsigned.time)),
        ("ops", json!(unsigned.ops)),
        ("meta", json!(unsigned.meta)),
        ("schema", json!(unsigned.schema)),
        ("state", json!(unsigned.state)),
    ] {
        header.insert(member.to_owned(), value);
    }
    unsigned.kind.write(&mut header);
    proof::sign(&mut header, key, &method, unsigned.time);
    Header::parse(&Value::Object(header))
}
