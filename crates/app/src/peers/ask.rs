//! An operator asks another instance for a peering.

use rustine_domain::ids::ActorName;
use rustine_domain::rules::Outcome;
use rustine_store::{PeerRecord, RemoteActorRecord, StoreError, Tx};

use super::{ACCEPTED, ASKED, ASKING, choose, decide, look, policy};
use crate::App;
use crate::actors;
use crate::blocks;
use crate::context::uri;
use crate::follows;
use crate::follows::receive::APPLICATION;
use crate::rules::change::RulesError;

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
    /// It is blocked here.
    #[error("{host} is blocked here by {by}: take that back first")]
    Blocked {
        /// The host.
        host: String,
        /// The domain that is blocked.
        by: String,
    },
    /// It shows another key than before.
    #[error("{0} shows another key than the one we know it by: confirm that first")]
    Suspended(String),
    /// What is to happen to its proposals cannot be a rule of each dataset.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is chosen with a request, or with its answer.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Datasets of the other side to be copied here.
    pub copies: Vec<ActorName>,
    /// Groups that the other side is put into; `None` leaves them.
    pub groups: Option<Vec<String>>,
    /// What happens to its proposals on each dataset of ours; `None` leaves it to the rules that hold.
    pub proposals: Option<Outcome>,
}

impl Choice {
    pub(super) fn write(&self, app: &App, tx: &mut Tx<'_>, host: &str) -> Result<(), RulesError> {
        if let Some(groups) = &self.groups {
            tx.set_groups_of(host, groups)?;
        }
        if let Some(outcome) = self.proposals {
            policy::write(app, tx, host, outcome)?;
        }
        choose::wish(app, tx, host, &self.copies)?;
        Ok(look::want(app, tx, host)?)
    }
}

/// Asks `actor`'s instance for a peering; where it asked us before, this accepts.
///
/// # Errors
/// [`AskError`]
pub fn ask(app: &App, actor: &RemoteActorRecord) -> Result<PeerRecord, AskError> {
    ask_with(app, actor, &Choice::default())
}

/// The same, with what is to follow from it.
///
/// # Errors
/// [`AskError`]
pub fn ask_with(
    app: &App,
    actor: &RemoteActorRecord,
    choice: &Choice,
) -> Result<PeerRecord, AskError> {
    if actor.host == app.host().as_str() {
        return Err(AskError::Ourselves);
    }
    if actor.kind != APPLICATION || !actor.implements {
        return Err(AskError::NotRustine(actor.host.clone()));
    }
    app.db.write(|tx| {
        if let Some(block) = blocks::over(tx, &actor.host)? {
            return Err(AskError::Blocked {
                host: actor.host.clone(),
                by: block.domain,
            });
        }
        if tx.is_suspended(&actor.id)? {
            return Err(AskError::Suspended(actor.host.clone()));
        }
        choice.write(app, tx, &actor.host)?;
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
