//! Properties of whole logs: whatever an origin does, replicas end with the same table.

use proptest::prelude::*;

use super::super::*;
use super::origin::{Origin, cells, field};
use super::table::{Outcome, Replica};
use crate::ids::RowId;
use crate::tree::bucket_of;

/// One thing an origin may do; numbers choose among the rows and fields there are.
#[derive(Debug, Clone)]
enum Deed {
    Import(Vec<Vec<(usize, String)>>),
    Patch(Vec<(usize, usize, Option<String>)>, Option<usize>),
    RedactCell(usize, usize),
    RedactMeta(usize),
    Rotate,
    Move,
}

const FIELDS: [&str; 4] = ["nom", "places", "ouvert", "_order"];

fn deed() -> impl Strategy<Value = Deed> {
    let value = || "[a-zé\"\\\\\u{1}\u{10000}]{0,4}";
    let row = prop::collection::vec((0..4usize, value()), 0..4);
    let set = (0..9usize, 0..4usize, prop::option::of(value()));
    prop_oneof![
        3 => prop::collection::vec(row, 0..4).prop_map(Deed::Import),
        6 => (prop::collection::vec(set, 0..5), prop::option::of(0..9usize))
            .prop_map(|(sets, del)| Deed::Patch(sets, del)),
        2 => (0..9usize, 0..4usize).prop_map(|(row, field)| Deed::RedactCell(row, field)),
        1 => (0..9usize).prop_map(Deed::RedactMeta),
        1 => Just(Deed::Rotate),
        1 => Just(Deed::Move),
    ]
}

fn row_at(origin: &Origin, number: usize) -> Option<RowId> {
    let rows = &origin.table.rows;
    let at = number.checked_rem(rows.len())?;
    rows.keys().nth(at).copied()
}

fn do_deed(origin: &mut Origin, deed: &Deed) {
    let rotations = origin.chain.rotations.len() as u8;
    match deed {
        Deed::Import(rows) => {
            let mut ops = Vec::new();
            for row in rows {
                let row: Vec<(&str, &str)> = row
                    .iter()
                    .map(|(at, value)| (FIELDS[*at], &**value))
                    .collect();
                let (id, salt) = (origin.row_id(), origin.salt());
                ops.push(Op::add(id, salt, cells(&row), None));
            }
            origin.import(ops);
        }
        Deed::Patch(sets, del) => {
            let mut ops: Vec<Op> = Vec::new();
            let del = del.and_then(|number| row_at(origin, number));
            let mut done = std::collections::BTreeSet::new();
            for (row, at, value) in sets {
                let Some(row) = row_at(origin, *row) else {
                    continue;
                };
                if Some(row) != del && done.insert((row, *at)) {
                    ops.push(origin.set(row, FIELDS[*at], value.as_deref()));
                }
            }
            ops.extend(del.map(|row| origin.del(row)));
            origin.patch(ops);
        }
        Deed::RedactCell(row, at) => {
            let Some(row) = row_at(origin, *row) else {
                return;
            };
            let field = field(FIELDS[*at]);
            let state = &origin.table.rows[&row];
            let cell = state.commitment(origin.chain.uid, row, &field);
            let seq = origin.chain.seq;
            let target = cell.map(|cell| Target::Cell {
                seq,
                row,
                field,
                cell,
            });
            origin.redact(target.into_iter().collect());
        }
        Deed::RedactMeta(number) => {
            let seq = *number as u64 % (origin.chain.seq + 1);
            origin.redact(vec![Target::Meta { seq }]);
        }
        Deed::Rotate => drop(origin.rotate(2 + rotations, None)),
        Deed::Move => {
            let address = format!("https://b{rotations}.example/datasets/lieux");
            drop(origin.rotate(2 + rotations, Some(&address)));
        }
    }
}

fn served(replica: &Replica) -> Vec<String> {
    let entries = replica.headers.iter().zip(&replica.bodies);
    entries
        .map(|(header, body)| line::write(header.text(), Some(&body.to_text()), &[]))
        .collect()
}

fn check(deeds: &[Deed]) {
    let mut origin = Origin::new();
    deeds.iter().for_each(|deed| do_deed(&mut origin, deed));

    // A replica that saw every entry as it was signed.
    let replica = origin.replica();
    assert_eq!(replica.table.rows, origin.table.rows);
    assert_eq!(replica.chain(), &origin.chain);

    // A second one that reads, after all headers, what the first one serves today.
    let mut second = Replica::default();
    replica
        .headers
        .iter()
        .for_each(|header| second.known.learn(header));
    for line in served(&replica) {
        match second.take(line.as_bytes()) {
            Outcome::Applied(applied) => assert_eq!(applied.missing, []),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(second.table.rows, origin.table.rows);
    assert_eq!(served(&second), served(&replica));

    check_nothing_erased_is_left(&replica);
    check_snapshot(&replica);
}

/// No commitment that a redact names can be opened from what the replica still has.
fn check_nothing_erased_is_left(replica: &Replica) {
    let uid = replica.chain().uid;
    let table = replica.table.rows.iter();
    let added = replica.bodies.iter().flat_map(|body| &body.ops);
    let added = added.filter_map(|op| match op {
        Op::Add { row, state, .. } => Some((row, state)),
        _ => None,
    });
    for (row, state) in table.chain(added) {
        for (name, cell) in &state.cells {
            let named = replica
                .known
                .names_cell(*row, name, &cell.commitment(uid, *row, name));
            assert_eq!(matches!(cell, CellState::Gone { .. }), named);
            assert!(!(named && state.op_salt.is_some()));
        }
    }
    for op in replica.bodies.iter().flat_map(|body| &body.ops) {
        if let Op::Set {
            row,
            field,
            new: Some(new),
            ..
        } = op
        {
            let named = replica.known.names_cell(*row, field, &new.commitment);
            assert_eq!(new.opening.is_none(), named);
        }
    }
    for (seq, body) in replica.bodies.iter().enumerate() {
        assert_eq!(body.meta.is_none(), replica.known.names_meta(seq as u64));
    }
}

fn check_snapshot(replica: &Replica) {
    let header = replica.headers.last().unwrap();
    let mut loader = snapshot::Loader::new(header, &replica.known);
    loader
        .take(SnapshotLine::Header(Box::new(header.clone())))
        .unwrap();
    let schema = replica.bodies[0].schema.clone().unwrap();
    loader.take(SnapshotLine::Schema(schema)).unwrap();
    let mut rows: Vec<(&RowId, &RowState)> = replica.table.rows.iter().collect();
    rows.sort_by_key(|(id, _)| (bucket_of(**id), **id));
    for (id, row) in &rows {
        let line = SnapshotLine::parse(snapshot::row_line(**id, row).as_bytes()).unwrap();
        let (_, read, _) = loader.take(line).unwrap().unwrap();
        assert_eq!(&&read, row);
    }
    loader.take(SnapshotLine::End(rows.len() as u64)).unwrap();
    assert_eq!(loader.finish().unwrap().missing, []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn replaying_the_log_rebuilds_the_table(deeds in prop::collection::vec(deed(), 0..12)) {
        check(&deeds);
    }
}

#[test]
fn a_value_erased_after_it_was_changed_takes_the_salt_of_the_row() {
    let (mut origin, rows) = Origin::with_rows();
    let (uid, row) = (origin.chain.uid, rows[0]);
    let cell = origin.table.rows[&row].commitment(uid, row, &field("nom"));
    let op = origin.set(row, "nom", Some("b"));
    origin.patch(vec![op]);
    let target = Target::Cell {
        seq: 1,
        row,
        field: field("nom"),
        cell: cell.unwrap(),
    };
    origin.redact(vec![target]);
    let replica = origin.replica();
    // The value that replaced it stays; the salt that would open the erased one is gone everywhere.
    assert_eq!(replica.table.rows[&row].value("nom"), Some("b"));
    assert_eq!(replica.table.rows[&row].op_salt, None);
    let salts = |op: &Op| matches!(op, Op::Add { row: added, state, .. } if *added == row && state.op_salt.is_some());
    assert!(!replica.bodies.iter().flat_map(|body| &body.ops).any(salts));
    check_snapshot(&replica);
}

#[test]
fn a_target_that_matches_nothing_takes_no_value() {
    let (mut origin, rows) = Origin::with_rows();
    let before = origin.table.rows.clone();
    let (uid, row) = (origin.chain.uid, rows[0]);
    // The commitment is right, the row is not.
    let cell = before[&row].commitment(uid, row, &field("nom"));
    let target = Target::Cell {
        seq: 1,
        row: rows[1],
        field: field("nom"),
        cell: cell.unwrap(),
    };
    origin.redact(vec![target]);
    for (id, state) in &origin.replica().table.rows {
        for name in before[id].cells.keys() {
            assert_eq!(state.value(name.as_str()), before[id].value(name.as_str()));
        }
    }
}
