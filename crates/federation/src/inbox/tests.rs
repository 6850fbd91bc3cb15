//! The key that an actor is known by, from the request to the store (`protocol.md` §7.7).

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use actix_web::App as Server;
use actix_web::test::{TestRequest, call_service, init_service};
use rustine_app::actors::confirm::{confirm, waiting};
use rustine_app::actors::{REFRESH_SECONDS, key_in_force};
use rustine_app::clock::{Clock as _, SystemClock};
use rustine_app::context::uri;
use rustine_app::keys::RsaPair;
use rustine_app::settings::Rates;
use rustine_app::testing::{RecycledKeys, TestApp};
use rustine_app::{follows, instance};
use rustine_outbound::{Client, Settings, Url};
use rustine_store::{RemoteActorRecord, StoreError};
use serde_json::{Value, json};

use super::worker;
use crate::node::Federation;
use crate::replication::tests::stub::Stub;
use crate::signature::{SigningKey, sign_post};

mod comments;

/// Our inbox, and somebody elsewhere with two keys of which one is shown.
struct Door {
    node: TestApp,
    federation: Arc<Federation>,
    server: Stub,
    keys: [RsaPair; 2],
    sent: AtomicU32,
}

impl Door {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(rates: impl FnOnce(&mut Rates)) -> Self {
        let node = TestApp::new("http://b.localhost:2").restarted(|set| rates(&mut set.rates));
        instance::create(&node.app).unwrap();
        let client = Client::new(Settings {
            user_agent: "a test".into(),
            dev: true,
            ..Settings::default()
        });
        // The library reads the machine's clock when it looks at a signature.
        let ahead = SystemClock.now().seconds() - node.app.clock.now().seconds();
        node.clock.advance(ahead.unsigned_abs());
        let door = Self {
            federation: Federation::new(node.app.clone(), client.unwrap()).unwrap(),
            node,
            server: Stub::new("c").await,
            keys: RecycledKeys.two(),
            sent: AtomicU32::new(0),
        };
        door.show(0);
        door
    }

    fn actor(&self) -> String {
        self.server.url("/users/lea")
    }

    fn document(&self, key: usize) -> Value {
        let id = self.actor();
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "type": "Person",
            "id": id,
            "preferredUsername": "lea",
            "inbox": format!("{id}/inbox"),
            "publicKey": {"id": format!("{id}#main-key"), "owner": id, "publicKeyPem": self.keys[key].public_pem},
        })
    }

    /// Her server shows this key from now on.
    fn show(&self, key: usize) {
        let document = self.document(key);
        self.server
            .put("/users/lea", "application/activity+json", &document);
    }

    /// The same from another actor of her server.
    async fn post_as(&self, actor: &str, key: usize) -> u16 {
        self.post_from(
            actor,
            key,
            "Like",
            &json!("http://b.localhost:2/datasets/lieux"),
        )
        .await
    }

    /// The status that a post of hers is answered with.
    async fn post(&self, key: usize, kind: &str, object: &Value) -> u16 {
        self.post_from(&self.actor(), key, kind, object).await
    }

    async fn post_from(&self, actor: &str, key: usize, kind: &str, object: &Value) -> u16 {
        let number = self.sent.fetch_add(1, Ordering::SeqCst);
        let activity = json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": self.server.url(&format!("/activities/{number}")),
            "type": kind,
            "actor": actor,
            "object": object,
        });
        let body = activity.to_string().into_bytes();
        let inbox: Url = "http://b.localhost:2/inbox".parse().unwrap();
        let secret = SigningKey::from_pkcs8_pem(&self.keys[key].private_pem).unwrap();
        let key_id = format!("{actor}#main-key");
        let now = self.node.app.clock.now();
        let mut request = TestRequest::post()
            .uri("/inbox")
            .peer_addr("203.0.113.1:5".parse().unwrap())
            .insert_header(("host", "b.localhost:2"))
            .insert_header(("content-type", "application/activity+json"));
        for (name, value) in sign_post(&secret, &key_id, &inbox, &body, now) {
            request = request.insert_header((name, value));
        }
        let service = init_service(Server::new().configure(|c| self.federation.routes(c))).await;
        let answer = call_service(&service, request.set_payload(body).to_request()).await;
        let status = answer.status().as_u16();
        let said = actix_web::test::read_body(answer).await;
        println!(
            "{kind} signed by key {key}: {status} {}",
            String::from_utf8_lossy(&said)
        );
        status
    }

    async fn like(&self, key: usize) -> u16 {
        self.post(key, "Like", &json!("http://b.localhost:2/datasets/lieux"))
            .await
    }

    /// How often her document was fetched.
    fn looks(&self) -> usize {
        self.server
            .seen()
            .iter()
            .filter(|path| *path == "/users/lea")
            .count()
    }

    fn held(&self) -> RemoteActorRecord {
        let actor = self.actor();
        let found = self.node.app.db.read(|tx| tx.find_remote_actor(&actor));
        found
            .unwrap_or_else(|error: StoreError| panic!("{error}"))
            .unwrap()
    }

    /// From now on she holds something with us.
    fn follow_her(&self) {
        let (app, actor) = (&self.node.app, self.actor());
        let follow = |tx: &mut rustine_store::Tx<'_>| {
            follows::ask::follow(app, tx, "/actor", &uri(&actor), &format!("{actor}/inbox"))
        };
        app.db.write(follow).unwrap();
    }

    /// Waits until what was taken is worked off.
    async fn settled(&self) {
        let (stop, stopping) = tokio::sync::watch::channel(false);
        let work = tokio::spawn(worker::run(self.federation.clone(), stopping));
        for _ in 0..600 {
            let due = self.node.app.db.read(|tx| tx.list_inbox("pending", 0, 1));
            if due
                .unwrap_or_else(|error: StoreError| panic!("{error}"))
                .is_empty()
            {
                stop.send(true).unwrap();
                work.await.unwrap();
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the inbox is not worked off within 30 s");
    }
}

#[actix_web::test]
async fn a_signature_that_fits_no_known_key_causes_one_look_in_ten_minutes() {
    let door = Door::new().await;
    assert_eq!((door.like(0).await, door.looks()), (202, 1));
    assert_eq!((door.like(1).await, door.looks()), (401, 1));
    door.node.clock.advance(REFRESH_SECONDS.unsigned_abs());
    for _ in 0..3 {
        assert_eq!((door.like(1).await, door.looks()), (401, 2));
    }
    // A look that brings nothing counts too.
    door.node.clock.advance(REFRESH_SECONDS.unsigned_abs());
    door.server.set_silent(true);
    for _ in 0..3 {
        assert_eq!((door.like(1).await, door.looks()), (401, 3));
    }
    assert_eq!((door.like(0).await, door.looks()), (202, 3));
    // Nobody holds anything here, so a key that is really shown is taken.
    door.server.set_silent(false);
    door.show(1);
    door.node.clock.advance(REFRESH_SECONDS.unsigned_abs());
    assert_eq!((door.like(1).await, door.looks()), (202, 4));
    assert_eq!(door.like(0).await, 401);
}

#[actix_web::test]
async fn each_bucket_in_front_of_the_inbox_is_fired_by_its_setting() {
    let door = Door::with(|rates| {
        rates.address_burst = 2;
        rates.address_per_minute = 1;
    })
    .await;
    assert_eq!((door.like(0).await, door.like(0).await), (202, 202));
    assert_eq!(door.like(0).await, 429, "requests of an address");
    door.node.clock.advance(60);
    assert_eq!((door.like(0).await, door.like(0).await), (202, 429));

    let door = Door::with(|rates| {
        rates.domain_burst = 1;
        rates.domain_per_minute = 1;
    })
    .await;
    assert_eq!((door.like(0).await, door.like(0).await), (202, 429));
    // What is not signed by her uses up nothing of her domain's share.
    door.node.clock.advance(60);
    assert_eq!((door.like(1).await, door.like(0).await), (401, 202));

    let door = Door::with(|rates| {
        rates.fetches_burst = 1;
        rates.fetches_per_minute = 1;
    })
    .await;
    assert_eq!((door.like(0).await, door.looks()), (202, 1));
    let another = door.server.url("/users/lea2");
    let answer = door.post_as(&another, 0).await;
    assert_eq!((answer, door.looks()), (429, 1), "a second look there");
}

#[actix_web::test]
async fn another_key_of_somebody_we_follow_is_refused_until_a_person_confirms_it() {
    let door = Door::new().await;
    assert_eq!(door.like(0).await, 202);
    door.follow_her();
    door.show(1);
    door.node.clock.advance(REFRESH_SECONDS.unsigned_abs());
    assert_eq!(door.like(1).await, 401);
    assert!(door.held().suspended);
    assert_eq!(
        door.like(0).await,
        401,
        "the key before has no rights either"
    );
    let other = format!("{}s", door.actor());
    assert!(confirm(&door.node.app, &other.parse().unwrap(), None).is_err());
    let waiting = waiting(&door.node.app).unwrap();
    confirm(
        &door.node.app,
        &door.actor().parse().unwrap(),
        Some(&waiting[0].new),
    )
    .unwrap();
    assert_eq!(door.like(1).await, 202);
    assert_eq!(door.like(0).await, 401);
}

#[actix_web::test]
async fn an_update_signed_by_the_pinned_key_replaces_it_and_no_other_does() {
    let door = Door::new().await;
    assert_eq!(door.like(0).await, 202);
    door.follow_her();
    // It names a key that her own document does not show.
    assert_eq!(door.post(0, "Update", &door.document(1)).await, 202);
    door.settled().await;
    assert_eq!(key_in_force(&door.held()), door.keys[0].public_pem);
    // It is signed by the key that it announces.
    door.show(1);
    assert_eq!(door.post(1, "Update", &door.document(1)).await, 401);
    // It names no key: the document is looked at again, and shows another one.
    assert_eq!(door.post(0, "Update", &json!(door.actor())).await, 202);
    door.settled().await;
    assert_eq!(door.like(1).await, 401);
    assert!(door.held().suspended);
    // Suspended as she is, she may still say with the pinned key which one is hers.
    assert_eq!(door.post(0, "Update", &door.document(1)).await, 202);
    door.settled().await;
    assert!(!door.held().suspended);
    assert_eq!(key_in_force(&door.held()), door.keys[1].public_pem);
    assert_eq!((door.like(1).await, door.like(0).await), (202, 401));
}

#[test]
fn a_sender_is_told_that_the_disk_is_full_and_may_try_again() {
    let status = |error: StoreError| super::Refused::from(error).answer().status().as_u16();
    assert_eq!(status(StoreError::Full), 507);
    assert_eq!(status(StoreError::Busy), 503);
}
