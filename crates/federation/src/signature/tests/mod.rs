//! Against requests that other software really sent, the vectors of the draft, and what must be refused.

mod captured;
pub(crate) mod fixtures;
mod forged;
mod forms;
mod vectors;

use std::sync::{Arc, OnceLock};

use rsa::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use rustine_domain::time::Timestamp;
use rustine_outbound::Url;

use super::{Fields, PublicKey, SigningKey};

/// 2026-11-21T19:27:48Z.
pub(crate) const NOW: i64 = 1_795_289_268;

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds).unwrap()
}

/// One key pair for all tests, because making one takes long: (private, public) PEM.
pub(crate) fn pems() -> &'static (String, String) {
    static PEMS: OnceLock<(String, String)> = OnceLock::new();
    PEMS.get_or_init(|| {
        let mut rng = rand::rngs::OsRng;
        let key = rsa::RsaPrivateKey::new(&mut rng, 2048).unwrap();
        let public = key
            .to_public_key()
            .to_public_key_pem(LineEnding::LF)
            .unwrap();
        (
            key.to_pkcs8_pem(LineEnding::LF).unwrap().to_string(),
            public,
        )
    })
}

pub(crate) fn signing_key() -> Arc<SigningKey> {
    Arc::new(SigningKey::from_pkcs8_pem(&pems().0).unwrap())
}

fn public_key() -> PublicKey {
    PublicKey::from_pem(&pems().1).unwrap()
}

pub(crate) fn fields(fields: &[(&str, &str)]) -> Fields {
    Fields::new(fields.iter().map(|(name, value)| (*name, value.as_bytes())))
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}
