//! Requests, answers and announcements, on a temporary database.

use rustine_domain::ids::Host;
use rustine_protocol::Uri;
use rustine_protocol::activity::Follow;
use rustine_store::{RemoteActorRecord, StoreError};

use super::ask::{AskError, Choice};
use super::receive::{self, MOST_REQUESTS, NotAnnounced};
use super::*;
use crate::App;
use crate::blocks;
use crate::context::uri;
use crate::follows::receive as follows;
use crate::settings::Mode;
use crate::testing::{TestApp, now};

const HOST: &str = "b.localhost:2";

fn node() -> TestApp {
    TestApp::new("http://a.localhost:1")
}

fn instance_actor(host: &str) -> RemoteActorRecord {
    let id = format!("http://{host}/actor");
    RemoteActorRecord {
        host: host.to_owned(),
        kind: "Application".to_owned(),
        name: "instance".to_owned(),
        inbox: format!("http://{host}/inbox"),
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

fn known(app: &App, host: &str) -> RemoteActorRecord {
    let actor = instance_actor(host);
    app.db.write(|tx| tx.put_remote_actor(&actor)).unwrap();
    actor
}

fn their_follow(app: &App, host: &str) -> Follow {
    Follow::new(
        uri(&format!("http://{host}/activities/1")),
        uri(&format!("http://{host}/actor")),
        uri(&app.instance_actor()),
    )
}

fn host() -> Host {
    HOST.parse().unwrap()
}

fn state(app: &App, host: &str) -> Option<String> {
    let peer = app.db.read(|tx| tx.find_peer(host)).unwrap();
    peer.map(|peer| peer.state)
}

fn asked(app: &App, host: &str) {
    let actor = known(app, host);
    let follow = their_follow(app, host);
    app.db
        .write(|tx| receive::asked(app, tx, &follow, &actor))
        .unwrap();
}

/// Types of what waits to be sent to a host.
fn sent(app: &App, host: &str) -> Vec<String> {
    let queued = app.db.read(|tx| tx.list_outbox("queued", 0, 10_000));
    let to_host = queued.unwrap().into_iter().filter(|row| row.host == host);
    to_host
        .map(|row| {
            let document: serde_json::Value = serde_json::from_str(&row.body.unwrap()).unwrap();
            document["type"].as_str().unwrap().to_owned()
        })
        .collect()
}

#[test]
fn a_request_waits_for_a_person_and_an_answer_completes_it() {
    let node = node();
    asked(&node.app, HOST);
    assert_eq!(state(&node.app, HOST).as_deref(), Some(ASKING));
    let accepted = |tx: &mut Tx<'_>| is_accepted(tx, HOST);
    assert_eq!(node.app.db.read(accepted), Ok(false));
    decide::accept(&node.app, &host()).unwrap();
    assert_eq!(node.app.db.read(accepted), Ok(true));
    assert_eq!(sent(&node.app, HOST), ["Accept"]);
}

#[test]
fn an_accept_by_somebody_else_completes_nothing() {
    let node = node();
    let actor = known(&node.app, HOST);
    let ours = ask::ask(&node.app, &actor).unwrap().our_activity.unwrap();
    let accept = |by: &str| {
        let by: Uri = uri(by);
        node.app
            .db
            .write(|tx| follows::accepted(&node.app, tx, &by, &uri(&ours)))
    };
    for stranger in [
        "http://c.localhost:3/actor",
        "http://b.localhost:2/users/eve",
    ] {
        assert!(accept(stranger).is_err(), "{stranger}");
        assert_eq!(state(&node.app, HOST).as_deref(), Some(ASKED));
    }
    accept("http://b.localhost:2/actor").unwrap();
    assert_eq!(state(&node.app, HOST).as_deref(), Some(ACCEPTED));
    assert!(
        accept("http://b.localhost:2/actor").is_err(),
        "nothing is pending any more"
    );
}

#[test]
fn an_accept_after_we_took_our_request_back_completes_nothing() {
    let node = node();
    let actor = known(&node.app, HOST);
    let ours = ask::ask(&node.app, &actor).unwrap().our_activity.unwrap();
    decide::remove(&node.app, &host()).unwrap();
    let late = node.app.db.write(|tx| {
        follows::accepted(
            &node.app,
            tx,
            &uri("http://b.localhost:2/actor"),
            &uri(&ours),
        )
    });
    assert!(late.is_err());
    assert_eq!(state(&node.app, HOST).as_deref(), Some(REMOVED));
}

#[test]
fn requests_beyond_what_people_can_read_are_refused_at_once() {
    let node = node();
    for n in 0..MOST_REQUESTS {
        asked(&node.app, &format!("h{n}.localhost:2"));
    }
    asked(&node.app, "late.localhost:2");
    assert_eq!(state(&node.app, "late.localhost:2"), None);
    assert_eq!(sent(&node.app, "late.localhost:2"), ["Reject"]);
    asked(&node.app, "h3.localhost:2");
    assert_eq!(
        state(&node.app, "h3.localhost:2").as_deref(),
        Some(ASKING),
        "it waits already"
    );
}

#[test]
fn a_peer_announces_its_own_datasets_only() {
    let node = node();
    asked(&node.app, HOST);
    let actor = instance_actor(HOST);
    let announce = |url: &str| {
        let url = uri(url);
        node.app
            .db
            .write(|tx| receive::announced(&node.app, tx, &actor, &url))
    };
    let own = "http://b.localhost:2/datasets/lieux";
    assert!(
        matches!(announce(own), Err(NotAnnounced::NoPeer)),
        "nobody accepted it yet"
    );
    decide::accept(&node.app, &host()).unwrap();
    announce(own).unwrap();
    for foreign in [
        "http://c.localhost:3/datasets/lieux",
        "http://a.localhost:1/datasets/lieux",
    ] {
        let refused = announce(foreign).unwrap_err();
        assert!(
            matches!(refused, NotAnnounced::NotItsOwn { .. }),
            "{refused}"
        );
        assert!(refused.to_string().contains(foreign), "{refused}");
    }
    let listed = node.app.db.read(|tx| tx.list_peer_datasets(None)).unwrap();
    assert_eq!(listed, [], "its word alone lists nothing");
}

#[test]
fn a_flood_of_announcements_makes_one_look_in_ten_seconds() {
    let node = node();
    asked(&node.app, HOST);
    decide::accept(&node.app, &host()).unwrap();
    let due = || look::due(&node.app).unwrap().len();
    assert_eq!(due(), 1);
    let looked = look::Looked {
        about: Ok(about::About::default()),
        heads: Vec::new(),
    };
    look::write(&node.app, HOST, &looked).unwrap();
    assert_eq!(due(), 0);
    let actor = instance_actor(HOST);
    for n in 0..50 {
        let url = uri(&format!("http://b.localhost:2/datasets/d{n}"));
        let told = |tx: &mut Tx<'_>| receive::announced(&node.app, tx, &actor, &url);
        node.app.db.write(told).unwrap();
    }
    assert_eq!(due(), 0, "it was asked just now");
    node.clock.advance(look::PAUSE_SECONDS.unsigned_abs());
    assert_eq!(due(), 1);
    look::write(&node.app, HOST, &looked).unwrap();
    assert_eq!(due(), 0);
}

#[test]
fn another_key_suspends_a_peering_until_somebody_confirms_it() {
    let node = node();
    asked(&node.app, HOST);
    decide::accept(&node.app, &host()).unwrap();
    let suspend = |suspended| {
        let actor = RemoteActorRecord {
            suspended,
            ..instance_actor(HOST)
        };
        node.app.db.write(|tx| tx.put_remote_actor(&actor)).unwrap();
    };
    suspend(true);
    let accepted = |tx: &mut Tx<'_>| is_accepted(tx, HOST);
    assert_eq!(node.app.db.read(accepted), Ok(false));
    suspend(false);
    assert_eq!(node.app.db.read(accepted), Ok(true));
}

#[test]
fn nobody_asks_or_accepts_a_host_that_shows_another_key() {
    let node = node();
    asked(&node.app, HOST);
    let actor = RemoteActorRecord {
        suspended: true,
        ..instance_actor(HOST)
    };
    node.app.db.write(|tx| tx.put_remote_actor(&actor)).unwrap();
    assert!(matches!(
        ask::ask(&node.app, &actor),
        Err(AskError::Suspended(_))
    ));
    let refused = decide::accept(&node.app, &host()).unwrap_err();
    assert!(
        matches!(refused, decide::DecideError::Suspended(_)),
        "{refused}"
    );
}

#[test]
fn a_blocked_host_is_not_asked() {
    let node = node();
    blocks::block::add(&node.app, "b.localhost", "spam").unwrap();
    let actor = known(&node.app, HOST);
    assert!(matches!(
        ask::ask(&node.app, &actor),
        Err(AskError::Blocked { .. })
    ));
    assert_eq!(sent(&node.app, HOST), Vec::<String>::new());
}

#[test]
fn what_is_chosen_with_a_request_waits_for_its_answer() {
    let node = node();
    let actor = known(&node.app, HOST);
    let choice = Choice {
        copies: vec!["lieux".parse().unwrap()],
        groups: Some(vec!["voisins".to_owned()]),
        proposals: None,
    };
    ask::ask_with(&node.app, &actor, &choice).unwrap();
    let wishes = || look::due(&node.app).unwrap()[0].wishes.clone();
    assert_eq!(wishes(), Vec::<String>::new(), "there is no peering yet");
    let granted = |tx: &mut Tx<'_>| receive::granted(&node.app, tx, &uri(&actor.id));
    node.app.db.write(granted).unwrap();
    assert_eq!(wishes(), ["lieux"]);
    let groups: Result<_, StoreError> = node.app.db.read(|tx| tx.groups_of(HOST));
    assert_eq!(groups.unwrap(), ["voisins"]);
}

#[test]
fn groups_have_plain_names() {
    assert_eq!(
        choose::groups(" Voisins, hubs voisins").unwrap(),
        ["hubs", "voisins"]
    );
    assert!(choose::groups("").unwrap().is_empty());
    for bad in ["é", "a/b", &"a".repeat(41), "a b c d e f g h i j k"] {
        assert!(choose::groups(bad).is_err(), "{bad}");
    }
}

#[test]
fn the_mode_that_an_operator_chose_takes_the_place_of_the_setting() {
    let node = node();
    assert_eq!(mode::read(&node.app), Ok(Mode::Open));
    for chosen in [Mode::Silent, Mode::AllowList, Mode::Open] {
        mode::set(&node.app, chosen).unwrap();
        assert_eq!(mode::read(&node.app), Ok(chosen));
    }
    assert_eq!(Mode::parse("loud"), None);
}

#[test]
fn in_allow_list_mode_whoever_was_asked_may_answer() {
    let node = node();
    asked(&node.app, "stranger.localhost:2");
    ask::ask(&node.app, &known(&node.app, HOST)).unwrap();
    assert_eq!(node.app.db.read(mode::allowed), Ok(vec![HOST.to_owned()]));
}
