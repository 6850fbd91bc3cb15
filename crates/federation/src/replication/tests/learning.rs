use rustine_app::replicas::add::Learned;
use rustine_app::testing::{Origin, TestApp};
use rustine_domain::ids::DatasetAddress;
use serde_json::{Value, json};

use super::remote;
use super::stub::Stub;
use crate::replication::{LearnError, learn};

const ACTIVITY: &str = "application/activity+json";

struct World {
    server: Stub,
    origin: Origin,
    node: TestApp,
}

impl World {
    async fn new() -> Self {
        let server = Stub::new("a").await;
        let mut origin = Origin::new(&server.url("/datasets/lieux"));
        origin.import(2);
        let world = Self {
            node: TestApp::new("http://b.localhost:2"),
            origin,
            server,
        };
        world.put_webfinger(&world.url());
        world.put_actor(|_| {});
        world
    }

    fn url(&self) -> String {
        self.server.url("/datasets/lieux")
    }

    fn put_webfinger(&self, actor: &str) {
        let account = format!("acct:lieux@{}", self.server.host);
        let path = format!("/.well-known/webfinger?resource={account}");
        let links = json!([{"rel": "self", "type": ACTIVITY, "href": actor}]);
        let document = json!({"subject": account, "links": links});
        self.server.put(&path, "application/jrd+json", &document);
    }

    fn put_actor(&self, change: impl FnOnce(&mut Value)) {
        let id = self.url();
        let mut actor = json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "type": "Group",
            "id": id,
            "preferredUsername": "lieux",
            "inbox": format!("{id}/inbox"),
            "endpoints": {"sharedInbox": self.server.url("/inbox")},
            "publicKey": {"id": format!("{id}#main-key"), "owner": id, "publicKeyPem": "PEM"},
            "uid": self.origin.chain.uid,
            "genesis": self.origin.chain.genesis,
            "log": format!("{id}/log"),
            "audience": "public",
        });
        change(&mut actor);
        self.server.put("/datasets/lieux", ACTIVITY, &actor);
    }

    async fn learn(&self, from: Option<&Stub>) -> Result<Learned, LearnError> {
        let address: DatasetAddress = format!("lieux@{}", self.server.host).parse().unwrap();
        let from = from.map(|stub| stub.host.parse().unwrap());
        learn(&remote(), &self.node.app, &address, from.as_ref()).await
    }

    async fn refused(&self) -> String {
        let error = self.learn(None).await.unwrap_err();
        assert!(matches!(error, LearnError::Contradiction { .. }), "{error}");
        error.to_string()
    }
}

#[tokio::test]
async fn a_dataset_is_learned_from_its_actor() {
    let world = World::new().await;
    let learned = world.learn(None).await.unwrap();
    assert_eq!(learned.uid, world.origin.chain.uid);
    assert_eq!(learned.genesis, world.origin.chain.genesis);
    assert_eq!(learned.url, world.url());
    assert_eq!(learned.inbox, Some(world.server.url("/inbox")));
}

#[tokio::test]
async fn a_name_that_nobody_has_is_told_in_a_sentence() {
    let world = World::new().await;
    let address: DatasetAddress = format!("absent@{}", world.server.host).parse().unwrap();
    let error = learn(&remote(), &world.node.app, &address, None)
        .await
        .unwrap_err();
    let sentence = error.to_string();
    assert!(
        sentence.contains("answers, but has no dataset absent@"),
        "{sentence}"
    );
}

#[tokio::test]
async fn an_actor_that_does_not_loop_back_is_refused() {
    let world = World::new().await;
    world.put_actor(|actor| actor["preferredUsername"] = "autre".into());
    assert!(world.refused().await.contains("does not confirm"));
    world.put_actor(|actor| {
        let other = world.server.url("/datasets/autre");
        actor["publicKey"]["owner"] = other.clone().into();
        actor["log"] = format!("{other}/log").into();
        actor["id"] = other.into();
    });
    assert!(world.refused().await.contains("another id"));
    world.put_actor(|actor| actor["log"] = world.server.url("/elsewhere/log").into());
    assert!(world.refused().await.contains("unknown place"));
}

#[tokio::test]
async fn a_person_is_no_dataset() {
    let world = World::new().await;
    world.put_actor(|actor| {
        actor["type"] = "Person".into();
        for member in ["uid", "genesis", "log"] {
            actor.as_object_mut().unwrap().remove(member);
        }
    });
    let error = world.learn(None).await.unwrap_err();
    assert!(matches!(error, LearnError::NotADataset { .. }), "{error}");
    world.put_actor(|actor| actor["audience"] = "peers".into());
    let error = world.learn(None).await.unwrap_err();
    assert!(error.to_string().contains("not public"), "{error}");
}

#[tokio::test]
async fn where_the_origin_is_silent_a_named_instance_tells() {
    let world = World::new().await;
    let peer = Stub::new("c").await;
    peer.serve(&format!("lieux@{}", world.server.host), &world.origin.lines);
    world.server.set_silent(true);
    let error = world.learn(None).await.unwrap_err();
    assert!(error.to_string().contains("--from"), "{error}");
    let learned = world.learn(Some(&peer)).await.unwrap();
    assert_eq!(learned.genesis, world.origin.chain.genesis);
    assert_eq!(learned.url, world.url());
    assert_eq!(learned.inbox, None);
    assert_eq!(learned.from.unwrap().as_str(), peer.host);
    let empty = Stub::new("d").await;
    let error = world.learn(Some(&empty)).await.unwrap_err();
    assert!(
        matches!(error, LearnError::BothSilent { .. }) && error.to_string().contains(&empty.host),
        "{error}"
    );
}

#[tokio::test]
async fn a_closed_dataset_is_learned_from_its_log() {
    let world = World::new().await;
    world.server.remove("/datasets/lieux");
    let error = world.learn(None).await.unwrap_err();
    assert!(matches!(error, LearnError::NoDataset { .. }), "{error}");
    let copy = format!("lieux@{}", world.server.host);
    world.server.serve(&copy, &world.origin.lines);
    let learned = world.learn(None).await.unwrap();
    assert_eq!(learned.genesis, world.origin.chain.genesis);
    assert_eq!(learned.url, world.url());
}
