use rustine_domain::ids::Hash;
use serde_json::{Value, json};

use super::{dataset, instance, person, scribe};
use crate::limits;
use crate::object::RemoteActor;
use crate::object::remote_actor::{ActorKind, ActorProblem};
use crate::problem::DocumentProblem;
use crate::testing::{fixture, fixtures, keys};

#[test]
fn we_understand_the_actors_that_we_serve() {
    for (document, kind) in [
        (instance(), ActorKind::Application),
        (dataset(), ActorKind::Group),
        (person(), ActorKind::Person),
        (scribe(), ActorKind::Service),
    ] {
        let actor = RemoteActor::parse(&document).unwrap();
        assert_eq!(actor.kind, kind);
        assert_eq!(actor.kind.as_str(), document["type"]);
        assert_eq!(actor.public_key.pem, keys().rsa_pem);
        assert_eq!(actor.multikeys[0].key, keys().multikeys[0]);
        assert_eq!(actor.delivery_inbox().as_str(), "https://a.example/inbox");
        // Some servers refuse an actor that has several types, or an owner.
        assert!(document["type"].is_string() && document.get("attributedTo").is_none());
    }
    let read = RemoteActor::parse(&dataset()).unwrap();
    assert!(read.speaks_rustine() && RemoteActor::parse(&instance()).unwrap().speaks_rustine());
    assert!(!RemoteActor::parse(&person()).unwrap().speaks_rustine());
    assert_eq!(read.genesis, Some(Hash([1; 32])));
    assert_eq!(
        read.log.unwrap().as_str(),
        "https://a.example/datasets/lieux/log"
    );
    assert_eq!(
        read.replicas.unwrap().as_str(),
        "https://a.example/datasets/lieux/replicas"
    );
    assert_eq!(read.license.as_deref(), Some("ODbL-1.0"));
}

/// Reads the person with one member replaced; null takes it away.
fn changed(pointer: &str, value: Value) -> Result<RemoteActor, ActorProblem> {
    let mut document = person();
    *document.pointer_mut(pointer).unwrap() = value;
    RemoteActor::parse(&document)
}

#[test]
fn an_actor_that_contradicts_itself_is_refused() {
    use ActorProblem::*;
    let other = "https://b.example/users/eve";
    assert_eq!(changed("/publicKey/owner", json!(other)), Err(KeyOfAnother));
    assert_eq!(
        changed("/publicKey/owner", json!("https://a.example/users/eve")),
        Err(KeyOfAnother)
    );
    assert_eq!(
        changed("/publicKey/id", json!("https://b.example/key")),
        Err(KeyOfAnother)
    );
    assert_eq!(
        changed("/inbox", json!("https://b.example/inbox")),
        Err(OtherHost { member: "inbox" })
    );
    assert_eq!(
        changed("/inbox", json!("http://a.example/inbox")),
        Err(OtherHost { member: "inbox" })
    );
    assert_eq!(changed("/type", json!("Note")), Err(NotAnActor));
    assert!(matches!(
        changed("/type", json!(["Person", "Group"])),
        Err(Document(_))
    ));
    assert!(matches!(changed("/id", json!(7)), Err(Document(_))));
    assert_eq!(
        changed("/publicKey", Value::Null),
        Err(Document(DocumentProblem::Missing {
            member: "publicKey".into()
        }))
    );
    // What we can do without is passed over instead.
    let actor = changed("/endpoints/sharedInbox", json!("https://b.example/inbox")).unwrap();
    assert_eq!(actor.delivery_inbox(), &actor.inbox);
    assert_eq!(
        changed("/assertionMethod/0/controller", json!(other))
            .unwrap()
            .multikeys,
        []
    );
}

#[test]
fn every_text_that_is_kept_has_a_limit() {
    let long = |limit: usize| json!("x".repeat(limit + 1));
    for (pointer, limit) in [
        ("/name", limits::NAME),
        ("/preferredUsername", limits::WORD),
        ("/publicKey/publicKeyPem", limits::PEM),
        ("/assertionMethod/0/publicKeyMultibase", limits::MULTIKEY),
        ("/id", limits::URI),
        ("/inbox", limits::URI),
        ("/type", limits::WORD),
    ] {
        let problem = changed(pointer, long(limit)).unwrap_err();
        let ActorProblem::Document(DocumentProblem::TooLong { limit: told, .. }) = problem else {
            panic!("{pointer}: {problem:?}");
        };
        assert_eq!(told, limit);
    }
    let mut document = person();
    document["summary"] = long(limits::SUMMARY);
    assert!(RemoteActor::parse(&document).is_err());
}

#[test]
fn the_actors_of_other_servers_are_understood() {
    let mut seen = 0;
    for (name, document) in fixtures() {
        let kind = document["type"].as_str().unwrap_or_default();
        if !matches!(kind, "Person" | "Group" | "Application" | "Service") {
            assert!(RemoteActor::parse(&document).is_err(), "{name}");
            continue;
        }
        let actor =
            RemoteActor::parse(&document).unwrap_or_else(|problem| panic!("{name}: {problem}"));
        assert_eq!(actor.id.as_str(), document["id"], "{name}");
        assert!(
            actor.preferred_username.is_some() && !actor.speaks_rustine(),
            "{name}"
        );
        seen += 1;
    }
    assert!(seen == 0 || seen >= 9, "only {seen} actors were read");
}

#[test]
fn what_a_plugin_implements_is_found_in_its_generator() {
    let Some(document) = fixture("lemmyrepo-wordpress-obj-group.json") else {
        return;
    };
    let actor = RemoteActor::parse(&document).unwrap();
    assert_eq!(
        actor.implements,
        ["https://datatracker.ietf.org/doc/html/rfc9421"]
    );
}
