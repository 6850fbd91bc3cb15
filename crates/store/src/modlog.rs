//! The lines of moderation logs: our own, and those of the datasets that we copy.

use diesel::prelude::*;
use diesel::upsert::excluded;
use rustine_domain::ids::Hash;
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::{Col, Maybe};
use crate::schema::{datasets, modlog, modlog_anchors, modlog_copies};
use crate::tx::{Tx, each};

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = modlog)]
pub struct ModlogRecord {
    /// Whose log it is.
    pub dataset: i64,
    /// Its number, from 1 without a gap.
    pub n: i64,
    /// What was done, as one word.
    pub action: String,
    /// When, by the origin's clock.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub time: Timestamp,
    /// What the next line names as the one before it.
    #[diesel(deserialize_as = Col<Hash>)]
    pub hash: Hash,
    /// The signed JSON.
    pub line: String,
}

/// How our copy of an origin's moderation log stands.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = modlog_copies)]
pub struct ModlogCopyRecord {
    /// Whose log it is.
    pub dataset: i64,
    /// When the origin is asked next.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub due: Timestamp,
    /// When it answered last.
    #[diesel(deserialize_as = Maybe<Timestamp>)]
    pub answered: Option<Timestamp>,
    /// How often in turn it did not.
    pub failures: i64,
    /// Why its last answer was not taken.
    pub problem: Option<String>,
}

/// Where a moderation log stood when its dataset moved last.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = modlog_anchors)]
pub struct ModlogAnchorRecord {
    /// Whose log it is.
    pub dataset: i64,
    /// The number of the last line before the move; 0 where there was none.
    pub n: i64,
    /// Its hash.
    #[diesel(deserialize_as = Maybe<Hash>)]
    pub hash: Option<Hash>,
}

impl Tx<'_> {
    /// Adds a line; [`StoreError::UniqueViolation`] where its number is taken.
    pub fn insert_modlog(&mut self, line: &ModlogRecord) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(modlog::table)
            .values((
                modlog::dataset.eq(line.dataset),
                modlog::n.eq(line.n),
                modlog::action.eq(&line.action),
                modlog::time.eq(line.time.seconds()),
                modlog::hash.eq(line.hash.as_bytes()),
                modlog::line.eq(&line.line),
            ))
            .execute(c))?;
        Ok(())
    }

    /// The last line of a dataset's moderation log.
    pub fn last_modlog(&mut self, dataset: i64) -> Result<Option<ModlogRecord>, StoreError> {
        each!(self, |c| modlog::table
            .filter(modlog::dataset.eq(dataset))
            .order(modlog::n.desc())
            .limit(1)
            .select(ModlogRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// Lines from a number on, the oldest first.
    pub fn list_modlog(
        &mut self,
        dataset: i64,
        from: i64,
        limit: i64,
    ) -> Result<Vec<ModlogRecord>, StoreError> {
        each!(self, |c| modlog::table
            .filter(modlog::dataset.eq(dataset))
            .filter(modlog::n.ge(from))
            .order(modlog::n)
            .limit(limit)
            .select(ModlogRecord::as_select())
            .load(c))
    }

    /// Lines before a number, the newest first.
    pub fn list_modlog_before(
        &mut self,
        dataset: i64,
        before: i64,
        limit: i64,
    ) -> Result<Vec<ModlogRecord>, StoreError> {
        each!(self, |c| modlog::table
            .filter(modlog::dataset.eq(dataset))
            .filter(modlog::n.lt(before))
            .order(modlog::n.desc())
            .limit(limit)
            .select(ModlogRecord::as_select())
            .load(c))
    }

    /// How the copy of a moderation log stands; `None` before it was thought of.
    pub fn find_modlog_copy(
        &mut self,
        dataset: i64,
    ) -> Result<Option<ModlogCopyRecord>, StoreError> {
        each!(self, |c| modlog_copies::table
            .find(dataset)
            .select(ModlogCopyRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// The copies whose origins are to be asked by now: never asked, due, or with a head that moved since they were. What
    /// failed rests in any case.
    pub fn list_due_modlogs(&mut self, now: Timestamp, limit: i64) -> Result<Vec<i64>, StoreError> {
        let now = now.seconds();
        each!(self, |c| datasets::table
            .left_join(modlog_copies::table)
            .filter(datasets::host.ne(""))
            .filter(
                modlog_copies::due
                    .is_null()
                    .or(modlog_copies::due.le(now))
                    .or(modlog_copies::problem
                        .is_null()
                        .and(datasets::updated.ge(modlog_copies::answered.assume_not_null()))),
            )
            .order(datasets::id)
            .limit(limit)
            .select(datasets::id)
            .load(c))
    }

    /// Writes how a copy stands.
    pub fn put_modlog_copy(&mut self, copy: &ModlogCopyRecord) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(modlog_copies::table)
            .values((
                modlog_copies::dataset.eq(copy.dataset),
                modlog_copies::due.eq(copy.due.seconds()),
                modlog_copies::answered.eq(copy.answered.map(Timestamp::seconds)),
                modlog_copies::failures.eq(copy.failures),
                modlog_copies::problem.eq(copy.problem.as_deref()),
            ))
            .on_conflict(modlog_copies::dataset)
            .do_update()
            .set((
                modlog_copies::due.eq(excluded(modlog_copies::due)),
                modlog_copies::answered.eq(excluded(modlog_copies::answered)),
                modlog_copies::failures.eq(excluded(modlog_copies::failures)),
                modlog_copies::problem.eq(excluded(modlog_copies::problem)),
            ))
            .execute(c))?;
        Ok(())
    }

    /// Where the log stood when the dataset moved last; `None` where no move says so.
    pub fn find_modlog_anchor(
        &mut self,
        dataset: i64,
    ) -> Result<Option<ModlogAnchorRecord>, StoreError> {
        each!(self, |c| modlog_anchors::table
            .find(dataset)
            .select(ModlogAnchorRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// Writes where the log stood when the dataset moved.
    pub fn put_modlog_anchor(&mut self, anchor: &ModlogAnchorRecord) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(modlog_anchors::table)
            .values((
                modlog_anchors::dataset.eq(anchor.dataset),
                modlog_anchors::n.eq(anchor.n),
                modlog_anchors::hash.eq(anchor.hash.as_ref().map(|hash| hash.as_bytes())),
            ))
            .on_conflict(modlog_anchors::dataset)
            .do_update()
            .set((
                modlog_anchors::n.eq(excluded(modlog_anchors::n)),
                modlog_anchors::hash.eq(excluded(modlog_anchors::hash)),
            ))
            .execute(c))?;
        Ok(())
    }

    /// Forgets where the log stood when the dataset moved.
    pub fn delete_modlog_anchor(&mut self, dataset: i64) -> Result<(), StoreError> {
        each!(self, |c| diesel::delete(
            modlog_anchors::table.find(dataset)
        )
        .execute(c))?;
        Ok(())
    }

    /// Removes the lines after a number; how many those were.
    pub fn cut_modlog(&mut self, dataset: i64, after: i64) -> Result<usize, StoreError> {
        each!(self, |c| diesel::delete(
            modlog::table
                .filter(modlog::dataset.eq(dataset))
                .filter(modlog::n.gt(after))
        )
        .execute(c))
    }
}
