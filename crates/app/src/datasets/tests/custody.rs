//! What the next start does, by how the last run ended.

use rustine_store::ReplicaRecord;

use super::World;
use crate::custody::{self, CRASH_WAIT_SECONDS, LastStop};
use crate::testing::now;

impl World {
    fn with_a_copy() -> Self {
        let world = Self::new();
        let replica = ReplicaRecord {
            dataset: world.dataset,
            host: "b.localhost:2".into(),
            actor: "http://b.localhost:2/actor".into(),
            inbox: "http://b.localhost:2/inbox".into(),
            listed: true,
            accepted_at: now(),
        };
        let app = &world.origin.app;
        app.db.write(|tx| tx.put_replica(&replica)).unwrap();
        world
    }

    fn begin(&self) -> Vec<custody::Waiting> {
        custody::begin(&self.origin.app).unwrap()
    }

    fn silent(&self) -> bool {
        let app = &self.origin.app;
        let waiting = custody::waiting(app).unwrap();
        custody::silent(app, &waiting[0]).unwrap()
    }

    fn end(&self) {
        custody::end(&self.origin.app).unwrap();
    }
}

#[test]
fn after_a_clean_stop_it_goes_on() {
    let world = World::with_a_copy();
    assert_eq!(world.begin()[0].after, LastStop::Clean, "the first start");
    assert!(world.silent());
    world.end();
    assert_eq!(world.begin()[0].after, LastStop::Clean);
}

#[test]
fn after_a_crash_it_waits_ten_minutes_and_not_again_and_again() {
    let world = World::with_a_copy();
    world.begin();
    assert!(world.silent());
    assert_eq!(world.begin()[0].after, LastStop::Crash);
    assert!(!world.silent());
    world
        .origin
        .clock
        .advance(CRASH_WAIT_SECONDS.unsigned_abs() / 2);
    // A command alone on the folder, which begins and ends well: it is still the same crash.
    world.begin();
    world.end();
    assert_eq!(world.begin()[0].after, LastStop::Crash);
    assert!(!world.silent());
    world
        .origin
        .clock
        .advance(CRASH_WAIT_SECONDS.unsigned_abs() / 2);
    assert!(world.silent());
    world.end();
    assert_eq!(world.begin()[0].after, LastStop::Clean);
}

#[test]
fn after_a_restore_only_a_copy_or_the_operator_ends_the_wait() {
    let world = World::with_a_copy();
    let app = &world.origin.app;
    custody::restored(app).unwrap();
    for _ in 0..3 {
        assert_eq!(world.begin()[0].after, LastStop::Restore);
        world.origin.clock.advance(86_400);
        assert!(!world.silent());
        world.end();
    }
    custody::accept_loss(app).unwrap();
    assert!(custody::waiting(app).unwrap().is_empty());
    custody::restored(app).unwrap();
    world.begin();
    custody::answered(app, &custody::waiting(app).unwrap()[0]).unwrap();
    assert!(custody::waiting(app).unwrap().is_empty());
    world.end();
    assert_eq!(world.begin()[0].after, LastStop::Clean);
}

#[test]
fn a_dataset_without_copies_has_nobody_to_ask() {
    let world = World::new();
    custody::restored(&world.origin.app).unwrap();
    assert!(world.begin().is_empty());
    world.set(1, "nom", "Mairie");
    world.end();
    assert!(world.begin().is_empty());
}
