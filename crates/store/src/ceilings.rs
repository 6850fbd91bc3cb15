//! How many patches can match at most, known without counting them again: as many as were counted, and one more for
//! each write since that may have added one. What a quota asks with every proposal costs no more where many wait.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::patch_lists::PatchFilter;
use crate::tx::Connection;
use crate::{StoreError, Tx, sqlite};

/// Counts kept at most; each costs the text of its filter.
const CAPACITY: usize = 1024;

/// The memory of the one process that writes to a SQLite database.
#[derive(Debug, Default)]
pub(crate) struct Ceilings {
    /// Writes to patches since the start, undone ones included, so that a ceiling is rather too high. It is too low
    /// only where a commit failed after a count that saw its decisions: until the next count.
    writes: AtomicI64,
    counted: Mutex<HashMap<String, Counted>>,
}

#[derive(Debug, Clone, Copy)]
struct Counted {
    count: i64,
    at: Moment,
}

/// A state of the database, as far as this process knows it.
#[derive(Debug, Clone, Copy)]
struct Moment {
    writes: i64,
    /// Differs after a commit of another process, such as a command beside the server.
    others: u64,
}

impl Ceilings {
    /// How many can match by now; `None` where it was not counted, or others have written since.
    fn most(&self, question: &str, now: Moment) -> Option<i64> {
        let counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = counted.get(question)?;
        (counted.at.others == now.others).then(|| counted.count + now.writes - counted.at.writes)
    }

    /// Runs what may be undone: where it wrote and then failed, its counts saw what is not there.
    pub(crate) fn watch<T, E>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let before = self.writes.load(Ordering::Relaxed);
        let result = work();
        if result.is_err() && self.writes.load(Ordering::Relaxed) != before {
            let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
            counted.clear();
        }
        result
    }

    fn keep(&self, question: String, counted: Counted) {
        let mut kept = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= CAPACITY {
            kept.clear();
        }
        kept.insert(question, counted);
    }
}

impl Tx<'_> {
    /// True where at least so many match; for a question that comes again and again, and hardly ever finds so many.
    pub fn fills_quota(&mut self, filter: &PatchFilter, quota: i64) -> Result<bool, StoreError> {
        let (Some(ceilings), Connection::Sqlite(connection)) =
            (self.ceilings, &mut self.connection)
        else {
            return Ok(self.count_patches(filter)? >= quota);
        };
        let at = Moment {
            writes: ceilings.writes.load(Ordering::Relaxed),
            others: sqlite::data_version(connection)?,
        };
        let question = format!("{filter:?}");
        if ceilings
            .most(&question, at)
            .is_some_and(|most| most < quota)
        {
            return Ok(false);
        }
        let count = self.count_patches(filter)?;
        ceilings.keep(question, Counted { count, at });
        Ok(count >= quota)
    }

    /// One more patch may match whatever is asked.
    pub(crate) fn raise_ceilings(&self) {
        if let Some(ceilings) = self.ceilings {
            ceilings.writes.fetch_add(1, Ordering::Relaxed);
        }
    }
}
