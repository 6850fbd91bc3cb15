use rustine_protocol::activity::Follow;
use rustine_store::{RemoteActorRecord, StoreError};

use super::confirm::{ConfirmError, Whose, confirm, waiting};
use super::keep::{Kept, ReplaceError, keep, replace};
use super::{fingerprint, same_key};
use crate::context::uri;
use crate::peers::{ask, decide, receive};
use crate::testing::{TestApp, now};
use crate::{App, follows};

const ACTOR: &str = "http://c.localhost:3/actor";

fn pem(body: &str) -> String {
    format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n")
}

/// What its address shows, with a key.
fn shown(key: &str) -> RemoteActorRecord {
    RemoteActorRecord {
        id: ACTOR.into(),
        host: "c.localhost:3".into(),
        kind: "Application".into(),
        name: "instance".into(),
        inbox: format!("http://c.localhost:3/{}/inbox", key.to_lowercase()),
        shared_inbox: None,
        key_id: format!("{ACTOR}#main-key"),
        key_pem: pem(key),
        pinned_key_pem: None,
        multikey: None,
        implements: true,
        suspended: false,
        doc: format!("{{\"key\":\"{key}\"}}"),
        fetched_at: now(),
    }
}

fn held(app: &App) -> RemoteActorRecord {
    let found = app.db.read(|tx| tx.find_remote_actor(ACTOR));
    found
        .unwrap_or_else(|error: StoreError| panic!("{error}"))
        .unwrap()
}

fn node() -> TestApp {
    TestApp::new("http://b.localhost:2")
}

/// An instance that asked `c` for a peering, when `c` had the key `AAAA`.
fn peering() -> TestApp {
    let node = node();
    assert!(matches!(
        keep(&node.app, &shown("AAAA")),
        Ok(Kept::Known(_))
    ));
    ask::ask(&node.app, &shown("AAAA")).unwrap();
    node
}

fn is_suspended(app: &App, key: &str) -> bool {
    match keep(app, &shown(key)).unwrap() {
        Kept::Suspended(record) => {
            assert_eq!(record, held(app));
            true
        }
        Kept::Known(record) => {
            assert_eq!(record, held(app));
            false
        }
    }
}

#[test]
fn whoever_holds_nothing_here_may_change_its_key() {
    let node = node();
    for key in ["AAAA", "BBBB"] {
        assert!(!is_suspended(&node.app, key));
        assert_eq!(held(&node.app).pinned_key_pem, None);
        assert_eq!(held(&node.app).key_pem, pem(key));
    }
}

#[test]
fn another_key_of_a_peer_suspends_it_and_nothing_else_of_the_document_is_believed() {
    let node = peering();
    assert_eq!(held(&node.app).pinned_key_pem, Some(pem("AAAA")));
    assert!(!is_suspended(&node.app, "AAAA"));
    assert!(is_suspended(&node.app, "BBBB"));
    let record = held(&node.app);
    assert_eq!(record.pinned_key_pem, Some(pem("AAAA")));
    assert_eq!(
        (record.inbox, record.doc),
        (shown("AAAA").inbox, shown("AAAA").doc)
    );
    // That the known key is shown again settles nothing: a person looks.
    assert!(is_suspended(&node.app, "AAAA"));
}

#[test]
fn an_actor_that_is_fetched_only_after_it_was_followed_is_pinned_then() {
    let node = node();
    let follow = |tx: &mut rustine_store::Tx<'_>| {
        follows::ask::follow(&node.app, tx, "/actor", &uri(ACTOR), &shown("AAAA").inbox)
    };
    node.app.db.write(follow).unwrap();
    assert!(!is_suspended(&node.app, "AAAA"));
    assert_eq!(held(&node.app).pinned_key_pem, Some(pem("AAAA")));
    assert!(is_suspended(&node.app, "BBBB"));
}

#[test]
fn who_asks_for_a_peering_is_pinned_when_the_request_is_recorded() {
    let node = node();
    keep(&node.app, &shown("AAAA")).unwrap();
    let follow = Follow::new(
        uri("http://c.localhost:3/activities/1"),
        uri(ACTOR),
        uri(&node.app.instance_actor()),
    );
    let asked =
        |tx: &mut rustine_store::Tx<'_>| receive::asked(&node.app, tx, &follow, &shown("AAAA"));
    node.app.db.write(asked).unwrap();
    assert_eq!(held(&node.app).pinned_key_pem, Some(pem("AAAA")));
    assert!(is_suspended(&node.app, "BBBB"));
}

#[test]
fn a_person_confirms_the_key_that_was_compared_and_no_other() {
    let node = peering();
    let whose: Whose = "c.localhost:3".parse().unwrap();
    let nothing = confirm(&node.app, &whose, None);
    assert!(
        matches!(nothing, Err(ConfirmError::Nothing(_))),
        "{nothing:?}"
    );
    assert!(is_suspended(&node.app, "BBBB"));
    let [change] = &waiting(&node.app).unwrap()[..] else {
        panic!("one actor waits");
    };
    assert_eq!(change.old, fingerprint(&pem("AAAA")));
    assert_eq!(change.new, fingerprint(&pem("BBBB")));
    // Between the telephone call and the command it shows a third one.
    assert!(is_suspended(&node.app, "CCCC"));
    let other = confirm(&node.app, &whose, Some(&change.new));
    assert!(
        matches!(other, Err(ConfirmError::OtherKey { .. })),
        "{other:?}"
    );
    assert!(held(&node.app).suspended);
    let third = fingerprint(&pem("CCCC")).to_uppercase();
    let by_actor: Whose = ACTOR.parse().unwrap();
    assert_eq!(
        confirm(&node.app, &by_actor, Some(&third)).unwrap().len(),
        1
    );
    let record = held(&node.app);
    assert_eq!(record.pinned_key_pem, Some(pem("CCCC")));
    assert!(!record.suspended);
    assert!(!is_suspended(&node.app, "CCCC"));
    assert_eq!(held(&node.app).inbox, shown("CCCC").inbox);
    assert!(
        is_suspended(&node.app, "AAAA"),
        "the old key counts for nothing now"
    );
}

#[test]
fn an_announced_key_is_taken_where_the_actor_shows_it() {
    let node = peering();
    assert!(is_suspended(&node.app, "BBBB"));
    let announce = |shows: &str, names: &str| {
        let (shows, names) = (shown(shows), pem(names));
        node.app.db.write(|tx| replace(tx, &shows, &names))
    };
    let other = announce("BBBB", "CCCC");
    assert!(matches!(other, Err(ReplaceError::NotShown)), "{other:?}");
    assert!(held(&node.app).suspended);
    announce("BBBB", "BBBB").unwrap();
    let record = held(&node.app);
    assert_eq!(record.pinned_key_pem, Some(pem("BBBB")));
    assert!(!record.suspended);
    assert!(is_suspended(&node.app, "AAAA"));
}

#[test]
fn the_pin_lasts_as_long_as_the_relation() {
    let node = peering();
    assert!(is_suspended(&node.app, "BBBB"));
    decide::remove(&node.app, &"c.localhost:3".parse().unwrap()).unwrap();
    assert!(!is_suspended(&node.app, "BBBB"));
    assert_eq!(held(&node.app).pinned_key_pem, None);
}

#[test]
fn what_did_not_change_is_written_once_in_ten_minutes() {
    let node = node();
    keep(&node.app, &shown("AAAA")).unwrap();
    let at = |seconds| RemoteActorRecord {
        fetched_at: now().plus_seconds(seconds),
        ..shown("AAAA")
    };
    keep(&node.app, &at(599)).unwrap();
    assert_eq!(held(&node.app).fetched_at, now());
    keep(&node.app, &at(600)).unwrap();
    assert_eq!(held(&node.app).fetched_at, at(600).fetched_at);
    let renamed = RemoteActorRecord {
        name: "autre".into(),
        ..at(601)
    };
    keep(&node.app, &renamed).unwrap();
    assert_eq!(held(&node.app), renamed);
}

#[test]
fn a_fingerprint_is_of_the_key_and_not_of_its_text() {
    let digest = "709e80c88487a2411e1ee4dfb9f22a861492d20c4765150c0c794abd70f8147c";
    for text in [
        pem("AAAA"),
        pem("AA\r\nAA").replace('\n', "\r\n"),
        pem("AAAA").trim().into(),
    ] {
        assert_eq!(fingerprint(&text), digest);
        assert!(same_key(&text, &pem("AAAA")));
    }
    assert!(!same_key(&pem("AAAA"), &pem("BBBB")));
    assert_ne!(fingerprint("no PEM"), fingerprint("neither"));
}
