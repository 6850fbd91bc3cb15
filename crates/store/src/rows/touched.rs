//! When rows were last touched, from the times of the log's entries.

use std::collections::{BTreeSet, HashMap};

use diesel::dsl::max;
use diesel::prelude::*;
use rustine_domain::ids::RowId;
use rustine_domain::time::Timestamp;

use super::RowRecord;
use crate::StoreError;
use crate::schema::{entries, row_changes};
use crate::tx::{Tx, each};

/// When a row came, and when it last changed afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touched {
    /// When the entry that added it was made.
    pub added: Timestamp,
    /// When the last entry that touched it since was made.
    pub changed: Option<Timestamp>,
}

impl Tx<'_> {
    /// When each of some rows of one page was touched; a row of which the entry is not held is left out.
    pub fn rows_touched(
        &mut self,
        dataset: i64,
        rows: &[RowRecord],
    ) -> Result<HashMap<RowId, Touched>, StoreError> {
        let ids: Vec<&[u8]> = rows.iter().map(|row| row.row_id.as_bytes()).collect();
        let changes: Vec<(Vec<u8>, Option<i64>)> = each!(self, |c| row_changes::table
            .filter(row_changes::dataset.eq(dataset))
            .filter(row_changes::row_id.eq_any(&ids))
            .group_by(row_changes::row_id)
            .select((row_changes::row_id, max(row_changes::seq)))
            .load(c))?;
        let changes: HashMap<Vec<u8>, i64> = changes
            .into_iter()
            .filter_map(|(row, seq)| Some((row, seq?)))
            .collect();
        let seqs: BTreeSet<i64> = rows
            .iter()
            .map(|row| row.added_seq)
            .chain(changes.values().copied())
            .collect();
        let times: Vec<(i64, i64)> = each!(self, |c| entries::table
            .filter(entries::dataset.eq(dataset))
            .filter(entries::seq.eq_any(&seqs))
            .select((entries::seq, entries::time))
            .load(c))?;
        let times: HashMap<i64, Timestamp> = times
            .into_iter()
            .filter_map(|(seq, time)| Some((seq, Timestamp::from_seconds(time)?)))
            .collect();
        let touched = |row: &RowRecord| {
            let changed = changes.get(row.row_id.as_bytes());
            let touched = Touched {
                added: *times.get(&row.added_seq)?,
                changed: changed.and_then(|seq| times.get(seq)).copied(),
            };
            Some((row.row_id, touched))
        };
        Ok(rows.iter().filter_map(touched).collect())
    }
}
