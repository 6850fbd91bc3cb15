//! What a grant gives, and what it gives no more: taken back, over, replayed, under another key.

use super::*;

#[test]
fn a_grant_revoked_in_the_middle_takes_its_vote_along_and_accepts_nothing() {
    let world = World::new(2, 2);
    world.vote(BO, Verdict::Approve);
    let held = world.app().db.read(|tx| tx.list_grants_to(BO)).unwrap();
    give::revoke(world.app(), &world.desk.lea, &held[0].id).unwrap();
    assert_eq!(world.void(), "the grant of its author was revoked");
    world.vote(CY, Verdict::Approve);
    assert_eq!(world.status(), "pending");
    world.vote(BO, Verdict::Approve);
    assert_eq!(
        world.void(),
        "the grant of its author was revoked or is suspended"
    );
    // Neither a smaller quorum nor a new grant decides by itself: only an approval that arrives does.
    policy::set(
        world.app(),
        &world.desk.lea,
        &lieux(),
        &Policy::new(1, 1, false),
    )
    .unwrap();
    world.grant(BO);
    assert_eq!(world.status(), "pending");
    world.vote(BEA, Verdict::Approve);
    assert_eq!(world.status(), "accepted");
}

#[test]
fn a_new_grant_under_the_same_key_does_not_bring_an_old_vote_back() {
    let world = World::new(2, 2);
    let early = world.review(BO, Verdict::Approve, &key(BO));
    let never_sent = world.review(BO, Verdict::Approve, &key(BO));
    world.arrives(&early).unwrap();
    world.desk.node.clock.advance(10);
    let held = world.app().db.read(|tx| tx.list_grants_to(BO)).unwrap();
    give::revoke(world.app(), &world.desk.lea, &held[0].id).unwrap();
    world.desk.node.clock.advance(10);
    world.grant(BO);
    // Somebody kept it back until there was a grant again.
    world.arrives(&never_sent).unwrap();
    assert_eq!(
        world.void(),
        "it was signed before a grant of its author was revoked, and a new grant does not bring it back"
    );
    world.vote(CY, Verdict::Approve);
    assert_eq!(world.status(), "pending");
    let tally = world.app().db.read(|tx| {
        let dataset = tx.load_dataset(world.patch().dataset)?;
        Ok::<_, rustine_store::StoreError>(
            count::Count::read(world.app(), tx, &dataset, &world.patch())?.tally(),
        )
    });
    let waits = rustine_domain::review::Tally::Waits {
        approvals: 1,
        instances: 1,
    };
    assert_eq!(tally.unwrap(), waits);
    world.vote(BO, Verdict::Approve);
    assert_eq!(world.status(), "accepted");
    assert_eq!(world.findings(), ["kept: 2 approvals count"]);
}

#[test]
fn a_grant_that_is_over_decides_nothing() {
    let world = World::new(1, 1);
    let until = world.app().clock.now().plus_seconds(100);
    let lea = &world.desk.lea;
    give::give(world.app(), lea, &lieux(), BO, Role::Write, Some(until)).unwrap();
    world.desk.node.clock.advance(100);
    world.vote(BO, Verdict::Approve);
    assert_eq!(
        (world.status(), world.void().as_str()),
        ("pending", "the grant of its author has expired")
    );
    let over = give::give(world.app(), lea, &lieux(), BO, Role::Write, Some(until));
    assert!(matches!(over, Err(give::GrantError::Over)));
}

#[test]
fn a_replayed_grant_gives_nothing() {
    let world = World::new(1, 1);
    let held = world.app().db.read(|tx| tx.list_grants_to(BO)).unwrap();
    give::revoke(world.app(), &world.desk.lea, &held[0].id).unwrap();
    // The entry is written once more, word by word, as a thief of the log key could.
    let terms = crate::grants::terms::Terms {
        id: held[0].id.clone(),
        target: BO.to_owned(),
        role: Role::Write,
        key: held[0].key.parse().unwrap(),
        end: held[0].end_at,
    };
    let written = world.app().db.write(|tx| {
        let mut dataset = tx.find_dataset_by_name("lieux", "")?.unwrap();
        crate::grants::terms::write(world.app(), tx, &mut dataset, &terms)
    });
    written.unwrap();
    world.vote(BO, Verdict::Approve);
    assert_eq!(world.status(), "pending");
    assert_eq!(
        world.void(),
        "the grant of its author was revoked or is suspended"
    );
    // Nor does the notice that its holder shows.
    let notice = rustine_protocol::activity::Grant {
        envelope: rustine_protocol::activity::Envelope::new(uri(&held[0].id), uri(BO), uri(BO)),
        role: "maintain".to_owned(),
        target: uri(BO),
        end_time: held[0].end_at,
    };
    let heard = world
        .app()
        .db
        .write(|tx| notices::granted(world.app(), tx, &notice))
        .unwrap();
    assert!(!heard);
}

#[test]
fn a_grant_never_follows_a_changed_key() {
    let world = World::new(1, 1);
    let other = LogKey::from_seed([42; 32]);
    world
        .arrives(&world.review(BO, Verdict::Approve, &other))
        .unwrap();
    assert_eq!(
        world.void(),
        "it is not signed with the key that the grant of its author names"
    );
    world.meet(BO, &other);
    world
        .arrives(&world.review(BO, Verdict::Approve, &other))
        .unwrap();
    let held = world.app().db.read(|tx| tx.list_grants_to(BO)).unwrap();
    assert_eq!(held[0].state, "suspended");
    assert_eq!(
        world.void(),
        "the grant of its author was revoked or is suspended"
    );
    assert_eq!(world.status(), "pending");
    // A person gives it again, under the new key.
    world.grant(BO);
    world
        .arrives(&world.review(BO, Verdict::Approve, &other))
        .unwrap();
    assert_eq!(world.status(), "accepted");
}
