//! Tokens for the API: shown once, kept as a hash, revocable.

use rustine_store::{ApiTokenRecord, StoreError};

use super::{Person, secret_hash};
use crate::App;

/// What every token begins with, so that scanners of leaked secrets know it.
pub const PREFIX: &str = "rustine_";

/// Makes a token for a person. It is returned once and never shown again.
///
/// # Errors
/// Where the store fails.
pub fn create(app: &App, person: &Person, label: &str) -> Result<String, StoreError> {
    let token = format!("{PREFIX}{}", app.entropy.token());
    let record = ApiTokenRecord {
        token_hash: secret_hash(&token),
        user_id: person.id,
        label: label.to_owned(),
        created: app.clock.now(),
        revoked: false,
    };
    app.db.write(|tx| tx.insert_api_token(&record))?;
    Ok(token)
}

/// Whose token this is; `None` for an unknown or revoked one, or a closed account.
///
/// # Errors
/// Where the store fails.
pub fn whose(app: &App, token: &str) -> Result<Option<Person>, StoreError> {
    let hash = secret_hash(token);
    let now = app.clock.now();
    app.db.read(|tx| match tx.find_user_by_api_token(&hash)? {
        Some(user) => Person::load(tx, &user, now),
        None => Ok(None),
    })
}
