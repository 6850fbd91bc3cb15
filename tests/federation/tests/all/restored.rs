//! An origin from yesterday's backup, with three copies ahead of it: it signs nothing while all of them are away, and
//! uses no number twice once one is back. A copy that the backup does not know is pushed to again.

use rustine_testkit::binary;
use rustine_testkit::node::Node;
use rustine_tests_federation::backups::{accept_soon, back_up, correct, proposed, restore};
use rustine_tests_federation::{
    LIEUX, befriend, converge, digest, has_digest, is_listed, publish_places, replicate, verify,
};

/// The entry under a number, as a node serves it.
fn entry(node: &Node, dataset: &str, seq: u64) -> String {
    let path = format!("/datasets/{dataset}/log/{seq}");
    node.get(&path).expect(200).text()
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
    correct(&origin, "lieu-000001", "Depuis hier");
    correct(&origin, "lieu-000002", "Depuis hier aussi");
    converge(&origin, &copies.iter().collect::<Vec<_>>());
    let lost = digest(&origin, LIEUX);
    let address = origin.address_of(LIEUX);
    let signed: Vec<String> = (before + 1..=before + 2)
        .map(|seq| entry(&copies[0], &address, seq))
        .collect();
    assert_eq!(origin.stop(), Some(0));
    restore(&origin, &backup);
    for copy in &mut copies {
        assert_eq!(copy.stop(), Some(0));
    }
    origin.serve();
    let today = proposed(&origin, "lieu-000003", "Aujourd'hui");
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
    assert_eq!(origin.stop(), Some(0));
    restore(&origin, &backup);
    origin.serve();
    assert_eq!(copy.stop(), Some(0));
    copy.serve();
    is_listed(&origin, &copy);
    let patch = proposed(&origin, "lieu-000001", "Depuis la sauvegarde");
    accept_soon(&origin, &patch);
    converge(&origin, &[&copy]);
}
