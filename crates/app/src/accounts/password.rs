//! Passwords: Argon2id with the parameters that OWASP recommends, stored as a PHC string.

use argon2::password_hash::PasswordHasher as _;
use argon2::{Algorithm, Argon2, Params, PasswordVerifier as _, Version};

use crate::clock::Entropy;

/// Fewest characters of a password.
pub const MIN_CHARACTERS: usize = 10;
/// Most bytes of a password: hashing more would only cost time.
pub const MAX_BYTES: usize = 512;

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Too short.
    #[error("a password needs at least {MIN_CHARACTERS} characters")]
    Short,
    /// Too long.
    #[error("a password may have at most {MAX_BYTES} bytes")]
    Long,
}

fn hasher() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("the recommended parameters are valid");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Says why a password is refused.
///
/// # Errors
/// Where the password is too short or too long.
pub fn check(password: &str) -> Result<(), WeakPassword> {
    if password.chars().count() < MIN_CHARACTERS {
        return Err(WeakPassword::Short);
    }
    if password.len() > MAX_BYTES {
        Err(WeakPassword::Long)
    } else {
        Ok(())
    }
}

/// Hashes a password that is long enough. Takes about 30 ms and 19 MiB.
///
/// # Errors
/// Where the password is too short or too long.
pub fn hash(password: &str, entropy: &dyn Entropy) -> Result<String, WeakPassword> {
    check(password)?;
    let hash = hasher()
        .hash_password_with_salt(password.as_bytes(), &entropy.bytes::<16>())
        .expect("a password of this length can be hashed");
    Ok(hash.to_string())
}

/// True where the password is the one that was hashed. Costs the same for a malformed hash.
pub fn verify(password: &str, hash: &str) -> bool {
    // A login for an unknown name is checked against this, so that it takes as long as one for a known name.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let hash = if hash.is_empty() { NOBODY } else { hash };
    password.len() <= MAX_BYTES && hasher().verify_password(password.as_bytes(), hash).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemEntropy;

    #[test]
    fn a_password_is_recognised_and_another_is_not() {
        let hash = hash("correct horse battery", &SystemEntropy).unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert!(verify("correct horse battery", &hash));
        assert!(!verify("correct horse batterx", &hash));
    }

    #[test]
    fn lengths_have_limits() {
        assert_eq!(hash("short", &SystemEntropy), Err(WeakPassword::Short));
        assert_eq!(
            hash(&"x".repeat(MAX_BYTES + 1), &SystemEntropy),
            Err(WeakPassword::Long)
        );
    }

    #[test]
    fn nobody_has_a_password() {
        assert!(!verify("", ""));
        assert!(!verify("anything at all", ""));
    }
}
