//! What remains of a dataset that was closed.

use rustine_testkit::binary;
use rustine_testkit::node::Node;
use rustine_tests_federation::{LIEUX, publish_places, replicate};

#[test]
fn a_copy_that_comes_late_gets_the_log_of_a_closed_dataset() {
    let Some(binary) = binary() else { return };
    let origin = Node::start(&binary, "fermee");
    let late = Node::start(&binary, "tardive");
    publish_places(&origin, 3);
    let _ = origin.call(&["dataset", "close", LIEUX]).done();
    let dataset = format!("{}/datasets/{LIEUX}", origin.origin());
    let tombstone = origin.browser().get_activity(&dataset).expect(410).json();
    assert_eq!(tombstone["type"], "Tombstone");
    let page = origin.get(&format!("/datasets/{LIEUX}")).expect(200).text();
    assert!(
        page.contains("plus modifié") || page.contains("no longer edited"),
        "{page}"
    );
    replicate(&origin, &late);
}
