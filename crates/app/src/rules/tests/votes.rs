//! Citizens vote, where an owner lets them.

use rustine_store::PatchRecord;

use super::*;
use crate::accounts::Person;
use crate::rules::votes::{VoteError, settle, vote};

fn turn_on(world: &World) {
    let settings = RuleSettingsRecord {
        votes_on: true,
        ..usual(0)
    };
    let by = Owner::Person(&world.desk.lea);
    change::settle(&world.desk.node.app, by, &lieux(), &settings).unwrap();
}

fn citizens(world: &World, count: usize) -> Vec<Person> {
    let named = |n| Desk::person(&world.desk.node, &format!("citizen{n}"), "member");
    (0..count).map(named).collect()
}

fn waiting(world: &World) -> PatchId {
    world
        .desk
        .visit(vec![add("Gare", "1")], [192, 0, 2, 1])
        .unwrap()
}

fn held(world: &World, id: PatchId) -> PatchRecord {
    world.read(|tx| tx.find_patch(id)).unwrap()
}

#[test]
fn nobody_votes_unless_an_owner_turned_it_on() {
    let world = World::new(0);
    let ana = citizens(&world, 1).remove(0);
    let id = waiting(&world);
    let refused = vote(&world.desk.node.app, id, &ana, true);
    assert!(matches!(refused, Err(VoteError::Unknown)));
}

#[test]
fn five_votes_accept_once_two_days_are_over_and_the_log_says_so() {
    let world = World::new(0);
    turn_on(&world);
    let app = &world.desk.node.app;
    let id = waiting(&world);
    for citizen in &citizens(&world, 5) {
        assert!(!vote(app, id, citizen, true).unwrap(), "too early");
        assert!(!vote(app, id, citizen, true).unwrap(), "one vote each");
    }
    world.desk.node.clock.advance(2 * 86_400 - 1);
    assert_eq!(settle(app), Ok(0));
    world.desk.node.clock.advance(1);
    assert_eq!(settle(app), Ok(1));
    assert_eq!(status_of(&held(&world, id)), Status::Accepted);
    let of = world.desk.node.record("lieux");
    let body = world.read(|tx| tx.find_body(of.id, of.seq)).unwrap();
    assert!(body.contains("the votes of citizens"), "{body}");
    assert_eq!(settle(app), Ok(0), "once");
}

#[test]
fn ten_votes_accept_at_once_and_one_against_leaves_it_to_a_moderator() {
    let world = World::new(0);
    turn_on(&world);
    let app = &world.desk.node.app;
    let people = citizens(&world, 11);
    let id = waiting(&world);
    for citizen in &people[..9] {
        assert!(!vote(app, id, citizen, true).unwrap());
    }
    assert!(!vote(app, id, &people[9], false).unwrap());
    assert!(!vote(app, id, &people[10], true).unwrap(), "one is against");
    assert!(
        vote(app, id, &people[9], true).unwrap(),
        "she changed her mind"
    );
    assert_eq!(status_of(&held(&world, id)), Status::Accepted);
    let late = vote(app, id, &people[0], true);
    assert!(matches!(late, Err(VoteError::Final(Status::Accepted))));
}

#[test]
fn nobody_votes_on_her_own_and_a_closed_account_counts_no_more() {
    let world = World::new(0);
    turn_on(&world);
    let app = &world.desk.node.app;
    let people = citizens(&world, 6);
    let by = crate::patches::propose::Proposer::Person(people[5].clone());
    let id = world.desk.try_by(vec![add("Gare", "1")], by).unwrap().id;
    let own = vote(app, id, &people[5], true);
    assert!(matches!(own, Err(VoteError::Own)));
    for citizen in &people[..5] {
        vote(app, id, citizen, true).unwrap();
    }
    app.db
        .write(|tx| {
            let mut user = tx.find_user(people[0].id)?.unwrap();
            user.disabled = true;
            tx.update_user(&user)
        })
        .unwrap();
    world.desk.node.clock.advance(3 * 86_400);
    assert_eq!(settle(app), Ok(0));
    assert_eq!(status_of(&held(&world, id)), Status::Pending);
}
