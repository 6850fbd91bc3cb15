//! An operator answers a peering request, or ends a peering.

use rustine_domain::ids::{DatasetAddress, Host};
use rustine_protocol::activity::{Accept, Activity, Follow, Reject};
use rustine_store::{DatasetFilter, PeerRecord, StoreError, Tx};

use super::ask::Choice;
use super::{ACCEPTED, ASKING, REFUSED, REMOVED, forget_facts, list_replicas_of, look};
use crate::App;
use crate::actors;
use crate::context::uri;
use crate::follows;
use crate::outbox::{self, Outgoing};
use crate::replicas::{self, remove::RemoveError};
use crate::rules::change::RulesError;

/// Why nothing was decided.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    /// No request of this host waits.
    #[error(
        "{0} asks for no peering: `rustine peer list` shows the requests, `rustine peer add {0}` asks"
    )]
    NotAsking(Host),
    /// It shows another key than the one that it asked with.
    #[error("{0} shows another key than the one it asked with: confirm that first")]
    Suspended(Host),
    /// There is nothing to remove.
    #[error("there is no peering with {0}")]
    Unknown(Host),
    /// What is to happen to its proposals cannot be a rule of each dataset.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Accepts a request; that completes the peering on both sides.
///
/// # Errors
/// [`DecideError`]
pub fn accept(app: &App, host: &Host) -> Result<PeerRecord, DecideError> {
    accept_with(app, host, &Choice::default())
}

/// The same, with what is to follow from it.
///
/// # Errors
/// [`DecideError`]
pub fn accept_with(app: &App, host: &Host, choice: &Choice) -> Result<PeerRecord, DecideError> {
    app.db.write(|tx| {
        let peer = asking(tx, host)?;
        if tx.is_suspended(&peer.actor)? {
            return Err(DecideError::Suspended(host.clone()));
        }
        choice.write(app, tx, &peer.host)?;
        Ok(accept_in(app, tx, peer)?)
    })
}

/// Refuses a request.
///
/// # Errors
/// [`DecideError`]
pub fn refuse(app: &App, host: &Host) -> Result<PeerRecord, DecideError> {
    app.db.write(|tx| {
        let mut peer = asking(tx, host)?;
        if let Some(follow) = their_follow(&peer) {
            let activity =
                Reject::follow(uri(&app.activity_id()), uri(&app.instance_actor()), &follow)
                    .to_json();
            send(app, tx, &peer, &activity)?;
        }
        REFUSED.clone_into(&mut peer.state);
        peer.updated = app.clock.now();
        tx.put_peer(&peer)?;
        Ok(peer)
    })
}

/// Ends a peering and deletes every copy of what the other side publishes, with all its rows; how many copies went.
///
/// # Errors
/// [`DecideError`]
pub fn remove_with_copies(app: &App, host: &Host) -> Result<(PeerRecord, usize), DecideError> {
    let peer = remove(app, host)?;
    let elsewhere = DatasetFilter {
        local: Some(false),
        ..DatasetFilter::default()
    };
    let all = app
        .db
        .read(|tx| tx.list_datasets(&elsewhere, None, i64::MAX))?;
    let mut gone = 0;
    for dataset in all.iter().filter(|dataset| dataset.host == host.as_str()) {
        // Each in a transaction of its own: a large copy takes its time, and one that stays can be removed later.
        let Ok(name) = dataset.name.parse() else {
            continue;
        };
        let address = DatasetAddress {
            name,
            host: Some(host.clone()),
        };
        match replicas::remove::remove(app, &address) {
            Ok(()) => gone += 1,
            Err(RemoveError::Store(error)) => return Err(error.into()),
            // Somebody else removed it meanwhile.
            Err(RemoveError::Dataset(_) | RemoveError::Ours(_)) => {}
        }
    }
    Ok((peer, gone))
}

/// Ends a peering, or takes a request back. Copies stay, to be read: nobody without an account here can propose on
/// them any more.
///
/// # Errors
/// [`DecideError`]
pub fn remove(app: &App, host: &Host) -> Result<PeerRecord, DecideError> {
    app.db.write(|tx| {
        let mut peer = tx
            .find_peer(host.as_str())?
            .filter(|peer| peer.state != REMOVED)
            .ok_or_else(|| DecideError::Unknown(host.clone()))?;
        if let Some(follow) = their_follow(&peer) {
            let activity =
                Reject::follow(uri(&app.activity_id()), uri(&app.instance_actor()), &follow)
                    .to_json();
            send(app, tx, &peer, &activity)?;
        }
        follows::ask::unfollow(app, tx, "/actor", &peer.actor, &peer.inbox)?;
        REMOVED.clone_into(&mut peer.state);
        peer.updated = app.clock.now();
        tx.put_peer(&peer)?;
        list_replicas_of(tx, &peer.host, false)?;
        tx.set_groups_of(&peer.host, &[])?;
        forget_facts(tx, &peer.host)?;
        Ok(peer)
    })
}

/// Accepts inside the caller's transaction.
pub(super) fn accept_in(
    app: &App,
    tx: &mut Tx<'_>,
    mut peer: PeerRecord,
) -> Result<PeerRecord, StoreError> {
    if let Some(follow) = their_follow(&peer) {
        let activity = Accept::follow(
            uri(&app.activity_id()),
            uri(&app.instance_actor()),
            &follow,
            None,
        )
        .to_json();
        send(app, tx, &peer, &activity)?;
    }
    ACCEPTED.clone_into(&mut peer.state);
    peer.updated = app.clock.now();
    tx.put_peer(&peer)?;
    actors::pin(tx, &peer.actor)?;
    list_replicas_of(tx, &peer.host, true)?;
    look::want(app, tx, &peer.host)?;
    Ok(peer)
}

fn asking(tx: &mut Tx<'_>, host: &Host) -> Result<PeerRecord, DecideError> {
    let found = tx
        .find_peer(host.as_str())?
        .filter(|peer| peer.state == ASKING);
    found.ok_or_else(|| DecideError::NotAsking(host.clone()))
}

fn their_follow(peer: &PeerRecord) -> Option<Follow> {
    let document = serde_json::from_str(peer.their_activity.as_deref()?).ok()?;
    match Activity::parse(&document) {
        Ok(Activity::Follow(follow)) => Some(follow),
        _ => None,
    }
}

fn send(
    app: &App,
    tx: &mut Tx<'_>,
    peer: &PeerRecord,
    activity: &serde_json::Value,
) -> Result<(), StoreError> {
    let object_key = format!("follow:{}", peer.actor);
    outbox::send(
        app,
        tx,
        &Outgoing {
            activity,
            actor: "/actor",
            object_key: &object_key,
        },
        &peer.inbox,
    )
}
