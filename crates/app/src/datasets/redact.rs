//! Erasing values: a dataset of ours orders it for every copy, a copy withholds by itself (`protocol.md` §3.5).

use std::collections::{BTreeMap, BTreeSet};

use rustine_domain::ids::{DatasetAddress, FieldName, Hash, RowId};
use rustine_domain::log::{EntryDraft, Kind, Meta, Op, Redactions, Target};
use rustine_store::{DatasetRecord, StoreError, Tx};
use serde_json::Map;

use super::{UnknownDataset, find};
use crate::App;
use crate::log::append::{AppendError, append};
use crate::log::{obey, stored};
use crate::modlog::{self, By, Line};

/// Targets of one redact entry: each has some 200 bytes, and a header at most 64 KiB.
const TARGETS_PER_ENTRY: usize = 200;
/// Entries read at a time where a deleted row is looked for.
const PAGE: i64 = 200;

/// What is to be erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Every value that a row ever had.
    Row(RowId),
    /// Every value that a cell ever had.
    Cell(RowId, FieldName),
    /// The meta of an entry: who proposed and decided it, and what they said.
    Meta(u64),
}

/// What was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted {
    /// The entries that order it; none where a copy withholds by itself.
    pub seqs: Vec<u64>,
    /// Commitments that were named.
    pub cells: usize,
    /// Metas that were named.
    pub metas: usize,
}

/// Why nothing was erased.
#[derive(Debug, thiserror::Error)]
pub enum RedactError {
    /// No such dataset here.
    #[error(transparent)]
    Dataset(#[from] UnknownDataset),
    /// The log never had the row, or the field in it.
    #[error("the log never held a value for {0}: nothing was erased")]
    NoValue(String),
    /// The log has no such entry.
    #[error("the log has no entry {0} before its end: nothing was erased")]
    NoEntry(u64),
    /// Everything was erased before.
    #[error("all of it was erased before")]
    Already,
    /// The entry was not written.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Erases on this node, and on every copy where the dataset is ours. `reason` is published with the entry.
///
/// # Errors
/// [`RedactError`]; nothing was erased.
pub fn redact(
    app: &App,
    address: &DatasetAddress,
    what: &What,
    reason: &str,
) -> Result<Redacted, RedactError> {
    app.db.write_alone(|tx| {
        let mut dataset = find(app, tx, address)?;
        tx.lock_dataset(dataset.id)?;
        dataset = tx.load_dataset(dataset.id)?;
        let targets = targets(tx, &dataset, what)?;
        let cells = targets
            .iter()
            .filter(|target| matches!(target, Target::Cell { .. }))
            .count();
        let mut redacted = Redacted {
            seqs: Vec::new(),
            cells,
            metas: targets.len() - cells,
        };
        if !dataset.is_local() {
            obey::withhold(app, tx, &dataset, &targets)?;
            return Ok(redacted);
        }
        for targets in targets.chunks(TARGETS_PER_ENTRY) {
            let mut content = Map::new();
            content.insert("reason".to_owned(), reason.into());
            let meta = Meta {
                salt: app.entropy.salt(),
                content,
            };
            let kind = Kind::Redact(targets.to_vec());
            let appended = append(app, tx, &mut dataset, EntryDraft::new(kind, meta))?;
            let known: Redactions = targets.iter().cloned().collect();
            obey::obey(app, tx, &dataset, appended.seq, targets, &known)?;
            let line = Line::Redacted {
                values: targets.len() as u64,
                entry: (appended.seq, appended.entry),
            };
            modlog::write(app, tx, &dataset, &By::operator(), line)?;
            redacted.seqs.push(appended.seq);
        }
        Ok(redacted)
    })
}

fn targets(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    what: &What,
) -> Result<Vec<Target>, RedactError> {
    let (row, field) = match what {
        What::Meta(seq) => return meta(tx, dataset, *seq),
        What::Row(row) => (*row, None),
        What::Cell(row, field) => (*row, Some(field)),
    };
    let all = commitments(tx, dataset, row, field)?;
    if all.is_empty() {
        let of = field.map_or_else(|| row.to_string(), |field| format!("{field} of {row}"));
        return Err(RedactError::NoValue(of));
    }
    let erased: BTreeSet<Hash> = tx
        .list_redactions_of(dataset.id, &[row], -1)?
        .into_iter()
        .filter(|record| record.seq >= 0 || !dataset.is_local())
        .filter_map(|record| record.commitment)
        .collect();
    let targets: Vec<Target> = all
        .into_iter()
        .filter(|((_, cell), _)| !erased.contains(cell))
        .map(|((field, cell), seq)| Target::Cell {
            seq,
            row,
            field,
            cell,
        })
        .collect();
    match targets.is_empty() {
        true => Err(RedactError::Already),
        false => Ok(targets),
    }
}

fn meta(tx: &mut Tx<'_>, dataset: &DatasetRecord, seq: u64) -> Result<Vec<Target>, RedactError> {
    let of = i64::try_from(seq).map_err(|_| RedactError::NoEntry(seq))?;
    if tx.find_entry(dataset.id, of)?.is_none() {
        return Err(RedactError::NoEntry(seq));
    }
    let known = tx.list_redactions_of(dataset.id, &[], of)?;
    if known.iter().any(|record| record.meta_seq == Some(of)) {
        return Err(RedactError::Already);
    }
    Ok(vec![Target::Meta { seq }])
}

/// Every commitment that the log ever held for a row, or for one of its cells, with the entry that held it first.
fn commitments(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    row: RowId,
    wanted: Option<&FieldName>,
) -> Result<BTreeMap<(FieldName, Hash), u64>, StoreError> {
    let mut found = BTreeMap::new();
    for seq in entries_of(tx, dataset, row)? {
        let Some((header, body)) = stored::entry(tx, dataset.id, seq)? else {
            continue;
        };
        for op in body.ops.iter().filter(|op| op.row() == row) {
            let cells: Vec<(FieldName, Hash)> = match op {
                Op::Set {
                    field,
                    new: Some(new),
                    ..
                } => vec![(field.clone(), new.commitment)],
                Op::Add { state, .. } => state.commitments(dataset.uid, row).into_iter().collect(),
                Op::Set { new: None, .. } | Op::Del { .. } => Vec::new(),
            };
            for cell in cells {
                if wanted.is_none_or(|wanted| *wanted == cell.0) {
                    found.entry(cell).or_insert(header.seq);
                }
            }
        }
    }
    Ok(found)
}

/// The entries that touched a row, in order. Of a deleted row it is not kept which entry added it.
fn entries_of(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    row: RowId,
) -> Result<BTreeSet<i64>, StoreError> {
    let mut seqs: BTreeSet<i64> = tx.list_row_changes(dataset.id, row)?.into_iter().collect();
    if let Some(record) = tx.find_row(dataset.id, row)? {
        seqs.insert(record.added_seq);
        return Ok(seqs);
    }
    let id = row.to_string();
    let mut from = 0;
    loop {
        let page = tx.list_bodies(dataset.id, from, PAGE)?;
        let Some((last, _)) = page.last() else {
            return Ok(seqs);
        };
        from = last + 1;
        let named = page.iter().filter(|(_, body)| body.contains(&id));
        seqs.extend(named.map(|(seq, _)| *seq));
    }
}
