//! Loading snapshots.

use serde_json::{Value, json};

use super::super::*;
use super::origin::Origin;
use super::table::Replica;
use crate::ids::{Hash, RowId, Salt};
use crate::tree::bucket_of;
use snapshot::{Loaded, Loader};

fn lines(replica: &Replica, schema: &Value) -> Vec<String> {
    let header = replica.headers.last().unwrap().clone();
    let mut rows: Vec<(&RowId, &RowState)> = replica.table.rows.iter().collect();
    rows.sort_by_key(|(id, _)| (bucket_of(**id), **id));
    let mut lines = vec![
        SnapshotLine::Header(Box::new(header)).to_text(),
        SnapshotLine::Schema(schema.clone()).to_text(),
    ];
    lines.extend(rows.iter().map(|(id, row)| snapshot::row_line(**id, row)));
    lines.push(SnapshotLine::End(rows.len() as u64).to_text());
    lines
}

fn load(header: &Header, known: &Redactions, lines: &[String]) -> Result<Loaded, Refusal> {
    let mut loader = Loader::new(header, known);
    for line in lines {
        loader.take(SnapshotLine::parse(line.as_bytes())?)?;
    }
    loader.finish()
}

fn case() -> (Replica, Vec<String>) {
    let (origin, _) = Origin::with_rows();
    let replica = origin.replica();
    let schema = replica.bodies[0].schema.clone().unwrap();
    let lines = lines(&replica, &schema);
    (replica, lines)
}

#[test]
fn a_snapshot_is_whole_ordered_and_right() {
    let (replica, lines) = case();
    let header = replica.headers.last().unwrap();
    let known = Redactions::new();
    let check = |change: fn(&mut Vec<String>), refusal: Refusal| {
        let mut lines = lines.clone();
        change(&mut lines);
        let loaded = load(header, &known, &lines);
        assert_eq!(loaded.map(|_| ()), Err(refusal));
    };
    assert_eq!(load(header, &known, &lines).unwrap().rows, 3);
    check(
        |l| l.swap(2, 3),
        Refusal::Snapshot("the rows are out of order"),
    );
    check(
        |l| l.insert(2, l[2].clone()),
        Refusal::Snapshot("the rows are out of order"),
    );
    check(
        |l| {
            l.remove(2);
        },
        Refusal::Snapshot("the count is not that of the rows"),
    );
    check(
        |l| {
            l.remove(2);
            l[4] = "[\"end\",2]".into();
        },
        Refusal::StateRoot,
    );
    check(
        |l| {
            l.pop();
        },
        Refusal::Snapshot("the end is missing"),
    );
    check(
        |l| {
            l.remove(1);
        },
        Refusal::Snapshot("the schema is missing"),
    );
    check(
        |l| {
            l.remove(0);
        },
        Refusal::Snapshot("a line stands outside header and end"),
    );
    check(
        |l| l.push(l[2].clone()),
        Refusal::Snapshot("a line stands outside header and end"),
    );
    check(|l| l[1] = "[\"schema\",{}]".into(), Refusal::SchemaHash);
    check(
        |l| l[2] = l[2].replace("\"a\"", "\"b\""),
        Refusal::StateRoot,
    );
}

#[test]
fn a_snapshot_of_another_entry_is_refused() {
    let (replica, lines) = case();
    let loaded = load(&replica.headers[0], &Redactions::new(), &lines);
    let refusal = Refusal::Snapshot("the header is not the one asked for");
    assert_eq!(loaded.map(|_| ()), Err(refusal));
}

#[test]
fn a_broken_stream_goes_on_after_its_last_row() {
    let (replica, lines) = case();
    let known = Redactions::new();
    let mut loader = Loader::new(replica.headers.last().unwrap(), &known);
    let mut take = |line: &str| {
        let line = SnapshotLine::parse(line.as_bytes()).unwrap();
        loader.take(line).unwrap();
    };
    lines[..4].iter().for_each(|line| take(line));
    take(&lines[0]);
    take(&lines[1]);
    take(&lines[4]);
    take("[\"end\",1]");
    assert_eq!(
        loader.last_row(),
        replica
            .table
            .rows
            .keys()
            .copied()
            .max_by_key(|id| (bucket_of(*id), *id))
    );
    assert_eq!(loader.finish().unwrap().rows, 3);
}

#[test]
fn malformed_lines_are_refused() {
    let row = "15aafc3d-bb02-40fa-a635-820df82cbaf9";
    let (salt, hash) = (Salt([0; 16]), Hash::ZERO);
    for bad in [
        json!(["end"]),
        json!(["end", -1]),
        json!(["row", row]),
        json!(["row", "x", {"cells": {}, "salt": salt}]),
        json!(["row", row, {"cells": {}}]),
        json!(["row", row, {"cells": {}, "salt": salt, "salts": {}}]),
        json!(["row", row, {"cells": {}, "salt": salt, "gone": {"a": hash}}]),
        json!(["row", row, {"cells": {}, "salt": salt, "own": {"a": salt}}]),
        json!(["row", row, {"cells": {"a": "1"}, "salts": {}}]),
        json!(["row", row, {"cells": {"a": "1"}, "salts": {"a": salt}, "gone": {"a": hash}}]),
        json!(["row", row, {"cells": {}, "salts": {}, "more": 1}]),
        json!(["schema", []]),
        json!(["more", 1]),
        json!({}),
    ] {
        let line = SnapshotLine::parse(bad.to_string().as_bytes());
        assert!(line.is_err(), "{bad}");
    }
}

#[test]
fn a_snapshot_is_redacted_as_it_is_loaded() {
    let (replica, lines) = case();
    let header = replica.headers.last().unwrap();
    let (row, state) = replica.table.rows.first_key_value().unwrap();
    let field = "nom".parse().unwrap();
    let cell = state.commitment(header.uid, *row, &field).unwrap();
    let target = Target::Cell {
        seq: 1,
        row: *row,
        field,
        cell,
    };
    let known: Redactions = [target].into_iter().collect();
    let mut loader = Loader::new(header, &known);
    let mut kept = Vec::new();
    for line in &lines {
        let line = SnapshotLine::parse(line.as_bytes()).unwrap();
        kept.extend(loader.take(line).unwrap());
    }
    let loaded = loader.finish().unwrap();
    assert_eq!(loaded.missing, []);
    let (_, state, hash) = kept.iter().find(|(id, _, _)| id == row).unwrap();
    assert_eq!((state.value("nom"), state.op_salt), (None, None));
    assert_eq!(state.hash(header.uid, *row), *hash);
    // Served again, the row has the redacted form, and lacks nothing for who knows the redaction.
    let line = SnapshotLine::parse(snapshot::row_line(*row, state).as_bytes()).unwrap();
    assert!(matches!(line, SnapshotLine::Row(id, again) if id == *row && again == *state));
}
