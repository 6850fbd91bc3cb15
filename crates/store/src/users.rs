//! The people of this instance, their sessions and their tokens. Only hashes of secrets stand here.

use diesel::prelude::*;
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::Col;
use crate::schema::{api_tokens, sessions, users};
use crate::tx::{Tx, each};

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct UserRecord {
    /// The store's own number.
    pub id: i64,
    /// The name in URLs; unique.
    pub name: String,
    /// Private.
    pub email: String,
    /// argon2 in its text form.
    pub password_hash: String,
    /// `operator` or `member`.
    pub role: String,
    /// A disabled account signs in nowhere.
    pub disabled: bool,
    /// `fr` or `en`.
    pub lang: String,
    /// When it was created.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
    /// The address is known to be hers; until then she can do nothing but confirm it.
    pub confirmed: bool,
}

/// An account to be created; the members of [`UserRecord`].
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the members are those of UserRecord")]
pub struct NewUser {
    pub name: String,
    pub email: String,
    pub password_hash: String,
    pub role: String,
    pub lang: String,
    pub created: Timestamp,
    pub confirmed: bool,
}

/// A session in a browser.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct SessionRecord {
    /// The hash of the cookie's secret.
    pub token_hash: Vec<u8>,
    /// Whose it is.
    pub user_id: i64,
    /// When it began.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
    /// From when on it counts no more.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub expires: Timestamp,
    /// When it was last used.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub last_seen: Timestamp,
    /// What the browser says it is, for its owner's eyes.
    pub agent: String,
    /// The network that it began in, without the last part of the address.
    pub network: String,
}

/// A token for the API.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = api_tokens)]
pub struct ApiTokenRecord {
    /// The hash of the token.
    pub token_hash: Vec<u8>,
    /// Whose it is.
    pub user_id: i64,
    /// What its owner calls it.
    pub label: String,
    /// When it was made.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
    /// A revoked token opens nothing.
    pub revoked: bool,
}

impl Tx<'_> {
    /// Creates an account; [`StoreError::UniqueViolation`] of `users.name` where the name is taken.
    pub fn insert_user(&mut self, user: &NewUser) -> Result<i64, StoreError> {
        each!(self, |c| diesel::insert_into(users::table)
            .values((
                users::name.eq(&user.name),
                users::email.eq(&user.email),
                users::password_hash.eq(&user.password_hash),
                users::role.eq(&user.role),
                users::disabled.eq(false),
                users::lang.eq(&user.lang),
                users::created.eq(user.created.seconds()),
                users::confirmed.eq(user.confirmed),
            ))
            .returning(users::id)
            .get_result(c))
    }

    /// An account by its number.
    pub fn find_user(&mut self, id: i64) -> Result<Option<UserRecord>, StoreError> {
        each!(self, |c| users::table
            .find(id)
            .select(UserRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// An account by its name.
    pub fn find_user_by_name(&mut self, name: &str) -> Result<Option<UserRecord>, StoreError> {
        each!(self, |c| users::table
            .filter(users::name.eq(name))
            .select(UserRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// The accounts with an e-mail address, compared as it was written and in small letters.
    pub fn list_users_by_email(&mut self, email: &str) -> Result<Vec<UserRecord>, StoreError> {
        let small = email.to_ascii_lowercase();
        each!(self, |c| users::table
            .filter(users::email.eq(email).or(users::email.eq(&small)))
            .order(users::id)
            .select(UserRecord::as_select())
            .load(c))
    }

    /// Accounts in order of their numbers, after one of them.
    pub fn list_users(&mut self, after: i64, limit: i64) -> Result<Vec<UserRecord>, StoreError> {
        each!(self, |c| users::table
            .filter(users::id.gt(after))
            .order(users::id)
            .limit(limit)
            .select(UserRecord::as_select())
            .load(c))
    }

    /// How many accounts there are; NodeInfo tells it.
    pub fn count_users(&mut self) -> Result<i64, StoreError> {
        each!(self, |c| users::table
            .filter(users::disabled.eq(false))
            .count()
            .get_result(c))
    }

    /// Writes what may change of an account: everything but number, name and creation.
    pub fn update_user(&mut self, user: &UserRecord) -> Result<(), StoreError> {
        let changed = each!(self, |c| diesel::update(users::table.find(user.id))
            .set((
                users::email.eq(&user.email),
                users::password_hash.eq(&user.password_hash),
                users::role.eq(&user.role),
                users::disabled.eq(user.disabled),
                users::lang.eq(&user.lang),
                users::confirmed.eq(user.confirmed),
            ))
            .execute(c))?;
        if changed == 0 {
            Err(StoreError::NotFound)
        } else {
            Ok(())
        }
    }

    /// Begins a session.
    pub fn insert_session(&mut self, session: &SessionRecord) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(sessions::table)
            .values((
                sessions::token_hash.eq(&session.token_hash),
                sessions::user_id.eq(session.user_id),
                sessions::created.eq(session.created.seconds()),
                sessions::expires.eq(session.expires.seconds()),
                sessions::last_seen.eq(session.last_seen.seconds()),
                sessions::agent.eq(&session.agent),
                sessions::network.eq(&session.network),
            ))
            .execute(c))?;
        Ok(())
    }

    /// The session of a token and its person, unless it is over or the account disabled.
    pub fn find_session(
        &mut self,
        token_hash: &[u8],
        now: Timestamp,
    ) -> Result<Option<(SessionRecord, UserRecord)>, StoreError> {
        each!(self, |c| sessions::table
            .inner_join(users::table)
            .filter(sessions::token_hash.eq(token_hash))
            .filter(
                sessions::expires
                    .gt(now.seconds())
                    .and(users::disabled.eq(false))
            )
            .select((SessionRecord::as_select(), UserRecord::as_select()))
            .get_result(c)
            .optional())
    }

    /// Notes that a session is in use.
    pub fn touch_session(&mut self, token_hash: &[u8], now: Timestamp) -> Result<(), StoreError> {
        each!(self, |c| diesel::update(sessions::table.find(token_hash))
            .set(sessions::last_seen.eq(now.seconds()))
            .execute(c))?;
        Ok(())
    }

    /// Ends a session; true where there was one.
    pub fn delete_session(&mut self, token_hash: &[u8]) -> Result<bool, StoreError> {
        Ok(
            each!(self, |c| diesel::delete(sessions::table.find(token_hash))
                .execute(c))?
                > 0,
        )
    }

    /// Ends all sessions of a person, as after a new password; returns how many.
    pub fn delete_sessions_of(&mut self, user_id: i64) -> Result<usize, StoreError> {
        each!(self, |c| diesel::delete(
            sessions::table.filter(sessions::user_id.eq(user_id))
        )
        .execute(c))
    }

    /// A person's sessions that are not over, last used first.
    pub fn list_sessions(
        &mut self,
        user_id: i64,
        now: Timestamp,
    ) -> Result<Vec<SessionRecord>, StoreError> {
        each!(self, |c| sessions::table
            .filter(sessions::user_id.eq(user_id))
            .filter(sessions::expires.gt(now.seconds()))
            .order((sessions::last_seen.desc(), sessions::token_hash.asc()))
            .select(SessionRecord::as_select())
            .load(c))
    }

    /// Ends a session of this person; true where she had it.
    pub fn delete_session_of(
        &mut self,
        user_id: i64,
        token_hash: &[u8],
    ) -> Result<bool, StoreError> {
        let hers = sessions::table
            .find(token_hash)
            .filter(sessions::user_id.eq(user_id));
        Ok(each!(self, |c| diesel::delete(hers).execute(c))? > 0)
    }

    /// Ends all sessions of a person but one; returns how many.
    pub fn delete_other_sessions_of(
        &mut self,
        user_id: i64,
        kept: &[u8],
    ) -> Result<usize, StoreError> {
        let others = sessions::table
            .filter(sessions::user_id.eq(user_id))
            .filter(sessions::token_hash.ne(kept));
        each!(self, |c| diesel::delete(others).execute(c))
    }

    /// Forgets sessions that are over; returns how many.
    pub fn delete_expired_sessions(&mut self, now: Timestamp) -> Result<usize, StoreError> {
        let over = sessions::table.filter(sessions::expires.le(now.seconds()));
        each!(self, |c| diesel::delete(over).execute(c))
    }

    /// Adds a token.
    pub fn insert_api_token(&mut self, token: &ApiTokenRecord) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(api_tokens::table)
            .values((
                api_tokens::token_hash.eq(&token.token_hash),
                api_tokens::user_id.eq(token.user_id),
                api_tokens::label.eq(&token.label),
                api_tokens::created.eq(token.created.seconds()),
                api_tokens::revoked.eq(token.revoked),
            ))
            .execute(c))?;
        Ok(())
    }

    /// The person behind a token that is neither revoked nor of a disabled account.
    pub fn find_user_by_api_token(
        &mut self,
        token_hash: &[u8],
    ) -> Result<Option<UserRecord>, StoreError> {
        each!(self, |c| api_tokens::table
            .inner_join(users::table)
            .filter(api_tokens::token_hash.eq(token_hash))
            .filter(api_tokens::revoked.eq(false).and(users::disabled.eq(false)))
            .select(UserRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// A person's tokens, newest first.
    pub fn list_api_tokens(&mut self, user_id: i64) -> Result<Vec<ApiTokenRecord>, StoreError> {
        each!(self, |c| api_tokens::table
            .filter(api_tokens::user_id.eq(user_id))
            .order((api_tokens::created.desc(), api_tokens::token_hash.asc()))
            .select(ApiTokenRecord::as_select())
            .load(c))
    }

    /// Revokes a token of this person; true where it was in force.
    pub fn revoke_api_token(
        &mut self,
        user_id: i64,
        token_hash: &[u8],
    ) -> Result<bool, StoreError> {
        let token = api_tokens::table
            .find(token_hash)
            .filter(api_tokens::user_id.eq(user_id))
            .filter(api_tokens::revoked.eq(false));
        Ok(each!(self, |c| diesel::update(token)
            .set(api_tokens::revoked.eq(true))
            .execute(c))?
            > 0)
    }
}
