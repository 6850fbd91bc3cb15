//! Looking at our own public address: is it this database that answers there? (`protocol.md` §2)

use std::sync::Arc;
use std::time::Duration;

use rustine_app::presence;
use rustine_outbound::Fetch;
use rustine_store::StoreError;
use serde_json::Value;
use tokio::sync::watch;

use crate::node::{Federation, blocking};

/// How long our address has to answer; a server that starts waits for it.
const ANSWER_TIME: Duration = Duration::from_secs(5);
/// Largest answer: an actor.
const ANSWER_BYTES: u64 = 256 << 10;
/// Between two looks.
const PAUSE: Duration = Duration::from_secs(60);
/// Between two looks where we were not found.
const SHORT_PAUSE: Duration = Duration::from_secs(10);

/// Who was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// This database.
    Ourselves,
    /// Another database of the same instance.
    Another,
    /// Nobody who says.
    Nobody,
}

/// Looks once and acts on it. Nobody changes nothing: a server may be out of its own reach.
///
/// # Errors
/// Where the store fails.
pub async fn look(federation: &Arc<Federation>) -> Result<Found, StoreError> {
    // Another process on our database may draw a new nonce between our question and its answer, but not twice.
    for last in [false, true] {
        let Some(answered) = ask(federation).await else {
            return Ok(Found::Nobody);
        };
        let app = federation.app().clone();
        let ours = blocking(move || {
            let ours = presence::is_ours(&app, &answered)?;
            if ours || last {
                presence::settle(&app, ours)?;
            }
            Ok::<_, StoreError>(ours)
        });
        if ours.await? {
            return Ok(Found::Ourselves);
        }
    }
    Ok(Found::Another)
}

/// The nonce that our address answers with.
async fn ask(federation: &Federation) -> Option<String> {
    let app = federation.app();
    let actor = app.instance_actor();
    // A fresh word each time, so that no cache on the way answers in our place.
    let url = format!("{actor}?run={}", app.entropy.uuid()).parse().ok()?;
    let fetch = Fetch::new(url).accept("application/activity+json");
    let fetch = fetch.within(ANSWER_TIME).at_most(ANSWER_BYTES);
    let answer = federation.client().get(fetch).await.ok()?;
    let document: Value = serde_json::from_slice(&answer.body).ok()?;
    let ours = document["id"] == *actor;
    document["run"].as_str().filter(|_| ours).map(str::to_owned)
}

/// Looks again and again until the server stops.
pub async fn watch(federation: Arc<Federation>, mut stop: watch::Receiver<bool>) {
    let mut told = false;
    while !*stop.borrow() {
        let found = look(&federation).await;
        match &found {
            Ok(Found::Nobody) if !told => {
                told = true;
                tracing::warn!(
                    "This server cannot reach itself at {}: it cannot notice a second one there",
                    federation.app().origin()
                );
            }
            Ok(Found::Nobody) => {}
            Ok(Found::Ourselves | Found::Another) => told = false,
            Err(error) => tracing::warn!(%error, "Who answers at our address is unknown: {error}"),
        }
        let pause = match found {
            Ok(Found::Ourselves) => PAUSE,
            _ => SHORT_PAUSE,
        };
        tokio::select! {
            _ = stop.changed() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}
