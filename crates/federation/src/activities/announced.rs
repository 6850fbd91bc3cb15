//! A key that an actor announces in an `Update` of itself (`protocol.md` §7.7): the actor is fetched before the
//! `Update` has its effect, because only its own document says which key it has.

use std::sync::Arc;

use rustine_app::actors::{key_in_force, same_key};
use rustine_store::{InboxRecord, RemoteActorRecord, StoreError};
use serde_json::Value;

use crate::actors;
use crate::gate::registrable_domain;
use crate::inbox::worker::WorkError;
use crate::node::{Federation, blocking};

/// An actor as fetched after it announced a key.
#[derive(Debug, Clone)]
pub struct Announced {
    /// What its address shows now.
    pub fetched: RemoteActorRecord,
    /// The key that its `Update` named.
    pub key_pem: String,
}

/// Fetches the sender of an `Update` that names a key, where that is another one than ours or the sender is
/// suspended; `None` for every other `Update`. The gate verified the signature with the key in force.
///
/// # Errors
/// Where it cannot be had now; that is tried again.
pub async fn fetch(
    federation: &Arc<Federation>,
    record: &InboxRecord,
) -> Result<Option<Announced>, WorkError> {
    let Some(key_pem) = named_key(record) else {
        return Ok(None);
    };
    let (app, id) = (federation.app().clone(), record.actor.clone());
    let known: Result<_, StoreError> =
        blocking(move || app.db.read(|tx| tx.find_remote_actor(&id))).await;
    let is_news =
        |actor: &RemoteActorRecord| actor.suspended || !same_key(key_in_force(actor), &key_pem);
    let Some(known) = known?.filter(is_news) else {
        return Ok(None);
    };
    let _room = federation
        .announcements
        .try_acquire()
        .map_err(|_| WorkError::Busy)?;
    let domain = registrable_domain(known.host.split(':').next().unwrap_or_default());
    let now_ms = federation.app().clock.now_ms();
    federation
        .fetches
        .take(domain, now_ms)
        .map_err(|_| WorkError::Busy)?;
    let found = actors::get(federation.remote(), &known.id).await?;
    Ok(Some(Announced {
        fetched: actors::record(federation.app(), &found),
        key_pem,
    }))
}

/// The key in an `Update` whose object is its own actor.
fn named_key(record: &InboxRecord) -> Option<String> {
    let activity: Value = serde_json::from_str(record.body.as_deref()?).ok()?;
    let object = &activity["object"];
    if object["id"].as_str() != Some(record.actor.as_str()) {
        return None;
    }
    object["publicKey"]["publicKeyPem"]
        .as_str()
        .map(str::to_owned)
}
