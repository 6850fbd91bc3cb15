//! The second step of a log-in: codes of six digits that a device computes (RFC 6238), and recovery codes for the day
//! on which it is lost. A code is taken once; recovery codes are shown once and kept as hashes.

use rustine_store::{StoreError, TotpRecord, Tx};
use totp_rs::{Builder, Totp};

use super::own::{self, OwnError};
use super::password::PasswordError;
use super::{Person, secret_hash};
use crate::App;

/// Recovery codes that a person is given.
pub const RECOVERY_CODES: usize = 10;
/// Periods of 30 seconds by which a device's clock may be off.
const SKEW: u16 = 1;
/// Letters of recovery codes: none that look like another.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz123456789";

/// A secret for a device, as it is shown to its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The secret in base32, to be typed.
    pub secret: String,
    /// The same for a camera: an `otpauth:` address.
    pub address: String,
}

/// Why the second step was not changed.
#[derive(Debug, thiserror::Error)]
pub enum SecondStepError {
    /// It is on: it has to be removed first.
    #[error("the second step is on already")]
    On,
    /// There is none to confirm or to remove.
    #[error("there is no second step")]
    Off,
    /// The code is wrong, or was used.
    #[error("this code is not right, or was used already")]
    Code,
    /// The password is not hers.
    #[error("the password is not right")]
    Password,
    /// Too many passwords are being looked at.
    #[error(transparent)]
    Busy(#[from] PasswordError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn totp(app: &App, person: &str, secret: &[u8]) -> Totp {
    // A colon ends the issuer in an `otpauth:` address.
    let issuer = app.host().to_string().replace(':', " ");
    Builder::new()
        .with_secret(secret.to_vec())
        .with_skew(SKEW)
        .with_account_name(person)
        .with_issuer(Some(issuer))
        .build()
        .expect("twenty bytes, and names without a colon")
}

/// True where a log-in of this person asks for a code.
///
/// # Errors
/// Where the store fails.
pub fn is_on(tx: &mut Tx<'_>, user: i64) -> Result<bool, StoreError> {
    Ok(tx.find_totp(user)?.is_some_and(|totp| totp.confirmed))
}

/// Shows the secret of a second step that is not on yet, and makes it where there is none.
///
/// # Errors
/// [`SecondStepError::On`]
pub fn enrol(app: &App, person: &Person) -> Result<Enrolment, SecondStepError> {
    let record = app.db.write(|tx| match tx.find_totp(person.id)? {
        Some(record) if record.confirmed => Err(SecondStepError::On),
        Some(record) => Ok(record),
        None => {
            let record = TotpRecord {
                user_id: person.id,
                secret: app.entropy.bytes::<20>().to_vec(),
                confirmed: false,
                last_step: 0,
                created: app.clock.now(),
            };
            tx.put_totp(&record)?;
            Ok(record)
        }
    })?;
    let totp = totp(app, &person.name, &record.secret);
    Ok(Enrolment {
        secret: totp.secret().to_base32(),
        address: totp.to_url().expect("the account has a name"),
    })
}

/// Switches the second step on: the device has shown a right code. Gives the recovery codes, once.
///
/// # Errors
/// [`SecondStepError`]
pub fn confirm(app: &App, person: &Person, code: &str) -> Result<Vec<String>, SecondStepError> {
    app.db.write(|tx| {
        let record = tx.find_totp(person.id)?.ok_or(SecondStepError::Off)?;
        if record.confirmed {
            return Err(SecondStepError::On);
        }
        if !take_code(app, tx, &record, code)? {
            return Err(SecondStepError::Code);
        }
        Ok(fresh_codes(app, tx, person.id)?)
    })
}

/// Other recovery codes in place of those before. Gives them, once.
///
/// # Errors
/// [`SecondStepError`]
pub fn renew_codes(
    app: &App,
    person: &Person,
    password: &str,
) -> Result<Vec<String>, SecondStepError> {
    check_password(app, person, password)?;
    app.db.write(|tx| {
        if !is_on(tx, person.id)? {
            return Err(SecondStepError::Off);
        }
        Ok(fresh_codes(app, tx, person.id)?)
    })
}

/// Removes the second step and its recovery codes.
///
/// # Errors
/// [`SecondStepError`]
pub fn remove(app: &App, person: &Person, password: &str) -> Result<(), SecondStepError> {
    check_password(app, person, password)?;
    app.db.write(|tx| {
        tx.replace_recovery_codes(person.id, &[])?;
        if tx.delete_totp(person.id)? {
            Ok(())
        } else {
            Err(SecondStepError::Off)
        }
    })
}

fn check_password(app: &App, person: &Person, password: &str) -> Result<(), SecondStepError> {
    match own::is_password(app, person, password) {
        Ok(true) => Ok(()),
        Ok(false) | Err(OwnError::Wrong) => Err(SecondStepError::Password),
        Err(OwnError::Password(error)) => Err(error.into()),
        Err(OwnError::Store(error)) => Err(error.into()),
    }
}

/// Takes a code of the device or a recovery code; false where it is wrong or was taken before.
///
/// # Errors
/// Where the store fails.
pub fn take(app: &App, tx: &mut Tx<'_>, user: i64, code: &str) -> Result<bool, StoreError> {
    let Some(record) = tx.find_totp(user)?.filter(|record| record.confirmed) else {
        return Ok(false);
    };
    if take_code(app, tx, &record, code)? {
        return Ok(true);
    }
    tx.take_recovery_code(user, &secret_hash(&plain(code)))
}

fn take_code(
    app: &App,
    tx: &mut Tx<'_>,
    record: &TotpRecord,
    code: &str,
) -> Result<bool, StoreError> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let now = app.clock.now().seconds().unsigned_abs();
    // The name is only for the address.
    match totp(app, "-", &record.secret).check(&digits, now) {
        Some(step) => tx.take_totp_step(record.user_id, step.cast_signed()),
        None => Ok(false),
    }
}

/// A recovery code as it is hashed: without what people add or leave out.
fn plain(code: &str) -> String {
    let letters = code.chars().filter(char::is_ascii_alphanumeric).take(40);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

fn fresh_codes(app: &App, tx: &mut Tx<'_>, user: i64) -> Result<Vec<String>, StoreError> {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code(app)).collect();
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| secret_hash(&plain(code))).collect();
    tx.replace_recovery_codes(user, &hashes)?;
    Ok(codes)
}

/// Sixteen letters of five bits: 80 bits, so that the hash of one opens nothing.
fn recovery_code(app: &App) -> String {
    let letters: Vec<u8> = app.entropy.bytes::<16>().to_vec();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|group| {
            let letter = |byte: &u8| char::from(LETTERS[usize::from(byte & 31)]);
            group.iter().map(letter).collect()
        })
        .collect();
    groups.join("-")
}

#[cfg(test)]
mod tests;
