//! What an import changes, and what it refuses.

use rustine_app::datasets::import::{Counts, ImportError};
use rustine_domain::ids::DatasetAddress;
use rustine_domain::log::Op;
use rustine_domain::problem::Lang;
use serde_json::json;

use crate::support::{NAME, Node};

fn counts(added: u64, changed: u64, removed: u64, moved: u64, cells: u64) -> Counts {
    Counts {
        added,
        changed,
        removed,
        moved,
        cells,
    }
}

/// Imports one file after the other; the last one counts, and is what is exported.
fn check(files: &[&str], expected: Counts) -> Node {
    check_keyed(&[], files, expected)
}

fn check_keyed(key: &[&str], files: &[&str], expected: Counts) -> Node {
    let node = Node::new();
    let mut found = Counts::default();
    for file in files {
        let imported = node
            .import_with(file, |options| {
                options.key = key.iter().map(|k| (*k).to_owned()).collect()
            })
            .expect("an import");
        found = imported.counts;
        assert_eq!(node.csv(), *file);
    }
    assert_eq!(found, expected);
    node
}

#[test]
fn what_is_imported_is_exported_cell_for_cell() {
    let file = "nom,code postal,note,nom\n\
        L'Étincelle,01000,\" espaces, gardés \",a\n\
        =1+1,2A004,\"deux\nlignes\",\n\
        ,,,\n\
        \"dit \"\"oui\"\"\",00042,+33 1 23,0.50\n";
    let node = check(&[file], counts(4, 0, 0, 0, 0));
    let names: Vec<String> = node
        .schema()
        .fields
        .iter()
        .map(|field| field.name.to_string())
        .collect();
    assert_eq!(names, ["nom", "code_postal", "note", "nom_2"]);
}

#[test]
fn cells_beyond_the_header_become_columns_without_title() {
    let node = Node::new();
    let imported = node.import("a;b\n1;2;x\n3;4\n");
    assert_eq!(node.csv(), "a,b,\n1,2,x\n3,4,\n");
    let codes: Vec<&str> = imported
        .problems
        .iter()
        .map(|problem| problem.code())
        .collect();
    assert_eq!(codes, ["row-too-long"]);
    assert_eq!(imported.problems[0].line(), Some(2));
}

#[test]
fn a_new_dataset_is_a_draft_with_a_genesis_and_its_rows() {
    let node = Node::new();
    let imported = node
        .import_with("id,nom\n1,Ana\n2,Bob\n", |options| {
            options.title = Some("Lieux".to_owned());
            options.license = Some("etalab-2.0".to_owned());
            options.key = vec!["id".to_owned()];
        })
        .expect("an import");
    assert_eq!(
        (imported.created, imported.seq, imported.entries),
        (true, 1, 2)
    );
    let dataset = node.dataset();
    assert_eq!(dataset.status, "draft");
    assert_eq!(
        (dataset.title.as_str(), dataset.license.as_deref()),
        ("Lieux", Some("etalab-2.0"))
    );
    assert_eq!(dataset.row_count, 2);
    assert_eq!(node.schema().primary_key[0].as_str(), "id");
    let verified =
        rustine_app::datasets::verify::verify(&node.app, &address()).expect("a sound log");
    assert_eq!((verified.entries, verified.rows), (2, 2));
}

fn address() -> DatasetAddress {
    NAME.parse().expect("an address")
}

#[test]
fn the_same_file_again_writes_nothing() {
    let file = "id,nom\n1,Ana\n2,\n";
    let node = check(&[file, file], Counts::default());
    assert_eq!(node.dataset().seq, 1);
}

#[test]
fn a_trial_run_counts_and_writes_nothing() {
    let node = Node::new();
    let trial = |options: &mut rustine_app::datasets::import::ImportOptions| options.dry_run = true;
    let imported = node.import_with("id,nom\n1,Ana\n", trial).expect("a trial");
    assert_eq!(
        (imported.counts, imported.uid, imported.seq),
        (counts(1, 0, 0, 0, 0), None, 0)
    );
    assert!(node.find().is_none());
    node.import("id,nom\n1,Ana\n2,Bob\n");
    let imported = node
        .import_with("id,nom,ville\n1,Anna,Lyon\n", trial)
        .expect("a trial");
    assert_eq!(imported.counts, counts(0, 1, 1, 0, 2));
    assert_eq!(
        (imported.seq, imported.entries, imported.schema_changed),
        (1, 0, true)
    );
    assert_eq!(imported.columns_added, ["ville"]);
    assert_eq!(node.csv(), "id,nom\n1,Ana\n2,Bob\n");
}

#[test]
fn with_a_key_a_changed_line_keeps_its_row_wherever_it_stands() {
    let node = Node::new();
    let key = |options: &mut rustine_app::datasets::import::ImportOptions| {
        options.key = vec!["id".to_owned()]
    };
    node.import_with("id,nom,ville\n1,Ana,Lyon\n2,Bob,Lille\n3,Cléo,Nice\n", key)
        .expect("an import");
    let ana = node.id_of("id", "1");
    // The key is in the schema by now, so it need not be given again.
    let imported = node.import("id,nom,ville\n3,Cléo,Nice\n1,Anna,Paris\n4,Dan,Brest\n");
    assert_eq!(imported.counts.added, 1);
    assert_eq!(
        (
            imported.counts.changed,
            imported.counts.cells,
            imported.counts.removed
        ),
        (1, 2, 1)
    );
    assert_eq!(node.id_of("id", "1"), ana);
    assert_eq!(
        node.csv(),
        "id,nom,ville\n3,Cléo,Nice\n1,Anna,Paris\n4,Dan,Brest\n"
    );
}

#[test]
fn without_a_key_a_changed_line_keeps_its_row() {
    let node = Node::new();
    node.import("nom,ville,dep\nAna,Lyon,69\nBob,Lille,59\nCléo,Nice,06\n");
    let bob = node.id_of("nom", "Bob");
    let imported = node.import("nom,ville,dep\nAna,Lyon,69\nBob,Roubaix,59\nCléo,Nice,06\n");
    assert_eq!(imported.counts, counts(0, 1, 0, 0, 1));
    assert_eq!(node.id_of("nom", "Bob"), bob);
    let ops = node.ops_after(1);
    assert!(
        matches!(ops.as_slice(), [Op::Set { field, .. }] if field.as_str() == "ville"),
        "{ops:?}"
    );
}

#[test]
fn a_moved_line_costs_one_operation() {
    let node = check_keyed(
        &["id"],
        &[
            "id,nom\n1,a\n2,b\n3,c\n4,d\n5,e\n",
            "id,nom\n5,e\n1,a\n2,b\n3,c\n4,d\n",
        ],
        counts(0, 0, 0, 1, 0),
    );
    let ops = node.ops_after(1);
    assert!(
        matches!(ops.as_slice(), [Op::Set { field, .. }] if field.as_str() == "_order"),
        "{ops:?}"
    );
}

#[test]
fn lines_are_put_in_again_and_again_at_one_place() {
    let node = Node::new();
    let mut middle: Vec<String> = Vec::new();
    for n in 0..40 {
        middle.insert(0, format!("m{n}\n"));
        let file = format!("nom\nfirst\n{}last\n", middle.concat());
        let imported = node.import(&file);
        assert_eq!(node.csv(), file);
        if n > 0 {
            assert_eq!(imported.counts, counts(1, 0, 0, 0, 0), "line {n}");
        }
    }
}

#[test]
fn identical_lines_come_and_go() {
    let two = "nom\nx\nx\ny\n";
    let three = "nom\nx\nx\nx\ny\n";
    check(&[two, three], counts(1, 0, 0, 0, 0));
    check(&[three, two], counts(0, 0, 1, 0, 0));
}

#[test]
fn an_empty_cell_takes_a_value_away_and_gets_one() {
    check(
        &["id,nom\n1,a\n2,b\n3,\n", "id,nom\n1,a\n2,\n3,c\n"],
        counts(0, 2, 0, 0, 2),
    );
}

#[test]
fn columns_come_go_and_change_places() {
    let node = check(
        &["a,b,c\n1,2,3\n4,5,6\n", "c,d,a\n3,x,1\n6,,4\n"],
        counts(0, 2, 0, 0, 3),
    );
    let kinds: Vec<String> = node
        .app
        .db
        .read(|tx| tx.list_entries(node.dataset().id, 0, 10))
        .expect("entries")
        .into_iter()
        .map(|entry| entry.kind)
        .collect();
    assert_eq!(kinds, ["genesis", "import", "schema", "import"]);
    let verified =
        rustine_app::datasets::verify::verify(&node.app, &address()).expect("a sound log");
    assert_eq!(verified.entries, 4);
}

#[test]
fn a_name_is_never_given_to_another_field() {
    let node = Node::new();
    node.import("nom,prix\na,1\n");
    node.import("nom\na\n");
    node.import("nom,prix\na,2\n");
    let names: Vec<String> = node
        .schema()
        .fields
        .iter()
        .map(|field| field.name.to_string())
        .collect();
    assert_eq!(names, ["nom", "prix_2"]);
    assert_eq!(node.csv(), "nom,prix\na,2\n");
}

#[test]
fn columns_of_one_title_are_told_apart_by_their_order() {
    let node = check(
        &["x,n,x\n1,a,2\n3,b,4\n", "x,x,n\n1,20,a\n3,4,b\n"],
        counts(0, 1, 0, 0, 1),
    );
    let names: Vec<String> = node
        .schema()
        .fields
        .iter()
        .map(|field| field.name.to_string())
        .collect();
    assert_eq!(names, ["x", "x_2", "n"]);
}

#[test]
fn a_key_that_occurs_twice_is_refused_with_both_lines_and_creates_nothing() {
    let node = Node::new();
    let file = "id,nom\n1,a\n2,b\n1,c\n";
    let refused = node.import_with(file, |options| options.key = vec!["id".to_owned()]);
    let Err(ImportError::DuplicateKeys(duplicates)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(duplicates.lines, [(2, 4)]);
    assert!(node.find().is_none());
}

#[test]
fn what_is_no_table_is_refused_in_both_languages_and_creates_nothing() {
    let node = Node::new();
    for file in [
        "",
        "PK\u{3}\u{4}zip",
        "a,b\n\"1,2\n",
        "<html><body></body></html>",
        "a\n\0\n",
    ] {
        let refused = node.import_with(file, |_| {}).expect_err(file);
        assert!(matches!(refused, ImportError::Refused(_)), "{refused:?}");
        assert_ne!(refused.sentence(Lang::Fr), refused.sentence(Lang::En));
    }
    let unknown = node.import_with("a\n1\n", |options| options.key = vec!["b".to_owned()]);
    assert!(
        matches!(unknown, Err(ImportError::UnknownKey { .. })),
        "{unknown:?}"
    );
    assert!(node.find().is_none());
}

#[test]
fn more_rows_than_the_setting_allows_are_refused() {
    let mut node = Node::new();
    node.app.settings.limits.import_rows = 2;
    let refused = node.import_with("a\n1\n2\n3\n", |_| {});
    assert!(
        matches!(refused, Err(ImportError::TooManyRows { rows: 3, limit: 2 })),
        "{refused:?}"
    );
    node.import("a\n1\n2\n");
}

#[test]
fn a_row_above_the_limit_is_refused_before_anything_is_written() {
    let node = Node::new();
    // Windows-1252: each byte becomes two, so the row grows beyond 256 KiB when it is read.
    let cell = [0xE9_u8; 31 * 1024];
    let mut file = b"a,b,c,d,e\n".to_vec();
    file.extend([cell.as_slice(); 5].join(&b','));
    let refused = node.import_file(&node.file(file), |_| {});
    assert!(matches!(refused, Err(ImportError::Row(_))), "{refused:?}");
    assert!(node.find().is_none());
}

#[test]
fn a_row_may_fill_two_hundred_columns() {
    let line = |text: &str| {
        (0..200)
            .map(|n| format!("{text}{n}"))
            .collect::<Vec<_>>()
            .join(",")
    };
    let file = format!("{}\n{}\n", line("c"), line("v"));
    check(&[&file], counts(1, 0, 0, 0, 0));
}

#[test]
fn a_given_schema_is_used_for_the_columns_that_the_file_has() {
    let node = Node::new();
    let schema = json!({
        "fields": [
            {"name": "Identifiant", "type": "string", "constraints": {"required": true}},
            {"name": "places", "title": "Nombre de places", "type": "integer"},
            {"name": "absent", "type": "date"},
        ],
        "primaryKey": "Identifiant",
        "uniqueKeys": [["absent"]],
    });
    let file = "Nombre de places,Identifiant,autre\n12,a,x\ndouze,b,y\n,,z\n";
    let given = |options: &mut rustine_app::datasets::import::ImportOptions| {
        options.schema = Some(schema.clone())
    };
    let imported = node.import_with(file, given).expect("an import");
    assert_eq!(imported.fields_without_column, ["absent"]);
    let found: Vec<(Option<u64>, Option<usize>, &str)> = imported
        .problems
        .iter()
        .map(|problem| (problem.line(), problem.column(), problem.code()))
        .collect();
    assert_eq!(
        found,
        [
            (Some(3), Some(1), "not-integer"),
            (Some(4), Some(2), "required")
        ]
    );
    assert_eq!(imported.problems_total, 2);
    assert_eq!(node.csv(), file);
    let schema_now = node.schema();
    assert_eq!(schema_now.primary_key[0].as_str(), "identifiant");
    let again = node.import_with(file, given).expect("an import");
    assert_eq!((again.entries, again.schema_changed), (0, false));
}

#[test]
fn another_licence_is_an_entry_of_its_own() {
    let node = Node::new();
    node.import("a\n1\n");
    let imported = node
        .import_with("a\n1\n", |options| {
            options.license = Some("ODbL-1.0".to_owned())
        })
        .expect("an import");
    assert_eq!((imported.entries, imported.schema_changed), (1, true));
    assert_eq!(node.dataset().license.as_deref(), Some("ODbL-1.0"));
}

#[test]
fn a_closed_dataset_takes_no_file() {
    let node = Node::new();
    node.import("a\n1\n");
    rustine_app::datasets::close::close(&node.app, &address(), true).expect("it closes");
    let refused = node.import_with("a\n2\n", |_| {});
    assert!(matches!(refused, Err(ImportError::Shut(..))), "{refused:?}");
}
