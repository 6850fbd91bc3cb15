//! What a row held before an entry, read back from the bodies of the log.

use std::collections::BTreeMap;

use rustine_domain::ids::RowId;
use rustine_store::{StoreError, Tx};
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    ops: Vec<&'a RawValue>,
}

/// An operation as it stands in a body, whole or redacted (`protocol.md` §3.4).
#[derive(Debug, Clone, Deserialize)]
pub struct RowOp {
    /// `set`, `add` or `del`.
    pub op: String,
    /// The row.
    pub row: String,
    /// The field of a `set`.
    pub field: Option<String>,
    /// The commitment after a `set`; none where it took the cell away.
    pub new: Option<String>,
    value: Option<String>,
    #[serde(default)]
    cells: BTreeMap<String, String>,
    #[serde(default)]
    gone: BTreeMap<String, String>,
}

/// The operations of an entry; `None` where its body is not held.
///
/// # Errors
/// Where the store fails.
pub fn ops_of(tx: &mut Tx<'_>, dataset: i64, seq: i64) -> Result<Option<Vec<RowOp>>, StoreError> {
    read(tx, dataset, seq, "")
}

/// The operations whose text holds a word: a body may have 10,000.
fn read(
    tx: &mut Tx<'_>,
    dataset: i64,
    seq: i64,
    word: &str,
) -> Result<Option<Vec<RowOp>>, StoreError> {
    let Some(text) = tx.find_body(dataset, seq)? else {
        return Ok(None);
    };
    let Ok(body) = serde_json::from_str::<Body>(&text) else {
        return Ok(None);
    };
    let ops = body.ops.into_iter().filter(|op| op.get().contains(word));
    Ok(ops.map(|op| serde_json::from_str(op.get()).ok()).collect())
}

/// The cells of a row as they stood before the entry `seq`, where the entry `added` brought it; a value that was
/// erased is `None`. No map at all where something between the two is not held here.
///
/// # Errors
/// Where the store fails.
pub fn cells_before(
    tx: &mut Tx<'_>,
    dataset: i64,
    row: RowId,
    added: i64,
    seq: i64,
) -> Result<Option<BTreeMap<String, Option<String>>>, StoreError> {
    let mut seqs = tx.list_row_changes(dataset, row)?;
    seqs.push(added);
    seqs.retain(|known| *known < seq);
    seqs.sort_unstable();
    seqs.dedup();
    let word = row.to_string();
    let mut cells = BTreeMap::new();
    for seq in seqs {
        let Some(ops) = read(tx, dataset, seq, &word)? else {
            return Ok(None);
        };
        for op in ops.into_iter().filter(|op| op.row == word) {
            follow(op, &mut cells);
        }
    }
    Ok(Some(cells))
}

fn follow(op: RowOp, cells: &mut BTreeMap<String, Option<String>>) {
    match (op.op.as_str(), op.field) {
        ("add", _) => {
            let held = op
                .cells
                .into_iter()
                .map(|(field, text)| (field, Some(text)));
            *cells = held
                .chain(op.gone.into_keys().map(|field| (field, None)))
                .collect();
        }
        ("set", Some(field)) if op.new.is_some() => {
            cells.insert(field, op.value);
        }
        ("set", Some(field)) => {
            cells.remove(&field);
        }
        _ => {}
    }
}
