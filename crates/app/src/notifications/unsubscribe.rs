//! One click ends letters of one kind (RFC 8058), without logging in and for as long as the letter exists.
//!
//! The link holds person and kind under a keyed hash, and nothing is kept for it: whoever holds it can end these
//! letters and do nothing else, and the person can switch them on again.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use rustine_store::{StoreError, Tx};
use sha2::Sha256;

use super::{Kind, Rhythm};
use crate::App;
use crate::log::keys::ED25519;

/// What the link ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Whose letters.
    pub user: i64,
    /// Of which kind.
    pub kind: Kind,
}

/// Where one click ends letters of a kind.
///
/// # Errors
/// Where the store fails.
pub fn link(app: &App, tx: &mut Tx<'_>, user: i64, kind: Kind) -> Result<String, StoreError> {
    let said = format!("{user} {}", kind.word());
    let tag = mac(tx, &said)?.finalize().into_bytes();
    let mut token = said.into_bytes();
    token.push(b' ');
    token.extend_from_slice(&tag);
    Ok(app.url(&format!("/desabonnement/{}", URL_SAFE_NO_PAD.encode(token))))
}

/// What a link says; `None` for one that is not ours.
///
/// # Errors
/// Where the store fails.
pub fn read(tx: &mut Tx<'_>, token: &str) -> Result<Option<Ended>, StoreError> {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(token) else {
        return Ok(None);
    };
    let Some((said, tag)) = bytes
        .len()
        .checked_sub(33)
        .map(|at| (&bytes[..at], &bytes[at + 1..]))
    else {
        return Ok(None);
    };
    let Ok(said) = std::str::from_utf8(said) else {
        return Ok(None);
    };
    if mac(tx, said)?.verify_slice(tag).is_err() {
        return Ok(None);
    }
    let parts = said.split_once(' ');
    Ok(parts.and_then(|(user, kind)| {
        Some(Ended {
            user: user.parse().ok()?,
            kind: Kind::find(kind)?,
        })
    }))
}

/// Ends the letters that a link names; a second time changes nothing. `None` for a link that is not ours.
///
/// # Errors
/// Where the store fails.
pub fn end(app: &App, token: &str) -> Result<Option<Ended>, StoreError> {
    app.db.write(|tx| {
        let Some(ended) = read(tx, token)? else {
            return Ok(None);
        };
        if tx.find_user(ended.user)?.is_some() {
            tx.put_choice(ended.user, ended.kind.word(), Rhythm::Off.word())?;
        }
        Ok(Some(ended))
    })
}

/// Derived from the secret key of the instance actor, so that every server of one node has the same.
fn mac(tx: &mut Tx<'_>, said: &str) -> Result<Hmac<Sha256>, StoreError> {
    let key = tx.find_key("/actor", ED25519)?;
    let secret = key
        .and_then(|key| key.secret)
        .ok_or_else(|| StoreError::Other("the instance has no key".to_owned()))?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret).expect("HMAC takes keys of any length");
    mac.update(b"rustine1/unsubscribe\0");
    mac.update(said.as_bytes());
    Ok(mac)
}
