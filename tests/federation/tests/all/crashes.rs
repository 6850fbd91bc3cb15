//! Processes that are killed in the middle of their work. What was acknowledged must be there afterwards,
//! what was not may be there or not, and nothing may be half there.
//!
//! The moments are fixed numbers of milliseconds: a test that failed can be run again on the same ones.

use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustine_testkit::node::{ADMIN, Node};
use rustine_testkit::{binary, full, places, process};
use rustine_tests_federation::{
    LIEUX, befriend, cell, converge, digest, export, import_again, propose, publish_places,
    replicate, status, text, verify,
};

/// When to kill, in milliseconds after the start of the work.
fn moments() -> &'static [u64] {
    const MOMENTS: [u64; 12] = [3, 20, 60, 120, 200, 300, 450, 600, 800, 1100, 1500, 2000];
    if full() { &MOMENTS } else { &MOMENTS[2..8] }
}

#[test]
fn an_import_that_is_killed_leaves_a_whole_dataset_and_can_be_repeated() {
    let Some(binary) = binary() else { return };
    let node = Node::start(&binary, "origine");
    publish_places(&node, 100);
    let mut count = 100;
    for moment in moments() {
        count += 20_000;
        let file = node.file("grand.csv", places::csv(count));
        let words = [
            "dataset",
            "import",
            &file.to_string_lossy(),
            "--name",
            LIEUX,
            "--key",
            "id",
        ];
        let mut command = node.caller().command(&words);
        let mut import = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        thread::sleep(Duration::from_millis(*moment));
        process::kill(&mut import);
        // A batch that was cut off is not shown; the next import compares with what the log holds and completes it.
        verify(&node, LIEUX);
        import_again(&node, LIEUX, &places::table(count));
        assert_eq!(
            export(&node, LIEUX).difference(&places::table(count)),
            None,
            "killed after {moment} ms"
        );
        count = 100;
        import_again(&node, LIEUX, &places::table(count));
    }
    verify(&node, LIEUX);
}

#[test]
fn no_acknowledged_decision_is_lost_when_a_node_is_killed() {
    let Some(binary) = binary() else { return };
    let (mut origin, replica) = (
        Node::start(&binary, "origine"),
        Node::start(&binary, "partenaire"),
    );
    publish_places(&origin, 60);
    befriend(&replica, &origin);
    replicate(&origin, &replica);
    let token = text(&origin.json(&["user", "token", ADMIN]), "token");
    let mut next = 0;
    for moment in moments() {
        let patches: Vec<(String, String)> = (0..8)
            .map(|_| {
                next += 1;
                let key = format!("lieu-{:06}", next % 60);
                let (place, value) = (format!("id={key}"), format!("nom=Décision {next}"));
                (
                    key,
                    propose(&origin, LIEUX, &["--where", &place, "--set", &value]),
                )
            })
            .collect();
        let acknowledged = accept_until_killed(&mut origin, &token, &patches, *moment);
        origin.serve();
        let table = export(&origin, LIEUX);
        for (key, patch) in &acknowledged {
            assert_eq!(
                status(&origin, patch),
                "accepted",
                "an acknowledged decision, killed after {moment} ms"
            );
            assert!(
                cell(&table, key, "nom").starts_with("Décision"),
                "its value, killed after {moment} ms"
            );
        }
        verify(&origin, LIEUX);
        for patch in rustine_tests_federation::pending(&origin) {
            let _ = origin
                .call(&["patch", "refuse", &patch, "--reason", "Tour suivant"])
                .done();
        }
    }
    converge(&origin, &[&replica]);
    verify(&replica, &origin.address_of(LIEUX));
}

/// Accepts the patches one after the other and kills the node after a while. Returns those whose acceptance
/// was answered with success.
fn accept_until_killed(
    origin: &mut Node,
    token: &str,
    patches: &[(String, String)],
    moment: u64,
) -> Vec<(String, String)> {
    let (sender, receiver) = mpsc::channel();
    let (browser, base) = (
        origin.browser().clone(),
        format!("{}/api/v1/patches", origin.origin()),
    );
    let (token, patches) = (token.to_owned(), patches.to_vec());
    let moderator = thread::spawn(move || {
        for (key, patch) in patches {
            let request = browser.request("POST", &format!("{base}/{patch}/accept"));
            let request = request
                .header("Authorization", &format!("Bearer {token}"))
                .body("application/json", "{}");
            let Some(reply) = request.try_send() else {
                return;
            };
            if (200..300).contains(&reply.status) {
                sender.send((key, patch)).expect("the test listens");
            }
        }
    });
    thread::sleep(Duration::from_millis(moment));
    origin.kill();
    moderator.join().expect("the moderator only gives up");
    receiver.into_iter().collect()
}

#[test]
fn a_copy_that_is_killed_again_and_again_still_becomes_equal() {
    let Some(binary) = binary() else { return };
    let (origin, mut replica) = (
        Node::start(&binary, "origine"),
        Node::start(&binary, "partenaire"),
    );
    publish_places(&origin, 20_000);
    let copy = origin.address_of(LIEUX);
    let _ = replica.call(&["replica", "add", &copy]).done();
    for moment in moments() {
        thread::sleep(Duration::from_millis(*moment));
        replica.kill_and_restart();
    }
    converge(&origin, &[&replica]);
    for (round, moment) in moments().iter().enumerate() {
        let mut table = places::table(20_000);
        table.rows[round][1] = format!("Tour {round}");
        import_again(&origin, LIEUX, &table);
        thread::sleep(Duration::from_millis(*moment));
        replica.kill_and_restart();
    }
    converge(&origin, &[&replica]);
    verify(&replica, &copy);
    assert_eq!(digest(&origin, LIEUX), digest(&replica, &copy));
}
