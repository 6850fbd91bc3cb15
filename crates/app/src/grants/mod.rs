//! Roles on datasets for people of any instance (`protocol.md` §3.3, §5): entries of the log, listed on both sides.
//!
//! Who may do what is read from our own tables at the moment of decision. They are filled from the log alone, here and
//! on copies, wherever an entry is signed or applied ([`learn`]); a notice that shows a grant proves nothing.

pub mod copies;
pub mod give;
pub mod hold;
pub mod learn;
pub mod policy;
pub mod receive;
pub mod terms;

use rustine_domain::review::Role;
use rustine_domain::time::Timestamp;
use rustine_store::{GrantRecord, StoreError, Tx};

use crate::App;
use crate::accounts::Person;

/// Asked for by its holder; there is no entry yet.
pub const ASKED: &str = "asked";
/// In the log, and not answered yet. It gives its rights: a signed vote is an answer.
pub const OFFERED: &str = "offered";
/// In the log, and accepted by its holder.
pub const ACTIVE: &str = "active";
/// Its holder moved or shows another key; a person issues a new one.
pub const SUSPENDED: &str = "suspended";
/// What its holder said to a grant elsewhere.
pub const ACCEPTED: &str = "accepted";
/// Taken back, by an entry.
pub const REVOKED: &str = "revoked";

/// What an actor may do on a dataset now, whoever it is: somebody of this instance by her account, anybody else by a
/// grant in the log that is in force.
///
/// # Errors
/// Where the store fails.
pub fn role_of(app: &App, tx: &mut Tx<'_>, actor: &str, dataset: i64) -> Result<Role, StoreError> {
    let now = app.clock.now();
    let granted = in_force(tx, dataset, actor, now)?;
    let granted = granted.map_or(Role::None, |grant| Role::from_word(&grant.role));
    let own = app
        .local_path(actor)
        .and_then(|path| path.strip_prefix("/users/"));
    let Some(name) = own else {
        return Ok(granted);
    };
    // The account decides on datasets of ours: one that was closed has no role, whatever the log still says.
    let user = tx.find_user_by_name(name)?;
    let person = match user {
        Some(user) => Person::load(tx, &user, now)?,
        None => None,
    };
    let dataset = tx.load_dataset(dataset)?;
    Ok(match person {
        None => Role::None,
        Some(person) if dataset.is_local() => person.role_on(dataset.id),
        Some(_) => granted,
    })
}

/// The grant of an actor that gives rights on a dataset at `now`; the highest where there are several.
///
/// # Errors
/// Where the store fails.
pub fn in_force(
    tx: &mut Tx<'_>,
    dataset: i64,
    actor: &str,
    now: Timestamp,
) -> Result<Option<GrantRecord>, StoreError> {
    let held = tx.list_grants_of(dataset, actor)?;
    let held = held.into_iter().filter(|grant| grant.is_in_force(now));
    Ok(held.max_by_key(|grant| Role::from_word(&grant.role)))
}
