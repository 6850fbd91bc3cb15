//! Links by which one person decides on one version of one proposal, once, without logging in.

use diesel::prelude::*;
use rustine_domain::ids::{Hash, PatchId};
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::{Col, Maybe};
use crate::schema::decision_links;
use crate::tx::{Tx, each};

/// A link. What stands in it is not kept: only its hash is.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = decision_links)]
pub struct DecisionLinkRecord {
    /// Hash of the secret in the link.
    pub token_hash: Vec<u8>,
    /// Who decides by it.
    pub user_id: i64,
    /// On which proposal.
    #[diesel(deserialize_as = Col<PatchId>)]
    pub patch: PatchId,
    /// On which version of it.
    #[diesel(deserialize_as = Col<Hash>)]
    pub digest: Hash,
    /// When it was written.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
    /// When it ends by itself.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub expires: Timestamp,
    /// When somebody decided by it.
    #[diesel(deserialize_as = Maybe<Timestamp>)]
    pub used_at: Option<Timestamp>,
}

impl Tx<'_> {
    /// Keeps a link.
    pub fn insert_decision_link(&mut self, link: &DecisionLinkRecord) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(decision_links::table)
            .values((
                decision_links::token_hash.eq(&link.token_hash),
                decision_links::user_id.eq(link.user_id),
                decision_links::patch.eq(link.patch.to_string()),
                decision_links::digest.eq(link.digest.as_bytes()),
                decision_links::created.eq(link.created.seconds()),
                decision_links::expires.eq(link.expires.seconds()),
            ))
            .execute(c))?;
        Ok(())
    }

    /// A link by the hash of its secret.
    pub fn find_decision_link(
        &mut self,
        token_hash: &[u8],
    ) -> Result<Option<DecisionLinkRecord>, StoreError> {
        each!(self, |c| decision_links::table
            .find(token_hash)
            .select(DecisionLinkRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// Uses a link up; false where it was used before. Of two at once one gets it.
    pub fn use_decision_link(
        &mut self,
        token_hash: &[u8],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let unused = decision_links::table
            .find(token_hash)
            .filter(decision_links::used_at.is_null());
        let used = each!(self, |c| diesel::update(unused)
            .set(decision_links::used_at.eq(Some(now.seconds())))
            .execute(c))?;
        Ok(used > 0)
    }

    /// Forgets links that ended long ago; returns how many.
    pub fn delete_decision_links_before(
        &mut self,
        expires: Timestamp,
    ) -> Result<usize, StoreError> {
        let over = decision_links::table.filter(decision_links::expires.lt(expires.seconds()));
        each!(self, |c| diesel::delete(over).execute(c))
    }
}
