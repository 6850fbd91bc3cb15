//! Whatever delivery of a decision is lost, the proposer's node finds it by asking.

use rustine_testkit::node::{Node, Options};
use rustine_testkit::{binary, wait};
use rustine_tests_federation::{
    LIEUX, SOON_S, befriend, next_pending, propose, publish_places, replicate, row_ids, status,
};

#[test]
fn a_decision_whose_delivery_was_refused_is_found_by_asking() {
    let Some(binary) = binary() else { return };
    let origin = Node::start(&binary, "origine");
    let options = Options {
        settings: "[limits]\nproposal_look_seconds = 2\n".to_owned(),
        ..Options::default()
    };
    let mut far = Node::init(&binary, "lointaine", options);
    far.serve();
    publish_places(&origin, 3);
    befriend(&far, &origin);
    replicate(&origin, &far);
    let address = origin.address_of(LIEUX);
    let row = &row_ids(&origin, LIEUX)[0];
    let patch = propose(&far, &address, &["--row", row, "--set", "horaires=24/7"]);
    let received = next_pending(&origin);

    // The proposer's node refuses everything of the origin, and does not ask it either.
    let _ = far.call(&["block", "add", "origine.localhost"]).done();
    let _ = origin
        .call(&["patch", "refuse", &received, "--reason", "Fermé"])
        .done();
    wait::until("the decision to be refused for good", SOON_S, || {
        let metrics = origin.get("/metrics").expect(200).text();
        let refused = metrics
            .lines()
            .find(|line| line.contains("state=\"refused\""))?;
        (!refused.ends_with(" 0")).then_some(())
    });
    assert_eq!(status(&far, &patch), "pending");

    let _ = far.call(&["block", "remove", "origine.localhost"]).done();
    wait::until("the decision to be found", SOON_S, || {
        (status(&far, &patch) == "refused").then_some(())
    });
    let shown = far.call(&["patch", "show", &patch]).done().stdout;
    assert!(shown.contains("Fermé"), "{shown}");
}
