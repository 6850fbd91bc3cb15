//! The origin vanishes: copies go on serving, proposals are held, and the dataset gets another home, with the recovery
//! key or without it. Real nodes; digests are compared at the end.

use rustine_testkit::node::Node;
use rustine_testkit::{binary, places, wait};
use rustine_tests_federation::moderation::{has_modlog, modlog, said};
use rustine_tests_federation::{
    LIEUX, SOON_S, befriend, converge, digest, export, has_digest, has_status, import_again,
    is_listed, next_pending, propose, publish_places, replicate, text, verify,
};
use serde_json::Value;

/// An origin with places, and two partners of it and of one another that keep copies.
pub fn cooperative(binary: &std::path::Path) -> (Node, Node, Node) {
    let origin = Node::start(binary, "origine");
    let heir = Node::start(binary, "heritiere");
    let third = Node::start(binary, "tierce");
    publish_places(&origin, 20);
    befriend(&heir, &origin);
    befriend(&third, &origin);
    befriend(&heir, &third);
    for copy in [&heir, &third] {
        replicate(&origin, copy);
        is_listed(&origin, copy);
    }
    (origin, heir, third)
}

/// The file with the recovery key of an instance.
pub fn page_of(node: &Node) -> String {
    let page = node.data().join("recovery-key.txt");
    page.to_string_lossy().into_owned()
}

pub fn name_of(node: &Node, dataset: &str, key: &str) -> String {
    rustine_tests_federation::cell(&export(node, dataset), key, "nom")
}

pub fn status_of(node: &Node, address: &str) -> Value {
    node.json(&["replica", "status", address])
}

/// Waits until a copy says since when its origin has been silent.
fn notices_silence(copy: &Node, address: &str) -> String {
    wait::until("the silence to be noticed", 3 * SOON_S, || {
        let status = status_of(copy, address);
        status["originSilentSince"].as_str().map(str::to_owned)
    })
}

/// Restarts a node, which makes it ask at once instead of within the hour.
fn restart(node: &mut Node) {
    assert_eq!(node.stop(), Some(0), "{}", node.log());
    node.serve();
}

#[test]
fn changes_missed_during_downtime_come_from_another_copy_and_the_dead_origin_is_re_homed() {
    let Some(binary) = binary() else { return };
    let (mut origin, mut heir, mut third) = cooperative(&binary);
    let (old, new) = (origin.address_of(LIEUX), heir.address_of(LIEUX));

    let decided = |what: &[&str], row: &str| {
        let patch = propose(&origin, LIEUX, &["--where", row, "--set", "nom=Relu"]);
        let _ = origin
            .call(&[&["patch", what[0], &patch], &what[1..]].concat())
            .done();
    };
    decided(&["accept"], "id=lieu-000010");
    for copy in [&heir, &third] {
        has_modlog(copy, &old, &modlog(&origin, LIEUX));
    }

    // The heir is away while the origin changes and then dies for good.
    assert_eq!(heir.stop(), Some(0));
    decided(
        &["refuse", "--reason", "Le nom est juste."],
        "id=lieu-000011",
    );
    let before = modlog(&origin, LIEUX);
    has_modlog(&third, &old, &before);
    let mut table = places::table(22);
    table.rows[3][1] = "Pendant l'absence".to_owned();
    import_again(&origin, LIEUX, &table);
    converge(&origin, &[&third]);
    let last = digest(&origin, LIEUX);
    origin.kill();
    heir.serve();
    has_digest(&heir, &old, &last);
    restart(&mut third);
    for copy in [&heir, &third] {
        let since = notices_silence(copy, &old);
        assert!(since.starts_with("20"), "an instant: {since}");
        verify(copy, &old);
        has_modlog(copy, &old, &before);
    }

    // A visitor elsewhere proposes meanwhile: it is held.
    let held = propose(
        &third,
        &old,
        &["--where", "id=lieu-000002", "--set", "nom=Gardé"],
    );
    has_status(&third, &held, "pending");

    // Another page than the one that the log announced changes nothing.
    let words = [
        "dataset",
        "move",
        &old,
        "--to",
        heir.host(),
        "--recovery-key",
    ];
    let wrong = heir.call(&[&words[..], &[&page_of(&heir)]].concat());
    assert_eq!(wrong.code, Some(1), "{}", wrong.said());
    assert_eq!(digest(&heir, &old), last);

    let moved = heir.json(&[&words[..], &[&page_of(&origin)]].concat());
    assert_eq!(moved["url"], format!("{}/datasets/{LIEUX}", heir.origin()));
    let ours = digest(&heir, LIEUX);
    assert_eq!(ours["uid"], last["uid"], "it is the same dataset");
    assert_eq!(ours["state"], last["state"], "with the same rows");
    has_digest(&third, &new, &ours);
    has_digest(&third, &old, &ours);

    // What was held is offered to the new origin, decided there, and its proposer hears of it.
    let there = next_pending(&heir);
    let _ = heir.call(&["patch", "accept", &there]).done();
    has_status(&third, &held, "accepted");
    has_digest(&third, &new, &digest(&heir, LIEUX));
    assert_eq!(name_of(&third, &new, "lieu-000002"), "Gardé");

    // The old origin comes back with its old database: it signs nothing more, and keeps a copy.
    origin.serve();
    has_digest(&origin, LIEUX, &digest(&heir, LIEUX));
    let refused = origin.call(&["dataset", "close", LIEUX]);
    assert_eq!(refused.code, Some(1), "{}", refused.said());
    let followed = origin
        .browser()
        .get_activity(&format!("{}/datasets/{LIEUX}", origin.origin()));
    assert_eq!(
        followed.expect(200).json()["movedTo"],
        format!("{}/datasets/{LIEUX}", heir.origin())
    );

    let mut table = places::table(25);
    table.rows[5][1] = "Chez l'héritière".to_owned();
    import_again(&heir, LIEUX, &table);
    let end = digest(&heir, LIEUX);
    has_digest(&third, &new, &end);
    has_digest(&origin, &new, &end);
    verify(&heir, LIEUX);
    for copy in [&third, &origin] {
        verify(copy, &new);
        assert_eq!(export(copy, &new).difference(&export(&heir, LIEUX)), None);
        assert_eq!(status_of(copy, &new)["originSilentSince"], Value::Null);
    }
    // The moderation log went on where the dataset went, line by line.
    let lines = modlog(&heir, LIEUX);
    let names = [(&origin, "O"), (&heir, "H"), (&third, "T")];
    let expected = [
        "1 accepted maintain O",
        "2 refused maintain O",
        "3 moved operator H",
        "4 accepted maintain H",
    ];
    assert_eq!(said(&lines, &names), expected);
    assert_eq!(
        lines[..2],
        before,
        "the lines of the former origin are as they were"
    );
    for copy in [&third, &origin] {
        has_modlog(copy, &new, &lines);
    }
}

#[test]
fn an_origin_that_comes_back_gets_what_was_held_for_it() {
    let Some(binary) = binary() else { return };
    let (mut origin, _heir, mut third) = cooperative(&binary);
    let copy = origin.address_of(LIEUX);
    origin.kill();
    restart(&mut third);
    notices_silence(&third, &copy);
    let held = propose(
        &third,
        &copy,
        &["--where", "id=lieu-000007", "--set", "nom=Patience"],
    );
    let page = third.get(&format!("/datasets/{copy}")).expect(200).text();
    assert!(page.contains("ne répond plus"), "the page says so: {page}");
    origin.serve();
    let there = next_pending(&origin);
    let _ = origin.call(&["patch", "accept", &there]).done();
    has_status(&third, &held, "accepted");
    converge(&origin, &[&third]);
    wait::until("the silence to be over", 3 * SOON_S, || {
        status_of(&third, &copy)["originSilentSince"]
            .is_null()
            .then_some(())
    });
}

#[test]
fn without_the_key_successors_are_listed_side_by_side_and_chosen_by_people() {
    let Some(binary) = binary() else { return };
    let (mut origin, heir, third) = cooperative(&binary);
    let old = origin.address_of(LIEUX);
    let last = digest(&origin, LIEUX);
    origin.kill();

    let none = third.json(&["dataset", "successors", &old]);
    assert_eq!(none["successors"], Value::Array(Vec::new()));
    let made = heir.json(&["dataset", "fork", &old, "--name", "relais"]);
    assert_ne!(made["uid"], last["uid"], "nobody may claim the uid");
    assert_eq!(made["rows"], 20);
    verify(&heir, "relais");

    // Whoever wants to make another one is shown the first.
    let refused = third.call(&["dataset", "fork", &old, "--name", "suite"]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.said().contains(&text(&made, "url")),
        "{}",
        refused.said()
    );
    let beside = third.json(&["dataset", "fork", &old, "--name", "suite", "--beside"]);
    let urls = |node: &Node| -> Vec<String> {
        let known = node.json(&["dataset", "successors", &old]);
        let listed = known["successors"].as_array().cloned().unwrap_or_default();
        let mut urls: Vec<String> = listed.iter().map(|it| text(it, "url")).collect();
        urls.sort();
        urls
    };
    let mut both = vec![text(&made, "url"), text(&beside, "url")];
    both.sort();
    for node in [&heir, &third] {
        assert_eq!(urls(node), both, "both stand side by side");
        let page = node
            .get(&format!("/datasets/{old}/origin"))
            .expect(200)
            .text();
        assert!(both.iter().all(|url| page.contains(url)), "{page}");
        assert_eq!(digest(node, &old), last, "the copy is as it was");
    }
    // Choosing one is a person's: a copy of it is a copy like any other.
    let chosen = heir.address_of("relais");
    let _ = third.call(&["replica", "add", &chosen]).done();
    has_digest(&third, &chosen, &digest(&heir, "relais"));
    assert_eq!(
        export(&third, &chosen).difference(&export(&third, &old)),
        None
    );
    // Somebody without the role has no say.
    let vote = ["dataset", "vote", &old, "--for", &text(&made, "uid")];
    let refused = third.call(&vote);
    assert_eq!(refused.code, Some(1));
    assert!(refused.said().contains("maintain"), "{}", refused.said());
}

#[test]
fn an_instance_that_closes_hands_over_or_archives() {
    let Some(binary) = binary() else { return };
    let (origin, heir, third) = cooperative(&binary);
    let (old, new) = (origin.address_of(LIEUX), heir.address_of(LIEUX));
    let _ = rustine_tests_federation::publish(&origin, "parcs", &places::table(3));
    let page = page_of(&origin);
    let run = [
        "closing",
        "run",
        "--recovery-key",
        &page,
        "--to",
        heir.host(),
    ];
    // Nobody has agreed, and archiving was not said: everything is left.
    let refused = origin.call(&run);
    assert_eq!(refused.code, Some(1), "{}", refused.said());
    let _ = heir.json(&["dataset", "agree", &old]);
    let plan = origin.json(&["closing", "plan"]);
    let of = |name: &str| {
        let all = plan["datasets"].as_array().cloned().unwrap_or_default();
        all.into_iter()
            .find(|it| it["name"] == name)
            .expect("it is open")
    };
    assert_eq!(of(LIEUX)["agreed"][0], heir.host());
    assert_eq!(of("parcs")["agreed"], Value::Array(Vec::new()));

    let closed = origin.json(&[&run[..], &["--archive"]].concat());
    assert_eq!(closed["left"], 0, "{closed}");
    wait::until("the heir to own it", 3 * SOON_S, || {
        let shown = heir.call(&["dataset", "show", LIEUX]);
        (shown.code == Some(0)).then_some(())
    });
    let end = digest(&heir, LIEUX);
    for copy in [&origin, &third] {
        has_digest(copy, &new, &end);
        verify(copy, &new);
    }
    assert_eq!(
        origin.json(&["dataset", "show", "parcs"])["status"],
        "closed"
    );
    assert_eq!(
        origin.json(&["closing", "plan"])["datasets"],
        Value::Array(Vec::new())
    );
}
