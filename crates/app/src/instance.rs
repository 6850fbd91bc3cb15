//! What the instance keeps about itself, and its first hour.

use rustine_domain::ids::Hash;
use rustine_domain::key::{LogKey, commitment_of};
use rustine_store::{StoreError, Tx};

use crate::App;
use crate::accounts::account::insert_keys;
use crate::keys;

/// Keys of the table `instance`.
mod value {
    /// The hash of the recovery key, announced by every genesis.
    pub const NEXT: &str = "recovery_next";
    /// The origin that this database belongs to.
    pub const ORIGIN: &str = "origin";
}

/// Why an instance was not created or opened.
#[derive(Debug, thiserror::Error)]
pub enum InstanceError {
    /// There is one already.
    #[error("this database belongs to {0} already; nothing was changed")]
    Exists(String),
    /// The settings name another origin than the database.
    #[error(
        "the settings say {settings}, but this database was made for {database}: the origin stands in ids that other \
         servers keep and cannot change; put {database} back into rustine.toml"
    )]
    OtherOrigin {
        /// What the settings say.
        settings: String,
        /// What the database says.
        database: String,
    },
    /// The database holds no instance.
    #[error("this database holds no instance yet: run `rustine init`")]
    Empty,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Creates the instance: its actor's keys and its recovery key, which is returned as text to print and not kept.
///
/// # Errors
/// [`InstanceError::Exists`] where there is one.
pub fn create(app: &App) -> Result<String, InstanceError> {
    let rsa = app.entropy.rsa_pair();
    let seed = keys::generate_seed(&*app.entropy);
    let scribe_rsa = app.entropy.rsa_pair();
    let scribe_seed = keys::generate_seed(&*app.entropy);
    let recovery = LogKey::from_seed(keys::generate_seed(&*app.entropy));
    app.db.write(|tx| {
        if let Some(origin) = tx.find_instance_value(value::ORIGIN)? {
            return Err(InstanceError::Exists(origin));
        }
        tx.set_instance_value(value::ORIGIN, app.origin())?;
        tx.set_instance_value(
            value::NEXT,
            &commitment_of(&recovery.multikey()).to_string(),
        )?;
        insert_keys(app, tx, "/actor", &rsa, seed)?;
        insert_keys(app, tx, "/users/scribe", &scribe_rsa, scribe_seed)?;
        Ok(())
    })?;
    use base64::Engine as _;
    let seed = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(recovery.seed());
    Ok(format!("rustine-recovery-1 {seed} {}", recovery.multikey()))
}

/// Refuses a database that belongs to another origin, or to none.
///
/// # Errors
/// [`InstanceError`]
pub fn check(app: &App) -> Result<(), InstanceError> {
    let origin = app
        .db
        .read(|tx| tx.find_instance_value(value::ORIGIN))?
        .ok_or(InstanceError::Empty)?;
    if origin == app.origin() {
        return Ok(());
    }
    Err(InstanceError::OtherOrigin {
        settings: app.origin().to_owned(),
        database: origin,
    })
}

/// Announces another recovery key in every genesis and rotation from here on.
///
/// # Errors
/// Where the store fails.
pub fn set_recovery_next(tx: &mut Tx<'_>, next: Hash) -> Result<(), StoreError> {
    tx.set_instance_value(value::NEXT, &next.to_string())
}

/// The hash of the recovery key, for a genesis.
///
/// # Errors
/// [`StoreError::NotFound`] before `init`.
pub fn recovery_next(tx: &mut Tx<'_>) -> Result<Hash, StoreError> {
    let text = tx
        .find_instance_value(value::NEXT)?
        .ok_or(StoreError::NotFound)?;
    text.parse()
        .map_err(|_| StoreError::Other("the recovery hash is damaged: restore a backup".to_owned()))
}
