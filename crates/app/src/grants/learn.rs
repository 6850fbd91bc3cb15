//! What a log says about roles, kept as a table: called in the transaction that signs or applies an entry.

use rustine_domain::log::{Body, Header, Kind};
use rustine_domain::time::Timestamp;
use rustine_store::{
    DatasetRecord, GrantRecord, HeldGrantRecord, RemoteQueueRecord, StoreError, Tx,
};
use serde_json::{Map, Value};

use super::{ACCEPTED, ACTIVE, OFFERED, REVOKED, SUSPENDED};
use crate::App;
use crate::outbox::host;

/// Takes over what an entry says about roles. An entry whose meta was erased gives nothing.
///
/// # Errors
/// Where the store fails.
pub fn learn(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    header: &Header,
    body: &Body,
) -> Result<(), StoreError> {
    let seq = header.seq.cast_signed();
    let grant = || grant_of(body);
    match &header.kind {
        // A copy that begins anew learns everything again.
        Kind::Genesis { .. } => tx
            .delete_grants_of_entries(dataset.id, 0, i64::MAX)
            .map(drop),
        Kind::Grant => match grant() {
            Some(content) => granted(app, tx, dataset, (seq, header.time), content),
            None => Ok(()),
        },
        Kind::Revoke => match grant().and_then(|content| text(content, "id")) {
            Some(id) => revoked(tx, dataset, (seq, header.time), id),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

/// `meta.content.grant`
fn grant_of(body: &Body) -> Option<&Map<String, Value>> {
    body.meta.as_ref()?.content.get("grant")?.as_object()
}

fn text<'a>(content: &'a Map<String, Value>, member: &str) -> Option<&'a str> {
    content.get(member)?.as_str()
}

fn granted(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    (seq, time): (i64, Timestamp),
    content: &Map<String, Value>,
) -> Result<(), StoreError> {
    let member = |name| text(content, name).unwrap_or_default();
    let (id, target) = (member("id"), member("target"));
    let end_at: Option<Timestamp> = member("endTime").parse().ok();
    let (Some(end_at), Some(target_host)) = (end_at, host(target)) else {
        return Ok(());
    };
    // An id names one grant for ever: what was ended stays ended, whoever writes it again.
    if tx
        .find_grant(dataset.id, id)?
        .is_some_and(|known| known.granted_seq.is_some())
    {
        return Ok(());
    }
    let name = app
        .local_path(target)
        .and_then(|path| path.strip_prefix("/users/"));
    let user = match name {
        Some(name) => tx.find_user_by_name(name)?,
        None => None,
    };
    let state = match &user {
        // Nobody has to accept a role in her own house.
        Some(_) if dataset.is_local() => ACTIVE,
        Some(user) => held(tx, dataset, (user.id, id), member("role"), (end_at, time))?,
        None => OFFERED,
    };
    // One of ours who moderates there begins to read its queue. Where it is read already, reviews of hers were passed
    // over, for want of her key.
    let is_held = user.is_some() && !dataset.is_local();
    if is_held || tx.find_remote_queue(dataset.id)?.is_some() {
        queue_is_due(tx, dataset.id, time)?;
    }
    tx.put_grant(&GrantRecord {
        dataset: dataset.id,
        id: id.to_owned(),
        target: target.to_owned(),
        host: target_host.to_string(),
        user_id: user.map(|user| user.id),
        role: member("role").to_owned(),
        key: member("key").to_owned(),
        state: state.to_owned(),
        granted_seq: Some(seq),
        revoked_seq: None,
        end_at,
        content: None,
        created: time,
        updated: time,
    })
}

/// Somebody of ours holds it elsewhere: remembers that she was offered it. Gives the state by what she said to it.
fn held(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    (user_id, id): (i64, &str),
    role: &str,
    (end_at, time): (Timestamp, Timestamp),
) -> Result<&'static str, StoreError> {
    let known = tx.find_held_grant(id)?;
    let known = known.filter(|known| known.user_id == user_id && known.dataset_url == dataset.url);
    let accepted = known.as_ref().is_some_and(|known| known.state == ACCEPTED);
    if known.is_none() {
        tx.put_held_grant(&HeldGrantRecord {
            id: id.to_owned(),
            dataset_url: dataset.url.clone(),
            user_id,
            role: role.to_owned(),
            state: OFFERED.to_owned(),
            end_at,
            created: time,
            updated: time,
            copy_due: None,
            copy_error: None,
        })?;
    }
    Ok(if accepted { ACTIVE } else { OFFERED })
}

/// Has the queue of a dataset elsewhere read as soon as possible.
///
/// # Errors
/// Where the store fails.
pub fn queue_is_due(tx: &mut Tx<'_>, dataset: i64, now: Timestamp) -> Result<(), StoreError> {
    let known = tx.find_remote_queue(dataset)?;
    let read_at = known.as_ref().and_then(|known| known.read_at);
    tx.put_remote_queue(&RemoteQueueRecord {
        dataset,
        due_at: now,
        read_at,
        error: known.and_then(|known| known.error),
    })
}

fn revoked(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    (seq, time): (i64, Timestamp),
    id: &str,
) -> Result<(), StoreError> {
    let Some(mut grant) = tx.find_grant(dataset.id, id)? else {
        return Ok(());
    };
    // The first end is the end: a vote is held against its time.
    if grant.state == REVOKED {
        return Ok(());
    }
    REVOKED.clone_into(&mut grant.state);
    grant.revoked_seq = Some(seq);
    grant.updated = time;
    if let Some(mut held) = tx.find_held_grant(id)?
        && grant.user_id == Some(held.user_id)
    {
        REVOKED.clone_into(&mut held.state);
        held.updated = time;
        tx.put_held_grant(&held)?;
    }
    tx.put_grant(&grant)
}

/// Suspends the grants of an actor: it moved, or shows another key than the one that they name.
///
/// # Errors
/// Where the store fails.
pub fn suspend(app: &App, tx: &mut Tx<'_>, dataset: i64, actor: &str) -> Result<usize, StoreError> {
    let now = app.clock.now();
    let held = tx.list_grants_of(dataset, actor)?;
    let mut count = 0;
    for mut grant in held.into_iter().filter(|grant| grant.is_in_force(now)) {
        SUSPENDED.clone_into(&mut grant.state);
        grant.updated = now;
        tx.put_grant(&grant)?;
        count += 1;
    }
    Ok(count)
}
