//! How the story of five nodes ends: the origin is gone, its dataset gets another home with the recovery key, that home
//! vanishes too, and without a key somebody goes on under another name.

use std::collections::BTreeSet;

use rustine_testkit::node::Node;
use rustine_tests_federation::moderation::{has_modlog, modlog, said};
use rustine_tests_federation::{
    LIEUX, digest, export, has_digest, has_status, next_pending, propose, text, verify,
};
use serde_json::Value;

/// `a` is stopped and so is the second of its partners; `left` is a proposal of the third that nobody has decided on.
pub fn both_ways(a: &mut Node, partners: &mut [Node; 4], left: &str) {
    let (old, new) = (a.address_of(LIEUX), partners[0].address_of(LIEUX));
    with_the_key(a, partners, left);
    let [beta, gamma, delta, _] = &*partners;
    let home = digest(beta, LIEUX);
    for (copy, address) in [(gamma, &new), (delta, &old), (&*a, &new)] {
        has_digest(copy, address, &home);
        verify(copy, address);
    }
    verify(beta, LIEUX);
    let lines = modlog(beta, LIEUX);
    logs_agree(
        &lines,
        &[(&*a, "A"), (beta, "B"), (gamma, "C"), (delta, "D")],
    );
    for copy in [gamma, delta, &*a] {
        has_modlog(copy, &new, &lines);
    }
    partners[0].kill();
    without_it(partners, &new, &home);
}

/// Beta takes the dataset over; the others follow, the former origin too when it is back.
fn with_the_key(a: &mut Node, partners: &mut [Node; 4], left: &str) {
    partners[1].serve();
    let [beta, _, delta, _] = &*partners;
    let page = a.data().join("recovery-key.txt");
    let page = page.to_string_lossy();
    let (old, to) = (a.address_of(LIEUX), beta.host());
    let words = ["dataset", "move", &old, "--to", to, "--recovery-key", &page];
    let moved = beta.json(&words);
    assert_eq!(
        text(&moved, "url"),
        format!("{}/datasets/{LIEUX}", beta.origin())
    );
    // What nobody had decided on is decided at the new home.
    let there = next_pending(beta);
    let _ = beta.call(&["patch", "accept", &there]).done();
    has_status(delta, left, "accepted");
    let other = propose(
        beta,
        LIEUX,
        &["--where", "id=lieu-000001", "--set", "nom=Non"],
    );
    let _ = beta
        .call(&["patch", "refuse", &other, "--reason", "Le nom est juste."])
        .done();
    a.serve();
}

/// The moderation log of the whole story.
fn logs_agree(lines: &[String], names: &[(&Node, &str)]) {
    // Whose vote came last of two that were sent at once is chance.
    let said = said(lines, names);
    let said: Vec<&str> = said
        .iter()
        .map(|line| match line.split_once(" quorum ") {
            Some((before, _)) => before,
            None => line.as_str(),
        })
        .collect();
    let expected = [
        "1 policy maintain A",
        "2 granted maintain A",
        "3 granted maintain A",
        "4 accepted",
        "5 revoked maintain A",
        "6 accepted",
        "7 refused maintain A",
        "8 rules operator A",
        "9 dropped rule D",
        "10 moved operator B",
        "11 accepted maintain B",
        "12 refused maintain B",
    ];
    assert_eq!(said, expected);
    let word = |line: &&str| line.split(' ').nth(1).map(str::to_owned);
    let kinds: BTreeSet<String> = said.iter().filter_map(word).collect();
    assert!(said.len() >= 12 && kinds.len() >= 6, "{kinds:?}");
}

/// The new home is gone as well, and its key with it: gamma goes on under a name of its own, and delta chooses that.
fn without_it(partners: &[Node; 4], of: &str, last: &Value) {
    let [_, gamma, delta, _] = partners;
    let made = gamma.json(&["dataset", "fork", of, "--name", "relais"]);
    assert_ne!(text(&made, "uid"), text(last, "uid"));
    let chosen = gamma.address_of("relais");
    let _ = delta.call(&["replica", "add", &chosen]).done();
    has_digest(delta, &chosen, &digest(gamma, "relais"));
    for (node, address) in [(gamma, "relais"), (delta, chosen.as_str())] {
        verify(node, address);
        assert_eq!(export(node, address).difference(&export(delta, of)), None);
        assert_eq!(
            digest(node, of),
            *last,
            "the copy of the former one is as it was"
        );
    }
    let lines = modlog(gamma, "relais");
    assert_eq!(said(&lines, &[(gamma, "C")]), ["1 succeeded operator C"]);
    has_modlog(delta, &chosen, &lines);
}
