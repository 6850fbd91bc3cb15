//! Asking the other instances who goes on with a dataset whose origin is silent (`protocol.md` §5, "Dead origin").
//!
//! What they say is a hint: each successor is looked at where it lives, and counts only once its own first entry names
//! this dataset; each vote is checked against the log that is kept here.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustine_app::App;
use rustine_app::blocks;
use rustine_app::peers::ACCEPTED;
use rustine_app::succession::learn::{self, Shown, Told};
use rustine_domain::ids::Host;
use rustine_store::{DatasetRecord, StoreError};

use super::blocking;
use super::fetch::{FetchError, Remote, host_of};

/// Instances asked at most.
const MOST_ASKED: usize = 50;
/// Successors that one instance may make us look at.
const MOST_LOOKED_AT: usize = 10;

/// What was heard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// Successors that were not known before.
    pub successors: usize,
    /// Votes that said something new.
    pub votes: usize,
    /// Who did not answer.
    pub silent: Vec<String>,
    /// What was named as a successor and is none, with the reason: sentences for the operator.
    pub refused: Vec<String>,
}

/// Asks partners and whoever keeps a copy, but for the hosts that are left alone because they served a bad byte. Nothing about the dataset itself changes.
///
/// # Errors
/// Where the store fails.
pub async fn ask(
    remote: &Remote,
    app: &Arc<App>,
    dataset: i64,
    left_alone: &BTreeSet<String>,
) -> Result<Heard, StoreError> {
    let (read, of) = (app.clone(), dataset);
    let found = blocking(move || whom_to_ask(&read, of)).await?;
    let mut heard = Heard::default();
    let Some((dataset, places)) = found else {
        return Ok(heard);
    };
    for (host, address) in places {
        if left_alone.contains(&host) {
            continue;
        }
        let Ok(url) = address.parse() else { continue };
        let answer = remote.document(url, "application/json", "list of successors");
        match answer.await {
            Ok(document) => {
                let shown = Shown::parse(&document.value);
                take(remote, app, &dataset, &host, shown, &mut heard).await?;
            }
            Err(FetchError::Missing { .. }) => {}
            Err(_) => heard.silent.push(host),
        }
    }
    Ok(heard)
}

/// Hosts and the addresses under which they show what they know.
type Places = Vec<(String, String)>;

fn whom_to_ask(app: &App, dataset: i64) -> Result<Option<(DatasetRecord, Places)>, StoreError> {
    app.db.read(|tx| {
        let Some(dataset) = tx.find_dataset(dataset)? else {
            return Ok(None);
        };
        let mut hosts: BTreeSet<String> = tx.list_copy_holders(dataset.id)?.into_iter().collect();
        let peers = tx.list_peers()?.into_iter();
        hosts.extend(
            peers
                .filter(|peer| peer.state == ACCEPTED)
                .map(|it| it.host),
        );
        // Whoever succeeds it knows who else does.
        let known = tx.list_successors(dataset.uid)?;
        hosts.extend(known.iter().map(|known| host_of(&known.url)));
        hosts.remove(app.host().as_str());
        hosts.remove(&dataset.host);
        let scheme = app.settings.origin.scheme();
        let origin = match dataset.is_local() {
            true => app.host().to_string(),
            false => dataset.host.clone(),
        };
        let mut places = Vec::new();
        for host in hosts {
            let is_host = host.parse::<Host>().is_ok();
            if is_host && places.len() < MOST_ASKED && !blocks::covers(tx, &host)? {
                let name = &dataset.name;
                let address = format!("{scheme}://{host}/datasets/{name}@{origin}/succession");
                places.push((host, address));
            }
        }
        Ok(Some((dataset, places)))
    })
}

async fn take(
    remote: &Remote,
    app: &Arc<App>,
    dataset: &DatasetRecord,
    host: &str,
    shown: Shown,
    heard: &mut Heard,
) -> Result<(), StoreError> {
    let (read, uid) = (app.clone(), dataset.uid);
    let known = blocking(move || read.db.read(|tx| tx.list_successors(uid))).await?;
    let is_new = |told: &&Told| !known.iter().any(|known| known.url == told.url);
    for told in shown.successors.iter().filter(is_new).take(MOST_LOOKED_AT) {
        let first = match remote.header(&format!("{}/log", told.url), 0).await {
            Ok(Some(first)) => first,
            Ok(None) => continue,
            Err(error) if error.is_bad() => {
                heard
                    .refused
                    .push(format!("{host} names {}: {error}", told.url));
                continue;
            }
            Err(_) => {
                heard.silent.push(host_of(&told.url));
                continue;
            }
        };
        let (write, of, told, by) = (app.clone(), dataset.id, told.clone(), host.to_owned());
        let taken = blocking(move || {
            write.db.write(|tx| {
                let dataset = tx.load_dataset(of)?;
                let taken = learn::successor(&write, tx, &dataset, &told, (&first, &by))?;
                Ok::<_, StoreError>(taken.map_err(|why| format!("{by} names {}: {why}", told.url)))
            })
        });
        match taken.await? {
            Ok(new) => heard.successors += usize::from(new),
            Err(why) => {
                tracing::info!(dataset = dataset.id, "Not taken as a successor: {why}");
                heard.refused.push(why);
            }
        }
    }
    if !shown.votes.is_empty() {
        let (write, of) = (app.clone(), dataset.id);
        let taken = blocking(move || {
            write.db.write(|tx| {
                let dataset = tx.load_dataset(of)?;
                learn::votes(&write, tx, &dataset, &shown.votes)
            })
        });
        heard.votes += taken.await?;
    }
    Ok(())
}
