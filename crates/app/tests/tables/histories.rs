//! Real histories: each version is imported over the one before, and costs no more than people changed.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rustine_app::datasets::verify::verify;
use rustine_formats::csv::Reader;

use crate::support::{NAME, Node, shared_data};

/// The cells of a file, every row as wide as the header.
fn load(file: &Path) -> Vec<Vec<String>> {
    let bytes = std::fs::read(file).expect("a file");
    let mut reader = Reader::open(bytes.as_slice()).expect("a CSV file");
    let rows: Vec<Vec<String>> = reader.rows().map(|row| row.expect("a row").1).collect();
    let titles = reader.titles();
    let width = titles.len();
    let padded = rows.into_iter().map(|mut row| {
        row.resize(width, String::new());
        row
    });
    std::iter::once(titles).chain(padded).collect()
}

fn exported(node: &Node) -> Vec<Vec<String>> {
    let text = node.csv();
    load(&node.file(text))
}

/// The versions of a history, in the order of their file names.
fn versions(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a readable folder")
        .map(|entry| entry.expect("a folder entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "csv"))
        .collect();
    files.sort();
    files
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
        eprintln!("{name}: {counts:?}");
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
