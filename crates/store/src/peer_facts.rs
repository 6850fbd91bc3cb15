//! What we know of a host beside the agreement with it: when it was heard and reached, what it says about itself,
//! which datasets it lists, and how far it is with copies of ours.

use diesel::prelude::*;
use rustine_domain::ids::Hash;
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::{Col, Maybe};
use crate::schema::{peer_datasets, peer_facts, peer_wishes, replica_heads};
use crate::tx::{Tx, each};

/// A contact is written down at most this often, in seconds: a busy peer costs no write for each activity.
const CONTACT_SECONDS: i64 = 30;

/// What is known of a host.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = peer_facts)]
pub struct PeerFactsRecord {
    /// Its `host[:port]`.
    pub host: String,
    /// When it last spoke to us, give or take half a minute.
    #[diesel(deserialize_as = Maybe<Timestamp>)]
    pub heard_at: Option<Timestamp>,
    /// When it last took something from us, as exactly.
    #[diesel(deserialize_as = Maybe<Timestamp>)]
    pub reached_at: Option<Timestamp>,
    /// When it last said something about itself.
    #[diesel(deserialize_as = Maybe<Timestamp>)]
    pub looked_at: Option<Timestamp>,
    /// From when on it is to be asked again.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub due_at: Timestamp,
    /// What it said, as JSON of the app.
    pub about: Option<String>,
    /// Why it said nothing at the last look.
    pub error: Option<String>,
}

/// A dataset that a host says it publishes.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = peer_datasets)]
pub struct PeerDatasetRecord {
    /// Whose it is.
    pub host: String,
    /// Its name there.
    pub name: String,
    /// The URL of its actor.
    pub url: String,
    /// What people call it.
    pub title: String,
    /// What it holds; empty where nobody said.
    pub description: String,
    /// Its terms.
    pub license: Option<String>,
    /// How many rows.
    pub row_count: i64,
    /// Its head.
    pub seq: i64,
    /// The hash of that entry.
    #[diesel(deserialize_as = Maybe<Hash>)]
    pub entry: Option<Hash>,
    /// When it was last listed.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub seen_at: Timestamp,
}

/// A copy that is to be made as soon as there is a peering.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = peer_wishes)]
pub struct PeerWishRecord {
    /// Whose dataset.
    pub host: String,
    /// Its name there.
    pub name: String,
    /// Why it could not be copied yet.
    pub error: Option<String>,
}

/// How far a copy of a dataset of ours is, as its host says.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = replica_heads)]
pub struct ReplicaHeadRecord {
    /// The dataset.
    pub dataset: i64,
    /// Who keeps the copy.
    pub host: String,
    /// The last entry that it has.
    pub seq: Option<i64>,
    /// The hash of that entry.
    #[diesel(deserialize_as = Maybe<Hash>)]
    pub entry: Option<Hash>,
    /// Why it did not say.
    pub error: Option<String>,
    /// When it was asked.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub looked_at: Timestamp,
}

impl Tx<'_> {
    /// What is known of a host.
    pub fn find_peer_facts(&mut self, host: &str) -> Result<Option<PeerFactsRecord>, StoreError> {
        each!(self, |c| peer_facts::table
            .find(host)
            .select(PeerFactsRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// Begins to know a host, or asks for a look at it from `due` on, if that is sooner than it was to be.
    pub fn want_look(&mut self, host: &str, due: Timestamp) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(peer_facts::table)
            .values((
                peer_facts::host.eq(host),
                peer_facts::due_at.eq(due.seconds())
            ))
            .on_conflict_do_nothing()
            .execute(c))?;
        let later = peer_facts::table
            .find(host)
            .filter(peer_facts::due_at.gt(due.seconds()));
        each!(self, |c| diesel::update(later)
            .set(peer_facts::due_at.eq(due.seconds()))
            .execute(c))?;
        Ok(())
    }

    /// Hosts that are due to be asked, the longest waiting first.
    pub fn list_looks_due(
        &mut self,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<String>, StoreError> {
        each!(self, |c| peer_facts::table
            .filter(peer_facts::due_at.le(now.seconds()))
            .order((peer_facts::due_at, peer_facts::host))
            .limit(limit)
            .select(peer_facts::host)
            .load(c))
    }

    /// Writes what a look brought; without `about` the last one stays. The host must be known.
    pub fn set_look(
        &mut self,
        host: &str,
        about: Option<&str>,
        error: Option<&str>,
        now: Timestamp,
        due: Timestamp,
    ) -> Result<(), StoreError> {
        each!(self, |c| diesel::update(peer_facts::table.find(host))
            .set((
                peer_facts::error.eq(error),
                peer_facts::due_at.eq(due.seconds())
            ))
            .execute(c))?;
        if let Some(about) = about {
            each!(self, |c| diesel::update(peer_facts::table.find(host))
                .set((
                    peer_facts::about.eq(Some(about)),
                    peer_facts::looked_at.eq(Some(now.seconds()))
                ))
                .execute(c))?;
        }
        Ok(())
    }

    /// Notes that a host spoke to us; one that nobody here has to do with is not noted.
    pub fn note_heard(&mut self, host: &str, now: Timestamp) -> Result<(), StoreError> {
        let before = now.seconds() - CONTACT_SECONDS;
        let stale = peer_facts::table.find(host).filter(
            peer_facts::heard_at
                .is_null()
                .or(peer_facts::heard_at.lt(before)),
        );
        each!(self, |c| diesel::update(stale)
            .set(peer_facts::heard_at.eq(Some(now.seconds())))
            .execute(c))?;
        Ok(())
    }

    /// Notes that a host took something from us, in the same way.
    pub fn note_reached(&mut self, host: &str, now: Timestamp) -> Result<(), StoreError> {
        let before = now.seconds() - CONTACT_SECONDS;
        let stale = peer_facts::table.find(host).filter(
            peer_facts::reached_at
                .is_null()
                .or(peer_facts::reached_at.lt(before)),
        );
        each!(self, |c| diesel::update(stale)
            .set(peer_facts::reached_at.eq(Some(now.seconds())))
            .execute(c))?;
        Ok(())
    }

    /// Forgets what is known of a host: facts, list and wishes.
    pub fn delete_peer_facts(&mut self, host: &str) -> Result<(), StoreError> {
        each!(self, |c| diesel::delete(peer_facts::table.find(host))
            .execute(c))?;
        let listed = peer_datasets::table.filter(peer_datasets::host.eq(host));
        each!(self, |c| diesel::delete(listed).execute(c))?;
        let wished = peer_wishes::table.filter(peer_wishes::host.eq(host));
        each!(self, |c| diesel::delete(wished).execute(c))?;
        Ok(())
    }

    /// Replaces the list of a host's datasets.
    pub fn set_peer_datasets(
        &mut self,
        host: &str,
        datasets: &[PeerDatasetRecord],
    ) -> Result<(), StoreError> {
        let before = peer_datasets::table.filter(peer_datasets::host.eq(host));
        each!(self, |c| diesel::delete(before).execute(c))?;
        for dataset in datasets {
            each!(self, |c| diesel::insert_into(peer_datasets::table)
                .values((
                    peer_datasets::host.eq(host),
                    peer_datasets::name.eq(&dataset.name),
                    peer_datasets::url.eq(&dataset.url),
                    peer_datasets::title.eq(&dataset.title),
                    peer_datasets::description.eq(&dataset.description),
                    peer_datasets::license.eq(dataset.license.as_deref()),
                    peer_datasets::row_count.eq(dataset.row_count),
                    peer_datasets::seq.eq(dataset.seq),
                    peer_datasets::entry.eq(dataset.entry.map(|entry| entry.as_bytes().to_vec())),
                    peer_datasets::seen_at.eq(dataset.seen_at.seconds()),
                ))
                .on_conflict_do_nothing()
                .execute(c))?;
        }
        Ok(())
    }

    /// What hosts list, by title; of one host, or of all that we know.
    pub fn list_peer_datasets(
        &mut self,
        host: Option<&str>,
    ) -> Result<Vec<PeerDatasetRecord>, StoreError> {
        let mut listed = each!(self, |c| {
            let all = peer_datasets::table
                .order((peer_datasets::host, peer_datasets::name))
                .select(PeerDatasetRecord::as_select());
            match host {
                Some(host) => all.filter(peer_datasets::host.eq(host)).load(c),
                None => all.load(c),
            }
        })?;
        listed.sort_by(|one: &PeerDatasetRecord, other| {
            (&one.title, &one.host).cmp(&(&other.title, &other.host))
        });
        Ok(listed)
    }

    /// Wishes for a copy of a dataset.
    pub fn put_peer_wish(&mut self, wish: &PeerWishRecord) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(peer_wishes::table)
            .values((
                peer_wishes::host.eq(&wish.host),
                peer_wishes::name.eq(&wish.name),
                peer_wishes::error.eq(wish.error.as_deref()),
            ))
            .on_conflict((peer_wishes::host, peer_wishes::name))
            .do_update()
            .set(peer_wishes::error.eq(wish.error.as_deref()))
            .execute(c))?;
        Ok(())
    }

    /// A wish is fulfilled or given up.
    pub fn delete_peer_wish(&mut self, host: &str, name: &str) -> Result<(), StoreError> {
        each!(self, |c| diesel::delete(
            peer_wishes::table.find((host, name))
        )
        .execute(c))?;
        Ok(())
    }

    /// What is to be copied from a host.
    pub fn list_peer_wishes(&mut self, host: &str) -> Result<Vec<PeerWishRecord>, StoreError> {
        each!(self, |c| peer_wishes::table
            .filter(peer_wishes::host.eq(host))
            .order(peer_wishes::name)
            .select(PeerWishRecord::as_select())
            .load(c))
    }

    /// Writes how far a copy elsewhere is.
    pub fn put_replica_head(&mut self, head: &ReplicaHeadRecord) -> Result<(), StoreError> {
        let entry = head.entry.map(|entry| entry.as_bytes().to_vec());
        let values = (
            replica_heads::seq.eq(head.seq),
            replica_heads::entry.eq(entry),
            replica_heads::error.eq(head.error.as_deref()),
            replica_heads::looked_at.eq(head.looked_at.seconds()),
        );
        each!(self, |c| diesel::insert_into(replica_heads::table)
            .values((
                replica_heads::dataset.eq(head.dataset),
                replica_heads::host.eq(&head.host),
                values.clone()
            ))
            .on_conflict((replica_heads::dataset, replica_heads::host))
            .do_update()
            .set(values.clone())
            .execute(c))?;
        Ok(())
    }

    /// How far the copies of our datasets on a host are.
    pub fn list_replica_heads(&mut self, host: &str) -> Result<Vec<ReplicaHeadRecord>, StoreError> {
        each!(self, |c| replica_heads::table
            .filter(replica_heads::host.eq(host))
            .order(replica_heads::dataset)
            .select(ReplicaHeadRecord::as_select())
            .load(c))
    }
}
