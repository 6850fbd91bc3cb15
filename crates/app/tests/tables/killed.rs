//! Imports that stop half-way, and datasets that change meanwhile.

use rustine_app::datasets::import::{ImportError, ImportOptions, Progress, Step, import};
use rustine_app::datasets::verify::verify;

use crate::support::{NAME, Node};

fn file(rows: usize) -> String {
    let mut file = "id,nom\n".to_owned();
    for n in 0..rows {
        file.push_str(&format!("{n},nom {n}\n"));
    }
    file
}

/// Imports, and stops the import like a kill once `part` entries with rows are written.
fn killed_after(node: &Node, text: &str, part: u64) {
    let path = node.file(text);
    let options = ImportOptions::new(NAME.parse().expect("a name"));
    let stopped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let mut parts = 0;
        let mut stop = |progress: Progress| {
            if progress.step == Step::Writing {
                assert!(parts < part, "killed");
                parts += 1;
            }
        };
        import(&node.app, &options, &path, &mut stop)
    }));
    assert!(stopped.is_err(), "the import was not stopped");
}

#[test]
fn a_killed_import_is_completed_by_the_same_command() {
    let node = Node::new();
    let file = file(25_000);
    killed_after(&node, &file, 1);
    let written = node.dataset().row_count;
    assert!(0 < written && written < 25_000, "{written} rows");
    assert_eq!(node.dataset().seq, 1);
    let first = node.id_of("id", "0");
    let imported = node.import(&file);
    let added = i64::try_from(imported.counts.added).expect("a number of rows");
    assert_eq!(written + added, 25_000);
    assert_eq!(imported.counts.moved, 0);
    assert_eq!(node.csv(), file);
    assert_eq!(node.id_of("id", "0"), first);
    let verified = verify(&node.app, &NAME.parse().expect("an address")).expect("a sound log");
    // The genesis, the entry before the kill, and those after it.
    assert_eq!(verified.entries, 2 + imported.entries);
    assert_eq!(verified.rows, 25_000);
}

#[test]
fn an_import_killed_before_its_first_row_leaves_an_empty_dataset_to_complete() {
    let node = Node::new();
    killed_after(&node, "a\n1\n", 0);
    assert_eq!(node.dataset().row_count, 0);
    let imported = node.import("a\n1\n");
    assert_eq!((imported.created, imported.entries), (false, 1));
    assert_eq!(node.csv(), "a\n1\n");
}

#[test]
fn a_killed_change_of_columns_is_completed_too() {
    let node = Node::new();
    node.import("id,nom,vieux\n1,a,x\n2,b,y\n");
    let file = "id,nom,neuf\n1,a,\n2,b,z\n";
    // The schema is written, the cells of the column that went are still there.
    killed_after(&node, file, 0);
    assert_eq!(node.dataset().seq, 2);
    assert!(node.rows()[0].cells.contains_key("vieux"));
    let imported = node.import(file);
    assert_eq!((imported.entries, imported.counts.cells), (1, 3));
    assert!(
        node.rows()
            .iter()
            .all(|row| !row.cells.contains_key("vieux"))
    );
    assert_eq!(node.csv(), file);
}

/// Somebody accepts a correction: the first row gets another name.
fn correct(node: &Node, name: &str) {
    node.set(node.rows()[0].row_id, "nom", name);
}

#[test]
fn a_dataset_that_changed_after_the_comparison_is_compared_again() {
    let node = Node::new();
    node.import("id,nom\n1,a\n2,b\n");
    let path = node.file("id,nom\n1,a\n2,c\n");
    let options = ImportOptions::new(NAME.parse().expect("a name"));
    let mut times = 0;
    let mut meddle = |progress: Progress| {
        if progress.step == Step::Writing && times == 0 {
            times += 1;
            correct(&node, "corrigé");
        }
    };
    let imported = import(&node.app, &options, &path, &mut meddle).expect("an import");
    // The correction is undone, as it would have been had it come before the import.
    assert_eq!((imported.counts.changed, imported.counts.cells), (2, 2));
    assert_eq!(node.csv(), "id,nom\n1,a\n2,c\n");
}

#[test]
fn a_dataset_that_changes_all_the_time_is_given_up_with_a_sentence() {
    let node = Node::new();
    node.import("id,nom\n1,a\n2,b\n");
    let path = node.file("id,nom\n1,a\n2,c\n");
    let options = ImportOptions::new(NAME.parse().expect("a name"));
    let mut times = 0;
    let mut meddle = |progress: Progress| {
        if progress.step == Step::Writing {
            times += 1;
            correct(&node, &format!("corrigé {times}"));
        }
    };
    let refused = import(&node.app, &options, &path, &mut meddle);
    assert!(matches!(refused, Err(ImportError::Busy(_))), "{refused:?}");
    assert_eq!(node.csv(), "id,nom\n1,corrigé 5\n2,b\n");
}
