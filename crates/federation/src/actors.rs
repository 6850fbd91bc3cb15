//! Actors of other servers: fetched through the guard, checked, kept with the key that we first saw.

use std::fmt::Display;
use std::sync::Arc;

use rustine_app::App;
use rustine_app::actors::keep::{self, Kept};
use rustine_domain::checks::Check;
use rustine_domain::ids::DatasetAddress;
use rustine_outbound::Url;
use rustine_protocol::object::remote_actor::ActorKind;
use rustine_protocol::object::{RemoteActor, WebFinger};
use rustine_protocol::vocabulary;
use rustine_store::{RemoteActorRecord, StoreError};
use serde_json::Value;

use crate::node::{Federation, blocking};
use crate::replication::{FetchError, Remote};

/// Why an actor could not be had.
#[derive(Debug, thiserror::Error)]
pub enum ActorError {
    /// Its server did not answer as it should.
    #[error("{url} cannot be fetched: {why}")]
    Fetch {
        /// What was asked for.
        url: String,
        /// What came of it.
        why: FetchError,
    },
    /// What came is no actor, or another one.
    #[error("{url} is no usable actor: {why}")]
    NoActor {
        /// What was asked for.
        url: String,
        /// What is wrong, about "its" answer or actor.
        why: String,
    },
    /// The key is not the one we know this actor by; a person must confirm the new one.
    #[error(
        "{0} shows another key than before: its rights here are suspended until an operator confirms it"
    )]
    KeyChanged(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Fetches an actor and keeps it ([`keep::keep`]).
///
/// # Errors
/// [`ActorError`]
pub async fn fetch(federation: &Federation, id: &str) -> Result<RemoteActorRecord, ActorError> {
    let found = get(federation.remote(), id).await?;
    keep(federation.app(), &found).await
}

/// Keeps an actor that was fetched.
///
/// # Errors
/// [`ActorError::KeyChanged`], or where the store fails.
pub async fn keep(app: &Arc<App>, found: &Found) -> Result<RemoteActorRecord, ActorError> {
    let app = app.clone();
    let record = record(&app, found);
    match blocking(move || keep::keep(&app, &record)).await? {
        Kept::Known(record) => Ok(record),
        Kept::Suspended(record) => Err(ActorError::KeyChanged(record.id)),
    }
}

/// An actor as its own server shows it.
#[derive(Debug, Clone)]
pub struct Found {
    /// What we read of it.
    pub actor: RemoteActor,
    /// The document.
    pub document: Value,
}

/// Fetches an actor's document. It speaks only for the address it was fetched from (attack F1).
///
/// # Errors
/// [`ActorError::Fetch`], [`ActorError::NoActor`]
pub async fn get(remote: &Remote, id: &str) -> Result<Found, ActorError> {
    let wrong = |why: &dyn Display| no_actor(id, why);
    let url: Url = id.parse().map_err(|_| wrong(&"its address is no URL"))?;
    let document = remote
        .document(url, vocabulary::ACCEPT_ACTIVITY, "such actor")
        .await;
    let document = document.map_err(|why| ActorError::Fetch {
        url: id.to_owned(),
        why,
    })?;
    if !vocabulary::is_activity_type(&document.content_type) && Check::ActorType.stands() {
        return Err(wrong(&"its actor is not served as an ActivityPub document"));
    }
    let actor = RemoteActor::parse(&document.value).map_err(|problem| wrong(&problem))?;
    if actor.id.document() != document.final_url.as_str() && Check::ActorId.stands() {
        return Err(wrong(&"its actor has another id than its address"));
    }
    Ok(Found {
        actor,
        document: document.value,
    })
}

/// Looks an actor up by `name@host`: WebFinger, then its document; each must confirm the other.
///
/// # Errors
/// [`ActorError::Fetch`], [`ActorError::NoActor`]
pub async fn look_up(
    remote: &Remote,
    scheme: &str,
    name: &impl Display,
    host: &impl Display,
) -> Result<Found, ActorError> {
    let account = format!("acct:{name}@{host}");
    let address = format!("{scheme}://{host}/.well-known/webfinger?resource={account}");
    let wrong = |why: &dyn Display| no_actor(&address, why);
    let url: Url = address
        .parse()
        .map_err(|_| wrong(&"its address is no URL"))?;
    let document = remote
        .document(url, vocabulary::JRD_JSON, "such name")
        .await;
    let document = document.map_err(|why| ActorError::Fetch {
        url: address.clone(),
        why,
    })?;
    let answer = WebFinger::parse(&document.value)
        .map_err(|_| wrong(&"its WebFinger answer cannot be read"))?;
    let asked = account
        .parse()
        .map_err(|_| wrong(&"the name is no account"))?;
    if !answer.answers(&asked) {
        return Err(wrong(&"its WebFinger answer is about another name"));
    }
    let found = get(remote, answer.actor.as_str()).await?;
    // The name must loop back, or any server could call an actor of another one its own.
    if !answer.confirms(&found.actor) || found.actor.id.host() != answer.subject.host {
        return Err(wrong(&"its actor does not confirm the name"));
    }
    Ok(found)
}

fn no_actor(url: &str, why: &dyn Display) -> ActorError {
    ActorError::NoActor {
        url: url.to_owned(),
        why: why.to_string(),
    }
}

/// What is to be kept of an actor; its pin and its suspension are not decided here.
pub(crate) fn record(app: &App, found: &Found) -> RemoteActorRecord {
    let actor = &found.actor;
    RemoteActorRecord {
        id: actor.id.to_string(),
        host: actor.id.host().to_owned(),
        kind: kind_name(actor.kind).to_owned(),
        name: actor.preferred_username.clone().unwrap_or_default(),
        inbox: actor.inbox.to_string(),
        shared_inbox: actor.shared_inbox.as_ref().map(ToString::to_string),
        key_id: actor.public_key.id.to_string(),
        key_pem: actor.public_key.pem.clone(),
        pinned_key_pem: None,
        multikey: actor.multikeys.first().map(|method| method.key.to_string()),
        implements: actor.speaks_rustine(),
        suspended: false,
        doc: found.document.to_string(),
        fetched_at: app.clock.now(),
    }
}

/// The type of an actor as its documents write it.
pub fn kind_name(kind: ActorKind) -> &'static str {
    match kind {
        ActorKind::Application => "Application",
        ActorKind::Group => "Group",
        ActorKind::Organization => "Organization",
        ActorKind::Person => "Person",
        ActorKind::Service => "Service",
    }
}

/// Finds an actor by `name@host` and keeps it.
///
/// # Errors
/// [`ActorError`]
pub async fn find(
    federation: &Federation,
    address: &DatasetAddress,
) -> Result<RemoteActorRecord, ActorError> {
    let app = federation.app();
    let Some(host) = &address.host else {
        let url = app.dataset_url(&address.name);
        return Err(no_actor(&url, &"it lives on this instance"));
    };
    let scheme = app.settings.origin.scheme();
    let found = look_up(federation.remote(), scheme, &address.name, host).await?;
    keep(app, &found).await
}
