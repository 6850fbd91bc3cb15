//! What each other host holds with us, counted: what a block would cut, and what is said of a peer.

use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::StoreError;
use crate::outbox::OutboxRecord;
use crate::schema::{datasets, followers, follows, inbox, outbox, patches, replicas};
use crate::tx::{Tx, each};

/// Statuses in which a proposal still waits.
const WAITING: [&str; 2] = ["pending", "conflict"];

impl Tx<'_> {
    /// Who follows what, counted by host: (host, local path of the followed, how many).
    pub fn count_followers_by_host(&mut self) -> Result<Vec<(String, String, i64)>, StoreError> {
        each!(self, |c| followers::table
            .group_by((followers::host, followers::object))
            .order((followers::host, followers::object))
            .select((followers::host, followers::object, count_star()))
            .load(c))
    }

    /// Which hosts keep copies of our datasets: (host, name of the dataset, its number).
    pub fn list_replicas_by_host(&mut self) -> Result<Vec<(String, String, i64)>, StoreError> {
        each!(self, |c| replicas::table
            .inner_join(datasets::table.on(datasets::id.eq(replicas::dataset)))
            .order((replicas::host, datasets::name))
            .select((replicas::host, datasets::name, datasets::id))
            .load(c))
    }

    /// Proposals from elsewhere that wait here, counted by host.
    pub fn count_waiting_by_host(&mut self) -> Result<Vec<(String, i64)>, StoreError> {
        each!(self, |c| patches::table
            .filter(
                patches::direction
                    .eq("in")
                    .and(patches::status.eq_any(WAITING))
            )
            .group_by(patches::proposer_host)
            .order(patches::proposer_host)
            .select((patches::proposer_host, count_star()))
            .load(c))
    }

    /// Deliveries that wait or are parked, counted by host.
    pub fn count_deliveries_by_host(&mut self) -> Result<Vec<(String, i64)>, StoreError> {
        each!(self, |c| outbox::table
            .filter(outbox::state.eq_any(["queued", "parked"]))
            .group_by(outbox::host)
            .order(outbox::host)
            .select((outbox::host, count_star()))
            .load(c))
    }

    /// Whom ours follow: (local path of the follower, URL of the followed).
    pub fn list_all_follows(&mut self) -> Result<Vec<(String, String)>, StoreError> {
        each!(self, |c| follows::table
            .order((follows::object, follows::actor))
            .select((follows::actor, follows::object))
            .load(c))
    }

    /// Forgets the followers of a host; how many.
    pub fn delete_followers_of_host(&mut self, host: &str) -> Result<usize, StoreError> {
        let gone = followers::table.filter(followers::host.eq(host));
        each!(self, |c| diesel::delete(gone).execute(c))
    }

    /// Deliveries to a host that did not arrive at the first attempt, or not at all, the newest first.
    pub fn list_troubled_deliveries(
        &mut self,
        host: &str,
        limit: i64,
    ) -> Result<Vec<OutboxRecord>, StoreError> {
        let waits = outbox::state.eq("queued").and(outbox::attempts.gt(0));
        let ended = outbox::state.eq_any(["refused", "parked", "dropped"]);
        each!(self, |c| outbox::table
            .filter(outbox::host.eq(host).and(waits.or(ended)))
            .order(outbox::id.desc())
            .limit(limit)
            .select(OutboxRecord::as_select())
            .load(c))
    }

    /// Puts what is parked for a host back into the queue; how many.
    pub fn unpark_outbox_of_host(&mut self, host: &str, now: i64) -> Result<usize, StoreError> {
        let parked = outbox::table.filter(outbox::host.eq(host).and(outbox::state.eq("parked")));
        each!(self, |c| diesel::update(parked)
            .set((outbox::state.eq("queued"), outbox::next_at.eq(now)))
            .execute(c))
    }

    /// What came from the actors of an origin, was signed rightly, and was not taken: (type, why, when), the newest
    /// first. The origin is `https://host[:port]`.
    pub fn list_refused_from(
        &mut self,
        origin: &str,
        limit: i64,
    ) -> Result<Vec<(String, String, i64)>, StoreError> {
        // '0' is the character behind '/': everything below the origin, by the order of the texts.
        let (from, to) = (format!("{origin}/"), format!("{origin}0"));
        let found: Vec<(String, Option<String>, i64)> = each!(self, |c| inbox::table
            .filter(inbox::state.eq("failed"))
            .filter(inbox::actor.ge(&from).and(inbox::actor.lt(&to)))
            .order(inbox::id.desc())
            .limit(limit)
            .select((inbox::kind, inbox::error, inbox::received))
            .load(c))?;
        let told = found.into_iter();
        Ok(told
            .map(|(kind, why, when)| (kind, why.unwrap_or_default(), when))
            .collect())
    }
}
