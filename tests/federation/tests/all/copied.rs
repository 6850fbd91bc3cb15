//! Two servers on two copies of one data folder: only the one that the world reaches signs.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};

use rustine_testkit::command::Caller;
use rustine_testkit::http::Browser;
use rustine_testkit::node::{Node, Options};
use rustine_testkit::port::free_port;
use rustine_testkit::{binary, places, process, wait};
use rustine_tests_federation::{
    LIEUX, SOON_S, cell, export, import_again, propose, publish_places, verify,
};
use serde_json::json;

/// A second server, which ends with the test.
struct Second(Child);

impl Drop for Second {
    fn drop(&mut self) {
        process::kill(&mut self.0);
    }
}

impl Second {
    /// Serves a copied folder on another port, and waits until it is ready.
    fn serve(caller: &Caller, port: u16) -> Self {
        let listen = format!("127.0.0.1:{port}");
        let mut command = caller.command(&["serve", "--listen", &listen]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let second = Self(command.spawn().expect("the binary starts"));
        wait::until("the second server to be ready", SOON_S, || {
            said(port, "/readyz").contains("ready").then_some(())
        });
        second
    }
}

fn said(port: u16, path: &str) -> String {
    let url = format!("http://127.0.0.1:{port}{path}");
    let reply = Browser::default().try_get(&url);
    reply.map_or_else(String::new, |reply| reply.text())
}

fn is_read_only(port: u16) -> bool {
    said(port, "/metrics").contains("rustine_read_only 1")
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("the data folder can be read") {
        let entry = entry.expect("the data folder can be read");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file can be copied");
        }
    }
}

/// The status of a proposal that a visitor sends over the API of the server on a port.
fn offered(port: u16) -> u16 {
    let url = format!("http://127.0.0.1:{port}/api/v1/datasets/{LIEUX}/patches");
    let ops = json!({"ops": [{"op": "add", "cells": {"id": "nouveau", "nom": "Le Chat noir"}}]});
    Browser::default().post_json(&url, &ops, None).status
}

#[test]
fn the_second_of_two_servers_on_copied_folders_only_reads() {
    let Some(binary) = binary() else { return };
    let mut first = Node::start_on_files(&binary, "jumelle");
    publish_places(&first, 3);
    let own = propose(
        &first,
        LIEUX,
        &["--where", "id=lieu-000001", "--set", "nom=Une seule fois"],
    );
    assert_eq!(first.stop(), Some(0));
    let copied = first.data().with_file_name("copie");
    copy_folder(&first.data(), &copied);
    first.serve();

    let (caller, port) = (Caller::new(&binary, &copied), free_port());
    let second = Second::serve(&caller, port);
    assert!(is_read_only(port), "before it answered for the first time");
    assert!(!is_read_only(first.port()));
    assert!(
        said(
            port,
            &format!("/datasets/{LIEUX}/log/entries?from=0&limit=9")
        )
        .contains("lieu-000001")
    );
    assert_eq!(offered(port), 503);
    let refused = caller.call(&["patch", "accept", &own]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.stderr.contains("another server"),
        "{}",
        refused.stderr
    );
    let file = first.file("autre.csv", places::csv(2));
    let words = ["dataset", "import", &*file.to_string_lossy(), "--name"];
    for name in [LIEUX, "autre"] {
        let refused = caller.call(&[&words[..], &[name]].concat());
        assert_eq!(refused.code, Some(1), "{name}: {}", refused.said());
    }

    // Its twin does all of that.
    assert_eq!(offered(first.port()), 202);
    let _ = first.call(&["patch", "accept", &own]).done();
    import_again(&first, "autre", &places::table(2));
    assert!(!is_read_only(first.port()));

    // The second one takes over where the first one ends: it is reached by their name, and signs.
    drop(second);
    assert_eq!(first.stop(), Some(0));
    let refused = caller.call(&["patch", "accept", &own]);
    assert_eq!(
        refused.code,
        Some(1),
        "nobody answers, which changes nothing"
    );
    let second = Second::serve(&caller, first.port());
    wait::until("the second server to sign", SOON_S, || {
        (!is_read_only(first.port())).then_some(())
    });
    let _ = caller.call(&["patch", "accept", &own]).done();
    drop(second);
}

#[test]
fn a_server_that_cannot_reach_itself_says_so_and_signs() {
    let Some(binary) = binary() else { return };
    let options = Options {
        origin: Some("https://nulle-part.test".to_owned()),
        ..Options::default()
    };
    let mut node = Node::init(&binary, "isolee", options);
    node.serve();
    wait::until("the warning", SOON_S, || {
        node.log().contains("cannot reach itself").then_some(())
    });
    publish_places(&node, 3);
    let own = propose(
        &node,
        LIEUX,
        &["--where", "id=lieu-000001", "--set", "nom=Quand même"],
    );
    let _ = node.call(&["patch", "accept", &own]).done();
    assert_eq!(
        cell(&export(&node, LIEUX), "lieu-000001", "nom"),
        "Quand même"
    );
    verify(&node, LIEUX);
}
