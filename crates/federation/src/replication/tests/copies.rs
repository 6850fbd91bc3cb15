use std::time::Duration;

use rustine_app::replicas::remove::remove;
use rustine_app::testing::row;

use super::World;
use super::stub::Stub;

#[tokio::test]
async fn a_copy_comes_to_its_origins_head_by_itself() {
    let world = World::caught_up().await;
    let status = world.status();
    assert_eq!((status.seq, status.origin_seq), (Some(2), Some(2)));
    assert_eq!(status.source.as_ref(), Some(&world.server.host));
    assert_eq!(status.confirmed_at, Some(rustine_app::testing::now()));
    assert_eq!(status.error, None);
    assert!(
        !world
            .hold
            .holds_back(world.dataset, rustine_app::testing::now())
    );
}

#[tokio::test]
async fn a_long_log_is_pulled_page_by_page() {
    let mut world = World::new().await;
    for quorum in 1..8 {
        world.origin.policy(quorum);
    }
    world.server.serve("lieux", &world.origin.lines);
    world.server.set_page(3);
    world.start();
    world.reaches("current").await;
    world.is_at(&world.origin);
    let pages = world.server.seen();
    let pages = pages.iter().filter(|path| path.contains("/entries"));
    assert_eq!(pages.count(), 4);
}

#[tokio::test]
async fn large_imports_are_copied_with_what_stands_between_them() {
    let mut world = World::new().await;
    for _ in 0..3 {
        world.origin.import_long(30);
        world.origin.import_long(30);
        world.origin.set(row(7), "nom", "Mairie");
        world.origin.schema("Lieux d'inclusion");
    }
    world.origin.redact(row(7), "nom", 5);
    world.origin.import_long(30);
    assert!(world.origin.lines[3].len() > 64 << 10);
    world.server.serve("lieux", &world.origin.lines);
    world.start();
    world.reaches("current").await;
    world.is_at(&world.origin);
}

#[tokio::test]
async fn of_a_large_import_with_a_wrong_value_nothing_is_taken() {
    let mut world = World::new().await;
    for _ in 0..3 {
        world.origin.import_long(30);
    }
    let mut lines = world.origin.lines.clone();
    lines[4] = lines[4].replacen("lieulieu", "lieulieV", 1);
    world.server.serve("lieux", &lines);
    world.start();
    let status = world
        .comes("a fault", |status| {
            status.seq == Some(3) && status.error.is_some()
        })
        .await;
    assert!(
        status
            .error
            .is_some_and(|error| error.contains("does not hold"))
    );
    let rows = world.node.rows(world.dataset);
    assert_eq!(rows.len(), 34);
}

#[tokio::test]
async fn a_hint_brings_the_new_entry() {
    let mut world = World::caught_up().await;
    world.extend(|origin| origin.set(row(1), "nom", "Mairie"));
    world.reaches_seq(3).await;
    world.is_at(&world.origin);
    // A hint of what we hold asks nobody.
    let asked = world.server.seen().len();
    world.replication.hint(world.dataset, 3);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(world.server.seen().len(), asked);
}

#[tokio::test]
async fn a_copy_that_is_added_while_we_run_is_noticed() {
    let mut world = World::new().await;
    remove(&world.node.app, &world.address()).unwrap();
    world.start();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(world.server.seen().is_empty());
    world.dataset = world.node.copy(&world.origin, &world.address().to_string());
    world.replication.wake();
    world.reaches("current").await;
    world.is_at(&world.origin);
}

#[tokio::test]
async fn a_copy_that_was_removed_is_not_pulled_any_more() {
    let mut world = World::caught_up().await;
    remove(&world.node.app, &world.address()).unwrap();
    world.replication.wake();
    tokio::time::sleep(Duration::from_millis(600)).await;
    let asked = world.server.seen().len();
    world.extend(|origin| origin.policy(1));
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(world.server.seen().len(), asked);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_taken_up_where_it_broke_off() {
    let mut world = World::new().await;
    let first = world.origin.lines[0].len() + 1;
    world.server.cut_next(first + 100);
    world.start();
    world.reaches("current").await;
    world.is_at(&world.origin);
    let seen = world.server.seen();
    let entries: Vec<_> = seen
        .iter()
        .filter(|path| path.contains("/entries"))
        .collect();
    assert_eq!(entries.len(), 2, "{entries:?}");
    assert!(entries[1].contains("from=1&"), "{entries:?}");
}

#[tokio::test]
async fn where_the_origin_is_silent_the_instance_that_the_operator_named_serves() {
    let mut world = World::new().await;
    let peer = Stub::new("c").await;
    peer.serve(&world.address().to_string(), &world.origin.lines);
    world.server.set_silent(true);
    world.name_source(&peer);
    world.start();
    let status = world.reaches("current").await;
    world.is_at(&world.origin);
    assert_eq!(status.source.as_ref(), Some(&peer.host));
    assert_eq!(status.confirmed_at, None, "only the origin confirms");
    let error = status.error.unwrap_or_default();
    assert!(error.contains(&world.server.host), "{error}");
}

#[tokio::test]
async fn a_bad_byte_of_the_origin_is_refused_and_healed_by_a_peer() {
    let mut world = World::new().await;
    let peer = Stub::new("c").await;
    peer.serve(&world.address().to_string(), &world.origin.lines);
    let mut forged = world.origin.lines.clone();
    forged[1] = forged[1].replace("lieu 3", "lieu 8");
    world.server.serve("lieux", &forged);
    world.name_source(&peer);
    world.start();
    world.reaches_seq(2).await;
    world.is_at(&world.origin);
    let error = world.reaches("current").await.error.unwrap_or_default();
    assert!(error.contains("does not hold"), "{error}");
    // The one who served it is in quarantine: a hint asks only the other.
    world.origin.policy(1);
    peer.serve(&world.address().to_string(), &world.origin.lines);
    let asked = world.server.seen().len();
    world.node.clock.advance(120);
    world.replication.hint(world.dataset, 3);
    world.reaches_seq(3).await;
    assert_eq!(world.server.seen().len(), asked);
}

#[tokio::test]
async fn a_source_that_leaves_an_entry_out_is_left_alone() {
    let mut world = World::caught_up().await;
    world.extend(|origin| origin.policy(1));
    world.reaches_seq(3).await;
    world.origin.policy(2);
    world.origin.policy(3);
    let mut lines = world.origin.lines.clone();
    lines.remove(4);
    world.server.serve("lieux", &lines);
    world.replication.hint(world.dataset, 5);
    let error =
        |status: &rustine_app::replicas::status::Status| status.error.clone().unwrap_or_default();
    world
        .comes("what is wrong", |status| {
            error(status).contains("without those before it")
        })
        .await;
    let asked = world.server.seen().len();
    for seq in 6..9 {
        world.node.clock.advance(60);
        world.replication.hint(world.dataset, seq);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(world.server.seen().len(), asked, "it is asked again");
    // After an hour it may have mended it.
    world.server.serve("lieux", &world.origin.lines);
    world.node.clock.advance(3700);
    world.replication.hint(world.dataset, 9);
    world.reaches_seq(5).await;
    world.is_at(&world.origin);
}

#[tokio::test]
async fn a_copy_whose_sources_are_all_silent_says_so() {
    let mut world = World::new().await;
    world.server.set_silent(true);
    world.start();
    let error = world.reaches("unreachable").await.error.unwrap_or_default();
    assert!(error.contains("503"), "{error}");
    world.server.set_silent(false);
    world.replication.hint(world.dataset, 2);
    let status = world.reaches("current").await;
    assert_eq!(status.error, None);
}

#[tokio::test]
async fn a_copy_of_another_log_than_its_pin_stays_empty() {
    let mut world = World::new().await;
    let other = rustine_app::testing::Origin::new(&world.server.url("/datasets/autre"));
    world.server.serve("lieux", &other.lines);
    world.start();
    let status = world.reaches("unreachable").await;
    assert_eq!(status.seq, None);
    let error = status.error.unwrap_or_default();
    assert!(error.contains("another log"), "{error}");
}

#[tokio::test]
async fn a_log_of_a_later_version_is_followed_as_far_as_we_know_it() {
    let mut world = World::new().await;
    world.origin.unknown();
    world.server.serve("lieux", &world.origin.lines);
    world.start();
    let status = world.reaches("upgrade-needed").await;
    assert_eq!((status.seq, status.origin_seq), (Some(2), Some(3)));
}

#[tokio::test]
async fn a_copy_that_waits_for_an_upgrade_still_erases() {
    let mut world = World::caught_up().await;
    world.extend(|origin| origin.unknown());
    world.reaches("upgrade-needed").await;
    world.extend(|origin| origin.redact(row(2), "places", 2));
    for _ in 0..200 {
        if world.node.rows(world.dataset)[&row(2)]
            .value("places")
            .is_none()
        {
            assert_eq!(world.status().seq, Some(2));
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the value still stands: {:?}", world.server.seen());
}

#[tokio::test]
async fn what_came_before_a_bad_entry_is_kept() {
    let mut world = World::new().await;
    for quorum in 1..6 {
        world.origin.policy(quorum);
    }
    let mut forged = world.origin.lines.clone();
    forged[5] = forged[5].replace("\"quorum\":3", "\"quorum\":9");
    assert_ne!(forged[5], world.origin.lines[5]);
    world.server.serve("lieux", &forged);
    world.start();
    let status = world.reaches("unreachable").await;
    assert_eq!(status.seq, Some(4));
    let error = status.error.unwrap_or_default();
    assert!(error.contains("entry 5 that does not hold"), "{error}");
}

#[tokio::test]
async fn stopping_ends_the_task() {
    let mut world = World::caught_up().await;
    world.stop.send(true).unwrap();
    let task = world.task.take().unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(10), task).await;
    assert!(ended.is_ok());
}

impl World {
    /// As `rustine replica add … --from PEER`.
    pub(super) fn name_source(&self, peer: &Stub) {
        let host = Some(peer.host.clone());
        self.node
            .app
            .db
            .write(|tx| {
                let state = tx.find_replica_state(self.dataset)?.unwrap();
                let named_source = host.clone();
                tx.put_replica_state(&rustine_store::ReplicaStateRecord {
                    named_source,
                    ..state
                })
            })
            .unwrap();
    }
}
