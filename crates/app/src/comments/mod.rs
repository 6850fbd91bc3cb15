//! What people say about rows and proposals.
//!
//! On a row, comments are for everybody: what strangers write waits until a moderator shows it. On a proposal they are
//! a conversation between its author, through the private link, and the moderators. Replies from elsewhere come as
//! Notes ([`receive`]). Comments stay here: they are no part of the log.

pub mod clean;
pub mod decide;
pub mod receive;

use rustine_domain::ids::{DatasetAddress, PatchId, RowId};
use rustine_store::{CommentPlace, CommentRecord, PatchRecord, StoreError, Tx};

use crate::App;
use crate::accounts::{Person, secret_hash};
use crate::datasets::{UnknownDataset, find};
use crate::notifications::proposals;
use crate::patches::decide::may;

/// Most characters of a comment.
pub const CHARACTERS: usize = 2000;
/// Comments of one person that may wait on one dataset.
pub const HELD_PER_AUTHOR: i64 = 10;
/// Comments of a proposal's author that nobody has answered.
pub const UNANSWERED: usize = 10;

/// Waits for a moderator.
pub const HELD: &str = "held";
/// Shown where it belongs.
pub const SHOWN: &str = "shown";
/// Put away by a moderator.
pub const HIDDEN: &str = "hidden";
/// Written to us alone: moderators read it, and it is never published.
pub const PRIVATE: &str = "private";

/// Sides of a conversation.
pub mod side {
    /// A moderator.
    pub const MODERATOR: &str = "moderator";
    /// Somebody with an account here.
    pub const MEMBER: &str = "member";
    /// The author of the proposal.
    pub const CONTRIBUTOR: &str = "contributor";
    /// Somebody on another server.
    pub const ELSEWHERE: &str = "elsewhere";
}

/// Why a comment was not kept.
#[derive(Debug, thiserror::Error)]
pub enum CommentError {
    /// No such dataset.
    #[error(transparent)]
    Dataset(#[from] UnknownDataset),
    /// Nothing to comment on.
    #[error("there is nothing to comment on under this address")]
    Unknown,
    /// Whoever acts may not.
    #[error("{0} may not do this: ask an operator")]
    NotAllowed(String),
    /// It says nothing.
    #[error("the comment is empty")]
    Empty,
    /// It is too long.
    #[error("a comment may have at most {CHARACTERS} characters")]
    TooLong,
    /// Too many wait.
    #[error("too many comments are waiting: try again when some were read")]
    Full,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn checked(text: &str) -> Result<&str, CommentError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(CommentError::Empty);
    }
    if text.chars().count() > CHARACTERS {
        return Err(CommentError::TooLong);
    }
    Ok(text)
}

fn record(app: &App, dataset: i64, side: &str, state: &str, content: &str) -> CommentRecord {
    let now = app.clock.now();
    CommentRecord {
        id: app.entropy.uuid().to_string(),
        dataset,
        row_id: None,
        patch: None,
        side: side.to_owned(),
        author: None,
        content: content.to_owned(),
        state: state.to_owned(),
        object_id: None,
        created: now,
        updated: now,
    }
}

/// Somebody with an account comments on a row of ours; what a moderator writes is shown at once.
///
/// # Errors
/// [`CommentError`]
pub fn on_row(
    app: &App,
    dataset: &DatasetAddress,
    row: RowId,
    by: &Person,
    text: &str,
) -> Result<(), CommentError> {
    let text = checked(text)?;
    app.db.write(|tx| {
        let dataset = find(app, tx, dataset)?;
        if !dataset.is_local() || tx.find_row(dataset.id, row)?.is_none() {
            return Err(CommentError::Unknown);
        }
        let (side, state) = match may(app, tx, by, &dataset)? {
            true => (side::MODERATOR, SHOWN),
            false => (side::MEMBER, HELD),
        };
        if state == HELD {
            room(app, tx, dataset.id, &by.name)?;
        }
        Ok(tx.insert_comment(&CommentRecord {
            row_id: Some(row),
            author: Some(by.name.clone()),
            ..record(app, dataset.id, side, state, text)
        })?)
    })
}

/// The author of a proposal writes to its moderators, through her private link.
///
/// # Errors
/// [`CommentError`]
pub fn by_contributor(app: &App, token: &str, text: &str) -> Result<(), CommentError> {
    let text = checked(text)?;
    app.db.write(|tx| {
        let patch = tx.find_patch_by_token(&secret_hash(token))?;
        let patch = conversing(patch)?;
        let said = on_patch(tx, patch.id)?;
        let own = |comment: &&CommentRecord| comment.side == side::CONTRIBUTOR;
        if said.iter().rev().take_while(own).count() >= UNANSWERED {
            return Err(CommentError::Full);
        }
        tx.insert_comment(&CommentRecord {
            patch: Some(patch.id),
            ..record(app, patch.dataset, side::CONTRIBUTOR, SHOWN, text)
        })?;
        Ok(proposals::asked_about(app, tx, &patch)?)
    })
}

/// A moderator writes to the author of a proposal.
///
/// # Errors
/// [`CommentError`]
pub fn by_moderator(
    app: &App,
    patch: PatchId,
    by: &Person,
    text: &str,
) -> Result<(), CommentError> {
    let text = checked(text)?;
    app.db.write(|tx| {
        let patch = conversing(tx.find_patch(patch)?)?;
        let dataset = tx.load_dataset(patch.dataset)?;
        if !may(app, tx, by, &dataset)? {
            return Err(CommentError::NotAllowed(by.name.clone()));
        }
        tx.insert_comment(&CommentRecord {
            patch: Some(patch.id),
            author: Some(by.name.clone()),
            ..record(app, patch.dataset, side::MODERATOR, SHOWN, text)
        })?;
        Ok(proposals::written_to(app, tx, &patch)?)
    })
}

/// A conversation takes place where the proposal is decided; elsewhere nobody would read it.
fn conversing(patch: Option<PatchRecord>) -> Result<PatchRecord, CommentError> {
    patch
        .filter(|patch| patch.direction == crate::patches::IN)
        .ok_or(CommentError::Unknown)
}

/// What was said about a proposal, the oldest first.
///
/// # Errors
/// Where the store fails.
pub fn on_patch(tx: &mut Tx<'_>, patch: PatchId) -> Result<Vec<CommentRecord>, StoreError> {
    tx.list_comments(CommentPlace::Patch(patch), &[SHOWN], 200)
}

/// Refuses what would make too many wait.
fn room(app: &App, tx: &mut Tx<'_>, dataset: i64, author: &str) -> Result<(), CommentError> {
    let most = i64::from(app.settings.limits.held_comments_per_dataset);
    if tx.count_held_comments(dataset, None)? >= most
        || tx.count_held_comments(dataset, Some(author))? >= HELD_PER_AUTHOR
    {
        return Err(CommentError::Full);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
