//! Actors elsewhere and the keys that we know them by (`protocol.md` §7.7).
//!
//! Of an actor that holds something with us (a peer, a replica, the origin of a copy, whom we follow, a proposer
//! whose patch waits) the first key stays pinned. Another key seen suspends its rights until a person confirms it,
//! or until it announces that key in an `Update` signed by the pinned one. Start reading at [`keep`].

pub mod confirm;
pub mod inboxes;
pub mod keep;
#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustine_domain::checks::Check;
use rustine_store::{RemoteActorRecord, StoreError, Tx};
use sha2::{Digest as _, Sha256};

/// An actor's document and key are taken as they were fetched for this long.
pub const FRESH_SECONDS: i64 = 86_400;
/// A key that made no signature is fetched anew at most this often.
pub const REFRESH_SECONDS: i64 = 600;

/// Pins the key that an actor is known by, where none is pinned yet. Called in the transaction that begins the
/// relation; an actor that is not known yet is pinned when it is first fetched.
///
/// # Errors
/// Where the store fails.
pub fn pin(tx: &mut Tx<'_>, actor: &str) -> Result<(), StoreError> {
    let Some(mut record) = tx.find_remote_actor(actor)? else {
        return Ok(());
    };
    if record.pinned_key_pem.is_some() {
        return Ok(());
    }
    record.pinned_key_pem = Some(record.key_pem.clone());
    tx.put_remote_actor(&record)
}

/// The key that this actor's signatures are verified with.
pub fn key_in_force(actor: &RemoteActorRecord) -> &str {
    let pinned = actor.pinned_key_pem.as_deref();
    let pinned = pinned.filter(|_| Check::KeyContinuity.stands());
    pinned.unwrap_or(&actor.key_pem)
}

/// True for one and the same key, however its text is broken into lines.
pub fn same_key(one: &str, other: &str) -> bool {
    der(one) == der(other)
}

/// What people compare on the telephone: SHA-256 of the key in DER form, 64 hexadecimal digits. The same as
/// `openssl pkey -pubin -outform DER | sha256sum`.
pub fn fingerprint(pem: &str) -> String {
    Sha256::digest(der(pem))
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The bytes between the lines of dashes; the text itself where it is no PEM.
fn der(pem: &str) -> Vec<u8> {
    let lines = pem.lines().map(str::trim);
    let text: String = lines.filter(|line| !line.starts_with("-----")).collect();
    STANDARD
        .decode(&text)
        .unwrap_or_else(|_| pem.trim().as_bytes().to_vec())
}

/// What an operator is told of an actor whose rights are suspended.
pub fn sentence(actor: &RemoteActorRecord) -> String {
    format!(
        "{} shows another key than the one we know it by: what it sends is refused until `rustine peer confirm {}`",
        actor.id, actor.host
    )
}
