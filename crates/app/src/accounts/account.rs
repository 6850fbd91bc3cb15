//! Creating, changing and closing accounts.

use rustine_domain::ids::ActorName;
use rustine_store::{KeyRecord, NewUser, StoreError, Tx, UserRecord};

use super::password::{self, PasswordError};
use super::{MEMBER, OPERATOR, Person};
use crate::App;
use crate::keys;
use crate::log::keys::{ED25519, RSA};

/// Why an account was not created or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The name is kept for the instance.
    #[error("the name {0} is reserved: choose another")]
    Reserved(ActorName),
    /// A person or a dataset has the name.
    #[error("the name {0} is taken: choose another")]
    Taken(ActorName),
    /// Not an address.
    #[error("{0:?} is no e-mail address")]
    Email(String),
    /// The password is too weak, or too many others are being hashed.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// Nobody has that name.
    #[error("no account {0}: `rustine user list` shows the accounts")]
    Unknown(ActorName),
    /// The last operator cannot be disabled.
    #[error("{0} is the last operator: promote somebody else first")]
    LastOperator(ActorName),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An account to be created.
#[derive(Debug)]
pub struct NewAccount {
    /// Its name, one namespace with datasets.
    pub name: ActorName,
    /// Private; never leaves this instance.
    pub email: String,
    /// In the clear; hashed here.
    pub password: String,
    /// True for an operator.
    pub operator: bool,
}

/// Creates an account with its keys. Slow: a key is made.
///
/// # Errors
/// [`AccountError`]
pub fn create(app: &App, new: NewAccount) -> Result<Person, AccountError> {
    let ready = prepare(app, new)?;
    let inserted = app.db.write(|tx| insert(app, tx, &ready, "fr", true))?;
    Ok(inserted.1)
}

/// An account whose slow parts are done.
pub(super) struct Ready {
    new: NewAccount,
    password_hash: String,
    rsa: keys::RsaPair,
    seed: [u8; 32],
}

/// Does what is slow: the password is hashed, keys are made.
pub(super) fn prepare(app: &App, new: NewAccount) -> Result<Ready, AccountError> {
    check_email(&new.email)?;
    if new.name.is_reserved() {
        return Err(AccountError::Reserved(new.name));
    }
    let password_hash = password::hash(&new.password, &*app.entropy)?;
    // Whoever asks for a name that is taken learns it before two keys are made.
    app.db.read(|tx| check_free(tx, &new.name))?;
    Ok(Ready {
        rsa: app.entropy.rsa_pair(),
        seed: keys::generate_seed(&*app.entropy),
        password_hash,
        new,
    })
}

fn check_free(tx: &mut Tx<'_>, name: &ActorName) -> Result<(), AccountError> {
    let taken = tx.find_dataset_by_name(name.as_str(), "")?.is_some()
        || tx.find_user_by_name(name.as_str())?.is_some();
    match taken {
        true => Err(AccountError::Taken(name.clone())),
        false => Ok(()),
    }
}

/// Writes an account with its keys.
pub(super) fn insert(
    app: &App,
    tx: &mut Tx<'_>,
    ready: &Ready,
    lang: &str,
    confirmed: bool,
) -> Result<(UserRecord, Person), AccountError> {
    let new = &ready.new;
    check_free(tx, &new.name)?;
    let user = NewUser {
        name: new.name.to_string(),
        email: new.email.clone(),
        password_hash: ready.password_hash.clone(),
        role: if new.operator { OPERATOR } else { MEMBER }.to_owned(),
        lang: lang.to_owned(),
        created: app.clock.now(),
        confirmed,
    };
    let id = tx.insert_user(&user)?;
    insert_keys(
        app,
        tx,
        &format!("/users/{}", new.name),
        &ready.rsa,
        ready.seed,
    )?;
    let person = Person {
        id,
        name: user.name,
        operator: new.operator,
        lang: user.lang,
        roles: Vec::new(),
    };
    let user = tx.find_user(id)?.ok_or(StoreError::NotFound)?;
    Ok((user, person))
}

/// Writes the two keys of a local actor.
///
/// # Errors
/// Where the store fails.
pub fn insert_keys(
    app: &App,
    tx: &mut Tx<'_>,
    owner: &str,
    rsa: &keys::RsaPair,
    seed: [u8; 32],
) -> Result<(), StoreError> {
    let created = app.clock.now();
    tx.insert_key(&KeyRecord {
        owner: owner.to_owned(),
        kind: RSA.to_owned(),
        public: rsa.public_pem.clone(),
        secret: Some(rsa.private_pem.clone().into_bytes()),
        created,
    })?;
    let multikey = rustine_domain::key::LogKey::from_seed(seed).multikey();
    tx.insert_key(&KeyRecord {
        owner: owner.to_owned(),
        kind: ED25519.to_owned(),
        public: multikey.to_string(),
        secret: Some(seed.to_vec()),
        created,
    })
}

fn check_email(email: &str) -> Result<(), AccountError> {
    let (local, domain) = email.rsplit_once('@').unwrap_or_default();
    let plain = email.len() <= 254
        && !email
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || c == ',');
    if plain
        && !local.is_empty()
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
    {
        return Ok(());
    }
    Err(AccountError::Email(email.chars().take(80).collect()))
}

/// All accounts.
///
/// # Errors
/// Where the store fails.
pub fn list(app: &App) -> Result<Vec<UserRecord>, AccountError> {
    app.db.read(|tx| {
        let mut all = Vec::new();
        loop {
            let after = all.last().map_or(0, |user: &UserRecord| user.id);
            let page = tx.list_users(after, 500)?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(page);
        }
    })
}

/// The person behind a name; `None` for the first operator, as commands without `--as` mean it.
///
/// # Errors
/// Where nobody has that name, or the account is closed.
pub fn person(app: &App, name: Option<&ActorName>) -> Result<Person, AccountError> {
    let users = list(app)?;
    let found = match name {
        Some(name) => users
            .iter()
            .find(|user| user.name == name.as_str())
            .and_then(Person::of),
        None => users
            .iter()
            .filter_map(Person::of)
            .find(|person| person.operator),
    };
    let missing = || {
        name.cloned()
            .unwrap_or_else(|| "operator".parse().expect("a valid name"))
    };
    let found = found.ok_or_else(|| AccountError::Unknown(missing()))?;
    let now = app.clock.now();
    let loaded = app.db.read(|tx| match tx.find_user(found.id)? {
        Some(user) => Person::load(tx, &user, now),
        None => Ok(None),
    })?;
    loaded.ok_or_else(|| AccountError::Unknown(missing()))
}

/// Makes a member an operator.
///
/// # Errors
/// Where nobody has that name.
pub fn promote(app: &App, name: &ActorName) -> Result<(), AccountError> {
    change(app, name, |user| OPERATOR.clone_into(&mut user.role))
}

/// Closes an account: its log-ins and tokens end at once.
///
/// # Errors
/// Where nobody has that name, or it is the last operator.
pub fn disable(app: &App, name: &ActorName) -> Result<(), AccountError> {
    let users = list(app)?;
    let mut operators = users
        .iter()
        .filter_map(Person::of)
        .filter(|person| person.operator)
        .map(|person| person.name);
    if operators.next().as_deref() == Some(name.as_str()) && operators.next().is_none() {
        return Err(AccountError::LastOperator(name.clone()));
    }
    change(app, name, |user| user.disabled = true)
}

/// Sets another password and ends the log-ins made with the old one.
///
/// # Errors
/// Where nobody has that name, or the password is too weak.
pub fn reset_password(app: &App, name: &ActorName, password: &str) -> Result<(), AccountError> {
    let hash = password::hash(password, &*app.entropy)?;
    change(app, name, |user| user.password_hash.clone_from(&hash))
}

/// Takes the second step away from somebody who lost device and recovery codes, and ends her log-ins.
///
/// # Errors
/// Where nobody has that name.
pub fn remove_second_step(app: &App, name: &ActorName) -> Result<(), AccountError> {
    app.db.write(|tx| {
        let user = tx
            .find_user_by_name(name.as_str())?
            .ok_or_else(|| AccountError::Unknown(name.clone()))?;
        tx.delete_totp(user.id)?;
        tx.replace_recovery_codes(user.id, &[])?;
        tx.delete_sessions_of(user.id)?;
        Ok(())
    })
}

fn change(app: &App, name: &ActorName, edit: impl Fn(&mut UserRecord)) -> Result<(), AccountError> {
    app.db.write(|tx| {
        let mut user = tx
            .find_user_by_name(name.as_str())?
            .ok_or_else(|| AccountError::Unknown(name.clone()))?;
        edit(&mut user);
        tx.update_user(&user)?;
        tx.delete_sessions_of(user.id)?;
        Ok(())
    })
}
