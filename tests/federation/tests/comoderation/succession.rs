//! Without the recovery key the people with the role `maintain` say who goes on, on whatever instance they are.

use rustine_testkit::node::Node;
use rustine_testkit::{binary, wait};
use rustine_tests_federation::moderation::delegated;
use rustine_tests_federation::person::Person;
use rustine_tests_federation::{
    LIEUX, SOON_S, befriend, converge, digest, has_digest, is_listed, publish_places, replicate,
    text, verify,
};
use serde_json::Value;

/// The successors that a node knows: title, votes, chosen; it asks the others first.
fn known(node: &Node, of: &str) -> Value {
    node.json(&["dataset", "successors", of])
}

/// Votes for a successor and whether it is chosen, as a node counts them.
fn counted(known: &Value, uid: &str) -> Option<(i64, bool)> {
    let all = known["successors"].as_array()?;
    let found = all.iter().find(|it| it["uid"] == *uid)?;
    Some((found["votes"].as_i64()?, found["chosen"].as_bool()?))
}

#[test]
fn the_maintainers_of_three_instances_choose_one_of_two_successors() {
    let Some(binary) = binary() else { return };
    let mut a = Node::start(&binary, "origine");
    let [beta, gamma, delta] = ["beta", "gamma", "delta"].map(|name| Node::start(&binary, name));
    let partners = [&beta, &gamma, &delta];
    publish_places(&a, 12);
    for partner in partners {
        befriend(partner, &a);
        replicate(&a, partner);
        is_listed(&a, partner);
    }
    for (one, other) in [(&beta, &gamma), (&beta, &delta), (&gamma, &delta)] {
        befriend(one, other);
    }
    for partner in partners {
        let grant = delegated(&a, partner, "maintain");
        let _ = partner.call(&["grant", "accept", &grant]).done();
    }
    converge(&a, &partners);
    let old = a.address_of(LIEUX);
    let last = digest(&a, LIEUX);
    a.kill();

    // Two go on with it, and each knows of the other.
    let one = beta.json(&["dataset", "fork", &old, "--name", "relais"]);
    let other = delta.json(&["dataset", "fork", &old, "--name", "suite", "--beside"]);
    let (one, other) = (text(&one, "uid"), text(&other, "uid"));
    for node in partners {
        let listed = known(node, &old);
        assert_eq!(listed["entitled"], 3, "{listed}");
        for uid in [&one, &other] {
            assert_eq!(counted(&listed, uid), Some((0, false)), "{listed}");
        }
    }
    // One says it on the command line, one is for the other successor, one says it in the page.
    let _ = beta.json(&["dataset", "vote", &old, "--for", &one]);
    let _ = delta.json(&["dataset", "vote", &old, "--for", &other]);
    assert_eq!(
        counted(&known(&gamma, &old), &one),
        Some((1, false)),
        "not most of them yet"
    );
    let page = format!("/datasets/{old}/origin");
    let mut person = Person::log_in(&gamma);
    let _ = person.press(&page, &format!("{page}/vote"), &[("which", &one)]);
    for node in partners {
        wait::until("the votes on every node", SOON_S, || {
            let listed = known(node, &old);
            let said = [&one, &other].map(|uid| counted(&listed, uid));
            (said == [Some((2, true)), Some((1, false))]).then_some(())
        });
        let shown = Person::visitor(node).get(&page).expect(200).text();
        assert_eq!(
            shown.matches("choisi par la majorité").count(),
            1,
            "{shown}"
        );
        assert_eq!(digest(node, &old), last, "the copy is as it was");
    }
    // Nobody is led anywhere: following it and copying it are a person's, with a button each.
    let relais = beta.address_of("relais");
    let copies = gamma.json(&["replica", "list"]);
    assert!(!copies.to_string().contains(&relais), "{copies}");
    let _ = person.press(&page, &format!("{page}/follow"), &[("which", &one)]);
    let _ = person.press(&page, &format!("{page}/copy"), &[("which", &one)]);
    has_digest(&gamma, &relais, &digest(&beta, "relais"));
    verify(&gamma, &relais);
    person.reads("/follow", &relais);
    // The former origin comes back: no vote has taken anything from it.
    a.serve();
    assert_eq!(digest(&a, LIEUX), last);
    for node in partners {
        converge(&a, &[node]);
    }
}
