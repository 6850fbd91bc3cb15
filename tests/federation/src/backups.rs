//! Nodes that lose their database and go on with an older one.

use std::fs;

use rustine_testkit::node::Node;
use rustine_testkit::wait;

use crate::{LIEUX, SOON_S, propose};

/// A new name for the place `key` of [`LIEUX`], proposed; the id of the patch.
#[must_use]
pub fn proposed(origin: &Node, key: &str, name: &str) -> String {
    let (which, what) = (format!("id={key}"), format!("nom={name}"));
    propose(origin, LIEUX, &["--where", &which, "--set", &what])
}

/// Changes the name of the place `key` of [`LIEUX`] at once.
pub fn correct(origin: &Node, key: &str, name: &str) {
    let patch = proposed(origin, key, name);
    let _ = origin.call(&["patch", "accept", &patch]).done();
}

/// Accepts a patch as soon as the origin signs again.
pub fn accept_soon(origin: &Node, patch: &str) {
    wait::until("the origin to sign again", 3 * SOON_S, || {
        (origin.call(&["patch", "accept", patch]).code == Some(0)).then_some(())
    });
}

/// Backs a running node up; the folder.
#[must_use]
pub fn back_up(node: &Node) -> String {
    let folder = node.file("sauvegarde", "").with_extension("d");
    let folder = folder.to_string_lossy().into_owned();
    let _ = node.call(&["backup", &folder]).done();
    folder
}

/// Takes the database of a stopped node away, as a broken disk would, and puts a backup in its place.
///
/// # Panics
/// Where the files cannot be deleted, or a hash or a signature in the backup does not hold.
pub fn restore(node: &Node, backup: &str) {
    for entry in fs::read_dir(node.data()).expect("the data folder can be read") {
        let path = entry.expect("the data folder can be read").path();
        let name = path.file_name().expect("a file has a name");
        if name.to_string_lossy().starts_with("rustine.sqlite") {
            fs::remove_file(&path).expect("the file can be deleted");
        }
    }
    let restored = node.json(&["restore", backup, "--verify"]);
    assert_eq!(restored["verified"], 1, "{restored}");
}
