//! The second step of a log-in: the secret that codes are computed from, and the hashes of recovery codes.

use diesel::prelude::*;
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::Col;
use crate::schema::{recovery_codes, totps};
use crate::tx::{Tx, each};

/// What a person's codes are computed from (RFC 6238).
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = totps)]
pub struct TotpRecord {
    /// Whose it is.
    pub user_id: i64,
    /// Shared with her device.
    pub secret: Vec<u8>,
    /// She has shown a code: from then on a log-in asks for one.
    pub confirmed: bool,
    /// The period of the last code that was taken; codes of it and of earlier ones are refused.
    pub last_step: i64,
    /// When it was made.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
}

impl Tx<'_> {
    /// A person's second step.
    pub fn find_totp(&mut self, user_id: i64) -> Result<Option<TotpRecord>, StoreError> {
        each!(self, |c| totps::table
            .find(user_id)
            .select(TotpRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// Writes a second step in place of the one before.
    pub fn put_totp(&mut self, totp: &TotpRecord) -> Result<(), StoreError> {
        self.delete_totp(totp.user_id)?;
        each!(self, |c| diesel::insert_into(totps::table)
            .values((
                totps::user_id.eq(totp.user_id),
                totps::secret.eq(&totp.secret),
                totps::confirmed.eq(totp.confirmed),
                totps::last_step.eq(totp.last_step),
                totps::created.eq(totp.created.seconds()),
            ))
            .execute(c))?;
        Ok(())
    }

    /// Takes the code of a period, once: false where that period or a later one was taken already.
    pub fn take_totp_step(&mut self, user_id: i64, step: i64) -> Result<bool, StoreError> {
        let fresh = totps::table.find(user_id).filter(totps::last_step.lt(step));
        Ok(each!(self, |c| diesel::update(fresh)
            .set((totps::last_step.eq(step), totps::confirmed.eq(true)))
            .execute(c))?
            > 0)
    }

    /// Removes a second step; true where there was one.
    pub fn delete_totp(&mut self, user_id: i64) -> Result<bool, StoreError> {
        Ok(each!(self, |c| diesel::delete(totps::table.find(user_id))
            .execute(c))?
            > 0)
    }

    /// Puts these recovery codes in place of those before.
    pub fn replace_recovery_codes(
        &mut self,
        user_id: i64,
        hashes: &[Vec<u8>],
    ) -> Result<(), StoreError> {
        let old = recovery_codes::table.filter(recovery_codes::user_id.eq(user_id));
        each!(self, |c| diesel::delete(old).execute(c))?;
        for hash in hashes {
            each!(self, |c| diesel::insert_into(recovery_codes::table)
                .values((
                    recovery_codes::user_id.eq(user_id),
                    recovery_codes::code_hash.eq(hash),
                ))
                .execute(c))?;
        }
        Ok(())
    }

    /// Uses a recovery code up; false where the person has none like it.
    pub fn take_recovery_code(&mut self, user_id: i64, hash: &[u8]) -> Result<bool, StoreError> {
        let code = recovery_codes::table.find((user_id, hash));
        Ok(each!(self, |c| diesel::delete(code).execute(c))? > 0)
    }

    /// How many recovery codes a person has left.
    pub fn count_recovery_codes(&mut self, user_id: i64) -> Result<i64, StoreError> {
        each!(self, |c| recovery_codes::table
            .filter(recovery_codes::user_id.eq(user_id))
            .count()
            .get_result(c))
    }
}
