//! What an import changes.

use rustine_app::datasets::import::{Counts, ImportOptions};
use rustine_app::datasets::verify::verify;
use rustine_domain::log::Op;

use crate::support::{Node, address, check, check_keyed, counts};

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
    let verified = verify(&node.app, &address()).expect("a sound log");
    assert_eq!((verified.entries, verified.rows), (2, 2));
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
    let trial = |options: &mut ImportOptions| options.dry_run = true;
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
    let key = |options: &mut ImportOptions| options.key = vec!["id".to_owned()];
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
fn where_nothing_fits_between_two_keys_all_rows_get_new_ones() {
    let node = Node::new();
    node.import("nom\na\nb\nc\n");
    // Keys as another program might have written them: nothing lies between `V` and `V0`.
    let rows = node.rows();
    for (row, key) in rows.iter().zip(["V", "V0", "V00"]) {
        node.set(row.row_id, "_order", key);
    }
    let file = "nom\na\nneu\nb\nc\n";
    let imported = node.import(file);
    assert_eq!((imported.counts.added, imported.counts.moved), (1, 3));
    assert_eq!(node.csv(), file);
    let kept: Vec<_> = node
        .rows()
        .iter()
        .map(|row| row.row_id)
        .filter(|id| rows.iter().any(|row| row.row_id == *id))
        .collect();
    assert_eq!(kept, rows.iter().map(|row| row.row_id).collect::<Vec<_>>());
}

#[test]
fn fields_of_ours_are_left_alone() {
    let node = Node::new();
    node.import("nom\na\nb\n");
    let row = node.rows()[0].row_id;
    node.set(row, "_license", "ODbL-1.0");
    node.set(
        row,
        "_source",
        "urn:uuid:0b0c8d4e-7f0a-4c58-9d57-0a4a3f1ad0f5/0b0c8d4e-7f0a-4c58-9d57-0a4a3f1ad0f6",
    );
    let imported = node.import("nom,ville\na,Lyon\nb,\n");
    assert_eq!((imported.counts.changed, imported.counts.cells), (1, 1));
    let held = &node.rows()[0].row.cells;
    assert_eq!(held["_license"], "ODbL-1.0");
    assert!(held["_source"].starts_with("urn:uuid:"));
}

#[test]
fn an_empty_text_and_no_cell_are_the_same() {
    let node = Node::new();
    node.import("id,nom\n1,a\n2,b\n");
    let row = node.rows()[0].row_id;
    node.set(row, "nom", "");
    let seq = node.dataset().seq;
    assert_eq!(node.csv(), "id,nom\n1,\n2,b\n");
    let imported = node.import("id,nom\n1,\n2,b\n");
    assert_eq!((imported.entries, node.dataset().seq), (0, seq));
}
