//! A node that was restored from a backup asks its copies before it signs.

use rustine_testkit::binary;
use rustine_testkit::node::Node;
use rustine_tests_federation::backups::{accept_soon, back_up, correct, proposed, restore};
use rustine_tests_federation::{
    LIEUX, befriend, cell, converge, digest, export, has_digest, is_listed, publish_places,
    replicate, verify,
};

#[test]
fn a_restored_origin_takes_back_what_its_copies_hold() {
    let Some(binary) = binary() else { return };
    let mut origin = Node::start_on_files(&binary, "origine");
    let mut copy = Node::start_on_files(&binary, "partenaire");
    publish_places(&origin, 5);
    befriend(&copy, &origin);
    replicate(&origin, &copy);
    is_listed(&origin, &copy);
    let backup = back_up(&origin);
    correct(&origin, "lieu-000001", "Après la sauvegarde");
    converge(&origin, &[&copy]);
    let lost = digest(&origin, LIEUX);
    assert_eq!(origin.stop(), Some(0));
    restore(&origin, &backup);
    assert_ne!(digest(&origin, LIEUX), lost, "the backup is older");

    // While every copy is down, nothing is signed and nothing is lost.
    assert_eq!(copy.stop(), Some(0));
    origin.serve();
    let waiting = proposed(&origin, "lieu-000002", "En attente");
    let refused = origin.call(&["patch", "accept", &waiting]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.stderr.contains("a backup was restored"),
        "{}",
        refused.stderr
    );

    copy.serve();
    has_digest(&origin, LIEUX, &lost);
    accept_soon(&origin, &waiting);
    converge(&origin, &[&copy]);
    let address = origin.address_of(LIEUX);
    for (node, dataset) in [(&origin, LIEUX), (&copy, &*address)] {
        let table = export(node, dataset);
        assert_eq!(cell(&table, "lieu-000001", "nom"), "Après la sauvegarde");
        assert_eq!(cell(&table, "lieu-000002", "nom"), "En attente");
        verify(node, dataset);
    }
    let status = copy.json(&["replica", "status", &address]);
    assert_eq!(status["state"], "current", "no fork: {status}");
}

#[test]
fn an_operator_may_accept_that_entries_are_lost() {
    let Some(binary) = binary() else { return };
    let mut origin = Node::start_on_files(&binary, "origine");
    let mut copy = Node::start_on_files(&binary, "partenaire");
    publish_places(&origin, 3);
    befriend(&copy, &origin);
    replicate(&origin, &copy);
    is_listed(&origin, &copy);
    let backup = back_up(&origin);
    assert_eq!(copy.stop(), Some(0));
    assert_eq!(origin.stop(), Some(0));
    restore(&origin, &backup);
    // Alone on the data folder, a command counts as a start too.
    let alone = proposed(&origin, "lieu-000001", "Seul");
    let refused = origin.call(&["patch", "accept", &alone]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.stderr.contains("--accept-loss"),
        "{}",
        refused.stderr
    );
    let _ = origin.call(&["restore", "--accept-loss"]).done();
    let _ = origin.call(&["patch", "accept", &alone]).done();
}
