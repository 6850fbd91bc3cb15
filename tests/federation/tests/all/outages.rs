//! Nodes that are away for a while.

use rustine_testkit::node::Node;
use rustine_testkit::{binary, places};
use rustine_tests_federation::{
    LIEUX, befriend, converge, digest, export, has_digest, has_status, import_again, next_pending,
    propose, publish_places, replicate, verify,
};

#[test]
fn a_copy_that_was_stopped_catches_up() {
    let Some(binary) = binary() else { return };
    let (origin, mut replica) = (
        Node::start(&binary, "origine"),
        Node::start(&binary, "partenaire"),
    );
    publish_places(&origin, 50);
    befriend(&replica, &origin);
    replicate(&origin, &replica);
    assert_eq!(
        replica.stop(),
        Some(0),
        "a node that is asked to stop ends well\n{}",
        replica.log()
    );
    for round in 0..5 {
        let mut table = places::table(50 + round);
        table.rows[round][1] = format!("Tour {round}");
        import_again(&origin, LIEUX, &table);
    }
    let own = propose(
        &origin,
        LIEUX,
        &[
            "--where",
            "id=lieu-000040",
            "--set",
            "nom=Pendant l'absence",
        ],
    );
    let _ = origin.call(&["patch", "accept", &own]).done();
    replica.serve();
    converge(&origin, &[&replica]);
    assert_eq!(
        export(&replica, &origin.address_of(LIEUX)).difference(&export(&origin, LIEUX)),
        None
    );
}

#[test]
fn proposals_wait_for_an_origin_that_is_away() {
    let Some(binary) = binary() else { return };
    let (mut origin, replica) = (
        Node::start(&binary, "origine"),
        Node::start(&binary, "partenaire"),
    );
    publish_places(&origin, 5);
    befriend(&replica, &origin);
    replicate(&origin, &replica);
    let copy = origin.address_of(LIEUX);
    assert_eq!(origin.stop(), Some(0));
    assert_eq!(
        export(&replica, &copy).difference(&places::table(5)),
        None,
        "a copy is readable meanwhile"
    );
    let here = propose(
        &replica,
        &copy,
        &["--where", "id=lieu-000002", "--set", "nom=Déposé"],
    );
    origin.serve();
    let there = next_pending(&origin);
    let _ = origin.call(&["patch", "accept", &there]).done();
    has_status(&replica, &here, "accepted");
}

#[test]
fn a_late_joiner_starts_from_another_copy_while_the_origin_is_down() {
    let Some(binary) = binary() else { return };
    let mut origin = Node::start(&binary, "origine");
    let (early, late) = (
        Node::start(&binary, "premier"),
        Node::start(&binary, "dernier"),
    );
    publish_places(&origin, 200);
    befriend(&early, &origin);
    befriend(&late, &early);
    replicate(&origin, &early);
    let (copy, wanted) = (origin.address_of(LIEUX), digest(&origin, LIEUX));
    assert_eq!(origin.stop(), Some(0));
    let _ = late
        .call(&["replica", "add", &copy, "--from", early.host()])
        .done();
    has_digest(&late, &copy, &wanted);
    verify(&late, &copy);
    origin.serve();
    import_again(&origin, LIEUX, &places::table(201));
    converge(&origin, &[&early, &late]);
}
