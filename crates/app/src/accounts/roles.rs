//! Roles on one dataset: `write` decides on its proposals, `maintain` also says who else may. Operators of the instance
//! maintain all of its datasets (`protocol.md` §5). Roles are for people of this instance; those elsewhere come later.

use rustine_domain::ids::{ActorName, DatasetAddress};
use rustine_domain::review::Role;
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, DatasetRoleRecord, StoreError, Tx, UserRecord};

use super::Person;
use crate::App;
use crate::datasets::{UnknownDataset, find};
use crate::grants::terms::{self, Terms};
use crate::grants::{self, REVOKED};
use crate::log::append::AppendError;
use crate::log::keys::ED25519;
use crate::modlog::{self, By, Line};

/// Why a role was not given or taken back.
#[derive(Debug, thiserror::Error)]
pub enum RoleError {
    /// No such dataset.
    #[error(transparent)]
    Dataset(#[from] UnknownDataset),
    /// It is a copy.
    #[error("{0} decides on this dataset: roles on it are given there")]
    Elsewhere(String),
    /// Nobody has that name, or the account is closed.
    #[error("no account {0} on this instance that is open")]
    Unknown(ActorName),
    /// No such role, or none of this dataset.
    #[error("no role {0} is in force here")]
    NoRole(i64),
    /// Neither an operator nor a maintainer.
    #[error("{0} may not say who decides on this dataset: ask an operator")]
    NotAllowed(String),
    /// It would be over before it began.
    #[error("this day is over: a role ends in the future")]
    Over,
    /// The entry was not written.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A role in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Its number.
    pub id: i64,
    /// The name of the dataset.
    pub dataset: String,
    /// Who has it.
    pub name: String,
    /// Which.
    pub role: Role,
    /// Who gave it.
    pub given_by: String,
    /// When.
    pub created: Timestamp,
    /// When it ends by itself.
    pub until: Option<Timestamp>,
}

/// What a person may do on a dataset now, as the store knows it in this transaction.
///
/// # Errors
/// Where the store fails.
pub fn role_on(
    app: &App,
    tx: &mut Tx<'_>,
    person: &Person,
    dataset: i64,
) -> Result<Role, StoreError> {
    let user = tx.find_user(person.id)?;
    let now = app.clock.now();
    let Some(user) = user else {
        return Ok(Role::None);
    };
    let Some(person) = Person::load(tx, &user, now)? else {
        return Ok(Role::None);
    };
    // Whoever runs this instance has no say over the datasets of others.
    if !tx.load_dataset(dataset)?.is_local() {
        let actor = app.url(&format!("/users/{}", person.name));
        let grant = grants::in_force(tx, dataset, &actor, now)?;
        return Ok(grant.map_or(Role::None, |grant| Role::from_word(&grant.role)));
    }
    Ok(person.role_on(dataset))
}

fn local(app: &App, tx: &mut Tx<'_>, address: &DatasetAddress) -> Result<DatasetRecord, RoleError> {
    let dataset = find(app, tx, address)?;
    match dataset.is_local() {
        true => Ok(dataset),
        false => Err(RoleError::Elsewhere(dataset.host)),
    }
}

fn may_give(app: &App, tx: &mut Tx<'_>, by: &Person, dataset: i64) -> Result<(), RoleError> {
    match role_on(app, tx, by, dataset)? {
        Role::Maintain => Ok(()),
        _ => Err(RoleError::NotAllowed(by.name.clone())),
    }
}

/// Gives a role in place of the one that the person had on this dataset; returns its number.
///
/// # Errors
/// [`RoleError`]
pub fn give(
    app: &App,
    by: &Person,
    address: &DatasetAddress,
    to: &ActorName,
    role: Role,
    until: Option<Timestamp>,
) -> Result<i64, RoleError> {
    let now = app.clock.now();
    if until.is_some_and(|until| until <= now) {
        return Err(RoleError::Over);
    }
    app.db.write(|tx| {
        let dataset = local(app, tx, address)?;
        may_give(app, tx, by, dataset.id)?;
        let user = tx.find_user_by_name(to.as_str())?;
        let user = user.filter(|user| !user.disabled);
        let user = user.ok_or_else(|| RoleError::Unknown(to.clone()))?;
        for known in tx.list_roles_of(user.id, now)? {
            if known.dataset == dataset.id {
                tx.revoke_dataset_role(known.id, now)?;
            }
        }
        let record = DatasetRoleRecord {
            id: 0,
            dataset: dataset.id,
            user_id: user.id,
            role: role.as_str().to_owned(),
            given_by: by.name.clone(),
            created: now,
            until_at: until,
            revoked_at: None,
        };
        let id = tx.insert_dataset_role(&record)?;
        write_down(app, tx, dataset, &user, role, until)?;
        Ok(id)
    })
}

/// When a role ends that has no end, as the log has to say it.
const NEVER: &str = "9999-12-31T23:59:59Z";

/// The log says who may decide, and by which key: another instance checks a vote by nothing else.
fn write_down(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: DatasetRecord,
    user: &UserRecord,
    role: Role,
    until: Option<Timestamp>,
) -> Result<(), RoleError> {
    let owner = format!("/users/{}", user.name);
    let key = tx.find_key(&owner, ED25519)?;
    let Some(key) = key.and_then(|key| key.public.parse().ok()) else {
        return Ok(());
    };
    let mut dataset = held(tx, &dataset)?;
    end_written(app, tx, &mut dataset, &app.url(&owner))?;
    let end = until.or_else(|| NEVER.parse().ok());
    let terms = Terms::new(app, app.url(&owner), role, key, end);
    let appended = terms::write(app, tx, &mut dataset, &terms)?;
    let line = Line::Granted {
        role,
        to: app.host().clone(),
        entry: Some((appended.seq, appended.entry)),
    };
    Ok(modlog::write(
        app,
        tx,
        &dataset,
        &By::here(Role::Maintain),
        line,
    )?)
}

fn held(tx: &mut Tx<'_>, dataset: &DatasetRecord) -> Result<DatasetRecord, StoreError> {
    tx.lock_dataset(dataset.id)?;
    tx.load_dataset(dataset.id)
}

/// Ends what the log says of somebody's roles so far.
fn end_written(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
    actor: &str,
) -> Result<(), RoleError> {
    for grant in tx.list_grants_of(dataset.id, actor)? {
        if grant.state != REVOKED {
            let appended = terms::end(app, tx, dataset, &grant)?;
            tx.void_reviews_of(dataset.id, actor, "the role of its author was taken back")?;
            let line = Line::Revoked {
                role: Role::from_word(&grant.role),
                from: app.host().clone(),
                entry: Some((appended.seq, appended.entry)),
                why: "revoked",
            };
            modlog::write(app, tx, dataset, &By::here(Role::Maintain), line)?;
        }
    }
    Ok(())
}

/// Takes a role back; its dataset, where one is named, must be the role's.
///
/// # Errors
/// [`RoleError`]
pub fn revoke(
    app: &App,
    by: &Person,
    address: Option<&DatasetAddress>,
    id: i64,
) -> Result<(), RoleError> {
    let now = app.clock.now();
    app.db.write(|tx| {
        let role = tx.find_dataset_role(id)?.ok_or(RoleError::NoRole(id))?;
        if let Some(address) = address
            && local(app, tx, address)?.id != role.dataset
        {
            return Err(RoleError::NoRole(id));
        }
        may_give(app, tx, by, role.dataset)?;
        if !tx.revoke_dataset_role(id, now)? {
            return Err(RoleError::NoRole(id));
        }
        let user = tx.find_user(role.user_id)?.ok_or(RoleError::NoRole(id))?;
        let dataset = tx.load_dataset(role.dataset)?;
        let mut dataset = held(tx, &dataset)?;
        let actor = app.url(&format!("/users/{}", user.name));
        match end_written(app, tx, &mut dataset, &actor) {
            // A log that takes no more entries keeps nobody in office: the account decides.
            Err(RoleError::Append(AppendError::Shut(..))) => Ok(()),
            done => done,
        }
    })
}

/// The roles in force, on one dataset or on all.
///
/// # Errors
/// [`RoleError`]
pub fn list(app: &App, address: Option<&DatasetAddress>) -> Result<Vec<Given>, RoleError> {
    let now = app.clock.now();
    app.db.read(|tx| {
        let dataset = address.map(|address| local(app, tx, address)).transpose()?;
        let roles = tx.list_dataset_roles(dataset.map(|dataset| dataset.id), now)?;
        let mut given = Vec::new();
        for (role, name) in roles {
            given.push(Given {
                id: role.id,
                dataset: tx.load_dataset(role.dataset)?.name,
                name,
                role: Role::from_word(&role.role),
                given_by: role.given_by,
                created: role.created,
                until: role.until_at,
            });
        }
        Ok(given)
    })
}

#[cfg(test)]
mod tests;
