//! Answers between a dataset's origin and the instance of a proposer: queued, refused at the door, decided.

use rustine_domain::checks::Check;
use rustine_domain::ids::Hash;
use rustine_domain::patch::{Reason, Status};
use rustine_protocol::Uri;
use rustine_protocol::activity::{Accept, Accepted, Envelope, Reject};
use rustine_protocol::object::EntryReference;
use rustine_store::{DatasetRecord, PatchRecord, StoreError, Tx};

use super::decide::{patch_url, status_of};
use super::{OUT, ops_of, parse_ops, write_ops};
use crate::App;
use crate::actors::inboxes::inbox_of;
use crate::context::uri;
use crate::notifications::proposals;
use crate::outbox::{self, Outgoing};
use crate::reviews::hint;

/// Tells the proposer of the decision: one of another instance through the outbox, one of ours here.
///
/// # Errors
/// Where the store fails.
pub fn decided(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    patch: &PatchRecord,
) -> Result<(), StoreError> {
    hint::changed(app, tx, dataset, patch)?;
    let Some((proposer, inbox)) = remote_proposer(app, tx, patch)? else {
        return proposals::answered(app, tx, patch);
    };
    let envelope = Envelope::new(uri(&app.activity_id()), uri(&dataset.url), uri(&proposer));
    let object = uri(&patch_url(app, patch));
    let activity = match (
        status_of(patch).is_applied(),
        patch.result_seq,
        patch.result_entry,
    ) {
        (true, Some(seq), Some(entry)) => {
            let result = EntryReference {
                id: uri(&format!("{}/log/{seq}", dataset.url)),
                entry: Some(entry),
                seq: seq.unsigned_abs(),
            };
            let amended = patch.applied.as_deref().map(parse_ops).transpose()?;
            Accept::patch(envelope, object, result, amended).to_json()
        }
        _ => Reject::patch(envelope, object, patch.reason.clone().unwrap_or_default()).to_json(),
    };
    let actor = format!("/datasets/{}", dataset.name);
    let object_key = format!("patch:{}", patch.id);
    outbox::send(
        app,
        tx,
        &Outgoing {
            activity: &activity,
            actor: &actor,
            object_key: &object_key,
        },
        &inbox,
    )
}

/// The proposer of another instance and its inbox; an anonymous visitor is answered through its instance's actor.
pub(super) fn remote_proposer(
    app: &App,
    tx: &mut Tx<'_>,
    patch: &PatchRecord,
) -> Result<Option<(String, String)>, StoreError> {
    if patch.proposer_host == app.host().as_str() {
        return Ok(None);
    }
    let instance = || {
        format!(
            "{}://{}/actor",
            app.settings.origin.scheme(),
            patch.proposer_host
        )
    };
    let proposer = patch.proposer.clone().unwrap_or_else(instance);
    let inbox = inbox_of(app, tx, &proposer, &patch.proposer_host)?;
    Ok(Some((proposer, inbox)))
}

/// Why an answer has no effect; it is dropped quietly, since the sender can do nothing about it.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// We never offered this, or it is decided.
    #[error("this answers no open proposal of ours")]
    NotOurs,
    /// The sender is not the dataset of the patch.
    #[error("only the dataset itself answers a proposal")]
    NotTheDataset,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes an `Accept` of a proposal of ours: queued, or decided.
///
/// # Errors
/// [`AnswerError`]
pub fn accepted(app: &App, tx: &mut Tx<'_>, accept: &Accept) -> Result<(), AnswerError> {
    let actor = &accept.envelope.actor;
    match &accept.accepted {
        Accepted::Offer { offer, .. } => {
            let mut patch = by_offer(tx, &offer.id)?;
            from_the_dataset(tx, &patch, actor)?;
            patch.answer = Some("queued".to_owned());
            patch.updated = app.clock.now();
            tx.update_patch(&patch)?;
            Ok(())
        }
        Accepted::Patch {
            patch,
            entry,
            amended,
        } => {
            let mut patch = open_patch(app, tx, patch)?;
            from_the_dataset(tx, &patch, actor)?;
            let status = if amended.is_some() {
                Status::Amended
            } else {
                Status::Accepted
            };
            patch.applied = amended.as_deref().map(write_ops);
            let seq = i64::try_from(entry.seq).ok();
            settle(app, tx, patch, status, None, seq.zip(entry.entry))
        }
        Accepted::Follow { .. } | Accepted::Other(_) => Err(AnswerError::NotOurs),
    }
}

/// Takes a `Reject` of a proposal of ours: at the door, or by a person.
///
/// # Errors
/// [`AnswerError`]
pub fn rejected(app: &App, tx: &mut Tx<'_>, reject: &Reject) -> Result<(), AnswerError> {
    let patch = match by_offer(tx, &reject.object.id) {
        Ok(patch) => patch,
        Err(AnswerError::NotOurs) => open_patch(app, tx, &reject.object.id)?,
        Err(error) => return Err(error),
    };
    from_the_dataset(tx, &patch, &reject.envelope.actor)?;
    let content: String = reject
        .content
        .as_deref()
        .unwrap_or_default()
        .chars()
        .take(Reason::MAX_CHARACTERS)
        .collect();
    let status = if reject.conflicts.is_empty() {
        Status::Refused
    } else {
        Status::Conflict
    };
    settle(app, tx, patch, status, Some(content), None)
}

fn by_offer(tx: &mut Tx<'_>, offer: &Uri) -> Result<PatchRecord, AnswerError> {
    let found = tx
        .find_patch_by_offer(offer.as_str())?
        .filter(|patch| patch.direction == OUT);
    found
        .filter(|patch| !status_of(patch).is_final() || !Check::DecisionOpen.stands())
        .ok_or(AnswerError::NotOurs)
}

fn open_patch(app: &App, tx: &mut Tx<'_>, id: &Uri) -> Result<PatchRecord, AnswerError> {
    let path = app
        .local_path(id.as_str())
        .and_then(|path| path.strip_prefix("/patches/"));
    let id = path
        .and_then(|id| id.parse().ok())
        .ok_or(AnswerError::NotOurs)?;
    let found = tx.find_patch(id)?.filter(|patch| patch.direction == OUT);
    found
        .filter(|patch| !status_of(patch).is_final() || !Check::DecisionOpen.stands())
        .ok_or(AnswerError::NotOurs)
}

fn from_the_dataset(tx: &mut Tx<'_>, patch: &PatchRecord, actor: &Uri) -> Result<(), AnswerError> {
    let dataset = tx.load_dataset(patch.dataset)?;
    if dataset.url == actor.as_str() || !Check::DecisionDataset.stands() {
        Ok(())
    } else {
        Err(AnswerError::NotTheDataset)
    }
}

/// Writes what the origin said about a proposal of ours.
pub(super) fn settle(
    app: &App,
    tx: &mut Tx<'_>,
    mut patch: PatchRecord,
    status: Status,
    reason: Option<String>,
    result: Option<(i64, Hash)>,
) -> Result<(), AnswerError> {
    let now = app.clock.now();
    status.as_str().clone_into(&mut patch.status);
    patch.reason = reason;
    patch.updated = now;
    patch.decided_at = status.is_final().then_some(now);
    patch.result_seq = result.map(|(seq, _)| seq);
    patch.result_entry = result.map(|(_, entry)| entry);
    tx.update_patch(&patch)?;
    Ok(proposals::answered(app, tx, &patch)?)
}

/// How many operations a patch has, for lists.
///
/// # Errors
/// Where the record is damaged.
pub fn op_count(patch: &PatchRecord) -> Result<usize, StoreError> {
    ops_of(patch).map(|ops| ops.len())
}
