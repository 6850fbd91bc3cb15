//! A large table under a limited address space.

use rustine_testkit::node::{Node, Options};
use rustine_testkit::table::Table;
use rustine_testkit::{binary, places, process};
use rustine_tests_federation::{LIEUX, has_digest, verify};

const ROWS: usize = 100_000;

/// What a process may map. Memory that is only reserved counts, such as the stacks of idle threads.
const ADDRESS_SPACE_BYTES: u64 = 1 << 30;

/// What a process may hold at its fullest.
const RESIDENT_KIB: u64 = 256 * 1024;

#[test]
fn a_hundred_thousand_rows_fit_into_a_small_machine() {
    let Some(binary) = binary() else { return };
    let (mut origin, mut replica) = (small(&binary, "origine"), small(&binary, "partenaire"));
    let limited = origin
        .caller()
        .clone()
        .with_address_space(ADDRESS_SPACE_BYTES);
    let mut table = places::table(ROWS);
    let import = |node: &Node, table: &Table| {
        let file = node.file("lieux.csv", table.to_csv());
        let words = [
            "dataset",
            "import",
            &file.to_string_lossy(),
            "--name",
            LIEUX,
            "--key",
            "id",
            "--license",
            "etalab-2.0",
        ];
        limited.json(&[&words[..], &["--publish"]].concat())
    };
    assert_eq!(import(&origin, &table)["added"], ROWS);
    for row in table.rows.iter_mut().step_by(100) {
        row[1].push_str(" (rénové)");
    }
    assert_eq!(import(&origin, &table)["changed"], ROWS / 100);
    let exported = limited
        .call(&["dataset", "export", LIEUX, "--format", "csv"])
        .done();
    assert_eq!(
        Table::parse(exported.stdout.as_bytes()).difference(&table),
        None
    );
    assert_eq!(pages(&origin), ROWS);
    let wanted = limited.json(&["dataset", "digest", LIEUX]);
    let copy = origin.address_of(LIEUX);
    let _ = replica.call(&["replica", "add", &copy]).done();
    has_digest(&replica, &copy, &wanted);
    verify(&replica, &copy);
    for node in [&mut origin, &mut replica] {
        let peak = node
            .pid()
            .and_then(process::peak_memory_kib)
            .expect("a running process has a peak");
        assert!(
            peak < RESIDENT_KIB,
            "{} used {} MiB",
            node.origin(),
            peak / 1024
        );
        node.stop();
    }
}

fn small(binary: &std::path::Path, name: &str) -> Node {
    let mut node = Node::init(binary, name, Options::default());
    let limited = node
        .caller()
        .clone()
        .with_address_space(ADDRESS_SPACE_BYTES)
        // As in the unit file and the container: arenas of idle threads would use up the address space.
        .with_env("MALLOC_ARENA_MAX", "2");
    node.serve_as(&limited);
    node
}

/// Turns every page of the API and counts the rows.
fn pages(node: &Node) -> usize {
    let (mut rows, mut after) = (0, String::new());
    loop {
        let page = node
            .get(&format!("/api/v1/datasets/{LIEUX}/rows?limit=1000{after}"))
            .expect(200)
            .json();
        rows += page["rows"].as_array().map_or(0, Vec::len);
        match page["next"].as_str() {
            Some(cursor) => after = format!("&after={cursor}"),
            None => return rows,
        }
    }
}
