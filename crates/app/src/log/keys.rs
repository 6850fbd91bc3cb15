//! The log keys of our datasets.

use rustine_domain::key::{LogKey, Multikey};
use rustine_store::{StoreError, Tx};

/// Kind of an Ed25519 key that signs a log (datasets), reviews (persons) or receipts (the instance).
pub const ED25519: &str = "ed25519";
/// Kind of an RSA key that signs HTTP requests.
pub const RSA: &str = "rsa";

/// The Ed25519 key of a local actor, by its local path and its public part: a dataset signs with the key that its log
/// names, whatever other keys are kept.
///
/// # Errors
/// [`StoreError::NotFound`] where the key is not kept here.
pub fn load_key_of(tx: &mut Tx<'_>, owner: &str, public: &Multikey) -> Result<LogKey, StoreError> {
    let record = tx
        .find_key_by_public(owner, ED25519, &public.to_string())?
        .ok_or(StoreError::NotFound)?;
    let seed: [u8; 32] = record
        .secret
        .as_deref()
        .and_then(|secret| secret.try_into().ok())
        .ok_or_else(|| {
            StoreError::Other(format!("the key of {owner} is damaged: restore a backup"))
        })?;
    Ok(LogKey::from_seed(seed))
}
