//! Real histories: comparing a version with the one before finds no more changes than people made.

mod support;

use std::fs;
use std::path::Path;

use rustine_domain::compare::{CellPrint, Comparer, Fate, KeyPrint, Outcome, RowPrint};
use rustine_domain::ids::RowId;
use rustine_formats::csv::Reader;
use support::shared_data;

struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

fn load(file: &Path) -> Table {
    let bytes = fs::read(file).expect("a file");
    let mut reader = Reader::open(bytes.as_slice()).expect("a CSV file");
    let header = reader.header().to_vec();
    let rows = reader.rows().map(|row| row.expect("a row").1).collect();
    Table { header, rows }
}

fn id(n: usize) -> RowId {
    format!("00000000-0000-4000-8000-{n:012x}")
        .parse()
        .expect("a row id")
}

fn compare(old: &Table, new: &Table, key: Option<usize>) -> Outcome {
    let print = |row: &Vec<String>| {
        RowPrint::of(
            old.header
                .iter()
                .map(String::as_str)
                .zip(row.iter().map(String::as_str)),
        )
    };
    let key_of = |row: &Vec<String>| KeyPrint::of([row[key?].as_str()]);
    let mut comparer = Comparer::new(old.header.len());
    for (n, row) in old.rows.iter().enumerate() {
        comparer.old_row(id(n), true, key_of(row), print(row));
    }
    for (n, row) in new.rows.iter().enumerate() {
        comparer.new_line(n as u64 + 2, key_of(row), print(row));
    }
    let mut alignment = comparer.align().expect("unique keys");
    for n in alignment.unsettled_old() {
        alignment.old_cells(n, old.rows[n].iter().map(|cell| CellPrint::of(cell)));
    }
    for n in alignment.unsettled_new() {
        alignment.new_cells(n, new.rows[n].iter().map(|cell| CellPrint::of(cell)));
    }
    alignment.finish()
}

/// How many cells differ between matched rows.
fn changed_cells(old: &Table, new: &Table, outcome: &Outcome) -> u64 {
    let mut cells = 0;
    for (line, row) in outcome.lines().zip(&new.rows) {
        let Fate::Changed(id) = line.fate else {
            continue;
        };
        let before = &old.rows[(id.0.as_u128() & 0xffff_ffff) as usize];
        let width = before.len().max(row.len());
        let cell = |row: &Vec<String>, n: usize| row.get(n).cloned().unwrap_or_default();
        cells += (0..width)
            .filter(|n| cell(before, *n) != cell(row, *n))
            .count() as u64;
    }
    cells
}

/// Compares two files of one header and checks the counts against the manifest's.
fn check(old: &Path, new: &Path, diff: &serde_json::Value) -> bool {
    let (old, new) = (load(old), load(new));
    if old.header != new.header {
        return false;
    }
    let key = diff["matched_by"]
        .as_str()
        .and_then(|by| by.strip_prefix("key:"));
    let key = key.map(|title| old.header.iter().position(|t| t == title).expect("the key"));
    let outcome = compare(&old, &new, key);
    let counts = outcome.counts();
    let at_most = |name: &str, found: u64| {
        let most = diff[name].as_u64().expect("a count");
        assert!(
            found <= most,
            "{found} {name}, the manifest has {most}: {counts:?}"
        );
    };
    at_most("rows_added", counts.added);
    at_most("rows_removed", counts.removed);
    at_most("rows_changed", counts.changed);
    at_most("cells_changed", changed_cells(&old, &new, &outcome));
    true
}

fn manifest(folder: &Path) -> Vec<serde_json::Value> {
    let text = fs::read_to_string(folder.join("manifest.jsonl")).expect("a manifest");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

#[test]
fn no_version_of_a_real_history_shows_more_changes_than_were_made() {
    let Some(data) = shared_data() else { return };
    let mut compared = 0;
    for name in [
        "doubs-inclusion-early",
        "rhinocc",
        "cloudready-organidations",
        "cloudready-calendriers",
    ] {
        let folder = data.join("histories").join(name);
        let versions = manifest(&folder);
        let file =
            |version: &serde_json::Value| folder.join(version["file"].as_str().expect("a file"));
        for pair in versions.windows(2) {
            compared += usize::from(check(
                &file(&pair[0]),
                &file(&pair[1]),
                &pair[1]["vs_previous"],
            ));
        }
    }
    assert!(compared >= 20, "only {compared} pairs have one header");
}

#[test]
fn no_real_proposal_shows_more_changes_than_it_has_with_its_key_or_without() {
    let Some(data) = shared_data() else { return };
    let folder = data.join("histories/rhinocc");
    let proposals = manifest(&folder.join("proposals"));
    assert_eq!(proposals.len(), 4);
    for proposal in proposals {
        let file = |key: &str| folder.join(proposal[key].as_str().expect("a file"));
        let mut diff = proposal["vs_base"].clone();
        assert!(check(&file("base"), &file("file"), &diff), "one header");
        diff["matched_by"] = "aligned".into();
        assert!(check(&file("base"), &file("file"), &diff), "one header");
    }
}

#[test]
fn versions_whose_columns_changed_are_compared_without_losing_a_row() {
    let Some(data) = shared_data() else { return };
    let folder = data.join("histories/bfc-ternum");
    let files = support::csv_files(&folder);
    assert_eq!(files.len(), 12);
    for pair in files.windows(2) {
        let (old, new) = (load(&pair[0]), load(&pair[1]));
        // Only the titles of both are compared, in the order of the old one.
        let titles: Vec<&String> = old
            .header
            .iter()
            .filter(|title| !title.is_empty() && new.header.contains(title))
            .collect();
        let cut = |table: &Table| {
            let columns: Vec<usize> = titles
                .iter()
                .filter_map(|title| table.header.iter().position(|t| t == *title))
                .collect();
            let row = |row: &Vec<String>| {
                columns
                    .iter()
                    .map(|n| row.get(*n).cloned().unwrap_or_default())
                    .collect()
            };
            Table {
                header: titles.iter().map(|title| (*title).clone()).collect(),
                rows: table.rows.iter().map(row).collect(),
            }
        };
        let (old, new) = (cut(&old), cut(&new));
        let counts = compare(&old, &new, None).counts();
        let kept = counts.same + counts.changed;
        let rows = old.rows.len().min(new.rows.len()) as u64;
        let names = pair
            .iter()
            .map(|file| file.file_name().unwrap_or_default().to_string_lossy());
        eprintln!("{}: {counts:?}", names.collect::<Vec<_>>().join(" -> "));
        assert!(kept * 10 >= rows * 9, "{counts:?} of {rows}");
    }
}
