//! Reads lists of domains that others would block, once a day each. What they say becomes drafts; nothing is blocked
//! here by itself.

use std::sync::Arc;
use std::time::Duration;

use rustine_app::blocks::lists::{self, FIRES};
use rustine_app::{App, processes};
use rustine_formats::blocklist::{self, Page, Reading};
use rustine_outbound::{Bytes, Client, Fetch, Url};
use rustine_store::{BlockListRecord, StoreError};
use tokio::sync::watch;

/// How often it is looked whether a list is due.
const REST: Duration = Duration::from_secs(2);
/// Longest document of a list.
const LIST_BYTES: u64 = 4 << 20;
/// Documents of one feed at most.
const MOST_PAGES: usize = 50;
/// Longest time for one document.
const PAGE_TIME: Duration = Duration::from_secs(20);

/// Runs until the server stops.
pub async fn run(app: Arc<App>, client: Client, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        tokio::select! {
            _ = stop.changed() => {}
            read = read_due(&app, &client) => if let Err(error) = read {
                tracing::warn!(%error, "Lists of blocks could not be read: {error}");
            }
        }
        tokio::select! {
            _ = stop.changed() => {}
            () = tokio::time::sleep(REST) => {}
        }
    }
}

async fn read_due(app: &Arc<App>, client: &Client) -> Result<(), StoreError> {
    let own = app.clone();
    let due = blocking(move || {
        let due = lists::due(&own)?;
        let ours = !due.is_empty() && processes::is_our_turn(&own, "job/block-lists")?;
        Ok::<_, StoreError>(if ours { due } else { Vec::new() })
    });
    for list in due.await? {
        let read = read(client, &list).await;
        let app = app.clone();
        blocking(move || match read {
            Ok(reading) => {
                let taken = lists::take(&app, list.id, &reading)?;
                tracing::info!(
                    proposed = taken.proposed,
                    "The list {} proposes {} changes",
                    list.name,
                    taken.proposed
                );
                Ok(())
            }
            Err(why) => lists::failed(&app, list.id, &why),
        })
        .await?;
    }
    Ok(())
}

/// What a list says now, all of it; or why it cannot be read, for the operator.
async fn read(client: &Client, list: &BlockListRecord) -> Result<Reading, String> {
    let url: Url = list.url.parse().map_err(|_| "its address is no URL")?;
    if list.kind != FIRES {
        let body = fetch(client, url, "text/csv, text/plain").await?;
        let text = std::str::from_utf8(&body).map_err(|_| "it is no text in UTF-8")?;
        return blocklist::csv(text).map_err(|error| error.to_string());
    }
    let mut pages = Vec::new();
    let mut next = Some(url.clone());
    while let Some(address) = next.take() {
        if pages.len() >= MOST_PAGES {
            // A part of a feed would look as if the rest had been taken back.
            return Err(format!("its feed has more than {MOST_PAGES} documents"));
        }
        let page = fetch_page(client, address).await?;
        let following = page.next.as_ref().map(|next| url.join(next));
        next = match following.transpose() {
            Ok(following) => following.filter(|following| following.origin() == url.origin()),
            Err(_) => return Err("its feed goes on at an address that is none".to_owned()),
        };
        if page.next.is_some() && next.is_none() {
            return Err("its feed goes on at another server".to_owned());
        }
        pages.push(page);
    }
    Ok(blocklist::fires(pages))
}

async fn fetch_page(client: &Client, url: Url) -> Result<Page, String> {
    let body = fetch(client, url, "application/ld+json, application/json").await?;
    let document = serde_json::from_slice(&body).map_err(|_| "its feed is no JSON")?;
    Ok(blocklist::fires_page(&document))
}

async fn fetch(client: &Client, url: Url, accept: &'static str) -> Result<Bytes, String> {
    let fetch = Fetch::new(url)
        .accept(accept)
        .at_most(LIST_BYTES)
        .within(PAGE_TIME);
    let response = client.get(fetch).await.map_err(|error| error.to_string())?;
    match response.status.is_success() {
        true => Ok(response.body),
        false => Err(format!(
            "it answers with the status {}",
            response.status.as_u16()
        )),
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

#[cfg(test)]
mod tests;
