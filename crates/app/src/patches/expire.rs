//! Proposals that nobody decided within the announced time (`protocol.md` §4, `expired`).

use rustine_domain::ids::PatchId;
use rustine_domain::patch::Status;
use rustine_domain::time::Timestamp;
use rustine_store::{PatchFilter, StoreError};

use super::decide::status_of;
use super::{IN, answers};
use crate::App;
use crate::modlog::{self, By, Line};
use crate::notifications::proposals;

/// Proposals looked at in one go.
const PAGE: i64 = 100;
const DAY_SECONDS: i64 = 86_400;
/// Those who may decide are told this long before a proposal expires, or at half of the announced time where that is
/// later.
const WARNED_BEFORE_S: i64 = 7 * DAY_SECONDS;

/// The announced time without a decision, in seconds.
fn announced_s(app: &App) -> i64 {
    i64::from(app.settings.limits.proposal_days.max(1)) * DAY_SECONDS
}

/// When a proposal that arrived at `offered` expires here.
pub fn expires_at(app: &App, offered: Timestamp) -> Timestamp {
    offered.plus_seconds(announced_s(app))
}

/// What the proposer is told.
fn reason(app: &App) -> String {
    let days = app.settings.limits.proposal_days.max(1);
    format!("personne n'a décidé en {days} jours / nobody decided within {days} days")
}

/// Tells those who may decide of the proposals that expire soon, each once; how many proposals.
///
/// # Errors
/// Where the store fails; who was told stays told.
pub fn warn(app: &App) -> Result<usize, StoreError> {
    let announced = announced_s(app);
    let ahead = WARNED_BEFORE_S.min(announced / 2);
    let filter = PatchFilter {
        created_before: Some(app.clock.now().plus_seconds(1 + ahead - announced)),
        ..waiting()
    };
    let mut count = 0;
    let mut after = None;
    loop {
        let page = app.db.read(|tx| tx.list_patches(&filter, after, PAGE))?;
        let Some(last) = page.last() else {
            return Ok(count);
        };
        after = Some((last.created, last.id));
        for patch in &page {
            count += usize::from(warn_of(app, patch.id)?);
        }
    }
}

fn warn_of(app: &App, id: PatchId) -> Result<bool, StoreError> {
    // Most of those that are listed were told of by an earlier call.
    if app.db.read(|tx| tx.find_care(id))?.reminded_at.is_some() {
        return Ok(false);
    }
    app.db.write(|tx| {
        let mut care = tx.find_care(id)?;
        let patch = tx.load_patch(id)?;
        if care.reminded_at.is_some() || status_of(&patch).is_final() {
            return Ok(false);
        }
        care.reminded_at = Some(app.clock.now());
        tx.put_care(&care)?;
        let dataset = tx.load_dataset(patch.dataset)?;
        proposals::expires_soon(app, tx, &dataset, &patch)?;
        Ok(true)
    })
}

/// The proposals to datasets of ours that wait for a decision.
fn waiting() -> PatchFilter {
    PatchFilter {
        statuses: vec![
            Status::Pending.as_str().to_owned(),
            Status::Conflict.as_str().to_owned(),
        ],
        direction: Some(IN.to_owned()),
        ..PatchFilter::default()
    }
}

/// Ends the proposals to datasets of ours whose time has run out; how many.
///
/// # Errors
/// Where the store fails; what was ended stays ended.
pub fn expire(app: &App) -> Result<usize, StoreError> {
    let now = app.clock.now();
    let filter = PatchFilter {
        created_before: Some(now.plus_seconds(1 - announced_s(app))),
        ..waiting()
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
        let Ok(status) = status_of(&patch).expire(patch.created, announced_s(app), now) else {
            return Ok(false);
        };
        status.as_str().clone_into(&mut patch.status);
        patch.reason = Some(reason(app));
        patch.updated = now;
        patch.decided_at = Some(now);
        tx.update_patch(&patch)?;
        let dataset = tx.load_dataset(patch.dataset)?;
        answers::decided(app, tx, &dataset, &patch)?;
        modlog::write(app, tx, &dataset, &By::clock(), Line::Expired { count: 1 })?;
        Ok(true)
    })
}
