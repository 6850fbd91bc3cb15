//! Changing rows: rows, their words and the dataset's counts move together.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::prelude::*;
use rustine_domain::ids::RowId;

use super::{NewRow, RawRow, ReadyRow};
use crate::StoreError;
use crate::dialect::{Changed, delete_images, insert_images, load_rows, update_images};
use crate::schema::{datasets, row_changes};
use crate::tx::{Tx, each};

/// What an entry does to a row.
#[derive(Debug, Clone, PartialEq)]
pub enum RowChange {
    /// The row as it is afterwards, new or changed.
    Put(NewRow),
    /// The row goes.
    Delete(RowId),
}

impl RowChange {
    fn row_id(&self) -> RowId {
        match self {
            Self::Put(row) => row.row_id,
            Self::Delete(row_id) => *row_id,
        }
    }
}

/// Statements with more values than this are cut into several (SQLite takes 32,766).
const ROWS_PER_STATEMENT: usize = 1000;

impl Tx<'_> {
    /// Writes what an entry did to rows: rows, words, history and counts. Costs what it touches, whatever the size
    /// of the dataset.
    pub fn apply_rows(
        &mut self,
        dataset: i64,
        seq: i64,
        changes: &[RowChange],
    ) -> Result<(), StoreError> {
        self.lock_dataset(dataset)?;
        let mut balance = 0;
        for part in changes.chunks(ROWS_PER_STATEMENT) {
            balance += self.apply_part(dataset, Some(seq), part)?;
        }
        self.count_rows_changed(dataset, balance)
    }

    /// Replaces rows by what is left of them after an erasure: no entry of their history, no other count.
    pub fn rewrite_rows(&mut self, dataset: i64, rows: &[NewRow]) -> Result<(), StoreError> {
        self.lock_dataset(dataset)?;
        for part in rows.chunks(ROWS_PER_STATEMENT) {
            let part: Vec<RowChange> = part.iter().cloned().map(RowChange::Put).collect();
            self.apply_part(dataset, None, &part)?;
        }
        self.count_rows_changed(dataset, 0)
    }

    /// Adds rows that are new: the fast way of imports and snapshots, best by [`crate::Db::write_bulk`] and with
    /// some thousands at a time. [`StoreError::UniqueViolation`] where one exists.
    pub fn insert_rows(
        &mut self,
        dataset: i64,
        seq: i64,
        rows: &[NewRow],
    ) -> Result<(), StoreError> {
        self.lock_dataset(dataset)?;
        self.insert_parts(dataset, seq, rows)?;
        self.count_rows_changed(dataset, to_count(rows.len()))
    }

    /// As [`Tx::insert_rows`], for rows that another thread made ready.
    pub fn insert_ready_rows(
        &mut self,
        dataset: i64,
        seq: i64,
        rows: &[ReadyRow],
    ) -> Result<(), StoreError> {
        self.lock_dataset(dataset)?;
        for part in rows.chunks(ROWS_PER_STATEMENT) {
            insert_images(self, dataset, seq, part)?;
        }
        self.count_rows_changed(dataset, to_count(rows.len()))
    }

    /// Takes all rows of a dataset away, with their words, history and tree.
    pub fn delete_all_rows(&mut self, dataset: i64) -> Result<(), StoreError> {
        crate::dialect::delete_all(self, dataset)?;
        self.delete_tree(dataset)?;
        each!(self, |c| diesel::delete(
            row_changes::table.filter(row_changes::dataset.eq(dataset))
        )
        .execute(c))?;
        each!(self, |c| diesel::update(datasets::table.find(dataset))
            .set((
                datasets::row_count.eq(0),
                datasets::rows_version.eq(datasets::rows_version + 1)
            ))
            .execute(c))?;
        Ok(())
    }

    /// The seqs of the entries that changed a row after the one that added it, oldest first.
    pub fn list_row_changes(
        &mut self,
        dataset: i64,
        row_id: RowId,
    ) -> Result<Vec<i64>, StoreError> {
        each!(self, |c| row_changes::table
            .filter(row_changes::dataset.eq(dataset))
            .filter(row_changes::row_id.eq(row_id.as_bytes()))
            .order(row_changes::seq)
            .select(row_changes::seq)
            .load(c))
    }

    /// Making words takes as long as writing them, so a second thread makes those of the next part meanwhile.
    fn insert_parts(&mut self, dataset: i64, seq: i64, rows: &[NewRow]) -> Result<(), StoreError> {
        let mut parts = rows.chunks(ROWS_PER_STATEMENT);
        std::thread::scope(|scope| {
            let mut ready = parts.next().map(|part| images_of(dataset, part));
            while let Some(part) = ready {
                let next = parts
                    .next()
                    .map(|part| scope.spawn(move || images_of(dataset, part)));
                insert_images(self, dataset, seq, &part)?;
                ready = next.map(|next| {
                    next.join()
                        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                });
            }
            Ok(())
        })
    }

    /// Returns by how much the number of rows grew.
    fn apply_part(
        &mut self,
        dataset: i64,
        seq: Option<i64>,
        part: &[RowChange],
    ) -> Result<i64, StoreError> {
        let row_ids: Vec<RowId> = part.iter().map(RowChange::row_id).collect();
        let held: HashMap<Vec<u8>, RawRow> = load_rows(self, dataset, &row_ids)?
            .into_iter()
            .map(|raw| (raw.row_id.clone(), raw))
            .collect();
        let (mut fresh, mut changed, mut deleted) = (Vec::new(), Vec::new(), Vec::new());
        for change in part {
            match (change, held.get(change.row_id().as_bytes())) {
                (RowChange::Put(row), None) => fresh.push(ReadyRow::of(dataset, row)),
                (RowChange::Put(row), Some(raw)) => changed.push(Changed {
                    id: raw.id,
                    same_words: searched(&raw.cells.0).eq(searched(&row.cells)),
                    same_indexed: raw.order_key == row.order_key()
                        && raw.lat.zip(raw.lon) == row.place,
                    image: ReadyRow::of(dataset, row),
                }),
                (RowChange::Delete(row_id), Some(raw)) => deleted.push((raw.id, *row_id)),
                // A row that is absent already is as it should be.
                (RowChange::Delete(_), None) => {}
            }
        }
        insert_images(self, dataset, seq.unwrap_or_default(), &fresh)?;
        update_images(self, &changed)?;
        delete_images(self, &deleted)?;
        if let Some(seq) = seq {
            let touched = changed.iter().map(|changed| changed.image.row_id);
            self.note_row_changes(
                dataset,
                seq,
                touched.chain(deleted.iter().map(|(_, row_id)| *row_id)),
            )?;
        }
        Ok(to_count(fresh.len()) - to_count(deleted.len()))
    }

    fn note_row_changes(
        &mut self,
        dataset: i64,
        seq: i64,
        row_ids: impl Iterator<Item = RowId>,
    ) -> Result<(), StoreError> {
        let row_ids: HashSet<RowId> = row_ids.collect();
        let values: Vec<_> = row_ids
            .iter()
            .map(|row_id| {
                (
                    row_changes::dataset.eq(dataset),
                    row_changes::row_id.eq(row_id.as_bytes()),
                    row_changes::seq.eq(seq),
                )
            })
            .collect();
        // A statement for one row stays prepared; one for many is prepared each time, which pays from some rows on.
        for part in values.chunks(if values.len() < 8 {
            1
        } else {
            ROWS_PER_STATEMENT
        }) {
            match part {
                [one] => each!(self, |c| diesel::insert_into(row_changes::table)
                    .values(*one)
                    .on_conflict_do_nothing()
                    .execute(c))?,
                many => each!(self, |c| diesel::insert_into(row_changes::table)
                    .values(many)
                    .on_conflict_do_nothing()
                    .execute(c))?,
            };
        }
        Ok(())
    }

    fn count_rows_changed(&mut self, dataset: i64, balance: i64) -> Result<(), StoreError> {
        let changed = each!(self, |c| diesel::update(datasets::table.find(dataset))
            .set((
                datasets::row_count.eq(datasets::row_count + balance),
                datasets::rows_version.eq(datasets::rows_version + 1),
            ))
            .execute(c))?;
        if changed == 0 {
            Err(StoreError::NotFound)
        } else {
            Ok(())
        }
    }
}

fn images_of(dataset: i64, rows: &[NewRow]) -> Vec<ReadyRow> {
    rows.iter().map(|row| ReadyRow::of(dataset, row)).collect()
}

/// The cells whose words are searched.
fn searched(cells: &BTreeMap<String, String>) -> impl Iterator<Item = (&String, &String)> {
    cells.iter().filter(|(field, _)| !field.starts_with('_'))
}

fn to_count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
