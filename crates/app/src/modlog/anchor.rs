//! A moderation log goes on where its dataset moves to. The entry `move` names the last line that was written before it
//! (`meta.content.modlog`), so the recovery key answers for all of them: lines of an instance that is gone are believed
//! for the line that they lead to, and what was written past it is no part of the log.

use rustine_domain::ids::Hash;
use rustine_domain::log::{Body, Header, Kind};
use rustine_domain::modlog::Tail;
use rustine_store::{DatasetRecord, ModlogAnchorRecord, ModlogRecord, StoreError, Tx};
use serde_json::{Map, Value, json};

use super::copy;
use crate::App;

/// The member of `meta.content`.
const MEMBER: &str = "modlog";

/// The last line that is held; number 0 where there is none.
///
/// # Errors
/// Where the store fails.
pub fn tail(tx: &mut Tx<'_>, dataset: i64) -> Result<Tail, StoreError> {
    Ok(tail_of(tx.last_modlog(dataset)?))
}

/// The same of a line that was read already.
pub(super) fn tail_of(last: Option<ModlogRecord>) -> Tail {
    last.map_or_else(Tail::default, |last| Tail {
        n: last.n.unsigned_abs(),
        hash: Some(last.hash),
    })
}

/// A line, by number and hash, as entries and agreements name it.
pub fn to_json(tail: Tail) -> Value {
    json!({"n": tail.n, "hash": tail.hash})
}

/// Reads what [`to_json`] writes; `None` for anything else.
pub fn read(value: &Value) -> Option<Tail> {
    let n = value["n"].as_u64().filter(|n| i64::try_from(*n).is_ok())?;
    let hash: Option<Hash> = match &value["hash"] {
        Value::Null => None,
        hash => Some(hash.as_str()?.parse().ok()?),
    };
    ((n == 0) == hash.is_none()).then_some(Tail { n, hash })
}

/// The `meta.content` of an entry `move` that is about to be signed.
///
/// # Errors
/// Where the store fails.
pub fn content(tx: &mut Tx<'_>, dataset: i64) -> Result<Map<String, Value>, StoreError> {
    let named = to_json(tail(tx, dataset)?);
    Ok(Map::from_iter([(MEMBER.to_owned(), named)]))
}

/// Takes over what an entry says about the moderation log; called wherever one is signed or applied. A move whose meta
/// was erased says nothing.
///
/// # Errors
/// Where the store fails.
pub fn learn(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    header: &Header,
    body: &Body,
) -> Result<(), StoreError> {
    let moved_to = match &header.kind {
        // A copy that begins anew learns everything again.
        Kind::Genesis { .. } => return tx.delete_modlog_anchor(dataset.id),
        Kind::Move { moved_to, .. } => moved_to,
        _ => return Ok(()),
    };
    let content = body.meta.as_ref().map(|meta| &meta.content);
    let Some(anchor) = content.and_then(|content| read(content.get(MEMBER)?)) else {
        return tx.delete_modlog_anchor(dataset.id);
    };
    tx.put_modlog_anchor(&ModlogAnchorRecord {
        dataset: dataset.id,
        n: anchor.n.cast_signed(),
        hash: anchor.hash,
    })?;
    if !dataset.is_local() {
        // Lines of the former origin can be judged now.
        copy::hinted(tx, dataset.id, app.clock.now())?;
    }
    cut(tx, dataset, anchor, moved_to)
}

/// What the move names, as it is kept.
///
/// # Errors
/// Where the store fails.
pub fn find(tx: &mut Tx<'_>, dataset: i64) -> Result<Option<Tail>, StoreError> {
    let found = tx.find_modlog_anchor(dataset)?;
    Ok(found.map(|found| Tail {
        n: found.n.unsigned_abs(),
        hash: found.hash,
    }))
}

/// Removes the lines that the former origin wrote past the one that the move names: its successor numbers on from there.
fn cut(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    anchor: Tail,
    moved_to: &str,
) -> Result<(), StoreError> {
    let after = anchor.n.cast_signed();
    let held = tx.list_modlog(dataset.id, after, 2)?;
    let named = held.iter().find(|line| line.n == after);
    if named.is_some_and(|named| Some(named.hash) != anchor.hash) {
        tracing::warn!(
            dataset = dataset.name,
            "{} moved with another moderation log than the one that is held here, from line {after} on at the latest",
            dataset.name
        );
        return Ok(());
    }
    let Some(next) = held.iter().find(|line| line.n > after) else {
        return Ok(());
    };
    let document: Value = serde_json::from_str(&next.line).unwrap_or_default();
    // A copy that reads an old move may hold what the new home has written since.
    if document["context"] == moved_to {
        return Ok(());
    }
    let lines = tx.cut_modlog(dataset.id, after)?;
    tracing::warn!(
        dataset = dataset.name,
        lines,
        "{} moved: {lines} moderation lines that its former origin wrote past the move are no part of its log",
        dataset.name
    );
    Ok(())
}
