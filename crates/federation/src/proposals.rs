//! Asking origins what became of our people's proposals. What it means is decided by [`look`].

use std::sync::Arc;

use futures_util::StreamExt as _;
use rustine_app::patches::look::{self, Look, LookError};
use rustine_protocol::object::Proposal;
use rustine_protocol::vocabulary;
use rustine_store::StoreError;

use crate::node::{Federation, blocking};
use crate::replication::FetchError;

/// Proposals taken in one round.
const ROUND: i64 = 20;
/// Of these, asked about at once.
const AT_ONCE: usize = 4;

/// Asks about the proposals that are due. A silence is no failure: the next look comes later each time.
///
/// # Errors
/// Where the store fails.
pub async fn look_after(federation: &Arc<Federation>) -> Result<(), StoreError> {
    let app = federation.app().clone();
    let due = blocking(move || look::due(&app, ROUND)).await?;
    futures_util::stream::iter(due)
        .for_each_concurrent(AT_ONCE, |look| async move {
            if let Err(why) = ask(federation, &look).await {
                let Look { patch, host, .. } = &look;
                tracing::info!("{host} says nothing about the proposal {patch}: {why}");
            }
        })
        .await;
    Ok(())
}

#[derive(Debug, thiserror::Error)]
enum AskError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("it shows no usable proposal")]
    Form,
    #[error(transparent)]
    Look(#[from] LookError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

async fn ask(federation: &Arc<Federation>, look: &Look) -> Result<(), AskError> {
    let (app, own) = (federation.app().clone(), look.clone());
    let address = look.url().parse().map_err(|_| AskError::Form)?;
    let remote = federation.remote();
    let answer = remote.document(address, vocabulary::ACCEPT_ACTIVITY, "such proposal");
    let document = match answer.await {
        Ok(document) => document,
        Err(FetchError::Missing { .. }) => {
            if blocking(move || look::missing(&app, &own)).await? {
                tracing::info!(
                    "{} does not know the proposal {}: offered again",
                    look.host,
                    look.patch
                );
            }
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    // A document speaks only for the address it was fetched from (attack F1).
    let own_address = document.final_url.as_str() == look.url();
    if !own_address || !vocabulary::is_activity_type(&document.content_type) {
        return Err(AskError::Form);
    }
    let shown = Proposal::parse(&document.value).map_err(|_| AskError::Form)?;
    Ok(blocking(move || look::seen(&app, &own, &shown)).await?)
}

#[cfg(test)]
mod tests;
