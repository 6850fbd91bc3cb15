//! Origins that lie about their head, refuse to answer, or come back after a month: each is named to the operator, and
//! the rows stay as they are.

use std::time::Duration;

use rustine_app::follows::{ACCEPTED, PENDING};
use serde_json::json;

use super::World;

const MONTH_SECONDS: u64 = 30 * 86_400;

impl World {
    fn now(&self) -> rustine_domain::time::Timestamp {
        self.node.app.clock.now()
    }

    /// The origin names a head of its own invention.
    fn lie(&self, seq: u64) {
        let head = json!({
            "genesis": self.origin.chain.genesis,
            "seq": seq,
            "entry": rustine_domain::ids::Hash([9; 32]),
            "bodiesFrom": 0,
        });
        let path = "/datasets/lieux/log/head";
        self.server.put(path, "application/json", &head);
        self.replication.hint(self.dataset, 100);
    }
}

#[tokio::test]
async fn an_origin_that_names_an_entry_and_does_not_send_it_is_named() {
    let mut world = World::caught_up().await;
    world.lie(9);
    let status = world
        .comes("a fault", |status| status.error.is_some())
        .await;
    let error = status.error.unwrap();
    assert!(
        error.contains("names entry 9 as its last one, and does not send it"),
        "{error}"
    );
    assert!(error.contains(&world.server.host), "{error}");
    world.is_at(&world.origin);
    // Once it tells the truth, the copy goes on.
    world.server.remove("/datasets/lieux/log/head");
    world.node.clock.advance(60);
    world.extend(|origin| origin.policy(2));
    let status = world.reaches_seq(3).await;
    assert_eq!(
        status.origin_silent_since, None,
        "it answered all the while"
    );
    world.is_at(&world.origin);
}

#[tokio::test]
async fn an_origin_that_names_another_hash_than_it_serves_is_named() {
    let world = World::caught_up().await;
    world.lie(2);
    let status = world
        .comes("a fault", |status| status.error.is_some())
        .await;
    let error = status.error.unwrap();
    assert!(error.contains("names another hash for entry 2"), "{error}");
    world.is_at(&world.origin);
    assert_eq!(status.state, "current");
}

#[tokio::test]
async fn an_origin_that_refuses_to_answer_is_silent_since_then_and_may_be_back_after_a_month() {
    let mut world = World::caught_up().await;
    assert_eq!(world.status().origin_silent_since, None);
    world.node.clock.advance(3600);
    let since = world.now();
    world.server.set_silent(true);
    world.replication.hint(world.dataset, 100);
    let status = world
        .comes("the silence", |status| status.origin_silent_since.is_some())
        .await;
    assert_eq!(status.origin_silent_since, Some(since));
    assert!(
        status.error.is_some_and(|error| error.contains("503")),
        "the operator reads what it answered"
    );
    world.is_at(&world.origin);

    // Another day of silence does not begin it anew.
    world.node.clock.advance(86_400);
    let asked = world.server.seen().len();
    world.replication.hint(world.dataset, 101);
    while world.server.seen().len() == asked {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(world.status().origin_silent_since, Some(since));

    world.node.clock.advance(MONTH_SECONDS);
    world.server.set_silent(false);
    world.extend(|origin| origin.policy(2));
    world.reaches_seq(3).await;
    let status = world
        .comes("the silence to end", |status| {
            status.origin_silent_since.is_none()
        })
        .await;
    assert_eq!(status.error, None);
    world.is_at(&world.origin);
}

#[tokio::test]
async fn an_origin_that_lacks_its_last_entries_is_asked_again_to_push() {
    let world = World::caught_up().await;
    let url = world.server.url("/datasets/lieux");
    let app = &world.node.app;
    let follow = || {
        let found = app.db.read(|tx| tx.find_follow("/actor", &url)).unwrap();
        found.expect("the origin was asked to push")
    };
    let first = follow();
    app.db
        .write(|tx| tx.set_follow_state(first.id, ACCEPTED))
        .unwrap();
    // Its database is that of yesterday, from before it heard of the copy.
    world.server.serve("lieux", &world.origin.lines[..2]);
    world.replication.hint(world.dataset, 100);
    let asked = async {
        while follow().activity_id == first.activity_id {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let asked = tokio::time::timeout(Duration::from_secs(30), asked).await;
    assert!(asked.is_ok(), "it was not asked within 30 s");
    assert_eq!(follow().state, PENDING);
    world.is_at(&world.origin);
}
