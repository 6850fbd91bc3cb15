//! What the processes on one database tell each other about a copy that one of them pulls.

use diesel::prelude::*;

use crate::StoreError;
use crate::schema::replica_states;
use crate::tx::{Tx, each};

impl Tx<'_> {
    /// There is an entry of this number.
    pub fn hint_copy(&mut self, dataset: i64, seq: i64) -> Result<(), StoreError> {
        let lower = replica_states::table
            .find(dataset)
            .filter(replica_states::hinted_seq.lt(seq));
        each!(self, |c| diesel::update(lower)
            .set(replica_states::hinted_seq.eq(seq))
            .execute(c))?;
        Ok(())
    }

    /// There is a redact entry of this number that is not applied: until it is, no process serves values of the copy.
    pub fn hint_redact(&mut self, dataset: i64, seq: i64) -> Result<(), StoreError> {
        self.hint_copy(dataset, seq)?;
        let lower = replica_states::table
            .find(dataset)
            .filter(replica_states::redact_seq.lt(seq));
        each!(self, |c| diesel::update(lower)
            .set(replica_states::redact_seq.eq(seq))
            .execute(c))?;
        Ok(())
    }

    /// The redact entries up to this number are done, or there are none; a higher one that somebody named meanwhile
    /// stays.
    pub fn release_redact(&mut self, dataset: i64, upto: i64) -> Result<(), StoreError> {
        let done = replica_states::table
            .find(dataset)
            .filter(replica_states::redact_seq.ne(-1))
            .filter(replica_states::redact_seq.le(upto));
        each!(self, |c| diesel::update(done)
            .set(replica_states::redact_seq.eq(-1))
            .execute(c))?;
        Ok(())
    }

    /// A process has asked once for what the copy missed, whatever came of it.
    pub fn note_attempt(&mut self, dataset: i64, holder: &str) -> Result<(), StoreError> {
        let other = replica_states::table
            .find(dataset)
            .filter(replica_states::attempted_by.ne(holder));
        each!(self, |c| diesel::update(other)
            .set(replica_states::attempted_by.eq(holder))
            .execute(c))?;
        Ok(())
    }
}
