//! What other instances say about who goes on with a dataset. A successor counts only once its own log says so.

use rustine_domain::log::{Header, Kind};
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, StoreError, SuccessorRecord, Tx};
use serde_json::{Value, json};

use super::vote;
use crate::App;
use crate::notifications::origins;

/// Successors of one dataset that are kept at most.
pub const MOST: usize = 50;

/// Why a dataset is no successor of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotASuccessor {
    /// Its first entry is none, or does not hold.
    #[error("its log does not begin with a rightly signed first entry")]
    Genesis,
    /// It is the dataset itself.
    #[error("it claims the uid of the dataset that it would succeed")]
    SameUid,
    /// It names another dataset, or none.
    #[error("its first entry does not name this dataset as the one that it goes on with")]
    Another,
    /// It took over an entry that is not ours at that number.
    #[error("it took over another history than the one that is kept here")]
    OtherHistory,
    /// It lies elsewhere than it says.
    #[error("its first entry names another address")]
    Address,
}

/// A successor as told by somebody, to be looked at where it lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Where it lives.
    pub url: String,
    /// Its title, as told; text of a stranger.
    pub title: String,
}

/// What an instance shows about a dataset: successors and votes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shown {
    /// The successors that it knows.
    pub successors: Vec<Told>,
    /// The signed votes that it holds.
    pub votes: Vec<Value>,
}

impl Shown {
    /// Reads the document; what has another form is left out.
    pub fn parse(document: &Value) -> Self {
        let list = |member: &str| {
            let items = document[member].as_array();
            items
                .map(|items| items.iter().take(MOST))
                .into_iter()
                .flatten()
        };
        let told = |item: &Value| {
            Some(Told {
                url: item["url"].as_str()?.to_owned(),
                title: item["title"]
                    .as_str()
                    .unwrap_or_default()
                    .chars()
                    .take(200)
                    .collect(),
            })
        };
        Self {
            successors: list("successors").filter_map(told).collect(),
            votes: list("votes").cloned().collect(),
        }
    }
}

/// The document that this instance shows.
///
/// # Errors
/// Where the store fails.
pub fn document(tx: &mut Tx<'_>, dataset: &DatasetRecord) -> Result<Value, StoreError> {
    let state = tx.find_replica_state(dataset.id)?;
    let silent: Option<Timestamp> = state.and_then(|state| state.silent_since);
    let successors: Vec<Value> = tx
        .list_successors(dataset.uid)?
        .iter()
        .map(|known| {
            json!({
                "uid": known.uid,
                "genesis": known.genesis,
                "url": known.url,
                "title": known.title,
                "forkedFrom": {"uid": known.of_uid, "seq": known.from_seq, "entry": known.from_entry},
            })
        })
        .collect();
    let votes: Vec<Value> = tx
        .list_succession_votes(dataset.uid)?
        .iter()
        .filter_map(|vote| serde_json::from_str(&vote.document).ok())
        .collect();
    Ok(json!({
        "uid": dataset.uid,
        "genesis": dataset.genesis,
        "seq": dataset.seq,
        "entry": dataset.entry,
        "silentSince": silent,
        "successors": successors,
        "votes": votes,
    }))
}

/// Takes a successor whose first header was fetched from where it lives; false where it was known. People who follow
/// the dataset are told.
///
/// # Errors
/// [`NotASuccessor`] inside, where its log does not say so; outside, where the store fails.
pub fn successor(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    told: &Told,
    (first, told_by): (&Header, &str),
) -> Result<Result<bool, NotASuccessor>, StoreError> {
    if let Err(why) = rustine_domain::log::Chain::genesis(first) {
        tracing::info!("{} is no successor: {why}", told.url);
        return Ok(Err(NotASuccessor::Genesis));
    }
    let Kind::Genesis { forked_from, .. } = &first.kind else {
        return Ok(Err(NotASuccessor::Genesis));
    };
    let Some(point) = forked_from
        .as_ref()
        .filter(|point| point.uid == dataset.uid && point.genesis == dataset.genesis)
    else {
        return Ok(Err(NotASuccessor::Another));
    };
    if first.uid == dataset.uid {
        return Ok(Err(NotASuccessor::SameUid));
    }
    if first.attributed_to != told.url {
        return Ok(Err(NotASuccessor::Address));
    }
    let seq = i64::try_from(point.seq).unwrap_or(i64::MAX);
    let held = tx.find_entry(dataset.id, seq)?;
    if held.is_some_and(|held| held.entry != point.entry) {
        return Ok(Err(NotASuccessor::OtherHistory));
    }
    if tx.list_successors(dataset.uid)?.len() >= MOST {
        return Ok(Ok(false));
    }
    let new = tx.insert_successor(&SuccessorRecord {
        uid: first.uid,
        of_uid: dataset.uid,
        genesis: first.hash(),
        url: told.url.clone(),
        title: told.title.clone(),
        from_seq: seq,
        from_entry: point.entry,
        told_by: told_by.to_owned(),
        seen: app.clock.now(),
    })?;
    if new {
        origins::succeeded(app, tx, dataset)?;
    }
    Ok(Ok(new))
}

/// Takes the votes that count; how many said something new. Others are left out, and change nothing.
///
/// # Errors
/// Where the store fails.
pub fn votes(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    shown: &[Value],
) -> Result<usize, StoreError> {
    let mut new = 0;
    for document in shown {
        match vote::receive(app, tx, dataset, document) {
            Ok(taken) => new += usize::from(taken),
            Err(vote::VoteError::Store(error)) => return Err(error),
            Err(error) => tracing::info!("A vote for a successor does not count: {error}"),
        }
    }
    Ok(new)
}
