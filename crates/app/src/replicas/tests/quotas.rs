//! The limits of ours that a copied log may reach.

use super::super::apply::{ApplyError, Outcome, Quota};
use super::World;

impl World {
    /// Takes the log up to the first entry that is not applied.
    fn fill_up(&self) -> Option<ApplyError> {
        let from = usize::try_from(self.seq() + 1).unwrap();
        (from..self.origin.lines.len()).find_map(|seq| self.take(&self.origin.line(seq)).err())
    }

    fn log_bytes(&self) -> u64 {
        let state = self
            .node
            .app
            .db
            .read(|tx| tx.find_replica_state(self.dataset));
        state.unwrap().unwrap().log_bytes.unsigned_abs()
    }
}

#[test]
fn a_log_larger_than_the_limit_stops_before_the_entry_that_is_too_much() {
    let mut world = World::new();
    world.follow(&world.origin);
    let held = world.log_bytes();
    let lines: usize = world.origin.lines.iter().map(String::len).sum();
    let lines = u64::try_from(lines).unwrap();
    assert!(held < lines && held > lines - 100, "{held} of {lines}");
    world.origin.import(20);
    world.node = world
        .node
        .restarted(|settings| settings.limits.replica_bytes = held + 100);
    let before = world.node.record(super::ADDRESS);
    let full = world.fill_up();
    assert!(
        matches!(full, Some(ApplyError::Quota(Quota::Bytes))),
        "{full:?}"
    );
    assert!(
        full.unwrap()
            .to_string()
            .contains("`limits.replica_bytes` allows: raise it")
    );
    assert_eq!(world.node.record(super::ADDRESS), before);
    assert_eq!(world.log_bytes(), held, "nothing half applied");
    world.node = world
        .node
        .restarted(|settings| settings.limits.replica_bytes = held * 10);
    assert!(world.fill_up().is_none());
    world.is_at(&world.origin);
}

#[test]
fn a_log_with_more_entries_than_the_limit_stops() {
    let mut world = World::new();
    world.node = world
        .node
        .restarted(|settings| settings.limits.replica_entries = 2);
    let full = world.fill_up();
    assert!(
        matches!(full, Some(ApplyError::Quota(Quota::Entries))),
        "{full:?}"
    );
    assert_eq!(world.seq(), 1);
    let again = world.take(&world.origin.line(1));
    assert_eq!(again.unwrap(), Outcome::Same, "what is held stays");
}

#[test]
fn verifying_is_not_bounded_by_the_limits_of_copies() {
    let mut world = World::new();
    world.follow(&world.origin);
    world.node = world.node.restarted(|settings| {
        settings.limits.replica_bytes = 1;
        settings.limits.replica_entries = 1;
    });
    assert_eq!(world.verify().unwrap(), 5);
}
