//! Telling the instances of those who hold a grant that their copy of a queue is out of date (`protocol.md` §5). The
//! queue itself is fetched: a hint that is lost costs some minutes.

use std::collections::BTreeMap;

use rustine_domain::review::Role;
use rustine_protocol::activity::{Announce, Envelope};
use rustine_protocol::object::Reference;
use rustine_store::{DatasetRecord, PatchRecord, StoreError, Tx};

use crate::App;
use crate::actors::inboxes::inbox_of;
use crate::context::uri;
use crate::outbox::{self, Outgoing};

/// A proposal came, was voted on or was decided: tells each of these instances once.
///
/// # Errors
/// Where the store fails.
pub fn changed(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    patch: &PatchRecord,
) -> Result<(), StoreError> {
    if !dataset.is_local() {
        return Ok(());
    }
    let mut told = BTreeMap::new();
    for grant in tx.active_grants(dataset.id, app.clock.now())? {
        let elsewhere = grant.host != app.host().as_str();
        if elsewhere && Role::from_word(&grant.role) >= Role::Write {
            told.insert(grant.host, grant.target);
        }
    }
    for (host, target) in told {
        let envelope = Envelope::new(uri(&app.activity_id()), uri(&dataset.url), uri(&target));
        let proposal = uri(&format!("{}/proposals/{}", dataset.url, patch.digest));
        let activity = Announce {
            envelope,
            object: Reference::typed(proposal, "Proposal"),
        };
        let inbox = inbox_of(app, tx, &target, &host)?;
        let outgoing = Outgoing {
            activity: &activity.to_json(),
            actor: &format!("/datasets/{}", dataset.name),
            object_key: &format!("queue:{}", dataset.uid),
        };
        outbox::send(app, tx, &outgoing, &inbox)?;
    }
    Ok(())
}

/// A hint arrived: the queue of that dataset is read again as soon as possible, where people here work on it. True
/// where that is so.
///
/// # Errors
/// Where the store fails.
pub fn arrived(app: &App, tx: &mut Tx<'_>, dataset_url: &str) -> Result<bool, StoreError> {
    let copy = tx.find_dataset_by_url(dataset_url)?;
    let Some(copy) = copy.filter(|copy| !copy.is_local()) else {
        return Ok(false);
    };
    let now = app.clock.now();
    let watched = tx.list_datasets_moderated_elsewhere(now)?;
    if !watched.contains(&copy.id) {
        return Ok(false);
    }
    crate::grants::learn::queue_is_due(tx, copy.id, now)?;
    Ok(true)
}
