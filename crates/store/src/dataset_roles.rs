//! What people of this instance may do on one dataset beyond what every member may.

use diesel::prelude::*;
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::{Col, Maybe};
use crate::schema::{dataset_roles, users};
use crate::tx::{Tx, each};

/// A role that was given.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = dataset_roles)]
pub struct DatasetRoleRecord {
    /// The store's own number.
    pub id: i64,
    /// On which dataset.
    pub dataset: i64,
    /// To whom.
    pub user_id: i64,
    /// `write` or `maintain`.
    pub role: String,
    /// Name of the account that gave it.
    pub given_by: String,
    /// When.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
    /// When it ends by itself.
    #[diesel(deserialize_as = Maybe<Timestamp>)]
    pub until_at: Option<Timestamp>,
    /// When it was taken back.
    #[diesel(deserialize_as = Maybe<Timestamp>)]
    pub revoked_at: Option<Timestamp>,
}

impl Tx<'_> {
    /// Gives a role; returns its number. The number of the record counts for nothing.
    pub fn insert_dataset_role(&mut self, role: &DatasetRoleRecord) -> Result<i64, StoreError> {
        each!(self, |c| diesel::insert_into(dataset_roles::table)
            .values((
                dataset_roles::dataset.eq(role.dataset),
                dataset_roles::user_id.eq(role.user_id),
                dataset_roles::role.eq(&role.role),
                dataset_roles::given_by.eq(&role.given_by),
                dataset_roles::created.eq(role.created.seconds()),
                dataset_roles::until_at.eq(role.until_at.map(Timestamp::seconds)),
                dataset_roles::revoked_at.eq(role.revoked_at.map(Timestamp::seconds)),
            ))
            .returning(dataset_roles::id)
            .get_result(c))
    }

    /// The roles of a person that are in force.
    pub fn list_roles_of(
        &mut self,
        user_id: i64,
        now: Timestamp,
    ) -> Result<Vec<DatasetRoleRecord>, StoreError> {
        let now = now.seconds();
        each!(self, |c| dataset_roles::table
            .filter(dataset_roles::user_id.eq(user_id))
            .filter(dataset_roles::revoked_at.is_null())
            .filter(
                dataset_roles::until_at
                    .is_null()
                    .or(dataset_roles::until_at.gt(now))
            )
            .order(dataset_roles::id)
            .select(DatasetRoleRecord::as_select())
            .load(c))
    }

    /// The roles in force on one dataset, or on all, with the names of who has them, in the order in which they were
    /// given.
    pub fn list_dataset_roles(
        &mut self,
        dataset: Option<i64>,
        now: Timestamp,
    ) -> Result<Vec<(DatasetRoleRecord, String)>, StoreError> {
        let now = now.seconds();
        each!(self, |c| {
            let mut query = dataset_roles::table
                .inner_join(users::table)
                .filter(dataset_roles::revoked_at.is_null())
                .filter(
                    dataset_roles::until_at
                        .is_null()
                        .or(dataset_roles::until_at.gt(now)),
                )
                .order(dataset_roles::id)
                .select((DatasetRoleRecord::as_select(), users::name))
                .into_boxed();
            if let Some(dataset) = dataset {
                query = query.filter(dataset_roles::dataset.eq(dataset));
            }
            query.load(c)
        })
    }

    /// A role by its number, in force or not.
    pub fn find_dataset_role(&mut self, id: i64) -> Result<Option<DatasetRoleRecord>, StoreError> {
        each!(self, |c| dataset_roles::table
            .find(id)
            .select(DatasetRoleRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// Takes a role back; false where that was done before.
    pub fn revoke_dataset_role(&mut self, id: i64, now: Timestamp) -> Result<bool, StoreError> {
        let role = dataset_roles::table
            .find(id)
            .filter(dataset_roles::revoked_at.is_null());
        Ok(each!(self, |c| diesel::update(role)
            .set(dataset_roles::revoked_at.eq(now.seconds()))
            .execute(c))?
            > 0)
    }
}
