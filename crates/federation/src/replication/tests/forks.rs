use std::time::Duration;

use rustine_app::testing::{Origin, row};

use super::World;

#[tokio::test]
async fn a_fork_is_found_frozen_and_shown() {
    let world = World::caught_up().await;
    let (mut ours, mut theirs) = (world.origin.clone(), world.origin.clone());
    for quorum in 1..5 {
        ours.policy(quorum);
        theirs.policy(quorum + 10);
    }
    theirs.policy(99);
    world.server.serve("lieux", &ours.lines);
    world.replication.hint(world.dataset, ours.chain.seq);
    world.reaches_seq(6).await;
    world.server.serve("lieux", &theirs.lines);
    world.replication.hint(world.dataset, theirs.chain.seq);
    let status = world.reaches("forked").await;
    assert_eq!(status.seq, Some(6));
    assert!(
        status
            .error
            .unwrap_or_default()
            .contains("two rightly signed")
    );
    let forks = world
        .node
        .app
        .db
        .read(|tx| tx.list_forks(world.dataset))
        .unwrap();
    assert_eq!(forks[0].seq, 3, "the first entry that differs");
    assert_eq!(forks[0].entry, theirs.header(3).hash());
    world.is_at(&ours);
}

#[tokio::test]
async fn a_rival_at_our_own_head_is_found() {
    let world = World::caught_up().await;
    let (mut ours, mut theirs) = (world.origin.clone(), world.origin.clone());
    ours.policy(1);
    theirs.policy(2);
    world.server.serve("lieux", &ours.lines);
    world.replication.hint(world.dataset, 3);
    world.reaches_seq(3).await;
    world.server.serve("lieux", &theirs.lines);
    world.replication.hint(world.dataset, 4);
    world.reaches("forked").await;
    world.is_at(&ours);
}

#[tokio::test]
async fn a_rival_that_is_shorter_than_ours_is_found() {
    let world = World::caught_up().await;
    let (mut ours, mut theirs) = (world.origin.clone(), world.origin.clone());
    for quorum in 1..4 {
        ours.policy(quorum);
    }
    theirs.policy(9);
    world.server.serve("lieux", &ours.lines);
    world.replication.hint(world.dataset, 5);
    world.reaches_seq(5).await;
    // The owner of the key signs less than whoever stole it.
    world.server.serve("lieux", &theirs.lines);
    world.replication.hint(world.dataset, 6);
    world.reaches("forked").await;
    let forks = world.node.app.db.read(|tx| tx.list_forks(world.dataset));
    assert_eq!(forks.unwrap()[0].seq, 3);
    world.is_at(&ours);
}

#[tokio::test]
async fn a_head_before_ours_that_nobody_serves_freezes_nothing() {
    let mut world = World::caught_up().await;
    world.extend(|origin| {
        origin.policy(1);
        origin.policy(2);
    });
    world.reaches_seq(4).await;
    let genesis = world.origin.chain.genesis;
    let lie = serde_json::json!({
        "genesis": genesis,
        "seq": 3,
        "entry": world.origin.header(2).hash(),
        "bodiesFrom": 0,
    });
    let path = "/datasets/lieux/log/head";
    world.server.put(path, "application/json", &lie);
    world.replication.hint(world.dataset, 5);
    let status = world
        .comes("what is wrong", |status| status.error.is_some())
        .await;
    assert_ne!(status.state, "forked");
    let why = status.error.unwrap();
    assert!(why.contains("names another hash for entry 3"), "{why}");
    // One that is merely behind is no error, and it goes on.
    world.server.remove(path);
    world.server.serve("lieux", &world.origin.lines[..4]);
    world.node.clock.advance(1000);
    world.replication.hint(world.dataset, 5);
    world
        .comes("it to be behind", |status| status.error.is_none())
        .await;
    world.extend(|origin| origin.policy(3));
    world.reaches_seq(5).await;
    world.is_at(&world.origin);
}

#[tokio::test]
async fn a_rotation_elsewhere_displaces_a_stolen_branch() {
    let world = World::caught_up().await;
    let (mut stolen, mut owned) = (world.origin.clone(), world.origin.clone());
    stolen.set(row(1), "nom", "volé");
    stolen.policy(7);
    owned.rotate();
    owned.set(row(1), "nom", "Mairie");
    owned.policy(2);
    world.server.serve("lieux", &stolen.lines);
    world.replication.hint(world.dataset, 4);
    world.reaches_seq(4).await;
    world.server.serve("lieux", &owned.lines);
    world.replication.hint(world.dataset, 5);
    world.reaches_seq(5).await;
    world.is_at(&owned);
    world.reaches("current").await;
}

#[tokio::test]
async fn a_fork_ends_when_one_branch_rotates() {
    let world = World::caught_up().await;
    let (mut ours, mut theirs) = (world.origin.clone(), world.origin.clone());
    ours.policy(1);
    theirs.policy(2);
    world.server.serve("lieux", &ours.lines);
    world.replication.hint(world.dataset, 3);
    world.reaches_seq(3).await;
    world.server.serve("lieux", &theirs.lines);
    world.replication.hint(world.dataset, 4);
    world.reaches("forked").await;
    // The owner settles it on the branch that we hold, some entries later.
    ours.policy(3);
    ours.rotate();
    ours.set(row(1), "nom", "Mairie");
    world.server.serve("lieux", &ours.lines);
    world.replication.hint(world.dataset, 6);
    world.reaches_seq(6).await;
    world.is_at(&ours);
    world.reaches("current").await;
}

#[tokio::test]
async fn a_copy_that_stands_still_leaves_a_source_alone_that_leaves_out_a_header() {
    let mut world = World::caught_up().await;
    world.extend(Origin::unknown);
    world.reaches("upgrade-needed").await;
    world.origin.redact(row(2), "places", 2);
    let mut lines = world.origin.lines.clone();
    // The first header after our head.
    lines.remove(3);
    world.server.serve("lieux", &lines);
    let asked = || world.server.seen().len();
    let before = asked();
    world.replication.hint(world.dataset, 4);
    world
        .until("a look for redactions", |_| asked() > before)
        .await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let after = asked();
    for seq in 5..8 {
        world.node.clock.advance(60);
        world.replication.hint(world.dataset, seq);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(asked(), after, "it is asked again");
}
