//! People of one instance decide on the data of another.

use rustine_testkit::binary;
use rustine_testkit::node::Node;
use rustine_tests_federation::{
    LIEUX, befriend, converge, has_status, propose, publish_places, replicate, verify,
};

#[test]
fn decisions_are_verified_on_a_copy_whose_origin_is_gone() {
    let Some(binary) = binary() else { return };
    let mut a = Node::start(&binary, "origine");
    let b = Node::start(&binary, "partenaire");
    publish_places(&a, 5);
    befriend(&b, &a);
    replicate(&a, &b);
    let change = ["--where", "id=lieu-000003", "--set", "nom=Autre nom"];
    let patch = propose(&b, &a.address_of(LIEUX), &change);
    has_status(&a, &patch, "pending");
    let _ = a.call(&["patch", "accept", &patch]).done();
    has_status(&b, &patch, "accepted");
    converge(&a, &[&b]);
    let copy = a.address_of(LIEUX);
    a.stop();
    verify(&b, &copy);
}
