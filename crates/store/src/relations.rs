//! Which actors elsewhere hold something with us, so that their first key stays pinned (`protocol.md` §7.7).

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::StoreError;
use crate::actors::RemoteActorRecord;
use crate::schema::{datasets, follows, grants, patches, peers, remote_actors, replicas};
use crate::tx::{Tx, each};

/// Statuses in which a proposal still waits.
const WAITING: [&str; 2] = ["pending", "conflict"];

impl Tx<'_> {
    /// True for a peer or whoever is to become one, a replica, the origin of a copy, whom we follow, a proposer
    /// whose patch waits, and who holds a grant on a dataset of ours.
    pub fn holds_with_us(&mut self, actor: &str) -> Result<bool, StoreError> {
        Ok(self.is_peer(actor)?
            || self.is_followed(actor)?
            || self.has_waiting_patch(actor)?
            || self.is_grantee(actor)?)
    }

    fn is_peer(&mut self, actor: &str) -> Result<bool, StoreError> {
        let peer = peers::table.filter(
            peers::actor
                .eq(actor)
                .and(peers::state.eq_any(["asked", "asking", "accepted"])),
        );
        let replica = replicas::table.filter(replicas::actor.eq(actor));
        each!(self, |c| diesel::select(exists(peer).or(exists(replica)))
            .get_result(c))
    }

    fn is_followed(&mut self, actor: &str) -> Result<bool, StoreError> {
        let followed =
            follows::table.filter(follows::object.eq(actor).and(follows::state.ne("rejected")));
        let copied = datasets::table.filter(datasets::url.eq(actor).and(datasets::host.ne("")));
        each!(self, |c| diesel::select(
            exists(followed).or(exists(copied))
        )
        .get_result(c))
    }

    fn has_waiting_patch(&mut self, actor: &str) -> Result<bool, StoreError> {
        let waiting = patches::table.filter(
            patches::proposer
                .assume_not_null()
                .eq(actor)
                .and(patches::direction.eq("in"))
                .and(patches::status.eq_any(WAITING)),
        );
        each!(self, |c| diesel::select(exists(waiting)).get_result(c))
    }

    fn is_grantee(&mut self, actor: &str) -> Result<bool, StoreError> {
        let ours =
            datasets::table.filter(datasets::id.eq(grants::dataset).and(datasets::host.eq("")));
        let held = grants::table
            .filter(grants::target.eq(actor))
            .filter(grants::state.ne("revoked"))
            .filter(exists(ours));
        each!(self, |c| diesel::select(exists(held)).get_result(c))
    }

    /// True where an actor showed another key than the one that we know it by, and nobody confirmed it yet.
    pub fn is_suspended(&mut self, actor: &str) -> Result<bool, StoreError> {
        let suspended = remote_actors::table
            .find(actor)
            .filter(remote_actors::suspended.eq(true));
        each!(self, |c| diesel::select(exists(suspended)).get_result(c))
    }

    /// Actors whose rights are suspended because they showed another key, by host.
    pub fn list_suspended_actors(&mut self) -> Result<Vec<RemoteActorRecord>, StoreError> {
        each!(self, |c| remote_actors::table
            .filter(remote_actors::suspended.eq(true))
            .order((remote_actors::host, remote_actors::id))
            .select(RemoteActorRecord::as_select())
            .load(c))
    }
}
