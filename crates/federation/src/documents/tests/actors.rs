use actix_web::http::Method;
use actix_web::http::header::{ACCEPT, IF_NONE_MATCH};
use rustine_protocol::object::{RemoteActor, collection};
use rustine_protocol::vocabulary::{ACTIVITY_JSON, LD_JSON};
use serde_json::json;

use super::World;
use super::world::now;

#[actix_web::test]
async fn every_actor_is_served_under_its_id() {
    let world = World::new();
    for (path, kind) in [
        ("/actor", "Application"),
        ("/users/lea", "Person"),
        ("/users/scribe", "Service"),
        ("/datasets/lieux", "Group"),
        ("/datasets/lieux@a.example", "Group"),
    ] {
        let answer = world.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        let actor = RemoteActor::parse(&answer.json()).unwrap();
        assert_eq!(actor.kind.as_str(), kind);
        assert_eq!(
            actor.id.as_str(),
            format!("https://a.example{}", path.replace("@a.example", ""))
        );
        assert!(actor.public_key.pem.contains("PUBLIC KEY"), "{path}");
        assert_eq!(answer.header("content-type"), ACTIVITY_JSON);
        assert!(answer.header("vary").contains("Accept"));
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("cache-control"), "no-cache");
    }
    assert_eq!(
        world.get("/").await.json(),
        world.get("/actor").await.json()
    );
}

#[actix_web::test]
async fn a_dataset_repeats_its_log() {
    let world = World::new();
    let record = world.dataset("lieux", "");
    let actor = RemoteActor::parse(&world.get("/datasets/lieux").await.json()).unwrap();
    assert_eq!(
        (actor.uid, actor.genesis),
        (Some(record.uid), Some(record.genesis))
    );
    let log_key = rustine_domain::key::LogKey::from_seed([3; 32]).multikey();
    assert_eq!(actor.multikeys[0].key, log_key);
    assert_eq!(actor.license.as_deref(), Some("ODbL-1.0"));
    assert!(actor.speaks_rustine());
}

#[actix_web::test]
async fn a_dataset_that_moved_says_where() {
    let world = World::new();
    let mut record = world.dataset("lieux", "");
    record.url = "https://c.example/datasets/lieux".into();
    world.write(|tx| tx.update_dataset(&record));
    let document = world.get("/datasets/lieux").await.json();
    assert_eq!(document["movedTo"], record.url);
    assert_eq!(document["id"], "https://a.example/datasets/lieux");
}

#[actix_web::test]
async fn a_browser_falls_through_to_the_page() {
    let world = World::new();
    let accept = "text/html,application/xhtml+xml,*/*;q=0.8";
    for path in ["/", "/datasets/lieux"] {
        assert_eq!(
            world
                .ask(Method::GET, path, &[(ACCEPT, accept)])
                .await
                .status,
            404,
            "{path}"
        );
        assert_eq!(
            world.ask(Method::GET, path, &[]).await.status,
            404,
            "{path}"
        );
        assert_eq!(
            world
                .ask(Method::GET, path, &[(ACCEPT, LD_JSON)])
                .await
                .status,
            200,
            "{path}"
        );
    }
}

#[actix_web::test]
async fn an_unchanged_document_costs_no_body() {
    let world = World::new();
    let first = world.get("/actor").await;
    let tag = first.header("etag").to_owned();
    let again = world
        .ask(Method::GET, "/actor", &[(IF_NONE_MATCH, &tag)])
        .await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    assert_eq!(again.header("etag"), tag);
    let other = world
        .ask(Method::GET, "/actor", &[(IF_NONE_MATCH, "W/\"x\", \"y\"")])
        .await;
    assert_eq!(other.status, 200);
    assert_eq!(world.ask(Method::HEAD, "/actor", &[]).await.status, 200);
}

#[actix_web::test]
async fn what_is_not_public_is_not_there() {
    let world = World::new();
    world.insert_dataset("brouillon", "", "public", "draft");
    world.insert_dataset("prive", "", "private", "published");
    world.insert_dataset("etrange", "", "friends-of-friends", "published");
    world.insert_dataset("ailleurs", "b.example", "peers", "published");
    for name in [
        "brouillon",
        "prive",
        "etrange",
        "absent",
        "ailleurs@b.example",
        "Lieux",
        "a@b@c",
    ] {
        for rest in [
            "",
            "/log",
            "/log/head",
            "/log/entries",
            "/log/snapshot",
            "/log/0",
            "/followers",
            "/outbox",
            "/replicas",
        ] {
            let path = format!("/datasets/{name}{rest}");
            let answer = world.get(&path).await;
            assert_eq!(answer.status, 404, "{path}");
            assert_eq!(
                answer.header("content-type"),
                "application/problem+json",
                "{path}"
            );
        }
    }
    for path in [
        "/users/eve",
        "/users/Lea",
        "/users/eve/followers",
        "/users/eve/outbox",
        "/notes/x",
        "/other/outbox",
    ] {
        assert_eq!(world.get(path).await.status, 404, "{path}");
    }
}

#[actix_web::test]
async fn a_disabled_account_is_no_longer_there() {
    let world = World::new();
    let mut user = world
        .app
        .db
        .read(|tx| tx.find_user_by_name("lea"))
        .unwrap()
        .unwrap();
    user.disabled = true;
    world.write(|tx| tx.update_user(&user));
    assert_eq!(world.get("/users/lea").await.status, 404);
    assert_eq!(
        world
            .get("/.well-known/webfinger?resource=acct:lea@a.example")
            .await
            .status,
        404
    );
}

#[actix_web::test]
async fn a_copy_sends_to_its_origin() {
    let answer = World::new().get("/datasets/parcs@b.example").await;
    assert_eq!(answer.status, 302);
    assert_eq!(
        answer.header("location"),
        "https://b.example/datasets/parcs"
    );
}

#[actix_web::test]
async fn collections_tell_numbers_peers_and_digests() {
    let world = World::new();
    let dataset = world.dataset("lieux", "").id;
    for (host, listed) in [("b.example", true), ("c.example", false)] {
        world.write(|tx| {
            tx.put_replica(&rustine_store::ReplicaRecord {
                dataset,
                host: host.into(),
                actor: format!("https://{host}/actor"),
                inbox: format!("https://{host}/inbox"),
                listed,
                accepted_at: now(),
            })
        });
    }
    let note = "6f1c0000-0000-4000-8000-000000000001";
    world.write(|tx| {
        tx.insert_note(&rustine_store::NoteRecord {
            id: note.into(),
            dataset,
            content: "<p>3 changements</p>".into(),
            from_seq: 1,
            to_seq: 2,
            published: now(),
        })
    });
    let replicas = world.get("/datasets/lieux/replicas").await.json();
    assert_eq!(
        collection::read_ids(&replicas).unwrap(),
        ["https://b.example/actor"
            .parse::<rustine_protocol::Uri>()
            .unwrap()]
    );
    let followers = world.get("/datasets/lieux/followers").await.json();
    assert_eq!(
        (&followers["totalItems"], followers.get("orderedItems")),
        (&json!(0), None)
    );
    let outbox = world.get("/datasets/lieux/outbox").await.json();
    let document = world.get(&format!("/notes/{note}")).await.json();
    assert_eq!(outbox["orderedItems"][0]["object"]["id"], document["id"]);
    assert_eq!(document["id"], format!("https://a.example/notes/{note}"));
    assert_eq!(document["attributedTo"], "https://a.example/datasets/lieux");
    for path in [
        "/actor/outbox",
        "/users/lea/outbox",
        "/users/scribe/outbox",
        "/actor/followers",
        "/users/scribe/followers",
    ] {
        let collection = world.get(path).await.json();
        assert_eq!(collection["id"], format!("https://a.example{path}"));
        assert_eq!(collection["totalItems"], 0);
    }
}

#[actix_web::test]
async fn nodeinfo_and_context_are_served() {
    let world = World::new();
    let links = world.get("/.well-known/nodeinfo").await.json();
    assert_eq!(links["links"][0]["href"], "https://a.example/nodeinfo/2.1");
    let info = world.get("/nodeinfo/2.1").await;
    assert!(info.header("content-type").contains("profile="));
    assert_eq!(
        (
            &info.json()["usage"]["users"]["total"],
            &info.json()["metadata"]["datasets"]
        ),
        (&json!(1), &json!(1))
    );
    let context = world.get("/ns/v1").await;
    assert_eq!(context.header("content-type"), "application/ld+json");
    assert!(context.json()["@context"]["DataPatch"].is_string());
}

#[actix_web::test]
async fn a_closed_dataset_is_a_tombstone_and_its_log_stays() {
    let world = World::new();
    let mut dataset = world.dataset("lieux", "");
    dataset.status = "closed".into();
    world.write(|tx| tx.update_dataset(&dataset));
    let answer = world.get("/datasets/lieux").await;
    assert_eq!(answer.status, 410);
    assert_eq!(answer.header("content-type"), "application/activity+json");
    let document = answer.json();
    assert_eq!(document["id"], "https://a.example/datasets/lieux");
    assert_eq!(
        (&document["type"], &document["formerType"]),
        (&json!("Tombstone"), &json!("Group"))
    );
    for part in ["", "/head", "/entries?from=0&limit=10", "/0", "/snapshot"] {
        let path = format!("/datasets/lieux/log{part}");
        assert_eq!(world.get(&path).await.status, 200, "{path}");
        let path = format!("/datasets/lieux@a.example/log{part}");
        assert_eq!(world.get(&path).await.status, 200, "{path}");
    }
}
