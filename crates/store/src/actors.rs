//! Actors elsewhere: what we know of them, who follows ours, whom ours follow.

use diesel::prelude::*;
use diesel::upsert::excluded;
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::Col;
use crate::schema::{followers, follows, remote_actors};
use crate::tx::{Tx, each};

/// An actor of another instance, as last fetched.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = remote_actors)]
pub struct RemoteActorRecord {
    /// Its URL.
    pub id: String,
    /// Its `host[:port]`.
    pub host: String,
    /// `Person`, `Group`, `Application` …
    pub kind: String,
    /// `preferredUsername`.
    pub name: String,
    /// Its own inbox.
    pub inbox: String,
    /// The inbox that its host shares.
    pub shared_inbox: Option<String>,
    /// The URL of its RSA key.
    pub key_id: String,
    /// The RSA key.
    pub key_pem: String,
    /// The first key seen while the actor held something with us (`protocol.md` §7.7).
    pub pinned_key_pem: Option<String>,
    /// Its Ed25519 key.
    pub multikey: Option<String>,
    /// It speaks our vocabulary.
    pub implements: bool,
    /// Another key than the pinned one was seen; a person must confirm.
    pub suspended: bool,
    /// The document as fetched.
    pub doc: String,
    /// When that was.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub fetched_at: Timestamp,
}

/// Somebody who follows an actor of ours.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = followers)]
pub struct FollowerRecord {
    /// The store's own number.
    pub id: i64,
    /// The local path of the followed.
    pub object: String,
    /// The follower's URL.
    pub follower: String,
    /// Its inbox.
    pub inbox: String,
    /// The inbox that its host shares.
    pub shared_inbox: Option<String>,
    /// Its `host[:port]`.
    pub host: String,
    /// The id of its Follow.
    pub activity_id: String,
    /// `person` or `replica`.
    pub kind: String,
    /// Since when.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
}

/// Somebody whom an actor of ours follows.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = follows)]
pub struct FollowRecord {
    /// The store's own number.
    pub id: i64,
    /// The local path of the follower.
    pub actor: String,
    /// The URL of the followed.
    pub object: String,
    /// The id of our Follow.
    pub activity_id: String,
    /// `pending`, `accepted` or `rejected`.
    pub state: String,
    /// Since when.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
}

impl Tx<'_> {
    /// An actor elsewhere by its URL.
    pub fn find_remote_actor(&mut self, id: &str) -> Result<Option<RemoteActorRecord>, StoreError> {
        each!(self, |c| remote_actors::table
            .find(id)
            .select(RemoteActorRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// An actor elsewhere by the URL of its key.
    pub fn find_remote_actor_by_key(
        &mut self,
        key_id: &str,
    ) -> Result<Option<RemoteActorRecord>, StoreError> {
        each!(self, |c| remote_actors::table
            .filter(remote_actors::key_id.eq(key_id))
            .select(RemoteActorRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// Writes all that is known of an actor elsewhere, the pinned key and the suspension included.
    pub fn put_remote_actor(&mut self, actor: &RemoteActorRecord) -> Result<(), StoreError> {
        let values = (
            remote_actors::host.eq(&actor.host),
            remote_actors::kind.eq(&actor.kind),
            remote_actors::name.eq(&actor.name),
            remote_actors::inbox.eq(&actor.inbox),
            remote_actors::shared_inbox.eq(actor.shared_inbox.as_deref()),
            remote_actors::key_id.eq(&actor.key_id),
            remote_actors::key_pem.eq(&actor.key_pem),
            remote_actors::pinned_key_pem.eq(actor.pinned_key_pem.as_deref()),
            remote_actors::multikey.eq(actor.multikey.as_deref()),
            remote_actors::implements.eq(actor.implements),
            remote_actors::suspended.eq(actor.suspended),
            remote_actors::doc.eq(&actor.doc),
            remote_actors::fetched_at.eq(actor.fetched_at.seconds()),
        );
        each!(self, |c| diesel::insert_into(remote_actors::table)
            .values((remote_actors::id.eq(&actor.id), values))
            .on_conflict(remote_actors::id)
            .do_update()
            .set(values)
            .execute(c))?;
        Ok(())
    }

    /// Forgets an actor elsewhere; true where it was known.
    pub fn delete_remote_actor(&mut self, id: &str) -> Result<bool, StoreError> {
        Ok(
            each!(self, |c| diesel::delete(remote_actors::table.find(id))
                .execute(c))?
                > 0,
        )
    }

    /// Adds a follower; one who follows already gets the new inbox and activity.
    pub fn put_follower(&mut self, follower: &FollowerRecord) -> Result<(), StoreError> {
        let values = (
            followers::inbox.eq(&follower.inbox),
            followers::shared_inbox.eq(follower.shared_inbox.as_deref()),
            followers::host.eq(&follower.host),
            followers::activity_id.eq(&follower.activity_id),
            followers::kind.eq(&follower.kind),
        );
        each!(self, |c| diesel::insert_into(followers::table)
            .values((
                followers::object.eq(&follower.object),
                followers::follower.eq(&follower.follower),
                followers::created.eq(follower.created.seconds()),
                values,
            ))
            .on_conflict((followers::object, followers::follower))
            .do_update()
            .set(values)
            .execute(c))?;
        Ok(())
    }

    /// A follower of an actor of ours.
    pub fn find_follower(
        &mut self,
        object: &str,
        follower: &str,
    ) -> Result<Option<FollowerRecord>, StoreError> {
        each!(self, |c| followers::table
            .filter(
                followers::object
                    .eq(object)
                    .and(followers::follower.eq(follower))
            )
            .select(FollowerRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// The follower whose Follow had this id, for an Undo that names only that.
    pub fn find_follower_by_activity(
        &mut self,
        activity_id: &str,
    ) -> Result<Option<FollowerRecord>, StoreError> {
        each!(self, |c| followers::table
            .filter(followers::activity_id.eq(activity_id))
            .select(FollowerRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// Followers of an actor of ours by number, after one of them.
    pub fn list_followers(
        &mut self,
        object: &str,
        after: i64,
        limit: i64,
    ) -> Result<Vec<FollowerRecord>, StoreError> {
        each!(self, |c| followers::table
            .filter(followers::object.eq(object).and(followers::id.gt(after)))
            .order(followers::id)
            .limit(limit)
            .select(FollowerRecord::as_select())
            .load(c))
    }

    /// One inbox for each host among the followers of a kind: (host, shared inbox or an own one).
    pub fn list_follower_inboxes(
        &mut self,
        object: &str,
        kind: &str,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let all: Vec<(String, Option<String>, String)> = each!(self, |c| followers::table
            .filter(followers::object.eq(object).and(followers::kind.eq(kind)))
            .group_by(followers::host)
            .order(followers::host)
            .select((
                followers::host,
                diesel::dsl::max(followers::shared_inbox),
                diesel::dsl::max(followers::inbox).assume_not_null(),
            ))
            .load(c))?;
        Ok(all
            .into_iter()
            .map(|(host, shared, own)| (host, shared.unwrap_or(own)))
            .collect())
    }

    /// How many follow an actor of ours.
    pub fn count_followers(&mut self, object: &str) -> Result<i64, StoreError> {
        each!(self, |c| followers::table
            .filter(followers::object.eq(object))
            .count()
            .get_result(c))
    }

    /// Removes a follower; true where there was one.
    pub fn delete_follower(&mut self, object: &str, follower: &str) -> Result<bool, StoreError> {
        let one = followers::table.filter(
            followers::object
                .eq(object)
                .and(followers::follower.eq(follower)),
        );
        Ok(each!(self, |c| diesel::delete(one).execute(c))? > 0)
    }

    /// Forgets the followers that an inbox speaks for, where its server says that it is gone; returns how many.
    pub fn delete_followers_by_inbox(&mut self, inbox: &str) -> Result<usize, StoreError> {
        let gone = followers::table.filter(
            followers::inbox
                .eq(inbox)
                .or(followers::shared_inbox.assume_not_null().eq(inbox)),
        );
        each!(self, |c| diesel::delete(gone).execute(c))
    }

    /// Removes an actor from all that it follows here; returns how many that were.
    pub fn delete_followers_by(&mut self, follower: &str) -> Result<usize, StoreError> {
        each!(self, |c| diesel::delete(
            followers::table.filter(followers::follower.eq(follower))
        )
        .execute(c))
    }

    /// Adds a Follow of ours, or replaces the one to the same object.
    pub fn put_follow(&mut self, follow: &FollowRecord) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(follows::table)
            .values((
                follows::actor.eq(&follow.actor),
                follows::object.eq(&follow.object),
                follows::activity_id.eq(&follow.activity_id),
                follows::state.eq(&follow.state),
                follows::created.eq(follow.created.seconds()),
            ))
            .on_conflict((follows::actor, follows::object))
            .do_update()
            .set((
                follows::activity_id.eq(excluded(follows::activity_id)),
                follows::state.eq(excluded(follows::state)),
                follows::created.eq(excluded(follows::created)),
            ))
            .execute(c))?;
        Ok(())
    }

    /// A Follow of ours.
    pub fn find_follow(
        &mut self,
        actor: &str,
        object: &str,
    ) -> Result<Option<FollowRecord>, StoreError> {
        each!(self, |c| follows::table
            .filter(follows::actor.eq(actor).and(follows::object.eq(object)))
            .select(FollowRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// A Follow of ours by its id, for the Accept that answers it.
    pub fn find_follow_by_activity(
        &mut self,
        activity_id: &str,
    ) -> Result<Option<FollowRecord>, StoreError> {
        each!(self, |c| follows::table
            .filter(follows::activity_id.eq(activity_id))
            .select(FollowRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// Whom an actor of ours follows, by number.
    pub fn list_follows(&mut self, actor: &str) -> Result<Vec<FollowRecord>, StoreError> {
        each!(self, |c| follows::table
            .filter(follows::actor.eq(actor))
            .order(follows::id)
            .select(FollowRecord::as_select())
            .load(c))
    }

    /// Who of ours follows an object.
    pub fn list_follows_of(&mut self, object: &str) -> Result<Vec<FollowRecord>, StoreError> {
        each!(self, |c| follows::table
            .filter(follows::object.eq(object))
            .order(follows::id)
            .select(FollowRecord::as_select())
            .load(c))
    }

    /// Sets the state of a Follow of ours; true where there was one.
    pub fn set_follow_state(&mut self, id: i64, state: &str) -> Result<bool, StoreError> {
        Ok(each!(self, |c| diesel::update(follows::table.find(id))
            .set(follows::state.eq(state))
            .execute(c))?
            > 0)
    }

    /// Removes a Follow of ours; true where there was one.
    pub fn delete_follow(&mut self, actor: &str, object: &str) -> Result<bool, StoreError> {
        let one = follows::table.filter(follows::actor.eq(actor).and(follows::object.eq(object)));
        Ok(each!(self, |c| diesel::delete(one).execute(c))? > 0)
    }
}
