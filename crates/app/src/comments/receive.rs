//! Replies from elsewhere: `Create{Note}` in answer to something of ours, and its `Update` and `Delete`
//! (`protocol.md` §5). They wait for a moderator until one comment of their author was shown.

use rustine_domain::ids::Hash;
use rustine_protocol::Uri;
use rustine_protocol::object::Note;
use rustine_store::{CommentRecord, DatasetRecord, StoreError, Tx};

use super::clean::{clean, words};
use super::{CHARACTERS, CommentError, HELD, HIDDEN, PRIVATE, SHOWN, record, room, side};
use crate::App;

/// Takes a reply; false where it answers nothing of ours, says nothing or too much, or too many wait.
///
/// The gate has established that the author signed it, that both share an origin, and that it is not blocked.
///
/// # Errors
/// Where the store fails.
pub fn created(app: &App, tx: &mut Tx<'_>, note: &Note) -> Result<bool, StoreError> {
    let Some(about) = &note.in_reply_to else {
        return Ok(false);
    };
    let Some(place) = place(app, tx, about)? else {
        return Ok(false);
    };
    let content = clean(&note.content);
    let known = tx.find_comment_by_object(note.id.as_str())?.is_some();
    if known || !(1..=CHARACTERS).contains(&words(&content)) {
        return Ok(false);
    }
    let author = note.attributed_to.as_str();
    let state = match (note.is_public(), tx.has_shown_comment(author)?) {
        (false, _) => PRIVATE,
        (true, true) => SHOWN,
        (true, false) => HELD,
    };
    if state != SHOWN {
        match room(app, tx, place.dataset, author) {
            Ok(()) => {}
            Err(CommentError::Store(error)) => return Err(error),
            Err(_) => return Ok(false),
        }
    }
    tx.insert_comment(&CommentRecord {
        author: Some(author.to_owned()),
        object_id: Some(note.id.to_string()),
        row_id: place.row_id,
        patch: place.patch,
        ..record(app, place.dataset, side::ELSEWHERE, state, &content)
    })?;
    Ok(true)
}

/// Takes other words of its author for a comment; what was shown waits again, what was put away stays away.
///
/// # Errors
/// Where the store fails.
pub fn updated(app: &App, tx: &mut Tx<'_>, note: &Note) -> Result<bool, StoreError> {
    let Some(mut comment) = of_author(tx, note.id.as_str(), &note.attributed_to)? else {
        return Ok(false);
    };
    let content = clean(&note.content);
    if !(1..=CHARACTERS).contains(&words(&content)) {
        return deleted(tx, &note.attributed_to, &note.id);
    }
    if content == comment.content {
        return Ok(false);
    }
    comment.content = content;
    comment.updated = app.clock.now();
    if comment.state == SHOWN {
        comment.state = HELD.to_owned();
    }
    if !note.is_public() && comment.state != HIDDEN {
        comment.state = PRIVATE.to_owned();
    }
    tx.update_comment(&comment)?;
    Ok(true)
}

/// Its author takes a comment back.
///
/// # Errors
/// Where the store fails.
pub fn deleted(tx: &mut Tx<'_>, actor: &Uri, id: &Uri) -> Result<bool, StoreError> {
    match of_author(tx, id.as_str(), actor)? {
        Some(comment) => {
            tx.delete_comment(&comment.id)?;
            Ok(true)
        }
        None => Ok(false),
    }
}

fn of_author(tx: &mut Tx<'_>, id: &str, author: &Uri) -> Result<Option<CommentRecord>, StoreError> {
    let found = tx.find_comment_by_object(id)?;
    Ok(found.filter(|comment| comment.author.as_deref() == Some(author.as_str())))
}

/// What an address of ours is about, as the place of a comment; the rest of the record is not meant.
fn place(app: &App, tx: &mut Tx<'_>, about: &Uri) -> Result<Option<CommentRecord>, StoreError> {
    // An answer to a comment that came from elsewhere belongs where that one stands.
    if let Some(answered) = tx.find_comment_by_object(about.as_str())? {
        return Ok(Some(answered));
    }
    let Some(path) = app.local_path(about.as_str()) else {
        return Ok(None);
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let at = |dataset: i64| record(app, dataset, side::ELSEWHERE, HELD, "");
    match parts.as_slice() {
        ["notes", id] => Ok(tx.find_note(id)?.map(|note| at(note.dataset))),
        ["datasets", name] => Ok(open(tx, name)?.map(|dataset| at(dataset.id))),
        ["datasets", name, "rows", row] => {
            let Some(dataset) = open(tx, name)? else {
                return Ok(None);
            };
            let Ok(row) = row.parse() else {
                return Ok(None);
            };
            let found = tx.find_row(dataset.id, row)?;
            Ok(found.map(|found| CommentRecord {
                row_id: Some(found.row_id),
                ..at(dataset.id)
            }))
        }
        ["datasets", name, "proposals", digest] => {
            let (Some(dataset), Ok(digest)) = (open(tx, name)?, digest.parse::<Hash>()) else {
                return Ok(None);
            };
            let found = tx.find_patch_by_digest(dataset.id, digest)?;
            Ok(found.map(|patch| CommentRecord {
                patch: Some(patch.id),
                ..at(dataset.id)
            }))
        }
        _ => Ok(None),
    }
}

/// A dataset of ours that everybody reads.
fn open(tx: &mut Tx<'_>, name: &str) -> Result<Option<DatasetRecord>, StoreError> {
    let found = tx.find_dataset_by_name(name, "")?;
    Ok(found.filter(|dataset| {
        dataset.is_local() && dataset.audience == "public" && dataset.status == "published"
    }))
}
