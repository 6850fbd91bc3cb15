//! Redactions that are obeyed before their entries are read, and what becomes of them where the entry is another one.

use rustine_domain::key::LogKey;
use rustine_domain::log::{Header, Refusal, Target};
use rustine_store::StoreError;

use super::super::apply::ApplyError;
use super::super::beyond::obey_beyond;
use super::super::missing::Filled;
use super::World;
use crate::log::obey::withhold;
use crate::testing::{Origin, field, row};

const PLACES: &str = "places";

impl World {
    /// Obeys what an origin's headers from a number on order.
    fn obey(&self, origin: &Origin, from: usize) -> Result<usize, ApplyError> {
        let headers: Vec<Header> = (from..origin.lines.len())
            .map(|seq| origin.header(seq))
            .collect();
        obey_beyond(&self.node.app, self.dataset, &headers)
    }

    fn places(&self) -> Option<String> {
        let rows = self.node.rows(self.dataset);
        rows[&row(2)].value(PLACES).map(str::to_owned)
    }

    /// A whole copy, a branch that orders an erasure at entry 4, and the branch that stands, with a rotation.
    fn parted() -> (Self, Origin, Origin) {
        let world = Self::new();
        world.follow(&world.origin);
        let (mut thief, mut owner) = (world.origin.clone(), world.origin.clone());
        thief.policy(1);
        thief.redact(row(2), PLACES, 2);
        owner.rotate();
        (world, thief, owner)
    }

    fn known(&self) -> (i64, usize) {
        let (redactions, beyond) = self
            .node
            .app
            .db
            .read(|tx| {
                Ok::<_, StoreError>((
                    tx.count_redactions(self.dataset)?,
                    tx.list_headers_beyond(self.dataset)?,
                ))
            })
            .unwrap();
        (redactions.0, beyond.len())
    }
}

#[test]
fn a_copy_that_stands_still_obeys_the_redactions_beyond_its_head() {
    let mut world = World::new();
    world.follow(&world.origin);
    world.origin.unknown();
    world.origin.rotate();
    world.origin.redact(row(2), PLACES, 2);
    let gap = world.obey(&world.origin, 4);
    assert!(
        matches!(gap, Err(ApplyError::Refused(Refusal::WrongPrev))),
        "{gap:?}"
    );
    assert_eq!(world.places().as_deref(), Some("12"));
    assert_eq!(world.obey(&world.origin, 3).unwrap(), 1);
    assert_eq!(world.seq(), 2);
    assert_eq!(world.places(), None);
    let body = world.node.app.db.read(|tx| tx.find_body(world.dataset, 2));
    assert!(!body.unwrap().unwrap().contains("\"12\""));
}

#[test]
fn what_a_displaced_branch_ordered_is_taken_from_other_sources() {
    let (world, thief, mut owner) = World::parted();
    assert_eq!(world.obey(&thief, 3).unwrap(), 1);
    assert_eq!(world.obey(&thief, 3).unwrap(), 1, "once more does the same");
    assert_eq!(world.known(), (1, 2));
    assert_eq!(world.places(), None);
    owner.set(row(1), "nom", "Mairie");
    world.follow(&owner);
    assert_eq!(world.known(), (0, 0));
    assert_eq!(world.lacking(), [2]);
    assert_eq!(world.fill(&owner.line(2)).unwrap(), Filled::Some(1));
    assert_eq!(world.places().as_deref(), Some("12"));
    world.is_at(&owner);
    assert_eq!(world.verify().unwrap(), 5);
}

#[test]
fn what_the_entries_confirm_stays_erased() {
    let (world, thief, _) = World::parted();
    world.obey(&thief, 3).unwrap();
    world.follow(&thief);
    assert_eq!(world.known(), (1, 0));
    assert!(world.lacking().is_empty());
    world.is_at(&thief);
}

#[test]
fn what_both_branches_order_stays_erased() {
    let (world, thief, mut owner) = World::parted();
    owner.policy(2);
    owner.redact(row(2), PLACES, 2);
    world.obey(&thief, 3).unwrap();
    world.obey(&owner, 3).unwrap();
    assert_eq!(world.known(), (1, 5));
    assert!(world.take(&owner.line(3)).is_ok());
    assert_eq!(world.known(), (1, 2), "those of the owner's branch");
    assert!(world.lacking().is_empty());
    world.follow(&owner);
    assert_eq!(world.known(), (1, 0));
    world.is_at(&owner);
}

#[test]
fn an_entry_that_does_not_hold_gives_nothing_back() {
    let (world, thief, owner) = World::parted();
    world.obey(&thief, 3).unwrap();
    let mut forged = owner.line(3);
    forged.body.as_mut().unwrap()["meta"]["salt"] = serde_json::json!("00".repeat(16));
    let refused = world.take(&forged);
    assert!(
        matches!(refused, Err(ApplyError::Refused(_))),
        "{refused:?}"
    );
    assert_eq!(world.known(), (1, 2));
    assert!(world.lacking().is_empty());
}

#[test]
fn what_is_withheld_here_stays_withheld_whoever_ordered_it_too() {
    let (world, thief, owner) = World::parted();
    let target = Target::Cell {
        seq: 2,
        row: row(2),
        field: field(PLACES),
        cell: owner.commitment(row(2), PLACES).unwrap(),
    };
    let app = &world.node.app;
    let record = world.node.record(super::ADDRESS);
    let withheld = app
        .db
        .write(|tx| withhold(app, tx, &record, std::slice::from_ref(&target)));
    withheld.unwrap();
    world.obey(&thief, 3).unwrap();
    world.follow(&owner);
    assert_eq!(world.known(), (1, 0));
    assert!(world.lacking().is_empty());
    assert_eq!(world.places(), None);
}

#[test]
fn a_role_that_only_a_displaced_branch_took_away_comes_back() {
    let mut world = World::new();
    let (first, second) = ("urn:uuid:1", "urn:uuid:2");
    let holder = "http://c.localhost:3/users/ana";
    let key = LogKey::from_seed([50; 32]).multikey().to_string();
    world.origin.grant(first, holder, "write", &key);
    world.origin.grant(second, holder, "write", &key);
    world.origin.revoke(second);
    world.follow(&world.origin);
    let (mut thief, mut owner) = (world.origin.clone(), world.origin.clone());
    thief.redact_meta(3);
    thief.redact_meta(4);
    owner.rotate();
    world.obey(&thief, 6).unwrap();
    let grant = |id: &str| {
        let found = world
            .node
            .app
            .db
            .read(|tx| tx.find_grant(world.dataset, id));
        found.unwrap().map(|grant| grant.revoked_seq)
    };
    assert_eq!(grant(first), None);
    world.follow(&owner);
    assert_eq!(world.lacking(), [3, 4]);
    for seq in [3, 4] {
        assert_eq!(world.fill(&owner.line(seq)).unwrap(), Filled::Some(1));
    }
    assert_eq!(grant(first), Some(None));
    assert_eq!(grant(second), Some(Some(5)), "it was ended meanwhile");
    assert!(world.lacking().is_empty());
}
