//! Proposals whose time has run out.

use rustine_store::PatchFilter;

use super::World;
use crate::patches::expire::{expire, expires_at, warn};

fn statuses(world: &World) -> Vec<String> {
    let filter = PatchFilter::default();
    let app = &world.origin.app;
    let patches = app
        .db
        .read(|tx| tx.list_patches(&filter, None, 10))
        .unwrap();
    let mut statuses: Vec<String> = patches.into_iter().map(|patch| patch.status).collect();
    statuses.sort();
    statuses
}

#[test]
fn a_proposal_that_nobody_decides_ends_after_ninety_days() {
    let world = World::new();
    world.propose(1, "Mairie");
    world.origin.clock.advance(90 * 86_400 - 10);
    world.propose(2, "Gare");
    assert_eq!(expire(&world.origin.app).unwrap(), 0);
    world.origin.clock.advance(10);
    assert_eq!(expire(&world.origin.app).unwrap(), 1);
    assert_eq!(statuses(&world), ["expired", "pending"]);
    assert_eq!(expire(&world.origin.app).unwrap(), 0);
}

#[test]
fn the_time_without_a_decision_is_the_operator_s_to_announce() {
    let mut world = World::new();
    world.origin = world
        .origin
        .restarted(|settings| settings.limits.proposal_days = 2);
    world.propose(1, "Mairie");
    let app = &world.origin.app;
    let announced = expires_at(app, app.clock.now());
    world.origin.clock.advance(2 * 86_400 - 1);
    assert_eq!(expire(&world.origin.app).unwrap(), 0);
    world.origin.clock.advance(1);
    assert_eq!(world.origin.app.clock.now(), announced);
    assert_eq!(expire(&world.origin.app).unwrap(), 1);
    let told = world
        .origin
        .app
        .db
        .read(|tx| tx.list_patches(&PatchFilter::default(), None, 1));
    let reason = told.unwrap().remove(0).reason.unwrap();
    assert!(
        reason.contains("2 jours") && reason.contains("2 days"),
        "{reason}"
    );
}

#[test]
fn moderators_are_told_once_a_week_before_a_proposal_expires() {
    let world = World::new();
    let app = &world.origin.app;
    let lea = crate::patches::desk::Desk::person(&world.origin, "lea", crate::accounts::OPERATOR);
    let told = || -> Vec<String> {
        let lines = app.db.read(|tx| tx.list_notifications(lea.id, None, 99));
        let mut kinds: Vec<String> = lines.unwrap().into_iter().map(|line| line.kind).collect();
        kinds.sort();
        kinds
    };
    world.propose(1, "Mairie");
    world.origin.clock.advance(83 * 86_400 - 1);
    assert_eq!(warn(app).unwrap(), 0);
    assert_eq!(told(), ["to_decide"]);
    world.origin.clock.advance(1);
    assert_eq!((warn(app).unwrap(), warn(app).unwrap()), (1, 0));
    assert_eq!(told(), ["expires_soon", "to_decide"]);
    world.origin.clock.advance(7 * 86_400);
    assert_eq!(expire(app).unwrap(), 1);
    assert_eq!(warn(app).unwrap(), 0);
}
