//! Which copies serve no values for now (`protocol.md` §3.6).

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustine_domain::time::Timestamp;

/// How long after a start a copy may be held back at most, in seconds.
const LONGEST_SECONDS: i64 = 60;

/// What the documents know about the copies of other instances' datasets.
///
/// After a start a copy serves headers only until it has asked once for what it missed, because among that
/// may be an erasure; and as long as it knows of an erasure that it has not done. Shared as `web::Data<Hold>`
/// by the handlers and by whoever drives replication.
#[derive(Debug)]
pub struct Hold {
    started: Timestamp,
    copies: Mutex<HashMap<i64, State>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct State {
    caught_up: bool,
    behind_redact: bool,
}

impl Hold {
    /// A hold that begins at the start of the program.
    pub fn new(started: Timestamp) -> Self {
        Self {
            started,
            copies: Mutex::default(),
        }
    }

    /// Notes that a copy has made its first attempt to catch up, whatever came of it.
    pub fn attempted(&self, dataset: i64) {
        self.copies().entry(dataset).or_default().caught_up = true;
    }

    /// Notes that a copy knows, or no longer knows, of a redact entry that it has not applied.
    pub fn set_behind_redact(&self, dataset: i64, behind: bool) {
        self.copies().entry(dataset).or_default().behind_redact = behind;
    }

    /// True where no value of this copy may be served now.
    pub fn holds_back(&self, dataset: i64, now: Timestamp) -> bool {
        let copy = self.copies().get(&dataset).copied().unwrap_or_default();
        let waiting = !copy.caught_up && now < self.started.plus_seconds(LONGEST_SECONDS);
        copy.behind_redact || waiting
    }

    fn copies(&self) -> MutexGuard<'_, HashMap<i64, State>> {
        // Two flags of one copy are written at once, so a panic elsewhere leaves nothing half done.
        self.copies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds).unwrap()
    }

    #[test]
    fn a_copy_waits_for_its_first_attempt_but_not_for_ever() {
        let hold = Hold::new(at(1000));
        assert!(hold.holds_back(1, at(1059)));
        assert!(!hold.holds_back(1, at(1060)));
        hold.attempted(2);
        assert!(!hold.holds_back(2, at(1001)));
        assert!(hold.holds_back(1, at(1001)));
    }

    #[test]
    fn a_copy_behind_an_erasure_serves_no_values_at_all() {
        let hold = Hold::new(at(1000));
        hold.attempted(1);
        hold.set_behind_redact(1, true);
        assert!(hold.holds_back(1, at(9999)));
        hold.set_behind_redact(1, false);
        assert!(!hold.holds_back(1, at(9999)));
    }
}
