//! Moderation logs of real nodes: what was done, in which role, from where; on the copy as at the origin.

use std::collections::BTreeSet;

use rustine_testkit::binary;
use rustine_testkit::node::{ADMIN, Node};
use rustine_tests_federation::moderation::{has_modlog, is_queued, modlog, said};
use rustine_tests_federation::{
    LIEUX, befriend, converge, has_status, propose, publish_places, replicate,
};

/// A known failure of a federated forum: what is moderated at the origin is never heard of elsewhere, or twice.
#[test]
fn moderation_that_does_not_federate() {
    let Some(binary) = binary() else { return };
    let a = Node::start(&binary, "origine");
    let b = Node::start(&binary, "partenaire");
    publish_places(&a, 60);
    befriend(&b, &a);
    replicate(&a, &b);
    let copy = a.address_of(LIEUX);
    let policy = |what: &[&str]| {
        let mut arguments = vec!["peer", "policy", b.host()];
        arguments.extend(what);
        let _ = a.call(&arguments).done();
    };
    let offer = |id: &str, change: &str| {
        let place = format!("id={id}");
        let change = ["--where", &place, "--set", change, "--as", ADMIN];
        propose(&b, &copy, &change)
    };
    policy(&["accept", "--dataset", LIEUX, "--field", "nom"]);
    for n in 1..=3 {
        let patch = offer(&format!("lieu-00000{n}"), &format!("nom=Nouveau {n}"));
        is_queued(&a, &patch);
        let _ = a.call(&["patch", "accept", &patch]).done();
        has_status(&b, &patch, "accepted");
    }
    // Nobody here is asked any more: three were accepted by a person.
    has_status(&b, &offer("lieu-000004", "nom=Par la règle"), "accepted");
    for n in 5..=6 {
        let patch = offer(&format!("lieu-00000{n}"), "code_postal=25000");
        is_queued(&a, &patch);
        let _ = a
            .call(&["patch", "refuse", &patch, "--reason", "Léa l’a vérifié."])
            .done();
        has_status(&b, &patch, "refused");
    }
    let patch = offer("lieu-000007", "code_postal=25001");
    is_queued(&a, &patch);
    let _ = b.call(&["patch", "withdraw", &patch, "--as", ADMIN]).done();
    has_status(&a, &patch, "withdrawn");
    policy(&["drop", "--dataset", LIEUX, "--field", "code_postal"]);
    has_status(&b, &offer("lieu-000008", "code_postal=25002"), "refused");
    policy(&["none", "--dataset", LIEUX, "--field", "nom"]);
    let row = a.json(&["dataset", "show", LIEUX]);
    assert!(row["seq"].is_number(), "{row}");
    let _ = a
        .call(&[
            "dataset", "redact", LIEUX, "--meta", "2", "--reason", "demande",
        ])
        .done();
    converge(&a, &[&b]);

    let expected = [
        "1 rules operator A",
        "2 accepted maintain A",
        "3 accepted maintain A",
        "4 accepted maintain A",
        "5 accepted rule B",
        "6 refused maintain A",
        "7 refused maintain A",
        "8 withdrawn proposer B",
        "9 rules operator A",
        "10 dropped rule B",
        "11 rules operator A",
        "12 redacted operator A",
    ];
    let held = modlog(&a, LIEUX);
    assert_eq!(said(&held, &[(&a, "A"), (&b, "B")]), expected);
    let kinds: BTreeSet<&str> = expected
        .iter()
        .filter_map(|line| line.split(' ').nth(1))
        .collect();
    assert!(held.len() >= 12 && kinds.len() >= 6, "{kinds:?}");
    for line in &held {
        assert!(
            !line.contains("Léa") && !line.contains(ADMIN) && !line.contains("/users/"),
            "nobody is named or quoted: {line}"
        );
    }
    has_modlog(&b, &copy, &held);
    let page = b
        .get(&format!("/datasets/{copy}/moderation-log"))
        .expect(200);
    let page = page.text();
    assert_eq!(page.matches("<li id=\"n").count(), 12, "each once");
    assert!(
        page.contains(b.host()),
        "with the instance that it came from"
    );
}
