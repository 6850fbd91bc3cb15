//! Commitments: the hashes that headers sign instead of values (`protocol.md` §3.2).
//!
//! Every function writes the canonical bytes of its array directly and hashes them once; a cell costs well
//! under a microsecond in a release build.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::ids::{DatasetUid, FieldName, Hash, RowId, Salt};
use crate::json::Canon;

pub use crate::digest::{OfferedOp, offer_digest};

/// The commitment to a cell's value.
pub fn cell(uid: DatasetUid, row: RowId, field: &FieldName, salt: &Salt, value: &str) -> Hash {
    Cells::new(uid, row).cell(field, salt, value)
}

/// The commitments to the cells of one row. What all of them begin with is written once, and its first
/// block is hashed once.
pub(crate) struct Cells {
    canon: Canon,
    begun: Sha256,
    common: usize,
}

/// What SHA-256 takes in at a time.
const BLOCK: usize = 64;

impl Cells {
    pub(crate) fn new(uid: DatasetUid, row: RowId) -> Self {
        let mut canon = begin("rustine1/cell", uid, 320);
        canon.comma().row_id(row);
        canon.raw(",");
        Self {
            begun: Sha256::new_with_prefix(&canon.bytes()[..BLOCK]),
            common: canon.bytes().len(),
            canon,
        }
    }

    pub(crate) fn cell(&mut self, field: &FieldName, salt: &Salt, value: &str) -> Hash {
        self.canon.truncate(self.common);
        self.canon.text(field.as_str());
        self.canon.comma().salt(salt);
        self.canon.comma().text(value);
        self.canon.raw("]");
        let rest = &self.canon.bytes()[BLOCK..];
        Hash(self.begun.clone().chain_update(rest).finalize().into())
    }
}

/// The hash of a row from its cells' commitments, which must come sorted by field.
pub fn row<'c>(
    uid: DatasetUid,
    row: RowId,
    cells: impl IntoIterator<Item = (&'c str, Hash)>,
) -> Hash {
    let cells = cells.into_iter();
    let mut canon = begin("rustine1/row", uid, 128 + cells.size_hint().0 * 72);
    canon.comma().row_id(row);
    canon.comma().raw("[");
    for (at, (field, commitment)) in cells.enumerate() {
        canon.raw(if at > 0 { ",[" } else { "[" });
        canon.text(field);
        canon.comma().hash_text(&commitment);
        canon.raw("]");
    }
    canon.raw("]");
    canon.end()
}

/// The salt of one field of an added row, derived from the salt of the operation.
pub fn derived_salt(op_salt: &Salt, field: &FieldName) -> Salt {
    let mut hasher = Sha256::new();
    hasher.update(b"rustine1/salt\0");
    hasher.update(op_salt.as_bytes());
    hasher.update(field.as_str().as_bytes());
    let digest: [u8; 32] = hasher.finalize().into();
    let mut salt = [0; 16];
    salt.copy_from_slice(&digest[..16]);
    Salt(salt)
}

/// The hash of one operation; `op` is `set`, `add` or `del`.
pub fn op(
    op: &str,
    row: RowId,
    field: Option<&FieldName>,
    base: Option<&Hash>,
    new: Option<&Hash>,
) -> Hash {
    let mut canon = Canon::with_capacity(192);
    canon.raw("[\"rustine1/op\"");
    canon.comma().text(op);
    canon.comma().row_id(row);
    match field {
        Some(field) => canon.comma().text(field.as_str()),
        None => canon.comma().raw("null"),
    }
    canon.comma().hash_or_null(base);
    canon.comma().hash_or_null(new);
    canon.end()
}

/// The hash over the operations of an entry, in their order.
pub fn ops(op_hashes: &[Hash]) -> Hash {
    let mut canon = Canon::with_capacity(32 + op_hashes.len() * 46);
    canon.raw("[\"rustine1/ops\",[");
    for (at, op) in op_hashes.iter().enumerate() {
        if at > 0 {
            canon.raw(",");
        }
        canon.hash_text(op);
    }
    canon.raw("]");
    canon.end()
}

/// The hash of a schema document.
pub fn schema(document: &Value) -> Hash {
    tagged("rustine1/schema", document)
}

/// The hash of a policy document.
pub fn policy(document: &Value) -> Hash {
    tagged("rustine1/policy", document)
}

/// The commitment to an entry's meta.
pub fn meta(salt: &Salt, content: &Value) -> Hash {
    let mut canon = Canon::with_capacity(256);
    canon.raw("[\"rustine1/meta\"");
    canon.comma().salt(salt);
    canon.comma().value(content);
    canon.end()
}

/// The hash of a bucket from its rows, which must come sorted by row id; [`Hash::ZERO`] when empty.
pub fn bucket(rows: &[(RowId, Hash)]) -> Hash {
    if rows.is_empty() {
        return Hash::ZERO;
    }
    let mut canon = Canon::with_capacity(32 + rows.len() * 90);
    canon.raw(BUCKET);
    for (at, (row, hash)) in rows.iter().enumerate() {
        write_row_of_bucket(&mut canon, at == 0, *row, hash);
    }
    canon.raw("]");
    canon.end()
}

const BUCKET: &str = "[\"rustine1/bucket\",[";

fn write_row_of_bucket(canon: &mut Canon, first: bool, row: RowId, hash: &Hash) {
    canon.raw(if first { "[" } else { ",[" });
    canon.row_id(row);
    canon.comma().hash_text(hash);
    canon.raw("]");
}

/// A bucket to which rows are added at its end: what was hashed is not hashed again.
#[derive(Debug, Clone)]
pub(crate) struct GrowingBucket {
    begun: Sha256,
    last: Option<RowId>,
}

impl GrowingBucket {
    /// A bucket without rows.
    pub(crate) fn new() -> Self {
        Self {
            begun: Sha256::new_with_prefix(BUCKET),
            last: None,
        }
    }

    /// Adds a row; false, with nothing added, where its place is not at the end.
    pub(crate) fn push(&mut self, row: RowId, hash: &Hash) -> bool {
        if self.last.is_some_and(|last| row <= last) {
            return false;
        }
        let mut canon = Canon::with_capacity(96);
        write_row_of_bucket(&mut canon, self.last.is_none(), row, hash);
        self.begun.update(canon.bytes());
        self.last = Some(row);
        true
    }

    /// The hash of the rows so far, as [`bucket`] gives it.
    pub(crate) fn hash(&self) -> Hash {
        match self.last {
            None => Hash::ZERO,
            Some(_) => Hash(self.begun.clone().chain_update(b"]]").finalize().into()),
        }
    }
}

fn tagged(tag: &str, document: &Value) -> Hash {
    let mut canon = Canon::with_capacity(1024);
    canon.raw("[");
    canon.text(tag);
    canon.comma().value(document);
    canon.end()
}

fn begin(tag: &str, uid: DatasetUid, capacity: usize) -> Canon {
    let mut canon = Canon::with_capacity(capacity);
    canon.raw("[");
    canon.text(tag);
    canon.comma().uid(uid);
    canon
}

/// The texts that stand for binary values in anything that is hashed.
impl Canon {
    pub(crate) fn comma(&mut self) -> &mut Self {
        self.raw(",");
        self
    }

    pub(crate) fn uid(&mut self, uid: DatasetUid) {
        self.raw("\"urn:uuid:");
        self.uuid(uid.0);
        self.raw("\"");
    }

    pub(crate) fn row_id(&mut self, row: RowId) {
        self.raw("\"");
        self.uuid(row.0);
        self.raw("\"");
    }

    fn uuid(&mut self, uuid: Uuid) {
        let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
        self.raw(uuid.hyphenated().encode_lower(&mut text));
    }

    pub(crate) fn hash_text(&mut self, hash: &Hash) {
        self.base64::<43>(hash.as_bytes());
    }

    pub(crate) fn salt(&mut self, salt: &Salt) {
        self.base64::<22>(salt.as_bytes());
    }

    pub(crate) fn hash_or_null(&mut self, hash: Option<&Hash>) {
        match hash {
            Some(hash) => self.hash_text(hash),
            None => self.raw("null"),
        }
    }

    fn base64<const LENGTH: usize>(&mut self, bytes: &[u8]) {
        let mut text = [0; LENGTH];
        URL_SAFE_NO_PAD
            .encode_slice(bytes, &mut text)
            .expect("the length is that of the encoding");
        self.ascii(b"\"");
        self.ascii(&text);
        self.ascii(b"\"");
    }

    fn end(mut self) -> Hash {
        self.raw("]");
        self.hash()
    }
}

#[cfg(test)]
mod tests;
