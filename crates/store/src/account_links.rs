//! Links that open something of an account once: half a log-in, a new password, another address, an invitation.

use diesel::prelude::*;
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::Col;
use crate::schema::account_links;
use crate::tx::{Tx, each};

/// A link that is still to be used.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = account_links)]
pub struct AccountLinkRecord {
    /// The hash of the link's secret.
    pub token_hash: Vec<u8>,
    /// What it opens.
    pub kind: String,
    /// Whose account; none for one that is still to be made.
    pub user_id: Option<i64>,
    /// The address that it was sent to, or that it is to confirm; may be empty.
    pub email: String,
    /// The role that an invitation gives; empty for others.
    pub role: String,
    /// Name of the account that made it; empty where nobody did.
    pub made_by: String,
    /// The language of who asked for it; may be empty.
    pub lang: String,
    /// When it was made.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
    /// From when on it opens nothing.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub expires: Timestamp,
    /// How often somebody failed behind it.
    pub tries: i64,
}

impl Tx<'_> {
    /// Adds a link.
    pub fn insert_account_link(&mut self, link: &AccountLinkRecord) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(account_links::table)
            .values((
                account_links::token_hash.eq(&link.token_hash),
                account_links::kind.eq(&link.kind),
                account_links::user_id.eq(link.user_id),
                account_links::email.eq(&link.email),
                account_links::role.eq(&link.role),
                account_links::made_by.eq(&link.made_by),
                account_links::lang.eq(&link.lang),
                account_links::created.eq(link.created.seconds()),
                account_links::expires.eq(link.expires.seconds()),
                account_links::tries.eq(link.tries),
            ))
            .execute(c))?;
        Ok(())
    }

    /// The link of a secret, unless it is over or of another kind.
    pub fn find_account_link(
        &mut self,
        token_hash: &[u8],
        kind: &str,
        now: Timestamp,
    ) -> Result<Option<AccountLinkRecord>, StoreError> {
        each!(self, |c| account_links::table
            .find(token_hash)
            .filter(account_links::kind.eq(kind))
            .filter(account_links::expires.gt(now.seconds()))
            .select(AccountLinkRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// Uses a link up; false where somebody else just did.
    pub fn delete_account_link(&mut self, token_hash: &[u8]) -> Result<bool, StoreError> {
        Ok(each!(self, |c| diesel::delete(
            account_links::table.find(token_hash)
        )
        .execute(c))?
            > 0)
    }

    /// Forgets a person's links of one kind, as when a newer one is sent; returns how many.
    pub fn delete_account_links_of(
        &mut self,
        user_id: i64,
        kind: &str,
    ) -> Result<usize, StoreError> {
        let hers = account_links::table
            .filter(account_links::user_id.eq(user_id))
            .filter(account_links::kind.eq(kind));
        each!(self, |c| diesel::delete(hers).execute(c))
    }

    /// Counts a failure behind a link.
    pub fn count_account_link_try(&mut self, token_hash: &[u8]) -> Result<(), StoreError> {
        each!(self, |c| diesel::update(
            account_links::table.find(token_hash)
        )
        .set(account_links::tries.eq(account_links::tries + 1))
        .execute(c))?;
        Ok(())
    }

    /// Links of a kind that are not over, newest first.
    pub fn list_account_links(
        &mut self,
        kind: &str,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<AccountLinkRecord>, StoreError> {
        each!(self, |c| account_links::table
            .filter(account_links::kind.eq(kind))
            .filter(account_links::expires.gt(now.seconds()))
            .order((
                account_links::created.desc(),
                account_links::token_hash.asc()
            ))
            .limit(limit)
            .select(AccountLinkRecord::as_select())
            .load(c))
    }

    /// Links to this address of one kind that were made since, used up or over ones left out.
    pub fn count_account_links_to(
        &mut self,
        kind: &str,
        email: &str,
        since: Timestamp,
    ) -> Result<i64, StoreError> {
        each!(self, |c| account_links::table
            .filter(account_links::kind.eq(kind))
            .filter(account_links::email.eq(email))
            .filter(account_links::created.ge(since.seconds()))
            .count()
            .get_result(c))
    }

    /// Forgets links that are over; returns how many.
    pub fn delete_expired_account_links(&mut self, now: Timestamp) -> Result<usize, StoreError> {
        let over = account_links::table.filter(account_links::expires.le(now.seconds()));
        each!(self, |c| diesel::delete(over).execute(c))
    }
}
