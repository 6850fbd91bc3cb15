//! An operator confirms the key that an actor shows now.

use std::fmt;
use std::str::FromStr;

use rustine_domain::ids::Host;
use rustine_store::{RemoteActorRecord, StoreError};

use super::{FRESH_SECONDS, fingerprint, key_in_force};
use crate::App;

/// Whose keys are confirmed: all actors of a host, or one actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// `host[:port]`.
    Host(Host),
    /// An actor's URL.
    Actor(String),
}

impl FromStr for Whose {
    type Err = rustine_domain::ids::InvalidId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains("://") {
            Ok(Self::Actor(text.to_owned()))
        } else {
            text.parse().map(Self::Host)
        }
    }
}

impl fmt::Display for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(host) => host.fmt(f),
            Self::Actor(actor) => actor.fmt(f),
        }
    }
}

/// A change of key, by fingerprints ([`super::fingerprint`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The actor.
    pub actor: String,
    /// Its `host[:port]`.
    pub host: String,
    /// The key that it was known by.
    pub old: String,
    /// The key that it shows.
    pub new: String,
}

impl Change {
    /// What a suspended actor shows.
    pub fn of(actor: &RemoteActorRecord) -> Self {
        Self {
            actor: actor.id.clone(),
            host: actor.host.clone(),
            old: fingerprint(key_in_force(actor)),
            new: fingerprint(&actor.key_pem),
        }
    }
}

/// Why nothing was confirmed.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmError {
    /// Nobody is suspended.
    #[error(
        "no actor of {0} shows another key than before: `rustine peer list` shows those that do"
    )]
    Nothing(Whose),
    /// Another key than the one that was compared.
    #[error("{actor} shows the key {shown}, not {wanted}: ask its operator again")]
    OtherKey {
        /// The actor.
        actor: String,
        /// Its key's fingerprint.
        shown: String,
        /// The fingerprint that was given.
        wanted: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Confirms the keys that these actors show; their rights are theirs again. With a fingerprint, only that key.
///
/// # Errors
/// [`ConfirmError`]
pub fn confirm(
    app: &App,
    whose: &Whose,
    wanted: Option<&str>,
) -> Result<Vec<Change>, ConfirmError> {
    app.db.write(|tx| {
        let mut actors = tx.list_suspended_actors()?;
        actors.retain(|actor| match whose {
            Whose::Host(host) => actor.host == host.as_str(),
            Whose::Actor(id) => actor.id == *id,
        });
        if actors.is_empty() {
            return Err(ConfirmError::Nothing(whose.clone()));
        }
        let mut changes = Vec::with_capacity(actors.len());
        for mut actor in actors {
            let change = Change::of(&actor);
            if let Some(wanted) = wanted.filter(|wanted| !wanted.eq_ignore_ascii_case(&change.new))
            {
                return Err(ConfirmError::OtherKey {
                    actor: change.actor,
                    shown: change.new,
                    wanted: wanted.to_owned(),
                });
            }
            actor.pinned_key_pem = Some(actor.key_pem.clone());
            actor.suspended = false;
            // The rest of its document was not believed; it is fetched when the actor speaks next.
            actor.fetched_at = actor.fetched_at.plus_seconds(-FRESH_SECONDS);
            tx.put_remote_actor(&actor)?;
            changes.push(change);
        }
        Ok(changes)
    })
}

/// Every actor whose rights are suspended.
///
/// # Errors
/// Where the store fails.
pub fn waiting(app: &App) -> Result<Vec<Change>, StoreError> {
    let actors = app.db.read(|tx| tx.list_suspended_actors())?;
    Ok(actors.iter().map(Change::of).collect())
}
