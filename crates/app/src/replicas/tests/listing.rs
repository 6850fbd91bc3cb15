//! What an origin says about its copies: the others are remembered, and one that forgot ours is asked again.

use rustine_domain::ids::Host;
use rustine_store::{FollowRecord, OutboxRecord, StoreError, Tx};

use super::{URL, World};
use crate::context::uri;
use crate::follows::REJECTED;
use crate::follows::ask::RENEW_SECONDS;
use crate::follows::receive::{accepted, rejected};
use crate::replicas::listing;

impl World {
    fn hosts(names: &[&str]) -> Vec<Host> {
        names.iter().map(|name| name.parse().unwrap()).collect()
    }

    /// The origin's list of copies comes in.
    fn lists(&self, names: &[&str]) {
        listing::take(&self.node.app, self.dataset, &Self::hosts(names)).unwrap();
    }

    fn asked(&self) -> FollowRecord {
        let found = self
            .node
            .app
            .db
            .read(|tx| tx.find_follow("/actor", URL))
            .unwrap();
        found.expect("the origin was asked to push")
    }

    fn is_granted(&self) {
        let (app, id) = (&self.node.app, self.asked().activity_id);
        app.db
            .write(|tx| accepted(app, tx, &uri(URL), &uri(&id)))
            .unwrap();
    }

    /// How many requests to push were queued so far.
    fn requests(&self) -> usize {
        let key = format!("follow:{URL}");
        let is_request = |record: &&OutboxRecord| record.object_key == key;
        let queued = |tx: &mut Tx<'_>| tx.list_outbox("queued", 0, 100);
        let queued = self.node.app.db.read(queued).unwrap();
        queued.iter().filter(is_request).count()
    }
}

#[test]
fn instances_that_keep_a_copy_too_are_remembered() -> Result<(), StoreError> {
    let world = World::new();
    world.lists(&["c.localhost:3", "b.localhost:2"]);
    let app = &world.node.app;
    let known = app.db.read(|tx| tx.list_copy_holders(world.dataset))?;
    assert_eq!(known, ["c.localhost:3"], "we are none of the others");
    Ok(())
}

#[test]
fn a_partner_that_does_not_list_us_any_more_is_asked_again() {
    let world = World::new();
    world.node.befriend("a.localhost:1");
    world.is_granted();
    world.lists(&["c.localhost:3", "b.localhost:2"]);
    assert_eq!(world.requests(), 1, "it knows us");
    let first = world.asked().activity_id;
    world.lists(&["c.localhost:3"]);
    assert_eq!(world.requests(), 2);
    assert_ne!(
        world.asked().activity_id,
        first,
        "an answer to the old one counts no more"
    );
    // While the answer is on its way, nothing more is sent; where it is lost, an hour later.
    world.lists(&["c.localhost:3"]);
    assert_eq!(world.requests(), 2);
    world.node.clock.advance(RENEW_SECONDS.unsigned_abs());
    world.lists(&["c.localhost:3"]);
    assert_eq!(world.requests(), 3);
    world.lists(&["c.localhost:3"]);
    assert_eq!(world.requests(), 3, "the hour begins anew");
}

#[test]
fn who_lists_partners_only_is_not_asked_again_by_others() {
    let world = World::new();
    world.is_granted();
    world.lists(&[]);
    assert_eq!(world.requests(), 1);
}

#[test]
fn an_origin_that_refused_us_is_left_alone() {
    let world = World::new();
    world.node.befriend("a.localhost:1");
    let (app, id) = (&world.node.app, world.asked().activity_id);
    app.db
        .write(|tx| rejected(app, tx, &uri(URL), &uri(&id)))
        .unwrap();
    world.lists(&[]);
    listing::follow_again(app, world.dataset).unwrap();
    assert_eq!(world.requests(), 1);
    assert_eq!(world.asked().state, REJECTED);
}
