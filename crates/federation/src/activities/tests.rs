//! Requests for peerings and announcements as they are read from the inbox.

use rustine_app::App;
use rustine_app::testing::{TestApp, now};
use rustine_store::{InboxRecord, RemoteActorRecord, StoreError};
use serde_json::{Value, json};

use super::*;

fn instance_actor(host: &str) -> RemoteActorRecord {
    let id = format!("https://{host}/actor");
    RemoteActorRecord {
        host: host.to_owned(),
        kind: "Application".to_owned(),
        name: "instance".to_owned(),
        inbox: format!("https://{host}/inbox"),
        shared_inbox: None,
        key_id: format!("{id}#main-key"),
        key_pem: "AAAA".to_owned(),
        pinned_key_pem: None,
        multikey: None,
        implements: true,
        suspended: false,
        doc: "{}".to_owned(),
        fetched_at: now(),
        id,
    }
}

/// What an instance actor sends, once its signature was verified.
fn arrives(app: &App, host: &str, kind: &str, object: &str) -> Result<Effect, WorkError> {
    let actor = instance_actor(host);
    let id = format!("https://{host}/activities/{}", app.entropy.uuid());
    let body: Value = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": kind,
        "actor": actor.id, "object": object});
    let record = InboxRecord {
        id: 1,
        activity_id: id,
        actor: actor.id.clone(),
        kind: kind.to_owned(),
        body: Some(body.to_string()),
        received: now(),
        state: "pending".to_owned(),
        attempts: 0,
        next_at: now(),
        error: None,
        holder: String::new(),
    };
    app.db.write(|tx| {
        tx.put_remote_actor(&actor)?;
        act(app, tx, &record, None)
    })
}

fn waiting(app: &App) -> usize {
    let peers: Result<_, StoreError> = app.db.read(|tx| tx.list_peers());
    let peers = peers.unwrap();
    peers.iter().filter(|peer| peer.state == ASKING).count()
}

#[test]
fn of_one_registrable_domain_three_requests_wait_for_a_partnership() {
    let node = TestApp::new("https://a.example");
    let ours = node.app.instance_actor();
    for n in 0..500 {
        arrives(&node.app, &format!("h{n}.evil.example"), "Follow", &ours).unwrap();
    }
    assert_eq!(waiting(&node.app), 3);
    arrives(&node.app, "good.example", "Follow", &ours).unwrap();
    assert_eq!(waiting(&node.app), 4, "others are not kept out by them");
    arrives(&node.app, "h1.evil.example", "Follow", &ours).unwrap();
    assert_eq!(waiting(&node.app), 4);
}

#[test]
fn a_peer_that_announces_what_is_not_its_own_is_told_apart() {
    let node = TestApp::new("https://a.example");
    let ours = node.app.instance_actor();
    arrives(&node.app, "b.example", "Follow", &ours).unwrap();
    let host = "b.example".parse().unwrap();
    rustine_app::peers::decide::accept(&node.app, &host).unwrap();
    let announce = |url: &str| arrives(&node.app, "b.example", "Announce", url);
    assert!(matches!(
        announce("https://b.example/datasets/lieux"),
        Ok(Effect::Done)
    ));
    let refused = announce("https://c.example/datasets/lieux").unwrap_err();
    assert!(refused.to_string().contains("is not its own"), "{refused}");
    let stranger = arrives(
        &node.app,
        "d.example",
        "Announce",
        "https://d.example/datasets/x",
    );
    assert!(stranger.is_err());
}
