//! Received activities: kept before they are answered, processed by a worker, remembered so that each acts once.

use diesel::prelude::*;
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::Col;
use crate::dialect;
use crate::schema::inbox;
use crate::tx::{Tx, each};

/// A received activity.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = inbox)]
pub struct InboxRecord {
    /// The store's own number.
    pub id: i64,
    /// The activity's id.
    pub activity_id: String,
    /// Who signed it.
    pub actor: String,
    /// Its type.
    pub kind: String,
    /// As received; `None` once it was processed.
    pub body: Option<String>,
    /// When it came.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub received: Timestamp,
    /// `pending`, `done` or `failed`.
    pub state: String,
    /// How often a worker took it.
    pub attempts: i32,
    /// When a worker may take it (again).
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub next_at: Timestamp,
    /// Why the last attempt failed.
    pub error: Option<String>,
    /// The process that works on it; empty where none does, or one alone on its database.
    pub holder: String,
}

/// An activity that waits, in the hands of a process.
#[diesel::dsl::auto_type(no_type_alias)]
fn held<'a>(id: i64, holder: &'a str) -> _ {
    let waits = inbox::id.eq(id).and(inbox::state.eq("pending"));
    inbox::table.filter(waits.and(inbox::holder.eq(holder)))
}

impl Tx<'_> {
    /// Keeps an activity; `None` where its id was seen before.
    pub fn insert_inbox(
        &mut self,
        activity_id: &str,
        actor: &str,
        kind: &str,
        body: &str,
        received: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        each!(self, |c| diesel::insert_into(inbox::table)
            .values((
                inbox::activity_id.eq(activity_id),
                inbox::actor.eq(actor),
                inbox::kind.eq(kind),
                inbox::body.eq(Some(body)),
                inbox::received.eq(received.seconds()),
                inbox::state.eq("pending"),
                inbox::attempts.eq(0),
                inbox::next_at.eq(received.seconds()),
            ))
            .on_conflict_do_nothing()
            .returning(inbox::id)
            .get_result(c)
            .optional())
    }

    /// The bodies that wait to be worked off and hold a text, such as a row's id.
    pub fn list_inbox_bodies_with(&mut self, text: &str) -> Result<Vec<(i64, String)>, StoreError> {
        let pattern = format!("%{text}%");
        let found: Vec<(i64, Option<String>)> = each!(self, |c| inbox::table
            .filter(inbox::body.like(&pattern))
            .order(inbox::id)
            .select((inbox::id, inbox::body))
            .load(c))?;
        let held = found.into_iter();
        Ok(held.filter_map(|(id, body)| Some((id, body?))).collect())
    }

    /// True where an activity with this id was kept.
    pub fn is_inbox_seen(&mut self, activity_id: &str) -> Result<bool, StoreError> {
        let found: Option<i64> = each!(self, |c| inbox::table
            .filter(inbox::activity_id.eq(activity_id))
            .select(inbox::id)
            .get_result(c)
            .optional())?;
        Ok(found.is_some())
    }

    /// Takes activities that are due, in the order in which they came; nobody else gets them before `until`, unless
    /// the process `holder` is not there any more.
    pub fn claim_inbox(
        &mut self,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<InboxRecord>, StoreError> {
        let ids = dialect::claim_inbox(self, holder, now.seconds(), until.seconds(), limit)?;
        each!(self, |c| inbox::table
            .filter(inbox::id.eq_any(ids))
            .order(inbox::id)
            .select(InboxRecord::as_select())
            .load(c))
    }

    /// Ends the work of `holder` on an activity, as `done` or `failed`; its body goes, its id stays. False, and nothing
    /// is written, where it is over already or another process works on it.
    pub fn finish_inbox(
        &mut self,
        id: i64,
        holder: &str,
        state: &str,
        error: Option<&str>,
    ) -> Result<bool, StoreError> {
        let changed = each!(self, |c| diesel::update(held(id, holder))
            .set((
                inbox::state.eq(state),
                inbox::body.eq(None::<&str>),
                inbox::error.eq(error),
                inbox::holder.eq(""),
            ))
            .execute(c))?;
        Ok(changed > 0)
    }

    /// Puts an activity back until later; false as in [`Tx::finish_inbox`].
    pub fn retry_inbox(
        &mut self,
        id: i64,
        holder: &str,
        next_at: Timestamp,
        error: &str,
    ) -> Result<bool, StoreError> {
        let changed = each!(self, |c| diesel::update(held(id, holder))
            .set((
                inbox::next_at.eq(next_at.seconds()),
                inbox::error.eq(Some(error)),
                inbox::holder.eq(""),
            ))
            .execute(c))?;
        Ok(changed > 0)
    }

    /// Gives an activity up, whoever works on it; its body goes, its id stays.
    pub fn void_inbox(&mut self, id: i64, why: &str) -> Result<(), StoreError> {
        each!(self, |c| diesel::update(inbox::table.find(id))
            .set((
                inbox::state.eq("failed"),
                inbox::body.eq(None::<&str>),
                inbox::error.eq(Some(why)),
                inbox::holder.eq(""),
            ))
            .execute(c))?;
        Ok(())
    }

    /// Replaces a body by its redacted form.
    pub fn update_inbox_body(&mut self, id: i64, body: &str) -> Result<(), StoreError> {
        each!(self, |c| diesel::update(inbox::table.find(id))
            .set(inbox::body.eq(Some(body)))
            .execute(c))?;
        Ok(())
    }

    /// Activities in a state, by number, after one of them.
    pub fn list_inbox(
        &mut self,
        state: &str,
        after: i64,
        limit: i64,
    ) -> Result<Vec<InboxRecord>, StoreError> {
        each!(self, |c| inbox::table
            .filter(inbox::state.eq(state).and(inbox::id.gt(after)))
            .order(inbox::id)
            .limit(limit)
            .select(InboxRecord::as_select())
            .load(c))
    }

    /// True where [`Tx::claim_inbox`] would find something; it writes nothing.
    pub fn is_inbox_due(&mut self, holder: &str, now: Timestamp) -> Result<bool, StoreError> {
        dialect::is_inbox_due(self, holder, now.seconds())
    }

    /// Forgets the ids of activities that are long done; returns how many.
    pub fn delete_inbox_before(&mut self, received: Timestamp) -> Result<usize, StoreError> {
        let old = inbox::table.filter(
            inbox::received
                .lt(received.seconds())
                .and(inbox::state.ne("pending")),
        );
        each!(self, |c| diesel::delete(old).execute(c))
    }
}
