//! Datasets that go on with another one without its recovery key, and who is for which.

use diesel::prelude::*;
use rustine_domain::ids::{DatasetUid, Hash};
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::Col;
use crate::schema::{succession_votes, successors};
use crate::tx::{Tx, each};

/// A dataset whose genesis names another one that it goes on with.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = successors)]
pub struct SuccessorRecord {
    /// Its own uid.
    #[diesel(deserialize_as = Col<DatasetUid>)]
    pub uid: DatasetUid,
    /// The dataset that it goes on with.
    #[diesel(deserialize_as = Col<DatasetUid>)]
    pub of_uid: DatasetUid,
    /// Its genesis entry.
    #[diesel(deserialize_as = Col<Hash>)]
    pub genesis: Hash,
    /// Where it lives.
    pub url: String,
    /// Its title.
    pub title: String,
    /// The last entry that it took over.
    pub from_seq: i64,
    /// The hash of that entry.
    #[diesel(deserialize_as = Col<Hash>)]
    pub from_entry: Hash,
    /// The host that told us of it; empty where it was made here.
    pub told_by: String,
    /// When we heard of it first.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub seen: Timestamp,
}

/// Which successor somebody is for.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = succession_votes)]
pub struct SuccessionVoteRecord {
    /// The dataset that needs one.
    #[diesel(deserialize_as = Col<DatasetUid>)]
    pub of_uid: DatasetUid,
    /// The actor of the person.
    pub voter: String,
    /// The successor.
    #[diesel(deserialize_as = Col<DatasetUid>)]
    pub successor: DatasetUid,
    /// The signed document, as received.
    pub document: String,
    /// When she said so.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub published: Timestamp,
}

impl Tx<'_> {
    /// Notes a successor; false where it was known.
    pub fn insert_successor(&mut self, new: &SuccessorRecord) -> Result<bool, StoreError> {
        let inserted = each!(self, |c| diesel::insert_into(successors::table)
            .values((
                successors::uid.eq(new.uid.to_string()),
                successors::of_uid.eq(new.of_uid.to_string()),
                successors::genesis.eq(new.genesis.as_bytes()),
                successors::url.eq(&new.url),
                successors::title.eq(&new.title),
                successors::from_seq.eq(new.from_seq),
                successors::from_entry.eq(new.from_entry.as_bytes()),
                successors::told_by.eq(&new.told_by),
                successors::seen.eq(new.seen.seconds()),
            ))
            .on_conflict_do_nothing()
            .execute(c))?;
        Ok(inserted > 0)
    }

    /// The successors of a dataset, the first known first.
    pub fn list_successors(&mut self, of: DatasetUid) -> Result<Vec<SuccessorRecord>, StoreError> {
        each!(self, |c| successors::table
            .filter(successors::of_uid.eq(of.to_string()))
            .order((successors::seen, successors::uid))
            .select(SuccessorRecord::as_select())
            .load(c))
    }

    /// Notes whom somebody is for; a later document replaces an earlier one. True where it was taken.
    pub fn put_succession_vote(&mut self, vote: &SuccessionVoteRecord) -> Result<bool, StoreError> {
        let held: Option<i64> = each!(self, |c| succession_votes::table
            .find((vote.of_uid.to_string(), &vote.voter))
            .select(succession_votes::published)
            .get_result(c)
            .optional())?;
        if held.is_some_and(|held| held >= vote.published.seconds()) {
            return Ok(false);
        }
        let successor = vote.successor.to_string();
        let values = (
            succession_votes::successor.eq(&successor),
            succession_votes::document.eq(&vote.document),
            succession_votes::published.eq(vote.published.seconds()),
        );
        each!(self, |c| diesel::insert_into(succession_votes::table)
            .values((
                succession_votes::of_uid.eq(vote.of_uid.to_string()),
                succession_votes::voter.eq(&vote.voter),
                values
            ))
            .on_conflict((succession_votes::of_uid, succession_votes::voter))
            .do_update()
            .set(values)
            .execute(c))?;
        Ok(true)
    }

    /// Who is for which successor of a dataset.
    pub fn list_succession_votes(
        &mut self,
        of: DatasetUid,
    ) -> Result<Vec<SuccessionVoteRecord>, StoreError> {
        each!(self, |c| succession_votes::table
            .filter(succession_votes::of_uid.eq(of.to_string()))
            .order(succession_votes::voter)
            .select(SuccessionVoteRecord::as_select())
            .load(c))
    }
}
