//! Reading the queues of other instances on which people here may decide, and beginning the copies that they need for it.
//! What it means is decided by [`queues`] and [`copies`].

use std::sync::Arc;
use std::time::Duration;

use rustine_app::grants::copies;
use rustine_app::reviews::queues::{self, Due, Left, MOST};
use rustine_domain::json;
use rustine_protocol::object::{Proposal, Queued};
use rustine_protocol::vocabulary;
use rustine_store::StoreError;
use tokio::sync::watch;

use crate::node::{Federation, blocking};
use crate::replication::FetchError;

/// Queues read in one round.
const ROUND: usize = 10;
/// Copies begun in one round.
const COPIES: i64 = 5;
/// Longest rest without a hint.
const REST: Duration = Duration::from_secs(5);
/// Bytes of one page, and of one line: a proposal with its reviews.
const PAGE_BYTES: u64 = 64 * 1024 * 1024;
const LINE_BYTES: usize = 4 * 1024 * 1024;
/// Pages of one queue.
const PAGES: usize = 20;

/// Runs until the server stops.
pub async fn run(federation: Arc<Federation>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let woken = federation.work.notified();
        let read = match round(&federation).await {
            Ok(read) => read,
            Err(error) => {
                tracing::warn!(%error, "The queues of others cannot be looked after: {error}");
                0
            }
        };
        if read == 0 {
            tokio::select! {
                () = woken => {}
                _ = stop.changed() => {}
                () = tokio::time::sleep(REST) => {}
            }
        }
    }
}

/// Reads what is due; how many queues that were.
async fn round(federation: &Arc<Federation>) -> Result<usize, StoreError> {
    begin_copies(federation).await?;
    let app = federation.app().clone();
    let due = blocking(move || queues::due(&app, ROUND)).await?;
    for due in &due {
        if let Err(why) = read(federation, due).await {
            tracing::info!("The queue of {} was not read: {why}", due.url);
            let (app, dataset) = (federation.app().clone(), due.dataset);
            let why = why.to_string();
            blocking(move || queues::failed(&app, dataset, &why)).await?;
        }
    }
    Ok(due.len())
}

/// Begins the copies that people need who accepted a role elsewhere.
async fn begin_copies(federation: &Arc<Federation>) -> Result<(), StoreError> {
    let app = federation.app().clone();
    for wanted in blocking(move || copies::due(&app, COPIES)).await? {
        let begun = federation.copy(&wanted.address).await;
        if let Err(why) = &begun {
            tracing::info!("{} cannot be copied yet: {why}", wanted.address);
        }
        let app = federation.app().clone();
        blocking(move || copies::tried(&app, &wanted.grant, begun.err().as_deref())).await?;
    }
    Ok(())
}

#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("it serves a line that is no proposal of a queue")]
    Form,
    #[error(transparent)]
    Store(#[from] StoreError),
}

async fn read(federation: &Arc<Federation>, due: &Due) -> Result<(), ReadError> {
    let lines = fetch(federation, due).await?;
    let (app, dataset) = (federation.app().clone(), due.dataset);
    let left = blocking(move || queues::take(&app, dataset, &lines)).await?;
    for left in left {
        let shown = outcome(federation, due, &left).await?;
        let app = federation.app().clone();
        blocking(move || queues::settled(&app, dataset, &left, shown.as_ref())).await?;
    }
    Ok(())
}

async fn fetch(federation: &Arc<Federation>, due: &Due) -> Result<Vec<Queued>, ReadError> {
    let mut found = Vec::new();
    let mut after = String::new();
    for _ in 0..PAGES {
        let address = format!("{}/queue{after}", due.url);
        let lines =
            federation
                .remote()
                .lines(&address, "queue of this dataset", PAGE_BYTES, LINE_BYTES);
        let mut lines = lines.await?;
        let mut next = None;
        while let Some(line) = lines.next().await? {
            let value = json::parse_document(&line).map_err(|_| ReadError::Form)?;
            if let Some(cursor) = value["next"].as_str() {
                next = Some(cursor.to_owned());
            } else {
                found.push(Queued::parse(&value).map_err(|_| ReadError::Form)?);
            }
        }
        let Some(next) = next.filter(|_| found.len() < MOST) else {
            return Ok(found);
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        if !next.chars().all(plain) {
            return Err(ReadError::Form);
        }
        after = format!("?after={next}");
    }
    Ok(found)
}

/// What became of a proposal that is in the queue no more; `None` where its origin does not know it.
async fn outcome(
    federation: &Arc<Federation>,
    due: &Due,
    left: &Left,
) -> Result<Option<Proposal>, ReadError> {
    let address = format!("{}/proposals/{}", due.url, left.digest);
    let url = address.parse().map_err(|_| ReadError::Form)?;
    let document = federation
        .remote()
        .document(url, vocabulary::ACCEPT_ACTIVITY, "such proposal")
        .await;
    let document = match document {
        Ok(document) => document,
        Err(FetchError::Missing { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    // A document speaks only for the address it was fetched from (attack F1).
    if document.final_url.as_str() != address {
        return Err(ReadError::Form);
    }
    let shown = Proposal::parse(&document.value).map_err(|_| ReadError::Form)?;
    Ok(Some(shown))
}
