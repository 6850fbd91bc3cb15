//! What people with accounts are told: in the page at once, by letter in the rhythm that they chose.

use diesel::prelude::*;
use diesel::upsert::excluded;
use rustine_domain::ids::PatchId;
use rustine_domain::time::Timestamp;

use crate::PatchRecord;
use crate::StoreError;
use crate::columns::{Col, Maybe};
use crate::schema::{digests, notification_choices, notifications, patches};
use crate::tx::{Tx, each};

/// Something that a person is told.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = notifications)]
pub struct NotificationRecord {
    /// The store's own number.
    pub id: i64,
    /// Who is told.
    pub user_id: i64,
    /// What kind of event it is.
    pub kind: String,
    /// The proposal that it is about.
    #[diesel(deserialize_as = Maybe<PatchId>)]
    pub patch: Option<PatchId>,
    /// The dataset that it is about.
    pub dataset: Option<i64>,
    /// What else belongs to it, as JSON; never a cell's value.
    pub data: String,
    /// `due` as long as a letter has to take it along, else `done` or `off`.
    pub mailed: String,
    /// When it happened.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
    /// When the person saw it.
    #[diesel(deserialize_as = Maybe<Timestamp>)]
    pub read_at: Option<Timestamp>,
}

/// Something to be told; the members are those of [`NotificationRecord`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the members are those of NotificationRecord")]
pub struct NewNotification {
    pub user_id: i64,
    pub kind: String,
    pub patch: Option<PatchId>,
    pub dataset: Option<i64>,
    pub data: String,
    pub mailed: String,
    pub created: Timestamp,
}

/// `due`, written out and not bound: an index of the rows that are due serves no query that binds the word.
fn due() -> diesel::expression::SqlLiteral<diesel::sql_types::Text> {
    diesel::dsl::sql("'due'")
}

impl Tx<'_> {
    /// Writes down what a person is told.
    pub fn insert_notification(&mut self, new: &NewNotification) -> Result<i64, StoreError> {
        each!(self, |c| diesel::insert_into(notifications::table)
            .values((
                notifications::user_id.eq(new.user_id),
                notifications::kind.eq(&new.kind),
                notifications::patch.eq(new.patch.map(|id| id.to_string())),
                notifications::dataset.eq(new.dataset),
                notifications::data.eq(&new.data),
                notifications::mailed.eq(&new.mailed),
                notifications::created.eq(new.created.seconds()),
            ))
            .returning(notifications::id)
            .get_result(c))
    }

    /// What a person was told, the newest first, before one of them.
    pub fn list_notifications(
        &mut self,
        user_id: i64,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<NotificationRecord>, StoreError> {
        each!(self, |c| notifications::table
            .filter(notifications::user_id.eq(user_id))
            .filter(notifications::id.lt(before.unwrap_or(i64::MAX)))
            .order(notifications::id.desc())
            .limit(limit)
            .select(NotificationRecord::as_select())
            .load(c))
    }

    /// Whether a person was told of a kind and has neither seen it nor had the letter.
    pub fn is_told(&mut self, user_id: i64, kind: &str) -> Result<bool, StoreError> {
        let open = notifications::table
            .filter(notifications::user_id.eq(user_id))
            .filter(notifications::kind.eq(kind))
            .filter(
                notifications::read_at
                    .is_null()
                    .or(notifications::mailed.eq("due")),
            );
        each!(self, |c| diesel::select(diesel::dsl::exists(open))
            .get_result(c))
    }

    /// The same, of one event of that kind.
    pub fn is_told_of(&mut self, user_id: i64, kind: &str, data: &str) -> Result<bool, StoreError> {
        let open = notifications::table
            .filter(
                notifications::user_id
                    .eq(user_id)
                    .and(notifications::kind.eq(kind))
                    .and(notifications::data.eq(data)),
            )
            .filter(
                notifications::read_at
                    .is_null()
                    .or(notifications::mailed.eq("due")),
            );
        each!(self, |c| diesel::select(diesel::dsl::exists(open))
            .get_result(c))
    }

    /// Whether anybody was told of such an event about a dataset since then.
    pub fn is_anybody_told_of(
        &mut self,
        dataset: i64,
        kind: &str,
        data: &str,
        since: Timestamp,
    ) -> Result<bool, StoreError> {
        let told = notifications::table
            .filter(notifications::dataset.eq(dataset))
            .filter(notifications::kind.eq(kind))
            .filter(notifications::data.eq(data))
            .filter(notifications::created.ge(since.seconds()));
        each!(self, |c| diesel::select(diesel::dsl::exists(told))
            .get_result(c))
    }

    /// How many a person has not seen.
    pub fn count_unread(&mut self, user_id: i64) -> Result<i64, StoreError> {
        each!(self, |c| notifications::table
            .filter(notifications::user_id.eq(user_id))
            .filter(notifications::read_at.is_null())
            .count()
            .get_result(c))
    }

    /// Notes that a person saw all up to a number.
    pub fn read_notifications(
        &mut self,
        user_id: i64,
        up_to: i64,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let unread = notifications::table
            .filter(notifications::user_id.eq(user_id))
            .filter(
                notifications::id
                    .le(up_to)
                    .and(notifications::read_at.is_null()),
            );
        each!(self, |c| diesel::update(unread)
            .set(notifications::read_at.eq(Some(now.seconds())))
            .execute(c))
    }

    /// The people for whom letters are due.
    pub fn list_people_to_mail(&mut self) -> Result<Vec<i64>, StoreError> {
        each!(self, |c| notifications::table
            .filter(notifications::mailed.eq(due()))
            .select(notifications::user_id)
            .distinct()
            .order(notifications::user_id)
            .load(c))
    }

    /// What letters have to tell a person of one kind, the oldest first.
    pub fn list_to_mail(
        &mut self,
        user_id: i64,
        kind: &str,
        limit: i64,
    ) -> Result<Vec<NotificationRecord>, StoreError> {
        each!(self, |c| notifications::table
            .filter(
                notifications::user_id
                    .eq(user_id)
                    .and(notifications::kind.eq(kind))
            )
            .filter(notifications::mailed.eq(due()))
            .order(notifications::id)
            .limit(limit)
            .select(NotificationRecord::as_select())
            .load(c))
    }

    /// Ends what is due of these; returns those that were due still, so that of two servers one writes the letter.
    pub fn settle_mailed(&mut self, ids: &[i64], mailed: &str) -> Result<Vec<i64>, StoreError> {
        let due = notifications::table
            .filter(notifications::id.eq_any(ids.to_vec()))
            .filter(notifications::mailed.eq(due()));
        let mut settled: Vec<i64> = each!(self, |c| diesel::update(due)
            .set(notifications::mailed.eq(mailed))
            .returning(notifications::id)
            .get_results(c))?;
        settled.sort_unstable();
        Ok(settled)
    }

    /// Forgets what was told long ago; returns how many.
    pub fn delete_notifications_before(&mut self, created: Timestamp) -> Result<usize, StoreError> {
        let old = notifications::table.filter(notifications::created.lt(created.seconds()));
        each!(self, |c| diesel::delete(old).execute(c))
    }

    /// In which rhythm a person hears of which kinds, where she chose.
    pub fn list_choices(&mut self, user_id: i64) -> Result<Vec<(String, String)>, StoreError> {
        each!(self, |c| notification_choices::table
            .filter(notification_choices::user_id.eq(user_id))
            .order(notification_choices::kind)
            .select((notification_choices::kind, notification_choices::rhythm))
            .load(c))
    }

    /// Writes a choice down.
    pub fn put_choice(&mut self, user_id: i64, kind: &str, rhythm: &str) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(notification_choices::table)
            .values((
                notification_choices::user_id.eq(user_id),
                notification_choices::kind.eq(kind),
                notification_choices::rhythm.eq(rhythm),
            ))
            .on_conflict((notification_choices::user_id, notification_choices::kind))
            .do_update()
            .set(notification_choices::rhythm.eq(excluded(notification_choices::rhythm)))
            .execute(c))?;
        Ok(())
    }

    /// Takes the turn of a person's collected letter, unless there was one after `last`; of two servers one gets it.
    pub fn take_digest(
        &mut self,
        user_id: i64,
        rhythm: &str,
        last: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let fresh = each!(self, |c| diesel::insert_into(digests::table)
            .values((
                digests::user_id.eq(user_id),
                digests::rhythm.eq(rhythm),
                digests::sent_at.eq(now.seconds()),
            ))
            .on_conflict_do_nothing()
            .execute(c))?;
        if fresh > 0 {
            return Ok(true);
        }
        let over = digests::table
            .find((user_id, rhythm))
            .filter(digests::sent_at.le(last.seconds()));
        let taken = each!(self, |c| diesel::update(over)
            .set(digests::sent_at.eq(now.seconds()))
            .execute(c))?;
        Ok(taken > 0)
    }

    /// How many proposals of a sender were applied, and how many refused: of a person, or of one visitor.
    pub fn count_decided_of(&mut self, patch: &PatchRecord) -> Result<(i64, i64), StoreError> {
        let count = |tx: &mut Self, statuses: [&'static str; 2]| match &patch.proposer {
            Some(proposer) => each!(tx, |c| patches::table
                .filter(
                    patches::proposer
                        .eq(proposer)
                        .and(patches::direction.eq("in"))
                )
                .filter(patches::status.eq_any(statuses))
                .count()
                .get_result(c)),
            // Visitors have numbers of their own on each instance.
            None => each!(tx, |c| patches::table
                .filter(patches::proposer.is_null().and(patches::direction.eq("in")))
                .filter(patches::proposer_host.eq(&patch.proposer_host))
                .filter(patches::visitor.eq(patch.visitor.as_deref()))
                .filter(patches::status.eq_any(statuses))
                .count()
                .get_result(c)),
        };
        Ok((
            count(self, ["accepted", "amended"])?,
            count(self, ["refused", "refused"])?,
        ))
    }
}
