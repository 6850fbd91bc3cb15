//! Follows that arrive, and the answers to ours (`protocol.md` §5).

use rustine_domain::checks::Check;
use rustine_protocol::Uri;
use rustine_protocol::activity::{Accept, Follow, Reject};
use rustine_protocol::object::LogHead;
use rustine_store::{
    DatasetRecord, FollowerRecord, RemoteActorRecord, ReplicaRecord, StoreError, Tx,
};

use super::{ACCEPTED, PENDING, PERSON, REJECTED};
use crate::App;
use crate::actors;
use crate::context::uri;
use crate::outbox::{self, Outgoing};
use crate::peers;
use crate::settings::Mode;

/// Kind of an instance actor in a remote actor's record.
pub const APPLICATION: &str = "Application";

/// Why a follow, or an answer to one, has no effect.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// Nothing here can be followed under this address.
    #[error("nobody can be followed under this address")]
    Unknown,
    /// It answers no pending follow of ours, or its sender is not the object of that follow.
    #[error("this answers no pending follow of ours")]
    NotPending,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes a Follow: of the instance (a peering request), of a dataset by an instance (a replica), or by a person.
///
/// # Errors
/// [`FollowError`]
pub fn receive(
    app: &App,
    tx: &mut Tx<'_>,
    follow: &Follow,
    sender: &RemoteActorRecord,
) -> Result<(), FollowError> {
    let path = app
        .local_path(follow.object.as_str())
        .ok_or(FollowError::Unknown)?;
    if path == "/actor" {
        return Ok(peers::receive::asked(app, tx, follow, sender)?);
    }
    let name = path
        .strip_prefix("/datasets/")
        .ok_or(FollowError::Unknown)?;
    let dataset = tx
        .find_dataset_by_name(name, "")?
        .ok_or(FollowError::Unknown)?;
    let by_instance = sender.kind == APPLICATION && sender.implements;
    if !may_follow(app, tx, &dataset, &sender.host)? && Check::FollowAllowed.stands() {
        let reject =
            Reject::follow(uri(&app.activity_id()), follow.object.clone(), follow).to_json();
        return answer(app, tx, path, sender, &reject);
    }
    let head = if by_instance {
        let listed = peers::is_accepted(tx, &sender.host)?;
        tx.put_replica(&ReplicaRecord {
            dataset: dataset.id,
            host: sender.host.clone(),
            actor: sender.id.clone(),
            inbox: inbox_of(sender),
            listed,
            accepted_at: app.clock.now(),
        })?;
        actors::pin(tx, &sender.id)?;
        if listed {
            // How far its copy is will be known then.
            peers::look::want(app, tx, &sender.host)?;
        }
        Some(LogHead {
            genesis: dataset.genesis,
            seq: dataset.seq.unsigned_abs(),
            entry: dataset.entry,
            bodies_from: 0,
        })
    } else {
        tx.put_follower(&FollowerRecord {
            id: 0,
            object: path.to_owned(),
            follower: sender.id.clone(),
            inbox: sender.inbox.clone(),
            shared_inbox: sender.shared_inbox.clone(),
            host: sender.host.clone(),
            activity_id: follow.envelope.id.to_string(),
            kind: PERSON.to_owned(),
            created: app.clock.now(),
        })?;
        None
    };
    let accept =
        Accept::follow(uri(&app.activity_id()), follow.object.clone(), follow, head).to_json();
    answer(app, tx, path, sender, &accept)
}

/// A public dataset accepts by itself unless the instance keeps to its peers.
fn may_follow(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    host: &str,
) -> Result<bool, StoreError> {
    let open =
        matches!(dataset.status.as_str(), "published" | "closed") && dataset.audience == "public";
    Ok(open && (peers::mode::of(app, tx)? == Mode::Open || peers::is_accepted(tx, host)?))
}

fn inbox_of(actor: &RemoteActorRecord) -> String {
    actor
        .shared_inbox
        .clone()
        .unwrap_or_else(|| actor.inbox.clone())
}

fn answer(
    app: &App,
    tx: &mut Tx<'_>,
    actor: &str,
    receiver: &RemoteActorRecord,
    activity: &serde_json::Value,
) -> Result<(), FollowError> {
    let object_key = format!("follow:{}", receiver.id);
    let outgoing = Outgoing {
        activity,
        actor,
        object_key: &object_key,
    };
    Ok(outbox::send(app, tx, &outgoing, &receiver.inbox)?)
}

/// Takes an `Accept` of a Follow of ours. It counts only from the object of our stored pending Follow.
///
/// # Errors
/// [`FollowError::NotPending`]
pub fn accepted(app: &App, tx: &mut Tx<'_>, actor: &Uri, follow: &Uri) -> Result<(), FollowError> {
    let record = pending(tx, actor, follow)?;
    tx.set_follow_state(record.id, ACCEPTED)?;
    if record.actor == "/actor" {
        peers::receive::granted(app, tx, actor)?;
    }
    Ok(())
}

/// Takes a `Reject` of a Follow of ours, which may also end one that was granted.
///
/// # Errors
/// [`FollowError::NotPending`]
pub fn rejected(app: &App, tx: &mut Tx<'_>, actor: &Uri, follow: &Uri) -> Result<(), FollowError> {
    let record = tx
        .find_follow_by_activity(follow.as_str())?
        .filter(|record| record.object == actor.as_str() || !Check::AnswerActor.stands());
    let record = record.ok_or(FollowError::NotPending)?;
    tx.set_follow_state(record.id, REJECTED)?;
    if record.actor == "/actor" {
        peers::receive::ended(app, tx, actor)?;
    }
    Ok(())
}

fn pending(
    tx: &mut Tx<'_>,
    actor: &Uri,
    follow: &Uri,
) -> Result<rustine_store::FollowRecord, FollowError> {
    let found = tx.find_follow_by_activity(follow.as_str())?;
    found
        .filter(|record| record.state == PENDING || !Check::AnswerPending.stands())
        .filter(|record| record.object == actor.as_str() || !Check::AnswerActor.stands())
        .ok_or(FollowError::NotPending)
}

/// Takes an `Undo` of a Follow: the follower, replica or peer is gone.
///
/// # Errors
/// Where the store fails.
pub fn undone(
    app: &App,
    tx: &mut Tx<'_>,
    actor: &Uri,
    object: Option<&Uri>,
    follow: &Uri,
) -> Result<(), FollowError> {
    let by_activity = tx
        .find_follower_by_activity(follow.as_str())?
        .filter(|record| record.follower == actor.as_str() || !Check::UndoFollower.stands());
    if let Some(record) = by_activity {
        tx.delete_follower(&record.object, &record.follower)?;
        return Ok(());
    }
    let Some(path) = object.and_then(|object| app.local_path(object.as_str())) else {
        return Ok(());
    };
    if path == "/actor" {
        return Ok(peers::receive::ended(app, tx, actor)?);
    }
    tx.delete_follower(path, actor.as_str())?;
    let name = path.strip_prefix("/datasets/").unwrap_or_default();
    if let Some(dataset) = tx.find_dataset_by_name(name, "")? {
        let replicas = tx.list_replicas(dataset.id)?;
        if let Some(replica) = replicas
            .iter()
            .find(|replica| replica.actor == actor.as_str())
        {
            tx.delete_replica(dataset.id, &replica.host)?;
        }
    }
    Ok(())
}
