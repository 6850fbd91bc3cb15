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

/// Makes an RSA pair from a generator's bytes.
pub(crate) fn rsa_pair(generator: &mut (impl RngCore + CryptoRng)) -> RsaPair {
    let private = RsaPrivateKey::new(generator, RSA_BITS).expect("2,048 bits are supported");
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
