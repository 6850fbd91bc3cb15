//! An origin that was started asks its copies before it signs.

use std::sync::Arc;

use rustine_app::App;
use rustine_app::custody;
use rustine_app::datasets::{create, publish};
use rustine_app::instance;
use rustine_app::log::{AppendError, append};
use rustine_app::testing::{TestApp, now, schema};
use rustine_domain::log::{EntryDraft, Meta, line};
use rustine_store::{ReplicaRecord, StoreError};
use serde_json::{Map, json};

use super::remote;
use super::stub::Stub;
use crate::replication::ask::ask_once;

/// An origin with three entries, and the log as a copy serves it.
struct World {
    origin: TestApp,
    copy: Stub,
    dataset: i64,
}

impl World {
    async fn new() -> Self {
        let origin = TestApp::new("http://a.localhost:1");
        let app = &origin.app;
        instance::create(app).unwrap();
        let made = create::create(app, &"lieux".parse().unwrap(), &schema("Lieux")).unwrap();
        publish::publish(app, &"lieux".parse().unwrap()).unwrap();
        let copy = Stub::new("b").await;
        let replica = ReplicaRecord {
            dataset: made.id,
            host: copy.host.clone(),
            actor: copy.url("/actor"),
            inbox: copy.url("/inbox"),
            listed: true,
            accepted_at: now(),
        };
        app.db.write(|tx| tx.put_replica(&replica)).unwrap();
        let world = Self {
            origin,
            copy,
            dataset: made.id,
        };
        world.sign(&world.origin, 1).unwrap();
        world.sign(&world.origin, 2).unwrap();
        world
    }

    /// Signs a policy with this quorum.
    fn sign(&self, node: &TestApp, quorum: u32) -> Result<u64, AppendError> {
        let app = &node.app;
        app.db.write(|tx| {
            let meta = Meta {
                salt: app.entropy.salt(),
                content: Map::new(),
            };
            let draft = EntryDraft::policy(json!({"quorum": quorum, "instances": 1}), meta);
            let mut dataset = tx.load_dataset(self.dataset)?;
            Ok(append(app, tx, &mut dataset, draft)?.seq)
        })
    }

    /// The copy holds what a node holds now.
    fn copy_of(&self, node: &TestApp) {
        let lines = node.app.db.read(|tx| {
            let bodies = tx.list_bodies(self.dataset, 0, 100)?;
            let entries = tx.list_entries(self.dataset, 0, 100)?.into_iter();
            let lines = entries.zip(bodies);
            Ok::<Vec<String>, StoreError>(
                lines
                    .map(|(entry, (_, body))| line::write(&entry.header, Some(&body), &[]))
                    .collect(),
            )
        });
        self.copy.serve("lieux@a.localhost:1", &lines.unwrap());
    }

    async fn ask(&self, app: &Arc<App>) -> usize {
        ask_once(app, &remote()).await.unwrap()
    }
}

#[tokio::test]
async fn a_restored_origin_takes_its_own_entries_back_before_it_signs() {
    let world = World::new().await;
    let restored = world.origin.from_backup();
    world.sign(&world.origin, 3).unwrap();
    world.copy_of(&world.origin);
    custody::restored(&restored.app).unwrap();
    assert_eq!(custody::begin(&restored.app).unwrap().len(), 1);
    let early = world.sign(&restored, 9);
    assert!(matches!(early, Err(AppendError::Waiting(_))), "{early:?}");
    assert_eq!(world.ask(&restored.app).await, 0);
    let (ours, lost) = (restored.record("lieux"), world.origin.record("lieux"));
    assert_eq!(
        (ours.seq, ours.entry, ours.state),
        (3, lost.entry, lost.state)
    );
    assert_eq!(ours.status, "published");
    assert_eq!(
        world.sign(&restored, 9).unwrap(),
        4,
        "no number is used twice"
    );
}

#[tokio::test]
async fn with_every_copy_silent_a_restored_origin_signs_nothing() {
    let world = World::new().await;
    world.copy.set_silent(true);
    custody::restored(&world.origin.app).unwrap();
    custody::begin(&world.origin.app).unwrap();
    for _ in 0..2 {
        assert_eq!(world.ask(&world.origin.app).await, 1);
        world.origin.clock.advance(86_400);
    }
    assert!(world.sign(&world.origin, 9).is_err());
    world.copy.set_silent(false);
    world.copy_of(&world.origin);
    assert_eq!(world.ask(&world.origin.app).await, 0);
    world.sign(&world.origin, 9).unwrap();
}

#[tokio::test]
async fn after_a_clean_stop_silence_is_an_answer() {
    let world = World::new().await;
    world.copy.set_silent(true);
    custody::begin(&world.origin.app).unwrap();
    assert_eq!(world.ask(&world.origin.app).await, 0);
    world.sign(&world.origin, 9).unwrap();
}

#[tokio::test]
async fn a_copy_with_a_rival_entry_of_ours_freezes_the_origin() {
    let world = World::new().await;
    let restored = world.origin.from_backup();
    world.sign(&world.origin, 3).unwrap();
    world.copy_of(&world.origin);
    // The operator accepted the loss, and signed another entry under the same number.
    world.sign(&restored, 7).unwrap();
    custody::begin(&restored.app).unwrap();
    assert_eq!(world.ask(&restored.app).await, 0);
    assert_eq!(restored.record("lieux").status, "frozen");
    let refused = world.sign(&restored, 8);
    assert!(matches!(refused, Err(AppendError::Shut(..))), "{refused:?}");
}

/// The backup is older than the copy that `world.copy` keeps.
fn forget_the_copy(world: &World, node: &TestApp) {
    let host = &world.copy.host;
    let app = &node.app;
    let forgotten = app.db.write(|tx| tx.delete_replica(world.dataset, host));
    forgotten.unwrap();
}

#[tokio::test]
async fn a_copy_that_began_after_the_backup_is_asked_as_a_peer() {
    let world = World::new().await;
    let restored = world.origin.from_backup();
    forget_the_copy(&world, &restored);
    restored.befriend(&world.copy.host);
    world.sign(&world.origin, 3).unwrap();
    world.copy_of(&world.origin);
    // After a clean stop there is nobody to ask: who copies stands in the database.
    assert!(custody::begin(&restored.app).unwrap().is_empty());
    custody::restored(&restored.app).unwrap();
    assert_eq!(custody::begin(&restored.app).unwrap().len(), 1);
    assert!(world.sign(&restored, 9).is_err());
    world.copy.set_silent(true);
    assert_eq!(world.ask(&restored.app).await, 1, "silence is no answer");
    world.copy.set_silent(false);
    assert_eq!(world.ask(&restored.app).await, 0);
    assert_eq!(restored.record("lieux").seq, 3);
    assert_eq!(world.sign(&restored, 9).unwrap(), 4);
}

#[tokio::test]
async fn peers_without_a_copy_let_a_restored_origin_go_on_once_all_of_them_said_so() {
    let world = World::new().await;
    let restored = world.origin.from_backup();
    forget_the_copy(&world, &restored);
    let (empty, other) = (Stub::new("c").await, Stub::new("d").await);
    for peer in [&empty, &other] {
        restored.befriend(&peer.host);
    }
    other.set_silent(true);
    custody::restored(&restored.app).unwrap();
    custody::begin(&restored.app).unwrap();
    assert_eq!(
        world.ask(&restored.app).await,
        1,
        "the silent one may hold what we lack"
    );
    other.set_silent(false);
    assert_eq!(world.ask(&restored.app).await, 0);
    world.sign(&restored, 9).unwrap();
}

#[tokio::test]
async fn another_log_under_our_name_is_no_answer() {
    let world = World::new().await;
    let other = rustine_app::testing::Origin::new(&world.copy.url("/datasets/autre"));
    world.copy.serve("lieux@a.localhost:1", &other.lines);
    custody::restored(&world.origin.app).unwrap();
    custody::begin(&world.origin.app).unwrap();
    assert_eq!(world.ask(&world.origin.app).await, 1);
}
