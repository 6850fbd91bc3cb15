//! The key that somebody is known by, with a person elsewhere whose proposal waits (`docs/admin/keys.md`).

use std::collections::BTreeMap;

use rustine_domain::digest::{OfferedOp, offer_digest};
use rustine_domain::ids::Salt;
use rustine_testkit::node::Node;
use rustine_testkit::stranger::Stranger;
use rustine_testkit::{binary, wait};
use rustine_tests_federation::{LIEUX, SOON_S, pending, publish_places, text};
use serde_json::{Value, json};

/// An offer of one more place, with all that makes it checkable.
fn offer(node: &Node, stranger: &Stranger, number: u8) -> Value {
    let dataset = format!("{}/datasets/{LIEUX}", node.origin());
    let actor = node.browser().get_activity(&dataset).expect(200).json();
    let seq = node
        .get(&format!("/datasets/{LIEUX}/log/head"))
        .expect(200)
        .json()["seq"]
        .clone();
    let header = node
        .get(&format!("/datasets/{LIEUX}/log/{seq}"))
        .expect(200)
        .json();
    let cells = [
        ("id", format!("nouveau-{number}")),
        ("nom", "Le Chat noir".to_owned()),
    ];
    let cells: BTreeMap<_, _> = cells
        .into_iter()
        .map(|(field, value)| (field.parse().expect("a name of the table"), value))
        .collect();
    let ops = vec![OfferedOp::Add {
        label: "_:1".to_owned(),
        cells,
    }];
    let nonce = Salt([number; 16]);
    let schema = text(&header, "schema").parse().expect("a hash");
    let uid = text(&actor, "uid").parse().expect("a uid");
    let digest = offer_digest(&nonce, uid, &schema, &ops);
    let patch = json!({
        "id": format!("{}/patches/9ab2c1d0-0000-4000-8000-0000000000{number:02}", stranger.origin()),
        "type": "DataPatch",
        "attributedTo": stranger.actor(),
        "context": dataset,
        "uid": uid.to_string(),
        "published": "2026-11-20T10:00:00Z",
        "schema": schema.to_string(),
        "nonce": nonce.to_string(),
        "digest": digest.to_string(),
        "ops": ops.iter().map(OfferedOp::to_json).collect::<Vec<_>>(),
    });
    let mut offer = stranger.activity("Offer", &patch);
    offer["target"] = json!(dataset);
    offer["to"] = json!([dataset]);
    offer
}

fn wait_for(node: &Node, count: usize) {
    wait::until(&format!("{count} pending proposals"), SOON_S, || {
        (pending(node).len() == count).then_some(())
    });
}

/// The actors whose key changed.
fn suspended(node: &Node) -> Vec<Value> {
    let list = node.json(&["peer", "list"]);
    list["suspended"].as_array().cloned().expect("a list")
}

#[test]
fn another_key_is_refused_until_it_is_confirmed_or_was_announced_by_the_key_before() {
    let Some(binary) = binary() else { return };
    let node = Node::start(&binary, "clefs");
    publish_places(&node, 3);
    let inbox = format!("{}/inbox", node.origin());
    let mut stranger = Stranger::start("ailleurs");
    assert_eq!(
        stranger.post(&inbox, &offer(&node, &stranger, 1)).status,
        202
    );
    wait_for(&node, 1);

    // Another key, and nobody announced it. That the document is to be looked at again is all that the first key says.
    let first = stranger.change_key();
    let second = stranger.sign_with(first);
    let look = stranger.activity("Update", &json!(stranger.actor()));
    assert_eq!(stranger.post(&inbox, &look).status, 202);
    let first = stranger.sign_with(second);
    let refused = offer(&node, &stranger, 2);
    let change = wait::until("the change to be seen", SOON_S, || {
        assert_eq!(stranger.post(&inbox, &refused).status, 401);
        suspended(&node).into_iter().next()
    });
    assert_eq!(change["actor"], stranger.actor());
    assert_ne!(change["was"], change["is"]);
    assert!(
        node.log()
            .contains("shows another key than the one we know it by")
    );
    let second = stranger.sign_with(first);
    assert_eq!(
        stranger.post(&inbox, &refused).status,
        401,
        "the first key has no rights either"
    );
    let first = stranger.sign_with(second);
    assert_eq!(pending(&node).len(), 1, "nothing was taken");

    // A person confirms, but only the key that was compared.
    let origin = stranger.origin().trim_start_matches("http://").to_owned();
    let wrong = node.call(&[
        "peer",
        "confirm",
        &origin,
        "--fingerprint",
        &text(&change, "was"),
    ]);
    assert_eq!(wrong.code, Some(1));
    let right = [
        "peer",
        "confirm",
        &origin,
        "--fingerprint",
        &text(&change, "is"),
    ];
    let confirmed = node.json(&right);
    assert_eq!(confirmed["confirmed"][0], change);
    assert!(suspended(&node).is_empty());
    assert_eq!(stranger.post(&inbox, &refused).status, 202);
    wait_for(&node, 2);
    let _ = stranger.sign_with(first);
    assert_eq!(
        stranger.post(&inbox, &look).status,
        401,
        "the first key is forgotten"
    );
}

#[test]
fn a_key_is_replaced_by_an_update_that_the_key_before_signed() {
    let Some(binary) = binary() else { return };
    let node = Node::start(&binary, "annonce");
    publish_places(&node, 3);
    let inbox = format!("{}/inbox", node.origin());
    let mut stranger = Stranger::start("voisine");
    assert_eq!(
        stranger.post(&inbox, &offer(&node, &stranger, 1)).status,
        202
    );
    wait_for(&node, 1);
    let first = stranger.change_key();
    let update = stranger.activity("Update", &stranger.document());
    assert_eq!(
        stranger.post(&inbox, &update).status,
        401,
        "it is signed by the key it announces"
    );
    let second = stranger.sign_with(first);
    assert_eq!(stranger.post(&inbox, &update).status, 202);
    let first = stranger.sign_with(second);
    let next = offer(&node, &stranger, 2);
    wait::until("the announced key to count", SOON_S, || {
        (stranger.post(&inbox, &next).status == 202).then_some(())
    });
    wait_for(&node, 2);
    assert!(suspended(&node).is_empty(), "nobody had to do anything");
    let _ = stranger.sign_with(first);
    let late = stranger.activity("Update", &json!(stranger.actor()));
    assert_eq!(stranger.post(&inbox, &late).status, 401);
}
