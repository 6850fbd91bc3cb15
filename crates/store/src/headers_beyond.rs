//! Headers beyond the head of a copy whose redactions were obeyed before their entries were read.

use diesel::prelude::*;
use rustine_domain::ids::Hash;

use crate::StoreError;
use crate::columns::Col;
use crate::schema::headers_beyond;
use crate::tx::{Tx, each};

/// A header of an entry that the copy does not hold yet.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = headers_beyond)]
pub struct HeaderBeyondRecord {
    /// Its number.
    pub seq: i64,
    /// Its entry hash.
    #[diesel(deserialize_as = Col<Hash>)]
    pub entry: Hash,
    /// The entry hash of the header that it follows.
    #[diesel(deserialize_as = Col<Hash>)]
    pub prev: Hash,
    /// Its text, where it is a redact entry.
    pub header: Option<String>,
}

impl Tx<'_> {
    /// Keeps a header beyond the head of a copy; nothing happens where it is known.
    pub fn insert_header_beyond(
        &mut self,
        dataset: i64,
        header: &HeaderBeyondRecord,
    ) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(headers_beyond::table)
            .values((
                headers_beyond::dataset.eq(dataset),
                headers_beyond::seq.eq(header.seq),
                headers_beyond::entry.eq(header.entry.as_bytes()),
                headers_beyond::prev.eq(header.prev.as_bytes()),
                headers_beyond::header.eq(header.header.as_deref()),
            ))
            .on_conflict_do_nothing()
            .execute(c))?;
        Ok(())
    }

    /// The entry hashes of the headers that are known for one number.
    pub fn list_entries_beyond(&mut self, dataset: i64, seq: i64) -> Result<Vec<Hash>, StoreError> {
        let entries: Vec<Col<Hash>> = each!(self, |c| headers_beyond::table
            .filter(
                headers_beyond::dataset
                    .eq(dataset)
                    .and(headers_beyond::seq.eq(seq))
            )
            .select(headers_beyond::entry)
            .order(headers_beyond::entry)
            .load(c))?;
        Ok(entries.into_iter().map(Into::into).collect())
    }

    /// All headers beyond the head of a copy, lowest first.
    pub fn list_headers_beyond(
        &mut self,
        dataset: i64,
    ) -> Result<Vec<HeaderBeyondRecord>, StoreError> {
        each!(self, |c| headers_beyond::table
            .filter(headers_beyond::dataset.eq(dataset))
            .order((headers_beyond::seq, headers_beyond::entry))
            .select(HeaderBeyondRecord::as_select())
            .load(c))
    }

    /// Forgets one header beyond the head of a copy.
    pub fn delete_header_beyond(
        &mut self,
        dataset: i64,
        seq: i64,
        entry: Hash,
    ) -> Result<(), StoreError> {
        each!(self, |c| diesel::delete(headers_beyond::table.find((
            dataset,
            seq,
            entry.as_bytes()
        )))
        .execute(c))?;
        Ok(())
    }

    /// Forgets all headers beyond the head of a copy.
    pub fn delete_headers_beyond(&mut self, dataset: i64) -> Result<(), StoreError> {
        each!(self, |c| diesel::delete(
            headers_beyond::table.filter(headers_beyond::dataset.eq(dataset))
        )
        .execute(c))?;
        Ok(())
    }
}
