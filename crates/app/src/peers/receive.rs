//! Peering requests and answers that arrive.

use rustine_domain::checks::Check;
use rustine_protocol::Uri;
use rustine_protocol::activity::{Follow, Reject};
use rustine_store::{PeerRecord, RemoteActorRecord, StoreError, Tx};

use super::{ACCEPTED, ASKED, ASKING, REFUSED, REMOVED, decide, list_replicas_of, look};
use crate::App;
use crate::actors;
use crate::context::uri;
use crate::follows::receive::APPLICATION;
use crate::notifications::upkeep;
use crate::outbox::{self, Outgoing};

/// Requests that wait for our people at most; further ones are refused at once.
pub const MOST_REQUESTS: usize = 100;

/// Another instance asks. A person answers it, unless one of ours asked for the same.
///
/// # Errors
/// Where the store fails.
pub fn asked(
    app: &App,
    tx: &mut Tx<'_>,
    follow: &Follow,
    sender: &RemoteActorRecord,
) -> Result<(), StoreError> {
    if (sender.kind != APPLICATION || !sender.implements) && Check::PeerKind.stands() {
        return refuse(app, tx, follow, sender);
    }
    let now = app.clock.now();
    let known = tx.find_peer(&sender.host)?;
    if known.is_none() && waiting(tx)? >= MOST_REQUESTS {
        return refuse(app, tx, follow, sender);
    }
    look::want(app, tx, &sender.host)?;
    let waits = known.as_ref().is_some_and(|peer| peer.state == ASKING);
    let agreed = known
        .as_ref()
        .is_some_and(|peer| peer.state == ASKED || peer.state == ACCEPTED);
    let peer = PeerRecord {
        host: sender.host.clone(),
        actor: sender.id.clone(),
        inbox: sender.inbox.clone(),
        state: ASKING.to_owned(),
        our_activity: known.as_ref().and_then(|peer| peer.our_activity.clone()),
        // The whole Follow: an Accept repeats it verbatim.
        their_activity: Some(follow.document.to_string()),
        created: known.map_or(now, |peer| peer.created),
        updated: now,
    };
    actors::pin(tx, &peer.actor)?;
    if agreed {
        return decide::accept_in(app, tx, peer).map(|_| ());
    }
    tx.put_peer(&peer)?;
    match waits {
        // Asking again while it waits is no news, whoever has seen it by now.
        true => Ok(()),
        false => upkeep::peering_asked(app, tx, &peer.host),
    }
}

/// Refuses a request at once; nobody here is told.
///
/// # Errors
/// Where the store fails.
pub fn refuse(
    app: &App,
    tx: &mut Tx<'_>,
    follow: &Follow,
    sender: &RemoteActorRecord,
) -> Result<(), StoreError> {
    let reject = Reject::follow(uri(&app.activity_id()), follow.object.clone(), follow).to_json();
    let object_key = format!("follow:{}", sender.id);
    let outgoing = Outgoing {
        activity: &reject,
        actor: "/actor",
        object_key: &object_key,
    };
    outbox::send(app, tx, &outgoing, &sender.inbox)
}

/// How many requests wait for our people.
fn waiting(tx: &mut Tx<'_>) -> Result<usize, StoreError> {
    let peers = tx.list_peers()?;
    Ok(peers.iter().filter(|peer| peer.state == ASKING).count())
}

/// A dataset of a peer was announced. Its word alone changes nothing here: the peer is asked for its own list.
///
/// # Errors
/// [`NotAnnounced`]
pub fn announced(
    app: &App,
    tx: &mut Tx<'_>,
    sender: &RemoteActorRecord,
    dataset: &Uri,
) -> Result<(), NotAnnounced> {
    let peer = tx
        .find_peer(&sender.host)?
        .filter(|peer| peer.state == ACCEPTED && peer.actor == sender.id)
        .ok_or(NotAnnounced::NoPeer)?;
    let own = outbox::host(dataset.as_str());
    if own.is_none_or(|host| host.as_str() != peer.host) {
        return Err(NotAnnounced::NotItsOwn {
            peer: peer.host,
            dataset: dataset.to_string(),
        });
    }
    Ok(look::want(app, tx, &sender.host)?)
}

/// Why an announcement has no effect.
#[derive(Debug, thiserror::Error)]
pub enum NotAnnounced {
    /// Only peers announce datasets here.
    #[error("only partners announce datasets here")]
    NoPeer,
    /// It is somebody else's.
    #[error("{peer} announced {dataset}, which is not its own: it was not listed")]
    NotItsOwn {
        /// Who announced.
        peer: String,
        /// What was announced.
        dataset: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The other side accepted our request.
///
/// # Errors
/// Where the store fails.
pub fn granted(app: &App, tx: &mut Tx<'_>, actor: &Uri) -> Result<(), StoreError> {
    let Some(mut peer) = tx
        .find_peer(actor.host())?
        .filter(|peer| peer.actor == actor.as_str() || !Check::AnswerActor.stands())
    else {
        return Ok(());
    };
    ACCEPTED.clone_into(&mut peer.state);
    peer.updated = app.clock.now();
    tx.put_peer(&peer)?;
    look::want(app, tx, &peer.host)?;
    list_replicas_of(tx, &peer.host, true)
}

/// The other side refused our request, or ended the peering.
///
/// # Errors
/// Where the store fails.
pub fn ended(app: &App, tx: &mut Tx<'_>, actor: &Uri) -> Result<(), StoreError> {
    let Some(mut peer) = tx
        .find_peer(actor.host())?
        .filter(|peer| peer.actor == actor.as_str() || !Check::AnswerActor.stands())
    else {
        return Ok(());
    };
    peer.state = if peer.state == ASKED {
        REFUSED
    } else {
        REMOVED
    }
    .to_owned();
    peer.updated = app.clock.now();
    tx.put_peer(&peer)?;
    list_replicas_of(tx, &peer.host, false)
}
