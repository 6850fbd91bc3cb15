//! RSA keys, parsed once: ring signs three times and verifies eight times as fast as the `rsa` crate, which
//! only reads the key documents here.

use std::fmt;
use std::sync::Arc;

use moka::sync::Cache;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaPublicKeyComponents};
use rsa::RsaPublicKey;
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::pkcs8::{DecodePublicKey, SecretDocument};
use rsa::traits::PublicKeyParts;
use sha2::{Digest, Sha256};

/// Longest key document read, in bytes; a 4096-bit key has 800.
const MAX_PEM_BYTES: usize = 8 << 10;
/// Smallest modulus that is trusted, in bits.
const MIN_BITS: usize = 2048;

/// Why a key document is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// No PEM, no RSA key, or one with impossible numbers.
    #[error("the key is no RSA key in PEM")]
    Unreadable,
    /// Below 2048 bits.
    #[error("the RSA key has fewer than 2048 bits")]
    TooShort,
}

/// The public key of a remote actor, ready to verify. 2048 to 4096 bits.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl PublicKey {
    /// Reads `publicKeyPem` of an actor: `PUBLIC KEY` (SPKI), or `RSA PUBLIC KEY` (PKCS #1), which a few send.
    pub fn from_pem(pem: &str) -> Result<Self, InvalidKey> {
        if pem.len() > MAX_PEM_BYTES {
            return Err(InvalidKey::Unreadable);
        }
        let pem = pem.trim();
        let key = RsaPublicKey::from_public_key_pem(pem)
            .or_else(|_| RsaPublicKey::from_pkcs1_pem(pem))
            .map_err(|_| InvalidKey::Unreadable)?;
        if key.n().bits() < MIN_BITS {
            return Err(InvalidKey::TooShort);
        }
        Ok(Self {
            modulus: key.n().to_bytes_be(),
            exponent: key.e().to_bytes_be(),
        })
    }

    /// Whether this key signed `message` (RSASSA-PKCS1-v1_5, SHA-256).
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = RsaPublicKeyComponents {
            n: &self.modulus,
            e: &self.exponent,
        };
        key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            .is_ok()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({} bits)", self.modulus.len() * 8)
    }
}

/// Parsed public keys by the text they came from, so that a changed document is another key by itself.
#[derive(Clone)]
pub struct KeyCache(Cache<[u8; 32], Arc<PublicKey>>);

impl KeyCache {
    /// Holds at most `capacity` keys, about 400 bytes each.
    pub fn new(capacity: u64) -> Self {
        Self(Cache::new(capacity))
    }

    /// The key of this document.
    pub fn load(&self, pem: &str) -> Result<Arc<PublicKey>, InvalidKey> {
        let name = Sha256::digest(pem.as_bytes()).into();
        if let Some(key) = self.0.get(&name) {
            return Ok(key);
        }
        let key = Arc::new(PublicKey::from_pem(pem)?);
        self.0.insert(name, key.clone());
        Ok(key)
    }
}

/// The private key of a local actor, ready to sign. Parsing takes longer than signing: keep it.
pub struct SigningKey(KeyPair);

impl SigningKey {
    /// Reads a `PRIVATE KEY` (PKCS #8) in PEM; at least 2048 bits.
    pub fn from_pkcs8_pem(pem: &str) -> Result<Self, InvalidKey> {
        let (_, document) =
            SecretDocument::from_pem(pem.trim()).map_err(|_| InvalidKey::Unreadable)?;
        let key = KeyPair::from_pkcs8(document.as_bytes()).map_err(|rejected| {
            match rejected.to_string().as_str() {
                "TooSmall" => InvalidKey::TooShort,
                _ => InvalidKey::Unreadable,
            }
        })?;
        Ok(Self(key))
    }

    /// Signs `message` (RSASSA-PKCS1-v1_5, SHA-256): half a millisecond of a core.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.0.public().modulus_len()];
        self.0
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                message,
                &mut signature,
            )
            .expect("the buffer has the size of the modulus");
        signature
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey")
    }
}
