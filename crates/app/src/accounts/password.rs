//! Passwords: Argon2id with the parameters that OWASP recommends, stored as a PHC string.
//!
//! Few are hashed at once, and few wait: whoever sends many passwords takes neither the memory nor the threads of
//! everybody else.

use std::sync::{Condvar, Mutex, PoisonError};

use argon2::password_hash::PasswordHasher as _;
use argon2::{Algorithm, Argon2, Params, PasswordVerifier as _, Version};

use crate::clock::Entropy;

/// Fewest characters of a password.
pub const MIN_CHARACTERS: usize = 10;
/// Most bytes of a password: hashing more would only cost time.
pub const MAX_BYTES: usize = 512;

/// Passwords hashed at once: each takes a core for some 30 ms and 19 MiB.
pub const AT_ONCE: usize = 2;
/// Passwords that wait for that; further ones are turned away.
pub const WAITING: usize = 12;

static TURNS: Turns = Turns::new(AT_ONCE, WAITING);

/// Why a password was not hashed or compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short.
    #[error("a password needs at least {MIN_CHARACTERS} characters")]
    Short,
    /// Too long.
    #[error("a password may have at most {MAX_BYTES} bytes")]
    Long,
    /// Too many others are being looked at.
    #[error("too many passwords are being checked: try again in a moment")]
    Busy,
}

/// Lets so many work at once, and so many wait.
struct Turns {
    at_once: usize,
    waiting: usize,
    taken: Mutex<Taken>,
    freed: Condvar,
}

struct Taken {
    working: usize,
    waiting: usize,
}

/// Somebody's turn, until it is dropped.
struct Turn<'a>(&'a Turns);

impl Turns {
    const fn new(at_once: usize, waiting: usize) -> Self {
        Self {
            at_once,
            waiting,
            taken: Mutex::new(Taken {
                working: 0,
                waiting: 0,
            }),
            freed: Condvar::new(),
        }
    }

    fn wait(&self) -> Result<Turn<'_>, PasswordError> {
        // A thread that panicked in between has changed nothing halfway.
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.working >= self.at_once {
            if taken.waiting >= self.waiting {
                return Err(PasswordError::Busy);
            }
            taken.waiting += 1;
            while taken.working >= self.at_once {
                taken = self
                    .freed
                    .wait(taken)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            taken.waiting -= 1;
        }
        taken.working += 1;
        Ok(Turn(self))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.working -= 1;
        drop(taken);
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
thread_local! {
    /// Passwords that this thread hashed: what an answer costs, without a clock.
    pub(super) static HASHED: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

fn hasher() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("the recommended parameters are valid");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Says why a password is refused.
///
/// # Errors
/// Where the password is too short or too long.
pub fn check(password: &str) -> Result<(), PasswordError> {
    if password.chars().count() < MIN_CHARACTERS {
        return Err(PasswordError::Short);
    }
    if password.len() > MAX_BYTES {
        Err(PasswordError::Long)
    } else {
        Ok(())
    }
}

/// Hashes a password that is long enough. Takes about 30 ms and 19 MiB.
///
/// # Errors
/// Where the password is too short or too long, or too many others wait.
pub fn hash(password: &str, entropy: &dyn Entropy) -> Result<String, PasswordError> {
    check(password)?;
    let _turn = TURNS.wait()?;
    let hash = hasher()
        .hash_password_with_salt(password.as_bytes(), &entropy.bytes::<16>())
        .expect("a password of this length can be hashed");
    Ok(hash.to_string())
}

/// True where the password is the one that was hashed. Costs the same for a malformed hash.
///
/// # Errors
/// [`PasswordError::Busy`], whosever password it is.
pub fn verify(password: &str, hash: &str) -> Result<bool, PasswordError> {
    // A login for an unknown name is checked against this, so that it takes as long as one for a known name.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let hash = if hash.is_empty() { NOBODY } else { hash };
    if password.len() > MAX_BYTES {
        return Ok(false);
    }
    let _turn = TURNS.wait()?;
    #[cfg(test)]
    HASHED.set(HASHED.get() + 1);
    Ok(hasher().verify_password(password.as_bytes(), hash).is_ok())
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
        assert_eq!(verify("correct horse battery", &hash), Ok(true));
        assert_eq!(verify("correct horse batterx", &hash), Ok(false));
    }

    #[test]
    fn lengths_have_limits() {
        assert_eq!(hash("short", &SystemEntropy), Err(PasswordError::Short));
        assert_eq!(
            hash(&"x".repeat(MAX_BYTES + 1), &SystemEntropy),
            Err(PasswordError::Long)
        );
    }

    #[test]
    fn nobody_has_a_password() {
        assert_eq!(verify("", ""), Ok(false));
        assert_eq!(verify("anything at all", ""), Ok(false));
    }

    #[test]
    fn few_passwords_are_hashed_at_once_and_few_wait() {
        static FEW: Turns = Turns::new(2, 1);
        let first = FEW.wait().unwrap();
        let second = FEW.wait().unwrap();
        let third = std::thread::spawn(|| drop(FEW.wait().unwrap()));
        while FEW.taken.lock().unwrap().waiting == 0 {
            std::thread::yield_now();
        }
        assert!(matches!(FEW.wait(), Err(PasswordError::Busy)));
        drop(first);
        third.join().unwrap();
        drop(second);
        assert_eq!(FEW.taken.lock().unwrap().working, 0);
        drop(FEW.wait().unwrap());
    }
}
