//! Log-ins: a random token in a cookie, its hash in the store. Where the person has a second step, a right password
//! only opens half of one, which a code completes.

use rustine_domain::time::Timestamp;
use rustine_store::{AccountLinkRecord, SessionRecord, StoreError, Tx, UserRecord};

use super::password::{self, PasswordError};
use super::{Person, second_step, secret_hash};
use crate::App;

/// A log-in ends by itself after this time.
pub const SESSION_SECONDS: i64 = 30 * 86_400;
/// A code must follow its password within this time.
pub const HALF_SECONDS: i64 = 10 * 60;
/// Wrong codes behind one password; then the password is asked for again.
pub const HALF_TRIES: i64 = 5;
/// How often the last use of a log-in is written down.
const TOUCH_SECONDS: i64 = 3600;
/// Kind of the link that is half a log-in.
const HALF: &str = "half-log-in";
/// What is kept of a browser's name, in characters.
const AGENT_CHARACTERS: usize = 80;

/// Where somebody logs in from, as its owner will see it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct From {
    /// The kind of browser.
    pub agent: String,
    /// The network, without the last part of the address.
    pub network: String,
}

/// A log-in that was begun.
#[derive(Debug)]
pub struct Begun {
    /// The secret for the cookie; it is not kept.
    pub token: String,
    /// Who logged in.
    pub person: Person,
    /// When it ends by itself.
    pub expires: Timestamp,
}

/// What a name and a password lead to.
#[derive(Debug)]
pub enum Entered {
    /// In.
    In(Begun),
    /// Half in: this secret and a code lead on.
    Half(String),
    /// The password is right, but the address was never confirmed.
    Unconfirmed(i64),
    /// They do not belong together.
    No,
}

/// Why a log-in could not be tried.
#[derive(Debug, thiserror::Error)]
pub enum LogInError {
    /// Too many passwords are being looked at.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The account that a name, or the e-mail address of one account, means.
///
/// # Errors
/// Where the store fails.
pub fn find(app: &App, name: &str) -> Result<Option<UserRecord>, StoreError> {
    app.db.read(|tx| {
        if name.contains('@') {
            let mut users = tx.list_users_by_email(name)?;
            return Ok(if users.len() == 1 { users.pop() } else { None });
        }
        tx.find_user_by_name(name)
    })
}

/// Tries a password. It takes as long where there is no such account.
///
/// # Errors
/// [`LogInError`]
pub fn log_in(
    app: &App,
    user: Option<&UserRecord>,
    password: &str,
    from: &From,
) -> Result<Entered, LogInError> {
    let hash = user.map_or("", |user| user.password_hash.as_str());
    let right = password::verify(password, hash)?;
    let Some(user) = user.filter(|user| right && !user.disabled) else {
        return Ok(Entered::No);
    };
    let Some(person) = Person::of(user) else {
        return Ok(Entered::Unconfirmed(user.id));
    };
    let entered = app.db.write(|tx| {
        if second_step::is_on(tx, person.id)? {
            half(app, tx, person.id).map(Entered::Half)
        } else {
            begin(app, tx, person.clone(), from).map(Entered::In)
        }
    })?;
    Ok(entered)
}

fn half(app: &App, tx: &mut Tx<'_>, user: i64) -> Result<String, StoreError> {
    let token = app.entropy.token();
    let now = app.clock.now();
    tx.delete_expired_account_links(now)?;
    tx.insert_account_link(&AccountLinkRecord {
        token_hash: secret_hash(&token),
        kind: HALF.to_owned(),
        user_id: Some(user),
        email: String::new(),
        role: String::new(),
        made_by: String::new(),
        lang: String::new(),
        created: now,
        expires: now.plus_seconds(HALF_SECONDS),
        tries: 0,
    })?;
    Ok(token)
}

/// Writes a log-in down and gives its secret.
///
/// # Errors
/// Where the store fails.
pub fn begin(app: &App, tx: &mut Tx<'_>, person: Person, from: &From) -> Result<Begun, StoreError> {
    let token = app.entropy.token();
    let now = app.clock.now();
    let expires = now.plus_seconds(SESSION_SECONDS);
    tx.delete_expired_sessions(now)?;
    tx.insert_session(&SessionRecord {
        token_hash: secret_hash(&token),
        user_id: person.id,
        created: now,
        expires,
        last_seen: now,
        agent: from.agent.chars().take(AGENT_CHARACTERS).collect(),
        network: from.network.clone(),
    })?;
    Ok(Begun {
        token,
        person,
        expires,
    })
}

/// What a code leads to.
#[derive(Debug)]
pub enum Completed {
    /// In.
    In(Begun),
    /// The code is wrong, or was used; another may be tried.
    Wrong,
    /// The password must be given again.
    Over,
}

/// True where half a log-in waits for a code.
///
/// # Errors
/// Where the store fails.
pub fn is_half(app: &App, half: &str) -> Result<bool, StoreError> {
    let now = app.clock.now();
    let found = app
        .db
        .read(|tx| tx.find_account_link(&secret_hash(half), HALF, now))?;
    Ok(found.is_some_and(|link| link.tries < HALF_TRIES))
}

/// Completes half a log-in with a code of the device or a recovery code.
///
/// # Errors
/// Where the store fails.
pub fn complete(app: &App, half: &str, code: &str, from: &From) -> Result<Completed, StoreError> {
    let hash = secret_hash(half);
    let now = app.clock.now();
    app.db.write(|tx| {
        let link = tx.find_account_link(&hash, HALF, now)?;
        let Some(link) = link.filter(|link| link.tries < HALF_TRIES) else {
            return Ok(Completed::Over);
        };
        let user = match link.user_id {
            Some(id) => tx.find_user(id)?,
            None => None,
        };
        let Some(person) = user.as_ref().and_then(Person::of) else {
            return Ok(Completed::Over);
        };
        if !second_step::take(app, tx, person.id, code)? {
            tx.count_account_link_try(&hash)?;
            return Ok(match link.tries + 1 < HALF_TRIES {
                true => Completed::Wrong,
                false => Completed::Over,
            });
        }
        tx.delete_account_link(&hash)?;
        begin(app, tx, person, from).map(Completed::In)
    })
}

/// Who is logged in with a token. Asked at every request, so a closed account is out at once.
///
/// # Errors
/// Where the store fails.
pub fn whose(app: &App, token: &str) -> Result<Option<Person>, StoreError> {
    let hash = secret_hash(token);
    let now = app.clock.now();
    let found = app.db.read(|tx| match tx.find_session(&hash, now)? {
        Some((session, user)) => Ok(Some((session, Person::load(tx, &user, now)?))),
        None => Ok::<_, StoreError>(None),
    })?;
    let Some((session, person)) = found else {
        return Ok(None);
    };
    if now.seconds() - session.last_seen.seconds() > TOUCH_SECONDS {
        app.db.write(|tx| tx.touch_session(&hash, now))?;
    }
    Ok(person)
}

/// Ends a log-in.
///
/// # Errors
/// Where the store fails.
pub fn log_out(app: &App, token: &str) -> Result<(), StoreError> {
    let hash = secret_hash(token);
    app.db.write(|tx| tx.delete_session(&hash)).map(|_| ())
}

#[cfg(test)]
mod tests;
