//! The datasets of this instance and the copies of those of others.

use diesel::prelude::*;
use rustine_domain::ids::{DatasetUid, Hash};
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::{Col, Maybe};
use crate::schema::{datasets, replica_states, replicas};
use crate::tx::{Tx, each};

/// A dataset and the head of its log.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = datasets)]
pub struct DatasetRecord {
    /// The store's own number.
    pub id: i64,
    /// Names one log for ever.
    #[diesel(deserialize_as = Col<DatasetUid>)]
    pub uid: DatasetUid,
    /// The name at its origin.
    pub name: String,
    /// The origin's `host[:port]`; empty for a dataset of ours.
    pub host: String,
    /// `attributedTo`: the actor's URL.
    pub url: String,
    /// The entry hash of its genesis.
    #[diesel(deserialize_as = Col<Hash>)]
    pub genesis: Hash,
    /// The seq of the head; -1 before the genesis.
    pub seq: i64,
    /// The entry hash of the head.
    #[diesel(deserialize_as = Col<Hash>)]
    pub entry: Hash,
    /// The root hash of the rows after the head.
    #[diesel(deserialize_as = Col<Hash>)]
    pub state: Hash,
    /// `domain::log::chain::Chain` as JSON.
    pub chain: String,
    /// The schema document as it was signed.
    pub schema: String,
    /// Its hash.
    #[diesel(deserialize_as = Col<Hash>)]
    pub schema_hash: Hash,
    /// The policy document, where one was set.
    pub policy: Option<String>,
    /// `public`, `peers`, `private` or a word we do not know.
    pub audience: String,
    /// Repeats the schema's.
    pub title: String,
    /// Repeats the schema's first licence.
    pub license: Option<String>,
    /// How many rows there are; kept by the methods that write rows.
    pub row_count: i64,
    /// Grows with every change of rows.
    pub rows_version: i64,
    /// `draft`, `published`, `closed` or `frozen`.
    pub status: String,
    /// When it was created here.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
    /// When its head moved last.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub updated: Timestamp,
}

impl DatasetRecord {
    /// True for a dataset whose log we sign.
    pub fn is_local(&self) -> bool {
        self.host.is_empty()
    }
}

/// A dataset to be created; `id`, `row_count` and `rows_version` of the record do not count.
pub type NewDataset = DatasetRecord;

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

/// Which datasets a list is about; `None` leaves a question open.
#[derive(Debug, Clone, Default)]
pub struct DatasetFilter {
    /// Ours, or copies.
    pub local: Option<bool>,
    /// `draft`, `published` …
    pub status: Option<String>,
    /// `public` …
    pub audience: Option<String>,
}

impl Tx<'_> {
    /// Creates a dataset, without rows; refused where the uid, or the name on that host, is taken.
    pub fn insert_dataset(&mut self, new: &NewDataset) -> Result<i64, StoreError> {
        each!(self, |c| diesel::insert_into(datasets::table)
            .values((
                datasets::uid.eq(new.uid.to_string()),
                datasets::name.eq(&new.name),
                datasets::host.eq(&new.host),
                datasets::row_count.eq(0),
                datasets::rows_version.eq(0),
                datasets::created.eq(new.created.seconds()),
                Head::of(new),
            ))
            .returning(datasets::id)
            .get_result(c))
    }

    /// A dataset by the store's number.
    pub fn find_dataset(&mut self, id: i64) -> Result<Option<DatasetRecord>, StoreError> {
        each!(self, |c| datasets::table
            .find(id)
            .select(DatasetRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// A dataset by the store's number; [`StoreError::NotFound`] without it.
    pub fn load_dataset(&mut self, id: i64) -> Result<DatasetRecord, StoreError> {
        self.find_dataset(id)?.ok_or(StoreError::NotFound)
    }

    /// A dataset by name and host (empty: ours), or by an address that it had before it moved.
    pub fn find_dataset_by_name(
        &mut self,
        name: &str,
        host: &str,
    ) -> Result<Option<DatasetRecord>, StoreError> {
        let now = each!(self, |c| datasets::table
            .filter(datasets::host.eq(host).and(datasets::name.eq(name)))
            .select(DatasetRecord::as_select())
            .get_result(c)
            .optional())?;
        match now {
            Some(dataset) => Ok(Some(dataset)),
            None => self.find_moved_dataset(name, host),
        }
    }

    /// A dataset by its uid.
    pub fn find_dataset_by_uid(
        &mut self,
        uid: DatasetUid,
    ) -> Result<Option<DatasetRecord>, StoreError> {
        each!(self, |c| datasets::table
            .filter(datasets::uid.eq(uid.to_string()))
            .select(DatasetRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// A dataset by the URL of its actor.
    pub fn find_dataset_by_url(&mut self, url: &str) -> Result<Option<DatasetRecord>, StoreError> {
        each!(self, |c| datasets::table
            .filter(datasets::url.eq(url))
            .select(DatasetRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// Datasets in order of host and name (ours first), after one of them.
    pub fn list_datasets(
        &mut self,
        filter: &DatasetFilter,
        after: Option<(&str, &str)>,
        limit: i64,
    ) -> Result<Vec<DatasetRecord>, StoreError> {
        each!(self, |c| {
            let mut query = datasets::table
                .order((datasets::host, datasets::name))
                .limit(limit)
                .select(DatasetRecord::as_select())
                .into_boxed();
            if let Some(local) = filter.local {
                query = if local {
                    query.filter(datasets::host.eq(""))
                } else {
                    query.filter(datasets::host.ne(""))
                };
            }
            if let Some(status) = &filter.status {
                query = query.filter(datasets::status.eq(status));
            }
            if let Some(audience) = &filter.audience {
                query = query.filter(datasets::audience.eq(audience));
            }
            if let Some((host, name)) = after {
                let later = datasets::host.eq(host).and(datasets::name.gt(name));
                query = query.filter(datasets::host.gt(host).or(later));
            }
            query.load(c)
        })
    }

    /// Writes the head of the log and what repeats it: everything but number, uid, name, host, creation and counts.
    pub fn update_dataset(&mut self, dataset: &DatasetRecord) -> Result<(), StoreError> {
        let changed = each!(self, |c| diesel::update(datasets::table.find(dataset.id))
            .set(Head::of(dataset))
            .execute(c))?;
        if changed == 0 {
            Err(StoreError::NotFound)
        } else {
            Ok(())
        }
    }

    /// Deletes a dataset with everything that belongs to it. The rows go first, by [`Tx::delete_all_rows`], because
    /// their words do not go by themselves.
    pub fn delete_dataset(&mut self, id: i64) -> Result<(), StoreError> {
        self.delete_all_rows(id)?;
        each!(self, |c| diesel::delete(datasets::table.find(id))
            .execute(c))?;
        Ok(())
    }

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

/// The columns that follow the log.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = datasets, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Head<'a> {
    url: &'a str,
    genesis: &'a [u8],
    seq: i64,
    entry: &'a [u8],
    state: &'a [u8],
    chain: &'a str,
    schema: &'a str,
    schema_hash: &'a [u8],
    policy: Option<&'a str>,
    audience: &'a str,
    title: &'a str,
    license: Option<&'a str>,
    status: &'a str,
    updated: i64,
}

impl<'a> Head<'a> {
    fn of(dataset: &'a DatasetRecord) -> Self {
        Self {
            url: &dataset.url,
            genesis: dataset.genesis.as_bytes(),
            seq: dataset.seq,
            entry: dataset.entry.as_bytes(),
            state: dataset.state.as_bytes(),
            chain: &dataset.chain,
            schema: &dataset.schema,
            schema_hash: dataset.schema_hash.as_bytes(),
            policy: dataset.policy.as_deref(),
            audience: &dataset.audience,
            title: &dataset.title,
            license: dataset.license.as_deref(),
            status: &dataset.status,
            updated: dataset.updated.seconds(),
        }
    }
}
