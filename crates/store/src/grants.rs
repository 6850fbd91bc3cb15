//! Who may do what on a dataset as its log says, ours and copies alike, and what was asked for.

use diesel::prelude::*;
use diesel::upsert::excluded;
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::Col;
use crate::schema::{datasets, grants};
use crate::tx::{Tx, each};

/// A role on a dataset for one person of any instance.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = grants)]
pub struct GrantRecord {
    /// The dataset here: ours, or our copy.
    pub dataset: i64,
    /// The grant's URL, at its dataset's origin.
    pub id: String,
    /// Whose it is: an actor's URL.
    pub target: String,
    /// The `host[:port]` of that actor.
    pub host: String,
    /// The account of this instance that it is for.
    pub user_id: Option<i64>,
    /// `write` or `maintain`.
    pub role: String,
    /// The Multikey that its holder's reviews are signed with; empty while it is only asked for.
    pub key: String,
    /// `asked`, `offered`, `active`, `suspended` or `revoked`. That its day is over stands in `end_at` alone.
    pub state: String,
    /// The log entry that gave it.
    pub granted_seq: Option<i64>,
    /// The log entry that took it back.
    pub revoked_seq: Option<i64>,
    /// When it ends by itself.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub end_at: Timestamp,
    /// What its holder said when asking.
    pub content: Option<String>,
    /// When it was asked for or given.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
    /// When it changed last.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub updated: Timestamp,
}

impl GrantRecord {
    /// True where it gives rights at `now`. One that is offered counts: a vote under it is how it is accepted.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        matches!(self.state.as_str(), "offered" | "active") && self.end_at > now
    }
}

impl Tx<'_> {
    /// Writes a grant in place of what was known under its id.
    pub fn put_grant(&mut self, grant: &GrantRecord) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(grants::table)
            .values((
                grants::dataset.eq(grant.dataset),
                grants::id.eq(&grant.id),
                grants::target.eq(&grant.target),
                grants::host.eq(&grant.host),
                grants::user_id.eq(grant.user_id),
                grants::role.eq(&grant.role),
                grants::key.eq(&grant.key),
                grants::state.eq(&grant.state),
                grants::granted_seq.eq(grant.granted_seq),
                grants::revoked_seq.eq(grant.revoked_seq),
                grants::end_at.eq(grant.end_at.seconds()),
                grants::content.eq(grant.content.as_deref()),
                grants::created.eq(grant.created.seconds()),
                grants::updated.eq(grant.updated.seconds()),
            ))
            .on_conflict((grants::dataset, grants::id))
            .do_update()
            .set((
                grants::target.eq(excluded(grants::target)),
                grants::host.eq(excluded(grants::host)),
                grants::user_id.eq(excluded(grants::user_id)),
                grants::role.eq(excluded(grants::role)),
                grants::key.eq(excluded(grants::key)),
                grants::state.eq(excluded(grants::state)),
                grants::granted_seq.eq(excluded(grants::granted_seq)),
                grants::revoked_seq.eq(excluded(grants::revoked_seq)),
                grants::end_at.eq(excluded(grants::end_at)),
                grants::content.eq(excluded(grants::content)),
                grants::updated.eq(excluded(grants::updated)),
            ))
            .execute(c))?;
        Ok(())
    }

    /// One grant of a dataset, in whatever state.
    pub fn find_grant(
        &mut self,
        dataset: i64,
        id: &str,
    ) -> Result<Option<GrantRecord>, StoreError> {
        each!(self, |c| grants::table
            .find((dataset, id))
            .select(GrantRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// Every grant of a dataset, or of all, in whatever state, in the order in which they were asked for or given.
    pub fn list_grants(&mut self, dataset: Option<i64>) -> Result<Vec<GrantRecord>, StoreError> {
        each!(self, |c| {
            let mut query = grants::table
                .order((grants::created, grants::id))
                .select(GrantRecord::as_select())
                .into_boxed();
            if let Some(dataset) = dataset {
                query = query.filter(grants::dataset.eq(dataset));
            }
            query.load(c)
        })
    }

    /// The grants of a dataset that give rights at `now`.
    pub fn active_grants(
        &mut self,
        dataset: i64,
        now: Timestamp,
    ) -> Result<Vec<GrantRecord>, StoreError> {
        let mut all = self.list_grants(Some(dataset))?;
        all.retain(|grant| grant.is_in_force(now));
        Ok(all)
    }

    /// Every grant of an actor on a dataset, in whatever state, the last one first.
    pub fn list_grants_of(
        &mut self,
        dataset: i64,
        target: &str,
    ) -> Result<Vec<GrantRecord>, StoreError> {
        each!(self, |c| grants::table
            .filter(grants::dataset.eq(dataset))
            .filter(grants::target.eq(target))
            .order((
                grants::created.desc(),
                grants::granted_seq.desc(),
                grants::id
            ))
            .select(GrantRecord::as_select())
            .load(c))
    }

    /// The grants of an actor on every dataset, in whatever state.
    pub fn list_grants_to(&mut self, target: &str) -> Result<Vec<GrantRecord>, StoreError> {
        each!(self, |c| grants::table
            .filter(grants::target.eq(target))
            .order((grants::created, grants::id))
            .select(GrantRecord::as_select())
            .load(c))
    }

    /// The grants in force that an account of ours holds on copies: on datasets of other instances.
    pub fn list_grants_elsewhere(
        &mut self,
        user_id: i64,
        now: Timestamp,
    ) -> Result<Vec<GrantRecord>, StoreError> {
        let mut held: Vec<GrantRecord> = each!(self, |c| grants::table
            .inner_join(datasets::table)
            .filter(grants::user_id.eq(user_id))
            .filter(datasets::host.ne(""))
            .order((grants::dataset, grants::id))
            .select(GrantRecord::as_select())
            .load(c))?;
        held.retain(|grant| grant.is_in_force(now));
        Ok(held)
    }

    /// The copies on which an account of ours holds a grant in force.
    pub fn list_datasets_moderated_elsewhere(
        &mut self,
        now: Timestamp,
    ) -> Result<Vec<i64>, StoreError> {
        let mut ids: Vec<i64> = each!(self, |c| grants::table
            .inner_join(datasets::table)
            .filter(grants::user_id.is_not_null())
            .filter(datasets::host.ne(""))
            .filter(grants::state.eq_any(["offered", "active"]))
            .filter(grants::end_at.gt(now.seconds()))
            .select(grants::dataset)
            .load(c))?;
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    /// Forgets the grant that an entry gave: the entry lost its meta to an erasure, or the copy begins anew.
    pub fn delete_grants_of_entries(
        &mut self,
        dataset: i64,
        from_seq: i64,
        to_seq: i64,
    ) -> Result<usize, StoreError> {
        each!(self, |c| diesel::delete(
            grants::table
                .filter(grants::dataset.eq(dataset))
                .filter(grants::granted_seq.ge(from_seq))
                .filter(grants::granted_seq.le(to_seq)),
        )
        .execute(c))
    }

    /// Forgets a request that was answered.
    pub fn delete_grant(&mut self, dataset: i64, id: &str) -> Result<(), StoreError> {
        each!(self, |c| diesel::delete(grants::table.find((dataset, id)))
            .execute(c))?;
        Ok(())
    }
}
