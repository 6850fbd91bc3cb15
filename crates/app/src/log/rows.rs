//! The rows and the state tree of one dataset, lent to the rules of `domain` inside a transaction.

use std::collections::BTreeMap;

use rustine_domain::ids::{DatasetUid, FieldName, Hash, RowId};
use rustine_domain::log::row::RowParts;
use rustine_domain::log::{Change, RowState, Rows};
use rustine_domain::schema::Schema;
use rustine_store::{NewRow, RowChange, RowRecord, StoreError, Tx};

use super::place::place_of;

/// The rows of one dataset, read through a transaction.
pub struct DatasetRows<'a, 't> {
    /// The transaction.
    pub tx: &'a mut Tx<'t>,
    /// The store's number of the dataset.
    pub dataset: i64,
}

impl Rows for DatasetRows<'_, '_> {
    type Error = StoreError;

    fn row(&mut self, row: RowId) -> Result<Option<RowState>, StoreError> {
        self.tx
            .find_row(self.dataset, row)?
            .map(|record| row_state(&record))
            .transpose()
    }

    fn rows(&mut self, rows: &[RowId]) -> Result<Vec<Option<RowState>>, StoreError> {
        let found = self.tx.find_rows(self.dataset, rows)?;
        let mut by_id: std::collections::HashMap<RowId, RowState> =
            std::collections::HashMap::with_capacity(found.len());
        for record in &found {
            by_id.insert(record.row_id, row_state(record)?);
        }
        Ok(rows.iter().map(|row| by_id.remove(row)).collect())
    }
}

/// A stored row as the rules see it.
///
/// # Errors
/// Where the stored parts do not fit together, which only damage can cause.
pub fn row_state(record: &RowRecord) -> Result<RowState, StoreError> {
    let parts = RowParts {
        cells: named(record.cells.clone())?,
        op_salt: record.op_salt,
        salts: named(record.salts.clone())?,
        gone: named(record.gone.clone())?,
    };
    RowState::from_parts(parts)
        .map_err(|refusal| StoreError::Other(format!("row {}: {refusal}", record.row_id)))
}

fn named<T>(map: BTreeMap<String, T>) -> Result<BTreeMap<FieldName, T>, StoreError> {
    map.into_iter()
        .map(|(field, value)| {
            let field = field
                .parse()
                .map_err(|error| StoreError::Other(format!("a stored row: {error}")))?;
            Ok((field, value))
        })
        .collect()
}

/// What is written of a row after a change.
pub fn new_row(row: RowId, state: &RowState, hash: Hash, schema: &Schema) -> NewRow {
    let parts = state.parts();
    let texts = |map: BTreeMap<FieldName, String>| -> BTreeMap<String, String> {
        map.into_iter()
            .map(|(field, value)| (field.to_string(), value))
            .collect()
    };
    let place = place_of(schema, |field| state.value(field));
    NewRow {
        row_id: row,
        row_hash: hash,
        cells: texts(parts.cells),
        op_salt: parts.op_salt,
        salts: parts
            .salts
            .into_iter()
            .map(|(field, salt)| (field.to_string(), salt))
            .collect(),
        gone: parts
            .gone
            .into_iter()
            .map(|(field, hash)| (field.to_string(), hash))
            .collect(),
        place,
    }
}

/// Writes what an entry did to rows. An entry of adds alone takes the store's fast way.
///
/// # Errors
/// Where the store fails.
pub fn write_changes(
    tx: &mut Tx<'_>,
    dataset: i64,
    uid: DatasetUid,
    seq: i64,
    changes: &[Change],
    schema: &Schema,
) -> Result<(), StoreError> {
    let put = |change: &Change| {
        let state = change.after.as_ref()?;
        let hash = change.hash.unwrap_or_else(|| state.hash(uid, change.row));
        Some(new_row(change.row, state, hash, schema))
    };
    if changes
        .iter()
        .all(|change| !change.existed && change.after.is_some())
    {
        let rows: Vec<NewRow> = changes.iter().filter_map(put).collect();
        return tx.insert_rows(dataset, seq, &rows);
    }
    let changes: Vec<RowChange> = changes
        .iter()
        .map(|change| put(change).map_or(RowChange::Delete(change.row), RowChange::Put))
        .collect();
    tx.apply_rows(dataset, seq, &changes)
}
