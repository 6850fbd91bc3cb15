use std::sync::Arc;

use rustine_app::patches::propose::{Proposal, ProposedOp, Proposer, propose};
use rustine_app::replicas::apply;
use rustine_app::testing::{Origin, TestApp, field, row};
use rustine_app::{accounts::Person, instance};
use rustine_domain::ids::PatchId;
use rustine_outbound::{Client, Settings};
use rustine_store::{PatchRecord, StoreError};
use serde_json::{Value, json};

use super::look_after;
use crate::node::Federation;
use crate::replication::tests::stub::Stub;

const ACTIVITY: &str = "application/activity+json";

/// An instance whose person proposed something to a dataset of a stub, a day ago.
struct World {
    node: TestApp,
    federation: Arc<Federation>,
    server: Stub,
    patch: PatchId,
}

impl World {
    async fn new() -> Self {
        let server = Stub::new("a").await;
        let mut origin = Origin::new(&server.url("/datasets/lieux"));
        origin.import(2);
        let node = TestApp::new("http://b.localhost:2");
        instance::create(&node.app).unwrap();
        let address = format!("lieux@{}", server.host);
        let dataset = node.copy(&origin, &address);
        for seq in 0..origin.lines.len() {
            apply::apply(&node.app, dataset, &server.host, &origin.line(seq)).unwrap();
        }
        let set = ProposedOp::Set {
            row: row(1),
            field: field("places"),
            value: Some("12".into()),
            base: None,
        };
        let person = Person {
            id: 1,
            name: "lea".into(),
            operator: false,
            roles: Vec::new(),
            lang: "fr".into(),
        };
        let proposal = Proposal {
            dataset: address.parse().unwrap(),
            ops: vec![set],
            summary: None,
            name: None,
            email: None,
            by: Proposer::Person(person),
        };
        let patch = propose(&node.app, &proposal).unwrap().id;
        node.clock.advance(86_400);
        let client = Client::new(Settings {
            user_agent: "a test".into(),
            dev: true,
            ..Settings::default()
        });
        Self {
            federation: Federation::new(node.app.clone(), client.unwrap()).unwrap(),
            node,
            server,
            patch,
        }
    }

    fn stored(&self) -> PatchRecord {
        let found = self.node.app.db.read(|tx| tx.load_patch(self.patch));
        found.unwrap_or_else(|error: StoreError| panic!("{error}"))
    }

    fn path(&self) -> String {
        format!("/datasets/lieux/proposals/{}", self.stored().digest)
    }

    /// The origin shows a proposal, under its address.
    fn put(&self, change: impl FnOnce(&mut Value)) {
        let digest = self.stored().digest;
        let mut document = json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": self.server.url(&self.path()),
            "type": "Proposal",
            "context": self.server.url("/datasets/lieux"),
            "digest": digest,
            "current": digest,
            "status": "refused",
            "reason": "déjà fermé",
            "reviews": [],
        });
        change(&mut document);
        self.server.put(&self.path(), ACTIVITY, &document);
    }

    async fn look(&self) -> PatchRecord {
        look_after(&self.federation).await.unwrap();
        self.stored()
    }
}

#[tokio::test]
async fn the_decision_is_read_where_the_dataset_lives() {
    let world = World::new().await;
    world.put(|_| {});
    let patch = world.look().await;
    assert_eq!(
        (patch.status.as_str(), patch.reason.as_deref()),
        ("refused", Some("déjà fermé"))
    );
    assert_eq!(world.server.seen(), [world.path()]);
    world.node.clock.advance(30 * 86_400);
    world.look().await;
    assert_eq!(
        world.server.seen().len(),
        1,
        "nothing is asked about what is settled"
    );
}

#[tokio::test]
async fn a_document_about_something_else_decides_nothing() {
    let world = World::new().await;
    world.put(|document| document["id"] = world.server.url("/elsewhere").into());
    assert_eq!(world.look().await.status, "pending");
    world.node.clock.advance(86_400);
    world.put(|document| document["context"] = "https://c.example/datasets/lieux".into());
    assert_eq!(world.look().await.status, "pending");
    assert_eq!(world.server.seen().len(), 2);
}

#[tokio::test]
async fn a_silent_origin_is_left_alone_and_one_that_forgot_is_offered_again() {
    let world = World::new().await;
    let first = world.stored();
    world.server.set_silent(true);
    assert_eq!(world.look().await, first);
    assert_eq!(world.look().await, first);
    assert_eq!(world.server.seen().len(), 1, "not again on the same day");
    world.server.set_silent(false);
    world.node.clock.advance(86_400);
    assert_eq!(
        world.look().await,
        first,
        "the first offer has not left yet"
    );
    let app = &world.node.app;
    let now = app.clock.now();
    let sent = app.db.write(|tx| {
        for row in tx.claim_outbox("", now, now.plus_seconds(60), 50)? {
            tx.finish_outbox(row.id, "", "refused", Some(403), None)?;
        }
        Ok::<_, StoreError>(())
    });
    sent.unwrap();
    world.node.clock.advance(86_400);
    let second = world.look().await;
    assert_ne!(second.offer_id, first.offer_id);
    assert_eq!((second.nonce, second.digest), (first.nonce, first.digest));
}
