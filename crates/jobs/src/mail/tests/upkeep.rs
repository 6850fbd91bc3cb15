//! Letters about what waits for those who run the node or decide.

use rustine_app::datasets::{create, publish};
use rustine_app::instance;
use rustine_app::notifications::upkeep::Upkeep;
use rustine_app::testing::{now, peer, schema};
use rustine_store::{RemoteActorRecord, ReportRecord};

use super::*;

const HOST: &str = "b.localhost:2";
const REPORT: &str = "7f0c1e1e-0000-4000-8000-000000000001";

/// A node at which everything waits that a letter tells of.
fn waiting() -> (TestApp, [(Upkeep, &'static str, &'static str); 3]) {
    let node = TestApp::new("http://a.localhost:1");
    let app = &node.app;
    instance::create(app).unwrap();
    create::create(app, &"lieux".parse().unwrap(), &schema("Lieux")).unwrap();
    publish::publish(app, &"lieux".parse().unwrap()).unwrap();
    let actor = format!("http://{HOST}/actor");
    let peer = peer(HOST, rustine_app::peers::ASKING);
    let suspended = RemoteActorRecord {
        id: actor.clone(),
        host: HOST.to_owned(),
        kind: "Application".to_owned(),
        name: "instance".to_owned(),
        inbox: format!("http://{HOST}/inbox"),
        shared_inbox: None,
        key_id: format!("{actor}#main-key"),
        key_pem: "another key".to_owned(),
        pinned_key_pem: Some("one key".to_owned()),
        multikey: None,
        implements: true,
        suspended: true,
        doc: "{}".to_owned(),
        fetched_at: now(),
    };
    let dataset = node.record("lieux").id;
    let report = ReportRecord {
        id: REPORT.to_owned(),
        dataset,
        row_id: None,
        problem: "wrong".to_owned(),
        content: Some("<b>Fermé</b>".to_owned()),
        host: "a.localhost:1".to_owned(),
        reporter: None,
        state: "open".to_owned(),
        activity: None,
        created: now(),
        updated: now(),
    };
    let written: Result<(), StoreError> = app.db.write(|tx| {
        tx.put_peer(&peer)?;
        tx.put_remote_actor(&suspended)?;
        tx.insert_report(&report)
    });
    written.unwrap();
    let host = || HOST.to_owned();
    let events = [
        (
            Upkeep::PeerAsked { host: host() },
            "/admin/peers/b.localhost:2",
            HOST,
        ),
        (
            Upkeep::KeyChanged {
                actor,
                host: host(),
            },
            "/admin/peers/keys",
            HOST,
        ),
        (Upkeep::Reported { dataset }, "/moderation/reports", "Lieux"),
    ];
    (node, events)
}

#[test]
fn operators_read_in_their_language_what_waits_and_where() {
    let (node, events) = waiting();
    let mut subjects = std::collections::BTreeSet::new();
    for (what, page, about) in &events {
        for lang in Lang::ALL {
            let message = Message::Upkeep { what: what.clone() };
            let sheet = letters::write(&node.app, lang, None, &message).unwrap();
            let sheet = sheet.unwrap();
            let text = sheet.text();
            assert!(text.contains(&node.app.url(page)), "{text}");
            assert!(
                text.contains(about) && sheet.subject.contains(about),
                "{text}"
            );
            assert!(
                !text.contains("Fermé"),
                "people's words stay in the page: {text}"
            );
            for key in lang::tests::keys() {
                assert!(
                    !text.contains(&key) && sheet.subject != key,
                    "{key}: {text}"
                );
            }
            assert!(subjects.insert(sheet.subject));
        }
    }
}

#[test]
fn a_summary_lists_what_waits() {
    let (node, events) = waiting();
    let collected = Message::Collected {
        to_decide: Vec::new(),
        decided: Vec::new(),
        commented: Vec::new(),
        origins: Vec::new(),
        news: None,
        upkeep: events.iter().map(|(what, ..)| what.clone()).collect(),
    };
    let sheet = letters::write(&node.app, Lang::En, None, &collected).unwrap();
    let text = sheet.unwrap().text();
    assert!(text.contains("What waits as well"), "{text}");
    assert!(
        text.contains("asks for a partnership") && text.contains("another key"),
        "{text}"
    );
}

#[test]
fn nothing_is_said_of_what_somebody_saw_to() {
    let (node, events) = waiting();
    let app = &node.app;
    let settled: Result<(), StoreError> = app.db.write(|tx| {
        let mut peer = tx.find_peer(HOST)?.expect("it asks");
        rustine_app::peers::REFUSED.clone_into(&mut peer.state);
        tx.put_peer(&peer)?;
        let actor = tx.find_remote_actor(&peer.actor)?.expect("it was met");
        tx.put_remote_actor(&RemoteActorRecord {
            suspended: false,
            ..actor
        })?;
        tx.settle_report(REPORT, "dismissed", now()).map(drop)
    });
    settled.unwrap();
    for (what, ..) in events {
        let message = Message::Upkeep { what };
        assert!(
            letters::write(app, Lang::Fr, None, &message)
                .unwrap()
                .is_none()
        );
    }
}
