//! Erasing what a redact entry names, wherever a dataset keeps it: rows, bodies and the search index with them
//! (`protocol.md` §3.5).

use std::collections::BTreeSet;

use rustine_domain::ids::RowId;
use rustine_domain::log::Target;
use rustine_domain::log::{Body, Redactions, redact};
use rustine_domain::schema::Schema;
use rustine_store::{DatasetRecord, RedactionRecord, StoreError, Tx};

use super::rows::{new_row, row_state};
use crate::replicas::apply::stored_header;

/// Erases what `targets` name; `seq` is the redact entry's own number and `known` holds the targets too.
///
/// # Errors
/// Where the store fails.
pub fn obey(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    seq: u64,
    targets: &[Target],
    known: &Redactions,
) -> Result<(), StoreError> {
    let seq = i64::try_from(seq).map_err(|_| StoreError::Other("a seq out of range".to_owned()))?;
    let mut rows: BTreeSet<RowId> = BTreeSet::new();
    let mut bodies: BTreeSet<i64> = BTreeSet::new();
    for target in targets {
        let record = match target {
            Target::Cell {
                seq: first,
                row,
                field,
                cell,
            } => {
                tx.delete_missing_cell(dataset.id, *row, field.as_str(), *cell)?;
                rows.insert(*row);
                bodies.insert(i64::try_from(*first).unwrap_or(i64::MAX));
                RedactionRecord {
                    commitment: Some(*cell),
                    row_id: Some(*row),
                    field: Some(field.to_string()),
                    meta_seq: None,
                    seq,
                }
            }
            Target::Meta { seq: of } => {
                let of = i64::try_from(*of)
                    .map_err(|_| StoreError::Other("a seq out of range".to_owned()))?;
                tx.delete_missing_meta(dataset.id, of)?;
                bodies.insert(of);
                RedactionRecord {
                    commitment: None,
                    row_id: None,
                    field: None,
                    meta_seq: Some(of),
                    seq,
                }
            }
        };
        tx.insert_redaction(dataset.id, &record)?;
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
    for of in bodies {
        erase_body(tx, dataset, of, known)?;
    }
    Ok(())
}

fn erase_body(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    seq: i64,
    known: &Redactions,
) -> Result<(), StoreError> {
    let (Some(entry), Some(text)) = (
        tx.find_entry(dataset.id, seq)?,
        tx.find_body(dataset.id, seq)?,
    ) else {
        return Ok(());
    };
    let damaged = |error: &dyn std::fmt::Display| {
        StoreError::Other(format!("the stored body {seq} is damaged: {error}"))
    };
    let header = stored_header(&entry)?;
    let value = rustine_domain::json::parse(text.as_bytes()).map_err(|error| damaged(&error))?;
    let mut body = Body::parse(&value, &header.kind).map_err(|refusal| damaged(&refusal))?;
    if redact::body(&mut body, dataset.uid, header.seq, known) {
        tx.put_body(dataset.id, seq, &body.to_text())?;
    }
    Ok(())
}
