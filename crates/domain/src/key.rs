//! Ed25519 keys in their wire form, a Multikey (`protocol.md` §3.3).

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::{Hash, InvalidId};
use crate::json::sha256;

/// The multicodec prefix of an Ed25519 public key.
const ED25519_PUBLIC: [u8; 2] = [0xed, 0x01];

/// An Ed25519 public key; its text is `z` and base58btc, as in `z6Mk…`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Multikey([u8; 32]);

impl Multikey {
    /// Verifies strictly: no weak key, no second spelling of a signature.
    pub fn verify_strict(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        VerifyingKey::from_bytes(&self.0).is_ok_and(|key| {
            key.verify_strict(message, &Signature::from(signature))
                .is_ok()
        })
    }

    /// The 32 raw bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Multikey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [0; 34];
        bytes[..2].copy_from_slice(&ED25519_PUBLIC);
        bytes[2..].copy_from_slice(&self.0);
        write!(f, "z{}", bs58::encode(bytes).into_string())
    }
}

impl fmt::Debug for Multikey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Multikey {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let read = || {
            let bytes = bs58::decode(text.strip_prefix('z')?).into_vec().ok()?;
            let key: [u8; 32] = bytes.strip_prefix(&ED25519_PUBLIC)?.try_into().ok()?;
            // A text that is no point of the curve could never verify anything.
            VerifyingKey::from_bytes(&key).ok()?;
            Some(Self(key))
        };
        read().ok_or_else(|| InvalidId {
            text: text.chars().take(80).collect(),
            expected: "an Ed25519 Multikey (z6Mk…)",
        })
    }
}

impl Serialize for Multikey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Multikey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// An Ed25519 secret: a dataset's log key, a recovery key, or the key of a person or an instance.
#[derive(Clone)]
pub struct LogKey(SigningKey);

impl LogKey {
    /// The key of a 32-byte seed; the seed is the secret.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&seed))
    }

    /// The secret seed, for the store. Never log it.
    pub fn seed(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The public half.
    pub fn multikey(&self) -> Multikey {
        Multikey(self.0.verifying_key().to_bytes())
    }

    /// Signs a message.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogKey({})", self.multikey())
    }
}

/// What a header announces as `next`: SHA-256 of the recovery key's Multikey text.
pub fn commitment_of(key: &Multikey) -> Hash {
    sha256(key.to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_multikey_has_one_spelling() {
        let text = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
        assert_eq!(text.parse::<Multikey>().unwrap().to_string(), text);
        for bad in [
            "6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
            "z16MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
            "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ",
            "z0",
            "z",
            "",
        ] {
            assert!(bad.parse::<Multikey>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_signature_holds_for_its_key_and_message_only() {
        let (key, other) = (LogKey::from_seed([1; 32]), LogKey::from_seed([2; 32]));
        let signature = key.sign(b"entry");
        assert!(key.multikey().verify_strict(b"entry", &signature));
        assert!(!key.multikey().verify_strict(b"entrz", &signature));
        assert!(!other.multikey().verify_strict(b"entry", &signature));
    }

    #[test]
    fn a_weak_key_verifies_nothing() {
        // The neutral element: with it R = s·B verifies for every message unless checked strictly.
        let mut point = [0; 32];
        point[0] = 1;
        let mut signature = [0; 64];
        signature[0] = 1;
        assert!(!Multikey(point).verify_strict(b"anything", &signature));
    }

    #[test]
    fn a_secret_never_shows_in_debug_output() {
        let key = LogKey::from_seed([7; 32]);
        assert_eq!(format!("{key:?}"), format!("LogKey({})", key.multikey()));
    }
}
