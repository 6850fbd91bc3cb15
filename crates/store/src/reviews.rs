//! Signed verdicts on proposals: those that came for datasets of ours, and those of our people elsewhere.

use diesel::prelude::*;
use rustine_domain::ids::{Hash, PatchId};
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::Col;
use crate::schema::{patches, reviews};
use crate::tx::{Tx, each};

/// A verdict that was kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = reviews)]
pub struct ReviewRecord {
    /// The store's own number: the order of arrival.
    pub id: i64,
    /// The review's id, on its author's instance.
    pub url: String,
    /// The dataset here.
    pub dataset: i64,
    /// The proposal.
    #[diesel(deserialize_as = Col<PatchId>)]
    pub patch: PatchId,
    /// Whose it is: an actor's URL.
    pub reviewer: String,
    /// The `host[:port]` of that actor.
    pub host: String,
    /// The version that was read.
    #[diesel(deserialize_as = Col<Hash>)]
    pub digest: Hash,
    /// `approve`, `revise`, `reject` or `remark`.
    pub verdict: String,
    /// What was said with it.
    pub content: Option<String>,
    /// The signed document as it was received.
    pub document: String,
    /// When it came.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub received: Timestamp,
    /// Why it counts for nothing, in words for the operator.
    pub void: Option<String>,
    /// The operations that it approves instead of those offered, as JSON, while they are of use.
    pub amended: Option<String>,
}

/// A verdict to be kept.
#[derive(Debug, Clone)]
pub struct NewReview {
    /// The review's id.
    pub url: String,
    /// The dataset here.
    pub dataset: i64,
    /// The proposal.
    pub patch: PatchId,
    /// Whose it is.
    pub reviewer: String,
    /// The `host[:port]` of its author.
    pub host: String,
    /// The version that was read.
    pub digest: Hash,
    /// The verdict.
    pub verdict: String,
    /// What was said with it.
    pub content: Option<String>,
    /// The signed document.
    pub document: String,
    /// When it came.
    pub received: Timestamp,
    /// Why it counts for nothing.
    pub void: Option<String>,
    /// The operations that it approves instead of those offered, as JSON.
    pub amended: Option<String>,
}

impl Tx<'_> {
    /// Keeps a verdict. [`StoreError::UniqueViolation`] where its id is known.
    pub fn insert_review(&mut self, review: &NewReview) -> Result<i64, StoreError> {
        each!(self, |c| diesel::insert_into(reviews::table)
            .values((
                reviews::url.eq(&review.url),
                reviews::dataset.eq(review.dataset),
                reviews::patch.eq(review.patch.to_string()),
                reviews::reviewer.eq(&review.reviewer),
                reviews::host.eq(&review.host),
                reviews::digest.eq(review.digest.as_bytes()),
                reviews::verdict.eq(&review.verdict),
                reviews::content.eq(review.content.as_deref()),
                reviews::document.eq(&review.document),
                reviews::received.eq(review.received.seconds()),
                reviews::void.eq(review.void.as_deref()),
                reviews::amended.eq(review.amended.as_deref()),
            ))
            .returning(reviews::id)
            .get_result(c))
    }

    /// A verdict by its id.
    pub fn find_review(&mut self, url: &str) -> Result<Option<ReviewRecord>, StoreError> {
        each!(self, |c| reviews::table
            .filter(reviews::url.eq(url))
            .select(ReviewRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// The verdicts on a proposal, in the order in which they came.
    pub fn list_reviews(&mut self, patch: PatchId) -> Result<Vec<ReviewRecord>, StoreError> {
        each!(self, |c| reviews::table
            .filter(reviews::patch.eq(patch.to_string()))
            .order(reviews::id)
            .select(ReviewRecord::as_select())
            .load(c))
    }

    /// How many verdicts an actor sent for a dataset since an instant.
    pub fn count_reviews_since(
        &mut self,
        dataset: i64,
        reviewer: &str,
        since: Timestamp,
    ) -> Result<i64, StoreError> {
        each!(self, |c| reviews::table
            .filter(reviews::dataset.eq(dataset))
            .filter(reviews::reviewer.eq(reviewer))
            .filter(reviews::received.ge(since.seconds()))
            .count()
            .get_result(c))
    }

    /// Says of a verdict why it counts for nothing (any more).
    pub fn void_review(&mut self, id: i64, why: &str) -> Result<(), StoreError> {
        each!(self, |c| diesel::update(reviews::table.find(id))
            .set(reviews::void.eq(why))
            .execute(c))?;
        Ok(())
    }

    /// Says why what somebody said about open proposals of a dataset counts for nothing any more.
    pub fn void_reviews_of(
        &mut self,
        dataset: i64,
        reviewer: &str,
        why: &str,
    ) -> Result<usize, StoreError> {
        each!(self, |c| {
            let open = patches::table
                .filter(patches::status.eq_any(["pending", "conflict"]))
                .select(patches::id);
            let hers = reviews::table
                .filter(reviews::dataset.eq(dataset))
                .filter(reviews::reviewer.eq(reviewer))
                .filter(reviews::void.is_null())
                .filter(reviews::patch.eq_any(open));
            diesel::update(hers).set(reviews::void.eq(why)).execute(c)
        })
    }

    /// Forgets which corrections the reviews of a proposal approved: it was decided.
    pub fn forget_corrections(&mut self, patch: PatchId) -> Result<usize, StoreError> {
        each!(self, |c| {
            let said = reviews::table.filter(reviews::patch.eq(patch.to_string()));
            diesel::update(said.filter(reviews::amended.is_not_null()))
                .set(reviews::amended.eq(None::<String>))
                .execute(c)
        })
    }

    /// Forgets the corrections of every review on a dataset: a value that may stand in them was erased.
    pub fn forget_all_corrections(&mut self, dataset: i64) -> Result<usize, StoreError> {
        each!(self, |c| {
            let said = reviews::table.filter(reviews::dataset.eq(dataset));
            diesel::update(said.filter(reviews::amended.is_not_null()))
                .set(reviews::amended.eq(None::<String>))
                .execute(c)
        })
    }

    /// Forgets what was said on the proposal that an entry applied; returns how many verdicts that were.
    pub fn delete_reviews_of_entry(&mut self, dataset: i64, seq: i64) -> Result<usize, StoreError> {
        each!(self, |c| {
            let applied = patches::table
                .filter(patches::dataset.eq(dataset))
                .filter(patches::result_seq.eq(seq))
                .select(patches::id);
            let said = reviews::table.filter(reviews::patch.eq_any(applied));
            diesel::delete(said).execute(c)
        })
    }
}
