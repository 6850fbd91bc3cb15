//! Erasing what a redact entry names, wherever a dataset keeps it: rows, bodies and the search index with them
//! (`protocol.md` §3.5).

mod elsewhere;

use std::collections::BTreeSet;

use rustine_domain::ids::{FieldName, RowId};
use rustine_domain::log::{Body, CellState, Op, Redactions, Target, redact};
use rustine_domain::schema::Schema;
use rustine_store::{DatasetRecord, RedactionRecord, StoreError, Tx};

use super::rows::{new_row, row_state};
use super::stored;
use crate::App;
use crate::erasures::{Erasure, ErasureFile};
use elsewhere::Erased;

/// The number that stands for "this instance, by itself" where a redact entry's would.
const WITHHELD: i64 = -1;
/// Set while the files of the database may hold traces of what was erased.
const PURGE_DUE: &str = "purge_due";

/// Erases what `targets` name; `seq` is the redact entry's own number and `known` holds the targets too.
///
/// # Errors
/// Where the store fails.
pub fn obey(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    seq: u64,
    targets: &[Target],
    known: &Redactions,
) -> Result<(), StoreError> {
    erase(app, tx, dataset, number(seq)?, targets, known)
}

/// Erases values of a copy here, without any order of its origin's. They stay erased whatever sources serve.
///
/// # Errors
/// Where the store fails.
pub fn withhold(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    targets: &[Target],
) -> Result<(), StoreError> {
    let known: Redactions = targets.iter().cloned().collect();
    erase(app, tx, dataset, WITHHELD, targets, &known)
}

/// Erases again what `erasures.jsonl` tells of, after an older database was restored.
///
/// # Errors
/// Where the store fails.
pub fn repeat(app: &App, tx: &mut Tx<'_>, erasure: &Erasure) -> Result<(), StoreError> {
    let Some(dataset) = tx.find_dataset_by_uid(erasure.uid)? else {
        return Ok(());
    };
    let targets = erasure.targets();
    match erasure.seq {
        Some(seq) => {
            let known: Redactions = targets.iter().cloned().collect();
            obey(app, tx, &dataset, seq, &targets, &known)
        }
        None => withhold(app, tx, &dataset, &targets),
    }
}

/// Removes the traces that erased values left in the files of the database, where there may be any.
///
/// # Errors
/// Where the store fails; it is due again then.
pub fn purge_due(app: &App) -> Result<bool, StoreError> {
    let due = app.db.read(|tx| tx.find_instance_value(PURGE_DUE))?;
    if due.is_none() {
        return Ok(false);
    }
    // Whatever is erased from here on sets it again.
    app.db.write(|tx| tx.delete_instance_value(PURGE_DUE))?;
    if let Err(error) = app.db.purge_erased() {
        app.db.write(|tx| tx.set_instance_value(PURGE_DUE, "1"))?;
        return Err(error);
    }
    Ok(true)
}

fn erase(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    seq: i64,
    targets: &[Target],
    known: &Redactions,
) -> Result<(), StoreError> {
    let mut erased = Erased::default();
    let mut is_new = false;
    tx.forget_all_corrections(dataset.id)?;
    let mut rows: BTreeSet<RowId> = BTreeSet::new();
    let mut bodies: BTreeSet<i64> = BTreeSet::new();
    for target in targets {
        let record = record(seq, target)?;
        match target {
            Target::Cell {
                seq: first,
                row,
                field,
                cell,
            } => {
                tx.delete_missing_cell(dataset.id, *row, field.as_str(), *cell)?;
                rows.insert(*row);
                erased.fields.entry(*row).or_default().insert(field.clone());
                bodies.insert(i64::try_from(*first).unwrap_or(i64::MAX));
            }
            Target::Meta { seq: of } => {
                let of = number(*of)?;
                tx.delete_missing_meta(dataset.id, of)?;
                // A grant whose meta is erased is ended (`protocol.md` §3.3).
                tx.delete_grants_of_entries(dataset.id, of, of)?;
                tx.delete_reviews_of_entry(dataset.id, of)?;
                bodies.insert(of);
            }
        }
        let was_new = tx.insert_redaction(dataset.id, &record)?;
        // Beyond the head it may turn out that nobody ordered it.
        if !was_new && (0..=dataset.seq).contains(&seq) {
            tx.order_withheld(dataset.id, &record)?;
        }
        is_new |= was_new;
    }
    if is_new {
        write_down(app, dataset, seq, targets)?;
    }
    let document = serde_json::from_str(&dataset.schema).unwrap_or_default();
    let schema = Schema::read(&document).0;
    for row in rows {
        bodies.extend(tx.list_row_changes(dataset.id, row)?);
        let Some(record) = tx.find_row(dataset.id, row)? else {
            continue;
        };
        bodies.insert(record.added_seq);
        let mut state = row_state(&record)?;
        if redact::row(&mut state, dataset.uid, row, known) {
            tx.rewrite_rows(
                dataset.id,
                &[new_row(row, &state, record.row_hash, &schema)],
            )?;
        }
    }
    for of in &bodies {
        erase_body(tx, dataset, *of, known, &mut erased)?;
    }
    erased.bodies = bodies;
    elsewhere::erase(app, tx, dataset, &erased)?;
    tx.set_instance_value(PURGE_DUE, "1")
}

fn number(seq: u64) -> Result<i64, StoreError> {
    i64::try_from(seq).map_err(|_| StoreError::Other("a seq out of range".to_owned()))
}

/// What entry `seq` takes away, as it is kept.
pub(crate) fn record(seq: i64, target: &Target) -> Result<RedactionRecord, StoreError> {
    Ok(match target {
        Target::Cell {
            row, field, cell, ..
        } => RedactionRecord {
            commitment: Some(*cell),
            row_id: Some(*row),
            field: Some(field.to_string()),
            meta_seq: None,
            seq,
        },
        Target::Meta { seq: of } => RedactionRecord {
            commitment: None,
            row_id: None,
            field: None,
            meta_seq: Some(number(*of)?),
            seq,
        },
    })
}

/// Beside the database, and before it: an erasure that is written down and not committed does no harm.
fn write_down(
    app: &App,
    dataset: &DatasetRecord,
    seq: i64,
    targets: &[Target],
) -> Result<(), StoreError> {
    let Some(file) = &app.erasures else {
        return Ok(());
    };
    let erasure = Erasure::of(dataset.uid, u64::try_from(seq).ok(), targets);
    file.append(&erasure).map_err(|error| {
        StoreError::Other(format!("{} cannot be written: {error}", ErasureFile::NAME))
    })
}

fn erase_body(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    seq: i64,
    known: &Redactions,
    erased: &mut Erased,
) -> Result<(), StoreError> {
    let Some((header, mut body)) = stored::entry(tx, dataset.id, seq)? else {
        return Ok(());
    };
    let before = openings(&body);
    if redact::body(&mut body, dataset.uid, header.seq, known) {
        tx.put_body(dataset.id, seq, &body.to_text())?;
        let after = openings(&body);
        erased.values.extend(before.difference(&after).cloned());
    }
    Ok(())
}

/// The values that a body holds.
fn openings(body: &Body) -> BTreeSet<(RowId, FieldName, String)> {
    let mut held = BTreeSet::new();
    for op in &body.ops {
        match op {
            Op::Set {
                row,
                field,
                new: Some(new),
                ..
            } => held.extend(
                new.opening
                    .iter()
                    .map(|(_, value)| (*row, field.clone(), value.clone())),
            ),
            Op::Add { row, state, .. } => {
                held.extend(state.cells.iter().filter_map(|(field, cell)| match cell {
                    CellState::Held { value, .. } => Some((*row, field.clone(), value.clone())),
                    CellState::Gone { .. } => None,
                }));
            }
            Op::Set { new: None, .. } | Op::Del { .. } => {}
        }
    }
    held
}
