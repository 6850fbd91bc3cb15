//! How copies of others' datasets stand, and which instances copy ours.

use diesel::prelude::*;
use rustine_domain::ids::Hash;
use rustine_domain::time::Timestamp;

use crate::columns::{Col, Maybe};
use crate::schema::{datasets, replica_states, replicas};
use crate::tx::{Tx, each};
use crate::{DatasetRecord, StoreError};

/// How a copy stands.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = replica_states)]
pub struct ReplicaStateRecord {
    /// The copy.
    pub dataset: i64,
    /// The app's word for the state.
    pub state: String,
    /// The origin's head, as last heard.
    pub origin_seq: Option<i64>,
    /// Its entry hash.
    #[diesel(deserialize_as = Maybe<Hash>)]
    pub origin_entry: Option<Hash>,
    /// When the origin itself last confirmed its head.
    #[diesel(deserialize_as = Maybe<Timestamp>)]
    pub confirmed_at: Option<Timestamp>,
    /// The host that entries were last taken from.
    pub source: Option<String>,
    /// The lowest seq from which every body is held.
    pub bodies_from: i64,
    /// Where a snapshot that is being loaded goes on.
    pub cursor: Option<String>,
    /// Why it stopped.
    pub error: Option<String>,
    /// When this was written.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub updated: Timestamp,
    /// The host that the operator named to copy from.
    pub named_source: Option<String>,
    /// Bytes of headers and bodies taken so far; only [`Tx::add_log_bytes`] changes it.
    pub log_bytes: i64,
    /// The highest entry that a process which does not pull this copy has heard of, or -1; see `hints`.
    pub hinted_seq: i64,
    /// A redact entry that we know of and have not applied, or -1; see `hints`.
    pub redact_seq: i64,
    /// The process that has asked once since its start for what was missed; see `hints`.
    pub attempted_by: String,
    /// Since when the origin has not answered; `None` where it answered last.
    #[diesel(deserialize_as = Maybe<Timestamp>)]
    pub silent_since: Option<Timestamp>,
}

/// An instance that copies a dataset of ours.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = replicas)]
pub struct ReplicaRecord {
    /// Our dataset.
    pub dataset: i64,
    /// The instance's `host[:port]`.
    pub host: String,
    /// Its instance actor.
    pub actor: String,
    /// Where entries are pushed to.
    pub inbox: String,
    /// Only what a person accepted as a peer is listed.
    pub listed: bool,
    /// When its Follow was accepted.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub accepted_at: Timestamp,
}

impl Tx<'_> {
    /// How a copy stands.
    pub fn find_replica_state(
        &mut self,
        dataset: i64,
    ) -> Result<Option<ReplicaStateRecord>, StoreError> {
        each!(self, |c| replica_states::table
            .find(dataset)
            .select(ReplicaStateRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// All copies and how they stand.
    pub fn list_replica_states(
        &mut self,
    ) -> Result<Vec<(DatasetRecord, ReplicaStateRecord)>, StoreError> {
        each!(self, |c| datasets::table
            .inner_join(replica_states::table)
            .order((datasets::host, datasets::name))
            .select((DatasetRecord::as_select(), ReplicaStateRecord::as_select()))
            .load(c))
    }

    /// Writes how a copy stands.
    pub fn put_replica_state(&mut self, state: &ReplicaStateRecord) -> Result<(), StoreError> {
        let values = (
            replica_states::state.eq(&state.state),
            replica_states::origin_seq.eq(state.origin_seq),
            replica_states::origin_entry.eq(state.origin_entry.as_ref().map(Hash::as_bytes)),
            replica_states::confirmed_at.eq(state.confirmed_at.map(Timestamp::seconds)),
            replica_states::source.eq(state.source.as_deref()),
            replica_states::bodies_from.eq(state.bodies_from),
            replica_states::cursor.eq(state.cursor.as_deref()),
            replica_states::error.eq(state.error.as_deref()),
            replica_states::updated.eq(state.updated.seconds()),
            replica_states::named_source.eq(state.named_source.as_deref()),
            replica_states::silent_since.eq(state.silent_since.map(Timestamp::seconds)),
        );
        each!(self, |c| diesel::insert_into(replica_states::table)
            .values((replica_states::dataset.eq(state.dataset), values))
            .on_conflict(replica_states::dataset)
            .do_update()
            .set(values)
            .execute(c))?;
        Ok(())
    }

    /// Counts what was taken of a copy's log; the new sum. `None` where the dataset is no copy: nothing is counted.
    pub fn add_log_bytes(&mut self, dataset: i64, bytes: i64) -> Result<Option<i64>, StoreError> {
        each!(self, |c| diesel::update(
            replica_states::table.find(dataset)
        )
        .set(replica_states::log_bytes.eq(replica_states::log_bytes + bytes))
        .returning(replica_states::log_bytes)
        .get_result(c)
        .optional())
    }

    /// The count begins anew, with the copy.
    pub fn reset_log_bytes(&mut self, dataset: i64) -> Result<(), StoreError> {
        each!(self, |c| diesel::update(
            replica_states::table.find(dataset)
        )
        .set(replica_states::log_bytes.eq(0))
        .execute(c))?;
        Ok(())
    }

    /// The instances that copy a dataset of ours, by host.
    pub fn list_replicas(&mut self, dataset: i64) -> Result<Vec<ReplicaRecord>, StoreError> {
        each!(self, |c| replicas::table
            .filter(replicas::dataset.eq(dataset))
            .order(replicas::host)
            .select(ReplicaRecord::as_select())
            .load(c))
    }

    /// Notes that an instance copies a dataset of ours, or changes what we know about it.
    pub fn put_replica(&mut self, replica: &ReplicaRecord) -> Result<(), StoreError> {
        let values = (
            replicas::actor.eq(&replica.actor),
            replicas::inbox.eq(&replica.inbox),
            replicas::listed.eq(replica.listed),
            replicas::accepted_at.eq(replica.accepted_at.seconds()),
        );
        each!(self, |c| diesel::insert_into(replicas::table)
            .values((
                replicas::dataset.eq(replica.dataset),
                replicas::host.eq(&replica.host),
                values
            ))
            .on_conflict((replicas::dataset, replicas::host))
            .do_update()
            .set(values)
            .execute(c))?;
        Ok(())
    }

    /// Forgets that an instance copies a dataset; true where it did.
    pub fn delete_replica(&mut self, dataset: i64, host: &str) -> Result<bool, StoreError> {
        Ok(each!(self, |c| diesel::delete(
            replicas::table.find((dataset, host))
        )
        .execute(c))?
            > 0)
    }
}
