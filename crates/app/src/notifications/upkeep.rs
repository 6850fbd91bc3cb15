//! What those who run the node, or who decide on a dataset, are told of beside proposals: somebody asks for a peering,
//! a key changed, something was reported. Each is told once until the person has seen it and had the letter, however
//! often it happens meanwhile.

use rustine_store::{DatasetRecord, NewNotification, StoreError, Tx, UserRecord};
use serde::{Deserialize, Serialize};

use super::proposals::{deciders, grant_holders, people};
use super::{Kind, Rhythm, rhythm};
use crate::accounts::OPERATOR;
use crate::peers::ASKING;
use crate::{App, mail};

/// What happened. Kept as JSON with the line and in the letter: add members with a default, and never rename.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Upkeep {
    /// An instance asks for a peering.
    PeerAsked {
        /// Its `host[:port]`.
        host: String,
    },
    /// An actor shows another key than the one it is known by; its rights are suspended.
    KeyChanged {
        /// Its URL.
        actor: String,
        /// Its `host[:port]`.
        host: String,
    },
    /// Reports about a dataset wait.
    Reported {
        /// The store's number of the dataset.
        dataset: i64,
    },
}

impl Upkeep {
    /// The kind by which people choose how they hear of it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::PeerAsked { .. } => Kind::PeerAsked,
            Self::KeyChanged { .. } => Kind::KeyChanged,
            Self::Reported { .. } => Kind::Reported,
        }
    }

    /// Where in this node it is seen to.
    pub fn page(&self) -> String {
        match self {
            Self::PeerAsked { host } => format!("/admin/peers/{host}"),
            Self::KeyChanged { .. } => "/admin/peers/keys".to_owned(),
            Self::Reported { .. } => "/moderation/reports".to_owned(),
        }
    }

    /// Whether it still waits for somebody.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn waits(&self, tx: &mut Tx<'_>) -> Result<bool, StoreError> {
        Ok(match self {
            Self::PeerAsked { host } => {
                tx.find_peer(host)?.is_some_and(|peer| peer.state == ASKING)
            }
            Self::KeyChanged { actor, .. } => tx.is_suspended(actor)?,
            Self::Reported { dataset } => tx.count_open_reports(*dataset, None, None)? > 0,
        })
    }
}

/// An instance asks for a peering: tells the operators.
///
/// # Errors
/// Where the store fails.
pub(crate) fn peering_asked(app: &App, tx: &mut Tx<'_>, host: &str) -> Result<(), StoreError> {
    let what = Upkeep::PeerAsked {
        host: host.to_owned(),
    };
    let operators = people(tx, |user| user.role == OPERATOR)?;
    tell(app, tx, &operators, &what)
}

/// An actor shows another key: tells the operators.
///
/// # Errors
/// Where the store fails.
pub(crate) fn key_changed(
    app: &App,
    tx: &mut Tx<'_>,
    actor: &str,
    host: &str,
) -> Result<(), StoreError> {
    let what = Upkeep::KeyChanged {
        actor: actor.to_owned(),
        host: host.to_owned(),
    };
    let operators = people(tx, |user| user.role == OPERATOR)?;
    tell(app, tx, &operators, &what)
}

/// Something was reported: tells those who decide on the dataset, on a copy those who do so by a grant, but not whoever
/// reported it.
///
/// # Errors
/// Where the store fails.
pub(crate) fn reported(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    reporter: Option<&str>,
) -> Result<(), StoreError> {
    let mut concerned = match dataset.is_local() {
        true => deciders(app, tx, dataset)?,
        false => grant_holders(app, tx, dataset)?,
    };
    concerned.retain(|user| reporter != Some(app.url(&format!("/users/{}", user.name)).as_str()));
    let what = Upkeep::Reported {
        dataset: dataset.id,
    };
    tell(app, tx, &concerned, &what)
}

fn tell(app: &App, tx: &mut Tx<'_>, users: &[UserRecord], what: &Upkeep) -> Result<(), StoreError> {
    let data = serde_json::to_string(what).map_err(|error| StoreError::Other(error.to_string()))?;
    let kind = what.kind();
    for user in users {
        if tx.is_told_of(user.id, kind.word(), &data)? {
            continue;
        }
        let wanted = mail::is_on(app) && rhythm(tx, user.id, kind)? != Rhythm::Off;
        tx.insert_notification(&NewNotification {
            user_id: user.id,
            kind: kind.word().to_owned(),
            patch: None,
            dataset: match what {
                Upkeep::Reported { dataset } => Some(*dataset),
                _ => None,
            },
            data: data.clone(),
            mailed: if wanted { "due" } else { "off" }.to_owned(),
            created: app.clock.now(),
        })?;
    }
    Ok(())
}

/// What a line tells of, where it is one of these.
pub fn read(data: &str) -> Option<Upkeep> {
    serde_json::from_str(data).ok()
}

#[cfg(test)]
mod tests;
