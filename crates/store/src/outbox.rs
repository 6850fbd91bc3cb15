//! Activities to be delivered: written in the transaction that caused them, sent by workers that hold a lease.

use diesel::prelude::*;
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::Col;
use crate::dialect;
use crate::schema::outbox;
use crate::tx::{Tx, each};

/// An activity for one inbox.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = outbox)]
pub struct OutboxRecord {
    /// The store's own number; within a lane the lowest goes first.
    pub id: i64,
    /// The activity's id.
    pub activity_id: String,
    /// The target's `host[:port]`.
    pub host: String,
    /// The target's (shared) inbox.
    pub inbox: String,
    /// What it is about; one host and one key make a lane.
    pub object_key: String,
    /// The local path of who signs: `/actor`, `/datasets/lieux`, `/users/lea`.
    pub actor: String,
    /// What is sent; `None` where it is rendered from (dataset, seq), and once it is done.
    pub body: Option<String>,
    /// The dataset of the entry to render.
    pub dataset: Option<i64>,
    /// The seq of the entry to render.
    pub seq: Option<i64>,
    /// `queued`, `done`, `refused`, `parked` or `dropped`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i32,
    /// When it may be tried (again).
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub next_at: Timestamp,
    /// Until when a worker has it.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub lease_until: Timestamp,
    /// The HTTP status of the last attempt.
    pub last_status: Option<i32>,
    /// What went wrong at the last attempt.
    pub last_error: Option<String>,
    /// When it was written.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
    /// The process that sends it; empty where none does, or one alone on its database.
    pub holder: String,
}

/// An activity to be delivered; the members are those of [`OutboxRecord`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the members are those of OutboxRecord")]
pub struct NewOutbox {
    pub activity_id: String,
    pub host: String,
    pub inbox: String,
    pub object_key: String,
    pub actor: String,
    pub body: Option<String>,
    pub dataset: Option<i64>,
    pub seq: Option<i64>,
    pub created: Timestamp,
}

/// An activity that waits, in the hands of a process.
#[diesel::dsl::auto_type(no_type_alias)]
fn held<'a>(id: i64, holder: &'a str) -> _ {
    let waits = outbox::id.eq(id).and(outbox::state.eq("queued"));
    outbox::table.filter(waits.and(outbox::holder.eq(holder)))
}

impl Tx<'_> {
    /// The bodies that wait to be sent and hold a text, such as a row's id.
    pub fn list_queued_bodies_with(
        &mut self,
        text: &str,
    ) -> Result<Vec<(i64, String)>, StoreError> {
        let pattern = format!("%{text}%");
        let found: Vec<(i64, Option<String>)> = each!(self, |c| outbox::table
            .filter(outbox::body.like(&pattern))
            .order(outbox::id)
            .select((outbox::id, outbox::body))
            .load(c))?;
        let held = found.into_iter();
        Ok(held.filter_map(|(id, body)| Some((id, body?))).collect())
    }

    /// Gives an activity up with its body.
    pub fn drop_outbox(&mut self, id: i64, why: &str) -> Result<(), StoreError> {
        each!(self, |c| diesel::update(outbox::table.find(id))
            .set((
                outbox::state.eq("dropped"),
                outbox::body.eq(None::<&str>),
                outbox::last_error.eq(Some(why))
            ))
            .execute(c))?;
        Ok(())
    }

    /// Queues an activity; returns its number.
    pub fn insert_outbox(&mut self, new: &NewOutbox) -> Result<i64, StoreError> {
        each!(self, |c| diesel::insert_into(outbox::table)
            .values((
                outbox::activity_id.eq(&new.activity_id),
                outbox::host.eq(&new.host),
                outbox::inbox.eq(&new.inbox),
                outbox::object_key.eq(&new.object_key),
                outbox::actor.eq(&new.actor),
                outbox::body.eq(new.body.as_deref()),
                outbox::dataset.eq(new.dataset),
                outbox::seq.eq(new.seq),
                outbox::state.eq("queued"),
                outbox::attempts.eq(0),
                outbox::next_at.eq(new.created.seconds()),
                outbox::lease_until.eq(0),
                outbox::created.eq(new.created.seconds()),
            ))
            .returning(outbox::id)
            .get_result(c))
    }

    /// Takes activities that are due, the oldest of each lane only; nobody else gets them as long as the process
    /// `holder` is there, and itself not before `until`.
    pub fn claim_outbox(
        &mut self,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<OutboxRecord>, StoreError> {
        let ids = dialect::claim_outbox(self, holder, now.seconds(), until.seconds(), limit)?;
        each!(self, |c| outbox::table
            .filter(outbox::id.eq_any(ids))
            .order(outbox::id)
            .select(OutboxRecord::as_select())
            .load(c))
    }

    /// Ends the work of `holder` on an activity: `done`, `refused`, `parked` or `dropped`. Only a parked one keeps its
    /// body. False, and nothing is written, where another process has it by now or it does not wait any more.
    pub fn finish_outbox(
        &mut self,
        id: i64,
        holder: &str,
        state: &str,
        status: Option<i32>,
        error: Option<&str>,
    ) -> Result<bool, StoreError> {
        let outcome = (
            outbox::state.eq(state),
            outbox::lease_until.eq(0),
            outbox::holder.eq(""),
            outbox::attempts.eq(outbox::attempts + 1),
            outbox::last_status.eq(status),
            outbox::last_error.eq(error),
        );
        let changed = each!(self, |c| diesel::update(held(id, holder))
            .set(outcome)
            .execute(c))?;
        if changed > 0 && state != "parked" {
            each!(self, |c| diesel::update(outbox::table.find(id))
                .set(outbox::body.eq(None::<&str>))
                .execute(c))?;
        }
        Ok(changed > 0)
    }

    /// Puts an activity back until later, and with it those behind it in its lane, so that workers need not look at
    /// them in between. False as in [`Tx::finish_outbox`].
    pub fn retry_outbox(
        &mut self,
        id: i64,
        holder: &str,
        next_at: Timestamp,
        status: Option<i32>,
        error: &str,
    ) -> Result<bool, StoreError> {
        let lane: Option<(String, String)> = each!(self, |c| diesel::update(held(id, holder))
            .set((
                outbox::next_at.eq(next_at.seconds()),
                outbox::lease_until.eq(0),
                outbox::holder.eq(""),
                outbox::attempts.eq(outbox::attempts + 1),
                outbox::last_status.eq(status),
                outbox::last_error.eq(Some(error)),
            ))
            .returning((outbox::host, outbox::object_key))
            .get_result(c)
            .optional())?;
        let Some((host, key)) = lane else {
            return Ok(false);
        };
        let behind = outbox::table
            .filter(outbox::host.eq(host).and(outbox::object_key.eq(key)))
            .filter(outbox::state.eq("queued").and(outbox::id.gt(id)))
            .filter(outbox::next_at.lt(next_at.seconds()));
        each!(self, |c| diesel::update(behind)
            .set(outbox::next_at.eq(next_at.seconds()))
            .execute(c))?;
        Ok(true)
    }

    /// Puts a parked or refused activity back into the queue; true where there was one.
    pub fn requeue_outbox(&mut self, id: i64, now: Timestamp) -> Result<bool, StoreError> {
        let resting = outbox::table
            .find(id)
            .filter(outbox::state.ne("queued").and(outbox::state.ne("done")));
        let changed = each!(self, |c| diesel::update(resting)
            .set((
                outbox::state.eq("queued"),
                outbox::next_at.eq(now.seconds())
            ))
            .execute(c))?;
        Ok(changed > 0)
    }

    /// Makes everything that waits for a host due at once, as when it was heard from again; returns how many.
    pub fn hurry_outbox(&mut self, host: &str, now: Timestamp) -> Result<usize, StoreError> {
        let waiting = outbox::table
            .filter(outbox::host.eq(host).and(outbox::state.eq("queued")))
            .filter(outbox::next_at.gt(now.seconds()));
        each!(self, |c| diesel::update(waiting)
            .set(outbox::next_at.eq(now.seconds()))
            .execute(c))
    }

    /// Drops what waits to be delivered about an object, as when it is sent elsewhere; returns how many.
    pub fn drop_outbox_of_object(&mut self, object_key: &str) -> Result<usize, StoreError> {
        let waiting = outbox::table.filter(
            outbox::object_key
                .eq(object_key)
                .and(outbox::state.eq_any(["queued", "parked"])),
        );
        each!(self, |c| diesel::update(waiting)
            .set((outbox::state.eq("dropped"), outbox::body.eq(None::<&str>)))
            .execute(c))
    }

    /// Drops what waits for a host that is gone or blocked; returns how many.
    pub fn drop_outbox_of_host(&mut self, host: &str) -> Result<usize, StoreError> {
        let waiting = outbox::table.filter(
            outbox::host
                .eq(host)
                .and(outbox::state.eq_any(["queued", "parked"])),
        );
        each!(self, |c| diesel::update(waiting)
            .set((outbox::state.eq("dropped"), outbox::body.eq(None::<&str>)))
            .execute(c))
    }

    /// Replaces a body by its redacted form.
    pub fn update_outbox_body(&mut self, id: i64, body: Option<&str>) -> Result<(), StoreError> {
        each!(self, |c| diesel::update(outbox::table.find(id))
            .set(outbox::body.eq(body))
            .execute(c))?;
        Ok(())
    }

    /// Activities in a state, by number, after one of them.
    pub fn list_outbox(
        &mut self,
        state: &str,
        after: i64,
        limit: i64,
    ) -> Result<Vec<OutboxRecord>, StoreError> {
        each!(self, |c| outbox::table
            .filter(outbox::state.eq(state).and(outbox::id.gt(after)))
            .order(outbox::id)
            .limit(limit)
            .select(OutboxRecord::as_select())
            .load(c))
    }

    /// How many activities are in a state.
    pub fn count_outbox(&mut self, state: &str) -> Result<i64, StoreError> {
        each!(self, |c| outbox::table
            .filter(outbox::state.eq(state))
            .count()
            .get_result(c))
    }

    /// When the next activity is due.
    pub fn find_next_outbox_at(&mut self) -> Result<Option<i64>, StoreError> {
        each!(self, |c| outbox::table
            .filter(outbox::state.eq("queued"))
            .select(diesel::dsl::min(outbox::next_at))
            .get_result(c))
    }

    /// Forgets activities that are long over; returns how many.
    pub fn delete_outbox_before(&mut self, created: Timestamp) -> Result<usize, StoreError> {
        let over = outbox::table
            .filter(outbox::created.lt(created.seconds()))
            .filter(outbox::state.eq_any(["done", "refused", "dropped"]));
        each!(self, |c| diesel::delete(over).execute(c))
    }
}
