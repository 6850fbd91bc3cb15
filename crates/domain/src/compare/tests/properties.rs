use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// Applies an outcome as an import does, `_order` keys included, and reads the table in its order.
fn apply(
    old: &[Vec<String>],
    new: &[Vec<String>],
    ordered: usize,
    outcome: &Outcome,
) -> Vec<Vec<String>> {
    let keys: Vec<String> = order::evenly(ordered).collect();
    let mut rows: BTreeMap<RowId, (Option<String>, Vec<String>)> = old
        .iter()
        .enumerate()
        .map(|(n, cells)| (id(n), (keys.get(n).cloned(), cells.clone())))
        .collect();
    for row in outcome.removed() {
        assert!(rows.remove(&row).is_some(), "a removed row existed");
    }
    let mut fresh = 1000;
    let mut sequence = Vec::new();
    for (line, cells) in outcome.lines().zip(new) {
        let row = match line.fate {
            Fate::Same(row) => {
                assert_eq!(print(&rows[&row].1), print(cells), "same is same");
                row
            }
            Fate::Changed(row) => {
                assert_ne!(print(&rows[&row].1), print(cells), "changed is changed");
                row
            }
            Fate::New => {
                fresh += 1;
                id(fresh)
            }
        };
        let key = rows
            .get(&row)
            .and_then(|(key, _)| key.clone())
            .filter(|_| !line.needs_order);
        rows.insert(row, (key, cells.clone()));
        sequence.push((row, line.needs_order));
    }
    assert_eq!(rows.len(), new.len(), "every line is one row");
    place(&mut rows, &sequence);
    let mut table: Vec<_> = rows.into_iter().collect();
    table.sort_by_key(|(row, (key, _))| (key.is_none(), key.clone(), *row));
    table.into_iter().map(|(_, (_, cells))| cells).collect()
}

/// Gives keys to the lines that need one, between the nearest that keep theirs.
fn place(rows: &mut BTreeMap<RowId, (Option<String>, Vec<String>)>, sequence: &[(RowId, bool)]) {
    let mut at = 0;
    while at < sequence.len() {
        let run = sequence[at..]
            .iter()
            .take_while(|(_, needs)| *needs)
            .count();
        if run > 0 {
            let before = at
                .checked_sub(1)
                .and_then(|at| rows[&sequence[at].0].0.clone());
            let after = sequence
                .get(at + run)
                .and_then(|(row, _)| rows[row].0.clone());
            let keys = order::spread(before.as_deref(), after.as_deref(), run).expect("room");
            for (key, (row, _)) in keys.into_iter().zip(&sequence[at..]) {
                rows.get_mut(row).expect("a row").0 = Some(key);
            }
        }
        at += run.max(1);
    }
}

fn lines() -> impl Strategy<Value = Vec<Vec<String>>> {
    vec(vec("[ab]?", 3), 0..12)
}

/// An edited copy of a table: cells changed, lines removed, added, copied and moved.
fn edited() -> impl Strategy<Value = (Vec<Vec<String>>, Vec<Vec<String>>)> {
    let table = vec(vec("[a-z]{0,2}", 4), 1..25);
    (
        table,
        vec(
            (
                0..5_u8,
                any::<prop::sample::Index>(),
                any::<prop::sample::Index>(),
                "[a-z]{0,2}",
            ),
            0..8,
        ),
    )
        .prop_map(|(old, edits)| {
            let mut new = old.clone();
            for (kind, a, b, text) in edits {
                if new.is_empty() {
                    break;
                }
                let (i, j) = (a.index(new.len()), b.index(new.len()));
                match kind {
                    0 => new[i][j % 4] = text,
                    1 => drop(new.remove(i)),
                    2 => new.insert(i, vec![text; 4]),
                    3 => new.insert(i, new[j].clone()),
                    _ => {
                        let line = new.remove(i);
                        new.insert(j.min(new.len()), line);
                    }
                }
            }
            (old, new)
        })
}

proptest! {
    #[test]
    fn applying_the_outcome_gives_the_new_table(
        old in lines(), new in lines(), ordered in 0_usize..12
    ) {
        let ordered = ordered.min(old.len());
        let outcome = compare_ordered(&old, &new, 0, ordered).expect("no keys");
        prop_assert_eq!(apply(&old, &new, ordered, &outcome), new);
    }

    #[test]
    fn applying_the_outcome_of_an_edit_gives_the_edited_table((old, new) in edited()) {
        let outcome = compare(&old, &new, 0).expect("no keys");
        prop_assert_eq!(apply(&old, &new, old.len(), &outcome), new.clone());
        // Identical lines are never taken for changed ones.
        let mut left: Vec<RowPrint> = old.iter().map(|cells| print(cells)).collect();
        let in_both = new.iter().filter(|cells| {
            let found = left.iter().position(|other| *other == print(cells));
            found.map(|at| left.swap_remove(at)).is_some()
        }).count();
        prop_assert_eq!(outcome.counts().same, in_both as u64);
    }

    #[test]
    fn applying_the_outcome_by_key_gives_the_new_table((old, new) in edited()) {
        let numbered = |table: Vec<Vec<String>>| -> Vec<Vec<String>> {
            let mut seen = BTreeSet::new();
            table.into_iter().filter(|row| row[0].is_empty() || seen.insert(row[0].clone())).collect()
        };
        let (old, new) = (numbered(old), numbered(new));
        let outcome = compare(&old, &new, 1).expect("unique keys");
        prop_assert_eq!(apply(&old, &new, old.len(), &outcome), new.clone());
        for (line, cells) in outcome.lines().zip(&new) {
            if let Some(n) = old.iter().position(|row| !cells[0].is_empty() && row[0] == cells[0]) {
                prop_assert!(matches!(line.fate, Fate::Same(row) | Fate::Changed(row) if row == id(n)));
            }
        }
    }

    #[test]
    fn one_changed_cell_in_a_table_of_distinct_rows_is_one_changed_row(
        n in 1_usize..40, at in any::<prop::sample::Index>(), field in 0_usize..4
    ) {
        let old: Vec<Vec<String>> = (0..n).map(|i| (0..4).map(|f| format!("{i}.{f}")).collect()).collect();
        let mut new = old.clone();
        let at = at.index(n);
        new[at][field] = "changed".to_owned();
        let outcome = compare(&old, &new, 0).expect("no keys");
        let counts = Counts { same: n as u64 - 1, changed: 1, ..Counts::default() };
        prop_assert_eq!(outcome.counts(), counts);
        prop_assert_eq!(outcome.line(at).map(|line| line.fate), Some(Fate::Changed(id(at))));
    }

    #[test]
    fn one_moved_row_is_one_moved_row(
        n in 2_usize..40, from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>()
    ) {
        let old: Vec<Vec<String>> = (0..n).map(|i| vec![i.to_string()]).collect();
        let mut new = old.clone();
        let (from, to) = (from.index(n), to.index(n));
        prop_assume!(from != to);
        let line = new.remove(from);
        new.insert(to, line);
        let outcome = compare(&old, &new, 0).expect("no keys");
        prop_assert_eq!(outcome.lines().filter(|line| line.needs_order).count(), 1);
        prop_assert_eq!(outcome.counts().moved, 1);
    }
}
