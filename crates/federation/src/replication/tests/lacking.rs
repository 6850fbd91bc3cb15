//! Values that one source withholds and another has; erasures that are known before they can be done; limits.

use std::time::Duration;

use rustine_app::testing::row;

use super::World;
use super::stub::Stub;

impl World {
    /// How often a server was asked for one entry alone.
    fn asked_for(server: &Stub, seq: u64) -> usize {
        let wanted = format!("/entries?from={seq}&limit=1");
        let seen = server.seen();
        seen.iter().filter(|path| path.ends_with(&wanted)).count()
    }

    fn value(&self, number: u32, field: &str) -> Option<String> {
        let rows = self.node.rows(self.dataset);
        rows[&row(number)].value(field).map(str::to_owned)
    }

    pub(super) async fn until(&self, what: &str, is: impl Fn(&Self) -> bool) {
        for _ in 0..600 {
            if is(self) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("not within 30 s: {what}; {:?}", self.server.seen());
    }

    /// As [`World::until`], while the clock goes on minute by minute: nobody sees when a pass ends and its pause
    /// begins. In all it goes on for less than a quarantine.
    async fn until_later(&self, what: &str, is: impl Fn(&Self) -> bool) {
        for turn in 0..600 {
            if is(self) {
                return;
            }
            if turn % 12 == 0 {
                self.node.clock.advance(60);
                self.replication.hint(self.dataset, 3);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("not within 30 s: {what}; {:?}", self.server.seen());
    }

    /// The origin serves its log without the value of an entry.
    fn withhold(&self) {
        let mut lines = self.origin.lines.clone();
        lines[2] = self.origin.line_without(2, row(2), "places");
        self.server.serve("lieux", &lines);
    }
}

#[tokio::test]
async fn what_one_source_withholds_is_asked_of_the_others() {
    let mut world = World::new().await;
    let peer = Stub::new("c").await;
    peer.serve(&world.address().to_string(), &world.origin.lines);
    world.withhold();
    world.name_source(&peer);
    world.start();
    world.reaches("current").await;
    world
        .until("the value", |world| {
            world.value(2, "places").as_deref() == Some("12")
        })
        .await;
    world.is_at(&world.origin);
    assert_eq!(World::asked_for(&peer, 2), 1);
}

#[tokio::test]
async fn what_nobody_has_is_not_asked_for_without_end() {
    let mut world = World::new().await;
    world.withhold();
    world.start();
    world.reaches("current").await;
    world
        .until("a first question", |world| {
            World::asked_for(&world.server, 2) == 1
        })
        .await;
    for _ in 0..5 {
        world.replication.hint(world.dataset, 2);
        world.replication.wake();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(World::asked_for(&world.server, 2), 1);
    assert_eq!(world.value(2, "places"), None);
    // A source that has it again is asked after the pause.
    world.server.serve("lieux", &world.origin.lines);
    world
        .until_later("the value", |world| {
            world.value(2, "places").as_deref() == Some("12")
        })
        .await;
}

#[tokio::test]
async fn a_source_that_gives_a_wrong_value_for_a_missing_one_is_quarantined() {
    let mut world = World::new().await;
    let peer = Stub::new("c").await;
    let mut forged = world.origin.lines.clone();
    forged[2] = forged[2].replace("\"12\"", "\"13\"");
    assert_ne!(forged[2], world.origin.lines[2]);
    peer.serve(&world.address().to_string(), &forged);
    world.withhold();
    world.name_source(&peer);
    world.start();
    world
        .until("a first question", |_| World::asked_for(&peer, 2) == 1)
        .await;
    world.reaches("current").await;
    world
        .until_later("a second question", |world| {
            World::asked_for(&world.server, 2) == 2
        })
        .await;
    assert_eq!(World::asked_for(&peer, 2), 1);
    assert_eq!(world.value(2, "places"), None);
}

#[tokio::test]
async fn behind_a_known_erasure_a_copy_serves_no_values() {
    let mut world = World::caught_up().await;
    let held = |world: &World| {
        world
            .hold
            .holds_back(world.dataset, rustine_app::testing::now())
    };
    assert!(!held(&world));
    world.server.set_silent(true);
    world.origin.policy(1);
    world.origin.redact(row(2), "places", 2);
    // The push of the redact comes before that of the entry ahead of it.
    world.replication.hint_redact(world.dataset, 4);
    world.until("the hold", held).await;
    world.reaches("unreachable").await;
    assert!(held(&world));
    world.server.serve("lieux", &world.origin.lines);
    world.server.set_silent(false);
    world.replication.hint(world.dataset, 4);
    world.reaches_seq(4).await;
    world
        .until("the end of the hold", |world| !held(world))
        .await;
    assert_eq!(world.value(2, "places"), None);
}

#[tokio::test]
async fn an_erasure_that_nobody_has_ordered_holds_nothing_back_for_ever() {
    let world = World::caught_up().await;
    world.replication.hint_redact(world.dataset, 1_000_000);
    let held = |world: &World| {
        world
            .hold
            .holds_back(world.dataset, rustine_app::testing::now())
    };
    world
        .until("the origin shows its head", |world| !held(world))
        .await;
    world.is_at(&world.origin);
}

#[tokio::test]
async fn erasures_act_before_the_entries_that_were_missed_are_read() {
    let mut world = World::caught_up().await;
    for quorum in 1..4 {
        world.origin.policy(quorum);
    }
    world.origin.redact(row(2), "places", 2);
    // The body of the next entry is wrong, so the copy cannot follow; the headers hold.
    let mut forged = world.origin.lines.clone();
    forged[3] = forged[3].replace("\"quorum\":1", "\"quorum\":9");
    assert_ne!(forged[3], world.origin.lines[3]);
    world.server.serve("lieux", &forged);
    world.replication.hint(world.dataset, 6);
    world
        .until("the erasure", |world| world.value(2, "places").is_none())
        .await;
    assert_eq!(world.status().seq, Some(2));
}

#[tokio::test]
async fn a_log_over_the_limit_stops_with_a_sentence_and_goes_on_once_it_is_raised() {
    let mut world = World::new().await;
    world
        .restart(|settings| settings.limits.replica_entries = 2)
        .await;
    let status = world.reaches("full").await;
    assert_eq!(status.seq, Some(1));
    let error = status.error.unwrap_or_default();
    assert!(error.contains("limits.replica_entries"), "{error}");
    let asked = world.server.seen().len();
    world.replication.hint(world.dataset, 2);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let entries = world.server.seen();
    let bodies = |path: &&String| path.contains("/entries") && !path.contains("bodies=0");
    assert_eq!(entries.iter().skip(asked).filter(bodies).count(), 0);
    world
        .restart(|settings| settings.limits.replica_entries = 100)
        .await;
    let status = world.reaches("current").await;
    assert_eq!(status.error, None);
    world.is_at(&world.origin);
}

#[tokio::test]
async fn the_source_that_an_operator_named_is_known_after_a_restart() {
    let mut world = World::new().await;
    let peer = Stub::new("c").await;
    peer.serve(&world.address().to_string(), &world.origin.lines);
    world.name_source(&peer);
    world.start();
    let status = world.reaches("current").await;
    assert_eq!(
        status.source.as_ref(),
        Some(&world.server.host),
        "the origin served"
    );
    world.server.set_silent(true);
    world.origin.policy(1);
    peer.serve(&world.address().to_string(), &world.origin.lines);
    world.restart(|_| {}).await;
    world.reaches_seq(3).await;
    world.is_at(&world.origin);
}
