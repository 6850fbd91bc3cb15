//! Who hears of a proposal: those who may decide when it comes, and whoever sent it once it is answered.

use std::collections::BTreeSet;

use rustine_domain::problem::Lang;
use rustine_domain::review::Role;
use rustine_store::{DatasetRecord, PatchRecord, StoreError, Tx, UserRecord};

use super::{Kind, tell};
use crate::App;
use crate::accounts::OPERATOR;
use crate::mail::{self, Message, Recipient};
use crate::patches::decide::status_of;
use crate::reviews::hint;

/// People are read so many at a time.
const PAGE: i64 = 200;

/// A proposal came for a dataset of ours: tells everybody who may decide on it, but not whoever sent it.
///
/// # Errors
/// Where the store fails.
pub fn arrived(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    patch: &PatchRecord,
) -> Result<(), StoreError> {
    if !dataset.is_local() {
        return Ok(());
    }
    // Those elsewhere who may decide find it in their own queue.
    hint::changed(app, tx, dataset, patch)?;
    tell_deciders(app, tx, dataset, patch, Kind::ToDecide)
}

/// A proposal expires soon: tells those who may still decide on it, or the one who looks after it.
///
/// # Errors
/// Where the store fails.
pub fn expires_soon(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    patch: &PatchRecord,
) -> Result<(), StoreError> {
    match assignee(tx, patch)? {
        Some(user) => tell(app, tx, &user, Kind::ExpiresSoon, patch.id, dataset.id),
        None => tell_deciders(app, tx, dataset, patch, Kind::ExpiresSoon),
    }
}

/// The author of a proposal wrote about it: tells the one who looks after it, else all who may decide.
///
/// # Errors
/// Where the store fails.
pub fn asked_about(app: &App, tx: &mut Tx<'_>, patch: &PatchRecord) -> Result<(), StoreError> {
    let dataset = tx.load_dataset(patch.dataset)?;
    match assignee(tx, patch)? {
        Some(user) => tell(app, tx, &user, Kind::Commented, patch.id, dataset.id),
        None => tell_deciders(app, tx, &dataset, patch, Kind::Commented),
    }
}

/// A moderator wrote to the author of a proposal, who is told where we know how.
///
/// # Errors
/// Where the store fails.
pub fn written_to(app: &App, tx: &mut Tx<'_>, patch: &PatchRecord) -> Result<(), StoreError> {
    if let Some(user) = proposer(app, tx, patch)? {
        return tell(app, tx, &user, Kind::Commented, patch.id, patch.dataset);
    }
    match visitor(tx, patch)? {
        Some(to) => mail::enqueue(tx, app, &to, &Message::Commented { patch: patch.id }),
        None => Ok(()),
    }
}

fn tell_deciders(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    patch: &PatchRecord,
    kind: Kind,
) -> Result<(), StoreError> {
    let sender = proposer(app, tx, patch)?.map(|user| user.id);
    for user in deciders(app, tx, dataset)? {
        if Some(user.id) != sender {
            tell(app, tx, &user, kind, patch.id, dataset.id)?;
        }
    }
    Ok(())
}

/// Who looks after a proposal, while they may.
fn assignee(tx: &mut Tx<'_>, patch: &PatchRecord) -> Result<Option<UserRecord>, StoreError> {
    let Some(id) = tx.find_care(patch.id)?.assignee else {
        return Ok(None);
    };
    Ok(tx.find_user(id)?.filter(|user| !user.disabled))
}

/// The address that somebody without an account left for the answer, in the language of the form.
fn visitor(tx: &mut Tx<'_>, patch: &PatchRecord) -> Result<Option<Recipient>, StoreError> {
    let Some(address) = patch.email.clone() else {
        return Ok(None);
    };
    let lang = tx.find_care(patch.id)?.lang;
    Ok(Some(Recipient {
        address,
        lang: lang.and_then(|lang| lang.parse().ok()).unwrap_or(Lang::Fr),
        user: None,
    }))
}

/// A proposal waits in the queue of a dataset elsewhere: tells those here who hold a grant on it.
///
/// # Errors
/// Where the store fails.
pub fn in_a_queue_elsewhere(
    app: &App,
    tx: &mut Tx<'_>,
    copy: &DatasetRecord,
    patch: &PatchRecord,
) -> Result<(), StoreError> {
    for user in grant_holders(app, tx, copy)? {
        tell(app, tx, &user, Kind::ToDecide, patch.id, copy.id)?;
    }
    Ok(())
}

/// The people here who hold a grant on a copy.
pub(super) fn grant_holders(
    app: &App,
    tx: &mut Tx<'_>,
    copy: &DatasetRecord,
) -> Result<Vec<UserRecord>, StoreError> {
    let grants = tx.active_grants(copy.id, app.clock.now())?;
    let holders: BTreeSet<i64> = grants.iter().filter_map(|grant| grant.user_id).collect();
    let mut found = Vec::new();
    for id in holders {
        found.extend(tx.find_user(id)?.filter(|user| !user.disabled));
    }
    Ok(found)
}

/// A proposal was answered for good: tells its sender, by a line where she has an account here, else by the one letter
/// that the form promised, where she left an address. A proposal that she took back needs no answer.
///
/// # Errors
/// Where the store fails.
pub fn answered(app: &App, tx: &mut Tx<'_>, patch: &PatchRecord) -> Result<(), StoreError> {
    let status = status_of(patch);
    if !status.is_final() || status == rustine_domain::patch::Status::Withdrawn {
        return Ok(());
    }
    if let Some(user) = proposer(app, tx, patch)? {
        return tell(app, tx, &user, Kind::Decided, patch.id, patch.dataset);
    }
    match visitor(tx, patch)? {
        Some(to) => mail::enqueue(tx, app, &to, &Message::Decided { patch: patch.id }),
        None => Ok(()),
    }
}

/// The person of this instance who sent a proposal.
fn proposer(
    app: &App,
    tx: &mut Tx<'_>,
    patch: &PatchRecord,
) -> Result<Option<UserRecord>, StoreError> {
    let path = patch
        .proposer
        .as_deref()
        .and_then(|url| app.local_path(url));
    let Some(name) = path.and_then(|path| path.strip_prefix("/users/")) else {
        return Ok(None);
    };
    Ok(tx.find_user_by_name(name)?.filter(|user| !user.disabled))
}

/// Everybody who may decide on a dataset of this instance: operators, and who has a role on it.
pub(super) fn deciders(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
) -> Result<Vec<UserRecord>, StoreError> {
    let given = tx.list_dataset_roles(Some(dataset.id), app.clock.now())?;
    let given: BTreeSet<i64> = given
        .iter()
        .filter(|(role, _)| Role::from_word(&role.role) >= Role::Write)
        .map(|(role, _)| role.user_id)
        .collect();
    people(tx, |user| user.role == OPERATOR || given.contains(&user.id))
}

/// The accounts in use for which something holds.
pub(super) fn people(
    tx: &mut Tx<'_>,
    concerned: impl Fn(&UserRecord) -> bool,
) -> Result<Vec<UserRecord>, StoreError> {
    let mut found = Vec::new();
    let mut after = 0;
    loop {
        let users = tx.list_users(after, PAGE)?;
        let Some(last) = users.last() else {
            return Ok(found);
        };
        after = last.id;
        let wanted = |user: &UserRecord| !user.disabled && concerned(user);
        found.extend(users.into_iter().filter(wanted));
    }
}
