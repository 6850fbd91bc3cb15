//! Peering requests and answers that arrive.

use rustine_domain::checks::Check;
use rustine_protocol::Uri;
use rustine_protocol::activity::{Follow, Reject};
use rustine_store::{PeerRecord, RemoteActorRecord, StoreError, Tx};

use super::{ACCEPTED, ASKED, ASKING, REFUSED, REMOVED, decide, list_replicas_of};
use crate::App;
use crate::actors;
use crate::context::uri;
use crate::follows::receive::APPLICATION;
use crate::outbox::{self, Outgoing};

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
        let reject =
            Reject::follow(uri(&app.activity_id()), follow.object.clone(), follow).to_json();
        let object_key = format!("follow:{}", sender.id);
        let outgoing = Outgoing {
            activity: &reject,
            actor: "/actor",
            object_key: &object_key,
        };
        return outbox::send(app, tx, &outgoing, &sender.inbox);
    }
    let now = app.clock.now();
    let known = tx.find_peer(&sender.host)?;
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
        decide::accept_in(app, tx, peer).map(|_| ())
    } else {
        tx.put_peer(&peer)
    }
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
