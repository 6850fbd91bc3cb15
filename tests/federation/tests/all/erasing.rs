//! Erasing a value and replacing a key, as operators do it.

use std::fs;
use std::path::Path;

use rustine_testkit::binary;
use rustine_testkit::node::Node;
use rustine_testkit::wait;
use rustine_tests_federation::{
    LIEUX, SOON_S, befriend, cell, converge, digest, export, propose, publish_places, replicate,
    row_ids, text, verify,
};

/// How often a text stands in the database of a node, whatever its case.
fn traces(data: &Path, text: &str) -> usize {
    let text = text.to_lowercase();
    let mut count = 0;
    for entry in fs::read_dir(data).expect("the data folder can be read") {
        let path = entry.expect("the data folder can be read").path();
        let is_database = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("rustine.sqlite"));
        if is_database {
            let bytes = fs::read(&path)
                .expect("the database can be read")
                .to_ascii_lowercase();
            count += bytes
                .windows(text.len())
                .filter(|window| *window == text.as_bytes())
                .count();
        }
    }
    count
}

#[test]
fn an_erased_value_and_a_new_key_reach_every_copy() {
    let Some(binary) = binary() else { return };
    let (origin, copy) = (
        Node::start_on_files(&binary, "origine"),
        Node::start_on_files(&binary, "partenaire"),
    );
    publish_places(&origin, 5);
    befriend(&copy, &origin);
    replicate(&origin, &copy);
    let patch = propose(
        &origin,
        LIEUX,
        &["--where", "id=lieu-000002", "--set", "nom=Canarivert"],
    );
    let _ = origin.call(&["patch", "accept", &patch]).done();
    converge(&origin, &[&copy]);
    let row = {
        let ids = row_ids(&origin, LIEUX);
        let table = export(&origin, LIEUX);
        let at = table
            .values("nom")
            .iter()
            .position(|name| *name == "Canarivert");
        ids[at.expect("the corrected row is there")].clone()
    };
    assert!(traces(&copy.data(), "canarivert") > 0);
    let redacted = origin.json(&[
        "dataset",
        "redact",
        LIEUX,
        "--row",
        &row,
        "--field",
        "nom",
        "--reason",
        "à sa demande",
    ]);
    assert_eq!(redacted["cells"], 2, "{redacted}");
    converge(&origin, &[&copy]);
    for node in [&origin, &copy] {
        wait::until("no trace of the value", SOON_S, || {
            (traces(&node.data(), "canarivert") == 0).then_some(())
        });
        assert!(traces(&node.data(), "lieu-000003") > 0, "the others stay");
    }
    let address = origin.address_of(LIEUX);
    assert_eq!(
        cell(&export(&copy, &address), "lieu-000002", "nom"),
        "",
        "the cell is empty on the copy"
    );
    let page = origin.data().join("recovery-key.txt");
    let rotated = origin.json(&[
        "dataset",
        "rotate",
        LIEUX,
        "--recovery-key",
        &page.to_string_lossy(),
    ]);
    let fresh = text(&rotated, "recovery_key");
    assert!(Path::new(&fresh).exists(), "{fresh}");
    let own = propose(
        &origin,
        LIEUX,
        &["--where", "id=lieu-000003", "--set", "nom=Après"],
    );
    let _ = origin.call(&["patch", "accept", &own]).done();
    converge(&origin, &[&copy]);
    assert_eq!(digest(&copy, &address), digest(&origin, LIEUX));
    verify(&origin, LIEUX);
    verify(&copy, &address);
    let again = origin.call(&[
        "dataset",
        "rotate",
        LIEUX,
        "--recovery-key",
        &page.to_string_lossy(),
    ]);
    assert_eq!(again.code, Some(1), "a page is spent once");
}
