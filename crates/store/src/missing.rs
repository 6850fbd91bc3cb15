//! What bodies of a copy lack although nobody ordered it erased, to be asked of other sources.

use diesel::prelude::*;
use rustine_domain::ids::{Hash, RowId};

use crate::StoreError;
use crate::columns::Maybe;
use crate::schema::missing;
use crate::tx::{Tx, each};

/// A cell (`row_id`, `field` and `commitment`) that the body of an entry lacks, or its meta (none of them).
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = missing)]
pub struct MissingRecord {
    /// The entry whose body lacks it.
    pub seq: i64,
    /// The cell's row.
    #[diesel(deserialize_as = Maybe<RowId>)]
    pub row_id: Option<RowId>,
    /// The cell's field.
    pub field: Option<String>,
    /// The cell's commitment.
    #[diesel(deserialize_as = Maybe<Hash>)]
    pub commitment: Option<Hash>,
}

impl Tx<'_> {
    /// Notes that a body lacks something.
    pub fn insert_missing(
        &mut self,
        dataset: i64,
        record: &MissingRecord,
    ) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(missing::table)
            .values((
                missing::dataset.eq(dataset),
                missing::seq.eq(record.seq),
                missing::row_id.eq(record.row_id.as_ref().map(RowId::as_bytes)),
                missing::field.eq(record.field.as_deref()),
                missing::commitment.eq(record.commitment.as_ref().map(Hash::as_bytes)),
            ))
            .execute(c))?;
        Ok(())
    }

    /// The entries whose bodies lack something, lowest first, after a seq.
    pub fn list_missing_seqs(
        &mut self,
        dataset: i64,
        after: i64,
        limit: i64,
    ) -> Result<Vec<i64>, StoreError> {
        each!(self, |c| missing::table
            .filter(missing::dataset.eq(dataset).and(missing::seq.gt(after)))
            .select(missing::seq)
            .distinct()
            .order(missing::seq)
            .limit(limit)
            .load(c))
    }

    /// What the body of one entry lacks.
    pub fn list_missing(
        &mut self,
        dataset: i64,
        seq: i64,
    ) -> Result<Vec<MissingRecord>, StoreError> {
        each!(self, |c| missing::table
            .filter(missing::dataset.eq(dataset).and(missing::seq.eq(seq)))
            .order(missing::id)
            .select(MissingRecord::as_select())
            .load(c))
    }

    /// How many cells and metas a copy lacks.
    pub fn count_missing(&mut self, dataset: i64) -> Result<i64, StoreError> {
        each!(self, |c| missing::table
            .filter(missing::dataset.eq(dataset))
            .count()
            .get_result(c))
    }

    /// Forgets what the body of one entry lacked.
    pub fn delete_missing(&mut self, dataset: i64, seq: i64) -> Result<(), StoreError> {
        each!(self, |c| diesel::delete(missing::table.filter(
            missing::dataset.eq(dataset).and(missing::seq.eq(seq))
        ))
        .execute(c))?;
        Ok(())
    }

    /// Forgets that a cell is missing, in whichever entries: it is erased now.
    pub fn delete_missing_cell(
        &mut self,
        dataset: i64,
        row: RowId,
        field: &str,
        commitment: Hash,
    ) -> Result<(), StoreError> {
        each!(self, |c| diesel::delete(
            missing::table
                .filter(missing::dataset.eq(dataset))
                .filter(missing::row_id.eq(row.as_bytes()))
                .filter(missing::field.eq(field))
                .filter(missing::commitment.eq(commitment.as_bytes()))
        )
        .execute(c))?;
        Ok(())
    }

    /// Forgets that the meta of an entry is missing: it is erased now.
    pub fn delete_missing_meta(&mut self, dataset: i64, seq: i64) -> Result<(), StoreError> {
        each!(self, |c| diesel::delete(
            missing::table
                .filter(missing::dataset.eq(dataset).and(missing::seq.eq(seq)))
                .filter(missing::row_id.is_null())
        )
        .execute(c))?;
        Ok(())
    }

    /// Forgets all that a copy lacks, with the log that said so.
    pub fn delete_all_missing(&mut self, dataset: i64) -> Result<(), StoreError> {
        each!(self, |c| diesel::delete(
            missing::table.filter(missing::dataset.eq(dataset))
        )
        .execute(c))?;
        Ok(())
    }
}
