//! Peers and whoever is to become one are asked about themselves: name, charter, software, datasets, how far their
//! copies of ours are; and the copies that our people wish for are begun.
//!
//! What a peer *announces* is never believed by itself: it only makes us ask for the list that the peer serves.

use std::sync::Arc;
use std::time::Duration;

use rustine_app::actors::fingerprint;
use rustine_app::peers::about::{About, Listed, cut};
use rustine_app::peers::look::{self, Looked, Question};
use rustine_app::{blocks, processes, replicas};
use rustine_domain::ids::{DatasetAddress, Host};
use rustine_protocol::Uri;
use rustine_protocol::object::ListedDataset;
use rustine_protocol::vocabulary;
use rustine_store::{RemoteActorRecord, StoreError};
use serde_json::Value;
use tokio::sync::watch;
use url::Url;

use crate::actors::ActorError;
use crate::node::{Federation, blocking};
use crate::replication::{FetchError, copy_log};

/// Longest rest without a hint.
const REST: Duration = Duration::from_secs(5);

/// Why an instance says nothing about itself.
#[derive(Debug, thiserror::Error)]
pub enum AboutError {
    /// It is this instance.
    #[error("this is our own address")]
    Ourselves,
    /// It is blocked here.
    #[error("{0} is blocked here")]
    Blocked(Host),
    /// Its actor cannot be had, or shows another key.
    #[error(transparent)]
    Actor(#[from] ActorError),
    /// It does not run Rustine.
    #[error("{0} answers, but does not run Rustine: it cannot be a partner")]
    NotRustine(Host),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Asks peers that are due until the server stops.
pub(crate) async fn run(federation: Arc<Federation>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let woken = federation.work.notified();
        if let Err(error) = round(&federation).await {
            tracing::warn!(%error, "No peer could be asked about itself: {error}");
        }
        tokio::select! {
            () = woken => {}
            _ = stop.changed() => {}
            () = tokio::time::sleep(REST) => {}
        }
    }
}

async fn round(federation: &Arc<Federation>) -> Result<(), StoreError> {
    let app = federation.app().clone();
    let due = blocking(move || {
        let due = look::due(&app)?;
        let ours = !due.is_empty() && processes::is_our_turn(&app, "peers")?;
        Ok::<_, StoreError>(if ours { due } else { Vec::new() })
    });
    for question in due.await? {
        federation.ask_peer(&question).await?;
    }
    Ok(())
}

impl Federation {
    /// What an instance says about itself, now; with its actor, which is kept.
    ///
    /// # Errors
    /// [`AboutError`]: sentences for the operator.
    pub async fn about(&self, host: &Host) -> Result<(RemoteActorRecord, About), AboutError> {
        if host == self.app().host() {
            return Err(AboutError::Ourselves);
        }
        let (app, name) = (self.app().clone(), host.to_string());
        if blocking(move || app.db.read(|tx| blocks::covers(tx, &name))).await? {
            return Err(AboutError::Blocked(host.clone()));
        }
        let actor = self.instance_actor(host).await?;
        if !actor.implements {
            return Err(AboutError::NotRustine(host.clone()));
        }
        let about = self.tells(host, &actor).await;
        Ok((actor, about))
    }

    /// The parts that are missing stay empty: an instance that says little is no error.
    async fn tells(&self, host: &Host, actor: &RemoteActorRecord) -> About {
        let document: Value = serde_json::from_str(&actor.doc).unwrap_or_default();
        let mut about = About {
            name: cut(document["name"].as_str().unwrap_or_default()),
            key: fingerprint(rustine_app::actors::key_in_force(actor)),
            ..About::default()
        };
        if let Ok(info) = self.own_document(host, "/nodeinfo/2.1").await {
            let text = |value: &Value| cut(value.as_str().unwrap_or_default());
            about.software = text(&info["software"]["name"]);
            about.version = text(&info["software"]["version"]);
            about.charter = text(&info["metadata"]["charter"]);
        }
        let origin = format!("{}://{host}", self.app().settings.origin.scheme());
        let listed = self.own_document(host, "/actor/datasets").await;
        if let (Ok(list), Ok(origin)) = (listed, origin.parse::<Uri>()) {
            let (datasets, left_out) = ListedDataset::read_all(&list, &origin);
            about.left_out = left_out;
            about.datasets = datasets.into_iter().map(kept).collect();
        }
        about
    }

    /// A document at a fixed address of a host; it speaks for that address only (attack F1).
    async fn own_document(&self, host: &Host, path: &str) -> Result<Value, FetchError> {
        let address = format!("{}://{host}{path}", self.app().settings.origin.scheme());
        let missing = || FetchError::Missing {
            host: host.to_string(),
            what: format!("document at {path}"),
        };
        let url: Url = address.parse().map_err(|_| missing())?;
        let accept = match path {
            "/actor/datasets" => vocabulary::ACCEPT_ACTIVITY,
            _ => "application/json",
        };
        let document = self.remote().document(url, accept, "such document").await?;
        match document.final_url.as_str() == address {
            true => Ok(document.value),
            false => Err(missing()),
        }
    }

    /// Asks a peer, writes down what it says, and begins the copies that our people wish for.
    async fn ask_peer(self: &Arc<Self>, question: &Question) -> Result<(), StoreError> {
        let Ok(host) = question.peer.host.parse::<Host>() else {
            return Ok(());
        };
        let about = self.about(&host).await;
        let mut heads = Vec::new();
        for (dataset, name) in &question.copies {
            let log = copy_log(
                self.app().settings.origin.scheme(),
                &host,
                name,
                self.app().host(),
            );
            let head = self.remote().head(&log).await;
            let head = head.map(|head| (head.seq, head.entry));
            heads.push((*dataset, head.map_err(|error| error.to_string())));
        }
        let looked = Looked {
            about: about
                .map(|(_, about)| about)
                .map_err(|error| error.to_string()),
            heads,
        };
        let (app, name) = (self.app().clone(), question.peer.host.clone());
        blocking(move || look::write(&app, &name, &looked)).await?;
        for wish in &question.wishes {
            self.fulfil(&host, wish).await?;
        }
        Ok(())
    }

    async fn fulfil(self: &Arc<Self>, host: &Host, name: &str) -> Result<(), StoreError> {
        let done = match name.parse() {
            Ok(parsed) => {
                let address = DatasetAddress {
                    name: parsed,
                    host: Some(host.clone()),
                };
                self.copy(&address).await
            }
            Err(_) => Err(format!("{name} is no name of a dataset")),
        };
        if let Err(why) = &done {
            tracing::info!("{name}@{host} cannot be copied yet: {why}");
        }
        let (app, host, name) = (self.app().clone(), host.to_string(), name.to_owned());
        blocking(move || look::wish_done(&app, &host, &name, done.err().as_deref())).await
    }

    /// Learns a dataset and begins a copy of it; or says why not.
    pub(crate) async fn copy(self: &Arc<Self>, address: &DatasetAddress) -> Result<(), String> {
        let learned = self.learn(address, None).await;
        let learned = learned.map_err(|error| error.to_string())?;
        let app = self.app().clone();
        let added = blocking(move || replicas::add::add(&app, &learned)).await;
        added.map(drop).map_err(|error| error.to_string())
    }
}

fn kept(listed: ListedDataset) -> Listed {
    Listed {
        name: listed.name.to_string(),
        url: listed.id.to_string(),
        title: cut(&listed.title),
        description: cut(&listed.description),
        license: listed.license.as_deref().map(cut),
        rows: i64::try_from(listed.rows).unwrap_or(i64::MAX),
        seq: i64::try_from(listed.head.seq).unwrap_or(i64::MAX),
        entry: Some(listed.head.entry),
    }
}
