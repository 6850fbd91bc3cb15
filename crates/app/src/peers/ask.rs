//! An operator asks another instance for a peering.

use rustine_store::{PeerRecord, RemoteActorRecord, StoreError};

use super::{ACCEPTED, ASKED, ASKING, decide};
use crate::App;
use crate::actors;
use crate::context::uri;
use crate::follows;
use crate::follows::receive::APPLICATION;

/// Why nothing was asked.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// It is this instance.
    #[error("an instance cannot peer with itself")]
    Ourselves,
    /// The other side does not speak Rustine.
    #[error(
        "{0} does not run Rustine: its people can follow your datasets, but it cannot be a partner"
    )]
    NotRustine(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Asks `actor`'s instance for a peering; where it asked us before, this accepts.
///
/// # Errors
/// [`AskError`]
pub fn ask(app: &App, actor: &RemoteActorRecord) -> Result<PeerRecord, AskError> {
    if actor.host == app.host().as_str() {
        return Err(AskError::Ourselves);
    }
    if actor.kind != APPLICATION || !actor.implements {
        return Err(AskError::NotRustine(actor.host.clone()));
    }
    app.db.write(|tx| {
        let known = tx.find_peer(&actor.host)?;
        match known {
            Some(peer) if peer.state == ACCEPTED => return Ok(peer),
            Some(peer) if peer.state == ASKING => return Ok(decide::accept_in(app, tx, peer)?),
            _ => {}
        }
        tx.delete_follow("/actor", &actor.id)?;
        let follow = follows::ask::follow(app, tx, "/actor", &uri(&actor.id), &actor.inbox)?;
        let now = app.clock.now();
        let peer = PeerRecord {
            host: actor.host.clone(),
            actor: actor.id.clone(),
            inbox: actor.inbox.clone(),
            state: ASKED.to_owned(),
            our_activity: Some(follow.activity_id),
            their_activity: None,
            created: known.map_or(now, |peer| peer.created),
            updated: now,
        };
        tx.put_peer(&peer)?;
        actors::pin(tx, &peer.actor)?;
        Ok(peer)
    })
}
