//! Making the keys of local actors: RSA for HTTP signatures, Ed25519 for the log and for signed statements.

use ed25519_dalek::SigningKey;
use rand::{CryptoRng, RngCore};
use rsa::RsaPrivateKey;
use rsa::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding};

use crate::clock::Entropy;

/// Bits of an RSA key; what every fediverse server accepts.
pub const RSA_BITS: usize = 2048;

/// An RSA key pair as PEM text (PKCS #8 and SPKI).
#[derive(Clone, PartialEq, Eq)]
pub struct RsaPair {
    /// SPKI PEM, as actor documents show it.
    pub public_pem: String,
    /// PKCS #8 PEM.
    pub private_pem: String,
}

/// A fresh RSA pair. Takes 0.2 s or more: never called inside a request.
///
/// # Panics
/// Never: 2,048 is a size that the generator supports.
pub fn generate_rsa(entropy: &dyn Entropy) -> RsaPair {
    let private =
        RsaPrivateKey::new(&mut Source(entropy), RSA_BITS).expect("2,048 bits are supported");
    let public_pem = private
        .to_public_key()
        .to_public_key_pem(LineEnding::LF)
        .expect("a fresh key can be encoded");
    let private_pem = private
        .to_pkcs8_pem(LineEnding::LF)
        .expect("a fresh key can be encoded");
    RsaPair {
        public_pem,
        private_pem: private_pem.to_string(),
    }
}

/// A fresh Ed25519 seed.
pub fn generate_seed(entropy: &dyn Entropy) -> [u8; 32] {
    SigningKey::from_bytes(&entropy.bytes()).to_bytes()
}

/// Lends [`Entropy`] to crates that want a generator of their own kind.
struct Source<'a>(&'a dyn Entropy);

impl RngCore for Source<'_> {
    fn next_u32(&mut self) -> u32 {
        u32::from_le_bytes(self.0.bytes())
    }
    fn next_u64(&mut self) -> u64 {
        u64::from_le_bytes(self.0.bytes())
    }
    fn fill_bytes(&mut self, dest: &mut [u8]) {
        self.0.fill(dest);
    }
    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rand::Error> {
        self.0.fill(dest);
        Ok(())
    }
}

impl CryptoRng for Source<'_> {}
