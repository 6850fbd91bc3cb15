//! What blocks cover and cut, and that lists only propose.

use rustine_domain::key::LogKey;
use rustine_domain::review::Role;
use rustine_formats::blocklist;
use rustine_store::{FollowerRecord, RemoteActorRecord, StoreError, Tx};

use super::drafts::{APPLIED, BLOCK, DISMISSED, UNBLOCK};
use super::*;
use crate::App;
use crate::grants::{give, role_of};
use crate::patches::desk::Desk;
use crate::peers::{ACCEPTED, REMOVED};
use crate::testing::{TestApp, now};

fn node() -> TestApp {
    TestApp::new("http://a.localhost:1")
}

fn covered(app: &App, host: &str) -> bool {
    app.db.read(|tx| covers(tx, host)).unwrap()
}

fn follower(app: &App, host: &str) {
    let follower = FollowerRecord {
        id: 0,
        object: "/datasets/lieux".to_owned(),
        follower: format!("http://{host}/users/lea"),
        inbox: format!("http://{host}/inbox"),
        shared_inbox: None,
        host: host.to_owned(),
        activity_id: format!("http://{host}/activities/1"),
        kind: "person".to_owned(),
        created: now(),
    };
    app.db.write(|tx| tx.put_follower(&follower)).unwrap();
}

#[test]
fn a_domain_is_read_as_people_write_it() {
    for (text, read) in [
        ("spam.example", "spam.example"),
        (" Spam.Example. ", "spam.example"),
        ("spam.example:8080", "spam.example"),
    ] {
        assert_eq!(domain(text).as_deref(), Ok(read), "{text:?}");
    }
    for bad in [
        "",
        "localhost",
        "sp*m.example",
        "https://spam.example",
        "a b.example",
        "192.0.2.1",
    ] {
        assert!(domain(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn a_block_covers_everything_under_it_and_nothing_beside_it() {
    let node = node();
    block::add(&node.app, "spam.localhost", "").unwrap();
    for host in [
        "spam.localhost",
        "spam.localhost:81",
        "a.b.spam.localhost:81",
        "SPAM.localhost.",
    ] {
        assert!(covered(&node.app, host), "{host}");
    }
    for host in ["notspam.localhost", "localhost", "spam.localhost.example"] {
        assert!(!covered(&node.app, host), "{host}");
    }
}

/// A dataset on which two people elsewhere have a role and a third asked for one.
fn granted() -> (Desk, Vec<String>) {
    let desk = Desk::new(|_| {});
    let app = &desk.node.app;
    let actors = ["spam.localhost:2", "a.spam.localhost", "good.localhost:3"]
        .map(|host| format!("http://{host}/users/bo"));
    for (n, actor) in actors.iter().enumerate() {
        let key = LogKey::from_seed([u8::try_from(n).unwrap() + 1; 32]);
        let host = actor.split('/').nth(2).unwrap();
        let record = RemoteActorRecord {
            id: actor.clone(),
            inbox: format!("http://{host}/inbox"),
            shared_inbox: None,
            host: host.to_owned(),
            kind: "Person".to_owned(),
            name: "bo".to_owned(),
            key_id: format!("{actor}#main-key"),
            key_pem: "one key".to_owned(),
            pinned_key_pem: None,
            multikey: Some(key.multikey().to_string()),
            implements: true,
            suspended: false,
            doc: "{}".to_owned(),
            fetched_at: now(),
        };
        app.db.write(|tx| tx.put_remote_actor(&record)).unwrap();
        give::give(
            app,
            &desk.lea,
            &"lieux".parse().unwrap(),
            actor,
            Role::Write,
            None,
        )
        .unwrap();
    }
    (desk, actors.to_vec())
}

fn states(desk: &Desk) -> Vec<(String, String)> {
    let id = desk.node.record("lieux").id;
    let grants = desk
        .node
        .app
        .db
        .read(|tx| tx.list_grants(Some(id)))
        .unwrap();
    let mut found: Vec<_> = grants.into_iter().map(|it| (it.host, it.state)).collect();
    found.sort();
    found
}

#[test]
fn a_block_takes_the_roles_back_that_its_dry_run_names() {
    let (desk, actors) = granted();
    let app = &desk.node.app;
    let seq = || desk.node.record("lieux").seq;
    let before = seq();
    let (_, cuts) = block::preview(app, "spam.localhost").unwrap();
    let lieux = |actor: &String| (actor.clone(), "lieux".to_owned());
    assert_eq!(cuts.grants, [lieux(&actors[1]), lieux(&actors[0])]);
    assert_eq!(seq(), before, "a dry-run signs nothing");
    let (_, cut) = block::add(app, "spam.localhost", "spam").unwrap();
    assert_eq!(cut, cuts);
    let state = |host: &str, state: &str| (host.to_owned(), state.to_owned());
    assert_eq!(
        states(&desk),
        [
            state("a.spam.localhost", "revoked"),
            state("good.localhost:3", "offered"),
            state("spam.localhost:2", "revoked"),
        ]
    );
    assert_eq!(seq(), before + 2, "one entry for each role");
    let id = desk.node.record("lieux").id;
    let role = |actor: &str| app.db.read(|tx| role_of(app, tx, actor, id));
    assert_eq!(role(&actors[0]), Ok(Role::None));
    assert_eq!(role(&actors[2]), Ok(Role::Write));
}

#[test]
fn a_role_on_a_log_that_cannot_be_signed_is_suspended_by_a_block() {
    let (desk, actors) = granted();
    let app = &desk.node.app;
    let frozen = |tx: &mut Tx<'_>| {
        let mut dataset = tx.find_dataset_by_name("lieux", "")?.expect("it was made");
        dataset.status = "frozen".to_owned();
        tx.update_dataset(&dataset)
    };
    app.db.write(frozen).unwrap();
    let before = desk.node.record("lieux").seq;
    block::add(app, "spam.localhost", "spam").unwrap();
    assert_eq!(desk.node.record("lieux").seq, before);
    let id = desk.node.record("lieux").id;
    let role = app.db.read(|tx| role_of(app, tx, &actors[0], id));
    assert_eq!(role, Ok(Role::None));
    assert!(
        covered(app, "spam.localhost"),
        "the block stands whatever the log does"
    );
}

#[test]
fn an_instance_cannot_block_itself() {
    let node = node();
    let refused = block::add(&node.app, "a.localhost", "").unwrap_err();
    assert!(
        matches!(refused, block::BlockError::Ourselves(_)),
        "{refused}"
    );
}

#[test]
fn a_dry_run_names_what_would_be_cut_and_cuts_nothing() {
    let node = node();
    node.befriend("b.spam.localhost:2");
    follower(&node.app, "spam.localhost:3");
    follower(&node.app, "c.spam.localhost:3");
    follower(&node.app, "good.localhost:3");
    let (domain, cuts) = block::preview(&node.app, "Spam.localhost").unwrap();
    assert_eq!(domain, "spam.localhost");
    assert_eq!(cuts.peers, ["b.spam.localhost:2"]);
    assert_eq!(cuts.followers, [("/datasets/lieux".to_owned(), 2)]);
    assert!(!covered(&node.app, "spam.localhost"));
    let held = |host: &str| {
        let peer = node.app.db.read(|tx| tx.find_peer(host)).unwrap();
        peer.map(|peer| peer.state)
    };
    assert_eq!(held("b.spam.localhost:2").as_deref(), Some(ACCEPTED));
    let (_, cut) = block::add(&node.app, "spam.localhost", "spam").unwrap();
    assert_eq!(cut, cuts, "what was announced is what is done");
    assert_eq!(held("b.spam.localhost:2").as_deref(), Some(REMOVED));
    let left = node.app.db.read(|tx| tx.count_followers("/datasets/lieux"));
    assert_eq!(left, Ok(1));
    assert!(
        block::preview(&node.app, "spam.localhost")
            .unwrap()
            .1
            .is_empty()
    );
}

#[test]
fn nothing_is_sent_to_a_blocked_domain() {
    let node = node();
    block::add(&node.app, "spam.localhost", "").unwrap();
    let activity = serde_json::json!({"id": "http://a.localhost:1/activities/1"});
    let outgoing = crate::outbox::Outgoing {
        activity: &activity,
        actor: "/actor",
        object_key: "x",
    };
    let send = |tx: &mut Tx<'_>| {
        crate::outbox::send(&node.app, tx, &outgoing, "http://b.spam.localhost:2/inbox")?;
        crate::outbox::send(&node.app, tx, &outgoing, "http://good.localhost:2/inbox")
    };
    node.app.db.write(send).unwrap();
    let queued: Result<_, StoreError> = node.app.db.read(|tx| tx.list_outbox("queued", 0, 10));
    let hosts: Vec<String> = queued.unwrap().into_iter().map(|row| row.host).collect();
    assert_eq!(hosts, ["good.localhost:2"]);
}

/// Takes a list of these domains; the domains and actions that wait afterwards.
fn taken(app: &App, list: i64, domains: &[&str]) -> Vec<(String, String)> {
    let reading = blocklist::csv(&format!("domain\n{}\n", domains.join("\n"))).unwrap();
    lists::take(app, list, &reading).unwrap();
    let waiting = app.db.read(|tx| tx.list_waiting_block_drafts("", 100));
    let waiting = waiting.unwrap().into_iter();
    waiting.map(|draft| (draft.domain, draft.action)).collect()
}

fn draft_of(app: &App, list: i64, domain: &str) -> rustine_store::BlockDraftRecord {
    let drafts = app.db.read(|tx| tx.list_block_drafts_of(list)).unwrap();
    let found = drafts.into_iter().find(|draft| draft.domain == domain);
    found.expect("there is a draft")
}

fn pair(domain: &str, action: &str) -> (String, String) {
    (domain.to_owned(), action.to_owned())
}

#[test]
fn a_list_proposes_and_never_blocks_or_unblocks_by_itself() {
    let node = node();
    let list = lists::subscribe(&node.app, lists::CSV, "http://list.localhost/b.csv", "").unwrap();
    let both = taken(&node.app, list, &["one.example", "two.example"]);
    assert_eq!(
        both,
        [pair("one.example", BLOCK), pair("two.example", BLOCK)]
    );
    assert!(!covered(&node.app, "one.example") && !covered(&node.app, "two.example"));
    drafts::apply(&node.app, draft_of(&node.app, list, "one.example").id)
        .unwrap()
        .unwrap();
    assert!(covered(&node.app, "one.example"));
    // The list changes its mind about what we blocked because of it.
    let after = taken(&node.app, list, &["two.example"]);
    assert_eq!(
        after,
        [pair("one.example", UNBLOCK), pair("two.example", BLOCK)]
    );
    assert!(
        covered(&node.app, "one.example"),
        "only a person takes a block back"
    );
    drafts::apply(&node.app, draft_of(&node.app, list, "one.example").id)
        .unwrap()
        .unwrap();
    assert!(!covered(&node.app, "one.example"));
    assert_eq!(draft_of(&node.app, list, "one.example").state, APPLIED);
}

#[test]
fn what_a_person_put_aside_is_not_proposed_again() {
    let node = node();
    let list = lists::subscribe(&node.app, lists::CSV, "http://list.localhost/b.csv", "").unwrap();
    taken(&node.app, list, &["one.example"]);
    let draft = draft_of(&node.app, list, "one.example");
    assert!(drafts::dismiss(&node.app, draft.id).unwrap());
    assert_eq!(taken(&node.app, list, &["one.example"]), []);
    assert_eq!(draft_of(&node.app, list, "one.example").state, DISMISSED);
    assert_eq!(drafts::apply(&node.app, draft.id).unwrap(), None);
}

#[test]
fn a_list_cannot_propose_to_cut_us_off_from_ourselves_nor_what_is_no_domain() {
    let node = node();
    let list = lists::subscribe(&node.app, lists::CSV, "http://list.localhost/b.csv", "").unwrap();
    let reading =
        blocklist::csv("domain\na.localhost\nsp*m.example\nlocalhost\nok.example\n").unwrap();
    let taken = lists::take(&node.app, list, &reading).unwrap();
    assert_eq!((taken.proposed, taken.unreadable), (1, 3));
}

#[test]
fn what_is_blocked_already_is_not_proposed() {
    let node = node();
    block::add(&node.app, "spam.example", "").unwrap();
    let list = lists::subscribe(&node.app, lists::CSV, "http://list.localhost/b.csv", "").unwrap();
    assert_eq!(taken(&node.app, list, &["a.spam.example"]), []);
}

#[test]
fn an_address_of_a_list_is_one_that_can_be_asked() {
    let node = node();
    for bad in [
        "",
        "liste",
        "file:///etc/passwd",
        "ftp://list.example/b.csv",
    ] {
        let refused = lists::subscribe(&node.app, lists::CSV, bad, "").unwrap_err();
        assert!(matches!(refused, lists::ListError::NoAddress(_)), "{bad}");
    }
    let url = "https://list.example/b.csv";
    lists::subscribe(&node.app, lists::FIRES, url, "").unwrap();
    let again = lists::subscribe(&node.app, lists::FIRES, url, "").unwrap_err();
    assert!(matches!(again, lists::ListError::Known));
}
