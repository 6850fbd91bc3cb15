//! The datasets of this instance and of those that it copies.

use diesel::prelude::*;
use rustine_domain::ids::{DatasetUid, Hash};
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::Col;
use crate::schema::datasets;
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
