//! What the instance knows about itself, and its keys.

use diesel::prelude::*;
use diesel::upsert::excluded;
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::Col;
use crate::schema::{instance, keys};
use crate::tx::{Tx, each};

/// A key of an actor of ours.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = keys)]
pub struct KeyRecord {
    /// The local path of its owner, such as `/actor` or `/datasets/lieux`.
    pub owner: String,
    /// What it is for: `rsa`, `log`, `receipt` …; the app chooses the words.
    pub kind: String,
    /// The public part: PEM or Multikey.
    pub public: String,
    /// The secret part; `None` where it is kept off the server.
    pub secret: Option<Vec<u8>>,
    /// When it was made.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
}

impl Tx<'_> {
    /// A value that the instance keeps about itself.
    pub fn find_instance_value(&mut self, key: &str) -> Result<Option<String>, StoreError> {
        each!(self, |c| instance::table
            .find(key)
            .select(instance::value)
            .get_result(c)
            .optional())
    }

    /// The values whose keys begin with these letters.
    pub fn list_instance_values(
        &mut self,
        prefix: &str,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let pattern = format!("{prefix}%");
        each!(self, |c| instance::table
            .filter(instance::key.like(&pattern))
            .order(instance::key)
            .select((instance::key, instance::value))
            .load(c))
    }

    /// Sets such a value.
    pub fn set_instance_value(&mut self, key: &str, value: &str) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(instance::table)
            .values((instance::key.eq(key), instance::value.eq(value)))
            .on_conflict(instance::key)
            .do_update()
            .set(instance::value.eq(excluded(instance::value)))
            .execute(c))?;
        Ok(())
    }

    /// Forgets such a value; true where there was one.
    pub fn delete_instance_value(&mut self, key: &str) -> Result<bool, StoreError> {
        Ok(each!(self, |c| diesel::delete(instance::table.find(key))
            .execute(c))?
            > 0)
    }

    /// Adds a key. Refuses one that is there already.
    pub fn insert_key(&mut self, key: &KeyRecord) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(keys::table)
            .values((
                keys::owner.eq(&key.owner),
                keys::kind.eq(&key.kind),
                keys::public.eq(&key.public),
                keys::secret.eq(key.secret.as_deref()),
                keys::created.eq(key.created.seconds()),
            ))
            .execute(c))?;
        Ok(())
    }

    /// The newest key of a kind.
    pub fn find_key(&mut self, owner: &str, kind: &str) -> Result<Option<KeyRecord>, StoreError> {
        each!(self, |c| keys::table
            .filter(keys::owner.eq(owner).and(keys::kind.eq(kind)))
            .order((keys::created.desc(), keys::public.asc()))
            .select(KeyRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// The key with a given public part, such as the one that signs a log now.
    pub fn find_key_by_public(
        &mut self,
        owner: &str,
        kind: &str,
        public: &str,
    ) -> Result<Option<KeyRecord>, StoreError> {
        each!(self, |c| keys::table
            .find((owner, kind, public))
            .select(KeyRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// All keys of an owner, oldest first.
    pub fn list_keys(&mut self, owner: &str) -> Result<Vec<KeyRecord>, StoreError> {
        each!(self, |c| keys::table
            .filter(keys::owner.eq(owner))
            .order((keys::created.asc(), keys::public.asc()))
            .select(KeyRecord::as_select())
            .load(c))
    }

    /// Deletes a key for good; true where there was one.
    pub fn delete_key(
        &mut self,
        owner: &str,
        kind: &str,
        public: &str,
    ) -> Result<bool, StoreError> {
        Ok(each!(self, |c| diesel::delete(
            keys::table.find((owner, kind, public))
        )
        .execute(c))?
            > 0)
    }
}
