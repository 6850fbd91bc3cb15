//! Letters to be sent by mail: written in the transaction that caused them, sent by workers that hold a lease.

use diesel::prelude::*;
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::{Col, Maybe};
use crate::dialect;
use crate::schema::mails;
use crate::tx::{Tx, each};

/// A letter. `address` and `message` are private and stand here only until the letter is over.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = mails)]
pub struct MailRecord {
    /// The store's own number.
    pub id: i64,
    /// Whose letter it is, where the person has an account.
    pub user_id: Option<i64>,
    /// Where it goes; `None` once it is over.
    pub address: Option<String>,
    /// The language that it is written in.
    pub lang: String,
    /// Which letter it is.
    pub kind: String,
    /// What it says, as JSON; `None` once it is over.
    pub message: Option<String>,
    /// `queued`, `sent`, `failed` or `dropped`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i32,
    /// When it may be tried (again).
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub next_at: Timestamp,
    /// Until when a worker has it.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub lease_until: Timestamp,
    /// The process that sends it; empty where none does, or one alone on its database.
    pub holder: String,
    /// What went wrong at the last attempt.
    pub last_error: Option<String>,
    /// When it was written.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
    /// When a mail server took it.
    #[diesel(deserialize_as = Maybe<Timestamp>)]
    pub sent_at: Option<Timestamp>,
}

/// A letter to be sent; the members are those of [`MailRecord`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the members are those of MailRecord")]
pub struct NewMail {
    pub user_id: Option<i64>,
    pub address: String,
    pub lang: String,
    pub kind: String,
    pub message: String,
    pub created: Timestamp,
}

/// A letter that waits, in the hands of a process.
#[diesel::dsl::auto_type(no_type_alias)]
fn held<'a>(id: i64, holder: &'a str) -> _ {
    let waits = mails::id.eq(id).and(mails::state.eq("queued"));
    mails::table.filter(waits.and(mails::holder.eq(holder)))
}

impl Tx<'_> {
    /// Queues a letter; returns its number.
    pub fn insert_mail(&mut self, new: &NewMail) -> Result<i64, StoreError> {
        each!(self, |c| diesel::insert_into(mails::table)
            .values((
                mails::user_id.eq(new.user_id),
                mails::address.eq(Some(&new.address)),
                mails::lang.eq(&new.lang),
                mails::kind.eq(&new.kind),
                mails::message.eq(Some(&new.message)),
                mails::state.eq("queued"),
                mails::attempts.eq(0),
                mails::next_at.eq(new.created.seconds()),
                mails::lease_until.eq(0),
                mails::holder.eq(""),
                mails::created.eq(new.created.seconds()),
            ))
            .returning(mails::id)
            .get_result(c))
    }

    /// A letter by its number.
    pub fn find_mail(&mut self, id: i64) -> Result<Option<MailRecord>, StoreError> {
        each!(self, |c| mails::table
            .find(id)
            .select(MailRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// Takes letters that are due; nobody else gets them as long as the process `holder` is there, and itself not
    /// before `until`.
    pub fn claim_mails(
        &mut self,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<MailRecord>, StoreError> {
        let ids = dialect::claim_mails(self, holder, now.seconds(), until.seconds(), limit)?;
        each!(self, |c| mails::table
            .filter(mails::id.eq_any(ids))
            .order(mails::id)
            .select(MailRecord::as_select())
            .load(c))
    }

    /// Ends the work of `holder` on a letter: `sent`, `failed` or `dropped`; what it said and to whom goes with it.
    /// False, and nothing is written, where another process has it by now or it does not wait any more.
    pub fn finish_mail(
        &mut self,
        id: i64,
        holder: &str,
        state: &str,
        at: Timestamp,
        error: Option<&str>,
    ) -> Result<bool, StoreError> {
        let sent_at = (state == "sent").then_some(at.seconds());
        let changed = each!(self, |c| diesel::update(held(id, holder))
            .set((
                mails::state.eq(state),
                mails::lease_until.eq(0),
                mails::holder.eq(""),
                mails::attempts.eq(mails::attempts + 1),
                mails::message.eq(None::<&str>),
                mails::address.eq(None::<&str>),
                mails::last_error.eq(error),
                mails::sent_at.eq(sent_at),
            ))
            .execute(c))?;
        Ok(changed > 0)
    }

    /// Puts a letter back until later. False as in [`Tx::finish_mail`].
    pub fn retry_mail(
        &mut self,
        id: i64,
        holder: &str,
        next_at: Timestamp,
        error: &str,
    ) -> Result<bool, StoreError> {
        let changed = each!(self, |c| diesel::update(held(id, holder))
            .set((
                mails::next_at.eq(next_at.seconds()),
                mails::lease_until.eq(0),
                mails::holder.eq(""),
                mails::attempts.eq(mails::attempts + 1),
                mails::last_error.eq(Some(error)),
            ))
            .execute(c))?;
        Ok(changed > 0)
    }

    /// Letters in a state, by number, after one of them.
    pub fn list_mails(
        &mut self,
        state: &str,
        after: i64,
        limit: i64,
    ) -> Result<Vec<MailRecord>, StoreError> {
        each!(self, |c| mails::table
            .filter(mails::state.eq(state).and(mails::id.gt(after)))
            .order(mails::id)
            .limit(limit)
            .select(MailRecord::as_select())
            .load(c))
    }

    /// How many letters are in a state.
    pub fn count_mails(&mut self, state: &str) -> Result<i64, StoreError> {
        each!(self, |c| mails::table
            .filter(mails::state.eq(state))
            .count()
            .get_result(c))
    }

    /// How many letters of a kind were written to a person since; for bounds on how many one may get.
    pub fn count_mails_to(
        &mut self,
        user_id: i64,
        kind: &str,
        since: Timestamp,
    ) -> Result<i64, StoreError> {
        each!(self, |c| mails::table
            .filter(mails::user_id.eq(user_id).and(mails::kind.eq(kind)))
            .filter(mails::created.gt(since.seconds()))
            .count()
            .get_result(c))
    }

    /// When the next letter is due.
    pub fn find_next_mail_at(&mut self) -> Result<Option<i64>, StoreError> {
        each!(self, |c| mails::table
            .filter(mails::state.eq("queued"))
            .select(diesel::dsl::min(mails::next_at))
            .get_result(c))
    }

    /// Forgets letters that are long over; returns how many.
    pub fn delete_mails_before(&mut self, created: Timestamp) -> Result<usize, StoreError> {
        let over = mails::table
            .filter(mails::created.lt(created.seconds()))
            .filter(mails::state.ne("queued"));
        each!(self, |c| diesel::delete(over).execute(c))
    }
}
