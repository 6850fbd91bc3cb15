//! Columns: how they become fields, come and go.

use rustine_app::datasets::import::ImportOptions;
use rustine_app::datasets::verify::verify;
use serde_json::json;

use crate::support::{Node, address, check, counts};

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
    let verified = verify(&node.app, &address()).expect("a sound log");
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
    let given = |options: &mut ImportOptions| options.schema = Some(schema.clone());
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
