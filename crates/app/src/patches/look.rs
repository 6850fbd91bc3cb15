//! Asking a dataset's origin what became of a proposal of ours (`protocol.md` §5): whatever delivery was lost, the
//! daily look finds it.

use rustine_domain::ids::{Hash, PatchId};
use rustine_domain::patch::{Reason, Status};
use rustine_protocol::object::Proposal;
use rustine_store::{PatchRecord, StoreError, Tx};

use super::answers::{AnswerError, settle};
use super::decide::status_of;
use super::offer::offer;
use crate::App;

/// After so many looks without an answer the pause grows no more: eight times the usual one.
const MOST_DOUBLINGS: i32 = 3;

/// A proposal to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The patch.
    pub patch: PatchId,
    /// The dataset's actor.
    pub dataset: String,
    /// The dataset's `host[:port]`.
    pub host: String,
    /// The digest that was offered.
    pub digest: Hash,
}

impl Look {
    /// Where the origin shows the proposal.
    pub fn url(&self) -> String {
        format!("{}/proposals/{}", self.dataset, self.digest)
    }
}

/// Why what was shown has no effect.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// It is not the document of this proposal.
    #[error("what the origin shows is not about this proposal")]
    Another,
    /// It says applied, and names no entry.
    #[error("the origin says that it was applied, but not by which entry")]
    NoEntry,
    /// It was settled in the meantime.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The proposals that are due, the longest first. Those to a blocked server, or to a dataset whose key changed, wait.
///
/// # Errors
/// Where the store fails.
pub fn due(app: &App, limit: i64) -> Result<Vec<Look>, StoreError> {
    let now = app.clock.now();
    let due = app.db.read(|tx| tx.list_due_looks(now, limit))?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    app.db.write(|tx| {
        let mut looks = Vec::with_capacity(due.len());
        for patch in &due {
            let dataset = tx.load_dataset(patch.dataset)?;
            // Whoever asks fails or ends before the next one is due: nobody asks twice at once.
            postpone(app, tx, patch.id)?;
            let suspended = tx
                .find_remote_actor(&dataset.url)?
                .is_some_and(|actor| actor.suspended);
            if !dataset.is_local() && !suspended && !is_blocked(tx, &dataset.host)? {
                looks.push(Look {
                    patch: patch.id,
                    dataset: dataset.url,
                    host: dataset.host,
                    digest: patch.digest,
                });
            }
        }
        Ok(looks)
    })
}

fn is_blocked(tx: &mut Tx<'_>, host: &str) -> Result<bool, StoreError> {
    let domain = host.split(':').next().unwrap_or_default();
    let below = |blocked: &str| {
        domain == blocked
            || domain
                .strip_suffix(blocked)
                .is_some_and(|rest| rest.ends_with('.'))
    };
    Ok(tx.list_blocks()?.iter().any(|block| below(&block.domain)))
}

/// When to look again: after the usual pause, doubled for each silent look, and spread over a quarter of it.
fn postpone(app: &App, tx: &mut Tx<'_>, patch: PatchId) -> Result<(), StoreError> {
    let silent = tx.count_silent_looks(patch)?;
    put(app, tx, patch, silent.saturating_add(1))
}

/// Sets the first look of a patch that was just offered.
pub(super) fn begin(app: &App, tx: &mut Tx<'_>, patch: PatchId) -> Result<(), StoreError> {
    put(app, tx, patch, 0)
}

fn put(app: &App, tx: &mut Tx<'_>, patch: PatchId, silent: i32) -> Result<(), StoreError> {
    let pause = i64::from(app.settings.limits.proposal_look_seconds.max(1));
    let pause = pause << (silent - 1).clamp(0, MOST_DOUBLINGS);
    let jitter = u64::from_le_bytes(app.entropy.bytes()) % (pause / 4).max(1).unsigned_abs();
    let next_at = app.clock.now().plus_seconds(pause - jitter.cast_signed());
    tx.put_look(patch, next_at, silent)
}

/// Takes what the origin shows, as an answer that arrived; a second time changes nothing.
///
/// The caller fetched it from [`Look::url`] itself: that address is the dataset's own origin.
///
/// # Errors
/// [`LookError`]; the next look comes as after a silence.
pub fn seen(app: &App, look: &Look, shown: &Proposal) -> Result<(), LookError> {
    let own = shown.id.as_str() == look.url()
        && shown.context.as_str() == look.dataset
        && shown.digest == look.digest;
    if !own {
        return Err(LookError::Another);
    }
    app.db.write(|tx| {
        let Some(patch) = open(tx, look)? else {
            return Ok(());
        };
        begin(app, tx, look.patch)?;
        let Ok(status) = shown.status.parse::<Status>() else {
            // A word of a later version is no answer yet.
            return Ok(());
        };
        if status == status_of(&patch) && patch.answer.is_some() {
            return Ok(());
        }
        let entry = shown.entry.as_ref();
        let result = entry.and_then(|entry| i64::try_from(entry.seq).ok().zip(entry.entry));
        if status.is_applied() && result.is_none() {
            return Err(LookError::NoEntry);
        }
        let reason = shown.reason.as_deref().map(|reason| {
            let most = reason.chars().take(Reason::MAX_CHARACTERS);
            most.collect::<String>()
        });
        let patch = PatchRecord {
            answer: patch.answer.or_else(|| Some("queued".to_owned())),
            ..patch
        };
        let result = result.filter(|_| status.is_applied());
        Ok(settle(app, tx, patch, status, reason, result)?)
    })
}

/// The origin does not know the proposal: it is offered again, with the same id, nonce and digest, under a fresh
/// activity id. Not while the first offer still waits in the outbox, and not where the origin refused its cells.
///
/// # Errors
/// Where the store fails.
pub fn missing(app: &App, look: &Look) -> Result<bool, StoreError> {
    app.db.write(|tx| {
        let Some(mut patch) = open(tx, look)? else {
            return Ok(false);
        };
        begin(app, tx, look.patch)?;
        let waits = tx.is_queued(&format!("patch:{}", patch.id))?;
        if waits || status_of(&patch) != Status::Pending {
            return Ok(false);
        }
        patch.offer_id = Some(app.activity_id());
        patch.updated = app.clock.now();
        tx.update_patch(&patch)?;
        let dataset = tx.load_dataset(patch.dataset)?;
        offer(app, tx, &dataset, &patch)?;
        Ok(true)
    })
}

fn open(tx: &mut Tx<'_>, look: &Look) -> Result<Option<PatchRecord>, StoreError> {
    let found = tx.find_patch(look.patch)?;
    Ok(found.filter(|patch| patch.digest == look.digest && !status_of(patch).is_final()))
}

#[cfg(test)]
mod tests;
