//! What opening a link does: an account of one's own, a new password, another address. Each link acts once.

use rustine_domain::ids::ActorName;
use rustine_store::{AccountLinkRecord, StoreError, UserRecord};

use super::account::{self, AccountError};
use super::links::{self, ADDRESS, INVITATION, RESET, SIGN_UP};
use super::own::{self, OwnError};
use super::password::{self, PasswordError};
use super::session::{self, Begun, From};
use super::{OPERATOR, Person, secret_hash};
use crate::App;
use crate::mail::{self, Message};

/// The kinds of links to an account of one's own.
pub const TO_AN_ACCOUNT: [&str; 2] = [SIGN_UP, INVITATION];

/// Why a link did nothing.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It was used, is over, or was never made.
    #[error("this link was used already, or is too old")]
    Link,
    /// The address belongs to another account by now.
    #[error("another account has this address")]
    Address,
    /// The password is too weak, or too many are being looked at.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The account cannot be made so.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An account that was opened.
#[derive(Debug)]
pub enum Opened {
    /// She is in.
    In(Begun),
    /// The address that she typed is still to be confirmed: a letter is on its way.
    Unconfirmed,
}

/// What somebody chooses for her account.
#[derive(Debug)]
pub struct Chosen {
    /// Its name.
    pub name: ActorName,
    /// Her address, where the link was not sent to one.
    pub email: String,
    /// In the clear; hashed here.
    pub password: String,
    /// `fr` or `en`.
    pub lang: String,
}

/// True for a link to an account of one's own; one that only counts a letter to a known address opens nothing.
pub fn opens(link: &AccountLinkRecord) -> bool {
    TO_AN_ACCOUNT.contains(&link.kind.as_str()) && link.user_id.is_none()
}

/// Opens an account by a link and uses the link up.
///
/// # Errors
/// [`OpenError`]
pub fn account(app: &App, token: &str, chosen: &Chosen, from: &From) -> Result<Opened, OpenError> {
    let found = links::find(app, &TO_AN_ACCOUNT, token)?.filter(opens);
    let link = found.ok_or(OpenError::Link)?;
    // A letter that reached an address shows whose it is; without letters the operator knows whom the link was for.
    let proven = !link.email.is_empty() || !mail::is_on(app);
    let email = match link.email.as_str() {
        "" => chosen.email.to_ascii_lowercase(),
        email => email.to_owned(),
    };
    let ready = account::prepare(
        app,
        account::NewAccount {
            name: chosen.name.clone(),
            email: email.clone(),
            password: chosen.password.clone(),
            operator: link.role == OPERATOR,
        },
    )?;
    let opened = app.db.write(|tx| {
        if !tx.delete_account_link(&link.token_hash)? {
            return Err(OpenError::Link);
        }
        let (user, person) = account::insert(app, tx, &ready, &chosen.lang, proven)?;
        if proven {
            let begun = session::begin(app, tx, person, from)?;
            return Ok(Opened::In(begun));
        }
        links::ask_address(app, tx, &user, &email)?;
        Ok(Opened::Unconfirmed)
    })?;
    Ok(opened)
}

/// Sets another password by a link, ends every log-in and every other such link. The link shows whose the address is
/// where a letter brought it.
///
/// # Errors
/// [`OpenError`]
pub fn reset(app: &App, token: &str, new: &str) -> Result<(), OpenError> {
    password::check(new)?;
    let link = links::find(app, &[RESET], token)?.ok_or(OpenError::Link)?;
    let hash = password::hash(new, &*app.entropy)?;
    app.db.write(|tx| {
        let used = tx.delete_account_link(&link.token_hash)?;
        let user = link.user_id.filter(|_| used);
        let user = match user {
            Some(id) => tx.find_user(id)?,
            None => None,
        };
        let mut user = user.filter(|user| !user.disabled).ok_or(OpenError::Link)?;
        user.password_hash.clone_from(&hash);
        user.confirmed |= link.made_by.is_empty() && user.email == link.email;
        tx.update_user(&user)?;
        tx.delete_account_links_of(user.id, RESET)?;
        tx.delete_sessions_of(user.id)?;
        Ok(())
    })
}

/// A person asks to be written to at another address: it is asked whether it is hers, and the old one is told.
/// False where the new one got too many letters lately.
///
/// # Errors
/// [`OwnError`]
pub fn ask_other_address(
    app: &App,
    person: &Person,
    password: &str,
    email: &str,
) -> Result<bool, OwnError> {
    if !own::is_password(app, person, password)? {
        return Err(OwnError::Wrong);
    }
    let email = email.to_ascii_lowercase();
    Ok(app.db.write(|tx| {
        let user = tx.find_user(person.id)?.ok_or(StoreError::NotFound)?;
        if !links::ask_address(app, tx, &user, &email)? {
            return Ok::<_, StoreError>(false);
        }
        let message = Message::AddressChanged {
            new: masked(&email),
        };
        mail::enqueue(tx, app, &links::recipient(&user), &message)?;
        Ok(true)
    })?)
}

/// Asks again whether the address of an account is its owner's; false where it got too many letters lately.
///
/// # Errors
/// Where the store fails.
pub fn ask_again(app: &App, user: i64) -> Result<bool, StoreError> {
    app.db.write(|tx| match tx.find_user(user)? {
        Some(user) => links::ask_address(app, tx, &user, &user.email),
        None => Ok(false),
    })
}

/// The address of a link is its account's from now on.
///
/// # Errors
/// [`OpenError`]
pub fn confirm_address(app: &App, token: &str) -> Result<(), OpenError> {
    let now = app.clock.now();
    app.db.write(|tx| {
        let link = links::find_in(tx, &[ADDRESS], token, now)?.ok_or(OpenError::Link)?;
        let user = match link.user_id {
            Some(id) => tx.find_user(id)?,
            None => None,
        };
        let user = user.filter(|user| !user.disabled).ok_or(OpenError::Link)?;
        let others = tx.list_users_by_email(&link.email)?;
        // An address that was never confirmed keeps nobody else from it.
        if others
            .iter()
            .any(|other| other.id != user.id && other.confirmed)
        {
            return Err(OpenError::Address);
        }
        tx.delete_account_link(&secret_hash(token))?;
        tx.update_user(&UserRecord {
            email: link.email,
            confirmed: true,
            ..user
        })?;
        Ok(())
    })
}

/// An operator makes a link to a new password, to be handed over; it is shown this once.
///
/// # Errors
/// [`OpenError::Link`] where there is no such open account.
pub fn reset_link(app: &App, by: &str, name: &ActorName) -> Result<String, OpenError> {
    app.db.write(|tx| {
        let user = tx.find_user_by_name(name.as_str())?;
        let user = user.filter(|user| !user.disabled).ok_or(OpenError::Link)?;
        Ok(links::reset_link(app, tx, &user, by)?)
    })
}

/// An address as somebody else may see it: `a…@brume.example`.
pub fn masked(email: &str) -> String {
    let (local, domain) = email.rsplit_once('@').unwrap_or((email, ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}…@{domain}")
}

#[cfg(test)]
mod tests;
