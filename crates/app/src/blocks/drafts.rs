//! Blocks that wait for a person: written down by hand, or proposed by a list.

use rustine_store::{BlockDraftRecord, StoreError};

use super::block::{self, BlockError};
use super::cuts::Cuts;
use crate::App;

/// The draft would block.
pub const BLOCK: &str = "block";
/// The draft would take a block back.
pub const UNBLOCK: &str = "unblock";
/// Nobody has decided.
pub const WAITING: &str = "waiting";
/// A person made it true.
pub const APPLIED: &str = "applied";
/// A person did not want it; the same list does not propose it again.
pub const DISMISSED: &str = "dismissed";
/// The list of drafts that were written by hand.
pub const BY_HAND: i64 = 0;

/// Drafts on one page.
pub const PAGE: i64 = 100;

/// Writes down a block for later. Nothing is cut.
///
/// # Errors
/// [`BlockError`]
pub fn write(app: &App, text: &str, reason: &str) -> Result<String, BlockError> {
    let domain = block::check(app, text)?;
    app.db.write(|tx| {
        tx.put_block_draft(&BlockDraftRecord {
            id: 0,
            domain: domain.clone(),
            list: BY_HAND,
            action: BLOCK.to_owned(),
            reason: reason.trim().to_owned(),
            state: WAITING.to_owned(),
            created: app.clock.now(),
        })
    })?;
    Ok(domain)
}

/// Makes a draft true; `None` where it does not wait any more. The list that proposed it is named in the reason.
///
/// # Errors
/// [`BlockError`]
pub fn apply(app: &App, id: i64) -> Result<Option<(String, Cuts)>, BlockError> {
    app.db.write(|tx| {
        let Some(draft) = tx
            .find_block_draft(id)?
            .filter(|draft| draft.state == WAITING)
        else {
            return Ok(None);
        };
        let domain = block::check(app, &draft.domain)?;
        let cuts = if draft.action == UNBLOCK {
            block::remove_in(tx, &domain)?;
            Cuts::default()
        } else {
            let list = tx.find_block_list(draft.list)?;
            let reason = match list {
                Some(list) if draft.reason.is_empty() => list.name,
                Some(list) => format!("{} ({})", draft.reason, list.name),
                None => draft.reason.clone(),
            };
            block::add_in(app, tx, &domain, &reason)?
        };
        Ok(Some((domain, cuts)))
    })
}

/// Puts a draft aside; true where it waited.
///
/// # Errors
/// Where the store fails.
pub fn dismiss(app: &App, id: i64) -> Result<bool, StoreError> {
    app.db.write(|tx| {
        let Some(mut draft) = tx
            .find_block_draft(id)?
            .filter(|draft| draft.state == WAITING)
        else {
            return Ok(false);
        };
        DISMISSED.clone_into(&mut draft.state);
        tx.put_block_draft(&draft)?;
        Ok(true)
    })
}
