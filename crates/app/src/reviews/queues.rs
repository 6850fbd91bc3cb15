//! Queues of other instances on which people here may decide, as a copy: read again when a hint says so, and every ten
//! minutes. What is no longer in a queue is asked for under its own address, which tells the outcome.

use std::collections::BTreeSet;

use rustine_domain::ids::{Hash, PatchId};
use rustine_domain::patch::{Reason, Status};
use rustine_protocol::object::{Proposal, Queued};
use rustine_store::{PatchFilter, RemoteQueueRecord, StoreError, Tx};

use super::QUEUE;
use crate::App;
use crate::patches::decide::status_of;

mod line;
#[cfg(test)]
mod tests;

/// How often a queue is read that no hint came for.
const PAUSE_SECONDS: i64 = 600;
/// Proposals of one queue that are kept here.
pub const MOST: usize = 1000;

/// A queue that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Our copy.
    pub dataset: i64,
    /// The dataset's actor.
    pub url: String,
}

/// A proposal that left a queue: its own address tells the outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The proposal.
    pub patch: PatchId,
    /// Its digest.
    pub digest: Hash,
}

/// The queues that are due. Whoever asks fails or ends before one is due again.
///
/// # Errors
/// Where the store fails.
pub fn due(app: &App, most: usize) -> Result<Vec<Due>, StoreError> {
    let now = app.clock.now();
    let found = app.db.read(|tx| find_due(app, tx, most))?;
    if found.is_empty() {
        return Ok(found);
    }
    app.db.write(|tx| {
        let found = find_due(app, tx, most)?;
        for due in &found {
            let known = tx.find_remote_queue(due.dataset)?;
            tx.put_remote_queue(&RemoteQueueRecord {
                dataset: due.dataset,
                due_at: now.plus_seconds(PAUSE_SECONDS),
                read_at: known.as_ref().and_then(|known| known.read_at),
                error: known.and_then(|known| known.error),
            })?;
        }
        Ok(found)
    })
}

fn find_due(app: &App, tx: &mut Tx<'_>, most: usize) -> Result<Vec<Due>, StoreError> {
    let now = app.clock.now();
    let mut found = Vec::new();
    for dataset in tx.list_datasets_moderated_elsewhere(now)? {
        let known = tx.find_remote_queue(dataset)?;
        if found.len() < most && known.is_none_or(|known| known.due_at <= now) {
            let url = tx.load_dataset(dataset)?.url;
            found.push(Due { dataset, url });
        }
    }
    Ok(found)
}

/// Why a queue could not be read, for whoever looks at it.
///
/// # Errors
/// Where the store fails.
pub fn failed(app: &App, dataset: i64, why: &str) -> Result<(), StoreError> {
    app.db.write(|tx| {
        let Some(mut known) = tx.find_remote_queue(dataset)? else {
            return Ok(());
        };
        known.error = Some(why.chars().take(500).collect());
        tx.put_remote_queue(&known)
    })
}

/// Takes a whole queue over. Returns what left it.
///
/// # Errors
/// Where the store fails.
pub fn take(app: &App, dataset: i64, lines: &[Queued]) -> Result<Vec<Left>, StoreError> {
    app.db.write(|tx| {
        let copy = tx.load_dataset(dataset)?;
        let mut listed = BTreeSet::new();
        for line in lines.iter().take(MOST) {
            match line::take(app, tx, &copy, line)? {
                Ok(id) => {
                    listed.insert(id);
                }
                Err(why) => why.warn(&copy, &line.patch.id),
            }
        }
        let now = app.clock.now();
        // A hint that came while it was read is about something that may not be in these lines.
        let hinted = tx.find_remote_queue(dataset)?.map(|known| known.due_at);
        let hinted = hinted.filter(|due_at| *due_at <= now);
        tx.put_remote_queue(&RemoteQueueRecord {
            dataset,
            due_at: hinted.unwrap_or_else(|| now.plus_seconds(PAUSE_SECONDS)),
            read_at: Some(now),
            error: None,
        })?;
        let open = PatchFilter {
            dataset: Some(dataset),
            statuses: vec!["pending".to_owned(), "conflict".to_owned()],
            direction: Some(QUEUE.to_owned()),
            ..PatchFilter::default()
        };
        let held = tx.list_patches(&open, None, i64::try_from(2 * MOST).unwrap_or(i64::MAX))?;
        let left = held.iter().filter(|patch| !listed.contains(&patch.id));
        Ok(left
            .map(|patch| Left {
                patch: patch.id,
                digest: patch.digest,
            })
            .collect())
    })
}

/// Takes what a proposal's own address says after it left the queue. `shown` was fetched from the dataset's origin.
///
/// # Errors
/// Where the store fails.
pub fn settled(
    app: &App,
    dataset: i64,
    left: &Left,
    shown: Option<&Proposal>,
) -> Result<(), StoreError> {
    app.db.write(|tx| {
        let copy = tx.load_dataset(dataset)?;
        let found = tx.find_patch(left.patch)?;
        let Some(mut patch) = found.filter(|patch| patch.direction == QUEUE) else {
            return Ok(());
        };
        let asked =
            |shown: &&Proposal| shown.context.as_str() == copy.url && shown.digest == left.digest;
        let status = shown.filter(asked).and_then(|shown| {
            let status: Status = shown.status.parse().ok()?;
            Some((status, shown))
        });
        let now = app.clock.now();
        let status = match status {
            Some((status, shown)) => {
                patch.reason = shown
                    .reason
                    .as_deref()
                    .map(|reason| reason.chars().take(Reason::MAX_CHARACTERS).collect());
                patch.result_seq = shown.entry.as_ref().map(|entry| entry.seq.cast_signed());
                patch.result_entry = shown.entry.as_ref().and_then(|entry| entry.entry);
                status
            }
            // Its origin knows nothing of it any more, so nobody decides on it.
            None => Status::Withdrawn,
        };
        if status_of(&patch) == status {
            return Ok(());
        }
        tx.forget_corrections(patch.id)?;
        status.as_str().clone_into(&mut patch.status);
        patch.updated = now;
        patch.decided_at = status.is_final().then_some(now);
        tx.update_patch(&patch)
    })
}
