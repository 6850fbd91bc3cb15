//! Reading the objects inside a header; each is closed: an unknown member is refused.

use serde_json::Value;

use super::{BatchPart, ForkPoint, Handover, Successor, Target};
use crate::checks::Check;
use crate::ids::DatasetUid;
use crate::key::Multikey;
use crate::log::Refusal;
use crate::log::members::Members;

pub(super) fn optional<'v, T>(
    header: Members<'v>,
    member: &'static str,
    read: impl FnOnce(&'v Value) -> Result<T, Refusal>,
) -> Result<Option<T>, Refusal> {
    if !header.has(member) {
        return Ok(None);
    }
    read(header.get(member)?).map(Some)
}

pub(super) fn key(members: Members<'_>, member: &'static str) -> Result<Multikey, Refusal> {
    members.parsed(member, "an Ed25519 Multikey")
}

pub(super) fn handover(header: Members<'_>) -> Result<Handover, Refusal> {
    Ok(Handover {
        key: key(header, "key")?,
        by: key(header, "by")?,
        next: header.hash("next")?,
    })
}

fn uid(members: Members<'_>) -> Result<DatasetUid, Refusal> {
    members.parsed("uid", "urn:uuid: and a lower-case UUID v4 or v7")
}

pub(super) fn fork_point(value: &Value) -> Result<ForkPoint, Refusal> {
    let members =
        Members::of("forkedFrom", value)?.only(&["uid", "genesis", "seq", "entry"], &[])?;
    Ok(ForkPoint {
        uid: uid(members)?,
        genesis: members.hash("genesis")?,
        seq: members.integer("seq")?,
        entry: members.hash("entry")?,
    })
}

pub(super) fn batch_part(value: &Value) -> Result<BatchPart, Refusal> {
    let members = Members::of("batch", value)?.only(&["id", "n", "of"], &[])?;
    let id = members.text("id")?;
    let uuid = uuid::Uuid::try_parse(id)
        .ok()
        .filter(|uuid| uuid.hyphenated().to_string() == id);
    let Some(id) = uuid else {
        return members.wrong("id", "a lower-case UUID");
    };
    let part = BatchPart {
        id,
        n: members.integer("n")?,
        of: members.integer("of")?,
    };
    if part.n == 0 || part.n > part.of {
        return members.wrong("n", "between 1 and of");
    }
    Ok(part)
}

pub(super) fn target(value: &Value, own_seq: u64) -> Result<Target, Refusal> {
    let members = Members::of("redact target", value)?;
    let seq = members.integer("seq")?;
    let target = if members.has("meta") {
        members.only(&["seq", "meta"], &[])?;
        if !members.flag("meta")? {
            return members.wrong("meta", "true");
        }
        Target::Meta { seq }
    } else {
        members.only(&["seq", "row", "field", "cell"], &[])?;
        Target::Cell {
            seq,
            row: members.parsed("row", "a lower-case UUID v4 or v7")?,
            field: members.field("field")?,
            cell: members.hash("cell")?,
        }
    };
    if seq >= own_seq && Check::RedactTarget.stands() {
        return Err(Refusal::RedactTarget(seq));
    }
    Ok(target)
}

pub(super) fn successor(value: &Value) -> Result<Successor, Refusal> {
    let members = Members::of("successor", value)?.only(&["uid", "genesis", "url"], &[])?;
    Ok(Successor {
        uid: uid(members)?,
        genesis: members.hash("genesis")?,
        url: members.text("url")?.to_owned(),
    })
}
