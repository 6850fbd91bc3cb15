//! A moderator undoes an accepted proposal: a new proposal restores what stood before, and is accepted by the same rules
//! as any other. Where somebody changed the same cells since, nothing is undone.

use std::collections::{BTreeMap, BTreeSet};

use rustine_domain::digest::OfferedOp;
use rustine_domain::ids::{FieldName, Hash, PatchId, RowId};
use rustine_domain::log::{RowState, Rows as _};
use rustine_store::{CareRecord, DatasetRecord, PatchRecord, StoreError, Tx};

use super::decide::{DecideError, Decided, Decision, decide_in, may, status_of};
use super::propose::fresh;
use super::{IN, propose};
use crate::App;
use crate::accounts::{Person, roles};
use crate::log::append::schema_of;
use crate::log::before::{self, RowOp};
use crate::log::rows::DatasetRows;
use crate::modlog::{self, By, Line};

/// Why nothing was undone.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// It was never applied here.
    #[error("this proposal was not applied here, so there is nothing to undo")]
    NotApplied,
    /// Somebody undid it before.
    #[error("this proposal was undone already, by the proposal {0}")]
    Already(PatchId),
    /// A later entry touched what it had changed.
    #[error(
        "what this proposal changed was changed again since: correct the row instead of undoing the proposal"
    )]
    ChangedSince,
    /// What stood before is erased, or not held here.
    #[error("what stood before is no longer held here, so it cannot be restored")]
    Gone,
    /// The reason is too long.
    #[error(
        "the summary may have at most {} characters",
        propose::SUMMARY_CHARACTERS
    )]
    TooLong,
    /// What stood before breaks the rules of today, or may not be decided.
    #[error(transparent)]
    Decide(#[from] DecideError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Restores what stood before a proposal; everything in one transaction.
///
/// # Errors
/// [`UndoError`]; nothing changed then.
pub fn undo(
    app: &App,
    id: PatchId,
    by: &Person,
    summary: Option<&str>,
) -> Result<Decided, UndoError> {
    let summary = summary.map(str::trim).filter(|text| !text.is_empty());
    if summary.is_some_and(|text| text.chars().count() > propose::SUMMARY_CHARACTERS) {
        return Err(UndoError::TooLong);
    }
    app.db.write(|tx| {
        let patch = tx.find_patch(id)?.ok_or(DecideError::Unknown(id))?;
        let dataset = tx.load_dataset(patch.dataset)?;
        if !may(app, tx, by, &dataset)? {
            return Err(DecideError::NotAllowed(by.name.clone()).into());
        }
        let seq = patch.result_seq.filter(|_| is_applied(&patch));
        let seq = seq.ok_or(UndoError::NotApplied)?;
        if let Some(other) = tx.find_undoing(id)? {
            return Err(UndoError::Already(other));
        }
        tx.lock_dataset(patch.dataset)?;
        let dataset = tx.load_dataset(patch.dataset)?;
        let ops = restoring(tx, &dataset, &patch, seq)?;
        let restores = PatchRecord {
            proposer: Some(app.url(&format!("/users/{}", by.name))),
            summary: summary.map(str::to_owned),
            ..fresh(app, &dataset, &ops)
        };
        tx.insert_patch(&restores)?;
        tx.put_care(&CareRecord {
            undoes: Some(id),
            ..CareRecord::none(restores.id)
        })?;
        let decided = decide_in(app, tx, restores.id, by, &Decision::Accept)?
            .map_err(|_| UndoError::ChangedSince)?;
        let after = tx.load_dataset(patch.dataset)?;
        let line = Line::Undone {
            entry: (after.seq.unsigned_abs(), after.entry),
        };
        let role = roles::role_on(app, tx, by, after.id)?;
        modlog::write(app, tx, &after, &By::here(role), line)?;
        Ok(decided)
    })
}

fn is_applied(patch: &PatchRecord) -> bool {
    patch.direction == IN && status_of(patch).is_applied()
}

/// The operations that take an entry back, on the rows as they stand.
fn restoring(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    patch: &PatchRecord,
    seq: i64,
) -> Result<Vec<OfferedOp>, UndoError> {
    let schema = schema_of(dataset).map_err(DecideError::from)?;
    let known: BTreeSet<&str> = schema
        .fields
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    let added = tx.find_care(patch.id)?.added.unwrap_or_default();
    let added: BTreeMap<String, i64> = serde_json::from_str(&added).unwrap_or_default();
    let done = before::ops_of(tx, dataset.id, seq)?.ok_or(UndoError::Gone)?;
    let mut ops = Vec::with_capacity(done.len());
    for op in &done {
        let row: RowId = op.row.parse().map_err(|_| UndoError::Gone)?;
        match op.op.as_str() {
            "set" => ops.extend(set_back(tx, dataset, seq, row, op)?),
            "add" => ops.push(take_away(tx, dataset, row)?),
            _ => {
                let since = *added.get(&op.row).ok_or(UndoError::Gone)?;
                let held = before::cells_before(tx, dataset.id, row, since, seq)?;
                let mut cells = BTreeMap::new();
                for (field, text) in held.ok_or(UndoError::Gone)? {
                    // The place in the owner's order is given anew; a field that is no more cannot be restored.
                    if known.contains(field.as_str()) {
                        let field = field.parse().map_err(|_| UndoError::Gone)?;
                        cells.insert(field, text.ok_or(UndoError::Gone)?);
                    }
                }
                let label = format!("_:{}", ops.len() + 1);
                ops.push(OfferedOp::Add { label, cells });
            }
        }
    }
    if ops.is_empty() {
        return Err(UndoError::NotApplied);
    }
    Ok(ops)
}

fn state(tx: &mut Tx<'_>, dataset: &DatasetRecord, row: RowId) -> Result<RowState, UndoError> {
    let mut rows = DatasetRows {
        tx,
        dataset: dataset.id,
    };
    rows.row(row)?.ok_or(UndoError::ChangedSince)
}

fn set_back(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    seq: i64,
    row: RowId,
    op: &RowOp,
) -> Result<Option<OfferedOp>, UndoError> {
    let name = op.field.as_deref().ok_or(UndoError::Gone)?;
    let field: FieldName = name.parse().map_err(|_| UndoError::Gone)?;
    let now = state(tx, dataset, row)?.commitment(dataset.uid, row, &field);
    if now.map(|hash: Hash| hash.to_string()) != op.new {
        return Err(UndoError::ChangedSince);
    }
    let record = tx.find_row(dataset.id, row)?;
    let added = record.ok_or(UndoError::ChangedSince)?.added_seq;
    let mut held = before::cells_before(tx, dataset.id, row, added, seq)?.ok_or(UndoError::Gone)?;
    let value = match held.remove(name) {
        None => None,
        Some(text) => Some(text.ok_or(UndoError::Gone)?),
    };
    Ok(Some(OfferedOp::Set {
        row,
        field,
        base: now,
        value,
    }))
}

/// A row that the entry added goes, unless somebody worked on it since.
fn take_away(tx: &mut Tx<'_>, dataset: &DatasetRecord, row: RowId) -> Result<OfferedOp, UndoError> {
    let row_base = state(tx, dataset, row)?.hash(dataset.uid, row);
    if !tx.list_row_changes(dataset.id, row)?.is_empty() {
        return Err(UndoError::ChangedSince);
    }
    Ok(OfferedOp::Del { row, row_base })
}

/// Remembers which entries had added the rows that a proposal deletes: their history is found by that.
pub(super) fn remember_deleted(
    tx: &mut Tx<'_>,
    dataset: i64,
    patch: PatchId,
    ops: &[OfferedOp],
) -> Result<(), StoreError> {
    let deleted: Vec<RowId> = ops
        .iter()
        .filter_map(|op| match op {
            OfferedOp::Del { row, .. } => Some(*row),
            _ => None,
        })
        .collect();
    if deleted.is_empty() {
        return Ok(());
    }
    let rows = tx.find_rows(dataset, &deleted)?;
    let added: BTreeMap<String, i64> = rows
        .iter()
        .map(|row| (row.row_id.to_string(), row.added_seq))
        .collect();
    let mut care = tx.find_care(patch)?;
    care.added = serde_json::to_string(&added).ok();
    tx.put_care(&care)
}

#[cfg(test)]
mod tests;
