use rustine_protocol::object::{RemoteActor, WebFinger};

use super::World;

#[actix_web::test]
async fn every_actor_is_found_by_name_and_by_address() {
    let world = World::new();
    for (resource, actor) in [
        ("acct:lieux@a.example", "/datasets/lieux"),
        ("acct:Lieux@A.example", "/datasets/lieux"),
        ("https://a.example/datasets/lieux", "/datasets/lieux"),
        ("acct:lea@a.example", "/users/lea"),
        ("https://a.example/users/lea", "/users/lea"),
        ("acct:scribe@a.example", "/users/scribe"),
        ("acct:instance@a.example", "/actor"),
        ("acct:a.example@a.example", "/actor"),
        ("https://a.example/", "/actor"),
        ("https://a.example", "/actor"),
        ("https://a.example/actor", "/actor"),
    ] {
        let answer = world
            .get(&format!("/.well-known/webfinger?resource={resource}"))
            .await;
        assert_eq!(answer.status, 200, "{resource}");
        assert_eq!(answer.header("content-type"), "application/jrd+json");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let found = WebFinger::parse(&answer.json()).unwrap();
        assert_eq!(
            found.actor.as_str(),
            format!("https://a.example{actor}"),
            "{resource}"
        );
        // The way back: the actor has the name of the subject.
        let document = RemoteActor::parse(&world.get(actor).await.json()).unwrap();
        assert!(found.confirms(&document), "{resource}");
    }
}

#[actix_web::test]
async fn nobody_else_is_found() {
    let world = World::new();
    world.insert_dataset("brouillon", "", "public", "draft");
    for (resource, status) in [
        ("acct:lieux@b.example", 404),
        ("acct:parcs@a.example", 404),
        ("acct:brouillon@a.example", 404),
        ("acct:eve@a.example", 404),
        ("https://b.example/users/lea", 404),
        ("https://a.example/datasets/lieux/log/0", 404),
        ("lieux", 400),
        ("", 400),
    ] {
        let answer = world
            .get(&format!("/.well-known/webfinger?resource={resource}"))
            .await;
        assert_eq!(answer.status, status, "{resource}");
    }
    assert_eq!(world.get("/.well-known/webfinger").await.status, 400);
}
