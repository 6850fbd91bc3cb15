//! Real tables as they changed in real life. They stand beside the repository and hold contact data of real
//! people: they are compared, never shown.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rustine_testkit::node::Node;
use rustine_testkit::table::Table;
use rustine_testkit::{binary, shared};
use rustine_tests_federation::{export, propose, row_ids, verify};
use serde_json::{Value, json};

/// A proposal may hold so many operations.
const MOST_OPERATIONS: u64 = 500;

#[test]
fn the_doubs_register_replays() {
    replay("doubs-inclusion-early");
}

#[test]
fn the_register_whose_columns_come_and_go_replays() {
    replay("bfc-ternum");
}

#[test]
fn the_rhinocc_register_replays() {
    replay("rhinocc");
}

#[test]
fn the_small_hand_edited_register_replays() {
    replay("cloudready-organidations");
}

#[test]
fn the_small_hand_edited_calendar_replays() {
    replay("cloudready-calendriers");
}

fn import(node: &Node, name: &str, file: &Path, options: &[&str]) -> Value {
    let file = file.to_string_lossy();
    let mut words = vec![
        "dataset",
        "import",
        &file,
        "--name",
        name,
        "--license",
        "etalab-2.0",
    ];
    words.extend(options);
    node.json(&words)
}

fn read(file: &Path) -> Table {
    Table::parse(&fs::read(file).expect("a version can be read")).without_empty_columns()
}

/// Imports every version over the one before; and carries a second copy forward by proposals where a step is
/// small enough for one.
fn replay(name: &str) {
    let Some(binary) = binary() else { return };
    let Some(versions) = shared::history(name) else {
        return;
    };
    let node = Node::start(&binary, "histoire");
    import(&node, "importe", &versions[0], &["--publish"]);
    let schema = as_text(&node);
    import(
        &node,
        "propose",
        &versions[0],
        &["--publish", "--schema", &schema],
    );
    same(&node, "importe", &read(&versions[0]), &versions[0]);
    let mut proposals = 0;
    for pair in versions.windows(2) {
        let (old, new) = (read(&pair[0]), read(&pair[1]));
        let before = row_ids(&node, "importe");
        import(&node, "importe", &pair[1], &[]);
        same(&node, "importe", &new, &pair[1]);
        if old.header == new.header {
            let after = row_ids(&node, "importe");
            keeps_identity(&old, &new, &before, &after, &pair[1]);
        }
        proposals += u32::from(step_by_proposal(&node, &old, &new, &pair[1]));
    }
    verify(&node, "importe");
    verify(&node, "propose");
    assert!(
        proposals > 0 || name == "rhinocc",
        "no step of {name} was small enough for a proposal"
    );
}

/// Writes the schema of the imported copy with every field a plain text. What a proposal sets is checked
/// against the schema, and a guess from one version knows nothing of what people wrote into the next.
fn as_text(node: &Node) -> String {
    let mut schema = node.json(&["dataset", "show", "importe"])["schema"].clone();
    let fields = schema["fields"]
        .as_array_mut()
        .expect("a schema has fields");
    for field in fields {
        *field = json!({"name": field["name"], "title": field["title"], "type": "string"});
    }
    let file = node.file("schema.json", schema.to_string());
    file.to_string_lossy().into_owned()
}

fn same(node: &Node, dataset: &str, wanted: &Table, version: &Path) {
    let found = export(node, dataset).without_empty_columns();
    let difference = found.difference(wanted);
    assert_eq!(difference, None, "{dataset} after {}", version.display());
}

/// Rows that stand once in both versions, unchanged, are the same rows and follow each other in the order of
/// the new version.
fn keeps_identity(old: &Table, new: &Table, before: &[String], after: &[String], version: &Path) {
    let once = |table: &Table, ids: &[String]| -> BTreeMap<Vec<String>, Option<String>> {
        let mut seen = BTreeMap::new();
        for (row, id) in table.rows.iter().zip(ids) {
            seen.entry(row.clone())
                .and_modify(|known| *known = None)
                .or_insert(Some(id.clone()));
        }
        seen
    };
    let (was, is) = (once(old, before), once(new, after));
    for (row, id) in &was {
        if let (Some(old_id), Some(Some(new_id))) = (id, is.get(row)) {
            let at = new
                .rows
                .iter()
                .position(|other| other == row)
                .map_or(0, |at| at + 1);
            assert_eq!(
                old_id,
                new_id,
                "an unchanged row got another id: row {at} of {}",
                version.display()
            );
        }
    }
}

/// Takes the step as one proposal if that is possible, else by an import. Returns whether it was a proposal.
fn step_by_proposal(node: &Node, old: &Table, new: &Table, version: &Path) -> bool {
    let plan = import(node, "propose", version, &["--dry-run"]);
    let count = |member: &str| plan[member].as_u64().unwrap_or(u64::MAX / 4);
    let operations = count("added") + count("removed") + count("cells");
    if old.header != new.header || operations == 0 || operations > MOST_OPERATIONS {
        import(node, "propose", version, &["--schema", &as_text(node)]);
        return false;
    }
    let patch = propose(node, "propose", &["--from", &version.to_string_lossy()]);
    let _ = node.call(&["patch", "accept", &patch]).done();
    // A proposal says nothing about the order of rows, and what it adds stands at the end.
    let found = export(node, "propose").without_empty_columns().sorted();
    assert_eq!(
        found.difference(&new.sorted()),
        None,
        "the proposal for {}",
        version.display()
    );
    import(node, "propose", version, &[]);
    true
}
