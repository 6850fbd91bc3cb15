//! What a person does with her follows from a page: see them, begin one, end one.

use rustine_store::{FollowRecord, RemoteActorRecord, StoreError};

use super::{REJECTED, ask};
use crate::App;
use crate::accounts::Person;
use crate::context::uri;

/// Whom one person may follow.
pub const MOST: usize = 500;

/// Why a follow was not begun.
#[derive(Debug, thiserror::Error)]
pub enum FollowRefused {
    /// Nobody was found under this id before.
    #[error("nobody is known under this address: search first")]
    Unknown,
    /// She follows as many as she may.
    #[error("nobody follows more than {MOST} others: end a follow first")]
    Many,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn actor(person: &Person) -> String {
    format!("/users/{}", person.name)
}

/// Whom a person follows or asked to, with the actors as far as they are known.
///
/// # Errors
/// Where the store fails.
pub fn list(
    app: &App,
    person: &Person,
) -> Result<Vec<(FollowRecord, Option<RemoteActorRecord>)>, StoreError> {
    app.db.read(|tx| {
        let mut followed = Vec::new();
        for follow in tx.list_follows(&actor(person))? {
            let other = tx.find_remote_actor(&follow.object)?;
            followed.push((follow, other));
        }
        Ok(followed)
    })
}

/// Follows somebody who was found before. A second follow sends nothing.
///
/// # Errors
/// [`FollowRefused`]
pub fn follow(app: &App, person: &Person, id: &str) -> Result<(), FollowRefused> {
    app.db.write(|tx| {
        let other = tx.find_remote_actor(id)?.filter(|other| !other.suspended);
        let other = other.ok_or(FollowRefused::Unknown)?;
        let follows = tx.list_follows(&actor(person))?;
        let open = follows.iter().filter(|follow| follow.state != REJECTED);
        if open.count() >= MOST {
            return Err(FollowRefused::Many);
        }
        ask::follow(app, tx, &actor(person), &uri(&other.id), &other.inbox)?;
        Ok(())
    })
}

/// Ends a follow; false where she does not follow.
///
/// # Errors
/// Where the store fails.
pub fn unfollow(app: &App, person: &Person, id: &str) -> Result<bool, StoreError> {
    app.db.write(|tx| match tx.find_remote_actor(id)? {
        Some(other) => ask::unfollow(app, tx, &actor(person), id, &other.inbox),
        // Nobody is left to be told.
        None => tx.delete_follow(&actor(person), id),
    })
}
