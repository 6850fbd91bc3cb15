//! Whatever changes a queue is told to the instances that read it: a hint each, in the same transaction.

use super::*;
use crate::patches::withdraw::{self, Proof};
use crate::patches::{expire, receive as offers};

/// How many hints wait for each of the two partners.
fn hints(world: &World) -> [usize; 2] {
    let queued = world
        .app()
        .db
        .read(|tx| tx.list_outbox("queued", 0, 10_000));
    let queued = queued.unwrap();
    ["b.localhost:2", "c.localhost:3"].map(|host| {
        let told = queued
            .iter()
            .filter(|row| row.object_key.starts_with("queue:") && row.inbox.contains(host));
        told.count()
    })
}

/// What happens tells each partner once.
fn tells(world: &World, what: &str, happens: impl FnOnce()) {
    let before = hints(world);
    happens();
    assert_eq!(hints(world), before.map(|count| count + 1), "{what}");
}

#[test]
fn a_withdrawal_is_told_to_the_partners() {
    let world = World::new(2, 2);
    let proof = Proof::Person(world.patch, world.desk.lea.clone());
    tells(&world, "a withdrawal here", || {
        withdraw::withdraw(world.app(), &proof).unwrap();
    });
    assert_eq!(world.status(), "withdrawn");
}

#[test]
fn a_withdrawal_from_elsewhere_is_told_to_the_partners() {
    let world = World::new(2, 2);
    let offer = "http://d.localhost:4/activities/1";
    world.change(|patch| {
        patch.proposer_host = "d.localhost:4".to_owned();
        patch.offer_id = Some(offer.to_owned());
    });
    let actor = "http://d.localhost:4/actor";
    tells(&world, "an Undo", || {
        let app = world.app();
        let done = app.db.write(|tx| offers::undone(app, tx, actor, offer));
        done.unwrap();
    });
    assert_eq!(world.status(), "withdrawn");
}

#[test]
fn an_expiry_is_told_to_the_partners() {
    let world = World::new(2, 2);
    let days = u64::from(world.app().settings.limits.proposal_days);
    world.desk.node.clock.advance(days * 86_400 + 1);
    tells(&world, "an expiry", || {
        assert_eq!(expire::expire(world.app()).unwrap(), 1);
    });
    assert_eq!(world.status(), "expired");
}

#[test]
fn a_hint_that_comes_while_a_queue_is_read_has_it_read_again() {
    let world = World::new(2, 2);
    let (app, dataset) = (world.app(), world.patch().dataset);
    let now = app.clock.now();
    let due_after_reading = |hinted: bool| {
        let claimed = rustine_store::RemoteQueueRecord {
            dataset,
            due_at: now.plus_seconds(600),
            read_at: None,
            error: None,
        };
        app.db.write(|tx| tx.put_remote_queue(&claimed)).unwrap();
        if hinted {
            let hint = app
                .db
                .write(|tx| crate::grants::learn::queue_is_due(tx, dataset, now));
            hint.unwrap();
        }
        queues::take(app, dataset, &[]).unwrap();
        let queue = app.db.read(|tx| tx.find_remote_queue(dataset)).unwrap();
        queue.unwrap().due_at
    };
    assert_eq!(due_after_reading(true), now);
    assert_eq!(due_after_reading(false), now.plus_seconds(600));
}
