//! Grants on datasets elsewhere, from the side of those who hold them: asking, accepting, giving back, listing.

use rustine_domain::ids::DatasetAddress;
use rustine_domain::review::Role;
use rustine_protocol::activity::{Accept, Accepted, Envelope, OfferGrant, Reject};
use rustine_protocol::object::Reference;
use rustine_store::{DatasetRecord, HeldGrantRecord, StoreError, Tx};

use super::terms::USUAL_SECONDS;
use super::{ACCEPTED, ACTIVE, ASKED, OFFERED};
use crate::App;
use crate::accounts::Person;
use crate::actors::inboxes::inbox_of;
use crate::context::uri;
use crate::datasets::{UnknownDataset, find};
use crate::outbox::{self, Outgoing, host};

/// Its holder said no, or gave it back.
pub const DECLINED: &str = "declined";
/// The dataset's maintainers said no to a request.
pub const REFUSED: &str = "refused";

/// Why nothing was asked or answered.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// No such copy.
    #[error(transparent)]
    Dataset(#[from] UnknownDataset),
    /// It is ours.
    #[error("{0} is a dataset of this instance: its maintainers give roles on it directly")]
    Own(String),
    /// She asked before, or has it.
    #[error("{0} asked already, or holds a role on this dataset")]
    Already(String),
    /// Nobody offered that to this person.
    #[error("no grant {0} was offered to this person: `rustine grant list` shows what was")]
    Unknown(String),
    /// What is said is too long.
    #[error("what is said with a request has at most 500 characters")]
    TooLong,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Asks the maintainers of a dataset elsewhere, of which a copy is kept here, for a role; returns the request.
///
/// # Errors
/// [`HoldError`]
pub fn ask(
    app: &App,
    by: &Person,
    address: &DatasetAddress,
    role: Role,
    content: Option<&str>,
) -> Result<HeldGrantRecord, HoldError> {
    let content = content.map(str::trim).filter(|text| !text.is_empty());
    if content.is_some_and(|text| text.chars().count() > 500) {
        return Err(HoldError::TooLong);
    }
    app.db.write(|tx| {
        let dataset = find(app, tx, address)?;
        if dataset.is_local() {
            return Err(HoldError::Own(dataset.name));
        }
        let now = app.clock.now();
        let held = tx.list_held_grants(Some(by.id))?;
        let is_open = |held: &HeldGrantRecord| {
            let open = matches!(held.state.as_str(), ASKED | OFFERED | ACCEPTED);
            held.dataset_url == dataset.url && open && held.end_at > now
        };
        if held.iter().any(is_open) {
            return Err(HoldError::Already(by.name.clone()));
        }
        let actor = app.url(&format!("/users/{}", by.name));
        let request = HeldGrantRecord {
            id: app.url(&format!("/grants/{}", app.entropy.uuid())),
            dataset_url: dataset.url.clone(),
            user_id: by.id,
            role: role.as_str().to_owned(),
            state: ASKED.to_owned(),
            end_at: now.plus_seconds(USUAL_SECONDS),
            created: now,
            updated: now,
            copy_due: None,
            copy_error: None,
        };
        tx.put_held_grant(&request)?;
        let activity = OfferGrant {
            envelope: Envelope::new(uri(&app.activity_id()), uri(&actor), uri(&dataset.url)),
            id: uri(&request.id),
            target: uri(&dataset.url),
            role: request.role.clone(),
            content: content.map(str::to_owned),
        };
        send(app, tx, by, &request, &activity.to_json())?;
        Ok(request)
    })
}

/// Accepts a grant that was offered, or gives one back. Whoever accepts needs a copy of the dataset to read its proposals
/// against: it is begun as soon as possible ([`super::copies`]).
///
/// # Errors
/// [`HoldError`]
pub fn answer(
    app: &App,
    by: &Person,
    id: &str,
    accept: bool,
) -> Result<HeldGrantRecord, HoldError> {
    app.db.write(|tx| {
        let all = tx.list_held_grants(Some(by.id))?;
        let known = all.into_iter().find(|held| {
            let named = held.id == id || held.id.rsplit('/').next() == Some(id);
            named && matches!(held.state.as_str(), OFFERED | ACCEPTED)
        });
        let mut held = known.ok_or_else(|| HoldError::Unknown(id.to_owned()))?;
        if accept { ACCEPTED } else { DECLINED }.clone_into(&mut held.state);
        held.updated = app.clock.now();
        let copy = tx.find_dataset_by_url(&held.dataset_url)?;
        held.copy_due = (accept && copy.is_none()).then_some(held.updated);
        held.copy_error = None;
        tx.put_held_grant(&held)?;
        if let Some(copy) = copy
            && let Some(mut grant) = tx.find_grant(copy.id, &held.id)?
            && accept
            && grant.state == OFFERED
        {
            ACTIVE.clone_into(&mut grant.state);
            tx.put_grant(&grant)?;
        }
        let actor = uri(&app.url(&format!("/users/{}", by.name)));
        let envelope = Envelope::new(uri(&app.activity_id()), actor, uri(&held.dataset_url));
        let object = Reference::typed(uri(&held.id), "Grant");
        let activity = if accept {
            let accepted = Accepted::Other(object);
            Accept { envelope, accepted }.to_json()
        } else {
            Reject {
                envelope,
                object,
                document: None,
                content: None,
                conflicts: Vec::new(),
            }
            .to_json()
        };
        send(app, tx, by, &held, &activity)?;
        Ok(held)
    })
}

fn send(
    app: &App,
    tx: &mut Tx<'_>,
    by: &Person,
    held: &HeldGrantRecord,
    activity: &serde_json::Value,
) -> Result<(), StoreError> {
    let host = host(&held.dataset_url)
        .ok_or_else(|| StoreError::Other(format!("{} is no dataset", held.dataset_url)))?;
    let inbox = inbox_of(app, tx, &held.dataset_url, host.as_str())?;
    let outgoing = Outgoing {
        activity,
        actor: &format!("/users/{}", by.name),
        object_key: &format!("grant:{}", held.id),
    };
    outbox::send(app, tx, &outgoing, &inbox)
}

/// What a person of ours holds, was offered or asked for elsewhere, with the copy where there is one.
///
/// # Errors
/// Where the store fails.
pub fn list(
    app: &App,
    user: Option<i64>,
) -> Result<Vec<(HeldGrantRecord, Option<DatasetRecord>)>, StoreError> {
    app.db.read(|tx| {
        let held = tx.list_held_grants(user)?;
        held.into_iter()
            .map(|held| {
                let copy = tx.find_dataset_by_url(&held.dataset_url)?;
                Ok((held, copy))
            })
            .collect()
    })
}
