//! When to ask what became of our people's proposals elsewhere.

use diesel::prelude::*;
use diesel::upsert::excluded;
use rustine_domain::ids::PatchId;
use rustine_domain::time::Timestamp;

use crate::schema::{outbox, patches, proposal_looks};
use crate::tx::{Tx, each};
use crate::{PatchRecord, StoreError};

impl Tx<'_> {
    /// Sets when a proposal is looked at next; `silent` counts the looks that brought no answer since the last one.
    pub fn put_look(
        &mut self,
        patch: PatchId,
        next_at: Timestamp,
        silent: i32,
    ) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(proposal_looks::table)
            .values((
                proposal_looks::patch.eq(patch.to_string()),
                proposal_looks::next_at.eq(next_at.seconds()),
                proposal_looks::silent.eq(silent),
            ))
            .on_conflict(proposal_looks::patch)
            .do_update()
            .set((
                proposal_looks::next_at.eq(excluded(proposal_looks::next_at)),
                proposal_looks::silent.eq(excluded(proposal_looks::silent)),
            ))
            .execute(c))?;
        Ok(())
    }

    /// How many looks in a row brought no answer.
    pub fn count_silent_looks(&mut self, patch: PatchId) -> Result<i32, StoreError> {
        let found: Option<i32> = each!(self, |c| proposal_looks::table
            .find(patch.to_string())
            .select(proposal_looks::silent)
            .get_result(c)
            .optional())?;
        Ok(found.unwrap_or(0))
    }

    /// Proposals of ours elsewhere that wait and are to be looked at, the longest due first.
    pub fn list_due_looks(
        &mut self,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<PatchRecord>, StoreError> {
        each!(self, |c| proposal_looks::table
            .inner_join(patches::table.on(patches::id.eq(proposal_looks::patch)))
            .filter(proposal_looks::next_at.le(now.seconds()))
            .filter(patches::direction.eq("out"))
            .filter(patches::status.eq_any(["pending", "conflict"]))
            .order((proposal_looks::next_at, proposal_looks::patch))
            .limit(limit)
            .select(PatchRecord::as_select())
            .load(c))
    }

    /// True where something about this object still waits to be delivered.
    pub fn is_queued(&mut self, object_key: &str) -> Result<bool, StoreError> {
        let waiting = outbox::table.filter(
            outbox::object_key
                .eq(object_key)
                .and(outbox::state.eq("queued")),
        );
        each!(self, |c| diesel::select(diesel::dsl::exists(waiting))
            .get_result(c))
    }
}
