//! Datasets that change their address, and who else keeps a copy of one.

use diesel::prelude::*;
use rustine_domain::time::Timestamp;

use crate::schema::{copy_holders, dataset_aliases, datasets, replica_states};
use crate::tx::{Tx, each};
use crate::{DatasetRecord, StoreError};

impl Tx<'_> {
    /// The dataset that had this address before it moved.
    pub fn find_moved_dataset(
        &mut self,
        name: &str,
        host: &str,
    ) -> Result<Option<DatasetRecord>, StoreError> {
        each!(self, |c| dataset_aliases::table
            .inner_join(datasets::table)
            .filter(dataset_aliases::host.eq(host))
            .filter(dataset_aliases::name.eq(name))
            .select(DatasetRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// The addresses that a dataset had before, as (host, name).
    pub fn list_aliases(&mut self, dataset: i64) -> Result<Vec<(String, String)>, StoreError> {
        each!(self, |c| dataset_aliases::table
            .filter(dataset_aliases::dataset.eq(dataset))
            .order((dataset_aliases::since, dataset_aliases::host))
            .select((dataset_aliases::host, dataset_aliases::name))
            .load(c))
    }

    /// Gives a dataset another address; the one before goes on naming it. [`StoreError::UniqueViolation`] where
    /// another dataset has the new one.
    pub fn move_dataset(
        &mut self,
        dataset: &mut DatasetRecord,
        host: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let before = (dataset.host.clone(), dataset.name.clone());
        if before.0 == host && before.1 == name {
            return Ok(());
        }
        each!(self, |c| diesel::delete(
            dataset_aliases::table
                .filter(dataset_aliases::host.eq(host))
                .filter(dataset_aliases::name.eq(name))
                .filter(dataset_aliases::dataset.eq(dataset.id))
        )
        .execute(c))?;
        each!(self, |c| diesel::update(datasets::table.find(dataset.id))
            .set((datasets::host.eq(host), datasets::name.eq(name)))
            .execute(c))?;
        each!(self, |c| diesel::insert_into(dataset_aliases::table)
            .values((
                dataset_aliases::host.eq(&before.0),
                dataset_aliases::name.eq(&before.1),
                dataset_aliases::dataset.eq(dataset.id),
                dataset_aliases::since.eq(now.seconds()),
            ))
            .on_conflict_do_nothing()
            .execute(c))?;
        host.clone_into(&mut dataset.host);
        name.clone_into(&mut dataset.name);
        Ok(())
    }

    /// A dataset that was copied is ours now: nothing is left to be pulled.
    pub fn delete_replica_state(&mut self, dataset: i64) -> Result<(), StoreError> {
        each!(self, |c| diesel::delete(
            replica_states::table.find(dataset)
        )
        .execute(c))?;
        Ok(())
    }

    /// Remembers that an instance keeps a copy too.
    pub fn put_copy_holder(
        &mut self,
        dataset: i64,
        host: &str,
        seen: Timestamp,
    ) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(copy_holders::table)
            .values((
                copy_holders::dataset.eq(dataset),
                copy_holders::host.eq(host),
                copy_holders::seen.eq(seen.seconds()),
            ))
            .on_conflict((copy_holders::dataset, copy_holders::host))
            .do_update()
            .set(copy_holders::seen.eq(seen.seconds()))
            .execute(c))?;
        Ok(())
    }

    /// The instances that keep a copy too, the latest named first.
    pub fn list_copy_holders(&mut self, dataset: i64) -> Result<Vec<String>, StoreError> {
        each!(self, |c| copy_holders::table
            .filter(copy_holders::dataset.eq(dataset))
            .order((copy_holders::seen.desc(), copy_holders::host))
            .select(copy_holders::host)
            .limit(200)
            .load(c))
    }
}
