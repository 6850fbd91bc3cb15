//! One line of a queue elsewhere: what is taken of it, and what is not. Whoever serves it may say what it likes of its own
//! proposals, and nothing of others; what others said of them must be signed by them.

use rustine_domain::checks::Check;
use rustine_domain::digest::offer_digest;
use rustine_domain::ids::PatchId;
use rustine_domain::patch::Status;
use rustine_protocol::object::{Queued, Review};
use rustine_protocol::uri::Uri;
use rustine_store::{DatasetRecord, PatchRecord, StoreError, Tx};

use crate::App;
use crate::notifications::proposals;
use crate::patches::{OUT, write_ops};
use crate::reviews::count::is_by;
use crate::reviews::{QUEUE, row};

/// Why a proposal in a queue, or a review of it, is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotTaken {
    /// It is about another dataset.
    #[error("it is about another dataset")]
    Uid,
    /// Its id or its digest is that of another proposal.
    #[error("its id or its digest is that of another proposal")]
    Id,
    /// A review that its author did not sign, or not for this proposal.
    #[error("{0} did not sign it for this proposal with a key that the log names")]
    Proof(Uri),
}

impl NotTaken {
    fn check(&self) -> Check {
        match self {
            Self::Uid => Check::QueueUid,
            Self::Id => Check::QueueId,
            Self::Proof(_) => Check::QueueProof,
        }
    }

    /// Tells the operator, who may ask whoever serves it.
    pub(super) fn warn(&self, copy: &DatasetRecord, what: &Uri) {
        let check = self.check().name();
        let url = &copy.url;
        tracing::warn!(check, "In the queue of {url}, {what} is not taken: {self}");
    }
}

/// Keeps one proposal of a queue, with its reviews.
///
/// # Errors
/// Where the store fails; within, why it is not taken.
pub(super) fn take(
    app: &App,
    tx: &mut Tx<'_>,
    copy: &DatasetRecord,
    line: &Queued,
) -> Result<Result<PatchId, NotTaken>, StoreError> {
    let own = line.patch.context.as_str() == copy.url && line.patch.uid == copy.uid;
    if !own && Check::QueueUid.stands() {
        return Ok(Err(NotTaken::Uid));
    }
    let Some(id) = line.patch.patch_id() else {
        return Ok(Err(NotTaken::Id));
    };
    let known = tx.find_patch(id)?;
    let is_new = known.is_none();
    match known {
        Some(known) if known.dataset != copy.id && Check::QueueId.stands() => {
            return Ok(Err(NotTaken::Id));
        }
        // Our own people proposed it; what they hear of it comes another way.
        Some(known) if known.dataset == copy.id && known.direction == OUT => {}
        // It was decided here once, before its dataset moved.
        Some(known) if known.direction != QUEUE && Check::QueueId.stands() => {
            return Ok(Err(NotTaken::Id));
        }
        Some(known) => {
            let patch = PatchRecord {
                status: status_of(line).as_str().to_owned(),
                digest: line.patch.digest,
                schema_hash: line.patch.schema,
                nonce: Some(line.patch.nonce),
                ops: write_ops(&line.patch.ops),
                summary: line.patch.summary.clone(),
                ..known.clone()
            };
            if patch != known {
                let updated = app.clock.now();
                tx.update_patch(&PatchRecord { updated, ..patch })?;
            }
        }
        None => {
            let same = tx.find_patch_by_digest(copy.id, line.patch.digest)?;
            if same.is_some() {
                return Ok(Err(NotTaken::Id));
            }
            tx.insert_patch(&record(app, copy, id, line))?;
        }
    }
    for review in &line.reviews {
        if let Err(why) = keep(app, tx, copy, (id, line), review)? {
            why.warn(copy, &review.id);
        }
    }
    if is_new {
        let patch = tx.load_patch(id)?;
        proposals::in_a_queue_elsewhere(app, tx, copy, &patch)?;
    }
    Ok(Ok(id))
}

fn status_of(line: &Queued) -> Status {
    match line.status.as_str() {
        "conflict" => Status::Conflict,
        _ => Status::Pending,
    }
}

fn record(app: &App, copy: &DatasetRecord, id: PatchId, line: &Queued) -> PatchRecord {
    let patch = &line.patch;
    PatchRecord {
        id,
        dataset: copy.id,
        uid: copy.uid,
        direction: QUEUE.to_owned(),
        status: status_of(line).as_str().to_owned(),
        proposer: (!line.by_visitor).then(|| patch.attributed_to.to_string()),
        proposer_host: patch.attributed_to.host().to_owned(),
        visitor: None,
        name: None,
        email: None,
        summary: patch.summary.clone(),
        schema_hash: patch.schema,
        nonce: Some(patch.nonce),
        digest: patch.digest,
        ops: write_ops(&patch.ops),
        applied: None,
        reason: None,
        report: None,
        result_seq: None,
        result_entry: None,
        created: line.received,
        updated: app.clock.now(),
        decided_at: None,
        decided_by: None,
        token_hash: None,
        offer_id: None,
        answer: None,
    }
}

/// Keeps what somebody said, to be read here. Whether it counts is for the origin to say.
fn keep(
    app: &App,
    tx: &mut Tx<'_>,
    copy: &DatasetRecord,
    (patch, line): (PatchId, &Queued),
    review: &Review,
) -> Result<Result<(), NotTaken>, StoreError> {
    if tx.find_review(review.id.as_str())?.is_some() {
        return Ok(Ok(()));
    }
    let of = &line.patch;
    let is_proven = review.patch_digest == of.digest && is_signed(tx, copy, review)?;
    if !is_proven && Check::QueueProof.stands() {
        return Ok(Err(NotTaken::Proof(review.attributed_to.clone())));
    }
    let corrections = line.corrections.iter().find(|(id, _)| *id == review.id);
    // Shown is what was signed for, and nothing else.
    let corrections = corrections.map(|(_, ops)| ops.as_slice()).filter(|ops| {
        let digest = offer_digest(&of.nonce, of.uid, &of.schema, ops);
        review.amended == Some(digest) || !Check::QueueCorrections.stands()
    });
    tx.insert_review(&row(app, (copy.id, patch), review, corrections))?;
    Ok(Ok(()))
}

/// True where a review is signed with a key that the log names, or named, for its author.
fn is_signed(tx: &mut Tx<'_>, copy: &DatasetRecord, review: &Review) -> Result<bool, StoreError> {
    let document = review.to_json();
    let grants = tx.list_grants_of(copy.id, review.attributed_to.as_str())?;
    let named = grants.iter().filter(|grant| grant.granted_seq.is_some());
    let mut keys = named.filter_map(|grant| grant.key.parse().ok());
    Ok(keys.any(|key| is_by(&document, &key)))
}
