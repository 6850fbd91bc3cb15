//! A proposer takes a patch back: by the private link, or under a name.

use rustine_domain::ids::PatchId;
use rustine_domain::patch::Status;
use rustine_protocol::activity::{Envelope, Undo};
use rustine_store::{PatchRecord, StoreError, Tx};

use super::OUT;
use super::decide::{patch_url, status_of};
use super::offer::offering_actor;
use crate::App;
use crate::accounts::{Person, secret_hash};
use crate::actors::inboxes::inbox_of;
use crate::context::uri;
use crate::modlog::{self, By, Line};
use crate::outbox::{self, Outgoing};
use crate::reviews::hint;

/// What shows that somebody may withdraw a patch.
#[derive(Debug, Clone)]
pub enum Proof {
    /// The secret of the private status page.
    Token(String),
    /// The person who proposed it, or an operator for what was proposed here without an account.
    Person(PatchId, Person),
}

/// Why nothing was withdrawn.
#[derive(Debug, thiserror::Error)]
pub enum WithdrawError {
    /// No such patch, or not this person's.
    #[error("no proposal of yours is known under this address")]
    Unknown,
    /// It was decided already.
    #[error("this proposal is {} already: it cannot be withdrawn", .0.as_str())]
    Final(Status),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Withdraws a patch; for one offered to another instance the Undo is queued in the same transaction.
///
/// # Errors
/// [`WithdrawError`]
pub fn withdraw(app: &App, proof: &Proof) -> Result<PatchId, WithdrawError> {
    app.db.write(|tx| {
        let mut patch = find(app, tx, proof)?;
        let status = status_of(&patch);
        let withdrawn = status
            .withdraw()
            .map_err(|_| WithdrawError::Final(status))?;
        withdrawn.as_str().clone_into(&mut patch.status);
        patch.updated = app.clock.now();
        tx.update_patch(&patch)?;
        if patch.direction == OUT {
            undo(app, tx, &patch)?;
        } else {
            told(app, tx, &patch)?;
            let dataset = tx.load_dataset(patch.dataset)?;
            hint::changed(app, tx, &dataset, &patch)?;
        }
        Ok(patch.id)
    })
}

/// The line that a proposer took back what was to be decided here.
pub(super) fn told(app: &App, tx: &mut Tx<'_>, patch: &PatchRecord) -> Result<(), StoreError> {
    let Ok(from) = patch.proposer_host.parse() else {
        return Ok(());
    };
    let dataset = tx.load_dataset(patch.dataset)?;
    modlog::write(app, tx, &dataset, &By::proposer(&from), Line::Withdrawn)
}

fn find(app: &App, tx: &mut Tx<'_>, proof: &Proof) -> Result<PatchRecord, WithdrawError> {
    let found = match proof {
        Proof::Token(token) => tx.find_patch_by_token(&secret_hash(token))?,
        Proof::Person(id, person) => tx.find_patch(*id)?.filter(|patch| {
            let own = app.url(&format!("/users/{}", person.name));
            let here = patch.proposer_host == app.host().as_str();
            here && (patch.proposer.as_deref() == Some(own.as_str())
                || patch.proposer.is_none() && person.operator)
        }),
    };
    found.ok_or(WithdrawError::Unknown)
}

fn undo(app: &App, tx: &mut Tx<'_>, patch: &PatchRecord) -> Result<(), StoreError> {
    let Some(offer) = &patch.offer_id else {
        return Ok(());
    };
    let dataset = tx.load_dataset(patch.dataset)?;
    let actor = offering_actor(app, patch);
    let envelope = Envelope::new(
        uri(&app.activity_id()),
        uri(&app.url(&actor)),
        uri(&dataset.url),
    );
    let activity = Undo::offer(envelope, uri(offer), uri(&patch_url(app, patch))).to_json();
    let object_key = format!("patch:{}", patch.id);
    let inbox = inbox_of(app, tx, &dataset.url, &dataset.host)?;
    outbox::send(
        app,
        tx,
        &Outgoing {
            activity: &activity,
            actor: &actor,
            object_key: &object_key,
        },
        &inbox,
    )
}
