//! Tests of the comparison: simple cases by hand, properties, and real histories.

mod properties;

use super::*;
use crate::order;
use crate::problem::Lang;

/// A table as tests write it: lines of cells between `|`.
fn table(text: &str) -> Vec<Vec<String>> {
    text.lines()
        .map(|line| line.trim().split('|').map(str::to_owned).collect())
        .collect()
}

fn id(n: usize) -> RowId {
    format!("00000000-0000-4000-8000-{n:012x}")
        .parse()
        .expect("a row id")
}

fn print(cells: &[String]) -> RowPrint {
    let names: Vec<String> = (0..cells.len()).map(|n| format!("f{n:02}")).collect();
    RowPrint::of(
        names
            .iter()
            .zip(cells)
            .map(|(name, cell)| (name.as_str(), cell.as_str())),
    )
}

/// Compares with the first `key` columns as key, doing both passes as a caller does.
fn compare(old: &[Vec<String>], new: &[Vec<String>], key: usize) -> Result<Outcome, DuplicateKeys> {
    compare_ordered(old, new, key, old.len())
}

fn compare_ordered(
    old: &[Vec<String>],
    new: &[Vec<String>],
    key: usize,
    ordered: usize,
) -> Result<Outcome, DuplicateKeys> {
    let key_of = |cells: &[String]| {
        (key > 0)
            .then(|| KeyPrint::of(cells[..key].iter().map(String::as_str)))
            .flatten()
    };
    let mut comparer = Comparer::new(old.iter().chain(new).map(Vec::len).max().unwrap_or(0));
    for (index, cells) in old.iter().enumerate() {
        comparer.old_row(id(index), index < ordered, key_of(cells), print(cells));
    }
    for (index, cells) in new.iter().enumerate() {
        comparer.new_line(index as u64 + 2, key_of(cells), print(cells));
    }
    let mut alignment = comparer.align()?;
    for index in alignment.unsettled_old() {
        assert_eq!(alignment.old_id(index), id(index));
        alignment.old_cells(index, old[index].iter().map(|cell| CellPrint::of(cell)));
    }
    for index in alignment.unsettled_new() {
        alignment.new_cells(index, new[index].iter().map(|cell| CellPrint::of(cell)));
    }
    Ok(alignment.finish())
}

/// An outcome in short: `=0` same as row 0, `~0` row 0 changed, `+` new, `^` behind it: needs an order; then
/// removed rows as `-0`.
fn short(outcome: &Outcome) -> String {
    let name = |id: RowId| id.0.as_u128() & 0xffff;
    let mut words: Vec<String> = outcome
        .lines()
        .map(|line| {
            let word = match line.fate {
                Fate::Same(id) => format!("={}", name(id)),
                Fate::Changed(id) => format!("~{}", name(id)),
                Fate::New => "+".to_owned(),
            };
            word + if line.needs_order { "^" } else { "" }
        })
        .collect();
    words.extend(outcome.removed().map(|id| format!("-{}", name(id))));
    words.join(" ")
}

fn check(old: &str, new: &str, expected: &str) {
    let outcome = compare(&table(old), &table(new), 0).expect("no keys");
    assert_eq!(short(&outcome), expected, "{old:?} to {new:?}");
}

fn check_by_key(old: &str, new: &str, expected: &str) {
    let outcome = compare(&table(old), &table(new), 1).expect("unique keys");
    assert_eq!(short(&outcome), expected, "{old:?} to {new:?}");
}

#[test]
fn an_unchanged_file_changes_nothing() {
    check("a|1\nb|2", "a|1\nb|2", "=0 =1");
    check("", "", "");
    check("a|1\na|1\na|1", "a|1\na|1\na|1", "=0 =1 =2");
    check_by_key("a|1\nb|2", "a|1\nb|2", "=0 =1");
}

#[test]
fn a_changed_line_keeps_its_row() {
    check("a|1|x\nb|2|x\nc|3|x", "a|1|x\nb|9|x\nc|3|x", "=0 ~1 =2");
    check("a|1\nb|2", "a|9\nb|8", "~0 ~1");
    check("a|1|x", "a||x", "~0");
}

#[test]
fn added_and_removed_lines_are_told_from_changed_ones() {
    check("a|1|x\nc|3|x", "a|1|x\nb|2|y\nc|3|x", "=0 +^ =1");
    check("a|1|x\nb|2|y\nc|3|x", "a|1|x\nc|3|x", "=0 =2 -1");
    check(
        "a|1|p\nb|2|q\nc|3|r",
        "a|1|p\nz|8|w\nb|2|Q\nc|3|r",
        "=0 +^ ~1 =2",
    );
    check("a|1|p\nb|2|q", "z|8|w\na|1|p\nb|2|q", "+^ =0 =1");
}

#[test]
fn a_line_that_shares_less_than_half_is_another_row() {
    check("a|1|x", "b|2|x", "+^ -0");
    check("a", "b", "+^ -0");
}

#[test]
fn as_few_rows_as_possible_move() {
    check("a|1\nb|2\nc|3\nd|4", "d|4\na|1\nb|2\nc|3", "=3^ =0 =1 =2");
    check("a|1\nb|2\nc|3\nd|4", "b|2\nc|3\nd|4\na|1", "=1 =2 =3 =0^");
    check("a|1\nb|2\nc|3", "c|3\nb|2\na|1", "=2^ =1^ =0");
}

#[test]
fn of_identical_lines_the_one_between_the_same_neighbours_is_kept() {
    check(
        "x|0\na|1\nx|0\nb|2\nx|0",
        "a|1\nx|0\nb|2\nx|0",
        "=1 =2 =3 =4 -0",
    );
    check("x|0\ny|0\nx|0", "y|0\nx|0", "=1 =2 -0");
    check("x|0\nx|0", "x|0\nx|0\nx|0", "=0 =1 +^");
}

#[test]
fn a_line_that_moved_and_changed_is_found_by_its_rare_values() {
    check(
        "a|1|p|x\nb|2|q|x\nc|3|r|x\nd|4|s|x",
        "d|4|S|x\na|1|p|x\nb|2|q|x\nc|3|r|x",
        "~3^ =0 =1 =2",
    );
}

#[test]
fn a_file_sorted_anew_with_corrections_keeps_every_row() {
    let old: Vec<Vec<String>> = (0..300)
        .map(|n| {
            vec![
                format!("nom {n}"),
                format!("{}", n * 7919 % 300),
                format!("tél {n}"),
                "x".to_owned(),
            ]
        })
        .collect();
    let mut new = old.clone();
    for n in (0..300).step_by(10) {
        new[n][2] = format!("nouveau {n}");
    }
    new.sort_by_key(|row| row[1].parse::<u32>().expect("a number"));
    let counts = compare(&old, &new, 0).expect("no keys").counts();
    assert_eq!(
        (counts.same, counts.changed, counts.added, counts.removed),
        (270, 30, 0, 0)
    );
}

#[test]
fn a_line_is_not_taken_for_its_new_neighbour_when_its_own_row_stands_elsewhere() {
    // Both sides have one changed line in the same gap, but they are alike by common values only.
    check(
        "a|1|x|x|x|x\nk|0|z|z|z|z\nb|2|x|x|x|x\nl|9|w|w|w|w",
        "b|3|x|x|x|x\nk|0|z|z|z|z\nl|9|w|w|w|w\na|4|x|x|x|x",
        "~2^ =1 =3 ~0^",
    );
}

#[test]
fn a_large_gap_of_lines_without_rare_values_is_matched_in_order() {
    let line = |kind: &str, n: usize| {
        vec![
            kind.to_owned(),
            (n % 7).to_string(),
            "x".to_owned(),
            "y".to_owned(),
        ]
    };
    let old: Vec<_> = (0..200).map(|n| line("a", n)).collect();
    let new: Vec<_> = (0..200).map(|n| line("b", n)).collect();
    let counts = compare(&old, &new, 0).expect("no keys").counts();
    assert_eq!((counts.changed, counts.added), (200, 0));
}

#[test]
fn with_a_key_a_row_is_its_key() {
    check_by_key("k1|a|b|c\nk2|d|e|f", "k2|x|y|z\nk1|a|b|c", "~1^ =0");
    check_by_key("k1|a|b|c", "k2|a|b|c", "+^ -0");
    check_by_key("K1|a", "k1|a", "~0");
}

#[test]
fn lines_without_a_key_are_matched_by_content() {
    check_by_key("|a|b\nk|c|d\n|e|f", "|a|b\nk|c|D\n|e|F|", "=0 ~1 ~2");
    // The owner fills in the keys: the rows stay.
    check_by_key("|a|b\n|c|d", "k1|a|b\nk2|c|d", "~0 ~1");
    check_by_key("k1|a|b|c", "|a|b|c", "~0");
}

#[test]
fn a_key_that_occurs_twice_in_the_file_is_refused_with_its_lines() {
    let new = table("k1|a\nk2|b\nK1|c\nk2|d\nk1|e");
    let error = compare(&table("k1|a"), &new, 1)
        .map(|outcome| short(&outcome))
        .expect_err("twice");
    assert_eq!(
        error,
        DuplicateKeys {
            lines: vec![(2, 4), (3, 5), (2, 6)],
            total: 3
        }
    );
    assert_eq!(
        error.sentence(Lang::Fr),
        "3 lignes répètent la clé d’une ligne précédente\u{a0}: lignes 2 et 4, 3 et 5, 2 et 6. Une clé désigne une seule fiche\u{a0}: corrigez ces lignes, ou choisissez une autre clé."
    );
    assert_eq!(
        error.to_string(),
        "3 lines repeat the key of an earlier line, the first on lines 2 and 4"
    );
}

#[test]
fn only_the_first_duplicate_keys_are_listed() {
    let new = vec![vec!["k".to_owned()]; MAX_LISTED + 11];
    let error = compare(&[], &new, 1)
        .map(|outcome| short(&outcome))
        .expect_err("twice");
    assert_eq!(
        (error.lines.len(), error.total),
        (MAX_LISTED, MAX_LISTED as u64 + 10)
    );
    let sentence = error.sentence(Lang::En);
    assert!(sentence.contains("2 and 12…"), "{sentence}");
}

#[test]
fn of_old_rows_that_share_a_key_the_identical_one_stays() {
    check_by_key("k|a\nk|b", "k|b", "=1 -0");
    check_by_key("k|a\nk|b", "k|c", "~0 -1");
}

#[test]
fn rows_without_an_order_get_one_only_when_something_must_follow_them() {
    let old = table("a|1\nb|2\nc|3");
    let outcome = |new: &str, ordered| {
        short(&compare_ordered(&old, &table(new), 0, ordered).expect("no keys"))
    };
    assert_eq!(outcome("a|1\nb|2\nc|3", 0), "=0 =1 =2");
    assert_eq!(outcome("a|1\nb|2\nc|3", 1), "=0 =1 =2");
    assert_eq!(outcome("a|1\nz|9\nb|2\nc|3", 1), "=0 +^ =1 =2");
    assert_eq!(outcome("a|1\nb|2\nz|9\nc|3", 1), "=0 =1^ +^ =2");
    assert_eq!(outcome("a|1\nb|2\nc|3\nz|9", 0), "=0^ =1^ =2^ +^");
}

#[test]
fn nothing_is_asked_for_when_nothing_can_be_matched() {
    let mut comparer = Comparer::new(2);
    for (n, line) in table("a|1\nb|2").iter().enumerate() {
        comparer.old_row(id(n), true, None, print(line));
    }
    comparer.new_line(2, None, print(&table("a|1")[0]));
    let alignment = comparer.align().expect("no keys");
    assert!(alignment.unsettled_old().is_empty() && alignment.unsettled_new().is_empty());
}

#[test]
fn more_cells_than_the_limit_are_not_looked_at() {
    let fields = MAX_CELLS / 2;
    let mut comparer = Comparer::new(fields);
    for n in 0..5 {
        comparer.old_row(id(n), true, None, print(&table(&format!("{n}"))[0]));
        comparer.new_line(2, None, print(&table(&format!("new {n}"))[0]));
    }
    let alignment = comparer.align().expect("no keys");
    assert_eq!(alignment.unsettled_old(), [0, 1]);
    assert_eq!(alignment.unsettled_new(), [0, 1]);
    assert_eq!(alignment.unexamined(), 3);
}
