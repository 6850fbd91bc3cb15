//! Reports reach everybody who may see to them, wherever she is, and nobody else.

use rustine_testkit::binary;
use rustine_testkit::node::Node;
use rustine_tests_federation::moderation::{delegated, has_modlog, modlog, said};
use rustine_tests_federation::person::Person;
use rustine_tests_federation::{LIEUX, SOON_S, befriend, publish_places, replicate, row_ids};

/// The page of those who see to reports.
const REPORTS: &str = "/moderation/reports";

/// A visitor reports a place, on the page of the dataset as this node shows it.
fn report(node: &Node, dataset: &str, row: &str, words: &str) {
    let form = format!("/datasets/{dataset}/report?row={row}");
    let fields = [("row", row), ("why", "gone"), ("text", words)];
    let action = format!("/datasets/{dataset}/report");
    let _ = Person::visitor(node).press(&form, &action, &fields);
}

/// The person settles the report with these words.
fn settle(person: &mut Person<'_>, words: &str, outcome: &str) {
    person.reads(REPORTS, words);
    let page = person.get(REPORTS).text();
    let mut reports = page.split("<section").filter(|part| part.contains(words));
    let report = reports.next().expect("it was read before");
    let action = report.split("action=\"").nth(1).expect("it has a form");
    let action = action.split('"').next().expect("the form leads somewhere");
    let _ = person.press(REPORTS, action, &[("outcome", outcome)]);
}

/// Waits until nothing waits for this person.
fn is_done(person: &mut Person<'_>) {
    rustine_testkit::wait::until("no report to wait", SOON_S, || {
        let page = person.get(REPORTS).expect(200).text();
        (!page.contains("<section")).then_some(())
    });
}

/// A known failure of a federated forum: a report is seen where it was written and at the community's home, and a
/// moderator of a third instance never hears of it.
#[test]
fn reports_that_miss_remote_moderators() {
    let Some(binary) = binary() else { return };
    let a = Node::start(&binary, "origine");
    let b = Node::start(&binary, "partenaire");
    let c = Node::start(&binary, "tierce");
    publish_places(&a, 5);
    for copy in [&b, &c] {
        befriend(copy, &a);
        replicate(&a, copy);
    }
    let copy = a.address_of(LIEUX);
    let rows = row_ids(&a, LIEUX);
    let grant = delegated(&a, &b, "write");
    let (mut owner, mut moderator) = (Person::log_in(&a), Person::log_in(&b));
    let mut bystander = Person::log_in(&c);

    // Written on a copy, seen to by a moderator of another one.
    report(&c, &copy, &rows[1], "Fermé depuis mai.");
    owner.reads(REPORTS, "Fermé depuis mai.");
    settle(&mut moderator, "Fermé depuis mai.", "handled");
    is_done(&mut owner);
    // Written at the origin; the owner and the moderator both see it, and the owner is first.
    report(&a, LIEUX, &rows[2], "Rien ne va plus.");
    moderator.reads(REPORTS, "Rien ne va plus.");
    settle(&mut owner, "Rien ne va plus.", "dismissed");
    is_done(&mut moderator);
    // Whoever has the role no more hears of no report any more.
    let _ = a.call(&["grant", "revoke", &grant]).done();
    report(&c, &copy, &rows[3], "Encore un.");
    settle(&mut owner, "Encore un.", "handled");

    let expected = [
        "1 granted maintain A",
        "2 report write B",
        "3 report maintain A",
        "4 revoked maintain A",
        "5 report maintain A",
    ];
    let held = modlog(&a, LIEUX);
    assert_eq!(said(&held, &[(&a, "A"), (&b, "B")]), expected);
    for line in &held {
        assert!(
            !line.contains("Fermé") && !line.contains("Rien ne va") && !line.contains("Encore"),
            "nobody is quoted: {line}"
        );
    }
    for node in [&b, &c] {
        has_modlog(node, &copy, &held);
    }
    for person in [&mut moderator, &mut bystander] {
        let page = person.get(REPORTS).expect(200).text();
        assert!(!page.contains("<section"), "{page}");
    }
}
