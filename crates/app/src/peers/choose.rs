//! What an operator chooses about a peer: its groups, and which of its datasets are copied here.

use rustine_domain::ids::{ActorName, Host};
use rustine_store::{PeerWishRecord, StoreError, Tx};

use super::look;
use crate::App;

/// Groups of one peer at most.
pub const MOST_GROUPS: usize = 10;

/// Why nothing was chosen.
#[derive(Debug, thiserror::Error)]
pub enum ChooseError {
    /// The name of a group.
    #[error(
        "{0:?} is no name of a group: letters a-z, digits, - and _, 40 at most, and {MOST_GROUPS} groups"
    )]
    Group(String),
    /// There is no such peer.
    #[error("there is no peering with {0}")]
    Unknown(Host),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads names of groups, separated by commas or spaces.
///
/// # Errors
/// [`ChooseError::Group`]
pub fn groups(text: &str) -> Result<Vec<String>, ChooseError> {
    let names = text
        .split([',', ' '])
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let mut groups: Vec<String> = Vec::new();
    for name in names {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
        let lower = name.to_lowercase();
        if lower.len() > 40 || !lower.chars().all(plain) || groups.len() >= MOST_GROUPS {
            return Err(ChooseError::Group(name.chars().take(60).collect()));
        }
        if !groups.contains(&lower) {
            groups.push(lower);
        }
    }
    groups.sort();
    Ok(groups)
}

/// Puts a peer into these groups and no others.
///
/// # Errors
/// [`ChooseError`]
pub fn set_groups(app: &App, host: &Host, names: &[String]) -> Result<(), ChooseError> {
    app.db.write(|tx| {
        if tx.find_peer(host.as_str())?.is_none() {
            return Err(ChooseError::Unknown(host.clone()));
        }
        Ok(tx.set_groups_of(host.as_str(), names)?)
    })
}

/// Wishes copies of these datasets of a peer; they are made once there is a peering.
///
/// # Errors
/// Where the store fails.
pub fn wish(app: &App, tx: &mut Tx<'_>, host: &str, names: &[ActorName]) -> Result<(), StoreError> {
    for name in names {
        let copied = tx.find_dataset_by_name(name.as_str(), host)?;
        if copied.is_none() {
            tx.put_peer_wish(&PeerWishRecord {
                host: host.to_owned(),
                name: name.to_string(),
                error: None,
            })?;
        }
    }
    match names.is_empty() {
        true => Ok(()),
        false => look::want(app, tx, host),
    }
}

/// The same in a transaction of its own, for a peer that is there already.
///
/// # Errors
/// [`ChooseError`]
pub fn copy(app: &App, host: &Host, names: &[ActorName]) -> Result<(), ChooseError> {
    app.db.write(|tx| {
        if tx.find_peer(host.as_str())?.is_none() {
            return Err(ChooseError::Unknown(host.clone()));
        }
        Ok(wish(app, tx, host.as_str(), names)?)
    })
}
