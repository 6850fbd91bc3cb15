//! What arrives about grants: notices at their holder's instance, requests and answers at the dataset's.
//!
//! A notice gives nothing and takes nothing: rights stand in the log, which is pulled. It makes the person and the copy
//! know sooner.

use rustine_domain::checks::Check;
use rustine_domain::review::Role;
use rustine_protocol::Uri;
use rustine_protocol::activity::{Grant, OfferGrant, Reject, Revoke};
use rustine_store::{DatasetRecord, GrantRecord, HeldGrantRecord, StoreError, Tx};

use super::give::{self, GrantError};
use super::hold::REFUSED;
use super::terms::USUAL_SECONDS;
use super::{ACTIVE, ASKED, OFFERED, REVOKED};
use crate::App;
use crate::actors;

/// Requests of one instance that wait on one dataset.
const REQUESTS: usize = 20;

/// A dataset elsewhere says that it gave somebody of ours a role.
///
/// # Errors
/// Where the store fails.
pub fn granted(app: &App, tx: &mut Tx<'_>, notice: &Grant) -> Result<bool, StoreError> {
    let path = app.local_path(notice.target.as_str());
    let Some(name) = path.and_then(|path| path.strip_prefix("/users/")) else {
        return Ok(false);
    };
    let user = tx.find_user_by_name(name)?.filter(|user| !user.disabled);
    let Some(user) = user else {
        return Ok(false);
    };
    let dataset_url = notice.envelope.actor.to_string();
    let known = tx.find_held_grant(notice.envelope.id.as_str())?;
    if Role::from_word(&notice.role) == Role::None
        || (known.is_some() && Check::GrantTaken.stands())
    {
        return Ok(false);
    }
    let now = app.clock.now();
    for held in tx.list_held_grants(Some(user.id))? {
        // It answers what was asked for.
        if held.dataset_url == dataset_url && held.state == ASKED {
            tx.delete_held_grant(&held.id)?;
        }
    }
    tx.put_held_grant(&HeldGrantRecord {
        id: notice.envelope.id.to_string(),
        dataset_url,
        user_id: user.id,
        role: notice.role.clone(),
        state: OFFERED.to_owned(),
        end_at: notice.end_time,
        created: now,
        updated: now,
        copy_due: None,
        copy_error: None,
    })?;
    Ok(true)
}

/// A dataset elsewhere says that it took a role back. What the log of our copy says is not touched: its entry comes.
///
/// # Errors
/// Where the store fails.
pub fn revoked(app: &App, tx: &mut Tx<'_>, notice: &Revoke) -> Result<bool, StoreError> {
    let Some(mut held) = tx.find_held_grant(notice.grant.as_str())? else {
        return Ok(false);
    };
    if held.dataset_url != notice.envelope.actor.as_str() && Check::GrantDataset.stands() {
        return Ok(false);
    }
    REVOKED.clone_into(&mut held.state);
    held.updated = app.clock.now();
    tx.put_held_grant(&held)?;
    Ok(true)
}

/// A dataset elsewhere refused what somebody of ours asked for. False where it is about something else.
///
/// # Errors
/// Where the store fails.
pub fn refused(app: &App, tx: &mut Tx<'_>, reject: &Reject) -> Result<bool, StoreError> {
    let Some(mut held) = tx.find_held_grant(reject.object.id.as_str())? else {
        return Ok(false);
    };
    let asked = held.dataset_url == reject.envelope.actor.as_str();
    if (!asked && Check::GrantDataset.stands()) || held.state != ASKED {
        return Ok(false);
    }
    REFUSED.clone_into(&mut held.state);
    held.updated = app.clock.now();
    tx.put_held_grant(&held)?;
    Ok(true)
}

/// Somebody elsewhere asks for a role on a dataset of ours: it waits for a maintainer.
///
/// # Errors
/// Where the store fails.
pub fn asked(app: &App, tx: &mut Tx<'_>, request: &OfferGrant) -> Result<bool, StoreError> {
    let found = tx.find_dataset_by_url(request.target.as_str())?;
    let found = found.filter(|dataset| {
        dataset.is_local() && (dataset.status == "published" || !Check::RequestOpen.stands())
    });
    let Some(dataset) = found else {
        return Ok(false);
    };
    let actor = &request.envelope.actor;
    let all = tx.list_grants(Some(dataset.id))?;
    let of_host = all.iter().filter(|grant| grant.host == actor.host());
    let waiting = of_host.filter(|grant| grant.state == ASKED).count();
    let now = app.clock.now();
    let known = |grant: &GrantRecord| {
        let hers = grant.target == actor.as_str() && grant.state != REVOKED && grant.end_at > now;
        hers || grant.id == request.id.as_str()
    };
    let full = waiting >= REQUESTS && Check::RequestQuota.stands();
    let again = all.iter().any(known) && Check::RequestOnce.stands();
    if full || again || Role::from_word(&request.role) == Role::None {
        return Ok(false);
    }
    tx.put_grant(&GrantRecord {
        dataset: dataset.id,
        id: request.id.to_string(),
        target: actor.to_string(),
        host: actor.host().to_owned(),
        user_id: None,
        role: request.role.clone(),
        key: String::new(),
        state: ASKED.to_owned(),
        granted_seq: None,
        revoked_seq: None,
        end_at: now.plus_seconds(USUAL_SECONDS),
        content: request.content.clone(),
        created: now,
        updated: now,
    })?;
    actors::pin(tx, actor.as_str())?;
    Ok(true)
}

/// The holder of a grant on a dataset of ours accepted it. False where it is about something else.
///
/// # Errors
/// Where the store fails.
pub fn accepted(app: &App, tx: &mut Tx<'_>, actor: &Uri, id: &Uri) -> Result<bool, StoreError> {
    let Some((_, mut grant)) = of_actor(tx, actor, id)? else {
        return Ok(false);
    };
    if grant.state == OFFERED {
        ACTIVE.clone_into(&mut grant.state);
        grant.updated = app.clock.now();
        tx.put_grant(&grant)?;
    }
    Ok(true)
}

/// The holder of a grant on a dataset of ours gives it back: it ends as if it were taken back.
///
/// # Errors
/// [`GrantError`]
pub fn declined(app: &App, tx: &mut Tx<'_>, actor: &Uri, id: &Uri) -> Result<bool, GrantError> {
    let Some((dataset, grant)) = of_actor(tx, actor, id)? else {
        return Ok(false);
    };
    if grant.state == REVOKED || grant.granted_seq.is_none() {
        return Ok(true);
    }
    tx.lock_dataset(dataset.id)?;
    let mut dataset = tx.load_dataset(dataset.id)?;
    give::take_back(app, tx, &mut dataset, &grant)?;
    Ok(true)
}

/// A grant on a dataset of ours, where it is this actor's.
fn of_actor(
    tx: &mut Tx<'_>,
    actor: &Uri,
    id: &Uri,
) -> Result<Option<(DatasetRecord, GrantRecord)>, StoreError> {
    let all = match Check::GrantHolder.stands() {
        true => tx.list_grants_to(actor.as_str())?,
        false => tx.list_grants(None)?,
    };
    for grant in all {
        if grant.id == id.as_str() {
            let dataset = tx.load_dataset(grant.dataset)?;
            return Ok(dataset.is_local().then_some((dataset, grant)));
        }
    }
    Ok(None)
}
