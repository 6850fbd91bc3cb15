//! The rows of a dataset as `domain::check` asks for them.

use std::collections::BTreeSet;

use rustine_domain::check::CurrentRows;
use rustine_domain::ids::{FieldName, RowId};
use rustine_domain::log::{RowState, Rows};
use rustine_store::StoreError;

use crate::log::rows::DatasetRows;

/// How many rows with a key are looked at beside the excepted ones. A log may hold duplicates from an import.
const CANDIDATES: usize = 16;

/// The rows of one dataset, with the question who holds a key.
pub struct CurrentDataset<'a, 't>(pub DatasetRows<'a, 't>);

impl Rows for CurrentDataset<'_, '_> {
    type Error = StoreError;

    fn row(&mut self, row: RowId) -> Result<Option<RowState>, StoreError> {
        self.0.row(row)
    }

    fn rows(&mut self, rows: &[RowId]) -> Result<Vec<Option<RowState>>, StoreError> {
        self.0.rows(rows)
    }
}

impl CurrentRows for CurrentDataset<'_, '_> {
    fn taken(
        &mut self,
        fields: &[FieldName],
        values: &[String],
        except: &BTreeSet<RowId>,
    ) -> Result<Option<RowId>, StoreError> {
        let wanted: Vec<(FieldName, String)> =
            fields.iter().cloned().zip(values.iter().cloned()).collect();
        let found =
            self.0
                .tx
                .find_rows_by_values(self.0.dataset, &wanted, CANDIDATES + except.len())?;
        Ok(found.into_iter().find(|row| !except.contains(row)))
    }
}
