//! What people of this instance were offered on datasets elsewhere, or asked for there, and what they said to it.

use diesel::prelude::*;
use diesel::upsert::excluded;
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::{Col, Maybe};
use crate::schema::held_grants;
use crate::tx::{Tx, each};

/// A grant as its holder's instance knows it beside the log.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = held_grants)]
pub struct HeldGrantRecord {
    /// The grant's URL; for what was asked for, the request's.
    pub id: String,
    /// The dataset's actor.
    pub dataset_url: String,
    /// Who it is for.
    pub user_id: i64,
    /// `write` or `maintain`.
    pub role: String,
    /// `asked`, `offered`, `accepted`, `declined`, `refused` or `revoked`.
    pub state: String,
    /// When it ends by itself.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub end_at: Timestamp,
    /// When it came, or was asked for.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
    /// When it changed last.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub updated: Timestamp,
    /// When a copy of the dataset is to be begun for its holder; `None` where that is done, or was never wished for.
    #[diesel(deserialize_as = Maybe<Timestamp>)]
    pub copy_due: Option<Timestamp>,
    /// Why it could not be begun yet, in words for the operator.
    pub copy_error: Option<String>,
}

impl Tx<'_> {
    /// Writes what is known of a grant under its id.
    pub fn put_held_grant(&mut self, held: &HeldGrantRecord) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(held_grants::table)
            .values((
                held_grants::id.eq(&held.id),
                held_grants::dataset_url.eq(&held.dataset_url),
                held_grants::user_id.eq(held.user_id),
                held_grants::role.eq(&held.role),
                held_grants::state.eq(&held.state),
                held_grants::end_at.eq(held.end_at.seconds()),
                held_grants::created.eq(held.created.seconds()),
                held_grants::updated.eq(held.updated.seconds()),
                held_grants::copy_due.eq(held.copy_due.map(Timestamp::seconds)),
                held_grants::copy_error.eq(held.copy_error.as_deref()),
            ))
            .on_conflict(held_grants::id)
            .do_update()
            .set((
                held_grants::role.eq(excluded(held_grants::role)),
                held_grants::state.eq(excluded(held_grants::state)),
                held_grants::end_at.eq(excluded(held_grants::end_at)),
                held_grants::updated.eq(excluded(held_grants::updated)),
                held_grants::copy_due.eq(excluded(held_grants::copy_due)),
                held_grants::copy_error.eq(excluded(held_grants::copy_error)),
            ))
            .execute(c))?;
        Ok(())
    }

    /// One of them.
    pub fn find_held_grant(&mut self, id: &str) -> Result<Option<HeldGrantRecord>, StoreError> {
        each!(self, |c| held_grants::table
            .find(id)
            .select(HeldGrantRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// Those of one account, or of all, in the order in which they came.
    pub fn list_held_grants(
        &mut self,
        user_id: Option<i64>,
    ) -> Result<Vec<HeldGrantRecord>, StoreError> {
        each!(self, |c| {
            let mut query = held_grants::table
                .order((held_grants::created, held_grants::id))
                .select(HeldGrantRecord::as_select())
                .into_boxed();
            if let Some(user_id) = user_id {
                query = query.filter(held_grants::user_id.eq(user_id));
            }
            query.load(c)
        })
    }

    /// Those whose holders wait for a copy that is due to be begun.
    pub fn list_held_grants_to_copy(
        &mut self,
        now: Timestamp,
        most: i64,
    ) -> Result<Vec<HeldGrantRecord>, StoreError> {
        each!(self, |c| held_grants::table
            .filter(held_grants::copy_due.le(now.seconds()))
            .order((held_grants::copy_due, held_grants::id))
            .limit(most)
            .select(HeldGrantRecord::as_select())
            .load(c))
    }

    /// Forgets one.
    pub fn delete_held_grant(&mut self, id: &str) -> Result<(), StoreError> {
        each!(self, |c| diesel::delete(held_grants::table.find(id))
            .execute(c))?;
        Ok(())
    }
}
