//! A dataset moves while its origin is there: handed over to who agreed, or against an origin that signs on.

use rustine_testkit::node::Node;
use rustine_testkit::stranger::Stranger;
use rustine_testkit::{binary, places, wait};
use rustine_tests_federation::moderation::{has_modlog, modlog, said};
use rustine_tests_federation::{
    LIEUX, SOON_S, digest, has_digest, has_status, import_again, next_pending, propose, text,
    verify,
};
use serde_json::json;

use crate::survival::{cooperative, name_of, page_of, status_of};

#[test]
fn an_origin_hands_its_dataset_over_to_who_has_agreed() {
    let Some(binary) = binary() else { return };
    let (origin, heir, third) = cooperative(&binary);
    let (old, new) = (origin.address_of(LIEUX), heir.address_of(LIEUX));
    let waiting = propose(
        &origin,
        LIEUX,
        &["--where", "id=lieu-000004", "--set", "nom=En attente"],
    );
    let refused = propose(
        &origin,
        LIEUX,
        &["--where", "id=lieu-000009", "--set", "nom=X"],
    );
    let _ = origin
        .call(&["patch", "refuse", &refused, "--reason", "Le nom est juste."])
        .done();
    let page = page_of(&origin);
    let words = ["dataset", "move", LIEUX, "--recovery-key", &page, "--to"];
    let refused = origin.call(&[&words[..], &[heir.host()]].concat());
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.said().contains("has not agreed"),
        "{}",
        refused.said()
    );

    // Somebody on another network follows it.
    let actor = format!("{}/datasets/{LIEUX}", origin.origin());
    let follower = Stranger::start("ailleurs");
    let follow = follower.activity("Follow", &json!(actor));
    let inbox = format!("{actor}/inbox");
    assert_eq!(follower.post(&inbox, &follow).status, 202);
    wait::until("the follower to be accepted", SOON_S, || {
        (!follower.received("Accept").is_empty()).then_some(())
    });

    let agreed = heir.json(&["dataset", "agree", &old]);
    assert_eq!(agreed["agreed"], true);
    let moved = origin.json(&[&words[..], &[heir.host()]].concat());
    assert_eq!(text(&moved, "key"), text(&agreed, "key"));
    wait::until("the heir to own it", 3 * SOON_S, || {
        let list = heir.json(&["dataset", "list"]);
        let mut names = list["datasets"].as_array()?.iter();
        names.any(|it| it["name"] == LIEUX).then_some(())
    });
    // The follower elsewhere is told in words that every server of that network knows, and both ends confirm it.
    let told = wait::until("the follower to be told", SOON_S, || {
        follower.received("Move").into_iter().next()
    });
    let home = format!("{}/datasets/{LIEUX}", heir.origin());
    let said_by = |member: &str| text(&told, member);
    assert_eq!(
        (said_by("actor"), said_by("object"), said_by("target")),
        (actor.clone(), actor.clone(), home.clone())
    );
    let document = |node: &Node, url: &str| node.browser().get_activity(url).expect(200).json();
    assert_eq!(document(&origin, &actor)["movedTo"], home);
    assert_eq!(document(&heir, &home)["alsoKnownAs"], json!([actor]));
    // What waited at the old origin is decided at the new one.
    let there = next_pending(&heir);
    let _ = heir.call(&["patch", "accept", &there]).done();
    has_status(&origin, &waiting, "accepted");
    let end = digest(&heir, LIEUX);
    for copy in [&origin, &third] {
        has_digest(copy, &new, &end);
        verify(copy, &new);
        assert_eq!(name_of(copy, &new, "lieu-000004"), "En attente");
    }
    let lines = modlog(&heir, LIEUX);
    let names = [(&origin, "O"), (&heir, "H"), (&third, "T")];
    let expected = [
        "1 refused maintain O",
        "2 moved operator O",
        "3 accepted maintain H",
    ];
    assert_eq!(said(&lines, &names), expected);
    for copy in [&origin, &third] {
        has_modlog(copy, &new, &lines);
    }
}

/// The entries that were seen at a copy beside the log that it follows.
fn evidence(copy: &Node, address: &str) -> Vec<String> {
    let shown = status_of(copy, address);
    let forks = shown["forks"].as_array().cloned().unwrap_or_default();
    forks.iter().map(|fork| text(fork, "rival")).collect()
}

#[test]
fn an_origin_that_signs_on_past_a_move_is_refused_and_keeps_a_copy() {
    let Some(binary) = binary() else { return };
    let (mut origin, mut heir, mut third) = cooperative(&binary);
    let (old, new) = (origin.address_of(LIEUX), heir.address_of(LIEUX));
    assert_eq!(origin.stop(), Some(0));
    let moved = [
        "dataset",
        "move",
        &old,
        "--to",
        heir.host(),
        "--recovery-key",
    ];
    let _ = heir.json(&[&moved[..], &[&page_of(&origin)]].concat());
    let home = digest(&heir, LIEUX);
    has_digest(&third, &new, &home);

    // It comes back while it can hear of nothing, and goes on as before.
    for node in [&mut heir, &mut third] {
        assert_eq!(node.stop(), Some(0));
    }
    origin.serve();
    let mut table = places::table(20);
    table.rows[7][1] = "Signé par l’ancienne".to_owned();
    import_again(&origin, LIEUX, &table);
    let past = digest(&origin, LIEUX);
    assert_eq!(past["seq"], home["seq"], "it signed a rival of the move");
    // A copy that knows of the move sees that entry, keeps it as evidence and follows on as it did.
    third.serve();
    wait::until("the rival at the copy", 3 * SOON_S, || {
        let seen = evidence(&third, &new);
        seen.contains(&text(&past, "entry")).then_some(())
    });
    assert_eq!(digest(&third, &new), home);
    // Once the new home answers, the former origin reads where its dataset went.
    heir.serve();
    has_digest(&origin, LIEUX, &home);
    let refused = origin.call(&["dataset", "close", LIEUX]);
    assert_eq!(refused.code, Some(1), "{}", refused.said());
    for (node, address) in [(&heir, LIEUX), (&third, &new), (&origin, &new)] {
        assert_eq!(digest(node, address), home);
        verify(node, address);
        assert_eq!(
            name_of(node, address, "lieu-000007"),
            name_of(&heir, LIEUX, "lieu-000007")
        );
        assert_ne!(
            name_of(node, address, "lieu-000007"),
            "Signé par l’ancienne"
        );
    }
}
