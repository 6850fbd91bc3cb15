//! Actors of other servers: fetched through the guard, checked, kept with the key that we first saw.

use std::time::Duration;

use rustine_domain::ids::DatasetAddress;
use rustine_outbound::{Fetch, Url};
use rustine_protocol::object::remote_actor::ActorKind;
use rustine_protocol::object::webfinger::Account;
use rustine_protocol::object::{RemoteActor, WebFinger};
use rustine_store::{RemoteActorRecord, StoreError};

use crate::node::{Federation, blocking};

/// What we ask for.
const ACCEPT: &str = "application/activity+json, application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
/// Longest time for one document.
const TIME: Duration = Duration::from_secs(15);
/// Largest actor document, in bytes.
const LARGEST: u64 = 512 << 10;

/// Why an actor could not be had.
#[derive(Debug, thiserror::Error)]
pub enum ActorError {
    /// Its server did not answer as it should.
    #[error("{url} cannot be fetched: {why}")]
    Fetch {
        /// What was asked for.
        url: String,
        /// What came of it.
        why: String,
    },
    /// It is gone for good.
    #[error("{0} is gone")]
    Gone(String),
    /// What came is no actor, or another one.
    #[error("{url} is no usable actor: {why}")]
    NoActor {
        /// What was asked for.
        url: String,
        /// What is wrong.
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

/// Fetches an actor and keeps it. The first key seen of an actor that holds something here stays pinned
/// (`protocol.md` §7.7): with another one it is kept as suspended.
///
/// # Errors
/// [`ActorError`]
pub async fn fetch(federation: &Federation, id: &str) -> Result<RemoteActorRecord, ActorError> {
    let (document, actor) = get(federation, id).await?;
    let app = federation.app().clone();
    let mut record = record(&app, &document, &actor);
    let (stored, changed) = blocking(move || {
        app.db.write(|tx| {
            let known = tx.find_remote_actor(&record.id)?;
            record.pinned_key_pem = known
                .as_ref()
                .and_then(|known| known.pinned_key_pem.clone());
            let pinned = record.pinned_key_pem.as_deref();
            let changed = pinned.is_some_and(|pinned| pinned != record.key_pem);
            record.suspended = changed || known.as_ref().is_some_and(|known| known.suspended);
            tx.put_remote_actor(&record)?;
            Ok::<_, StoreError>((record.clone(), changed))
        })
    })
    .await?;
    if changed {
        Err(ActorError::KeyChanged(stored.id))
    } else {
        Ok(stored)
    }
}

async fn get(federation: &Federation, id: &str) -> Result<(String, RemoteActor), ActorError> {
    let failed = |why: String| ActorError::Fetch {
        url: id.to_owned(),
        why,
    };
    let wrong = |why: String| ActorError::NoActor {
        url: id.to_owned(),
        why,
    };
    let url: Url = id.parse().map_err(|_| wrong("it is no URL".to_owned()))?;
    let signer = federation
        .signer("/actor")
        .map_err(|error| failed(error.to_string()))?;
    let fetch = Fetch::new(url)
        .accept(ACCEPT)
        .signed_by(&signer)
        .at_most(LARGEST)
        .within(TIME);
    let response = federation
        .client()
        .get(fetch)
        .await
        .map_err(|error| failed(error.to_string()))?;
    match response.status.as_u16() {
        200 => {}
        404 | 410 => return Err(ActorError::Gone(id.to_owned())),
        status => return Err(failed(format!("it answered {status}"))),
    }
    let kind = response
        .headers
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if !rustine_protocol::vocabulary::is_activity_type(kind) {
        return Err(wrong(format!(
            "it is served as {kind:?}, not as an ActivityPub document"
        )));
    }
    let value = rustine_domain::json::parse_document(&response.body)
        .map_err(|problem| wrong(problem.to_string()))?;
    let actor = RemoteActor::parse(&value).map_err(|problem| wrong(problem.to_string()))?;
    // A document speaks only for the address it was fetched from (attack F1).
    if actor.id.document() != response.final_url.as_str() {
        return Err(wrong(format!("its id is {}", actor.id)));
    }
    Ok((value.to_string(), actor))
}

fn record(app: &rustine_app::App, document: &str, actor: &RemoteActor) -> RemoteActorRecord {
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
        doc: document.to_owned(),
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

/// Finds an actor by `name@host`: WebFinger, then its document, which must loop back to the name.
///
/// # Errors
/// [`ActorError`]
pub async fn find(
    federation: &Federation,
    address: &DatasetAddress,
) -> Result<RemoteActorRecord, ActorError> {
    let Some(host) = &address.host else {
        let url = federation.app().dataset_url(&address.name);
        return Err(ActorError::NoActor {
            url,
            why: "it lives on this instance".to_owned(),
        });
    };
    let scheme = federation.app().settings.origin.scheme();
    let url = format!(
        "{scheme}://{host}/.well-known/webfinger?resource=acct:{}@{host}",
        address.name
    );
    let failed = |why: String| ActorError::Fetch {
        url: url.clone(),
        why,
    };
    let parsed: Url = url.parse().map_err(|_| failed("it is no URL".to_owned()))?;
    let wanted = Fetch::new(parsed)
        .accept("application/jrd+json, application/json")
        .at_most(64 << 10)
        .within(TIME);
    let response = federation
        .client()
        .get(wanted)
        .await
        .map_err(|error| failed(error.to_string()))?;
    if response.status.as_u16() != 200 {
        return Err(failed(format!(
            "it answered {}: there is no {address}",
            response.status
        )));
    }
    let value = rustine_domain::json::parse_document(&response.body)
        .map_err(|problem| failed(problem.to_string()))?;
    let found = WebFinger::parse(&value).map_err(|problem| failed(problem.to_string()))?;
    let asked: Account = format!("acct:{}@{host}", address.name)
        .parse()
        .map_err(|_| failed("it is no account".to_owned()))?;
    if !found.answers(&asked) {
        return Err(failed(format!("it answered for {}", found.subject)));
    }
    let record = fetch(federation, found.actor.as_str()).await?;
    // The name must loop back, or any server could call an actor of another one its own.
    if record.name.to_lowercase() != found.subject.name.to_lowercase()
        || record.host != found.subject.host
    {
        return Err(ActorError::NoActor {
            url: record.id,
            why: format!("it does not say that it is {address}"),
        });
    }
    Ok(record)
}
