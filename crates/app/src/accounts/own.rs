//! What people do with their own account: another password, the list of their log-ins and tokens, and ending them.

use rustine_domain::time::Timestamp;
use rustine_store::{ApiTokenRecord, StoreError};

use super::password::{self, PasswordError};
use super::{Person, secret_hash};
use crate::App;

/// Why an account was not changed by its owner.
#[derive(Debug, thiserror::Error)]
pub enum OwnError {
    /// The password that she gave is not hers.
    #[error("the password is not right")]
    Wrong,
    /// The new password is too weak, or too many are being looked at.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A log-in, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogIn {
    /// Names it in forms; opens nothing.
    pub id: Vec<u8>,
    /// The kind of browser.
    pub agent: String,
    /// The network, without the last part of the address.
    pub network: String,
    /// When it began.
    pub created: Timestamp,
    /// When it was last used, to the hour.
    pub last_seen: Timestamp,
    /// It is the one that asks.
    pub this: bool,
}

/// True where this is the person's password.
///
/// # Errors
/// Where the store fails, or too many passwords are being looked at.
pub fn is_password(app: &App, person: &Person, password: &str) -> Result<bool, OwnError> {
    let user = app.db.read(|tx| tx.find_user(person.id))?;
    let hash = user.map(|user| user.password_hash).unwrap_or_default();
    Ok(password::verify(password, &hash)?)
}

/// Sets another password and ends every other log-in; `token` is the secret of the one that asks.
///
/// # Errors
/// [`OwnError`]
pub fn change_password(
    app: &App,
    person: &Person,
    token: &str,
    old: &str,
    new: &str,
) -> Result<(), OwnError> {
    password::check(new)?;
    if !is_password(app, person, old)? {
        return Err(OwnError::Wrong);
    }
    let hash = password::hash(new, &*app.entropy)?;
    app.db.write(|tx| {
        let mut user = tx.find_user(person.id)?.ok_or(StoreError::NotFound)?;
        user.password_hash.clone_from(&hash);
        tx.update_user(&user)?;
        tx.delete_other_sessions_of(person.id, &secret_hash(token))?;
        Ok(())
    })
}

/// A person's log-ins, last used first.
///
/// # Errors
/// Where the store fails.
pub fn log_ins(app: &App, person: &Person, token: &str) -> Result<Vec<LogIn>, StoreError> {
    let this = secret_hash(token);
    let now = app.clock.now();
    let sessions = app.db.read(|tx| tx.list_sessions(person.id, now))?;
    let log_in = |session: rustine_store::SessionRecord| LogIn {
        this: session.token_hash == this,
        id: session.token_hash,
        agent: session.agent,
        network: session.network,
        created: session.created,
        last_seen: session.last_seen,
    };
    Ok(sessions.into_iter().map(log_in).collect())
}

/// Ends one of her log-ins; false where she has none like it.
///
/// # Errors
/// Where the store fails.
pub fn end_log_in(app: &App, person: &Person, id: &[u8]) -> Result<bool, StoreError> {
    app.db.write(|tx| tx.delete_session_of(person.id, id))
}

/// Ends all of her log-ins but the one that asks.
///
/// # Errors
/// Where the store fails.
pub fn end_other_log_ins(app: &App, person: &Person, token: &str) -> Result<usize, StoreError> {
    let kept = secret_hash(token);
    app.db
        .write(|tx| tx.delete_other_sessions_of(person.id, &kept))
}

/// Her tokens for the API that are in force, newest first.
///
/// # Errors
/// Where the store fails.
pub fn tokens(app: &App, person: &Person) -> Result<Vec<ApiTokenRecord>, StoreError> {
    let mut tokens = app.db.read(|tx| tx.list_api_tokens(person.id))?;
    tokens.retain(|token| !token.revoked);
    Ok(tokens)
}

/// Revokes one of her tokens; false where she has none like it.
///
/// # Errors
/// Where the store fails.
pub fn revoke_token(app: &App, person: &Person, id: &[u8]) -> Result<bool, StoreError> {
    app.db.write(|tx| tx.revoke_api_token(person.id, id))
}
