//! Asks origins for the moderation logs of what we copy. What a line is worth is decided by [`copy`].

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use rustine_app::App;
use rustine_app::modlog::copy::{self, Due, PAGE, Taken};
use rustine_domain::key::Multikey;
use rustine_domain::modlog::MAX_BYTES;
use rustine_protocol::object::RemoteActor;
use rustine_store::StoreError;
use serde_json::Value;
use tokio::sync::watch;

use crate::actors::{self, ActorError};
use crate::node::{Federation, blocking};
use crate::replication::{FetchError, Remote};

/// Copies taken in one round.
const ROUND: i64 = 20;
/// Of these, asked for at once.
const AT_ONCE: usize = 4;
/// Longest rest without a hint.
const REST: Duration = Duration::from_secs(5);

/// Runs until the server stops.
pub async fn run(federation: Arc<Federation>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let woken = federation.work.notified();
        tokio::select! {
            asked = look_after(&federation) => if let Err(error) = asked {
                tracing::warn!(%error, "No moderation log could be asked for: {error}");
            },
            _ = stop.changed() => {}
        }
        tokio::select! {
            () = woken => {}
            _ = stop.changed() => {}
            () = tokio::time::sleep(REST) => {}
        }
    }
}

/// Asks for the logs that are due, once each.
///
/// # Errors
/// Where the store fails.
pub async fn look_after(federation: &Arc<Federation>) -> Result<(), StoreError> {
    let app = federation.app().clone();
    let due = blocking(move || copy::due(&app, ROUND)).await?;
    futures_util::stream::iter(due)
        .for_each_concurrent(AT_ONCE, |due| ask(federation, due))
        .await;
    Ok(())
}

#[derive(Debug, thiserror::Error)]
enum AskError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Actor(#[from] ActorError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

async fn ask(federation: &Arc<Federation>, due: Due) {
    let app = federation.app().clone();
    let dataset = due.dataset;
    let told = match fetch(federation, &due).await {
        Ok(Taken::Lines(0)) => return,
        Ok(Taken::Lines(count)) => {
            tracing::info!(count, "Took {count} moderation lines of {}", due.url);
            return;
        }
        Ok(Taken::Refused(problem)) => {
            let check = problem.check().name();
            tracing::warn!(
                check,
                "The moderation log of {} is not taken: {problem}",
                due.url
            );
            return;
        }
        Err(why) => {
            tracing::info!("{} says nothing about moderation: {why}", due.host);
            let why = why.to_string();
            let noted = blocking(move || copy::failed(&app, dataset, &why)).await;
            let (remote, app) = (federation.remote(), federation.app());
            match noted {
                Ok(()) => ask_other_copies(remote, app, dataset).await.map(drop),
                error => error,
            }
        }
    };
    if let Err(error) = told {
        tracing::warn!(%error, "A moderation log could not be noted: {error}");
    }
}

async fn fetch(federation: &Arc<Federation>, due: &Due) -> Result<Taken, AskError> {
    let lines = lines(federation.remote(), &due.url, due.from).await?;
    // The key is asked for only where there is something to verify.
    let keys = match lines.is_empty() {
        true => Vec::new(),
        false => keys(federation, due).await?,
    };
    let (app, dataset) = (federation.app().clone(), due.dataset);
    Ok(blocking(move || copy::take(&app, dataset, &lines, &keys)).await?)
}

async fn lines(remote: &Remote, dataset: &str, from: u64) -> Result<Vec<String>, FetchError> {
    let address = format!("{dataset}/modlog?from={from}&limit={PAGE}");
    let most = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX) * PAGE.unsigned_abs();
    let mut stream = remote
        .lines(&address, "moderation log", most, MAX_BYTES)
        .await?;
    let mut lines = Vec::new();
    while let Some(line) = stream.next().await? {
        lines.push(String::from_utf8_lossy(&line).into_owned());
    }
    Ok(lines)
}

/// The Ed25519 keys of the origin's instance, whose RSA key is the one that we know it by.
async fn keys(federation: &Arc<Federation>, due: &Due) -> Result<Vec<Multikey>, ActorError> {
    let scheme = federation.app().settings.origin.scheme();
    let actor = format!("{scheme}://{}/actor", due.host);
    let found = actors::get(federation.remote(), &actor).await?;
    actors::keep(federation.app(), &found).await?;
    let methods = found.actor.multikeys.iter();
    Ok(methods.map(|method| method.key).collect())
}

/// Asks the other copies for lines that we lack, because the origin is silent; how many were had.
///
/// # Errors
/// Where the store fails.
pub async fn ask_other_copies(
    remote: &Remote,
    app: &Arc<App>,
    dataset: i64,
) -> Result<usize, StoreError> {
    let read = app.clone();
    let others = blocking(move || copy::others(&read, dataset));
    let Some(others) = others.await? else {
        return Ok(0);
    };
    let keys = known_keys(&others.origin_document);
    let mut had = 0;
    for place in &others.places {
        let found = lines(remote, place, others.from + had).await;
        let Ok(lines) = found.map_err(|why| {
            tracing::debug!("{place} says nothing about moderation: {why}");
        }) else {
            continue;
        };
        let (write, keys) = (app.clone(), keys.clone());
        let taken = blocking(move || copy::take_from_copy(&write, dataset, &lines, &keys));
        match taken.await? {
            Taken::Lines(count) => had += count as u64,
            Taken::Refused(problem) => {
                let check = problem.check().name();
                tracing::warn!(
                    check,
                    "The moderation log that {place} serves is not taken: {problem}"
                );
            }
        }
    }
    Ok(usize::try_from(had).unwrap_or(usize::MAX))
}

/// The keys of an instance actor as it was fetched last.
fn known_keys(document: &str) -> Vec<Multikey> {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let methods = RemoteActor::parse(&document).map(|actor| actor.multikeys);
    let methods = methods.unwrap_or_default();
    methods.iter().map(|method| method.key).collect()
}
