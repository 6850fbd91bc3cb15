//! The current rows of the datasets. Start at [`RowRecord`]; pages are in `query`, changes in `write`, and walks
//! over all rows in `scan`.

mod asked;
mod cursor;
mod grouped;
mod order;
mod query;
mod ready;
mod scan;
mod touched;
mod write;

use std::collections::BTreeMap;

use diesel::prelude::*;
use rustine_domain::ids::{FieldName, Hash, RowId, Salt};

pub use asked::{Bound, Filter, MOST_ROWS, RowQuery, Sort};
pub use cursor::{Cursor, InvalidCursor};
pub use grouped::{Cluster, Grid, ValueCount};
pub use query::RowPage;
pub use ready::ReadyRow;
pub use touched::Touched;
pub use write::RowChange;

use crate::StoreError;
use crate::cells::Texts;
use crate::schema::rows;
use crate::tx::{Tx, each};

/// Sorts after every order key, which are made of digits and letters: rows without `_order` stand last.
const NO_ORDER: &str = "~";

/// What is written of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRow {
    /// Its id.
    pub row_id: RowId,
    /// The commitment of the whole row.
    pub row_hash: Hash,
    /// Values by field, fields of ours included.
    pub cells: BTreeMap<String, String>,
    /// The salt of the `add`; `None` once a cell that derived from it was erased.
    pub op_salt: Option<Salt>,
    /// Salts that do not derive from `op_salt`: of later sets, or of all cells.
    pub salts: BTreeMap<String, Salt>,
    /// Commitments of erased cells.
    pub gone: BTreeMap<String, Hash>,
    /// Degrees north and east, where the schema has a place and the cells can be read.
    pub place: Option<(f64, f64)>,
}

/// A row as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct RowRecord {
    /// The store's own number, in the order in which rows came.
    pub id: i64,
    /// What the row holds.
    pub row: NewRow,
    /// `_order` where it is well-formed, else `~`.
    pub order_key: String,
    /// The number of its bucket in the state tree.
    pub bucket: u16,
    /// The entry that added it.
    pub added_seq: i64,
}

impl std::ops::Deref for RowRecord {
    type Target = NewRow;
    fn deref(&self) -> &NewRow {
        &self.row
    }
}

impl NewRow {
    /// The key that orders rows: `_order` where it is well-formed (`protocol.md` §3.1), else `~`.
    pub fn order_key(&self) -> &str {
        order_key(self.cells.get("_order").map(String::as_str))
    }
}

fn order_key(order: Option<&str>) -> &str {
    order
        .filter(|key| rustine_domain::order::is_key(key))
        .unwrap_or(NO_ORDER)
}

/// A row as the engines give it.
#[derive(Queryable, QueryableByName, Selectable)]
#[diesel(table_name = rows)]
pub(crate) struct RawRow {
    pub id: i64,
    pub row_id: Vec<u8>,
    pub order_key: String,
    pub bucket: i32,
    pub row_hash: Vec<u8>,
    pub cells: Texts,
    pub op_salt: Option<Vec<u8>>,
    pub salts: Option<Texts>,
    pub gone: Option<Texts>,
    pub added_seq: i64,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
}

/// The columns of [`RawRow`], for queries built as text.
pub(crate) const ROW_COLUMNS: &str = "rows.id, rows.row_id, rows.order_key, rows.bucket, rows.row_hash, rows.cells, \
     rows.op_salt, rows.salts, rows.gone, rows.added_seq, rows.lat, rows.lon";

fn corrupt(what: &str) -> StoreError {
    StoreError::Other(format!("a row holds no {what}"))
}

/// Salts and commitments stand in the column in their text form.
fn parsed<T: std::str::FromStr>(
    texts: Option<Texts>,
    what: &str,
) -> Result<BTreeMap<String, T>, StoreError> {
    texts
        .map(|texts| texts.0)
        .unwrap_or_default()
        .into_iter()
        .map(|(field, text)| Ok((field, text.parse().map_err(|_| corrupt(what))?)))
        .collect()
}

impl RawRow {
    pub(crate) fn read(self) -> Result<RowRecord, StoreError> {
        let op_salt = match self.op_salt {
            Some(bytes) => Some(Salt::from_bytes(&bytes).ok_or_else(|| corrupt("salt"))?),
            None => None,
        };
        Ok(RowRecord {
            id: self.id,
            row: NewRow {
                row_id: RowId::from_bytes(&self.row_id).ok_or_else(|| corrupt("row id"))?,
                row_hash: Hash::from_bytes(&self.row_hash).ok_or_else(|| corrupt("hash"))?,
                cells: self.cells.0,
                op_salt,
                salts: parsed(self.salts, "salt")?,
                gone: parsed(self.gone, "commitment")?,
                place: self.lat.zip(self.lon),
            },
            order_key: self.order_key,
            bucket: u16::try_from(self.bucket).map_err(|_| corrupt("bucket"))?,
            added_seq: self.added_seq,
        })
    }
}

impl Tx<'_> {
    /// A row by its id.
    pub fn find_row(
        &mut self,
        dataset: i64,
        row_id: RowId,
    ) -> Result<Option<RowRecord>, StoreError> {
        Ok(self.find_rows(dataset, &[row_id])?.pop())
    }

    /// The rows among some ids that exist, in no particular order.
    pub fn find_rows(
        &mut self,
        dataset: i64,
        row_ids: &[RowId],
    ) -> Result<Vec<RowRecord>, StoreError> {
        crate::dialect::load_rows(self, dataset, row_ids)?
            .into_iter()
            .map(RawRow::read)
            .collect()
    }

    /// The greatest well-formed `_order` in a dataset, after which a new row goes.
    pub fn last_order_key(&mut self, dataset: i64) -> Result<Option<String>, StoreError> {
        each!(self, |c| rows::table
            .filter(rows::dataset.eq(dataset).and(rows::order_key.lt(NO_ORDER)))
            .order(rows::order_key.desc())
            .select(rows::order_key)
            .first(c)
            .optional())
    }

    /// Ids of rows that hold all these values, compared without case (NFC), at most `limit` of them. The search
    /// index gives the candidates, so that this needs no index of its own.
    pub fn find_rows_by_values(
        &mut self,
        dataset: i64,
        values: &[(FieldName, String)],
        limit: usize,
    ) -> Result<Vec<RowId>, StoreError> {
        query::rows_by_values(self, dataset, values, limit)
    }
}
