//! Imports that are made ready and written together, held against taking them one by one.

use rustine_domain::log::Line;

use super::{ADDRESS, World};
use crate::replicas::apply::{Outcome, apply};
use crate::replicas::imports::{Grown, Import, Target, ready, write};
use crate::testing::{Origin, row};

impl World {
    fn ready(&self, origin: &Origin, seq: usize) -> Option<Import> {
        let target = Target::load(&self.node.app, self.dataset).unwrap();
        ready(&target, origin.lines[seq].as_bytes())
    }

    /// Writes imports in one transaction, and gives what is left to be taken one by one.
    fn write(&self, imports: Vec<Import>, grown: &mut Grown) -> Vec<Line> {
        let mut imports = imports.into_iter();
        let first = imports.next().unwrap();
        write(
            &self.node.app,
            self.dataset,
            first,
            || imports.next(),
            grown,
        )
        .unwrap()
    }
}

/// A copy that holds the genesis, and a log with imports after it.
fn world(imports: u32) -> World {
    let mut world = World::new();
    world.origin = Origin::new(super::URL);
    for _ in 0..imports {
        world.origin.import(4);
    }
    world.take(&world.origin.line(0)).unwrap();
    world
}

#[test]
fn imports_written_together_come_to_the_state_of_their_origin() {
    let world = world(5);
    let mut grown = Grown::default();
    for seqs in [1..2, 2..5, 5..6] {
        let ready = seqs.map(|seq| world.ready(&world.origin, seq).unwrap());
        assert!(world.write(ready.collect(), &mut grown).is_empty());
    }
    world.is_at(&world.origin);
    assert_eq!(world.node.record(ADDRESS).row_count, 20);
    assert_eq!(world.verify().unwrap(), 20);
}

#[test]
fn what_others_write_between_two_imports_is_not_lost() {
    let mut world = world(1);
    let mut grown = Grown::default();
    let first = world.ready(&world.origin, 1).unwrap();
    assert!(world.write(vec![first], &mut grown).is_empty());
    world.origin.set(row(1), "nom", "Mairie");
    world.origin.delete(row(2));
    world.follow(&world.origin);
    world.origin.import(3);
    let last = world.ready(&world.origin, 4).unwrap();
    assert!(world.write(vec![last], &mut grown).is_empty());
    world.is_at(&world.origin);
    assert_eq!(world.verify().unwrap(), 6);
}

#[test]
fn an_import_that_is_not_the_next_entry_comes_back_with_those_beside_it() {
    let world = world(3);
    let two = [1, 3].map(|seq| world.ready(&world.origin, seq).unwrap());
    let left = world.write(two.into(), &mut Grown::default());
    let seqs: Vec<u64> = left.iter().map(|line| line.header.seq).collect();
    assert_eq!((seqs, world.seq()), (vec![1, 3], 0));
    assert!(world.node.rows(world.dataset).is_empty());
    assert!(matches!(
        world.take(&left[0]).unwrap(),
        Outcome::Applied { .. }
    ));
    assert_eq!(world.take(&left[1]).unwrap(), Outcome::Gap);
    world.follow(&world.origin);
    world.is_at(&world.origin);
}

#[test]
fn an_import_of_a_row_that_is_held_comes_back_to_be_refused() {
    let world = world(1);
    let mut thief = world.origin.clone();
    world.follow(&world.origin);
    // An origin that forgot its row signs it again.
    thief.forget_rows();
    thief.import(2);
    let again = world.ready(&thief, 2).unwrap();
    let left = world.write(vec![again], &mut Grown::default());
    assert_eq!(left.len(), 1);
    assert!(world.take(&left[0]).is_err());
    assert_eq!(world.seq(), 1);
    world.is_at(&world.origin);
}

#[test]
fn an_import_that_leads_to_another_state_comes_back_to_be_refused() {
    let world = world(1);
    let mut liar = world.origin.clone();
    // It says to have a row that it never told of.
    let untold = liar.rows[&row(1)].clone();
    liar.rows.insert(row(99), untold);
    liar.import(1);
    world.follow(&world.origin);
    let import = world.ready(&liar, 2).unwrap();
    let left = world.write(vec![import], &mut Grown::default());
    assert_eq!(left.len(), 1);
    assert!(world.take(&left[0]).is_err());
    world.is_at(&world.origin);
}

#[test]
fn an_import_signed_by_another_key_comes_back_to_be_refused() {
    let world = world(1);
    world.follow(&world.origin);
    let mut thief = world.origin.clone();
    thief.key = rustine_domain::key::LogKey::from_seed([77; 32]);
    thief.chain.key = thief.key.multikey();
    thief.import(1);
    let import = world.ready(&thief, 2).unwrap();
    let left = world.write(vec![import], &mut Grown::default());
    assert_eq!(left.len(), 1);
    assert!(world.take(&left[0]).is_err());
    assert_eq!(world.seq(), 1);
}

#[test]
fn what_was_erased_does_not_come_back_with_an_import() {
    let mut world = world(1);
    world.follow(&world.origin);
    world.origin.redact(row(2), "places", 1);
    world.origin.import(2);
    world.take(&world.origin.line(2)).unwrap();
    let import = world.ready(&world.origin, 3).unwrap();
    // Redactions are judged where all rules are known.
    let left = world.write(vec![import], &mut Grown::default());
    assert_eq!(left.len(), 1);
    world.take(&left[0]).unwrap();
    world.is_at(&world.origin);
    assert_eq!(
        world.node.rows(world.dataset)[&row(2)].value("places"),
        None
    );
}

#[test]
fn an_import_made_ready_under_another_schema_comes_back() {
    let mut world = world(0);
    world.origin.schema("Lieux d'inclusion");
    world.origin.import(2);
    let early = world.ready(&world.origin, 2).unwrap();
    world.take(&world.origin.line(1)).unwrap();
    assert_eq!(world.write(vec![early], &mut Grown::default()).len(), 1);
    let ready = world.ready(&world.origin, 2).unwrap();
    assert!(world.write(vec![ready], &mut Grown::default()).is_empty());
    world.is_at(&world.origin);
}

#[test]
fn an_import_counts_against_the_limits_of_the_copy() {
    let mut world = world(2);
    let all = world.origin.lines.len() as u64;
    world.node = world
        .node
        .restarted(|settings| settings.limits.replica_entries = all - 1);
    let two = [1, 2].map(|seq| world.ready(&world.origin, seq).unwrap());
    let left = world.write(two.into(), &mut Grown::default());
    assert_eq!(left.len(), 2);
    let app = &world.node.app;
    assert!(apply(app, world.dataset, "a.localhost:1", &left[0]).is_ok());
    assert!(apply(app, world.dataset, "a.localhost:1", &left[1]).is_err());
}
