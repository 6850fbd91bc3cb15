//! Instances are asked about themselves: when a peering begins, when they announce a dataset, and every hour.

use rustine_domain::ids::Hash;
use rustine_store::{PeerDatasetRecord, PeerRecord, ReplicaHeadRecord, StoreError, Tx};

use super::about::{About, Listed, MOST_DATASETS};
use super::{ACCEPTED, ASKED, ASKING};
use crate::App;

/// A peer is asked this often, in seconds.
pub const EVERY_SECONDS: i64 = 3_600;
/// One that did not answer is asked again after this long.
pub const AGAIN_SECONDS: i64 = 600;
/// One that answers, and whose copy of ours is not where ours is, is asked again after this long.
pub const BEHIND_SECONDS: i64 = 20;
/// However many announcements come, a peer is asked at most this often.
pub const PAUSE_SECONDS: i64 = 10;
/// Instances asked in one round.
const ROUND: i64 = 10;

/// How far a copy of ours is elsewhere, or why that is not known.
pub type Head = Result<(u64, Hash), String>;

/// What a look brought.
#[derive(Debug, Clone)]
pub struct Looked {
    /// What the instance says; or why it says nothing.
    pub about: Result<About, String>,
    /// Its copies of our datasets.
    pub heads: Vec<(i64, Head)>,
}

/// What there is to ask an instance.
#[derive(Debug, Clone)]
pub struct Question {
    /// The instance.
    pub peer: PeerRecord,
    /// Our datasets that it copies: number and name.
    pub copies: Vec<(i64, String)>,
    /// Its datasets that are to be copied here.
    pub wishes: Vec<String>,
}

/// Asks for a look at a host soon.
///
/// # Errors
/// Where the store fails.
pub fn want(app: &App, tx: &mut Tx<'_>, host: &str) -> Result<(), StoreError> {
    let now = app.clock.now();
    let facts = tx.find_peer_facts(host)?;
    let last = facts.and_then(|facts| facts.looked_at);
    let due = last.map_or(now, |last| now.max(last.plus_seconds(PAUSE_SECONDS)));
    tx.want_look(host, due)
}

/// Whom to ask now.
///
/// # Errors
/// Where the store fails.
pub fn due(app: &App) -> Result<Vec<Question>, StoreError> {
    let now = app.clock.now();
    let waiting = app.db.read(|tx| tx.list_looks_due(now, ROUND))?;
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let mut questions = Vec::new();
    for host in waiting {
        match app.db.read(|tx| question(tx, &host))? {
            Some(question) => questions.push(question),
            // Nobody has anything to do with it any more.
            None => app.db.write(|tx| tx.delete_peer_facts(&host))?,
        }
    }
    Ok(questions)
}

/// What there is to ask a host; `None` for one that is no peer and is to be none.
///
/// # Errors
/// Where the store fails.
pub fn question(tx: &mut Tx<'_>, host: &str) -> Result<Option<Question>, StoreError> {
    let Some(peer) = tx
        .find_peer(host)?
        .filter(|peer| [ACCEPTED, ASKED, ASKING].contains(&peer.state.as_str()))
    else {
        return Ok(None);
    };
    let copies = tx.list_replicas_by_host()?.into_iter();
    let wishes = match peer.state == ACCEPTED {
        true => tx.list_peer_wishes(host)?,
        false => Vec::new(),
    };
    Ok(Some(Question {
        copies: copies
            .filter(|(copier, _, _)| copier == host)
            .map(|(_, name, dataset)| (dataset, name))
            .collect(),
        wishes: wishes.into_iter().map(|wish| wish.name).collect(),
        peer,
    }))
}

/// Writes down what a look brought.
///
/// # Errors
/// Where the store fails.
pub fn write(app: &App, host: &str, looked: &Looked) -> Result<(), StoreError> {
    let now = app.clock.now();
    app.db.write(|tx| {
        match &looked.about {
            Ok(about) => {
                let text = serde_json::to_string(about)
                    .map_err(|error| StoreError::Other(error.to_string()))?;
                let pause = match are_behind(tx, host, &looked.heads)? {
                    true => BEHIND_SECONDS,
                    false => EVERY_SECONDS,
                };
                let next = now.plus_seconds(pause);
                tx.set_look(host, Some(&text), None, now, next)?;
                let listed = about.datasets.iter().take(MOST_DATASETS);
                let records: Vec<_> = listed.map(|listed| record(host, listed, now)).collect();
                tx.set_peer_datasets(host, &records)?;
            }
            Err(why) => {
                let next = now.plus_seconds(AGAIN_SECONDS);
                tx.set_look(host, None, Some(why), now, next)?;
            }
        }
        for (dataset, head) in &looked.heads {
            if tx.find_dataset(*dataset)?.is_none() {
                continue;
            }
            let known = head.as_ref().ok();
            tx.put_replica_head(&ReplicaHeadRecord {
                dataset: *dataset,
                host: host.to_owned(),
                seq: known.and_then(|(seq, _)| i64::try_from(*seq).ok()),
                entry: known.map(|(_, entry)| *entry),
                error: head.as_ref().err().cloned(),
                looked_at: now,
            })?;
        }
        Ok(())
    })
}

/// True where a copy of ours is on its way: it has another head than the dataset, or none yet; or the host began to
/// copy while it was asked.
fn are_behind(tx: &mut Tx<'_>, host: &str, heads: &[(i64, Head)]) -> Result<bool, StoreError> {
    let listed = tx.list_replicas_by_host()?.into_iter();
    let mut begun = listed.filter(|(copier, _, _)| copier == host);
    if begun.any(|(_, _, dataset)| heads.iter().all(|(asked, _)| *asked != dataset)) {
        return Ok(true);
    }
    for (id, head) in heads {
        let Some(dataset) = tx.find_dataset(*id)? else {
            continue;
        };
        if head.as_ref().map(|(_, entry)| *entry) != Ok(dataset.entry) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A wish was fulfilled, or failed.
///
/// # Errors
/// Where the store fails.
pub fn wish_done(app: &App, host: &str, name: &str, error: Option<&str>) -> Result<(), StoreError> {
    app.db.write(|tx| match error {
        None => tx.delete_peer_wish(host, name),
        Some(error) => tx.put_peer_wish(&rustine_store::PeerWishRecord {
            host: host.to_owned(),
            name: name.to_owned(),
            error: Some(error.to_owned()),
        }),
    })
}

fn record(host: &str, listed: &Listed, now: rustine_domain::time::Timestamp) -> PeerDatasetRecord {
    PeerDatasetRecord {
        host: host.to_owned(),
        name: listed.name.clone(),
        url: listed.url.clone(),
        title: listed.title.clone(),
        description: listed.description.clone(),
        license: listed.license.clone(),
        row_count: listed.rows,
        seq: listed.seq,
        entry: listed.entry,
        seen_at: now,
    }
}
