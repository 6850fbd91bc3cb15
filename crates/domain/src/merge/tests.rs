use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::check::table::{Table, name, row_id, with_fresh};
use crate::ids::DatasetUid;
use crate::problem::Code;

fn merged(table: &mut Table, ops: &[OfferedOp]) -> Result<Vec<Op>, Vec<Conflict>> {
    let schema = table.schema.clone();
    let dataset = table.dataset(&schema);
    with_fresh(|fresh| merge(dataset, ops, table, fresh)).map_err(|error| match error {
        MergeError::Conflicts(conflicts) => conflicts,
        MergeError::Rows(never) => match never {},
    })
}

/// Merges operations into a table, both in the short form of [`crate::check::table`].
fn check_merge(before: &str, ops: &str, after: &str) {
    let mut table = Table::new(before, json!({}));
    let ops = table.ops(ops);
    let applied = merged(&mut table, &ops).unwrap();
    table.apply(&applied);
    assert_eq!(table.csv(), after);
}

fn check_conflicts(before: &str, definitions: Value, ops: &str, expected: &[(usize, Code)]) {
    let mut table = Table::new(before, definitions);
    let ops = table.ops(ops);
    let found: Vec<(usize, Code)> = merged(&mut table, &ops)
        .unwrap_err()
        .iter()
        .map(|c| (c.op, c.problem.code))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(table.csv(), before, "a conflict changes nothing");
}

#[test]
fn a_patch_whose_bases_hold_applies() {
    check_merge("id,name\n1,Ana", "set 1 name=Anna", "id,name\n1,Anna");
    check_merge("id,name\n1,Ana", "set 1 name", "id,name\n1,");
    check_merge(
        "id,name,town\n1,Ana,",
        "set 1 town=Lyon",
        "id,name,town\n1,Ana,Lyon",
    );
    check_merge("id,name\n1,Ana\n2,Bo", "del 1", "id,name\n2,Bo");
    check_merge("id,name\n1,Ana", "add name=Zoé", "id,name\n1,Ana\n901,Zoé");
}

#[test]
fn the_same_value_is_a_noop_whatever_its_base() {
    check_merge("id,name\n1,Ana", "set 1 name=Ana @stale", "id,name\n1,Ana");
    check_merge("id,name\n1,Ana", "set 1 name=Ana", "id,name\n1,Ana");
}

#[test]
fn a_noop_repeats_the_commitment_and_copies_the_salt() {
    let mut table = Table::new("id,name\n1,Ana", json!({}));
    let ops = table.ops("set 1 name=Ana @stale");
    let state = table.rows[&row_id(1)].clone();
    let held = state.commitment(table.uid(), row_id(1), &name("name"));
    let applied = merged(&mut table, &ops).unwrap();
    let Op::Set {
        base, new, seen, ..
    } = &applied[0]
    else {
        panic!("not a set");
    };
    assert_eq!((*base, new.as_ref().map(|n| n.commitment)), (held, held));
    assert_eq!(*seen, Some(Some(Hash([9; 32]))));
    table.apply(&applied);
    assert_eq!(
        table.rows[&row_id(1)].hash(table.uid(), row_id(1)),
        state.hash(table.uid(), row_id(1))
    );
}

#[test]
fn taking_away_what_is_already_absent_is_a_noop() {
    let mut table = Table::new("id,name,town\n1,Ana,", json!({}));
    let ops = table.ops("set 1 town @stale");
    let applied = merged(&mut table, &ops).unwrap();
    let Op::Set {
        base: None,
        new: None,
        seen,
        ..
    } = &applied[0]
    else {
        panic!("{applied:?}");
    };
    assert_eq!(*seen, Some(Some(Hash([9; 32]))));
}

#[test]
fn a_base_that_no_longer_holds_is_a_conflict_and_nothing_applies() {
    let before = "id,name\n1,Ana\n2,Bo";
    check_conflicts(
        before,
        json!({}),
        "set 2 name=Bob; set 1 name=Anna @stale",
        &[(1, Code::CellChanged)],
    );
    check_conflicts(before, json!({}), "del 1 @stale", &[(0, Code::RowChanged)]);
    check_conflicts(before, json!({}), "del 9", &[(0, Code::RowGone)]);
    check_conflicts(before, json!({}), "set 9 name=x", &[(0, Code::RowGone)]);
    check_conflicts(
        before,
        json!({}),
        "set 1 name=a; set 1 name=b",
        &[(1, Code::RepeatedOperation)],
    );
}

#[test]
fn a_key_that_was_taken_meanwhile_is_a_conflict() {
    let keyed = json!({"primaryKey": ["name"]});
    let before = "id,name\n1,Ana\n2,Bo";
    check_conflicts(
        before,
        keyed.clone(),
        "add name=ANA",
        &[(0, Code::KeyTaken)],
    );
    check_conflicts(
        before,
        keyed,
        "set 2 name=Ana; add name=Bo",
        &[(0, Code::KeyTaken)],
    );
}

#[test]
fn an_erased_value_is_replaced_on_its_commitment_only() {
    let mut table = Table::new("id,name\n1,Ana", json!({}));
    table.erase(1, "name");
    assert_eq!(table.csv(), "id,name\n1,?");
    let stale = table.ops("set 1 name=Ana @stale");
    assert_eq!(
        merged(&mut table, &stale).unwrap_err()[0].problem.code,
        Code::CellChanged
    );
    let ops = table.ops("set 1 name=Ana");
    let applied = merged(&mut table, &ops).unwrap();
    table.apply(&applied);
    assert_eq!(table.csv(), "id,name\n1,Ana");
}

#[test]
fn the_operations_reproduce_the_offer() {
    let mut table = Table::new("id,name,town\n1,Ana,Lyon\n2,Bo,", json!({}));
    let ops = table.ops("set 1 town=Lyon @stale; add name=Zoé; set 2 name=Bob; set 1 name; del 2");
    // A deletion beside a set on the same row is refused, so it goes on its own.
    let ops = &ops[..4];
    let applied = merged(&mut table, ops).unwrap();
    let offered: Option<Vec<OfferedOp>> = applied.iter().map(|op| op.offered(false)).collect();
    assert_eq!(offered.as_deref(), Some(ops));
}

#[test]
fn a_decision_is_amended_unless_it_is_exactly_the_offer() {
    let mut table = Table::new("id,name\n1,Ana\n2,Bo", json!({}));
    let schema = table.schema.clone();
    let dataset = table.dataset(&schema);
    let offered = table.ops("set 1 name=Anna; set 2 name=Bob");
    for (decided, amended) in [
        ("set 1 name=Anna; set 2 name=Bob", false),
        ("set 1 name=Anna", true),
        ("set 2 name=Bob; set 1 name=Anna", true),
        ("set 1 name=Annah; set 2 name=Bob", true),
    ] {
        let decided = table.ops(decided);
        let merged = with_fresh(|fresh| amend(dataset, &offered, &decided, &mut table, fresh));
        let merged = merged.unwrap();
        assert_eq!((merged.amended, merged.ops.len()), (amended, decided.len()));
    }
}

#[test]
fn a_rebased_patch_applies_to_what_is_held_now() {
    let mut table = Table::new("id,name\n1,Ana\n2,Bo", json!({}));
    let schema = table.schema.clone();
    let dataset = table.dataset(&schema);
    let stale = table.ops("set 1 name=Anna @stale; del 2 @stale; set 9 name=x; add name=Zoé");
    let rebased = rebase(dataset, &stale, &mut table).unwrap();
    assert_eq!(rebased.len(), 3, "the row that is gone is left out");
    let applied = merged(&mut table, &rebased).unwrap();
    table.apply(&applied);
    assert_eq!(table.csv(), "id,name\n1,Anna\n901,Zoé");
}

/// A patch of up to five operations on rows 1 to 4, some of which exist, some bases stale.
fn any_ops() -> impl Strategy<Value = String> {
    let one = prop_oneof![
        (1..5_u32, "[ab]", "[xyz]?", any::<bool>()).prop_map(|(row, field, value, stale)| {
            format!(
                "set {row} {field}={value}{}",
                if stale { " @stale" } else { "" }
            )
        }),
        (1..5_u32, "[ab]").prop_map(|(row, field)| format!("set {row} {field}")),
        (1..5_u32, any::<bool>())
            .prop_map(|(row, stale)| format!("del {row}{}", if stale { " @stale" } else { "" })),
        "[xyz]".prop_map(|value| format!("add a={value}")),
    ];
    prop::collection::vec(one, 1..6).prop_map(|ops| ops.join("; "))
}

fn any_table() -> impl Strategy<Value = String> {
    prop::collection::vec(("[xyz]?", "[xyz]?"), 0..4).prop_map(|rows| {
        let lines = rows.iter().enumerate();
        let lines: Vec<String> = lines
            .map(|(n, (a, b))| format!("\n{},{a},{b}", n + 1))
            .collect();
        format!("id,a,b{}", lines.concat())
    })
}

proptest! {
    #[test]
    fn merging_is_deterministic_and_atomic(csv in any_table(), ops in any_ops()) {
        let keyed = || json!({"fields": {"a": {"constraints": {"unique": true}}}});
        let (mut one, mut two) = (Table::new(&csv, keyed()), Table::new(&csv, keyed()));
        let offered = one.ops(&ops);
        let first = merged(&mut one, &offered);
        prop_assert_eq!(&first, &merged(&mut two, &offered));
        match first {
            Err(conflicts) => prop_assert!(!conflicts.is_empty()),
            Ok(applied) => {
                prop_assert_eq!(applied.len(), offered.len());
                one.apply(&applied);
                for op in &offered {
                    if let OfferedOp::Set { row, field, value, .. } = op {
                        prop_assert_eq!(one.rows[row].value(field.as_str()), value.as_deref());
                    }
                }
                // What a reader recomputes is what was signed.
                let uid: DatasetUid = one.uid();
                for op in &applied {
                    if let Op::Set { row, field, new, .. } = op {
                        let held = one.rows[row].commitment(uid, *row, field);
                        prop_assert_eq!(held, new.as_ref().map(|n| n.commitment));
                    }
                }
            }
        }
    }

    #[test]
    fn a_merge_never_makes_a_new_duplicate(csv in any_table(), ops in any_ops()) {
        let mut table = Table::new(&csv, json!({"fields": {"a": {"constraints": {"unique": true}}}}));
        let duplicates = |table: &Table| {
            let values: Vec<&str> = table.rows.values().filter_map(|r| r.value("a")).filter(|v| !v.is_empty()).collect();
            values.len() - values.iter().collect::<std::collections::BTreeSet<_>>().len()
        };
        let before = duplicates(&table);
        let offered = table.ops(&ops);
        if let Ok(applied) = merged(&mut table, &offered) {
            table.apply(&applied);
            prop_assert!(duplicates(&table) <= before);
        }
    }

    #[test]
    fn a_second_acceptance_of_the_same_sets_is_all_noops(csv in any_table(), ops in any_ops()) {
        let mut table = Table::new(&csv, json!({}));
        let offered = table.ops(&ops);
        let sets: Vec<OfferedOp> = offered.into_iter().filter(|op| matches!(op, OfferedOp::Set { .. })).collect();
        if let Ok(applied) = merged(&mut table, &sets) {
            table.apply(&applied);
            let again = merged(&mut table, &sets).unwrap();
            let before = table.csv();
            table.apply(&again);
            prop_assert_eq!(table.csv(), before);
        }
    }
}
