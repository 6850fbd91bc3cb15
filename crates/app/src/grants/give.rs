//! The maintainers of a dataset of ours give a role to somebody of another instance, and take it back.

use rustine_domain::ids::DatasetAddress;
use rustine_domain::key::Multikey;
use rustine_domain::review::Role;
use rustine_domain::time::Timestamp;
use rustine_protocol::activity::{Envelope, Grant, Reject, Revoke};
use rustine_protocol::object::Reference;
use rustine_store::{DatasetRecord, GrantRecord, RemoteActorRecord, StoreError, Tx};

use super::terms::{self, Terms};
use super::{ASKED, REVOKED};
use crate::App;
use crate::accounts::{Person, roles};
use crate::actors::{self, inboxes::shared_inbox};
use crate::context::uri;
use crate::datasets::{UnknownDataset, find};
use crate::log::append::AppendError;
use crate::modlog::{self, By, Line};
use crate::outbox::{self, Outgoing, host};

/// Why no role was given or taken back.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// No such dataset.
    #[error(transparent)]
    Dataset(#[from] UnknownDataset),
    /// It is a copy.
    #[error("{0} decides on this dataset: roles on it are given there")]
    Elsewhere(String),
    /// Nobody else knows a draft.
    #[error("{0} is not published: a role on it can be given to people of this instance only")]
    Draft(String),
    /// Neither an operator nor a maintainer.
    #[error("{0} may not say who decides on this dataset: ask an operator")]
    NotAllowed(String),
    /// It would be over before it began.
    #[error("this day is over: a role ends in the future")]
    Over,
    /// Not somebody who can sign reviews.
    #[error(
        "{0} is nobody who can review: an account of a Rustine instance shows the key that its reviews are signed with"
    )]
    NoReviewer(String),
    /// The actor shows another key than before.
    #[error("{}", actors::sentence(.0))]
    Suspended(Box<RemoteActorRecord>),
    /// No such grant is in force.
    #[error("no grant {0} is in force here: `rustine grant list` shows them")]
    NoGrant(String),
    /// The entry was not written.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Gives a role to somebody elsewhere, in place of the one that she had. `actor` was fetched just now, and is kept. The
/// entry names her key; a vote that is signed with another one counts for nothing.
///
/// # Errors
/// [`GrantError`]; nothing changed then.
pub fn give(
    app: &App,
    by: &Person,
    address: &DatasetAddress,
    actor: &str,
    role: Role,
    until: Option<Timestamp>,
) -> Result<GrantRecord, GrantError> {
    let now = app.clock.now();
    if until.is_some_and(|until| until <= now) {
        return Err(GrantError::Over);
    }
    app.db.write(|tx| {
        let mut dataset = maintained(app, tx, by, address)?;
        if dataset.status == "draft" {
            return Err(GrantError::Draft(dataset.name));
        }
        let none = || GrantError::NoReviewer(actor.to_owned());
        let known = tx.find_remote_actor(actor)?.ok_or_else(none)?;
        if known.suspended {
            return Err(GrantError::Suspended(Box::new(known)));
        }
        let key: Option<Multikey> = known.multikey.as_deref().and_then(|key| key.parse().ok());
        let key = key.filter(|_| known.kind == "Person").ok_or_else(none)?;
        for before in tx.list_grants_of(dataset.id, actor)? {
            match before.state.as_str() {
                ASKED => tx.delete_grant(dataset.id, &before.id)?,
                REVOKED => {}
                _ => take_back(app, tx, &mut dataset, &before)?,
            }
        }
        let terms = Terms::new(app, actor.to_owned(), role, key, until);
        let appended = terms::write(app, tx, &mut dataset, &terms)?;
        actors::pin(tx, actor)?;
        let notice = Grant {
            envelope: Envelope::new(uri(&terms.id), uri(&dataset.url), uri(actor)),
            role: role.as_str().to_owned(),
            target: uri(actor),
            end_time: terms.end,
        };
        send(app, tx, &dataset, &known, &notice.to_json())?;
        if let Some(to) = host(actor) {
            let entry = Some((appended.seq, appended.entry));
            let line = Line::Granted { role, to, entry };
            modlog::write(app, tx, &dataset, &By::here(Role::Maintain), line)?;
        }
        tx.find_grant(dataset.id, &terms.id)?
            .ok_or(GrantError::NoGrant(terms.id))
    })
}

/// Takes a grant back by its URL or the UUID in it, at once: votes that are not decided on yet are void. A request is
/// refused in the same way.
///
/// # Errors
/// [`GrantError`]
pub fn revoke(app: &App, by: &Person, id: &str) -> Result<GrantRecord, GrantError> {
    app.db.write(|tx| {
        let all = tx.list_grants(None)?;
        let known = all.into_iter().find(|grant| {
            grant.state != REVOKED && (grant.id == id || grant.id.rsplit('/').next() == Some(id))
        });
        let none = || GrantError::NoGrant(id.to_owned());
        let grant = known.ok_or_else(none)?;
        let dataset = tx.load_dataset(grant.dataset)?;
        let mut dataset = may_maintain(app, tx, by, dataset)?;
        if grant.state == ASKED {
            refuse(app, tx, &dataset, &grant)?;
            tx.delete_grant(dataset.id, &grant.id)?;
            return Ok(grant);
        }
        take_back(app, tx, &mut dataset, &grant)?;
        tx.find_grant(dataset.id, &grant.id)?.ok_or_else(none)
    })
}

fn maintained(
    app: &App,
    tx: &mut Tx<'_>,
    by: &Person,
    address: &DatasetAddress,
) -> Result<DatasetRecord, GrantError> {
    let dataset = find(app, tx, address)?;
    may_maintain(app, tx, by, dataset)
}

/// The dataset, held until the end of the transaction, where the person says who decides on it.
fn may_maintain(
    app: &App,
    tx: &mut Tx<'_>,
    by: &Person,
    dataset: DatasetRecord,
) -> Result<DatasetRecord, GrantError> {
    if !dataset.is_local() {
        return Err(GrantError::Elsewhere(dataset.host));
    }
    if roles::role_on(app, tx, by, dataset.id)? != Role::Maintain {
        return Err(GrantError::NotAllowed(by.name.clone()));
    }
    tx.lock_dataset(dataset.id)?;
    Ok(tx.load_dataset(dataset.id)?)
}

/// Ends a grant by an entry, and tells its holder. What was voted under it and is still open counts no more, whatever
/// is granted to the same person afterwards.
pub(crate) fn take_back(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
    grant: &GrantRecord,
) -> Result<(), GrantError> {
    let appended = terms::end(app, tx, dataset, grant)?;
    tx.void_reviews_of(
        dataset.id,
        &grant.target,
        "the grant of its author was revoked",
    )?;
    if let Some(from) = host(&grant.target) {
        let line = Line::Revoked {
            role: Role::from_word(&grant.role),
            from,
            entry: Some((appended.seq, appended.entry)),
            why: "revoked",
        };
        modlog::write(app, tx, dataset, &By::here(Role::Maintain), line)?;
    }
    let Some(actor) = tx.find_remote_actor(&grant.target)? else {
        return Ok(());
    };
    let notice = Revoke {
        envelope: Envelope::new(
            uri(&app.activity_id()),
            uri(&dataset.url),
            uri(&grant.target),
        ),
        grant: uri(&grant.id),
    };
    Ok(send(app, tx, dataset, &actor, &notice.to_json())?)
}

fn refuse(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    request: &GrantRecord,
) -> Result<(), StoreError> {
    let Some(actor) = tx.find_remote_actor(&request.target)? else {
        return Ok(());
    };
    let envelope = Envelope::new(
        uri(&app.activity_id()),
        uri(&dataset.url),
        uri(&request.target),
    );
    let answer = Reject {
        envelope,
        object: Reference::typed(uri(&request.id), "GrantRequest"),
        document: None,
        content: None,
        conflicts: Vec::new(),
    };
    send(app, tx, dataset, &actor, &answer.to_json())
}

fn send(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    to: &RemoteActorRecord,
    activity: &serde_json::Value,
) -> Result<(), StoreError> {
    let inbox = to.shared_inbox.clone();
    let inbox = inbox.unwrap_or_else(|| shared_inbox(app, &to.host));
    let outgoing = Outgoing {
        activity,
        actor: &format!("/datasets/{}", dataset.name),
        object_key: &format!("grants:{}", dataset.uid),
    };
    outbox::send(app, tx, &outgoing, &inbox)
}

/// The grants of people elsewhere on datasets of ours that are not over, and what was asked for, with the names of the
/// datasets.
///
/// # Errors
/// Where the store fails.
pub fn list(app: &App) -> Result<Vec<(GrantRecord, String)>, StoreError> {
    let now = app.clock.now();
    app.db.read(|tx| {
        let mut found = Vec::new();
        for grant in tx.list_grants(None)? {
            let elsewhere = grant.host != app.host().as_str();
            if elsewhere && grant.state != REVOKED && grant.end_at > now {
                let dataset = tx.load_dataset(grant.dataset)?;
                if dataset.is_local() {
                    found.push((grant, dataset.name));
                }
            }
        }
        Ok(found)
    })
}
