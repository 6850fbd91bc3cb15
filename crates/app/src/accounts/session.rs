//! Log-ins: a random token in a cookie, its hash in the store.

use rustine_domain::time::Timestamp;
use rustine_store::{SessionRecord, StoreError};

use super::{Person, password, secret_hash};
use crate::App;

/// A log-in ends by itself after this time.
pub const SESSION_SECONDS: i64 = 30 * 86_400;
/// How often the last use of a log-in is written down.
const TOUCH_SECONDS: i64 = 3600;

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

/// Begins a log-in; `None` where name and password do not belong together. It takes as long for an unknown name.
/// The name may be the e-mail address instead.
///
/// # Errors
/// Where the store fails.
pub fn log_in(app: &App, name: &str, password: &str) -> Result<Option<Begun>, StoreError> {
    let user = app.db.read(|tx| {
        if name.contains('@') {
            let mut users = tx.list_users_by_email(name)?;
            return Ok::<_, StoreError>(if users.len() == 1 { users.pop() } else { None });
        }
        tx.find_user_by_name(name)
    })?;
    let hash = user.as_ref().map_or("", |user| user.password_hash.as_str());
    let right = password::verify(password, hash);
    let Some(person) = user.as_ref().filter(|_| right).and_then(Person::of) else {
        return Ok(None);
    };
    let token = app.entropy.token();
    let now = app.clock.now();
    let expires = now.plus_seconds(SESSION_SECONDS);
    app.db.write(|tx| {
        tx.delete_expired_sessions(now)?;
        tx.insert_session(&SessionRecord {
            token_hash: secret_hash(&token),
            user_id: person.id,
            created: now,
            expires,
            last_seen: now,
        })
    })?;
    Ok(Some(Begun {
        token,
        person,
        expires,
    }))
}

/// Who is logged in with a token. Asked at every request, so a closed account is out at once.
///
/// # Errors
/// Where the store fails.
pub fn whose(app: &App, token: &str) -> Result<Option<Person>, StoreError> {
    let hash = secret_hash(token);
    let now = app.clock.now();
    let found = app.db.read(|tx| tx.find_session(&hash, now))?;
    let Some((session, user)) = found else {
        return Ok(None);
    };
    if now.seconds() - session.last_seen.seconds() > TOUCH_SECONDS {
        app.db.write(|tx| tx.touch_session(&hash, now))?;
    }
    Ok(Person::of(&user))
}

/// Ends a log-in.
///
/// # Errors
/// Where the store fails.
pub fn log_out(app: &App, token: &str) -> Result<(), StoreError> {
    let hash = secret_hash(token);
    app.db.write(|tx| tx.delete_session(&hash)).map(|_| ())
}
