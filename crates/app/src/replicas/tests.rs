//! Entries of another instance's log, taken one by one.

mod beyond;
mod damage;
mod forks;
mod imports;
mod listing;
mod missing;
mod moves;
mod quotas;
mod silence;

use rustine_domain::log::{Line, Refusal};

use super::apply::{ApplyError, Outcome, apply, apply_all};
use super::rival::{Rival, judge_branch};
use crate::datasets::verify::{VerifyError, verify};
use crate::testing::{Origin, TestApp, row};

const URL: &str = "http://a.localhost:1/datasets/lieux";
const ADDRESS: &str = "lieux@a.localhost:1";

struct World {
    origin: Origin,
    node: TestApp,
    dataset: i64,
}

impl World {
    /// A log with five rows and a correction, and an empty copy of it.
    fn new() -> Self {
        let mut origin = Origin::new(URL);
        origin.import(5);
        origin.set(row(2), "places", "12");
        let node = TestApp::new("http://b.localhost:2");
        let dataset = node.copy(&origin, ADDRESS);
        Self {
            origin,
            node,
            dataset,
        }
    }

    fn take(&self, line: &Line) -> Result<Outcome, ApplyError> {
        apply(&self.node.app, self.dataset, "a.localhost:1", line)
    }

    /// Takes what of an origin's log is still missing here.
    fn follow(&self, origin: &Origin) {
        let from = usize::try_from(self.seq() + 1).unwrap();
        for seq in from..origin.lines.len() {
            let outcome = self.take(&origin.line(seq));
            assert!(
                matches!(outcome, Ok(Outcome::Applied { .. })),
                "{seq}: {outcome:?}"
            );
        }
    }

    fn seq(&self) -> i64 {
        self.node.record(ADDRESS).seq
    }

    fn is_at(&self, origin: &Origin) {
        let record = self.node.record(ADDRESS);
        assert_eq!(record.seq.unsigned_abs(), origin.chain.seq);
        assert_eq!(record.entry, origin.chain.entry);
        assert_eq!(record.state, origin.chain.state);
        assert!(self.node.differing(self.dataset, origin).is_empty());
    }

    fn verify(&self) -> Result<u64, VerifyError> {
        let address = ADDRESS.parse().unwrap();
        verify(&self.node.app, &address).map(|verified| verified.rows)
    }
}

#[test]
fn a_copy_comes_to_the_digest_of_its_origin_through_every_kind_of_entry() {
    let mut world = World::new();
    world.follow(&world.origin);
    world.is_at(&world.origin);
    let origin = &mut world.origin;
    origin.schema("Lieux d'inclusion");
    origin.delete(row(4));
    origin.import(2);
    origin.redact(row(2), "places", 2);
    origin.policy(2);
    origin.rotate();
    origin.set(row(1), "nom", "Mairie");
    origin.close();
    origin.redact(row(1), "nom", 8);
    let origin = world.origin.clone();
    world.follow(&origin);
    world.is_at(&origin);
    let record = world.node.record(ADDRESS);
    assert_eq!(record.title, "Lieux d'inclusion");
    assert_eq!(record.status, "closed");
    assert_eq!(record.row_count, 6);
    assert_eq!(world.verify().unwrap(), 6);
}

#[test]
fn what_is_redacted_stands_nowhere_any_more() {
    let mut world = World::new();
    world.origin.set(row(3), "places", "four hundred");
    world.origin.redact(row(3), "places", 3);
    let origin = world.origin.clone();
    world.follow(&origin);
    let bodies = world
        .node
        .app
        .db
        .read(|tx| tx.list_bodies(world.dataset, 0, 100))
        .unwrap();
    assert_eq!(bodies.len(), origin.lines.len());
    assert!(
        bodies
            .iter()
            .all(|(_, body)| !body.contains("four hundred"))
    );
    let rows = world.node.rows(world.dataset);
    assert_eq!(rows[&row(3)].value("places"), None);
    world.is_at(&origin);
}

#[test]
fn another_log_under_the_same_name_is_refused() {
    let world = World::new();
    let other = Origin::new("http://a.localhost:1/datasets/autre");
    let refused = world.take(&other.line(0));
    assert!(matches!(refused, Err(ApplyError::OtherLog)), "{refused:?}");
    assert_eq!(world.seq(), -1);
}

#[test]
fn an_entry_is_taken_once_and_in_its_turn() {
    let world = World::new();
    let origin = &world.origin;
    assert_eq!(world.take(&origin.line(1)).unwrap(), Outcome::Gap);
    world.take(&origin.line(0)).unwrap();
    assert_eq!(world.take(&origin.line(2)).unwrap(), Outcome::Gap);
    assert_eq!(world.take(&origin.line(0)).unwrap(), Outcome::Same);
    world.follow(origin);
    assert_eq!(world.take(&origin.line(1)).unwrap(), Outcome::Same);
    world.is_at(origin);
}

#[test]
fn several_entries_are_taken_together_or_not_at_all() {
    let mut world = World::new();
    world.origin.policy(1);
    let lines: Vec<Line> = (0..4).map(|seq| world.origin.line(seq)).collect();
    let all = |lines: &[Line]| apply_all(&world.node.app, world.dataset, "a.localhost:1", lines);
    let mut forged = lines.clone();
    forged[3].body = None;
    assert!(!all(&forged));
    assert_eq!(world.seq(), -1);
    assert!(world.node.rows(world.dataset).is_empty());
    assert!(all(&lines));
    world.is_at(&world.origin);
    assert!(all(&lines), "what is held already does no harm");
}

#[test]
fn one_changed_byte_of_a_value_is_refused_and_nothing_is_written() {
    let world = World::new();
    world.take(&world.origin.line(0)).unwrap();
    let before = world.node.record(ADDRESS);
    let forged = world.origin.lines[1].replace("lieu 3", "lieu 8");
    assert_ne!(forged, world.origin.lines[1]);
    let refused = world.take(&Line::parse(forged.as_bytes()).unwrap());
    assert!(
        matches!(refused, Err(ApplyError::Refused(Refusal::OpsHash))),
        "{refused:?}"
    );
    assert_eq!(world.node.record(ADDRESS), before);
    assert!(world.node.rows(world.dataset).is_empty());
    world.follow(&world.origin);
}

#[test]
fn a_header_signed_by_another_key_is_refused() {
    let world = World::new();
    world.follow(&world.origin);
    let mut thief = world.origin.clone();
    thief.key = rustine_domain::key::LogKey::from_seed([77; 32]);
    thief.chain.key = thief.key.multikey();
    thief.policy(1);
    let refused = world.take(&thief.line(3));
    assert!(
        matches!(refused, Err(ApplyError::Refused(Refusal::WrongSigner))),
        "{refused:?}"
    );
}

#[test]
fn a_rival_freezes_the_copy_and_nothing_more_is_applied() {
    let world = World::new();
    let (mut ours, mut theirs) = (world.origin.clone(), world.origin.clone());
    ours.set(row(1), "nom", "Mairie");
    theirs.set(row(1), "nom", "Gare");
    world.follow(&ours);
    assert_eq!(world.take(&theirs.line(3)).unwrap(), Outcome::Forked);
    assert_eq!(world.node.record(ADDRESS).status, "frozen");
    ours.policy(1);
    let next = world.take(&ours.line(4));
    assert!(matches!(next, Err(ApplyError::Frozen)), "{next:?}");
    let forks = world
        .node
        .app
        .db
        .read(|tx| tx.list_forks(world.dataset))
        .unwrap();
    assert_eq!(forks.len(), 1);
    assert_eq!(forks[0].entry, theirs.header(3).hash());
    assert_eq!(world.seq(), 3);
}

#[test]
fn a_frozen_copy_still_erases() {
    let world = World::new();
    let (mut ours, mut theirs) = (world.origin.clone(), world.origin.clone());
    ours.policy(1);
    theirs.policy(2);
    world.follow(&ours);
    world.take(&theirs.line(3)).unwrap();
    ours.redact(row(2), "places", 2);
    world.follow(&ours);
    assert_eq!(world.node.record(ADDRESS).status, "frozen");
    assert_eq!(
        world.node.rows(world.dataset)[&row(2)].value("places"),
        None
    );
}

#[test]
fn the_same_entry_with_another_signature_is_no_fork() {
    let world = World::new();
    world.follow(&world.origin);
    let header = world.origin.header(2);
    let again = Line {
        header,
        body: None,
        withheld: Vec::new(),
    };
    assert_eq!(world.take(&again).unwrap(), Outcome::Same);
}

#[test]
fn a_rotation_on_our_branch_ends_the_fork() {
    let world = World::new();
    let (mut ours, mut theirs) = (world.origin.clone(), world.origin.clone());
    ours.policy(1);
    theirs.policy(2);
    theirs.policy(3);
    world.follow(&ours);
    world.take(&theirs.line(3)).unwrap();
    ours.rotate();
    world.follow(&ours);
    assert_eq!(world.node.record(ADDRESS).status, "published");
    ours.set(row(1), "nom", "Mairie");
    world.follow(&ours);
    world.is_at(&ours);
    assert_eq!(world.take(&theirs.line(3)).unwrap(), Outcome::Evidence);
    assert_eq!(world.node.record(ADDRESS).status, "published");
}

#[test]
fn a_rotation_on_the_other_branch_displaces_what_we_held() {
    let world = World::new();
    let (mut stolen, mut owned) = (world.origin.clone(), world.origin.clone());
    stolen.set(row(1), "nom", "volé");
    stolen.policy(1);
    owned.policy(2);
    owned.rotate();
    owned.set(row(1), "nom", "Mairie");
    world.follow(&stolen);
    let branch: Vec<_> = (3..owned.lines.len())
        .map(|seq| owned.header(seq))
        .collect();
    let judged = judge_branch(&world.node.app, world.dataset, "c.localhost:3", &branch);
    assert_eq!(judged.unwrap(), Rival::Displaced);
    assert_eq!(world.seq(), -1);
    // Who still serves the stolen branch is not followed again.
    for seq in 0..3 {
        world.take(&stolen.line(seq)).unwrap();
    }
    assert_eq!(world.take(&stolen.line(3)).unwrap(), Outcome::Evidence);
    world.follow(&owned);
    world.is_at(&owned);
    assert_eq!(world.verify().unwrap(), 5);
}

#[test]
fn a_kind_of_a_later_version_stops_the_copy_before_it() {
    let mut world = World::new();
    world.follow(&world.origin);
    world.origin.unknown();
    let origin = &world.origin;
    assert_eq!(world.take(&origin.line(3)).unwrap(), Outcome::UpgradeNeeded);
    assert_eq!(world.seq(), 2);
}

#[test]
fn an_entry_of_the_day_after_tomorrow_is_held_back() {
    let mut world = World::new();
    world.follow(&world.origin);
    world.origin.chain.time = world.origin.chain.time.plus_seconds(2 * 86_400);
    world.origin.policy(1);
    let line = world.origin.line(3);
    assert_eq!(world.take(&line).unwrap(), Outcome::Ahead);
    world.node.clock.advance(86_400 + 60);
    assert!(matches!(world.take(&line), Ok(Outcome::Applied { .. })));
}

#[test]
fn an_entry_without_its_body_is_not_applied() {
    let world = World::new();
    let mut line = world.origin.line(0);
    line.body = None;
    let refused = world.take(&line);
    assert!(matches!(refused, Err(ApplyError::NoBody(0))), "{refused:?}");
}
