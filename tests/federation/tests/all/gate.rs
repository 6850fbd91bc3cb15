//! The gate in front of the inbox (`docs/federation.md`), over HTTP, with a foreign server that signs.

use std::path::Path;

use rustine_testkit::http::{ACTIVITY_JSON, Browser};
use rustine_testkit::node::Node;
use rustine_testkit::stranger::{SIGNED, Stranger};
use rustine_testkit::{binary, wait};
use rustine_tests_federation::{LIEUX, SOON_S, digest, publish_places, text};
use serde_json::{Value, json};

/// A node with a dataset, the dataset's inbox, and somebody who writes to it.
struct Door {
    node: Node,
    dataset: String,
    inbox: String,
    stranger: Stranger,
}

fn door(binary: &Path) -> Door {
    let node = Node::start(binary, "porte");
    publish_places(&node, 3);
    let dataset = format!("{}/datasets/{LIEUX}", node.origin());
    let actor = node.browser().get_activity(&dataset).expect(200).json();
    assert_eq!(
        (actor["type"].as_str(), actor["id"].as_str()),
        (Some("Group"), Some(dataset.as_str()))
    );
    let inbox = text(&actor, "inbox");
    Door {
        node,
        dataset,
        inbox,
        stranger: Stranger::start("ailleurs"),
    }
}

impl Door {
    fn follow(&self) -> Value {
        self.stranger.activity("Follow", &json!(self.dataset))
    }
}

#[test]
fn an_honest_follower_is_accepted_and_embedded_verbatim() {
    let Some(binary) = binary() else { return };
    let door = door(&binary);
    let follow = door.follow();
    assert_eq!(door.stranger.post(&door.inbox, &follow).status, 202);
    let accept = wait::until("the Accept", SOON_S, || {
        door.stranger.received("Accept").into_iter().next()
    });
    assert_eq!(
        (&accept["actor"], &accept["object"]),
        (&json!(door.dataset), &follow)
    );
}

#[test]
fn the_same_activity_twice_has_one_effect() {
    let Some(binary) = binary() else { return };
    let door = door(&binary);
    let follow = door.follow();
    for _ in 0..3 {
        let status = door.stranger.post(&door.inbox, &follow).status;
        assert!(
            (200..300).contains(&status),
            "a duplicate is quietly accepted, not {status}"
        );
    }
    wait::until("the Accept", SOON_S, || {
        door.stranger.received("Accept").into_iter().next()
    });
    // A second, different Follow is answered after whatever the duplicates would have caused.
    let undo = door.stranger.activity("Undo", &follow);
    assert_eq!(door.stranger.post(&door.inbox, &undo).status, 202);
    let again = door.follow();
    assert_eq!(door.stranger.post(&door.inbox, &again).status, 202);
    wait::until("the second Accept", SOON_S, || {
        door.stranger
            .received("Accept")
            .iter()
            .any(|accept| accept["object"]["id"] == again["id"])
            .then_some(())
    });
    let first = door
        .stranger
        .received("Accept")
        .iter()
        .filter(|accept| accept["object"]["id"] == follow["id"])
        .count();
    assert_eq!(first, 1);
}

#[test]
fn what_is_no_signed_activity_is_refused_before_anybody_is_fetched() {
    let Some(binary) = binary() else { return };
    let door = door(&binary);
    let before = digest(&door.node, LIEUX);
    let good = door.follow().to_string();
    let doubled = good.replacen(
        "\"type\":\"Follow\"",
        "\"type\":\"Like\",\"type\":\"Follow\"",
        1,
    );
    assert_ne!(doubled, good);
    let deep = good.replacen(
        "\"type\"",
        &format!("\"x\":{}1{},\"type\"", "[".repeat(60), "]".repeat(60)),
        1,
    );
    let numbered = good.replacen("\"type\":\"Follow\"", "\"type\":[\"Follow\"]", 1);
    let huge = good.replacen(
        "\"type\"",
        &format!("\"x\":\"{}\",\"type\"", "x".repeat(1024 * 1024)),
        1,
    );
    let ours = good.replace(
        &door.stranger.actor(),
        &format!("{}/users/admin", door.node.origin()),
    );
    let cases = [
        (
            "no JSON",
            "{\"type\": \"Foll".to_owned(),
            SIGNED,
            &[400][..],
        ),
        ("a member twice", doubled, SIGNED, &[400]),
        ("nested too deeply", deep, SIGNED, &[400]),
        ("a list of types", numbered, SIGNED, &[400]),
        ("more than a mebibyte", huge, SIGNED, &[413]),
        ("an actor of our own", ours, SIGNED, &[400]),
        (
            "no host signed",
            good.clone(),
            "(request-target) date digest",
            &[401],
        ),
        ("no target signed", good.clone(), "host date digest", &[401]),
        (
            "no date signed",
            good.clone(),
            "(request-target) host digest",
            &[401],
        ),
        (
            "no digest signed",
            good.clone(),
            "(request-target) host date",
            &[401],
        ),
    ];
    for (what, body, signed, statuses) in cases {
        let reply = door
            .stranger
            .post_bytes(&door.inbox, body.into_bytes(), signed);
        assert!(
            statuses.contains(&reply.status),
            "{what}: {} {}",
            reply.status,
            reply.text()
        );
    }
    let unsigned = Browser::default()
        .request("POST", &door.inbox)
        .body(ACTIVITY_JSON, good.clone())
        .send();
    assert_eq!(unsigned.status, 401);
    let plain = Browser::default()
        .request("POST", &door.inbox)
        .body("text/plain", good)
        .send();
    assert!([400, 415].contains(&plain.status), "{}", plain.status);
    assert_eq!(digest(&door.node, LIEUX), before);
    assert!(door.stranger.received("Accept").is_empty());
}

#[test]
fn what_was_signed_for_another_host_or_in_anothers_name_is_refused() {
    let Some(binary) = binary() else { return };
    let (door, other) = (door(&binary), Stranger::start("victime"));
    let follow = door.follow().to_string().into_bytes();
    let elsewhere = door.inbox.replace(door.node.host(), "autre.localhost:1234");
    let caught = door
        .stranger
        .post_to(&door.inbox, &elsewhere, follow, SIGNED);
    assert_eq!(
        caught.status, 401,
        "what was caught on its way to another host is not ours"
    );
    let mut forged = door.follow();
    forged["actor"] = json!(other.actor());
    let status = door.stranger.post(&door.inbox, &forged).status;
    assert!(
        [401, 403].contains(&status),
        "the key belongs to somebody else: {status}"
    );
    assert!(other.received("Accept").is_empty());
}

#[test]
fn an_offer_from_an_unknown_instance_for_an_unknown_dataset_stores_nothing() {
    let Some(binary) = binary() else { return };
    let door = door(&binary);
    let mut offer = door
        .stranger
        .activity("Offer", &json!({"type": "DataPatch", "ops": []}));
    offer["target"] = json!(format!("{}/datasets/absent", door.node.origin()));
    let reply = door.stranger.post(&door.inbox, &offer);
    assert!(
        (200..500).contains(&reply.status),
        "never a fault of ours: {}",
        reply.status
    );
    assert_eq!(
        rustine_tests_federation::pending(&door.node),
        Vec::<String>::new()
    );
    assert_eq!(door.node.get("/readyz").status, 200);
}

#[test]
fn unknown_types_are_accepted_without_effect() {
    let Some(binary) = binary() else { return };
    let door = door(&binary);
    let before = digest(&door.node, LIEUX);
    let like = door.stranger.activity("Teleport", &json!(door.dataset));
    assert_eq!(door.stranger.post(&door.inbox, &like).status, 202);
    assert_eq!(digest(&door.node, LIEUX), before);
}
