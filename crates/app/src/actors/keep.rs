//! An actor was fetched: what is kept of it, and what another key means.

use rustine_domain::checks::Check;
use rustine_store::{RemoteActorRecord, StoreError, Tx};

use super::{REFRESH_SECONDS, same_key, sentence};
use crate::App;
use crate::notifications::upkeep;

/// What became of a fetched actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// It is as it was, or changed as it may.
    Known(RemoteActorRecord),
    /// It shows another key than the pinned one: of all that came, only that key is kept, to be confirmed.
    Suspended(RemoteActorRecord),
}

/// Keeps a fetched actor. Nothing is written where nothing changed since a look within the last ten minutes.
///
/// # Errors
/// Where the store fails.
pub fn keep(app: &App, fetched: &RemoteActorRecord) -> Result<Kept, StoreError> {
    let (record, is_new) = app.db.read(|tx| judge(tx, fetched))?;
    let record = if is_new {
        app.db.write(|tx| {
            let (record, _) = judge(tx, fetched)?;
            tx.put_remote_actor(&record)?;
            if record.suspended {
                upkeep::key_changed(app, tx, &record.id, &record.host)?;
            }
            Ok::<_, StoreError>(record)
        })?
    } else {
        record
    };
    if !record.suspended {
        return Ok(Kept::Known(record));
    }
    if is_new {
        tracing::warn!(actor = record.id, "{}", sentence(&record));
    }
    Ok(Kept::Suspended(record))
}

/// The record as it is to be, and whether that must be written.
fn judge(
    tx: &mut Tx<'_>,
    fetched: &RemoteActorRecord,
) -> Result<(RemoteActorRecord, bool), StoreError> {
    let known = tx.find_remote_actor(&fetched.id)?;
    let holds = tx.holds_with_us(&fetched.id)?;
    let record = judged(known.as_ref(), holds, fetched);
    let is_new = known.is_none_or(|known| {
        let age = record.fetched_at.seconds() - known.fetched_at.seconds();
        let same_time = RemoteActorRecord {
            fetched_at: known.fetched_at,
            ..record.clone()
        };
        age >= REFRESH_SECONDS || same_time != known
    });
    Ok((record, is_new))
}

fn judged(
    known: Option<&RemoteActorRecord>,
    holds: bool,
    fetched: &RemoteActorRecord,
) -> RemoteActorRecord {
    let first = known.map_or(&fetched.key_pem, |known| {
        known.pinned_key_pem.as_ref().unwrap_or(&known.key_pem)
    });
    match known {
        Some(known)
            if holds
                && (known.suspended || !same_key(first, &fetched.key_pem))
                && Check::KeyContinuity.stands() =>
        {
            RemoteActorRecord {
                key_pem: fetched.key_pem.clone(),
                pinned_key_pem: Some(first.clone()),
                suspended: true,
                fetched_at: fetched.fetched_at,
                ..known.clone()
            }
        }
        // Whoever holds nothing here any more is met anew.
        _ => RemoteActorRecord {
            pinned_key_pem: holds.then(|| first.clone()),
            suspended: false,
            ..fetched.clone()
        },
    }
}

/// Why an announced key was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ReplaceError {
    /// The actor does not show the key that its Update named.
    #[error("its Update names a key that its own document does not show")]
    NotShown,
    /// It is not known here.
    #[error("the actor is not known here")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes the key that an actor announced in an `Update`, which the gate verified with the key in force: the new one
/// is pinned in its place, and a suspension ends. The document was fetched from the actor's own address after the
/// Update came, and must show the announced key.
///
/// # Errors
/// [`ReplaceError`]
pub fn replace(
    tx: &mut Tx<'_>,
    fetched: &RemoteActorRecord,
    announced_pem: &str,
) -> Result<(), ReplaceError> {
    let known = tx.find_remote_actor(&fetched.id)?;
    let known = known.ok_or(ReplaceError::Unknown)?;
    if !same_key(&fetched.key_pem, announced_pem) {
        return Err(ReplaceError::NotShown);
    }
    let pinned = known.pinned_key_pem.is_some();
    tx.put_remote_actor(&RemoteActorRecord {
        pinned_key_pem: pinned.then(|| fetched.key_pem.clone()),
        suspended: false,
        ..fetched.clone()
    })?;
    tracing::info!(
        actor = fetched.id,
        "{} announced a new key, signed by the one before",
        fetched.id
    );
    Ok(())
}
