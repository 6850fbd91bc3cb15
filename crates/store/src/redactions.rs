//! What stands beside a log: rival headers, and what redact headers took away.

use diesel::prelude::*;
use rustine_domain::ids::{Hash, RowId};
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::{Col, Maybe};
use crate::schema::{forks, redactions};
use crate::tx::{Tx, each};

/// A valid header of a seq for which another one is held.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = forks)]
pub struct ForkRecord {
    /// Whose log.
    pub dataset: i64,
    /// Where it forks.
    pub seq: i64,
    /// The entry hash of the rival.
    #[diesel(deserialize_as = Col<Hash>)]
    pub entry: Hash,
    /// The rival header.
    pub header: String,
    /// The host that served it.
    pub source: String,
    /// When it was seen first.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub seen: Timestamp,
}

/// What a redact header took away: a cell (`commitment`, `row_id` and `field`), or a meta (`meta_seq`).
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = redactions)]
pub struct RedactionRecord {
    /// A cell's commitment, wherever it stands.
    #[diesel(deserialize_as = Maybe<Hash>)]
    pub commitment: Option<Hash>,
    /// The cell's row.
    #[diesel(deserialize_as = Maybe<RowId>)]
    pub row_id: Option<RowId>,
    /// The cell's field.
    pub field: Option<String>,
    /// The entry whose meta is gone.
    pub meta_seq: Option<i64>,
    /// The redact's own seq; below 0 where this instance withholds the value of a copy by itself.
    pub seq: i64,
}

impl Tx<'_> {
    /// Keeps a rival header; true where it was not known.
    pub fn insert_fork(&mut self, fork: &ForkRecord) -> Result<bool, StoreError> {
        let inserted = each!(self, |c| diesel::insert_into(forks::table)
            .values((
                forks::dataset.eq(fork.dataset),
                forks::seq.eq(fork.seq),
                forks::entry.eq(fork.entry.as_bytes()),
                forks::header.eq(&fork.header),
                forks::source.eq(&fork.source),
                forks::seen.eq(fork.seen.seconds()),
            ))
            .on_conflict_do_nothing()
            .execute(c))?;
        Ok(inserted > 0)
    }

    /// The rival headers of a log.
    pub fn list_forks(&mut self, dataset: i64) -> Result<Vec<ForkRecord>, StoreError> {
        each!(self, |c| forks::table
            .filter(forks::dataset.eq(dataset))
            .order((forks::seq, forks::entry))
            .select(ForkRecord::as_select())
            .load(c))
    }

    /// True where a rival header with this hash is kept.
    pub fn is_fork(&mut self, dataset: i64, seq: i64, entry: Hash) -> Result<bool, StoreError> {
        let found: Option<i64> = each!(self, |c| forks::table
            .find((dataset, seq, entry.as_bytes()))
            .select(forks::seq)
            .get_result(c)
            .optional())?;
        Ok(found.is_some())
    }

    /// Forgets a rival header, because its branch is the one that stands.
    pub fn delete_fork(&mut self, dataset: i64, seq: i64, entry: Hash) -> Result<(), StoreError> {
        each!(self, |c| diesel::delete(forks::table.find((
            dataset,
            seq,
            entry.as_bytes()
        )))
        .execute(c))?;
        Ok(())
    }

    /// Keeps what a redact header took away; true where it was not known.
    pub fn insert_redaction(
        &mut self,
        dataset: i64,
        redaction: &RedactionRecord,
    ) -> Result<bool, StoreError> {
        let inserted = each!(self, |c| diesel::insert_into(redactions::table)
            .values((
                redactions::dataset.eq(dataset),
                redactions::commitment.eq(redaction.commitment.as_ref().map(Hash::as_bytes)),
                redactions::row_id.eq(redaction.row_id.as_ref().map(RowId::as_bytes)),
                redactions::field.eq(redaction.field.as_deref()),
                redactions::meta_seq.eq(redaction.meta_seq),
                redactions::seq.eq(redaction.seq),
            ))
            .on_conflict_do_nothing()
            .execute(c))?;
        Ok(inserted > 0)
    }

    /// What this instance withheld by itself is ordered by a redact entry now.
    pub fn order_withheld(
        &mut self,
        dataset: i64,
        redaction: &RedactionRecord,
    ) -> Result<(), StoreError> {
        let withheld =
            redactions::table.filter(redactions::dataset.eq(dataset).and(redactions::seq.lt(0)));
        match (&redaction.commitment, &redaction.row_id, redaction.meta_seq) {
            (Some(commitment), Some(row), _) => {
                each!(self, |c| diesel::update(
                    withheld
                        .filter(redactions::commitment.eq(commitment.as_bytes()))
                        .filter(redactions::row_id.eq(row.as_bytes()))
                        .filter(redactions::field.eq(redaction.field.as_deref()))
                )
                .set(redactions::seq.eq(redaction.seq))
                .execute(c))?;
            }
            (_, _, Some(meta)) => {
                each!(self, |c| diesel::update(
                    withheld.filter(redactions::meta_seq.eq(meta))
                )
                .set(redactions::seq.eq(redaction.seq))
                .execute(c))?;
            }
            _ => {}
        }
        Ok(())
    }

    /// What this instance withholds of a copy by itself.
    pub fn list_withheld(&mut self, dataset: i64) -> Result<Vec<RedactionRecord>, StoreError> {
        each!(self, |c| redactions::table
            .filter(redactions::dataset.eq(dataset).and(redactions::seq.lt(0)))
            .order(redactions::id)
            .select(RedactionRecord::as_select())
            .load(c))
    }

    /// All that was redacted in a log, in the order of the redact entries.
    pub fn list_redactions(&mut self, dataset: i64) -> Result<Vec<RedactionRecord>, StoreError> {
        each!(self, |c| redactions::table
            .filter(redactions::dataset.eq(dataset))
            .order((redactions::seq, redactions::id))
            .select(RedactionRecord::as_select())
            .load(c))
    }

    /// What was redacted of some rows (at most some hundred) and of the meta of one entry.
    pub fn list_redactions_of(
        &mut self,
        dataset: i64,
        rows: &[RowId],
        meta_seq: i64,
    ) -> Result<Vec<RedactionRecord>, StoreError> {
        let rows: Vec<&[u8]> = rows.iter().map(RowId::as_bytes).collect();
        let mut found: Vec<RedactionRecord> = each!(self, |c| redactions::table
            .filter(redactions::dataset.eq(dataset))
            .filter(redactions::row_id.eq_any(rows))
            .filter(redactions::commitment.is_not_null())
            .select(RedactionRecord::as_select())
            .load(c))?;
        let meta: Option<RedactionRecord> = each!(self, |c| redactions::table
            .filter(redactions::dataset.eq(dataset))
            .filter(redactions::meta_seq.eq(meta_seq))
            .select(RedactionRecord::as_select())
            .get_result(c)
            .optional())?;
        found.extend(meta);
        Ok(found)
    }

    /// Forgets that redact entries from a seq on took something away; true where one did. What earlier entries ordered,
    /// or we withhold by ourselves, stays.
    pub fn delete_redaction_from(
        &mut self,
        dataset: i64,
        redaction: &RedactionRecord,
    ) -> Result<bool, StoreError> {
        let ordered = redactions::table.filter(
            redactions::dataset
                .eq(dataset)
                .and(redactions::seq.ge(redaction.seq)),
        );
        let deleted = match (&redaction.commitment, &redaction.row_id, redaction.meta_seq) {
            (Some(commitment), Some(row), _) => each!(self, |c| diesel::delete(
                ordered
                    .filter(redactions::commitment.eq(commitment.as_bytes()))
                    .filter(redactions::row_id.eq(row.as_bytes()))
                    .filter(redactions::field.eq(redaction.field.as_deref()))
            )
            .execute(c))?,
            (_, _, Some(meta)) => each!(self, |c| diesel::delete(
                ordered.filter(redactions::meta_seq.eq(meta))
            )
            .execute(c))?,
            _ => 0,
        };
        Ok(deleted > 0)
    }

    /// Forgets what was redacted, with the log that said so; what we withhold by ourselves stays.
    pub fn delete_redactions(&mut self, dataset: i64) -> Result<(), StoreError> {
        each!(self, |c| diesel::delete(redactions::table.filter(
            redactions::dataset.eq(dataset).and(redactions::seq.ge(0))
        ))
        .execute(c))?;
        Ok(())
    }

    /// How many cells and metas were redacted, and the seq of the last redact, for counts and for ETags.
    pub fn count_redactions(&mut self, dataset: i64) -> Result<(i64, Option<i64>), StoreError> {
        each!(self, |c| redactions::table
            .filter(redactions::dataset.eq(dataset))
            .select((diesel::dsl::count_star(), diesel::dsl::max(redactions::seq)))
            .get_result(c))
    }
}
