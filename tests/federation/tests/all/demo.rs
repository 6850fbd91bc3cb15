//! The demonstration.

use std::process::Stdio;

use rustine_testkit::command::Caller;
use rustine_testkit::{binary, process, wait};

/// The demonstration must have told its story after so many seconds.
const STORY_S: u64 = 180;

#[test]
fn the_demonstration_tells_its_whole_story() {
    let Some(binary) = binary() else { return };
    let home = tempfile::tempdir().expect("a temporary folder can be made");
    let called = Caller::new(&binary, home.path())
        .call(&["demo", "--once"])
        .done();
    assert!(
        called.said().lines().count() >= 5,
        "each step is printed\n{}",
        called.said()
    );
}

#[test]
fn the_demonstration_fails_when_one_of_its_nodes_dies() {
    let Some(binary) = binary() else { return };
    let home = tempfile::tempdir().expect("a temporary folder can be made");
    let mut command = Caller::new(&binary, home.path()).command(&["demo", "--once"]);
    let mut demo = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");
    let nodes = wait::until("three nodes", 60, || {
        let children = process::children(demo.id());
        (children.len() >= 3).then_some(children)
    });
    process::kill_descendant(nodes[1]);
    let code = wait::until("the end of the demonstration", STORY_S, || {
        demo.try_wait()
            .expect("a child can be asked")
            .map(|status| status.code())
    });
    assert_eq!(code, Some(1));
    for child in nodes {
        process::wait_gone(child, 10);
    }
}
