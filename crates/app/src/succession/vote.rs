//! Saying which successor one is for: a signed document, which every instance can check against the log of the dataset
//! that is gone.

use rustine_domain::ids::{DatasetAddress, DatasetUid, Hash};
use rustine_domain::proof;
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, StoreError, SuccessionVoteRecord, Tx};
use serde_json::{Map, Value, json};

use super::maintainers::{self, Maintainer};
use crate::App;
use crate::accounts::Person;
use crate::datasets::{UnknownDataset, find};
use crate::log::keys::load_key_of;

/// The type of the document.
const KIND: &str = "SuccessorVote";
/// Longest document that is kept, in bytes.
const MOST_BYTES: usize = 8192;

/// Why a vote does not count.
#[derive(Debug, thiserror::Error)]
pub enum VoteError {
    /// No such dataset here.
    #[error(transparent)]
    Dataset(#[from] UnknownDataset),
    /// Nobody here knows that successor.
    #[error(
        "no successor of {0} with this uid is known here: `rustine dataset successors {0}` lists them"
    )]
    UnknownSuccessor(DatasetAddress),
    /// She has no say.
    #[error(
        "only people with the role `maintain` by the log of {0} have a say, under the key that it names"
    )]
    NotEntitled(DatasetAddress),
    /// The document is not one.
    #[error("this is no vote about this dataset")]
    Form,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A person of this instance says which successor she is for; a later word replaces an earlier one.
///
/// # Errors
/// [`VoteError`]
pub fn vote(
    app: &App,
    person: &Person,
    address: &DatasetAddress,
    successor: DatasetUid,
) -> Result<(), VoteError> {
    app.db.write(|tx| {
        let dataset = find(app, tx, address)?;
        let known = tx.list_successors(dataset.uid)?;
        let chosen = known.iter().find(|known| known.uid == successor);
        let chosen = chosen.ok_or_else(|| VoteError::UnknownSuccessor(address.clone()))?;
        let path = format!("/users/{}", person.name);
        let actor = app.url(&path);
        let entitled = maintainers::list(tx, &dataset, app.clock.now())?;
        let not = || VoteError::NotEntitled(address.clone());
        let me = entitled
            .iter()
            .find(|it| it.actor == actor)
            .ok_or_else(not)?;
        let key = match load_key_of(tx, &path, &me.key) {
            Err(StoreError::NotFound) => return Err(not()),
            key => key?,
        };
        let now = app.clock.now();
        let mut document = unsigned(&dataset, &actor, (chosen.uid, chosen.genesis), now);
        let method = format!("{actor}#ed25519-{}", me.key);
        proof::sign(&mut document, &key, &method, now);
        let record = read(&dataset, &Value::Object(document))?;
        tx.put_succession_vote(&record)?;
        Ok(())
    })
}

fn unsigned(
    dataset: &DatasetRecord,
    actor: &str,
    (successor, genesis): (DatasetUid, Hash),
    now: Timestamp,
) -> Map<String, Value> {
    let document = json!({
        "@context": "https://w3id.org/rustine/ns/v1",
        "type": KIND,
        "attributedTo": actor,
        "uid": dataset.uid,
        "genesis": dataset.genesis,
        "successor": {"uid": successor, "genesis": genesis},
        "published": now,
    });
    match document {
        Value::Object(map) => map,
        _ => unreachable!("the literal above is an object"),
    }
}

/// Reads a vote; whether it counts is said by [`holds`].
fn read(dataset: &DatasetRecord, document: &Value) -> Result<SuccessionVoteRecord, VoteError> {
    fn text(value: &Value) -> Result<&str, VoteError> {
        value.as_str().ok_or(VoteError::Form)
    }
    let own = document["type"] == KIND
        && document["uid"].as_str() == Some(dataset.uid.to_string().as_str())
        && document["genesis"].as_str() == Some(dataset.genesis.to_string().as_str());
    let kept = document.to_string();
    if !own || kept.len() > MOST_BYTES {
        return Err(VoteError::Form);
    }
    let successor = text(&document["successor"]["uid"])?;
    let published = text(&document["published"])?;
    Ok(SuccessionVoteRecord {
        of_uid: dataset.uid,
        voter: text(&document["attributedTo"])?.to_owned(),
        successor: successor.parse().map_err(|_| VoteError::Form)?,
        document: kept,
        published: published.parse().map_err(|_| VoteError::Form)?,
    })
}

/// Takes a vote that another instance shows: only of somebody with the role, under the key that the log names, and not
/// from the future. True where it says something new.
///
/// # Errors
/// [`VoteError`]
pub fn receive(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    document: &Value,
) -> Result<bool, VoteError> {
    let record = read(dataset, document)?;
    let now = app.clock.now();
    let entitled = maintainers::list(tx, dataset, now)?;
    let mut signed = entitled
        .iter()
        .filter(|person| person.actor == record.voter && holds(&record, person));
    // A date in the future would outlast every later word of hers.
    if signed.next().is_none() || record.published > now.plus_seconds(300) {
        return Err(VoteError::Form);
    }
    let known = tx.list_successors(dataset.uid)?;
    if !known.iter().any(|known| known.uid == record.successor) {
        return Err(VoteError::Form);
    }
    Ok(tx.put_succession_vote(&record)?)
}

/// True where the document is signed by the key of the grant.
pub(super) fn holds(vote: &SuccessionVoteRecord, person: &Maintainer) -> bool {
    let Ok(Value::Object(document)) = serde_json::from_str(&vote.document) else {
        return false;
    };
    proof::verify(&document, &person.key).is_ok()
}
