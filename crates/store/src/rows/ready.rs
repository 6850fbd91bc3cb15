//! A row made ready to be written: packing its cells and making its words takes as long as writing them, and needs
//! no database, so imports do it on a thread of its own.

use std::collections::BTreeMap;

use rustine_domain::ids::{Hash, RowId, Salt};
use rustine_domain::tree::bucket_of;

use super::{NewRow, order_key};
use crate::cells::{Packed, Texts, borrowed};
use crate::search;

/// A row as it is written to the tables of one dataset.
#[derive(Debug, Clone)]
pub struct ReadyRow {
    pub(crate) row_id: RowId,
    pub(crate) order_key: String,
    pub(crate) bucket: i32,
    pub(crate) row_hash: Hash,
    pub(crate) cells: Packed,
    pub(crate) op_salt: Option<Salt>,
    pub(crate) salts: Option<Texts>,
    pub(crate) gone: Option<Texts>,
    pub(crate) place: Option<(f64, f64)>,
    pub(crate) words: String,
}

impl ReadyRow {
    /// A row that was just added by an operation with this salt; the cells come in the order of their names.
    pub fn added<'t>(
        dataset: i64,
        (row_id, row_hash): (RowId, Hash),
        op_salt: Salt,
        cells: impl Iterator<Item = (&'t str, &'t str)> + Clone,
        place: Option<(f64, f64)>,
    ) -> Self {
        let order = cells.clone().find(|(field, _)| *field == "_order");
        Self {
            row_id,
            order_key: order_key(order.map(|(_, key)| key)).to_owned(),
            bucket: i32::from(bucket_of(row_id)),
            row_hash,
            words: search::document(dataset, cells.clone()),
            cells: Packed::of(cells),
            op_salt: Some(op_salt),
            salts: None,
            gone: None,
            place,
        }
    }

    pub(crate) fn of(dataset: i64, row: &NewRow) -> Self {
        Self {
            row_id: row.row_id,
            order_key: row.order_key().to_owned(),
            bucket: i32::from(bucket_of(row.row_id)),
            row_hash: row.row_hash,
            cells: Packed::of(borrowed(&row.cells)),
            op_salt: row.op_salt,
            salts: texts(&row.salts),
            gone: texts(&row.gone),
            place: row.place,
            words: search::document(dataset, borrowed(&row.cells)),
        }
    }
}

/// `None` where there is nothing, which is usual.
fn texts<T: ToString>(map: &BTreeMap<String, T>) -> Option<Texts> {
    (!map.is_empty()).then(|| {
        Texts(
            map.iter()
                .map(|(field, value)| (field.clone(), value.to_string()))
                .collect(),
        )
    })
}
