//! Values that a body lacked although nobody ordered them erased: which they are, and taking them from another
//! source (`protocol.md` §3.4).

use std::collections::{BTreeMap, BTreeSet};

use rustine_domain::ids::{RowId, Salt};
use rustine_domain::log::apply::check_detached;
use rustine_domain::log::{
    Body, CellState, Header, Kind, Line, Missing, Op, Opened, Redactions, complete,
};
use rustine_domain::schema::Schema;
use rustine_store::{DatasetRecord, MissingRecord, StoreError, Tx};

use super::apply::{ApplyError, known_redactions, readable_schema};
use crate::App;
use crate::log::learn::learn;
use crate::log::rows::{new_row, row_state};
use crate::log::stored;

/// What another source's copy of an entry gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filled {
    /// So many values, or a meta (counted as one), are there now.
    Some(usize),
    /// It has nothing that we lack.
    Nothing,
    /// It is another entry than the one we hold at this number.
    OtherEntry,
}

/// Notes what the body of an entry lacks.
pub(super) fn note(
    tx: &mut Tx<'_>,
    dataset: i64,
    seq: i64,
    missing: &[Missing],
) -> Result<(), StoreError> {
    for missing in missing {
        tx.insert_missing(dataset, &record(seq, missing))?;
    }
    Ok(())
}

fn record(seq: i64, missing: &Missing) -> MissingRecord {
    let (row_id, field, commitment) = match missing {
        Missing::Cell { row, field, cell } => (Some(*row), Some(field.to_string()), Some(*cell)),
        Missing::Meta => (None, None, None),
    };
    MissingRecord {
        seq,
        row_id,
        field,
        commitment,
    }
}

/// The entries of a copy whose bodies lack something, lowest first after a given one, at most `limit`.
///
/// # Errors
/// Where the store fails.
pub fn entries(
    app: &App,
    dataset: i64,
    after: Option<u64>,
    limit: i64,
) -> Result<Vec<u64>, StoreError> {
    let after = after.map_or(-1, |seq| i64::try_from(seq).unwrap_or(i64::MAX));
    let seqs = app
        .db
        .read(|tx| tx.list_missing_seqs(dataset, after, limit))?;
    Ok(seqs
        .into_iter()
        .filter_map(|seq| u64::try_from(seq).ok())
        .collect())
}

/// Takes from a line of another source what our body of that entry lacks: into the body, the current row and the
/// search index. What was redacted meanwhile stays erased.
///
/// # Errors
/// [`ApplyError::Refused`] where the line does not hold: its source served a bad byte. Nothing was written.
pub fn fill(app: &App, dataset: i64, line: &Line) -> Result<Filled, ApplyError> {
    app.db.write_alone(|tx| {
        tx.lock_dataset(dataset)?;
        let dataset = tx.find_dataset(dataset)?.ok_or(ApplyError::Removed)?;
        fill_in(app, tx, &dataset, line)
    })
}

fn fill_in(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    line: &Line,
) -> Result<Filled, ApplyError> {
    let Ok(seq) = i64::try_from(line.header.seq) else {
        return Ok(Filled::OtherEntry);
    };
    let lacking = tx.list_missing(dataset.id, seq)?;
    let Some((header, mut ours)) = stored::entry(tx, dataset.id, seq)? else {
        return Ok(Filled::Nothing);
    };
    if header.hash() != line.header.hash() {
        return Ok(Filled::OtherEntry);
    }
    let Some(mut theirs) = line.read_body()?.filter(|_| !lacking.is_empty()) else {
        return Ok(Filled::Nothing);
    };
    let known = known_redactions(tx, dataset.id, seq, &theirs)?;
    check_detached(&line.header, &mut theirs, &known)?;
    let had_meta = ours.meta.is_some();
    let opened = complete(&mut ours, theirs);
    let meta_came = !had_meta && ours.meta.is_some();
    if opened.is_empty() && !meta_came {
        return Ok(Filled::Nothing);
    }
    tx.put_body(dataset.id, seq, &ours.to_text())?;
    fill_rows(tx, dataset, seq, &ours, &opened, &known)?;
    if meta_came {
        learn_late(app, tx, dataset, &header, &ours)?;
    }
    tx.delete_missing(dataset.id, seq)?;
    let opened_here: BTreeSet<_> = opened.iter().map(|it| it.commitment).collect();
    for still in lacking.iter().filter(|lacking| match lacking.commitment {
        Some(cell) => !opened_here.contains(&cell),
        None => !meta_came,
    }) {
        tx.insert_missing(dataset.id, still)?;
    }
    Ok(Filled::Some(opened.len() + usize::from(meta_came)))
}

/// What the meta of an entry says takes effect as if it had been there at once.
fn learn_late(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    header: &Header,
    body: &Body,
) -> Result<(), StoreError> {
    learn(app, tx, dataset, header, body)?;
    if header.kind != Kind::Grant {
        return Ok(());
    }
    // Its end may have been read before it.
    for entry in tx.list_entries_of_kinds(dataset.id, &[Kind::Revoke.name()])? {
        if entry.seq.unsigned_abs() > header.seq
            && let Some((header, body)) = stored::entry(tx, dataset.id, entry.seq)?
        {
            learn(app, tx, dataset, &header, &body)?;
        }
    }
    Ok(())
}

/// Puts values into the current rows that still hold their commitments.
fn fill_rows(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    seq: i64,
    body: &Body,
    opened: &[Opened],
    known: &Redactions,
) -> Result<(), StoreError> {
    let schema: Schema = readable_schema(dataset);
    let mut by_row: BTreeMap<RowId, Vec<&Opened>> = BTreeMap::new();
    for cell in opened {
        by_row.entry(cell.row).or_default().push(cell);
    }
    for (row, cells) in by_row {
        let Some(record) = tx.find_row(dataset.id, row)? else {
            continue;
        };
        let mut state = row_state(&record)?;
        let mut changed = false;
        for cell in cells {
            let gone = CellState::Gone {
                commitment: cell.commitment,
            };
            if state.cells.get(&cell.field) == Some(&gone) {
                let held = CellState::Held {
                    value: cell.value.clone(),
                    salt: cell.salt,
                };
                state.cells.insert(cell.field.clone(), held);
                changed = true;
            }
        }
        // Without its op salt a whole row would be served in the form of one from which something was erased, also where
        // none of the values that came is the current one.
        if state.op_salt.is_none() && !known.names_row(row) {
            state.op_salt = match record.added_seq == seq {
                true => op_salt_of(body, row),
                false => stored::entry(tx, dataset.id, record.added_seq)?
                    .and_then(|(_, body)| op_salt_of(&body, row)),
            };
            changed |= state.op_salt.is_some();
        }
        if !changed {
            continue;
        }
        let row = new_row(row, &state, record.row_hash, &schema);
        tx.rewrite_rows(dataset.id, &[row])?;
    }
    Ok(())
}

fn op_salt_of(body: &Body, wanted: RowId) -> Option<Salt> {
    body.ops.iter().find_map(|op| match op {
        Op::Add { row, state, .. } if *row == wanted => state.op_salt,
        _ => None,
    })
}
