//! Walks over all rows of a dataset in bounded memory: batches by keyset, each one query.

use rustine_domain::ids::RowId;

use super::{ROW_COLUMNS, RawRow, RowRecord};
use crate::StoreError;
use crate::dialect::{Bind, Sql};
use crate::tx::Tx;

/// Rows read together; at 400 bytes of cells this is half a megabyte.
const BATCH: i64 = 500;

impl Tx<'_> {
    /// Hands every row to `visit` in the owner's order, as exports and comparisons need it.
    pub fn each_row_in_order<E: From<StoreError>>(
        &mut self,
        dataset: i64,
        mut visit: impl FnMut(RowRecord) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut after: Option<(String, RowId)> = None;
        loop {
            let batch = self.list_rows_in_order(dataset, after.as_ref(), BATCH)?;
            let Some(last) = batch.last() else {
                return Ok(());
            };
            after = Some((last.order_key.clone(), last.row_id));
            let short = i64::try_from(batch.len()).is_ok_and(|length| length < BATCH);
            for row in batch {
                visit(row)?;
            }
            if short {
                return Ok(());
            }
        }
    }

    /// Hands every row after a place to `visit` by bucket and row id, as snapshots need it.
    pub fn each_row_by_bucket<E: From<StoreError>>(
        &mut self,
        dataset: i64,
        after: Option<(u16, RowId)>,
        mut visit: impl FnMut(RowRecord) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut after = after;
        loop {
            let batch = self.list_rows_by_bucket(dataset, after, BATCH)?;
            let Some(last) = batch.last() else {
                return Ok(());
            };
            after = Some((last.bucket, last.row_id));
            let short = i64::try_from(batch.len()).is_ok_and(|length| length < BATCH);
            for row in batch {
                visit(row)?;
            }
            if short {
                return Ok(());
            }
        }
    }

    /// Rows in the owner's order, after a place.
    pub fn list_rows_in_order(
        &mut self,
        dataset: i64,
        after: Option<&(String, RowId)>,
        limit: i64,
    ) -> Result<Vec<RowRecord>, StoreError> {
        let mut sql = rows_of(dataset);
        if let Some((key, row_id)) = after {
            sql.push(" AND (order_key, row_id) > (")
                .bind(Bind::Text(key.clone()));
            sql.push(", ")
                .bind(Bind::Bytes(row_id.as_bytes().to_vec()))
                .push(")");
        }
        sql.push(format!(" ORDER BY order_key, row_id LIMIT {limit}"));
        sql.load::<RawRow>(self)?
            .into_iter()
            .map(RawRow::read)
            .collect()
    }

    /// Rows by bucket and row id, after a place.
    pub fn list_rows_by_bucket(
        &mut self,
        dataset: i64,
        after: Option<(u16, RowId)>,
        limit: i64,
    ) -> Result<Vec<RowRecord>, StoreError> {
        let mut sql = rows_of(dataset);
        if let Some((bucket, row_id)) = after {
            sql.push(" AND (bucket, row_id) > (")
                .bind(Bind::Integer(i64::from(bucket)));
            sql.push(", ")
                .bind(Bind::Bytes(row_id.as_bytes().to_vec()))
                .push(")");
        }
        sql.push(format!(" ORDER BY bucket, row_id LIMIT {limit}"));
        sql.load::<RawRow>(self)?
            .into_iter()
            .map(RawRow::read)
            .collect()
    }
}

fn rows_of(dataset: i64) -> Sql {
    let mut sql = Sql::new(format!("SELECT {ROW_COLUMNS} FROM rows WHERE dataset = "));
    sql.bind(Bind::Integer(dataset));
    sql
}
