//! Proposals that nobody decided within the announced time (`protocol.md` §4, `expired`).

use rustine_domain::ids::PatchId;
use rustine_domain::patch::{EXPIRES_AFTER_SECONDS, Status};
use rustine_store::{PatchFilter, StoreError};

use super::decide::status_of;
use super::{IN, answers};
use crate::App;

/// Proposals looked at in one go.
const PAGE: i64 = 100;
/// What the proposer is told.
const REASON: &str = "personne n'a décidé en 90 jours / nobody decided within 90 days";

/// Ends the proposals to datasets of ours whose time has run out; how many.
///
/// # Errors
/// Where the store fails; what was ended stays ended.
pub fn expire(app: &App) -> Result<usize, StoreError> {
    let now = app.clock.now();
    let filter = PatchFilter {
        statuses: vec![
            Status::Pending.as_str().to_owned(),
            Status::Conflict.as_str().to_owned(),
        ],
        direction: Some(IN.to_owned()),
        created_before: Some(now.plus_seconds(1 - EXPIRES_AFTER_SECONDS)),
        ..PatchFilter::default()
    };
    let mut count = 0;
    loop {
        let due = app.db.read(|tx| tx.list_patches(&filter, None, PAGE))?;
        let before = count;
        for patch in &due {
            count += usize::from(expire_one(app, patch.id)?);
        }
        if count == before {
            return Ok(count);
        }
    }
}

fn expire_one(app: &App, id: PatchId) -> Result<bool, StoreError> {
    let now = app.clock.now();
    app.db.write(|tx| {
        let mut patch = tx.load_patch(id)?;
        // Somebody may have decided since it was listed: the first decision stands.
        let Ok(status) = status_of(&patch).expire(patch.created, now) else {
            return Ok(false);
        };
        status.as_str().clone_into(&mut patch.status);
        patch.reason = Some(REASON.to_owned());
        patch.updated = now;
        patch.decided_at = Some(now);
        tx.update_patch(&patch)?;
        let dataset = tx.load_dataset(patch.dataset)?;
        answers::decided(app, tx, &dataset, &patch)?;
        Ok(true)
    })
}
