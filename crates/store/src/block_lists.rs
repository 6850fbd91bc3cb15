//! Blocks that wait for a person, and the lists that propose them.

use diesel::prelude::*;
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::{Col, Maybe};
use crate::schema::{block_drafts, block_lists};
use crate::tx::{Tx, each};

/// A list of domains that somebody else would block.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = block_lists)]
pub struct BlockListRecord {
    /// The store's own number; never 0.
    pub id: i64,
    /// `csv` or `fires`.
    pub kind: String,
    /// Where it is fetched; empty for a file that was handed in.
    pub url: String,
    /// What people call it.
    pub name: String,
    /// When it was last read.
    #[diesel(deserialize_as = Maybe<Timestamp>)]
    pub fetched_at: Option<Timestamp>,
    /// From when on it is to be read again.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub due_at: Timestamp,
    /// Why it could not be read.
    pub error: Option<String>,
    /// When it was added.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
}

/// A list to be added; the members are those of [`BlockListRecord`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the members are those of BlockListRecord")]
pub struct NewBlockList {
    pub kind: String,
    pub url: String,
    pub name: String,
    pub due_at: Timestamp,
    pub created: Timestamp,
}

/// A block, or the end of one, that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = block_drafts)]
pub struct BlockDraftRecord {
    /// The store's own number.
    pub id: i64,
    /// The domain.
    pub domain: String,
    /// The list that proposes it; 0 where a person wrote it down.
    pub list: i64,
    /// `block` or `unblock`.
    pub action: String,
    /// Why.
    pub reason: String,
    /// `waiting`, `applied` or `dismissed`.
    pub state: String,
    /// When it came.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
}

impl Tx<'_> {
    /// Adds a list; its number.
    pub fn insert_block_list(&mut self, new: &NewBlockList) -> Result<i64, StoreError> {
        each!(self, |c| diesel::insert_into(block_lists::table)
            .values((
                block_lists::kind.eq(&new.kind),
                block_lists::url.eq(&new.url),
                block_lists::name.eq(&new.name),
                block_lists::due_at.eq(new.due_at.seconds()),
                block_lists::created.eq(new.created.seconds()),
            ))
            .returning(block_lists::id)
            .get_result(c))
    }

    /// A list by its number.
    pub fn find_block_list(&mut self, id: i64) -> Result<Option<BlockListRecord>, StoreError> {
        each!(self, |c| block_lists::table
            .find(id)
            .select(BlockListRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// All lists, in the order in which they were added.
    pub fn list_block_lists(&mut self) -> Result<Vec<BlockListRecord>, StoreError> {
        each!(self, |c| block_lists::table
            .order(block_lists::id)
            .select(BlockListRecord::as_select())
            .load(c))
    }

    /// What a reading of a list came to; without `fetched` the last good one stays.
    pub fn set_block_list_read(
        &mut self,
        id: i64,
        fetched: Option<Timestamp>,
        error: Option<&str>,
        due: Timestamp,
    ) -> Result<(), StoreError> {
        each!(self, |c| diesel::update(block_lists::table.find(id))
            .set((
                block_lists::error.eq(error),
                block_lists::due_at.eq(due.seconds())
            ))
            .execute(c))?;
        if let Some(fetched) = fetched {
            each!(self, |c| diesel::update(block_lists::table.find(id))
                .set(block_lists::fetched_at.eq(Some(fetched.seconds())))
                .execute(c))?;
        }
        Ok(())
    }

    /// Removes a list with what it proposes and nobody decided; true where there was one. Blocks that a person made
    /// of its proposals stay.
    pub fn delete_block_list(&mut self, id: i64) -> Result<bool, StoreError> {
        let proposed = block_drafts::table.filter(block_drafts::list.eq(id));
        each!(self, |c| diesel::delete(proposed).execute(c))?;
        Ok(each!(self, |c| diesel::delete(block_lists::table.find(id))
            .execute(c))?
            > 0)
    }

    /// Writes a draft; an older one of the same list about the same domain is replaced, whatever became of it.
    pub fn put_block_draft(&mut self, draft: &BlockDraftRecord) -> Result<(), StoreError> {
        let values = (
            block_drafts::action.eq(&draft.action),
            block_drafts::reason.eq(&draft.reason),
            block_drafts::state.eq(&draft.state),
            block_drafts::created.eq(draft.created.seconds()),
        );
        each!(self, |c| diesel::insert_into(block_drafts::table)
            .values((
                block_drafts::domain.eq(&draft.domain),
                block_drafts::list.eq(draft.list),
                values
            ))
            .on_conflict((block_drafts::domain, block_drafts::list))
            .do_update()
            .set(values)
            .execute(c))?;
        Ok(())
    }

    /// A draft by its number.
    pub fn find_block_draft(&mut self, id: i64) -> Result<Option<BlockDraftRecord>, StoreError> {
        each!(self, |c| block_drafts::table
            .find(id)
            .select(BlockDraftRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// Forgets a draft.
    pub fn delete_block_draft(&mut self, id: i64) -> Result<(), StoreError> {
        each!(self, |c| diesel::delete(block_drafts::table.find(id))
            .execute(c))?;
        Ok(())
    }

    /// The drafts of a list, whatever became of them.
    pub fn list_block_drafts_of(&mut self, list: i64) -> Result<Vec<BlockDraftRecord>, StoreError> {
        each!(self, |c| block_drafts::table
            .filter(block_drafts::list.eq(list))
            .order(block_drafts::domain)
            .select(BlockDraftRecord::as_select())
            .load(c))
    }

    /// Drafts that wait, by domain, after one of them.
    pub fn list_waiting_block_drafts(
        &mut self,
        after: &str,
        limit: i64,
    ) -> Result<Vec<BlockDraftRecord>, StoreError> {
        each!(self, |c| block_drafts::table
            .filter(
                block_drafts::state
                    .eq("waiting")
                    .and(block_drafts::domain.gt(after))
            )
            .order((block_drafts::domain, block_drafts::list))
            .limit(limit)
            .select(BlockDraftRecord::as_select())
            .load(c))
    }

    /// How many drafts wait.
    pub fn count_waiting_block_drafts(&mut self) -> Result<i64, StoreError> {
        each!(self, |c| block_drafts::table
            .filter(block_drafts::state.eq("waiting"))
            .count()
            .get_result(c))
    }

    /// Decides every waiting draft about a domain: `applied` or `dismissed`; returns how many.
    pub fn settle_block_drafts(
        &mut self,
        domain: &str,
        action: &str,
        state: &str,
    ) -> Result<usize, StoreError> {
        let waiting = block_drafts::table.filter(
            block_drafts::domain
                .eq(domain)
                .and(block_drafts::action.eq(action))
                .and(block_drafts::state.eq("waiting")),
        );
        each!(self, |c| diesel::update(waiting)
            .set(block_drafts::state.eq(state))
            .execute(c))
    }
}
