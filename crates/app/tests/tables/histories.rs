//! Real histories: each version is imported over the one before, and costs no more than people changed.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rustine_app::datasets::verify::verify;

use crate::support::{NAME, Node, csv_files, load, shared_data};

fn exported(node: &Node) -> Vec<Vec<String>> {
    let text = node.csv();
    load(&node.file(text))
}

/// The versions of a history, in the order of their file names.
fn versions(folder: &Path) -> Vec<PathBuf> {
    let mut files = csv_files(folder);
    // Proposals stand in a folder of their own.
    files.retain(|file| file.parent() == Some(folder));
    files
}

/// What people changed in a version, by its file name; only where a history has been looked at by hand or by key.
fn manifest(folder: &Path) -> HashMap<String, serde_json::Value> {
    let text = std::fs::read_to_string(folder.join("manifest.jsonl")).unwrap_or_default();
    text.lines()
        .map(|line| {
            let version: serde_json::Value = serde_json::from_str(line).expect("JSON");
            (
                version["file"].as_str().expect("a file").to_owned(),
                version["vs_previous"].clone(),
            )
        })
        .collect()
}

/// The rows that two exports share line for line keep their ids.
fn content_to_ids(node: &Node) -> HashMap<Vec<String>, Vec<String>> {
    let mut ids: HashMap<Vec<String>, Vec<String>> = HashMap::new();
    let lines = exported(node).into_iter().skip(1);
    for (line, row) in lines.zip(node.rows()) {
        ids.entry(line).or_default().push(row.row_id.to_string());
    }
    ids
}

/// Imports a history; returns how many re-imports were checked.
fn check(folder: &Path) -> usize {
    let node = Node::new();
    let mut files = versions(folder).into_iter();
    let first = files.next().expect("a first version");
    node.import_file(&first, |_| {}).expect("an import");
    assert_eq!(exported(&node), load(&first), "{}", first.display());
    let mut before = load(&first);
    let made = manifest(folder);
    let mut checked = 0;
    for file in files {
        let name = file.display();
        let seq = node.dataset().seq.unsigned_abs();
        let ids = content_to_ids(&node);
        let imported = node.import_file(&file, |_| {}).expect("an import");
        let now = load(&file);
        assert_eq!(exported(&node), now, "{name}");

        let ops = node.ops_after(seq).len() as u64;
        let counts = imported.counts;
        assert_eq!(
            ops,
            counts.cells + counts.added + counts.removed + counts.moved,
            "{name}: {counts:?}"
        );
        if before[0] == now[0] {
            let file_name = file
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if let Some(made) = made.get(&file_name) {
                let found = [counts.added, counts.removed, counts.changed, counts.cells];
                let names = [
                    "rows_added",
                    "rows_removed",
                    "rows_changed",
                    "cells_changed",
                ];
                for (name, found) in names.iter().zip(found) {
                    let most = made[name].as_u64().expect("a count");
                    assert!(
                        found <= most,
                        "{file_name}: {found} {name}, people made {most}"
                    );
                }
                assert_eq!(counts.moved, 0, "{file_name}");
            }
            for (line, held) in content_to_ids(&node) {
                let former = ids.get(&line).cloned().unwrap_or_default();
                let kept = held.iter().filter(|id| former.contains(id)).count();
                assert_eq!(
                    kept,
                    held.len().min(former.len()),
                    "{name}: an unchanged row has another id"
                );
            }
        }
        before = now;
        checked += 1;
    }
    verify(&node.app, &NAME.parse().expect("an address")).expect("a sound log");
    checked
}

fn check_history(name: &str, least: usize) {
    let Some(data) = shared_data() else { return };
    let checked = check(&data.join("histories").join(name));
    assert!(checked >= least, "only {checked} re-imports of {name}");
}

#[test]
fn the_history_of_bfc_ternum_is_replayed() {
    check_history("bfc-ternum", 11);
}

#[test]
fn the_history_of_cloudready_calendriers_is_replayed() {
    check_history("cloudready-calendriers", 7);
}

#[test]
fn the_history_of_cloudready_organidations_is_replayed() {
    check_history("cloudready-organidations", 4);
}

#[test]
fn the_history_of_doubs_inclusion_is_replayed() {
    check_history("doubs-inclusion-early", 15);
}

#[test]
fn the_history_of_rhinocc_is_replayed() {
    check_history("rhinocc", 1);
}
