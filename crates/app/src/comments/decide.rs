//! A moderator shows what waits, or puts it away.

use rustine_store::{CommentRecord, StoreError};

use super::{CommentError, HELD, HIDDEN, SHOWN};
use crate::App;
use crate::accounts::Person;
use crate::patches::decide::may;

/// Comments that wait, the oldest first.
///
/// # Errors
/// Where the store fails.
pub fn waiting(app: &App, most: i64) -> Result<Vec<CommentRecord>, StoreError> {
    app.db.read(|tx| tx.list_held_comments(most))
}

/// Shows or hides a comment; a second look may decide otherwise.
///
/// # Errors
/// [`CommentError`]
pub fn decide(app: &App, id: &str, by: &Person, show: bool) -> Result<(), CommentError> {
    app.db.write(|tx| {
        let found = tx.find_comment(id)?;
        // What was written to us alone is never published.
        let mut comment = found
            .filter(|comment| [HELD, SHOWN, HIDDEN].contains(&comment.state.as_str()))
            .ok_or(CommentError::Unknown)?;
        let dataset = tx.load_dataset(comment.dataset)?;
        if !may(app, tx, by, &dataset)? {
            return Err(CommentError::NotAllowed(by.name.clone()));
        }
        comment.state = if show { SHOWN } else { HIDDEN }.to_owned();
        comment.updated = app.clock.now();
        Ok(tx.update_comment(&comment)?)
    })
}
