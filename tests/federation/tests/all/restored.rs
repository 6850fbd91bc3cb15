//! An origin from yesterday's backup, with three copies ahead of it: it signs nothing while all of them are away, and
//! uses no number twice once one is back. A copy that the backup does not know is pushed to again.

use std::fs;

use rustine_testkit::binary;
use rustine_testkit::node::Node;
use rustine_testkit::wait;
use rustine_tests_federation::{
    LIEUX, SOON_S, befriend, converge, digest, has_digest, is_listed, propose, publish_places,
    replicate, verify,
};

/// Corrects a name at once.
fn correct(origin: &Node, key: u32, name: &str) {
    let (which, what) = (format!("id=lieu-{key:06}"), format!("nom={name}"));
    let patch = propose(origin, LIEUX, &["--where", &which, "--set", &what]);
    let _ = origin.call(&["patch", "accept", &patch]).done();
}

/// Accepts a proposal as soon as the origin signs again.
fn accept_soon(origin: &Node, patch: &str) {
    wait::until("the origin to sign again", 3 * SOON_S, || {
        (origin.call(&["patch", "accept", patch]).code == Some(0)).then_some(())
    });
}

/// The entry under a number, as a node serves it.
fn entry(node: &Node, dataset: &str, seq: u64) -> String {
    let path = format!("/datasets/{dataset}/log/{seq}");
    node.get(&path).expect(200).text()
}

/// A backup of a running node; its folder.
fn back_up(node: &Node) -> String {
    let folder = node.file("hier", "").with_extension("d");
    let folder = folder.to_string_lossy().into_owned();
    let _ = node.call(&["backup", &folder]).done();
    folder
}

/// Stops a node, loses its database and restores a backup in its place; nothing runs then.
fn restore(node: &mut Node, backup: &str) {
    assert_eq!(node.stop(), Some(0));
    for name in ["rustine.sqlite", "rustine.sqlite-wal", "rustine.sqlite-shm"] {
        let path = node.data().join(name);
        if path.exists() {
            fs::remove_file(path).expect("the file can be deleted");
        }
    }
    let _ = node.call(&["restore", backup]).done();
}

#[test]
fn an_origin_of_yesterday_uses_no_number_twice() {
    let Some(binary) = binary() else { return };
    let mut origin = Node::start_on_files(&binary, "origine");
    publish_places(&origin, 5);
    let mut copies: Vec<Node> = (1..=3)
        .map(|number| Node::start(&binary, &format!("copie{number}")))
        .collect();
    for copy in &copies {
        befriend(copy, &origin);
        replicate(&origin, copy);
    }
    for copy in &copies {
        is_listed(&origin, copy);
    }
    let backup = back_up(&origin);
    let before = digest(&origin, LIEUX)["seq"].as_u64().expect("a number");
    correct(&origin, 1, "Depuis hier");
    correct(&origin, 2, "Depuis hier aussi");
    converge(&origin, &copies.iter().collect::<Vec<_>>());
    let lost = digest(&origin, LIEUX);
    let address = origin.address_of(LIEUX);
    let signed: Vec<String> = (before + 1..=before + 2)
        .map(|seq| entry(&copies[0], &address, seq))
        .collect();
    restore(&mut origin, &backup);
    for copy in &mut copies {
        assert_eq!(copy.stop(), Some(0));
    }
    origin.serve();
    let (which, what) = ("id=lieu-000003", "nom=Aujourd'hui");
    let today = propose(&origin, LIEUX, &["--where", which, "--set", what]);
    let refused = origin.call(&["patch", "accept", &today]);
    assert_eq!(refused.code, Some(1), "every copy is away");
    assert_eq!(digest(&origin, LIEUX)["seq"], before, "nothing was signed");

    for copy in &mut copies {
        copy.serve();
    }
    has_digest(&origin, LIEUX, &lost);
    accept_soon(&origin, &today);
    converge(&origin, &copies.iter().collect::<Vec<_>>());
    assert_eq!(digest(&origin, LIEUX)["seq"], before + 3);
    for (seq, signed) in (before + 1..).zip(&signed) {
        assert_eq!(entry(&origin, LIEUX, seq), *signed, "entry {seq}");
    }
    for copy in &copies {
        verify(copy, &address);
        let status = copy.json(&["replica", "status", &address]);
        assert_eq!(status["state"], "current", "no fork: {status}");
    }
}

#[test]
fn a_copy_that_began_after_the_backup_is_pushed_to_again() {
    let Some(binary) = binary() else { return };
    let mut origin = Node::start_on_files(&binary, "origine");
    publish_places(&origin, 5);
    let mut copy = Node::start(&binary, "copie");
    befriend(&copy, &origin);
    let backup = back_up(&origin);
    replicate(&origin, &copy);
    is_listed(&origin, &copy);
    restore(&mut origin, &backup);
    origin.serve();
    assert_eq!(copy.stop(), Some(0));
    copy.serve();
    is_listed(&origin, &copy);
    let (which, what) = ("id=lieu-000001", "nom=Depuis la sauvegarde");
    let patch = propose(&origin, LIEUX, &["--where", which, "--set", what]);
    accept_soon(&origin, &patch);
    converge(&origin, &[&copy]);
}
